"""The settings of rounds: kinds by version, and whom the facts of a project concern."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.models import Organisation
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from opinions import selectors
from opinions.forms import EndRuleForm, KindForm, RuleForm
from opinions.models import DepartmentRule, RoundKind
from opinions.services import settings as services
from ui.filling import FormPage, fill_in
from ui.htmx import UNPROCESSABLE, status_for
from ui.parts import Crumb

HEAD = Crumb("征求意见设置", "/settings/opinions/")
KIND_FIELDS = ("limit_days", "limit_unit", "starts_at", "may_lapse", "more_pauses", "link_days", "basis")


@login_required
@require_GET
def kinds(request: HttpRequest) -> HttpResponse:
    """Every version of every kind."""
    context = {
        "rows": RoundKind.objects.order_by("code", "-effective_from"),
        "current": {kind.pk for kind in selectors.kinds_in_force(clock.today())},
        "may_edit": allowed(actor_of(request), Right.EDIT_OPINION_RULES),
        "crumbs": [Crumb("期限设置", reverse("deadlines:settings")), Crumb("征求意见")],
    }
    return render(request, "opinions/kinds.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, code: str) -> HttpResponse:
    """A new version of a kind."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_OPINION_RULES)
    newest = RoundKind.objects.filter(code=code).order_by("-effective_from").first()
    if newest is None:
        raise Http404
    initial = {name: getattr(newest, name) for name in KIND_FIELDS}
    initial |= {"effective_from": today, "reminder_days": "、".join(map(str, newest.reminder_days))}
    initial["step_codes"] = "、".join(newest.step_codes)
    form = KindForm(request.POST or None, initial=initial)
    page = FormPage(
        title=f"修订：{newest.label}",
        back=reverse("opinions:kinds"),
        crumbs=[HEAD, Crumb(newest.label)],
        subtitle="新版自生效日期起适用，已发出的征求意见不变",
        button="保存新版本",
    )

    def act() -> str:
        services.revise_kind(
            code=code,
            terms=form.terms(),
            effective_from=form.cleaned_data["effective_from"],
            actor=actor,
            today=today,
        )
        return f"“{newest.label}”已增加一版。"

    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """Whom which projects concern; with the right, a new rule."""
    actor, today = actor_of(request), clock.today()
    prefecture = actor.prefecture or actor.organisation
    departments = list(
        Organisation.objects.filter(
            kind=Organisation.Kind.DEPARTMENT,
            path__startswith=prefecture.path if prefecture else "-",
            is_active=True,
        ).order_by("path")
    )
    form = RuleForm(request.POST or None, departments=departments, initial={"effective_from": today})
    if request.method == "POST":
        require(actor, Right.EDIT_OPINION_RULES)
        if form.is_valid() and prefecture is not None:
            try:
                services.add_rule(organisation=prefecture, new=form.new(), actor=actor, today=today)
            except DomainError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "已新增征求部门规则。")
                return redirect("opinions:rules")
    return _rules_page(request, form, refusal="", status=status_for(form))


def _rules_page(request: HttpRequest, form: RuleForm, *, refusal: str, status: int) -> HttpResponse:
    context = {
        "rows": DepartmentRule.objects.select_related("organisation", "department").order_by(
            "organisation__path", "department__path", "-effective_from"
        ),
        "form": form,
        "refusal": refusal,
        "today": clock.today(),
        "may_edit": allowed(actor_of(request), Right.EDIT_OPINION_RULES),
        "crumbs": [HEAD, Crumb("征求部门规则")],
    }
    return render(request, "opinions/rules.html", context, status=status)


@login_required
@require_POST
def end_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop suggesting a department."""
    actor = actor_of(request)
    require(actor, Right.EDIT_OPINION_RULES)
    rule = get_object_or_404(DepartmentRule, pk=pk)
    form = EndRuleForm(request.POST)
    refusal = "请填写停用日期。"
    if form.is_valid():
        try:
            services.end_rule(
                rule_id=rule.pk, ends_on=form.cleaned_data["ends_on"], actor=actor, today=clock.today()
            )
        except DomainError as error:
            refusal = error.message
        else:
            messages.success(request, "已停用。")
            return redirect("opinions:rules")
    return _rules_page(request, RuleForm(departments=[]), refusal=refusal, status=UNPROCESSABLE)
