"""A step's pages and its API."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from approvals.models import HandlingSetting, Step, StepType
from approvals.rules import Verb
from tests.approvals.scenes import TODAY, accepted, kind, opened

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


def address(verb: str, step: Step) -> str:
    return reverse(f"approvals:step-{verb}", args=[step.pk])


def test_the_acceptance_page_warns_of_what_should_come_first(client, section, dispatcher):
    _, steps = opened(dispatcher)
    client.force_login(section)

    page = client.get(address("accept", steps["A03"])).content.decode()

    assert "前置步骤未满足" in page
    assert "A02 选址论证尚未办结（未启动）" in page


def test_the_forms_say_the_periods_of_the_rows_in_force(client, section, dispatcher):
    _, steps = opened(dispatcher)
    HandlingSetting.objects.update(joint_days=44, joint_extension_days=14)
    joint = accepted(steps["A03"], section, is_joint=True)
    client.force_login(section)

    extend, reissue = (client.get(address(verb, joint)).content.decode() for verb in ("extend", "reissue"))

    assert "法定线共可延长 14 个工作日" in extend
    assert "法定时限改按 44 个工作日，可延长 14 个工作日" in reissue


def test_a_step_is_accepted_from_its_page(client, section, dispatcher):
    project, steps = opened(dispatcher)
    client.force_login(section)

    response = client.post(
        address("accept", steps["A03"]),
        {"accepted_on": "2026-11-02", "missing": ["申请报告"], "promised_on": "2026-11-09"},
    )

    assert response.status_code == 302
    assert response.url == f"{reverse('desk:dossier', args=[project.pk])}#step-A03"
    steps["A03"].refresh_from_db()
    assert steps["A03"].status == "RUNNING"


def test_a_refusal_keeps_what_was_typed(client, section, dispatcher):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)
    client.force_login(section)

    response = client.post(
        address("pause", step),
        {
            "kind": kind("MEETING").pk,
            "first_on": "2026-11-01",
            "evidence": "会议通知〔2026〕3号",
            "expected_end_on": "2026-11-23",
            "next_step": "会后办理",
        },
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "早于起算日" in page
    assert "会议通知〔2026〕3号" in page
    assert not step.deadline.pauses.exists()


def test_only_the_reasons_of_the_step_are_offered(client, section, dispatcher):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)
    client.force_login(section)

    page = client.get(address("pause", step)).content.decode()

    assert "会议（只停承诺线" in page
    assert "听证（两条线都停" in page
    assert "实地踏勘" not in page


@pytest.mark.parametrize("verb", list(Verb))
def test_every_action_page_answers_in_every_state(client, section, dispatcher, verb):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section, missing=["申请报告"])
    client.force_login(section)

    for row in (step, steps["A08"], steps["Z06"], steps["A01"]):
        assert client.get(address(verb.value, row)).status_code == 200


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_finds_no_step(client, stranger, dispatcher, verb, method):
    _, steps = opened(dispatcher)
    client.force_login(stranger)

    assert getattr(client, method)(address(verb.value, steps["Z01"])).status_code == 404
    assert client.get(reverse("approvals:step", args=[steps["Z01"].pk])).status_code == 404


@pytest.mark.parametrize("verb", list(Verb))
def test_a_county_does_not_run_the_prefectures_step(client, officer, dispatcher, verb):
    _, steps = opened(dispatcher)
    client.force_login(officer)

    assert client.post(address(verb.value, steps["A03"])).status_code == 403
    page = client.get(reverse("approvals:step", args=[steps["A03"].pk]))
    assert page.status_code == 200
    assert address("accept", steps["A03"]) not in page.content.decode()


# --- the sheet ---------------------------------------------------------------------------------


def test_the_sheet_shows_each_day_with_its_reason(client, section, dispatcher):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section, on=date(2026, 9, 28))
    client.force_login(section)

    page = client.get(reverse("deadlines:sheet", args=[step.deadline_id])).content.decode()

    assert "国庆节" in page
    assert "调休上班" in page
    assert "到期日 2026-09-29" in page
    assert "行政许可法42条" in page
    assert "2026 年（正式）" in page


def test_a_long_validity_is_told_in_a_sentence(client, section, dispatcher):
    from approvals.services.decisions import decide_step

    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)
    step = decide_step(step_id=step.pk, decided_on=TODAY, result="核发", actor=section, today=TODAY)
    client.force_login(section)

    page = client.get(reverse("deadlines:sheet", args=[step.decision.validity_id])).content.decode()

    assert "有效期至 2029-11-20" in page
    assert "逐日表" not in page


def test_a_date_that_may_still_change_says_so(client, section, dispatcher):
    _, steps = opened(dispatcher)
    with time_machine.travel("2026-12-30T10:00:00+08:00", tick=False):
        step = accepted(steps["A03"], section, on=date(2026, 12, 28), today=date(2026, 12, 30))
        client.force_login(section)
        page = client.get(reverse("deadlines:sheet", args=[step.deadline_id])).content.decode()
        dossier = client.get(reverse("desk:dossier", args=[step.project_id])).content.decode()

    assert "暂定" in page
    assert "暂定" in dossier


def test_a_stranger_finds_no_sheet(client, stranger, section, dispatcher):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)
    client.force_login(stranger)

    assert client.get(reverse("deadlines:sheet", args=[step.deadline_id])).status_code == 404
    assert client.get(reverse("deadline-detail", args=[step.deadline_id])).status_code == 404
    assert client.get(reverse("deadline-sheet", args=[step.deadline_id])).status_code == 404


# --- the catalogue -----------------------------------------------------------------------------


def test_the_catalogue_shows_limits_with_their_evidence(client, officer):
    client.force_login(officer)

    page = client.get(reverse("approvals:catalogue")).content.decode()

    assert "现行 45 个步骤" in page
    assert "未核实、公开资料摘录" in page


def test_the_catalogue_reads_in_a_fixed_number_of_queries(officer, django_assert_num_queries):
    from approvals import selectors

    with django_assert_num_queries(2):
        for row in selectors.catalogue(TODAY):
            list(row.limits.all())


def revision(**changes: object) -> dict[str, object]:
    return {
        "effective_from": "2027-01-01",
        "revision_note": "州政府承诺缩短",
        "name": "建设项目用地预审与选址意见书",
        "short": "用地预审",
        "materials": "申请表\n申请报告",
        "limits-TOTAL_FORMS": "1",
        "limits-INITIAL_FORMS": "0",
        "limits-0-line": "statutory",
        "limits-0-value": "15",
        "limits-0-unit": "wd",
        "limits-0-kind": "max",
        "limits-0-basis": "新规定",
        **changes,
    }


def test_the_dispatch_office_revises_a_step_type(client, dispatcher):
    client.force_login(dispatcher)

    assert client.get(reverse("approvals:step-type-edit", args=["A03"])).status_code == 200
    response = client.post(reverse("approvals:step-type-edit", args=["A03"]), revision())

    assert response.status_code == 302
    newest = StepType.objects.get(code="A03", effective_to=None)
    assert newest.materials == ["申请表", "申请报告"]
    assert [row.value for row in newest.limits.all()] == [15]
    page = client.get(reverse("approvals:step-type", args=["A03"])).content.decode()
    assert "州政府承诺缩短" in page


def test_a_limit_without_a_unit_is_refused(client, dispatcher):
    client.force_login(dispatcher)

    response = client.post(
        reverse("approvals:step-type-edit", args=["A03"]), revision(**{"limits-0-unit": ""})
    )

    assert response.status_code == 422
    assert "填了时限须选单位" in response.content.decode()


def test_others_read_the_catalogue_only(client, officer):
    client.force_login(officer)

    assert client.get(reverse("approvals:step-type", args=["A03"])).status_code == 200
    assert client.get(reverse("approvals:step-type", args=["Q99"])).status_code == 404
    assert client.post(reverse("approvals:step-type-edit", args=["A03"]), revision()).status_code == 403


# --- the API -----------------------------------------------------------------------------------


def test_a_step_runs_over_the_api(client, section, dispatcher):
    _, steps = opened(dispatcher)
    client.force_login(section)
    pk = steps["A03"].pk

    def act(verb: str, **data: object):
        return client.post(f"/api/v1/steps/{pk}/{verb}/", data, content_type="application/json")

    done = act("accept", accepted_on="2026-11-02", missing=["申请报告"])
    assert done.status_code == 200
    assert done.json()["lines"]["committed"]["due_on"] == "2026-11-03"
    assert done.json()["lamp"] == "red"
    paused = act(
        "pause",
        kind="MEETING",
        first_on="2026-11-03",
        evidence="会议通知",
        expected_end_on="2026-11-23",
        next_step="会后办理",
    )
    assert paused.json()["lines"]["committed"]["is_paused"] is True
    assert paused.json()["lines"]["statutory"]["is_paused"] is False
    assert act("resume", last_on="2026-11-19").json()["due_on"] == "2026-11-20"
    paper = next(row for row in paused.json()["materials"] if row["is_missing"])
    assert act("supply", material_id=paper["id"], supplied_on="2026-11-19").status_code == 200
    ended = act("decide", decided_on="2026-11-20", result="核发", doc_no="黔自然资[2026]9号")
    assert ended.json()["decision"]["valid_until"] == "2029-11-20"
    assert ended.json()["decision"]["doc_no"] == "黔自然资〔2026〕9号"
    again = act("decide", decided_on="2026-11-20", result="核发")
    assert again.status_code == 409
    assert again.json()["code"] == "wrong_status"
    assert again.json()["facts"] == {"step": "A03", "status": "DONE", "verb": "decide"}


def test_the_api_says_what_is_wrong_with_the_input(client, section, dispatcher):
    _, steps = opened(dispatcher)
    client.force_login(section)

    response = client.post(f"/api/v1/steps/{steps['A03'].pk}/accept/", {}, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["facts"].keys() == {"accepted_on"}


@pytest.mark.parametrize(
    ("who", "code", "status"),
    [
        ("county", "Z02", 200),
        ("county", "A03", 403),
        ("section", "A03", 200),
        ("dispatch", "A03", 200),
        ("leader", "A03", 403),
        ("sysadmin", "A03", 403),
        ("department", "A03", 404),
        ("stranger", "Z02", 404),
    ],
)
def test_the_api_knows_the_roles(client, people, dispatcher, who, code, status):
    _, steps = opened(dispatcher)
    client.force_login(people[who])

    response = client.post(
        f"/api/v1/steps/{steps[code].pk}/accept/",
        {"accepted_on": "2026-11-20"},
        content_type="application/json",
    )

    assert response.status_code == status


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("status=RUNNING", {"A03", "Z02"}),
        ("lamp=red", {"A03"}),
        ("code=Z02", {"Z02"}),
        ("holder=522700-ZRZY-YTGZ&status=RUNNING", {"A03"}),
        ("due_before=2026-11-03", {"A03"}),
        ("due_after=2026-11-04", set()),
    ],
)
def test_the_step_list_is_filtered(client, section, dispatcher, query, codes):
    _, steps = opened(dispatcher)
    accepted(steps["A03"], section)
    accepted(steps["Z02"], section)
    client.force_login(section)

    rows = client.get(f"/api/v1/steps/?{query}").json()["results"]

    assert {row["code"] for row in rows} == codes


@pytest.mark.parametrize("length", [1, 20])
@pytest.mark.parametrize("route", ["step-list", "deadline-list"])
def test_api_lists_read_in_a_fixed_number_of_queries(
    client, section, dispatcher, django_assert_num_queries, route, length
):
    for _ in range(length):
        _, steps = opened(dispatcher)
        accepted(steps["A03"], section, missing=["申请报告"])
    client.force_login(section)
    client.get(reverse(route))

    with django_assert_num_queries({"step-list": 8, "deadline-list": 6}[route]):
        client.get(reverse(route), {"lamp": "red", "code": "A03"})


def test_the_deadline_list_has_lamps_and_sheets(client, section, dispatcher):
    _, steps = opened(dispatcher)
    step = accepted(steps["A03"], section)
    client.force_login(section)

    [row] = client.get("/api/v1/deadlines/?lamp=red").json()["results"]
    sheet = client.get(f"/api/v1/deadlines/{step.deadline_id}/sheet/").json()

    assert (row["subject_code"], row["due_on"]) == ("A03", "2026-11-03")
    assert sheet["lines"][0]["days"][1] == {
        "day": "2026-11-03",
        "kind": "counted",
        "number": 1,
        "note": "",
        "is_due": True,
        "is_today": False,
        "is_provisional": False,
    }


def test_the_catalogue_is_read_and_revised_over_the_api(client, dispatcher, officer):
    client.force_login(officer)
    assert len(client.get("/api/v1/step-types/").json()["results"]) == 45
    body = {
        "effective_from": "2027-01-01",
        "revision_note": "缩短",
        "limits": [{"line": "committed", "value": 1, "unit": "wd", "kind": "max", "basis": "承诺"}],
    }
    refused = client.post("/api/v1/step-types/A03/revise/", body, content_type="application/json")
    assert refused.status_code == 403

    client.force_login(dispatcher)
    made = client.post("/api/v1/step-types/A03/revise/", body, content_type="application/json")

    assert made.status_code == 201
    assert made.json()["effective_from"] == "2027-01-01"
