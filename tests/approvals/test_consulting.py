"""A step asks departments: its committed line stands still meanwhile, where the promise says so."""

from __future__ import annotations

from datetime import date

import pytest

from approvals import selectors
from approvals.errors import WrongStatus
from approvals.models import Step
from approvals.services.consulting import draft_step_round
from approvals.services.decisions import decide_step
from deadlines.models import Deadline, Pause
from opinions.models import Round
from opinions.services import lapsing, rounds
from tests.approvals.scenes import MONDAY, accepted, opened, without_gates
from tests.opinions.scenes import FOREST, WATER, answered, moment, official, request_of

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 3)
SENT, ANSWERED = date(2026, 11, 4), date(2026, 11, 9)


def excluding_step(dispatcher) -> Step:
    """A step whose promise leaves out the time for other departments' opinions."""
    without_gates()
    _, steps = opened(dispatcher)
    return next(
        step
        for step in steps.values()
        if (promise := selectors.promise_of(step)) is not None and "征求意见" in promise.excluded
        and step.status == "NOT_STARTED"
    )  # fmt: skip


def send(step: Step, actor, *codes: str) -> Round:
    round_ = draft_step_round(step_id=step.pk, question="请提出意见。", actor=actor, today=SENT)
    units = [official(code).organisation.pk for code in codes]
    rounds.change_draft(
        round_id=round_.pk, question="请提出意见。", departments=units, actor=actor, today=SENT
    )
    return rounds.send_round(round_id=round_.pk, actor=actor, today=SENT, now=moment(SENT))


def test_the_siting_step_opens_a_round_that_may_lapse_with_the_suggested_departments(dispatcher):
    _, steps = opened(dispatcher)

    round_ = draft_step_round(step_id=steps["A02"].pk, question="请提意见", actor=dispatcher, today=SENT)

    assert (round_.kind.code, round_.kind.may_lapse, round_.step_code) == ("SITING", True, "A02")
    assert round_.requests.count() >= 4


def test_the_committed_line_stands_still_until_the_last_department_has_spoken(dispatcher):
    step = accepted(excluding_step(dispatcher), dispatcher, on=TUESDAY, today=TUESDAY)
    before = Deadline.objects.get(pk=step.deadline_id).committed_due_on

    round_ = send(step, dispatcher, WATER, FOREST)
    step.refresh_from_db()
    assert (step.status, Round.objects.get(pk=round_.pk).pause.kind.code) == ("PAUSED", "OPINION_ROUND")

    answered(request_of(round_), official(WATER), on=date(2026, 11, 5))
    step.refresh_from_db()
    assert step.status == "PAUSED"

    answered(request_of(round_, FOREST), official(FOREST), on=ANSWERED)
    step.refresh_from_db()
    pause = Pause.objects.get(deadline_id=step.deadline_id)
    assert (step.status, pause.first_on, pause.last_on) == ("RUNNING", SENT, ANSWERED)
    assert Deadline.objects.get(pk=step.deadline_id).committed_due_on > before


def test_two_rounds_of_one_step_hand_the_pause_on(dispatcher):
    step = accepted(excluding_step(dispatcher), dispatcher, on=MONDAY, today=MONDAY)
    first, second = send(step, dispatcher, WATER), send(step, dispatcher, FOREST)

    answered(request_of(first), official(WATER), on=date(2026, 11, 5))
    step.refresh_from_db()
    assert step.status == "PAUSED"

    answered(request_of(second, FOREST), official(FOREST), on=ANSWERED)
    step.refresh_from_db()
    assert (step.status, Pause.objects.get().last_on) == ("RUNNING", ANSWERED)


def test_a_step_without_such_a_promise_runs_on(dispatcher):
    _, steps = opened(dispatcher)
    step = accepted(steps["A02"], dispatcher, on=MONDAY, today=MONDAY)

    round_ = send(step, dispatcher, WATER)

    step.refresh_from_db()
    assert (step.status, round_.pause) == ("RUNNING", None)
    lapsing.lapse_due(today=date(2026, 12, 1), now=moment(date(2026, 12, 1)))
    assert Round.objects.get(pk=round_.pk).state == "CONCLUDED"


def test_a_step_that_is_over_asks_nobody(dispatcher):
    _, steps = opened(dispatcher)
    step = accepted(steps["A02"], dispatcher, on=MONDAY, today=MONDAY)
    decide_step(step_id=step.pk, decided_on=SENT, result="通过", actor=dispatcher, today=SENT)

    with pytest.raises(WrongStatus):
        draft_step_round(step_id=step.pk, question="?", actor=dispatcher, today=SENT)
