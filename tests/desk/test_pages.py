from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import User
from audit.models import Entry
from audit.services import record
from core import clock
from deadlines.models import Deadline
from jobs.models import Job
from jobs.services import run_one
from officefiles.reading import read_workbook
from projects.models import Project, SavedView
from projects.search_text import search_text
from tests.desk.promises import promise
from tests.factories import JobFactory, MessageFactory, ProjectFactory, organisation
from tests.queries import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel("2026-11-23T10:00+08:00", tick=False):
        yield


# --- my work --------------------------------------------------------------------------------------


def test_my_work_counts_what_is_mine_and_opens_exactly_that(client: Client, section: User) -> None:
    promise(holder=section, started_on=date(2026, 9, 1))
    promise(holder=section)
    promise()
    promise(holder_code="522700-ZRZY-GB")
    client.force_login(section)

    work = client.get("/").context["work"]

    figures = {kpi.label: kpi for kpi in work.kpis}
    assert (figures["我的逾期"].value, figures["我的正常"].value) == (1, 1)
    assert "本单位 2 项" in figures["我的正常"].note
    assert client.get(figures["我的逾期"].url).context["total"].number == 1
    assert [row.lamp.value for row in work.rows] == ["red", "green"]
    waiting = {item.label: item for item in work.waiting}
    assert waiting["本单位在办事项"].number == 3
    assert client.get(waiting["本单位在办事项"].url).context["total"].number == 3


def test_a_department_is_led_to_what_it_was_asked_and_to_no_closed_door(
    client: Client, department: User
) -> None:
    asked, own = (promise(holder=department, holder_code="522700-SWJ") for _ in range(2))
    Deadline.objects.filter(pk=asked.pk).update(subject_kind="opinions.request", subject_id=7)
    Deadline.objects.filter(pk=own.pk).update(subject_kind="approvals.step")
    Project.objects.filter(pk=own.project_id).update(submitted_by=department.organisation)
    client.force_login(department)

    rows = {row.deadline.pk: row for row in client.get("/").context["work"].rows}
    page = client.get("/").content.decode()

    assert (rows[asked.pk].url, rows[asked.pk].opens_dossier) == ("/opinions/7/", False)
    assert (rows[own.pk].url, rows[own.pk].opens_dossier) == ("", True)  # steps are the bureau's
    assert f'href="/projects/{own.project_id}/"' in page
    assert f'href="/projects/{asked.project_id}/"' not in page


def test_without_own_obligations_the_units_are_shown(client: Client, section: User) -> None:
    promise()
    client.force_login(section)

    work = client.get("/").context["work"]

    assert work.reach == "unit"
    assert len(work.rows) == 1


def test_an_office_that_holds_nothing_sees_the_whole_prefectures_work(
    client: Client, dispatcher: User
) -> None:
    promise(started_on=date(2026, 9, 1))
    client.force_login(dispatcher)

    work = client.get("/").context["work"]

    figures = {kpi.label: kpi for kpi in work.kpis}
    assert work.reach == "all"
    assert figures["全辖区逾期"].value == len(work.rows) == 1
    assert client.get(figures["全辖区逾期"].url).context["total"].number == 1


def test_a_county_finds_its_returned_projects_and_the_bureau_what_waits(
    client: Client, officer: User, section: User
) -> None:
    ProjectFactory(submitted=True)
    ProjectFactory(submitted=True, status=Project.Status.RETURNED, screening_reason="面积与勘测定界不符")
    client.force_login(officer)
    county = {item.label: item for item in client.get("/").context["work"].waiting}
    client.force_login(section)
    bureau = {item.label: item for item in client.get("/").context["work"].waiting}

    assert county["被退回的项目"].number == 1
    assert "待审核的报送项目" not in county
    assert bureau["待审核的报送项目"].number == 1
    client.force_login(officer)
    assert client.get(county["被退回的项目"].url).context["total"].number == 1


def test_messages_and_jobs_are_counted(client: Client, section: User) -> None:
    MessageFactory.create_batch(2, recipient=section)
    JobFactory()
    client.force_login(section)

    waiting = {item.label: item.number for item in client.get("/").context["work"].waiting}

    assert (waiting["未读消息"], waiting["进行中的后台任务"]) == (2, 1)


def test_missing_papers_wait_for_the_county(client: Client, officer: User) -> None:
    promise(role=Deadline.Role.MISSING_PAPERS, limit=5)
    promise(role=Deadline.Role.MISSING_PAPERS, limit=5, unit="522725")
    client.force_login(officer)

    item = next(i for i in client.get("/").context["work"].waiting if i.label == "待补齐的容缺材料")

    assert item.number == 1
    assert client.get(item.url).context["total"].number == 1


