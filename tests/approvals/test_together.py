"""Two people at one step at the same time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, connections, transaction

from approvals import errors
from approvals.models import Decision, SkipRule, Step
from approvals.services.acceptance import accept_step
from approvals.services.decisions import decide_step
from approvals.services.pauses import pause_step
from approvals.services.skips import skip_step
from deadlines.errors import AlreadyPaused
from deadlines.models import Pause
from tests.approvals.scenes import MONDAY, TODAY, accepted, kind, opened

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 8


def and_disconnect(call, **arguments):
    try:
        return call(**arguments)
    finally:
        connections.close_all()


def wait_until_another_session_waits_for_us():
    blocked_by_us = """
        SELECT count(*) FROM pg_locks
        WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
    """
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(blocked_by_us)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    pytest.fail("the second session never waited")


def test_a_second_acceptance_waits_and_then_finds_the_step_running(dispatcher, section):
    _, steps = opened(dispatcher)
    call = {"step_id": steps["A03"].pk, "accepted_on": MONDAY, "actor": section, "today": TODAY}

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            accept_step(**call)
            second = pool.submit(and_disconnect, accept_step, **call)
            wait_until_another_session_waits_for_us()

        with pytest.raises(errors.WrongStatus):
            second.result(timeout=10)

    assert Step.objects.get(pk=steps["A03"].pk).status == "RUNNING"


def test_a_second_pause_waits_and_then_finds_the_clock_standing(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)
    call = {
        "step_id": step.pk,
        "kind": kind("MEETING"),
        "first_on": date(2026, 11, 3),
        "evidence": "会议通知",
        "expected_end_on": TODAY,
        "next_step": "会后办理",
        "actor": section,
        "today": TODAY,
    }

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            pause_step(**call)
            second = pool.submit(and_disconnect, pause_step, **call)
            wait_until_another_session_waits_for_us()

        with pytest.raises(AlreadyPaused):
            second.result(timeout=10)

    assert Pause.objects.count() == 1


def test_two_opposite_merges_of_the_same_steps_wait_for_each_other_in_turn(dispatcher, section):
    _, steps = opened(dispatcher)
    low, high = sorted((steps["A03"], steps["A08"]), key=lambda step: step.pk)

    def merge(step: Step, into: Step) -> dict[str, object]:
        rule = SkipRule.objects.create(
            kind="MERGE", code=step.code, into_code=into.code, condition="同批办理", authority="省自然资源厅",
            document="通知", clause="第三条", effective_from=MONDAY,
        )  # fmt: skip
        return {"step_id": step.pk, "rule_id": rule.pk, "actor": section, "today": TODAY}

    upward, downward = merge(low, high), merge(high, low)

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            Step.objects.select_for_update().get(pk=low.pk)
            second = pool.submit(and_disconnect, skip_step, **downward)
            wait_until_another_session_waits_for_us()
            skip_step(**upward)

        with pytest.raises(errors.SkipNotAllowed):
            second.result(timeout=10)

    assert [Step.objects.get(pk=step.pk).merged_into for step in (low, high)] == [high.code, ""]


def test_of_many_who_decide_at_once_one_does(dispatcher, section):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)
    call = {"step_id": step.pk, "decided_on": TODAY, "result": "核发", "actor": section, "today": TODAY}

    def attempt(_: int) -> str:
        try:
            and_disconnect(decide_step, **call)
        except errors.WrongStatus:
            return "refused"
        return "decided"

    with ThreadPoolExecutor(max_workers=CLIENTS) as pool:
        outcomes = sorted(pool.map(attempt, range(CLIENTS)))

    assert outcomes == ["decided"] + ["refused"] * (CLIENTS - 1)
    assert Decision.objects.filter(step=step).count() == 1
