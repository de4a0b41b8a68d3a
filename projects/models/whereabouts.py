"""Where a project's file lies, and who goes along with it (蹲点跑办)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from projects.models.projects import Project
from projects.models.sharing import SharedProjectsQuerySet


class FileLevel(models.TextChoices):
    """The level of government whose desk the file lies on."""

    COUNTY = "COUNTY", "县级"
    PREFECTURE = "PREFECTURE", "州（市）级"
    PROVINCE = "PROVINCE", "省级"
    STATE = "STATE", "国家级"


class FileStopQuerySet(SharedProjectsQuerySet["FileStop"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"

    def current(self) -> FileStopQuerySet:
        """Where files lie now."""
        return self.filter(until_on__isnull=True)


class FileStop(models.Model):
    """One stop of a project's file on its way: level and office, since when, who accompanies it.

    From `since_on` up to, not including, `until_on`; None: it lies there still. A stop ends when
    the next is registered, so that the stops of a project follow each other without a gap.
    Source: S0-19, 报件到哪里、专人跟踪到哪里.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="file_stops", verbose_name="项目")
    level = models.CharField("层级", max_length=10, choices=FileLevel)
    office = models.CharField("在办单位（处室）", max_length=100)
    since_on = models.DateField("到件日期")
    until_on = models.DateField("离开日期", null=True)
    companion = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="跟办人")
    note = models.CharField("说明", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = FileStopQuerySet.as_manager()

    class Meta:
        verbose_name = "报件去向"
        ordering = ("-since_on", "-id")
        constraints = [
            models.UniqueConstraint(
                name="file_stop_one_current", fields=["project"], condition=Q(until_on__isnull=True)
            ),
            models.CheckConstraint(
                name="file_stop_ends_after_it_begins",
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("since_on")),
            ),
            models.CheckConstraint(name="file_stop_names_an_office", condition=~Q(office="")),
        ]
        indexes = [
            models.Index(name="file_stop_by_level", fields=["level"], condition=Q(until_on__isnull=True))
        ]
        triggers = [
            pgtrigger.Protect(name="file_stop_is_not_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="file_stop_ended_is_immutable",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__until_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.office}"
