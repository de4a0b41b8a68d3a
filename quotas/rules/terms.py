"""The pool's time limits, counted by the office's calendar."""

from __future__ import annotations

from datetime import date

from deadlines.rules import Line, LineKind, Unit, WorkingCalendar, due_of


def transfer_out_line(months: int = 1) -> Line:
    """How long the giving county has for its transfer-out plan; the months are the policy's."""
    return Line(limit=months, unit=Unit.MONTH, kind=LineKind.MAX)


def transfer_out_due(approved_on: date, *, calendar: WorkingCalendar) -> date:
    """The day by which the giving county completes its transfer-out plan.

    One month from the approval: the same day of the next month, else that month's last; on a
    day off the next working day.

    Source: S4, annex 3, article 8; 民法典 202, 203.
    """
    due = due_of(line=transfer_out_line(), start=approved_on, calendar=calendar).on
    assert due is not None, "a line without an open pause has a due date"
    return due
