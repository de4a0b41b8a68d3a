"""From the cells of a working ledger to the course of a project's steps. No Django, no clock.

A ledger has one column a step, and each says the day of one event: most the day on which the step was
done (批复时间), some on which it began (受理时间, 公告时间). A cell holds that day, a word (未受理,
办理中, 已批复, 不涉及), or both with a document's number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from approvals.rules import is_doc_no, normalise_doc_no
from officefiles.values import DateKind, clean_text, parse_date
from projects.rules.facts import ReportedFact

ACCEPTANCE, REVIEW = "accepted", "B02"
APPROVAL, APPROVAL_STEP = "approved", "B03"
NUMBER, PAUSES, COUNTERSIGNING = "approval_number", "pauses", "countersigning"
# A public notice is dated by its first day; it is over when its period is.
NOTICES = frozenset({"prenotice", "plan_notice"})
BEGINNINGS = NOTICES | {ACCEPTANCE}
# These say more about a step whose day stands in another column.
BESIDE = frozenset({NUMBER, COUNTERSIGNING})

_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})日?")
_DOC_NO = re.compile(
    r"[\u4e00-\u9fa5A-Za-z]{2,20}[\[(（【［〔﹝]\s*[12]\d{3}年?\s*[\])）】］〕﹞]\s*第?\s*\d+\s*号?"
)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%")
_SPAN = re.compile(
    rf"^(?:(?P<step>[A-Z]\d\d)\s*)?(?P<first>{_DAY.pattern})"
    rf"\s*(?:(?:[-—–~～至到]+)\s*(?:(?P<last>{_DAY.pattern})|今)?)?\s*(?P<why>.*)$"
)


class Said(StrEnum):
    """What a cell says of its step."""

    NOTHING = "nothing"
    OPEN = "open"
    RUNNING = "running"
    DONE = "done"
    NOT_INVOLVED = "not_involved"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a step's column.

    Attributes:
        on: the day of the event; for an event without one, the last day on which it can have been.
        is_dated: whether the ledger states that very day.
    """

    said: Said
    on: date | None = None
    is_dated: bool = False
    doc_no: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class StatedPause:
    """Days that the ledger says did not count, both ends included; `last` None is still open."""

    first: date
    last: date | None
    why: str


