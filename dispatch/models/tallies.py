"""The figures of the dashboard, kept current by the database."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import Organisation
from accounts.scoping import ScopedQuerySet

# Before every day of the office: where what has long been so is counted.
BEGINNING = date(1, 1, 1)


class DeadlineTallyQuerySet(ScopedQuerySet["DeadlineTally"]):
    organisation_path = "scope_organisation"


class DeadlineTally(models.Model):
    """By how much one figure of one cell changes on a day; the figure is the sum up to a day.

    A conclusion. One writer: the triggers of the database, which only add rows, so that nobody waits
    for anybody; `dispatch.services.tallies.fold` puts them together. One checker:
    `manage.py check_tallies`. `year` is the project's annual list (0: none), `level` its level.
    Lamps and validities change on the days stored in the deadline, so that tomorrow's figures are
    here today and no nightly run is waited for.
    Source: docs/decisions/0013-figures-as-changes.md.
    """

    class Measure(models.TextChoices):
        RED = "red", "逾期"
        AMBER = "amber", "预警"
        PAUSE = "pause", "暂停"
        GREEN = "green", "正常"
        IDLE = "idle", "未启动"
        VALIDITY_RED = "v-red", "已过有效期"
        VALIDITY_AMBER = "v-amber", "有效期临近"
        STARTED = "started", "受理"
        MET = "met", "办结"
        LATE = "late", "期末逾期"
        ADOPTED = "p-ADOPTED", "在办项目"
        SUBMITTED = "p-SUBMITTED", "待审核项目"
        SCREENED = "p-SCREENED", "初审通过项目"

    LAMPS = ("red", "amber", "pause", "green", "idle")
    VALIDITY = ("v-red", "v-amber")
    COURSE = ("started", "met", "late")
    PROJECTS = ("p-ADOPTED", "p-SUBMITTED", "p-SCREENED")

    scope_organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="县市"
    )
    stage = models.CharField("环节", max_length=30, blank=True)
    year = models.PositiveSmallIntegerField("清单年度")
    level = models.CharField("级别", max_length=12, blank=True)
    measure = models.CharField("指标", max_length=12, choices=Measure)
    day = models.DateField("起算日")
    number = models.BigIntegerField("变动数")
    is_folded = models.BooleanField("已归并", default=False)

    objects = DeadlineTallyQuerySet.as_manager()

    class Meta:
        verbose_name = "总览计数"
        indexes = [
            models.Index(name="tally_by_measure", fields=["measure", "day"]),
            models.Index(name="tally_to_fold", fields=["id"], condition=Q(is_folded=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                name="tally_once_per_cell",
                fields=["scope_organisation", "stage", "year", "level", "measure", "day"],
                condition=Q(is_folded=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope_organisation_id} {self.stage} {self.measure} {self.day} {self.number:+d}"


class FrozenTallyQuerySet(ScopedQuerySet["FrozenTally"]):
    organisation_path = "scope_organisation"


class FrozenTally(models.Model):
    """A figure of the dashboard as it stood when a round was frozen. Immutable.

    Lamps and projects stand at `day` BEGINNING; the course of the weeks keeps its days. `period` is the
    round as its ledger names it (2026-W47), `version` counts how often it was frozen.
    """

    period = models.CharField("期次", max_length=16)
    version = models.PositiveSmallIntegerField("版次", default=1)
    scope_organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="县市"
    )
    stage = models.CharField("环节", max_length=30, blank=True)
    year = models.PositiveSmallIntegerField("清单年度")
    level = models.CharField("级别", max_length=12, blank=True)
    measure = models.CharField("指标", max_length=12, choices=DeadlineTally.Measure)
    day = models.DateField("起算日")
    number = models.BigIntegerField("数量")
    taken_on = models.DateField("数据日期")

    objects = FrozenTallyQuerySet.as_manager()

    class Meta:
        verbose_name = "定稿时的总览计数"
        triggers = [
            pgtrigger.Protect(name="frozen_tally_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]
        indexes = [models.Index(name="frozen_tally_by_round", fields=["period", "version", "measure", "day"])]

    def __str__(self) -> str:
        return f"{self.period} {self.measure} {self.number}"
