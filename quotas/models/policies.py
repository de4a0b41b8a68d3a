"""The pool's rules as dated rows: percentages, orders, price window, terms."""

from __future__ import annotations

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import F, Q

from deadlines.models import Deadline
from quotas import rules


class PolicyQuerySet(models.QuerySet["Policy"]):
    def in_force(self, on: object) -> PolicyQuerySet:
        """The version that applies on a day."""
        return self.filter(Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on)


@pghistory.track()
class Policy(models.Model):
    """One version of the pool's rules, in force from `effective_from` up to, not including, `effective_to`.

    The defaults are those of domain.md 3.4 for what S4's annex 3 leaves open. A proposal names
    the version it was made under.
    """

    title = models.CharField("名称", max_length=120)
    basis = models.CharField("依据", max_length=300)
    effective_from = models.DateField("生效日期", unique=True)
    effective_to = models.DateField("失效日期", null=True, blank=True)
    farmland_rate = models.DecimalField(
        "占补指标划入州池比例", max_digits=5, decimal_places=4, default=Decimal("0.1")
    )
    plan_rate = models.DecimalField(
        "年度计划州级统筹比例", max_digits=5, decimal_places=4, default=Decimal("0.2")
    )
    advance_rate = models.DecimalField(
        "规模预支上限比例", max_digits=5, decimal_places=4, default=Decimal("0.5")
    )
    scale_order = models.CharField(
        "规模调出顺序",
        max_length=20,
        choices=[("remaining_first", "剩余多者优先"), ("utilisation_first", "使用率低者优先")],
        default=rules.ScaleOrder.REMAINING_FIRST,
    )
    county_rank = models.CharField(
        "被统筹数量口径",
        max_length=12,
        choices=[("balance", "当前余额"), ("cumulative", "累计划入")],
        default=rules.CountyRank.BALANCE,
    )
    is_bundled = models.BooleanField("三类指标捆绑同一来源", default=False)
    allow_partial = models.BooleanField("池不足时可部分满足", default=True)
    price_method = models.CharField(
        "均价口径",
        max_length=24,
        choices=[(method.value, method.label) for method in rules.MeanMethod],
        default=rules.MeanMethod.SIMPLE,
    )
    price_months = models.PositiveSmallIntegerField("均价窗口（月）", default=6)
    plan_tolerance_m2 = models.PositiveIntegerField("“已使用完毕”容差（平方米）", default=0)
    waste_returns = models.BooleanField("浪费的计划指标收回州池", default=True)
    use_term_days = models.PositiveSmallIntegerField("使用期限缺省（日）", default=180)
    use_warning_days = models.PositiveSmallIntegerField("使用期限预警（日）", default=30)
    transfer_out_months = models.PositiveSmallIntegerField("调出方案期限（月）", default=1)
    hold_days = models.PositiveSmallIntegerField("预占有效期（日）", default=180)
    pool_warning_percent = models.PositiveSmallIntegerField("池余额预警线（%）", default=80)
    fund_rate = models.DecimalField(
        "统筹指标按耕地开垦费拨付比例", max_digits=5, decimal_places=4, default=Decimal("0.8")
    )
    reclaim_fee = models.DecimalField(
        "耕地开垦费标准（元/亩）", max_digits=12, decimal_places=2, default=Decimal(0)
    )
    trial_until = models.DateField("试行期至", null=True, blank=True)
    trial_deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="试行期"
    )
    note = models.CharField("说明", max_length=500, blank=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "调节池规则"
        ordering = ("-effective_from",)
        constraints = [
            models.CheckConstraint(
                name="quota_policy_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
            models.CheckConstraint(
                name="quota_policy_rates_are_shares",
                condition=Q(farmland_rate__gte=0, farmland_rate__lte=1)
                & Q(plan_rate__gte=0, plan_rate__lte=1)
                & Q(advance_rate__gte=0, advance_rate__lte=1),
            ),
            models.CheckConstraint(
                name="quota_policy_fund_rate_is_a_share", condition=Q(fund_rate__gte=0, fund_rate__lte=1)
            ),
            models.CheckConstraint(
                name="quota_policy_trial_ends_after_it_begins",
                condition=Q(trial_until__isnull=True) | Q(trial_until__gte=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.effective_from} 起）"
