"""The flow chart of a track or of one project, measured for the page (流程图)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from approvals import rules, selectors
from approvals.models import Step, StepType
from approvals.rules.steps import Status
from deadlines import selectors as clocks
from deadlines.rules import Lamp
from projects.models import Project

# In units of the picture, which scales as a whole; text is 12 high.
BOX_WIDTH, BOX_HEIGHT = 104, 54
GAP_X, GAP_Y = 26, 12
BAND_LABEL = 30
BAND_GAP = 10
NAME_LINE = 8
ARROW, BEND = 5, 5


@dataclass(frozen=True, slots=True)
class Box:
    """One step of the picture. `lines` are its short name, broken; `limit` is what is promised."""

    code: str
    lines: Sequence[str]
    limit: str
    x: int
    y: int
    url: str
    lamp: Lamp
    word: str
    title: str
    is_optional: bool


@dataclass(frozen=True, slots=True)
class Stripe:
    """One phase's band; `label_x` and `label_y` are the middle of its upright name."""

    phase: str
    y: int
    height: int
    label_y: int


@dataclass(frozen=True, slots=True)
class Edge:
    source: str
    target: str
    path: str
    is_alternative: bool
    is_from_start: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture and, step by step, the same in words."""

    width: int
    height: int
    boxes: Sequence[Box]
    stripes: Sequence[Stripe]
    edges: Sequence[Edge]
    before: Sequence[tuple[Box, str]]
    left_out: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Standing:
    status: Status
    lamp: Lamp
    word: str
    url: str
    merged_into: str


def track_named(value: str | None) -> str:
    """The track an address names; single site, which has every step, where it names none."""
    return value if value in Project.Track.values else Project.Track.SINGLE_SITE


def track_chart(*, track: str, today: date) -> Chart:
    """The catalogue in force on a day as one track has it. Two queries."""
    types = list(selectors.catalogue(today))
    return _chart(types, {}, track)


def project_chart(steps: Iterable[Step], *, track: str, today: date) -> Chart:
    """A project's steps, each round's latest, as they stand on a day. No query of its own.

    Args:
        steps: as `selectors.project_steps` gives them.
    """
    latest = selectors.latest_rounds(steps)
    ordered = sorted(latest.values(), key=lambda step: step.step_type.position)
    return _chart(
        [step.step_type for step in ordered], {step.code: _standing(step, today) for step in ordered}, track
    )


def _standing(step: Step, today: date) -> _Standing:
    status = Status(step.status)
    if step.is_open and step.deadline is not None:
        lamp = clocks.lamp_of(step.deadline, today)
    else:
        lamp = Lamp.DONE if status is Status.DONE else Lamp.IDLE
    url = reverse("approvals:step", args=[step.pk])
    return _Standing(status, lamp, status.label, url, step.merged_into)


def _chart(types: Sequence[StepType], standings: Mapping[str, _Standing], track: str) -> Chart:
    flow_steps = [_flow_step(row, standings.get(row.code), track) for row in types]
    flow = rules.flow_of(flow_steps)
    by_code = {row.code: row for row in types}
    tops = {row: band.row for band in flow.bands for row in range(band.row, band.row + band.rows)}
    order = {band.row: number for number, band in enumerate(flow.bands)}

    def top_of(row: int) -> int:
        return row * (BOX_HEIGHT + GAP_Y) + order[tops[row]] * BAND_GAP + GAP_Y

    boxes = {
        place.code: _box(
            by_code[place.code],
            standings.get(place.code),
            track,
            x=BAND_LABEL + GAP_X // 2 + place.column * (BOX_WIDTH + GAP_X),
            y=top_of(place.row),
        )
        for place in flow.places
    }
    waits: dict[str, list[str]] = {code: [] for code in boxes}
    for arrow in flow.arrows:
        waits[arrow.target].append(_waits_for(boxes[arrow.source], arrow))
    stripes = [_stripe(band, top_of) for band in flow.bands]
    return Chart(
        width=BAND_LABEL + GAP_X + flow.columns * (BOX_WIDTH + GAP_X),
        height=stripes[-1].y + stripes[-1].height if stripes else 0,
        boxes=list(boxes.values()),
        stripes=stripes,
        edges=[_edge(boxes[arrow.source], boxes[arrow.target], arrow) for arrow in flow.arrows],
        before=[(box, "；".join(waits[code])) for code, box in boxes.items()],
        left_out=[f"{step.code} {step.state.short}" for step in flow_steps if step.code not in boxes],
    )


def _flow_step(row: StepType, standing: _Standing | None, track: str) -> rules.FlowStep:
    involvement = rules.Involvement(row.tracks.get(track, rules.Involvement.APPLIES))
    if standing is not None:
        status = standing.status
    elif involvement is rules.Involvement.NOT_INVOLVED:
        status = Status.NOT_INVOLVED
    else:
        status = Status.NOT_STARTED
    state = rules.StepState(
        row.code,
        row.short,
        row.position,
        status,
        involvement,
        merged_into=standing.merged_into if standing else "",
        after=selectors.named_before(row),
    )
    return rules.FlowStep(state, row.phase, rules.read_predecessors(row.predecessors))


def _box(row: StepType, standing: _Standing | None, track: str, *, x: int, y: int) -> Box:
    involvement = rules.Involvement(row.tracks.get(track, rules.Involvement.APPLIES))
    promise = selectors.committed_limit(row)
    limit = f"{promise.value}{promise.get_unit_display()}" if promise and promise.value is not None else ""
    word = standing.word if standing else involvement.label
    facts = [word, limit and f"承诺{limit}", row.actor]
    return Box(
        code=row.code,
        lines=_broken(row.short),
        limit=limit,
        x=x,
        y=y,
        url=standing.url if standing else reverse("approvals:step-type", args=[row.code]),
        lamp=standing.lamp if standing else Lamp.IDLE,
        word=word,
        title=f"{row.code} {row.name}（{'、'.join(filter(None, facts))}）",
        is_optional=standing is None and involvement is not rules.Involvement.APPLIES,
    )


def _broken(short: str) -> list[str]:
    """A short name in at most two lines, broken before a bracket or a dot where there is one."""
    if len(short) <= NAME_LINE:
        return [short]
    marks = [at for at, mark in enumerate(short) if mark in "(（/·" and 0 < at <= NAME_LINE]
    at = marks[0] if marks else NAME_LINE
    return [short[:at], short[at:]]


def _stripe(band: rules.Band, top_of: Callable[[int], int]) -> Stripe:
    top = top_of(band.row)
    height = band.rows * (BOX_HEIGHT + GAP_Y)
    return Stripe(band.phase, top - GAP_Y // 2, height, top - GAP_Y // 2 + height // 2)


def _waits_for(box: Box, arrow: rules.Arrow) -> str:
    name = f"{box.code} {''.join(box.lines)}"
    if arrow.is_from_start:
        return f"{name}（发布后即可）"
    return f"{name}（其一）" if arrow.is_alternative else name


def _edge(source: Box, target: Box, arrow: rules.Arrow) -> Edge:
    """A line that leaves to the right and arrives from the left, between the boxes and never under one."""
    x1, y1 = source.x + BOX_WIDTH, source.y + BOX_HEIGHT // 2
    x2, y2 = target.x - ARROW, target.y + BOX_HEIGHT // 2
    if target.x - x1 <= GAP_X:
        path = f"M{x1} {y1}C{x1 + GAP_X} {y1} {x2 - GAP_X} {y2} {x2} {y2}"
    else:
        # Along the aisle below its row (above it when going up), then down the one before the target.
        down = 1 if y2 >= y1 else -1
        aisle = source.y + BOX_HEIGHT + GAP_Y // 2 if down > 0 else source.y - GAP_Y // 2
        turn = target.x - GAP_X // 2 - 2
        arrival = BEND if y2 > aisle else -BEND
        path = (
            f"M{x1} {y1}C{x1 + BEND} {y1} {x1} {aisle} {x1 + 2 * BEND} {aisle}"
            f"H{turn - BEND}Q{turn} {aisle} {turn} {aisle + arrival}"
            f"V{y2 - arrival}Q{turn} {y2} {turn + BEND} {y2}H{x2}"
        )
    return Edge(arrow.source, arrow.target, path, arrow.is_alternative, arrow.is_from_start)
