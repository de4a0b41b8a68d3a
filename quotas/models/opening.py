"""A workbook of opening balances between its upload and its confirmation."""

from __future__ import annotations

import uuid

from django.db import models

from accounts.models import User
from accounts.scoping import OwnRowsQuerySet
from quotas.models.bookings import Booking


class OpeningDraftQuerySet(OwnRowsQuerySet["OpeningDraft"]):
    owner_path = "uploaded_by_id"


class OpeningDraft(models.Model):
    """What was read of a workbook: rows, and every error with its row and cell. Belongs to its uploader."""

    key = models.UUIDField("请求编号", default=uuid.uuid4, unique=True, editable=False)
    filename = models.CharField("文件名", max_length=200)
    rows = models.JSONField("读取结果", default=list)
    problems = models.JSONField("问题", default=list)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, related_name="opening")

    objects = OpeningDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "期初余额导入"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.filename
