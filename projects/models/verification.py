"""Who looked at a project and found it as it stands: the daily tracking, apart from changes."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from projects.models.projects import Project
from projects.models.sharing import SharedProjectsQuerySet


class StalenessSetting(models.Model):
    """After how many days without a word a project is doubtful, and stale. Dated.

    Public reference data: the newest row in force on a day applies.
    """

    effective_from = models.DateField("生效日期", unique=True)
    amber_after_days = models.PositiveSmallIntegerField("久未核实（日）", default=7)
    red_after_days = models.PositiveSmallIntegerField("情况不明（日）", default=14)
    note = models.CharField("依据或原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "核实时限设置"
        ordering = ("-effective_from",)
        constraints = [
            models.CheckConstraint(
                name="staleness_red_after_amber",
                condition=Q(amber_after_days__gt=0, red_after_days__gt=F("amber_after_days")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} 起"


class VerificationQuerySet(SharedProjectsQuerySet["Verification"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


class Verification(models.Model):
    """Somebody checked a project on a day: nothing has changed, or a short note of where it stands.

    Not a change: it moves no field of the project. `week` is the Monday of the week for which it
    counts. Immutable; the same person says 已核实无变化 once a day.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="verifications", verbose_name="项目")
    verified_on = models.DateField("核实日期")
    week = models.DateField("所属周（周一）")
    note = models.CharField("进展", max_length=300, blank=True)
    verified_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="核实人")
    verified_at = models.DateTimeField("核实时间", auto_now_add=True)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name = "核实记录"
        ordering = ("-id",)
        indexes = [
            models.Index(name="verification_by_project", fields=["project", "-verified_on"]),
            models.Index(name="verification_by_day", fields=["verified_on", "project"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="verification_once_a_day",
                fields=["project", "verified_by", "verified_on"],
                condition=Q(note=""),
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="verification_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return self.note or "已核实无变化"

    @property
    def is_unchanged(self) -> bool:
        return not self.note