# --- the work list ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("", {"甲", "乙", "丙"}),
        ("?unit=522701", {"甲", "丙"}),
        ("?stage=立项", {"丙"}),
        ("?lamp=red", {"甲"}),
        ("?lamp=red&lamp=green", {"甲", "乙", "丙"}),
        ("?due=overdue", {"甲"}),
        ("?due=month", {"甲"}),
        ("?role=VALIDITY", {"丁"}),
        ("?q=丙", {"丙"}),
        ("?holder=unit", {"甲", "乙", "丙"}),
        ("?holder=me", set()),
        ("?started=2026-W47", {"乙"}),
        ("?started=nonsense", set()),
        ("?started=2026-W60", set()),
        ("?closed=2026-W47", {"戊"}),
        ("?stage=nowhere", set()),
    ],
)
def test_the_list_follows_its_address(client: Client, section: User, address: str, found: set[str]) -> None:
    names = {
        "甲": {"started_on": date(2026, 10, 12)},
        "乙": {"unit": "522725", "started_on": date(2026, 11, 18)},
        "丙": {"stage": "立项", "started_on": date(2026, 11, 23)},
        "丁": {"role": Deadline.Role.VALIDITY, "started_on": date(2026, 11, 16)},
        "戊": {"started_on": date(2026, 10, 12)},
    }
    rows = {
        name: promise(
            project=ProjectFactory(name=name, organisation=organisation(str(facts.get("unit", "522701")))),
            **facts,  # type: ignore[arg-type]
        )
        for name, facts in names.items()
    }
    Deadline.objects.filter(pk=rows["戊"].pk).update(state="MET", stopped_on=date(2026, 11, 20))
    client.force_login(section)

    response = client.get(f"/obligations/{address}")

    assert {row.deadline.project_name for row in response.context["rows"]} == found


def test_a_choice_that_does_not_exist_is_said_and_shows_nothing(client: Client, section: User) -> None:
    promise()
    client.force_login(section)

    page = client.get("/obligations/?unit=420100")

    assert "筛选条件有误" in page.content.decode()
    assert page.context["rows"] == []


def test_another_countys_promises_are_not_listed(client: Client, stranger: User) -> None:
    promise(unit="522701")
    client.force_login(stranger)

    assert client.get("/obligations/").context["rows"] == []


@pytest.mark.parametrize("address", ["/", "/obligations/", "/overview/", "/search/?q=试验"])
def test_pages_cost_the_same_for_one_row_and_twenty(client: Client, section: User, address: str) -> None:
    promise()
    promise()
    client.force_login(section)
    few = queries_of(lambda: client.get(address))
    for place in range(18):
        promise(started_on=date(2026, 11, 2) + timedelta(days=place))

    assert queries_of(lambda: client.get(address)) == few


@pytest.mark.parametrize("sort", ["lamp", "-lamp", "due", "-due", "unit", "project", "started"])
def test_pages_of_the_list_hold_every_row_once(client: Client, section: User, sort: str) -> None:
    for place in range(55):
        promise(started_on=date(2026, 9, 1) + timedelta(days=place))
    client.force_login(section)

    first = client.get(f"/obligations/?sort={sort}")
    second = client.get(f"/obligations/?sort={sort}&cursor={first.context['page'].next_cursor}")

    seen = [row.deadline.pk for page in (first, second) for row in page.context["rows"]]
    assert len(seen) == len(set(seen)) == 55


def test_the_list_is_exported_as_filtered_in_the_background(client: Client, section: User) -> None:
    promise(project=ProjectFactory(name="甲"), started_on=date(2026, 10, 12))
    promise(project=ProjectFactory(name="乙"))
    client.force_login(section)
    address = client.get("/obligations/?lamp=red&cursor=").context["export_url"]

    page = client.get(address)
    asked = client.post("/obligations/export/", {"query": page.context["query"]})
    job = Job.objects.get(kind="desk.deadline_export")
    assert run_one(job_id=job.pk, clock=clock.now)
    job.refresh_from_db()

    assert address == "/obligations/export/?lamp=red"
    assert "<b>1</b> 项" in page.content.decode()
    assert asked.url == job.get_absolute_url()
    text = str(read_workbook(client.get(job.result_url).content, filename="x.xlsx").sheets[0].rows)
    assert "甲" in text
    assert "乙" not in text


def test_an_empty_list_of_promises_is_not_exported(client: Client, section: User) -> None:
    client.force_login(section)

    answer = client.post("/obligations/export/", {"query": "lamp=red"}, follow=True)

    assert "没有可导出的行" in answer.content.decode()
    assert answer.redirect_chain == [("/obligations/?lamp=red", 302)]


