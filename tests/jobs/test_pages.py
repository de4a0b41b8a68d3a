from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from jobs.models import Job
from tests.factories import JobFactory, organisation
from tests.queries import queries_of


@pytest.fixture
def woken(monkeypatch):
    """Counts wake-ups instead of sending them."""
    calls = []
    monkeypatch.setattr("jobs.broker.wake", lambda: calls.append("wake"))
    return calls


@pytest.fixture
def job(db):
    return JobFactory(organisation=organisation("522701"), progress_total=10, progress_done=3)


def test_the_list_shows_the_unit_s_jobs_with_state_and_progress(client, officer, job):
    client.force_login(officer)

    page = client.get(reverse("jobs:list"))

    assert page.status_code == 200
    assert "测试任务" in page.content.decode()
    assert "30%" in page.content.decode()


def test_the_list_takes_the_same_number_of_queries_for_1_and_20_rows(client, officer):
    client.force_login(officer)
    JobFactory(organisation=organisation("522701"), requested_by=officer)
    one = queries_of(lambda: client.get(reverse("jobs:list")))

    JobFactory.create_batch(19, organisation=organisation("522701"), requested_by=officer)

    assert queries_of(lambda: client.get(reverse("jobs:list"))) == one


def test_an_open_job_s_part_asks_again_every_second_and_a_finished_one_s_does_not(client, officer, job):
    client.force_login(officer)
    url = reverse("jobs:progress", args=[job.pk])

    running = client.get(url, headers={"HX-Request": "true"}).content.decode()
    Job.objects.filter(pk=job.pk).update(state="DONE", finished_at=timezone.now(), result_url="/ledgers/9/")
    done = client.get(url, headers={"HX-Request": "true"}).content.decode()

    assert 'hx-trigger="every 1s"' in running
    assert "<html" not in running
    assert "hx-trigger" not in done
    assert 'href="/ledgers/9/"' in done


def test_the_part_is_also_a_page(client, officer, job):
    client.force_login(officer)

    assert "<html" in client.get(reverse("jobs:progress", args=[job.pk])).content.decode()


def test_a_failed_job_is_retried_and_the_workers_are_woken(client, dispatcher, job, woken):
    Job.objects.filter(pk=job.pk).update(state="FAILED", finished_at=timezone.now(), error="磁盘已满")
    client.force_login(dispatcher)
    assert "磁盘已满" in client.get(reverse("jobs:job", args=[job.pk])).content.decode()

    answer = client.post(reverse("jobs:retry", args=[job.pk]))

    job.refresh_from_db()
    assert answer.status_code == 302
    assert job.state == Job.State.QUEUED
    assert woken == ["wake"]


def test_a_refusal_says_why_on_the_page(client, dispatcher, job):
    client.force_login(dispatcher)

    page = client.post(reverse("jobs:retry", args=[job.pk]), follow=True)

    assert "只有失败或已取消的任务可以重试" in page.content.decode()


@pytest.mark.parametrize(
    ("method", "name"), [("get", "job"), ("get", "progress"), ("post", "retry"), ("post", "cancel")]
)
def test_a_stranger_learns_of_no_job(client, stranger, job, method, name):
    client.force_login(stranger)

    assert getattr(client, method)(reverse(f"jobs:{name}", args=[job.pk])).status_code == 404


@pytest.mark.parametrize("name", ["retry", "cancel"])
def test_a_county_officer_may_not_steer_jobs(client, officer, job, name):
    client.force_login(officer)

    assert client.post(reverse(f"jobs:{name}", args=[job.pk])).status_code == 403


class TestTheApi:
    def test_it_lists_and_filters_as_the_page_does(self, officer, job):
        JobFactory(organisation=organisation("522701"), state="FAILED", finished_at=timezone.now())
        api = APIClient()
        api.force_authenticate(officer)

        found = api.get("/api/v1/jobs/", {"state": "FAILED"}).json()["results"]

        assert [row["state"] for row in found] == ["FAILED"]

    def test_it_refuses_with_code_and_facts(self, dispatcher, job):
        api = APIClient()
        api.force_authenticate(dispatcher)

        answer = api.post(f"/api/v1/jobs/{job.pk}/retry/")

        assert answer.status_code == 409
        assert answer.json()["code"] == "job_not_retryable"
        assert answer.json()["facts"] == {"state": "QUEUED"}

    def test_it_cancels(self, dispatcher, job):
        api = APIClient()
        api.force_authenticate(dispatcher)

        assert api.post(f"/api/v1/jobs/{job.pk}/cancel/").json()["state"] == "CANCELLED"

    def test_a_stranger_gets_404(self, stranger, job):
        api = APIClient()
        api.force_authenticate(stranger)

        assert api.get(f"/api/v1/jobs/{job.pk}/").status_code == 404
        assert api.post(f"/api/v1/jobs/{job.pk}/cancel/").status_code == 404
