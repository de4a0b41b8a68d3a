"""组卷质量: how many sets of papers came in, were corrected, sent back or refused; and which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.models import Organisation, User
from approvals import rules
from approvals.models import SetCheck, Step, StepQuerySet
from approvals.rules import Share
from ui.filters import FilterSet
from ui.forms import DateInput

OUTCOMES = [
    ("first", "一次通过"),
    ("corrected", "补正"),
    ("returned", "退回"),
    ("rejected", "不予受理"),
    ("unchecked", "报出前未检查"),
]
_OUTCOME = {
    "first": Q(notified_on__isnull=True) & ~Q(status__in=("RETURNED", "REJECTED")),
    "corrected": Q(notified_on__isnull=False),
    "returned": Q(status="RETURNED"),
    "rejected": Q(status="REJECTED"),
    "unchecked": Q(was_checked=False),
}


def came_in(*, actor: User) -> StepQuerySet:
    """Sets of papers that came in, that the actor may see: with `came_on` and `was_checked`.

    The day is that of the receipt, else of acceptance, else of the refusal; every round is a set
    of its own. The adoption into the year's list is no set.
    """
    checked = SetCheck.objects.filter(step=OuterRef("pk"), checked_on__lte=OuterRef("came_on"))
    return (
        Step.objects.visible_to(actor)
        .exclude(code=rules.LISTING_CODE)
        .exclude(status__in=(Step.Status.NOT_STARTED, Step.Status.NOT_INVOLVED))
        .annotate(came_on=Coalesce("received_on", "accepted_on", "closed_on"))
        .filter(came_on__isnull=False)
        .annotate(was_checked=Exists(checked))
    )


class SetQualityFilter(FilterSet):
    """Parameters: first, last (days on which the set came in; this year without), unit (code), code
    (step), outcome (first | corrected | returned | rejected | unchecked).
    """

    first = django_filters.DateFilter(
        label="收件自", field_name="came_on", lookup_expr="gte", widget=DateInput()
    )
    last = django_filters.DateFilter(label="至", field_name="came_on", lookup_expr="lte", widget=DateInput())
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="project__organisation__code", choices=(), empty_label="全部"
    )
    code = django_filters.CharFilter(label="步骤代码")
    outcome = django_filters.ChoiceFilter(
        label="结果", choices=OUTCOMES, method="by_outcome", empty_label="不限", widget=forms.Select
    )

    class Meta:
        model = Step
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, actor: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, queryset=came_in(actor=actor), **kwargs)
        self.today = today
        units = Organisation.objects.visible_to(actor).reporting_units().order_by("kind", "code")
        self.filters["unit"].extra["choices"] = [(unit.code, unit.short_name) for unit in units]

    def by_outcome(self, rows: StepQuerySet, name: str, value: str) -> StepQuerySet:
        return rows.filter(_OUTCOME[value])

    def filter_queryset(self, queryset: StepQuerySet) -> StepQuerySet:
        if self.errors:
            return queryset.none()
        rows: StepQuerySet = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("first") and not self.form.cleaned_data.get("last"):
            rows = rows.filter(Q(came_on__year=self.today.year))
        return rows


@dataclass(frozen=True, slots=True)
class Quality:
    """What a group of sets amounts to. A set may be corrected and sent back as well."""

    key: str
    label: str
    number: int
    corrected: int
    returned: int
    rejected: int
    checked: int
    first: Share

    @property
    def not_first(self) -> int:
        return self.number - self.first.part


@dataclass(frozen=True, slots=True)
class SetQuality:
    """The page's values: altogether, by step, by unit."""

    total: Quality
    by_code: Sequence[Quality]
    by_unit: Sequence[Quality]


def set_quality(rows: StepQuerySet, *, labels: Mapping[str, str]) -> SetQuality:
    """The figures of the chosen sets. Two queries.

    Args:
        labels: short names of step types by code.
    """
    by_code = [
        _quality(found, found["code"], f"{found['code']} {labels.get(found['code'], '')}".strip())
        for found in _counted(rows, "code")
    ]
    by_unit = [
        _quality(found, found["unit_code"], found["unit_name"])
        for found in _counted(
            rows.annotate(
                unit_code=F("project__organisation__code"), unit_name=F("project__organisation__short_name")
            ),
            *("unit_code", "unit_name"),
        )
    ]
    return SetQuality(total=_sum(by_code), by_code=by_code, by_unit=by_unit)


def _counted(rows: StepQuerySet, *by: str) -> list[dict[str, Any]]:
    counts = {
        name: Count("pk", filter=_OUTCOME[name]) for name in ("first", "corrected", "returned", "rejected")
    }
    found = (
        rows.order_by()
        .values(*by)
        .annotate(
            number=Count("pk"),
            checked_number=Count("pk", filter=Q(was_checked=True)),
            **{f"{name}_number": count for name, count in counts.items()},
        )
    )
    return list(found.order_by(*by))


def _quality(found: Mapping[str, Any], key: str, label: str) -> Quality:
    return Quality(
        key=key,
        label=label,
        number=found["number"],
        corrected=found["corrected_number"],
        returned=found["returned_number"],
        rejected=found["rejected_number"],
        checked=found["checked_number"],
        first=Share(found["first_number"], found["number"]),
    )


def _sum(rows: Sequence[Quality]) -> Quality:
    number = sum(row.number for row in rows)
    return Quality(
        key="",
        label="合计",
        number=number,
        corrected=sum(row.corrected for row in rows),
        returned=sum(row.returned for row in rows),
        rejected=sum(row.rejected for row in rows),
        checked=sum(row.checked for row in rows),
        first=Share(sum(row.first.part for row in rows), number),
    )


def outcome_words(step: Step) -> str:
    """补正、退回 … of one row of `came_in`."""
    words = ["补正"] if step.notified_on else []
    if step.status in (Step.Status.RETURNED, Step.Status.REJECTED):
        words.append(str(step.get_status_display()))
    return "、".join(words) or "一次通过"
