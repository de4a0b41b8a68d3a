from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from core import clock
from deadlines import rules, services
from deadlines.models import Deadline, PauseKind
from deadlines.selectors import working_calendar
from desk.deadline_groups import STAGE_GROUPS, groups_beside
from desk.overview import Overview, overview
from dispatch.services import rounds
from dispatch.services.tallies import keep
from quotas.bars import Bar
from quotas.models import Account, Policy, Reservation
from quotas.rules import Pool
from quotas.services.reservations import Wanted, lock, post, reserve
from tests.desk.promises import TODAY, promise
from tests.factories import AnnualListFactory, ProjectFactory, organisation
from tests.queries import queries_of
from tests.quotas.scenes import GRAIN, PLAN, stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel("2026-11-23T10:00+08:00", tick=False):
        yield


@pytest.fixture
def prefecture(dispatcher: User) -> None:
    """Obligations in every lamp, three units, known and unknown stages, some closed."""
    promise(unit="522701", stage="用地预审", started_on=date(2026, 10, 12))  # red
    promise(unit="522701", stage="用地预审", started_on=date(2026, 11, 20))  # green
    promise(unit="522701", stage="立项", started_on=date(2026, 10, 27))  # amber
    promise(unit="522725", stage="征地前期", started_on=date(2026, 9, 1), limit=10)  # red
    promise(unit="522700-P01", stage="供地", started_on=date(2026, 11, 23))
    promise(unit="522725", stage="地方特色环节", started_on=date(2026, 9, 1), limit=5)  # red, unknown stage
    promise(unit="522700", stage="立项", started_on=date(2026, 11, 2))  # of the prefecture itself
    promise(unit="522701-ZRZY", stage="督办任务", started_on=date(2026, 11, 2))
    promise(unit="522701-ZRZY", stage="督办函", started_on=date(2026, 9, 1), limit=5)  # red
    paused = promise(unit="522732", stage="组卷报件", started_on=date(2026, 11, 3))
    services.pause(
        deadline_id=paused.pk,
        kind=PauseKind.objects.get(code="MEETING"),
        first_on=date(2026, 11, 10),
        last_on=None,
        evidence="州政府会议通知",
        expected_end_on=None,
        next_step="",
        actor=dispatcher,
        today=TODAY,
    )
    met = promise(unit="522701", stage="立项", started_on=date(2026, 10, 13), limit=10)
    services.stop(deadline_id=met.pk, stopped_on=date(2026, 11, 18), today=TODAY)
    withdrawn = promise(unit="522701", stage="立项", started_on=date(2026, 10, 13), limit=10)
    services.cancel(deadline_id=withdrawn.pk, stopped_on=date(2026, 11, 5), today=TODAY)
    promise(
        unit="522701",
        stage="用地预审",
        role=Deadline.Role.VALIDITY,
        kind=rules.LineKind.VALIDITY,
        started_on=date(2026, 9, 1),
        limit=90,
    )
    ProjectFactory(submitted=True)


def rows_behind(client: Client, url: str) -> list[Deadline]:
    response = client.get(url)
    assert response.status_code == 200
    assert not response.context["filterset"].errors, (url, response.context["filterset"].errors)
    rows = [row.deadline for row in response.context["rows"]]
    assert response.context["total"].number == len(rows)
    return rows


def reds(rows: list[Deadline]) -> int:
    return sum(1 for row in rows if row.lamp == "red")  # type: ignore[attr-defined]


def read(client: Client, query: str = "") -> Overview:
    page: Overview = client.get(f"/overview/{query}").context["page"]
    return page


@pytest.mark.usefixtures("prefecture")
def test_every_cell_of_the_matrix_opens_exactly_its_rows(client: Client, leader: User) -> None:
    client.force_login(leader)
    page = read(client)
    cells = [cell for row in page.heat.rows for cell in [*row.cells, row.total]]
    cells += [*page.heat.totals, page.heat.total]

    for cell in cells:
        if cell.count:
            rows = rows_behind(client, cell.url)
            assert (len(rows), reds(rows)) == (cell.count, cell.red), cell.label
    empty = [cell for cell in cells if not cell.count]
    for cell in empty[::12]:
        assert rows_behind(client, cell.url) == []

    assert (page.heat.total.count, page.heat.total.red) == (10, 4)
    # The prefecture's own units are a row, what lies outside the catalogue a named column; a county's
    # office counts in its county. Other is what has no name.
    rows = {row.label: row.total.count for row in page.heat.rows}
    assert ([*rows][-1], rows["州本级"], rows["都匀市"]) == ("州本级", 1, 5)
    totals = dict(zip(page.heat.columns, (cell.count for cell in page.heat.totals), strict=True))
    assert [*totals][-2:] == ["问题任务", "其他"]
    assert (totals["问题任务"], totals["其他"]) == (2, 1)
    assert "指标办理" not in totals


