"""Reading the year's list: its versions, its state on a day, what two states differ in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum

from accounts.models import Organisation, User
from accounts.selectors import prefecture_of
from core.units import AreaUnit, format_area, yuan_to_wan
from projects.models import (
    AnnualListChange,
    AnnualListEntry,
    AnnualListEntryQuerySet,
    AnnualListShare,
    AnnualListShareQuerySet,
    AnnualListVersion,
    LandUse,
    Project,
    ProjectCourse,
    QuotaRoute,
    list_name,
)
from projects.rules import annual as rules
from projects.rules.annual import Difference, RowChange
from projects.rules.land_shares import Share, divided
from projects.selectors.list_kinds import list_names

LABELS = {
    "name": "项目名称",
    "number": "编号",
    "code": "项目代码",
    "unit": "县市",
    "list_category": "清单类别",
    "priority_class": "项目类别",
    "track": "审批轨道",
    "route": "指标来源",
    "owner_unit": "建设单位",
    "industry": "行业",
    "investment_yuan": "总投资（万元）",
    "planned_start": "计划开工",
    "planned_finish": "计划竣工",
    "total_m2": "用地总面积（公顷）",
    "agri_m2": "农用地（公顷）",
    "arable_m2": "耕地（公顷）",
    "new_construction_m2": "新增建设用地（公顷）",
    "shares": "分县面积（公顷）",
}
_CHOICES: dict[str, dict[Any, Any]] = {
    "priority_class": dict(Project.PriorityClass.choices),
    "track": dict(Project.Track.choices),
    "route": dict(QuotaRoute.choices),
}


def years(*, actor: User, today: date) -> list[int]:
    """Years with a list, and this one; newest first. One query."""
    listed = Project.objects.visible_to(actor).filter(annual_list__isnull=False).order_by()
    return sorted({today.year, *listed.values_list("annual_list__year", flat=True).distinct()}, reverse=True)


def versions(*, actor: User, year: int) -> QuerySet[AnnualListVersion]:
    """The published versions of the actor's prefecture, newest first; none without an organisation."""
    if actor.scope is None or actor.organisation is None:
        return AnnualListVersion.objects.none()
    return (
        AnnualListVersion.objects.filter(annual_list__year=year, prefecture=prefecture_of(actor.organisation))
        .select_related("annual_list", "prefecture", "published_by")
        .order_by("-number")
    )


@dataclass(frozen=True, slots=True)
class ListSums:
    """What a state of the list adds up to. Rows without a figure count nothing.

    Whoever sees one county adds up what lies in it; a project across several counts once.
    """

    projects: int
    total_m2: int
    arable_m2: int
    new_construction_m2: int
    demand_m2: int


@dataclass(frozen=True, slots=True)
class ListAsOf:
    """The list as it was in force on a day; `version` is None before the first was published."""

    version: AnnualListVersion | None
    entries: AnnualListEntryQuerySet
    sums: ListSums


def list_as_of(*, year: int, on: date, actor: User) -> ListAsOf:
    """The year's list as last published on or before `on`, what `actor` may see of it, with sums.

    Three queries besides the rows.
    """
    version = versions(actor=actor, year=year).filter(published_on__lte=on).first()
    return list_in(version, actor=actor)


def list_in(version: AnnualListVersion | None, *, actor: User) -> ListAsOf:
    """The list as it stood in a version. Two queries for the sums; the rows are read when asked for."""
    rows = AnnualListEntry.objects.visible_to(actor)
    entries = rows.none() if version is None else rows.in_version(version)
    with_shares = entries.select_related("organisation", "project").prefetch_related("shares__organisation")
    named = with_shares.annotate(list_name=list_name())
    return ListAsOf(version, named, sums_of(entries, actor=actor))


def sums_of(entries: AnnualListEntryQuerySet, *, actor: User, unit: str = "") -> ListSums:
    """Add up entries for what lies in `actor`'s scope, or of it in one county or park. Two queries.

    Args:
        unit: code of the county or park whose part alone counts.
    """
    plan = Q(route=QuotaRoute.PLAN)
    whole, parts = parts_of(entries, actor=actor, unit=unit)
    found = entries.order_by().aggregate(
        projects=Count("pk"),
        total=Sum("total_m2", filter=whole),
        arable=Sum("arable_m2", filter=whole),
        new=Sum("new_construction_m2", filter=whole),
        demand=Sum("new_construction_m2", filter=whole & plan),
    )
    shared = parts.order_by().aggregate(
        total=Sum("total_m2"),
        arable=Sum("arable_m2"),
        new=Sum("new_construction_m2"),
        demand=Sum("new_construction_m2", filter=Q(entry__route=QuotaRoute.PLAN)),
    )
    return ListSums(
        projects=found["projects"],
        total_m2=(found["total"] or 0) + (shared["total"] or 0),
        arable_m2=(found["arable"] or 0) + (shared["arable"] or 0),
        new_construction_m2=(found["new"] or 0) + (shared["new"] or 0),
        demand_m2=(found["demand"] or 0) + (shared["demand"] or 0),
    )


