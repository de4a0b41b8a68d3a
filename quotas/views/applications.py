"""Applications of counties: the list, a new one, one with its papers, checks and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from deadlines.selectors import lamp_of
from projects.models import Project
from quotas.application_export import applications_workbook
from quotas.application_forms import ApplicationForm, MaterialForm, OpinionForm, ReasonForm, StartForm
from quotas.filters import ApplicationFilterSet
from quotas.models import Application, ApplicationMaterial, ApplicationOpinion, ChecklistItem, Proposal
from quotas.rules import Pool
from quotas.selectors import applications as selectors
from quotas.services import applications as services
from quotas.views.verbs import Deed, Frame, PageVerb, simple
from ui.downloads import download
from ui.filling import sent
from ui.htmx import render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb, Fact, Tab

LIST = "quotas/application_list.html"
PAGE = "quotas/application.html"
FORM = "quotas/application_form.html"
START = "quotas/application_start.html"
MOST_PROJECTS = 200
State = Application.State
HOME = Crumb("指标申请", "/quota/applications/")
TABS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("", "全部", ()),
    ("open", "待提交", (State.DRAFT, State.RETURNED)),
    ("review", "审核中", (State.SUBMITTED, State.REVIEW)),
    ("proposed", "已拟方案", (State.PROPOSED,)),
    ("approved", "已批准", (State.APPROVED,)),
    ("done", "已办结", (State.HOOKED_UP, State.REFUSED, State.WITHDRAWN)),
)
LAMPS = {
    State.DRAFT: "idle",
    State.SUBMITTED: "amber",
    State.REVIEW: "amber",
    State.RETURNED: "red",
    State.PROPOSED: "amber",
    State.APPROVED: "green",
    State.REFUSED: "red",
    State.HOOKED_UP: "done",
    State.WITHDRAWN: "idle",
}


def _filtered(request: HttpRequest, actor: User) -> ApplicationFilterSet:
    rows = selectors.application_list(actor=actor)
    states = next((states for slug, _, states in TABS if slug == request.GET.get("tab", "")), ())
    if states:
        rows = rows.filter(state__in=states)
    return ApplicationFilterSet(request.GET, queryset=rows, request=request)


@login_required
@require_GET
def application_list(request: HttpRequest) -> HttpResponse:
    """What counties asked for and where it stands."""
    actor, today = actor_of(request), clock.today()
    filterset = _filtered(request, actor)
    page = keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor"))
    here = request.GET.get("tab", "")
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [
            (row, LAMPS[State(row.state)], lamp_of(row.deadline, today) if row.deadline else None)
            for row in page
        ],
        "total": capped_count(filterset.qs),
        "tabs": [
            Tab(label, f"?tab={slug}" if slug else HOME.url, is_active=slug == here)
            for slug, label, _ in TABS
        ],
        "may_apply": allowed(actor, Right.APPLY_QUOTA) and actor.reporting_unit is not None,
        "may_set": allowed(actor, Right.EDIT_QUOTA_POLICY),
        "query": request.GET.urlencode(),
    }
    return render_page(request, LIST, context, partial="list")


@login_required
@require_GET
def application_export(request: HttpRequest) -> HttpResponse:
    """The list as filtered, as a workbook."""
    today = clock.today()
    rows = _filtered(request, actor_of(request)).qs
    return download(applications_workbook(rows, today=today), f"调节池指标申请_{today}.xlsx")


def _projects_of(actor: User) -> list[tuple[int, str]]:
    """The county's projects on the list that may draw on the pool, newest first."""
    rows = Project.objects.visible_to(actor).adopted().order_by("-id")[:MOST_PROJECTS]
    return [(row.pk, f"{row.display_code} {row.name}") for row in rows]


