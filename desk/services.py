"""What changes several apps at once, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from accounts.models import User
from approvals.services.opening import open_track
from projects.models import Project
from projects.services.screening import Adoption, adopt_many


@transaction.atomic
def adopt_and_open(*, actor: User, adoptions: Sequence[Adoption], today: date) -> list[Project]:
    """Adopt projects and give each the steps of its track; all of them or none.

    Raises: what `projects.services.screening.adopt_many` and `approvals…open_track` raise.
    """
    projects = adopt_many(actor=actor, adoptions=adoptions, today=today)
    for project in projects:
        open_track(project=project, actor=actor, today=today)
    return projects