def parts_of(
    entries: AnnualListEntryQuerySet, *, actor: User, unit: str = ""
) -> tuple[Q, AnnualListShareQuerySet]:
    """What to add up: the entries that lie in one county as a whole, and the parts of the others.

    The parts are those in `actor`'s scope, of one unit where it is named. No query.
    """
    whole = ~Exists(AnnualListShare.objects.filter(entry=OuterRef("pk")))
    parts = AnnualListShare.objects.visible_to(actor).filter(entry__in=entries.order_by().values("pk"))
    return Q(whole), parts.filter(organisation__code=unit) if unit else parts


def with_parts(entries: AnnualListEntryQuerySet, *, actor: User, unit: str = "") -> AnnualListEntryQuerySet:
    """The entries with the parts that count for `actor`, or for one unit, as `parts`. Two queries more."""
    parts = AnnualListShare.objects.visible_to(actor)
    counted = parts.filter(organisation__code=unit) if unit else parts
    return entries.prefetch_related(
        "shares__organisation", Prefetch("shares", queryset=counted, to_attr="parts")
    )


def area_within(entry: AnnualListEntry, field: str) -> int | None:
    """The entry's area as far as it counts; reads what `with_parts` brought along."""
    if not entry.shares.all():
        return cast("int | None", getattr(entry, field))
    stated = [getattr(part, field) for part in cast("Any", entry).parts]
    return None if all(m2 is None for m2 in stated) else sum(m2 or 0 for m2 in stated)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A project on the list as it is now: what the next version would say of it."""

    project: Project
    land: LandUse | None
    route: str
    shares: tuple[AnnualListShare, ...] = ()

    def values(self) -> dict[str, Any]:
        """By column of `AnnualListEntry`."""
        return {
            **{name: getattr(self.project, name) for name in AnnualListEntry.FACTS},
            **{name: getattr(self.land, name, None) for name in AnnualListEntry.AREAS},
            "route": self.route,
            "organisation": self.project.organisation,
        }


def fresh_rows(*, year: int, prefecture: Organisation) -> list[Fresh]:
    """Every adopted project of the year in the prefecture, as it is now. Three queries."""
    projects = (
        Project.objects.adopted()
        .filter(annual_list__year=year, organisation__path__startswith=prefecture.path)
        .select_related("organisation", "land", "course")
        .prefetch_related("shares__organisation")
        .order_by("number")
    )
    return [_fresh(project) for project in projects]


def _fresh(project: Project) -> Fresh:
    land: LandUse | None = getattr(project, "land", None)
    return Fresh(project, land, route_of(project), _fresh_shares(project, land))


def _fresh_shares(project: Project, land: LandUse | None) -> tuple[AnnualListShare, ...]:
    """The parts of a project across several, not saved; none of a project of one county."""
    stored = list(project.shares.all())
    keys = AnnualListEntry.AREAS
    parts = divided(
        {key: getattr(land, key, None) for key in keys},
        [Share(row.organisation.code, {key: getattr(row, key) for key in keys}) for row in stored],
        leading=project.organisation.code,
        keys=keys,
    )
    return tuple(
        AnnualListShare(organisation=row.organisation, **part.areas)
        for row, part in zip(stored, parts, strict=True)
    )


def route_of(project: Project) -> str:
    """The settled source of a project's quota, else by rule. Reads `course` and `land`."""
    course: ProjectCourse | None = getattr(project, "course", None)
    if course is not None and course.route:
        return course.route
    land: LandUse | None = getattr(project, "land", None)
    return rules.proposed_route(
        track=project.track, new_construction_m2=land.new_construction_m2 if land else None
    )


def current_entries(*, year: int, prefecture: Organisation) -> AnnualListEntryQuerySet:
    """What the last published version holds, for the whole prefecture."""
    return (
        AnnualListEntry.objects.current()
        .filter(joined_in__annual_list__year=year, joined_in__prefecture=prefecture)
        .select_related("organisation")
        .prefetch_related("shares__organisation")
        .order_by("number")
    )


def in_words(
    values: Mapping[str, Any], shares: Iterable[AnnualListShare], *, lists: Mapping[str, str]
) -> dict[str, str]:
    """An entry's columns as the page prints them, by name of LABELS; `lists` names kinds of list."""
    named = {**values, "unit": values["organisation"], "shares": list(shares)}
    return {name: _word(name, named[name], lists) for name in LABELS}


