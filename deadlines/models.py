"""One clock: the official calendar, every timed promise, and what lawfully stops it."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Case, F, Q, Value, When

from accounts.models import Organisation, Post, User
from accounts.scoping import ScopedQuerySet
from papers.models import Paper


class CalendarRevision(models.Model):
    """One loading of a year's arrangement: who, which notice, what changed, what was recomputed.

    Its highest id is the version of the whole calendar; deadlines remember the one they were
    computed under. Public reference data.
    """

    year = models.PositiveSmallIntegerField("年度")
    status = models.CharField("状态", max_length=12)
    notice_no = models.CharField("通知文号", max_length=100, blank=True)
    source = models.TextField("来源", blank=True)
    changed_days = models.JSONField("变动日期", default=list, encoder=DjangoJSONEncoder)
    recomputed = models.JSONField("重算结果", default=dict, encoder=DjangoJSONEncoder)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = "日历修订"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.year}年{self.notice_no or self.status}"


class CalendarYear(models.Model):
    """Whether a year's arrangement is official (a notice) or provisional (the statutory days alone)."""

    class Status(models.TextChoices):
        OFFICIAL = "official", "正式"
        PROVISIONAL = "provisional", "暂定"

    year = models.PositiveSmallIntegerField("年度", unique=True)
    status = models.CharField("状态", max_length=12, choices=Status)
    notice_no = models.CharField("通知文号", max_length=100, blank=True)

    class Meta:
        verbose_name = "日历年度"
        ordering = ("year",)

    def __str__(self) -> str:
        return f"{self.year}年（{self.get_status_display()}）"

    @property
    def is_provisional(self) -> bool:
        return self.status == self.Status.PROVISIONAL


class CalendarDay(models.Model):
    """A day that departs from the plain week: a holiday, or a weekend day that is worked.

    Days without a row follow the week: Monday to Friday worked, Saturday and Sunday off.
    """

    date = models.DateField("日期", unique=True)
    is_working = models.BooleanField("上班")
    name = models.CharField("名称", max_length=30)
    notice_no = models.CharField("通知文号", max_length=100, blank=True)
    status = models.CharField("状态", max_length=12, choices=CalendarYear.Status)
    notice_year = models.PositiveSmallIntegerField("所属通知年度")

    class Meta:
        verbose_name = "日历日"
        ordering = ("date",)
        indexes = [models.Index(name="calendar_day_by_notice", fields=["notice_year"])]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class PauseKind(models.Model):
    """A lawful reason for time not to count, and which line it stops. Dated reference data.

    `side` says whose days the pause is made of when days are attributed (谁的天数). A pause of more
    than `usual_days` working days, or beyond the `usual_number`-th of its kind on one promise, is
    lawful and shown to be asked about; null asks about none.
    """

    class Side(models.TextChoices):
        OFFICE = "office", "办理机关"
        DEPARTMENT = "department", "相关部门"
        APPLICANT = "applicant", "申请人"
        NOBODY = "nobody", "不归责"

    code = models.CharField("代码", max_length=30)
    label = models.CharField("名称", max_length=30)
    stops_statutory = models.BooleanField("停止法定线")
    stops_committed = models.BooleanField("停止承诺线")
    evidence_hint = models.CharField("所需依据", max_length=100)
    basis = models.CharField("法定依据", max_length=200)
    side = models.CharField("期间归属", max_length=12, choices=Side, default=Side.NOBODY)
    usual_days = models.PositiveSmallIntegerField("通常最长（工作日）", null=True, blank=True)
    usual_number = models.PositiveSmallIntegerField("每步通常次数", null=True, blank=True)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    class Meta:
        verbose_name = "暂停事由"
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(name="pause_kind_once", fields=["code", "effective_from"]),
            models.CheckConstraint(
                name="pause_kind_stops_something", condition=Q(stops_statutory=True) | Q(stops_committed=True)
            ),
        ]

    def __str__(self) -> str:
        return self.label


