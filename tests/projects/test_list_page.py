"""Columns, saved views, exports and bulk actions of the project list."""

from __future__ import annotations

import io
from datetime import date
from functools import partial
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Post, User
from core import clock
from deadlines import rules
from jobs.models import Job
from jobs.services import run_one, run_waiting
from projects import bulk
from projects.list_columns import all_columns, chosen_columns
from projects.list_question import kept_query
from projects.list_refusals import TooManyViews, ViewNameTaken
from projects.models import BulkResult, BulkRun, ListExport, ListName, ListPreference, Project, SavedView
from projects.search_text import search_text
from projects.selectors import words
from projects.services import saved_views
from projects.services.bulk_runs import do_row, start_run
from projects.services.searching import name_document
from tests.factories import ProjectFactory, organisation
from tests.projects.test_selectors import running
from tests.queries import queries_of
from ui.pagination import capped_count

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
LIST = "/projects/"


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def as_user(client):
    def sign_in(user: User):
        client.force_login(user)
        return client

    return sign_in


def shown(response: Any) -> list[str]:
    return [row.facts["name"] for row in response.context["rows"]]


def sheet_of(content: bytes) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))


# --- columns ----------------------------------------------------------------------------------------


def test_the_chooser_changes_the_columns_and_keeps_the_filter(as_user, section):
    ProjectFactory(name="都匀水库", owner_unit="水投公司")
    ProjectFactory(name="荔波公路")

    page = as_user(section).get(LIST, {"q": "水库", "cols": ["name", "owner"]})

    assert [column.key for column in page.context["columns"]] == ["name", "owner"]
    assert shown(page) == ["都匀水库"]
    assert "水投公司" in page.content.decode()
    assert ("q", "水库") in page.context["query_parameters"]


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        (["area,name"], ["area", "name"]),
        (["unit"], ["name", "unit"]),
        (["unit", "gone"], ["name", "unit"]),
    ],
)
def test_columns_are_those_asked_for_and_always_the_name(asked, keys):
    words = QueryDict(mutable=True)
    words.setlist("cols", asked)
    from projects.list_question import asked_columns

    assert [column.key for column in chosen_columns(asked_columns(words))] == keys


def test_unknown_columns_alone_mean_the_usual_ones():
    usual = [column.key for column in all_columns() if column.is_default]

    assert [column.key for column in chosen_columns(["gone"])] == usual


def test_every_column_is_escaped(as_user, section):
    mark = "<b>x</b>"
    running(
        ProjectFactory(name=mark, owner_unit=mark, industry=mark, remark=mark, code=mark, planned_start=mark),
        date(2026, 11, 2),
        stage=mark,
    )
    columns = ",".join(column.key for column in all_columns())

    page = as_user(section).get(LIST, {"cols": columns}).content.decode()

    assert mark not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_all_columns_cost_the_same_for_one_row_and_twenty(as_user, section):
    address = f"{LIST}?cols={','.join(column.key for column in all_columns())}"
    browser = as_user(section)
    running(ProjectFactory(), date(2026, 11, 2))
    few = queries_of(lambda: browser.get(address))

    for _ in range(19):
        running(ProjectFactory(), date(2026, 11, 2))

    assert queries_of(lambda: browser.get(address)) == few


@pytest.mark.parametrize("key", [column.key for column in all_columns()])
def test_a_column_reads_no_more_than_it_says(as_user, section, key):
    """A fact it does not name is not there."""
    running(ProjectFactory(), date(2026, 11, 2))
    ProjectFactory(status=Project.Status.SUBMITTED)

    page = as_user(section).get(LIST, {"cols": key, "status": "ANY", "sort": "-number"})

    assert [set(row.facts) for row in page.context["rows"]] == [
        {"pk", "name", "status", "number", *next(c.reads for c in all_columns() if c.key == key)}
    ] * 2


def test_a_clock_that_does_not_count_working_days_says_what_it_counts(as_user, section):
    days = rules.Line(limit=35, unit=rules.Unit.CALENDAR_DAY, kind=rules.LineKind.MAX)
    running(ProjectFactory(name="都匀水库"), date(2026, 11, 10), line=days)
    running(ProjectFactory(name="荔波公路"), date(2026, 11, 10))

    page = as_user(section).get(LIST, {"cols": "name,clock"}).content.decode()

    assert "已计 / 时限（工作日）" in page
    assert ">10/35日<" in page
    assert ">8/20<" in page


