"""Many projects into a collection window, or to the departments that must act: a result for each."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from audit.models import Entry
from notifications.models import Message
from projects.models import BulkResult, CollectionWindow, Gathering, Project, Push
from projects.refusals import WindowNotOpen
from projects.services.window_entries import join_window
from projects.services.windows import close_window
from tests.factories import ProjectFactory, organisation
from tests.projects.windows import open_window

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def as_user(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def do(browser, action: str, projects: list[Project], **facts: object) -> dict[int, BulkResult]:
    """Run an action on ticked projects; its results by project."""
    said = {"action": action, "id": [project.pk for project in projects], "seen": len(projects)}
    answer = browser.post(reverse("projects:bulk"), said | facts)
    assert answer.status_code == 302, answer.content.decode()
    return {row.project_id: row for row in BulkResult.objects.all()}


def test_waiting_projects_join_a_window_and_others_say_why_not(as_user, officer, dispatcher):
    window = open_window(dispatcher, gathering=Gathering.DIRECT)
    waiting, reported = ProjectFactory(submitted=True), ProjectFactory(status="REPORTED")
    adopted = ProjectFactory()
    inside = ProjectFactory(submitted=True, window=window)

    results = do(as_user(dispatcher), "window", [waiting, reported, adopted, inside], window=window.pk)

    assert [results[row.pk].outcome for row in (waiting, reported, adopted, inside)] == [
        *("DONE", "DONE", "REFUSED", "REFUSED")
    ]
    assert "只有等待审核的项目" in results[adopted.pk].message
    assert "不用再加入" in results[inside.pk].message
    reported.refresh_from_db()
    assert (reported.window, reported.status) == (window, Project.Status.SUBMITTED)
    assert Entry.objects.filter(verb="project.window_joined").count() == 2
    assert Message.objects.filter(recipient=officer, title__contains="列入11月集中报送").count() == 2


def test_a_window_that_gathers_leaves_a_project_with_its_county(dispatcher):
    window = open_window(dispatcher, gathering=Gathering.COUNTY)
    project = ProjectFactory(status="REPORTED")

    join_window(actor=dispatcher, project_id=project.pk, window_id=window.pk, today=window.opens_on)

    project.refresh_from_db()
    assert (project.window, project.status) == (window, Project.Status.REPORTED)


def test_nothing_joins_a_window_that_is_closed(dispatcher):
    window, project = open_window(dispatcher), ProjectFactory(submitted=True)
    close_window(actor=dispatcher, window_id=window.pk, reason="已收齐", today=window.opens_on)

    with pytest.raises(WindowNotOpen) as refused:
        join_window(actor=dispatcher, project_id=project.pk, window_id=window.pk, today=window.opens_on)

    assert refused.value.facts == {"state": "CLOSED"}


def test_only_open_windows_of_ones_own_prefecture_are_offered(as_user, dispatcher):
    window = open_window(dispatcher)
    elsewhere = CollectionWindow.objects.create(
        organisation=organisation("520000"),
        title="省级批次",
        year=2026,
        opens_on=window.opens_on,
        closes_on=window.closes_on,
        state="OPEN",
        created_by=dispatcher,
    )
    project = ProjectFactory(submitted=True)
    said = {"action": "window", "id": [project.pk], "seen": 1, "window": elsewhere.pk}

    page = as_user(dispatcher).get(reverse("projects:bulk"), said).content.decode()
    refused = as_user(dispatcher).post(reverse("projects:bulk"), said)

    assert (window.title in page, elsewhere.title in page) == (True, False)
    assert refused.status_code == 422


def test_who_does_not_run_windows_is_not_offered_them(as_user, officer):
    asked = {"action": "window", "id": [ProjectFactory(submitted=True).pk]}

    assert as_user(officer).get(reverse("projects:bulk"), asked).status_code == 403


def test_adopted_projects_are_pushed_and_each_says_to_whom(as_user, dispatcher):
    adopted, waiting = ProjectFactory(), ProjectFactory(submitted=True)

    results = do(as_user(dispatcher), "push", [adopted, waiting])

    pushed = Push.objects.filter(project=adopted)
    assert pushed.exists()
    assert results[adopted.pk].outcome == "DONE"
    assert all(each.recipient.short_name in results[adopted.pk].message for each in pushed)
    assert results[waiting.pk].outcome == "REFUSED"
    assert "只能推送已采纳的项目" in results[waiting.pk].message


def test_what_is_pushed_already_is_not_pushed_again(as_user, dispatcher):
    project = ProjectFactory()
    do(as_user(dispatcher), "push", [project])
    before = Push.objects.count()
    BulkResult.objects.all().delete()

    results = do(as_user(dispatcher), "push", [project])

    assert Push.objects.count() == before
    assert "都已推送" in results[project.pk].message


def test_the_result_page_shows_what_each_project_says(as_user, dispatcher):
    project = ProjectFactory()
    results = do(as_user(dispatcher), "push", [project])

    page = as_user(dispatcher).get(results[project.pk].run.get_absolute_url()).content.decode()

    assert results[project.pk].message in page
