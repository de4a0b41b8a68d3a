"""A problem that goes up to the leading group is put to the council."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from consultations.models import Topic
from consultations.selectors.sources import offer_of_problem
from consultations.selectors.topics import council_for, kinds_in_force
from consultations.services.topics import NewTopic, Origin, raise_topic
from duties.following import ProblemFollower, follow_problems
from duties.models import Problem


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
