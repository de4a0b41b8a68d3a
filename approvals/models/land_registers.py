"""Registers of units beside the steps: 三个一批, 中低产田改造, 储备土地前期开发, 动态监测巡查."""

from __future__ import annotations

from typing import TypeVar

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from approvals.models.violations import ViolationCase
from duties.models import Problem
from projects.models import Project
from quotas.models import Consolidation

M = TypeVar("M", bound=models.Model)


class LandEntryQuerySet(ScopedQuerySet[M]):
    organisation_path = "organisation"


class LandEntry(models.Model):
    """What every line of these registers has: whose it is, who wrote it down. Areas m², money yuan."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="县市")
    note = models.CharField("说明", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = LandEntryQuerySet.as_manager()

    class Meta:
        abstract = True


@pghistory.track()
class ThreeBatchEntry(LandEntry):
    """A project in one of a year's three batches, with its goal and how far it is. Source: S3-20."""

    class Batch(models.TextChoices):
        ACCEPT_EARLY = "ACCEPT_EARLY", "提前完工验收一批"
        APPROVE_IN_YEAR = "APPROVE_IN_YEAR", "年内审批推进一批"
        PREPARE = "PREPARE", "申报储备一批"

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name="项目")
    batch = models.CharField("批次", max_length=16, choices=Batch)
    year = models.PositiveSmallIntegerField("年度")
    goal = models.CharField("目标", max_length=200)
    target_on = models.DateField("目标日期")
    progress = models.CharField("进展", max_length=500, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)

    class Meta:
        verbose_name = "三个一批"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(name="three_batch_project_once_a_year", fields=["project", "year"]),
            models.CheckConstraint(name="three_batch_has_a_goal", condition=~Q(goal="")),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.get_batch_display()}：{self.project.name}"

    def get_absolute_url(self) -> str:
        return reverse("approvals:three-batch", args=[self.pk])


@pghistory.track()
class FieldImprovement(LandEntry):
    """A project that betters poor farmland, whichever department runs it. Source: S3-21.

    `consolidation` is the same project in the pipeline of supply, where it makes quota.
    """

    class Department(models.TextChoices):
        LAND = "LAND", "自然资源"
        FARMING = "FARMING", "农业农村"
        WATER = "WATER", "水利（水务）"
        TOBACCO = "TOBACCO", "烟草"
        OTHER = "OTHER", "其他"

    class Stage(models.TextChoices):
        PLANNED = "PLANNED", "计划"
        RUNNING = "RUNNING", "实施"
        ACCEPTED = "ACCEPTED", "已验收"

    name = models.CharField("项目名称", max_length=200)
    department = models.CharField("实施部门", max_length=8, choices=Department, default=Department.LAND)
    year = models.PositiveSmallIntegerField("年度")
    stage = models.CharField("阶段", max_length=8, choices=Stage, default=Stage.PLANNED)
    area_m2 = models.BigIntegerField("改造面积")
    new_arable_m2 = models.BigIntegerField("新增耕地", default=0)
    funds_yuan = models.BigIntegerField("投资", default=0)
    started_on = models.DateField("开工日期", null=True, blank=True)
    accepted_on = models.DateField("验收日期", null=True, blank=True)
    consolidation = models.ForeignKey(
        Consolidation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="土地整治项目"
    )

    class Meta:
        verbose_name = "中低产田改造"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(name="field_improvement_once", fields=["organisation", "year", "name"]),
            models.CheckConstraint(
                name="field_improvement_amounts",
                condition=Q(area_m2__gt=0, new_arable_m2__gte=0, funds_yuan__gte=0)
                & Q(new_arable_m2__lte=F("area_m2")),
            ),
            models.CheckConstraint(
                name="field_improvement_accepted_on_a_day",
                condition=~Q(stage="ACCEPTED") | Q(accepted_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("approvals:field-improvement", args=[self.pk])


@pghistory.track()
class ReserveLand(LandEntry):
    """Reserved land that is prepared before it is supplied: works, cost, what came of it. Source: S3-25."""

    name = models.CharField("地块", max_length=200)
    place = models.CharField("位置", max_length=200)
    area_m2 = models.BigIntegerField("面积")
    cost_yuan = models.BigIntegerField("前期开发费用", default=0)
    works = models.CharField("开发内容", max_length=500)
    started_on = models.DateField("开工日期")
    finished_on = models.DateField("完工日期", null=True, blank=True)
    supplied_on = models.DateField("供应日期", null=True, blank=True)
    supplied_m2 = models.BigIntegerField("供应面积", null=True, blank=True)
    outcome = models.CharField("供应结果", max_length=200, blank=True)

    class Meta:
        verbose_name = "储备土地前期开发"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(name="reserve_land_once", fields=["organisation", "name"]),
            models.CheckConstraint(
                name="reserve_land_amounts",
                condition=Q(area_m2__gt=0, cost_yuan__gte=0)
                & (Q(supplied_m2__isnull=True) | Q(supplied_m2__gt=0, supplied_m2__lte=F("area_m2"))),
            ),
            models.CheckConstraint(
                name="reserve_land_days_in_order",
                condition=Q(finished_on__isnull=True) | Q(finished_on__gte=F("started_on")),
            ),
            models.CheckConstraint(
                name="reserve_land_supplied_with_an_area",
                condition=Q(supplied_on__isnull=True, supplied_m2__isnull=True)
                | Q(supplied_on__isnull=False, supplied_m2__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("approvals:reserve-land", args=[self.pk])


@pghistory.track()
class LandPatrol(LandEntry):
    """One patrol of the four levels, or a tip of a village's informant, and what it led to. S3-17."""

    class Level(models.TextChoices):
        CITY = "CITY", "市（州）"
        COUNTY = "COUNTY", "县（市）"
        TOWN = "TOWN", "乡镇"
        VILLAGE = "VILLAGE", "村"

    class Way(models.TextChoices):
        PATROL = "PATROL", "巡查"
        TIP = "TIP", "信息员报告"

    level = models.CharField("层级", max_length=8, choices=Level)
    way = models.CharField("方式", max_length=8, choices=Way, default=Way.PATROL)
    patrolled_on = models.DateField("日期")
    people = models.CharField("巡查人（信息员）", max_length=100)
    place = models.CharField("位置", max_length=200)
    is_suspicious = models.BooleanField("发现疑似问题", default=False)
    facts = models.CharField("情况", max_length=500)
    case = models.OneToOneField(
        ViolationCase, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="违法用地案件"
    )
    problem = models.OneToOneField(
        Problem, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="问题"
    )

    class Meta:
        verbose_name = "动态监测巡查"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(name="land_patrol_names_somebody", condition=~Q(people="")),
            models.CheckConstraint(
                name="land_patrol_passed_on_once", condition=Q(case__isnull=True) | Q(problem__isnull=True)
            ),
            models.CheckConstraint(
                name="land_patrol_passes_on_what_it_found",
                condition=Q(is_suspicious=True) | Q(case__isnull=True, problem__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patrolled_on} {self.place}"

    def get_absolute_url(self) -> str:
        return reverse("approvals:land-patrol", args=[self.pk])

    @property
    def waits(self) -> bool:
        """Something was found and nobody has it yet."""
        return self.is_suspicious and self.case_id is None and self.problem_id is None
