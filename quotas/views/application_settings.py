"""What an application must bring and how it is reviewed: every version, and the form for the next."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import Organisation
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from quotas.models import ChecklistItem, ReviewSetting
from quotas.rules import Pool
from quotas.selectors.applications import review_setting as setting_in_force
from quotas.services.application_settings import Item, Review, revise_item, set_review
from ui.filling import sent
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb

CHECKLIST = "quotas/checklist.html"
REVIEW = "quotas/review_setting.html"
HOME = Crumb("指标申请", "/quota/applications/")


class ItemForm(OfficeForm):
    """A new item, a new version of one (same code), or its end."""

    pool = forms.ChoiceField(label="调节池", choices=[(pool.value, pool.label) for pool in Pool])
    code = forms.SlugField(label="代码", max_length=30, help_text="与现有代码相同即为修订该项。")
    name = forms.CharField(label="材料", max_length=120)
    note = forms.CharField(label="要求", max_length=300, required=False)
    clause = forms.CharField(label="依据", max_length=60)
    position = forms.IntegerField(label="次序", min_value=1, max_value=999, initial=1)
    is_required = forms.BooleanField(label="必须提交", required=False, initial=True)
    is_ended = forms.BooleanField(label="自生效日期起停用该项", required=False)
    effective_from = forms.DateField(label="生效日期")

    def item(self) -> Item | None:
        data = self.cleaned_data
        if data["is_ended"]:
            return None
        return Item(data["name"], data["note"], data["clause"], data["position"], data["is_required"])


@login_required
@require_http_methods(["GET", "POST"])
def checklist(request: HttpRequest) -> HttpResponse:
    """All items with their versions; with the right, a new version."""
    actor, today = actor_of(request), clock.today()
    form = ItemForm(request.POST or None, initial={"effective_from": today})
    if request.method == "POST":
        require(actor, Right.EDIT_QUOTA_POLICY)

    def act() -> str:
        data = form.cleaned_data
        revise_item(
            actor=actor,
            pool=data["pool"],
            code=data["code"],
            item=form.item(),
            effective_from=data["effective_from"],
        )
        return "申请材料已修订，已提交的申请不变。"

    if sent(request, form, act):
        return redirect("quotas:checklist")
    context = {
        "form": form,
        "rows": ChecklistItem.objects.all(),
        "today": today,
        "may_edit": allowed(actor, Right.EDIT_QUOTA_POLICY),
        "crumbs": [HOME, Crumb("申请材料")],
    }
    return render(request, CHECKLIST, context, status=status_for(form))


class ReviewForm(OfficeForm):
    """A new version of the review's setting."""

    effective_from = forms.DateField(label="生效日期")
    reviewer = forms.ChoiceField(label="受理科室", choices=(), required=False, help_text="不选则由州级受理。")
    offices = forms.MultipleChoiceField(
        label="会同单位", choices=(), widget=forms.CheckboxSelectMultiple, required=False
    )
    review_days = forms.IntegerField(label="审核时限（工作日）", min_value=1, max_value=365)
    opinion_days = forms.IntegerField(label="会同答复时限（工作日）", min_value=1, max_value=365)
    payment_days = forms.IntegerField(label="缴款时限（工作日）", min_value=1, max_value=365)
    note = forms.CharField(label="依据或原因", max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = Organisation.objects.filter(
            kind=Organisation.Kind.DEPARTMENT, parent__kind=Organisation.Kind.PREFECTURE, is_active=True
        ).order_by("code")
        field = self.fields["offices"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(row.code, row.short_name) for row in departments]
        reviewer = self.fields["reviewer"]
        assert isinstance(reviewer, forms.ChoiceField)
        bureau = Organisation.objects.filter(
            kind=Organisation.Kind.OFFICE, parent__parent__kind=Organisation.Kind.PREFECTURE, is_active=True
        ).order_by("code")
        reviewer.choices = [("", "州级"), *((row.code, row.name) for row in bureau)]

    def review(self) -> Review:
        data = self.cleaned_data
        return Review(
            data["reviewer"],
            tuple(data["offices"]),
            data["review_days"],
            data["opinion_days"],
            data["payment_days"],
            data["note"],
        )


@login_required
@require_http_methods(["GET", "POST"])
def review_setting(request: HttpRequest) -> HttpResponse:
    """Who is asked and how long things take, since when; with the right, a new version."""
    actor, today = actor_of(request), clock.today()
    form = ReviewForm(request.POST or None, initial=_initial())
    if request.method == "POST":
        require(actor, Right.EDIT_QUOTA_POLICY)

    def act() -> str:
        set_review(actor=actor, effective_from=form.cleaned_data["effective_from"], review=form.review())
        return "审核设置已增加一版，正在审核的申请不变。"

    if sent(request, form, act):
        return redirect("quotas:review-setting")
    names = dict(
        Organisation.objects.filter(kind__in=["department", "office"]).values_list("code", "short_name")
    )
    rows = [
        (
            row,
            names.get(row.reviewer, "州级"),
            "、".join(names.get(code, code) for code in row.offices.split(",") if code),
        )
        for row in ReviewSetting.objects.all()
    ]
    context = {
        "form": form,
        "rows": rows,
        "may_edit": allowed(actor, Right.EDIT_QUOTA_POLICY),
        "crumbs": [HOME, Crumb("审核设置")],
        "today": today,
    }
    return render(request, REVIEW, context, status=status_for(form))


def _initial() -> dict[str, object]:
    today = clock.today()
    try:
        now = setting_in_force(today)
    except DomainError:
        return {"effective_from": today}
    return {
        "effective_from": today,
        "reviewer": now.reviewer,
        "offices": now.offices.split(","),
        "review_days": now.review_days,
        "opinion_days": now.opinion_days,
        "payment_days": now.payment_days,
    }
