"""Who wants to hear of a project."""

from __future__ import annotations

from django.db import models

from accounts.models import User
from accounts.scoping import OwnRowsQuerySet
from projects.models.projects import Project


class FollowQuerySet(OwnRowsQuerySet["Follow"]):
    owner_path = "follower_id"


class Follow(models.Model):
    """One person follows one project; deleted when they no longer do."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="follows", verbose_name="项目")
    follower = models.ForeignKey(User, models.CASCADE, related_name="follows", verbose_name="关注人")
    since = models.DateTimeField("关注时间", auto_now_add=True)

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = "关注"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(name="follow_once", fields=["follower", "project"])]

    def __str__(self) -> str:
        return f"{self.follower_id} 关注 {self.project_id}"
