"""Links by which a department answers without an account, and how often strangers try."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from opinions.models.requests import Request
from projects.models.sharing import SharedProjectsQuerySet


class SignedLinkQuerySet(SharedProjectsQuerySet["SignedLink"]):
    """For those who sent it; a department never sees its own link here."""

    organisation_path = "request__round__project__organisation"
    project_path = "request__round__project"


class SignedLink(models.Model):
    """One way to answer one request once. Only a digest of its secret is stored."""

    class Purpose(models.TextChoices):
        ANSWER = "ANSWER", "反馈意见"

    request = models.ForeignKey(Request, models.PROTECT, related_name="links", verbose_name="征求意见")
    purpose = models.CharField("用途", max_length=10, choices=Purpose, default=Purpose.ANSWER)
    digest = models.CharField("校验值", max_length=64, unique=True)
    given_to = models.CharField("交给", max_length=100)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="生成人")
    made_at = models.DateTimeField("生成时间")
    expires_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("使用时间", null=True)
    revoked_at = models.DateTimeField("作废时间", null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="作废人")

    objects = SignedLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "免登录链接"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                name="opinion_link_revoked_by_somebody",
                condition=Q(revoked_at__isnull=True) | Q(revoked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="opinion_link_used_or_revoked",
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}：{self.given_to}"


class LinkTry(models.Model):
    """How often one address opened links in one minute: counted in the database, for all workers."""

    address = models.CharField("来源", max_length=64)
    minute = models.DateTimeField("分钟")
    count = models.PositiveIntegerField("次数", default=1)

    class Meta:
        verbose_name = "链接访问"
        constraints = [models.UniqueConstraint(name="opinion_link_try_once", fields=["address", "minute"])]

    def __str__(self) -> str:
        return f"{self.address} {self.minute}"
