"""The tables of the project lists, one module per noun."""

from projects.models.projects import AnnualList, LandUse, LandUseQuerySet, Project, ProjectQuerySet
from projects.models.round_trip import (
    DraftRow,
    DraftRowQuerySet,
    ListDownload,
    ListDownloadQuerySet,
)
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
    "DraftRow",
    "DraftRowQuerySet",
    "ImportDraft",
    "ImportDraftQuerySet",
    "LandUse",
    "LandUseQuerySet",
    "ListDownload",
    "ListDownloadQuerySet",
    "Project",
    "ProjectQuerySet",
    "Submission",
    "SubmissionQuerySet",
    "SubmissionRow",
    "SubmissionRowQuerySet",
]
