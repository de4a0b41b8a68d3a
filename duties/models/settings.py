"""Dated reference data: which kind of problem goes to which office, and how long things may take."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation
from deadlines.models import LineUnit


class ProblemKind(models.Model):
    """A kind of problem in one version: its office, its limit, for how long the office may return it.

    `matters` says in the office's words what belongs to the kind. Source: S1-12, S1-13, S1-15.
    """

    code = models.CharField("代码", max_length=20)
    label = models.CharField("问题类别", max_length=40)
    matters = models.CharField("办理事项", max_length=200, blank=True)
    office = models.ForeignKey(
        Organisation, models.PROTECT, related_name="problem_kinds", verbose_name="承办处室"
    )
    limit_days = models.PositiveSmallIntegerField("办理时限")
    limit_unit = models.CharField("单位", max_length=8, choices=LineUnit, default=LineUnit.WORKING_DAY)
    return_days = models.PositiveSmallIntegerField("退回时限（工作日）")
    basis = models.CharField("依据", max_length=200, blank=True)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    class Meta:
        verbose_name = "问题类别"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="problem_kind_one_version_a_day", fields=["code", "effective_from"]),
            models.CheckConstraint(name="problem_kind_has_a_limit", condition=Q(limit_days__gt=0)),
            models.CheckConstraint(
                name="problem_kind_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class DutySetting(models.Model):
    """The numbers of supervision, dated; the row in force on a day applies. Source: S1-06, S0-07."""

    effective_from = models.DateField("生效日期", unique=True)
    letter_reply_days = models.PositiveSmallIntegerField("督办函回复时限（工作日）", default=5)
    visits_a_year = models.PositiveSmallIntegerField("上门服务每年至少（次）", default=1)
    visit_warning_days = models.PositiveSmallIntegerField("年末前几日仍未上门即亮红灯（日）", default=30)
    verify_days = models.PositiveSmallIntegerField("核验时限（工作日）", default=5)
    note = models.CharField("依据或原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "督办设置"
        ordering = ("-effective_from",)

    def __str__(self) -> str:
        return f"{self.effective_from} 起"
