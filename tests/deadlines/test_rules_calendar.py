"""The working-day calendar, its provisional years, and its seed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from deadlines.errors import CalendarGap
from deadlines.provisional import statutory_holidays
from deadlines.published import compose_calendar, published_calendar, published_year, published_years
from deadlines.rules import WorkingCalendar, holiday_note

CALENDAR = published_calendar(last_year=2030)
MAKEUP_DAYS_OF_2026 = [
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
]


def plain_calendar(**exceptions: object) -> WorkingCalendar:
    return WorkingCalendar(first=date(2026, 3, 1), last=date(2026, 3, 31), **exceptions)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("after", "until", "working"),
    [
        pytest.param(date(2024, 1, 31), date(2024, 2, 23), 14, id="spring festival with two make-up Sundays"),
        pytest.param(date(2024, 6, 2), date(2024, 6, 14), 9, id="dragon boat festival"),
        pytest.param(date(2023, 12, 31), date(2024, 12, 31), 251, id="2024"),
        pytest.param(date(2024, 12, 31), date(2025, 12, 31), 248, id="2025"),
        pytest.param(date(2025, 12, 31), date(2026, 12, 31), 248, id="2026"),
        pytest.param(date(2026, 2, 14), date(2026, 2, 23), 0, id="nine days off in a row"),
        pytest.param(date(2026, 3, 3), date(2026, 3, 3), 0, id="no day"),
        pytest.param(date(2026, 2, 27), date(2026, 2, 24), -3, id="backwards"),
    ],
)
def test_working_days_are_counted_without_the_first_and_with_the_last(
    after: date, until: date, working: int
) -> None:
    assert CALENDAR.count(after, until) == working


def test_make_up_days_of_2026_work() -> None:
    assert [day for day in MAKEUP_DAYS_OF_2026 if CALENDAR.is_working(day)] == MAKEUP_DAYS_OF_2026
    assert all(day.weekday() >= 5 for day in MAKEUP_DAYS_OF_2026)


def test_a_make_up_sunday_counts_as_a_day() -> None:
    assert CALENDAR.nth_working_day(date(2026, 9, 18), 1) == date(2026, 9, 20)


def test_a_holiday_on_a_weekend_changes_nothing() -> None:
    with_row = plain_calendar(holidays=frozenset({date(2026, 3, 7)}))

    assert [with_row.is_working(day) for day in march()] == [
        plain_calendar().is_working(day) for day in march()
    ]


def march() -> list[date]:
    return [date(2026, 3, 1) + timedelta(days=n) for n in range(31)]


def test_a_long_run_of_days_off_is_stepped_over_both_ways() -> None:
    assert CALENDAR.nth_working_day(date(2026, 2, 14), 1) == date(2026, 2, 24)
    assert CALENDAR.previous_working_day(date(2026, 2, 24)) == date(2026, 2, 14)
    assert CALENDAR.on_or_after(date(2026, 2, 18)) == date(2026, 2, 24)
    assert CALENDAR.on_or_after(date(2026, 2, 24)) == date(2026, 2, 24)


def test_the_tables_agree_with_a_walk_over_every_day() -> None:
    calendar = CALENDAR
    seen: list[date] = []
    day = calendar.first
    while day <= date(2026, 12, 31):
        assert calendar.count(calendar.first, day) == len(seen) + calendar.is_working(day) - (
            calendar.is_working(calendar.first)
        )
        if calendar.is_working(day):
            seen.append(day)
        day += timedelta(days=1)
    assert list(calendar.working_days(calendar.first, date(2026, 12, 31))) == seen
    assert calendar.nth_working_day(seen[0], 5000) == seen[5000]
    assert calendar.nth_working_day_before(seen[5000], 5000) == seen[0]


@pytest.mark.parametrize(
    ("ask", "year"),
    [
        pytest.param(lambda c: c.is_working(date(2026, 4, 1)), 2026, id="a day after the span"),
        pytest.param(lambda c: c.is_working(date(2025, 4, 1)), 2025, id="a day before the span"),
        pytest.param(lambda c: c.nth_working_day(date(2026, 3, 30), 2), 2026, id="running past the span"),
        pytest.param(lambda c: c.nth_working_day(date(2031, 3, 30), 2), 2031, id="starting past the span"),
        pytest.param(lambda c: c.nth_working_day(date(2025, 12, 31), 1), 2025, id="starting before"),
        pytest.param(
            lambda c: c.nth_working_day_before(date(2026, 3, 3), 2), 2025, id="running out backwards"
        ),
        pytest.param(
            lambda c: c.count(date(2026, 3, 1), date(2028, 1, 1)), 2026, id="counting past the span"
        ),
        pytest.param(lambda c: c.count(date(2024, 3, 1), date(2026, 3, 9)), 2024, id="counting from before"),
        pytest.param(lambda c: c.working_days(date(2026, 3, 9), date(2026, 4, 9)), 2026, id="listing past"),
    ],
)
def test_a_day_outside_of_the_calendar_is_refused_with_its_year(ask: object, year: int) -> None:
    with pytest.raises(CalendarGap) as refused:
        ask(plain_calendar())  # type: ignore[operator]

    assert refused.value.facts == {"year": year}
    assert refused.value.code == "calendar_not_published"
    assert f"{year}年放假安排尚未录入" in refused.value.message


def test_a_zeroth_working_day_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        CALENDAR.nth_working_day(date(2026, 3, 2), 0)
    with pytest.raises(ValueError, match="at least 1"):
        CALENDAR.nth_working_day_before(date(2026, 3, 2), 0)


def test_a_day_cannot_be_holiday_and_make_up_day_at_once() -> None:
    both = frozenset({date(2026, 3, 7)})

    with pytest.raises(ValueError, match="at once"):
        plain_calendar(holidays=both, makeup_days=both)


def test_the_provisional_days_of_2027_are_the_thirteen_of_the_law() -> None:
    assert list(statutory_holidays(2027)) == [
        date(2027, 1, 1),
        *(date(2027, 2, day) for day in (5, 6, 7, 8)),
        date(2027, 4, 5),
        date(2027, 5, 1),
        date(2027, 5, 2),
        date(2027, 6, 9),
        date(2027, 9, 15),
        *(date(2027, 10, day) for day in (1, 2, 3)),
    ]


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_law_of_2025_is_contained_in_the_published_years(year: int) -> None:
    assert statutory_holidays(year).keys() <= published_year(year).holidays.keys()


def test_two_festivals_on_one_day_keep_both_names() -> None:
    assert statutory_holidays(2028)[date(2028, 10, 3)] == "国庆节、中秋节"
    assert len(statutory_holidays(2028)) == 12


def test_a_year_without_a_notice_is_provisional_and_has_no_make_up_days() -> None:
    assert CALENDAR.provisional_years == {2027, 2028, 2029, 2030}
    assert CALENDAR.is_provisional(date(2027, 3, 3))
    assert not CALENDAR.is_provisional(date(2026, 12, 31))
    assert CALENDAR.touches_provisional(date(2026, 12, 24), date(2027, 1, 1))
    assert not CALENDAR.touches_provisional(date(2026, 1, 1), date(2026, 12, 31))
    assert max(CALENDAR.makeup_days) == date(2026, 10, 10)


def test_a_strict_calendar_refuses_to_guess() -> None:
    strict = CALENDAR.strict()

    assert strict.nth_working_day(date(2026, 12, 24), 5) == date(2026, 12, 31)
    with pytest.raises(CalendarGap) as refused:
        strict.nth_working_day(date(2026, 12, 24), 6)
    assert refused.value.facts == {"year": 2027}
    with pytest.raises(CalendarGap):
        strict.is_working(date(2027, 1, 4))


def test_a_calendar_with_nothing_provisional_is_strict_already() -> None:
    assert plain_calendar().strict().count(date(2026, 3, 1), date(2026, 3, 31)) == 22


def test_a_calendar_that_is_provisional_from_its_first_year_knows_nothing_when_strict() -> None:
    guessed = compose_calendar(first_year=2027, last_year=2028, official={}).strict()

    with pytest.raises(CalendarGap):
        guessed.is_working(date(2027, 3, 3))


def test_a_notice_ends_the_provisional_state_of_its_year() -> None:
    official = {year: published_year(year) for year in (2025, 2026)}

    composed = compose_calendar(first_year=2025, last_year=2027, official=official)

    assert composed.provisional_years == {2027}


def test_days_off_and_make_up_days_carry_their_names() -> None:
    assert holiday_note(CALENDAR, date(2026, 2, 17)) == "春节"
    assert holiday_note(CALENDAR, date(2026, 10, 10)) == "调休上班"
    assert holiday_note(CALENDAR, date(2026, 3, 7)) == "周六"
    assert holiday_note(CALENDAR, date(2026, 3, 9)) == ""
    nameless = plain_calendar(holidays=frozenset({date(2026, 3, 9)}))
    assert holiday_note(nameless, date(2026, 3, 9)) == "放假"


def test_the_seed_knows_2004_to_2026_and_no_more() -> None:
    assert (published_years().start, published_years().stop - 1) == (2004, 2026)
    with pytest.raises(KeyError):
        published_year(2027)


def test_every_published_festival_has_a_chinese_name() -> None:
    names = {name for year in published_years() for name in published_year(year).holidays.values()}

    assert all(not name.isascii() for name in names)
