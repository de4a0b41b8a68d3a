"""A project across several counties: each adds up its own part, reads its papers, may list it."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from approvals.models import Step
from desk import dossier_papers
from desk.plan_use import use_by_class, use_by_unit
from papers import selectors as papers
from papers.models import Paper
from papers.services import Upload, attach, withdraw
from projects.models import AnnualListEntry, AnnualListShare, LandShare, LandUse, Project
from projects.rules.facts import Verdict
from projects.rules.land_shares import Share, divided
from projects.selectors.annual import list_as_of, sums_of, version_difference
from projects.selectors.annual_plan import balance
from projects.selectors.previews import draft_preview
from projects.services import importing
from projects.services.annual_list import publish_version
from tests.factories import ProjectFactory, StepFactory, UserFactory, organisation
from tests.papers.files import pdf
from tests.projects.workbooks import code, row, staged, workbook

pytestmark = pytest.mark.django_db
MARCH, JUNE, TODAY = date(2026, 3, 20), date(2026, 6, 30), date(2026, 11, 20)
LEADING, SHARING, STRANGER = "522701", "522725", "522727"


def county(unit: str) -> User:
    return UserFactory(role=User.Role.COUNTY, organisation=organisation(f"{unit}-ZRZY"))


@pytest.fixture
def dispatch() -> User:
    return UserFactory(role=User.Role.DISPATCH, organisation=organisation("522700-ZRZY-YTGZ"))


@pytest.fixture
def shared() -> Project:
    """100,003 m² new construction land, 60,001 of it with the leading county; arable is not split."""
    project = ProjectFactory(
        name="跨县公路",
        code=code(1, "522700"),
        organisation=organisation(LEADING),
        annual_list__year=2026,
        track=Project.Track.BATCH,
        land={"total_m2": 100_003, "new_construction_m2": 100_003, "arable_m2": 7, "agri_m2": 50},
    )
    split(project, **{LEADING: 60_001, SHARING: 40_002})
    return project


def split(project: Project, **parts: int) -> None:
    LandShare.objects.filter(project=project).delete()
    for unit, m2 in parts.items():
        LandShare.objects.create(
            project=project, organisation=organisation(unit), total_m2=m2, new_construction_m2=m2
        )


def publish(dispatch: User, on: date):
    return publish_version(actor=dispatch, year=2026, published_on=on, reason="发布", today=TODAY)


def sums(actor: User, on: date = TODAY):
    return list_as_of(year=2026, on=on, actor=actor).sums


# --- the rule ----------------------------------------------------------------------------------


def test_what_is_not_split_and_what_moved_since_stand_with_the_leading_county():
    parts = divided(
        {"total_m2": 110, "arable_m2": 9, "agri_m2": None},
        [Share("甲", {"total_m2": 60}), Share("乙", {"total_m2": 40, "agri_m2": 5})],
        leading="甲",
        keys=("total_m2", "arable_m2", "agri_m2"),
    )

    assert [dict(part.areas) for part in parts] == [
        {"total_m2": 70, "arable_m2": 9, "agri_m2": None},
        {"total_m2": 40, "arable_m2": 0, "agri_m2": None},
    ]


# --- the year's list ---------------------------------------------------------------------------


def test_each_county_adds_up_its_own_part_and_the_prefecture_the_whole(dispatch, shared):
    ProjectFactory(
        organisation=organisation(SHARING),
        annual_list=shared.annual_list,
        land={"total_m2": 1_000, "new_construction_m2": 1_000},
    )
    publish(dispatch, MARCH)

    whole, leading, sharing = sums(dispatch), sums(county(LEADING)), sums(county(SHARING))

    assert (whole.projects, whole.total_m2, whole.demand_m2, whole.arable_m2) == (2, 101_003, 101_003, 7)
    assert (leading.projects, leading.total_m2, leading.demand_m2, leading.arable_m2) == (
        *(1, 60_001, 60_001),
        7,
    )
    assert (sharing.projects, sharing.total_m2, sharing.demand_m2, sharing.arable_m2) == (
        *(2, 41_002, 41_002),
        0,
    )
    assert sums(county(STRANGER)).projects == 0


def test_the_bureau_narrows_the_list_to_a_county_and_gets_that_countys_part(dispatch, shared):
    publish(dispatch, MARCH)
    entries = list_as_of(year=2026, on=TODAY, actor=dispatch).entries.in_unit(SHARING)

    assert sums_of(entries, actor=dispatch, unit=SHARING).total_m2 == 40_002


def test_demand_by_county_goes_by_shares_and_still_adds_up(dispatch, shared):
    publish(dispatch, MARCH)
    entries = list_as_of(year=2026, on=TODAY, actor=dispatch).entries

    found = balance(actor=dispatch, year=2026, on=TODAY, entries=entries)

    assert {row.unit.code: row.demand_m2 for row in found.units} == {LEADING: 60_001, SHARING: 40_002}
    assert found.demand_m2 == 100_003
    own = balance(
        actor=(actor := county(SHARING)),
        year=2026,
        on=TODAY,
        entries=list_as_of(year=2026, on=TODAY, actor=actor).entries,
    )
    assert {row.unit.code: row.demand_m2 for row in own.units} == {SHARING: 40_002}


def test_a_new_split_is_a_change_of_the_list_and_old_versions_keep_the_old_one(dispatch, shared):
    march = publish(dispatch, MARCH)
    split(shared, **{LEADING: 100_000, STRANGER: 3})
    june = publish(dispatch, JUNE)

    [changed] = version_difference(march, june, actor=dispatch).changed

    assert [cell.field for cell in changed.row.cells] == ["shares"]
    assert sums(county(SHARING), on=MARCH).total_m2 == 40_002
    assert sums(county(SHARING), on=JUNE).projects == 0
    assert sums(county(STRANGER), on=JUNE).total_m2 == 3


def test_a_published_share_is_not_touched_any_more(dispatch, shared):
    publish(dispatch, MARCH)

    with pytest.raises(Error), transaction.atomic():
        AnnualListShare.objects.update(total_m2=1)
    assert AnnualListEntry.objects.get().shares.count() == 2


def test_the_page_and_the_workbook_say_how_the_land_divides(client: Client, dispatch, shared):
    publish(dispatch, MARCH)
    client.force_login(county(SHARING))

    page = client.get(reverse("projects:annual-list"), {"year": 2026}).content.decode()
    found = client.get("/api/v1/annual-list/", {"year": 2026}).json()["results"]
    file = client.get(reverse("projects:annual-export"), {"year": 2026}).content

    assert "瓮安县 4.0002 公顷" in page
    assert "<b>4.0002</b> 公顷" in page
    assert [share["total_m2"] for share in found[0]["shares"]] == [60_001, 40_002]
    assert 4.0002 in exported_cells(file)
    assert 10.0003 not in exported_cells(file)


def exported_cells(file: bytes) -> list[object]:
    import io

    import openpyxl

    return [
        cell
        for line in openpyxl.load_workbook(io.BytesIO(file)).active.iter_rows(values_only=True)
        for cell in line
    ]


def test_use_of_the_plan_goes_by_shares_too(dispatch, shared):
    StepFactory(project=shared, code="B03", status=Step.Status.DONE, closed_on=JUNE)

    by_unit = {use.label: use.used_m2 for use in use_by_unit(actor=dispatch, year=2026, on=TODAY)}
    own = [use.used_m2 for use in use_by_class(actor=county(SHARING), year=2026, on=TODAY)]

    assert by_unit == {"都匀市": 60_001, "瓮安县": 40_002}
    assert own[0] == 40_002


# --- papers ------------------------------------------------------------------------------------


def paper_of(project: Project, actor: User) -> Paper:
    return attach(
        actor=actor,
        owner=dossier_papers.owner_of(project),
        upload=Upload("批复.pdf", pdf()),
        kind=Paper.Kind.DECISION,
        title="可研批复",
        today=TODAY,
    )


def test_a_sharing_county_reads_and_opens_the_projects_papers(client: Client, shared):
    paper = paper_of(shared, county(LEADING))
    client.force_login(county(SHARING))

    tab = client.get(reverse("desk:dossier", args=[shared.pk]), {"tab": "papers"})
    file = client.get(reverse("papers:download", args=[paper.pk]))

    assert "可研批复" in tab.content.decode()
    assert file.status_code == 200
    assert client.get(f"/api/v1/papers/{paper.pk}/").status_code == 200


def test_a_stranger_county_is_not_told_that_there_is_a_paper(client: Client, shared):
    paper = paper_of(shared, county(LEADING))
    client.force_login(county(STRANGER))

    assert client.get(reverse("papers:download", args=[paper.pk])).status_code == 404
    assert client.get(f"/api/v1/papers/{paper.pk}/").status_code == 404
    assert papers.count_of_project(actor=county(STRANGER), project_id=shared.pk) == 0


def test_papers_of_a_project_that_is_not_adopted_stay_with_its_county(client: Client, shared):
    paper = paper_of(shared, county(LEADING))
    Project.objects.filter(pk=shared.pk).update(status=Project.Status.SUBMITTED)
    client.force_login(county(SHARING))

    assert client.get(reverse("papers:download", args=[paper.pk])).status_code == 404


def test_a_sharing_county_hands_in_papers_and_a_stranger_does_not(shared):
    paper = paper_of(shared, county(SHARING))

    assert paper.scope_organisation.code == LEADING
    with pytest.raises(PermissionDenied):
        paper_of(shared, county(STRANGER))


def test_a_withdrawn_paper_of_a_shared_project_shows_its_reason_to_both(shared):
    leading = county(LEADING)
    withdraw(actor=leading, paper=paper_of(shared, leading), reason="扫描不清")

    [series] = papers.papers_of_project(actor=county(SHARING), project_id=shared.pk)

    assert series.is_withdrawn


# --- the import --------------------------------------------------------------------------------


def preview(actor: User, *rows: tuple[object, ...]):
    draft = staged(actor, workbook(*rows))
    return draft_preview(actor=actor, draft_id=draft.pk, today=TODAY)[1]


@pytest.mark.parametrize("total", [4.0002, 10.0003, None], ids=["its part", "the whole", "not stated"])
@pytest.mark.parametrize("number", [code(1, "522700"), ""], ids=["by code", "by name"])
def test_a_county_lists_a_project_that_it_shares_without_a_conflict(shared, total, number):
    [found] = preview(
        county(SHARING),
        row("跨县公路", code=number, county="瓮安县", total=total, arable=None, owner=""),
    ).rows

    assert (found.verdict, found.project) == (Verdict.UNCHANGED, shared)
    assert not any(problem.is_error for problem in found.problems)


def test_what_a_sharing_county_states_otherwise_is_for_the_leading_one(shared):
    actor = county(SHARING)
    [found] = preview(
        actor, row("跨县公路", code=code(1, "522700"), county="瓮安县", total=5, arable=None, owner="")
    ).rows

    assert found.verdict is Verdict.CONFLICT
    assert "由都匀市牵头报送；总面积与系统中的不一致" in found.problems[0].message
    draft = staged(actor, workbook(row("跨县公路", code=code(1, "522700"), county="瓮安县", total=5)))
    with pytest.raises(Exception, match="没有可以导入的行"):
        importing.confirm_good_rows(actor=actor, draft_id=draft.pk, today=TODAY)
    assert LandUse.objects.get(project=shared).total_m2 == 100_003


def test_the_project_of_a_county_without_a_share_is_still_anothers(shared):
    [found] = preview(
        county(STRANGER), row("跨县公路", code=code(1, "522700"), county="平塘县", total=10.0003, arable=None)
    ).rows

    assert found.verdict is Verdict.NEW
    assert "已由其他单位报送" in found.problems[0].message
