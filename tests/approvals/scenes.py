"""Steps in the states that tests begin with, made through the services."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from approvals.models import GateRule, Step
from approvals.services.acceptance import accept_step
from approvals.services.opening import open_track
from deadlines.models import PauseKind
from projects.models import Project
from tests.factories import ProjectFactory

OPENED = date(2026, 10, 8)
MONDAY = date(2026, 11, 2)
TODAY = date(2026, 11, 20)


def opened(actor: User, *, on: date = OPENED, **fields: object) -> tuple[Project, dict[str, Step]]:
    """An adopted project with its steps, by code."""
    project = ProjectFactory(**fields)
    steps = open_track(project=project, actor=actor, today=on)
    return project, {step.code: step for step in steps}


def accepted(step: Step, actor: User, *, on: date = MONDAY, today: date = TODAY, **more: object) -> Step:
    """The step, accepted on a day."""
    return accept_step(step_id=step.pk, accepted_on=on, actor=actor, today=today, **more)


def kind(code: str) -> PauseKind:
    return PauseKind.objects.get(code=code)


def without_gates() -> None:
    """Switch every gate off, for tests of something else that accept what gates guard."""
    GateRule.objects.update(step_codes=[])
