"""Campaigns with a floor and a stretch, the table of who brings how much, and its thresholds."""

from __future__ import annotations

from decimal import Decimal

import pghistory
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from accounts.scoping import OwnRowsQuerySet, ScopedQuerySet
from core.units import AreaUnit, to_m2


class TargetSetting(models.Model):
    """When a target is behind, and how far printed sums may lie from computed ones. Dated; public."""

    effective_from = models.DateField("生效日期", unique=True)
    amber_points = models.PositiveSmallIntegerField("黄灯：落后序时（百分点）", default=10)
    red_points = models.PositiveSmallIntegerField("红灯：落后超过（百分点）", default=30)
    tolerance = models.DecimalField("合计容差（表中单位）", max_digits=6, decimal_places=4, default=0)
    note = models.CharField("依据或原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "目标设置"
        ordering = ("-effective_from",)
        constraints = [
            models.CheckConstraint(
                name="target_red_after_amber", condition=Q(red_points__gte=F("amber_points"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} 起"


class CampaignQuerySet(ScopedQuerySet["Campaign"]):
    organisation_path = "prefecture"

    def _inside(self, path: str) -> Q:
        """A county reads the goals of its prefecture; what others bring is in the rows."""
        codes = path.strip("/").split("/")
        return super()._inside(path) | Q(prefecture__code__in=codes)


@pghistory.track()
class Campaign(models.Model):
    """A goal for a period: how much land is to be approved at least (保底) and at best (冲刺).

    `floor` and `stretch` are whole m² for areas, pieces for counts. `visits_each` is how often each
    leader visits. What is done is counted from approvals, never entered. Source: S1-02, S1-22.
    """

    class Measure(models.TextChoices):
        AREA = "AREA", "批准建设用地面积"
        COUNT = "COUNT", "批准建设用地项目数"

    name = models.CharField("名称", max_length=100)
    prefecture = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="市（州）")
    first_on = models.DateField("起")
    last_on = models.DateField("止（含）")
    measure = models.CharField("指标", max_length=8, choices=Measure)
    list_category = models.CharField("清单类别", max_length=20, blank=True)
    floor = models.BigIntegerField("保底")
    stretch = models.BigIntegerField("冲刺")
    visits_each = models.PositiveSmallIntegerField("领导每人督导次数", default=0)
    basis = models.CharField("依据", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = "用地目标"
        ordering = ("-last_on", "-id")
        constraints = [
            models.CheckConstraint(
                name="campaign_ends_after_it_begins", condition=Q(last_on__gte=F("first_on"))
            ),
            models.CheckConstraint(
                name="campaign_stretch_above_floor", condition=Q(floor__gt=0, stretch__gte=F("floor"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_area(self) -> bool:
        return self.measure == self.Measure.AREA


class TargetTableQuerySet(ScopedQuerySet["TargetTable"]):
    organisation_path = "campaign__prefecture"


class TargetTable(models.Model):
    """One table of targets as it was handed in: its unit, its printed totals, exactly. The newest counts.

    `printed` is what stands in the total row, as text; sums are computed from the rows each time.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="tables", verbose_name="用地目标")
    title = models.CharField("标题", max_length=200, blank=True)
    filename = models.CharField("文件名", max_length=200)
    unit = models.CharField("单位", max_length=6, choices=[(unit.value, unit.label) for unit in AreaUnit])
    printed = models.JSONField("表中合计", default=dict, encoder=DjangoJSONEncoder)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="导入人")
    entered_at = models.DateTimeField("导入时间", auto_now_add=True)

    objects = TargetTableQuerySet.as_manager()

    class Meta:
        verbose_name = "目标分解表"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.filename


class TargetRowQuerySet(ScopedQuerySet["TargetRow"]):
    organisation_path = "organisation"

    def _inside(self, path: str) -> Q:
        """One's own rows; the prefecture's office also those of places that are not in the tree."""
        return super()._inside(path) | Q(
            organisation__isnull=True, table__campaign__prefecture__path__startswith=path
        )


class TargetRow(models.Model):
    """What one area is to bring, as printed: decimals in the table's unit. Never changed, only replaced."""

    table = models.ForeignKey(TargetTable, models.CASCADE, related_name="rows", verbose_name="分解表")
    position = models.PositiveSmallIntegerField("序号")
    leader = models.CharField("包联领导", max_length=60, blank=True)
    office = models.CharField("责任处室", max_length=60, blank=True)
    area_name = models.CharField("地区（表中写法）", max_length=60)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="县市"
    )
    reported_count = models.PositiveIntegerField("报送宗数", default=0)
    reported_area = models.DecimalField("报送拟用地面积", max_digits=14, decimal_places=6, default=0)
    key_count = models.PositiveIntegerField("省级重点宗数", default=0)
    key_area = models.DecimalField("省级重点面积", max_digits=14, decimal_places=6, default=0)
    total_area = models.DecimalField("用地总量", max_digits=14, decimal_places=6, default=0)

    objects = TargetRowQuerySet.as_manager()

    class Meta:
        verbose_name = "目标分解"
        ordering = ("table_id", "position")
        constraints = [
            models.UniqueConstraint(name="target_once_per_area", fields=["table", "area_name"]),
            models.CheckConstraint(
                name="target_not_negative",
                condition=Q(reported_area__gte=0, key_area__gte=0, total_area__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.area_name

    def m2(self, value: Decimal) -> int:
        """A printed figure of this row in whole square metres; the table is loaded."""
        return to_m2(value, AreaUnit(self.table.unit))


class TargetDraftQuerySet(OwnRowsQuerySet["TargetDraft"]):
    owner_path = "owner_id"


class TargetDraft(models.Model):
    """An uploaded table of targets that waits for its owner's confirm; nothing is stored before."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="+")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+")
    filename = models.CharField("文件名", max_length=200)
    content = models.BinaryField("文件内容")
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = TargetDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "待确认的目标分解表"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.filename
