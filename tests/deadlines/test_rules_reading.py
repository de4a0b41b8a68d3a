"""Readings, the day sheet, lamps and reminders."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from deadlines.published import published_calendar
from deadlines.rules import (
    DaySquare,
    Lamp,
    LampDates,
    LampThresholds,
    Line,
    LineKind,
    LineName,
    Pause,
    Reading,
    ReminderKind,
    ReminderPlan,
    SquareKind,
    Unit,
    day_sheet,
    deadline_lamp,
    lamp_dates,
    line_lamp,
    read_deadline,
    read_line,
    reminder_stages,
    worst,
)

CALENDAR = published_calendar(last_year=2032)
THRESHOLDS = LampThresholds()
COMMITTED_ONLY = frozenset({LineName.COMMITTED})
MONDAY = date(2026, 3, 2)
OPEN_HEARING = Pause(date(2026, 3, 9), None, "听证")


def read(
    today: date, *pauses: Pause, limit: int = 5, stopped_on: date | None = None, **line: object
) -> Reading:
    return read_line(
        line=Line(limit, **line),  # type: ignore[arg-type]
        start=MONDAY,
        today=today,
        calendar=CALENDAR,
        pauses=pauses,
        stopped_on=stopped_on,
    )


def test_due_today_is_not_overdue() -> None:
    reading = read(date(2026, 3, 9))

    assert (reading.due, reading.remaining, reading.overdue) == (date(2026, 3, 9), 0, 0)
    assert not reading.is_overdue


def test_a_decision_on_the_due_day_is_in_time() -> None:
    reading = read(date(2026, 6, 1), stopped_on=date(2026, 3, 9))

    assert reading.is_closed
    assert (reading.used, reading.remaining, reading.overdue) == (5, 0, 0)


def test_overdue_on_saturday_and_sunday_equals_friday() -> None:
    friday, saturday, sunday, monday = (read(date(2026, 3, 13) + timedelta(days=n)) for n in range(4))

    assert friday.overdue == saturday.overdue == sunday.overdue == 4
    assert monday.overdue == 5


def test_a_limit_that_ends_on_friday_is_not_overdue_before_monday() -> None:
    days = [date(2026, 3, 6) + timedelta(days=n) for n in range(4)]

    assert [read(day, limit=4).is_overdue for day in days] == [False, False, False, True]
    assert [read(day, limit=4).is_over for day in days] == [False, True, True, True]


def test_a_calendar_day_limit_is_overdue_by_calendar_days() -> None:
    saturday_after = read(date(2026, 3, 14), limit=10, unit=Unit.CALENDAR_DAY)

    assert saturday_after.due == date(2026, 3, 12)
    assert saturday_after.overdue == 2
    assert saturday_after.counted_in is Unit.CALENDAR_DAY


def test_days_run_on_past_the_limit() -> None:
    reading = read(date(2026, 3, 19), Pause(date(2026, 3, 4), date(2026, 3, 5), "会议"))

    assert (reading.used, reading.allowed, reading.paused, reading.overdue) == (11, 5, 2, 6)


def test_an_open_pause_shows_used_remaining_and_the_date_if_resumed_today() -> None:
    reading = read(date(2026, 3, 11), OPEN_HEARING, limit=20)

    assert reading.is_paused
    assert reading.due is None
    assert (reading.used, reading.remaining, reading.paused) == (4, 16, 3)
    assert reading.due_if_resumed == date(2026, 4, 2)


def test_a_pause_that_lies_ahead_hides_the_date_and_does_not_stop_the_clock_yet() -> None:
    reading = read(date(2026, 3, 6), OPEN_HEARING, limit=20)

    assert not reading.is_paused
    assert (reading.due, reading.due_if_resumed, reading.used) == (None, None, 4)


def test_the_decision_cuts_a_pause_that_reaches_past_it() -> None:
    past = Pause(date(2026, 3, 9), date(2026, 3, 13), "听证")
    ended = Pause(date(2026, 3, 9), date(2026, 3, 11), "听证")

    reading = read(date(2026, 12, 1), past, limit=20, stopped_on=date(2026, 3, 11))

    assert reading == read(date(2026, 12, 1), ended, limit=20, stopped_on=date(2026, 3, 11))


def test_the_decision_cuts_a_pause_that_was_never_ended() -> None:
    reading = read(date(2026, 12, 1), OPEN_HEARING, limit=20, stopped_on=date(2026, 3, 11))

    assert not reading.is_paused
    assert (reading.used, reading.remaining, reading.paused) == (4, 16, 3)
    assert reading.due == date(2026, 4, 2)


def test_a_pause_on_the_day_the_end_moved_to_leaves_nothing_and_owes_nothing() -> None:
    sunday_after_the_last_day, paused_monday = (
        read(date(2026, 3, day), OPEN_HEARING, unit=Unit.CALENDAR_DAY) for day in (8, 9)
    )

    assert [
        (reading.used, reading.remaining, reading.overdue, reading.is_paused)
        for reading in (sunday_after_the_last_day, paused_monday)
    ] == [(5, 0, 0, False), (5, 0, 0, True)]


def test_before_the_start_nothing_is_used() -> None:
    reading = read(date(2026, 2, 27))

    assert (reading.used, reading.remaining) == (0, 5)


def test_a_minimum_period_and_a_validity_are_over_and_never_overdue() -> None:
    for kind in (LineKind.MIN, LineKind.VALIDITY):
        reading = read(date(2026, 6, 1), kind=kind)
        assert reading.is_over
        assert not reading.is_overdue


def test_a_receipt_at_half_past_seven_belongs_to_the_offices_day() -> None:
    received_at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # 07:30 on Monday in the office

    start = received_at.astimezone(ZoneInfo("Asia/Shanghai")).date()

    assert start == MONDAY
    assert received_at.date() != start


def test_a_change_of_the_limit_touches_only_the_line_it_is_read_with() -> None:
    before, after = read(MONDAY, limit=20), read(MONDAY, limit=15)

    assert before.due != after.due
    assert read(MONDAY, limit=20) == before


def test_the_committed_line_governs_and_a_reference_line_only_when_alone() -> None:
    both = read_deadline(start=MONDAY, today=MONDAY, calendar=CALENDAR, committed=Line(1), statutory=Line(20))
    reference = Line(5, is_reference=True)
    beside = read_deadline(
        start=MONDAY, today=MONDAY, calendar=CALENDAR, committed=reference, statutory=Line(20)
    )
    alone = read_deadline(start=MONDAY, today=MONDAY, calendar=CALENDAR, statutory=reference)

    assert both.governing is both.committed
    assert beside.governing is beside.statutory
    assert alone.governing is alone.statutory


def test_a_reference_line_past_its_end_makes_nothing_overdue() -> None:
    reading = read_deadline(
        start=MONDAY, today=date(2026, 6, 1), calendar=CALENDAR, statutory=Line(5, is_reference=True)
    )

    assert not reading.is_overdue
    assert deadline_lamp(reading=reading, thresholds=THRESHOLDS) is Lamp.GREEN


# The sheet


def sheet(
    today: date, *pauses: Pause, limit: int = 5, start: date = MONDAY, **line: object
) -> tuple[DaySquare, ...]:
    return day_sheet(
        line=Line(limit, **line),  # type: ignore[arg-type]
        start=start,
        today=today,
        calendar=CALENDAR,
        pauses=pauses,
    )


def drawn(squares: tuple[DaySquare, ...]) -> str:
    letters = {"start": "S", "counted": "c", "left": "l", "paused": "p", "off": "-", "over": "O"}
    return "".join(letters[square.kind] for square in squares)


def test_each_day_is_one_square() -> None:
    meeting = Pause(date(2026, 3, 4), date(2026, 3, 5), "会议", COMMITTED_ONLY)

    assert drawn(sheet(date(2026, 3, 10), meeting)) == "Scppc--ccl"
    assert drawn(sheet(date(2026, 3, 13), meeting)) == "Scppc--cccOO"


def test_squares_say_why() -> None:
    hearing = Pause(date(2026, 2, 25), date(2026, 2, 26), "听证")
    meeting = Pause(date(2026, 2, 26), date(2026, 2, 26), "会议")
    squares = {s.day: s for s in sheet(date(2026, 2, 13), hearing, meeting, start=date(2026, 2, 13))}

    assert squares[date(2026, 2, 14)].note == "调休上班"
    assert squares[date(2026, 2, 14)].number == 1
    assert (squares[date(2026, 2, 17)].note, squares[date(2026, 2, 17)].kind) == ("春节", SquareKind.OFF)
    assert squares[date(2026, 2, 26)].note == "听证、会议"
    assert squares[date(2026, 2, 28)].note == "调休上班"
    assert [s.day for s in squares.values() if s.is_due] == [date(2026, 3, 2)]
    assert all(kind.label for kind in SquareKind)


def test_a_pause_after_the_due_date_is_not_drawn() -> None:
    squares = sheet(date(2026, 3, 11), Pause(date(2026, 3, 10), None, "听证"))

    assert drawn(squares) == "Scccc--cOO"
    assert squares[-1].note == ""


def test_a_paused_sheet_ends_today() -> None:
    squares = sheet(date(2026, 3, 11), OPEN_HEARING, limit=20)

    assert drawn(squares) == "Scccc--ppp"
    assert squares[-1].is_today


def test_a_calendar_day_sheet_shows_how_its_end_moved() -> None:
    squares = sheet(date(2026, 9, 2), limit=3, start=date(2026, 9, 30), unit=Unit.CALENDAR_DAY)

    assert drawn(squares) == "Sllllllll"
    assert squares[3].note == "国庆节"
    assert squares[4].note == "国庆节、末日顺延"
    assert (squares[-1].day, squares[-1].note, squares[-1].is_due) == (date(2026, 10, 8), "末日顺延", True)


def test_a_meeting_draws_no_pause_on_the_statutory_line() -> None:
    squares = day_sheet(
        line=Line(5),
        start=MONDAY,
        today=MONDAY,
        calendar=CALENDAR,
        pauses=[Pause(date(2026, 3, 4), date(2026, 3, 5), "会议", COMMITTED_ONLY)],
        name=LineName.STATUTORY,
    )

    assert drawn(squares) == "Sllll--l"


def test_days_of_an_unpublished_year_are_marked() -> None:
    squares = sheet(date(2026, 12, 30), start=date(2026, 12, 30), limit=3)

    assert [s.is_provisional for s in squares] == [s.day.year == 2027 for s in squares]


# Lamps


@pytest.mark.parametrize(
    ("total", "warning"),
    [(0, 0), (1, 0), (2, 1), (5, 1), (6, 2), (10, 2), (11, 3), (20, 4), (21, 5), (25, 5), (26, 5), (60, 5)],
)
def test_the_warning_is_a_fifth_of_the_limit_and_at_most_five(total: int, warning: int) -> None:
    assert THRESHOLDS.warning(total) == warning


def lamp(today: date, *pauses: Pause, limit: int = 5, **line: object) -> Lamp:
    return line_lamp(reading=read(today, *pauses, limit=limit, **line), thresholds=THRESHOLDS)


def test_a_maximum_goes_from_green_over_amber_to_red() -> None:
    lamps = [lamp(MONDAY + timedelta(days=n)) for n in range(10)]

    assert lamps == [Lamp.GREEN] * 4 + [Lamp.AMBER] * 4 + [Lamp.RED] * 2  # due on Monday the 9th


def test_a_limit_of_one_day_is_amber_on_its_due_day_only() -> None:
    assert [lamp(MONDAY + timedelta(days=n), limit=1) for n in range(3)] == [Lamp.GREEN, Lamp.AMBER, Lamp.RED]


def test_a_limit_of_six_months_is_amber_two_months_before_its_end() -> None:
    dates = lamp_dates(line=Line(6, unit=Unit.MONTH), start=MONDAY, calendar=CALENDAR, thresholds=THRESHOLDS)

    assert (dates.amber_from, dates.red_from) == (date(2026, 7, 2), date(2026, 9, 3))


def test_a_validity_is_amber_ninety_days_before_its_end_and_red_only_for_an_open_step() -> None:
    def dates(*, is_dependent_open: bool) -> LampDates:
        return lamp_dates(
            line=Line(3, unit=Unit.YEAR, kind=LineKind.VALIDITY),
            start=date(2026, 3, 1),
            calendar=CALENDAR,
            thresholds=THRESHOLDS,
            is_dependent_open=is_dependent_open,
        )

    open_step, none = dates(is_dependent_open=True), dates(is_dependent_open=False)

    assert open_step.amber_from == none.amber_from == date(2028, 12, 1)
    assert (open_step.red_from, none.red_from) == (date(2029, 3, 2), None)
    assert (open_step.on(date(2029, 3, 2)), none.on(date(2029, 3, 2))) == (Lamp.RED, Lamp.IDLE)


def test_a_minimum_period_is_grey_until_it_has_passed() -> None:
    lamps = [lamp(MONDAY + timedelta(days=n), kind=LineKind.MIN) for n in (0, 7, 8)]

    assert lamps == [Lamp.IDLE, Lamp.IDLE, Lamp.GREEN]


def test_a_pause_has_its_own_lamp() -> None:
    assert lamp(date(2026, 3, 9), OPEN_HEARING, limit=20) is Lamp.PAUSE


def test_a_closed_matter_is_done_however_late() -> None:
    reading = read(date(2026, 12, 1), stopped_on=date(2026, 6, 1))

    assert line_lamp(reading=reading, thresholds=THRESHOLDS) is Lamp.DONE


def two_lines(today: date, *pauses: Pause, committed: int, statutory: int) -> Lamp:
    reading = read_deadline(
        start=MONDAY,
        today=today,
        calendar=CALENDAR,
        committed=Line(committed),
        statutory=Line(statutory),
        pauses=pauses,
    )
    return deadline_lamp(reading=reading, thresholds=THRESHOLDS)


def test_a_meeting_shows_as_a_pause_until_the_statutory_line_is_past_due() -> None:
    meeting = Pause(date(2026, 3, 3), None, "会议", COMMITTED_ONLY)

    assert two_lines(date(2026, 3, 8), meeting, committed=2, statutory=5) is Lamp.PAUSE
    assert two_lines(date(2026, 3, 9), meeting, committed=2, statutory=5) is Lamp.PAUSE
    assert two_lines(date(2026, 3, 10), meeting, committed=2, statutory=5) is Lamp.RED


def test_a_hearing_after_the_promise_was_broken_stays_red() -> None:
    hearing = Pause(date(2026, 3, 9), None, "听证")

    assert two_lines(date(2026, 3, 12), hearing, committed=2, statutory=20) is Lamp.RED


def test_the_worst_lamp_of_many_is_shown() -> None:
    order = [Lamp.RED, Lamp.AMBER, Lamp.PAUSE, Lamp.GREEN, Lamp.IDLE, Lamp.DONE]

    assert [worst(order[n:]) for n in range(6)] == order
    assert worst([]) is Lamp.IDLE
    assert [each.label for each in order] == ["逾期", "预警", "暂停", "正常", "未启动", "办结"]


# Reminders


def stages(limit: int, *pauses: Pause, **line: object) -> list[tuple[str, date]]:
    found = reminder_stages(
        start=MONDAY,
        calendar=CALENDAR,
        committed=Line(limit, **line),  # type: ignore[arg-type]
        pauses=pauses,
    )
    return [(stage.code, stage.on) for stage in found]


def test_reminders_come_three_working_days_before_on_the_day_and_when_overdue() -> None:
    assert stages(5) == [
        ("before-3", date(2026, 3, 4)),
        ("due", date(2026, 3, 9)),
        ("overdue", date(2026, 3, 10)),
    ]


def test_stages_before_the_start_are_skipped() -> None:
    assert [code for code, _ in stages(3)] == ["before-3", "due", "overdue"]
    assert [code for code, _ in stages(2)] == ["due", "overdue"]


def test_days_before_are_counted_outside_of_pauses() -> None:
    hearing = Pause(date(2026, 3, 5), date(2026, 3, 6), "听证")

    assert stages(5, hearing)[0] == ("before-3", date(2026, 3, 4))
    assert stages(5, hearing)[1] == ("due", date(2026, 3, 11))


def test_nobody_is_reminded_while_an_open_pause_hides_the_end() -> None:
    assert stages(20, OPEN_HEARING) == []


def test_a_missed_night_is_made_up_for() -> None:
    (before, *_rest) = reminder_stages(start=MONDAY, calendar=CALENDAR, committed=Line(5))

    assert before.kind is ReminderKind.BEFORE
    assert [before.is_reached(date(2026, 3, day)) for day in (3, 4, 5, 20)] == [False, True, True, True]
    assert all(kind.label for kind in ReminderKind)


def test_the_statutory_line_reminds_when_nothing_was_promised() -> None:
    found = reminder_stages(start=MONDAY, calendar=CALENDAR, statutory=Line(5))
    reference = reminder_stages(start=MONDAY, calendar=CALENDAR, statutory=Line(5, is_reference=True))
    minimum = reminder_stages(start=MONDAY, calendar=CALENDAR, statutory=Line(5, kind=LineKind.MIN))

    assert [stage.on for stage in found][1] == date(2026, 3, 9)
    assert reference == minimum == ()


def test_a_paper_reminds_ninety_thirty_and_seven_days_before_it_lapses() -> None:
    found = stages(1, unit=Unit.YEAR, kind=LineKind.VALIDITY)

    assert found == [
        ("before-90", date(2026, 12, 2)),
        ("before-30", date(2027, 1, 31)),
        ("before-7", date(2027, 2, 23)),
        ("due", date(2027, 3, 2)),
        ("overdue", date(2027, 3, 3)),
    ]


def test_a_short_paper_skips_what_lies_before_it_was_issued() -> None:
    assert [code for code, _ in stages(1, unit=Unit.MONTH, kind=LineKind.VALIDITY)] == [
        "before-30",
        "before-7",
        "due",
        "overdue",
    ]


def test_the_days_before_are_a_setting() -> None:
    found = reminder_stages(
        start=MONDAY, calendar=CALENDAR, committed=Line(10), plan=ReminderPlan(working_days_before=(5, 1))
    )

    assert [stage.code for stage in found] == ["before-5", "before-1", "due", "overdue"]
