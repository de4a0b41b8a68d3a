"""Prices published by the province's trading platform."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.scoping import OwnRowsQuerySet
from quotas.models.ledger import INSTRUMENTS


class PricePointQuerySet(models.QuerySet["PricePoint"]):
    def counting(self) -> PricePointQuerySet:
        """Those that were not struck out."""
        return self.filter(struck_reason="")


class PricePoint(models.Model):
    """One published trade: 元/亩 for land, 元/公斤 for grain; `amount` in 亩 or 公斤. Public reference.

    Never edited: a wrong one is struck out with a reason and entered anew.
    """

    instrument = models.CharField("指标", max_length=20, choices=INSTRUMENTS)
    traded_on = models.DateField("公示日期")
    price = models.DecimalField("单价（元/亩、元/公斤）", max_digits=14, decimal_places=4)
    amount = models.DecimalField("成交数量（亩、公斤）", max_digits=16, decimal_places=4)
    platform = models.CharField("平台", max_length=100)
    reference = models.CharField("公示编号", max_length=80)
    source = models.CharField("来源", max_length=300, blank=True)
    struck_reason = models.CharField("作废理由", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = PricePointQuerySet.as_manager()

    class Meta:
        verbose_name = "公示价格"
        ordering = ("-traded_on", "-id")
        indexes = [models.Index(name="quota_price_by_instrument", fields=["instrument", "-traded_on"])]
        constraints = [
            models.UniqueConstraint(
                name="quota_price_once",
                fields=["platform", "reference", "instrument"],
                condition=Q(struck_reason=""),
            ),
            models.CheckConstraint(name="quota_price_is_positive", condition=Q(price__gt=0, amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_instrument_display()} {self.traded_on} {self.price}"


class PriceDraftQuerySet(OwnRowsQuerySet["PriceDraft"]):
    owner_path = "owner_id"


class PriceDraft(models.Model):
    """An uploaded workbook of prices that waits for its owner to confirm the preview."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="上传人")
    filename = models.CharField("文件名", max_length=200)
    content = models.BinaryField("文件内容")
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = PriceDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "待确认的价格表"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.filename
