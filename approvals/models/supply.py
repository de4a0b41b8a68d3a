"""Land that is handed to a user: the contract, its payments, and what was seen afterwards."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from approvals.models.documents import LandDocument
from deadlines.models import Deadline
from papers.models import Paper
from projects.models import Project
from projects.models.sharing import SharedProjectsQuerySet


class SupplyQuerySet(SharedProjectsQuerySet["Supply"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class Supply(models.Model):
    """One parcel on its way to its user: planned, prepared, contracted, built on.

    Contracted once `signed_on` is there; then start and completion are deadlines of their own.
    Source: S4-21, S4-22; domain.md G02–G05, J03.
    """

    class Way(models.TextChoices):
        ALLOCATION = "ALLOCATION", "划拨"
        TENDER = "TENDER", "招标出让"
        AUCTION = "AUCTION", "拍卖出让"
        LISTING = "LISTING", "挂牌出让"
        AGREEMENT = "AGREEMENT", "协议出让"

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name="项目")
    parcel = models.CharField("地块", max_length=100)
    way = models.CharField("供应方式", max_length=12, choices=Way)
    is_standard_land = models.BooleanField("标准地", default=False)
    is_flexible = models.BooleanField("弹性出让（先租后让等）", default=False)
    plan_year = models.PositiveSmallIntegerField("列入供应计划年度", null=True)
    area_m2 = models.BigIntegerField("供应面积")
    use = models.CharField("用途", max_length=60)
    surveyed_on = models.DateField("勘测定界日期", null=True)
    cleared_on = models.DateField("权属查清日期", null=True)
    appraised_on = models.DateField("地价评估日期", null=True)
    user_name = models.CharField("用地单位", max_length=120, blank=True)
    contract_no = models.CharField("合同（决定书）编号", max_length=100, blank=True)
    supervision_no = models.CharField("电子监管号", max_length=40, blank=True)
    signed_on = models.DateField("签订日期", null=True)
    price_yuan = models.DecimalField("价款（元）", max_digits=16, decimal_places=2, null=True)
    investment_yuan = models.DecimalField("约定投资额（元）", max_digits=18, decimal_places=2, null=True)
    term_years = models.PositiveSmallIntegerField("使用年限", null=True)
    start_by = models.DateField("约定开工日期", null=True)
    finish_by = models.DateField("约定竣工日期", null=True)
    start_deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="开工期限"
    )
    finish_deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="竣工期限"
    )
    started_on = models.DateField("实际开工日期", null=True)
    finished_on = models.DateField("实际竣工日期", null=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="合同扫描件")
    document = models.ForeignKey(
        LandDocument, models.PROTECT, null=True, related_name="+", verbose_name="批复与证书"
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = SupplyQuerySet.as_manager()

    class Meta:
        verbose_name = "供地"
        ordering = ("project_id", "id")
        constraints = [
            models.UniqueConstraint(name="supply_parcel_once", fields=["project", "parcel"]),
            models.CheckConstraint(name="supply_has_land", condition=Q(area_m2__gt=0)),
            models.CheckConstraint(
                name="supply_contract_is_whole",
                condition=Q(signed_on__isnull=True)
                | (
                    ~Q(contract_no="") & ~Q(user_name="") & Q(start_by__isnull=False, finish_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="supply_finish_after_start",
                condition=Q(start_by__isnull=True)
                | Q(finish_by__isnull=True)
                | Q(finish_by__gte=F("start_by")),
            ),
            models.CheckConstraint(
                name="supply_finished_after_started",
                condition=Q(finished_on__isnull=True)
                | Q(started_on__isnull=False, finished_on__gte=F("started_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.parcel

    def get_absolute_url(self) -> str:
        return reverse("approvals:supply", args=[self.pk])


class SupplyPaymentQuerySet(SharedProjectsQuerySet["SupplyPayment"]):
    organisation_path = "supply__project__organisation"
    department_path = "supply__project__submitted_by"
    project_path = "supply__project"


@pghistory.track()
class SupplyPayment(models.Model):
    """One instalment of the price: what is due when, and when it came in."""

    supply = models.ForeignKey(Supply, models.PROTECT, related_name="payments", verbose_name="供地")
    number = models.PositiveSmallIntegerField("期次")
    amount_yuan = models.DecimalField("应缴（元）", max_digits=16, decimal_places=2)
    due_on = models.DateField("应缴日期")
    deadline = models.ForeignKey(Deadline, models.PROTECT, null=True, related_name="+", verbose_name="期限")
    paid_on = models.DateField("缴清日期", null=True)
    voucher = models.CharField("凭证号", max_length=100, blank=True)

    objects = SupplyPaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "价款缴纳"
        ordering = ("supply_id", "number")
        constraints = [
            models.UniqueConstraint(name="supply_payment_once", fields=["supply", "number"]),
            models.CheckConstraint(name="supply_payment_is_an_amount", condition=Q(amount_yuan__gt=0)),
        ]

    def __str__(self) -> str:
        return f"第{self.number}期 {self.amount_yuan}"


class PatrolQuerySet(SharedProjectsQuerySet["Patrol"]):
    organisation_path = "supply__project__organisation"
    department_path = "supply__project__submitted_by"
    project_path = "supply__project"


class Patrol(models.Model):
    """What was seen on a parcel on a day. Immutable; the newest visit tells the state."""

    class Cause(models.TextChoices):
        USER = "USER", "用地单位原因"
        GOVERNMENT = "GOVERNMENT", "政府原因或不可抗力"

    supply = models.ForeignKey(Supply, models.PROTECT, related_name="patrols", verbose_name="供地")
    seen_on = models.DateField("巡查日期")
    finding = models.CharField("现场情况", max_length=300)
    started_on = models.DateField("动工日期", null=True)
    developed_m2 = models.BigIntegerField("已动工面积（㎡）", default=0)
    invested_yuan = models.DecimalField("已投资额（元）", max_digits=18, decimal_places=2, default=0)
    stopped_on = models.DateField("中止开发日期", null=True)
    cause = models.CharField("未动工或中止的原因", max_length=10, choices=Cause, blank=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="现场照片")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = PatrolQuerySet.as_manager()

    class Meta:
        verbose_name = "供后巡查"
        ordering = ("-seen_on", "-id")
        constraints = [
            models.CheckConstraint(
                name="patrol_not_negative", condition=Q(developed_m2__gte=0, invested_yuan__gte=0)
            ),
            models.CheckConstraint(
                name="patrol_stopped_after_start",
                condition=Q(stopped_on__isnull=True)
                | Q(started_on__isnull=False, stopped_on__gte=F("started_on")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="patrol_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.seen_on} {self.finding}"


class IdleLandSetting(models.Model):
    """When supplied land counts as idle, and what follows; the newest row in force applies. Public
    reference.

    Idle: `idle_months` past the agreed start without work; or stopped for so long with less than
    `developed_numerator`/`developed_denominator` of the area begun or less than `invested_percent`
    of the investment spent. Source: 闲置土地处置办法 2, 12, 14; 城市房地产管理法 26.
    """

    effective_from = models.DateField("生效日期", unique=True)
    idle_months = models.PositiveSmallIntegerField("认定闲置（满几个月）", default=12)
    recovery_months = models.PositiveSmallIntegerField("无偿收回（满几个月未动工）", default=24)
    developed_numerator = models.PositiveSmallIntegerField("动工面积不足（分子）", default=1)
    developed_denominator = models.PositiveSmallIntegerField("动工面积不足（分母）", default=3)
    invested_percent = models.PositiveSmallIntegerField("投资额不足（%）", default=25)
    fee_percent = models.PositiveSmallIntegerField("土地闲置费（价款的%）", default=20)
    survey_days = models.PositiveSmallIntegerField("发现后调查核实（日）", default=30)
    warning_days = models.PositiveSmallIntegerField("提前提醒（日）", default=90)
    basis = models.CharField("依据", max_length=300)

    class Meta:
        verbose_name = "闲置土地认定标准"
        ordering = ("-effective_from",)
        constraints = [
            models.CheckConstraint(
                name="idle_setting_in_order",
                condition=Q(
                    idle_months__gt=0,
                    recovery_months__gte=F("idle_months"),
                    developed_denominator__gte=F("developed_numerator"),
                    developed_numerator__gt=0,
                    invested_percent__lte=100,
                    fee_percent__lte=100,
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} 起"
