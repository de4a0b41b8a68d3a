"""Books that a county keeps beside the pool: the development fund, and what its land plan still allows."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from projects.models import Project
from quotas.models.bookings import Consolidation


class CountyEntryQuerySet(ScopedQuerySet["CountyEntry"]):
    organisation_path = "county"


# The lock makes two entries of one book wait for each other; the sum is read after it.
_NOT_OVERDRAWN = """
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.book || ':' || NEW.county_id, 0));
    IF NEW.amount < 0 AND NEW.amount + (
        SELECT COALESCE(SUM(amount), 0) FROM quotas_countyentry
        WHERE book = NEW.book AND county_id = NEW.county_id
    ) < 0 THEN
        RAISE EXCEPTION 'a county''s book would fall below zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'quota_county_book_not_overdrawn';
    END IF;
    RETURN NEW;
"""


class CountyEntry(models.Model):
    """One line of a county's book: what came in (positive) or went out (negative). Append only.

    The fund is kept in 分, plan space in m². The balance is the sum and never below zero, which a
    trigger holds. A mistake is undone by an entry the other way, once.
    """

    class Book(models.TextChoices):
        FUND = "FUND", "土地开发专项基金"
        PLAN_NEW = "PLAN_NEW", "规划新增建设用地余量"
        PLAN_ADJUSTABLE = "PLAN_ADJUSTABLE", "规划可调空间"

    class Act(models.TextChoices):
        ALLOCATED = "ALLOCATED", "拨付"
        COST = "COST", "扣除开发成本"
        SPENT = "SPENT", "支出"
        GRANTED = "GRANTED", "规划下达"
        USED = "USED", "使用"
        REVERSAL = "REVERSAL", "冲正"

    OUTWARD: ClassVar[tuple[str, ...]] = (Act.COST, Act.SPENT, Act.USED)

    key = models.UUIDField("请求编号", default=uuid.uuid4, editable=False)
    book = models.CharField("账目", max_length=16, choices=Book)
    act = models.CharField("类型", max_length=10, choices=Act)
    county = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="县（市）")
    amount = models.BigIntegerField("数量（分、平方米）")
    reason = models.CharField("事由", max_length=300)
    document_no = models.CharField("依据文号", max_length=120)
    consolidation = models.ForeignKey(
        Consolidation, models.PROTECT, null=True, related_name="+", verbose_name="整治项目"
    )
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="+", verbose_name="项目")
    figures = models.JSONField("计算依据", default=dict, encoder=DjangoJSONEncoder)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name="冲正的记录"
    )
    occurred_on = models.DateField("发生日期")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="操作人")

    objects = CountyEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "县级专账记录"
        ordering = ("-id",)
        indexes = [models.Index(name="quota_county_book", fields=["book", "county", "-id"])]
        constraints = [
            models.UniqueConstraint(name="quota_county_entry_once", fields=["key", "act"]),
            models.CheckConstraint(
                name="quota_county_entry_says_why", condition=~Q(reason="") & ~Q(document_no="")
            ),
            models.CheckConstraint(
                name="quota_county_entry_has_its_sign",
                condition=Q(act__in=["COST", "SPENT", "USED"], amount__lt=0)
                | Q(act__in=["ALLOCATED", "GRANTED"], amount__gt=0)
                | Q(act="REVERSAL") & ~Q(amount=0),
            ),
            models.CheckConstraint(
                name="quota_county_entry_in_its_book",
                condition=Q(book="FUND", act__in=["ALLOCATED", "COST", "SPENT", "REVERSAL"])
                | Q(book__in=["PLAN_NEW", "PLAN_ADJUSTABLE"], act__in=["GRANTED", "USED", "REVERSAL"]),
            ),
            models.CheckConstraint(
                name="quota_county_entry_reversal_names_its_entry",
                condition=Q(act="REVERSAL", reverses__isnull=False)
                | ~Q(act="REVERSAL") & Q(reverses__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="quota_county_book_not_overdrawn",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_NOT_OVERDRAWN,
            ),
            pgtrigger.Protect(
                name="quota_county_entry_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_book_display()} {self.get_act_display()}"
