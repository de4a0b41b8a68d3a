"""The page of the rules under which a step may be gone without: its use, the form for one more."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from approvals import selectors
from approvals.models import SkipRule, StepSkip
from approvals.services.skips import SkipRuleValues, add_skip_rule, end_skip_rule
from core import clock
from projects.models import Project
from ui.ending import end_page
from ui.filling import FormPage, sent
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb

LIST_CRUMB = "简化办理规则"


class SkipRuleForm(OfficeForm):
    """One more rule."""

    code = forms.ChoiceField(label="步骤")
    kind = forms.ChoiceField(label="方式", choices=SkipRule.Kind.choices)
    into_code = forms.ChoiceField(label="并入步骤", required=False, help_text="合并办理时必选。")
    track = forms.ChoiceField(
        label="审批轨道", choices=[("", "全部轨道"), *Project.Track.choices], required=False
    )
    condition = forms.CharField(label="适用条件", max_length=300)
    authority = forms.CharField(label="制定机关", max_length=100)
    document = forms.CharField(label="文件名称和文号", max_length=200)
    clause = forms.CharField(label="条款", max_length=100)
    effective_from = forms.DateField(label="生效日期")
    effective_to = forms.DateField(label="失效日期", required=False, help_text="有期限的规定填写。")

    def __init__(self, *args: Any, steps: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("code", steps), ("into_code", [("", "不并入"), *steps])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def values(self) -> SkipRuleValues:
        return SkipRuleValues(**self.cleaned_data)


@login_required
@require_http_methods(["GET", "POST"])
def skip_rules(request: HttpRequest) -> HttpResponse:
    """The rules, dated; with the right, one more."""
    actor, today = actor_of(request), clock.today()
    steps = [(kind.code, f"{kind.code} {kind.name}") for kind in selectors.catalogue(today)]
    form = SkipRuleForm(request.POST or None, initial={"effective_from": today}, steps=steps)
    if request.method == "POST":
        require(actor, Right.EDIT_PERIODS)

    def add() -> str:
        add_skip_rule(actor=actor, values=form.values())
        return "简化办理规则已增加，自生效日期起可选用。"

    if sent(request, form, add):
        return redirect("approvals:skip-rules")
    names = dict(steps)
    uses = Counter(StepSkip.objects.visible_to(actor).values_list("rule_id", flat=True))
    rows = SkipRule.objects.order_by("code", "-effective_from", "-id")
    context = {
        "form": form,
        "rules": [
            (row, names.get(row.code, row.code), names.get(row.into_code, ""), uses[row.pk]) for row in rows
        ],
        "may_edit": allowed(actor, Right.EDIT_PERIODS),
        "crumbs": [Crumb("步骤目录", reverse("approvals:catalogue")), Crumb(LIST_CRUMB)],
    }
    return render(request, "approvals/skip_rules.html", context, status=status_for(form))


@login_required
@require_http_methods(["GET", "POST"])
def skip_rule_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a rule end."""
    actor = actor_of(request)
    require(actor, Right.EDIT_PERIODS)
    row = get_object_or_404(SkipRule, pk=pk)
    back = reverse("approvals:skip-rules")
    page = FormPage(
        title="停用简化办理规则",
        subtitle=f"{row.code} {row}；已依此办理的不变",
        back=back,
        crumbs=[Crumb(LIST_CRUMB, back), Crumb("停用")],
    )
    return end_page(
        request,
        page,
        today=clock.today(),
        end=lambda day: end_skip_rule(actor=actor, rule_id=row.pk, effective_to=day),
        done="已停用，已依此办理的不变。",
    )
