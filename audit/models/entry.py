"""Who did what, to what, with which facts. Append only."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from audit.models.guards import never_emptied


class Entry(models.Model):
    """One thing somebody did. Written in the transaction of the change, never altered.

    `occurred_on` is the day it happened in the office, `entered_at` the moment it was typed:
    two things everywhere in LandGuard. `actor` is empty when the system itself acted.
    """

    class Outcome(models.TextChoices):
        DONE = "DONE", "成功"
        REFUSED = "REFUSED", "被拒绝"
        FAILED = "FAILED", "失败"

    # The log is asked by label, never by this: an index would only be kept up.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name="操作人",
    )
    actor_label = models.CharField("操作人", max_length=100)
    verb = models.CharField("动作", max_length=60)
    subject_kind = models.CharField("对象类型", max_length=60)
    subject_id = models.BigIntegerField("对象编号")
    subject_label = models.CharField("对象", max_length=300)
    project_id = models.BigIntegerField("项目", null=True)
    scope_path = models.CharField("所属单位路径", max_length=300, blank=True)
    # The request (or job) that wrote it: the id under which pghistory notes its changes of rows.
    request_id = models.UUIDField("请求", null=True, editable=False)
    facts = models.JSONField("事实", default=dict, encoder=DjangoJSONEncoder)
    # From where it was asked; empty for what a schedule or a command did.
    address = models.GenericIPAddressField("来源地址", null=True)
    outcome = models.CharField("结果", max_length=8, choices=Outcome, default=Outcome.DONE)
    occurred_on = models.DateField("发生日期", null=True)
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = "操作记录"
        ordering = ("-id",)
        indexes = [
            models.Index(name="audit_by_subject", fields=["subject_kind", "subject_id", "-id"]),
            # Only of those that have one: an index takes in empty values as well.
            models.Index(
                name="audit_by_project",
                fields=["project_id", "-id"],
                condition=models.Q(project_id__isnull=False),
            ),
            # Rows come in by time, so a few pages hold any recent days: what changed lately, cheaply.
            BrinIndex(name="audit_by_moment", fields=["entered_at"], pages_per_range=32),
        ]
        triggers = [
            pgtrigger.Protect(name="entry_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied("entry_is_never_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.verb} {self.subject_label}"

    @property
    def fact_pairs(self) -> list[tuple[str, object]]:
        """Names and values; a template would take a fact named "items" for all of them."""
        return list(self.facts.items())
