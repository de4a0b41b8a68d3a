from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from accounts.models import User
from deadlines import rules, selectors, services, sweep
from deadlines.calendar_services import load_provisional
from deadlines.errors import (
    AlreadyPaused,
    CalendarGap,
    DateOutOfOrder,
    DeadlineClosed,
    NoSuchLine,
    NotPaused,
    PauseReasonUnlawful,
)
from deadlines.models import CalendarYear, Deadline, Extension, Pause, PauseKind
from deadlines.services import YearDays
from deadlines.tasks import check
from tests.desk.promises import promise
from tests.factories import DeadlineFactory, UserFactory, organisation

TODAY = date(2026, 11, 23)
STARTED = date(2026, 11, 2)

pytestmark = pytest.mark.django_db


def owner(**changes: Any) -> services.Owner:
    stated: dict[str, Any] = {
        "subject": organisation("522701"),
        "subject_label": "用地预审",
        "holder_organisation": organisation("522700-ZRZY-YTGZ"),
        "scope_organisation": organisation("522701"),
    }
    return services.Owner(**(stated | changes))


def line(limit: int, kind: rules.LineKind = rules.LineKind.MAX, **more: Any) -> services.LineSpec:
    return services.LineSpec(
        rules.Line(limit=limit, unit=more.pop("unit", rules.Unit.WORKING_DAY), kind=kind, **more), "依据"
    )


def open_both(
    *, committed: int | None = 10, statutory: int | None = 20, started_on: date = STARTED, today: date = TODAY
) -> Deadline:
    return services.open_deadline(
        owner=owner(),
        role=Deadline.Role.HANDLING,
        started_on=started_on,
        committed=None if committed is None else line(committed),
        statutory=None if statutory is None else line(statutory),
        today=today,
    )


def kind_of(code: str) -> PauseKind:
    return PauseKind.objects.get(code=code)


def pause(deadline: Deadline, actor: User, **changes: Any) -> Pause:
    stated: dict[str, Any] = {
        "deadline_id": deadline.pk,
        "kind": kind_of("EXPERT_REVIEW"),
        "first_on": date(2026, 11, 9),
        "last_on": date(2026, 11, 13),
        "evidence": "专家评审通知",
        "expected_end_on": None,
        "next_step": "",
        "actor": actor,
        "today": TODAY,
    }
    return services.pause(**(stated | changes))


# --- opening --------------------------------------------------------------------------------------


def test_both_lines_are_stored_with_their_due_dates_and_lamp_days() -> None:
    deadline = open_both()

    assert (deadline.committed_due_on, deadline.statutory_due_on) == (date(2026, 11, 16), date(2026, 11, 30))
    assert deadline.due_on == date(2026, 11, 16)
    assert (deadline.live_from, deadline.amber_from, deadline.red_from) == (
        STARTED,
        date(2026, 11, 12),
        date(2026, 11, 17),
    )
    assert not deadline.is_provisional


def test_a_start_in_the_future_is_refused() -> None:
    with pytest.raises(DateOutOfOrder) as refusal:
        open_both(started_on=date(2026, 11, 24))

    assert refusal.value.facts == {"started_on": date(2026, 11, 24)}
    assert not Deadline.objects.exists()


def test_a_count_beyond_every_known_year_is_refused() -> None:
    with pytest.raises(CalendarGap) as refusal:
        open_both(committed=None, statutory=700)

    assert refusal.value.facts == {"year": 2029}


# --- pauses ----------------------------------------------------------------------------------------


def test_a_statutory_reason_moves_both_lines(section: User) -> None:
    deadline = open_both()

    pause(deadline, section)

    deadline.refresh_from_db()
    assert (deadline.committed_due_on, deadline.statutory_due_on) == (date(2026, 11, 23), date(2026, 12, 7))
    assert deadline.state == Deadline.State.RUNNING


