"""The one-page brief of each topic's project: facts, steps, clock, quota, earlier resolutions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from approvals.models import Step
from approvals.selectors import step_list
from consultations.models import Resolution, Topic
from deadlines.models import Deadline
from deadlines.rules import Lamp
from deadlines.rules.lamps import WORST_FIRST
from deadlines.selectors import lamp_of
from projects.models import LandUse, Project
from quotas.selectors import Coverage, coverage_of_projects


@dataclass(frozen=True, slots=True)
class BriefStep:
    """A step under way: its lamp, last day and who holds it."""

    step: Step
    lamp: Lamp
    due_on: date | None
    overdue: int


@dataclass(frozen=True, slots=True)
class Brief:
    """What a meeting needs to know about one topic, on one page."""

    topic: Topic
    project: Project | None
    land: LandUse | None
    steps: tuple[BriefStep, ...]
    done: int
    total: int
    coverage: Coverage | None
    resolutions: tuple[Resolution, ...]

    @property
    def lamp(self) -> str:
        """The worst of the open steps."""
        found = {step.lamp for step in self.steps}
        return next((lamp.value for lamp in WORST_FIRST if lamp in found), "idle")


def briefs_of(topics: Sequence[Topic], *, actor: User, today: date) -> list[Brief]:
    """The brief of each topic, in their order. Seven queries, however many topics."""
    projects = {topic.project_id for topic in topics if topic.project_id is not None}
    steps: dict[int, list[Step]] = defaultdict(list)
    for step in step_list(actor=actor).filter(project__in=projects).order_by("step_type__position", "round"):
        steps[step.project_id].append(step)
    land = {row.project_id: row for row in LandUse.objects.filter(project__in=projects)}
    coverage = {row.project_id: row for row in coverage_of_projects(project_ids=sorted(projects))}
    earlier: dict[int, list[Resolution]] = defaultdict(list)
    rows = Resolution.objects.filter(item__topic__in=[topic.pk for topic in topics], task__isnull=False)
    for row in rows.select_related("item__meeting", "lead", "task").order_by("pk"):
        earlier[row.item.topic_id].append(row)
    return [
        _brief(
            topic,
            steps=steps.get(topic.project_id or 0, []),
            land=land.get(topic.project_id or 0),
            coverage=coverage.get(topic.project_id or 0),
            resolutions=earlier.get(topic.pk, []),
            today=today,
        )
        for topic in topics
    ]


def _brief(
    topic: Topic,
    *,
    steps: Sequence[Step],
    land: LandUse | None,
    coverage: Coverage | None,
    resolutions: Sequence[Resolution],
    today: date,
) -> Brief:
    involved = [step for step in steps if step.status != Step.Status.NOT_INVOLVED]
    open_steps = [_open_step(step, step.deadline, today) for step in involved if step.deadline is not None]
    return Brief(
        topic=topic,
        project=topic.project,
        land=land,
        steps=tuple(step for step in open_steps if step.step.status != Step.Status.DONE),
        done=sum(step.status == Step.Status.DONE for step in involved),
        total=len(involved),
        coverage=coverage,
        resolutions=tuple(resolutions),
    )


def _open_step(step: Step, deadline: Deadline, today: date) -> BriefStep:
    overdue = (today - deadline.due_on).days if deadline.due_on and deadline.is_open else 0
    return BriefStep(step, lamp_of(deadline, today), deadline.due_on, max(overdue, 0))
