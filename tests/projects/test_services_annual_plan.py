from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, IntegrityError, transaction

from accounts.models import User
from core.units import AreaUnit
from deadlines.models import Deadline
from projects.models import (
    AnnualListEntry,
    PlanItem,
    PlanQuota,
    PlanVersion,
    PlanVersionLine,
    ProjectCourse,
    QuotaRoute,
)
from projects.plan_document import plan_document
from projects.refusals import (
    CourseOutOfOrder,
    ListDayOutOfOrder,
    NothingToPublish,
    PlanItemClosed,
    PlanLimitOver,
    ProjectNotListed,
    ReasonMissing,
)
from projects.selectors.annual import list_as_of
from projects.selectors.annual_plan import balance, plan_difference, projects_without_plan
from projects.services.annual_list import publish_version, remove_from_list
from projects.services.annual_plan import (
    Drafting,
    ItemFacts,
    LifeDates,
    QuotaIssue,
    add_item,
    change_item,
    draft_items,
    enter_quota,
    publish_plan,
    record_course,
    settle_route,
    solve_item,
    strike_item,
)
from tests.factories import ProjectFactory, organisation

pytestmark = pytest.mark.django_db
TODAY, LIMIT = date(2026, 11, 23), date(2026, 12, 31)
MU_10 = 6_667


def listed(name: str = "都匀水厂", unit: str = "522701", *, new_m2: int = 40_000, **fields):
    land = {"total_m2": 50_000, "arable_m2": 20_000, "new_construction_m2": new_m2}
    return ProjectFactory(name=name, organisation=organisation(unit), land=land, **fields)


def facts(**changes) -> ItemFacts:
    given = {
        "problem": "占补平衡待落实",
        "measure": "落实补充耕地指标",
        "responsible": organisation("522701"),
        "limit_on": LIMIT,
    }
    return ItemFacts(**{**given, **changes})


def issue(value: str = "6600", unit: AreaUnit = AreaUnit.MU, **changes) -> QuotaIssue:
    given = {
        "year": 2026,
        "organisation": organisation("522701"),
        "land_class": "NEW_CONSTRUCTION",
        "value": Decimal(value),
        "unit": unit,
        "issued_on": date(2026, 2, 1),
        "doc_no": "黔自然资函〔2026〕7号",
    }
    return QuotaIssue(**{**given, **changes})


def published(dispatcher):
    publish_version(actor=dispatcher, year=2026, published_on=TODAY, reason="清单", today=TODAY)
    return list_as_of(year=2026, on=TODAY, actor=dispatcher).entries


# --- quota ----------------------------------------------------------------------------------------


def test_a_quota_is_kept_as_entered_and_in_square_metres(dispatcher):
    row = enter_quota(actor=dispatcher, issue=issue(), today=TODAY)

    assert (row.area_m2, row.entered_value, row.entered_unit) == (4_400_000, "6600", "mu")


def test_demand_stands_against_the_quota_by_county_and_class(dispatcher):
    listed("甲", priority_class="URGENT", new_m2=3_000_000)
    listed("乙", priority_class="ORDINARY", new_m2=2_000_000)
    listed("丙", "522725", priority_class="KEY", new_m2=1_000_000)
    enter_quota(actor=dispatcher, issue=issue(), today=TODAY)

    found = balance(actor=dispatcher, year=2026, on=TODAY, entries=published(dispatcher))

    assert (found.quota_m2, found.demand_m2, found.gap_m2) == (4_400_000, 6_000_000, 1_600_000)
    assert [(u.unit.code, u.quota_m2, u.demand_m2, u.gap_m2) for u in found.units] == [
        ("522701", 4_400_000, 5_000_000, 600_000),
        ("522725", 0, 1_000_000, 1_000_000),
    ]
    assert [(c.priority_class, c.covered_m2) for c in found.coverage] == [
        ("URGENT", 3_000_000),
        ("KEY", 1_000_000),
        ("ORDINARY", 400_000),
    ]


def test_what_lives_on_stock_asks_for_no_quota(dispatcher):
    project = listed()
    settle_route(
        actor=dispatcher, project_id=project.pk, route=QuotaRoute.STOCK, reason="闲置地", today=TODAY
    )

    found = balance(actor=dispatcher, year=2026, on=TODAY, entries=published(dispatcher))

    assert (found.demand_m2, found.stock_m2) == (0, 40_000)


def test_more_handed_out_and_taken_back_are_rows_of_their_own(dispatcher):
    enter_quota(actor=dispatcher, issue=issue("100", AreaUnit.HA), today=TODAY)
    enter_quota(actor=dispatcher, issue=issue("-40", AreaUnit.HA), today=TODAY)

    found = balance(actor=dispatcher, year=2026, on=TODAY, entries=AnnualListEntry.objects.none())

    assert found.quota_m2 == 600_000
    with pytest.raises(Error), transaction.atomic():
        PlanQuota.objects.update(area_m2=1)


