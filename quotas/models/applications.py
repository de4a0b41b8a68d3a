"""Applications of counties for pool quota, with what was handed in and what others said."""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from deadlines.models import Deadline
from papers.models import Paper
from projects.models import Project
from quotas.models.ledger import INSTRUMENTS
from quotas.models.reservations import POOLS


class ChecklistItemQuerySet(models.QuerySet["ChecklistItem"]):
    def in_force(self, on: object) -> ChecklistItemQuerySet:
        """The versions that apply on a day."""
        return self.filter(Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on)


class ChecklistItem(models.Model):
    """A paper that an application to a pool must bring, dated. Public reference.

    In force from `effective_from` up to, not including, `effective_to`.
    Source: S4, annex 3, articles 7, 13 and 19.
    """

    pool = models.CharField("调节池", max_length=12, choices=POOLS)
    code = models.CharField("代码", max_length=30)
    name = models.CharField("材料", max_length=120)
    note = models.CharField("要求", max_length=300, blank=True)
    clause = models.CharField("依据", max_length=60)
    position = models.PositiveSmallIntegerField("次序", default=1)
    is_required = models.BooleanField("必须提交", default=True)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    objects = ChecklistItemQuerySet.as_manager()

    class Meta:
        verbose_name = "申请材料"
        ordering = ("pool", "position", "code", "-effective_from")
        constraints = [
            models.UniqueConstraint(
                name="quota_checklist_one_version_a_day", fields=["pool", "code", "effective_from"]
            ),
            models.UniqueConstraint(
                name="quota_checklist_one_open_version",
                fields=["pool", "code"],
                condition=Q(effective_to__isnull=True),
            ),
            models.CheckConstraint(
                name="quota_checklist_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApplicationQuerySet(ScopedQuerySet["Application"]):
    """A county sees its own; an office outside the bureau those on which it was asked."""

    organisation_path = "applicant"

    def _of_department(self, path: str) -> Q:
        asked = ApplicationOpinion.objects.filter(
            application=OuterRef("pk"), organisation__path__startswith=path
        )
        return Q(Exists(asked))


@pghistory.track()
class Application(models.Model):
    """A county asks the pool for quota for one project. One application, one pool.

    `checks` is what the eligibility rules answered when it was submitted, with the figures they
    read. `deadline` is the clock of the office whose turn it is.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        SUBMITTED = "SUBMITTED", "已提交"
        REVIEW = "REVIEW", "会同审核"
        RETURNED = "RETURNED", "已退回"
        PROPOSED = "PROPOSED", "已拟方案"
        APPROVED = "APPROVED", "已批准"
        REFUSED = "REFUSED", "未批准"
        HOOKED_UP = "HOOKED_UP", "已挂钩"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    EDITABLE: ClassVar[tuple[str, ...]] = (State.DRAFT, State.RETURNED)
    WITH_OFFICE: ClassVar[tuple[str, ...]] = (State.SUBMITTED, State.REVIEW)

    pool = models.CharField("调节池", max_length=12, choices=POOLS)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    applicant = models.ForeignKey(
        Organisation, models.PROTECT, related_name="quota_applications", verbose_name="申请县（市）"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="quota_applications", verbose_name="项目"
    )
    year = models.PositiveSmallIntegerField("年度")
    statement = models.TextField("申请理由", max_length=2_000)
    funding = models.CharField("价款筹集", max_length=300, blank=True)
    clauses = ArrayField(models.CharField(max_length=20), verbose_name="适用条款", default=list, blank=True)
    categories = ArrayField(
        models.CharField(max_length=32), verbose_name="项目类别", default=list, blank=True
    )
    disposal_target_m2 = models.BigIntegerField("上年存量处置目标", null=True)
    disposal_done_m2 = models.BigIntegerField("上年存量处置完成", null=True)
    checks = models.JSONField("资格核对", default=dict, encoder=DjangoJSONEncoder)
    submitted_on = models.DateField("提交日期", null=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="提交人")
    answer_reason = models.CharField("退回或未批准理由", max_length=500, blank=True)
    decision_no = models.CharField("批准文号", max_length=120, blank=True)
    decided_on = models.DateField("批准日期", null=True)
    decision_paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, related_name="+", verbose_name="批准文件"
    )
    use_by_on = models.DateField("使用期限", null=True)
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="办理期限"
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="填报人")
    created_at = models.DateTimeField("填报时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "指标申请"
        ordering = ("-id",)
        indexes = [
            models.Index(name="quota_application_by_county", fields=["applicant", "state", "-id"]),
            models.Index(name="quota_application_by_project", fields=["project", "pool"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="quota_application_one_open_a_pool",
                fields=["project", "applicant", "pool"],
                condition=Q(state__in=["DRAFT", "SUBMITTED", "REVIEW", "RETURNED", "PROPOSED"]),
            ),
            models.CheckConstraint(
                name="quota_application_answer_says_why",
                condition=~Q(state__in=["RETURNED", "REFUSED"]) | ~Q(answer_reason=""),
            ),
            models.CheckConstraint(
                name="quota_application_approval_has_its_document",
                condition=~Q(state__in=["APPROVED", "HOOKED_UP"])
                | Q(decided_on__isnull=False, decision_paper__isnull=False) & ~Q(decision_no=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.applicant.short_name}申请{self.get_pool_display()}"

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE


class ApplicationLineQuerySet(ScopedQuerySet["ApplicationLine"]):
    organisation_path = "application__applicant"


class ApplicationLine(models.Model):
    """So much of one instrument: what the project needs, what the county asks the pool for (m², kg).

    `own` is the county's own balance when it submitted; before, it is read anew each time.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="lines", verbose_name="申请")
    instrument = models.CharField("指标", max_length=20, choices=INSTRUMENTS)
    need = models.BigIntegerField("项目需求")
    amount = models.BigIntegerField("申请数量")
    own = models.BigIntegerField("提交时本县余额", null=True)

    objects = ApplicationLineQuerySet.as_manager()

    class Meta:
        verbose_name = "申请数量"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="quota_application_line_once", fields=["application", "instrument"]),
            models.CheckConstraint(
                name="quota_application_line_asks_for_something", condition=Q(amount__gt=0, need__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_instrument_display()} {self.amount}"


class ApplicationMaterialQuerySet(ScopedQuerySet["ApplicationMaterial"]):
    organisation_path = "application__applicant"


class ApplicationMaterial(models.Model):
    """A paper handed in for an item of the checklist. A later paper for the same item replaces it."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="materials", verbose_name="申请"
    )
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="+", verbose_name="材料")
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+", verbose_name="附件")

    objects = ApplicationMaterialQuerySet.as_manager()

    class Meta:
        verbose_name = "申请所附材料"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="quota_application_material_once", fields=["application", "item"]),
        ]

    def __str__(self) -> str:
        return str(self.item)


class ApplicationOpinionQuerySet(ScopedQuerySet["ApplicationOpinion"]):
    organisation_path = "application__applicant"
    department_path = "organisation"


class ApplicationOpinion(models.Model):
    """What one of the joint offices says on an application; open until it is answered.

    Source: S4, annex 3, article 6 (发改、工信、投促).
    """

    class Verdict(models.TextChoices):
        AGREE = "AGREE", "同意"
        CONDITION = "CONDITION", "有条件同意"
        DISAGREE = "DISAGREE", "不同意"

    application = models.ForeignKey(Application, models.CASCADE, related_name="opinions", verbose_name="申请")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="会同单位")
    asked_on = models.DateField("发出日期")
    verdict = models.CharField("意见", max_length=12, choices=Verdict, blank=True)
    text = models.CharField("理由", max_length=500, blank=True)
    answered_on = models.DateField("答复日期", null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="答复期限"
    )

    objects = ApplicationOpinionQuerySet.as_manager()

    class Meta:
        verbose_name = "会同审核意见"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                name="quota_opinion_once_an_office", fields=["application", "organisation"]
            ),
            models.CheckConstraint(
                name="quota_opinion_answered_with_a_verdict",
                condition=Q(verdict="", answered_on__isnull=True)
                | ~Q(verdict="") & Q(answered_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation.short_name} {self.get_verdict_display()}"


class ReviewSetting(models.Model):
    """Who is asked and how long an application may take, from `effective_from` on. Public reference."""

    effective_from = models.DateField("生效日期", unique=True)
    offices = models.CharField(
        "会同单位",
        max_length=300,
        help_text="单位代码，用逗号分开。",
        blank=True,
    )
    reviewer = models.CharField(
        "受理科室", max_length=40, help_text="单位代码；不填由州级受理。", blank=True, default=""
    )
    review_days = models.PositiveSmallIntegerField("审核时限（工作日）", default=10)
    opinion_days = models.PositiveSmallIntegerField("会同答复时限（工作日）", default=5)
    payment_days = models.PositiveSmallIntegerField("缴款时限（工作日）", default=20)
    note = models.CharField("依据或原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "申请审核设置"
        ordering = ("-effective_from",)

    def __str__(self) -> str:
        return f"{self.effective_from} 起"
