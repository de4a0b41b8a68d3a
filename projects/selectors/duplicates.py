"""Projects that may be one: found by code, likeness of the name, and owner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from projects.models import DuplicatePair, DuplicatePairQuerySet, DuplicateSetting, LandUse, Project
from projects.rules.duplicates import Likeness, Reason, Thresholds, grounds

DEFAULT = Thresholds(name_percent=45, owner_name_percent=25)

# Names without their county in front: 瓮安县标准厂房 and 瓮安标准厂房 are one name.
_BARE = "regexp_replace({row}.name, '^' || regexp_replace(o.short_name, '[市县区]$', '') || '[市县区]?', '')"
_ALIKE = f"similarity({_BARE.format(row='a')}, {_BARE.format(row='b')})"
_PLAIN_CODE = "regexp_replace(upper({row}.code), '[^0-9A-Z]', '', 'g')"
# The trigram index finds names that are alike as written, and names that hold something like the bare
# one: short names with their county in front, and long counties. Its thresholds lie well below ours.
_BY_NAME = f"""
    SELECT a.id, b.id, {_ALIKE}
      FROM projects_project a
      JOIN accounts_organisation o ON o.id = a.organisation_id
      JOIN projects_project b
        ON b.organisation_id = a.organisation_id AND b.id <> a.id
       AND (b.name %% a.name OR b.name %%> {_BARE.format(row="a")})
       AND b.status = ANY(%(standing)s)
     WHERE a.id = ANY(%(ids)s) AND {_ALIKE} >= %(least)s
"""
_BY_CODE = f"""
    SELECT a.id, b.id, {_ALIKE}
      FROM projects_project a
      JOIN accounts_organisation o ON o.id = a.organisation_id
      JOIN projects_project b
        ON b.id <> a.id AND b.code <> '' AND b.status = ANY(%(standing)s)
       AND {_PLAIN_CODE.format(row="b")} = {_PLAIN_CODE.format(row="a")}
     WHERE a.id = ANY(%(ids)s) AND a.code <> ''
"""


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


def alike_pairs(*, project_ids: Sequence[int], on: date) -> list[Found]:
    """Pairs of one of `project_ids` with any project that stands on a list. Four queries.

    Source: S0-21 (de-dup); projects.rules.duplicates says what counts.
    """
    thresholds = thresholds_on(on)
    shares: dict[tuple[int, int], int] = {}
    for one, other, share in _candidates(project_ids, thresholds):
        shares[min(one, other), max(one, other)] = round(share * 100)
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


def _candidates(ids: Sequence[int], thresholds: Thresholds) -> list[tuple[int, int, float]]:
    least = thresholds.owner_name_percent / 100
    values: dict[str, Any] = {
        "ids": list(ids),
        "least": least,
        "standing": [*Project.UNANSWERED, Project.Status.ADOPTED.value, Project.Status.RETURNED.value],
    }
    # The threshold holds for this transaction alone; a job's handler brings none of its own.
    with transaction.atomic(), connection.cursor() as cursor:
        for name in ("similarity_threshold", "word_similarity_threshold"):
            cursor.execute("SELECT set_config(%s, %s, true)", [f"pg_trgm.{name}", str(least * 0.4)])
        cursor.execute(_BY_NAME, values)
        rows = cursor.fetchall()
        cursor.execute(_BY_CODE, values)
        rows += cursor.fetchall()
    return [(int(one), int(other), float(share)) for one, other, share in rows]


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