def test_every_stage_that_a_service_names_has_its_column() -> None:
    named = {
        (module.name, value)
        for app in ("approvals", "consultations", "dispatch", "duties", "opinions", "projects", "quotas")
        for module in pkgutil.walk_packages(
            importlib.import_module(f"{app}.services").__path__, f"{app}.services."
        )
        for name, value in vars(importlib.import_module(module.name)).items()
        if name.startswith("STAGE") and isinstance(value, str)
    }
    grouped = [stage for group in STAGE_GROUPS for stage in group.stages]

    assert len(named) >= 15
    assert {value for _, value in named} - {*grouped, "供地"} == set()
    beside = groups_beside(["督办函"])
    assert [group.code for group in beside] == [group.code for group in STAGE_GROUPS]
    assert "督办函" not in {stage for group in beside for stage in group.stages}


@pytest.mark.usefixtures("prefecture")
def test_sums_of_the_matrix_agree_in_both_directions(client: Client, leader: User) -> None:
    client.force_login(leader)
    heat = read(client).heat

    for row in heat.rows:
        assert sum(cell.count for cell in row.cells) == row.total.count
    for place, total in enumerate(heat.totals):
        assert sum(row.cells[place].count for row in heat.rows) == total.count
    assert sum(total.count for total in heat.totals) == heat.total.count


def test_who_reported_follows_the_county_that_is_asked_for(client: Client, leader: User) -> None:
    rounds.open_due_rounds(today=TODAY, calendar=working_calendar(), now=clock.now())
    client.force_login(leader)

    def reported(query: str) -> object:
        return next(kpi for kpi in read(client, query).kpis if "按时报送" in kpi.label).value

    assert (reported(""), reported("?unit=522701")) == ("0 / 13", "0 / 1")


@pytest.mark.usefixtures("prefecture")
def test_every_key_figure_opens_its_rows(client: Client, leader: User) -> None:
    client.force_login(leader)
    page = read(client)
    figures = {kpi.label: kpi for kpi in page.kpis}

    for figure in (figures["逾期"], figures["预警"], figures["暂停"], page.validity):
        assert len(rows_behind(client, figure.url)) == figure.value, figure.label
    assert page.validity.value == 1
    assert {label: figures[label].value for label in ("逾期", "预警", "暂停")} == {
        "逾期": 4,
        "预警": 1,
        "暂停": 1,
    }
    projects = client.get(figures["在办项目"].url)
    assert projects.context["total"].number == figures["在办项目"].value
    assert len(rows_behind(client, page.urgent_url)) == page.urgent_total == 5


@pytest.mark.usefixtures("prefecture")
def test_every_figure_of_the_weeks_opens_its_rows(client: Client, leader: User) -> None:
    client.force_login(leader)
    weeks = read(client).weeks

    assert len(weeks) == 12
    for week in weeks:
        assert len(rows_behind(client, week.accepted_url)) == week.accepted, week.week
        assert len(rows_behind(client, week.decided_url)) == week.decided, week.week
        assert len(rows_behind(client, week.late_url)) == week.late, week.week
    by_week = {week.week: week for week in weeks}
    assert by_week["2026-W47"].decided == 1
    # Met on the 18th and withdrawn on the 5th, both late before: they leave the late ones then.
    assert by_week["2026-W44"].late > 0
    assert weeks[-1].late == 4


