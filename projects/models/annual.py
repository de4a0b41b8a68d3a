"""The year's list as it was published, the year's quota, the guarantee plan, whole-life dates.

`AnnualList` itself, which hands out the numbers, stands with the projects.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from deadlines.models import Deadline
from projects.models.projects import AnnualList, Project


class LandClass(models.TextChoices):
    """What the annual plan hands out."""

    NEW_CONSTRUCTION = "NEW_CONSTRUCTION", "新增建设用地"
    AGRI = "AGRI", "农用地转用"
    ARABLE = "ARABLE", "占用耕地"


class QuotaRoute(models.TextChoices):
    """Where a project's land comes from (S3-04: 一般项目靠盘活，能不占不占)."""

    PLAN = "PLAN", "使用年度新增指标"
    STOCK = "STOCK", "盘活存量，不占指标"
    DIRECT = "DIRECT", "国家、省直接配置指标"


class AnnualListVersion(models.Model):
    """One published state of a year's list in one prefecture. Immutable: a change is a new version.

    Holds no project's facts; those are its entries'. Versions count from 1 without a gap.
    """

    annual_list = models.ForeignKey(
        AnnualList, models.PROTECT, related_name="versions", verbose_name="年度清单"
    )
    prefecture = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="市（州）")
    number = models.PositiveSmallIntegerField("版本")
    published_on = models.DateField("发布日期")
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发布人")
    reason = models.CharField("发布说明", max_length=500)
    doc_no = models.CharField("文号", max_length=100, blank=True)
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = "年度清单版本"
        ordering = ("-annual_list__year", "-number")
        constraints = [
            models.UniqueConstraint(
                name="annual_list_version_once", fields=["annual_list", "prefecture", "number"]
            ),
            models.CheckConstraint(
                name="annual_list_version_says_why", condition=Q(number__gte=1) & ~Q(reason="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="annual_list_version_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annual_list}第{self.number}版"


class AnnualListEntryQuerySet(ScopedQuerySet["AnnualListEntry"]):
    """A county reads what it leads and what it had a share of when the list was published."""

    organisation_path = "organisation"
    department_path = "project__submitted_by"

    def _inside(self, path: str) -> Q:
        share = AnnualListShare._default_manager.filter(
            entry=OuterRef("pk"), organisation__path__startswith=path
        )
        return super()._inside(path) | Q(Exists(share))

    def in_unit(self, code: str) -> AnnualListEntryQuerySet:
        """What lies in one county or park, whole or in part."""
        share = AnnualListShare._default_manager.filter(entry=OuterRef("pk"), organisation__code=code)
        return self.filter(Q(organisation__code=code) | Exists(share))

    def in_version(self, version: AnnualListVersion) -> AnnualListEntryQuerySet:
        """What stood on the list in that version."""
        return self.filter(
            joined_in__annual_list=version.annual_list_id,
            joined_in__prefecture=version.prefecture_id,
            joined_in__number__lte=version.number,
        ).filter(Q(left_in__isnull=True) | Q(left_in__number__gt=version.number))

    def current(self) -> AnnualListEntryQuerySet:
        """What stands on the list as last published."""
        return self.filter(left_in__isnull=True)


class AnnualListEntry(models.Model):
    """A project's facts on the year's list, from the version that brought them up to, not
    including, the version that ended them. A changed fact ends one entry and begins the next.
    """

    class Opening(models.TextChoices):
        JOINED = "JOINED", "列入"
        CHANGED = "CHANGED", "变更"

    class Closing(models.TextChoices):
        LEFT = "LEFT", "调出"
        CHANGED = "CHANGED", "变更"

    # Copied from the project at publication; names as there.
    FACTS = (
        *("number", "name", "code", "list_category", "priority_class", "track", "owner_unit"),
        *("industry", "investment_yuan", "planned_start", "planned_finish"),
    )
    AREAS = ("total_m2", "agri_m2", "arable_m2", "new_construction_m2")

    project = models.ForeignKey(Project, models.PROTECT, related_name="list_entries", verbose_name="项目")
    joined_in = models.ForeignKey(AnnualListVersion, models.PROTECT, related_name="opened")
    left_in = models.ForeignKey(AnnualListVersion, models.PROTECT, null=True, related_name="closed")
    opened_by = models.CharField("列入方式", max_length=8, choices=Opening)
    closed_by = models.CharField("结束方式", max_length=8, choices=Closing, blank=True)
    join_reason = models.CharField("列入理由", max_length=500, blank=True)
    leave_reason = models.CharField("调出理由", max_length=500, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="县市")
    number = models.CharField("编号", max_length=20)
    name = models.CharField("项目名称", max_length=200)
    code = models.CharField("项目代码", max_length=40, blank=True)
    list_category = models.CharField("清单类别", max_length=20, blank=True)
    priority_class = models.CharField("项目类别", max_length=12, choices=Project.PriorityClass, blank=True)
    track = models.CharField("审批轨道", max_length=20, choices=Project.Track, blank=True)
    route = models.CharField("指标来源", max_length=8, choices=QuotaRoute)
    owner_unit = models.CharField("建设单位", max_length=200, blank=True)
    industry = models.CharField("行业", max_length=40, blank=True)
    investment_yuan = models.DecimalField("总投资（元）", max_digits=18, decimal_places=2, null=True)
    planned_start = models.CharField("计划开工", max_length=40, blank=True)
    planned_finish = models.CharField("计划竣工", max_length=40, blank=True)
    total_m2 = models.BigIntegerField("用地总面积", null=True)
    agri_m2 = models.BigIntegerField("农用地", null=True)
    arable_m2 = models.BigIntegerField("耕地", null=True)
    new_construction_m2 = models.BigIntegerField("新增建设用地", null=True)

    objects = AnnualListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "年度清单条目"
        ordering = ("number",)
        indexes = [
            models.Index(name="annual_entry_by_version", fields=["joined_in", "left_in"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="annual_entry_one_current", fields=["project"], condition=Q(left_in__isnull=True)
            ),
            models.CheckConstraint(
                name="annual_entry_ends_with_its_kind",
                condition=Q(left_in__isnull=True, closed_by="") | Q(left_in__isnull=False) & ~Q(closed_by=""),
            ),
            models.CheckConstraint(
                name="annual_entry_left_says_why", condition=~Q(closed_by="LEFT") | ~Q(leave_reason="")
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="annual_entry_is_not_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="annual_entry_ended_is_immutable",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__left_in__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class AnnualListShareQuerySet(ScopedQuerySet["AnnualListShare"]):
    """A unit's own part: what its sums add up. Departments follow what they handed in."""

    organisation_path = "organisation"
    department_path = "entry__project__submitted_by"


class AnnualListShare(models.Model):
    """What part of an entry's land lay in one county or park when the list was published.

    Only of projects across several; the shares of an entry, the leading county's among them, add
    up to the entry's own figures to the m², class by class. Immutable, as the entry is.
    """

    entry = models.ForeignKey(
        AnnualListEntry, models.PROTECT, related_name="shares", verbose_name="年度清单条目"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="县市")
    total_m2 = models.BigIntegerField("用地总面积", null=True)
    agri_m2 = models.BigIntegerField("农用地", null=True)
    arable_m2 = models.BigIntegerField("耕地", null=True)
    new_construction_m2 = models.BigIntegerField("新增建设用地", null=True)

    objects = AnnualListShareQuerySet.as_manager()

    class Meta:
        verbose_name = "年度清单分县面积"
        ordering = ("entry_id", "organisation__code")
        constraints = [
            models.UniqueConstraint(name="annual_share_once_per_unit", fields=["entry", "organisation"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="annual_share_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.organisation}"


class AnnualListChangeQuerySet(ScopedQuerySet["AnnualListChange"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"

    def unpublished(self) -> AnnualListChangeQuerySet:
        """Decided since the last version."""
        return self.filter(version__isnull=True)


class AnnualListChange(models.Model):
    """That somebody put a project on the list or took it off, and why; waits for the next version."""

    class Kind(models.TextChoices):
        JOINED = "JOINED", "列入"
        LEFT = "LEFT", "调出"

    annual_list = models.ForeignKey(AnnualList, models.PROTECT, related_name="changes")
    project = models.ForeignKey(Project, models.PROTECT, related_name="list_changes", verbose_name="项目")
    kind = models.CharField("变动", max_length=8, choices=Kind)
    reason = models.CharField("理由", max_length=500)
    decided_on = models.DateField("日期")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)
    version = models.ForeignKey(
        AnnualListVersion, models.PROTECT, null=True, related_name="changes", verbose_name="发布版本"
    )

    objects = AnnualListChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "年度清单变动"
        ordering = ("id",)
        indexes = [
            models.Index(
                name="annual_change_unpublished", fields=["annual_list"], condition=Q(version__isnull=True)
            )
        ]
        constraints = [
            models.CheckConstraint(name="annual_change_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.project}"


class PlanQuotaQuerySet(ScopedQuerySet["PlanQuota"]):
    organisation_path = "organisation"


class PlanQuota(models.Model):
    """One handing-out of the annual land-use plan to a county or to the prefecture itself.

    The year's quota is the sum of its rows: more handed out during the year is another row, taken
    back a negative one. Immutable; a slip is corrected by its opposite with a note.
    """

    year = models.PositiveSmallIntegerField("年度")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="plan_quotas", verbose_name="下达单位"
    )
    land_class = models.CharField("指标类别", max_length=20, choices=LandClass)
    area_m2 = models.BigIntegerField("面积")
    entered_value = models.CharField("录入数值", max_length=30)
    entered_unit = models.CharField("录入单位", max_length=6)
    issued_on = models.DateField("下达日期")
    doc_no = models.CharField("下达文号", max_length=100)
    note = models.CharField("说明", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = PlanQuotaQuerySet.as_manager()

    class Meta:
        verbose_name = "年度计划指标"
        ordering = ("-year", "issued_on", "id")
        constraints = [
            models.CheckConstraint(name="plan_quota_not_nothing", condition=~Q(area_m2=0)),
            models.CheckConstraint(name="plan_quota_names_its_paper", condition=~Q(doc_no="")),
        ]
        triggers = [
            pgtrigger.Protect(name="plan_quota_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.year}年度 {self.organisation} {self.get_land_class_display()}"


class ProjectCourseQuerySet(ScopedQuerySet["ProjectCourse"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"


@pghistory.track()
class ProjectCourse(models.Model):
    """What the office settles about a project beside its list row: where its quota comes from, and
    the dates of its life after the land (早开工、早建成、早达效). A missing row settles nothing.
    """

    project = models.OneToOneField(Project, models.CASCADE, related_name="course", verbose_name="项目")
    route = models.CharField("指标来源", max_length=8, choices=QuotaRoute, blank=True)
    route_reason = models.CharField("理由", max_length=300, blank=True)
    started_on = models.DateField("实际开工", null=True, blank=True)
    finished_on = models.DateField("实际竣工", null=True, blank=True)
    effect_planned_on = models.DateField("计划达效", null=True, blank=True)
    effect_on = models.DateField("实际达效", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    updated_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    updated_at = models.DateTimeField("登记时间", auto_now=True)

    objects = ProjectCourseQuerySet.as_manager()

    class Meta:
        verbose_name = "项目全周期"
        constraints = [
            models.CheckConstraint(name="course_route_says_why", condition=Q(route="") | ~Q(route_reason="")),
            models.CheckConstraint(
                name="course_finishes_after_it_starts",
                condition=Q(started_on__isnull=True)
                | Q(finished_on__isnull=True)
                | Q(finished_on__gte=F("started_on")),
            ),
            models.CheckConstraint(
                name="course_takes_effect_after_it_finishes",
                condition=Q(finished_on__isnull=True)
                | Q(effect_on__isnull=True)
                | Q(effect_on__gte=F("finished_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} 全周期"


class PlanItemQuerySet(ScopedQuerySet["PlanItem"]):
    organisation_path = "project__organisation"
    department_path = "responsible"

    def open(self) -> PlanItemQuerySet:
        """Not solved and not struck out."""
        return self.filter(state=PlanItem.State.OPEN)


@pghistory.track()
class PlanItem(models.Model):
    """One line of a year's guarantee plan: a project's problem, the measure, who, until when.

    Its clock is `deadline`. Stays open until the problem is solved (S2-06).
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "推进中"
        SOLVED = "SOLVED", "已解决"
        STRUCK = "STRUCK", "已移出方案"

    # What a version freezes and a difference compares.
    FACTS = ("problem", "measure", "person", "limit_on", "state", "outcome")

    year = models.PositiveSmallIntegerField("年度")
    project = models.ForeignKey(Project, models.PROTECT, related_name="plan_items", verbose_name="项目")
    problem = models.CharField("存在问题", max_length=500)
    measure = models.CharField("保障措施", max_length=500)
    responsible = models.ForeignKey(
        Organisation, models.PROTECT, related_name="plan_items", verbose_name="责任单位"
    )
    person = models.CharField("责任人", max_length=60, blank=True)
    limit_on = models.DateField("完成时限")
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    outcome = models.CharField("解决情况", max_length=500, blank=True)
    closed_on = models.DateField("解决日期", null=True)
    deadline = models.OneToOneField(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="期限"
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        verbose_name = "保障方案事项"
        ordering = ("year", "project_id", "id")
        indexes = [models.Index(name="plan_item_by_year", fields=["year", "state"])]
        constraints = [
            models.CheckConstraint(
                name="plan_item_closed_says_how",
                condition=Q(state="OPEN", closed_on__isnull=True)
                | ~Q(state="OPEN") & Q(closed_on__isnull=False) & ~Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}：{self.problem}"[:200]


class PlanVersion(models.Model):
    """One settled state of a year's guarantee plan in one prefecture. Immutable; lines are its own."""

    year = models.PositiveSmallIntegerField("年度")
    prefecture = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="市（州）")
    number = models.PositiveSmallIntegerField("版本")
    published_on = models.DateField("定稿日期")
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="定稿人")
    reason = models.CharField("定稿说明", max_length=500)
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    class Meta:
        verbose_name = "保障方案版本"
        ordering = ("-year", "-number")
        constraints = [
            models.UniqueConstraint(name="plan_version_once", fields=["year", "prefecture", "number"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="plan_version_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年度保障方案第{self.number}版"


class PlanVersionLineQuerySet(ScopedQuerySet["PlanVersionLine"]):
    organisation_path = "item__project__organisation"
    department_path = "item__responsible"


class PlanVersionLine(models.Model):
    """A plan item as it stood in a version; `facts` in the words that were printed."""

    LABELS: ClassVar[dict[str, str]] = {
        "project": "项目",
        "unit": "县市",
        "problem": "存在问题",
        "measure": "保障措施",
        "responsible": "责任单位",
        "person": "责任人",
        "limit_on": "完成时限",
        "state": "状态",
    }

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="lines")
    item = models.ForeignKey(PlanItem, models.PROTECT, related_name="version_lines")
    facts = models.JSONField("内容")

    objects = PlanVersionLineQuerySet.as_manager()

    class Meta:
        verbose_name = "保障方案版本行"
        ordering = ("version_id", "item_id")
        constraints = [models.UniqueConstraint(name="plan_line_once", fields=["version", "item"])]
        triggers = [
            pgtrigger.Protect(name="plan_line_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.item_id}"


class MaturityCriterionQuerySet(models.QuerySet["MaturityCriterion"]):
    def in_force(self, on: date) -> MaturityCriterionQuerySet:
        """The criteria that count on a day."""
        return self.filter(Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on)


class MaturityCriterion(models.Model):
    """What a step that is done, or not needed, adds to a project's maturity. Dated reference data.

    A criterion holds from `effective_from` up to, not including, `effective_to`.
    """

    step_code = models.CharField("步骤代码", max_length=10)
    label = models.CharField("条件", max_length=60)
    points = models.PositiveSmallIntegerField("分值")
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    objects = MaturityCriterionQuerySet.as_manager()

    class Meta:
        verbose_name = "成熟度条件"
        ordering = ("step_code", "effective_from")
        constraints = [
            models.UniqueConstraint(name="maturity_once", fields=["step_code", "effective_from"]),
            models.CheckConstraint(
                name="maturity_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.points}分"
