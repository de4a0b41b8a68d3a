"""How much of the year's plan is used: what was handed out against what was approved for building.

Used is the stated land of the year's projects that draw on the plan and whose conversion is
approved (step B03). Source: S0-01.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse

from accounts.models import Organisation, User
from core.units import round_half_up
from desk.preparation import land_approved
from projects.models import LandClass, Project, ProjectQuerySet
from projects.selectors.annual_plan import plan_quotas

# Which stated area of a project uses up which class of the plan.
_FIELDS = {
    LandClass.NEW_CONSTRUCTION.value: "new_construction_m2",
    LandClass.AGRI.value: "agri_m2",
    LandClass.ARABLE.value: "arable_m2",
}


@dataclass(frozen=True, slots=True)
class Use:
    """Handed out and used, in m²; `url` opens the projects that used it."""

    label: str
    quota_m2: int
    used_m2: int
    url: str

    @property
    def left_m2(self) -> int:
        return self.quota_m2 - self.used_m2

    @property
    def percent(self) -> str:
        """Used of what was handed out; a dash where nothing was."""
        if self.quota_m2 <= 0:
            return ""
        share = round_half_up(Decimal(100 * self.used_m2) / self.quota_m2, 2)
        return f"{share}%"


def approved_projects(*, actor: User, year: int) -> ProjectQuerySet:
    """The year's projects that drew on the plan and whose land is approved."""
    rows = Project.objects.visible_to(actor).adopted().filter(annual_list__year=year)
    return land_approved(rows)


def use_by_class(*, actor: User, year: int, on: date) -> list[Use]:
    """The three classes of the plan. Two queries."""
    quota = dict(
        plan_quotas(actor=actor, year=year)
        .filter(issued_on__lte=on)
        .order_by()
        .values_list("land_class")
        .annotate(total=Sum("area_m2"))
    )
    used = approved_projects(actor=actor, year=year).aggregate(
        **{value: Sum(f"land__{field}") for value, field in _FIELDS.items()}
    )
    return [
        Use(label, quota.get(value, 0), used[value] or 0, _rows_at()) for value, label in LandClass.choices
    ]


def use_by_unit(*, actor: User, year: int, on: date) -> list[Use]:
    """New construction land of every unit that was given or used some. Three queries."""
    quota: Mapping[int, int] = dict(
        plan_quotas(actor=actor, year=year)
        .filter(issued_on__lte=on, land_class=LandClass.NEW_CONSTRUCTION)
        .order_by()
        .values_list("organisation")
        .annotate(total=Sum("area_m2"))
    )
    used = dict(
        approved_projects(actor=actor, year=year)
        .order_by()
        .values_list("organisation")
        .annotate(total=Sum("land__new_construction_m2"))
    )
    units: Sequence[Organisation] = list(
        Organisation.objects.filter(pk__in={*quota, *used}).order_by("kind", "code")
    )
    return [
        Use(unit.short_name, quota.get(unit.pk, 0), used.get(unit.pk) or 0, _rows_at(unit=unit.code))
        for unit in units
    ]


def _rows_at(**filters: str) -> str:
    return f"{reverse('desk:preparation')}?{urlencode({'only': 'approved', **filters})}"
