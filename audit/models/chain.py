"""The chain: one link for each sealed entry, each resting on the one before."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models

from audit.models.guards import never_emptied


class Link(models.Model):
    """The seal of one entry, written by `audit.sealing` in the order of `position`.

    `row_digest` is the SHA-256 of the entry with what stands beside it here, `digest` that of the
    previous link's digest and `row_digest`. The entry's key is a plain number: when an entry's time
    has run out it goes and its link stays, so that the chain holds. Append only.
    """

    position = models.BigIntegerField("序号", primary_key=True)
    entry_id = models.BigIntegerField("操作记录", unique=True)
    is_business = models.BooleanField("业务记录")
    entered_at = models.DateTimeField("录入时间")
    row_digest = models.CharField("记录校验值", max_length=64)
    digest = models.CharField("链校验值", max_length=64)
    sealed_at = models.DateTimeField("入链时间")

    class Meta:
        verbose_name = "日志链"
        ordering = ("-position",)
        triggers: ClassVar = [
            pgtrigger.Protect(name="link_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied("link_is_never_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.position}：{self.digest[:12]}"
