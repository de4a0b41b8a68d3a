"""Resolutions, and the minutes in which they are printed."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Organisation, User
from consultations.models.meetings import AgendaItem, Meeting
from consultations.models.scoping import ConcernedQuerySet
from duties.models import Task
from papers.models import Paper


class ResolutionQuerySet(ConcernedQuerySet["Resolution"]):
    organisation_path = "item__meeting__council__organisation"
    concerned = (
        *("lead", "helpers"),
        *("item__topic__organisation", "item__topic__raised_by_unit", "item__topic__lead"),
    )


@pghistory.track()
class Resolution(models.Model):
    """One thing a meeting resolved: what, who leads, who helps, by when.

    `due_on`, or `limit_days` working days from the day after the minutes are issued. When they are,
    it is given out as `task`; from then on it stays as it was printed.
    """

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="resolutions", verbose_name="议程")
    place = models.PositiveSmallIntegerField("序号")
    text = models.CharField("议定事项", max_length=500)
    requirement = models.CharField("办理要求", max_length=500, blank=True)
    lead = models.ForeignKey(
        Organisation, models.PROTECT, related_name="led_resolutions", verbose_name="责任单位"
    )
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任人"
    )
    helpers = models.ManyToManyField(
        Organisation, related_name="helped_resolutions", blank=True, verbose_name="配合单位"
    )
    due_on = models.DateField("完成日期", null=True, blank=True)
    limit_days = models.PositiveSmallIntegerField("时限（工作日）", null=True, blank=True)
    task = models.OneToOneField(
        Task, models.PROTECT, null=True, related_name="resolution", verbose_name="任务"
    )

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        verbose_name = "议定事项"
        ordering = ("item__place", "place", "id")
        constraints = [
            models.CheckConstraint(
                name="resolution_has_one_limit",
                condition=Q(due_on__isnull=False, limit_days__isnull=True)
                | Q(due_on__isnull=True, limit_days__gt=0),
            ),
            models.CheckConstraint(
                name="resolution_given_out_with_a_day",
                condition=Q(task__isnull=True) | Q(due_on__isnull=False),
            ),
            models.CheckConstraint(name="resolution_says_something", condition=~Q(text="")),
        ]
        triggers = [
            pgtrigger.Protect(
                name="resolution_given_out_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__task__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.text


class CarriedQuerySet(ConcernedQuerySet["Carried"]):
    organisation_path = "item__meeting__council__organisation"
    concerned = ResolutionQuerySet.concerned

    def _concerning(self, path: str) -> Q:
        found = Q(pk__in=[])
        for way in self.concerned:
            rows = Carried.objects.filter(**{f"resolution__{way}__path__startswith": path})
            found |= Q(pk__in=rows.values("pk"))
        return found


class Carried(models.Model):
    """An unfinished resolution on a later agenda: for the how-maniest time it comes up."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="carried", verbose_name="议程")
    resolution = models.ForeignKey(
        Resolution, models.PROTECT, related_name="carried", verbose_name="议定事项"
    )
    times = models.PositiveSmallIntegerField("上会次数")

    objects = CarriedQuerySet.as_manager()

    class Meta:
        verbose_name = "续议事项"
        ordering = ("resolution_id",)
        constraints = [
            models.UniqueConstraint(name="agenda_carries_a_resolution_once", fields=["item", "resolution"]),
            models.CheckConstraint(name="carried_is_not_the_first_time", condition=Q(times__gt=1)),
        ]

    def __str__(self) -> str:
        return f"{self.resolution}（第 {self.times} 次上会）"


class MinutesQuerySet(ConcernedQuerySet["Minutes"]):
    organisation_path = "meeting__council__organisation"
    concerned = ("circulations__organisation",)

    def visible_to(self, actor: User) -> MinutesQuerySet:
        """The bureau reads drafts too; others what was issued and sent to them."""
        rows = super().visible_to(actor)
        scope = actor.scope
        is_bureau = scope is not None and not scope.is_department and actor.reporting_unit is None
        return rows if is_bureau else rows.exclude(state=Minutes.State.DRAFT)


@pghistory.track(fields=["meeting", "version", "number", "state", "issued_on"])
class Minutes(models.Model):
    """The minutes of a meeting in one version: a draft that follows the meeting, then issued for good.

    `text` and `grams` are what was issued, for the archive's search; `document` is the Word file as
    issued, `scan` the signed paper. A later version keeps the number.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        ISSUED = "ISSUED", "已印发"
        REPLACED = "REPLACED", "已被新版替换"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="minutes", verbose_name="会议")
    version = models.PositiveSmallIntegerField("版本", default=1)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("期号", null=True)
    number_text = models.CharField("编号", max_length=60, blank=True)
    title = models.CharField("标题", max_length=120)
    opening = models.TextField("开头", max_length=2000, blank=True)
    copies_to = models.CharField("抄送", max_length=300, blank=True)
    reason = models.CharField("修订理由", max_length=300, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    issued_on = models.DateField("印发日期", null=True)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="印发人")
    text = models.TextField("全文", blank=True, editable=False)
    grams = ArrayField(models.CharField(max_length=20), default=list, blank=True, editable=False)
    document = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="纪要文件")
    scan = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="签发件")

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = "会商纪要"
        ordering = ("-issued_on", "-id")
        indexes = [GinIndex(name="minutes_grams", fields=["grams"])]
        constraints = [
            models.UniqueConstraint(name="minutes_version_once", fields=["meeting", "version"]),
            models.UniqueConstraint(
                name="minutes_one_draft_a_meeting", fields=["meeting"], condition=Q(state="DRAFT")
            ),
            models.UniqueConstraint(
                name="minutes_one_issued_a_meeting", fields=["meeting"], condition=Q(state="ISSUED")
            ),
            models.UniqueConstraint(
                name="minutes_number_once",
                fields=["year", "number"],
                condition=Q(version=1, number__isnull=False),
            ),
            models.CheckConstraint(
                name="minutes_issued_whole",
                condition=Q(state="DRAFT")
                | Q(issued_on__isnull=False, number__isnull=False, document__isnull=False) & ~Q(text=""),
            ),
            models.CheckConstraint(
                name="minutes_revised_with_a_reason", condition=Q(version=1) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number_text} {self.title}".strip()

    def get_absolute_url(self) -> str:
        return reverse("consultations:minutes", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


class CirculationQuerySet(ConcernedQuerySet["Circulation"]):
    organisation_path = "minutes__meeting__council__organisation"
    concerned = ("organisation",)


class Circulation(models.Model):
    """A unit to which minutes were sent, and who there has read them when."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="circulations", verbose_name="纪要")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="circulations", verbose_name="单位"
    )
    sent_at = models.DateTimeField("送达时间")
    read_at = models.DateTimeField("阅读时间", null=True)
    read_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="阅读人")

    objects = CirculationQuerySet.as_manager()

    class Meta:
        verbose_name = "纪要送达"
        ordering = ("organisation__path",)
        constraints = [
            models.UniqueConstraint(name="minutes_sent_to_a_unit_once", fields=["minutes", "organisation"]),
            models.CheckConstraint(
                name="minutes_read_by_somebody",
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.short_name}"
