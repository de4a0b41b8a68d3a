"""The pages and the API of rounds."""

from __future__ import annotations

import io
from datetime import date

import docx
import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from deadlines.selectors import working_calendar
from dispatch.services.reminders import remind
from notifications.models import Message
from opinions.models import DepartmentRule, Request, Round, RoundKind
from opinions.rules import Verdict
from opinions.services import lapsing
from papers.models import Paper
from tests.opinions.scenes import (
    EFFECTIVE,
    FOREST,
    SENT,
    WATER,
    answered,
    drafted,
    moment,
    official,
    request_of,
    sent,
)
from tests.papers import files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_day_after():
    with time_machine.travel(moment(EFFECTIVE), tick=False):
        yield


def mixed(section) -> Round:
    """One answered, one silent that spoke afterwards."""
    round_ = sent(section, WATER, FOREST)
    answered(request_of(round_), official(WATER), on=SENT, verdict=Verdict.CONDITIONAL, conditions="避让河道")
    lapsing.lapse_due(today=EFFECTIVE, now=moment(EFFECTIVE))
    answered(
        request_of(round_, FOREST),
        official(FOREST),
        on=EFFECTIVE,
        verdict=Verdict.DISAGREE,
        text="压占公益林",
    )
    return round_


def test_the_docket_shows_answers_lapses_and_late_words(client, section):
    client.force_login(section)

    page = client.get(mixed(section).get_absolute_url()).content.decode()

    for words in ("避让河道", "自 2026-10-09 零时起视为同意", "压占公益林", "有条件同意，须落实条件"):
        assert words in page


def test_the_docket_as_a_word_document_holds_the_same(client, section):
    client.force_login(section)

    answer = client.get(reverse("opinions:round-word", args=[mixed(section).pk]))

    document = docx.Document(io.BytesIO(answer.content))
    cells = " ".join(cell.text for row in document.tables[0].rows for cell in row.cells)
    assert "避让河道" in cells
    assert "压占公益林" in cells
    assert any("零时登记视为同意" in paragraph.text for paragraph in document.paragraphs)


def test_a_departments_inbox_holds_its_own_and_counts_by_tab(client, section, department):
    mixed(section)
    sent(section, WATER, on=EFFECTIVE)
    client.force_login(department)

    page = client.get(reverse("opinions:list"))

    assert [view.request.organisation.code for view in page.context["rows"]] == [WATER]
    assert [str(tab.count) for tab in page.context["tabs"]] == ["1", "1", "0", "2"]


def test_the_record_leads_to_its_rows(client, section):
    mixed(section)
    client.force_login(section)
    page = client.get(reverse("opinions:record")).content.decode()
    assert f"department={FOREST}&amp;result=late_word" in page

    rows = client.get(reverse("opinions:list"), {"tab": "all", "department": FOREST, "result": "late_word"})

    assert [view.request.organisation.code for view in rows.context["rows"]] == [FOREST]


def test_the_list_goes_out_as_a_workbook(client, section):
    mixed(section)
    client.force_login(section)

    answer = client.get(reverse("opinions:export"), {"department": FOREST})

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    values = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert "视为同意" in values


def test_a_department_answers_with_its_scan_and_reads_the_rounds_papers(client, section, department):
    round_ = sent(section, on=EFFECTIVE)
    client.force_login(section)
    client.post(
        reverse("opinions:round-material", args=[round_.pk]),
        {"file": SimpleUploadedFile("红线.pdf", files.pdf(text="红线")), "title": "用地红线"},
    )
    request, paper = request_of(round_), Paper.objects.get()
    client.force_login(department)

    material = client.get(reverse("opinions:material", args=[request.pk, paper.pk]))
    done = client.post(
        reverse("opinions:answer", args=[request.pk]),
        {"verdict": "AGREE", "file": SimpleUploadedFile("意见.pdf", files.pdf(text="意见"))},
    )

    assert (material.status_code, done.status_code) == (200, 302)
    assert Paper.objects.visible_to(department).get().kind == Paper.Kind.OPINION
    assert (
        client.get(reverse("opinions:material", args=[request.pk, Paper.objects.latest("pk").pk])).status_code
        == 404
    )


