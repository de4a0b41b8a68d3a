"""The dossier's tab 倒排工期: the plan back from the project's own planned start."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from desk.back_schedule import read_plan
from projects.models import Project


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """The plan; the page behind it takes another target day."""
    return {"plan": read_plan(project, actor=actor, today=today)}
