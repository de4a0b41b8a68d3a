"""One row of everything in duties that an address can name, of 都匀市."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from duties.models import Problem, Task
from projects.models import Project
from tests.duties.scenes import issued, raised


@dataclass(frozen=True, slots=True)
class DutyRows:
    duty_problem: Problem
    duty_task: Task


def build_duties(*, officer: User, dispatcher: User, project: Project) -> DutyRows:
    return DutyRows(
        duty_problem=raised(officer, project=project),
        duty_task=issued(dispatcher, project=project),
    )
