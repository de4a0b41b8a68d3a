"""Last days: every kind of limit at its edges."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import deadlines
from deadlines.published import published_calendar
from deadlines.rules import (
    AcceptanceStatus,
    ConsentStatus,
    CorrectionWindow,
    Counting,
    Line,
    LineKind,
    LineName,
    Pause,
    PauseKinds,
    Unit,
    add_months,
    consent_window,
    correction_window,
    cut_at,
    due_of,
    extension_is_late,
    latest_day_before,
    read_pause_kinds,
    reporting_day,
    stops_of,
)

CALENDAR = published_calendar(last_year=2032)
BOTH = frozenset(LineName)
COMMITTED, STATUTORY = LineName.COMMITTED, LineName.STATUTORY
TABLE = Path(deadlines.__file__).parent / "reference" / "pause_kinds.csv"


def kinds() -> PauseKinds:
    return read_pause_kinds(TABLE.read_text(encoding="utf-8").splitlines())


def due(start: date, limit: int, *pauses: Pause, **line: object) -> date | None:
    return due_of(line=Line(limit, **line), start=start, calendar=CALENDAR, pauses=pauses).on  # type: ignore[arg-type]


def march(first: int, last: int | None, reason: str = "听证") -> Pause:
    return Pause(date(2026, 3, first), None if last is None else date(2026, 3, last), reason)


MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("pauses", "end"),
    [
        pytest.param([], date(2026, 3, 9), id="none"),
        pytest.param([march(4, 6), march(5, 10)], date(2026, 3, 16), id="overlapping"),
        pytest.param([march(4, 10), march(5, 6)], date(2026, 3, 16), id="nested"),
        pytest.param([march(4, 5), march(6, 10)], date(2026, 3, 16), id="touching"),
        pytest.param([march(4, 10), march(4, 10)], date(2026, 3, 16), id="twice the same"),
        pytest.param([march(5, 5)], date(2026, 3, 10), id="paused and resumed on one day"),
        pytest.param([march(7, 8)], date(2026, 3, 9), id="over a weekend"),
        pytest.param([march(2, 2)], date(2026, 3, 9), id="on the day of the event"),
        pytest.param([march(9, 9)], date(2026, 3, 10), id="on the last day"),
        pytest.param([march(10, 20)], date(2026, 3, 9), id="after the end"),
        pytest.param([march(10, None)], date(2026, 3, 9), id="open after the end"),
        pytest.param([march(9, None)], None, id="open on the last day"),
        pytest.param([march(9, 10), march(11, None)], None, id="open after a pause that moved the end"),
        pytest.param([march(3, 3), march(5, 5)], date(2026, 3, 11), id="two in a row"),
    ],
)
def test_five_working_days_from_a_monday_end_after_their_pauses(
    pauses: list[Pause], end: date | None
) -> None:
    assert due(MONDAY, 5, *pauses) == end


def test_a_pause_over_a_holiday_gives_no_double_credit() -> None:
    over_spring_festival = Pause(date(2026, 2, 14), date(2026, 2, 24))

    assert due(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert due(date(2026, 2, 13), 1, over_spring_festival) == date(2026, 2, 25)


def test_one_day_with_its_only_day_excluded_moves_to_the_next() -> None:
    assert due(date(2026, 3, 10), 1, Pause(date(2026, 3, 11), date(2026, 3, 11), "会议")) == date(2026, 3, 12)


def test_a_zero_limit_is_due_the_same_day_or_the_next_that_counts() -> None:
    assert due(date(2026, 3, 10), 0) == date(2026, 3, 10)
    assert due(date(2026, 3, 8), 0) == date(2026, 3, 9)
    assert due(date(2026, 3, 10), 0, march(10, 11)) == date(2026, 3, 12)
    assert due(date(2026, 3, 8), 0, unit=Unit.CALENDAR_DAY) == date(2026, 3, 9)


def test_an_extension_runs_on_without_a_break() -> None:
    assert due(date(2026, 3, 2), 45, extension=15) == due(date(2026, 3, 2), 60)
    assert due(date(2026, 3, 2), 45, extension=15) == date(2026, 5, 28)  # 9 May works


def test_an_extension_after_the_end_is_late_and_on_the_last_day_it_is_not() -> None:
    assert extension_is_late(granted_on=date(2026, 3, 31), due_before=date(2026, 3, 30))
    assert not extension_is_late(granted_on=date(2026, 3, 30), due_before=date(2026, 3, 30))


@pytest.mark.parametrize(
    ("counting", "start", "end"),
    [
        pytest.param(Counting(), date(2026, 3, 8), date(2026, 3, 9), id="literal"),
        pytest.param(Counting(roll_nonworking_start=True), date(2026, 3, 8), date(2026, 3, 10), id="rolled"),
        pytest.param(
            Counting(roll_nonworking_start=True), date(2026, 3, 9), date(2026, 3, 10), id="nothing to roll"
        ),
        pytest.param(Counting(start_day_counts=True), date(2026, 3, 9), date(2026, 3, 9), id="first day"),
    ],
)
def test_how_the_first_day_counts_is_a_setting(counting: Counting, start: date, end: date) -> None:
    assert due_of(line=Line(1), start=start, calendar=CALENDAR, counting=counting).on == end


@pytest.mark.parametrize(
    ("start", "days", "raw", "end"),
    [
        pytest.param(date(2026, 9, 1), 30, date(2026, 10, 1), date(2026, 10, 8), id="into a holiday"),
        pytest.param(date(2026, 1, 29), 30, date(2026, 2, 28), date(2026, 2, 28), id="make-up Saturday"),
        pytest.param(date(2026, 3, 6), 1, date(2026, 3, 7), date(2026, 3, 9), id="Saturday"),
        pytest.param(date(2026, 3, 2), 10, date(2026, 3, 12), date(2026, 3, 12), id="plain"),
    ],
)
def test_calendar_days_end_on_a_working_day(start: date, days: int, raw: date, end: date) -> None:
    found = due_of(line=Line(days, unit=Unit.CALENDAR_DAY), start=start, calendar=CALENDAR)

    assert (found.raw, found.on) == (raw, end)


def test_paused_days_of_the_union_do_not_count_as_calendar_days() -> None:
    assert due(date(2026, 3, 2), 10, march(4, 6), march(5, 8), unit=Unit.CALENDAR_DAY) == date(2026, 3, 17)


def test_a_month_is_prolonged_by_its_paused_days() -> None:
    assert due(date(2026, 3, 2), 1, unit=Unit.MONTH) == date(2026, 4, 2)
    assert due(date(2026, 3, 2), 1, march(9, 12), unit=Unit.MONTH) == date(2026, 4, 7)
    assert due(date(2026, 3, 2), 1, march(9, None), unit=Unit.MONTH) is None


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        pytest.param(date(2026, 1, 31), 1, date(2026, 2, 28), id="end of February"),
        pytest.param(date(2024, 1, 31), 1, date(2024, 2, 29), id="leap year"),
        pytest.param(date(2026, 11, 30), 3, date(2027, 2, 28), id="over the year"),
        pytest.param(date(2026, 12, 15), 1, date(2027, 1, 15), id="December"),
        pytest.param(date(2026, 3, 31), -1, date(2026, 2, 28), id="backwards"),
        pytest.param(date(2024, 2, 29), 12, date(2025, 2, 28), id="leap day"),
        pytest.param(date(2024, 2, 29), 48, date(2028, 2, 29), id="leap day to leap day"),
    ],
)
def test_a_month_ends_on_the_corresponding_day_or_the_last(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


def test_months_and_years_roll_and_validity_does_not() -> None:
    friday_before = date(2026, 10, 2)  # a holiday one year later: a Saturday

    assert due(friday_before, 1, unit=Unit.YEAR) == date(2027, 10, 4)
    assert due(friday_before, 1, unit=Unit.YEAR, kind=LineKind.VALIDITY) == date(2027, 10, 2)
    assert due(date(2025, 11, 1), 6, unit=Unit.MONTH) == date(2026, 5, 6)
    assert due(date(2025, 11, 1), 6, unit=Unit.MONTH, kind=LineKind.VALIDITY) == date(2026, 5, 1)


def test_validity_needs_no_calendar_and_stops_for_no_pause() -> None:
    found = due_of(
        line=Line(30, unit=Unit.YEAR, kind=LineKind.VALIDITY),
        start=date(2026, 3, 1),
        calendar=CALENDAR,
        pauses=[march(4, None)],
    )

    assert found.on == date(2056, 3, 1)
    assert not found.is_provisional


def test_a_minimum_period_lets_the_next_step_begin_the_day_after() -> None:
    found = due_of(line=Line(10, kind=LineKind.MIN), start=date(2026, 4, 24), calendar=CALENDAR)

    assert (found.on, found.earliest_next) == (date(2026, 5, 12), date(2026, 5, 13))


def test_a_date_that_needed_an_unpublished_year_is_provisional() -> None:
    def is_provisional(start: date, **line: object) -> bool:
        return due_of(line=Line(5, **line), start=start, calendar=CALENDAR).is_provisional  # type: ignore[arg-type]

    assert not is_provisional(date(2026, 12, 24))
    assert is_provisional(date(2026, 12, 25))
    assert not is_provisional(date(2026, 12, 24), unit=Unit.CALENDAR_DAY)
    assert is_provisional(date(2026, 12, 28), unit=Unit.CALENDAR_DAY)


def test_a_limit_and_an_extension_are_not_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        Line(-1)
    with pytest.raises(ValueError, match="negative"):
        Line(1, extension=-1)


# Reasons


@pytest.mark.parametrize(
    "reason", ["听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审", "HEARING", " 听证 "]
)
def test_the_eight_reasons_of_the_law_stop_both_lines(reason: str) -> None:
    assert kinds().pause(first=MONDAY, last=None, reason=reason).stops == BOTH


@pytest.mark.parametrize(
    "reason",
    [
        "会议",
        "会议时间",
        "实地踏勘",
        "踏勘",
        "征求意见",
        "征求相关部门意见时间",
        "设计方案审查",
        "方案审查",
    ],
)
def test_the_reasons_of_the_promise_stop_the_committed_line_only(reason: str) -> None:
    assert kinds().pause(first=MONDAY, last=None, reason=reason).stops == {COMMITTED}


@pytest.mark.parametrize("reason", ["补正", "领导出差", "", "会"])
def test_any_other_reason_stops_nothing(reason: str) -> None:
    pause = kinds().pause(first=date(2026, 3, 4), last=date(2026, 3, 20), reason=reason)

    assert pause.stops == frozenset()
    assert due(MONDAY, 5, pause) == date(2026, 3, 9)


def test_the_eight_and_the_four_are_all_there_is() -> None:
    table = kinds().kinds

    assert sum(kind.stops_statutory for kind in table) == 8
    assert sum(kind.stops_committed for kind in table) == 12
    assert all(kind.evidence_hint and kind.basis for kind in table)


def test_the_rule_of_a_pauses_first_day_holds() -> None:
    rows = [
        "code,label,aliases,stops_statutory,stops_committed,evidence_hint,basis,effective_from",
        "MEETING,会议,,0,1,纪要,旧,",
        "MEETING,会议,,0,0,纪要,新,2026-07-01",
    ]
    dated = read_pause_kinds(rows)

    assert dated.pause(first=date(2026, 6, 30), last=None, reason="会议").stops == {COMMITTED}
    assert dated.pause(first=date(2026, 7, 1), last=None, reason="会议").stops == frozenset()


def test_a_meeting_leaves_the_statutory_line_running() -> None:
    meeting = kinds().pause(first=date(2026, 3, 11), last=date(2026, 3, 13), reason="会议")

    def end(limit: int, name: LineName) -> date | None:
        return due_of(
            line=Line(limit), start=date(2026, 3, 10), calendar=CALENDAR, pauses=[meeting], name=name
        ).on

    assert (end(1, COMMITTED), end(20, STATUTORY)) == (date(2026, 3, 16), date(2026, 4, 8))


def test_two_pauses_in_a_row_are_one_stop_and_stay_two_pauses() -> None:
    pauses = [march(4, 5), march(6, 10)]

    stops = stops_of(pauses, line=COMMITTED)

    assert [(stop.first.day, stop.last.day if stop.last else None) for stop in stops] == [(4, 10)]
    assert len(pauses) == 2


def test_closing_cuts_a_pause_and_drops_a_later_one() -> None:
    cut = cut_at([march(4, 20), march(6, None), march(2, 3), march(11, 12)], day=date(2026, 3, 10))

    assert [(p.first.day, p.last.day if p.last else None) for p in cut] == [(4, 10), (6, 10), (2, 3)]


def test_a_pause_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        march(5, 4)


# Windows


def test_silence_is_consent_from_midnight_after_the_last_day_even_on_a_saturday() -> None:
    window = consent_window(
        received=date(2026, 1, 9), limit=Line(10, kind=LineKind.DEEMED_CONSENT), calendar=CALENDAR
    )

    assert (window.due, window.effective_on) == (date(2026, 1, 23), date(2026, 1, 24))
    assert window.status_on(date(2026, 1, 23)) is ConsentStatus.WITHIN_LIMIT
    assert window.status_on(date(2026, 1, 24)) is ConsentStatus.DEEMED_CONSENT


@pytest.mark.parametrize(
    ("answered_on", "read_on", "status"),
    [
        pytest.param(date(2026, 1, 20), date(2026, 1, 30), ConsentStatus.ANSWERED, id="early"),
        pytest.param(date(2026, 1, 23), date(2026, 1, 30), ConsentStatus.ANSWERED, id="on the last day"),
        pytest.param(date(2026, 1, 26), date(2026, 1, 30), ConsentStatus.ANSWERED_LATE, id="late"),
        pytest.param(date(2026, 1, 26), date(2026, 1, 25), ConsentStatus.DEEMED_CONSENT, id="not yet late"),
        pytest.param(date(2026, 1, 20), date(2026, 1, 19), ConsentStatus.WITHIN_LIMIT, id="not yet"),
    ],
)
def test_an_answer_in_time_stands_and_a_late_one_changes_nothing(
    answered_on: date, read_on: date, status: ConsentStatus
) -> None:
    window = consent_window(
        received=date(2026, 1, 9), limit=Line(10, kind=LineKind.DEEMED_CONSENT), calendar=CALENDAR
    )

    assert window.status_on(read_on, answered_on=answered_on) is status
    assert status.label


def test_nothing_is_deemed_consent_while_the_window_is_paused() -> None:
    window = consent_window(
        received=date(2026, 1, 9),
        limit=Line(10, kind=LineKind.DEEMED_CONSENT),
        calendar=CALENDAR,
        pauses=[Pause(date(2026, 1, 12), None, "鉴定")],
    )

    assert (window.due, window.effective_on) == (None, None)
    assert window.status_on(date(2026, 6, 1)) is ConsentStatus.WITHIN_LIMIT
    assert window.status_on(date(2026, 6, 1), answered_on=date(2026, 5, 1)) is ConsentStatus.ANSWERED


RECEIVED = date(2026, 4, 29)


def correction(notified_on: date | None = None, completed_on: date | None = None) -> CorrectionWindow:
    return correction_window(
        received=RECEIVED,
        handling=Line(20),
        calendar=CALENDAR,
        notified_on=notified_on,
        completed_on=completed_on,
    )


def test_a_silent_office_has_accepted_on_the_day_of_receipt() -> None:
    window = correction()

    assert (window.accepted_on, window.deemed_accepted_on) == (RECEIVED, RECEIVED)
    assert window.deemed_accepted_from == date(2026, 5, 10)
    assert window.status_on(date(2026, 5, 9)) is AcceptanceStatus.NOTICE_PENDING
    assert window.status_on(date(2026, 5, 10)) is AcceptanceStatus.DEEMED_ACCEPTED


def test_after_a_notice_on_the_last_day_the_limit_runs_from_the_complete_papers() -> None:
    told = correction(notified_on=date(2026, 5, 9))
    complete = correction(notified_on=date(2026, 5, 9), completed_on=date(2026, 5, 20))

    assert told.is_notice_in_time
    assert (told.accepted_on, told.statutory_due, told.deemed_accepted_on) == (None, None, None)
    assert told.status_on(date(2026, 7, 1)) is AcceptanceStatus.CORRECTING
    assert complete.accepted_on == date(2026, 5, 20)
    assert complete.statutory_due == due(date(2026, 5, 20), 20)
    assert complete.status_on(date(2026, 5, 19)) is AcceptanceStatus.CORRECTING
    assert complete.status_on(date(2026, 5, 20)) is AcceptanceStatus.ACCEPTED


def test_a_late_notice_is_as_good_as_none() -> None:
    late = correction(notified_on=date(2026, 5, 10), completed_on=date(2026, 5, 20))

    assert not late.is_notice_in_time
    assert late.accepted_on == RECEIVED
    assert late.statutory_due == date(2026, 5, 29)


@pytest.mark.parametrize(
    ("event", "n", "latest"),
    [
        pytest.param(date(2026, 5, 12), 7, date(2026, 4, 29), id="over a holiday"),
        pytest.param(date(2026, 3, 9), 1, date(2026, 3, 6), id="Monday, one day"),
        pytest.param(date(2026, 3, 8), 1, date(2026, 3, 5), id="event on a Sunday"),
        pytest.param(date(2026, 3, 9), 0, date(2026, 3, 9), id="same day"),
    ],
)
def test_the_latest_notice_leaves_the_event_as_the_nth_working_day(event: date, n: int, latest: date) -> None:
    found = latest_day_before(event=event, working_days=n, calendar=CALENDAR)

    assert found == latest
    assert CALENDAR.count(found, event) == n


@pytest.mark.parametrize(
    ("week_of", "day"),
    [
        pytest.param(date(2026, 11, 16), date(2026, 11, 19), id="from a Monday"),
        pytest.param(date(2026, 11, 22), date(2026, 11, 19), id="from a Sunday"),
        pytest.param(date(2026, 10, 1), date(2026, 9, 30), id="the day before"),
        pytest.param(date(2021, 10, 7), date(2021, 10, 8), id="the day after"),
        pytest.param(date(2026, 2, 19), None, id="a week without a working day"),
    ],
)
def test_the_report_is_due_on_thursday_or_the_nearest_working_day_of_its_week(
    week_of: date, day: date | None
) -> None:
    assert reporting_day(week_of=week_of, calendar=CALENDAR) == day


def test_the_reporting_weekday_is_a_setting() -> None:
    assert reporting_day(week_of=date(2026, 11, 19), calendar=CALENDAR, weekday=4) == date(2026, 11, 20)
