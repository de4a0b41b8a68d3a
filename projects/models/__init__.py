"""The tables of the project lists, one module per noun."""

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
    "Comment",
    "CommentQuerySet",
    "CommentWithdrawal",
    "CommentWithdrawalQuerySet",
    "Follow",
    "FollowQuerySet",
    "StalenessSetting",
    "Verification",
    "VerificationQuerySet",
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
