"""Reading the year's quota and the guarantee plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet, Sum

from accounts.models import Organisation, User
from accounts.selectors import prefecture_of
from projects.models import (
    AnnualListEntryQuerySet,
    LandClass,
    MaturityCriterion,
    PlanItem,
    PlanItemQuerySet,
    PlanQuota,
    PlanQuotaQuerySet,
    PlanVersion,
    PlanVersionLine,
    Project,
    ProjectQuerySet,
    QuotaRoute,
)
from projects.rules import annual as rules
from projects.rules.annual import Coverage, Criterion, Difference
from projects.selectors.annual import parts_of, sums_of


def plan_quotas(*, actor: User, year: int) -> PlanQuotaQuerySet:
    """What was handed out for the year to units the actor sees, oldest first. One query."""
    rows = PlanQuota.objects.visible_to(actor).filter(year=year)
    return rows.select_related("organisation", "entered_by").order_by("issued_on", "pk")


@dataclass(frozen=True, slots=True)
class UnitBalance:
    """Quota and demand of one unit, in m²; `by_class` splits the demand."""

    unit: Organisation
    quota_m2: int
    demand_m2: int
    by_class: Mapping[str, int]

    @property
    def gap_m2(self) -> int:
        """What is asked beyond the quota; negative where quota is left over."""
        return self.demand_m2 - self.quota_m2


@dataclass(frozen=True, slots=True)
class Balance:
    """The year's quota of new construction land against what the list asks for."""

    quota_m2: int
    demand_m2: int
    stock_m2: int
    coverage: tuple[Coverage, ...]
    units: tuple[UnitBalance, ...]

    @property
    def gap_m2(self) -> int:
        return self.demand_m2 - self.quota_m2


def balance(*, actor: User, year: int, on: date, entries: AnnualListEntryQuerySet) -> Balance:
    """Quota handed out up to `on` against the demand of `entries` (a state of the list).

    What lives on stock or gets its quota from above asks for nothing. A project across several
    counties asks in each for what lies there. Five queries.
    """
    quota = dict(
        plan_quotas(actor=actor, year=year)
        .filter(land_class=LandClass.NEW_CONSTRUCTION, issued_on__lte=on)
        .order_by()
        .values_list("organisation")
        .annotate(total=Sum("area_m2"))
    )
    asked = _asked(entries.filter(route=QuotaRoute.PLAN), actor=actor)
    sums = sums_of(entries, actor=actor)
    demand: dict[int, dict[str, int]] = {}
    by_class: dict[str, int] = {}
    for unit, name, total in asked:
        of_unit = demand.setdefault(unit, {})
        of_unit[name] = of_unit.get(name, 0) + (total or 0)
        by_class[name] = by_class.get(name, 0) + (total or 0)
    units = Organisation.objects.filter(pk__in={*quota, *demand}).order_by("kind", "code")
    quota_m2 = sum(quota.values())
    return Balance(
        quota_m2=quota_m2,
        demand_m2=sum(by_class.values()),
        stock_m2=sums.new_construction_m2 - sums.demand_m2,
        coverage=tuple(rules.coverage(quota_m2=quota_m2, demand=by_class)),
        units=tuple(
            UnitBalance(
                unit=unit,
                quota_m2=quota.get(unit.pk, 0),
                demand_m2=sum(demand.get(unit.pk, {}).values()),
                by_class=demand.get(unit.pk, {}),
            )
            for unit in units
        ),
    )


def _asked(entries: AnnualListEntryQuerySet, *, actor: User) -> list[tuple[int, str, int | None]]:
    """Unit, class and new construction land, the parts of shared projects apart. Two queries."""
    whole, parts = parts_of(entries, actor=actor)
    alone = entries.filter(whole).order_by().values_list("organisation", "priority_class")
    shared = parts.order_by().values_list("organisation", "entry__priority_class")
    total = Sum("new_construction_m2")
    return [*alone.annotate(total=total), *shared.annotate(total=total)]


def quota_by_class(*, actor: User, year: int, on: date) -> dict[str, int]:
    """Handed out up to `on`, by class of land. One query."""
    rows = plan_quotas(actor=actor, year=year).filter(issued_on__lte=on).order_by()
    return dict(rows.values_list("land_class").annotate(total=Sum("area_m2")))


def criteria(on: date) -> list[Criterion]:
    """The dated criteria of maturity in force on a day. One query."""
    rows = MaturityCriterion.objects.in_force(on)
    return [Criterion(row.step_code, row.label, row.points) for row in rows]


# --- the guarantee plan ---------------------------------------------------------------------------


def plan_items(*, actor: User, year: int) -> PlanItemQuerySet:
    """Every line of the year's plan that the actor sees, struck ones too. One query."""
    rows = PlanItem.objects.visible_to(actor).filter(year=year)
    return rows.select_related("project__organisation", "responsible", "deadline")


def standing_items(*, actor: User, year: int) -> PlanItemQuerySet:
    """The lines that the plan prints: open and solved, in the order of the list. One query."""
    rows = plan_items(actor=actor, year=year).exclude(state=PlanItem.State.STRUCK)
    return rows.order_by("project__number", "pk")


def projects_without_plan(*, actor: User, year: int) -> ProjectQuerySet:
    """Adopted projects that no line of the year's plan speaks of (S2-23 未纳入方案).

    A struck line counts: somebody has looked at the project and decided. One query.
    """
    lines = PlanItem.objects.filter(project=OuterRef("pk"), year=year)
    return (
        Project.objects.visible_to(actor)
        .adopted()
        .filter(~Exists(lines))
        .select_related("organisation")
        .order_by("number")
    )


def item_words(item: PlanItem) -> dict[str, str]:
    """A line as the plan prints it. Reads `project__organisation` and `responsible`."""
    return {
        "project": item.project.name,
        "unit": item.project.organisation.short_name,
        "problem": item.problem,
        "measure": item.measure,
        "responsible": item.responsible.short_name,
        "person": item.person,
        "limit_on": item.limit_on.isoformat(),
        "state": item.get_state_display(),
    }


def plan_versions(*, actor: User, year: int) -> QuerySet[PlanVersion]:
    """The settled versions of the actor's prefecture, newest first."""
    if actor.scope is None or actor.organisation is None:
        return PlanVersion.objects.none()
    rows = PlanVersion.objects.filter(year=year, prefecture=prefecture_of(actor.organisation))
    return rows.select_related("prefecture", "published_by").order_by("-number")


def version_words(version: PlanVersion, *, actor: User | None = None) -> dict[int, dict[str, str]]:
    """The lines of a version by item, for `actor` what they may see. One query."""
    lines = PlanVersionLine.objects.filter(version=version)
    if actor is not None:
        lines = lines.visible_to(actor)
    return dict(lines.order_by("pk").values_list("item_id", "facts"))


def plan_difference(older: PlanVersion, newer: PlanVersion, *, actor: User) -> Difference:
    """What changed in the plan between two versions, for what the actor sees. Two queries."""
    return rules.difference(
        version_words(older, actor=actor), version_words(newer, actor=actor), label="problem"
    )
