from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import docx
import openpyxl
import pytest
import time_machine
from django.test import Client

from approvals.models import Step
from approvals.services.acceptance import accept_step
from approvals.services.opening import open_track
from core.units import AreaUnit
from deadlines.models import Deadline
from desk.services import remove_and_close
from projects.models import MaturityCriterion, Project, ProjectCourse
from projects.services.annual_plan import QuotaIssue, enter_quota
from tests.factories import ProjectFactory, organisation
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel("2026-11-23T10:00+08:00", tick=False):
        yield


@pytest.fixture
def desk(client: Client, dispatcher) -> Client:
    client.force_login(dispatcher)
    return client


def opened(dispatcher, name: str = "都匀水厂", **fields) -> Project:
    project = ProjectFactory(name=name, **fields)
    open_track(project=project, actor=dispatcher, today=TODAY)
    return project


def settle(project: Project, *codes: str) -> None:
    Step.objects.filter(project=project, code__in=codes).update(
        status=Step.Status.DONE, accepted_on=TODAY, closed_on=TODAY
    )


def accepted(project: Project, dispatcher, code: str = "A03", on: date = date(2026, 10, 12)) -> Step:
    step = Step.objects.get(project=project, code=code)
    return accept_step(step_id=step.pk, accepted_on=on, actor=dispatcher, today=TODAY)


def cells(page: str, name: str) -> str:
    return page.split(f">{name}</a>")[1].split("</tr>")[0]


def test_each_procedure_stands_with_its_department_its_lamp_and_its_day(desk, dispatcher):
    project = opened(dispatcher)
    settle(project, "A04")
    step = accepted(project, dispatcher)

    page = desk.get("/preparation/").content.decode()

    row = cells(page, "都匀水厂")
    assert "生态环境" in page
    assert f"/steps/{step.pk}/" in row
    assert "办结" in row
    assert "2026-11-23" in row
    assert "逾期" in row
    assert f"{Deadline.objects.get(pk=step.deadline_id).due_on:%Y-%m-%d}" in row


def test_the_matrix_is_filtered_by_procedure_and_lamp(desk, dispatcher):
    late, idle = opened(dispatcher, "逾期的"), opened(dispatcher, "没动的")
    accepted(late, dispatcher)
    settle(idle, "A07")

    red = desk.get("/preparation/?procedure=A03&lamp=red").content.decode()
    other = desk.get("/preparation/?procedure=A04&lamp=red").content.decode()
    done = desk.get("/preparation/?procedure=A07&lamp=done").content.decode()

    assert ("逾期的" in red, "没动的" in red) == (True, False)
    assert "逾期的" not in other
    assert ("逾期的" in done, "没动的" in done) == (False, True)


def test_the_matrix_costs_the_same_for_one_project_and_twenty(desk, dispatcher):
    opened(dispatcher)
    few = queries_of(lambda: desk.get("/preparation/"))
    for number in range(19):
        opened(dispatcher, f"项目{number}")

    assert queries_of(lambda: desk.get("/preparation/")) == few


def test_the_workbook_holds_what_the_filter_shows(desk, dispatcher):
    accepted(opened(dispatcher, "逾期的"), dispatcher)
    opened(dispatcher, "没动的")

    answer = desk.get("/preparation/export/?procedure=A03&lamp=red")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    names = [row[2] for row in sheet.iter_rows(values_only=True)]
    assert "逾期的" in names
    assert "没动的" not in names


def test_a_project_past_its_start_without_land_is_counted_and_its_rows_open(desk, dispatcher):
    opened(dispatcher, "没地的", planned_start="2026.10", planned_start_on=date(2026, 10, 31))
    with_land = opened(dispatcher, "有地的", planned_start_on=date(2026, 10, 31))
    settle(with_land, "B03")
    under_way = opened(dispatcher, "已开工的", planned_start_on=date(2026, 10, 31))
    ProjectCourse.objects.create(project=under_way, started_on=TODAY, updated_by=dispatcher)
    opened(dispatcher, "没到期的", planned_start_on=TODAY)

    page = desk.get("/preparation/")
    rows = desk.get("/preparation/?only=landless").content.decode()

    [kpi] = [k for k in page.context["kpis"] if k.label == "因用地未落地"]
    assert (kpi.value, kpi.url) == (1, "/preparation/?only=landless")
    assert [name in rows for name in ("没地的", "有地的", "已开工的", "没到期的")] == [
        True,
        False,
        False,
        False,
    ]


