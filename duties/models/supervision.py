"""督办函, 上门服务, 督导检查, 责任书."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from accounts.models import Organisation, Post, User
from accounts.scoping import ScopedQuerySet
from deadlines.models import Deadline
from duties.models.tasks import Task
from papers.models import Paper
from projects.models import Project
from projects.models.sharing import SharedProjectsQuerySet


class SupervisionLetterQuerySet(ScopedQuerySet["SupervisionLetter"]):
    organisation_path = "addressee"

    def _inside(self, path: str) -> Q:
        return self._of_department(path)

    def _of_department(self, path: str) -> Q:
        return Q(addressee__path__startswith=path) | Q(issued_for__path__startswith=path)


@pghistory.track()
class SupervisionLetter(models.Model):
    """A letter of supervision to one unit about tasks it has not done, to be answered by a day."""

    class State(models.TextChoices):
        SENT = "SENT", "待回复"
        REPLIED = "REPLIED", "已回复"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    issued_for = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="发函单位")
    addressee = models.ForeignKey(
        Organisation, models.PROTECT, related_name="supervision_letters", verbose_name="收函单位"
    )
    demand = models.TextField("督办要求", max_length=2000)
    sent_on = models.DateField("发函日期")
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发函人")
    state = models.CharField("状态", max_length=10, choices=State, default=State.SENT)
    deadline = models.OneToOneField(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="回复期限"
    )
    reply = models.TextField("回复", max_length=2000, blank=True)
    replied_on = models.DateField("回复日期", null=True)
    replied_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="回复人")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="回复函件")
    withdrawn_reason = models.CharField("撤回理由", max_length=300, blank=True)

    objects = SupervisionLetterQuerySet.as_manager()

    class Meta:
        verbose_name = "督办函"
        ordering = ("-id",)
        indexes = [
            models.Index(name="supervision_letter_by_unit", fields=["addressee", "state", "-id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="supervision_letter_numbered_once", fields=["issued_for", "year", "serial"]
            ),
            models.CheckConstraint(
                name="supervision_letter_replied_says_what",
                condition=~Q(state="REPLIED")
                | ~Q(reply="") & Q(replied_on__isnull=False, replied_by__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="supervision_letter_ends_once",
                field="state",
                transitions=[("SENT", "REPLIED"), ("SENT", "WITHDRAWN")],
            ),
            pgtrigger.Protect(name="supervision_letter_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.addressee.short_name}"

    def get_absolute_url(self) -> str:
        return reverse("duties:letter", args=[self.pk])

    @property
    def number(self) -> str:
        return f"督〔{self.year}〕{self.serial}号"

    @property
    def title(self) -> str:
        return "关于加快办理交办任务的督办函"


class LetterTaskQuerySet(ScopedQuerySet["LetterTask"]):
    organisation_path = "letter__addressee"

    def _inside(self, path: str) -> Q:
        return self._of_department(path)

    def _of_department(self, path: str) -> Q:
        return Q(letter__addressee__path__startswith=path) | Q(letter__issued_for__path__startswith=path)


class LetterTask(models.Model):
    """A task that a letter urges. Immutable."""

    letter = models.ForeignKey(SupervisionLetter, models.PROTECT, related_name="items", verbose_name="督办函")
    task = models.ForeignKey(Task, models.PROTECT, related_name="letters", verbose_name="任务")

    objects = LetterTaskQuerySet.as_manager()

    class Meta:
        verbose_name = "督办事项"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(name="letter_names_a_task_once", fields=["letter", "task"])]
        triggers = [
            pgtrigger.Protect(name="letter_task_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.letter}：{self.task}"


class VisitQuerySet(SharedProjectsQuerySet["Visit"]):
    organisation_path = "organisation"
    project_path = "project"


@pghistory.track()
class Visit(models.Model):
    """A leader went to a county, or offices went to a site together. Source: S1-06, S1-23."""

    class Kind(models.TextChoices):
        SERVICE = "SERVICE", "上门服务"
        FIELD = "FIELD", "现场协调"

    kind = models.CharField("方式", max_length=8, choices=Kind)
    leader = models.ForeignKey(Post, models.PROTECT, related_name="visits", verbose_name="带队领导")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="received_visits", verbose_name="到访县市"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="项目"
    )
    visited_on = models.DateField("日期")
    offices = models.CharField("会同处室", max_length=200, blank=True)
    topic = models.CharField("事由", max_length=200)
    outcome = models.TextField("协调结果", max_length=2000)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "上门服务"
        ordering = ("-visited_on", "-id")
        indexes = [models.Index(name="visit_by_leader", fields=["leader", "visited_on"])]
        constraints = [
            models.UniqueConstraint(
                name="visit_once_a_day", fields=["leader", "organisation", "visited_on", "topic"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.visited_on} {self.organisation.short_name} {self.topic}"


class VisitDutyQuerySet(ScopedQuerySet["VisitDuty"]):
    organisation_path = "leader__organisation"


class VisitDuty(models.Model):
    """That a leader goes out at least so often in a year, as a promise of its own. Source: S1-06."""

    leader = models.ForeignKey(Post, models.PROTECT, related_name="visit_duties", verbose_name="领导岗位")
    year = models.PositiveSmallIntegerField("年度")
    minimum = models.PositiveSmallIntegerField("至少（次）")
    deadline = models.OneToOneField(Deadline, models.PROTECT, related_name="+", verbose_name="期限")

    objects = VisitDutyQuerySet.as_manager()

    class Meta:
        verbose_name = "年度上门服务"
        ordering = ("-year", "leader_id")
        constraints = [
            models.UniqueConstraint(name="visit_duty_once_a_year", fields=["leader", "year"]),
            models.CheckConstraint(name="visit_duty_wants_a_visit", condition=Q(minimum__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.leader} {self.year}年上门服务"


class InspectionQuerySet(ScopedQuerySet["Inspection"]):
    """Its host's side, and the counties in which something was found."""

    organisation_path = "host"

    def _inside(self, path: str) -> Q:
        found = Finding.objects.filter(inspection=OuterRef("pk"), organisation__path__startswith=path)
        return Q(host__path__startswith=path) | Q(Exists(found.order_by()))


