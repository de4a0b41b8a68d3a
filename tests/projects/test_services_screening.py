"""Adopt, return, merge: what is written, who is told, what is refused."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, connections, transaction

from accounts.models import User
from approvals.models import Step
from audit.models import Entry
from desk.services import adopt_and_open
from notifications.models import Message
from projects.models import AnnualList, Project
from projects.refusals import MergeImpossible, ProjectNotWaiting, ReasonMissing, TrackMissing
from projects.services import merging, screening
from projects.services.screening import Adoption
from tests.factories import ProjectFactory, UserFactory, organisation
from tests.projects.workbooks import NOW, TODAY

Status = Project.Status


def waiting(name: str = "都匀水库", **fields: object) -> Project:
    return ProjectFactory(name=name, submitted=True, track="", **fields)


def adopt(actor: User, project: Project, track: str = "batch") -> Project:
    return screening.adopt(actor=actor, adoption=Adoption(project_id=project.pk, track=track), today=TODAY)


def merge(actor: User, project: Project, target: Project, **options: object) -> Project:
    return merging.merge(
        actor=actor,
        project_id=project.pk,
        target_id=target.pk,
        **{"reason": "", "today": TODAY, "now": NOW, **options},
    )


def test_an_adopted_project_joins_the_years_list_under_a_number(section):
    project = adopt(section, waiting())

    project.refresh_from_db()
    assert (project.status, project.number, project.track) == (Status.ADOPTED, "5227-2026-0001", "batch")
    assert project.annual_list.year == 2026
    assert "5227-2026-0001" in project.search_text
    assert Entry.objects.get(verb="project.adopted").facts["number"] == "5227-2026-0001"


def test_numbers_follow_each_other(section):
    numbers = [adopt(section, waiting(f"都匀项目{n}")).number for n in range(3)]

    assert numbers == ["5227-2026-0001", "5227-2026-0002", "5227-2026-0003"]


def test_many_are_adopted_at_once_in_the_order_of_their_ids(section):
    projects = [waiting(f"都匀项目{n}") for n in range(3)]
    adoptions = [Adoption(project_id=p.pk, track="batch") for p in reversed(projects)]

    done = screening.adopt_many(actor=section, adoptions=adoptions, today=TODAY)

    assert [p.pk for p in done] == [p.pk for p in projects]
    assert [p.number[-4:] for p in done] == ["0001", "0002", "0003"]


def test_one_refusal_stops_all(section):
    good, answered = waiting(), ProjectFactory()

    with pytest.raises(ProjectNotWaiting):
        screening.adopt_many(
            actor=section,
            adoptions=[Adoption(good.pk, "batch"), Adoption(answered.pk, "batch")],
            today=TODAY,
        )

    good.refresh_from_db()
    assert good.status == Status.SUBMITTED


@pytest.mark.parametrize("track", ["", "by_air"])
def test_adoption_needs_a_track(section, track):
    project = waiting()

    with pytest.raises(TrackMissing) as refusal:
        adopt(section, project, track)

    assert refusal.value.facts == {"project_id": project.pk}


def test_an_answered_project_is_not_answered_again(section):
    project = ProjectFactory()

    with pytest.raises(ProjectNotWaiting) as refusal:
        adopt(section, project)

    assert refusal.value.facts == {"project_id": project.pk, "status": "ADOPTED"}


def test_the_database_keeps_adopted_projects_numbered(db):
    with pytest.raises(IntegrityError, match="project_adopted_has_a_number"), transaction.atomic():
        ProjectFactory(number=None)


def test_adoption_opens_the_steps_of_the_track(section):
    [project] = adopt_and_open(actor=section, adoptions=[Adoption(waiting().pk, "single_site")], today=TODAY)

    assert Step.objects.filter(project=project).exists()


def test_a_county_adopts_nothing(officer):
    with pytest.raises(PermissionDenied):
        adopt(officer, waiting())


def test_a_project_out_of_sight_is_unknown(section):
    elsewhere = organisation("520000")
    project = ProjectFactory(submitted=True, organisation=elsewhere, submitted_by=elsewhere)

    with pytest.raises(Project.DoesNotExist):
        adopt(section, project)


# --- who is told ----------------------------------------------------------------------------------


def test_the_unit_that_handed_it_in_hears_the_answer(section, officer, stranger):
    project = adopt(section, waiting())

    message = Message.objects.get()
    assert (message.recipient, message.kind) == (officer, Message.Kind.ANSWER)
    assert project.number in message.body
    assert message.url == f"/projects/{project.pk}/"


def test_a_department_hears_of_what_it_handed_in(section, department, officer):
    adopt(section, waiting(submitted_by=department.organisation))

    assert list(Message.objects.values_list("recipient", flat=True)) == [department.pk]


def test_the_prefectures_own_list_is_answered_to_the_bureau_alone(section, dispatcher, officer, department):
    adopt(section, waiting(submitted_by=organisation("522700")))

    assert list(Message.objects.values_list("recipient", flat=True)) == [dispatcher.pk]


# --- return -----------------------------------------------------------------------------------------


def test_a_returned_project_says_why(section, officer):
    project = waiting()

    screening.return_project(actor=section, project_id=project.pk, reason=" 缺立项文件 ", today=TODAY)

    project.refresh_from_db()
    assert (project.status, project.screening_reason) == (Status.RETURNED, "缺立项文件")
    assert "缺立项文件" in Message.objects.get(recipient=officer).body


def test_returning_needs_a_reason(section):
    with pytest.raises(ReasonMissing):
        screening.return_project(actor=section, project_id=waiting().pk, reason="  ", today=TODAY)


# --- merge ------------------------------------------------------------------------------------------


def test_a_duplicate_is_recorded_under_its_target(section, officer):
    project, target = waiting(), ProjectFactory(name="都匀水库工程")

    merge(section, project, target)

    project.refresh_from_db()
    assert (project.status, project.merged_into) == (Status.MERGED, target)
    assert Entry.objects.get(verb="project.merged").facts["target_id"] == target.pk
    assert "都匀水库工程" in Message.objects.get(recipient=officer).body


def test_nothing_merges_into_itself(section):
    project = waiting()

    with pytest.raises(MergeImpossible):
        merge(section, project, project)


@pytest.mark.parametrize(
    "target",
    [
        {"organisation": "522725"},
        {"status": Status.RETURNED, "number": None, "annual_list": None, "screening_reason": "缺"},
        {"status": Status.REMOVED},
    ],
    ids=["another county", "returned", "removed"],
)
def test_the_target_stands_on_the_same_countys_list(section, target):
    if "organisation" in target:
        target = {"organisation": organisation(target["organisation"])}
    other = ProjectFactory(**target)

    with pytest.raises(MergeImpossible) as refusal:
        merge(section, waiting(), other)

    assert refusal.value.facts == {"target_id": other.pk}


# --- two at once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_adoptions_at_once_get_two_numbers():
    actor = UserFactory(role=User.Role.SECTION)
    first, second = waiting("都匀甲"), waiting("都匀乙")
    AnnualList.objects.get_or_create(year=2026)

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            adopt(actor, first)
            other = pool.submit(adopt_and_disconnect, actor, second)
            wait_until_another_session_waits_for_us()
        later = other.result(timeout=10)

    first.refresh_from_db()
    assert (first.number, later.number) == ("5227-2026-0001", "5227-2026-0002")


def adopt_and_disconnect(actor: User, project: Project) -> Project:
    try:
        return adopt(actor, project)
    finally:
        connections.close_all()


def wait_until_another_session_waits_for_us() -> None:
    blocked_by_us = """
        SELECT count(*) FROM pg_locks
        WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
    """
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(blocked_by_us)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    pytest.fail("the second adoption never waited")
