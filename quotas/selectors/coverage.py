"""What of a project's demand for quota is covered: the answer that approvals' gates ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from django.db.models import BigIntegerField, Case, F, Q, Sum, Value, When

from projects.models import LandUse
from quotas import rules
from quotas.models import Account, Movement


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """One instrument of one project, in m² (grain: kg).

    `posted` is hooked up for good, `reserved` is held or locked for the project and not posted;
    `movements` are the entries that say so, newest first.
    """

    instrument: rules.Instrument
    need: int
    posted: int = 0
    reserved: int = 0
    movements: tuple[Movement, ...] = ()

    @property
    def missing(self) -> int:
        """What is neither posted nor reserved."""
        return max(self.need - self.posted - self.reserved, 0)

    @property
    def unposted(self) -> int:
        """What is not hooked up yet, whether reserved or not: 先补后占 counts only what is posted."""
        return max(self.need - self.posted, 0)

    @property
    def sentence(self) -> str:
        """How the gate prints it: the instrument, the need, what stands against it."""
        shown = [rules.shown(self.instrument, amount) for amount in (self.need, self.posted, self.reserved)]
        text = f"{self.instrument.label}需 {shown[0]}，已挂钩 {shown[1]}，已预占 {shown[2]}"
        return f"{text}，尚缺 {rules.shown(self.instrument, self.missing)}" if self.missing else text


@dataclass(frozen=True, slots=True)
class Coverage:
    """A project's demand by instrument; instruments neither asked for nor used are left out."""

    project_id: int
    lines: tuple[CoverageLine, ...]

    @property
    def is_covered(self) -> bool:
        """Nothing is missing: every need is posted or reserved."""
        return not any(line.missing for line in self.lines)

    @property
    def is_posted(self) -> bool:
        """Every need is hooked up: what 先补后占 asks before a report goes up."""
        return not any(line.unposted for line in self.lines)

    def of_pool(self, pool: rules.Pool) -> Coverage:
        """The lines of one pool: the gate of farmland asks for FARMLAND alone."""
        return Coverage(self.project_id, tuple(line for line in self.lines if line.instrument.pool is pool))

    @property
    def movements(self) -> tuple[Movement, ...]:
        """The entries of all lines, instrument by instrument, newest first in each."""
        return tuple(movement for line in self.lines for movement in line.movements)

    @property
    def missing(self) -> tuple[CoverageLine, ...]:
        return tuple(line for line in self.lines if line.missing)


def land_of(land: LandUse | None, track: str) -> rules.Land:
    """A project's stored land as the rule reads it; None is a project without figures."""
    if land is None:
        return rules.Land(track=track)
    return rules.Land(
        track=track,
        new_construction_m2=land.new_construction_m2,
        out_ugb_m2=land.out_ugb_m2,
        arable_m2=land.arable_m2,
        paddy_m2=land.paddy_m2,
        supp_area_m2=land.supp_area_m2,
        supp_paddy_m2=land.supp_paddy_m2,
        supp_grain_kg=land.supp_grain_kg,
    )


def coverage_of_project(*, project_id: int) -> Coverage:
    """What of this project's demand is covered, with the movements. Three queries.

    The caller has found the project among those visible to its reader.

    Source: S3-13 (先补后占), S4-47.
    """
    [found] = coverage_of_projects(project_ids=[project_id])
    lines = []
    shown = Movement.objects.filter(project=project_id).select_related(
        "source__holder", "source__owner", "target__holder", "target__owner"
    )
    by_instrument: dict[str, list[Movement]] = {}
    for movement in shown.order_by("-id"):
        by_instrument.setdefault(movement.instrument, []).append(movement)
    for line in found.lines:
        movements = tuple(by_instrument.get(line.instrument, ()))
        lines.append(CoverageLine(line.instrument, line.need, line.posted, line.reserved, movements))
    return Coverage(project_id, tuple(lines))


def coverage_of_projects(*, project_ids: Sequence[int]) -> list[Coverage]:
    """The same for many projects, without the single movements. Two queries, in the order asked for."""
    demands = _demands(project_ids)
    sums = _sums(project_ids)
    return [
        Coverage(
            pk,
            tuple(
                CoverageLine(
                    instrument,
                    need=demands.get(pk, {}).get(instrument, 0),
                    posted=sums.get((pk, instrument), (0, 0))[0],
                    reserved=sums.get((pk, instrument), (0, 0))[1],
                )
                for instrument in rules.Instrument
                if instrument in demands.get(pk, {}) or (pk, instrument) in sums
            ),
        )
        for pk in project_ids
    ]


_READ_OF_LAND = [field.name for field in fields(rules.Land) if field.name != "track"]


def _demands(project_ids: Iterable[int]) -> dict[int, dict[rules.Instrument, int]]:
    rows = LandUse.objects.filter(project__in=project_ids).select_related("project")
    read = rows.only("project__track", *_READ_OF_LAND)  # no project's texts and JSON for two of its words
    return {row.project_id: rules.demand_of(land_of(row, row.project.track)) for row in read}


def _sums(project_ids: Iterable[int]) -> dict[tuple[int, rules.Instrument], tuple[int, int]]:
    """(project, instrument) → posted, reserved: what entered those places less what left them.

    Read from the movements alone, so that a reversal or a release counts by itself.
    """
    rows = (
        Movement.objects.filter(project__in=project_ids)
        .values("project_id", "instrument")
        .annotate(posted=_net(Account.Place.USED), reserved=_net(Account.Place.RESERVED))
        .order_by("project_id", "instrument")
    )
    return {
        (row["project_id"], rules.Instrument(row["instrument"])): (row["posted"] or 0, row["reserved"] or 0)
        for row in rows
    }


def _net(place: str) -> Sum:
    into, out = Q(target__place=place), Q(source__place=place)
    return Sum(
        Case(
            When(into & ~out, then=F("amount")),
            When(out & ~into, then=-F("amount")),
            default=Value(0),
            output_field=BigIntegerField(),
        )
    )
