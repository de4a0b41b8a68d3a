"""Tasks (任务清单), who shares them, everything that was reported, and books of tasks (任务分解)."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from deadlines.models import Deadline
from duties.models.problems import Problem
from papers.models import Paper
from projects.models import Project


class TaskBookQuerySet(ScopedQuerySet["TaskBook"]):
    organisation_path = "organisation"


class TaskBook(models.Model):
    """One decomposition of a year's tasks from a workbook, with its rows as they were read.

    `expected_main` and `expected_sub` are what the document says (152 大项、246 小项); a workbook
    that holds another number is not confirmed. Source: S3-19.
    """

    class State(models.TextChoices):
        PREVIEW = "PREVIEW", "待确认"
        CONFIRMED = "CONFIRMED", "已交办"
        UNDONE = "UNDONE", "已撤销"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="task_books", verbose_name="分解单位"
    )
    title = models.CharField("名称", max_length=100)
    year = models.PositiveSmallIntegerField("年度")
    expected_main = models.PositiveSmallIntegerField("应有大项")
    expected_sub = models.PositiveSmallIntegerField("应有小项")
    filename = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("校验值", max_length=64)
    rows = models.JSONField("读取的行", default=list, encoder=DjangoJSONEncoder)
    problems = models.JSONField("存在的问题", default=list)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PREVIEW)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    entered_at = models.DateTimeField("上传时间", auto_now_add=True)
    confirmed_on = models.DateField("确认日期", null=True)
    undone_on = models.DateField("撤销日期", null=True)
    undo_reason = models.CharField("撤销理由", max_length=300, blank=True)

    objects = TaskBookQuerySet.as_manager()

    class Meta:
        verbose_name = "任务分解"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                name="task_book_title_once",
                fields=["organisation", "year", "title"],
                condition=Q(state="CONFIRMED"),
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="task_book_moves_forwards",
                field="state",
                transitions=[("PREVIEW", "CONFIRMED"), ("CONFIRMED", "UNDONE")],
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.title}"

    def get_absolute_url(self) -> str:
        return reverse("duties:book", args=[self.pk])


class TaskQuerySet(ScopedQuerySet["Task"]):
    """Its holder, co-holders and issuer read a task, and the bureau; a county never another's."""

    organisation_path = "holder"

    def _inside(self, path: str) -> Q:
        return self._of_department(path)

    def _of_department(self, path: str) -> Q:
        shared = CoHolder.objects.filter(task=OuterRef("pk"), organisation__path__startswith=path)
        return (
            Q(holder__path__startswith=path)
            | Q(issued_for__path__startswith=path)
            | Q(Exists(shared.order_by()))
        )

    def unfinished(self) -> TaskQuerySet:
        """Neither verified nor withdrawn."""
        return self.exclude(state__in=Task.FINISHED)

    def listed(self) -> TaskQuerySet:
        """With what a list shows of each. Two queries."""
        related = ("holder", "issued_for", "issued_by", "person", "project", "problem", "deadline")
        shared = CoHolder.objects.select_related("organisation")
        return self.select_related(*related).prefetch_related(Prefetch("co_holders", queryset=shared))