@login_required
@require_http_methods(["GET", "POST"])
def application_new(request: HttpRequest) -> HttpResponse:
    """First which project and which pool, then what is asked; the figures are proposed."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.APPLY_QUOTA)
    chosen = request.GET.get("pool"), request.GET.get("project", "")
    if chosen[0] not in {pool.value for pool in Pool} or not chosen[1].isdecimal():
        start = StartForm(request.GET if chosen[0] else None, projects=_projects_of(actor))
        context = {"form": start, "crumbs": [HOME, Crumb("新建申请")]}
        return render(request, START, context)
    pool = Pool(chosen[0])
    visible = Project.objects.visible_to(actor).select_related("organisation", "land")
    project = get_object_or_404(visible, pk=int(chosen[1]))
    county = actor.reporting_unit
    if county is None:
        raise Http404
    proposed = selectors.proposed_lines(project=project, county=county, pool=pool, year=today.year)
    form = ApplicationForm(request.POST or None, pool=pool, proposed=proposed)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.draft_application(
                actor=actor, project_id=project.pk, pool=pool, request=form.request(), today=today
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "申请已保存为草稿。上传材料后提交。")
            return redirect("quotas:application", pk=row.pk)
    context = {
        "form": form,
        "project": project,
        "pool": pool,
        "proposed": proposed,
        "title": f"申请{pool.label}",
        "crumbs": [HOME, Crumb("新建申请")],
    }
    return render(request, FORM, context, status=status_for(form))


def application_of(request: HttpRequest, pk: int) -> Application:
    """One application with all its page shows, or 404."""
    return get_object_or_404(selectors.application_page(actor=actor_of(request)), pk=pk)


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """An item of the checklist and the paper that was handed in for it."""

    item: ChecklistItem
    material: ApplicationMaterial | None


def _materials(application: Application) -> list[MaterialRow]:
    on = application.submitted_on or clock.today()
    handed_in = {row.item.code: row for row in application.materials.all()}
    return [
        MaterialRow(item, handed_in.get(item.code))
        for item in selectors.checklist(pool=application.pool, on=on)
    ]


@login_required
@require_GET
def application_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, application_of(request, pk))


def _page(
    request: HttpRequest,
    application: Application,
    *,
    material: MaterialForm | None = None,
    refused: DomainError | None = None,
) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    rows = _materials(application)
    is_open = application.is_editable
    check = selectors.check_application(application, today=today) if is_open else None
    status = 422 if refused else status_for(*([material] if material else []))
    context = {
        "application": application,
        "lamp": LAMPS[State(application.state)],
        "facts": _facts(application),
        "check": check,
        "materials": rows,
        "material_form": material or MaterialForm(items=[row.item for row in rows]),
        "proposals": Proposal.objects.visible_to(actor)
        .filter(application=application)
        .select_related("policy")
        .order_by("-id"),
        "refused": refused,
        "may": _may(actor, application),
        "crumbs": [HOME, Crumb(str(application))],
    }
    return render(request, PAGE, context, status=status)


def _facts(application: Application) -> list[Fact]:
    project = application.project
    decided = f"{application.decided_on} {application.decision_no}" if application.decided_on else ""
    return [
        Fact("申请县（市）", application.applicant.name),
        Fact("项目", project.name, note=project.display_code),
        Fact("年度", application.year),
        Fact("提交", application.submitted_on),
        Fact("审核期限", application.deadline.due_on if application.deadline else None),
        Fact("批准", decided),
    ]


def _may(actor: User, application: Application) -> Mapping[str, bool]:
    """Which buttons are shown; the services decide."""
    state = application.state
    is_own = allowed(actor, Right.APPLY_QUOTA)
    return {
        "edit": is_own and application.is_editable,
        "withdraw": is_own and state in (*Application.EDITABLE, *Application.WITH_OFFICE),
        "review": allowed(actor, Right.REVIEW_QUOTA) and state == State.SUBMITTED,
        "return": allowed(actor, Right.REVIEW_QUOTA) and state in Application.WITH_OFFICE,
        "answer": allowed(actor, Right.ANSWER_QUOTA) and state == State.REVIEW,
        "propose": allowed(actor, Right.PROPOSE_QUOTA) and state in (State.SUBMITTED, State.REVIEW),
        "decide": allowed(actor, Right.APPROVE_QUOTA) and state == State.PROPOSED,
    }


@login_required
@require_http_methods(["GET", "POST"])
def application_edit(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.APPLY_QUOTA)
    application = application_of(request, pk)
    pool = Pool(application.pool)
    form = ApplicationForm(request.POST or None, pool=pool, row=application)

    def act() -> str:
        services.change_application(actor=actor, application_id=pk, request=form.request())
        return "申请已修改。"

    if sent(request, form, act):
        return redirect("quotas:application", pk=pk)
    context = {
        "form": form,
        "project": application.project,
        "pool": pool,
        "title": f"修改申请：{pool.label}",
        "crumbs": [HOME, Crumb(str(application), reverse("quotas:application", args=[pk])), Crumb("修改")],
    }
    return render(request, FORM, context, status=status_for(form))


@login_required
@require_POST
def application_attach(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.APPLY_QUOTA)
    application = application_of(request, pk)
    items = [row.item for row in _materials(application)]
    form = MaterialForm(request.POST, request.FILES, items=items)

    def act() -> str:
        services.attach_material(
            actor=actor,
            application_id=pk,
            item=form.cleaned_data["item"],
            upload=form.upload(),
            today=today,
            occurred_on=form.cleaned_data["occurred_on"],
        )
        return f"“{form.cleaned_data['item'].name}”已上传。"

    if sent(request, form, act):
        return redirect("quotas:application", pk=pk)
    return _page(request, application, material=form)


@login_required
@require_POST
def application_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in; a refusal is shown on the page with every reason and its clause."""
    actor = actor_of(request)
    require(actor, Right.APPLY_QUOTA)
    application = application_of(request, pk)
    try:
        services.submit_application(actor=actor, application_id=pk, today=clock.today())
    except DomainError as refusal:
        return _page(request, application, refused=refusal)
    messages.success(request, "申请已提交州自然资源局。")
    return redirect("quotas:application", pk=pk)