# --- how many there are --------------------------------------------------------------------------------


@pytest.fixture
def long_list(monkeypatch):
    """Sixty projects where fifty-five are too many to count."""
    monkeypatch.setattr("projects.list_page.capped_count", partial(capped_count, cap=55))
    for _ in range(60):
        ProjectFactory()


def counted(browser: Client, cursor: str, **words: str) -> tuple[bool, bool]:
    """Whether the page behind a cursor was counted, and whether it says that there are too many."""
    with CaptureQueriesContext(connection) as asked:
        page = browser.get(LIST, {"cursor": cursor, **words})
    return any("COUNT(" in query["sql"] for query in asked), page.context["total"].is_capped


def test_who_turns_the_pages_of_a_long_list_has_it_counted_once(as_user, section, long_list):
    first = as_user(section).get(LIST)
    browser = as_user(section)

    assert first.context["total"].is_capped
    second = first.context["page"].next_cursor
    assert counted(browser, second) == (False, True)
    back = browser.get(LIST, {"cursor": second}).context["page"].previous_cursor
    assert counted(browser, back) == (False, True)


def test_what_a_cursor_says_of_the_number_holds_for_one_reader_question_and_day(
    as_user, section, officer, long_list
):
    cursor = as_user(section).get(LIST).context["page"].next_cursor

    assert counted(as_user(section), cursor, priority="RESERVE") == (True, False)
    assert counted(as_user(officer), cursor)[0]
    with time_machine.travel("2026-11-21T10:00+08:00", tick=False):
        assert counted(as_user(section), cursor)[0]
    assert counted(as_user(section), f"{cursor}x")[0]


def test_a_list_that_can_be_counted_is_counted_for_each_page(as_user, section, long_list, monkeypatch):
    monkeypatch.setattr("projects.list_page.capped_count", capped_count)
    first = as_user(section).get(LIST)

    assert str(first.context["total"]) == "60"
    assert counted(as_user(section), first.context["page"].next_cursor) == (True, False)


# --- tabs and views -----------------------------------------------------------------------------------


def test_counts_come_afterwards_and_are_each_tab_s_own(as_user, section):
    running(ProjectFactory(), date(2026, 9, 1))
    ProjectFactory(submitted=True)

    page = as_user(section).get(LIST)
    counted = as_user(section).get(reverse("projects:counts"), **HTMX)

    assert 'hx-trigger="load"' in page.content.decode()
    found = {tab.label: str(tab.count) for tab in counted.context["tabs"]}
    assert (found["全部在办"], found["红黄灯"], found["待审核"], found["未分派"]) == ("1", "1", "1", "1")


def test_mine_are_those_that_wait_for_me(as_user, section):
    mine = running(ProjectFactory(name="我的项目"), date(2026, 11, 2))
    running(ProjectFactory(name="别人的"), date(2026, 11, 2))
    mine.holder = section
    mine.save(update_fields=["holder"])

    assert shown(as_user(section).get(LIST, {"focus": "mine"})) == ["我的项目"]
    assert shown(as_user(section).get(LIST, {"focus": "unassigned"})) == ["别人的"]


def test_an_address_has_one_form_whatever_its_order_and_blanks():
    one = QueryDict("lamp=red&q=&lamp=amber&sort=-area&cols=name&cols=unit&cursor=x&view=7")
    other = QueryDict("cols=name,unit&sort=-area&lamp=red&lamp=amber")

    assert kept_query(one) == kept_query(other) == "cols=name,unit&lamp=red&lamp=amber&sort=-area"


def save(client, **data: Any):
    return client.post(reverse("projects:view-save", args=["projects"]), data)


def test_a_saved_view_is_an_address_that_can_be_passed_on(as_user, section, officer):
    browser = as_user(section)
    answer = save(browser, name="红灯大户", query="lamp=red&sort=-area&cols=name,area&cursor=x")
    view = SavedView.objects.get()

    assert view.query == "cols=name,area&lamp=red&sort=-area"
    assert answer.url == f"{LIST}?{view.query}&view={view.pk}"
    page = browser.get(answer.url)
    assert [tab.label for tab in page.context["tabs"] if tab.is_active] == ["红灯大户"]
    assert as_user(officer).get(answer.url).status_code == 200


