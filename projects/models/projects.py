"""The one list: projects."""

from __future__ import annotations

import pghistory
from django.apps import apps
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Upper

from accounts.models import Organisation, User
from projects.models.bringing import BringingIn
from projects.models.sharing import SharedProjectsQuerySet
from projects.models.windows import CollectionWindow


class AnnualList(models.Model):
    """The year's adopted list. Its row hands out project numbers, one at a time under a lock."""

    year = models.PositiveSmallIntegerField("年度", unique=True)
    last_number = models.PositiveIntegerField("最后编号", default=0)

    class Meta:
        verbose_name = "年度清单"
        ordering = ("-year",)

    def __str__(self) -> str:
        return f"{self.year}年度清单"


class ProjectQuerySet(SharedProjectsQuerySet["Project"]):
    organisation_path = "organisation"
    project_path = "pk"
    department_path = "submitted_by"

    def _of_department(self, path: str) -> Q:
        """What a department handed in, what that was merged into, and what was pushed to it."""
        # Push points here, so its class is asked for by name.
        push = apps.get_model("projects", "Push")
        pushed = push._default_manager.filter(
            project=OuterRef("pk"), recipient__path__startswith=path
        ).exclude(state="WITHDRAWN")
        own = Project.objects.filter(merged_into=OuterRef("pk"), submitted_by__path__startswith=path)
        return Q(submitted_by__path__startswith=path) | Exists(pushed) | Exists(own)

    def adopted(self) -> ProjectQuerySet:
        """On the year's list: what steps, ledgers and dashboards count."""
        return self.filter(status=Project.Status.ADOPTED)

    def waiting(self) -> ProjectQuerySet:
        """With the bureau and not answered: to be screened, or screened and to be adopted."""
        return self.filter(status__in=Project.WAITING)

    def gathering(self) -> ProjectQuerySet:
        """Handed in, and with their county to be put together."""
        return self.filter(status=Project.Status.REPORTED)


def project_url(pk: int) -> str:
    """The dossier. Its page stands on a higher floor, so the address is written out."""
    return f"/projects/{pk}/"


