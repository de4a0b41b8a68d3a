"""Real clocks for the desk's tests, opened by the services."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from deadlines import rules, services
from deadlines.models import Deadline
from projects.models import Project
from tests.factories import ProjectFactory, organisation

TODAY = date(2026, 11, 23)


def promise(
    *,
    unit: str = "522701",
    stage: str = "用地预审",
    started_on: date = date(2026, 11, 16),
    limit: int = 20,
    role: Deadline.Role = Deadline.Role.HANDLING,
    kind: rules.LineKind = rules.LineKind.MAX,
    holder: User | None = None,
    holder_code: str = "522700-ZRZY-YTGZ",
    project: Project | None = None,
    today: date = TODAY,
) -> Deadline:
    """A committed line of `limit` working days that runs since `started_on`."""
    project = project or ProjectFactory(organisation=organisation(unit))
    owner = services.Owner(
        subject=project,
        subject_label=f"{stage}办理",
        holder_organisation=organisation(holder_code),
        scope_organisation=organisation(unit),
        holder=holder,
        stage=stage,
        project_id=project.pk,
        project_code=project.display_code,
        project_name=project.name,
    )
    line = rules.Line(limit=limit, unit=rules.Unit.WORKING_DAY, kind=kind)
    return services.open_deadline(
        owner=owner,
        role=role,
        started_on=started_on,
        committed=services.LineSpec(line, "承诺"),
        statutory=None,
        today=today,
    )
