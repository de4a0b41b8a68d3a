"""Dated reference data: what topics are about, and the council's figures."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Organisation


class TopicKind(models.Model):
    """What a topic is about, in one version: who leads by default, what its department must bring.

    The newest version not after a day is in force; `is_active` false takes the kind out of use.
    """

    code = models.CharField("代码", max_length=20)
    label = models.CharField("名称", max_length=40)
    place = models.PositiveSmallIntegerField("排序", default=0)
    lead = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="默认牵头单位"
    )
    duty = models.CharField("牵头单位职责", max_length=200, blank=True)
    template = models.TextField("填报要点", max_length=500, blank=True)
    is_active = models.BooleanField("在用", default=True)
    basis = models.CharField("依据", max_length=200)
    effective_from = models.DateField("生效日期")

    class Meta:
        verbose_name = "会商内容"
        ordering = ("place", "code", "-effective_from")
        constraints = [
            models.UniqueConstraint(name="topic_kind_one_version_a_day", fields=["code", "effective_from"])
        ]

    def __str__(self) -> str:
        return self.label


class MeetingSetting(models.Model):
    """The council's figures from a day on. The newest row not after a day is in force."""

    warn_days = models.PositiveSmallIntegerField("季末前提醒（工作日）", default=10)
    task_days = models.PositiveSmallIntegerField("议定事项默认时限（工作日）", default=15)
    annual_days = models.PositiveSmallIntegerField("年度会商时限（工作日）", default=30)
    mark = models.CharField("纪要标志", max_length=60, default="用地要素保障会商纪要")
    number_mark = models.CharField("纪要编号代字", max_length=30, default="用地会商纪要")
    basis = models.CharField("依据", max_length=200)
    effective_from = models.DateField("生效日期", unique=True)

    class Meta:
        verbose_name = "会商设置"
        ordering = ("-effective_from",)
        constraints = [
            models.CheckConstraint(
                name="meeting_setting_days_positive",
                condition=Q(warn_days__gt=0, task_days__gt=0, annual_days__gt=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} 起的会商设置"
