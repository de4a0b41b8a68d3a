"""Problems: routed by kind, referred, returned in time, escalated, resolved, closed, reopened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from accounts.models import User
from core.dated import SettingOutOfOrder
from deadlines.models import Deadline
from duties import following
from duties.errors import (
    HolderElsewhere,
    NotOwnProblem,
    ProblemHasOpenTasks,
    ProblemIncomplete,
    ProblemNotOpen,
    ReasonMissing,
    ReturnTooLate,
)
from duties.following import ProblemFollower, follow_problems
from duties.models import Problem, ProblemKind, ProblemMove
from duties.selectors import kinds_in_force, open_problems
from duties.services import problems
from duties.services.problems import ProblemDraft, raise_problem
from duties.services.settings import KindTerms, revise_kind
from tests.duties.scenes import TODAY, issued, kind, raised, reported
from tests.factories import ProjectFactory, UserFactory, organisation

FARMLAND, DESK, PLANNING = "522700-ZRZY-GB", "522700-ZRZY-BZ", "522700-ZRZY-GH"
pytestmark = pytest.mark.django_db


@pytest.fixture
def farmland(people: dict[str, User]) -> User:
    return UserFactory(role=User.Role.SECTION, organisation=organisation(FARMLAND))


@pytest.fixture
def escalated() -> Iterator[list[int]]:
    """What a follower above hears; the register is put back afterwards."""
    before = dict(following._problem_followers)
    heard: list[int] = []
    follow_problems(ProblemFollower("tests", lambda problem, actor, today: heard.append(problem.pk)))
    yield heard
    following._problem_followers.clear()
    following._problem_followers.update(before)


def test_a_problem_goes_to_the_office_of_its_kind_and_on_until_it_is_closed(
    people: dict[str, User], farmland: User, escalated: list[int]
) -> None:
    county, office = people["county"], people["dispatch"]
    problem = raised(county, project=ProjectFactory())
    assert (problem.office.code, problem.area.code, problem.level) == (FARMLAND, "522701", "OFFICE")
    assert problem.deadline is not None
    assert problem.deadline.due_on == date(2026, 11, 30)

    problems.return_problem(problem_id=problem.pk, reason="属规划事项", actor=farmland, today=TODAY)
    plan = organisation(PLANNING)
    problems.refer(problem_id=problem.pk, office=plan, reason="涉及规划调整", actor=office, today=TODAY)
    problems.join(problem_id=problem.pk, note="会同耕保科研究", actor=office, today=TODAY)
    problems.escalate(problem_id=problem.pk, reason="多县普遍存在", actor=office, today=TODAY)
    problem.refresh_from_db()
    assert (problem.state, problem.level, problem.office, escalated) == (
        "ESCALATED",
        "GROUP",
        plan,
        [problem.pk],
    )
    assert not Deadline.objects.open().filter(subject_kind="duties.problem").exists()
    issued(office, problem=problem)
    with pytest.raises(ProblemHasOpenTasks) as left:
        problems.resolve(problem_id=problem.pk, outcome="好了", actor=office, today=TODAY)
    assert left.value.facts == {"left": 1}
    problem.tasks.get()
    problems_state = Problem.objects.get(pk=problem.pk).state
    assert problems_state == "ASSIGNED"
    other = raised(county)
    problems.resolve(problem_id=other.pk, outcome="指标已划入", actor=farmland, today=TODAY)
    problems.close(problem_id=other.pk, note="", actor=office, today=TODAY)
    problems.reopen(problem_id=other.pk, reason="指标不足", actor=office, today=TODAY)

    assert [move.kind for move in ProblemMove.objects.filter(problem=problem).order_by("pk")] == [
        *("RAISED", "RETURNED", "REFERRED", "JOINED", "ESCALATED", "ASSIGNED")
    ]
    assert set(open_problems(county)) == {problem, other}
    assert open_problems(office, problem.project).get() == problem


def test_what_is_refused_says_why(people: dict[str, User], farmland: User) -> None:
    county, office, section = people["county"], people["dispatch"], people["section"]
    problem = raised(county)
    late = TODAY + timedelta(days=3)  # three working days after it came; two are given
    run = {"problem_id": problem.pk, "today": TODAY}
    refusals = [
        (ProblemIncomplete, lambda: raise_problem(county, ProblemDraft(kind(), " ", "x"), today=TODAY)),
        (
            HolderElsewhere,
            lambda: raise_problem(
                county, ProblemDraft(kind(), "x", "x", raised_by=organisation("522702")), today=TODAY
            ),
        ),
        (PermissionDenied, lambda: problems.resolve(**run, outcome="x", actor=county)),
        (NotOwnProblem, lambda: problems.escalate(**run, reason="x", actor=section)),
        (ReasonMissing, lambda: problems.escalate(**run, reason=" ", actor=farmland)),
        (HolderElsewhere, lambda: problems.refer(**run, office=problem.office, reason="x", actor=office)),
        (ProblemNotOpen, lambda: problems.close(**run, note="", actor=office)),
        (ProblemNotOpen, lambda: problems.reopen(**run, reason="x", actor=office)),
    ]
    for refusal, attempt in refusals:
        with pytest.raises(refusal), transaction.atomic():
            attempt()
    with pytest.raises(ReturnTooLate) as refused:
        problems.return_problem(problem_id=problem.pk, reason="x", actor=farmland, today=late)

    assert refused.value.facts == {"last_on": date(2026, 11, 18)}
    with pytest.raises(DatabaseError), transaction.atomic():
        ProblemMove.objects.filter(problem=problem).update(text="别的")
    with pytest.raises(DatabaseError), transaction.atomic():
        Problem.objects.filter(pk=problem.pk).update(state="CLOSED")


def test_a_new_version_of_a_kind_routes_what_comes_after_it(people: dict[str, User]) -> None:
    county, admin = people["county"], people["sysadmin"]
    before = raised(county)
    terms = KindTerms("占补指标", "", organisation(DESK), 5, 1, "试行")
    tomorrow = TODAY + timedelta(days=1)

    revise_kind(code="BALANCE", terms=terms, effective_from=tomorrow, actor=admin, today=TODAY)
    current = {found.code: found for found in kinds_in_force(tomorrow)}["BALANCE"]
    after = raise_problem(county, ProblemDraft(current, "缺口", "缺口"), today=tomorrow)

    assert (before.office.code, after.office.code) == (FARMLAND, DESK)
    assert {found.code: found for found in kinds_in_force(TODAY)}["BALANCE"].office.code == FARMLAND
    assert ProblemKind.objects.filter(code="BALANCE").count() == 2
    with pytest.raises(SettingOutOfOrder):
        revise_kind(code="BALANCE", terms=terms, effective_from=tomorrow, actor=admin, today=TODAY)


def test_a_county_sees_its_problems_a_department_its_own_and_nobody_a_strangers(
    people: dict[str, User],
) -> None:
    county, office = people["county"], people["dispatch"]
    neighbour = UserFactory(role=User.Role.COUNTY, organisation=organisation("522702-ZRZY"))
    forest = UserFactory(role=User.Role.DEPARTMENT, organisation=organisation("522700-LYJ"))
    mine, woods = raised(county), raised(county, code="FOREST")

    assert list(Problem.objects.visible_to(forest)) == [woods]
    assert set(Problem.objects.visible_to(county)) == {mine, woods} == set(Problem.objects.visible_to(office))
    assert not Problem.objects.visible_to(neighbour).exists()
    assert not ProblemMove.objects.visible_to(neighbour).exists()
    task = reported(office, county, problem=mine)
    assert task.problem == mine
