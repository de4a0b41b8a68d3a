"""An answer and a lapse in the same minute, on two connections: exactly one outcome."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from audit.models import Entry
from opinions.models import Reply, Request
from opinions.services import lapsing
from tests.approvals.test_together import and_disconnect, wait_until_another_session_waits_for_us
from tests.opinions.scenes import DUE, EFFECTIVE, answered, moment, official, request_of, sent

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes(request: Request) -> tuple[str, list[bool], int]:
    """State, whether each reply came after the lapse, lapses in the log."""
    request.refresh_from_db()
    lapses = Entry.objects.filter(verb="opinion.lapsed").count()
    return request.state, list(Reply.objects.values_list("after_lapse", flat=True)), lapses


def test_an_answer_that_holds_the_row_wins_and_the_lapse_finds_nothing(section):
    request, water = request_of(sent(section)), official()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            answered(request, water, on=DUE)
            lapse = pool.submit(and_disconnect, lapsing.lapse_due, today=EFFECTIVE, now=moment(EFFECTIVE))
            wait_until_another_session_waits_for_us()

        assert lapse.result(timeout=10) == []

    assert outcomes(request) == ("ANSWERED", [False], 0)


def test_a_lapse_that_holds_the_row_wins_and_the_answer_is_kept_as_late(section):
    request, water = request_of(sent(section)), official()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            lapsing.lapse_due(today=EFFECTIVE, now=moment(EFFECTIVE))
            # Sent a second before midnight: its own day is still the last one.
            answer = pool.submit(and_disconnect, answered, request=request, actor=water, on=DUE)
            wait_until_another_session_waits_for_us()

        assert answer.result(timeout=10).after_lapse

    assert outcomes(request) == ("LAPSED", [True], 1)


def test_two_schedules_at_once_lapse_each_request_once(section):
    request = request_of(sent(section))
    call = {"today": EFFECTIVE, "now": moment(EFFECTIVE)}

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            lapsing.lapse_due(**call)
            second = pool.submit(and_disconnect, lapsing.lapse_due, **call)
            wait_until_another_session_waits_for_us()

        assert second.result(timeout=10) == []

    assert outcomes(request) == ("LAPSED", [], 1)
