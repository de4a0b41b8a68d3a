"""The broker refused, hanging, dead and back: pages answer, and no job is lost."""

from __future__ import annotations

import time

import pytest
from django.urls import reverse

from jobs import broker
from jobs.models import Job
from tests.dispatch.ledger_data import plant_projects
from tests.services.conftest import Broker, House, until

# Far above the configured bound: the machine may be busy; the bound itself is asserted as a setting.
WALL_SECONDS = 1.5


def freeze(client, week="2026-W46"):
    started = time.monotonic()
    answer = client.post(reverse("dispatch:freeze"), {"period": week})
    return answer, time.monotonic() - started


def test_what_bounds_a_page_s_talk_with_the_broker(settings):
    options = broker.transport_options()

    assert settings.BROKER_TIMEOUT_SECONDS == 0.3
    assert options["socket_timeout"] == options["socket_connect_timeout"] == 0.3
    assert (options["max_retries"], options["retry_on_timeout"]) == (0, False)


@pytest.mark.parametrize("state", ["refused", "hanging"])
def test_the_page_answers_and_the_job_waits(client, dispatcher, own_broker: Broker, state):
    if state == "refused":
        own_broker.kill()
    else:
        own_broker.freeze()
    client.force_login(dispatcher)
    client.get(reverse("dispatch:ledgers"))

    answer, seconds = freeze(client)

    assert answer.status_code == 302
    assert Job.objects.get().state == Job.State.QUEUED
    assert seconds < WALL_SECONDS
    assert client.get(answer.url).status_code == 200


def test_after_one_failure_pages_leave_the_broker_alone_for_a_while(own_broker: Broker, monkeypatch):
    own_broker.freeze()
    tried = []
    real = broker._send
    monkeypatch.setattr(broker, "_send", lambda: (tried.append(1), real()))

    assert [broker.wake() for _ in range(5)] == [False] * 5

    assert len(tried) == 1


def test_a_broker_that_is_back_is_used_again_after_its_rest(own_broker: Broker, settings):
    settings.BROKER_REST_SECONDS = 0
    own_broker.freeze()
    assert not broker.wake()
    own_broker.thaw()

    assert until(broker.wake, "the broker takes a wake-up")


def test_a_job_asked_for_while_the_broker_was_dead_is_done_when_it_is_back(house: House, client, dispatcher):
    plant_projects(2)
    house.worker()
    house.beat()
    house.broker.kill()
    client.force_login(dispatcher)
    freeze(client)
    job = Job.objects.get()
    assert job.state == Job.State.QUEUED

    house.broker.start()

    until(lambda: Job.objects.filter(pk=job.pk, state=Job.State.DONE).exists(), "the schedule wakes a worker")
    job.refresh_from_db()
    assert job.attempts == 1


def test_a_worker_outlives_a_broker_that_hangs_and_comes_back(house: House, client, dispatcher, settings):
    settings.BROKER_REST_SECONDS = 0
    plant_projects(2)
    house.worker()
    house.broker.freeze()
    client.force_login(dispatcher)
    freeze(client)

    house.broker.thaw()

    def is_done() -> bool:
        broker.wake()
        return Job.objects.filter(state=Job.State.DONE).exists()

    until(is_done, "the worker hears the next wake-up")
    assert Job.objects.get().attempts == 1
