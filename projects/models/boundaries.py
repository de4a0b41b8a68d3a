"""The boundary of a site as it was drawn, and who was given which layer of the map."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from papers.models import Paper
from projects.models.projects import Project
from projects.models.sharing import SharedProjectsQuerySet
from projects.models.siting import Siting, SitingItem
from projects.rules.boundaries import Extent, reference_label

_PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class BoundarySetting(models.Model):
    """How far a boundary's area may be from the stated one, and where land of the prefecture can lie;
    the newest row in force applies. Public reference. Source: S4-05.
    """

    effective_from = models.DateField("生效日期", unique=True)
    tolerance_percent = models.DecimalField(
        "面积允许相差（%）", max_digits=5, decimal_places=2, validators=_PERCENT
    )
    west = models.DecimalField("最西经度", max_digits=9, decimal_places=6)
    south = models.DecimalField("最南纬度", max_digits=8, decimal_places=6)
    east = models.DecimalField("最东经度", max_digits=9, decimal_places=6)
    north = models.DecimalField("最北纬度", max_digits=8, decimal_places=6)
    note = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "红线核对口径"
        ordering = ("-effective_from",)
        constraints = [
            models.CheckConstraint(
                name="boundary_setting_spans_something",
                condition=Q(west__lt=F("east"), south__lt=F("north")),
            ),
            models.CheckConstraint(
                name="boundary_setting_tolerance_is_a_share",
                condition=Q(tolerance_percent__gte=0, tolerance_percent__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} 起"

    @property
    def extent(self) -> Extent:
        return Extent(self.west, self.south, self.east, self.north)


class SiteBoundaryQuerySet(SharedProjectsQuerySet["SiteBoundary"]):
    organisation_path = "siting__project__organisation"
    department_path = "siting__project__submitted_by"
    project_path = "siting__project"


class SiteBoundary(models.Model):
    """One version of a site's boundary: the file as a paper, the geometry in degrees of CGCS2000,
    its area on the ellipsoid beside what was stated then. Immutable. Source: S4-05.
    """

    siting = models.ForeignKey(Siting, models.PROTECT, related_name="boundaries", verbose_name="选址")
    version = models.PositiveSmallIntegerField("版本")
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="+", verbose_name="红线文件")
    epsg = models.PositiveIntegerField("坐标系")
    geometry = models.JSONField("图形")
    area_m2 = models.BigIntegerField("图形面积")
    parts = models.PositiveIntegerField("地块数")
    points = models.PositiveIntegerField("折点数")
    stated_m2 = models.BigIntegerField("填报面积", null=True)
    difference_percent = models.DecimalField("相差（%）", max_digits=12, decimal_places=2, null=True)
    setting = models.ForeignKey(BoundarySetting, models.PROTECT, related_name="+", verbose_name="核对口径")
    note = models.CharField("说明", max_length=300, blank=True)
    entered_on = models.DateField("上传日期")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")

    objects = SiteBoundaryQuerySet.as_manager()

    class Meta:
        verbose_name = "选址红线"
        ordering = ("siting_id", "-version")
        constraints = [
            models.UniqueConstraint(name="site_boundary_version_once", fields=["siting", "version"]),
            models.CheckConstraint(name="site_boundary_has_an_area", condition=Q(area_m2__gt=0)),
        ]
        triggers = [
            pgtrigger.Protect(
                name="site_boundary_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"选址红线 第 {self.version} 版"

    @property
    def reference(self) -> str:
        return reference_label(self.epsg)


class MapShareQuerySet(SharedProjectsQuerySet["MapShare"]):
    organisation_path = "project__organisation"
    department_path = "receiver"
    project_path = "project"


class MapShare(models.Model):
    """That a unit was given a layer of the one map, or a site's boundary, for a project: when, by
    whom, for what, in which format. A download is one too. Immutable. Source: S4-12.
    """

    class Format(models.TextChoices):
        SHP = "SHP", "SHP 图层"
        GEOJSON = "GEOJSON", "GeoJSON 图形"
        PICTURE = "PICTURE", "图件（PDF、图片）"
        SERVICE = "SERVICE", "在线图层服务"
        PRINT = "PRINT", "纸质图"

    class Way(models.TextChoices):
        GIVEN = "GIVEN", "提供"
        DOWNLOADED = "DOWNLOADED", "自行下载"

    project = models.ForeignKey(Project, models.PROTECT, related_name="map_shares", verbose_name="项目")
    boundary = models.ForeignKey(
        SiteBoundary, models.PROTECT, null=True, related_name="shares", verbose_name="红线"
    )
    layer = models.ForeignKey(SitingItem, models.PROTECT, null=True, related_name="+", verbose_name="图层")
    receiver = models.ForeignKey(
        Organisation, models.PROTECT, related_name="map_shares", verbose_name="接收单位"
    )
    format = models.CharField("形式", max_length=8, choices=Format)
    way = models.CharField("方式", max_length=10, choices=Way, default=Way.GIVEN)
    purpose = models.CharField("用途", max_length=200)
    shared_on = models.DateField("共享日期")
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, related_name="+", verbose_name="签收或审批材料"
    )
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = MapShareQuerySet.as_manager()

    class Meta:
        verbose_name = "一张图共享"
        ordering = ("-id",)
        indexes = [models.Index(name="map_share_by_receiver", fields=["receiver", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="map_share_gives_one_thing",
                condition=Q(boundary__isnull=False, layer__isnull=True)
                | Q(boundary__isnull=True, layer__isnull=False),
            ),
            models.CheckConstraint(name="map_share_says_what_for", condition=~Q(purpose="")),
        ]
        triggers = [
            pgtrigger.Protect(name="map_share_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.thing} 提供给 {self.receiver.short_name}"

    def get_absolute_url(self) -> str:
        """The project's tab, where its sharings stand."""
        return f"{self.project.get_absolute_url()}?tab=siting"

    @property
    def thing(self) -> str:
        """What was given."""
        return str(self.boundary or self.layer)
