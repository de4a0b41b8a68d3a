"""Pauses with proof: their end is a promise, and what is to be asked about them is listed."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from approvals.errors import PauseWithoutEnd
from approvals.models import Step
from approvals.rules import PauseFacts, PauseFlag, review_pauses
from approvals.services.decisions import decide_step, return_step
from approvals.services.pauses import pause_step, plan_pause, prove_pause, resume_step
from deadlines import services as clock
from deadlines.errors import DateOutOfOrder, NotPaused
from deadlines.models import Deadline, Pause, PauseKind
from deadlines.selectors import working_calendar
from deadlines.setting_services import PauseKindFacts, set_pause_kind
from dispatch.selectors.reminders import reminders_due
from papers.services import Upload
from papers.services import withdraw as withdraw_paper
from tests.approvals.scenes import MONDAY, TODAY, accepted, kind, opened
from tests.papers import files

pytestmark = pytest.mark.django_db

FRIDAY = "2026-11-20T10:00+08:00"


@pytest.fixture
def step(dispatcher, section) -> Step:
    """The siting opinion, accepted on Monday 2 November."""
    _, steps = opened(dispatcher, name="独山县抽水蓄能电站")
    return accepted(steps["A03"], section)


def paused(step: Step, actor, *, code: str = "EXPERT_REVIEW", first_on: date = date(2026, 11, 3), **more):
    ahead = {} if "last_on" in more else {"expected_end_on": TODAY, "next_step": "整理评审意见"}
    given = {"evidence": "专家评审通知〔2026〕17号", **ahead, **more}
    return pause_step(step_id=step.pk, kind=kind(code), first_on=first_on, actor=actor, today=TODAY, **given)


# --- the rule --------------------------------------------------------------------------------------


def facts(pk: int = 1, **more) -> PauseFacts:
    given = {
        "promise": 1, "kind": "MEETING", "first_on": date(2026, 11, 3), "last_on": date(2026, 11, 5),
        "entered_on": date(2026, 11, 3), "expected_end_on": None, "has_paper": True,
        "usual_days": 3, "usual_number": 2,
    }  # fmt: skip
    return PauseFacts(pk=pk, **{**given, **more})


def review(*pauses: PauseFacts, today: date = TODAY):
    return review_pauses(pauses, today=today, grace_days=1, calendar=working_calendar())


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        ({}, None),
        ({"last_on": date(2026, 11, 6)}, PauseFlag.TOO_LONG),
        ({"last_on": date(2026, 11, 6), "usual_days": None}, None),
        (
            {"first_on": date(2026, 11, 6), "last_on": date(2026, 11, 10), "entered_on": date(2026, 11, 6)},
            None,
        ),
        ({"entered_on": date(2026, 11, 4)}, None),
        ({"entered_on": date(2026, 11, 5)}, PauseFlag.ENTERED_LATE),
        ({"has_paper": False}, PauseFlag.NO_PAPER),
        ({"expected_end_on": date(2026, 11, 4)}, None),
    ],
    ids=[
        "as usual",
        "a day too long",
        "no usual length",
        "weekend inside",
        "next day",
        "late",
        "no paper",
        "over",
    ],
)
def test_a_pause_is_asked_about_from_the_day_too_many_on(change, flag):
    found = review(facts(**change))[1].flags

    assert found == (() if flag is None else (flag,))


def test_an_open_pause_is_asked_about_its_end():
    first = {"first_on": date(2026, 11, 18), "last_on": None, "entered_on": date(2026, 11, 18)}

    assert review(facts(**first))[1].flags == (PauseFlag.NO_END,)
    assert review(facts(**first, expected_end_on=TODAY))[1].flags == ()
    assert review(facts(**first, expected_end_on=date(2026, 11, 19)))[1].flags == (PauseFlag.END_PASSED,)


def test_the_pause_beyond_the_usual_number_is_asked_about_by_its_order():
    days = [date(2026, 11, 9), date(2026, 11, 3), date(2026, 11, 16)]
    same = [facts(pk, first_on=day, last_on=day, entered_on=day) for pk, day in enumerate(days, start=1)]
    other = facts(9, kind="SITE_VISIT", first_on=date(2026, 11, 17), last_on=None, usual_number=1)

    found = review(*same, other)

    assert {pk: row.number for pk, row in found.items()} == {2: 1, 1: 2, 3: 3, 9: 1}
    assert [pk for pk, row in found.items() if PauseFlag.TOO_MANY in row.flags] == [3]


# --- the end is a promise --------------------------------------------------------------------------


def test_the_expected_end_of_an_open_pause_is_a_promise_that_is_reminded(step, section):
    row = paused(step, section, expected_end_on=date(2026, 11, 18), next_step="催收评审意见")

    end = row.end_deadline
    assert (end.role, end.state, end.due_on) == ("PAUSE_END", "RUNNING", date(2026, 11, 18))
    assert end.holder_organisation_id == step.holder_organisation_id
    due = [planned for batch in reminders_due(today=TODAY, calendar=working_calendar()) for planned in batch]
    assert end.pk in {planned.deadline.pk for planned in due}


def test_an_end_on_a_day_off_is_due_on_the_next_working_day(step, section):
    row = paused(step, section, expected_end_on=date(2026, 11, 14))

    assert row.end_deadline.due_on == date(2026, 11, 16)


def test_a_pause_that_is_over_promises_no_end(step, section):
    row = paused(step, section, last_on=date(2026, 11, 5), expected_end_on=date(2026, 11, 10))

    assert row.end_deadline is None


def test_an_end_before_the_beginning_is_refused(step, section):
    with pytest.raises(DateOutOfOrder) as refusal:
        paused(step, section, expected_end_on=date(2026, 11, 2))

    assert refusal.value.facts["expected_end_on"] == date(2026, 11, 2)


def test_the_promise_ends_with_the_pause(step, section):
    row = paused(step, section, expected_end_on=date(2026, 11, 18))

    resume_step(step_id=step.pk, last_on=date(2026, 11, 12), actor=section, today=TODAY)

    end = Deadline.objects.get(pk=row.end_deadline_id)
    assert (end.state, end.stopped_on) == ("MET", date(2026, 11, 12))


@pytest.mark.parametrize("ending", ["decided", "returned"])
def test_the_promise_ends_with_the_step(step, section, ending):
    row = paused(step, section, expected_end_on=date(2026, 11, 18))

    if ending == "decided":
        decide_step(step_id=step.pk, decided_on=TODAY, result="同意", actor=section, today=TODAY)
    else:
        return_step(step_id=step.pk, returned_on=TODAY, reason="图件不符", actor=section, today=TODAY)

    assert not Deadline.objects.get(pk=row.end_deadline_id).is_open
    assert not Deadline.objects.open().filter(subject_id=step.pk, role="PAUSE_END").exists()


def test_another_expected_end_moves_the_same_promise(step, section):
    row = paused(step, section, expected_end_on=date(2026, 11, 18))

    plan_pause(
        pause_id=row.pk, expected_end_on=date(2026, 11, 27), next_step="补评审", actor=section, today=TODAY
    )

    end = Deadline.objects.get(pk=row.end_deadline_id)
    assert (end.due_on, end.is_open) == (date(2026, 11, 27), True)
    row.refresh_from_db()
    assert (row.expected_end_on, row.next_step, row.end_deadline_id) == (date(2026, 11, 27), "补评审", end.pk)


def test_a_pause_that_lasts_says_its_end_and_what_comes_next(step, section):
    for missing in ({"expected_end_on": None}, {"next_step": " "}):
        with pytest.raises(PauseWithoutEnd) as refusal:
            paused(step, section, **missing)
        # Fifteen working days from Tuesday 3 November, both ends included.
        assert refusal.value.facts == {"kind": "EXPERT_REVIEW", "proposed": date(2026, 11, 23)}

    assert not Pause.objects.exists()


def test_a_pause_of_old_without_an_end_gets_one_later(step, section):
    row = clock.pause(
        deadline_id=step.deadline_id, kind=kind("EXPERT_REVIEW"), first_on=date(2026, 11, 3), last_on=None,
        evidence="通知", expected_end_on=None, next_step="", actor=section, today=TODAY,
    )  # fmt: skip
    assert row.end_deadline is None

    plan_pause(pause_id=row.pk, expected_end_on=date(2026, 11, 27), actor=section, today=TODAY)

    row.refresh_from_db()
    assert row.end_deadline.due_on == date(2026, 11, 27)


def test_no_end_is_planned_for_a_pause_that_is_over(step, section):
    row = paused(step, section, last_on=date(2026, 11, 5))

    with pytest.raises(NotPaused):
        plan_pause(pause_id=row.pk, expected_end_on=date(2026, 11, 27), actor=section, today=TODAY)


def test_only_the_step_s_side_plans_and_proves(step, section, officer, leader):
    row = paused(step, section)

    for actor in (officer, leader):
        with pytest.raises((PermissionDenied, Step.DoesNotExist)):
            plan_pause(pause_id=row.pk, expected_end_on=TODAY, actor=actor, today=TODAY)
        with pytest.raises((PermissionDenied, Step.DoesNotExist)):
            prove_pause(pause_id=row.pk, proof=Upload("a.pdf", files.pdf()), actor=actor, today=TODAY)


# --- proof -----------------------------------------------------------------------------------------


def test_proof_hangs_in_the_dossier_and_a_withdrawn_one_proves_nothing(step, section, client):
    row = paused(step, section, proof=Upload("评审通知.pdf", files.pdf()))
    client.force_login(section)
    with time_machine.travel(FRIDAY, tick=False):
        address = f"{reverse('approvals:pauses')}?flag=no_paper"

        assert row.paper.project_id == step.project_id
        assert row.paper.title == "专家评审通知〔2026〕17号"
        assert "没有符合条件的暂停" in client.get(address).content.decode()

        withdraw_paper(actor=section, paper=row.paper, reason="传错")

        assert step.project.name in client.get(address).content.decode()


# --- the kinds -------------------------------------------------------------------------------------


def test_what_is_usual_is_set_from_a_day_on(step, section, dispatcher, client):
    paused(step, section, last_on=date(2026, 11, 5))
    known = kind("EXPERT_REVIEW")
    names = ("label", "stops_statutory", "stops_committed", "evidence_hint", "basis", "side")

    row = set_pause_kind(
        code="EXPERT_REVIEW",
        effective_from=date(2026, 11, 10),
        facts=PauseKindFacts(**{name: getattr(known, name) for name in names}, usual_days=2, usual_number=1),
        actor=dispatcher,
    )

    assert (row.usual_days, row.usual_number) == (2, 1)
    assert PauseKind.objects.filter(code="EXPERT_REVIEW").count() == 2
    client.force_login(section)
    with time_machine.travel(FRIDAY, tick=False):
        # The pause keeps the version under which it was entered.
        answer = client.get(reverse("pause-figures")).json()
    assert answer["flags"]["too_long"] == 0


# --- the pages -------------------------------------------------------------------------------------


@pytest.fixture
def some(step, section) -> list[Pause]:
    """A pause entered weeks late and too long, and an open one past its end; both entered on Friday."""
    with time_machine.travel(FRIDAY, tick=False):
        return [
            paused(
                step, section, code="MEETING", first_on=MONDAY, last_on=date(2026, 11, 9), evidence="会议通知"
            ),
            paused(step, section, first_on=date(2026, 11, 19), expected_end_on=date(2026, 11, 19)),
        ]


@time_machine.travel(FRIDAY, tick=False)
def test_the_tabs_count_and_open_their_rows(some, section, client):
    client.force_login(section)

    page = client.get(reverse("approvals:pauses")).content.decode()
    late = client.get(reverse("approvals:pauses"), {"flag": "end_passed"}).content.decode()

    assert page.count("独山县抽水蓄能电站") == 2
    assert "事后补录 <span>1</span>" in page
    assert "时间过长 <span>1</span>" in page
    assert "专家评审" in late
    assert late.count("独山县抽水蓄能电站") == 1


@time_machine.travel(FRIDAY, tick=False)
def test_last_year_s_pauses_are_found_by_their_days(step, section, client):
    row = paused(step, section, last_on=date(2026, 11, 5))
    Pause.objects.filter(pk=row.pk).update(first_on=date(2025, 11, 3), last_on=date(2025, 11, 5))
    client.force_login(section)

    def shown(**asked: str) -> bool:
        return step.project.name in client.get(reverse("approvals:pauses"), asked).content.decode()

    assert not shown()
    assert shown(first="2025-11-05", last="2025-11-30")
    assert not shown(first="2025-11-06", last="2025-11-30")
    assert not shown(first="2025-01-01", last="2025-11-02")


@time_machine.travel(FRIDAY, tick=False)
def test_the_sheet_holds_what_the_page_shows(some, section, client):
    client.force_login(section)

    answer = client.get(reverse("approvals:pauses-export"), {"kind": "MEETING"})

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    [found] = [row for row in rows if row[1] == "独山县抽水蓄能电站"]
    assert found[5] == "会议"
    assert found[8] == 6
    assert "时间过长" in found[16]


@time_machine.travel(FRIDAY, tick=False)
def test_a_pause_is_planned_and_proved_on_its_page(step, section, client):
    row = paused(step, section)
    client.force_login(section)

    refused = client.post(
        reverse("approvals:pause-plan", args=[row.pk]), {"expected_end_on": "2026-11-02", "next_step": "催办"}
    )
    client.post(
        reverse("approvals:pause-plan", args=[row.pk]), {"expected_end_on": "2026-11-27", "next_step": "催办"}
    )
    client.post(
        reverse("approvals:pause-proof", args=[row.pk]),
        {"proof": SimpleUploadedFile("通知.pdf", files.pdf())},
    )

    page = client.get(reverse("approvals:step", args=[step.pk])).content.decode()
    assert refused.status_code == 422
    assert "早于暂停开始日" in refused.content.decode()
    assert "2026-11-27" in page
    assert "催办" in page
    assert "PDF 文件" in page


@time_machine.travel(FRIDAY, tick=False)
def test_the_action_form_takes_the_file_along(step, section, client):
    client.force_login(section)

    client.post(
        reverse("approvals:step-pause", args=[step.pk]),
        {
            "kind": kind("EXPERT_REVIEW").pk,
            "first_on": "2026-11-18",
            "evidence": "评审通知",
            "proof": SimpleUploadedFile("通知.pdf", files.pdf()),
            "expected_end_on": "2026-11-25",
            "next_step": "整理评审意见",
        },
    )

    row = Pause.objects.get(deadline=step.deadline)
    assert row.paper.filename == "通知.pdf"
    assert row.end_deadline.due_on == date(2026, 11, 25)


@time_machine.travel(FRIDAY, tick=False)
def test_the_api_says_what_the_page_says_and_takes_the_same(some, section, stranger, client):
    client.force_login(section)

    listed = client.get(reverse("pause-list"), {"flag": "too_long"}).json()["results"]
    planned = client.post(
        reverse("pause-plan", args=[some[1].pk]),
        {"expected_end_on": "2026-11-30", "next_step": "评审会后恢复"},
        content_type="application/json",
    )
    proved = client.post(
        reverse("pause-proof", args=[some[1].pk]), {"file": SimpleUploadedFile("意见.pdf", files.pdf())}
    )

    assert [(row["id"], row["days"], row["number"]) for row in listed] == [(some[0].pk, 6, 1)]
    assert planned.json()["expected_end_on"] == "2026-11-30"
    assert proved.status_code == 201
    assert proved.json()["paper"] is not None
    assert proved.json()["flags"] == []
    client.force_login(stranger)
    assert client.get(reverse("pause-list")).json()["results"] == []


@time_machine.travel(FRIDAY, tick=False)
def test_settings_are_read_and_set_over_the_api(section, dispatcher, client):
    client.force_login(dispatcher)
    kinds = client.get(reverse("pause-kind-list"), {"page_size": 100}).json()["results"]
    periods = client.get(reverse("handling-setting-list")).json()["results"][0]
    asked = {name: value for name, value in periods.items() if name not in ("id",)}

    done = client.post(
        reverse("handling-setting-list"),
        {**asked, "effective_from": "2027-01-01", "notice_days": 4, "note": "局办公会议定"},
        content_type="application/json",
    )
    lamps = client.post(
        reverse("lamp-setting-list"),
        {
            "effective_from": "2027-01-01",
            "share_percent": 30,
            "most_days": 5,
            "validity_days": 60,
            "note": "试行",
        },
        content_type="application/json",
    )
    reminders = client.post(
        reverse("reminder-setting-list"),
        {
            "effective_from": "2027-01-01",
            "working_days_before": [5, 1],
            "validity_days_before": [30],
            "note": "试行",
        },
        content_type="application/json",
    )
    again = client.post(
        reverse("pause-kind-list"),
        {
            **{name: value for name, value in kinds[0].items() if name not in ("id", "effective_to")},
            "effective_from": "2004-07-01",
        },
        content_type="application/json",
    )

    assert {row["code"]: row["usual_days"] for row in kinds}["MEETING"] == 3
    assert (done.status_code, done.json()["notice_days"]) == (201, 4)
    assert (lamps.status_code, reminders.status_code) == (201, 201)
    assert (again.status_code, again.json()["code"]) == (409, "setting_out_of_order")