@pytest.mark.usefixtures("prefecture")
def test_a_narrowed_page_counts_and_opens_the_narrowed_rows(client: Client, leader: User) -> None:
    chosen = ProjectFactory(organisation=organisation("522725"), level="COUNTY")
    promise(unit="522725", stage="立项", started_on=date(2026, 9, 1), limit=5, project=chosen)
    other = ProjectFactory(annual_list=AnnualListFactory(year=2025), organisation=organisation("522725"))
    promise(unit="522725", stage="立项", started_on=date(2026, 9, 1), limit=5, project=other)
    client.force_login(leader)

    page = client.get("/overview/?unit=522725&year=2026&level=COUNTY").context["page"]
    unknown = client.get("/overview/?unit=540100")

    assert [row.label for row in page.heat.rows] == ["瓮安县"]
    assert [row.deadline.project_id for row in client.get(page.heat.total.url).context["rows"]] == [chosen.pk]
    assert (page.heat.total.count, page.heat.total.red, page.weeks[-1].late) == (1, 1, 1)
    assert [row.pk for row in rows_behind(client, page.weeks[-1].late_url)] == [
        row.deadline.pk for row in page.urgent
    ]
    projects = {kpi.label: kpi for kpi in page.kpis}["在办项目"]
    assert client.get(projects.url).context["total"].number == projects.value == 1
    assert unknown.status_code == 422


@pytest.mark.usefixtures("prefecture")
def test_a_frozen_round_shows_what_stood_then(client: Client, leader: User) -> None:
    keep(period="2026-W48", version=1, taken_on=TODAY)
    promise(unit="522701", stage="立项", started_on=date(2026, 9, 1), limit=5)
    client.force_login(leader)

    page = client.get("/overview/?round=2026-W48.1")
    now = read(client)

    assert (page.context["page"].heat.total.count, now.heat.total.count) == (10, 11)
    words = page.content.decode()
    assert "定稿时的数字" in words
    assert "2026年第48周定稿" in words
    assert client.get(page.context["page"].heat.total.url).status_code == 200


@pytest.mark.usefixtures("prefecture")
def test_a_county_sees_its_own_row_alone(client: Client, officer: User) -> None:
    client.force_login(officer)

    heat = read(client).heat

    assert [row.label for row in heat.rows] == ["都匀市"]
    assert heat.total.count == 5


@pytest.mark.usefixtures("prefecture")
def test_urgent_rows_come_worst_first_with_their_conclusion(client: Client, leader: User) -> None:
    client.force_login(leader)
    urgent = read(client).urgent

    assert [row.lamp.value for row in urgent] == ["red"] * 4 + ["amber"]
    assert urgent[0].conclusion.startswith("超 ")
    assert urgent[-1].conclusion.startswith("还有 ") or urgent[-1].conclusion == "今天到期"


@pytest.mark.parametrize("projects", [1, 20])
def test_the_overview_costs_a_fixed_number_of_queries(leader: User, projects: int) -> None:
    for place in range(projects):
        stock("522701", 1_000 + place)
        promise(started_on=date(2026, 9, 1) + timedelta(days=place), limit=5)

    assert queries_of(lambda: overview(actor=leader, today=TODAY)) == 15


def hold(account: Account, amount: int) -> Reservation:
    return reserve(
        pool=Pool.FARMLAND,
        applicant=organisation("522732"),
        wanted=[Wanted(account, amount)],
        reason="三都县项目申请",
        held_on=TODAY,
        expires_on=TODAY + timedelta(days=180),
        actor=None,
    )


def pools_of(client: Client) -> dict[str, Bar]:
    return {bar.name: bar for bar in read(client).pools}


def test_every_figure_of_a_pool_opens_its_ledger(client: Client, leader: User) -> None:
    stock("522701", 45_106)
    stock("522725", 10_000)
    stock("522725", 31_111, GRAIN)
    stock("522700", 200_000, PLAN, period=2026)
    used = hold(stock("522701", 1), 40_000)
    lock(reservation_id=used.pk, on=TODAY, actor=None)
    line = used.lines.get()
    post(reservation_id=used.pk, on=TODAY, actor=None, reason="核销", amounts={line.pk: 30_000})
    client.force_login(leader)

    pools = pools_of(client)

    area = pools["补充耕地数量"]
    assert (area.total, area.used, area.held, area.left) == ("5.5107", "3.0000", "1.0000", "1.5107")
    assert (area.unit, area.lamp, area.occupied_percent) == ("公顷", "green", "72.6")
    grain = pools["粮食产能"]
    assert (grain.left, grain.unit) == ("3.1111", "万公斤")
    ledger = client.get(area.url)
    assert (ledger.context["ledger"].available, ledger.context["held"]) == (15_107, 10_000)
    posted = client.get(area.used_url).context["rows"]
    assert [row.movement.amount for row in posted] == [30_000]
    plan = client.get(pools["年度新增建设用地计划"].url)
    assert [row.movement.amount for row in plan.context["rows"]] == [200_000]
    assert pools["城镇开发边界规模"].url == ""
    shown = client.get("/overview/").content.decode()
    assert area.url.replace("&", "&amp;") in shown


