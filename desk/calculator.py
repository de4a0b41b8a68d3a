"""The working-day calculator: a limit from a day, or the days between two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django import forms

from deadlines import rules
from ui.forms import OfficeForm

LONGEST_DAYS = 400
LONGEST_SPAN = 3_700


class LimitForm(OfficeForm):
    start = forms.DateField(label="起算日（当日不计）")
    limit = forms.IntegerField(label="期限", min_value=0, max_value=LONGEST_DAYS)
    unit = forms.ChoiceField(
        label="单位", choices=[("wd", "个工作日"), ("cd", "日（自然日，末日遇休顺延）"), ("month", "个月")]
    )


class SpanForm(OfficeForm):
    first = forms.DateField(label="自（不计）")
    last = forms.DateField(label="至（计入）")

    def clean_last(self) -> date:
        first: date | None = self.cleaned_data.get("first")
        last: date = self.cleaned_data["last"]
        if first and abs((last - first).days) > LONGEST_SPAN:
            raise forms.ValidationError("两日相距不能超过十年。")
        return last


@dataclass(frozen=True, slots=True)
class LimitAnswer:
    """When a limit ends, and the sheet that shows why. `left`: working days from today."""

    due: date
    is_provisional: bool
    squares: tuple[rules.DaySquare, ...]
    left: int


def limit_answer(
    *, start: date, limit: int, unit: str, today: date, calendar: rules.WorkingCalendar
) -> LimitAnswer:
    """The end of a limit without pauses.

    Raises:
        CalendarGap: the limit ends beyond the years that anybody has entered.
    """
    line = rules.Line(limit=limit, unit=rules.Unit(unit), kind=rules.LineKind.MAX)
    due = rules.due_of(line=line, start=start, calendar=calendar)
    if due.on is None:
        raise ValueError("a limit without pauses has an end")
    # Read on day 0, so that the sheet ends on the due date and nothing counts as over.
    squares = rules.day_sheet(line=line, start=start, today=start, calendar=calendar)
    return LimitAnswer(due.on, due.is_provisional, squares, calendar.count(today, due.on))
