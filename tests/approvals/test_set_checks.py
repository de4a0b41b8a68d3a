"""组卷检查: a set is checked before it goes out; 组卷质量 counts what came back."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction
from django.urls import reverse

from approvals.errors import CheckPromiseOpen, DayOutOfOrder, NothingChecked, WrongStatus
from approvals.models import SetCheck, Step
from approvals.rules import SetResult, set_result
from approvals.services.acceptance import accept_step, reject_step
from approvals.services.checks import CheckedPaper, check_set, settle_paper
from approvals.services.decisions import return_step
from approvals.services.opening import reopen
from approvals.services.receipts import notify_correction, receive_step
from deadlines.models import Deadline
from tests.approvals.scenes import MONDAY, TODAY, accepted, opened

pytestmark = pytest.mark.django_db

FRIDAY = "2026-11-20T10:00+08:00"
THERE = CheckedPaper("申请表", "OK", version="报批稿")
DUE = date(2026, 11, 10)


def owed(name: str = "论证报告", on: date = DUE) -> CheckedPaper:
    return CheckedPaper(name, "PROMISED", promised_by="项目单位 王工", promised_on=on)


@pytest.fixture
def step(dispatcher) -> Step:
    _, steps = opened(dispatcher, name="都匀市经济开发区标准厂房")
    return steps["A03"]


def checked(step: Step, actor, *papers: CheckedPaper, on: date = MONDAY) -> SetCheck:
    return check_set(step_id=step.pk, checked_on=on, papers=papers or [THERE], actor=actor, today=TODAY)


def promises(step: Step) -> list[tuple[str, date | None]]:
    rows = Deadline.objects.filter(subject_id=step.pk, role="MISSING_PAPERS").order_by("pk")
    return list(rows.values_list("state", "due_on"))


@pytest.mark.parametrize(
    ("states", "result"),
    [
        (["OK", "OK"], SetResult.READY),
        (["OK", "PROMISED"], SetResult.PROMISED),
        (["PROMISED", "MISSING", "OK"], SetResult.NOT_READY),
    ],
)
def test_a_missing_paper_holds_the_set_back_and_a_promised_one_does_not(states, result):
    assert set_result(states) is result


def test_the_county_checks_the_set_that_the_bureau_will_receive(step, officer):
    run = checked(step, officer, THERE, owed(), CheckedPaper("勘测报告", "MISSING"))

    assert (run.number, run.result) == (1, "NOT_READY")
    assert list(run.items.values_list("name", "state", "version")) == [
        ("申请表", "OK", "报批稿"), ("论证报告", "PROMISED", ""), ("勘测报告", "MISSING", ""),
    ]  # fmt: skip


def test_promises_of_one_day_share_a_deadline(step, officer):
    checked(step, officer, owed(), owed("勘测报告"), owed("压覆矿证明", date(2026, 11, 14)))

    assert promises(step) == [("RUNNING", DUE), ("RUNNING", date(2026, 11, 16))]


def test_a_promise_is_kept_with_the_last_paper_of_its_day(step, officer):
    run = checked(step, officer, owed(), owed("勘测报告"))
    first, second = run.items.all()

    settle_paper(item_id=first.pk, settled_on=date(2026, 11, 5), actor=officer, today=TODAY)
    assert promises(step) == [("RUNNING", DUE)]
    settle_paper(item_id=second.pk, settled_on=date(2026, 11, 9), actor=officer, today=TODAY)

    assert promises(step) == [("MET", DUE)]
    with pytest.raises(CheckPromiseOpen):
        settle_paper(item_id=second.pk, settled_on=TODAY, actor=officer, today=TODAY)


def test_a_new_run_states_the_promises_anew(step, officer):
    checked(step, officer, owed())

    run = checked(step, officer, THERE, owed("论证报告", date(2026, 11, 24)), on=date(2026, 11, 6))

    assert run.number == 2
    assert [state for state, _ in promises(step)] == ["CANCELLED", "RUNNING"]


def test_acceptance_ends_what_the_check_promised_and_keeps_the_versions(step, officer, section):
    checked(step, officer, CheckedPaper(step.step_type.materials[0][:200], "OK", version="报批稿"), owed())

    accepted(step, section, missing=["论证报告"], promised_on=date(2026, 11, 12))

    assert promises(step) == [("CANCELLED", DUE), ("RUNNING", date(2026, 11, 12))]
    assert step.materials.order_by("pk").first().version == "报批稿"


@pytest.mark.parametrize(
    ("papers", "error"),
    [
        ([], NothingChecked),
        ([THERE, THERE], NothingChecked),
        ([CheckedPaper(" ", "OK")], NothingChecked),
        ([owed(on=MONDAY)], DayOutOfOrder),
        ([CheckedPaper("论证报告", "PROMISED", promised_on=DUE)], DayOutOfOrder),
        ([CheckedPaper("论证报告", "PROMISED", promised_by="王工")], DayOutOfOrder),
    ],
    ids=["nothing", "twice", "nameless", "the same day", "nobody", "no day"],
)
def test_a_check_that_says_too_little_is_refused(step, officer, papers, error):
    with pytest.raises(error):
        check_set(step_id=step.pk, checked_on=MONDAY, papers=papers, actor=officer, today=TODAY)

    assert not SetCheck.objects.exists()
    assert promises(step) == []


def test_days_that_do_not_follow_are_refused(step, officer):
    checked(step, officer)
    for day in (date(2026, 11, 1), date(2026, 11, 21)):
        with pytest.raises(DayOutOfOrder):
            checked(step, officer, on=day)


def test_a_step_that_is_over_is_not_checked(step, section, officer):
    reject_step(step_id=step.pk, rejected_on=TODAY, reason="不属本级", actor=section, today=TODAY)

    with pytest.raises(WrongStatus):
        checked(step, officer)


def test_strangers_and_leaders_check_nothing(step, stranger, leader):
    with pytest.raises(Step.DoesNotExist):
        checked(step, stranger)
    with pytest.raises(PermissionDenied):
        checked(step, leader)


def test_a_run_cannot_be_rewritten(step, officer):
    checked(step, officer)

    with pytest.raises(InternalError), transaction.atomic():
        SetCheck.objects.update(result="READY")


# --- the pages -------------------------------------------------------------------------------------


@time_machine.travel(FRIDAY, tick=False)
def test_a_check_is_filled_in_refused_and_printed(step, officer, client):
    client.force_login(officer)
    address = reverse("approvals:step-check", args=[step.pk])
    lines = {
        "lines": 0, "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "checked_on": "2026-11-20",
        "form-0-name": "申请表", "form-0-state": "OK", "form-0-version": "报批稿",
        "form-1-name": "论证报告", "form-1-state": "PROMISED", "form-1-promised_by": "王工",
    }  # fmt: skip
    blank = client.get(address).content.decode()
    unseen = client.post(address, {**lines, "form-0-state": ""})

    refused = client.post(address, lines)
    done = client.post(address, {**lines, "form-1-promised_on": "2026-11-27"}, follow=True)

    assert step.step_type.materials[0] in blank
    assert "选择这件材料的情况" in unseen.content.decode()
    assert refused.status_code == 422
    assert "写明哪天补齐" in refused.content.decode()
    page = done.content.decode()
    assert "容缺，可以报出" in page
    assert "2026-11-27" in page
    own = client.get(reverse("approvals:step", args=[step.pk])).content.decode()
    assert "第 1 次组卷检查：容缺，可以报出" in own
    item = SetCheck.objects.get().items.get(name="论证报告")
    settled = client.post(
        reverse("approvals:set-check-settle", args=[item.pk]), {"settled_on": "2026-11-20"}, follow=True
    )
    assert "已补齐" in settled.content.decode()


# --- quality ---------------------------------------------------------------------------------------


@pytest.fixture
def sets(dispatcher, section, officer) -> dict[str, Step]:
    """A03 of four projects: checked and accepted, corrected, sent back (and in again), refused."""
    found = {}
    for word in ("first", "corrected", "returned", "rejected"):
        _, steps = opened(dispatcher, name=f"项目{word}")
        found[word] = steps["A03"]
    checked(found["first"], officer)
    accepted(found["first"], section)
    given = {"actor": section, "today": TODAY}
    receive_step(step_id=found["corrected"].pk, received_on=MONDAY, **given)
    notify_correction(
        step_id=found["corrected"].pk, notified_on=date(2026, 11, 4), items=["红线图", "勘测报告"], **given
    )
    accepted(found["returned"], section)
    return_step(step_id=found["returned"].pk, returned_on=date(2026, 11, 9), reason="图数不符", **given)
    again = reopen(step_id=found["returned"].pk, **given)
    accept_step(step_id=again.pk, accepted_on=date(2026, 11, 12), **given)
    reject_step(step_id=found["rejected"].pk, rejected_on=MONDAY, reason="不属本级", **given)
    return found


@time_machine.travel(FRIDAY, tick=False)
def test_the_figures_count_each_round_and_open_their_rows(sets, section, client):
    client.force_login(section)

    figures = client.get(reverse("set-quality-figures")).json()
    page = client.get(reverse("approvals:set-quality")).content.decode()

    [by_code] = figures["by_code"]
    assert by_code == {
        "key": "A03", "label": "A03", "number": 5, "corrected": 1, "returned": 1, "rejected": 1,
        "checked": 1, "first_percent": 40,
    }  # fmt: skip
    assert [(row["label"], row["number"]) for row in figures["by_unit"]] == [("都匀市", 5)]
    assert "40%" in page

    def rows(**asked: str) -> list[str]:
        found = client.get(reverse("set-quality-list"), asked).json()["results"]
        return sorted(row["project_name"] for row in found)

    assert rows(outcome="corrected") == ["项目corrected"]
    assert rows(outcome="returned") == ["项目returned"]
    assert rows(outcome="rejected") == ["项目rejected"]
    assert rows(outcome="first") == ["项目first", "项目returned"]
    assert rows(outcome="unchecked") == ["项目corrected", "项目rejected", "项目returned", "项目returned"]
    assert rows(first="2026-11-03") == ["项目returned"]
    assert rows(first="2025-01-01", last="2025-12-31") == []


@time_machine.travel(FRIDAY, tick=False)
def test_a_check_after_the_set_came_in_is_none_before_it(step, section, officer, client):
    accepted(step, section)
    checked(step, officer, on=date(2026, 11, 3))
    client.force_login(section)

    assert client.get(reverse("set-quality-figures")).json()["total"]["checked"] == 0


@time_machine.travel(FRIDAY, tick=False)
def test_the_sheet_names_the_reasons(sets, section, client):
    client.force_login(section)

    answer = client.get(reverse("approvals:set-quality-export"), {"code": "A03"})

    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active]
    reasons = {row[1]: row[9] for row in rows if str(row[1]).startswith("项目") and row[9]}
    assert reasons["项目corrected"] == "红线图；勘测报告"
    assert reasons["项目returned"] == "图数不符"


@time_machine.travel(FRIDAY, tick=False)
def test_the_api_checks_and_settles(step, officer, stranger, client):
    client.force_login(officer)
    body = {
        "step": step.pk,
        "checked_on": "2026-11-20",
        "papers": [
            {"name": "论证报告", "state": "PROMISED", "promised_by": "王工", "promised_on": "2026-11-27"}
        ],
    }

    made = client.post(reverse("set-check-list"), body, content_type="application/json")
    settled = client.post(
        reverse("set-check-settle", args=[made.json()["id"]]),
        {"item": made.json()["items"][0]["id"], "settled_on": "2026-11-20"},
        content_type="application/json",
    )

    assert (made.status_code, made.json()["result"]) == (201, "PROMISED")
    assert settled.json()["items"][0]["settled_on"] == "2026-11-20"
    client.force_login(stranger)
    assert client.post(reverse("set-check-list"), body, content_type="application/json").status_code == 404
    assert client.get(reverse("set-check-list")).json()["results"] == []