def test_a_meeting_moves_the_committed_line_alone(section: User) -> None:
    deadline = open_both()

    row = pause(deadline, section, kind=kind_of("MEETING"))

    deadline.refresh_from_db()
    assert (row.stops_committed, row.stops_statutory) == (True, False)
    assert (deadline.committed_due_on, deadline.statutory_due_on) == (date(2026, 11, 23), date(2026, 11, 30))


def test_an_open_pause_hides_the_due_date_until_it_ends(section: User) -> None:
    deadline = open_both(statutory=None)

    pause(deadline, section, last_on=None)
    deadline.refresh_from_db()
    assert (deadline.state, deadline.due_on) == (Deadline.State.PAUSED, None)

    services.resume(deadline_id=deadline.pk, last_on=date(2026, 11, 20), today=TODAY)
    deadline.refresh_from_db()
    assert (deadline.state, deadline.due_on) == (Deadline.State.RUNNING, date(2026, 11, 30))


@pytest.mark.parametrize(
    ("changes", "error", "facts"),
    [
        ({"first_on": date(2026, 11, 24), "last_on": None}, DateOutOfOrder, {"today": TODAY}),
        ({"last_on": date(2026, 11, 24)}, DateOutOfOrder, {"today": TODAY}),
        ({"first_on": date(2026, 11, 1)}, DateOutOfOrder, {"first_on": date(2026, 11, 1)}),
        ({"last_on": date(2026, 11, 8)}, DateOutOfOrder, {"last_on": date(2026, 11, 8)}),
        ({"evidence": "  "}, PauseReasonUnlawful, {"kind": "EXPERT_REVIEW"}),
    ],
    ids=["begins tomorrow", "ends tomorrow", "before the start", "ends before it begins", "no proof"],
)
def test_a_pause_that_cannot_be_is_refused(
    section: User, changes: dict[str, Any], error: type[Exception], facts: dict[str, object]
) -> None:
    deadline = open_both()

    with pytest.raises(error) as refusal:
        pause(deadline, section, **changes)

    assert refusal.value.facts == facts  # type: ignore[attr-defined]
    assert not Pause.objects.exists()


def test_a_meeting_cannot_stop_what_has_no_committed_line(section: User) -> None:
    deadline = open_both(committed=None)

    with pytest.raises(PauseReasonUnlawful) as refusal:
        pause(deadline, section, kind=kind_of("MEETING"))

    assert refusal.value.facts == {"kind": "MEETING"}


def test_a_reason_no_longer_in_force_is_refused(section: User) -> None:
    kind = kind_of("MEETING")
    kind.effective_to = date(2026, 11, 9)
    kind.save(update_fields=["effective_to"])
    deadline = open_both()

    with pytest.raises(PauseReasonUnlawful):
        pause(deadline, section, kind=kind)
    assert pause(deadline, section, kind=kind, first_on=date(2026, 11, 6), last_on=date(2026, 11, 6))


def test_a_second_open_pause_is_refused_and_a_past_one_is_not(section: User) -> None:
    deadline = open_both()
    pause(deadline, section, last_on=None)

    with pytest.raises(AlreadyPaused):
        pause(deadline, section, first_on=date(2026, 11, 16), last_on=None)
    pause(deadline, section, first_on=date(2026, 11, 4), last_on=date(2026, 11, 5))

    assert deadline.pauses.count() == 2


@pytest.mark.parametrize(
    ("last_on", "error"),
    [(date(2026, 11, 24), DateOutOfOrder), (date(2026, 11, 8), DateOutOfOrder)],
    ids=["tomorrow", "before it began"],
)
def test_a_pause_ends_between_its_beginning_and_today(
    section: User, last_on: date, error: type[Exception]
) -> None:
    deadline = open_both()
    pause(deadline, section, last_on=None)

    with pytest.raises(error):
        services.resume(deadline_id=deadline.pk, last_on=last_on, today=TODAY)


def test_what_is_not_paused_cannot_be_resumed() -> None:
    deadline = open_both()

    with pytest.raises(NotPaused):
        services.resume(deadline_id=deadline.pk, last_on=TODAY, today=TODAY)


# --- extensions --------------------------------------------------------------------------------------


