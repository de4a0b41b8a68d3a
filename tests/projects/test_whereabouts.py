"""报件到哪里、专人跟踪到哪里: where a file lies, since when, who accompanies it."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import Error, IntegrityError, transaction

from accounts.models import User
from audit.models import Entry
from notifications.models import Message
from projects.models import FileStop, LandShare, Project
from projects.refusals import CompanionOutside, FileStopInvalid, ProjectNotEditable
from projects.selectors.whereabouts import way_of
from projects.services.whereabouts import register_stop
from tests.factories import ProjectFactory, UserFactory, organisation

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
HALL, BUREAU = "省自然资源厅用途管制处", "州局耕保科"


@pytest.fixture
def project() -> Project:
    return ProjectFactory(name="都匀水库")


@pytest.fixture
def as_section(client, section):
    client.force_login(section)
    with time_machine.travel("2026-11-20T09:00:00+08:00", tick=False):
        yield client


def moved(actor: User, project: Project, office: str = BUREAU, **facts: object) -> FileStop:
    given: dict[str, object] = {
        "level": "PREFECTURE",
        "since_on": date(2026, 11, 2),
        "companion_id": actor.pk,
        **facts,
    }
    return register_stop(actor=actor, project_id=project.pk, office=office, today=TODAY, **given)


def test_stops_follow_each_other_and_the_last_is_where_it_lies(section, project):
    moved(section, project)
    moved(section, project, HALL, level="PROVINCE", since_on=date(2026, 11, 9))

    way = way_of(project, actor=section, today=TODAY)

    assert [(row.stop.office, row.stop.until_on, row.days) for row in way] == [
        (HALL, None, 11),
        (BUREAU, date(2026, 11, 9), 7),
    ]
    entry = Entry.objects.filter(verb="project.file_moved").latest("pk")
    assert (entry.facts["from"], entry.facts["to"]) == (f"州（市）级 {BUREAU}", f"省级 {HALL}")


def test_who_accompanies_the_file_is_told(section, project):
    officer = UserFactory(role=User.Role.COUNTY, organisation=organisation("522701-ZRZY"))

    moved(section, project, companion_id=officer.pk)

    assert "请跟办“都匀水库”的报件" in Message.objects.get(recipient=officer).title
    assert not Message.objects.filter(recipient=section).exists()


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"since_on": date(2026, 11, 21)}, "since_on"),
        ({"since_on": date(2026, 11, 1)}, "since_on"),
        ({"level": "TOWN"}, "level"),
        ({"office": " "}, "level"),
    ],
    ids=["in the future", "before the last stop", "no such level", "no office"],
)
def test_a_stop_out_of_order_is_refused(section, project, facts, named):
    moved(section, project)

    with pytest.raises(FileStopInvalid) as refusal:
        moved(section, project, **facts)

    assert list(refusal.value.facts) == [named]
    assert FileStop.objects.get().until_on is None


def test_nobody_of_another_county_is_sent_along(officer, stranger, project):
    with pytest.raises(CompanionOutside) as refusal:
        moved(officer, project, companion_id=stranger.pk)

    assert refusal.value.facts == {"companion": stranger.pk}


def test_a_project_that_is_history_goes_nowhere(section, project):
    Project.objects.filter(pk=project.pk).update(status=Project.Status.REMOVED)

    with pytest.raises(ProjectNotEditable):
        moved(section, project)


def test_who_runs_no_steps_registers_nothing_and_a_stranger_finds_no_project(leader, stranger, project):
    with pytest.raises(PermissionDenied):
        moved(leader, project)
    with pytest.raises(Project.DoesNotExist):
        moved(stranger, project)


def test_a_file_lies_in_one_place_and_an_ended_stop_stays_as_it_was(section, project):
    stop = moved(section, project)
    with pytest.raises(IntegrityError, match="file_stop_one_current"), transaction.atomic():
        FileStop.objects.create(
            project=project, level="STATE", office="部", since_on=TODAY, companion=section, entered_by=section
        )
    moved(section, project, HALL, level="PROVINCE")

    with pytest.raises(Error), transaction.atomic():
        FileStop.objects.filter(pk=stop.pk).update(office="另一处")
    with pytest.raises(Error), transaction.atomic():
        FileStop.objects.filter(pk=stop.pk).delete()


def test_the_officer_registers_the_next_stop_and_the_dossier_shows_it(as_section, section, project):
    sent = as_section.post(
        f"/projects/{project.pk}/file/",
        {"level": "PROVINCE", "office": HALL, "since_on": "2026-11-09", "companion": section.pk, "note": ""},
        follow=True,
    )

    page = sent.content.decode()
    assert f"已登记：报件现在省级 {HALL}" in page
    assert f"11-09 起 · 跟办 {section.label}" in page
    assert '<span class="lg-tag lg-tag-strong">现在</span>' in page
    assert FileStop.objects.get().companion == section


def test_a_refusal_keeps_what_was_typed(as_section, section, project):
    sent = as_section.post(
        f"/projects/{project.pk}/file/",
        {"level": "PROVINCE", "office": HALL, "since_on": "2026-11-25", "companion": section.pk},
    )

    assert sent.status_code == 422
    assert "晚于今天" in sent.content.decode()
    assert HALL in sent.content.decode()


def test_the_list_shows_and_filters_where_files_lie(as_section, section, project):
    other = ProjectFactory(name="都匀公路")
    ProjectFactory(name="都匀电站")
    moved(section, project, HALL, level="PROVINCE")
    moved(UserFactory(role=User.Role.DISPATCH, organisation=section.organisation), other)

    def names(**asked: str) -> list[str]:
        page = as_section.get("/projects/", {"cols": "name,file", **asked}).content.decode()
        return [name for name in ("都匀水库", "都匀公路", "都匀电站") if f">{name}</a>" in page]

    assert names(file="PROVINCE") == ["都匀水库"]
    assert names(file="mine") == ["都匀水库"]
    assert names(file="nowhere") == ["都匀电站"]
    assert names() == ["都匀水库", "都匀公路", "都匀电站"]
    page = as_section.get("/projects/", {"cols": "name,file"}).content.decode()
    assert f"省级 {HALL}" in page


def test_the_api_registers_and_lists_stops(as_section, section, stranger, client, project):
    body = {
        "project": project.pk,
        "level": "PROVINCE",
        "office": HALL,
        "since_on": "2026-11-09",
        "companion": section.pk,
    }

    made = as_section.post("/api/v1/file-stops/", body)
    early = as_section.post("/api/v1/file-stops/", {**body, "since_on": "2026-11-01"})
    found = as_section.get("/api/v1/file-stops/", {"now": "true", "level": "PROVINCE"}).json()["results"]
    client.force_login(stranger)

    assert made.status_code == 201
    assert (early.status_code, early.json()["code"]) == (409, "file_stop_invalid")
    assert [row["office"] for row in found] == [HALL]
    assert client.get("/api/v1/file-stops/").json()["results"] == []
    assert client.post("/api/v1/file-stops/", body).status_code == 404


def test_a_county_that_shares_the_project_reads_where_its_file_lies(section, project):
    moved(section, project)
    LandShare.objects.create(project=project, organisation=organisation("522725"), total_m2=5)
    sharing = UserFactory(role=User.Role.COUNTY, organisation=organisation("522725-ZRZY"))

    assert len(way_of(project, actor=sharing, today=TODAY)) == 1


@pytest.mark.parametrize("number", [1, 20])
def test_the_column_costs_the_same_for_one_project_and_twenty(section, django_assert_num_queries, number):
    from projects.list_columns import cells_of, chosen_columns, facts_read
    from projects.selectors import facts_of, list_rows, project_list

    for _ in range(number):
        moved(section, ProjectFactory())
    columns = chosen_columns(["name", "file"])
    rows = list_rows(facts_of(project_list(actor=section), reads=facts_read(columns)), today=TODAY)

    with django_assert_num_queries(1):
        assert all(BUREAU in cells for cells in cells_of(columns, rows))