def test_a_quota_names_its_paper_and_was_issued_by_today(dispatcher):
    with pytest.raises(ReasonMissing):
        enter_quota(actor=dispatcher, issue=issue(doc_no=" "), today=TODAY)
    with pytest.raises(ListDayOutOfOrder):
        enter_quota(actor=dispatcher, issue=issue(issued_on=date(2026, 11, 24)), today=TODAY)


def test_only_the_dispatch_office_enters_quota(section):
    with pytest.raises(PermissionDenied):
        enter_quota(actor=section, issue=issue(), today=TODAY)


# --- course ---------------------------------------------------------------------------------------


def test_the_dates_of_a_projects_life_are_written_down_by_its_county(officer):
    project = listed()
    dates = LifeDates(date(2026, 3, 1), date(2026, 10, 1), date(2026, 12, 1), None, "主体完工")

    record_course(actor=officer, project_id=project.pk, dates=dates, today=TODAY)

    course = ProjectCourse.objects.get()
    assert (course.started_on, course.finished_on, course.effect_on) == (
        *(dates.started_on, dates.finished_on),
        None,
    )


@pytest.mark.parametrize(
    "dates",
    [
        LifeDates(date(2026, 11, 24), None, None, None),
        LifeDates(date(2026, 5, 1), date(2026, 4, 1), None, None),
        LifeDates(date(2026, 5, 1), None, None, date(2026, 4, 1)),
    ],
    ids=["future start", "finished before it began", "effect before the start"],
)
def test_a_life_runs_forward_and_not_into_the_future(officer, dates):
    project = listed()

    with pytest.raises(CourseOutOfOrder):
        record_course(actor=officer, project_id=project.pk, dates=dates, today=TODAY)


def test_a_route_says_why(dispatcher):
    project = listed()

    with pytest.raises(ReasonMissing):
        settle_route(actor=dispatcher, project_id=project.pk, route=QuotaRoute.DIRECT, reason="", today=TODAY)
    with pytest.raises(IntegrityError, match="course_route_says_why"), transaction.atomic():
        ProjectCourse.objects.create(project=project, route="STOCK", updated_by=dispatcher)


# --- the guarantee plan ---------------------------------------------------------------------------


def test_an_item_of_the_plan_runs_on_a_clock_of_its_responsible_unit(dispatcher):
    project = listed()

    item = add_item(actor=dispatcher, year=2026, project_id=project.pk, facts=facts(), today=TODAY)

    deadline = Deadline.objects.get(subject_kind="projects.planitem", subject_id=item.pk)
    assert (deadline.due_on, deadline.holder_organisation.code) == (LIMIT, "522701")
    assert (deadline.project_id, deadline.is_open) == (project.pk, True)


def test_a_new_limit_moves_the_clock_and_a_solution_stops_it(dispatcher, officer):
    item = add_item(actor=dispatcher, year=2026, project_id=listed().pk, facts=facts(), today=TODAY)
    sooner = facts(limit_on=date(2026, 12, 10), responsible=organisation("522701-ZRZY"))

    change_item(actor=dispatcher, item_id=item.pk, facts=sooner, today=TODAY)
    moved = Deadline.objects.get(pk=item.deadline_id)
    solve_item(actor=officer, item_id=item.pk, outcome="已挂钩", solved_on=TODAY, today=TODAY)

    assert (moved.due_on, moved.holder_organisation.code) == (date(2026, 12, 10), "522701-ZRZY")
    assert Deadline.objects.get(pk=item.deadline_id).state == Deadline.State.MET
    assert PlanItem.objects.get().state == PlanItem.State.SOLVED


def test_a_closed_item_is_history(dispatcher):
    item = add_item(actor=dispatcher, year=2026, project_id=listed().pk, facts=facts(), today=TODAY)
    strike_item(actor=dispatcher, item_id=item.pk, reason="重复", today=TODAY)

    with pytest.raises(PlanItemClosed) as refused:
        change_item(actor=dispatcher, item_id=item.pk, facts=facts(), today=TODAY)

    assert refused.value.facts == {"state": "STRUCK"}
    assert Deadline.objects.get(pk=item.deadline_id).state == Deadline.State.CANCELLED


def test_a_limit_in_the_past_is_refused(dispatcher):
    with pytest.raises(PlanLimitOver):
        add_item(
            actor=dispatcher,
            year=2026,
            project_id=listed().pk,
            facts=facts(limit_on=date(2026, 11, 22)),
            today=TODAY,
        )