@pghistory.track()
class Inspection(models.Model):
    """A plan of inspection: which team looks at what, where, when. Source: S2-25, S3-07."""

    title = models.CharField("督导检查", max_length=100)
    team = models.CharField("督导组", max_length=60)
    leader = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="组长"
    )
    members = models.CharField("成员", max_length=300, blank=True)
    host = models.ForeignKey(
        Organisation, models.PROTECT, related_name="inspections", verbose_name="组织单位"
    )
    focus = models.TextField("督导重点", max_length=2000)
    from_on = models.DateField("开始日期")
    to_on = models.DateField("结束日期")
    summary = models.TextField("督导小结", max_length=2000, blank=True)
    concluded_on = models.DateField("办结日期", null=True)
    deadline = models.OneToOneField(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="督导期限"
    )
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="拟定人")
    planned_at = models.DateTimeField("拟定时间", auto_now_add=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = "督导检查"
        ordering = ("-from_on", "-id")
        constraints = [
            models.CheckConstraint(
                name="inspection_ends_after_it_begins", condition=Q(to_on__gte=F("from_on"))
            ),
            models.CheckConstraint(
                name="inspection_concluded_says_what", condition=Q(concluded_on__isnull=True) | ~Q(summary="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.team}"

    def get_absolute_url(self) -> str:
        return reverse("duties:inspection", args=[self.pk])


class FindingQuerySet(SharedProjectsQuerySet["Finding"]):
    organisation_path = "organisation"
    project_path = "project"


class Finding(models.Model):
    """What a team found on the spot, with photos; what must be put right becomes a task. Immutable."""

    inspection = models.ForeignKey(
        Inspection, models.PROTECT, related_name="findings", verbose_name="督导检查"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="findings", verbose_name="所在县市"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="项目"
    )
    found_on = models.DateField("日期")
    place = models.CharField("地点", max_length=100)
    text = models.TextField("发现的情况", max_length=2000)
    demand = models.CharField("整改要求", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "督导发现"
        ordering = ("id",)
        triggers = [
            pgtrigger.Protect(name="finding_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.inspection}：{self.place}"


class DutyLetterQuerySet(ScopedQuerySet["DutyLetter"]):
    organisation_path = "party_a"

    def _inside(self, path: str) -> Q:
        return Q(party_a__path__startswith=path) | Q(party_b__path__startswith=path)


@pghistory.track()
class DutyLetter(models.Model):
    """A signed letter of responsibility between two levels, with its scan. Source: S3-18."""

    class Level(models.TextChoices):
        PREFECTURE_COUNTY = "PREFECTURE_COUNTY", "州与县市"
        COUNTY_TOWN = "COUNTY_TOWN", "县市与乡镇"

    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("责任书", max_length=100)
    level = models.CharField("层级", max_length=18, choices=Level)
    party_a = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="甲方")
    party_b = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="duty_letters", verbose_name="乙方"
    )
    # Towns are not in the tree of units until somebody works with the system there.
    party_b_name = models.CharField("乙方名称", max_length=60)
    signer_a = models.CharField("甲方签订人", max_length=60)
    signer_b = models.CharField("乙方签订人", max_length=60)
    signed_on = models.DateField("签订日期")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="签订件")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = DutyLetterQuerySet.as_manager()

    class Meta:
        verbose_name = "责任书"
        ordering = ("-year", "-id")
        constraints = [
            models.UniqueConstraint(
                name="duty_letter_once", fields=["year", "title", "party_a", "party_b_name"]
            ),
            models.CheckConstraint(name="duty_letter_names_its_party", condition=~Q(party_b_name="")),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.title}：{self.party_b_name}"
