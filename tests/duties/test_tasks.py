"""Tasks: issued once, taken, reported, verified or returned; who sees them; what cannot be changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from accounts.models import User
from deadlines.models import Deadline
from deadlines.selectors import working_calendar
from desk import dossier_problems
from duties import following, selectors
from duties.errors import (
    DayOutOfOrder,
    HolderElsewhere,
    NotOwnTask,
    OwnReport,
    ReasonMissing,
    TaskHasOpenParts,
    TaskIncomplete,
    TaskNotOpen,
)
from duties.following import Follower, follow
from duties.models import Progress, Task
from duties.services import tasks
from duties.services.tasks import Evidence, Source
from notifications.models import Message
from papers.services import Upload
from tests.duties.scenes import COUNTY, DUE, TODAY, issued, raised, reported
from tests.factories import ProjectFactory, UserFactory, organisation
from tests.papers import files

SOURCE = Source("tests.resolution", 7, "第一次集中会商决议第 3 项", "/")
pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Iterator[list[tuple[str, int]]]:
    """What a follower above is told; the register is put back afterwards."""
    before = dict(following._followers)
    said: list[tuple[str, int]] = []
    follow(
        Follower(
            SOURCE.kind,
            on_verified=lambda task, actor, today: said.append(("verified", task.pk)),
            on_reopened=lambda task, actor, today: said.append(("reopened", task.pk)),
            on_withdrawn=lambda task, actor, today: said.append(("withdrawn", task.pk)),
        )
    )
    yield said
    following._followers.clear()
    following._followers.update(before)


def test_a_task_goes_its_way_and_its_source_is_told(
    people: dict[str, User], told: list[tuple[str, int]]
) -> None:
    county, office = people["county"], people["dispatch"]
    task = issued(office, source=SOURCE, co_holders=[organisation("522700-LYJ")], project=ProjectFactory())
    assert task.deadline is not None
    assert (task.deadline.due_on, task.deadline.holder_organisation.code) == (DUE, COUNTY)
    assert Message.objects.filter(recipient=county, key=f"task-{task.pk}").exists()

    tasks.accept(task_id=task.pk, actor=county, today=TODAY)
    tasks.name_person(task_id=task.pk, person=county, actor=county, today=TODAY)
    assert Deadline.objects.get(pk=task.deadline_id).holder == county
    tasks.progress(task_id=task.pk, text="已踏勘", next_plan="下周申请", actor=county, today=TODAY)
    proof = Evidence(Upload("入库单.pdf", files.pdf(text="入库")))
    late = DUE + timedelta(days=3)
    tasks.report(task_id=task.pk, result="已入库", actor=county, today=late, evidence=proof)
    task.refresh_from_db()
    assert (task.state, task.is_late(late)) == ("REPORTED", True)
    assert Deadline.objects.get(pk=task.deadline_id).state == Deadline.State.MET
    tasks.send_back(task_id=task.pk, reason="面积不符", actor=office, today=late, due_on=late)
    tasks.report(task_id=task.pk, result="已补足", actor=county, today=late)
    tasks.verify(task_id=task.pk, actor=office, today=late)
    tasks.send_back(task_id=task.pk, reason="抽查发现未入库", actor=office, today=late)
    task.refresh_from_db()

    assert told == [("verified", task.pk), ("reopened", task.pk)]
    assert (task.state, task.times_returned, task.verified_on) == ("RETURNED", 2, None)
    assert Deadline.objects.open().filter(subject_kind="duties.task", subject_id=task.pk).count() == 1
    kinds = [row.kind for row in selectors.progress_of(task, actor=county)]
    assert kinds == [
        *("ISSUED", "ACCEPTED", "ASSIGNED", "PROGRESS", "REPORTED", "RETURNED"),
        *("REPORTED", "VERIFIED", "RETURNED"),
    ]
    assert Progress.objects.get(task=task, paper__isnull=False).paper.scope_organisation.code == COUNTY


def test_a_report_is_a_promise_of_the_issuer_to_verify(people: dict[str, User]) -> None:
    county, office = people["county"], people["dispatch"]
    task = reported(office, county)
    promise = task.verification
    assert promise is not None
    assert (promise.holder_organisation, promise.holder, promise.state) == (
        office.organisation,
        office,
        Deadline.State.RUNNING,
    )
    assert promise.due_on == working_calendar().nth_working_day(TODAY, 5)

    later = TODAY + timedelta(days=1)
    tasks.send_back(task_id=task.pk, reason="材料不全", actor=office, today=later)
    promise.refresh_from_db()
    assert (promise.state, promise.stopped_on) == (Deadline.State.MET, later)

    again = tasks.report(task_id=task.pk, result="已补齐", actor=county, today=later)
    assert again.verification != promise
    tasks.verify(task_id=task.pk, actor=office, today=later)
    again.verification.refresh_from_db()
    assert again.verification.state == Deadline.State.MET

    given_up = reported(office, county, title="另一项任务")
    tasks.withdraw(task_id=given_up.pk, reason="不再需要", actor=office, today=TODAY)
    given_up.verification.refresh_from_db()
    assert given_up.verification.state == Deadline.State.CANCELLED


def test_a_county_reads_in_its_dossier_what_the_bureau_holds_and_not_another_county(
    people: dict[str, User], client: Client
) -> None:
    office, county = people["dispatch"], people["county"]
    project = ProjectFactory()
    bureaus = issued(office, title="州局组织专家审查", holder="522700-ZRZY-YTGZ", project=project)
    others = issued(office, title="邻县配合核实", holder="522702-ZRZY", project=project)
    own = issued(office, title="本县补齐材料", project=project)

    def titles(actor: User) -> set[str]:
        return {task.title for task in selectors.tasks_about(project, actor=actor)}

    assert titles(county) == {bureaus.title, own.title}
    assert titles(office) == {bureaus.title, own.title, others.title}
    assert titles(people["department"]) == set()
    client.force_login(county)
    page = client.get(f"/projects/{project.pk}/?tab=problems").content.decode()
    assert (bureaus.title in page, bureaus.get_absolute_url() in page) == (True, False)
    assert own.get_absolute_url() in page
    assert client.get(bureaus.get_absolute_url()).status_code == 404
    assert dossier_problems.count(project, county) == 2


def test_issuing_twice_has_one_effect_and_withdrawing_frees_the_source(
    people: dict[str, User], told: list[tuple[str, int]]
) -> None:
    office = people["dispatch"]
    first = issued(office, source=SOURCE)

    again = issued(office, source=SOURCE, title="换了说法")
    other = issued(office, source=SOURCE, holder="522702-ZRZY")
    with pytest.raises(IntegrityError, match="task_once_of_a_source_and_holder"), transaction.atomic():
        Task.objects.filter(pk=other.pk).update(holder=first.holder)
    tasks.withdraw(task_id=first.pk, reason="合并办理", actor=office, today=TODAY)
    anew = issued(office, source=SOURCE)

    assert again.pk == first.pk
    assert again.title == "落实补充耕地指标"
    ordered = selectors.tasks_of_sources(SOURCE.kind, [7], actor=office)
    assert [task.pk for task in ordered] == [other.pk, anew.pk]
    assert told == [("withdrawn", first.pk)]


def test_what_is_refused_says_why(people: dict[str, User]) -> None:
    county, office, section = people["county"], people["dispatch"], people["section"]
    task = issued(office)
    refusals = [
        (TaskIncomplete, lambda: issued(office, title=" ")),
        (DayOutOfOrder, lambda: issued(office, due_on=TODAY - timedelta(days=1))),
        (HolderElsewhere, lambda: issued(county, holder="522702-ZRZY")),
        (NotOwnTask, lambda: tasks.accept(task_id=task.pk, actor=section, today=TODAY)),
        (TaskNotOpen, lambda: tasks.report(task_id=task.pk, result="x", actor=county, today=TODAY)),
        (NotOwnTask, lambda: tasks.withdraw(task_id=task.pk, reason="x", actor=county, today=TODAY)),
        (NotOwnTask, lambda: tasks.name_person(task_id=task.pk, person=office, actor=county, today=TODAY)),
        (ReasonMissing, lambda: tasks.withdraw(task_id=task.pk, reason=" ", actor=office, today=TODAY)),
        (TaskNotOpen, lambda: tasks.verify(task_id=task.pk, actor=office, today=TODAY)),
        (PermissionDenied, lambda: tasks.accept(task_id=task.pk, actor=people["leader"], today=TODAY)),
    ]
    for refusal, attempt in refusals:
        with pytest.raises(refusal), transaction.atomic():
            attempt()
    own = issued(office, holder="522700-ZRZY-BZ")
    tasks.accept(task_id=own.pk, actor=office, today=TODAY)
    with pytest.raises(TaskIncomplete):
        tasks.report(task_id=own.pk, result=" ", actor=office, today=TODAY)
    tasks.report(task_id=own.pk, result="完成", actor=office, today=TODAY)

    with pytest.raises(OwnReport):
        tasks.verify(task_id=own.pk, actor=office, today=TODAY)


def test_a_task_with_parts_waits_for_them_and_one_without_a_clock_follows_them(
    people: dict[str, User],
) -> None:
    county, office = people["county"], people["dispatch"]
    whole = issued(office)
    heading = issued(office, title="大项", has_parts=True)
    tasks.accept(task_id=whole.pk, actor=county, today=TODAY)
    part = issued(office, parent=whole)
    below = [reported(office, county, parent=heading, title=title) for title in ("小项一", "小项二")]

    with pytest.raises(TaskHasOpenParts) as refused:
        tasks.report(task_id=whole.pk, result="好了", actor=county, today=TODAY)
    with pytest.raises(TaskHasOpenParts):
        tasks.accept(task_id=heading.pk, actor=county, today=TODAY)
    for row in below:
        tasks.verify(task_id=row.pk, actor=office, today=TODAY)
    heading.refresh_from_db()
    done = heading.state
    tasks.send_back(task_id=below[0].pk, reason="不实", actor=office, today=TODAY)
    heading.refresh_from_db()
    whole.refresh_from_db()

    assert refused.value.facts == {"left": 1}
    assert (whole.is_leaf, part.parent_id, heading.deadline) == (False, whole.pk, None)
    assert (done, heading.state) == ("VERIFIED", "RETURNED")


def test_holder_co_holder_issuer_and_bureau_see_a_task_and_no_other_county(people: dict[str, User]) -> None:
    county, office = people["county"], people["dispatch"]
    neighbour = UserFactory(role=User.Role.COUNTY, organisation=organisation("522702-ZRZY"))
    forest = UserFactory(role=User.Role.DEPARTMENT, organisation=organisation("522700-LYJ"))
    other = UserFactory(role=User.Role.DEPARTMENT, organisation=organisation("522700-SWJ"))
    task = issued(office, co_holders=[organisation("522700-LYJ")])
    tasks.accept(task_id=task.pk, actor=county, today=TODAY)
    tasks.progress(task_id=task.pk, text="林地已核", actor=forest, today=TODAY)

    seeing = [county, forest, office, people["section"], people["leader"]]
    assert [list(Task.objects.visible_to(reader)) for reader in seeing] == [[task]] * 5
    for stranger in (neighbour, other):
        assert not Task.objects.visible_to(stranger).exists()
        assert not Progress.objects.visible_to(stranger).exists()
        with pytest.raises(Task.DoesNotExist):
            tasks.accept(task_id=task.pk, actor=stranger, today=TODAY)
    mine = Task.objects.filter(selectors.task_tab("mine", actor=forest, today=TODAY))
    assert list(mine) == [task]


def test_the_record_cannot_be_changed_and_a_state_cannot_be_skipped(people: dict[str, User]) -> None:
    task = issued(people["dispatch"])
    line = task.progress.get()

    row = Task.objects.filter(pk=task.pk)
    for attempt, words in (
        (
            lambda: Progress.objects.filter(pk=line.pk).update(text="别的"),
            "update or delete rows from duties_progress",
        ),
        (lambda: line.delete(), "update or delete rows from duties_progress"),
        (lambda: row.update(state="RUNNING"), "Invalid transition"),
        (lambda: row._raw_delete(row.db), "Cannot delete rows from duties_task"),
    ):
        with pytest.raises(DatabaseError, match=words), transaction.atomic():
            attempt()


def test_a_problem_follows_its_tasks(people: dict[str, User]) -> None:
    county, office = people["county"], people["dispatch"]
    problem = raised(county, project=ProjectFactory())
    first, second = (
        reported(office, county, problem=problem, title=title) for title in ("落实指标", "补划永农")
    )
    tasks.verify(task_id=first.pk, actor=office, today=TODAY)
    problem.refresh_from_db()
    between = problem.state
    tasks.verify(task_id=second.pk, actor=office, today=TODAY)
    problem.refresh_from_db()
    resolved = problem.state
    tasks.send_back(task_id=second.pk, reason="未补划", actor=office, today=TODAY)
    problem.refresh_from_db()

    assert (between, resolved, problem.state) == ("ASSIGNED", "RESOLVED", "ASSIGNED")
    assert "落实指标：指标已入库 2 公顷" in problem.outcome
