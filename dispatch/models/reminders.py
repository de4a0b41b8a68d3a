"""Who is reminded when: the ladder, what was said to whom, and who stands in for whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from accounts.scoping import OwnRowsQuerySet, ScopedQuerySet
from deadlines.models import Deadline


class Level(models.TextChoices):
    """The rungs of the ladder, from whoever does the work upwards."""

    HOLDER = "HOLDER", "责任人"
    HEAD = "HEAD", "科室（单位）负责人"
    LEADER = "LEADER", "分管领导"
    GROUP = "GROUP", "领导小组"


class Ladder(models.Model):
    """One version of the reminder ladder, in force from a day on. Public reference data.

    Between `quiet_from` and `quiet_to` nothing leaves the house; it waits for the morning.
    """

    effective_from = models.DateField("生效日期", unique=True)
    quiet_from = models.TimeField("免打扰起")
    quiet_to = models.TimeField("免打扰止")
    working_days_only = models.BooleanField("只在工作日提醒", default=True)
    note = models.CharField("依据或原因", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")

    class Meta:
        verbose_name = "提醒升级规则"
        ordering = ("-effective_from",)

    def __str__(self) -> str:
        return f"{self.effective_from} 起"


class Rung(models.Model):
    """What one level is told: before the end, on the day, after it; in working days. Public."""

    ladder = models.ForeignKey(Ladder, models.CASCADE, related_name="rungs", verbose_name="规则")
    level = models.CharField("对象", max_length=8, choices=Level)
    days_before = models.JSONField("到期前（工作日）", default=list)
    on_due = models.BooleanField("到期当日", default=False)
    days_after = models.JSONField("超期后（工作日）", default=list)
    repeat_every = models.PositiveSmallIntegerField("此后每隔（工作日）", null=True, blank=True)

    class Meta:
        verbose_name = "提醒级"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="rung_once", fields=["ladder", "level"]),
            models.CheckConstraint(
                name="rung_repeats_after_a_day",
                condition=Q(repeat_every__isnull=True) | Q(repeat_every__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_level_display())


class AbsenceQuerySet(ScopedQuerySet["Absence"]):
    organisation_path = "user__organisation"
    department_path = "user__organisation"

    def on(self, day: object) -> AbsenceQuerySet:
        """Those under way on a day, first and last day included."""
        return self.filter(first_on__lte=day, last_on__gte=day)


class Absence(models.Model):
    """Somebody is away, both days included; reminders go to the deputy, promises stay where they are."""

    user = models.ForeignKey(User, models.PROTECT, related_name="absences", verbose_name="人员")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="代办人")
    first_on = models.DateField("起（含）")
    last_on = models.DateField("止（含）")
    note = models.CharField("事由", max_length=100, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "休假代办"
        ordering = ("-first_on", "id")
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_begins", condition=Q(last_on__gte=F("first_on"))
            ),
            models.CheckConstraint(name="absence_has_another_deputy", condition=~Q(user=F("deputy"))),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.first_on}～{self.last_on}"


class OfficeDigestQuerySet(ScopedQuerySet["OfficeDigest"]):
    organisation_path = "organisation"
    department_path = "organisation"


class OfficeDigest(models.Model):
    """An office whose people's reminders leave the house as one digest a day, to one of them."""

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, related_name="+", verbose_name="单位（科室）"
    )
    recipient = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="收件人")

    objects = OfficeDigestQuerySet.as_manager()

    class Meta:
        verbose_name = "科室汇总提醒"
        ordering = ("organisation__path",)

    def __str__(self) -> str:
        return str(self.organisation)


class ReminderQuerySet(OwnRowsQuerySet["Reminder"]):
    owner_path = "recipient_id"


class Reminder(models.Model):
    """One reminder: unique per deadline, stage, due day and person, whatever crashes or runs twice.

    Written in one transaction with its message, so that neither exists without the other. One that
    was due and not sent stands here too, `skipped` saying why; without a recipient where the ladder
    found nobody.
    """

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="reminders", verbose_name="期限")
    recipient = models.ForeignKey(
        User, models.CASCADE, null=True, related_name="reminders", verbose_name="收件人"
    )
    level = models.CharField("对象", max_length=8, choices=Level, default=Level.HOLDER)
    stage = models.CharField("阶段", max_length=32, help_text="before-3, due, overdue; HEAD:after-3 above")
    due_on = models.DateField("到期日")
    planned_on = models.DateField("计划日期")
    message_key = models.CharField("消息键", max_length=200, blank=True)
    reason = models.CharField("缘由", max_length=200, blank=True)
    skipped = models.CharField("未发原因", max_length=200, blank=True)
    # Whose digest carries it out of the house, and on which day it left; null: a mail of its own.
    digest_to = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="汇总发给")
    digest_on = models.DateField("汇总日期", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "提醒"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                name="reminder_once", fields=["deadline", "recipient", "stage", "due_on"]
            ),
            models.UniqueConstraint(
                name="reminder_for_nobody_once",
                fields=["deadline", "stage", "due_on"],
                condition=Q(recipient__isnull=True),
            ),
            models.CheckConstraint(
                name="reminder_without_recipient_was_skipped",
                condition=Q(recipient__isnull=False) | ~Q(skipped=""),
            ),
        ]
        indexes = [
            models.Index(
                name="reminder_for_digest",
                fields=["digest_to"],
                condition=Q(digest_to__isnull=False, digest_on__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.due_on}"
