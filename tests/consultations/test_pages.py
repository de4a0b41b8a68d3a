"""The council's pages and their twins in the API."""

from __future__ import annotations

import io
from datetime import date

import docx
import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from consultations.models import Meeting, MeetingSetting, Topic, TopicKind
from consultations.selectors.topics import kinds_in_force, setting_on
from tests.consultations.scenes import (
    FOREST,
    MET,
    called,
    collected,
    council,
    kind,
    raised,
    resolved,
    running,
    whole,
)
from tests.duties.scenes import raised as problem_raised
from tests.factories import ProjectFactory

NOW = "2026-09-16T10:00+08:00"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


def test_the_api_runs_a_topic_from_raising_to_tasks(dispatcher: User, officer: User, stranger: User):
    council(dispatcher)
    county, office = client_of(officer), client_of(dispatcher)
    body = {"title": "使用林地", "kind": "FOREST", "situation": "定额未落实", "project": ProjectFactory().pk}
    made = county.post("/api/v1/topics/", body, content_type="application/json")
    assert (made.status_code, made.json()["state"], made.json()["lead"]) == (201, "RAISED", FOREST)
    pk = made.json()["id"]

    def post(client: Client, path: str, body: object = None, status: int = 200):
        answer = client.post(f"/api/v1/{path}/", body or {}, content_type="application/json")
        assert answer.status_code == status, answer.content.decode()
        return answer.json()

    refused = post(office, f"topics/{pk}/collect", {"scopes": ["ORDERED"]}, 409)
    assert (refused["code"], refused["facts"]["scopes"]) == ("out_of_scope", ["ORDERED"])
    post(office, f"topics/{pk}/collect", {"scopes": ["PROVINCIAL_PLAN"]})
    called = post(
        office,
        "meetings",
        {"kind": "COLLECTIVE", "title": "第三季度集中会商", "held_on": "2026-09-16"},
        201,
    )
    meeting = called["id"]
    assert post(office, f"meetings/{meeting}/build-agenda")["topics"] == 1
    post(office, f"meetings/{meeting}/notify")
    own = county.get(f"/api/v1/meetings/{meeting}/attendance/").json()
    assert [row["organisation"] for row in own] == ["522701"]
    reply = {"attendance": own[0]["id"], "is_coming": "COMING", "person": "分管副县长"}
    assert post(county, f"meetings/{meeting}/reply", reply)["state"] == "COMING"
    assert client_of(stranger).get(f"/api/v1/meetings/{meeting}/").status_code == 404
    post(office, f"meetings/{meeting}/start")
    [item] = office.get(f"/api/v1/meetings/{meeting}/agenda/").json()
    post(
        office, f"agenda-items/{item['id']}/resolve", {"text": "办理", "lead": FOREST, "limit_days": 10}, 201
    )
    post(office, f"agenda-items/{item['id']}/write", {"discussion": "听取汇报", "outcome": "RESOLVED"})
    post(office, f"meetings/{meeting}/end")
    draft = office.get("/api/v1/minutes/").json()["results"][0]
    issued = post(office, f"minutes/{draft['id']}/issue")
    assert issued["number_text"] == "用地会商纪要〔2026〕1号"
    post(county, f"minutes/{draft['id']}/read")
    readers = {
        row["organisation"]: row["read_at"]
        for row in county.get(f"/api/v1/minutes/{draft['id']}/readers/").json()
    }
    assert list(readers) == ["522701"]
    assert readers["522701"]
    [item] = office.get(f"/api/v1/meetings/{meeting}/agenda/").json()
    assert item["resolutions"][0]["task_state"] == "ISSUED"
    assert len(office.get("/api/v1/council-units/").json()) >= 17


def test_the_files_are_the_issued_words_and_the_agenda(dispatcher: User, officer: User, department: User):
    minutes = whole(officer, dispatcher)
    found = docx.Document(
        io.BytesIO(client_of(department).get(f"/consultations/minutes/{minutes.pk}/word/").content)
    )
    assert any("办理使用林地手续" in p.text and "州水务局" in p.text for p in found.paragraphs)
    agenda = client_of(dispatcher).get(f"/consultations/meetings/{minutes.meeting_id}/word/")
    table = docx.Document(io.BytesIO(agenda.content)).tables[0]
    assert [cell.text for cell in table.rows[1].cells][1] == "使用林地手续"


