"""Where the project's file lies, who accompanies it, and the way it took."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from projects.dossier_forms import FileStopForm
from projects.models import Project
from projects.selectors.whereabouts import way_of


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """The stops and the form for the next. Two queries."""
    may_register = allowed(actor, Right.RUN_STEPS)
    return {
        "stops": way_of(project, actor=actor, today=today),
        "may_register": may_register,
        "stop_form": FileStopForm(actor=actor, today=today) if may_register else None,
    }
