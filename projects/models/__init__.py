"""The tables of the project lists, one module per noun."""

from __future__ import annotations

from projects.models.annual import (
    AnnualListChange,
    AnnualListChangeQuerySet,
    AnnualListEntry,
    AnnualListEntryQuerySet,
    AnnualListVersion,
    LandClass,
    MaturityCriterion,
    MaturityCriterionQuerySet,
    PlanItem,
    PlanItemQuerySet,
    PlanQuota,
    PlanQuotaQuerySet,
    PlanVersion,
    PlanVersionLine,
    PlanVersionLineQuerySet,
    ProjectCourse,
    ProjectCourseQuerySet,
    QuotaRoute,
)
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
    "AnnualListChange",
    "AnnualListChangeQuerySet",
    "AnnualListEntry",
    "AnnualListEntryQuerySet",
    "AnnualListVersion",
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
    "LandClass",
    "LandUse",
    "LandUseQuerySet",
    "ListDownload",
    "ListDownloadQuerySet",
    "MaturityCriterion",
    "MaturityCriterionQuerySet",
    "PlanItem",
    "PlanItemQuerySet",
    "PlanQuota",
    "PlanQuotaQuerySet",
    "PlanVersion",
    "PlanVersionLine",
    "PlanVersionLineQuerySet",
    "Project",
    "ProjectCourse",
    "ProjectCourseQuerySet",
    "ProjectQuerySet",
    "QuotaRoute",
    "StalenessSetting",
    "Submission",
    "SubmissionQuerySet",
    "SubmissionRow",
    "SubmissionRowQuerySet",
    "Verification",
    "VerificationQuerySet",
]
