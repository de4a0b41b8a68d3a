"""What the lists show, to whom, in how many queries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.http import QueryDict

from accounts.models import User
from deadlines import rules
from deadlines.models import Deadline
from deadlines.services import LineSpec, Owner, open_deadline
from projects import selectors
from projects.filters import ProjectFilterSet
from projects.models import DuplicatePair, Project
from projects.search_text import search_text
from projects.selectors.duplicates import alike_pairs
from projects.services import duplicates
from tests.factories import ProjectFactory, organisation
from tests.projects.workbooks import imported, row

TODAY = date(2026, 11, 20)
MAXIMUM = rules.Line(limit=20, unit=rules.Unit.WORKING_DAY, kind=rules.LineKind.MAX)


def running(
    project: Project, started_on: date, *, stage: str = "用地预审与选址", line: rules.Line = MAXIMUM
) -> Deadline:
    return open_deadline(
        owner=Owner(
            subject=project,
            subject_label=stage,
            holder_organisation=organisation("522700-ZRZY-YTGZ"),
            scope_organisation=project.organisation,
            stage=stage,
            project_id=project.pk,
        ),
        role=Deadline.Role.HANDLING,
        started_on=started_on,
        committed=None,
        statutory=LineSpec(line, "行政许可法42"),
        today=TODAY,
    )


class Reader:
    """As much of a request as a filterset looks at."""

    def __init__(self, user: User) -> None:
        self.user = user


def found(actor: User, parameters: str) -> set[str]:
    rows = selectors.project_list(actor=actor)
    filterset = ProjectFilterSet(QueryDict(parameters), queryset=rows, request=Reader(actor))
    return {project.name for project in filterset.qs}


# --- who sees what --------------------------------------------------------------------------------


def test_a_county_sees_its_own_and_not_its_neighbours(officer, stranger):
    ProjectFactory(name="都匀水库")
    ProjectFactory(name="瓮安水库", organisation=organisation("522725"))

    assert found(officer, "") == {"都匀水库"}
    assert found(stranger, "") == {"瓮安水库"}


def test_a_department_sees_what_it_handed_in(department):
    ProjectFactory(name="都匀水库", submitted_by=department.organisation)
    ProjectFactory(name="都匀公路")

    assert found(department, "") == {"都匀水库"}


@pytest.mark.parametrize("reader", ["officer", "stranger", "department", "section", "leader"])
def test_counted_are_the_rows_that_are_seen(request, client, reader):
    actor = request.getfixturevalue(reader)
    for code in ("522701", "522701", "522725", "522700", "520000"):
        ProjectFactory(organisation=organisation(code))
    ProjectFactory(submitted_by=organisation("522700-SWJ"))
    seen = selectors.project_list(actor=actor)

    assert set(selectors.for_counting(seen, actor=actor)) == set(seen)
    client.force_login(actor)
    assert client.get("/projects/?view=all").context["total"].number == seen.count() > 0


def test_the_bureau_sees_the_prefecture(section):
    ProjectFactory(name="都匀水库")
    ProjectFactory(name="瓮安水库", organisation=organisation("522725"))

    assert found(section, "") == {"都匀水库", "瓮安水库"}


# --- filters --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["抽水", "dycs", "DUYUNCHOUSHUI", "2601-522701", "5227-2026-00042", "水投", "抽水 水投"]
)
def test_a_project_is_found_by_name_pinyin_code_number_and_owner(section, words):
    text = search_text(
        name="都匀抽水蓄能电站", code="2601-522701-02", number="5227-2026-00042", owner_unit="水投公司"
    )
    ProjectFactory(name="都匀抽水蓄能电站", search_text=text)
    ProjectFactory(name="荔波公路", search_text=search_text(name="荔波公路"))

    assert found(section, f"q={words}") == {"都匀抽水蓄能电站"}


def test_county_names_are_spelt_as_they_are_spoken():
    text = search_text(name="长顺县至都匀市公路（三都段）")

    assert "CHANGSHUNXIANZHIDUYUNSHI" in text
    assert "CSXZDYSGL" in text


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ("", {"甲", "乙", "丙"}),
        ("unit=522725", {"丙"}),
        ("category=NATIONAL", {"乙"}),
        ("category=PROVINCIAL_UP", {"甲", "乙"}),
        ("priority=URGENT", {"丙"}),
        ("track=batch", {"乙"}),
        ("stage=征地前期程序", {"乙"}),
        ("lamp=red", {"甲"}),
        ("lamp=green&lamp=idle", {"乙", "丙"}),
        ("due=overdue", {"甲"}),
        ("due=month", set()),
        ("status=SUBMITTED", {"丁"}),
        ("status=ANY", {"甲", "乙", "丙", "丁"}),
        ("stage=征地前期程序&lamp=red", set()),
        ("unit=没有", set()),
    ],
)
def test_each_filter_keeps_what_it_says(section, parameters, names):
    first = ProjectFactory(name="甲", list_category="PROVINCIAL")
    second = ProjectFactory(name="乙", list_category="NATIONAL", track="batch")
    ProjectFactory(
        name="丙",
        list_category="OTHER",
        priority_class="URGENT",
        organisation=organisation("522725"),
    )
    ProjectFactory(name="丁", submitted=True)
    running(first, date(2026, 9, 1))
    running(second, date(2026, 11, 10), stage="征地前期程序")

    assert found(section, parameters) == names


def test_a_wait_that_is_over_and_a_reference_line_are_not_past_their_end(section):
    """公告期满 lets the next step begin; a line of an old rule warns nobody."""
    lines = {
        "公告": replace(MAXIMUM, kind=rules.LineKind.MIN),
        "参照": replace(MAXIMUM, is_reference=True),
        "逾期": MAXIMUM,
    }
    for name, line in lines.items():
        assert running(ProjectFactory(name=name), date(2026, 9, 1), line=line).due_on < TODAY

    assert found(section, "due=overdue") == {"逾期"}


# --- lamps and clocks -----------------------------------------------------------------------------


def test_a_row_shows_the_worst_open_deadline(section):
    project = ProjectFactory()
    running(project, date(2026, 11, 10), stage="征地前期程序")
    running(project, date(2026, 9, 1))

    [shown] = selectors.with_clocks(selectors.project_list(actor=section), today=TODAY)

    assert (shown.lamp, shown.stage) == (rules.Lamp.RED, "用地预审与选址")
    assert shown.line.is_overdue
    assert shown.holder == "用途管制"


def test_a_project_without_an_open_deadline_is_grey(section):
    ProjectFactory()

    [shown] = selectors.with_clocks(selectors.project_list(actor=section), today=TODAY)

    assert (shown.lamp, shown.line, shown.stage) == (rules.Lamp.IDLE, None, "")


@pytest.mark.parametrize("length", [1, 20])
def test_the_list_takes_the_same_queries_for_one_project_and_twenty(
    section, django_assert_num_queries, length
):
    for _ in range(length):
        running(ProjectFactory(), date(2026, 11, 2))
    assert section.scope is not None

    with django_assert_num_queries(4):
        rows = selectors.project_list(actor=section)
        for shown in selectors.with_clocks(rows, today=TODAY):
            assert all([shown.project.organisation.short_name, shown.project.land.total_m2, shown.holder])


# --- screening and submissions ----------------------------------------------------------------------


def test_a_similar_name_in_the_same_county_is_proposed(section):
    waiting = ProjectFactory(name="都匀市标准厂房三期建设项目", submitted=True)
    twin = ProjectFactory(name="都匀标准厂房三期建设项目")
    ProjectFactory(name="都匀标准厂房三期建设项目", organisation=organisation("522725"))
    ProjectFactory(name="都匀至瓮安高速公路")
    duplicates.propose(found=alike_pairs(project_ids=[waiting.pk], on=TODAY), today=TODAY)

    [shown] = selectors.with_proposals(selectors.waiting_list(actor=section), today=TODAY)

    assert shown.project == waiting
    assert [candidate.project for candidate in shown.candidates] == [twin]
    assert shown.candidates[0].alike > 60


@pytest.mark.parametrize(
    ("name", "kind", "land", "track"),
    [
        ("都匀抽水蓄能电站", "county", {"total_m2": 9}, "single_site"),
        ("都匀市人民医院", "county", {"total_m2": 9}, "batch"),
        ("光伏组件厂", "park", {"total_m2": 9}, "batch"),
        ("旧厂改造", "county", {"total_m2": 9, "construction_m2": 9}, "no_requisition"),
    ],
)
def test_a_track_is_proposed_by_rule(section, name, kind, land, track):
    unit = organisation("522701" if kind == "county" else "522700-P01")
    ProjectFactory(name=name, submitted=True, organisation=unit, land=land)

    [shown] = selectors.with_proposals(selectors.waiting_list(actor=section), today=TODAY)

    assert shown.proposal.track == track
    assert shown.proposal.reason


@pytest.mark.parametrize("length", [1, 20])
def test_the_queue_takes_the_same_queries_for_one_project_and_twenty(
    section, django_assert_num_queries, length
):
    for number in range(length):
        waiting = ProjectFactory(name=f"都匀标准厂房{number}期", submitted=True)
        twin = ProjectFactory(name=f"都匀标准厂房{number}期工程")
        DuplicatePair.objects.create(first=waiting, second=twin, alike=80, found_on=TODAY)
    assert section.scope is not None

    with django_assert_num_queries(5):
        for shown in selectors.with_proposals(selectors.waiting_list(actor=section), today=TODAY):
            assert [candidate.project.name for candidate in shown.candidates]


@pytest.mark.parametrize("length", [1, 20])
def test_submissions_take_one_query_for_one_and_twenty(officer, django_assert_num_queries, length):
    for number in range(length):
        imported(officer, row(f"都匀项目第{number}号"))

    with django_assert_num_queries(1):
        shown = list(selectors.submission_list(actor=officer))
        assert [s.waiting for s in shown] == [1] * length
        assert not any(s.gathering or s.dropped for s in shown)
        assert all(s.organisation.short_name and s.submitted_by.label for s in shown)


def test_reporting_units_are_those_in_sight(officer, section, department):
    assert [unit.code for unit in selectors.reporting_units(actor=officer)] == ["522701"]
    twelve_counties_and_a_park = 13
    assert len(selectors.reporting_units(actor=section)) == twelve_counties_and_a_park
    assert len(selectors.reporting_units(actor=department)) == twelve_counties_and_a_park
