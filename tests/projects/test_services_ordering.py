"""A person decides class and place; the rules are dated."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.models import Entry
from projects.models import BracketSet, CriteriaSet, Project, QueueJump, Standing
from projects.refusals import (
    ClassUnknown,
    NotInQueue,
    ProjectNotEditable,
    ReasonMissing,
    RuleSetInvalid,
    RuleSetTaken,
)
from projects.rules.ordering import QueueEntry, in_order
from projects.selectors.ordering import (
    QUEUE_ORDER,
    bracket_lines,
    class_words,
    criteria_lines,
    proposed_leader,
    queue,
    queue_rows,
)
from projects.services import ordering
from projects.services.ordering import KeyTerms, NewBracket, NewCriterion
from tests.factories import PostFactory, ProjectFactory, TenureFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def place_of(actor: User) -> list[int]:
    return list(queue(actor=actor).order_by(*QUEUE_ORDER, "pk").values_list("pk", flat=True))


def test_a_confirmed_class_keeps_its_reason_and_who(section: User) -> None:
    project = ProjectFactory(priority_class="")

    ordering.confirm_class(
        actor=section,
        project_id=project.pk,
        priority_class="URGENT",
        reason="第 1 条：省重点",
        today=TODAY,
    )

    project.refresh_from_db()
    standing = Standing.objects.get(project=project)
    assert project.priority_class == "URGENT"
    assert (standing.class_reason, standing.class_confirmed_by) == ("第 1 条：省重点", section)
    assert Entry.objects.get(verb="project.classed").facts["to"] == "URGENT"


@pytest.mark.parametrize(
    ("priority", "reason", "refusal"), [("SOON", "急", ClassUnknown), ("KEY", "  ", ReasonMissing)]
)
def test_a_class_is_one_of_four_and_has_a_reason(priority, reason, refusal, section: User) -> None:
    project = ProjectFactory()

    with pytest.raises(refusal):
        ordering.confirm_class(
            actor=section, project_id=project.pk, priority_class=priority, reason=reason, today=TODAY
        )


def test_a_county_does_not_rank(officer: User) -> None:
    with pytest.raises(PermissionDenied):
        ordering.confirm_class(
            actor=officer, project_id=ProjectFactory().pk, priority_class="KEY", reason="x", today=TODAY
        )


def test_a_removed_project_is_history(section: User) -> None:
    project = ProjectFactory(status=Project.Status.REMOVED)

    with pytest.raises(ProjectNotEditable):
        ordering.flag_project(actor=section, project_id=project.pk, flags=["WELFARE"], today=TODAY)


def test_flags_are_those_that_exist(section: User) -> None:
    project = ProjectFactory()
    with pytest.raises(ClassUnknown) as refusal:
        ordering.flag_project(actor=section, project_id=project.pk, flags=["BIG"], today=TODAY)
    assert refusal.value.facts == {"value": "BIG"}

    standing = ordering.flag_project(
        actor=section, project_id=project.pk, flags=["ENTRUSTED", "WELFARE"], today=TODAY
    )

    assert standing.flag_words == ["重点民生", "党委政府交办"]


# --- the queue -------------------------------------------------------------------------------------


def test_the_database_orders_as_the_rule_does(section: User) -> None:
    entries = []
    for number, (priority, money, to_class) in enumerate(
        [
            ("URGENT", 10, ""),
            ("KEY", 10**9, ""),
            ("KEY", None, ""),
            ("RESERVE", 5, "KEY"),
            ("", 7, ""),
            ("URGENT", 10, ""),
            ("KEY", 3, "KEY"),
            ("ORDINARY", 0, "URGENT"),
        ]
    ):
        yuan = None if money is None else Decimal(money)
        project = ProjectFactory(priority_class=priority, investment_yuan=yuan)
        jump = None
        if to_class:
            jump = ordering.jump_queue(
                actor=section, project_id=project.pk, to_class=to_class, reason=str(number), today=TODAY
            ).pk
        entries.append(QueueEntry(project.pk, priority, yuan, to_class, jump))

    assert place_of(section) == [entry.number for entry in in_order(entries)]


def test_a_jump_says_why_and_who_and_ends_into_the_old_place(section: User) -> None:
    first, second = ProjectFactory(priority_class="KEY"), ProjectFactory(priority_class="ORDINARY")

    ordering.jump_queue(
        actor=section, project_id=second.pk, to_class="URGENT", reason="防汛应急", today=TODAY
    )
    assert place_of(section) == [second.pk, first.pk]
    [row, _] = queue_rows(queue(actor=section).order_by(*QUEUE_ORDER), actor=section, today=TODAY)
    assert row.jump is not None
    assert (row.place, row.jump.reason, row.jump.entered_by) == (1, "防汛应急", section)

    ordering.end_jump(actor=section, project_id=second.pk, today=TODAY)

    assert place_of(section) == [first.pk, second.pk]
    assert QueueJump.objects.get().ended_by == section


def test_a_second_jump_takes_the_place_of_the_first(section: User) -> None:
    project = ProjectFactory()
    for to_class in ("KEY", "URGENT"):
        ordering.jump_queue(actor=section, project_id=project.pk, to_class=to_class, reason="x", today=TODAY)

    assert QueueJump.objects.filter(ended_on__isnull=True).get().to_class == "URGENT"


def test_what_is_not_on_the_list_does_not_jump(section: User) -> None:
    waiting = ProjectFactory(submitted=True)
    with pytest.raises(NotInQueue):
        ordering.jump_queue(actor=section, project_id=waiting.pk, to_class="KEY", reason="x", today=TODAY)
    with pytest.raises(NotInQueue):
        ordering.end_jump(actor=section, project_id=ProjectFactory().pk, today=TODAY)
    with pytest.raises(ReasonMissing):
        ordering.jump_queue(
            actor=section, project_id=ProjectFactory().pk, to_class="KEY", reason=" ", today=TODAY
        )


def test_the_queue_proposes_by_the_criteria_and_says_why(section: User) -> None:
    ProjectFactory(list_category="PROVINCIAL", priority_class="ORDINARY", planned_start_on=date(2027, 1, 1))

    [row] = queue_rows(queue(actor=section), actor=section, today=TODAY)

    assert row.proposal.priority_class == "URGENT"
    assert row.differs
    assert row.proposal.reason == "第 1 条：省重点、计划 2027-01-01 开工（6 个月内）"


def test_the_queue_costs_the_same_for_one_project_and_twenty(section: User) -> None:
    def read() -> object:
        return queue_rows(queue(actor=section).order_by(*QUEUE_ORDER), actor=section, today=TODAY)

    ProjectFactory()
    few = queries_of(read)
    ProjectFactory.create_batch(19)

    assert queries_of(read) == few


# --- dated rules -----------------------------------------------------------------------------------


def test_new_criteria_hold_from_their_day_and_not_before(dispatcher: User) -> None:
    ordering.revise_criteria(
        actor=dispatcher,
        effective_from=TODAY,
        note="州府办文件",
        criteria=[NewCriterion("URGENT", scope_flags=["WELFARE"]), NewCriterion("RESERVE")],
        terms=KeyTerms(key_classes=["URGENT"]),
    )

    today, before = (CriteriaSet.objects.in_force(day) for day in (TODAY, TODAY - timedelta(days=1)))

    words = class_words()
    assert [line.says for line in criteria_lines(today, words)] == ["重点民生", "以上各条都不符合"]
    assert len(criteria_lines(before, words)) == 6


def test_the_shipped_brackets_read_without_a_figure_in_two() -> None:
    lines = bracket_lines(BracketSet.objects.in_force(TODAY))

    assert [(line.label, line.says) for line in lines] == [
        ("5000万元以上（含）", "局长"),
        ("2000万元以上（含）、5000万元以下（不含）", "副局长"),
        ("2000万元以下（不含）", "未规定，由主办部门商定"),
    ]


def test_rules_are_refused_that_decide_nothing_or_twice(dispatcher: User) -> None:
    def brackets(*limits: int, day: date = TODAY) -> BracketSet:
        return ordering.revise_brackets(
            actor=dispatcher,
            effective_from=day,
            boundary=BracketSet.Boundary.LOWER,
            note="",
            brackets=[NewBracket(Decimal(limit), "局长") for limit in limits],
        )

    with pytest.raises(RuleSetInvalid):
        brackets()
    with pytest.raises(RuleSetInvalid):
        brackets(5, 5)
    with pytest.raises(RuleSetInvalid):
        ordering.revise_criteria(
            actor=dispatcher, effective_from=TODAY, note="", criteria=[], terms=KeyTerms()
        )
    assert brackets(5).boundary == "LOWER"
    with pytest.raises(RuleSetTaken) as refusal:
        brackets(7)
    assert refusal.value.facts == {"effective_from": "2026-11-23"}


# --- the leader by investment ------------------------------------------------------------------------


def test_five_thousand_wan_is_the_directors(section: User) -> None:
    director = TenureFactory(post=PostFactory(title="局长")).post
    PostFactory(title="副局长")
    project = ProjectFactory(investment_yuan=Decimal(50_000_000))

    found = proposed_leader(project, today=TODAY)

    assert found.post == director
    assert found.reason == "总投资5000万元，属“5000万元以上（含）”，局长负责"


def test_of_several_deputies_a_person_chooses(section: User) -> None:
    for title in ("副局长（规划）", "副局长（耕保）"):
        PostFactory(title=title)

    found = proposed_leader(ProjectFactory(investment_yuan=Decimal(30_000_000)), today=TODAY)

    assert found.post is None
    assert [post.title for post in found.candidates] == ["副局长（耕保）", "副局长（规划）"]
    assert "共 2 位，请选定一位" in found.reason


def test_below_the_last_bracket_the_rule_names_nobody() -> None:
    found = proposed_leader(ProjectFactory(investment_yuan=Decimal(1)), today=TODAY)

    assert (found.post, found.reason) == (None, "总投资1元，属“2000万元以下（不含）”，规则未规定责任领导")


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("queue_jump_has_a_reason", {"reason": ""}),
        ("queue_jump_ends_after_it_begins", {"reason": "x", "ended_on": date(2026, 1, 1)}),
    ],
)
def test_a_jump_has_a_reason_and_an_order(name: str, columns: dict[str, object], section: User) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        QueueJump.objects.create(
            project=ProjectFactory(), to_class="KEY", jumped_on=TODAY, entered_by=section, **columns
        )


def test_a_project_jumps_once_at_a_time(section: User) -> None:
    project = ProjectFactory()
    QueueJump.objects.create(project=project, to_class="KEY", reason="x", jumped_on=TODAY, entered_by=section)
    with pytest.raises(IntegrityError, match="queue_jump_one_active"), transaction.atomic():
        QueueJump.objects.create(
            project=project, to_class="KEY", reason="x", jumped_on=TODAY, entered_by=section
        )
