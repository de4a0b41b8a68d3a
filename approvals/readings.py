"""A step as it stands on a day, in the words of the office: what its row, page and API show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from approvals import rules
from approvals.models import Material, PromiseException, Step
from deadlines import selectors as clocks
from deadlines.errors import CalendarGap
from deadlines.models import Deadline, Pause
from deadlines.rules import (
    DaySquare,
    DeadlineReading,
    Lamp,
    LineKind,
    LineName,
    Reading,
    Unit,
    WorkingCalendar,
)

# A line longer than this is told in a sentence: its squares would fill the page.
MOST_SQUARES = 90
_SHORT_UNITS = {Unit.WORKING_DAY: "个工作日", Unit.CALENDAR_DAY: "日"}


@dataclass(frozen=True, slots=True)
class LineRow:
    """One of the two lines beside the other. stopped_by: the pauses that stopped this line."""

    name: str
    length: str
    basis: str
    due: str
    used: str
    lamp: Lamp
    stopped_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """One step read on one day.

    conclusion: 超 6 个工作日; sentence: 已计 11 / 5 个工作日，暂停 2 不计; lines: the other line
    and what is special about the dates, a sentence each; notes: pauses, owed papers, order.
    """

    step: Step
    lamp: Lamp
    conclusion: str
    sentence: str = ""
    lines: tuple[str, ...] = ()
    line_rows: tuple[LineRow, ...] = ()
    notes: tuple[str, ...] = ()
    squares: Sequence[DaySquare] = ()
    reading: DeadlineReading | None = None
    pauses: tuple[Pause, ...] = ()
    owed: tuple[Material, ...] = ()
    result: str = ""
    next_possible_on: date | None = None
    is_provisional: bool = False

    @property
    def governing(self) -> Reading | None:
        return self.reading.governing if self.reading else None


def read_step(step: Step, *, today: date, calendar: WorkingCalendar) -> StepView:
    """Read one step. No query of its own when the rows of `selectors.project_steps` are loaded."""
    deadline = step.deadline
    owed = tuple(row for row in step.materials.all() if row.is_missing and row.supplied_on is None)
    decision = getattr(step, "decision", None)
    notes = tuple(_notes(step, owed, today=today))
    if deadline is None:
        return StepView(
            step=step,
            lamp=_plain_lamp(step),
            conclusion=_status_words(step),
            sentence="" if step.status not in rules.RUNNING else f"{_since(step)}，未规定时限",
            lines=_validity_lines(step),
            notes=notes,
            owed=owed,
            result=decision.result if decision else "",
        )
    try:
        reading = clocks.reading_of(deadline, today=today, calendar=calendar)
        squares = _squares(deadline, reading, today=today, calendar=calendar)
    except CalendarGap as gap:
        return StepView(
            step=step, lamp=Lamp.AMBER, conclusion="期限无法推算", notes=(gap.message, *notes), owed=owed
        )
    governing = reading.governing
    next_on = rules.next_possible_on(governing.due) if governing and _is_minimum(governing) else None
    return StepView(
        step=step,
        lamp=_lamp(step, deadline, today),
        conclusion=_conclusion(step, governing, next_on),
        sentence=line_sentence(governing) if governing else "",
        lines=(*_other_lines(reading), *_validity_lines(step)),
        line_rows=tuple(_line_row(deadline, line, calendar=calendar) for line in reading.lines),
        notes=notes,
        squares=squares,
        reading=reading,
        pauses=tuple(deadline.pauses.all()),
        owed=owed,
        result=decision.result if decision else "",
        next_possible_on=next_on,
        is_provisional=reading.is_provisional and step.is_open,
    )


def unit_words(unit: Unit) -> str:
    """What used and remaining are counted in: 个工作日 or 日."""
    return _SHORT_UNITS[unit.counted_in]


def line_sentence(reading: Reading) -> str:
    """已计 11 / 5 个工作日，暂停 2 不计."""
    unit = unit_words(reading.line.unit)
    if _is_minimum(reading):
        past = min(reading.used, reading.allowed)
        return f"已满 {past} / {reading.allowed} {unit}（最短期间）"
    paused = f"，暂停 {reading.paused} 不计" if reading.paused else ""
    return f"已计 {reading.used} / {reading.allowed} {unit}{paused}"


def _is_minimum(reading: Reading) -> bool:
    return reading.line.kind is LineKind.MIN


def _lamp(step: Step, deadline: Deadline, today: date) -> Lamp:
    return clocks.lamp_of(deadline, today) if step.is_open else _plain_lamp(step)


def _plain_lamp(step: Step) -> Lamp:
    if step.status == Step.Status.DONE:
        return Lamp.DONE
    if step.status == Step.Status.PAUSED:
        return Lamp.PAUSE
    return Lamp.GREEN if step.is_open else Lamp.IDLE


def _status_words(step: Step) -> str:
    return str(step.get_status_display())


def _since(step: Step) -> str:
    return f"{step.accepted_on} 起"


def _conclusion(step: Step, reading: Reading | None, next_on: date | None) -> str:
    if reading is None or not step.is_open:
        return _status_words(step)
    if reading.is_paused:
        return "暂停计时中"
    if next_on is not None:
        return f"可进入下一步 {next_on}"
    unit = unit_words(reading.line.unit)
    if reading.line.is_reference:
        return f"办理中（参考时限 {reading.due}）"
    if reading.is_overdue:
        return f"超 {reading.overdue} {unit}"
    if reading.remaining == 0:
        return "今天到期" if reading.as_of == reading.due else f"{reading.due} 到期"
    return f"剩 {reading.remaining} {unit}"


def _other_lines(reading: DeadlineReading) -> tuple[str, ...]:
    """The statutory line beside the committed one, and the year that may still change."""
    said = []
    if reading.committed is not None and reading.statutory is not None:
        said.append(f"{LineName.STATUTORY.label}：{_due_words(reading.statutory)}")
    if reading.governing is not None and not reading.governing.is_closed:
        governing = reading.governing
        if governing.due is not None and governing.line.kind is not LineKind.MIN:
            said.insert(0, f"{governing.name.label}：{_due_words(governing)}")
    return tuple(said)


def _line_row(deadline: Deadline, reading: Reading, *, calendar: WorkingCalendar) -> LineRow:
    line, name = reading.line, reading.name
    length = f"{line.limit}{line.unit.label}"
    if line.extension:
        length += f"，延长 {line.extension}"
    if line.is_reference:
        length += "（仅参考）"
    return LineRow(
        name=name.label,
        length=length,
        basis=getattr(deadline, f"{name}_basis"),
        due=_due_words(reading),
        used=line_sentence(reading),
        lamp=_line_lamp(reading),
        stopped_by=tuple(
            _stop_words(row, reading, calendar)
            for row in deadline.pauses.all()
            if getattr(row, f"stops_{name}")
        ),
    )


def _line_lamp(reading: Reading) -> Lamp:
    """The line by itself, without the warning before its end."""
    if reading.is_closed:
        return Lamp.RED if reading.is_overdue else Lamp.DONE
    if reading.line.kind is LineKind.MIN:
        return Lamp.GREEN if reading.is_over else Lamp.IDLE
    if reading.is_overdue and not reading.line.is_reference:
        return Lamp.RED
    return Lamp.PAUSE if reading.is_paused else Lamp.GREEN


def _stop_words(row: Pause, reading: Reading, calendar: WorkingCalendar) -> str:
    """会议 2026-11-03 至 2026-11-05，3 个工作日."""
    last = row.last_on or reading.as_of
    until = f"至 {row.last_on}" if row.last_on else "起"
    days = (
        len(list(calendar.working_days(row.first_on, last)))
        if reading.line.unit is Unit.WORKING_DAY
        else max(0, (last - row.first_on).days + 1)
    )
    return f"{row.kind.label} {row.first_on} {until}，{days} {unit_words(reading.line.unit)}"


def _due_words(reading: Reading) -> str:
    unit = unit_words(reading.line.unit)
    mark = "（暂定）" if reading.is_provisional else ""
    if reading.is_closed:
        late = f"，超 {reading.overdue} {unit}" if reading.is_overdue else "，未超期"
        return f"{reading.due} 到期{late}" if reading.due else "期限未定"
    if reading.due is None:
        return f"暂停中，剩 {reading.remaining} {unit}"
    if reading.is_overdue:
        return f"{reading.due}{mark} 到期，超 {reading.overdue} {unit}"
    return f"{reading.due}{mark} 到期，剩 {reading.remaining} {unit}"


def _validity_lines(step: Step) -> tuple[str, ...]:
    decision = getattr(step, "decision", None)
    validity = decision.validity if decision else None
    if validity is None or validity.due_on is None:
        return ()
    return (f"有效期至 {validity.due_on}",)


def _squares(
    deadline: Deadline, reading: DeadlineReading, *, today: date, calendar: WorkingCalendar
) -> Sequence[DaySquare]:
    line = reading.governing
    if line is None or line.line.unit is not Unit.WORKING_DAY or line.line.total > MOST_SQUARES:
        return ()
    return clocks.sheet_of(deadline, line.name, today=today, calendar=calendar)


def _notes(step: Step, owed: Sequence[Material], *, today: date) -> list[str]:
    notes = [*_receipt_notes(step)]
    decision = getattr(step, "decision", None)
    if decision and (decision.doc_no or decision.note):
        notes.append("；".join(part for part in (decision.doc_no, decision.note) if part))
    if step.deadline is not None:
        notes.extend(pause_words(row, today=today) for row in step.deadline.pauses.all())
        notes.extend(
            f"{row.get_line_display()}延长 {row.days}，{row.approved_by} {row.approved_on} 批准"
            + ("（原到期日后才批准）" if row.was_late else "")
            for row in step.deadline.extensions.all()
        )
    if owed:
        names = "、".join(row.name for row in owed)
        late = any(row.promised_on and row.promised_on < today for row in owed)
        notes.append(f"缺：{names}，承诺 {owed[0].promised_on} 补齐" + ("，已逾期" if late else ""))
    if step.started_early:
        notes.append(f"受理时前置未办结：{'、'.join(step.started_early)}（边组边审）")
    if step.closing_reason and step.status != Step.Status.DONE:
        notes.append(step.closing_reason)
    return notes


def _receipt_notes(step: Step) -> list[str]:
    """Receipt, the one notice, acceptance by silence, joint handling, the exception."""
    notes = []
    window = step.notice_deadline
    if step.received_on is not None and step.status in (Step.Status.RECEIVED, Step.Status.CORRECTING):
        until = f"，{window.due_on} 前须一次告知补正，逾期视为受理" if window and window.is_open else ""
        notes.append(f"{step.received_on} 收件{until}")
    if step.notified_on is not None:
        notes.append(f"{step.notified_on} 一次告知补正：{'、'.join(step.notice_items)}")
    if step.is_deemed_accepted:
        notes.append(f"逾期未告知补正，自收件之日 {step.received_on} 起视为受理")
    notes.extend(_gate_note(mark) for mark in step.gate_marks)
    if step.is_joint:
        notes.append("联合办理，法定时限按联合办理计")
    exception = getattr(step, "promise_exception", None)
    if exception is not None:
        notes.append(
            f"“原则上”之外的例外：{_cause(exception)}{exception.reason}"
            f"（{exception.approved_by} {exception.approved_on} 批准）"
        )
    return notes


def _gate_note(mark: Mapping[str, str]) -> str:
    """凭文件放行“先补后占”：州人民政府 …〔2026〕3号."""
    label = rules.Gate(mark["gate"]).label
    if mark["by"] == "override":
        return f"凭文件放行“{label}”：{mark['doc_no']}"
    return f"视为受理时“{label}”未通过：{mark['doc_no']}；补齐前不能办结"


def _cause(exception: PromiseException) -> str:
    return f"{exception.get_cause_display()}，" if exception.cause else ""


def pause_words(row: Pause, *, today: date) -> str:
    """11-03 至 11-04 暂停：会议（会议通知〔2026〕3号）."""
    until = f"至 {row.last_on}" if row.last_on else "起至今"
    stops = "" if row.stops_statutory else "，只停承诺线"
    return f"{row.first_on} {until}暂停：{row.kind.label}（{row.evidence}）{stops}"
