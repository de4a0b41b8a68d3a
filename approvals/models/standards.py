"""How much land a project may take: the standards as dated rows, and a project's facts beside its land."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from papers.models import Paper
from projects.models import Project
from projects.models.sharing import SharedProjectsQuerySet

if TYPE_CHECKING:
    from datetime import date


class LandMeasure(models.TextChoices):
    """What is measured; the code is `approvals.rules.Measure`."""

    INVESTMENT = "INVESTMENT", "投资强度（万元/公顷）"
    FLOOR_RATIO = "FLOOR_RATIO", "容积率"
    BUILDING_SHARE = "BUILDING_SHARE", "建筑系数（%）"
    GREEN_SHARE = "GREEN_SHARE", "绿地率（%）"
    OFFICE_SHARE = "OFFICE_SHARE", "行政办公和生活服务设施用地比重（%）"
    FLOOR_AREA = "FLOOR_AREA", "建筑面积（㎡）"
    LAND_AREA = "LAND_AREA", "用地规模（公顷）"


class LandStandardQuerySet(models.QuerySet["LandStandard"]):
    def in_force(self, on: date) -> LandStandardQuerySet:
        """The newest row of each use and measure on a day."""
        rows = self.filter(effective_from__lte=on).order_by("use", "measure", "-effective_from")
        return rows.distinct("use", "measure")


class LandStandard(models.Model):
    """The least or most that land of a use must show in one measure, from a day on. Public reference.

    Both empty: from that day on the measure is not asked of this use.
    """

    use = models.CharField("用途", max_length=40)
    measure = models.CharField("指标", max_length=14, choices=LandMeasure)
    least = models.DecimalField("不低于", max_digits=12, decimal_places=2, null=True, blank=True)
    most = models.DecimalField("不高于", max_digits=12, decimal_places=2, null=True, blank=True)
    basis = models.CharField("依据", max_length=200)
    effective_from = models.DateField("生效日期")

    objects = LandStandardQuerySet.as_manager()

    class Meta:
        verbose_name = "用地标准"
        ordering = ("use", "measure", "-effective_from")
        constraints = [
            models.UniqueConstraint(name="land_standard_once", fields=["use", "measure", "effective_from"]),
            models.CheckConstraint(
                name="land_standard_in_order",
                condition=Q(least__isnull=True) | Q(most__isnull=True) | Q(most__gte=models.F("least")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use} {self.get_measure_display()}"


class LandThriftQuerySet(SharedProjectsQuerySet["LandThrift"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class LandThrift(models.Model):
    """What a project builds on its land, for the review of thrifty use (节约集约审查).

    Areas in m². Land and total investment are the project's own; `investment_yuan` stands for it where
    the fixed assets differ. What the standards say of it is read, never stored. Source: S2-12.
    """

    project = models.OneToOneField(Project, models.PROTECT, related_name="+", verbose_name="项目")
    use = models.CharField("用途", max_length=40)
    investment_yuan = models.DecimalField("固定资产投资（元）", max_digits=18, decimal_places=2, null=True)
    floor_area_m2 = models.BigIntegerField("建筑面积（㎡）", null=True)
    counted_floor_m2 = models.BigIntegerField("计容建筑面积（㎡）", null=True)
    base_m2 = models.BigIntegerField("建筑物、构筑物和堆场占地（㎡）", null=True)
    green_m2 = models.BigIntegerField("绿地面积（㎡）", null=True)
    office_m2 = models.BigIntegerField("行政办公和生活服务设施用地（㎡）", null=True)
    reason = models.CharField("超标或无标准的论证", max_length=300, blank=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="论证材料")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = LandThriftQuerySet.as_manager()

    class Meta:
        verbose_name = "节约集约审查"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                name="land_thrift_not_negative",
                condition=(Q(floor_area_m2__isnull=True) | Q(floor_area_m2__gte=0))
                & (Q(counted_floor_m2__isnull=True) | Q(counted_floor_m2__gte=0))
                & (Q(base_m2__isnull=True) | Q(base_m2__gte=0))
                & (Q(green_m2__isnull=True) | Q(green_m2__gte=0))
                & (Q(office_m2__isnull=True) | Q(office_m2__gte=0)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.use}节约集约审查"

    def get_absolute_url(self) -> str:
        return reverse("approvals:thrift", args=[self.pk])
