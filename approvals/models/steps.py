"""Each project's steps, their materials and decisions."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from approvals.models.catalogue import StepType
from deadlines.models import Deadline
from projects.models import BringingIn, Project
from projects.models.sharing import SharedProjectsQuerySet


class StepQuerySet(SharedProjectsQuerySet["Step"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class Step(models.Model):
    """One step of one project. Its clock is `deadline`; facts are stored, conclusions computed.

    `started_early` lists the predecessors that were not done when the step was accepted: out
    of order warns and is recorded, it is not blocked (边组边审). `gate_marks` lists the gates that
    were not open at acceptance: {"gate", "by": "override"|"silence", "doc_no"}. Before it is
    accepted it may be received: then `notice_deadline` times the one notice of what is missing
    (行政许可法 32).
    """

    class Status(models.TextChoices):
        NOT_STARTED = "NOT_STARTED", "未启动"
        RECEIVED = "RECEIVED", "已收件"
        CORRECTING = "CORRECTING", "补正中"
        RUNNING = "RUNNING", "办理中"
        PAUSED = "PAUSED", "暂停计时"
        DONE = "DONE", "办结"
        RETURNED = "RETURNED", "退回"
        REJECTED = "REJECTED", "不予受理"
        WITHDRAWN = "WITHDRAWN", "撤回"
        NOT_INVOLVED = "NOT_INVOLVED", "不涉及"

    OPEN_STATUSES = ("RECEIVED", "CORRECTING", "RUNNING", "PAUSED")

    project = models.ForeignKey(Project, models.PROTECT, related_name="steps", verbose_name="项目")
    step_type = models.ForeignKey(StepType, models.PROTECT, related_name="steps", verbose_name="步骤")
    code = models.CharField("代码", max_length=10)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    status = models.CharField("状态", max_length=14, choices=Status, default=Status.NOT_STARTED)
    holder_organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="held_steps", verbose_name="责任单位"
    )
    holder = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="steps", verbose_name="经办人"
    )
    deadline = models.OneToOneField(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="期限"
    )
    received_on = models.DateField("收件日期", null=True)
    notice_deadline = models.OneToOneField(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="补正告知期限"
    )
    notified_on = models.DateField("补正告知日期", null=True)
    notice_items = models.JSONField("一次告知的补正内容", default=list)
    is_deemed_accepted = models.BooleanField("逾期未告知，自收件之日起视为受理", default=False)
    is_joint = models.BooleanField("联合办理", default=False)
    accepted_on = models.DateField("受理日期", null=True)
    accepted_complete = models.BooleanField("材料齐全", default=True)
    started_early = models.JSONField("受理时未办结的前置步骤", default=list)
    gate_marks = models.JSONField("受理时未通过的闸门", default=list)
    closed_on = models.DateField("结束日期", null=True)
    closing_reason = models.CharField("结束原因", max_length=300, blank=True)
    # The code of the step with which it is done together: what follows waits for that one.
    merged_into = models.CharField("并入步骤", max_length=10, blank=True, default="")
    # The working ledger that stated it; null for what was done here.
    brought_in = models.ForeignKey(
        BringingIn, models.PROTECT, null=True, related_name="+", verbose_name="导入自台账"
    )
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = "项目步骤"
        ordering = ("project_id", "step_type__position", "round")
        indexes = [
            models.Index(name="step_by_code", fields=["code", "status"]),
            models.Index(name="step_by_closing", fields=["closed_on"], condition=Q(closed_on__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(name="step_once_per_round", fields=["project", "code", "round"]),
            models.CheckConstraint(
                name="step_started_has_a_clock",
                condition=~Q(status__in=["RUNNING", "PAUSED"]) | Q(accepted_on__isnull=False),
            ),
            models.CheckConstraint(
                name="step_merged_is_set_aside",
                condition=Q(merged_into="") | Q(status="NOT_INVOLVED") & ~Q(merged_into=F("code")),
            ),
            models.CheckConstraint(
                name="step_received_has_a_day",
                condition=~Q(status="RECEIVED") | Q(received_on__isnull=False),
            ),
            models.CheckConstraint(
                name="step_correcting_was_told",
                condition=~Q(status="CORRECTING")
                | Q(
                    received_on__isnull=False,
                    notified_on__isnull=False,
                    notified_on__gte=F("received_on"),
                ),
            ),
            models.CheckConstraint(
                name="step_accepted_after_receipt",
                condition=Q(received_on__isnull=True)
                | Q(accepted_on__isnull=True)
                | Q(accepted_on__gte=F("received_on")),
            ),
            models.CheckConstraint(
                name="step_closed_has_a_day",
                condition=~Q(status__in=["DONE", "RETURNED", "REJECTED", "WITHDRAWN"])
                | Q(closed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="step_closes_after_it_starts",
                condition=Q(closed_on__isnull=True)
                | Q(accepted_on__isnull=True)
                | Q(closed_on__gte=F("accepted_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.step_type.short}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN_STATUSES


class MaterialQuerySet(SharedProjectsQuerySet["Material"]):
    organisation_path = "step__project__organisation"
    department_path = "step__project__submitted_by"
    project_path = "step__project"


@pghistory.track()
class Material(models.Model):
    """One paper of a step's checklist, as it stood at acceptance (容缺受理 promises the rest)."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="materials", verbose_name="步骤")
    name = models.CharField("材料", max_length=200)
    version = models.CharField("版本", max_length=60, blank=True)
    is_missing = models.BooleanField("缺件", default=False)
    promised_on = models.DateField("承诺补齐日期", null=True)
    supplied_on = models.DateField("补齐日期", null=True)
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="补齐期限"
    )

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = "步骤材料"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                name="material_missing_has_a_promise",
                condition=Q(is_missing=False) | Q(promised_on__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name


class DecisionQuerySet(SharedProjectsQuerySet["Decision"]):
    organisation_path = "step__project__organisation"
    department_path = "step__project__submitted_by"
    project_path = "step__project"


@pghistory.track()
class Decision(models.Model):
    """How a step ended: its document, and how long that is valid."""

    step = models.OneToOneField(Step, models.PROTECT, related_name="decision", verbose_name="步骤")
    decided_on = models.DateField("办结日期")
    result = models.CharField("结论", max_length=60)
    doc_no = models.CharField("文号", max_length=100, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    facts = models.JSONField("登记内容", default=dict, encoder=DjangoJSONEncoder)
    validity = models.ForeignKey(Deadline, models.PROTECT, null=True, related_name="+", verbose_name="有效期")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "办结"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.result} {self.doc_no}".strip()


class PromiseExceptionQuerySet(SharedProjectsQuerySet["PromiseException"]):
    organisation_path = "step__project__organisation"
    department_path = "step__project__submitted_by"
    project_path = "step__project"

    def excused(self) -> PromiseExceptionQuerySet:
        """Those whose steps stay out of the shares of kept promises."""
        return self.exclude(cause=PromiseException.Cause.OTHER)


class PromiseException(models.Model):
    """Why a step is let off its promise, which holds “in principle” (原则上). Immutable.

    The lamps stay as they are. Policy, technique and nature are nobody's fault (非主观): reports count
    such a step apart from kept and broken promises. Another cause leaves it among them. Blank:
    recorded before causes were told apart, counted apart as it was.
    """

    class Cause(models.TextChoices):
        POLICY = "POLICY", "政策调整（非主观）"
        TECHNICAL = "TECHNICAL", "技术条件（非主观）"
        NATURAL = "NATURAL", "自然条件（非主观）"
        OTHER = "OTHER", "其他（不作容错）"

    step = models.OneToOneField(Step, models.PROTECT, related_name="promise_exception", verbose_name="步骤")
    cause = models.CharField("原因类别", max_length=10, choices=Cause, blank=True)
    reason = models.CharField("理由", max_length=300)
    approved_by = models.CharField("批准人", max_length=60)
    approved_on = models.DateField("批准日期")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = PromiseExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = "“原则上”之外的例外"
        ordering = ("id",)
        constraints = [models.CheckConstraint(name="promise_exception_has_a_reason", condition=~Q(reason=""))]
        triggers = [
            pgtrigger.Protect(
                name="promise_exception_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.reason}"