def extend(deadline: Deadline, actor: User, **changes: Any) -> Extension:
    stated: dict[str, Any] = {
        "deadline_id": deadline.pk,
        "line": rules.LineName.STATUTORY,
        "days": 10,
        "approved_by": "机关负责人",
        "approved_on": date(2026, 11, 20),
        "told_on": date(2026, 11, 20),
        "reason": "情况复杂",
        "actor": actor,
        "today": TODAY,
    }
    return services.extend(**(stated | changes))


def test_an_extension_counts_on_without_a_break(section: User) -> None:
    deadline = open_both()

    granted = extend(deadline, section)

    deadline.refresh_from_db()
    assert deadline.statutory_due_on == date(2026, 12, 14)
    assert not granted.was_late


def test_an_extension_after_the_due_date_is_marked(section: User) -> None:
    deadline = open_both()

    assert extend(deadline, section, line=rules.LineName.COMMITTED).was_late


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"approved_on": date(2026, 11, 24)}, DateOutOfOrder),
        ({"told_on": date(2026, 11, 24)}, DateOutOfOrder),
        ({"days": 0}, DateOutOfOrder),
    ],
)
def test_an_extension_that_cannot_be_is_refused(
    section: User, changes: dict[str, Any], error: type[Exception]
) -> None:
    deadline = open_both()

    with pytest.raises(error):
        extend(deadline, section, **changes)


def test_there_is_nothing_to_extend_without_the_line(section: User) -> None:
    deadline = open_both(committed=None)

    with pytest.raises(NoSuchLine) as refusal:
        extend(deadline, section, line=rules.LineName.COMMITTED)

    assert refusal.value.facts == {"line": "committed"}


# --- the end -----------------------------------------------------------------------------------------


def test_what_is_met_stands_still_and_cuts_its_open_pause(section: User) -> None:
    deadline = open_both()
    pause(deadline, section, last_on=None)

    services.stop(deadline_id=deadline.pk, stopped_on=date(2026, 11, 18), today=TODAY)

    deadline.refresh_from_db()
    assert (deadline.state, deadline.stopped_on) == (Deadline.State.MET, date(2026, 11, 18))
    assert deadline.pauses.get().last_on == date(2026, 11, 18)
    assert selectors.lamp_of(deadline, TODAY) is rules.Lamp.DONE


@pytest.mark.parametrize("verb", [services.stop, services.cancel])
@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2026, 11, 1)], ids=["tomorrow", "before the start"])
def test_an_end_lies_between_the_start_and_today(verb: Callable[..., Deadline], day: date) -> None:
    deadline = open_both()

    with pytest.raises(DateOutOfOrder) as refusal:
        verb(deadline_id=deadline.pk, stopped_on=day, today=TODAY)

    assert refusal.value.facts == {"stopped_on": day}


def test_nothing_moves_what_is_closed(section: User) -> None:
    deadline = open_both()
    services.cancel(deadline_id=deadline.pk, stopped_on=TODAY, today=TODAY)

    for verb in (
        lambda: pause(deadline, section),
        lambda: extend(deadline, section),
        lambda: services.stop(deadline_id=deadline.pk, stopped_on=TODAY, today=TODAY),
    ):
        with pytest.raises(DeadlineClosed) as refusal:
            verb()
        assert refusal.value.facts == {"stopped_on": TODAY}


# --- what the database keeps --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "break_it"),
    [
        ("deadline_has_a_line", {"statutory_limit": None}),
        ("deadline_closed_has_a_day", {"state": "MET"}),
        (
            "deadline_stops_after_it_starts",
            {"state": "MET", "stopped_on": date(2026, 11, 1)},
        ),
    ],
)
def test_the_database_refuses_an_impossible_deadline(name: str, break_it: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        DeadlineFactory(**break_it)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("pause_ends_after_it_begins", [{"last_on": date(2026, 11, 8)}]),
        ("deadline_one_open_pause", [{"last_on": None}, {"last_on": None}]),
        ("pause_has_evidence", [{"evidence": ""}]),
    ],
)
def test_the_database_refuses_an_impossible_pause(
    section: User, name: str, rows: list[dict[str, object]]
) -> None:
    stated = {
        "deadline": DeadlineFactory(),
        "kind": kind_of("MEETING"),
        "first_on": date(2026, 11, 9),
        "stops_committed": True,
        "stops_statutory": False,
        "evidence": "会议通知",
        "entered_by": section,
    }

    for row in rows[:-1]:
        Pause.objects.create(**(stated | row))
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Pause.objects.create(**(stated | rows[-1]))


