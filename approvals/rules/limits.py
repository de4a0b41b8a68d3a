"""The choice among the catalogue's limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deadlines.rules import LineKind


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of the catalogue, as far as the choice among alternatives needs it.

    round: the round of the step from which it applies; None is every round without its own.
    """

    id: int
    is_committed: bool
    kind: LineKind
    value: int | None
    basis: str = ""
    round: int | None = None


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
    known = [limit for limit in alternatives if limit.value is not None]
    return min(known, key=lambda limit: limit.value or 0, default=None)


def handling_limits(limits: Iterable[Limit]) -> list[Limit]:
    """The statutory limits that time the handling; several are alternatives to choose from."""
    return [limit for limit in limits if not limit.is_committed and limit.kind is not LineKind.VALIDITY]


def validity_limits(limits: Iterable[Limit]) -> list[Limit]:
    """How long the paper is good; several are alternatives to choose from."""
    return [limit for limit in limits if limit.kind is LineKind.VALIDITY and limit.value is not None]


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
