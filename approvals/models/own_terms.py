"""Promises of a level's own: shorter than the catalogue's, for what its own offices handle."""

from __future__ import annotations

from datetime import date

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation
from accounts.scoping import ScopedQuerySet
from deadlines.models import LineUnit


class OwnTermQuerySet(ScopedQuerySet["OwnTerm"]):
    organisation_path = "organisation"

    def _inside(self, path: str) -> Q:
        """One's own, those below, and those of the levels above, which bind here as well."""
        return Q(organisation__path__startswith=path) | self._of_department(path)

    def _of_department(self, path: str) -> Q:
        return Q(organisation__code__in=path.rstrip("/").split("/"))

    def in_force(self, on: date) -> OwnTermQuerySet:
        """The terms that apply on a day, the newest first."""
        return self.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on
        ).order_by("-effective_from", "-id")


@pghistory.track()
class OwnTerm(models.Model):
    """Within how many days the offices of `organisation` and below it promise to handle a step, from
    `effective_from` up to, not including, `effective_to`.

    It refines the table of the level above: it binds only where it is shorter. Source: S1-21.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="制定单位", help_text="本级及以下适用。"
    )
    code = models.CharField("步骤", max_length=10)
    days = models.PositiveSmallIntegerField("承诺时限")
    unit = models.CharField("单位", max_length=8, choices=LineUnit, default=LineUnit.WORKING_DAY)
    basis = models.CharField("依据", max_length=200)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    objects = OwnTermQuerySet.as_manager()

    class Meta:
        verbose_name = "本地承诺时限"
        ordering = ("code", "organisation__path", "-effective_from")
        constraints = [
            models.UniqueConstraint(
                name="own_term_once_a_day", fields=["organisation", "code", "effective_from"]
            ),
            models.CheckConstraint(
                name="own_term_is_a_promise_of_days",
                condition=Q(days__gt=0, unit__in=["wd", "cd"]) & ~Q(basis=""),
            ),
            models.CheckConstraint(
                name="own_term_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.short_name} {self.code} {self.length}"

    @property
    def length(self) -> str:
        return f"{self.days}{self.get_unit_display()}"
