"""The life of one project, counted back from the demo's day: which step ran when. Values only."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from deadlines.rules import WorkingCalendar
from demo.prefecture import Plan, Standing

_REQUISITION = ("Z01", "Z02", "Z03", "Z04", "Z05", "Z07", "Z08", "Z09")
_APPROVAL = ("B01", "B02", "B03", "B04", "B05", "B06")

# The order in which steps are finished on each track.
PATHS = {
    "single_site": (
        *("A02", "A03", "A04", "A05", "A06", "A07", "A08", "A09", "A10", "A14"),
        *_REQUISITION,
        *_APPROVAL,
        *("G01", "G02", "X01", "X02", "X03"),
    ),
    "batch": ("A02", "A14", *_REQUISITION, *_APPROVAL, "G01", "G03", "G04", "X01", "X02", "X03"),
    "no_requisition": ("A02", "A03", "A04", "G01", "G02", "X01", "X02", "X03"),
}

# Working days each step took, least and most. Minimum periods (Z01, Z05, G03) leave room for holidays.
DURATIONS = {
    "A02": (6, 11),
    "A03": (1, 3),
    "A04": (4, 12),
    "A05": (6, 14),
    "A06": (8, 16),
    "A07": (15, 28),
    "A08": (8, 15),
    "A09": (10, 18),
    "A10": (2, 5),
    "A14": (5, 10),
    "Z01": (12, 14),
    "Z02": (4, 8),
    "Z03": (5, 10),
    "Z04": (3, 6),
    "Z05": (28, 30),
    "Z07": (4, 8),
    "Z08": (5, 12),
    "Z09": (3, 8),
    "B01": (6, 14),
    "B02": (1, 3),
    "B03": (12, 20),
    "B04": (5, 15),
    "B05": (5, 12),
    "B06": (8, 15),
    "G01": (1, 3),
    "G02": (4, 9),
    "G03": (24, 28),
    "G04": (8, 20),
    "X01": (1, 2),
    "X02": (5, 12),
    "X03": (1, 3),
}
RESULTS = {
    "A02": "同意选址",
    "A03": "核发",
    "A04": "批复",
    "B02": "审查通过",
    "B03": "批复",
    "X01": "核发",
    "X03": "核发",
}
DOCUMENTS = {
    "A03": "黔自然资预审",
    "A04": "发改投资",
    "A05": "发改投资",
    "A06": "发改设计",
    "A07": "环审",
    "A08": "水保函",
    "A09": "林资许准",
    "B02": "州自然资呈",
    "B03": "黔府用地函",
    "G01": "规条",
    "X01": "地字",
    "X03": "建字",
}
# Reasons that stop the clock of a step, as its promise or 行政许可法45 allows, and their proof.
PAUSES = {
    "A03": ("MEETING", "州局业务会通知〔{y}〕第{n}期"),
    "B02": ("OPINION_ROUND", "征求意见函〔{y}〕{n}号"),
    "X01": ("SITE_VISIT", "踏勘通知〔{y}〕{n}号"),
    "X03": ("DESIGN_REVIEW", "方案送审函〔{y}〕{n}号"),
    "A07": ("EXPERT_REVIEW", "专家评审会通知〔{y}〕{n}号"),
    "A08": ("EXPERT_REVIEW", "专家评审会通知〔{y}〕{n}号"),
    "A09": ("EXPERT_REVIEW", "专家评审会通知〔{y}〕{n}号"),
    "A04": ("EXPERT_REVIEW", "委托评估通知〔{y}〕{n}号"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days that did not count, with its reason and proof; `last` None: still open."""

    kind: str
    first: date
    last: date | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One step of one project: accepted, perhaps paused, perhaps decided."""

    code: str
    accepted: date
    decided: date | None
    pause: Span | None
    doc_no: str = ""
    result: str = ""
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the catalogue gives a step: the number that governs it, and in which unit."""

    value: int
    is_working_days: bool


def adopted_on(
    passages: list[Passage], *, today: date, calendar: WorkingCalendar, dice: random.Random
) -> date:
    """The day the project joined the list: a few working days before its first step."""
    first = min((p.accepted for p in passages), default=today)
    return calendar.nth_working_day_before(first, dice.randint(2, 9))