def test_topics_and_resolutions_export_as_they_stand(dispatcher: User, officer: User, department: User):
    minutes = whole(officer, dispatcher)

    def rows(user: User, address: str) -> list[tuple[object, ...]]:
        book = openpyxl.load_workbook(io.BytesIO(client_of(user).get(address).content))
        return [row for row in book.active.iter_rows(values_only=True) if isinstance(row[0], int)]

    [topic] = rows(officer, "/consultations/topics/export/?state=ASSIGNED")
    assert (topic[1], topic[9], topic[10]) == ("使用林地手续", 1, "交办")
    assert rows(officer, "/consultations/topics/export/?state=RAISED") == []
    [resolution] = rows(department, f"/consultations/meetings/{minutes.meeting_id}/export/")
    assert resolution[2:5] == ("办理使用林地手续", "州林业局", "水务局")
    assert resolution[6] == "待接收"


def test_the_dossier_shows_what_the_council_made_of_a_project(dispatcher: User, officer: User):
    minutes = whole(officer, dispatcher)
    project = minutes.meeting.items.get().topic.project
    page = client_of(officer).get(f"/projects/{project.pk}/?tab=council").content.decode()
    for words in ("使用林地手续", "办理使用林地手续", "第三季度集中会商会议", "提请会商"):
        assert words in page


def test_a_brief_holds_facts_steps_quota_and_earlier_resolutions(dispatcher: User, officer: User):
    minutes = whole(officer, dispatcher)
    page = client_of(dispatcher).get(f"/consultations/meetings/{minutes.meeting_id}/briefs/")
    text = page.content.decode()
    for words in ("都匀市", "林地定额未落实", "没有在办步骤", "指标", "办理使用林地手续"):
        assert words in text


def test_chosen_offers_are_raised_and_a_refusal_keeps_the_page(dispatcher: User, officer: User):
    council(dispatcher)
    problem = problem_raised(officer, on=MET)
    county = client_of(officer)
    assert county.post("/consultations/topics/offers/", {"sent": "1"}).status_code == 422
    county.post("/consultations/topics/offers/", {"offer": f"PROBLEM-{problem.pk}"})
    topic = Topic.objects.get()
    assert (topic.source, topic.source_id, topic.state) == ("PROBLEM", problem.pk, "RAISED")
    assert problem.title not in county.get("/consultations/topics/offers/").content.decode()


def test_kinds_and_figures_change_from_a_day_on(dispatcher: User, officer: User):
    council(dispatcher)
    topic = raised(officer)
    office = client_of(dispatcher)
    assert len(kinds_in_force(MET)) == 14
    form = {
        "label": "林地手续", "place": 7, "lead": kind().lead_id, "duty": "", "template": "",
        "is_active": "on", "basis": "修订", "effective_from": "2026-10-01",
    }  # fmt: skip
    assert (
        office.post("/settings/consultations/FOREST/", form | {"effective_from": "2026-09-15"}).status_code
        == 422
    )
    assert office.post("/settings/consultations/FOREST/", form).status_code == 302
    assert TopicKind.objects.filter(code="FOREST").count() == 2
    assert next(k for k in kinds_in_force(MET) if k.code == "FOREST") == topic.kind
    figures = {
        "warn_days": 15, "task_days": 20, "annual_days": 30, "mark": "会商纪要", "number_mark": "会商",
        "basis": "修订", "effective_from": "2026-10-01",
    }  # fmt: skip
    assert office.post("/settings/consultations/figures/", figures).status_code == 302
    assert (setting_on(MET).warn_days, setting_on(date(2026, 10, 1)).warn_days) == (10, 15)
    assert MeetingSetting.objects.count() == 2


@pytest.mark.parametrize("path", ["agenda", "briefs/", "room/", ""])
def test_a_meetings_pages_cost_the_same_with_one_topic_and_with_six(
    path: str, dispatcher: User, officer: User
):
    found = council(dispatcher)
    costs = []
    for number in (1, 6):
        for place in range(number):
            collected(officer, dispatcher, title=f"议题{place}")
        meeting = running(called(found, dispatcher, kind="TOPICAL"), dispatcher)
        for item in meeting.items.all():
            resolved(item, dispatcher)
        Meeting.objects.filter(pk=meeting.pk).update(state="RUNNING")
        address = f"/consultations/meetings/{meeting.pk}/{path}"
        if path == "agenda":
            address = f"/api/v1/meetings/{meeting.pk}/agenda/"
        client = client_of(dispatcher)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
