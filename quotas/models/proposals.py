"""What the office proposes to give an applicant, from whom, at what price, and what was paid."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from deadlines.models import Deadline
from papers.models import Paper
from quotas import rules
from quotas.models.applications import Application
from quotas.models.ledger import INSTRUMENTS, Account
from quotas.models.policies import Policy
from quotas.models.reservations import Reservation


class ProposalQuerySet(ScopedQuerySet["Proposal"]):
    organisation_path = "application__applicant"


@pghistory.track()
class Proposal(models.Model):
    """The scheme for one application: its lines, why they are so, and what they rest on.

    A draft writes nothing to the ledger. Committing reserves the quota, and only if nothing it
    rests on has changed: `relied` lists the balances, the policy and the prices it was made from,
    `fingerprint` is their digest. `trace` is the reasoning, one entry for each source looked at.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草案"
        COMMITTED = "COMMITTED", "已提交"
        APPROVED = "APPROVED", "已批准"
        HOOKED_UP = "HOOKED_UP", "已挂钩"
        DROPPED = "DROPPED", "已作废"

    RUNNING: ClassVar[tuple[str, ...]] = (State.COMMITTED, State.APPROVED)

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="proposals", verbose_name="申请"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+", verbose_name="规则版本")
    made_on = models.DateField("方案日期")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="拟制人")
    reason = models.CharField("调剂理由", max_length=500)
    fingerprint = models.CharField("依据校验值", max_length=64)
    relied = models.JSONField("依据", default=dict, encoder=DjangoJSONEncoder)
    trace = models.JSONField("推理过程", default=list, encoder=DjangoJSONEncoder)
    shortfall = models.JSONField("缺口", default=dict)
    accepts_shortfall = models.BooleanField("确认部分满足", default=False)
    accepts_fallback = models.BooleanField("确认采用最近一次公示价", default=False)
    total_yuan = models.DecimalField("价款合计（元）", max_digits=18, decimal_places=2, default=0)
    reservation = models.OneToOneField(
        Reservation, models.PROTECT, null=True, related_name="proposal", verbose_name="预占"
    )
    committed_on = models.DateField("提交日期", null=True)
    agreement_no = models.CharField("流转协议编号", max_length=80, blank=True)
    agreed_on = models.DateField("协议日期", null=True)
    agreement_paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, related_name="+", verbose_name="流转协议"
    )
    pay_by_on = models.DateField("缴款期限", null=True)
    payment_deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="缴款期限"
    )
    hooked_up_on = models.DateField("挂钩日期", null=True)
    hooked_up_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="挂钩人")
    report_no = models.CharField("用地报件编号", max_length=120, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "指标调剂方案"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                name="quota_proposal_one_running",
                fields=["application"],
                condition=Q(state__in=["COMMITTED", "APPROVED", "HOOKED_UP"]),
            ),
            models.CheckConstraint(
                name="quota_proposal_committed_holds_quota",
                condition=Q(state__in=["DRAFT", "DROPPED"])
                | Q(reservation__isnull=False, committed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="quota_proposal_hooked_up_has_its_day",
                condition=~Q(state="HOOKED_UP") | Q(hooked_up_on__isnull=False),
            ),
            models.CheckConstraint(name="quota_proposal_money_not_negative", condition=Q(total_yuan__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.application} 方案"


class ProposalLineQuerySet(ScopedQuerySet["ProposalLine"]):
    organisation_path = "proposal__application__applicant"


class ProposalLine(models.Model):
    """So much of one owner's, from one account, at one price. Amounts m² or kg, `yuan` to the cent."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="lines", verbose_name="方案")
    position = models.PositiveSmallIntegerField("次序")
    instrument = models.CharField("指标", max_length=20, choices=INSTRUMENTS)
    kind = models.CharField(
        "来源", max_length=10, choices=[(kind.value, kind.label) for kind in rules.SourceKind]
    )
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="权属")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="账户")
    amount = models.BigIntegerField("数量")
    left_before = models.BigIntegerField("调出前余额")
    price = models.DecimalField("单价", max_digits=14, decimal_places=2, null=True)
    yuan = models.DecimalField("价款（元）", max_digits=18, decimal_places=2, default=0)

    objects = ProposalLineQuerySet.as_manager()

    class Meta:
        verbose_name = "方案明细"
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(name="quota_proposal_line_once", fields=["proposal", "account"]),
            models.CheckConstraint(
                name="quota_proposal_line_within_balance",
                condition=Q(amount__gt=0, yuan__gte=0, left_before__gte=models.F("amount")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.get_instrument_display()} {self.amount}"

    @property
    def left_after(self) -> int:
        return self.left_before - self.amount


class PaymentQuerySet(ScopedQuerySet["Payment"]):
    organisation_path = "proposal__application__applicant"


class Payment(models.Model):
    """Money paid to one owner's treasury, with its voucher. A wrong one is struck, never edited."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="payments", verbose_name="方案")
    payee = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="收款方")
    voucher_no = models.CharField("缴款凭证号", max_length=80)
    yuan = models.DecimalField("金额（元）", max_digits=18, decimal_places=2)
    paid_on = models.DateField("缴款日期")
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+", verbose_name="凭证")
    struck_reason = models.CharField("作废理由", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "缴款"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                name="quota_payment_voucher_once",
                fields=["payee", "voucher_no"],
                condition=Q(struck_reason=""),
            ),
            models.CheckConstraint(name="quota_payment_is_money", condition=Q(yuan__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.voucher_no} {self.yuan}"


class FiscalAccount(models.Model):
    """Where the money for an owner's quota goes, dated: the newest in force applies. Public reference."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="fiscal_accounts", verbose_name="权属单位"
    )
    title = models.CharField("户名", max_length=120)
    bank = models.CharField("开户行", max_length=120, blank=True)
    number = models.CharField("账号", max_length=60, blank=True)
    effective_from = models.DateField("生效日期")

    class Meta:
        verbose_name = "财政账户"
        ordering = ("organisation", "-effective_from")
        constraints = [
            models.UniqueConstraint(
                name="quota_fiscal_account_one_a_day", fields=["organisation", "effective_from"]
            ),
        ]

    def __str__(self) -> str:
        return self.title
