"""The pages and the API of gates, targets and cases."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from approvals.models import GateOverride, GateRule, Step, StockTarget, ViolationCase
from papers.models import Paper
from tests.approvals.test_gates import case_of, review
from tests.papers import files

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("批复.pdf", files.pdf(text="批复"), content_type="application/pdf")


RELEASE = {
    "gates": ["FARMLAND"],
    "doc_no": "黔南府函[2026]3号",
    "authority": "州人民政府",
    "dated_on": "2026-11-02",
    "reason": "重大项目先行",
}


def test_a_closed_gate_refuses_on_the_page_and_keeps_what_was_typed(client, section, dispatcher):
    step = review(dispatcher, pbf_m2=500)
    client.force_login(section)
    address = reverse("approvals:step-accept", args=[step.pk])

    before = client.get(address).content.decode()
    answer = client.post(address, {"accepted_on": "2026-11-02", "limit_id": ""})

    assert "闸门未通过，不能受理" in before
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "永久基本农田" in page
    assert 'value="2026-11-02"' in page
    assert Step.objects.get(pk=step.pk).status == "NOT_STARTED"


def test_the_printed_page_names_clause_lack_and_contact(client, officer, dispatcher):
    step = review(dispatcher, pbf_m2=500)
    client.force_login(officer)

    page = client.get(reverse("approvals:step-gates", args=[step.pk])).content.decode()

    rule = GateRule.objects.get(gate="FARMLAND")
    assert rule.clause in page
    assert rule.contact in page
    assert "占用永久基本农田 0.0500 公顷，没有有权机关的批准文号" in page
    assert "data-lg-print" in page


def test_a_proof_from_its_page_opens_the_gate(client, section, dispatcher):
    step = review(dispatcher, pbf_m2=500)
    client.force_login(section)
    address = reverse("approvals:gate-state", args=[step.project_id, "FARMLAND"])

    refused = client.post(address, {"doc_no": "国函[2026]3号", "authority": "", "dated_on": "2026-11-02"})
    given = {"doc_no": "国函[2026]3号", "authority": "国务院", "dated_on": "2026-11-02", "area_ha": "0.05"}
    answer = client.post(address, given | {"file": upload()})

    assert refused.status_code == 422
    assert "国函[2026]3号" in refused.content.decode()
    assert answer.status_code == 302
    page = client.get(reverse("approvals:step-gates", args=[step.pk])).content.decode()
    assert "可以受理" in page
    assert "国务院 国函〔2026〕3号" in page
    assert "批复.pdf" in page


@pytest.mark.parametrize("gate", ["VIOLATION", "VALIDITY", "nothing"])
def test_a_gate_that_takes_no_proof_has_no_page_for_it(client, section, dispatcher, gate):
    step = review(dispatcher)
    client.force_login(section)

    assert client.get(reverse("approvals:gate-state", args=[step.project_id, gate])).status_code == 404


def test_a_release_needs_its_paper_and_is_seen_on_step_and_page(client, section, dispatcher):
    step = review(dispatcher, pbf_m2=500)
    client.force_login(dispatcher)
    address = reverse("approvals:gate-override", args=[step.pk])

    refused = client.post(address, RELEASE)
    answer = client.post(address, RELEASE | {"file": upload()})

    assert refused.status_code == 422
    assert answer.status_code == 302
    assert "重大项目先行" in client.get(answer.url).content.decode()
    client.force_login(section)
    client.post(reverse("approvals:step-accept", args=[step.pk]), {"accepted_on": "2026-11-20"})
    shown = client.get(reverse("approvals:step", args=[step.pk])).content.decode()
    assert "凭文件放行“永久基本农田”：州人民政府 黔南府函〔2026〕3号" in shown


def test_the_list_shows_what_is_closed_and_its_export_says_the_same(client, leader, dispatcher):
    step = review(dispatcher, pbf_m2=500, eco_redline_m2=9)
    client.force_login(leader)

    page = client.get(reverse("approvals:gates"), {"code": "B02"}).content.decode()
    only = client.get(reverse("approvals:gates"), {"code": "B02", "gate": "RED_LINE"})
    near = client.get(reverse("approvals:gates"), {"only": "near"}).content.decode()
    file = client.get(reverse("approvals:gates-export"), {"code": "B02"})

    assert page.count(step.project.name) == 2
    assert "没有有权机关的批准文号" in page
    assert [row.reading.gate.value for row in only.context["rows"]] == ["RED_LINE"]
    assert "没有未通过的闸门" in near
    sheet = openpyxl.load_workbook(
        BytesIO(b"".join(file.streaming_content) if file.streaming else file.content)
    )
    cells = {cell for row in sheet.active.iter_rows(values_only=True) for cell in row}
    assert {"永久基本农田", "生态保护红线", step.project.name} <= cells


def test_the_dossier_shows_the_gates_before_anybody_tries(client, officer, dispatcher):
    step = review(dispatcher, pbf_m2=500)
    case_of(step, officer)
    client.force_login(officer)

    page = client.get(reverse("desk:dossier", args=[step.project_id]), {"tab": "gates"}).content.decode()

    assert "有未通过的闸门" in page
    assert "违法用地案件发现，2026-11-02 发现" in page
    assert reverse("approvals:gate-state", args=[step.project_id, "FARMLAND"]) in page


def test_a_gate_is_revised_on_its_page(client, dispatcher):
    client.force_login(dispatcher)
    address = reverse("approvals:gate-rule-edit", args=["FOREST"])
    values = {"effective_from": "2026-12-01", "step_codes": "B02、X01", "clause": "森林法第三十七条"}
    values |= {"least_percent": "100", "closes_when_unknown": "on", "note": "扩大到规划许可"}

    refused = client.post(address, values | {"step_codes": "Q99"})
    answer = client.post(address, values)

    assert refused.status_code == 422
    assert answer.status_code == 302
    assert GateRule.objects.get(gate="FOREST", effective_from=date(2026, 12, 1)).step_codes == ["B02", "X01"]
    assert "扩大到规划许可" in client.get(answer.url).content.decode()


def test_a_broken_floor_is_seen_on_the_page_of_targets(client, dispatcher, officer):
    client.force_login(dispatcher)
    values = {"organisation": "522701", "effective_from": "2026-11-01", "basis": "黔南府发〔2026〕5号"}
    values |= {"arable_target": "100", "arable_held": "99.5", "basic_target": "80", "basic_held": "80"}

    answer = client.post(reverse("approvals:stock-target-new"), values)

    assert answer.status_code == 302
    assert StockTarget.objects.get().arable_held_m2 == 995_000
    client.force_login(officer)
    assert "突破目标" in client.get(reverse("approvals:stock-targets")).content.decode()


def test_a_case_runs_from_finding_to_its_end_on_its_pages(client, section, dispatcher):
    step = review(dispatcher)
    client.force_login(section)
    finding = {"project_code": step.project.number, "matter": "LAND", "place": "墨冲镇", "facts": "未批先建"}
    finding |= {"area_ha": "0.05", "found_on": "2026-11-02"}

    refused = client.post(reverse("approvals:violation-new"), finding | {"project_code": "没有"})
    client.post(reverse("approvals:violation-new"), finding)
    case = ViolationCase.objects.get()
    moves = [
        ("file", {"filed_on": "2026-11-03", "case_no": "匀罚立〔2026〕5号"}),
        ("decide", {"decided_on": "2026-11-04", "decision_no": "匀罚〔2026〕5号", "fine_yuan": "60000"}),
        ("close", {"closed_on": "2026-11-05", "reason": "罚款已缴"}),
    ]
    for move, values in moves:
        assert (
            client.post(reverse("approvals:violation-move", args=[case.pk, move]), values).status_code == 302
        )

    assert refused.status_code == 422
    case.refresh_from_db()
    assert (case.state, case.project_id, case.area_m2) == ("CLOSED", step.project_id, 500)
    page = client.get(reverse("approvals:violations"), {"state": "CLOSED"}).content.decode()
    assert "匀罚立〔2026〕5号" in page
    assert "60,000" in page
    assert client.get(reverse("approvals:violations-export")).status_code == 200


def test_the_api_says_and_does_what_the_pages_do(client, dispatcher):
    step = review(dispatcher, pbf_m2=500)
    client.force_login(dispatcher)
    with_json = {"content_type": "application/json"}

    listed = client.get("/api/v1/closed-gates/", {"code": "B02"}).json()
    refused = client.post(f"/api/v1/steps/{step.pk}/accept/", {"accepted_on": "2026-11-20"}, **with_json)
    client.post(
        reverse("approvals:gate-state", args=[step.project_id, "FARMLAND"]),
        {"doc_no": "国函〔2026〕3号", "authority": "国务院", "dated_on": "2026-11-02", "area_ha": "0.04"}
        | {"file": upload()},
    )
    paper = Paper.objects.get().pk
    one = client.get(f"/api/v1/step-gates/{step.pk}/").json()
    answer = client.post(f"/api/v1/step-gates/{step.pk}/override/", RELEASE | {"paper": paper}, **with_json)

    assert [(row["gate"], row["step"]) for row in listed["results"]] == [("FARMLAND", step.pk)]
    assert refused.status_code == 409
    assert refused.json()["code"] == "gate_closed"
    assert refused.json()["facts"]["gates"][0]["gate"] == "FARMLAND"
    closed = [row for row in one["gates"] if row["verdict"] == "CLOSED"]
    assert "只批准 0.0400 公顷" in closed[0]["missing"][0]
    assert answer.status_code == 200
    assert GateOverride.objects.get().paper_id == paper
    assert client.get("/api/v1/closed-gates/", {"code": "B02"}).json()["results"] == []


def test_statements_rules_targets_and_cases_are_entered_over_the_api(client, dispatcher):
    step = review(dispatcher, pbf_m2=500)
    client.force_login(dispatcher)
    posts = {
        "gate-statements": {
            "project": step.project_id, "gate": "FARMLAND", "doc_no": "国函〔2026〕3号",
            "authority": "国务院", "dated_on": "2026-11-02", "area_m2": 500,
        },
        "gate-rules": {
            "gate": "FOREST", "effective_from": "2026-12-01", "step_codes": ["X01"], "clause": "条款",
            "note": "说明",
        },
        "stock-targets": {
            "organisation": "522701", "effective_from": "2026-11-01", "arable_target_m2": 1,
            "arable_held_m2": 2, "basic_target_m2": 1, "basic_held_m2": 2, "basis": "文件",
        },
        "violations": {"organisation": "522701", "place": "镇", "facts": "事实", "found_on": "2026-11-02"},
    }  # fmt: skip

    answers = {
        name: client.post(f"/api/v1/{name}/", body, content_type="application/json")
        for name, body in posts.items()
    }

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(posts, 201)
    case = answers["violations"].json()["id"]
    filed = client.post(
        f"/api/v1/violations/{case}/file/",
        {"filed_on": "2026-11-03", "case_no": "一号"},
        content_type="application/json",
    )
    assert filed.json()["state"] == "FILED"
    assert client.get("/api/v1/violations/", {"state": "CLOSED"}).json()["results"] == []
