"""What may be put to the council without being typed: red steps, open problems, shortages of quota."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from approvals.models import Step
from approvals.selectors import step_list
from consultations.models import Topic
from duties.models import Problem
from duties.selectors import open_problems
from projects.models import Project
from projects.selectors.lists import project_list
from quotas.selectors import coverage_of_projects

# A page shows the worst; the rest comes up when these are settled.
MOST = 50
MOST_PROJECTS = 200
# The kind of topic that a step leads to; every other step: choosing a site.
KIND_OF_STEP = {
    "A04": "APPROVAL",
    "A05": "FEASIBILITY",
    "A06": "PRELIMINARY",
    "A07": "EIA",
    "A08": "WATER",
    "A09": "FOREST",
    "A10": "MINERAL",
    "A13": "BASIC_FARMLAND",
    "Z00": "SCHEME",
    "X01": "PLANNING",
    "X02": "PLANNING",
    "X03": "PLANNING",
    "X04": "PLANNING",
}
KIND_OF_PROBLEM = {
    "PLANNING": "PLANNING",
    "SURPLUS": "FARMLAND",
    "BALANCE": "FARMLAND",
    "EXPROPRIATION": "SCHEME",
    "MINERAL": "MINERAL",
    "VIOLATION": "ILLEGAL",
    "FOREST": "FOREST",
}
_SOURCE = Topic.Source


@dataclass(frozen=True, slots=True)
class Offer:
    """Something stuck that is not yet a topic, as it would be raised."""

    source: str
    pk: int
    project: Project | None
    title: str
    situation: str
    stuck_since: date
    kind_code: str

    @property
    def label(self) -> str:
        return self.title

    @property
    def key(self) -> str:
        return f"{self.source}-{self.pk}"


def offers(*, actor: User, today: date) -> list[Offer]:
    """Everything stuck that the actor sees and nobody has raised, the longest stuck first.

    A fixed number of queries; at most fifty of each source.
    """
    found = [*_red_steps(actor, today), *_problems(actor), *_shortages(actor, today)]
    return sorted(found, key=lambda offer: (offer.stuck_since, offer.key))


def offer_called(key: str, *, actor: User, today: date) -> Offer | None:
    """One of `offers` by its key; None when it was settled or raised meanwhile."""
    return next((offer for offer in offers(actor=actor, today=today) if offer.key == key), None)


def _raised(source: str) -> set[int]:
    rows = Topic.objects.open().filter(source=source, source_id__isnull=False)
    return {pk for pk in rows.values_list("source_id", flat=True) if pk is not None}


def _red_steps(actor: User, today: date) -> list[Offer]:
    rows = step_list(actor=actor).filter(
        deadline__state="RUNNING", deadline__red_from__lte=today, project__status=Project.Status.ADOPTED
    )
    waiting = rows.exclude(pk__in=_raised(_SOURCE.STEP)).order_by("deadline__red_from", "pk")[:MOST]
    return [_of_step(step, today) for step in waiting]


def _of_step(step: Step, today: date) -> Offer:
    deadline = step.deadline
    red_from = deadline.red_from if deadline is not None and deadline.red_from else today
    days = (today - red_from).days + 1
    return Offer(
        source=_SOURCE.STEP,
        pk=step.pk,
        project=step.project,
        title=f"{step.project.name}{step.step_type.short}逾期",
        situation=f"{step.code} {step.step_type.short}自 {red_from} 起逾期，已 {days} 天；"
        f"责任单位：{step.holder_organisation.name}。",
        stuck_since=red_from,
        kind_code=KIND_OF_STEP.get(step.code, "SITE"),
    )


def _problems(actor: User) -> list[Offer]:
    known = _raised(_SOURCE.PROBLEM)
    rows = open_problems(actor).exclude(pk__in=known).select_related("kind", "project__organisation")
    return [offer_of_problem(row) for row in rows[:MOST]]


def offer_of_problem(problem: Problem) -> Offer:
    """A problem as it would be raised. Needs its kind and project."""
    return Offer(
        source=_SOURCE.PROBLEM,
        pk=problem.pk,
        project=problem.project,
        title=problem.title,
        situation=problem.description or problem.title,
        stuck_since=problem.raised_on,
        kind_code=KIND_OF_PROBLEM.get(problem.kind.code, "SITE"),
    )


def _shortages(actor: User, today: date) -> list[Offer]:
    known = _raised(_SOURCE.QUOTA)
    urgent = project_list(actor=actor).adopted().filter(priority_class__in=["URGENT", "KEY"])
    projects = {row.pk: row for row in urgent.exclude(pk__in=known).order_by("-pk")[:MOST_PROJECTS]}
    found = []
    for coverage in coverage_of_projects(project_ids=sorted(projects)):
        project = projects[coverage.project_id]
        if coverage.missing:
            words = "；".join(line.sentence for line in coverage.missing)
            found.append(
                Offer(
                    source=_SOURCE.QUOTA,
                    pk=project.pk,
                    project=project,
                    title=f"{project.name}指标不足",
                    situation=f"{words}。",
                    stuck_since=min(project.created_at.date(), today),
                    kind_code="FARMLAND",
                )
            )
    return found[:MOST]
