"""Collective land that becomes state land: reason, order of events, households, money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from papers.models import Paper
from projects.models import Project
from projects.models.sharing import SharedProjectsQuerySet

if TYPE_CHECKING:
    from datetime import date


class ExpropriationReasonQuerySet(models.QuerySet["ExpropriationReason"]):
    def in_force(self, on: date) -> ExpropriationReasonQuerySet:
        return self.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on
        ).order_by("code")


class ExpropriationReason(models.Model):
    """A public interest for which the law allows expropriation. Public reference.

    `needs_scheme`: the land must lie in an approved 成片开发方案. Source: 土地管理法 45.
    """

    code = models.CharField("代号", max_length=10)
    name = models.CharField("情形", max_length=200)
    clause = models.CharField("条款", max_length=60)
    needs_scheme = models.BooleanField("须有成片开发方案", default=False)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    objects = ExpropriationReasonQuerySet.as_manager()

    class Meta:
        verbose_name = "征收情形"
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(name="expropriation_reason_once", fields=["code", "effective_from"])
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.name}"


class ExpropriationQuerySet(SharedProjectsQuerySet["Expropriation"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class Expropriation(models.Model):
    """The land of one collective that a project needs. What happened stands in its acts.

    The authority is the county's government, or a department with the government's written order
    (S4-16). Source: 土地管理法 45, 47; 条例 26–32; S4-15 to S4-19.
    """

    class Authority(models.TextChoices):
        GOVERNMENT = "GOVERNMENT", "县（市）人民政府"
        AUTHORISED = "AUTHORISED", "县（市）人民政府授权的部门"

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name="项目")
    collective = models.CharField("被征地农村集体经济组织", max_length=120)
    area_m2 = models.BigIntegerField("征收面积")
    reason = models.ForeignKey(ExpropriationReason, models.PROTECT, related_name="+", verbose_name="征收情形")
    reason_note = models.CharField("理由", max_length=300, blank=True)
    scheme_no = models.CharField("成片开发方案批复文号", max_length=100, blank=True)
    authority_kind = models.CharField("征收主体", max_length=12, choices=Authority)
    authority = models.CharField("主体名称", max_length=100)
    authorisation_no = models.CharField("授权文号", max_length=100, blank=True)
    households = models.PositiveIntegerField("应签约户数", null=True)
    separate_account = models.CharField("补偿费专户", max_length=100, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = ExpropriationQuerySet.as_manager()

    class Meta:
        verbose_name = "征收"
        ordering = ("project_id", "id")
        constraints = [
            models.UniqueConstraint(
                name="expropriation_once_per_collective", fields=["project", "collective"]
            ),
            models.CheckConstraint(name="expropriation_has_land", condition=Q(area_m2__gt=0)),
            models.CheckConstraint(
                name="expropriation_authorised_in_writing",
                condition=~Q(authority_kind="AUTHORISED") | ~Q(authorisation_no=""),
            ),
        ]

    def __str__(self) -> str:
        return self.collective

    def get_absolute_url(self) -> str:
        return reverse("approvals:expropriation", args=[self.pk])


class ExpropriationActQuerySet(SharedProjectsQuerySet["ExpropriationAct"]):
    organisation_path = "expropriation__project__organisation"
    department_path = "expropriation__project__submitted_by"
    project_path = "expropriation__project"


@pghistory.track()
class ExpropriationAct(models.Model):
    """One thing that happened in the order of the law, once per record."""

    class Kind(models.TextChoices):
        PRE_NOTICE = "PRE_NOTICE", "征收土地预公告"
        SURVEY = "SURVEY", "土地现状调查确认"
        RISK = "RISK", "社会稳定风险评估备案"
        SCHEME = "SCHEME", "拟定补偿安置方案"
        SCHEME_NOTICE = "SCHEME_NOTICE", "补偿安置方案公告"
        HEARING = "HEARING", "听证"
        WAIVER = "WAIVER", "放弃听证"
        REGISTRATION = "REGISTRATION", "补偿登记"
        AGREEMENT = "AGREEMENT", "签订补偿安置协议"
        APPLICATION = "APPLICATION", "申请征收"
        NOTICE = "NOTICE", "征收土地公告"
        HANDOVER = "HANDOVER", "交地"

    class Risk(models.TextChoices):
        LOW = "LOW", "低风险"
        MEDIUM = "MEDIUM", "中风险"
        HIGH = "HIGH", "高风险"

    expropriation = models.ForeignKey(Expropriation, models.PROTECT, related_name="acts", verbose_name="征收")
    kind = models.CharField("事项", max_length=16, choices=Kind)
    occurred_on = models.DateField("日期")
    number = models.CharField("文号（备案号）", max_length=100, blank=True)
    risk = models.CharField("风险等级", max_length=8, choices=Risk, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="材料")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = ExpropriationActQuerySet.as_manager()

    class Meta:
        verbose_name = "征收事项"
        ordering = ("occurred_on", "id")
        constraints = [
            models.UniqueConstraint(name="expropriation_act_once", fields=["expropriation", "kind"]),
            models.CheckConstraint(
                name="expropriation_risk_has_a_level", condition=~Q(kind="RISK") | ~Q(risk="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_on}"


class ExpropriationCountQuerySet(SharedProjectsQuerySet["ExpropriationCount"]):
    organisation_path = "expropriation__project__organisation"
    department_path = "expropriation__project__submitted_by"
    project_path = "expropriation__project"


class ExpropriationCount(models.Model):
    """How many households had signed and been paid on a day. Immutable: the next count is a new row."""

    expropriation = models.ForeignKey(
        Expropriation, models.PROTECT, related_name="counts", verbose_name="征收"
    )
    counted_on = models.DateField("统计日期")
    households = models.PositiveIntegerField("应签约户数")
    signed = models.PositiveIntegerField("已签约户数")
    paid = models.PositiveIntegerField("已兑付户数", default=0)
    unsigned_note = models.CharField("未签约说明", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = ExpropriationCountQuerySet.as_manager()

    class Meta:
        verbose_name = "签约和兑付户数"
        ordering = ("counted_on", "id")
        constraints = [
            models.CheckConstraint(
                name="expropriation_count_within_households",
                condition=Q(households__gt=0, signed__lte=F("households"), paid__lte=F("households")),
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="expropriation_count_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.counted_on} {self.signed}/{self.households}"


class FundItem(models.TextChoices):
    """What expropriation costs (三类标准). Source: S4-19, S4-20; 条例 32."""

    COMPENSATION = "COMPENSATION", "征地补偿安置费"
    SOCIAL = "SOCIAL", "被征地农民社会保障费"
    CROPS = "CROPS", "青苗和地上附着物补偿费"


class FundEntryQuerySet(SharedProjectsQuerySet["FundEntry"]):
    organisation_path = "expropriation__project__organisation"
    department_path = "expropriation__project__submitted_by"
    project_path = "expropriation__project"


class FundEntry(models.Model):
    """One amount due, pre-deposited or paid out, in yuan. Immutable; a mistake is taken back by a
    negative amount with its reason.
    """

    class Kind(models.TextChoices):
        DUE = "DUE", "应付"
        DEPOSIT = "DEPOSIT", "预存"
        PAYOUT = "PAYOUT", "兑付到户"

    expropriation = models.ForeignKey(
        Expropriation, models.PROTECT, related_name="funds", verbose_name="征收"
    )
    kind = models.CharField("类型", max_length=8, choices=Kind)
    item = models.CharField("费用", max_length=14, choices=FundItem)
    amount_yuan = models.DecimalField("金额（元）", max_digits=16, decimal_places=2)
    occurred_on = models.DateField("日期")
    is_separate = models.BooleanField("专户存储", default=False)
    voucher = models.CharField("凭证号", max_length=100, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="凭证")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = FundEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "征地资金"
        ordering = ("occurred_on", "id")
        constraints = [
            models.CheckConstraint(name="fund_entry_is_an_amount", condition=~Q(amount_yuan=0)),
            models.CheckConstraint(
                name="fund_entry_taken_back_with_reason",
                condition=Q(amount_yuan__gt=0) | ~Q(note=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="fund_entry_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_item_display()} {self.amount_yuan}"


class CompensationRateQuerySet(ScopedQuerySet["CompensationRate"]):
    organisation_path = "organisation"


class CompensationRate(models.Model):
    """One of the three standards in one zone of a county, from a day on. Immutable; a new standard is
    a new row. Source: S4-20.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="县市")
    item = models.CharField("标准", max_length=14, choices=FundItem)
    zone = models.CharField("区片（类别）", max_length=100)
    amount_yuan = models.DecimalField("标准（元）", max_digits=12, decimal_places=2)
    unit = models.CharField("单位", max_length=20, default="亩")
    basis = models.CharField("依据文号", max_length=200)
    effective_from = models.DateField("生效日期")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")

    objects = CompensationRateQuerySet.as_manager()

    class Meta:
        verbose_name = "征地补偿标准"
        ordering = ("organisation_id", "item", "zone", "-effective_from")
        constraints = [
            models.UniqueConstraint(
                name="compensation_rate_version_once",
                fields=["organisation", "item", "zone", "effective_from"],
            ),
            models.CheckConstraint(name="compensation_rate_is_an_amount", condition=Q(amount_yuan__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.zone} {self.amount_yuan}元/{self.unit}"
