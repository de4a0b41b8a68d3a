"""Bookings: one act of the office, its paper, and the movements it made."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from papers.models import Paper
from projects.models import Project
from quotas.models.ledger import both_or_neither
from quotas.models.policies import Policy
from quotas.models.reservations import POOLS


class ConsolidationQuerySet(ScopedQuerySet["Consolidation"]):
    organisation_path = "county"


class Consolidation(models.Model):
    """A land consolidation project: the supply that will become quota, stage by stage (S3-22).

    Areas are m², grain kg. What was accepted feeds the stock-in, after which it is STOCKED.
    """

    class Stage(models.TextChoices):
        PLANNED = "PLANNED", "立项"
        BUILDING = "BUILDING", "在建"
        FINISHED = "FINISHED", "竣工待验"
        CHECKED = "CHECKED", "初验待省验"
        ACCEPTED = "ACCEPTED", "通过验收"
        FILED = "FILED", "部系统备案"
        STOCKED = "STOCKED", "已入库"
        STOPPED = "STOPPED", "已终止"

    name = models.CharField("项目名称", max_length=200)
    county = models.ForeignKey(
        Organisation, models.PROTECT, related_name="consolidations", verbose_name="县（市）"
    )
    record_no = models.CharField("备案编号", max_length=80, blank=True)
    stage = models.CharField("阶段", max_length=10, choices=Stage, default=Stage.PLANNED)
    stage_on = models.DateField("进入阶段日期")
    scale_m2 = models.BigIntegerField("建设规模（平方米）", default=0)
    area_m2 = models.BigIntegerField("新增耕地（平方米）", default=0)
    paddy_m2 = models.BigIntegerField("新增水田（平方米）", default=0)
    grain_kg = models.BigIntegerField("新增粮食产能（公斤）", default=0)
    state_share = models.DecimalField(
        "州级协议份额", max_digits=5, decimal_places=4, default=0, help_text="州县合作项目按协议填写"
    )
    agreement_no = models.CharField("合作协议编号", max_length=120, blank=True)
    expected_on = models.DateField("预计入库", null=True, blank=True)

    objects = ConsolidationQuerySet.as_manager()

    class Meta:
        verbose_name = "土地整治项目"
        ordering = ("county__path", "-id")
        indexes = [models.Index(name="quota_consolidation_by_stage", fields=["stage", "-id"])]
        constraints = [
            models.UniqueConstraint(
                name="quota_consolidation_filed_once",
                fields=["record_no"],
                condition=~Q(record_no=""),
            ),
            models.CheckConstraint(
                name="quota_consolidation_amounts",
                condition=Q(scale_m2__gte=0, area_m2__gte=0, paddy_m2__gte=0, grain_kg__gte=0)
                & Q(state_share__gte=0, state_share__lte=1),
            ),
            models.CheckConstraint(
                name="quota_consolidation_share_by_agreement",
                condition=Q(state_share=0) | ~Q(agreement_no=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BookingQuerySet(ScopedQuerySet["Booking"]):
    organisation_path = "county"


class Booking(models.Model):
    """What was entered in one act: why, by which paper, under which version of the rules.

    Its movements carry `key` as their `run_key`. Never edited; undone by a booking that reverses
    it as a whole, once. `figures` keeps what the rule was fed with and what it answered.
    """

    class Kind(models.TextChoices):
        OPENING = "OPENING", "期初余额"
        STOCK_IN = "STOCK_IN", "占补入库"
        ALLOTMENT = "ALLOTMENT", "计划下达"
        SCALE = "SCALE", "年度规模"
        PURCHASE = "PURCHASE", "异地购买"
        ADVANCE = "ADVANCE", "规模预支"
        REPAYMENT = "REPAYMENT", "归还预支"
        USE = "USE", "本县使用"
        FREEZE = "FREEZE", "冻结"
        UNFREEZE = "UNFREEZE", "解冻"
        DEDUCTION = "DEDUCTION", "扣减"
        YEAR_END = "YEAR_END", "年末结转"
        REVERSAL = "REVERSAL", "冲正"

    _WORDS: ClassVar[dict[str, str]] = dict(Kind.choices)

    class Channel(models.TextChoices):
        """Where quota comes from (S2-03)."""

        REGULAR = "REGULAR", "省下达年度计划"
        INFRASTRUCTURE = "INFRASTRUCTURE", "省重点基础设施专项"
        MAJOR = "MAJOR", "省重大实施项目"
        FOREIGN = "FOREIGN", "省重点外资项目"
        DISPOSAL = "DISPOSAL", "批而未供、闲置处置奖励"
        CONSOLIDATION = "CONSOLIDATION", "土地整治入库"
        COOPERATION = "COOPERATION", "州县合作项目"
        OTHER = "OTHER", "其他"

    key = models.UUIDField("请求编号", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("类型", max_length=10, choices=Kind)
    pool = models.CharField("调节池", max_length=12, choices=POOLS)
    county = models.ForeignKey(
        Organisation,
        models.PROTECT,
        db_index=False,
        related_name="quota_bookings",
        verbose_name="县（市）",
    )
    period = models.PositiveSmallIntegerField("年度", default=0)
    channel = models.CharField("来源渠道", max_length=16, choices=Channel, blank=True)
    reason = models.CharField("事由", max_length=300)
    document_no = models.CharField("文号", max_length=120, blank=True)
    record_no = models.CharField("备案编号", max_length=80, blank=True)
    seller = models.CharField("转让方", max_length=120, blank=True)
    amount_yuan = models.DecimalField("金额（元）", max_digits=18, decimal_places=2, null=True)
    figures = models.JSONField("计算依据", default=dict)
    policy = models.ForeignKey(
        Policy,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="bookings",
        verbose_name="规则版本",
    )
    consolidation = models.ForeignKey(
        Consolidation,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="bookings",
        verbose_name="来源项目",
    )
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="quota_bookings",
        verbose_name="关联项目",
    )
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name="文件"
    )
    repays = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="repaid_by",
        verbose_name="归还的预支",
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name="冲正的登记"
    )
    occurred_on = models.DateField("发生日期")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name="操作人"
    )

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = "指标登记"
        ordering = ("-id",)
        indexes = [
            models.Index(name="quota_booking_by_county", fields=["county", "kind", "period"]),
            # Only of the few that have one: an index takes in empty values as well.
            *(
                models.Index(
                    name=f"quota_booking_by_{name}",
                    fields=[name],
                    condition=Q(**{f"{name}__isnull": False}),
                )
                for name in ("consolidation", "project", "repays")
            ),
        ]
        constraints = [
            models.CheckConstraint(name="quota_booking_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="quota_booking_reversal_names_its_booking",
                condition=both_or_neither(Q(kind="REVERSAL"), Q(reverses__isnull=False)),
            ),
            models.CheckConstraint(
                name="quota_booking_repayment_names_its_advance",
                condition=both_or_neither(Q(kind="REPAYMENT"), Q(repays__isnull=False)),
            ),
        ]
        triggers = [
            # The paper is attached after the row exists, once; nothing else ever changes.
            pgtrigger.Protect(
                name="quota_booking_is_immutable",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "(OLD.paper_id IS NOT NULL OR OLD.kind <> NEW.kind OR OLD.reason <> NEW.reason"
                    " OR OLD.document_no <> NEW.document_no OR OLD.figures <> NEW.figures"
                    " OR OLD.key <> NEW.key OR OLD.county_id <> NEW.county_id"
                    " OR OLD.occurred_on <> NEW.occurred_on)"
                ),
            ),
            pgtrigger.Protect(name="quota_booking_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self._WORDS[self.kind]}：{self.reason}"
