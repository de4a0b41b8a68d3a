"""The papers of a project: what hangs on it and on everything in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from papers import selectors
from papers.forms import SECRECY_NOTICE, PaperForm
from papers.services import PaperOwner
from projects.models import Project


def owner_of(project: Project) -> PaperOwner:
    """The project as an owner of papers; a department that handed it in reads them too."""
    is_theirs = project.submitted_by_id != project.organisation_id
    return PaperOwner(
        kind=project._meta.label_lower,
        pk=project.pk,
        label=project.name,
        project_id=project.pk,
        organisation=project.organisation,
        department=project.submitted_by if is_theirs else None,
    )


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """All papers with their versions, and the form for a new one. One query."""
    return {
        "papers": selectors.papers_of_project(actor=actor, project_id=project.pk),
        "paper_form": PaperForm(),
        "may_attach": allowed(actor, Right.ATTACH_PAPER),
        "secrecy": SECRECY_NOTICE,
    }


def count(project: Project, actor: User) -> int:
    return selectors.count_of_project(actor=actor, project_id=project.pk)
