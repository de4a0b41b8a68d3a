"""What is asked and must be answered: questions, requests upward, and what follows an approval."""

from __future__ import annotations

from typing import Self

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from deadlines.models import Deadline
from papers.models import Paper
from projects.models import Project


class MatterKind(models.TextChoices):
    QUESTION = "QUESTION", "业务咨询"
    GUIDANCE = "GUIDANCE", "请求政策指导"
    SUPPORT = "SUPPORT", "请求工作支持"
    PUBLICATION = "PUBLICATION", "公示批准信息"
    VILLAGE_NOTICE = "VILLAGE_NOTICE", "村组公告方案和标准"
    DISCLOSURE = "DISCLOSURE", "依申请公开"
    PETITION = "PETITION", "信访"


class MatterTermQuerySet(models.QuerySet["MatterTerm"]):
    pass


class MatterTerm(models.Model):
    """By when a matter of a kind must be answered, from `effective_from` on. Public reference.

    A matter keeps the term under which it began.
    """

    class Unit(models.TextChoices):
        WORKING_DAY = "wd", "个工作日"
        CALENDAR_DAY = "cd", "日"

    kind = models.CharField("类型", max_length=14, choices=MatterKind)
    days = models.PositiveSmallIntegerField("期限")
    unit = models.CharField("单位", max_length=2, choices=Unit, default=Unit.WORKING_DAY)
    is_law = models.BooleanField("法定", default=False)
    basis = models.CharField("依据", max_length=200)
    effective_from = models.DateField("生效日期")

    objects = MatterTermQuerySet.as_manager()

    class Meta:
        verbose_name = "答复办理期限"
        ordering = ("kind", "-effective_from")
        constraints = [
            models.UniqueConstraint(name="matter_term_once", fields=["kind", "effective_from"]),
            models.CheckConstraint(name="matter_term_lasts", condition=Q(days__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.days}{self.get_unit_display()}"


class MatterQuerySet(ScopedQuerySet["Matter"]):
    organisation_path = "organisation"
    department_path = "organisation"

    def visible_to(self, actor: User) -> Self:
        """The actor's own, what is put to the actor's office, and answers that are for everyone."""
        if actor.scope is None:
            return self.none()
        own = super().visible_to(actor)
        published = Q(kind=MatterKind.QUESTION, published_on__isnull=False)
        return self.filter(Q(pk__in=own.order_by().values("pk")) | published)


@pghistory.track()
class Matter(models.Model):
    """A question, a request to the level above, or what follows an approval; with its clock and its answer.

    `holder` answers, or follows up until the answer comes; `addressee` names who is asked when that
    is none of our units. An answer to a question may be published for everyone.
    Source: S0-18, S0-20, S4-18.
    """

    kind = models.CharField("类型", max_length=14, choices=MatterKind)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="matters", verbose_name="提出单位"
    )
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="+", verbose_name="项目")
    step_code = models.CharField("步骤代码", max_length=10, blank=True)
    title = models.CharField("事由", max_length=120)
    text = models.TextField("内容", max_length=2000)
    person = models.CharField("申请人（信访人）", max_length=60, blank=True)
    addressee = models.CharField("呈送", max_length=100, blank=True)
    doc_no = models.CharField("来文（请示）文号", max_length=100, blank=True)
    raised_on = models.DateField("提出日期")
    holder = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="办理单位")
    deadline = models.OneToOneField(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="期限"
    )
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="来文")
    answered_on = models.DateField("答复日期", null=True)
    answer = models.TextField("答复（办理结果）", max_length=2000, blank=True)
    answer_no = models.CharField("答复文号", max_length=100, blank=True)
    answer_paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, related_name="+", verbose_name="答复文件"
    )
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    published_on = models.DateField("公开日期", null=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = "咨询和来往事项"
        ordering = ("-raised_on", "-id")
        indexes = [models.Index(name="matter_by_day", fields=["kind", "-raised_on", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="matter_answered_in_words",
                condition=Q(answered_on__isnull=True, answer="")
                | Q(answered_on__isnull=False, answered_on__gte=F("raised_on")) & ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="matter_published_when_answered",
                condition=Q(published_on__isnull=True)
                | Q(kind="QUESTION", answered_on__isnull=False, published_on__gte=F("answered_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("approvals:matter", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.answered_on is None
