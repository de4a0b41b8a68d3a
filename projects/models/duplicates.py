"""Two rows that are one project: proposed, settled by a person, and recorded."""

from __future__ import annotations

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from accounts.scoping import ScopedQuerySet
from projects.models.projects import Project

_PERCENT = [MinValueValidator(1), MaxValueValidator(100)]


class DuplicateSetting(models.Model):
    """From which likeness of names two projects are proposed as one, dated. Public reference."""

    effective_from = models.DateField("生效日期", unique=True)
    name_percent = models.PositiveSmallIntegerField(
        "名称相似度（%）", validators=_PERCENT, help_text="同一县市内，名称达到这个相似度即列为疑似重复。"
    )
    owner_name_percent = models.PositiveSmallIntegerField(
        "建设单位相同时的名称相似度（%）",
        validators=_PERCENT,
        help_text="建设单位相同的，名称达到这个较低的相似度即列为疑似重复。",
    )
    note = models.CharField("依据或原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "重复项目判定"
        ordering = ("-effective_from",)
        constraints = [
            models.CheckConstraint(
                name="duplicate_owner_threshold_is_the_lower",
                condition=Q(owner_name_percent__lte=F("name_percent")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} 起"


class DuplicatePairQuerySet(ScopedQuerySet["DuplicatePair"]):
    organisation_path = "first__organisation"

    def _inside(self, path: str) -> Q:
        """Both projects: a pair would tell a county about its neighbour's list."""
        return Q(first__organisation__path__startswith=path, second__organisation__path__startswith=path)

    def proposed(self) -> DuplicatePairQuerySet:
        """Not settled yet, and both still on some list."""
        gone = [Project.Status.MERGED, Project.Status.REMOVED, Project.Status.DROPPED]
        return self.filter(state=DuplicatePair.State.PROPOSED).exclude(
            Q(first__status__in=gone) | Q(second__status__in=gone)
        )


class DuplicatePair(models.Model):
    """Two projects that look like one, why, and what a person said to it.

    `first` has the lower id. A settled pair is not proposed again.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "待判定"
        MERGED = "MERGED", "已合并"
        DISTINCT = "DISTINCT", "不是同一项目"

    first = models.ForeignKey(Project, models.CASCADE, related_name="+", verbose_name="项目甲")
    second = models.ForeignKey(Project, models.CASCADE, related_name="+", verbose_name="项目乙")
    alike = models.PositiveSmallIntegerField("名称相似度（%）")
    reasons = models.JSONField("疑似理由", default=list)
    state = models.CharField("状态", max_length=12, choices=State, default=State.PROPOSED)
    found_on = models.DateField("发现日期")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="判定人")
    decided_at = models.DateTimeField("判定时间", null=True)
    decision_reason = models.CharField("判定说明", max_length=300, blank=True)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = "疑似重复"
        ordering = ("-alike", "id")
        indexes = [models.Index(name="duplicate_pair_by_second", fields=["second"])]
        constraints = [
            models.UniqueConstraint(name="duplicate_pair_once", fields=["first", "second"]),
            models.CheckConstraint(name="duplicate_pair_lower_id_first", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(
                name="duplicate_pair_settled_by_somebody",
                condition=Q(state="PROPOSED", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state="PROPOSED") & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


class MergeRecordQuerySet(ScopedQuerySet["MergeRecord"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"


class MergeRecord(models.Model):
    """Which project went into which, who said so, and both rows side by side. Immutable."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="merges", verbose_name="并入的项目")
    target = models.ForeignKey(
        Project, models.PROTECT, related_name="merges_received", verbose_name="保留的项目"
    )
    reason = models.CharField("说明", max_length=500)
    # [{"field", "label", "kept", "dropped", "taken"}]: both values for reading, which one stands.
    fields = models.JSONField("逐项对照", default=list)
    merged_on = models.DateField("合并日期")
    merged_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="合并人")
    merged_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = MergeRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "合并记录"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(name="merge_record_of_two_projects", condition=~Q(project=F("target")))
        ]
        triggers = [
            pgtrigger.Protect(
                name="merge_record_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} → {self.target}"
