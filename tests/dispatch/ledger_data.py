"""Many projects at once, for tests that need a long ledger."""

from __future__ import annotations

from datetime import date

from accounts.models import Organisation
from approvals.models import Step, StepType
from deadlines import rules
from deadlines.models import Deadline
from deadlines.services import LineSpec, Owner, open_deadline
from projects.models import LandUse, ListScope, Project
from tests.factories import AnnualListFactory, organisation

COUNTIES = ("522701", "522702", "522722")


def plant_projects(count: int, *, counties: tuple[str, ...] = COUNTIES) -> list[Project]:
    """Adopted projects spread over counties, with land and two steps each. A handful of queries."""
    units = [organisation(code) for code in counties]
    annual = AnnualListFactory()
    projects = Project.objects.bulk_create(
        Project(
            name=f"台账试验项目{n}号",
            organisation=units[n % len(units)],
            submitted_by=units[n % len(units)],
            annual_list=annual,
            number=f"5227-2026-L{n:05d}",
            status=Project.Status.ADOPTED,
            track=Project.Track.SINGLE_SITE,
            list_category=ListScope.PROVINCIAL,
            investment_yuan=12_345_678 + n,
            search_text=f"台账试验项目{n}号",
        )
        for n in range(count)
    )
    LandUse.objects.bulk_create(
        LandUse(project=project, total_m2=10_001 + n, arable_m2=3_333 + n)
        for n, project in enumerate(projects)
    )
    holder = organisation("522700-ZRZY-YTGZ")
    types = {code: StepType.objects.get(code=code, effective_to__isnull=True) for code in ("A03", "A07")}
    Step.objects.bulk_create(
        Step(
            project=project,
            step_type=types[code],
            code=code,
            holder_organisation=holder,
            status=status,
            accepted_on=date(2026, 11, 2),
            closed_on=closed_on,
        )
        for project in projects
        for code, status, closed_on in (
            ("A03", Step.Status.RUNNING, None),
            ("A07", Step.Status.DONE, date(2026, 11, 18)),
        )
    )
    return projects


def plant_deadline(
    project: Project,
    *,
    started_on: date = date(2026, 11, 2),
    days: int = 20,
    holder: object = None,
    holder_organisation: Organisation | None = None,
    today: date = date(2026, 11, 19),
) -> Deadline:
    """A running working-day promise of a project, computed by the services."""
    step = project.steps.first() or project
    return open_deadline(
        owner=Owner(
            subject=step,
            subject_label="用地预审",
            subject_code="A03",
            stage="用地预审",
            holder_organisation=holder_organisation or organisation("522700-ZRZY-YTGZ"),
            scope_organisation=project.organisation,
            holder=holder,
            project_id=project.pk,
            project_code=project.display_code,
            project_name=project.name,
        ),
        role=Deadline.Role.HANDLING,
        started_on=started_on,
        committed=LineSpec(
            rules.Line(limit=days, unit=rules.Unit.WORKING_DAY, kind=rules.LineKind.MAX), "承诺"
        ),
        statutory=None,
        today=today,
    )