@pghistory.track(exclude=["search_text"])
class Project(models.Model):
    """A project that waits for land. Entered once; every page, reminder and ledger refers to it.

    `organisation` is the reporting unit (county or park) it lies in, `submitted_by` the unit
    that handed it in. `number` is ours, given at adoption; `code` is the national one.
    """

    class Status(models.TextChoices):
        REPORTED = "REPORTED", "待县市汇总"
        SUBMITTED = "SUBMITTED", "待审核"
        SCREENED = "SCREENED", "初审通过"
        ADOPTED = "ADOPTED", "已采纳"
        RETURNED = "RETURNED", "已退回"
        DROPPED = "DROPPED", "不予列入"
        MERGED = "MERGED", "已合并"
        REMOVED = "REMOVED", "已撤销"

    class PriorityClass(models.TextChoices):
        URGENT = "URGENT", "急需"
        KEY = "KEY", "重点"
        ORDINARY = "ORDINARY", "一般"
        RESERVE = "RESERVE", "预备"

    class Track(models.TextChoices):
        SINGLE_SITE = "single_site", "单独选址"
        BATCH = "batch", "批次用地"
        NO_REQUISITION = "no_requisition", "仅存量（国有）地"

    # Before the answer: with the county, with the bureau, through its first look.
    UNANSWERED = ("REPORTED", "SUBMITTED", "SCREENED")
    WAITING = ("SUBMITTED", "SCREENED")
    # Where a workbook's row may still land: all but history.
    HISTORY = ("MERGED", "REMOVED")

    class Level(models.TextChoices):
        """Whose project it is. Who approves its land is another question: `ApprovalLevel`."""

        NATIONAL = "NATIONAL", "国家级"
        PROVINCIAL = "PROVINCIAL", "省级"
        PREFECTURAL = "PREFECTURAL", "州（市）级"
        COUNTY = "COUNTY", "县级"

    class ApprovalLevel(models.TextChoices):
        STATE_COUNCIL = "STATE_COUNCIL", "国务院"
        PROVINCE = "PROVINCE", "省级人民政府"
        PREFECTURE = "PREFECTURE", "市（州）人民政府"
        NONE = "NONE", "不涉及报批"

    name = models.CharField("项目名称", max_length=200)
    code = models.CharField("项目代码", max_length=40, blank=True)
    # Null, not blank, until adoption: a unique column may hold many nulls and one blank.
    number = models.CharField("编号", max_length=20, null=True, unique=True)  # noqa: DJ001  # until adopted
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="projects", verbose_name="县市"
    )
    submitted_by = models.ForeignKey(
        Organisation, models.PROTECT, related_name="submitted_projects", verbose_name="报送单位"
    )
    annual_list = models.ForeignKey(
        AnnualList, models.PROTECT, null=True, related_name="projects", verbose_name="年度清单"
    )
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.SUBMITTED)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged_from")
    screening_reason = models.CharField("审核意见", max_length=500, blank=True)
    window = models.ForeignKey(
        CollectionWindow, models.PROTECT, null=True, related_name="projects", verbose_name="报送批次"
    )
    gathered_on = models.DateField("县市汇总日期", null=True)
    gathered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="汇总人")
    screened_on = models.DateField("初审日期", null=True)
    screened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="初审人")
    owner_unit = models.CharField("建设单位", max_length=200, blank=True)
    industry = models.CharField("行业", max_length=40, blank=True)
    # The code of a ListKind; "" is not on any list.
    list_category = models.CharField("清单类别", max_length=20, blank=True)
    priority_class = models.CharField("项目类别", max_length=12, choices=PriorityClass, blank=True)
    track = models.CharField("审批轨道", max_length=20, choices=Track, blank=True)
    level = models.CharField("级别", max_length=12, choices=Level, blank=True)
    approval_level = models.CharField("审批级次", max_length=16, choices=ApprovalLevel, blank=True)
    investment_yuan = models.DecimalField("总投资（元）", max_digits=18, decimal_places=2, null=True)
    planned_start = models.CharField("计划开工", max_length=40, blank=True)
    planned_start_on = models.DateField("计划开工日（可比）", null=True)
    planned_finish = models.CharField("计划竣工", max_length=40, blank=True)
    planned_finish_on = models.DateField("计划竣工日（可比）", null=True)
    remark = models.TextField("备注", blank=True)
    reported_facts = models.JSONField("报送的办理情况", default=dict, encoder=DjangoJSONEncoder)
    search_text = models.TextField("检索文本", blank=True, editable=False)
    # The working ledger that it came with, and its row there; null for what was entered here.
    brought_in = models.ForeignKey(
        BringingIn, models.PROTECT, null=True, related_name="+", verbose_name="导入自台账"
    )
    brought_in_row = models.PositiveIntegerField("台账第几行", null=True)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "项目"
        ordering = ("-id",)
        indexes = [
            models.Index(name="project_by_unit", fields=["organisation", "status", "-id"]),
            models.Index(name="project_by_status", fields=["status", "-id"]),
            # The list by name and by the day of the last change, from either end.
            models.Index(name="project_by_name", fields=["status", "name", "id"]),
            models.Index(name="project_by_change", fields=["status", "updated_at", "id"]),
            # What people filter by, together or the first alone.
            models.Index(name="project_by_class", fields=["list_category", "priority_class", "track"]),
            # A code typed from its beginning; a number has such an index by being unique.
            models.Index(name="project_by_code", fields=["code"], opclasses=["varchar_pattern_ops"]),
            GinIndex(OpClass("name", "gin_trgm_ops"), name="project_name_trigrams"),
            # Django's icontains is UPPER(col) LIKE UPPER(..); only this form of index serves it.
            GinIndex(OpClass(Upper("search_text"), "gin_trgm_ops"), name="project_search_trigrams"),
        ]
        constraints = [
            # On the list a code is one project's. Before, a department and a county may both hand
            # in the same project; the pair is proposed as a duplicate and merged by a person.
            models.UniqueConstraint(
                name="project_code_once", fields=["code"], condition=~Q(code="") & Q(status="ADOPTED")
            ),
            models.UniqueConstraint(
                name="project_code_once_by_reporter",
                fields=["code", "submitted_by"],
                condition=~Q(code="") & ~Q(status__in=["MERGED", "REMOVED"]),
            ),
            models.CheckConstraint(
                name="project_adopted_has_a_number",
                condition=~Q(status="ADOPTED")
                | Q(number__isnull=False, annual_list__isnull=False) & ~Q(track=""),
            ),
            models.CheckConstraint(
                name="project_merged_names_its_target",
                condition=Q(status="MERGED", merged_into__isnull=False)
                | ~Q(status="MERGED") & Q(merged_into__isnull=True),
            ),
            models.CheckConstraint(
                name="project_returned_has_a_reason",
                condition=~Q(status__in=["RETURNED", "DROPPED"]) | ~Q(screening_reason=""),
            ),
            models.CheckConstraint(
                name="project_investment_not_negative",
                condition=Q(investment_yuan__isnull=True) | Q(investment_yuan__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return project_url(self.pk)

    @property
    def display_code(self) -> str:
        """Our number once adopted, the national code before."""
        return self.number or self.code