def test_a_list_opens_with_its_default_view_until_all_is_asked_for(as_user, section):
    browser = as_user(section)
    save(browser, name="红灯", query="lamp=red", is_default="on")
    view = SavedView.objects.get()

    assert browser.get(LIST).url == f"{LIST}?lamp=red&view={view.pk}"
    assert browser.get(LIST, {"view": "all"}).status_code == 200
    assert browser.get(LIST, **HTMX).status_code == 200

    browser.post(reverse("projects:view-delete", args=[view.pk]))
    assert browser.get(LIST).status_code == 200


def test_a_view_is_shared_by_role_and_only_by_who_may(as_user, section, dispatcher, officer):
    saved_views.save_view(
        actor=dispatcher,
        list_name=ListName.PROJECTS,
        name="县级必看",
        query="lamp=red",
        shared_roles=["COUNTY"],
    )
    view = SavedView.objects.get()

    assert "县级必看" in [tab.label for tab in as_user(officer).get(LIST).context["tabs"]]
    assert "县级必看" not in [tab.label for tab in as_user(section).get(LIST).context["tabs"]]
    assert as_user(officer).post(reverse("projects:view-delete", args=[view.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        saved_views.save_view(
            actor=officer, list_name=ListName.PROJECTS, name="乱发", query="", shared_roles=["COUNTY"]
        )


def test_a_default_that_is_no_longer_shared_is_forgotten(as_user, dispatcher, officer):
    view = saved_views.save_view(
        actor=dispatcher,
        list_name=ListName.PROJECTS,
        name="县级必看",
        query="lamp=red",
        shared_roles=["COUNTY"],
    )
    saved_views.open_with(actor=officer, list_name=ListName.PROJECTS, view_id=view.pk)
    view.shared_roles = []
    view.save(update_fields=["shared_roles"])

    assert as_user(officer).get(LIST).status_code == 200


def test_two_own_views_cannot_bear_one_name(section):
    saved_views.save_view(actor=section, list_name=ListName.PROJECTS, name="红灯", query="lamp=red")

    with pytest.raises(ViewNameTaken) as refused:
        saved_views.save_view(actor=section, list_name=ListName.PROJECTS, name="红灯", query="lamp=amber")

    assert refused.value.facts == {"name": "红灯"}


def test_views_have_a_bound(section):
    SavedView.objects.bulk_create(
        SavedView(owner=section, list_name="projects", name=str(number)) for number in range(30)
    )

    with pytest.raises(TooManyViews):
        saved_views.save_view(actor=section, list_name=ListName.PROJECTS, name="多", query="")


def test_the_database_keeps_names_apart(section):
    SavedView.objects.create(owner=section, list_name="projects", name="红灯")

    with pytest.raises(IntegrityError, match="saved_view_named_once"), transaction.atomic():
        SavedView.objects.create(owner=section, list_name="projects", name="红灯")


def test_the_density_is_remembered(as_user, section):
    browser = as_user(section)

    browser.post(reverse("projects:density", args=["projects"]), {"dense": "0"}, **HTMX)

    assert not ListPreference.objects.get().is_dense
    assert "lg-table-dense" not in browser.get(LIST).content.decode()


# --- export -------------------------------------------------------------------------------------------


def exported(browser, query: str = "", ids: tuple[int, ...] = ()) -> tuple[Job, list[tuple[object, ...]]]:
    answer = browser.post(reverse("projects:export"), {"query": query, "id": list(ids)})
    job = Job.objects.get(kind="projects.export")
    assert answer.url == job.get_absolute_url()
    assert run_one(job_id=job.pk, clock=clock.now)
    job.refresh_from_db()
    file = browser.get(job.result_url)
    return job, sheet_of(file.content)


def test_the_export_holds_the_rows_the_order_and_the_columns_of_the_screen(as_user, section):
    running(ProjectFactory(name="都匀水库", land={"total_m2": 31_731}), date(2026, 9, 1))
    ProjectFactory(name="都匀公路", land={"total_m2": 90_000})
    ProjectFactory(name="瓮安水库", organisation=organisation("522725"))

    job, rows = exported(as_user(section), "unit=522701&sort=-area&cols=name,area,lamp,clock")

    assert job.state == Job.State.DONE
    assert job.result["rows"] == 2
    assert rows[0][0] == "用地保障项目清单"
    assert [r[1:4] for r in rows[4:6]] == [("都匀公路", 9, "未启动"), ("都匀水库", 3.1731, "逾期")]
    assert rows[5][4] > rows[5][5] == 20
    assert rows[6][2] == pytest.approx(12.1731)


def test_the_export_of_ticked_rows_stays_within_sight(as_user, officer):
    own = ProjectFactory(name="都匀水库")
    other = ProjectFactory(name="瓮安水库", organisation=organisation("522725"))

    _, rows = exported(as_user(officer), "cols=name", (own.pk, other.pk))

    assert [r[1] for r in rows[3:]] == ["都匀水库"]


def test_a_text_that_looks_like_a_formula_stays_text(as_user, section):
    ProjectFactory(name="=1+1", remark="+cmd")

    _, rows = exported(as_user(section), "cols=name,remark")

    assert rows[3][1:] == ("=1+1", "+cmd")


def test_nobody_else_can_fetch_the_file(as_user, section, dispatcher):
    ProjectFactory()
    exported(as_user(section))
    kept = ListExport.objects.get()

    assert as_user(dispatcher).get(kept.get_absolute_url()).status_code == 404


def test_an_empty_list_is_not_exported(as_user, section):
    answer = as_user(section).post(reverse("projects:export"), {"query": "q=没有"}, follow=True)

    assert "没有可导出的行" in answer.content.decode()
    assert not Job.objects.exists()


# --- bulk ---------------------------------------------------------------------------------------------


def bulk_post(browser, **data: Any):
    return browser.post(reverse("projects:bulk"), {"action": "industry", "industry": "水利"} | data)


def test_the_confirmation_says_how_many_and_which(as_user, section):
    for number in range(3):
        ProjectFactory(name=f"都匀水库{number}")
    ProjectFactory(name="荔波公路")

    page = as_user(section).get(reverse("projects:bulk"), {"action": "industry", "scope": "all", "q": "水库"})

    assert "符合当前筛选的全部 3 个" in page.content.decode()


def test_few_rows_are_done_at_once_with_a_result_each(as_user, section):
    first, second = ProjectFactory(), ProjectFactory(status="RETURNED", screening_reason="缺件")
    merged = ProjectFactory(status="MERGED", merged_into=first)

    answer = bulk_post(as_user(section), id=[first.pk, second.pk, merged.pk], seen="3")
    page = as_user(section).get(answer.url).content.decode()

    assert set(Project.objects.filter(industry="水利")) == {first, second}
    refused = BulkResult.objects.get(outcome="REFUSED")
    assert refused.project == merged
    assert "已合并" in refused.message
    assert refused.message in page


def test_all_that_the_filter_finds_and_nothing_else_is_done_in_the_background(as_user, section):
    inside = [ProjectFactory(name=f"都匀水库{number}") for number in range(25)]
    ProjectFactory(name="荔波公路")

    answer = bulk_post(as_user(section), scope="all", query="q=水库", seen="25")
    assert not Project.objects.filter(industry="水利").exists()
    run_waiting(clock=clock.now)

    assert set(Project.objects.filter(industry="水利")) == set(inside)
    assert "已办 <b>25</b>" in as_user(section).get(answer.url).content.decode()


def test_another_number_than_was_seen_is_shown_again_and_not_done(as_user, section):
    ProjectFactory(name="都匀水库")

    answer = bulk_post(as_user(section), scope="all", query="q=水库", seen="7")

    assert answer.status_code == 422
    assert "您看到的是 7 个，现在是 1 个" in answer.content.decode()
    assert not BulkRun.objects.exists()


def asked(actor: User, *, expected: int, chosen: list[int] | None = None, query: str = "") -> BulkRun:
    return start_run(
        actor=actor,
        right=bulk.action_called("industry").right,
        action="industry",
        label="设定行业",
        facts={"industry": "水利"},
        query=query,
        chosen=chosen,
        expected=expected,
        now=clock.now(),
    )


def test_a_list_that_grew_before_the_run_is_left_alone(section):
    ProjectFactory()
    run = asked(section, expected=1)
    ProjectFactory()

    run_waiting(clock=clock.now)

    job = Job.objects.get(pk=run.job_id)
    assert job.state == Job.State.FAILED
    assert "确认时符合条件的有 1 个，现在有 2 个" in job.error
    assert not Project.objects.filter(industry="水利").exists()


def test_sight_is_checked_again_when_the_run_begins(section):
    seen = ProjectFactory()
    run = asked(section, expected=1, chosen=[seen.pk])
    User.objects.get_queryset().filter(pk=section.pk).update(organisation=organisation("522725-ZRZY"))

    run_waiting(clock=clock.now)

    [result] = BulkResult.objects.filter(run=run)
    assert (result.outcome, "可见范围" in result.message) == ("REFUSED", True)
    assert not Project.objects.filter(industry="水利").exists()


def test_the_right_is_checked_again_when_the_run_begins(section):
    project = ProjectFactory()
    run = asked(section, expected=1, chosen=[project.pk])
    User.objects.get_queryset().filter(pk=section.pk).update(role=User.Role.LEADER)

    run_waiting(clock=clock.now)

    assert Job.objects.get(pk=run.job_id).state != Job.State.DONE
    assert not Project.objects.filter(industry="水利").exists()


def test_a_row_that_is_done_is_not_done_again(section):
    run = asked(section, expected=1, chosen=[ProjectFactory().pk])
    row = BulkResult.objects.create(run=run, project=ProjectFactory(), outcome="DONE")
    calls: list[int] = []

    do_row(result_id=row.pk, apply=calls.append)

    assert calls == []


def test_a_run_belongs_to_who_asked(as_user, section, dispatcher):
    run = asked(section, expected=1, chosen=[ProjectFactory().pk])

    assert as_user(dispatcher).get(run.get_absolute_url()).status_code == 404


def test_a_county_is_refused_what_only_the_bureau_does(as_user, officer):
    ProjectFactory()

    assert bulk_post(as_user(officer), scope="all", seen="1").status_code == 403


def test_a_refusal_without_a_reason_is_refused_by_the_database(section):
    run = asked(section, expected=1, chosen=[ProjectFactory().pk])

    with pytest.raises(IntegrityError, match="bulk_refusal_says_why"), transaction.atomic():
        BulkResult.objects.create(run=run, project=ProjectFactory(), outcome="REFUSED")


@pytest.mark.parametrize("length", [1, 20])
def test_results_take_the_same_queries_for_one_and_twenty(as_user, section, length):
    run = asked(section, expected=length, chosen=[ProjectFactory().pk for _ in range(length)])
    run_one(job_id=run.job_id or 0, clock=clock.now)
    browser = as_user(section)

    assert queries_of(lambda: browser.get(run.get_absolute_url())) < 25


# --- the actions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "facts"),
    [
        ("verify", {}),
        ("note", {"note": "林地手续已报省厅"}),
        ("class", {"priority_class": "URGENT", "reason": "州委会议确定"}),
        ("category", {"list_category": "NATIONAL"}),
        ("industry", {"industry": "水利"}),
        ("follow", {}),
        ("unfollow", {}),
    ],
)
def test_each_action_works_through_the_page(as_user, dispatcher, action, facts):
    project = ProjectFactory()
    browser = as_user(dispatcher)

    assert browser.get(reverse("projects:bulk"), {"action": action, "id": project.pk}).status_code == 200
    browser.post(reverse("projects:bulk"), {"action": action, "id": [project.pk], "seen": "1"} | facts)

    assert [row.outcome for row in BulkResult.objects.all()] == ["DONE"]


def test_a_leader_is_given_to_all_without_one(as_user, dispatcher):
    post = Post.objects.create(
        organisation=organisation("522700-ZRZY"), title="副局长（试验）", duty=Post.Duty.LEADER
    )
    led, bare = ProjectFactory(name="有人领办"), ProjectFactory(name="无人领办")
    browser = as_user(dispatcher)
    lead = {"action": "lead", "post": post.pk, "seen": "1"}
    browser.post(reverse("projects:bulk"), lead | {"id": [led.pk]})
    assert shown(browser.get(LIST, {"focus": "leaderless"})) == ["无人领办"]

    browser.post(reverse("projects:bulk"), lead | {"scope": "all", "query": "focus=leaderless"})

    assert shown(browser.get(LIST, {"focus": "leaderless"})) == []
    assert str(post) in browser.get(LIST, {"cols": "leader", "q": bare.name}).content.decode()


@pytest.mark.parametrize("few", [0, 200])
def test_a_project_is_found_by_its_document_and_its_words_whether_few_or_many_hold_them(
    as_user, section, monkeypatch, few
):
    monkeypatch.setattr(words, "FEW", few)
    project = ProjectFactory(name="都匀水库")
    ProjectFactory(name="荔波公路")
    name_document(project_id=project.pk, number="黔府用地函〔2026〕123号")
    name_document(project_id=project.pk, number="黔府用地函〔2026〕123号")

    assert shown(as_user(section).get(LIST, {"q": "用地函〔2026〕123"})) == ["都匀水库"]
    assert shown(as_user(section).get(LIST, {"q": "都匀 用地函"})) == ["都匀水库"]
    assert shown(as_user(section).get(LIST, {"q": "荔波 用地函"})) == []
    assert as_user(section).get("/search/", {"q": "2026〕123"}).url == f"/projects/{project.pk}/"


@pytest.mark.parametrize("few", [1, 200])
def test_a_code_is_found_from_its_beginning_and_by_a_piece_of_it(as_user, section, monkeypatch, few):
    monkeypatch.setattr(words, "FEW", few)
    facts = [
        {"name": "都匀水库", "code": "2601-522701-04-01-123456", "number": "5227-2026-0001"},
        {"name": "荔波公路", "code": "2601-522722-04-01-654321", "number": "5227-2026-0002"},
    ]
    dam, _ = (ProjectFactory(**named, search_text=search_text(**named)) for named in facts)
    paper = ProjectFactory(name="独山学校", code="", number="5227-2025-0009")
    name_document(project_id=paper.pk, number="5227-2026-0001")
    browser = as_user(section)

    def found(text: str) -> set[str]:
        return set(shown(browser.get(LIST, {"q": text})))

    assert found("2601-522701-04-01-123456") == found("2601-522701") == {dam.name}
    assert found("2601-522") == {dam.name, "荔波公路"}
    assert found("22701-04-01") == {dam.name}
    assert found("5227-2026-0001") == {dam.name, paper.name}
    assert found("2601-522701 荔波") == found("2601-522709") == set()


def test_a_beginning_means_codes_and_numbers_that_begin_so_and_any_piece_of_a_document(as_user, section):
    named = ProjectFactory(name="都匀水库", number="5227-2026-0001")
    held = {"name": "荔波公路", "code": "95227-2026-0001"}
    ProjectFactory(**held, search_text=search_text(**held))
    paper = ProjectFactory(name="独山学校")
    name_document(project_id=paper.pk, number="函a5227-2026-0001号")

    found = as_user(section).get(LIST, {"q": "5227-2026-0001"})

    assert set(shown(found)) == {named.name, paper.name}


def test_the_area_is_that_of_all_rows_whether_they_fit_a_page_or_not(as_user, section):
    areas = [10_000 + 7 * number for number in range(53)]
    for number, area in enumerate(areas):
        ProjectFactory(name=f"水库{number}" if number < 3 else f"公路{number}", land={"total_m2": area})
    ProjectFactory(name="水库无面积").land.delete()
    browser = as_user(section)

    assert browser.get(LIST, {"q": "水库"}).context["area_m2"] == sum(areas[:3])
    assert browser.get(LIST).context["area_m2"] == sum(areas)


def test_few_found_by_their_words_are_counted_as_they_are_read(as_user, section):
    ProjectFactory(name="都匀水库")
    browser = as_user(section)
    browser.get(LIST)

    with CaptureQueriesContext(connection) as asked:
        page = browser.get(LIST, {"q": "都匀水库"})

    assert str(page.context["total"]) == "1"
    assert not [query["sql"] for query in asked if "COUNT(" in query["sql"]]