def _word(name: str, value: Any, lists: Mapping[str, str]) -> str:
    if value is None or value == "":
        return ""
    if name == "list_category":
        return lists.get(value, value)
    if name == "unit":
        return str(value.short_name)
    if name == "shares":
        return "；".join(share_word(share) for share in value)
    if name in _CHOICES:
        return str(_CHOICES[name].get(value, value))
    if name.endswith("_m2"):
        return format_area(value, AreaUnit.HA)
    if name == "investment_yuan":
        return f"{yuan_to_wan(value):,}"
    return str(value)


def share_word(share: AnnualListShare) -> str:
    """One county's part in words: total, and of it new construction land. Reads `organisation`."""
    total, new = (
        "未填" if m2 is None else format_area(m2, AreaUnit.HA)
        for m2 in (share.total_m2, share.new_construction_m2)
    )
    return f"{share.organisation.short_name} {total}（新增 {new}）"


def entry_words(entry: AnnualListEntry, lists: Mapping[str, str]) -> dict[str, str]:
    """An entry as the page prints it. Reads `organisation` and `shares`."""
    names = (*AnnualListEntry.FACTS, *AnnualListEntry.AREAS, "route", "organisation")
    return in_words({name: getattr(entry, name) for name in names}, entry.shares.all(), lists=lists)


@dataclass(frozen=True, slots=True)
class Reasoned:
    """A changed row of the list with the reason that was given for it."""

    row: RowChange
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ListDifference:
    """Two states of the year's list, row by row, with reasons and sums."""

    joined: tuple[Reasoned, ...]
    left: tuple[Reasoned, ...]
    changed: tuple[Reasoned, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.joined or self.left or self.changed)

    @property
    def total(self) -> int:
        return len(self.joined) + len(self.left) + len(self.changed)


def version_difference(older: AnnualListVersion, newer: AnnualListVersion, *, actor: User) -> ListDifference:
    """What changed from one published version to another, for what `actor` sees.

    A fixed number of queries.
    """
    before = {e.project_id: e for e in list_in(older, actor=actor).entries}
    after = {e.project_id: e for e in list_in(newer, actor=actor).entries}
    lists = list_names()
    found = rules.difference(
        {key: entry_words(entry, lists) for key, entry in before.items()},
        {key: entry_words(entry, lists) for key, entry in after.items()},
        label="name",
    )
    gone = [row.key for row in found.left]
    ended = (
        AnnualListEntry.objects.visible_to(actor)
        .filter(project_id__in=gone, closed_by="LEFT", left_in__annual_list=newer.annual_list_id)
        .filter(left_in__number__gt=older.number, left_in__number__lte=newer.number)
        .order_by("left_in__number")
    )
    why_left = {entry.project_id: entry.leave_reason for entry in ended}
    return _reasoned(found, joined={k: e.join_reason for k, e in after.items()}, left=why_left)


def draft_difference(*, actor: User, year: int) -> ListDifference:
    """What the next version would change: the adopted projects of today against the last version.

    For the whole prefecture; the caller has checked the right to screen. Ten queries at most.
    """
    if actor.organisation is None:
        return ListDifference((), (), ())
    prefecture = prefecture_of(actor.organisation)
    rows = fresh_rows(year=year, prefecture=prefecture)
    lists = list_names()
    fresh = {row.project.pk: in_words(row.values(), row.shares, lists=lists) for row in rows}
    entries = current_entries(year=year, prefecture=prefecture)
    published = {entry.project_id: entry_words(entry, lists) for entry in entries}
    found = rules.difference(published, fresh, label="name")
    reasons = unpublished_reasons(year=year, prefecture=prefecture)
    return _reasoned(found, joined=reasons, left=reasons)


def draft_size(*, actor: User, year: int) -> int:
    """How many projects joined or left since the last version; changed facts are not looked at.

    For a button: three queries, whatever the length of the list.
    """
    if actor.organisation is None:
        return 0
    prefecture = prefecture_of(actor.organisation)
    current = AnnualListEntry.objects.current().filter(project=OuterRef("pk"))
    adopted = Project.objects.adopted().filter(
        annual_list__year=year, organisation__path__startswith=prefecture.path
    )
    left = current_entries(year=year, prefecture=prefecture).exclude(project__status=Project.Status.ADOPTED)
    return adopted.filter(~Exists(current)).count() + left.count()


def unpublished_reasons(*, year: int, prefecture: Organisation) -> dict[int, str]:
    """The last reason given since the last version, by project. One query."""
    changes = AnnualListChange.objects.unpublished().filter(
        annual_list__year=year, project__organisation__path__startswith=prefecture.path
    )
    return dict(changes.order_by("pk").values_list("project_id", "reason"))


def _reasoned(found: Difference, *, joined: Mapping[int, str], left: Mapping[int, str]) -> ListDifference:
    def told(rows: Iterable[RowChange], reasons: Mapping[int, str]) -> tuple[Reasoned, ...]:
        return tuple(Reasoned(row, reasons.get(row.key, "")) for row in rows)

    return ListDifference(told(found.joined, joined), told(found.left, left), told(found.changed, {}))
