"""A round: one question about one project, put to several departments at once."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from deadlines.models import Pause
from opinions.models.settings import RoundKind
from projects.models import Project
from projects.models.sharing import SharedProjectsQuerySet


class RoundQuerySet(SharedProjectsQuerySet["Round"]):
    """A department sees its own requests and no round: what others were asked is not its business."""

    organisation_path = "project__organisation"
    project_path = "project"


@pghistory.track()
class Round(models.Model):
    """One round of opinions: draft, open while any department may still answer, then over.

    The step is plain values, as approvals stands above. `pause` is the stop of the step's clock
    that this round proves. `redo_of` is the round that this one repeats.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草拟"
        OPEN = "OPEN", "征求中"
        CONCLUDED = "CONCLUDED", "已办结"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    project = models.ForeignKey(Project, models.PROTECT, related_name="opinion_rounds", verbose_name="项目")
    kind = models.ForeignKey(RoundKind, models.PROTECT, related_name="rounds", verbose_name="类型")
    step_id = models.BigIntegerField("步骤", null=True)
    step_code = models.CharField("步骤代码", max_length=10, blank=True)
    step_label = models.CharField("步骤名称", max_length=60, blank=True)
    number = models.PositiveSmallIntegerField("轮次", default=1)
    question = models.TextField("征求事项", max_length=2000)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    redo_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="redone_by", verbose_name="重新征求"
    )
    redo_reason = models.CharField("重新征求理由", max_length=300, blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="拟稿人")
    drafted_at = models.DateTimeField("拟稿时间", auto_now_add=True)
    sent_on = models.DateField("发出日期", null=True)
    concluded_on = models.DateField("办结日期", null=True)
    withdrawn_reason = models.CharField("撤回理由", max_length=300, blank=True)
    pause = models.ForeignKey(Pause, models.PROTECT, null=True, related_name="+", verbose_name="暂停计时")

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "征求意见"
        ordering = ("-id",)
        indexes = [
            models.Index(name="opinion_round_by_project", fields=["project", "-id"]),
            models.Index(
                name="opinion_round_by_step", fields=["step_id"], condition=Q(step_id__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="opinion_round_numbered_once",
                fields=["project", "kind", "step_id", "number"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="opinion_round_asks_something", condition=~Q(question="")),
            models.CheckConstraint(
                name="opinion_round_sent_has_a_day",
                condition=Q(state__in=["DRAFT", "WITHDRAWN"]) | Q(sent_on__isnull=False),
            ),
            models.CheckConstraint(
                name="opinion_round_concluded_has_a_day",
                condition=~Q(state="CONCLUDED") | Q(concluded_on__gte=F("sent_on")),
            ),
            models.CheckConstraint(
                name="opinion_round_withdrawn_has_a_reason",
                condition=~Q(state="WITHDRAWN") | ~Q(withdrawn_reason=""),
            ),
            models.CheckConstraint(
                name="opinion_round_redone_with_a_reason",
                condition=Q(redo_of__isnull=True) | ~Q(redo_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("opinions:round", args=[self.pk])

    @property
    def title(self) -> str:
        """选址论证征求意见（第 2 轮）"""
        again = f"（第 {self.number} 轮）" if self.number > 1 else ""
        return f"{self.kind.label}{again}"
