"""The choice among the catalogue's limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deadlines.rules import LineKind, Unit


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of the catalogue, as far as the choice among alternatives needs it.

    round: the round of the step from which it applies; None is every round without its own.
    goes_with: the basis of another limit with which this one comes; never a choice of its own.
    """

    id: int
    is_committed: bool
    kind: LineKind
    value: int | None
    basis: str = ""
    round: int | None = None
    unit: Unit = Unit.WORKING_DAY
    goes_with: str = ""

    @property
    def usual_days(self) -> float:
        """About how many calendar days it takes, to tell the longer of two in different units."""
        return (self.value or 0) * _USUAL_DAYS[self.unit]


_USUAL_DAYS = {Unit.WORKING_DAY: 7 / 5, Unit.CALENDAR_DAY: 1, Unit.MONTH: 365 / 12, Unit.YEAR: 365}


def limits_of_round(limits: Iterable[Limit], round_number: int) -> list[Limit]:
    """The limits that a round of a step runs under: durations vary by step type and round.

    Of each line and kind: those of the highest round up to this one (复审 keeps its limit in the
    third round), else those that name no round.

    Source: mechanisms.md, "Durations must be data by (step type × round)".
    """
    found = list(limits)
    newest: dict[tuple[bool, LineKind], int] = {}
    for limit in found:
        if limit.round is not None and limit.round <= round_number:
            key = (limit.is_committed, limit.kind)
            newest[key] = max(newest.get(key, 0), limit.round)
    return [limit for limit in found if limit.round == newest.get((limit.is_committed, limit.kind))]


def shortest(alternatives: Sequence[Limit]) -> Limit | None:
    """The limit that binds when silence chose for us: the shortest of those that give a number."""
    return min(_known(alternatives), key=lambda limit: limit.usual_days, default=None)


def longest(alternatives: Sequence[Limit]) -> Limit | None:
    """The limit by which a plan should hold while nobody has chosen; None where none gives a number."""
    return max(_known(alternatives), key=lambda limit: limit.usual_days, default=None)


def _known(alternatives: Iterable[Limit]) -> list[Limit]:
    return [limit for limit in alternatives if limit.value is not None]


def handling_limits(limits: Iterable[Limit]) -> list[Limit]:
    """The statutory limits that time the handling; several are alternatives to choose from.

    What goes with another limit begins when that one has run out (期满1年内完成复垦).
    """
    return [
        limit
        for limit in limits
        if not limit.is_committed and limit.kind is not LineKind.VALIDITY and not limit.goes_with
    ]


def validity_limits(limits: Iterable[Limit], *, handled_under: str = "") -> list[Limit]:
    """How long the paper is good; several are alternatives to choose from.

    Args:
        handled_under: the basis of the limit that timed the handling: of 核准 and 备案 only the first
            gives a paper that lapses.
    """
    return [
        limit
        for limit in limits
        if limit.kind is LineKind.VALIDITY
        and limit.value is not None
        and limit.goes_with in ("", handled_under)
    ]


def choose(alternatives: Sequence[Limit], limit_id: int | None) -> Limit | None:
    """The alternative that `limit_id` names, or the only one; None where there is none.

    Raises:
        LookupError: several and none chosen, or the chosen one is not among them.
    """
    if limit_id is None:
        if len(alternatives) > 1:
            raise LookupError("several alternatives, none chosen")
        return alternatives[0] if alternatives else None
    return next((limit for limit in alternatives if limit.id == limit_id), None) or _missing(limit_id)


def _missing(limit_id: int) -> Limit:
    raise LookupError(f"limit {limit_id} is not among the alternatives")
