"""Background work as rows. Celery only wakes whoever claims them."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet


class JobQuerySet(ScopedQuerySet["Job"]):
    organisation_path = "organisation"
    department_path = "organisation"

    def claimable(self, *, now: datetime) -> JobQuerySet:
        """Waiting jobs whose time has come, and running ones whose worker let the lease lapse."""
        waiting = Q(state=Job.State.QUEUED, not_before__lte=now)
        abandoned = Q(state=Job.State.RUNNING, lease_until__lt=now)
        return self.filter(waiting | abandoned)

    def held_by(self, token: uuid.UUID) -> JobQuerySet:
        """Running under this very claim: neither cancelled nor taken over since."""
        return self.filter(state=Job.State.RUNNING, lease_token=token)


class Job(models.Model):
    """One piece of background work: unique by `key`, claimed under a lease, finished once.

    The row is the truth: a lost or doubled broker message changes nothing. `lease_token` is
    new with each claim, and only its holder may report progress or finish, so a worker that
    was thought dead cannot finish a job that another has taken over.
    """

    class State(models.TextChoices):
        QUEUED = "QUEUED", "排队中"
        RUNNING = "RUNNING", "进行中"
        DONE = "DONE", "已完成"
        FAILED = "FAILED", "失败"
        CANCELLED = "CANCELLED", "已取消"

    RESTARTABLE_STATES = ("FAILED", "CANCELLED")

    kind = models.CharField("类型", max_length=60)
    key = models.CharField("唯一键", max_length=200, unique=True)
    title = models.CharField("名称", max_length=200)
    payload = models.JSONField("参数", default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField("状态", max_length=12, choices=State, default=State.QUEUED)
    not_before = models.DateTimeField("最早开始时间")
    progress_done = models.PositiveIntegerField("已完成", default=0)
    progress_total = models.PositiveIntegerField("总数", default=0)
    progress_note = models.CharField("进度说明", max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField("执行次数", default=0)
    max_attempts = models.PositiveSmallIntegerField("最多执行次数", default=5)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField("租约到期", null=True)
    result = models.JSONField("结果", default=dict, encoder=DjangoJSONEncoder)
    result_url = models.CharField("结果地址", max_length=300, blank=True)
    error = models.TextField("失败原因", blank=True)
    requested_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="jobs", verbose_name="发起人"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="jobs", verbose_name="所属单位"
    )
    created_at = models.DateTimeField("提交时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "后台任务"
        ordering = ("-id",)
        indexes = [
            models.Index(
                name="job_unfinished",
                fields=["not_before", "id"],
                condition=Q(state__in=["QUEUED", "RUNNING"]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="job_running_has_a_lease",
                condition=~Q(state="RUNNING") | Q(lease_token__isnull=False, lease_until__isnull=False),
            ),
            models.CheckConstraint(
                name="job_finished_has_a_moment",
                condition=Q(state__in=["QUEUED", "RUNNING"]) | Q(finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("jobs:job", args=[self.pk])

    @property
    def percent(self) -> int:
        """Progress in whole percent, 100 only when done."""
        if self.state == self.State.DONE:
            return 100
        if not self.progress_total:
            return 0
        return min(99, self.progress_done * 100 // self.progress_total)

    @property
    def lamp(self) -> str:
        """The lamp of its state."""
        return _LAMPS[self.state]

    @property
    def progress_text(self) -> str:
        """What the bar says: the handler's note, else the state."""
        if self.state == self.State.RUNNING and self.progress_note:
            return self.progress_note
        return str(self.get_state_display())

    @property
    def error_lamp(self) -> str:
        return "amber" if self.is_open else "red"

    @property
    def error_title(self) -> str:
        return "上一次执行出错，将自动重试" if self.is_open else "未完成"

    @property
    def is_restartable(self) -> bool:
        return self.state in self.RESTARTABLE_STATES

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.QUEUED, self.State.RUNNING}


_LAMPS = {"QUEUED": "idle", "RUNNING": "green", "DONE": "done", "FAILED": "red", "CANCELLED": "pause"}


class JobLogQuerySet(ScopedQuerySet["JobLog"]):
    organisation_path = "job__organisation"
    department_path = "job__organisation"


class JobLog(models.Model):
    """One line of a job's log, in words for the person who started it."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="log")
    at = models.DateTimeField(auto_now_add=True)
    text = models.CharField(max_length=500)

    objects = JobLogQuerySet.as_manager()

    class Meta:
        verbose_name = "任务日志"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text


def new_lease_token() -> uuid.UUID:
    """A token that no earlier claim of any job has held."""
    return uuid.uuid4()