def life_of(
    plan: Plan, *, today: date, calendar: WorkingCalendar, limits: dict[str, Limits]
) -> list[Passage]:
    """Everything that happened to a project up to `today`, in the order of its days.

    Args:
        limits: the governing limit of each step that has one to act within.
    """
    dice = random.Random(plan.seed)
    path = [code for code in PATHS[plan.track] if code != "A09" or plan.forest_ha > 0]
    reached = path.index(plan.milestone) if plan.milestone in path else path.index("A07")
    code = path[reached]
    passages: list[Passage] = []
    if plan.standing is Standing.IDLE:
        cursor = calendar.nth_working_day_before(today, dice.randint(1, 6))
    else:
        current = _current(code, plan.standing, today, calendar, limits.get(code), dice)
        passages.append(current)
        cursor = current.accepted
    for before in reversed(path[:reached]):
        rest = dice.randint(0, 2)
        decided = calendar.nth_working_day_before(cursor, rest) if rest else cursor
        accepted = calendar.nth_working_day_before(decided, dice.randint(*DURATIONS[before]))
        passages.append(_finished(before, accepted, decided, calendar, dice))
        cursor = accepted
    return sorted(passages, key=lambda p: (p.accepted, path.index(p.code)))


def _finished(
    code: str, accepted: date, decided: date, calendar: WorkingCalendar, dice: random.Random
) -> Passage:
    pause = None
    days = calendar.count(accepted, decided)
    if code in PAUSES and days >= 2 and dice.random() < 0.45:
        first = calendar.next_working_day(accepted)
        last = calendar.nth_working_day(accepted, max(1, min(days - 1, dice.randint(1, 6))))
        pause = _span(code, first, last, dice)
    prefix = DOCUMENTS.get(code)
    return Passage(
        code=code,
        accepted=accepted,
        decided=decided,
        pause=pause,
        doc_no=f"{prefix}〔{decided.year}〕{dice.randint(3, 260)}号" if prefix else "",
        result=RESULTS.get(code, "完成"),
    )


def _current(
    code: str,
    standing: Standing,
    today: date,
    calendar: WorkingCalendar,
    limit: Limits | None,
    dice: random.Random,
) -> Passage:
    """The step under way, begun so many days ago that its lamp shows `standing`."""
    if limit is None:
        return Passage(code, _ago(today, dice.randint(1, 12), calendar), None, None)
    warning = 0 if limit.value <= 1 else min(5, -(-limit.value * 20 // 100))
    if standing is Standing.RED:
        used = limit.value + dice.randint(1, 9)
    elif standing is Standing.AMBER:
        used = limit.value - dice.randint(0, warning)
    elif standing is Standing.PAUSED:
        used = dice.randint(4, 16)
    else:
        used = dice.randint(0, max(0, (limit.value - warning - 1) * 2 // 3))
    if limit.is_working_days:
        accepted = _ago(today, used, calendar)
    else:
        accepted = calendar.on_or_after(date.fromordinal(today.toordinal() - used))
        accepted = min(accepted, _ago(today, 0, calendar))
    missing = dice.randint(1, 2) if standing is Standing.GREEN and dice.random() < 0.25 else 0
    pause = None
    if standing is Standing.PAUSED and code in PAUSES:
        # The pause begins at once, before the promise runs out.
        pause = _span(code, calendar.next_working_day(accepted), None, dice)
        if pause.first > today:
            pause = None
    return Passage(code, accepted, None, pause, missing=missing)


def _ago(today: date, working_days: int, calendar: WorkingCalendar) -> date:
    """The working day with `working_days` more up to `today`."""
    base = today if calendar.is_working(today) else calendar.previous_working_day(today)
    return calendar.nth_working_day_before(base, working_days) if working_days else base


def _span(code: str, first: date, last: date | None, dice: random.Random) -> Span:
    kind, evidence = PAUSES[code]
    return Span(kind, first, last, evidence.format(y=first.year, n=dice.randint(2, 48)))
