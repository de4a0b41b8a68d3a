"""What people say about a project. Said is said; a withdrawal is a fact of its own."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import User
from projects.models.projects import Project
from projects.models.sharing import SharedProjectsQuerySet


class CommentQuerySet(SharedProjectsQuerySet["Comment"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


class Comment(models.Model):
    """One opinion on a project; `is_directive` marks a leader's 批示. Immutable."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="comments", verbose_name="项目")
    text = models.TextField("内容")
    is_directive = models.BooleanField("批示", default=False)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发表人")
    written_at = models.DateTimeField("发表时间", auto_now_add=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "意见"
        ordering = ("-id",)
        indexes = [models.Index(name="comment_by_project", fields=["project", "-id"])]
        constraints = [models.CheckConstraint(name="comment_says_something", condition=~Q(text=""))]
        triggers = [
            pgtrigger.Protect(name="comment_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_withdrawn(self) -> bool:
        """No query when the withdrawal was selected along."""
        return hasattr(self, "withdrawal")

    @property
    def shown_text(self) -> str:
        """The words, unless they were taken back."""
        return "" if self.is_withdrawn else self.text


class CommentWithdrawalQuerySet(SharedProjectsQuerySet["CommentWithdrawal"]):
    organisation_path = "comment__project__organisation"
    department_path = "comment__project__submitted_by"
    project_path = "comment__project"


class CommentWithdrawal(models.Model):
    """An opinion taken back by whoever gave it: its words disappear from the page, the trace stays."""

    comment = models.OneToOneField(
        Comment, models.PROTECT, related_name="withdrawal", primary_key=True, verbose_name="意见"
    )
    reason = models.CharField("理由", max_length=300)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="撤回人")
    withdrawn_at = models.DateTimeField("撤回时间", auto_now_add=True)

    objects = CommentWithdrawalQuerySet.as_manager()

    class Meta:
        verbose_name = "意见撤回"
        constraints = [
            models.CheckConstraint(name="comment_withdrawal_has_a_reason", condition=~Q(reason=""))
        ]
        triggers = [
            pgtrigger.Protect(
                name="comment_withdrawal_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return self.reason
