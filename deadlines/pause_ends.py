"""The day by which an open pause should end: a promise beside the one that stands still."""

from __future__ import annotations

from datetime import date

from deadlines.conclusions import CONCLUSIONS, Tools, conclude
from deadlines.errors import DateOutOfOrder
from deadlines.models import Deadline, LineKind, LineUnit, Pause
from deadlines.selectors import working_calendar

BASIS = "登记暂停时预计的结束日期"


def refuse_end_before_beginning(first_on: date, expected_end_on: date | None) -> None:
    """Refuse an expected end that lies before the pause.

    Raises:
        DateOutOfOrder.
    """
    if expected_end_on is not None and expected_end_on < first_on:
        raise DateOutOfOrder(
            f"预计结束 {expected_end_on} 早于暂停开始日 {first_on}；请核对日期。",
            expected_end_on=expected_end_on,
        )


def set_end(paused: Deadline, row: Pause, *, today: date) -> None:
    """Give an open pause the promise that its expected end asks for, or move the one it has.

    Held by whoever holds the paused promise. No expected end: what it had falls away.
    """
    if row.expected_end_on is None:
        end_of_pause_came(row, on=today, state=Deadline.State.CANCELLED, today=today)
        return
    limit, unit = _length(row.first_on, row.expected_end_on)
    deadline = row.end_deadline if row.end_deadline is not None and row.end_deadline.is_open else None
    is_new = deadline is None
    if deadline is None:
        deadline = _beside(paused, row)
    deadline.committed_limit, deadline.committed_unit = limit, unit
    conclude(deadline, pauses=(), tools=Tools.load(today))
    if is_new:
        deadline.save(force_insert=True)
        row.end_deadline = deadline
        row.save(update_fields=["end_deadline"])
        return
    written = ["committed_limit", "committed_unit", *CONCLUSIONS, "state", "calendar_revision"]
    deadline.save(update_fields=written)


def _beside(paused: Deadline, row: Pause) -> Deadline:
    same = (
        *("subject_kind", "subject_id", "subject_code", "stage", "project_id", "project_code"),
        *("project_name", "holder_organisation", "holder", "holder_post", "scope_organisation"),
    )
    return Deadline(
        role=Deadline.Role.PAUSE_END,
        subject_label=f"{paused.subject_label}：{row.kind.label}应结束"[:200],
        started_on=row.first_on,
        committed_kind=LineKind.MAX,
        committed_basis=BASIS,
        **{name: getattr(paused, name) for name in same},
    )


def _length(first_on: date, expected_end_on: date) -> tuple[int, str]:
    calendar = working_calendar()
    if calendar.is_working(expected_end_on):
        return calendar.count(first_on, expected_end_on), LineUnit.WORKING_DAY.value
    return (expected_end_on - first_on).days, LineUnit.CALENDAR_DAY.value


def end_of_pause_came(row: Pause, *, on: date, state: Deadline.State, today: date) -> None:
    """The pause is over, or says no end any more: its own promise is closed."""
    deadline = row.end_deadline
    if deadline is None or not deadline.is_open:
        return
    deadline.state = state
    deadline.stopped_on = max(on, deadline.started_on)
    conclude(deadline, pauses=(), tools=Tools.load(today))
    deadline.save(update_fields=[*CONCLUSIONS, "state", "stopped_on", "calendar_revision"])


__all__ = ["end_of_pause_came", "refuse_end_before_beginning", "set_end"]
