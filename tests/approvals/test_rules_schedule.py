"""The plan of what remains, beside a clerk who walks day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import rules
from approvals.rules import PlannedStep, Predecessor, Relation, Status, StepState
from deadlines.rules import Line, LineKind, LineName, Unit
from tests.deadlines.oracle import CALENDAR, ONE_DAY, count_by_hand, first_working, works

TODAY = date(2026, 11, 23)  # a Monday
LONGEST = 40


def plan(
    code: str,
    line: Line | int = 5,
    *needs: str | Predecessor,
    status: Status = Status.NOT_STARTED,
    position: int | None = None,
    **more: object,
) -> PlannedStep:
    state_fields = {
        k: more.pop(k) for k in ("involvement", "accepted_on", "valid_until", "merged_into") if k in more
    }
    state_fields["after"] = tuple(
        code for n in needs for code in (n.any_of if isinstance(n, Predecessor) else (n,))
    )
    return PlannedStep(
        state=StepState(code, code, position or int(code[1:]), status, **state_fields),
        predecessors=tuple(n if isinstance(n, Predecessor) else Predecessor((n,)) for n in needs),
        line=line if isinstance(line, Line) else Line(line),
        **more,
    )


def plans(*steps: PlannedStep) -> dict[str, PlannedStep]:
    return {step.code: step for step in steps}


def forecast(*steps: PlannedStep, today: date = TODAY) -> dict[str, rules.Span]:
    return rules.forecast(plans(*steps), today=today, calendar=CALENDAR)


def test_a_plan_goes_by_the_step_into_which_another_was_merged_and_never_in_a_circle():
    merged = plan("A01", 5, status=Status.NOT_INVOLVED, merged_into="A03")

    apart = forecast(merged, plan("A02", 5, "A01"), plan("A03", 3), plan("A04", 1, "A02"))
    circle = forecast(merged, plan("A02", 5, "A01"), plan("A03", 3, "A02"), plan("A04", 1, "A01"))

    assert apart["A02"].because == "A03"
    assert apart["A02"].start_on == apart["A03"].over_on
    assert circle["A02"].because == ""
    assert circle["A04"].start_on == circle["A03"].over_on > circle["A02"].over_on


# --- by hand -------------------------------------------------------------------------------------


def end_by_hand(line: Line, start: date) -> date:
    """The day on which what follows may begin."""
    qualifies = works if line.unit is Unit.WORKING_DAY else lambda _day: True
    last = count_by_hand(start, line.total, (), LineName.COMMITTED, qualifies).due
    if line.unit is Unit.CALENDAR_DAY:
        last = first_working(last, (), LineName.COMMITTED)
    return last + ONE_DAY if line.kind is LineKind.MIN else last


def forecast_by_hand(steps: dict[str, PlannedStep], today: date) -> dict[str, tuple[date, date]]:
    """Every day look who may begin; nobody looks ahead."""
    found: dict[str, tuple[date, date]] = {}
    day = today
    while len(found) < len(steps):
        changed = True
        while changed:
            changed = False
            for step in steps.values():
                if (
                    step.code in found
                    or not works(day)
                    or not all(
                        any(
                            m in found
                            and (found[m][0] if e.relation is Relation.START_TO_START else found[m][1]) <= day
                            for m in e.any_of
                        )
                        for e in step.predecessors
                    )
                ):
                    continue
                found[step.code] = (day, end_by_hand(step.line, day))
                changed = True
        day += ONE_DAY
    return found


def latest_by_hand(line: Line, over_by: date) -> date:
    day = over_by
    while not (works(day) and end_by_hand(line, day) <= over_by):
        day -= ONE_DAY
    return day


lines = st.builds(
    Line,
    limit=st.integers(0, 12),
    unit=st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY]),
    kind=st.sampled_from([LineKind.MAX, LineKind.MAX, LineKind.MIN]),
)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, PlannedStep]:
    """Up to seven steps, each waiting for some before it; the last is the goal."""
    size = draw(st.integers(1, 7))
    found = []
    for number in range(1, size + 1):
        needs = []
        for other in range(1, number):
            if draw(st.integers(0, 2)) == 0 or (number == size and other == size - 1):
                relation = draw(st.sampled_from([Relation.FINISH_TO_START] * 3 + [Relation.START_TO_START]))
                needs.append(Predecessor((f"S{other}",), relation))
        found.append(plan(f"S{number}", draw(lines), *needs))
    return plans(*found)


todays = st.dates(min_value=date(2025, 1, 1), max_value=date(2026, 10, 31))


@settings(max_examples=150, deadline=None)
@given(graphs(), todays)
def test_a_forecast_equals_the_walk_day_by_day(steps, today):
    spans = rules.forecast(steps, today=today, calendar=CALENDAR)

    by_hand = forecast_by_hand(steps, today)
    assert {code: (span.start_on, span.over_on) for code, span in spans.items()} == by_hand


@settings(max_examples=150, deadline=None)
@given(lines, todays)
def test_the_latest_start_equals_the_walk_back(line, over_by):
    assert rules.latest_start(line=line, over_by=over_by, calendar=CALENDAR) == latest_by_hand(line, over_by)


@settings(max_examples=100, deadline=None)
@given(graphs(), todays, st.integers(0, 400))
def test_who_begins_on_the_latest_days_reaches_the_target_and_nobody_could_begin_later(steps, today, ahead):
    goal = f"S{len(steps)}"
    target = CALENDAR.on_or_after(today + timedelta(days=ahead))

    spans = rules.forecast(steps, today=today, calendar=CALENDAR)
    latest = rules.latest_days(steps, target_on=target, calendar=CALENDAR, goal=goal, spans=spans)

    for code, last in latest.items():
        for entry in steps[code].predecessors:
            [other] = entry.any_of
            if entry.relation is Relation.START_TO_START:
                assert latest[other].start_on <= last.start_on
            else:
                assert end_by_hand(steps[other].line, latest[other].start_on) <= last.start_on
        if code == goal:
            assert last.start_on == target
            continue
        later = CALENDAR.next_working_day(last.start_on)
        holds_up = [
            of
            for of, row in latest.items()
            for entry in steps[of].predecessors
            if code in entry.any_of
            and (
                later > row.start_on
                if entry.relation is Relation.START_TO_START
                else end_by_hand(steps[code].line, later) > row.start_on
            )
        ]
        assert holds_up, (code, last)


@settings(max_examples=100, deadline=None)
@given(graphs(), todays, st.integers(-100, 400))
def test_the_plan_is_reachable_exactly_when_nothing_is_late(steps, today, ahead):
    goal = f"S{len(steps)}"
    target = CALENDAR.on_or_after(today + timedelta(days=ahead))

    found = rules.back_schedule(steps, target_on=target, today=today, calendar=CALENDAR, goal=goal)

    assert found is not None
    assert found.reachable_on == forecast_by_hand(steps, today)[goal][0]
    in_time = [row.span.over_on <= row.latest.over_on for row in found.rows if row.code != goal]
    assert (found.reachable_on <= target) == (all(in_time) and target >= today)
    if found.first_late:
        assert found.reachable_on > target
    assert found.critical[-1] == goal


# --- by example ----------------------------------------------------------------------------------


def test_what_follows_begins_on_the_day_its_predecessor_is_over():
    spans = forecast(plan("S1", 5), plan("S2", 3, "S1"))

    assert (spans["S1"].start_on, spans["S1"].over_on) == (TODAY, date(2026, 11, 30))
    assert (spans["S2"].start_on, spans["S2"].over_on) == (date(2026, 11, 30), date(2026, 12, 3))
    assert spans["S2"].because == "S1"


def test_what_depends_on_a_minimum_period_begins_the_day_after():
    notice = plan("S1", Line(10, kind=LineKind.MIN))

    spans = forecast(notice, plan("S2", 1, "S1"), today=date(2026, 4, 24))

    # Golden D23: published on 24 April, the tenth working day is 12 May.
    assert spans["S2"].start_on == date(2026, 5, 13)


def test_a_running_step_is_over_on_its_due_day_and_today_when_that_has_passed():
    running = {"status": Status.RUNNING, "accepted_on": date(2026, 11, 2)}

    spans = forecast(
        plan("S1", 20, due_on=date(2026, 11, 30), **running),
        plan("S2", 1, due_on=date(2026, 11, 3), **running),
    )

    assert (spans["S1"].over_on, spans["S2"].over_on) == (date(2026, 11, 30), TODAY)


def test_a_running_minimum_period_is_past_the_day_after_its_last():
    period = Line(10, kind=LineKind.MIN)
    running = {"status": Status.RUNNING, "accepted_on": date(2026, 11, 16), "due_on": date(2026, 11, 30)}

    spans = forecast(plan("S1", period, **running), plan("S2", 1, "S1"))

    assert (spans["S1"].over_on, spans["S2"].start_on) == (date(2026, 12, 1), date(2026, 12, 1))


def test_of_alternatives_the_earliest_is_enough_and_the_one_not_involved_asks_nothing():
    either = Predecessor(("S1", "S2"))

    both = forecast(plan("S1", 20), plan("S2", 5), plan("S3", 1, either))
    one = forecast(plan("S1", 20), plan("S2", 5, status=Status.NOT_INVOLVED), plan("S3", 1, either))

    assert both["S3"].start_on == date(2026, 11, 30)
    assert one["S3"].start_on == both["S1"].over_on


def test_done_steps_hold_nobody_up():
    done = plan("S1", 20, status=Status.DONE, closed_on=date(2026, 10, 1))

    assert forecast(done, plan("S2", 1, "S1"))["S2"].start_on == TODAY


THREE = (plan("S1", 5), plan("S2", 3, "S1"), plan("S3", 1, "S2"))


def back(*steps: PlannedStep, target: date, goal: str) -> rules.BackSchedule:
    found = rules.back_schedule(plans(*steps), target_on=target, today=TODAY, calendar=CALENDAR, goal=goal)
    assert found is not None
    return found


def test_from_the_target_back_to_the_latest_day_of_each_paper():
    found = back(
        plan("S1", 5), plan("S2", 3, "S1"), plan("S3", 1, "S2"), target=date(2026, 12, 11), goal="S3"
    )

    assert [(row.code, row.latest.start_on, row.latest.over_on) for row in found.rows] == [
        ("S1", date(2026, 12, 1), date(2026, 12, 8)),
        ("S2", date(2026, 12, 8), date(2026, 12, 11)),
        ("S3", date(2026, 12, 11), date(2026, 12, 14)),
    ]
    assert (found.first_late, found.critical, found.delay) == ("", ("S1", "S2", "S3"), -6)
    assert found.rows[0].slack == 6


def test_the_first_step_that_is_too_late_is_named_and_the_others_follow_from_it():
    found = back(*THREE, target=date(2026, 12, 2), goal="S3")

    assert found.first_late == "S1"
    assert [row.is_late for row in found.rows] == [True, False, False]
    assert (found.reachable_on, found.delay) == (date(2026, 12, 3), 1)
    assert [row.slack for row in found.rows] == [-1, -1, -1]


def test_who_begins_on_the_last_possible_day_is_not_late():
    found = back(*THREE, target=date(2026, 12, 3), goal="S3")

    assert found.rows[0].latest.start_on == TODAY
    assert (found.first_late, [row.is_late for row in found.rows]) == ("", [False, False, False])


def test_a_running_step_is_late_when_its_own_end_comes_too_late():
    running = plan("S1", 20, status=Status.RUNNING, accepted_on=date(2026, 11, 2), due_on=date(2026, 12, 4))

    assert back(running, plan("S2", 1, "S1"), target=date(2026, 12, 3), goal="S2").first_late == "S1"
    assert back(running, plan("S2", 1, "S1"), target=date(2026, 12, 4), goal="S2").first_late == ""


def test_of_alternatives_only_the_one_that_is_waited_for_is_on_the_way():
    either = Predecessor(("S1", "S2"))

    found = back(plan("S1", 20), plan("S2", 5), plan("S3", 1, either), target=date(2026, 12, 11), goal="S3")

    assert [row.code for row in found.rows] == ["S2", "S3"]


def test_what_does_not_lead_to_the_target_is_not_on_the_way():
    found = back(plan("S1", 5), plan("S2", 40), plan("S3", 1, "S1"), target=date(2026, 12, 11), goal="S3")

    assert [row.code for row in found.rows] == ["S1", "S3"]


@pytest.mark.parametrize("status", [Status.DONE, Status.NOT_INVOLVED])
def test_there_is_no_way_back_from_what_is_over(status):
    steps = plans(plan("S1", 5, status=status))

    assert rules.back_schedule(steps, target_on=TODAY, today=TODAY, calendar=CALENDAR, goal="S1") is None
    assert rules.back_schedule({}, target_on=TODAY, today=TODAY, calendar=CALENDAR) is None


# --- what if -------------------------------------------------------------------------------------

RUNNING = plan("S1", 20, status=Status.RUNNING, accepted_on=date(2026, 11, 2), due_on=date(2026, 11, 30))
CHAIN = plans(RUNNING, plan("S2", 3, "S1"), plan("S3", 1, "S2"))


def ask(changed: PlannedStep, target: date | None = None) -> rules.WhatIf:
    return rules.what_if(
        CHAIN, {**CHAIN, changed.code: changed}, today=TODAY, calendar=CALENDAR, target_on=target, goal="S3"
    )


def test_an_extension_shifts_everything_behind_it():
    found = ask(replace(RUNNING, due_on=date(2026, 12, 2)))

    assert [(shift.code, shift.days) for shift in found.shifts] == [("S1", 2), ("S2", 2), ("S3", 2)]
    assert found.turned_red == ()


def test_what_misses_its_last_day_before_the_target_turns_red():
    found = ask(replace(RUNNING, due_on=date(2026, 12, 2)), target=date(2026, 12, 4))

    assert found.turned_red == ("S1", "S2", "S3")
    assert ask(replace(RUNNING, due_on=date(2026, 12, 1)), target=date(2026, 12, 4)).turned_red == ()


def test_less_time_turns_red_into_good_and_shifts_to_earlier():
    found = ask(replace(RUNNING, due_on=date(2026, 11, 27)), target=date(2026, 12, 2))

    assert [shift.days for shift in found.shifts] == [-1, -1, -1]
    assert found.turned_good == ("S1", "S2", "S3")


def test_a_step_that_would_begin_after_its_paper_lapsed_turns_red():
    paper = plan("S1", 1, status=Status.DONE, closed_on=TODAY, valid_until=date(2026, 12, 1))
    steps = plans(paper, plan("S2", 5), plan("S3", 1, "S1", "S2"))
    later = {**steps, "S2": replace(steps["S2"], not_before=date(2026, 11, 25))}

    found = rules.what_if(steps, later, today=TODAY, calendar=CALENDAR)

    assert found.turned_red == ("S3",)


def test_a_step_that_begins_on_the_last_day_of_its_paper_is_good():
    paper = plan("S1", 1, status=Status.DONE, closed_on=TODAY, valid_until=date(2026, 12, 2))
    steps = plans(paper, plan("S2", 5), plan("S3", 1, "S1", "S2"))
    later = {**steps, "S2": replace(steps["S2"], not_before=date(2026, 11, 25))}

    found = rules.what_if(steps, later, today=TODAY, calendar=CALENDAR)

    assert found.shifts[-1].code == "S3"
    assert found.turned_red == ()


def test_nothing_shifts_when_nothing_changes():
    assert ask(RUNNING).is_nothing


# --- honest time ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entered_on", "is_late"),
    [
        (date(2026, 11, 20), False),
        (date(2026, 11, 22), False),
        (date(2026, 11, 23), False),
        (date(2026, 11, 24), True),
    ],
    ids=["the same day", "on the Sunday after", "the next working day", "a working day later"],
)
def test_what_is_typed_after_the_next_working_day_is_late(entered_on, is_late):
    friday = date(2026, 11, 20)

    assert (
        rules.is_entered_late(occurred_on=friday, entered_on=entered_on, grace_days=1, calendar=CALENDAR)
        is is_late
    )


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=9))
def test_as_many_lie_below_the_median_as_above(numbers):
    middle = rules.median(numbers)

    assert sum(n < middle for n in numbers) <= len(numbers) / 2
    assert sum(n > middle for n in numbers) <= len(numbers) / 2


def test_the_median_of_nothing_is_nothing_and_a_share_of_nothing_has_no_percent():
    assert rules.median([]) is None
    assert rules.Share(0, 0).percent is None
    assert rules.Share(2, 3).percent == 67