def test_a_project_not_on_the_list_is_in_no_plan(dispatcher):
    waiting = ProjectFactory(submitted=True)

    with pytest.raises(ProjectNotListed):
        add_item(actor=dispatcher, year=2026, project_id=waiting.pk, facts=facts(), today=TODAY)


def test_the_plan_is_drafted_from_the_facts_for_projects_without_a_line_once(dispatcher):
    listed("甲")
    listed("乙")
    add_item(actor=dispatcher, year=2026, project_id=listed("丙").pk, facts=facts(), today=TODAY)
    drafting = Drafting(year=2026, limit_on=LIMIT)

    made = draft_items(actor=dispatcher, drafting=drafting, today=TODAY)
    again = draft_items(actor=dispatcher, drafting=drafting, today=TODAY)

    assert (made, again) == (4, 0)
    assert not projects_without_plan(actor=dispatcher, year=2026).exists()


def test_leaving_the_list_strikes_the_open_items(dispatcher):
    project = listed()
    item = add_item(actor=dispatcher, year=2026, project_id=project.pk, facts=facts(), today=TODAY)

    remove_from_list(actor=dispatcher, project_id=project.pk, reason="业主放弃", today=TODAY)

    item.refresh_from_db()
    assert (item.state, item.outcome) == (PlanItem.State.STRUCK, "项目调出年度清单：业主放弃")


def test_two_versions_of_the_plan_tell_what_changed(dispatcher):
    first = add_item(actor=dispatcher, year=2026, project_id=listed("甲").pk, facts=facts(), today=TODAY)
    one = publish_plan(actor=dispatcher, year=2026, reason="初稿", today=TODAY)
    change_item(actor=dispatcher, item_id=first.pk, facts=facts(person="张科长"), today=TODAY)
    new = facts(problem="林地手续待办")
    add_item(actor=dispatcher, year=2026, project_id=listed("乙").pk, facts=new, today=TODAY)
    two = publish_plan(actor=dispatcher, year=2026, reason="动态更新", today=TODAY)

    found = plan_difference(one, two, actor=dispatcher)

    assert [row.label for row in found.joined] == ["林地手续待办"]
    assert [(c.field, c.new) for row in found.changed for c in row.cells] == [("person", "张科长")]
    with pytest.raises(NothingToPublish):
        publish_plan(actor=dispatcher, year=2026, reason="再来", today=TODAY)


def test_a_settled_plan_cannot_be_rewritten(dispatcher):
    add_item(actor=dispatcher, year=2026, project_id=listed().pk, facts=facts(), today=TODAY)
    publish_plan(actor=dispatcher, year=2026, reason="初稿", today=TODAY)

    for change in (
        lambda: PlanVersion.objects.update(reason="改"),
        lambda: PlanVersionLine.objects.update(facts={}),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()


def test_counties_do_not_edit_the_plan_and_sections_do_not_settle_it(officer, section):
    project = listed()

    with pytest.raises(PermissionDenied):
        add_item(actor=officer, year=2026, project_id=project.pk, facts=facts(), today=TODAY)
    add_item(actor=section, year=2026, project_id=project.pk, facts=facts(), today=TODAY)
    with pytest.raises(PermissionDenied):
        publish_plan(actor=section, year=2026, reason="初稿", today=TODAY)


def test_a_county_solves_its_own_items_and_finds_no_others(officer: User, dispatcher):
    theirs = add_item(
        actor=dispatcher,
        year=2026,
        project_id=listed("瓮安的", "522725").pk,
        facts=facts(responsible=organisation("522725")),
        today=TODAY,
    )

    with pytest.raises(PlanItem.DoesNotExist):
        solve_item(actor=officer, item_id=theirs.pk, outcome="已办", solved_on=TODAY, today=TODAY)


def test_the_plan_as_a_word_document_says_what_the_page_says(dispatcher):
    listed("甲", priority_class="URGENT", new_m2=4_000_000)
    add_item(
        actor=dispatcher, year=2026, project_id=listed("都匀水厂").pk, facts=facts(person="李局"), today=TODAY
    )
    enter_quota(actor=dispatcher, issue=issue("1000"), today=TODAY)
    published(dispatcher)

    document = docx.Document(io.BytesIO(plan_document(actor=dispatcher, year=2026, today=TODAY)))

    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "2026年度建设项目用地要素保障工作方案" in text
    assert "列入项目2个" in text
    assert "已下达计划指标1,000.00亩，缺口5,060.00亩" in text
    row = [cell.text for cell in document.tables[0].rows[1].cells]
    assert row[1:] == [
        "都匀水厂",
        "都匀市",
        "占补平衡待落实",
        "落实补充耕地指标",
        "都匀市",
        "李局",
        "2026年12月31日",
    ]
    assert "2026年11月23日" in text
