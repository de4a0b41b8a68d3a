"""Hearings, reviews and visits of a step: begun, they stop the clock where the law lets them."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from approvals.errors import DayOutOfOrder, OccasionOutOfOrder, ReasonMissing, WrongStatus
from approvals.models import Occasion, Step
from approvals.services.decisions import decide_step
from approvals.services.occasions import OccasionFacts, begin_occasion, end_occasion
from deadlines.models import Deadline, Pause
from papers.services import Upload
from tests.approvals.scenes import MONDAY, TODAY, accepted, kind, opened, without_gates
from tests.papers import files

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 3)


@pytest.fixture
def step(dispatcher, section) -> Step:
    _, steps = opened(dispatcher)
    return accepted(steps["A03"], section)


def begun(
    step: Step, actor, *, code: str = "EXPERT_REVIEW", notice: Upload | None = None, **more
) -> Occasion:
    said = {
        "title": "专家评审通知〔2026〕17号",
        "first_on": TUESDAY,
        "expected_end_on": TODAY,
        "next_step": "整理意见",
    }
    facts = OccasionFacts(**{"kind": kind(code), **said, **more})
    return begin_occasion(step_id=step.pk, facts=facts, notice=notice, actor=actor, today=TODAY)


def over(row: Occasion, actor, *, last_on: date = date(2026, 11, 10), outcome: str = "通过") -> Occasion:
    return end_occasion(occasion_id=row.pk, last_on=last_on, outcome=outcome, actor=actor, today=TODAY)


def status(step: Step) -> str:
    return Step.objects.get(pk=step.pk).status


def test_a_review_stops_the_clock_with_its_notice_and_its_end_starts_it(step, section):
    row = begun(step, section, notice=Upload("通知.pdf", files.pdf()))

    assert row.pause is not None
    assert (row.pause.first_on, row.pause.evidence, row.pause.next_step) == (TUESDAY, row.title, "整理意见")
    assert (row.pause.paper, row.pause.end_deadline.due_on) == (row.notice, TODAY)
    assert status(step) == "PAUSED"

    over(row, section)

    row.pause.refresh_from_db()
    assert (row.pause.last_on, status(step)) == (date(2026, 11, 10), "RUNNING")
    deadline = Deadline.objects.get(pk=step.deadline_id)
    # Six working days from the 3rd to the 10th do not count.
    assert (deadline.statutory_due_on, deadline.state) == (date(2026, 12, 8), "RUNNING")


@pytest.mark.parametrize(
    ("code", "more", "why"),
    [
        ("SITE_VISIT", {}, "承诺时限不扣除“实地踏勘”时间"),
        ("EXPERT_REVIEW", {"first_on": date(2026, 10, 30)}, "开始于受理之前"),
    ],
)
def test_an_event_that_nothing_excludes_is_on_record_and_counts(step, section, code, more, why):
    row = begun(step, section, code=code, **more)

    assert (row.pause, row.why_counted, status(step)) == (None, why, "RUNNING")
    assert over(row, section).last_on == date(2026, 11, 10)


def test_before_acceptance_and_inside_another_pause_no_second_clock_stops(dispatcher, section):
    _, steps = opened(dispatcher)
    waiting = begun(steps["A03"], section)
    step = accepted(steps["A08"], section)
    begun(step, section)
    second = begun(step, section, title="第二次评审")

    assert waiting.why_counted == "登记时尚未受理，还没有计时"
    assert second.why_counted == "登记时已因其他事由暂停"
    assert Pause.objects.count() == 1


def test_a_scheme_review_that_runs_beside_the_works_permit_stops_its_promise(dispatcher, section):
    without_gates()
    _, steps = opened(dispatcher)
    permit = accepted(steps["X03"], section)
    review = accepted(steps["X02"], section, on=TUESDAY)

    row = Occasion.objects.get()
    assert (row.step_id, row.course_id, row.kind.code) == (permit.pk, review.pk, "DESIGN_REVIEW")
    assert (row.pause.first_on, row.pause.stops_statutory, status(permit)) == (TUESDAY, False, "PAUSED")

    decide_step(step_id=review.pk, decided_on=date(2026, 11, 12), result="通过", actor=section, today=TODAY)

    row.refresh_from_db()
    assert (row.last_on, row.pause.last_on, status(permit)) == (date(2026, 11, 12),) * 2 + ("RUNNING",)


def test_a_works_permit_accepted_during_the_scheme_review_begins_stopped(dispatcher, section):
    without_gates()
    _, steps = opened(dispatcher)
    accepted(steps["X02"], section)
    permit = accepted(steps["X03"], section, on=TUESDAY)

    assert Occasion.objects.get().pause.first_on == TUESDAY
    assert status(permit) == "PAUSED"


def test_what_takes_place_beside_a_step_ends_with_it(step, section):
    row = begun(step, section)

    decide_step(step_id=step.pk, decided_on=date(2026, 11, 12), result="同意", actor=section, today=TODAY)

    row.refresh_from_db()
    assert (row.last_on, row.outcome) == (date(2026, 11, 12), "随步骤办结结束")
    with pytest.raises(WrongStatus):
        begun(step, section)


def test_odd_events_are_refused_and_the_database_keeps_them_whole(step, section, officer, stranger):
    for more, refusal in (
        ({"expected_end_on": MONDAY}, OccasionOutOfOrder),
        ({"first_on": date(2026, 11, 23), "expected_end_on": date(2026, 11, 24)}, DayOutOfOrder),
        ({"next_step": " "}, ReasonMissing),
    ):
        with pytest.raises(refusal):
            begun(step, section, **more)
    with pytest.raises(PermissionDenied):
        begun(step, officer)
    row = begun(step, section)
    for changes, refusal in (
        ({"last_on": MONDAY}, OccasionOutOfOrder),
        ({"last_on": date(2026, 11, 23)}, DayOutOfOrder),
        ({"outcome": ""}, ReasonMissing),
    ):
        with pytest.raises(refusal):
            over(row, section, **changes)
    with pytest.raises(Occasion.DoesNotExist):
        over(row, stranger)
    over(row, section)
    with pytest.raises(OccasionOutOfOrder):
        over(row, section)
    for broken in ({"why_counted": "两样都写"}, {"outcome": ""}, {"last_on": MONDAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Occasion.objects.update(**broken)


@time_machine.travel("2026-11-20T10:00+08:00", tick=False)
def test_the_page_begins_it_and_the_api_ends_it(step, section, client):
    client.force_login(section)
    page = reverse("approvals:occasion-new", args=[step.pk])
    body = {
        "kind": kind("EXPERT_REVIEW").pk, "title": "专家评审通知", "first_on": "2026-11-18",
        "expected_end_on": "2026-11-17", "next_step": "整理意见",
    }  # fmt: skip

    refused = client.post(page, body)
    file = SimpleUploadedFile("通知.pdf", files.pdf())
    stored = client.post(page, {**body, "expected_end_on": "2026-11-25", "file": file})
    shown = client.get(reverse("approvals:step", args=[step.pk])).content.decode()
    [row] = client.get("/api/v1/occasions/", {"step": step.pk}).json()["results"]
    ended = client.post(
        f"/api/v1/occasions/{row['id']}/end/",
        {"last_on": "2026-11-19", "outcome": "原则通过"},
        content_type="application/json",
    )

    assert (refused.status_code, stored.status_code) == (422, 302)
    assert "预计结束不能早于开始" in refused.content.decode()
    assert "停表中" in shown
    assert row["why_counted"] == ""
    assert (ended.status_code, ended.json()["outcome"]) == (200, "原则通过")
    assert "原则通过" in client.get(reverse("approvals:step", args=[step.pk])).content.decode()


@time_machine.travel("2026-05-12T10:00+08:00", tick=False)
def test_a_hearing_says_by_when_those_concerned_must_have_been_told(dispatcher, section, client):
    """Golden D37: the seventh working day from the day after the notice is the hearing."""
    _, steps = opened(dispatcher, on=date(2026, 4, 1))
    step = accepted(steps["A03"], section, on=date(2026, 5, 8), today=date(2026, 5, 12))
    client.force_login(section)
    body = {
        "title": "听证通知",
        "first_on": "2026-05-12",
        "expected_end_on": "2026-05-12",
        "next_step": "整理笔录",
    }

    said = client.post(
        reverse("approvals:occasion-new", args=[step.pk]), {**body, "kind": kind("HEARING").pk}, follow=True
    ).content.decode()

    assert "最迟应于 2026-04-29 接到通知" in said
