"""The pages of a step's events: begun, over. They stand on the page of their step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from approvals import rules, selectors
from approvals.document_forms import file_field
from approvals.models import Occasion, Step
from approvals.services import occasions
from approvals.services.consulting import OPINION_ROUND
from approvals.services.steps import require_hands
from core import clock
from deadlines.models import PauseKind
from deadlines.selectors import pause_kinds, working_calendar
from papers.services import Upload
from ui.filling import FormPage, fill_in
from ui.forms import OfficeForm
from ui.parts import Crumb


class OccasionForm(OfficeForm):
    """What takes place. Rounds of opinions have a page of their own."""

    kind = forms.ModelChoiceField(label="事项", queryset=PauseKind.objects.none(), empty_label="请选择")
    title = forms.CharField(label="名称（通知文号）", max_length=200)
    place = forms.CharField(label="地点", max_length=100, required=False)
    first_on = forms.DateField(label="开始（含）")
    expected_end_on = forms.DateField(label="预计结束", help_text="到期未结束的会提醒经办人。")
    next_step = forms.CharField(label="下一步", max_length=200)
    file = file_field("通知")

    def __init__(self, *args: Any, kinds: list[PauseKind], excluded: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = PauseKind.objects.filter(pk__in=[kind.pk for kind in kinds]).order_by("id")

        def words(kind: PauseKind) -> str:
            usual = f"，通常 {kind.usual_days} 个工作日" if kind.usual_days else ""
            return f"{kind.label}（{'停表' if kind.pk in excluded else '本步骤仍计时'}{usual}）"

        field.label_from_instance = words  # type: ignore[method-assign, assignment]

    def facts(self) -> occasions.OccasionFacts:
        return occasions.OccasionFacts(**{k: v for k, v in self.cleaned_data.items() if k != "file"})


class OccasionEndForm(OfficeForm):
    """Its last day and what came of it."""

    last_on = forms.DateField(label="结束（含）", help_text="当日仍不计，自次日恢复计时。")
    outcome = forms.CharField(label="结果", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    file = file_field("笔录、意见或纪要")


def upload_of(form: OfficeForm) -> Upload | None:
    """The file sent with a form."""
    file = form.cleaned_data.get("file")
    return Upload(file.name, file.read()) if file else None


def page_of(row: Step, title: str) -> FormPage:
    here = reverse("approvals:step", args=[row.pk])
    name = f"{row.code} {row.step_type.short}"
    return FormPage(
        title=f"{title}：{name}",
        subtitle=row.project.name,
        back=here,
        crumbs=[Crumb(row.project.name, row.project.get_absolute_url()), Crumb(name, here), Crumb(title)],
    )


@login_required
@require_http_methods(["GET", "POST"])
def occasion_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an event that has begun."""
    actor, today = actor_of(request), clock.today()
    row = get_object_or_404(selectors.step_page_rows(actor=actor), pk=pk)
    require_hands(actor, row)
    form = OccasionForm(
        request.POST or None,
        request.FILES or None,
        kinds=[kind for kind in pause_kinds(today) if kind.code != OPINION_ROUND],
        excluded={kind.pk for kind in selectors.excludable_kinds(row, on=today)},
        initial={"first_on": today},
    )

    def act() -> str:
        done = occasions.begin_occasion(
            step_id=row.pk, facts=form.facts(), notice=upload_of(form), actor=actor, today=today
        )
        said = "停表已开始" if done.pause_id else f"仍计时：{done.why_counted}"
        due = rules.notice_due(done.kind.code, done.first_on, working_calendar())
        told = f"当事人和利害关系人最迟应于 {due} 接到通知。" if due else ""
        return f"{done.kind.label}已登记，{said}。{told}"

    return fill_in(request, form, page_of(row, "登记听证、评审等事项"), act)


@login_required
@require_http_methods(["GET", "POST"])
def occasion_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the end of an event."""
    actor, today = actor_of(request), clock.today()
    row = get_object_or_404(
        Occasion.objects.visible_to(actor).select_related(
            "kind", "step__project", "step__step_type", "step__holder_organisation"
        ),
        pk=pk,
    )
    require_hands(actor, row.step)
    form = OccasionEndForm(request.POST or None, request.FILES or None, initial={"last_on": today})

    def act() -> str:
        occasions.end_occasion(
            occasion_id=row.pk,
            last_on=form.cleaned_data["last_on"],
            outcome=form.cleaned_data["outcome"],
            minutes=upload_of(form),
            actor=actor,
            today=today,
        )
        return f"{row.kind.label}已结束。"

    return fill_in(request, form, page_of(row.step, f"{row.kind.label}结束"), act)
