"""Projects that may be one: found by code, likeness of the name, and owner."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from accounts.models import User
from projects.models import DuplicatePair, DuplicatePairQuerySet, DuplicateSetting, LandUse, Project
from projects.rules.duplicates import Likeness, Reason, Thresholds, grounds, ordinals, plain_owner
from projects.rules.name_blocks import NameCard, near_names

AT_ONCE = 1000
DEFAULT = Thresholds(name_percent=45, owner_name_percent=25)

# Names without their county in front: 瓮安县标准厂房 and 瓮安标准厂房 are one name.
_BARE = "regexp_replace({row}.name, '^' || regexp_replace(o.short_name, '[市县区]$', '') || '[市县区]?', '')"
_ALIKE = f"similarity({_BARE.format(row='a')}, {_BARE.format(row='b')})"
_PLAIN_CODE = "regexp_replace(upper({row}.code), '[^0-9A-Z]', '', 'g')"
_CARDS = f"""
    SELECT a.id, a.organisation_id, a.name, {_BARE.format(row="a")}, a.owner_unit
      FROM projects_project a
      JOIN accounts_organisation o ON o.id = a.organisation_id
     WHERE a.status = ANY(%(standing)s)
       AND a.organisation_id IN (SELECT organisation_id FROM projects_project WHERE id = ANY(%(ids)s))
"""
_SHARES = f"""
    SELECT a.id, b.id, {_ALIKE}
      FROM unnest(%(ones)s::bigint[], %(others)s::bigint[]) pair(one, other)
      JOIN projects_project a ON a.id = pair.one
      JOIN projects_project b ON b.id = pair.other
      JOIN accounts_organisation o ON o.id = a.organisation_id
"""
_BY_CODE = f"""
    WITH asked AS MATERIALIZED (
        SELECT id, {_PLAIN_CODE.format(row="a")} AS code FROM projects_project a
         WHERE id = ANY(%(ids)s) AND code <> ''
    ), standing AS MATERIALIZED (
        SELECT id, {_PLAIN_CODE.format(row="b")} AS code FROM projects_project b
         WHERE code <> '' AND status = ANY(%(standing)s)
    )
    SELECT asked.id, standing.id FROM asked JOIN standing
        ON standing.code = asked.code AND standing.id <> asked.id
"""
Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Found:
    """Two projects, the lower id first, with the percent of likeness and the reasons."""

    first: int
    second: int
    alike: int
    reasons: tuple[Reason, ...]


def thresholds_on(day: date) -> Thresholds:
    """The setting in force on a day. One query."""
    row = DuplicateSetting.objects.filter(effective_from__lte=day).order_by("-effective_from").first()
    return DEFAULT if row is None else Thresholds(row.name_percent, row.owner_name_percent)


def alike_pairs(*, project_ids: Sequence[int], on: date, note: Note = lambda _: None) -> list[Found]:
    """Pairs of one of `project_ids` with any project that stands on a list.

    Bounded: however many names of a county are alike, each project gets at most
    `name_blocks.MOST_NEAR` others by its name, the most alike ones. Five queries, and one for each
    thousand of pairs.

    Args:
        note: told now and then what is being done, for a job's progress.

    Source: S0-21 (de-dup); projects.rules.duplicates says what counts.
    """
    thresholds = thresholds_on(on)
    pairs = _candidates(project_ids, thresholds, note)
    shares = dict(_shares(sorted(pairs), note))
    ids = {pk for pair in shares for pk in pair}
    projects = Project.objects.select_related("organisation", "land").in_bulk(ids)
    likenesses = {pk: likeness_of(project) for pk, project in projects.items()}
    found = [
        Found(
            first,
            second,
            alike,
            grounds(likenesses[first], likenesses[second], alike=alike, thresholds=thresholds),
        )
        for (first, second), alike in sorted(shares.items())
    ]
    return [pair for pair in found if pair.reasons]


def _candidates(ids: Sequence[int], thresholds: Thresholds, note: Note) -> set[tuple[int, int]]:
    """Pairs worth a look, the lower id first."""
    values: dict[str, Any] = {
        "ids": list(ids),
        "standing": [*Project.UNANSWERED, Project.Status.ADOPTED.value, Project.Status.RETURNED.value],
    }
    with connection.cursor() as cursor:
        note("正在比对项目代码")
        cursor.execute(_BY_CODE, values)
        pairs = {(min(one, other), max(one, other)) for one, other in cursor.fetchall()}
        note("正在比对项目名称和建设单位")
        cursor.execute(_CARDS, values)
        rows = cursor.fetchall()
    cards = (
        NameCard(pk, bare, plain_owner(owner), (unit, ordinals(name))) for pk, unit, name, bare, owner in rows
    )
    for near in near_names(cards, asked=frozenset(ids), thresholds=thresholds):
        note("正在比对项目名称和建设单位")
        pairs.update((min(one, other), max(one, other)) for one, other in near)
    return pairs


def _shares(pairs: Sequence[tuple[int, int]], note: Note) -> Iterator[tuple[tuple[int, int], int]]:
    """Each pair with the likeness of its names in percent, as the database reckons it."""
    for start in range(0, len(pairs), AT_ONCE):
        note("正在核对相似的项目")
        part = pairs[start : start + AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(_SHARES, {"ones": [one for one, _ in part], "others": [two for _, two in part]})
            for one, other, share in cursor.fetchall():
                yield (one, other), round(share * 100)


def likeness_of(project: Project) -> Likeness:
    """What is compared of a project; reads `organisation` and `land`."""
    land: LandUse | None = getattr(project, "land", None)
    return Likeness(
        name=project.name,
        code=project.code,
        county=project.organisation.code,
        owner_unit=project.owner_unit,
        total_m2=land.total_m2 if land else None,
        investment_yuan=project.investment_yuan,
    )


def pair_list(*, actor: User) -> DuplicatePairQuerySet:
    """Pairs the actor may judge or has judged, both projects with unit and land loaded. One query."""
    return DuplicatePair.objects.visible_to(actor).select_related(
        *(
            f"{side}__{part}"
            for side in ("first", "second")
            for part in ("organisation", "submitted_by", "land")
        ),
        "decided_by",
    )


def proposed_for(project_ids: Iterable[int]) -> dict[int, list[DuplicatePair]]:
    """Open proposals of projects, by project; the other side is loaded. One query."""
    ids = set(project_ids)
    found: dict[int, list[DuplicatePair]] = {pk: [] for pk in ids}
    pairs = DuplicatePair.objects.all().proposed().select_related("first", "second")
    for pair in pairs.filter(first__in=ids) | pairs.filter(second__in=ids):
        for pk in (pair.first_id, pair.second_id):
            if pk in found:
                found[pk].append(pair)
    return found
