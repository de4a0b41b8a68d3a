"""The tables of the project lists, one module per noun."""

from projects.models.projects import AnnualList, LandUse, LandUseQuerySet, Project, ProjectQuerySet
from projects.models.submissions import (
    ImportDraft,
    ImportDraftQuerySet,
    Submission,
    SubmissionQuerySet,
    SubmissionRow,
    SubmissionRowQuerySet,
)

__all__ = [
    "AnnualList",
    "ImportDraft",
    "ImportDraftQuerySet",
    "LandUse",
    "LandUseQuerySet",
    "Project",
    "ProjectQuerySet",
    "Submission",
    "SubmissionQuerySet",
    "SubmissionRow",
    "SubmissionRowQuerySet",
]
