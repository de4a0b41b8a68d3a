"""The negative list: counties that let drawn quota go to waste."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from quotas.models.reservations import POOLS, Reservation


class NegativeListingQuerySet(ScopedQuerySet["NegativeListing"]):
    organisation_path = "county"

    def in_force(self, on: date) -> NegativeListingQuerySet:
        """Listings that count on a day: begun, not removed, their term not over."""
        return self.filter(
            Q(removed_on__isnull=True) | Q(removed_on__gt=on),
            Q(until__isnull=True) | Q(until__gte=on),
            listed_on__lte=on,
        )


class NegativeListing(models.Model):
    """A county's entry: since when, why, until when at the latest, and how it came off again.

    Blocks applications for the annual plan; for the other pools it is a warning (domain.md 3.4,
    ambiguity 17). Source: S4, annex 3, article 20.
    """

    county = models.ForeignKey(
        Organisation, models.PROTECT, related_name="negative_listings", verbose_name="县（市）"
    )
    pool = models.CharField("调节池", max_length=12, choices=POOLS, default="plan")
    reservation = models.ForeignKey(
        Reservation, models.PROTECT, null=True, related_name="negative_listings", verbose_name="浪费的调入"
    )
    wasted = models.BigIntegerField("浪费数量（平方米）", default=0)
    reason = models.CharField("原因", max_length=300)
    listed_on = models.DateField("列入日期")
    until = models.DateField("期限至", null=True, help_text="空白表示至解除为止")
    listed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="列入人")
    removed_on = models.DateField("解除日期", null=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="解除人")
    removal_reason = models.CharField("解除理由", max_length=300, blank=True)

    objects = NegativeListingQuerySet.as_manager()

    class Meta:
        verbose_name = "负面清单"
        ordering = ("-listed_on", "-id")
        constraints = [
            models.CheckConstraint(name="quota_negative_listing_says_why", condition=~Q(reason="")),
            models.UniqueConstraint(
                name="quota_negative_listing_open_once",
                fields=["county", "pool"],
                condition=Q(removed_on__isnull=True),
            ),
            models.CheckConstraint(
                name="quota_negative_listing_removed_with_reason",
                condition=Q(removed_on__isnull=True) | ~Q(removal_reason=""),
            ),
            models.CheckConstraint(
                name="quota_negative_listing_ends_after_it_begins",
                condition=(Q(until__isnull=True) | Q(until__gte=F("listed_on")))
                & (Q(removed_on__isnull=True) | Q(removed_on__gte=F("listed_on"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county}：{self.reason}"
