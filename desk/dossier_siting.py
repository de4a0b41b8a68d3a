"""The dossier's tab 选址: the attempts at a site, what was checked, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from projects.models import Project
from projects.selectors.boundaries import boundary_card
from projects.selectors.siting import read_siting
from projects.services.editing import may_edit


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """The tab's context. Up to twelve queries."""
    reading = read_siting(project=project, today=today)
    return {
        "reading": reading,
        "boundary": boundary_card(actor=actor, project=project, siting=reading.siting),
        "may_enter": may_edit(actor, project),
        "may_decide": allowed(actor, Right.EDIT_PROJECT),
    }
