"""Approvals and certificates, the batches they are given for, and how long some of them are good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from deadlines.models import Deadline
from papers.models import Paper
from projects.models import Project
from projects.models.sharing import SharedProjectsQuerySet

if TYPE_CHECKING:
    from datetime import date


class BatchMode(models.TextChoices):
    """报批方式. Which documents end a batch of a mode: `approvals.rules.KINDS_OF_MODE`. Source: S3-08."""

    ORDINARY = "ORDINARY", "分批次"
    TOGETHER = "TOGETHER", "转征供同步"
    PACKAGE = "PACKAGE", "打包"
    BUNDLE = "BUNDLE", "打捆"
    ADVANCE = "ADVANCE", "先行用地"
    TEMPORARY = "TEMPORARY", "临时用地"


class BatchQuerySet(ScopedQuerySet["Batch"]):
    organisation_path = "organisation"


@pghistory.track()
class Batch(models.Model):
    """One batch of a county's year (某县2026年第3批次): several projects, each with a part of its land."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="batches", verbose_name="县市"
    )
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("批次")
    mode = models.CharField("报批方式", max_length=10, choices=BatchMode, default=BatchMode.ORDINARY)
    submitted_on = models.DateField("县级请示日期", null=True)
    request_no = models.CharField("请示文号", max_length=100, blank=True)
    accepted_on = models.DateField("州级受理日期", null=True)
    note = models.CharField("说明", max_length=300, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = "用地批次"
        ordering = ("-year", "-number", "organisation_id")
        constraints = [
            models.UniqueConstraint(name="batch_once_a_year", fields=["organisation", "year", "number"]),
            models.CheckConstraint(
                name="batch_accepted_after_request",
                condition=Q(submitted_on__isnull=True)
                | Q(accepted_on__isnull=True)
                | Q(accepted_on__gte=F("submitted_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.short_name}{self.year}年第{self.number}批次"

    def get_absolute_url(self) -> str:
        return reverse("approvals:batch", args=[self.pk])


class BatchProjectQuerySet(SharedProjectsQuerySet["BatchProject"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class BatchProject(models.Model):
    """The land of one project that one batch applies for, in whole m²."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="members", verbose_name="批次")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name="项目")
    area_m2 = models.BigIntegerField("申请面积")

    objects = BatchProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "批次项目"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="batch_project_once", fields=["batch", "project"]),
            models.CheckConstraint(name="batch_project_has_land", condition=Q(area_m2__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.project_id}"


class DocumentKind(models.TextChoices):
    """What is given at the end of a step. The code of that step: `approvals.rules.KIND_OF_STEP`."""

    LAND = "LAND", "建设用地批复（农转用和征收）"
    CONVERSION = "CONVERSION", "农用地转用批复"
    REQUISITION = "REQUISITION", "土地征收批复"
    PREEXAM = "PREEXAM", "预审与选址意见书"
    FOREST = "FOREST", "使用林地审核同意书"
    ADVANCE = "ADVANCE", "先行用地复函"
    TEMPORARY = "TEMPORARY", "临时用地批复"
    CONDITIONS = "CONDITIONS", "规划条件通知书"
    ALLOCATION = "ALLOCATION", "划拨决定书"
    CONTRACT = "CONTRACT", "出让合同"
    LAND_PERMIT = "LAND_PERMIT", "建设用地规划许可证"
    WORKS_PERMIT = "WORKS_PERMIT", "建设工程规划许可证"
    RURAL_PERMIT = "RURAL_PERMIT", "乡村建设规划许可证"
    OTHER = "OTHER", "其他批复"


class DocumentTermQuerySet(models.QuerySet["DocumentTerm"]):
    def in_force(self, on: date) -> DocumentTermQuerySet:
        """The terms that apply to a document of a day."""
        return self.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on
        ).order_by("kind", "months", "pk")


class DocumentTerm(models.Model):
    """How long a 先行用地 or 临时用地 document is good, and when the land must be restored, as the law
    has it from `effective_from` up to, not including, `effective_to`. Public reference.

    `restoration_months` counts from the end of the validity; null is no duty to restore.
    """

    kind = models.CharField("类型", max_length=12, choices=DocumentKind)
    name = models.CharField("适用情形", max_length=100)
    months = models.PositiveSmallIntegerField("有效期（个月）")
    restoration_months = models.PositiveSmallIntegerField("期满后复垦（个月）", null=True, blank=True)
    basis = models.CharField("依据", max_length=200)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    objects = DocumentTermQuerySet.as_manager()

    class Meta:
        verbose_name = "先行和临时用地期限"
        ordering = ("kind", "months", "-effective_from")
        constraints = [
            models.UniqueConstraint(name="document_term_once", fields=["kind", "name", "effective_from"]),
            models.CheckConstraint(name="document_term_lasts", condition=Q(months__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.name}：{self.months}个月"


class LandDocumentQuerySet(ScopedQuerySet["LandDocument"]):
    organisation_path = "organisation"

    def visible_to(self, actor: User) -> Self:
        """Documents of the actor's units, and those about a project the actor may read."""
        if actor.scope is None:
            return self.none()
        if not actor.scope.is_department and actor.reporting_unit is None:
            return super().visible_to(actor)
        theirs = LandDocumentArea.objects.visible_to(actor).values("document_id")
        about = Q(pk__in=theirs)
        if actor.scope.is_department:
            return self.filter(about)
        return self.filter(self._inside(actor.scope.path) | about)

    def in_force(self) -> Self:
        """Without those that were revoked."""
        return self.filter(revoked_on__isnull=True)


@pghistory.track()
class LandDocument(models.Model):
    """One approval or certificate (批复、证书): its two numbers, its day, and what it covers.

    `number` is the issuing office's 文号 or the certificate's number, `supervision_no` the number in
    the supervision system (电子监管号): two different fields. Areas stand per project in
    `LandDocumentArea`. A mistake is corrected; what was revoked keeps its row.
    """

    kind = models.CharField("类型", max_length=12, choices=DocumentKind)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="land_documents", verbose_name="县市"
    )
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="documents", verbose_name="批次")
    number = models.CharField("文号（证号）", max_length=100, blank=True)
    supervision_no = models.CharField("电子监管号", max_length=40, blank=True)
    issuer = models.CharField("批准机关", max_length=100)
    decided_on = models.DateField("批准日期")
    received_on = models.DateField("取件日期", null=True)
    floor_area_m2 = models.DecimalField("建筑面积（㎡）", max_digits=14, decimal_places=2, null=True)
    term = models.ForeignKey(
        DocumentTerm, models.PROTECT, null=True, related_name="+", verbose_name="期限依据"
    )
    validity = models.ForeignKey(Deadline, models.PROTECT, null=True, related_name="+", verbose_name="有效期")
    restoration = models.ForeignKey(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="复垦期限"
    )
    restored_on = models.DateField("复垦验收日期", null=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="扫描件")
    note = models.CharField("说明", max_length=300, blank=True)
    revoked_on = models.DateField("撤销日期", null=True)
    revoked_reason = models.CharField("撤销原因", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = LandDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "批复（证书）"
        ordering = ("-decided_on", "-id")
        indexes = [models.Index(name="land_document_by_day", fields=["-decided_on", "-id"])]
        constraints = [
            models.UniqueConstraint(
                name="land_document_number_once", fields=["kind", "number"], condition=~Q(number="")
            ),
            models.UniqueConstraint(
                name="land_document_supervision_no_once",
                fields=["supervision_no"],
                condition=~Q(supervision_no=""),
            ),
            models.CheckConstraint(
                name="land_document_has_a_number", condition=~Q(number="") | ~Q(supervision_no="")
            ),
            models.CheckConstraint(
                name="land_document_fetched_after_decision",
                condition=Q(received_on__isnull=True) | Q(received_on__gte=F("decided_on")),
            ),
            models.CheckConstraint(
                name="land_document_revoked_with_reason",
                condition=Q(revoked_on__isnull=True, revoked_reason="")
                | Q(revoked_on__isnull=False) & ~Q(revoked_reason=""),
            ),
            models.CheckConstraint(
                name="land_document_floor_area_positive",
                condition=Q(floor_area_m2__isnull=True) | Q(floor_area_m2__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number or self.supervision_no}"

    def get_absolute_url(self) -> str:
        return reverse("approvals:document", args=[self.pk])


class LandDocumentAreaQuerySet(SharedProjectsQuerySet["LandDocumentArea"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class LandDocumentArea(models.Model):
    """What a document gives one project, by class of land, beside what was applied for. Whole m².

    Null: not stated. The classes are those of `projects.LandUse`.
    """

    CLASSES = (
        "total",
        "agri",
        "arable",
        "pbf",
        "forest",
        "construction",
        "unused",
        "new_construction",
        "requisition",
    )

    document = models.ForeignKey(LandDocument, models.CASCADE, related_name="areas", verbose_name="批复")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name="项目")
    applied_total_m2 = models.BigIntegerField("申请总面积", null=True)
    applied_agri_m2 = models.BigIntegerField("申请农用地", null=True)
    applied_arable_m2 = models.BigIntegerField("申请耕地", null=True)
    applied_pbf_m2 = models.BigIntegerField("申请永久基本农田", null=True)
    applied_forest_m2 = models.BigIntegerField("申请林地", null=True)
    applied_construction_m2 = models.BigIntegerField("申请建设用地", null=True)
    applied_unused_m2 = models.BigIntegerField("申请未利用地", null=True)
    applied_new_construction_m2 = models.BigIntegerField("申请新增建设用地", null=True)
    applied_requisition_m2 = models.BigIntegerField("申请征收面积", null=True)
    approved_total_m2 = models.BigIntegerField("批准总面积", null=True)
    approved_agri_m2 = models.BigIntegerField("批准农用地", null=True)
    approved_arable_m2 = models.BigIntegerField("批准耕地", null=True)
    approved_pbf_m2 = models.BigIntegerField("批准永久基本农田", null=True)
    approved_forest_m2 = models.BigIntegerField("批准林地", null=True)
    approved_construction_m2 = models.BigIntegerField("批准建设用地", null=True)
    approved_unused_m2 = models.BigIntegerField("批准未利用地", null=True)
    approved_new_construction_m2 = models.BigIntegerField("批准新增建设用地", null=True)
    approved_requisition_m2 = models.BigIntegerField("批准征收面积", null=True)

    objects = LandDocumentAreaQuerySet.as_manager()

    class Meta:
        verbose_name = "批准面积"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="land_document_area_once", fields=["document", "project"]),
            models.CheckConstraint(
                name="land_document_area_not_negative",
                condition=(Q(approved_total_m2__isnull=True) | Q(approved_total_m2__gte=0))
                & (Q(applied_total_m2__isnull=True) | Q(applied_total_m2__gte=0)),
            ),
            models.CheckConstraint(
                name="land_document_arable_within_total",
                condition=Q(approved_total_m2__isnull=True)
                | Q(approved_arable_m2__isnull=True)
                | Q(approved_arable_m2__lte=F("approved_total_m2")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.project_id}"
