"""What an approval costs: the kinds of fee as dated rows, a project's budget by kind, what was paid."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from papers.models import Paper
from projects.models import Project
from projects.models.sharing import SharedProjectsQuerySet


class FeeKindQuerySet(models.QuerySet["FeeKind"]):
    def in_force(self, on: date) -> FeeKindQuerySet:
        """The kinds that are budgeted on a day: the newest row of each name, unless it ends it."""
        newest = self.filter(effective_from__lte=on).order_by("name", "-effective_from").distinct("name")
        return self.filter(pk__in=newest.values("pk"), is_used=True).order_by("position", "name")


class FeeKind(models.Model):
    """A kind of fee from a day on; `is_used` false: no longer budgeted from that day. Public reference."""

    name = models.CharField("费用", max_length=40)
    position = models.PositiveSmallIntegerField("顺序", default=1)
    is_used = models.BooleanField("使用", default=True)
    basis = models.CharField("依据", max_length=200)
    effective_from = models.DateField("生效日期")

    objects = FeeKindQuerySet.as_manager()

    class Meta:
        verbose_name = "报批费用种类"
        ordering = ("position", "name", "-effective_from")
        constraints = [
            models.UniqueConstraint(name="fee_kind_once", fields=["name", "effective_from"]),
            models.CheckConstraint(name="fee_kind_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.effective_from} 起"


class FeeQuerySet(SharedProjectsQuerySet["Fee"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


class Fee(models.Model):
    """A project's budget for one kind of fee. Source: S4-23 (报批经费落实)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name="项目")
    kind = models.CharField("费用", max_length=40)
    budget_yuan = models.DecimalField("预算（元）", max_digits=16, decimal_places=2)
    source = models.CharField("资金来源", max_length=100, blank=True)
    basis = models.CharField("测算依据", max_length=200, blank=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="预算文件")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = FeeQuerySet.as_manager()

    class Meta:
        verbose_name = "报批经费"
        ordering = ("project_id", "id")
        constraints = [
            models.UniqueConstraint(name="fee_once_per_kind", fields=["project", "kind"]),
            models.CheckConstraint(name="fee_is_an_amount", condition=Q(budget_yuan__gt=0)),
        ]

    def __str__(self) -> str:
        return self.kind

    def get_absolute_url(self) -> str:
        return reverse("approvals:fee", args=[self.pk])


class FeePaymentQuerySet(SharedProjectsQuerySet["FeePayment"]):
    organisation_path = "fee__project__organisation"
    department_path = "fee__project__submitted_by"
    project_path = "fee__project"


class FeePayment(models.Model):
    """Money that went out for a fee, with its voucher. Immutable; a mistake is reversed by a second row
    that takes the whole amount back and says why.
    """

    fee = models.ForeignKey(Fee, models.PROTECT, related_name="payments", verbose_name="报批经费")
    number = models.PositiveSmallIntegerField("笔次")
    amount_yuan = models.DecimalField("金额（元）", max_digits=16, decimal_places=2)
    paid_on = models.DateField("缴纳日期")
    voucher = models.CharField("凭证号", max_length=100)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="凭证")
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name="冲正"
    )
    reason = models.CharField("冲正原因", max_length=200, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = FeePaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "报批经费缴纳"
        ordering = ("fee_id", "number")
        constraints = [
            models.UniqueConstraint(name="fee_payment_once", fields=["fee", "number"]),
            models.CheckConstraint(
                name="fee_payment_or_its_reversal",
                condition=Q(reverses__isnull=True, amount_yuan__gt=0, reason="")
                | Q(reverses__isnull=False, amount_yuan__lt=0) & ~Q(reason=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="fee_payment_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"第{self.number}笔 {self.amount_yuan}"