def test_what_is_ready_and_waits_for_quota_is_listed(desk, dispatcher):
    codes = [c.step_code for c in MaturityCriterion.objects.exclude(step_code="")]
    ready = opened(dispatcher, "成熟的")
    settle(ready, *codes)
    stock = opened(dispatcher, "存量的")
    settle(stock, *codes)
    ProjectCourse.objects.create(project=stock, route="STOCK", route_reason="闲置地", updated_by=dispatcher)
    settle(opened(dispatcher, "已批的"), *codes, "B03")
    opened(dispatcher, "早着的")

    page = desk.get("/preparation/?only=mature").content.decode()

    assert [name in page for name in ("成熟的", "存量的", "已批的", "早着的")] == [True, False, False, False]


def test_a_county_sees_its_own_projects_only(client, officer, dispatcher):
    opened(dispatcher, "都匀的")
    opened(dispatcher, "瓮安的", organisation=organisation("522725"))
    client.force_login(officer)

    page = client.get("/preparation/").content.decode()

    assert ("都匀的" in page, "瓮安的" in page) == (True, False)


def test_the_decomposition_names_five_kinds_with_who_what_how_and_when(desk, dispatcher):
    project = opened(dispatcher)
    settle(project, "A02")
    step = accepted(project, dispatcher)

    page = desk.get(f"/projects/{project.pk}/tasks/").content.decode()
    answer = desk.get(f"/projects/{project.pk}/tasks/word/")

    for kind in (
        "用地预审与选址",
        "农用地转用和土地征收",
        "规划条件（路由）",
        "建设用地规划许可",
        "建设工程规划许可",
    ):
        assert kind in page
    assert step.holder_organisation.short_name in page
    assert "承诺 1 工作日" in page
    assert "批件有效期 3 年" in page
    assert "法定 3 年" not in page
    table = docx.Document(io.BytesIO(answer.content)).tables[0]
    first = [cell.text for cell in table.rows[1].cells]
    assert first[0] == "用地预审与选址"
    assert first[5] == "2026-11-23 办结"
    assert {row.cells[0].text for row in table.rows[1:]} >= {"建设工程规划许可", "规划条件（路由）"}


def test_leaving_the_list_withdraws_what_is_under_way(dispatcher):
    project = opened(dispatcher)
    step = accepted(project, dispatcher)

    remove_and_close(actor=dispatcher, project_id=project.pk, reason="业主放弃", today=TODAY)

    step.refresh_from_db()
    assert (step.status, step.closing_reason) == (Step.Status.WITHDRAWN, "项目调出年度清单：业主放弃")
    assert not Deadline.objects.open().filter(project_id=project.pk).exists()


def test_the_bureau_takes_a_project_off_the_list_on_a_page_and_puts_it_back(desk, dispatcher):
    project = opened(dispatcher)
    address = f"/projects/{project.pk}/leave/"

    refused = desk.post(address, {"reason": ""})
    desk.post(address, {"reason": "业主放弃"})
    project.refresh_from_db()
    left = project.status
    desk.post(address, {"reason": "核实无误"})
    project.refresh_from_db()

    assert refused.status_code == 422
    assert (left, project.status) == (Project.Status.DROPPED, Project.Status.ADOPTED)


def test_the_dossier_shows_the_whole_life_and_what_is_unsolved(desk, dispatcher):
    project = opened(dispatcher, planned_start="2026.10", planned_start_on=date(2026, 10, 31))
    settle(project, "A02", "A03")

    page = desk.get(f"/projects/{project.pk}/?tab=course").content.decode()

    assert "应开工未开工" in page
    assert "未纳入方案" in page
    assert f"/projects/{project.pk}/leave/" in page


def test_what_was_approved_is_used_of_the_plan_and_opens_its_projects(desk, dispatcher):
    land = {"total_m2": 600_000, "arable_m2": 200_000, "new_construction_m2": 500_000}
    settle(opened(dispatcher, "已批的", land=land), "B03")
    opened(dispatcher, "在批的", land=land)
    enter_quota(
        actor=dispatcher,
        issue=QuotaIssue(
            2026,
            organisation("522701"),
            "NEW_CONSTRUCTION",
            Decimal(1_000),
            AreaUnit.MU,
            date(2026, 2, 1),
            "黔自然资函〔2026〕7号",
        ),
        today=TODAY,
    )

    page = desk.get("/annual/use/")
    [unit] = page.context["units"]
    rows = desk.get(unit.url).content.decode()

    assert (unit.label, unit.quota_m2, unit.used_m2, unit.percent) == ("都匀市", 666_667, 500_000, "75.00%")
    assert page.context["classes"][2].used_m2 == 200_000
    assert ("已批的" in rows, "在批的" in rows) == (True, False)