def test_an_extension_cannot_be_rewritten(section: User) -> None:
    granted = extend(open_both(), section)
    granted.days = 30

    with pytest.raises(Exception, match="extension_is_immutable"), transaction.atomic():
        granted.save(update_fields=["days"])
    with pytest.raises(IntegrityError, match="extension_adds_days"), transaction.atomic():
        Extension.objects.create(
            deadline=granted.deadline, line="statutory", days=0, approved_by="x", approved_on=TODAY,
            told_on=TODAY, reason="x", entered_by=section,
        )  # fmt: skip


# --- lamps in the database ----------------------------------------------------------------------------


KINDS = {
    rules.LineKind.MAX: (rules.Unit.WORKING_DAY, rules.Unit.CALENDAR_DAY, rules.Unit.MONTH),
    rules.LineKind.MIN: (rules.Unit.WORKING_DAY, rules.Unit.CALENDAR_DAY),
    rules.LineKind.VALIDITY: (rules.Unit.MONTH, rules.Unit.YEAR),
}


class LampTest(HypothesisTestCase):
    """The lamp that the database finds by comparing days is the one of the rules, on every day."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        started_on=st.dates(min_value=date(2025, 12, 1), max_value=date(2026, 11, 20)),
        kind=st.sampled_from(sorted(KINDS)),
        limit=st.integers(min_value=0, max_value=30),
        unit=st.integers(min_value=0, max_value=2),
        is_dependent=st.booleans(),
        pauses=st.lists(
            st.tuples(st.integers(0, 40), st.integers(0, 12), st.sampled_from(["MEETING", "HEARING"])),
            max_size=2,
        ),
        ends_open=st.booleans(),
        stopped_after=st.none() | st.integers(min_value=0, max_value=60),
    )
    def test_database_and_rules_agree_on_every_day(
        self,
        started_on: date,
        kind: rules.LineKind,
        limit: int,
        unit: int,
        is_dependent: bool,
        pauses: list[tuple[int, int, str]],
        ends_open: bool,
        stopped_after: int | None,
    ) -> None:
        units = KINDS[kind]
        counted_in = units[unit % len(units)]
        if counted_in is rules.Unit.MONTH and kind is rules.LineKind.MAX:
            limit = limit % 12  # within the years that the calendar knows
        spec = line(max(1, limit) if kind is not rules.LineKind.MAX else limit, kind, unit=counted_in)
        deadline = services.open_deadline(
            owner=owner(),
            role=Deadline.Role.HANDLING,
            started_on=started_on,
            committed=spec,
            statutory=None,
            today=TODAY,
        )
        services.mark_dependent(deadline_id=deadline.pk, is_open=is_dependent, today=TODAY)
        actor = UserFactory()
        for place, (after, length, code) in enumerate(pauses):
            first = started_on + timedelta(days=after)
            last = None if ends_open and place == len(pauses) - 1 else first + timedelta(days=length)
            if first <= TODAY and (last is None or last <= TODAY):
                pause(deadline, actor, kind=kind_of(code), first_on=first, last_on=last)
        if stopped_after is not None and started_on + timedelta(days=stopped_after) <= TODAY:
            services.stop(
                deadline_id=deadline.pk, stopped_on=started_on + timedelta(days=stopped_after), today=TODAY
            )
        deadline.refresh_from_db()
        calendar, thresholds = selectors.working_calendar(), selectors.lamp_thresholds(TODAY)

        for day in (TODAY + timedelta(days=step) for step in range(0, 60, 4)):
            found = Deadline.objects.with_lamp(day).get(pk=deadline.pk)
            reading = selectors.reading_of(found, today=day, calendar=calendar)
            by_rules = rules.deadline_lamp(
                reading=reading, thresholds=thresholds, is_dependent_open=is_dependent
            )
            assert found.lamp == by_rules.value, (day, spec, found.state)  # type: ignore[attr-defined]
            assert selectors.lamp_of(found, day).value == found.lamp  # type: ignore[attr-defined]


# --- the calendar changes -------------------------------------------------------------------------------


def load_2027(holidays: dict[date, str], makeup_days: dict[date, str] | None = None) -> Any:
    return services.load_year(
        days=YearDays(year=2027, holidays=holidays, makeup_days=makeup_days or {}),
        status=CalendarYear.Status.OFFICIAL,
        notice_no="国办发明电〔2026〕9号",
        source="",
        actor=None,
        today=TODAY,
    )


def test_a_notice_moves_the_open_promises_into_its_year_and_says_which() -> None:
    crossing = open_both(committed=None, statutory=35, started_on=date(2026, 11, 20))
    inside = open_both()
    closed = open_both(committed=None, statutory=35, started_on=date(2026, 11, 20))
    services.stop(deadline_id=closed.pk, stopped_on=TODAY, today=TODAY)
    was = crossing.due_on
    assert (crossing.is_provisional, inside.is_provisional) == (True, False)
    assert was == date(2027, 1, 11)

    revision = load_2027({date(2027, 1, 1): "元旦", date(2027, 1, 4): "元旦"}, {date(2027, 1, 9): "元旦"})

    crossing.refresh_from_db()
    assert not crossing.is_provisional
    assert crossing.due_on == date(2027, 1, 11)
    assert revision.recomputed["moved"] == []

    revision = load_2027({date(2027, 1, 1): "元旦", date(2027, 1, 4): "元旦"})

    crossing.refresh_from_db()
    assert crossing.due_on == date(2027, 1, 12)
    assert [row["deadline"] for row in revision.recomputed["moved"]] == [crossing.pk]
    assert crossing.calendar_revision == revision
    assert closed.due_on == was


def test_the_same_notice_twice_is_one_revision() -> None:
    first = load_2027({date(2027, 1, 1): "元旦"})

    assert load_2027({date(2027, 1, 1): "元旦"}) == first


def test_a_notice_may_set_days_of_the_december_before() -> None:
    load_2027({date(2026, 12, 31): "元旦", date(2027, 1, 1): "元旦"})

    assert not selectors.working_calendar().is_working(date(2026, 12, 31))


def test_the_calendar_is_built_anew_after_each_revision() -> None:
    before = selectors.working_calendar()
    assert selectors.working_calendar() is before

    load_provisional(year=2029, today=TODAY)

    assert selectors.working_calendar().last == date(2029, 12, 31)


# --- drift ------------------------------------------------------------------------------------------------


def test_what_the_services_store_has_no_drift(section: User) -> None:
    paused = open_both()
    pause(paused, section, last_on=None)
    extend(open_both(), section)
    promise()

    assert list(sweep.deadline_drift(today=TODAY)) == []
    call_command("recompute_deadlines", "--check", "--today", "2026-11-23", stdout=StringIO())


def test_rows_with_the_same_facts_are_told_apart_by_their_pauses(section: User) -> None:
    plain, first, second = (open_both() for _ in range(3))
    for deadline in (first, second):
        pause(deadline, section)
    Deadline.objects.filter(pk=second.pk).update(due_on=date(2026, 12, 31))

    swept = sweep.recompute_open(today=TODAY)

    assert (swept.changed, swept.moved_count) == (1, 1)
    assert [row["deadline"] for row in swept.moved] == [second.pk]
    first.refresh_from_db()
    second.refresh_from_db()
    assert second.due_on == first.due_on != plain.due_on
    assert sweep.recompute_open(today=TODAY).changed == 0


def test_a_row_with_a_pause_that_shows_what_one_without_should_is_mended_alone(section: User) -> None:
    plain, paused = open_both(), open_both()
    pause(paused, section)
    stored = {name: getattr(plain, name) for name in sweep.STORED}
    Deadline.objects.filter(pk=paused.pk).update(**stored)

    swept = sweep.recompute_open(today=TODAY)

    assert swept.changed == 1
    assert [row["deadline"] for row in swept.moved] == [paused.pk]


def test_the_sweep_leaps_over_the_index_that_the_migration_makes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'deadline_open_facts'")
        [[definition]] = cursor.fetchall()
        # An empty table tempts the planner elsewhere.
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {sweep.FIRST_OF_EACH}")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert plan.count("Index Scan using deadline_open_facts") == 2
    assert ", ".join((*sweep.FACTS, *sweep.STORED)) in definition


def test_a_tampered_due_date_is_found_said_and_mended() -> None:
    deadline = open_both()
    Deadline.objects.filter(pk=deadline.pk).update(due_on=date(2026, 12, 31))
    out = StringIO()

    [drift] = sweep.deadline_drift(today=TODAY)
    with pytest.raises(SystemExit) as ended:
        call_command("recompute_deadlines", "--check", "--today", "2026-11-23", stdout=out)

    assert (drift.column, drift.stored, drift.computed) == (
        "due_on",
        date(2026, 12, 31),
        date(2026, 11, 16),
    )
    assert ended.value.code == 1
    assert "应为 2026-11-16" in out.getvalue()

    call_command("recompute_deadlines", "--dry-run", "--today", "2026-11-23", stdout=out)
    deadline.refresh_from_db()
    assert deadline.due_on == date(2026, 12, 31)

    call_command("recompute_deadlines", "--today", "2026-11-23", stdout=out)
    deadline.refresh_from_db()
    assert deadline.due_on == date(2026, 11, 16)


@time_machine.travel("2026-11-23T10:00+08:00", tick=False)
def test_the_nightly_check_reports_a_drift_and_mends_it(caplog: pytest.LogCaptureFixture) -> None:
    deadline = promise()
    Deadline.objects.filter(pk=deadline.pk).update(red_from=date(2030, 1, 1))

    check()

    deadline.refresh_from_db()
    assert deadline.red_from == date(2026, 12, 15)
    assert f"deadline {deadline.pk}: red_from" in caplog.text


# --- two at once --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_pauses_at_once_the_second_waits_and_is_refused(section: User) -> None:
    deadline = open_both()
    outcome: list[object] = []

    def second() -> None:
        try:
            outcome.append(pause(deadline, section, first_on=date(2026, 11, 16), last_on=None))
        except AlreadyPaused as refusal:
            outcome.append(refusal)
        finally:
            connection.close()

    rival = threading.Thread(target=second)
    with transaction.atomic():
        pause(deadline, section, last_on=None)
        rival.start()
        wait_until_blocked()
    rival.join(timeout=10)

    assert isinstance(outcome[0], AlreadyPaused)
    assert deadline.pauses.filter(last_on__isnull=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_sweep_waits_for_a_pause_and_does_not_overwrite_it(section: User) -> None:
    deadline = open_both()
    Deadline.objects.filter(pk=deadline.pk).update(due_on=date(2026, 12, 31))

    def run() -> None:
        try:
            sweep.recompute_open(today=TODAY)
        finally:
            connection.close()

    rival = threading.Thread(target=run)
    with transaction.atomic():
        pause(deadline, section, last_on=None)
        rival.start()
        wait_until_blocked()
    rival.join(timeout=10)

    deadline.refresh_from_db()
    assert (deadline.state, deadline.due_on) == (Deadline.State.PAUSED, None)
    assert list(sweep.deadline_drift(today=TODAY)) == []


def wait_until_blocked() -> None:
    """Poll until the database says that another session waits for a lock."""
    for _ in range(500):
        with connection.cursor() as cursor:
            # pg_stat_activity would be frozen for the length of our transaction; pg_locks is not.
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.02)")
    pytest.fail("nobody waits for the lock")
