"""Adopted projects pushed to the departments that have to act, and their receipts."""

from __future__ import annotations

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from deadlines.models import Deadline
from projects.models.projects import Project

_RECEIPT_DAYS = [MinValueValidator(1), MaxValueValidator(60)]


class PushRule(models.Model):
    """Which department gets which adopted projects, to do what, since when. Public reference.

    `organisation` is the level whose table it is, as in `WindowTemplate`.
    """

    class Condition(models.TextChoices):
        ALWAYS = "ALWAYS", "全部项目"
        FOREST = "FOREST", "涉及林地，或林地面积未填"
        ECO_REDLINE = "ECO_REDLINE", "涉及生态保护红线"
        RESERVE = "RESERVE", "涉及自然保护地"
        ARABLE = "ARABLE", "占用耕地"
        NEW_LAND = "NEW_LAND", "有新增建设用地，或未填"
        KEYWORD = "KEYWORD", "项目名称或行业含有关键词"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="适用地区")
    recipient = models.ForeignKey(
        Organisation, models.PROTECT, related_name="push_rules", verbose_name="推送到"
    )
    condition = models.CharField("推送条件", max_length=16, choices=Condition, default=Condition.ALWAYS)
    keywords = models.CharField("关键词", max_length=200, blank=True, help_text="多个词用顿号隔开。")
    ask = models.CharField("请其办理", max_length=200)
    receipt_days = models.PositiveSmallIntegerField("签收时限（工作日）", default=2, validators=_RECEIPT_DAYS)
    basis = models.CharField("依据", max_length=200, blank=True)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    class Meta:
        verbose_name = "推送规则"
        ordering = ("recipient__path", "id")
        constraints = [
            models.CheckConstraint(
                name="push_rule_keyword_has_words", condition=~Q(condition="KEYWORD") | ~Q(keywords="")
            ),
            models.CheckConstraint(
                name="push_rule_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}：{self.get_condition_display()}"


class PushQuerySet(ScopedQuerySet["Push"]):
    organisation_path = "project__organisation"
    department_path = "recipient"

    def standing(self) -> PushQuerySet:
        """Not withdrawn."""
        return self.exclude(state=Push.State.WITHDRAWN)


@pghistory.track()
class Push(models.Model):
    """One adopted project, pushed to one department, with its receipt."""

    class State(models.TextChoices):
        PUSHED = "PUSHED", "待签收"
        RECEIVED = "RECEIVED", "已签收"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    project = models.ForeignKey(Project, models.PROTECT, related_name="pushes", verbose_name="项目")
    recipient = models.ForeignKey(
        Organisation, models.PROTECT, related_name="received_pushes", verbose_name="推送到"
    )
    rule = models.ForeignKey(PushRule, models.PROTECT, null=True, related_name="pushes", verbose_name="规则")
    ask = models.CharField("请其办理", max_length=200)
    reason = models.CharField("推送理由", max_length=200)
    state = models.CharField("状态", max_length=12, choices=State, default=State.PUSHED)
    pushed_on = models.DateField("推送日期")
    pushed_at = models.DateTimeField("推送时间", auto_now_add=True)
    pushed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="推送人")
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="签收期限"
    )
    received_on = models.DateField("签收日期", null=True)
    received_at = models.DateTimeField("签收时间", null=True)
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="签收人")
    receipt_note = models.CharField("签收意见", max_length=300, blank=True)
    withdrawn_reason = models.CharField("撤回理由", max_length=300, blank=True)

    objects = PushQuerySet.as_manager()

    class Meta:
        verbose_name = "项目推送"
        ordering = ("-id",)
        indexes = [
            models.Index(name="push_by_recipient", fields=["recipient", "state", "-id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="push_once", fields=["project", "recipient"], condition=~Q(state="WITHDRAWN")
            ),
            models.CheckConstraint(
                name="push_received_by_somebody",
                condition=~Q(state="RECEIVED")
                | Q(received_on__isnull=False, received_at__isnull=False, received_by__isnull=False),
            ),
            models.CheckConstraint(
                name="push_withdrawn_has_a_reason",
                condition=~Q(state="WITHDRAWN") | ~Q(withdrawn_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} → {self.recipient}"
