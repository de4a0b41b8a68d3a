"""A working ledger that was brought in: which file, and what became of it."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet


class BringingInQuerySet(ScopedQuerySet["BringingIn"]):
    organisation_path = "organisation"


class BringingIn(models.Model):
    """One working ledger of running projects, from its upload to its signing-off.

    Projects and steps that came with it point here. Until it is signed off it may be undone, or
    replaced by a better file; signed off, it stays. `reported_on` is the day that the ledger is of:
    what it says without a date is known as of that day. `totals` are its printed total rows.
    """

    class State(models.TextChoices):
        STAGED = "STAGED", "待导入"
        TAKEN = "TAKEN", "已导入"
        UNDONE = "UNDONE", "已撤销"
        SIGNED = "SIGNED", "已签认"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="单位")
    filename = models.CharField("文件名", max_length=200)
    content = models.BinaryField("文件内容")
    sha256 = models.CharField(max_length=64)
    reported_on = models.DateField("填报时间")
    state = models.CharField("状态", max_length=10, choices=State, default=State.STAGED)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name="替换"
    )
    summary = models.JSONField("结果", default=dict, encoder=DjangoJSONEncoder)
    totals = models.JSONField("合计行", default=list, encoder=DjangoJSONEncoder)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="导入人")
    taken_at = models.DateTimeField("导入时间", null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="撤销人")
    undone_at = models.DateTimeField("撤销时间", null=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="签认人")
    signed_at = models.DateTimeField("签认时间", null=True)
    signing_note = models.CharField("签认说明", max_length=300, blank=True)

    objects = BringingInQuerySet.as_manager()

    class Meta:
        verbose_name = "在办台账导入"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                name="bringing_signed_names_who",
                condition=~Q(state="SIGNED") | Q(signed_by__isnull=False, signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bringing_taken_names_who",
                condition=Q(state="STAGED") | Q(taken_by__isnull=False, taken_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bringing_signed_by_another",
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=models.F("taken_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.filename
