"""The tables of the project lists, one module per noun."""

from __future__ import annotations

from projects.models.comments import (
    Comment,
    CommentQuerySet,
    CommentWithdrawal,
    CommentWithdrawalQuerySet,
)
from projects.models.following import Follow, FollowQuerySet
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
from projects.models.verification import StalenessSetting, Verification, VerificationQuerySet

__all__ = [
    "AnnualList",
    "Comment",
    "CommentQuerySet",
    "CommentWithdrawal",
    "CommentWithdrawalQuerySet",
    "DraftRow",
    "DraftRowQuerySet",
    "Follow",
    "FollowQuerySet",
    "ImportDraft",
    "ImportDraftQuerySet",
    "LandUse",
    "LandUseQuerySet",
    "ListDownload",
    "ListDownloadQuerySet",
    "Project",
    "ProjectQuerySet",
    "StalenessSetting",
    "Submission",
    "SubmissionQuerySet",
    "SubmissionRow",
    "SubmissionRowQuerySet",
    "Verification",
    "VerificationQuerySet",
]