@dataclass(frozen=True, slots=True)
class StatedStep:
    """A step as the ledger has it.

    Attributes:
        began_on: acceptance or the first day of the notice; None where no column says it.
        has_clock: whether the beginning is a stated day, from which limits may be counted.
        is_notice: it ends with its own minimum period.
    """

    code: str
    said: Said
    began_on: date | None = None
    ended_on: date | None = None
    has_clock: bool = False
    is_dated: bool = True
    is_notice: bool = False
    doc_no: str = ""
    text: str = ""
    pauses: tuple[StatedPause, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """All that a row says of steps; `notes` are sentences about what a person should complete."""

    steps: Mapping[str, StatedStep]
    notes: tuple[str, ...] = field(default=())


def read_cells(reported: Mapping[str, ReportedFact], *, reported_on: date) -> dict[str, Cell]:
    """The cells of the columns that name a step, by the column's key."""
    return {key: _cell(key, fact, reported_on) for key, fact in reported.items() if fact.step}


def _cell(key: str, fact: ReportedFact, reported_on: date) -> Cell:
    text = clean_text(fact.text)
    number = _number_in(text)
    day = fact.on or _day_in(text)
    if day is not None and fact.status in ("", "done"):
        return Cell(Said.DONE, day, True, number, text)
    if fact.status == "done":
        period = parse_date(text)
        last = period.last if period.kind is not DateKind.KEYWORD else None
        return Cell(Said.DONE, min(last or reported_on, reported_on), False, number, text)
    if fact.status:
        # 补正中 in the column of the acceptance: it has not been accepted.
        if fact.status == "in_progress" and key in BEGINNINGS:
            return Cell(Said.OPEN, text=text)
        said = {"in_progress": Said.RUNNING, "not_involved": Said.NOT_INVOLVED}.get(fact.status, Said.OPEN)
        return Cell(said, text=text)
    if number:
        return Cell(Said.DONE, reported_on, False, number, text)
    share = _PERCENT.search(text)
    if share:
        is_whole = float(share[1]) >= 100
        return Cell(Said.DONE if is_whole else Said.RUNNING, reported_on if is_whole else None, text=text)
    return Cell(Said.NOTHING, text=text)


def _day_in(text: str) -> date | None:
    found = _DAY.search(text)
    return parse_date("-".join(found.groups())).on if found else None


def _number_in(text: str) -> str:
    found = _DOC_NO.search(text)
    number = normalise_doc_no(found[0]) if found else ""
    return number if is_doc_no(number) else ""


def read_statement(reported: Mapping[str, ReportedFact], *, reported_on: date) -> Statement:
    """The steps of a row.

    A step that is said to be under way, and not since when, has no clock: a day that nobody stated
    is no beginning of a legal period. A review whose end is not stated ended with its approval.

    Args:
        reported_on: the day that the ledger is of.
    """
    cells = read_cells(reported, reported_on=reported_on)
    notes: list[str] = []
    steps: dict[str, StatedStep] = {}
    for key, cell in cells.items():
        if key in BESIDE or key in (ACCEPTANCE, APPROVAL):
            continue
        code = reported[key].step
        steps[code] = _notice(code, cell) if key in NOTICES else _single(code, cell, reported_on)
    steps.update(_approval(cells, reported_on))
    steps.update(_review(cells, notes, reported_on))
    for code, pause in _pauses(reported, reported_on, notes):
        step = steps.get(code)
        if step is None or not step.has_clock or step.began_on is None or pause.first < step.began_on:
            notes.append(f"暂停“{pause.why or pause.first}”没有可对应的计时环节，未导入")
            continue
        steps[code] = _with_pause(step, pause)
    notes.extend(_undated(steps, reported))
    return Statement(
        {code: step for code, step in steps.items() if step.said is not Said.NOTHING}, tuple(notes)
    )


def _single(code: str, cell: Cell, reported_on: date) -> StatedStep:
    if cell.said is Said.RUNNING:
        return StatedStep(code, cell.said, began_on=reported_on, is_dated=False, text=cell.text)
    return StatedStep(
        code, cell.said, ended_on=cell.on, is_dated=cell.is_dated, doc_no=cell.doc_no, text=cell.text
    )


def _notice(code: str, cell: Cell) -> StatedStep:
    """Published on a day: running from then; whether its period is over, the calendar says."""
    if cell.said is Said.DONE and not cell.is_dated:
        return StatedStep(code, Said.DONE, ended_on=cell.on, is_dated=False, text=cell.text)
    if cell.said is Said.DONE:
        return StatedStep(
            code, Said.RUNNING, began_on=cell.on, has_clock=True, is_notice=True, text=cell.text
        )
    return StatedStep(code, Said.OPEN if cell.said is Said.RUNNING else cell.said, text=cell.text)


def _approval(cells: Mapping[str, Cell], reported_on: date) -> Iterator[tuple[str, StatedStep]]:
    cell, beside = cells.get(APPROVAL), cells.get(NUMBER)
    if beside is not None and beside.doc_no:
        if cell is None or cell.said is not Said.DONE or not cell.is_dated:
            cell = Cell(Said.DONE, beside.on, beside.is_dated, beside.doc_no, beside.text)
        else:
            cell = Cell(cell.said, cell.on, True, beside.doc_no, cell.text)
    elif cell is None:
        cell = beside
    if cell is not None:
        yield APPROVAL_STEP, _single(APPROVAL_STEP, cell, reported_on)


def _review(
    cells: Mapping[str, Cell], notes: list[str], reported_on: date
) -> Iterator[tuple[str, StatedStep]]:
    cell, approved = cells.get(ACCEPTANCE), dict(_approval(cells, reported_on)).get(APPROVAL_STEP)
    over_on = approved.ended_on if approved is not None and approved.said is Said.DONE else None
    if cell is None or cell.said is not Said.DONE:
        if over_on is not None and cell is not None and cell.said is not Said.NOT_INVOLVED:
            notes.append("台账写未受理而已有批复，请核对受理日期")
        if cell is not None:
            said = Said.NOT_INVOLVED if cell.said is Said.NOT_INVOLVED else Said.OPEN
            yield REVIEW, StatedStep(REVIEW, said, text=cell.text)
        return
    began_on = cell.on
    if not cell.is_dated:
        began_on = min(reported_on, over_on or reported_on)
    if over_on is not None and began_on is not None and over_on < began_on:
        notes.append(f"批复日期 {over_on} 早于受理日期 {began_on}，州级审查按在办导入，请核对")
        over_on = None
    yield (
        REVIEW,
        StatedStep(
            REVIEW,
            Said.RUNNING if over_on is None else Said.DONE,
            began_on=began_on,
            ended_on=over_on,
            has_clock=cell.is_dated,
            is_dated=cell.is_dated,
            text=cell.text,
        ),
    )


def _pauses(
    reported: Mapping[str, ReportedFact], reported_on: date, notes: list[str]
) -> Iterator[tuple[str, StatedPause]]:
    fact = reported.get(PAUSES)
    for part in re.split(r"[；;\n]", fact.text) if fact else ():
        said = clean_text(part)
        if not said:
            continue
        found = _SPAN.match(said)
        first = _day_in(found["first"]) if found else None
        last = _day_in(found["last"]) if found and found["last"] else None
        if found is None or first is None or first > reported_on or (last is not None and last < first):
            notes.append(f"暂停“{said}”看不出起止日期，未导入")
            continue
        yield found["step"] or REVIEW, StatedPause(first, last, found["why"].strip())


def _with_pause(step: StatedStep, pause: StatedPause) -> StatedStep:
    return replace(step, pauses=(*step.pauses, pause))


def _undated(steps: Mapping[str, StatedStep], reported: Mapping[str, ReportedFact]) -> Iterator[str]:
    labels = {fact.step: fact.label for key, fact in reported.items() if fact.step and key not in BESIDE}
    running = [labels.get(code, code) for code, step in steps.items() if _runs_without_a_day(step)]
    if running:
        yield f"{'、'.join(running)}在办而未写受理日期，暂不计时，请补录"


def _runs_without_a_day(step: StatedStep) -> bool:
    return step.said is Said.RUNNING and not step.has_clock
