"""From when a county works with the system, and when it only looks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models.directory import Organisation, User
from accounts.scoping import ScopedQuerySet


class RolloutQuerySet(ScopedQuerySet["Rollout"]):
    organisation_path = "organisation"


class Rollout(models.Model):
    """One county's or park's stage. A unit without a row works with the system as a matter of course.

    On trial its people see all that is theirs and change nothing; `accounts.rollout` refuses. Live is
    from `live_from`: until that day the unit is still on trial.
    """

    class Stage(models.TextChoices):
        NONE = "NONE", "未启用"
        TRIAL = "TRIAL", "试运行（只看）"
        LIVE = "LIVE", "正式启用"

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, related_name="rollout", verbose_name="县市"
    )
    stage = models.CharField("阶段", max_length=8, choices=Stage)
    live_from = models.DateField("启用日期", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="安排人")
    decided_at = models.DateTimeField("安排时间", auto_now=True)

    objects = RolloutQuerySet.as_manager()

    class Meta:
        verbose_name = "分县启用"
        ordering = ("organisation__path",)
        constraints = [
            models.CheckConstraint(
                name="rollout_live_from_a_day", condition=~Q(stage="LIVE") | Q(live_from__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_stage_display()}"
