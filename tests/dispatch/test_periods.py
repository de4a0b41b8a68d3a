from __future__ import annotations

from datetime import date

import pytest

from deadlines.selectors import working_calendar
from dispatch.rules.periods import Period


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 11, 19), "2026-W47"),
        (date(2027, 1, 1), "2026-W53"),
        (date(2024, 12, 30), "2025-W01"),
    ],
)
def test_a_day_lies_in_its_period(day, week):
    assert str(Period.of(day)) == week


@pytest.mark.parametrize("text", ["2026-W47", " 2026-W01 ", "2026-W53"])
def test_weeks_are_read_as_written(text):
    assert str(Period.parse(text)) == text.strip()


@pytest.mark.parametrize("text", ["2026-47", "2026-W00", "2025-W53", "2026-W54", "", "x", "2026-W047"])
def test_what_is_no_week_is_refused(text):
    with pytest.raises(ValueError):
        Period.parse(text)


@pytest.mark.parametrize(
    ("week", "due_on"),
    [
        ("2026-W47", date(2026, 11, 19)),
        ("2026-W40", date(2026, 9, 30)),
        ("2026-W08", None),
    ],
)
def test_the_reporting_day_follows_the_office_s_calendar(db, week, due_on):
    assert Period.parse(week).due_on(working_calendar()) == due_on


def test_the_week_before_new_year_is_the_last_of_its_year():
    assert str(Period(2027, 1).before) == "2026-W53"