@login_required
@require_POST
def application_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the joint offices."""
    actor = actor_of(request)
    require(actor, Right.REVIEW_QUOTA)
    application = application_of(request, pk)
    try:
        services.begin_review(actor=actor, application_id=pk, today=clock.today())
    except DomainError as refusal:
        return _page(request, application, refused=refusal)
    messages.success(request, "已发出会同审核。")
    return redirect("quotas:application", pk=pk)


def _of_application(row: Application) -> Frame:
    back = reverse("quotas:application", args=[row.pk])
    return Frame(back=back, crumbs=[HOME, Crumb(str(row), back)], subtitle=row.project.name)


def _send_back(deed: Deed) -> str:
    services.return_application(actor=deed.actor, application_id=deed.row.pk, today=deed.today, **deed.values)
    return "申请已退回。"


def _withdraw(deed: Deed) -> str:
    services.withdraw_application(
        actor=deed.actor, application_id=deed.row.pk, today=deed.today, **deed.values
    )
    return "申请已撤回。"


def _opinion(request: HttpRequest, pk: int) -> ApplicationOpinion:
    rows = ApplicationOpinion.objects.visible_to(actor_of(request)).select_related(
        "organisation", "application__applicant", "application__project"
    )
    return get_object_or_404(rows, pk=pk)


def _of_opinion(row: ApplicationOpinion) -> Frame:
    frame = _of_application(row.application)
    return replace(frame, subtitle=f"{row.organisation.short_name} · {frame.subtitle}")


def _answer(deed: Deed) -> str:
    services.answer_opinion(actor=deed.actor, opinion_id=deed.row.pk, today=deed.today, **deed.values)
    return "意见已登记。"


APPLICATION_VERBS = (
    PageVerb(
        "return",
        "application-return",
        "退回申请",
        Right.REVIEW_QUOTA,
        application_of,
        _of_application,
        simple(ReasonForm),
        _send_back,
        "退回",
    ),
    PageVerb(
        "withdraw",
        "application-withdraw",
        "撤回申请",
        Right.APPLY_QUOTA,
        application_of,
        _of_application,
        simple(ReasonForm),
        _withdraw,
        "撤回",
    ),
)
# What one office says, at the address of its question.
OPINION_VERBS = (
    PageVerb(
        "",
        "opinion",
        "登记会同意见",
        Right.ANSWER_QUOTA,
        _opinion,
        _of_opinion,
        simple(OpinionForm),
        _answer,
    ),
)
