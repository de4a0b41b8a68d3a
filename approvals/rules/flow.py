"""The procedure as a picture: what follows what, in columns by order and in bands by phase."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from approvals.rules.order import Predecessor, Relation, StepState, binding
from approvals.rules.steps import Status


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A step as the picture needs it: how it stands, its phase, and what must come first."""

    state: StepState
    phase: str
    predecessors: tuple[Predecessor, ...]

    @property
    def code(self) -> str:
        return self.state.code


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step stands: `column` counts what must come before it, `row` counts from the top."""

    code: str
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """`target` waits for `source`; as one of several alternatives, or for its beginning alone."""

    source: str
    target: str
    is_alternative: bool = False
    is_from_start: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """One phase: `rows` rows from `row` on."""

    phase: str
    row: int
    rows: int


@dataclass(frozen=True, slots=True)
class Flow:
    places: tuple[Place, ...]
    arrows: tuple[Arrow, ...]
    bands: tuple[Band, ...]

    @property
    def columns(self) -> int:
        return max((place.column for place in self.places), default=-1) + 1

    @property
    def rows(self) -> int:
        return sum(band.rows for band in self.bands)


def flow_of(steps: Sequence[FlowStep]) -> Flow:
    """Lay the steps of a track out, from what each waits for.

    A step that is not involved is neither drawn nor waited for. A step stands one column behind the
    last of those it waits for, so every arrow points to the right. An arrow that follows from two
    others is left out; alternatives and "from its beginning" are always drawn.

    Args:
        steps: in the order of the catalogue; phases become bands in the order of their first step.

    Raises:
        ValueError: the catalogue's steps wait for each other in a circle.

    Source: steps.json legend; S4 annex 1 (流程图).
    """
    drawn = [step for step in steps if step.state.status != Status.NOT_INVOLVED]
    arrows = _arrows(drawn, {step.code: step.state for step in steps})
    columns = _columns([step.code for step in drawn], arrows)
    places, bands = _places(drawn, columns, arrows)
    return Flow(places, tuple(_without_implied(arrows)), bands)


def _arrows(drawn: Iterable[FlowStep], states: Mapping[str, StepState]) -> list[Arrow]:
    found: dict[tuple[str, str], Arrow] = {}
    for step in drawn:
        for entry in step.predecessors:
            wanted = binding(step.state, entry, states)
            for other in wanted:
                found[(other.code, step.code)] = Arrow(
                    source=other.code,
                    target=step.code,
                    is_alternative=len(wanted) > 1,
                    is_from_start=entry.relation is Relation.START_TO_START,
                )
    return list(found.values())


def _columns(codes: Iterable[str], arrows: Iterable[Arrow]) -> dict[str, int]:
    before: dict[str, list[str]] = defaultdict(list)
    for arrow in arrows:
        before[arrow.target].append(arrow.source)
    under_way: set[str] = set()

    @cache
    def column(code: str) -> int:
        if code in under_way:
            raise ValueError(f"步骤 {code} 的前置步骤互相等待")
        under_way.add(code)
        found = max((column(other) + 1 for other in before[code]), default=0)
        under_way.discard(code)
        return found

    return {code: column(code) for code in codes}


def _places(
    drawn: Iterable[FlowStep], columns: Mapping[str, int], arrows: Iterable[Arrow]
) -> tuple[tuple[Place, ...], tuple[Band, ...]]:
    """Each step as near as may be to the rows of what it waits for inside its own band."""
    sources: dict[str, list[str]] = defaultdict(list)
    for arrow in arrows:
        sources[arrow.target].append(arrow.source)
    phases: dict[str, list[str]] = defaultdict(list)
    for step in drawn:
        phases[step.phase].append(step.code)

    places: list[Place] = []
    bands: list[Band] = []
    top = 0
    for phase, codes in phases.items():
        rows: dict[str, int] = {}
        taken: set[tuple[int, int]] = set()
        for code in sorted(codes, key=lambda code: columns[code]):
            near = [rows[other] for other in sources[code] if other in rows]
            wished = min(near, default=0)
            row = _free_row(columns[code], wished, taken)
            taken.add((columns[code], row))
            rows[code] = row
        places += [Place(code, columns[code], top + rows[code]) for code in codes]
        bands.append(Band(phase, top, max(rows.values()) + 1))
        top += bands[-1].rows
    return tuple(places), tuple(bands)


def _free_row(column: int, wished: int, taken: set[tuple[int, int]]) -> int:
    """The free row of a column nearest to the wished one, the upper of two."""
    distance = 0
    while True:
        for row in (wished - distance, wished + distance):
            if row >= 0 and (column, row) not in taken:
                return row
        distance += 1


def _without_implied(arrows: Sequence[Arrow]) -> list[Arrow]:
    plain: dict[str, list[str]] = defaultdict(list)
    for arrow in arrows:
        if not arrow.is_alternative and not arrow.is_from_start:
            plain[arrow.source].append(arrow.target)

    @cache
    def reached(code: str) -> frozenset[str]:
        return frozenset(plain[code]).union(*(reached(other) for other in tuple(plain[code])))

    def is_implied(arrow: Arrow) -> bool:
        if arrow.is_alternative or arrow.is_from_start:
            return False
        return any(arrow.target in reached(other) for other in plain[arrow.source] if other != arrow.target)

    return [arrow for arrow in arrows if not is_implied(arrow)]