def test_a_draft_is_changed_and_sent_from_its_pages(client, section):
    round_ = drafted(section, WATER, on=EFFECTIVE)
    client.force_login(section)
    units = [official(code).organisation_id for code in (WATER, FOREST)]

    client.post(
        reverse("opinions:round-edit", args=[round_.pk]), {"question": "请提意见", "departments": units}
    )
    client.post(reverse("opinions:round-send", args=[round_.pk]))

    assert set(Request.objects.values_list("organisation__code", "state")) == {
        (WATER, "SENT"),
        (FOREST, "SENT"),
    }


def test_a_kind_gets_a_new_version_and_nothing_else_may_lapse(client, dispatcher):
    client.force_login(dispatcher)
    terms = {
        "effective_from": "2026-12-01", "limit_days": 5, "limit_unit": "cd", "starts_at": "SENDING",
        "may_lapse": "on", "reminder_days": "2、1", "link_days": 10, "basis": "州政府文件",
        "step_codes": "a02、A03",
    }  # fmt: skip

    assert client.post(reverse("opinions:kind-edit", args=["SITING"]), terms).status_code == 302
    assert client.post(reverse("opinions:kind-edit", args=["CONSULT"]), terms).status_code == 422

    newest = RoundKind.objects.filter(code="SITING").latest("effective_from")
    assert (newest.limit_days, newest.reminder_days, newest.more_pauses) == (5, [2, 1], False)
    assert (newest.limit_unit, newest.step_codes) == ("cd", ["A02", "A03"])


def test_kinds_and_rules_change_over_the_api_as_on_the_pages(client, dispatcher):
    client.force_login(dispatcher)
    terms = {
        "code": "CONSULT", "may_lapse": True, "limit_days": 7, "limit_unit": "wd", "starts_at": "RECEIPT",
        "reminder_days": [3], "more_pauses": True, "link_days": 20, "basis": "州政府文件",
        "effective_from": "2027-01-04", "step_codes": ["A03"],
    }  # fmt: skip

    def post(path, body):
        return client.post(f"/api/v1/{path}/", body, content_type="application/json")

    assert post("opinion-kinds", terms).json()["code"] == "lapse_unlawful"
    assert post("opinion-kinds", terms | {"may_lapse": False}).json()["step_codes"] == ["A03"]
    rule = {"department": WATER, "condition": "ALWAYS", "ask": "防洪", "effective_from": "2027-01-04"}
    made = post("opinion-rules", rule)
    assert (made.status_code, made.json()["department"]) == (201, WATER)
    ended = post(f"opinion-rules/{made.json()['id']}/end", {"ends_on": "2027-02-01"})
    assert ended.json()["effective_to"] == "2027-02-01"
    assert post("opinion-rules", rule | {"department": "522701"}).status_code == 400


def test_a_reminder_leads_to_the_request_itself(dispatcher):
    request = request_of(sent(dispatcher))
    department = official()

    remind(today=request.due_on, calendar=working_calendar())

    message = Message.objects.get(recipient=department, key__startswith=f"reminder:{request.deadline_id}:")
    assert message.url == request.get_absolute_url()


def test_the_table_of_departments_is_edited_by_dates(client, dispatcher):
    client.force_login(dispatcher)
    unit = official(WATER).organisation
    old = DepartmentRule.objects.get(department=unit)

    client.post(
        reverse("opinions:rules"),
        {
            "department": unit.pk,
            "condition": "KEYWORD",
            "keywords": "水库",
            "ask": "防洪",
            "effective_from": "2026-12-01",
        },
    )
    new = DepartmentRule.objects.filter(department=unit).latest("pk")
    client.post(reverse("opinions:rule-end", args=[new.pk]), {"ends_on": "2027-01-01"})

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.effective_to, new.keywords, new.effective_to) == (date(2026, 12, 1), "水库", date(2027, 1, 1))


def test_the_api_answers_like_the_page(client, section, department):
    request = request_of(sent(section, on=EFFECTIVE))
    client.force_login(department)
    path = f"/api/v1/opinion-requests/{request.pk}/"

    receipt = client.post(f"{path}receive/", {"received_on": str(EFFECTIVE)}, content_type="application/json")
    short = client.post(f"{path}answer/", {"verdict": "DISAGREE"}, content_type="application/json")
    done = client.post(
        f"{path}answer/", {"verdict": "DISAGREE", "text": "压占水源地"}, content_type="application/json"
    )

    assert (receipt.status_code, receipt.json()["state"]) == (200, "RECEIVED")
    assert (short.status_code, short.json()["code"]) == (409, "answer_incomplete")
    assert (done.json()["state"], done.json()["replies"][0]["text"]) == ("ANSWERED", "压占水源地")
