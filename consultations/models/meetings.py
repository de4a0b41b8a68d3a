"""Meetings, who comes, what is on the agenda, and the quarters that must have one."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organisation, Post, User
from accounts.scoping import ScopedQuerySet
from consultations import rules
from consultations.models.council import Council
from consultations.models.scoping import ConcernedQuerySet
from consultations.models.topics import Topic
from deadlines.models import Deadline


class MeetingKind(models.TextChoices):
    """How the council consults, and the leading group's own study (GROUP).

    Source: S4 附件2 四, S4 二(一)3, S2, S3; S1-14.
    """

    COLLECTIVE = "COLLECTIVE", "集中会商"
    TOPICAL = "TOPICAL", "专题会商"
    TALK = "TALK", "座谈会商"
    SINGLE = "SINGLE", "单独会商"
    MONTHLY = "MONTHLY", "月调度会"
    ANNUAL = "ANNUAL", "年度会商"
    MOBILISATION = "MOBILISATION", "动员会议"
    GROUP = "GROUP", "领导小组专题研究"


class MeetingSeriesQuerySet(ScopedQuerySet["MeetingSeries"]):
    organisation_path = "council__organisation"


class MeetingSeries(models.Model):
    """Meetings that belong together: the rounds of a year's consultation, a mobilisation by area."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="series", verbose_name="会商组织")
    kind = models.CharField("类型", max_length=14, choices=MeetingKind, default=MeetingKind.ANNUAL)
    title = models.CharField("名称", max_length=100)
    triggered_on = models.DateField("触发日期", null=True, help_text="如经济工作会议召开日期")
    first_on = models.DateField("起")
    last_on = models.DateField("止")
    basis = models.CharField("依据", max_length=200)
    deadline = models.OneToOneField(Deadline, models.PROTECT, null=True, related_name="+")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="安排人")

    objects = MeetingSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = "系列会议"
        ordering = ("-first_on", "-id")
        constraints = [
            models.CheckConstraint(
                name="meeting_series_ends_after_it_begins", condition=Q(last_on__gte=F("first_on"))
            ),
            models.CheckConstraint(
                name="meeting_series_annual_or_mobilisation",
                condition=Q(kind__in=["ANNUAL", "MOBILISATION"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MeetingQuerySet(ConcernedQuerySet["Meeting"]):
    organisation_path = "council__organisation"
    concerned = ("attendances__organisation", "minutes__circulations__organisation")


class Meeting(models.Model):
    """One meeting of the council.

    While it runs, and until its minutes are issued, what was said and resolved is written down in
    its items; the minutes are made of them. `area` is the part of the prefecture that a
    mobilisation meeting is for.
    """

    class State(models.TextChoices):
        PLANNED = "PLANNED", "筹备中"
        RUNNING = "RUNNING", "进行中"
        HELD = "HELD", "已召开"
        CANCELLED = "CANCELLED", "已取消"

    council = models.ForeignKey(Council, models.PROTECT, related_name="meetings", verbose_name="会商组织")
    kind = models.CharField("形式", max_length=14, choices=MeetingKind, default=MeetingKind.COLLECTIVE)
    series = models.ForeignKey(
        MeetingSeries, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name="系列"
    )
    round_number = models.PositiveSmallIntegerField("轮次", default=1)
    area = models.CharField("片区", max_length=60, blank=True)
    title = models.CharField("名称", max_length=100)
    held_on = models.DateField("日期")
    starts_at = models.CharField("时间", max_length=20, blank=True)
    place = models.CharField("地点", max_length=100, blank=True)
    chair = models.CharField("主持人", max_length=60, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PLANNED)
    cancelled_reason = models.CharField("取消理由", max_length=300, blank=True)
    called_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="筹备人")
    notified_at = models.DateTimeField("发出通知", null=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "会商会议"
        ordering = ("-held_on", "-id")
        indexes = [models.Index(name="meeting_by_day", fields=["-held_on", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="meeting_cancelled_with_a_reason",
                condition=~Q(state="CANCELLED") | ~Q(cancelled_reason=""),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("consultations:meeting", args=[self.pk])

    @property
    def is_of_group(self) -> bool:
        """Of the leading group, which studies what was escalated to it."""
        return self.kind == MeetingKind.GROUP

    @property
    def is_planned(self) -> bool:
        return self.state == self.State.PLANNED

    @property
    def quarter(self) -> rules.Quarter:
        return rules.quarter_of(self.held_on)


class QuarterWatchQuerySet(ScopedQuerySet["QuarterWatch"]):
    organisation_path = "council__organisation"


class QuarterWatch(models.Model):
    """A quarter that ought to have a collective meeting: its promise, and why there was none.

    原则上: a quarter without one is no breach, but it says why.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="quarters", verbose_name="会商组织")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("季度")
    deadline = models.OneToOneField(Deadline, models.PROTECT, related_name="+", verbose_name="期限")
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, related_name="quarters", verbose_name="集中会商"
    )
    missed_reason = models.CharField("未召开原因", max_length=300, blank=True)
    missed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="填写人")

    objects = QuarterWatchQuerySet.as_manager()

    class Meta:
        verbose_name = "季度集中会商"
        ordering = ("-year", "-number")
        constraints = [
            models.UniqueConstraint(name="council_quarter_once", fields=["council", "year", "number"]),
            models.CheckConstraint(
                name="council_quarter_has_a_number", condition=Q(number__gte=1, number__lte=4)
            ),
            models.CheckConstraint(
                name="council_quarter_held_or_missed",
                condition=Q(meeting__isnull=True) | Q(missed_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter.label}集中会商"

    @property
    def quarter(self) -> rules.Quarter:
        return rules.Quarter(self.year, self.number)


class AttendanceQuerySet(ConcernedQuerySet["Attendance"]):
    organisation_path = "meeting__council__organisation"
    concerned = ("organisation",)


class Attendance(models.Model):
    """A unit that was asked to a meeting, who comes for it and whether anybody did."""

    class State(models.TextChoices):
        ASKED = "ASKED", "待回复"
        COMING = "COMING", "参加"
        LEAVE = "LEAVE", "请假"
        PRESENT = "PRESENT", "出席"
        ABSENT = "ABSENT", "缺席"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances", verbose_name="会议")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="attendances", verbose_name="单位"
    )
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name="岗位")
    person = models.CharField("参会人", max_length=60, blank=True)
    is_observer = models.BooleanField("列席", default=False)
    state = models.CharField("状态", max_length=8, choices=State, default=State.ASKED)
    note = models.CharField("说明", max_length=200, blank=True)
    replied_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="回复人")
    replied_at = models.DateTimeField("回复时间", null=True)
    place = models.PositiveSmallIntegerField("排序", default=0)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "参会"
        ordering = ("place", "id")
        constraints = [
            models.UniqueConstraint(
                name="meeting_asks_a_post_once",
                fields=["meeting", "organisation", "post"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="meeting_leave_has_a_reason", condition=~Q(state="LEAVE") | ~Q(note="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.short_name} {self.person}".strip()


class AgendaItemQuerySet(ConcernedQuerySet["AgendaItem"]):
    organisation_path = "meeting__council__organisation"
    concerned = (
        *("topic__organisation", "topic__raised_by_unit", "topic__lead", "topic__units"),
        *("resolutions__lead", "resolutions__helpers"),
    )


class AgendaItem(models.Model):
    """A topic on one meeting's agenda: the brief as it was then, what was said, what came of it."""

    class Outcome(models.TextChoices):
        RESOLVED = "RESOLVED", "形成决议"
        DEFERRED = "DEFERRED", "下次再议"
        NOTED = "NOTED", "知悉，无须交办"
        ESCALATED = "ESCALATED", "提请领导小组研究"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items", verbose_name="会议")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="items", verbose_name="议题")
    place = models.PositiveSmallIntegerField("顺序")
    times = models.PositiveSmallIntegerField("上会次数", default=1)
    days_stuck = models.PositiveSmallIntegerField("受阻天数", default=0)
    discussion = models.TextField("讨论情况", max_length=4000, blank=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome, blank=True)
    confirmed_on = models.DateField("单位确认", null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    confirmed_note = models.CharField("确认意见", max_length=300, blank=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = "议程"
        ordering = ("meeting", "place", "id")
        constraints = [
            models.UniqueConstraint(name="meeting_takes_a_topic_once", fields=["meeting", "topic"]),
            models.CheckConstraint(name="agenda_item_counted_from_one", condition=Q(times__gt=0)),
        ]

    def __str__(self) -> str:
        return self.topic.title

    @property
    def times_words(self) -> str:
        return rules.times_words(self.times)
