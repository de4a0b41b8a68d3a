"""Collection windows: when lists are handed in, by whom, and who did."""

from __future__ import annotations

from datetime import date

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from deadlines.models import Deadline

_MONTH = [MinValueValidator(1), MaxValueValidator(12)]
_DAY = [MinValueValidator(1), MaxValueValidator(31)]


class Gathering(models.TextChoices):
    """Who puts a county's rows together before the bureau screens them."""

    COUNTY = "COUNTY", "县市先汇总，再报州局审核"
    EITHER = "EITHER", "县市汇总，州局也可直接审核"
    DIRECT = "DIRECT", "不经县市汇总，直接报州局审核"


class WindowKind(models.TextChoices):
    LIST = "LIST", "清单报送"
    BOOKING = "BOOKING", "用地预约"


class WindowTemplate(models.Model):
    """A wave that comes every year (3月初, 6月底), dated. Public reference data.

    `organisation` is the level whose table it is: a prefecture follows its own rows, and those of
    the level above only where it has none (S1-21).
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="适用地区", help_text="该地区及以下。"
    )
    code = models.CharField("批次代码", max_length=20)
    title = models.CharField("批次名称", max_length=60)
    kind = models.CharField("类型", max_length=10, choices=WindowKind, default=WindowKind.LIST)
    gathering = models.CharField("汇总方式", max_length=10, choices=Gathering, default=Gathering.EITHER)
    opens_month = models.PositiveSmallIntegerField("开始月", validators=_MONTH)
    opens_day = models.PositiveSmallIntegerField("开始日", validators=_DAY)
    closes_month = models.PositiveSmallIntegerField("截止月", validators=_MONTH)
    closes_day = models.PositiveSmallIntegerField("截止日", validators=_DAY)
    reminder_days = models.JSONField("截止前提醒（工作日）", default=list)
    departments = models.ManyToManyField(Organisation, related_name="+", verbose_name="应报部门")
    asks_counties = models.BooleanField("各县市、园区都应报", default=True)
    basis = models.CharField("依据", max_length=200, blank=True)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    class Meta:
        verbose_name = "报送批次模板"
        ordering = ("opens_month", "opens_day", "code")
        constraints = [
            models.UniqueConstraint(
                name="window_template_once", fields=["organisation", "code", "effective_from"]
            ),
            models.CheckConstraint(
                name="window_template_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CollectionWindowQuerySet(ScopedQuerySet["CollectionWindow"]):
    organisation_path = "organisation"
    department_path = "organisation"

    def _inside(self, path: str) -> Q:
        """Windows of the prefecture, and those in which one's own unit has to hand in."""
        return Q(organisation__path__startswith=path) | self._owed_by(path)

    def _of_department(self, path: str) -> Q:
        return self._owed_by(path)

    def _owed_by(self, path: str) -> Q:
        own = WindowDuty.objects.filter(window=OuterRef("pk"), organisation__path__startswith=path)
        return Q(Exists(own))

    def open(self) -> CollectionWindowQuerySet:
        """Opened and not closed: also after the closing date, for those who are late."""
        return self.filter(state=CollectionWindow.State.OPEN)


@pghistory.track()
class CollectionWindow(models.Model):
    """One wave: from when to when lists are taken in, and how a county's rows get to the bureau.

    `organisation` is the prefecture that collects. What comes after `closes_on` counts as late;
    nothing comes in once the window is closed.
    """

    class State(models.TextChoices):
        PLANNED = "PLANNED", "未开始"
        OPEN = "OPEN", "报送中"
        CLOSED = "CLOSED", "已关闭"
        CANCELLED = "CANCELLED", "已取消"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="collection_windows", verbose_name="组织单位"
    )
    template = models.ForeignKey(
        WindowTemplate, models.PROTECT, null=True, related_name="windows", verbose_name="批次模板"
    )
    kind = models.CharField("类型", max_length=10, choices=WindowKind, default=WindowKind.LIST)
    title = models.CharField("批次名称", max_length=80)
    year = models.PositiveSmallIntegerField("年度")
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期")
    gathering = models.CharField("汇总方式", max_length=10, choices=Gathering, default=Gathering.EITHER)
    reminder_days = models.JSONField("截止前提醒（工作日）", default=list)
    note = models.CharField("报送要求", max_length=500, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.PLANNED)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="安排人")
    created_at = models.DateTimeField("安排时间", auto_now_add=True)
    closed_on = models.DateField("关闭日期", null=True)
    closing_reason = models.CharField("关闭或取消说明", max_length=300, blank=True)

    objects = CollectionWindowQuerySet.as_manager()

    class Meta:
        verbose_name = "报送批次"
        ordering = ("-opens_on", "-id")
        constraints = [
            models.UniqueConstraint(name="window_title_once", fields=["organisation", "year", "title"]),
            models.CheckConstraint(
                name="window_closes_after_it_opens", condition=Q(closes_on__gte=F("opens_on"))
            ),
            models.CheckConstraint(
                name="window_ended_has_a_day",
                condition=Q(state__in=["PLANNED", "OPEN"], closed_on__isnull=True)
                | Q(state__in=["CLOSED", "CANCELLED"], closed_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/windows/{self.pk}/"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def needs_gathering(self) -> bool:
        """Rows wait for their county before the bureau screens them."""
        return self.gathering != Gathering.DIRECT

    def is_running(self, today: date) -> bool:
        """Open, and what comes today is in time."""
        return self.is_open and self.opens_on <= today <= self.closes_on


class WindowDutyQuerySet(ScopedQuerySet["WindowDuty"]):
    organisation_path = "organisation"
    department_path = "organisation"

    def owed(self) -> WindowDutyQuerySet:
        """Not answered yet, in a window that still takes lists."""
        return self.filter(answered_on__isnull=True, window__state=CollectionWindow.State.OPEN)


@pghistory.track()
class WindowDuty(models.Model):
    """That a unit has to hand in its list in a window, and what it answered when."""

    class Answer(models.TextChoices):
        LIST = "LIST", "已报送"
        GATHERED = "GATHERED", "已汇总上报"
        NOTHING = "NOTHING", "零报告"

    window = models.ForeignKey(
        CollectionWindow, models.PROTECT, related_name="duties", verbose_name="报送批次"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="window_duties", verbose_name="应报单位"
    )
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="报送期限"
    )
    answer = models.CharField("结果", max_length=10, choices=Answer, blank=True)
    answered_on = models.DateField("报送日期", null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="报送人")
    reason = models.CharField("零报告说明", max_length=300, blank=True)

    objects = WindowDutyQuerySet.as_manager()

    class Meta:
        verbose_name = "报送任务"
        ordering = ("window_id", "organisation__path")
        constraints = [
            models.UniqueConstraint(name="window_duty_once", fields=["window", "organisation"]),
            models.CheckConstraint(
                name="window_duty_answer_has_a_day",
                condition=Q(answer="", answered_on__isnull=True)
                | ~Q(answer="") & Q(answered_on__isnull=False),
            ),
            models.CheckConstraint(
                name="window_duty_nothing_says_why", condition=~Q(answer="NOTHING") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.window}"

    @property
    def was_late(self) -> bool:
        """Answered after the day on which it was due; reads `deadline`."""
        return (
            self.answered_on is not None
            and self.deadline is not None
            and self.deadline.due_on is not None
            and self.answered_on > self.deadline.due_on
        )