def test_a_pool_warns_from_the_mark_of_the_rules_in_force(client: Client, leader: User) -> None:
    row = stock("522701", 100)
    Policy.objects.in_force(TODAY).update(pool_warning_percent=60)
    hold(row, 59)
    client.force_login(leader)
    assert pools_of(client)["补充耕地数量"].lamp == "green"

    hold(row, 1)

    assert pools_of(client)["补充耕地数量"].lamp == "amber"
    assert '<rect x="60" width=".4"' in client.get("/overview/").content.decode()


def test_a_county_sees_what_of_the_pool_is_its_own(client: Client, officer: User) -> None:
    stock("522701", 45_106)
    stock("522725", 10_000)
    client.force_login(officer)

    area = pools_of(client)["补充耕地数量"]

    assert area.left == "4.5106"
    assert client.get(area.url).context["ledger"].available == 45_106


def test_an_empty_prefecture_has_an_overview_too(client: Client, leader: User) -> None:
    client.force_login(leader)

    page = client.get("/overview/")

    assert page.status_code == 200
    assert "没有红灯和黄灯" in page.content.decode()


def test_a_department_has_no_overview(client: Client, department: User) -> None:
    client.force_login(department)

    assert client.get("/overview/").status_code == 403


def test_the_matrix_has_the_stages_in_the_order_of_the_procedure(leader: User) -> None:
    columns = overview(actor=leader, today=TODAY).heat.columns

    assert columns[:7] == [
        *("选址论证", "用地预审", "立项", "初步设计", "环评林草"),
        *("征地前期", "组卷报件"),
    ]
    assert organisation("522701").short_name in [
        row.label for row in overview(actor=leader, today=TODAY).heat.rows
    ]


@pytest.mark.usefixtures("prefecture")
def test_the_api_gives_the_figures_of_the_pages_and_their_rows(
    client: Client, leader: User, officer: User, department: User
) -> None:
    client.force_login(leader)
    page = read(client)

    given = client.get("/api/v1/overview/").json()

    assert given["heat"]["total"] == {
        "count": page.heat.total.count, "red": page.heat.total.red, "url": page.heat.total.url,
    }  # fmt: skip
    assert [row["label"] for row in given["heat"]["rows"]] == [row.label for row in page.heat.rows]
    assert [row["value"] for row in given["kpis"]] == [str(kpi.value) for kpi in page.kpis]
    assert [row["late"] for row in given["weeks"]] == [week.late for week in page.weeks]
    for row in given["heat"]["rows"]:
        query = row["total"]["url"].partition("?")[2]
        rows = client.get(f"/api/v1/obligations/?{query}").json()["results"]
        assert len(rows) == row["total"]["count"], row["label"]
    first = client.get("/api/v1/obligations/?page_size=3").json()
    ids, following = [row["id"] for row in first["results"]], first["next"]
    while following:
        more = client.get(following).json()
        ids, following = ids + [row["id"] for row in more["results"]], more["next"]
    assert len(ids) == len(set(ids)) == 10
    assert [row["lamp"] for row in first["results"]] == ["red", "red", "red"]
    for wrong in ("overview/?unit=540100", "obligations/?lamp=purple"):
        refused = client.get(f"/api/v1/{wrong}")
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid"), wrong
    assert client.get("/api/v1/my-work/").json()["number"] == page.heat.total.count
    due = client.get("/api/v1/limits/?start=2026-11-23&limit=5&unit=wd").json()
    assert due == {"due": "2026-11-30", "is_provisional": False, "left": 5}
    client.force_login(officer)
    assert [row["label"] for row in client.get("/api/v1/overview/").json()["heat"]["rows"]] == ["都匀市"]
    seen = {row["organisation"] for row in client.get("/api/v1/obligations/").json()["results"]}
    assert seen == {"522701", "522701-ZRZY"}
    client.force_login(department)
    assert client.get("/api/v1/overview/").status_code == 403
