"""What was handed in, and what became of it."""

from __future__ import annotations

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from projects.models import Project, Submission, SubmissionQuerySet, SubmissionRow


def submission_list(*, actor: User) -> SubmissionQuerySet:
    """Confirmed workbooks the actor may see, without their content. One query.

    Adds how their projects stand now: `gathering` (with their county), `waiting` (with the bureau,
    looked through or not), `adopted`, `returned`, `dropped`, `merged`.
    """
    status = Project.Status
    return (
        Submission.objects.visible_to(actor)
        .defer("content")
        .select_related("organisation", "submitted_by", "undone_by")
        .annotate(
            gathering=_projects_with(status.REPORTED),
            waiting=_projects_with(*Project.WAITING),
            adopted=_projects_with(status.ADOPTED),
            returned=_projects_with(status.RETURNED),
            dropped=_projects_with(status.DROPPED),
            merged=_projects_with(status.MERGED),
        )
    )


def _projects_with(*statuses: str) -> Coalesce:
    rows = (
        SubmissionRow.objects.filter(submission=OuterRef("pk"), project__status__in=statuses)
        .order_by()
        .values("submission")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(rows, output_field=IntegerField()), Value(0))


def warnings_about(project: Project) -> list[str]:
    """What was odd, but no error, when the project was last handed in: 栏目：what；what to do. One query."""
    row = SubmissionRow.objects.filter(project=project).order_by("-pk").first()
    odd = [problem for problem in row.problems if problem["severity"] == "warning"] if row else []
    return [
        "；".join(filter(None, (f"{problem['field']}：{problem['message']}", problem["suggestion"])))
        for problem in odd
    ]


def submission_rows(submission: Submission) -> QuerySet[SubmissionRow]:
    """The rows of one submission with their projects and the bureau's answers. One query."""
    return (
        SubmissionRow.objects.filter(submission=submission)
        .select_related("project", "project__organisation", "project__merged_into")
        .order_by("row")
    )
