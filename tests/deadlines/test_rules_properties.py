"""What holds for every limit, every pause and every day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from deadlines.rules import (
    Counting,
    DeadlineReading,
    Lamp,
    LampThresholds,
    Line,
    LineKind,
    LineName,
    Pause,
    SquareKind,
    Unit,
    day_sheet,
    deadline_lamp,
    deadline_lamp_dates,
    due_of,
    lamp_dates,
    line_lamp,
    read_deadline,
    read_line,
    reminder_stages,
    stops_of,
)
from tests.deadlines.oracle import (
    CALENDAR,
    ONE_DAY,
    count_by_hand,
    first_working,
    limits,
    pauses_near,
    stands_still,
    starts,
    works,
)

names = st.sampled_from(LineName)
THRESHOLDS = LampThresholds()
COMMITTED = LineName.COMMITTED


@given(st.data(), starts, limits, names)
def test_a_working_day_limit_equals_the_count_by_hand(
    data: st.DataObject, start: date, limit: int, name: LineName
) -> None:
    pauses = data.draw(pauses_near(start))

    due = due_of(line=Line(limit), start=start, calendar=CALENDAR, pauses=pauses, name=name)

    by_hand = count_by_hand(start, limit, pauses, name, works)
    assert due.on == by_hand.due
    assert (due.paused_from is None) == (due.on is not None)


@given(st.data(), starts, limits, names)
def test_a_calendar_day_limit_equals_the_count_by_hand_and_rolls_to_a_working_day(
    data: st.DataObject, start: date, limit: int, name: LineName
) -> None:
    pauses = data.draw(pauses_near(start))

    due = due_of(
        line=Line(limit, unit=Unit.CALENDAR_DAY), start=start, calendar=CALENDAR, pauses=pauses, name=name
    )

    by_hand = count_by_hand(start, limit, pauses, name, lambda _day: True)
    assert due.raw == by_hand.due
    assert due.on == (first_working(by_hand.due, pauses, name) if by_hand.due else None)


@given(st.data(), starts, limits)
def test_no_limit_falls_due_on_a_day_off_or_on_a_paused_day(
    data: st.DataObject, start: date, limit: int
) -> None:
    pauses = data.draw(pauses_near(start))
    unit = data.draw(st.sampled_from(Unit))
    line = Line(min(limit, 3) if unit is Unit.YEAR else limit, unit=unit)

    due = due_of(line=line, start=start, calendar=CALENDAR, pauses=pauses)

    assert due.on is None or CALENDAR.is_working(due.on)
    assert due.on is None or not stands_still(due.on, pauses, COMMITTED)


@given(st.data(), starts, limits)
def test_a_longer_limit_never_ends_earlier(data: st.DataObject, start: date, limit: int) -> None:
    pauses = data.draw(pauses_near(start, open_ones=False))
    unit = data.draw(st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH]))

    ends = [
        due_of(line=Line(n, unit=unit), start=start, calendar=CALENDAR, pauses=pauses).on
        for n in (limit, limit + 1)
    ]

    assert ends[0] <= ends[1]


@given(st.data(), starts, limits, st.integers(1, 20))
def test_a_longer_pause_never_ends_the_limit_earlier(
    data: st.DataObject, start: date, limit: int, more: int
) -> None:
    pauses = data.draw(pauses_near(start, open_ones=False).filter(bool))
    longer = [
        Pause(pauses[0].first, pauses[0].last + timedelta(days=more), stops=pauses[0].stops),
        *pauses[1:],
    ]

    before = due_of(line=Line(limit), start=start, calendar=CALENDAR, pauses=pauses)
    after = due_of(line=Line(limit), start=start, calendar=CALENDAR, pauses=longer)

    assert before.on <= after.on


@given(st.data(), starts)
def test_pauses_count_as_their_union(data: st.DataObject, start: date) -> None:
    pauses = data.draw(pauses_near(start))

    stops = stops_of(pauses, line=COMMITTED)

    for n in range(-15, 110):
        day = start + timedelta(days=n)
        covered = any(s.first <= day and (s.last is None or day <= s.last) for s in stops)
        assert covered == stands_still(day, pauses, COMMITTED)
    for one, other in pairwise(stops):
        assert one.last is not None
        assert one.last + ONE_DAY < other.first


@given(st.data(), starts, limits)
def test_the_order_and_repetition_of_pauses_changes_nothing(
    data: st.DataObject, start: date, limit: int
) -> None:
    pauses = data.draw(pauses_near(start))
    shuffled = data.draw(st.permutations(pauses + pauses))

    first = due_of(line=Line(limit), start=start, calendar=CALENDAR, pauses=pauses)

    assert due_of(line=Line(limit), start=start, calendar=CALENDAR, pauses=shuffled) == first


@given(st.data(), starts, limits, st.integers(0, 40))
def test_a_pause_that_begins_after_the_end_changes_nothing(
    data: st.DataObject, start: date, limit: int, gap: int
) -> None:
    pauses = data.draw(pauses_near(start, open_ones=False))
    due = due_of(line=Line(limit), start=start, calendar=CALENDAR, pauses=pauses)
    late = Pause(first=due.on + timedelta(days=1 + gap), last=None)

    assert due_of(line=Line(limit), start=start, calendar=CALENDAR, pauses=[*pauses, late]) == due


@given(st.data(), starts, st.integers(0, 25), st.integers(0, 90))
def test_used_and_remaining_equal_the_squares_of_the_sheet(
    data: st.DataObject, start: date, limit: int, later: int
) -> None:
    pauses = data.draw(pauses_near(start))
    unit = data.draw(st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY]))
    today = start + timedelta(days=later)
    stopped_on = data.draw(st.none() | st.integers(0, 90).map(lambda n: start + timedelta(days=n)))
    asked = {
        "line": Line(limit, unit=unit),
        "start": start,
        "today": today,
        "calendar": CALENDAR,
        "pauses": pauses,
        "stopped_on": stopped_on,
    }

    reading = read_line(**asked)
    sheet = day_sheet(**asked)

    drawn = {kind: sum(square.kind is kind for square in sheet) for kind in SquareKind}
    assert drawn[SquareKind.OVER] == reading.overdue
    assert drawn[SquareKind.COUNTED] + drawn[SquareKind.OVER] == reading.used or reading.due is None
    assert drawn[SquareKind.LEFT] == max(0, reading.remaining) or reading.due is None or reading.is_closed
    assert [s.day for s in sheet] == [start + timedelta(days=n) for n in range(len(sheet))]
    numbers = [s.number for s in sheet if s.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [s.day for s in sheet if s.is_due] == (
        [reading.due] if reading.due in [s.day for s in sheet] else []
    )
    assert sum(s.kind is SquareKind.PAUSED and s.day <= reading.as_of for s in sheet) == reading.paused


@given(st.data(), starts, st.integers(0, 25), st.integers(0, 90))
def test_used_and_remaining_make_the_limit(data: st.DataObject, start: date, limit: int, later: int) -> None:
    pauses = data.draw(pauses_near(start))

    reading = read_line(
        line=Line(limit),
        start=start,
        today=start + timedelta(days=later),
        calendar=CALENDAR,
        pauses=pauses,
    )

    if limit:
        assert reading.used + reading.remaining == limit
    assert reading.overdue == max(0, -reading.remaining)


@given(st.data(), starts, limits, st.integers(0, 60), st.integers(0, 400))
def test_numbers_stand_still_from_the_day_of_closing(
    data: st.DataObject, start: date, limit: int, open_for: int, later: int
) -> None:
    pauses = data.draw(pauses_near(start))
    stopped_on = start + timedelta(days=open_for)

    def read(today: date) -> object:
        return read_line(
            line=Line(limit),
            start=start,
            today=today,
            calendar=CALENDAR,
            pauses=pauses,
            stopped_on=stopped_on,
        )

    assert read(stopped_on) == read(stopped_on + timedelta(days=later))


kinds_with_lamps = st.sampled_from(
    [LineKind.MAX, LineKind.MAX, LineKind.DEEMED_CONSENT, LineKind.MIN, LineKind.VALIDITY]
)
countings = st.sampled_from(
    [Counting(), Counting(roll_nonworking_start=True), Counting(start_day_counts=True)]
)


@settings(max_examples=300)
@given(st.data(), starts, limits, kinds_with_lamps, st.sampled_from(Unit), st.booleans(), countings)
def test_the_lamp_by_dates_is_the_lamp_by_reading_on_every_day(
    data: st.DataObject,
    start: date,
    limit: int,
    kind: LineKind,
    unit: Unit,
    is_dependent_open: bool,
    counting: Counting,
) -> None:
    pauses = data.draw(pauses_near(start))
    is_reference = data.draw(st.integers(0, 6)) == 0
    shorter = {Unit.MONTH: limit % 9, Unit.YEAR: limit % 4}.get(unit, limit)
    line = Line(shorter, unit=unit, kind=kind, is_reference=is_reference)

    dates = lamp_dates(
        line=line,
        start=start,
        calendar=CALENDAR,
        thresholds=THRESHOLDS,
        pauses=pauses,
        is_dependent_open=is_dependent_open,
        counting=counting,
    )

    step = 1 if unit in (Unit.WORKING_DAY, Unit.CALENDAR_DAY) else 3
    for n in range(-3, 130 * step, step):
        today = start + timedelta(days=n)
        reading = read_line(
            line=line, start=start, today=today, calendar=CALENDAR, pauses=pauses, counting=counting
        )
        lamp = line_lamp(reading=reading, thresholds=THRESHOLDS, is_dependent_open=is_dependent_open)
        assert dates.on(today) == lamp, today


@settings(max_examples=200)
@given(st.data(), starts, st.integers(0, 8), st.integers(0, 30))
def test_the_lamp_of_two_lines_by_dates_is_the_lamp_by_reading(
    data: st.DataObject, start: date, committed_limit: int, statutory_limit: int
) -> None:
    pauses = data.draw(pauses_near(start))
    committed, statutory = Line(committed_limit), Line(statutory_limit)

    dates = deadline_lamp_dates(
        [
            lamp_dates(
                line=line, start=start, calendar=CALENDAR, thresholds=THRESHOLDS, pauses=pauses, name=name
            )
            for line, name in ((committed, LineName.COMMITTED), (statutory, LineName.STATUTORY))
        ]
    )

    for n in range(-3, 130):
        today = start + timedelta(days=n)
        reading = read_deadline(
            start=start,
            today=today,
            calendar=CALENDAR,
            committed=committed,
            statutory=statutory,
            pauses=pauses,
        )
        assert dates.on(today) == deadline_lamp(reading=reading, thresholds=THRESHOLDS), today


@given(starts, limits, st.integers(-10, 120))
@example(date(2026, 2, 9), 20, 9)
def test_every_day_of_a_running_limit_has_exactly_one_colour(start: date, limit: int, later: int) -> None:
    today = start + timedelta(days=later)

    reading = read_line(line=Line(limit), start=start, today=today, calendar=CALENDAR)
    lamp = line_lamp(reading=reading, thresholds=THRESHOLDS)

    if today < start:
        assert lamp is Lamp.IDLE
    elif reading.remaining < 0:
        assert lamp is Lamp.RED
    elif reading.remaining <= THRESHOLDS.warning(limit):
        assert lamp is Lamp.AMBER
    else:
        assert lamp is Lamp.GREEN


@given(st.data(), starts, limits)
def test_reminders_come_in_order_within_the_limit_and_say_their_days(
    data: st.DataObject, start: date, limit: int
) -> None:
    pauses = data.draw(pauses_near(start))
    line = Line(limit)

    stages = reminder_stages(start=start, calendar=CALENDAR, committed=line, pauses=pauses)

    due = due_of(line=line, start=start, calendar=CALENDAR, pauses=pauses).on
    if due is None:
        assert stages == ()
        return
    assert [stage.on for stage in stages] == sorted(stage.on for stage in stages)
    assert all(stage.on >= start for stage in stages)
    assert all(CALENDAR.is_working(stage.on) for stage in stages)
    for stage in stages:
        reading = read_line(line=line, start=start, today=stage.on, calendar=CALENDAR, pauses=pauses)
        assert reading.remaining == {"before": stage.days_before, "due": 0, "overdue": -1}[stage.kind]


def test_an_empty_deadline_has_no_governing_line() -> None:
    assert DeadlineReading(committed=None, statutory=None).governing is None
