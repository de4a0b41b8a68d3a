"""Pushed projects: what is to be pushed, what was, who received it, and by which rules."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.models import Organisation, User
from accounts.rights import Right, allowed, require
from accounts.selectors import own_prefecture
from core import clock
from core.errors import DomainError
from deadlines.selectors import lamp_of
from projects.collecting_filters import PushFilterSet
from projects.collecting_forms import EndRuleForm, PushForm, RuleForm
from projects.models import Project, Push, PushRule
from projects.selectors import pushes as selectors
from projects.selectors.windows import possible_reporters
from projects.services import pushing
from ui.filling import same_list, sent
from ui.htmx import UNPROCESSABLE, render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb, Tab

LIST = "projects/pushes.html"
UNPUSHED = "projects/unpushed.html"
FORM = "projects/push_form.html"
RULES = "projects/push_rules.html"
HOME = Crumb("项目推送", "/pushes/")
AT_ONCE = 100


@login_required
@require_GET
def push_list(request: HttpRequest) -> HttpResponse:
    return _render(request)


def _render(request: HttpRequest, *, refusal: str = "", chosen: list[int] | None = None) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    filterset = PushFilterSet(request.GET, queryset=selectors.push_list(actor=actor), request=request)
    page = keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor"), size=AT_ONCE)
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [(row, lamp_of(row.deadline, today) if row.deadline else None) for row in page],
        "total": capped_count(filterset.qs),
        "tabs": _tabs(actor, "pushed"),
        "may_push": allowed(actor, Right.PUSH_PROJECTS),
        "may_receive": allowed(actor, Right.RECEIVE_PUSH),
        "own_id": actor.organisation_id,
        "chosen": chosen or [],
        "refusal": refusal,
    }
    return render_page(request, LIST, context, partial="list", status=UNPROCESSABLE if refusal else 200)


def _tabs(actor: User, active: str) -> list[Tab]:
    tabs = [Tab("推送记录", "/pushes/", capped_count(selectors.push_list(actor=actor)), active == "pushed")]
    if allowed(actor, Right.PUSH_PROJECTS):
        waiting = capped_count(selectors.unpushed(actor=actor))
        tabs.append(Tab("待推送", "/pushes/new/", waiting, active == "new"))
    return tabs


@login_required
@require_http_methods(["GET", "POST"])
def unpushed(request: HttpRequest) -> HttpResponse:
    """Adopted projects that nobody has got; the chosen ones go to whom the rules name."""
    actor = actor_of(request)
    require(actor, Right.PUSH_PROJECTS)
    refusal, chosen = "", _ids(request)
    if request.method == "POST":
        if not chosen:
            refusal = "还没有选择项目，勾选后再推送。"
        else:
            try:
                done = pushing.push(actor=actor, project_ids=chosen, today=clock.today())
            except Project.DoesNotExist as unknown:
                raise Http404 from unknown
            except DomainError as error:
                refusal = error.message
            else:
                units = len({push.recipient_id for push in done})
                messages.success(
                    request, f"已推送 {len(chosen)} 个项目到 {units} 个部门，共 {len(done)} 条。"
                )
                return redirect("projects:pushes")
    rows = selectors.unpushed(actor=actor)
    context = {
        "page": keyset_page(rows, order=("id",), cursor=request.GET.get("cursor"), size=AT_ONCE),
        "total": capped_count(rows),
        "tabs": _tabs(actor, "new"),
        "chosen": chosen,
        "refusal": refusal,
    }
    return render_page(request, UNPUSHED, context, partial="list", status=UNPROCESSABLE if refusal else 200)


@login_required
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.RECEIVE_PUSH)
    ids = _ids(request)
    if not ids:
        return _render(request, refusal="还没有选择要签收的项目，勾选后再签收。")
    try:
        done = pushing.receive(
            actor=actor,
            push_ids=ids,
            note=request.POST.get("note", "")[:300],
            today=clock.today(),
            now=clock.now(),
        )
    except Push.DoesNotExist as unknown:
        raise Http404 from unknown
    except DomainError as refusal:
        return _render(request, refusal=refusal.message, chosen=ids)
    messages.success(request, f"已签收 {len(done)} 个项目。")
    return same_list(request, "projects:pushes")


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.PUSH_PROJECTS)
    found = get_object_or_404(Push.objects.visible_to(actor), pk=pk)
    try:
        pushing.withdraw(
            actor=actor, push_id=found.pk, reason=request.POST.get("reason", ""), today=clock.today()
        )
    except DomainError as refusal:
        return _render(request, refusal=refusal.message)
    messages.success(request, "已撤回这一推送。")
    return same_list(request, "projects:pushes")


@login_required
@require_http_methods(["GET", "POST"])
def push_to(request: HttpRequest, pk: int) -> HttpResponse:
    """One project to departments that a person names."""
    actor = actor_of(request)
    require(actor, Right.PUSH_PROJECTS)
    project = get_object_or_404(Project.objects.visible_to(actor).select_related("organisation"), pk=pk)
    form = PushForm(request.POST or None, departments=_departments(actor))

    def act() -> str:
        done = pushing.push_to(
            actor=actor,
            project_id=pk,
            recipients=[unit.pk for unit in form.cleaned_data["recipients"]],
            ask=form.cleaned_data["ask"],
            reason=form.cleaned_data["reason"],
            today=clock.today(),
        )
        return f"已推送到 {len(done)} 个部门。"

    if sent(request, form, act):
        return redirect("projects:pushes")
    context = {
        "form": form,
        "project": project,
        "standing": Push.objects.filter(project=project).standing().select_related("recipient"),
        "crumbs": [HOME, Crumb(project.name, project.get_absolute_url()), Crumb("推送到部门")],
    }
    return render(request, FORM, context, status=status_for(form))


@login_required
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """The dated table of recipients, and a form for a new row."""
    actor, today = actor_of(request), clock.today()
    form = RuleForm(request.POST or None, departments=_departments(actor), initial={"effective_from": today})
    if request.method == "POST":
        require(actor, Right.EDIT_CRITERIA)

    def act() -> str:
        pushing.add_rule(actor=actor, organisation=own_prefecture(actor), new=form.new(), today=today)
        return "推送规则已保存，从生效日起推送时使用。"

    if sent(request, form, act):
        return redirect("projects:push-rules")
    return _render_rules(request, form)


def _render_rules(request: HttpRequest, form: RuleForm, *, refusal: str = "") -> HttpResponse:
    context = {
        "form": form,
        "end_form": EndRuleForm(),
        "rows": selectors.rule_list(),
        "today": clock.today(),
        "may_edit": allowed(actor_of(request), Right.EDIT_CRITERIA),
        "refusal": refusal,
        "crumbs": [HOME, Crumb("推送规则")],
    }
    return render(request, RULES, context, status=UNPROCESSABLE if refusal else status_for(form))


@login_required
@require_POST
def end_rule(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_CRITERIA)
    own = PushRule.objects.filter(organisation__path__startswith=own_prefecture(actor).path)
    get_object_or_404(own, pk=pk)
    form = EndRuleForm(request.POST)
    blank = RuleForm(None, departments=_departments(actor), initial={"effective_from": today})
    if not form.is_valid():
        return _render_rules(request, blank, refusal="请填写停用日期。")
    try:
        pushing.end_rule(actor=actor, rule_id=pk, ends_on=form.cleaned_data["ends_on"], today=today)
    except DomainError as refusal:
        return _render_rules(request, blank, refusal=refusal.message)
    messages.success(request, "推送规则已停用，已推送的项目不变。")
    return redirect("projects:push-rules")


def _departments(actor: User) -> list[Organisation]:
    return [
        unit
        for unit in possible_reporters(organisation=own_prefecture(actor))
        if unit.kind == Organisation.Kind.DEPARTMENT
    ]


def _ids(request: HttpRequest) -> list[int]:
    return [int(pk) for pk in request.POST.getlist("id") if pk.isdecimal() and len(pk) < 19]
