"""The dossier: one project on one page."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from approvals.models import Step
from approvals.services.decisions import decide_step
from approvals.services.pauses import pause_step, resume_step
from tests.approvals.scenes import MONDAY, TODAY, accepted, kind, opened, without_gates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


def test_an_overdue_step_shows_red_and_by_how_much(client, section, dispatcher):
    project, steps = opened(dispatcher)
    accepted(steps["A03"], section, on=date(2026, 11, 12))
    client.force_login(section)

    page = client.get(reverse("desk:dossier", args=[project.pk])).content.decode()

    assert "lg-now-red" in page
    assert "超 5 个工作日" in page
    assert "已计 6 / 1 个工作日" in page


def test_a_meeting_stops_the_committed_line_only(client, section, dispatcher):
    project, steps = opened(dispatcher)
    step = accepted(steps["A03"], section, on=MONDAY, today=MONDAY)
    statutory_before = step.deadline.statutory_due_on
    pause_step(
        step_id=step.pk,
        kind=kind("MEETING"),
        first_on=date(2026, 11, 3),
        evidence="会议通知〔2026〕3号",
        expected_end_on=TODAY,
        next_step="会后办理",
        actor=section,
        today=TODAY,
    )
    client.force_login(section)

    page = client.get(reverse("desk:dossier", args=[project.pk])).content.decode()

    step.deadline.refresh_from_db()
    assert step.deadline.statutory_due_on == statutory_before
    assert "暂停计时中" in page
    assert "会议通知〔2026〕3号" in page
    assert "只停承诺线" in page
    resume_step(step_id=step.pk, last_on=date(2026, 11, 5), actor=section, today=TODAY)
    step.deadline.refresh_from_db()
    assert step.deadline.committed_due_on == date(2026, 11, 6)
    assert step.deadline.statutory_due_on == statutory_before


def test_a_minimum_period_is_grey_and_says_when_the_next_step_is_possible(client, officer, dispatcher):
    project, steps = opened(dispatcher)
    accepted(steps["Z01"], officer, on=date(2026, 4, 24), today=date(2026, 4, 24))
    client.force_login(officer)

    page = client.get(reverse("desk:dossier", args=[project.pk])).content.decode()

    assert "可进入下一步 2026-05-13" in page
    assert "lg-step-red" not in page


def test_what_the_project_does_not_need_is_folded(client, officer, dispatcher):
    project, _ = opened(dispatcher, track="no_requisition")
    client.force_login(officer)

    page = client.get(reverse("desk:dossier", args=[project.pk])).content.decode()

    assert "不涉及的步骤" in page
    assert "本审批轨道不涉及" in page


def test_the_history_tab_shows_old_and_new(client, section, dispatcher):
    project, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)
    decide_step(
        step_id=step.pk,
        decided_on=TODAY,
        result="核发",
        doc_no="黔自然资[2026]9号",
        actor=section,
        today=TODAY,
    )
    client.force_login(section)

    page = client.get(reverse("desk:dossier", args=[project.pk]), {"tab": "history"}).content.decode()

    assert "办结步骤" in page
    assert "黔自然资〔2026〕9号" in page


@pytest.mark.parametrize("tab", ["progress", "land", "materials", "history"])
def test_every_tab_answers(client, leader, dispatcher, section, tab):
    project, steps = opened(dispatcher)
    accepted(steps["A03"], section, missing=["申请报告"])
    client.force_login(leader)

    response = client.get(reverse("desk:dossier", args=[project.pk]), {"tab": tab})

    assert response.status_code == 200


@pytest.mark.parametrize("open_steps", [1, 45])
def test_the_query_count_does_not_grow_with_the_steps(
    client, section, dispatcher, django_assert_num_queries, open_steps
):
    without_gates()
    project, steps = opened(dispatcher)
    limits = {"A04", "G03", "J03", "Y02", "A07"}
    wanted = [s for s in steps.values() if s.status == "NOT_STARTED" and s.code not in limits][:open_steps]
    for step in wanted:
        accepted(step, section, missing=["补充说明"])
    if open_steps == 1:
        Step.objects.filter(project=project, status="NOT_STARTED").delete()
    client.force_login(section)
    address = reverse("desk:dossier", args=[project.pk])
    client.get(address)

    with django_assert_num_queries(41):
        client.get(address)


def test_a_stranger_finds_nothing(client, stranger, dispatcher):
    project, _ = opened(dispatcher)
    client.force_login(stranger)

    assert client.get(reverse("desk:dossier", args=[project.pk])).status_code == 404
    assert client.post(reverse("desk:dossier-steps", args=[project.pk])).status_code == 404
