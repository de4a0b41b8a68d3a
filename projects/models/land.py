"""A project's land: areas by class, and how they divide among counties."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation
from projects.models.projects import Project
from projects.models.sharing import SharedProjectsQuerySet


class LandUseQuerySet(SharedProjectsQuerySet["LandUse"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class LandUse(models.Model):
    """A project's areas by class, in whole m² (the tree of domain.md 1.4). Null: not stated.

    `entered` keeps each figure as it was typed, `{"total_m2": {"value": "588.31", "unit": "mu"}}`,
    so that what was entered in 亩 shows as entered. 先行用地, 临时用地 and 补充耕地 stand beside
    the whole and are no part of it.
    """

    AREA_FIELDS = (
        "total_m2",
        "agri_m2",
        "arable_m2",
        "paddy_m2",
        "irrigated_m2",
        "dry_m2",
        "pbf_m2",
        "orchard_m2",
        "forest_m2",
        "forest_forestry_m2",
        "grass_m2",
        "other_agri_m2",
        "construction_m2",
        "unused_m2",
        "new_construction_m2",
        "requisition_m2",
        "state_m2",
        "collective_m2",
        "in_ugb_m2",
        "out_ugb_m2",
        "eco_redline_m2",
        "reserve_m2",
        "advance_m2",
        "temp_m2",
        "supp_area_m2",
        "supp_paddy_m2",
    )
    # Everything a person types into the land: the areas, and grain in whole kilograms.
    FIGURE_FIELDS = (*AREA_FIELDS, "supp_grain_kg")

    project = models.OneToOneField(Project, models.CASCADE, related_name="land", verbose_name="项目")
    total_m2 = models.BigIntegerField("用地总面积", null=True)
    agri_m2 = models.BigIntegerField("农用地", null=True)
    arable_m2 = models.BigIntegerField("耕地", null=True)
    paddy_m2 = models.BigIntegerField("水田", null=True)
    irrigated_m2 = models.BigIntegerField("水浇地", null=True)
    dry_m2 = models.BigIntegerField("旱地", null=True)
    pbf_m2 = models.BigIntegerField("永久基本农田", null=True)
    orchard_m2 = models.BigIntegerField("园地", null=True)
    forest_m2 = models.BigIntegerField("林地", null=True)
    forest_forestry_m2 = models.BigIntegerField("林地（林业口径）", null=True)
    grass_m2 = models.BigIntegerField("草地", null=True)
    other_agri_m2 = models.BigIntegerField("其他农用地", null=True)
    construction_m2 = models.BigIntegerField("建设用地", null=True)
    unused_m2 = models.BigIntegerField("未利用地", null=True)
    new_construction_m2 = models.BigIntegerField("新增建设用地", null=True)
    requisition_m2 = models.BigIntegerField("征收面积", null=True)
    state_m2 = models.BigIntegerField("国有土地", null=True)
    collective_m2 = models.BigIntegerField("集体土地", null=True)
    in_ugb_m2 = models.BigIntegerField("城镇开发边界内", null=True)
    out_ugb_m2 = models.BigIntegerField("城镇开发边界外", null=True)
    eco_redline_m2 = models.BigIntegerField("生态保护红线内", null=True)
    reserve_m2 = models.BigIntegerField("自然保护地内", null=True)
    advance_m2 = models.BigIntegerField("先行用地", null=True)
    temp_m2 = models.BigIntegerField("临时用地", null=True)
    supp_area_m2 = models.BigIntegerField("补充耕地", null=True)
    supp_paddy_m2 = models.BigIntegerField("补充水田", null=True)
    supp_grain_kg = models.BigIntegerField("补充粮食产能（公斤）", null=True)
    entered = models.JSONField("录入原值", default=dict)

    objects = LandUseQuerySet.as_manager()

    class Meta:
        verbose_name = "项目用地"
        # The list by area, from either end.
        indexes = [models.Index(name="land_by_total", fields=["total_m2", "project"])]
        constraints = [
            models.CheckConstraint(
                name="land_total_not_negative", condition=Q(total_m2__isnull=True) | Q(total_m2__gte=0)
            ),
            models.CheckConstraint(
                name="land_arable_within_total",
                condition=Q(arable_m2__isnull=True)
                | Q(total_m2__isnull=True)
                | Q(arable_m2__gte=0, arable_m2__lte=F("total_m2")),
            ),
            models.CheckConstraint(
                name="land_grain_not_negative",
                condition=Q(supp_grain_kg__isnull=True) | Q(supp_grain_kg__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} 用地"


class LandShareQuerySet(SharedProjectsQuerySet["LandShare"]):
    """Whoever sees the project sees all its shares: the sum makes sense only as a whole."""

    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class LandShare(models.Model):
    """What part of a project's land lies in one county or park, for projects across several.

    The shares of a project add up to its own figures, class by class (services.land keeps that).
    Each unit reads the project and has its own row in the ledger.
    """

    AREA_FIELDS = (
        "total_m2",
        "agri_m2",
        "arable_m2",
        "pbf_m2",
        "forest_m2",
        "construction_m2",
        "unused_m2",
        "new_construction_m2",
    )

    project = models.ForeignKey(Project, models.CASCADE, related_name="shares", verbose_name="项目")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="land_shares", verbose_name="县市"
    )
    total_m2 = models.BigIntegerField("用地总面积")
    agri_m2 = models.BigIntegerField("农用地", null=True)
    arable_m2 = models.BigIntegerField("耕地", null=True)
    pbf_m2 = models.BigIntegerField("永久基本农田", null=True)
    forest_m2 = models.BigIntegerField("林地", null=True)
    construction_m2 = models.BigIntegerField("建设用地", null=True)
    unused_m2 = models.BigIntegerField("未利用地", null=True)
    new_construction_m2 = models.BigIntegerField("新增建设用地", null=True)
    entered = models.JSONField("录入原值", default=dict)

    objects = LandShareQuerySet.as_manager()

    class Meta:
        verbose_name = "分县面积"
        ordering = ("project_id", "organisation__code")
        constraints = [
            models.UniqueConstraint(name="land_share_once_per_unit", fields=["project", "organisation"]),
            models.CheckConstraint(name="land_share_not_empty", condition=Q(total_m2__gt=0)),
            models.CheckConstraint(
                name="land_share_arable_within_total",
                condition=Q(arable_m2__isnull=True) | Q(arable_m2__gte=0, arable_m2__lte=F("total_m2")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.organisation}"
