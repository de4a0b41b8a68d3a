"""In which order projects get land: dated criteria and brackets, and what a person decided."""

from __future__ import annotations

from datetime import date

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from accounts.scoping import ScopedQuerySet
from projects.models.projects import Project


class ScopeFlag(models.TextChoices):
    """Why a project concerns the whole: who is led by a leader of the government (S2-22, S4-10)."""

    INFRASTRUCTURE = "INFRASTRUCTURE", "重大基础设施"
    INDUSTRY = "INDUSTRY", "重点产业"
    WELFARE = "WELFARE", "重点民生"
    ENTRUSTED = "ENTRUSTED", "党委政府交办"
    INVESTMENT = "INVESTMENT", "重大招商"


class DatedSetQuerySet(models.QuerySet["CriteriaSet"]):
    def in_force(self, on: date) -> CriteriaSet | None:
        """The set that applies on a day, with its rows: the latest that began by then. Two queries."""
        return self.filter(effective_from__lte=on).prefetch_related("criteria").first()


@pghistory.track()
class CriteriaSet(models.Model):
    """The criteria of a period: how projects are classed, which count as key, who needs whom.

    In force from `effective_from` until the next set begins. Public reference data.
    """

    effective_from = models.DateField("生效日期", unique=True)
    note = models.CharField("依据或原因", max_length=300, blank=True)
    key_classes = models.JSONField("重点项目：项目类别", default=list)
    key_categories = models.JSONField("重点项目：清单类别", default=list)
    lead_flags = models.JSONField("须领办的情形", default=list)
    liaison_categories = models.JSONField("须配镇街联络员的清单类别", default=list)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = DatedSetQuerySet.as_manager()

    class Meta:
        verbose_name = "分类标准"
        ordering = ("-effective_from",)

    def __str__(self) -> str:
        return f"{self.effective_from} 起的分类标准"


class Criterion(models.Model):
    """One criterion: what is stated must all hold; the first that holds proposes the class.

    Empty lists and nulls ask for nothing, so that the last row can take what is left.
    """

    criteria_set = models.ForeignKey(CriteriaSet, models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField("次序")
    priority_class = models.CharField("项目类别", max_length=12, choices=Project.PriorityClass)
    list_categories = models.JSONField("清单类别", default=list)
    scope_flags = models.JSONField("涉及情形", default=list)
    starts_within_months = models.PositiveSmallIntegerField("几个月内计划开工", null=True)
    investment_from_yuan = models.DecimalField(
        "总投资不少于（元）", max_digits=18, decimal_places=2, null=True
    )

    class Meta:
        verbose_name = "分类条件"
        ordering = ("criteria_set_id", "position")
        constraints = [
            models.UniqueConstraint(name="criterion_place_once", fields=["criteria_set", "position"])
        ]

    def __str__(self) -> str:
        return f"第{self.position}条 {self.get_priority_class_display()}"


class BracketSetQuerySet(models.QuerySet["BracketSet"]):
    def in_force(self, on: date) -> BracketSet | None:
        """The set that applies on a day, with its rows. Two queries."""
        return self.filter(effective_from__lte=on).prefetch_related("brackets").first()


@pghistory.track()
class BracketSet(models.Model):
    """Who answers for how large a project, for a period; `boundary` says where the limit itself falls.

    以上 and 以下 both include the figure by 民法典1259, so that 5000万 would belong to two: the
    set decides (S3-06). Public reference data.
    """

    class Boundary(models.TextChoices):
        HIGHER = "HIGHER", "恰等于分界数的，归上一档"
        LOWER = "LOWER", "恰等于分界数的，归下一档"

    effective_from = models.DateField("生效日期", unique=True)
    boundary = models.CharField("分界数归属", max_length=8, choices=Boundary, default=Boundary.HIGHER)
    note = models.CharField("依据或原因", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = BracketSetQuerySet.as_manager()

    class Meta:
        verbose_name = "投资分级"
        ordering = ("-effective_from",)

    def __str__(self) -> str:
        return f"{self.effective_from} 起的投资分级"


class Bracket(models.Model):
    """From how much on which leader; an empty title: the rule names nobody."""

    bracket_set = models.ForeignKey(BracketSet, models.CASCADE, related_name="brackets")
    from_yuan = models.DecimalField("投资额分界（元）", max_digits=18, decimal_places=2)
    leader_title = models.CharField("责任领导岗位", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "投资档次"
        ordering = ("bracket_set_id", "-from_yuan")
        constraints = [
            models.UniqueConstraint(name="bracket_limit_once", fields=["bracket_set", "from_yuan"]),
            models.CheckConstraint(name="bracket_limit_not_negative", condition=Q(from_yuan__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.from_yuan} 元 {self.leader_title or '未规定'}"


class StandingQuerySet(ScopedQuerySet["Standing"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"


@pghistory.track()
class Standing(models.Model):
    """What a person decided about a project's place: the class confirmed and why, and its scope."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="standing", verbose_name="项目")
    scope_flags = models.JSONField("涉及情形", default=list)
    class_reason = models.CharField("类别理由", max_length=300, blank=True)
    class_confirmed_on = models.DateField("类别确认日期", null=True)
    class_confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="类别确认人"
    )

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = "项目排序依据"
        constraints = [
            models.CheckConstraint(
                name="standing_confirmed_says_who",
                condition=Q(class_confirmed_on__isnull=True)
                | Q(class_confirmed_by__isnull=False) & ~Q(class_reason=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id} 排序依据"

    @property
    def flag_words(self) -> list[str]:
        return [str(ScopeFlag(flag).label) for flag in self.scope_flags]


class QueueJumpQuerySet(ScopedQuerySet["QueueJump"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"


@pghistory.track()
class QueueJump(models.Model):
    """A project moved to the head of a class, with the reason; ended, it falls back into its place."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="queue_jumps", verbose_name="项目")
    to_class = models.CharField("排到哪一类最前", max_length=12, choices=Project.PriorityClass)
    reason = models.CharField("理由", max_length=300)
    jumped_on = models.DateField("调整日期")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="调整人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)
    ended_on = models.DateField("恢复日期", null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="恢复人")

    objects = QueueJumpQuerySet.as_manager()

    class Meta:
        verbose_name = "顺序调整"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                name="queue_jump_one_active", fields=["project"], condition=Q(ended_on__isnull=True)
            ),
            models.CheckConstraint(name="queue_jump_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="queue_jump_ends_after_it_begins",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("jumped_on"), ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} 调至{self.get_to_class_display()}最前"