def test_the_list_keeps_views_and_opens_with_one(client: Client, section: User) -> None:
    promise(project=ProjectFactory(name="甲"), started_on=date(2026, 10, 12))
    promise(project=ProjectFactory(name="乙"))
    client.force_login(section)

    kept = client.post(
        "/views/deadlines/save/", {"name": "红灯", "query": "lamp=red&sort=-due", "is_default": "on"}
    )
    opened = client.get("/obligations/", follow=True)

    view = SavedView.objects.get()
    assert kept.url == f"/obligations/?lamp=red&sort=-due&view={view.pk}"
    assert opened.redirect_chain == [(kept.url, 302)]
    assert [row.deadline.project_name for row in opened.context["rows"]] == ["甲"]
    assert [tab.label for tab in opened.context["tabs"] if tab.is_active] == ["红灯"]
    assert len(client.get("/obligations/?view=all").context["rows"]) == 2


def test_a_view_of_promises_is_no_view_of_projects(client: Client, section: User) -> None:
    client.force_login(section)
    client.post("/views/deadlines/save/", {"name": "红灯", "query": "lamp=red"})

    assert "红灯" not in [tab.label for tab in client.get("/projects/").context["tabs"]]
    chosen = client.post("/views/projects/default/", {"view": SavedView.objects.get().pk})
    assert chosen.status_code == 404


# --- search -----------------------------------------------------------------------------------------


def test_search_by_name_and_pinyin(client: Client, section: User) -> None:
    for name in ("都匀抽水蓄能电站", "都匀产业园道路"):
        ProjectFactory(name=name, search_text=search_text(name=name))
    client.force_login(section)

    assert len(client.get("/search/?q=都匀").context["rows"]) == 2
    hit = client.get("/search/?q=dycsxn")
    assert hit.status_code == 302
    assert client.get("/search/?q=没有这个").context["rows"] == []
    assert client.get("/search/").status_code == 200


def test_search_stays_inside_the_county(client: Client, stranger: User) -> None:
    ProjectFactory(name="都匀抽水蓄能电站", search_text=search_text(name="都匀抽水蓄能电站"))
    client.force_login(stranger)

    assert client.get("/search/?q=都匀").context["rows"] == []


# --- the log ----------------------------------------------------------------------------------------


def test_the_log_is_filtered_and_says_what_was_done(
    client: Client, sysadmin: User, auditor: User, officer: User
) -> None:
    accounts.reset_password(user_id=officer.pk, actor=sysadmin)
    accounts.deactivate_user(user_id=officer.pk, actor=sysadmin, today=date(2026, 11, 23))
    client.force_login(auditor)

    everything = client.get("/audit/").content.decode()
    resets = client.get("/audit/?verb=user.password_reset")
    later = client.get("/audit/?first=2026-11-24")

    assert "重置密码" in everything
    assert "登录、下载等记录保留 180 日，业务记录保留 3 年" in everything
    assert [row.verb for row, _ in resets.context["rows"]] == ["user.password_reset"]
    assert later.context["rows"] == []


def test_the_log_is_for_those_who_may_read_it(client: Client, officer: User) -> None:
    client.force_login(officer)

    assert client.get("/audit/").status_code == 403


def test_entries_of_another_prefecture_are_not_shown(client: Client, auditor: User) -> None:
    Entry.objects.create(
        actor_label="某人",
        verb="user.created",
        subject_kind="accounts.user",
        subject_id=1,
        subject_label="拉萨的人",
        scope_path=organisation("540100").path,
    )
    client.force_login(auditor)

    assert client.get("/audit/").context["rows"] == []


# --- the calculator -----------------------------------------------------------------------------------


def test_the_calculator_shows_the_due_date_and_its_sheet(client: Client, officer: User) -> None:
    client.force_login(officer)

    page = client.get("/calculator/?start=2026-02-09&limit=20&unit=wd")

    assert page.context["answer"].due == date(2026, 3, 13)
    assert "2026-03-13" in page.content.decode()


def test_the_calculator_counts_between_two_days(client: Client, officer: User) -> None:
    client.force_login(officer)

    assert client.get("/calculator/?first=2026-02-13&last=2026-02-24").context["between"] == 2


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("?start=2026-02-30&limit=20&unit=wd", "日期"),
        ("?start=2028-12-01&limit=200&unit=wd", "放假安排尚未录入"),
        ("?first=1900-01-01&last=2026-01-01", "十年"),
        ("?first=2003-12-01&last=2004-02-01", "放假安排尚未录入"),
    ],
)
def test_the_calculator_says_what_it_cannot(client: Client, officer: User, address: str, words: str) -> None:
    client.force_login(officer)

    response = client.get(f"/calculator/{address}")

    assert response.status_code == 422
    assert words in response.content.decode()


def test_the_log_shows_every_fact_whatever_its_name(client, dispatcher):
    record(actor=dispatcher, verb="meeting.agenda", subject=dispatcher, facts={"items": 12, "keys": "甲"})
    client.force_login(dispatcher)

    page = client.get(reverse("desk:audit")).content.decode()

    assert "<dt>keys</dt><dd>甲</dd><dt>items</dt><dd>12</dd>" in page
