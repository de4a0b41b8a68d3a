"""A problem that goes up to the leading group: a topic of it, its place on the group's agenda, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from consultations import rules
from consultations.models import AgendaItem, Meeting, Topic
from consultations.selectors.agenda import escalated_problems
from consultations.selectors.sources import offer_of_problem
from consultations.selectors.topics import council_for, kinds_in_force
from consultations.services.moving import locked_topic, log_topic, move
from consultations.services.topics import NewTopic, Origin, raise_topic
from duties.following import ProblemFollower, follow_problems
from duties.models import Problem
from duties.selectors import open_problems
from duties.services.problems import resolve


def take_escalated() -> None:
    """Let duties tell of every problem that is escalated."""
    follow_problems(ProblemFollower(name="consultations", on_escalated=problem_escalated))


def problem_escalated(problem: Problem, actor: User, today: date) -> None:
    """Raise a topic from an escalated problem, unless one is open or there is no council.

    Source: S1-14, S4-34.
    """
    is_there = Topic.objects.open().filter(source=Topic.Source.PROBLEM, source_id=problem.pk).exists()
    kinds = {kind.code: kind for kind in kinds_in_force(today) if kind.lead is not None}
    if is_there or not kinds or council_for(actor) is None or not allowed(actor, Right.RAISE_TOPIC):
        return
    offer = offer_of_problem(problem)
    raise_topic(
        new=NewTopic(
            title=offer.title,
            kind=kinds.get(offer.kind_code) or next(iter(kinds.values())),
            situation=offer.situation,
            proposal=f"提请研究：{problem.escalation_reason}",
            project=offer.project,
            stuck_since=offer.stuck_since,
            origin=Origin(offer.source, offer.pk, offer.label),
        ),
        actor=actor,
        today=today,
    )


def take_to_group(meeting: Meeting, *, actor: User, today: date) -> None:
    """Let every escalated problem wait for the leading group's meeting, as a topic with its reason.

    Safe to repeat. What a meeting of the council has on its agenda already stays there.
    Source: S1-14 普遍性、政策性、一时难解 → 领导小组专题研究.
    """
    problems = {problem.pk: problem for problem in escalated_problems(actor=actor)}
    for problem in problems.values():
        problem_escalated(problem, actor, today)
    waiting = Topic.objects.filter(
        council=meeting.council,
        source=Topic.Source.PROBLEM,
        source_id__in=problems,
        state__in=[rules.State.RAISED, rules.State.COLLECTED],
    )
    for pk in sorted(waiting.values_list("pk", flat=True)):
        topic = locked_topic(pk, actor=actor)
        assert topic.source_id is not None
        reason = problems[topic.source_id].escalation_reason
        topic.is_for_group = True
        topic.save(update_fields=["is_for_group"])
        move(topic, rules.State.ESCALATED, today=today, reason=reason)
        log_topic(topic, "topic.escalated", actor=actor, today=today, facts={"reason": reason})


def open_problems_of(topics: Sequence[Topic], *, actor: User) -> dict[int, Problem]:
    """The problems not resolved yet that topics were raised from, by id. One query."""
    ids = [topic.source_id or 0 for topic in topics if topic.source == Topic.Source.PROBLEM]
    return {problem.pk: problem for problem in open_problems(actor).filter(pk__in=ids)}


def resolve_studied(items: Sequence[AgendaItem], *, actor: User, today: date) -> None:
    """What the leading group settled without ordering a task: its problem is resolved by what was said."""
    settled = [item for item in items if item.outcome == AgendaItem.Outcome.NOTED]
    problems = open_problems_of([item.topic for item in settled], actor=actor)
    for item in settled:
        problem = problems.get(item.topic.source_id or 0)
        if problem is not None and problem.state == Problem.State.ESCALATED:
            said = item.discussion.strip() or "无须交办"
            resolve(problem_id=problem.pk, outcome=f"领导小组专题研究：{said}", actor=actor, today=today)
