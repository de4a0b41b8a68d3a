"""The dossier's 指标 tab: what of the project's demand is covered, by which entries and applications."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from projects.models import Project
from quotas import selectors
from quotas.selectors.applications import application_list


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """The coverage with its movements, and the applications that the actor may read. Five queries."""
    return {
        "coverage": selectors.coverage_of_project(project_id=project.pk),
        "applications": list(application_list(actor=actor).filter(project=project)),
        "may_apply": allowed(actor, Right.APPLY_QUOTA) and actor.reporting_unit is not None,
    }
