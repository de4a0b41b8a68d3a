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
from projects.models import LandClass, LandShare, Project, ProjectQuerySet
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
    """The three classes of the plan. Four queries."""
    quota = dict(
        plan_quotas(actor=actor, year=year)
        .filter(issued_on__lte=on)
        .order_by()
        .values_list("land_class")
        .annotate(total=Sum("area_m2"))
    )
    used: dict[str, int] = {}
    for of_unit in _used(actor=actor, year=year).values():
        for land_class, m2 in of_unit.items():
            used[land_class] = used.get(land_class, 0) + m2
    return [
        Use(label, quota.get(value, 0), used.get(value, 0), _rows_at()) for value, label in LandClass.choices
    ]


def use_by_unit(*, actor: User, year: int, on: date) -> list[Use]:
    """New construction land of every unit that was given or used some. Five queries."""
    quota: Mapping[int, int] = dict(
        plan_quotas(actor=actor, year=year)
        .filter(issued_on__lte=on, land_class=LandClass.NEW_CONSTRUCTION)
        .order_by()
        .values_list("organisation")
        .annotate(total=Sum("area_m2"))
    )
    of_units = _used(actor=actor, year=year)
    used = {unit: by_class.get(LandClass.NEW_CONSTRUCTION.value, 0) for unit, by_class in of_units.items()}
    units: Sequence[Organisation] = list(
        Organisation.objects.filter(pk__in={*quota, *used}).order_by("kind", "code")
    )
    return [
        Use(unit.short_name, quota.get(unit.pk, 0), used.get(unit.pk) or 0, _rows_at(unit=unit.code))
        for unit in units
    ]


def _used(*, actor: User, year: int) -> dict[int, dict[str, int]]:
    """Unit → class of land → m² of approved projects, of shared ones what lies in each unit.

    What a shared project has changed by since its split stands with the leading county. Only the
    units in the actor's scope; departments see the whole of what they follow. Three queries.
    """
    approved = approved_projects(actor=actor, year=year).order_by()
    parts: dict[int, list[LandShare]] = {}
    for share in LandShare.objects.filter(project__in=approved.values("pk")):
        parts.setdefault(share.project_id, []).append(share)
    used: dict[int, dict[str, int]] = {}
    for project in approved.select_related("land"):
        for land_class, field in _FIELDS.items():
            rest = getattr(getattr(project, "land", None), field, None) or 0
            for share in parts.get(project.pk, []):
                m2 = getattr(share, field) or 0
                rest -= m2
                _add(used, share.organisation_id, land_class, m2)
            _add(used, project.organisation_id, land_class, rest)
    scope = actor.scope
    if scope is None or scope.is_department:
        return used
    inside = set(
        Organisation.objects.filter(pk__in=used, path__startswith=scope.path).values_list("pk", flat=True)
    )
    return {unit: by_class for unit, by_class in used.items() if unit in inside}


def _add(used: dict[int, dict[str, int]], unit: int, land_class: str, m2: int) -> None:
    of_unit = used.setdefault(unit, {})
    of_unit[land_class] = of_unit.get(land_class, 0) + m2


def _rows_at(**filters: str) -> str:
    return f"{reverse('desk:preparation')}?{urlencode({'only': 'approved', **filters})}"