class LampSetting(models.Model):
    """Thresholds of the lamps, dated (rulings.md, Lamps). The row in force on a day applies."""

    effective_from = models.DateField("生效日期", unique=True)
    amber_share_percent = models.PositiveSmallIntegerField("黄灯比例（%）", default=20)
    amber_most_days = models.PositiveSmallIntegerField("黄灯最多提前天数", default=5)
    validity_amber_days = models.PositiveSmallIntegerField("有效期预警天数", default=90)
    note = models.CharField("依据或原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "灯号阈值"
        ordering = ("-effective_from",)

    def __str__(self) -> str:
        return f"{self.effective_from} 起"


class ReminderSetting(models.Model):
    """How long before the end holders are reminded, dated. The row in force on a day applies."""

    effective_from = models.DateField("生效日期", unique=True)
    working_days_before = models.JSONField("办理期限提前（工作日）", default=list)
    validity_days_before = models.JSONField("有效期提前（日）", default=list)
    note = models.CharField("依据或原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "提醒提前量"
        ordering = ("-effective_from",)

    def __str__(self) -> str:
        return f"{self.effective_from} 起"


class LineUnit(models.TextChoices):
    WORKING_DAY = "wd", "个工作日"
    CALENDAR_DAY = "cd", "日"
    MONTH = "month", "个月"
    YEAR = "year", "年"


class LineKind(models.TextChoices):
    MAX = "max", "办理期限"
    MIN = "min", "最短期间"
    VALIDITY = "validity", "有效期"
    DEEMED_CONSENT = "deemed_consent", "逾期视为同意"


class DeadlineQuerySet(ScopedQuerySet["Deadline"]):
    organisation_path = "scope_organisation"
    department_path = "holder_organisation"

    def open(self) -> DeadlineQuerySet:
        """Running or standing still; not closed."""
        return self.filter(state__in=Deadline.OPEN_STATES)

    def past_end(self, today: date) -> DeadlineQuerySet:
        """Those to be done by a day that has passed; never a wait that is over, nor a reference line.

        Source: domain.md 2.1 (a 公告期 is no time limit); rulings, "Lamps".
        """
        is_wait = Q(committed_kind=LineKind.MIN) | Q(
            committed_limit__isnull=True, statutory_kind=LineKind.MIN
        )
        is_reference = Q(committed_limit__isnull=True, statutory_is_reference=True)
        return self.filter(due_on__lt=today).exclude(is_wait | is_reference)

    def with_lamp(self, today: date) -> DeadlineQuerySet:
        """Annotate `lamp`, the value of deadlines.rules.Lamp, by comparing stored days with today."""
        return self.annotate(
            lamp=Case(
                When(state__in=["MET", "CANCELLED"], then=Value("done")),
                When(red_from__lte=today, then=Value("red")),
                When(state="PAUSED", then=Value("pause")),
                When(idle_from__lte=today, then=Value("idle")),
                When(amber_from__lte=today, then=Value("amber")),
                When(live_from__lte=today, then=Value("green")),
                default=Value("idle"),
                output_field=models.CharField(),
            )
        )


@pghistory.track()
class Deadline(models.Model):
    """One timed promise: an approval step, a missing paper, a document's validity.

    Carries all that lamps, to-do lists and the matrix show, so that they need no other table;
    the owner's row holds the foreign key to it. Up to two lines, committed and statutory, each
    with its own limit, unit, kind and due date.

    The `*_due_on`, `amber_from`, `red_from` and `is_provisional` columns are conclusions: one
    writer (`deadlines.services.recompute`), one checker (`manage.py recompute_deadlines
    --check`). `live_from`, `amber_from`, `red_from` and `idle_from` are the first days on which the
    lamp is green, amber, red or grey again if nothing more happens (null: never), so that the
    database can filter lamps by comparing dates.
    """

    class Role(models.TextChoices):
        HANDLING = "HANDLING", "办理"
        CORRECTION = "CORRECTION", "补正告知"
        MISSING_PAPERS = "MISSING_PAPERS", "容缺补齐"
        VALIDITY = "VALIDITY", "有效期"
        SUBMISSION = "SUBMISSION", "清单报送"
        RECEIPT = "RECEIPT", "签收回执"
        PAUSE_END = "PAUSE_END", "暂停预计结束"

    class State(models.TextChoices):
        RUNNING = "RUNNING", "计时中"
        PAUSED = "PAUSED", "暂停计时"
        MET = "MET", "已完成"
        CANCELLED = "CANCELLED", "已取消"

    OPEN_STATES = ("RUNNING", "PAUSED")

    role = models.CharField("用途", max_length=16, choices=Role, default=Role.HANDLING)
    subject_kind = models.CharField("对象类型", max_length=60)
    subject_id = models.BigIntegerField("对象编号")
    subject_label = models.CharField("对象", max_length=200)
    subject_code = models.CharField("步骤代码", max_length=20, blank=True)
    stage = models.CharField("环节", max_length=30, blank=True)
    project_id = models.BigIntegerField("项目", null=True)
    project_code = models.CharField("项目编号", max_length=40, blank=True)
    project_name = models.CharField("项目名称", max_length=200, blank=True)
    holder_organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="held_deadlines", verbose_name="责任单位"
    )
    holder = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="deadlines", verbose_name="责任人"
    )
    # The post in which the holder holds it: whoever follows in the post holds what is still open.
    holder_post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="deadlines", verbose_name="责任岗位"
    )
    scope_organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="scoped_deadlines", verbose_name="所属县市"
    )
    started_on = models.DateField("起算日")

    committed_limit = models.PositiveSmallIntegerField("承诺时限", null=True)
    committed_unit = models.CharField(max_length=8, choices=LineUnit, blank=True)
    committed_kind = models.CharField(max_length=16, choices=LineKind, blank=True)
    committed_extension = models.PositiveSmallIntegerField("承诺延长", default=0)
    committed_basis = models.CharField("承诺依据", max_length=300, blank=True)
    committed_due_on = models.DateField("承诺到期日", null=True)

    statutory_limit = models.PositiveSmallIntegerField("法定时限", null=True)
    statutory_unit = models.CharField(max_length=8, choices=LineUnit, blank=True)
    statutory_kind = models.CharField(max_length=16, choices=LineKind, blank=True)
    statutory_extension = models.PositiveSmallIntegerField("法定延长", default=0)
    statutory_basis = models.CharField("法定依据", max_length=300, blank=True)
    statutory_is_reference = models.BooleanField("仅作参考线", default=False)
    statutory_due_on = models.DateField("法定到期日", null=True)

    # Days before the end on which this promise's holder is reminded; empty: as the settings say.
    reminder_days = models.JSONField("提前提醒（工作日）", default=list)
    dependent_is_open = models.BooleanField("有未办结的依赖步骤", default=False)
    state = models.CharField("状态", max_length=12, choices=State, default=State.RUNNING)
    stopped_on = models.DateField("停止日", null=True)
    due_on = models.DateField("到期日", null=True)
    live_from = models.DateField("转绿日", null=True)
    amber_from = models.DateField("转黄日", null=True)
    red_from = models.DateField("转红日", null=True)
    idle_from = models.DateField("转灰日", null=True)
    is_provisional = models.BooleanField("暂定", default=False)
    calendar_revision = models.ForeignKey(
        CalendarRevision, models.PROTECT, null=True, related_name="+", verbose_name="日历版本"
    )
    created_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = "期限"
        ordering = ("id",)
        indexes = [
            models.Index(name="deadline_by_subject", fields=["subject_kind", "subject_id"]),
            models.Index(
                name="deadline_open_due",
                fields=["due_on", "id"],
                condition=Q(state__in=["RUNNING", "PAUSED"]),
            ),
            models.Index(
                name="deadline_open_by_scope",
                fields=["scope_organisation", "stage"],
                condition=Q(state__in=["RUNNING", "PAUSED"]),
            ),
            models.Index(
                name="deadline_open_by_holder",
                fields=["holder", "due_on", "id"],
                condition=Q(state__in=["RUNNING", "PAUSED"]),
            ),
            models.Index(
                name="deadline_open_by_post",
                fields=["holder_post"],
                condition=Q(state__in=["RUNNING", "PAUSED"], holder_post__isnull=False),
            ),
            # All of a project's, the closed ones too: what moves with it to another list or level.
            models.Index(name="deadline_by_project", fields=["project_id"]),
            models.Index(
                name="deadline_open_by_project",
                fields=["project_id"],
                condition=Q(state__in=["RUNNING", "PAUSED"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="deadline_has_a_line",
                condition=Q(committed_limit__isnull=False) | Q(statutory_limit__isnull=False),
            ),
            models.CheckConstraint(
                name="deadline_closed_has_a_day",
                condition=Q(state__in=["RUNNING", "PAUSED"], stopped_on__isnull=True)
                | Q(state__in=["MET", "CANCELLED"], stopped_on__isnull=False),
            ),
            models.CheckConstraint(
                name="deadline_stops_after_it_starts",
                condition=Q(stopped_on__isnull=True) | Q(stopped_on__gte=F("started_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_name} {self.subject_label}".strip()

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class PauseQuerySet(ScopedQuerySet["Pause"]):
    organisation_path = "deadline__scope_organisation"
    department_path = "deadline__holder_organisation"


@pghistory.track()
class Pause(models.Model):
    """Days that do not count, both ends included, with the paper that proves it.

    `last_on` is null while the pause is still open. Which lines it stops is frozen at entry
    from the kind then in force. `evidence` names the paper, `paper` is its file. An open pause
    that says when it should end has a promise of its own, `end_deadline`, so that reminders and
    lamps follow when that day passes.
    """

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="pauses", verbose_name="期限")
    kind = models.ForeignKey(PauseKind, models.PROTECT, related_name="+", verbose_name="事由")
    first_on = models.DateField("起（含）")
    last_on = models.DateField("止（含）", null=True, blank=True)
    stops_committed = models.BooleanField("停止承诺线")
    stops_statutory = models.BooleanField("停止法定线")
    evidence = models.CharField("依据", max_length=300)
    paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="凭证"
    )
    expected_end_on = models.DateField("预计结束", null=True, blank=True)
    next_step = models.CharField("下一步", max_length=200, blank=True)
    end_deadline = models.OneToOneField(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="预计结束的期限"
    )
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = PauseQuerySet.as_manager()

    class Meta:
        verbose_name = "暂停"
        ordering = ("first_on", "id")
        constraints = [
            models.CheckConstraint(
                name="pause_ends_after_it_begins",
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")),
            ),
            models.UniqueConstraint(
                name="deadline_one_open_pause", fields=["deadline"], condition=Q(last_on__isnull=True)
            ),
            models.CheckConstraint(name="pause_has_evidence", condition=~Q(evidence="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_on}～{self.last_on or '至今'}"


class ExtensionQuerySet(ScopedQuerySet["Extension"]):
    organisation_path = "deadline__scope_organisation"
    department_path = "deadline__holder_organisation"


class Extension(models.Model):
    """More time, granted by whom, told when. Immutable: the sum stands in the deadline."""

    class LineName(models.TextChoices):
        COMMITTED = "committed", "承诺线"
        STATUTORY = "statutory", "法定线"

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="extensions", verbose_name="期限")
    line = models.CharField("延长哪条线", max_length=10, choices=LineName)
    days = models.PositiveSmallIntegerField("延长天数")
    approved_by = models.CharField("批准人", max_length=60)
    approved_on = models.DateField("批准日期")
    told_on = models.DateField("告知日期")
    reason = models.CharField("理由", max_length=300)
    was_late = models.BooleanField("原到期日后才批准", default=False)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = "延期"
        ordering = ("id",)
        constraints = [models.CheckConstraint(name="extension_adds_days", condition=Q(days__gt=0))]
        triggers = [
            pgtrigger.Protect(name="extension_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_line_display()} +{self.days}"
