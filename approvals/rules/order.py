"""What must come first, and whether it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from approvals.rules.involvement import Involvement
from approvals.rules.steps import RUNNING, UNFINISHED, Status

# What a track asks of a step "after B01" is not asked before the file is put together.
ASSEMBLY_CODE = "B01"


class Relation(StrEnum):
    FINISH_TO_START = "finish_to_start"
    START_TO_START = "start_to_start"


@dataclass(frozen=True, slots=True)
class Predecessor:
    """One entry of what must come first: any of `any_of` satisfies it."""

    any_of: tuple[str, ...]
    relation: Relation = Relation.FINISH_TO_START
    is_conditional: bool = False


def read_predecessors(entries: Iterable[Mapping[str, object]]) -> tuple[Predecessor, ...]:
    """The catalogue's entries as values."""
    return tuple(
        Predecessor(
            any_of=tuple(str(code) for code in _listed(entry["any_of"])),
            relation=Relation(str(entry.get("relation", Relation.FINISH_TO_START))),
            is_conditional=bool(entry.get("is_conditional", False)),
        )
        for entry in entries
    )


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, (list, tuple)) else [value]


@dataclass(frozen=True, slots=True)
class StepState:
    """What the order of steps needs to know of one step of the project, its latest round.

    involvement: the catalogue's word on the project's track.
    valid_until: the last day on which its paper is good; None has no end.
    merged_into: the step with which it is done together, once it was set aside for that.
    after: the codes that the catalogue names before it.
    """

    code: str
    short: str
    position: int
    status: str
    involvement: str = Involvement.APPLIES
    accepted_on: date | None = None
    valid_until: date | None = None
    merged_into: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmet:
    """A predecessor that does not hold yet, in words for the officer."""

    codes: tuple[str, ...]
    text: str

    @property
    def code(self) -> str:
        return "|".join(self.codes)


def unmet_predecessors(
    step: StepState,
    predecessors: Iterable[Predecessor],
    states: Mapping[str, StepState],
    *,
    on: date,
) -> list[Unmet]:
    """List every predecessor of `step` that does not hold on a day; empty means in order.

    Not involved satisfies; what was merged into another step holds once that one does. A
    start-to-start entry holds once the other was accepted (published). A conditional entry whose
    step the project lacks holds. A minimum period needs no test of its own: its step cannot be
    finished before the period is over. A paper that has lapsed does not satisfy.

    The result warns and is recorded; it never blocks (边组边审).

    Source: domain.md 1.1, 1.5; steps.json legend.
    """
    found = []
    for entry in predecessors:
        present = [states[code] for code in entry.any_of if code in states]
        if not present and not entry.is_conditional:
            found.append(Unmet(entry.any_of, _unmet_text(entry, present, on)))
            continue
        wanted = binding(step, entry, states)
        if wanted and not any(_holds(other, entry.relation, on) for other in wanted):
            text = _unmet_text(entry, wanted, on) + _merged_text(present, wanted, states)
            found.append(Unmet(entry.any_of, text))
    return found


def binding(step: StepState, entry: Predecessor, states: Mapping[str, StepState]) -> list[StepState]:
    """The steps of which one must hold for `entry`; empty when the entry asks nothing here.

    Not involved asks nothing, unless it is one of several alternatives: where 划拨 is not
    involved, 出让 must be done. What is asked "after B01" asks nothing of what comes before it.

    A step merged into another is waited for there. Not by what that other one itself waits for:
    they would wait for each other.
    """
    present = [states[code] for code in entry.any_of if code in states]
    stands = {stand.code: stand for other in present if (stand := stand_in(other, states)) is not None}
    involved = [
        stand
        for stand in stands.values()
        if stand.code in entry.any_of or not _waits_for(stand, step.code, states)
    ]
    if any(
        other.involvement == Involvement.AFTER_B01 and not _comes_after_assembly(step, states)
        for other in involved
    ):
        return []
    return involved


def stand_in(state: StepState, states: Mapping[str, StepState]) -> StepState | None:
    """The step itself, the one it was merged into, or None where nothing is done for it."""
    seen: set[str] = set()
    found: StepState | None = state
    while found is not None and found.status == Status.NOT_INVOLVED:
        seen.add(found.code)
        found = states.get(found.merged_into) if found.merged_into not in seen else None
    return found


def _waits_for(stand: StepState, code: str, states: Mapping[str, StepState]) -> bool:
    """Whether `stand` is the step `code`, or comes behind it through whatever steps lie between."""
    seen: set[str] = set()
    left = [stand]
    while left:
        state = left.pop()
        if state.code == code:
            return True
        seen.add(state.code)
        before = [found for other in state.after if (found := states.get(other)) is not None]
        stands = [found for other in before if (found := stand_in(other, states)) is not None]
        left += [found for found in stands if found.code not in seen]
    return False


def _holds(other: StepState, relation: Relation, on: date) -> bool:
    if relation is Relation.START_TO_START:
        return other.accepted_on is not None and other.status in (*RUNNING, Status.DONE)
    return other.status == Status.DONE and (other.valid_until is None or other.valid_until >= on)


def _comes_after_assembly(step: StepState, states: Mapping[str, StepState]) -> bool:
    """What is asked "after B01" is asked by the steps behind B01, and by its own kind."""
    if step.involvement == Involvement.AFTER_B01:
        return True
    assembly = states.get(ASSEMBLY_CODE)
    return assembly is not None and step.position > assembly.position


def _unmet_text(entry: Predecessor, present: Sequence[StepState], on: date) -> str:
    names = "或".join(f"{other.code} {other.short}" for other in present) or "或".join(entry.any_of)
    lapsed = [o for o in present if o.status == Status.DONE and o.valid_until and o.valid_until < on]
    if lapsed:
        return f"{names}的有效期已于 {lapsed[0].valid_until} 届满"
    state = f"（{Status(present[0].status).label}）" if len(present) == 1 else ""
    wanted = "尚未发布" if entry.relation is Relation.START_TO_START else "尚未办结"
    return f"{names}{wanted}{state}"


def _merged_text(
    present: Iterable[StepState], wanted: Sequence[StepState], states: Mapping[str, StepState]
) -> str:
    """Which step went into the one that is waited for."""
    codes = {other.code for other in wanted}
    merged = [
        f"{other.code} {other.short}已并入{stand.code}"
        for other in present
        if (stand := stand_in(other, states)) is not None and stand is not other and stand.code in codes
    ]
    return f"，{'、'.join(merged)}" if merged else ""


def is_dependency_open(codes: Collection[str], others: Iterable[tuple[str, Iterable[Predecessor]]]) -> bool:
    """Whether an unfinished step still leans on the paper of a step.

    Args:
        codes: the step's own, and those of the steps that were merged into it.
        others: status and predecessors of every other step of the project, latest rounds.
    """
    return any(
        status in UNFINISHED
        and any(
            entry.relation is Relation.FINISH_TO_START and not set(codes).isdisjoint(entry.any_of)
            for entry in entries
        )
        for status, entries in others
    )


def next_possible_on(last_day: date | None) -> date | None:
    """The first day after a minimum period: then its step can be finished and the next may begin."""
    return last_day + timedelta(days=1) if last_day else None