@pghistory.track()
class Task(models.Model):
    """What one unit must do by a day, and how it came to its end (交必办、办必果、果必报).

    The source (a resolution, a problem, a letter) is plain values, as its floor stands above. A task
    without a clock follows its parts. Once reported, `verification` is the issuer's promise to verify.
    `leader_name`, `office_name`, `person_name` are who answers for it inside the holder; in a book of
    tasks no leaf lacks one of the three.
    """

    class State(models.TextChoices):
        ISSUED = "ISSUED", "待接收"
        ACCEPTED = "ACCEPTED", "已接收"
        RUNNING = "RUNNING", "办理中"
        REPORTED = "REPORTED", "待核验"
        RETURNED = "RETURNED", "退回重办"
        VERIFIED = "VERIFIED", "已核验"
        WITHDRAWN = "WITHDRAWN", "已撤销"

    FINISHED = ("VERIFIED", "WITHDRAWN")
    WITH_HOLDER = ("ISSUED", "ACCEPTED", "RUNNING", "RETURNED")

    title = models.CharField("任务", max_length=200)
    requirement = models.TextField("完成标准", max_length=2000, blank=True)
    holder = models.ForeignKey(
        Organisation, models.PROTECT, related_name="held_tasks", verbose_name="责任单位"
    )
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name="责任人账号"
    )
    leader_name = models.CharField("分管领导", max_length=60, blank=True)
    office_name = models.CharField("主办科室", max_length=60, blank=True)
    person_name = models.CharField("具体负责人", max_length=60, blank=True)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name="项目"
    )
    problem = models.ForeignKey(
        Problem, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name="问题"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name="上级任务"
    )
    is_leaf = models.BooleanField("没有下级任务", default=True)
    book = models.ForeignKey(
        TaskBook, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name="任务分解"
    )
    book_number = models.CharField("分解序号", max_length=20, blank=True)
    source_kind = models.CharField("来源类型", max_length=60, blank=True)
    source_id = models.BigIntegerField("来源编号", null=True)
    source_label = models.CharField("来源", max_length=200, blank=True)
    source_url = models.CharField("来源页面", max_length=300, blank=True)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="交办人")
    issued_for = models.ForeignKey(
        Organisation, models.PROTECT, related_name="issued_tasks", verbose_name="交办单位"
    )
    issued_on = models.DateField("交办日期")
    due_on = models.DateField("完成时限")
    state = models.CharField("状态", max_length=10, choices=State, default=State.ISSUED)
    deadline = models.OneToOneField(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="办理期限"
    )
    verification = models.OneToOneField(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="核验期限"
    )
    accepted_on = models.DateField("接收日期", null=True)
    reported_on = models.DateField("报告日期", null=True)
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="报告人")
    result = models.TextField("办理结果", max_length=2000, blank=True)
    verified_on = models.DateField("核验日期", null=True)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="核验人")
    times_returned = models.PositiveSmallIntegerField("退回次数", default=0)
    times_urged = models.PositiveSmallIntegerField("督办次数", default=0)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "任务"
        ordering = ("-id",)
        indexes = [
            models.Index(name="task_by_holder", fields=["holder", "state", "-id"]),
            models.Index(name="task_by_source", fields=["source_kind", "source_id"]),
            models.Index(
                name="task_by_project", fields=["project", "-id"], condition=Q(project__isnull=False)
            ),
            models.Index(name="task_by_book", fields=["book", "id"], condition=Q(book__isnull=False)),
            models.Index(
                name="task_unfinished",
                fields=["due_on", "id"],
                condition=~Q(state__in=["VERIFIED", "WITHDRAWN"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="task_once_of_a_source_and_holder",
                fields=["source_kind", "source_id", "holder"],
                condition=~Q(source_kind="") & ~Q(state="WITHDRAWN"),
            ),
            models.CheckConstraint(
                name="task_source_is_whole",
                condition=Q(source_kind="", source_id__isnull=True)
                | ~Q(source_kind="") & Q(source_id__isnull=False),
            ),
            models.CheckConstraint(
                name="task_reported_says_what",
                condition=~Q(state="REPORTED")
                | ~Q(result="") & Q(reported_on__isnull=False, reported_by__isnull=False),
            ),
            models.CheckConstraint(
                name="task_verified_has_a_day",
                condition=~Q(state="VERIFIED") | Q(verified_on__isnull=False, verified_by__isnull=False),
            ),
            models.CheckConstraint(
                name="task_leaf_of_a_book_has_three_owners",
                condition=Q(book__isnull=True)
                | Q(is_leaf=False)
                | ~Q(leader_name="") & ~Q(office_name="") & ~Q(person_name=""),
            ),
            models.CheckConstraint(name="task_is_not_its_own_part", condition=~Q(parent=F("pk"))),
        ]
        triggers = [
            pgtrigger.FSM(
                name="task_moves_in_order",
                field="state",
                transitions=[
                    ("ISSUED", "ACCEPTED"),
                    ("ISSUED", "WITHDRAWN"),
                    ("ISSUED", "VERIFIED"),
                    ("ACCEPTED", "RUNNING"),
                    ("ACCEPTED", "REPORTED"),
                    ("ACCEPTED", "WITHDRAWN"),
                    ("RUNNING", "REPORTED"),
                    ("RUNNING", "WITHDRAWN"),
                    ("REPORTED", "VERIFIED"),
                    ("REPORTED", "RETURNED"),
                    ("REPORTED", "WITHDRAWN"),
                    ("RETURNED", "RUNNING"),
                    ("RETURNED", "REPORTED"),
                    ("RETURNED", "WITHDRAWN"),
                    ("RETURNED", "VERIFIED"),
                    ("VERIFIED", "RETURNED"),
                ],
            ),
            pgtrigger.Protect(name="task_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("duties:task", args=[self.pk])

    @property
    def number(self) -> str:
        return f"RW{self.issued_on:%Y}-{self.pk:05d}"

    @property
    def is_finished(self) -> bool:
        return self.state in self.FINISHED

    @property
    def parts_only(self) -> bool:
        """It has no clock of its own: it is done when its parts are."""
        return not self.is_leaf and self.deadline_id is None

    def is_late(self, today: date) -> bool:
        """Past its day: reported after it, or not reported by now. The clock's day, else the order's."""
        last = self.deadline.due_on if self.deadline is not None and self.deadline.due_on else self.due_on
        if self.state == self.State.WITHDRAWN:
            return False
        return (self.reported_on or self.verified_on or today) > last


class TaskPartQuerySet(ScopedQuerySet["CoHolder"]):
    organisation_path = "task__holder"

    def _inside(self, path: str) -> Q:
        return self._of_department(path)

    def _of_department(self, path: str) -> Q:
        return (
            Q(task__holder__path__startswith=path)
            | Q(task__issued_for__path__startswith=path)
            | Q(organisation__path__startswith=path)
        )


class CoHolder(models.Model):
    """A unit that works along on a task (配合单位)."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="co_holders", verbose_name="任务")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="shared_tasks", verbose_name="配合单位"
    )

    objects = TaskPartQuerySet.as_manager()

    class Meta:
        verbose_name = "配合单位"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="task_co_holder_once", fields=["task", "organisation"]),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class ProgressQuerySet(ScopedQuerySet["Progress"]):
    organisation_path = "task__holder"

    def _inside(self, path: str) -> Q:
        return self._of_department(path)

    def _of_department(self, path: str) -> Q:
        shared = CoHolder.objects.filter(task=OuterRef("task"), organisation__path__startswith=path)
        return (
            Q(task__holder__path__startswith=path)
            | Q(task__issued_for__path__startswith=path)
            | Q(Exists(shared.order_by()))
        )


class Progress(models.Model):
    """One line of a task's record: what was done, what comes next, with its evidence. Immutable."""

    class Kind(models.TextChoices):
        ISSUED = "ISSUED", "交办"
        ACCEPTED = "ACCEPTED", "接收"
        ASSIGNED = "ASSIGNED", "指定责任人"
        PROGRESS = "PROGRESS", "进展"
        REPORTED = "REPORTED", "报告结果"
        VERIFIED = "VERIFIED", "核验"
        RETURNED = "RETURNED", "退回"
        URGED = "URGED", "督办"
        WITHDRAWN = "WITHDRAWN", "撤销"

    task = models.ForeignKey(Task, models.PROTECT, related_name="progress", verbose_name="任务")
    kind = models.CharField("办理", max_length=10, choices=Kind)
    text = models.TextField("情况", max_length=2000, blank=True)
    next_plan = models.TextField("下步计划", max_length=1000, blank=True)
    occurred_on = models.DateField("日期")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="单位"
    )
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据材料"
    )
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = ProgressQuerySet.as_manager()

    class Meta:
        verbose_name = "任务进展"
        ordering = ("id",)
        indexes = [models.Index(name="task_progress_by_task", fields=["task", "id"])]
        triggers = [
            pgtrigger.Protect(
                name="task_progress_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.task}：{self.get_kind_display()}"
