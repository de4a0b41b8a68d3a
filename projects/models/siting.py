"""Where a project may stand: the search for a site, its checks, its marks, with evidence."""

from __future__ import annotations

from datetime import date

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from papers.models import Paper
from projects.models.projects import Project
from projects.models.sharing import SharedProjectsQuerySet


class SitingItemQuerySet(models.QuerySet["SitingItem"]):
    def in_force(self, on: date) -> SitingItemQuerySet:
        """The version of each item that applies on a day, in the office's order."""
        return self.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on
        ).order_by("kind", "position", "code")


@pghistory.track()
class SitingItem(models.Model):
    """One item of the office's lists for siting, from `effective_from` up to, not including,
    `effective_to`: what a site is compared with, what is asked before new land, priority fields.
    Public reference.

    `ends_search` belongs to a rung of the order before new land: where it meets the whole need,
    no new land is applied for. `weight` belongs to a priority field. Source: S4-06, S4-08, S2-11.
    """

    class Kind(models.TextChoices):
        COMPLIANCE = "COMPLIANCE", "合规比对项"
        LADDER = "LADDER", "新增用地前的次序"
        FIELD = "FIELD", "优先领域"

    kind = models.CharField("类别", max_length=12, choices=Kind)
    code = models.SlugField("代号", max_length=40)
    name = models.CharField("名称", max_length=60)
    group = models.CharField("分组", max_length=40, blank=True)
    help = models.CharField("口径", max_length=300, blank=True)
    position = models.PositiveSmallIntegerField("顺序")
    ends_search = models.BooleanField("能满足即不再申请新增", default=False)
    weight = models.PositiveSmallIntegerField("权重", default=0)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    objects = SitingItemQuerySet.as_manager()

    class Meta:
        verbose_name = "选址事项"
        ordering = ("kind", "position", "code", "-effective_from")
        constraints = [
            models.UniqueConstraint(name="siting_item_version_once", fields=["code", "effective_from"]),
            models.UniqueConstraint(
                name="siting_item_one_open_version", fields=["code"], condition=Q(effective_to__isnull=True)
            ),
            models.CheckConstraint(
                name="siting_item_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SitingSetting(models.Model):
    """What counts as industry, and where its new land must be 标准地; the newest row in force applies.
    Public reference. Source: S2-10, S4-08.
    """

    class StandardArea(models.TextChoices):
        PARKS = "PARKS", "功能园区内"
        PARKS_AND_TOWNS = "PARKS_AND_TOWNS", "功能园区和城镇开发边界内"
        EVERYWHERE = "EVERYWHERE", "全域"

    effective_from = models.DateField("生效日期", unique=True)
    industrial_words = models.CharField("工业项目用词", max_length=300, help_text="用顿号隔开。")
    standard_area = models.CharField("须按标准地供应的区域", max_length=20, choices=StandardArea)
    standard_share_percent = models.PositiveSmallIntegerField("应达到的标准地比例（%）", default=100)
    note = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "选址口径"
        ordering = ("-effective_from",)
        constraints = [
            models.CheckConstraint(
                name="siting_setting_share_is_a_share", condition=Q(standard_share_percent__lte=100)
            )
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} 起"


class SitingQuerySet(SharedProjectsQuerySet["Siting"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class Siting(models.Model):
    """One attempt at a site. Decided in one of three ways; an impossible site is followed by the
    next round, a site that needs both plans made consistent by a scheme and its approval.
    Source: S2-01, S4-05.
    """

    class Mode(models.TextChoices):
        ONSITE = "ONSITE", "实地论证"
        ONLINE = "ONLINE", "线上论证"

    class Outcome(models.TextChoices):
        CONFORMS = "CONFORMS", "符合两规"
        CONSISTENT = "CONSISTENT", "可作“两规”一致性处理"
        IMPOSSIBLE = "IMPOSSIBLE", "不可，重新选址"

    class Scheme(models.TextChoices):
        NEEDED = "NEEDED", "待编制"
        SUBMITTED = "SUBMITTED", "已报批"
        APPROVED = "APPROVED", "已批准"
        REFUSED = "REFUSED", "未获批准"

    project = models.ForeignKey(Project, models.PROTECT, related_name="sitings", verbose_name="项目")
    round = models.PositiveSmallIntegerField("轮次", default=1)
    place = models.CharField("选址位置", max_length=200)
    mode = models.CharField("论证方式", max_length=8, choices=Mode, blank=True)
    argued_on = models.DateField("论证日期", null=True)
    attendees = models.CharField("参加单位", max_length=500, blank=True)
    opinion = models.CharField("论证意见", max_length=1000, blank=True)
    argument_paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, related_name="+", verbose_name="论证材料"
    )
    outcome = models.CharField("判断结论", max_length=12, choices=Outcome, blank=True)
    reason = models.CharField("判断理由", max_length=500, blank=True)
    decided_on = models.DateField("判断日期", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="判断人")
    decision_paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, related_name="+", verbose_name="判断依据"
    )
    scheme = models.CharField("一致性处理方案", max_length=12, choices=Scheme, blank=True)
    scheme_due_on = models.DateField("方案计划报批日期", null=True)
    scheme_on = models.DateField("方案办理日期", null=True)
    scheme_no = models.CharField("方案文号", max_length=60, blank=True)
    scheme_paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, related_name="+", verbose_name="方案材料"
    )
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = SitingQuerySet.as_manager()

    class Meta:
        verbose_name = "选址"
        ordering = ("project_id", "round")
        constraints = [
            models.UniqueConstraint(name="siting_round_once", fields=["project", "round"]),
            models.UniqueConstraint(name="siting_one_undecided", fields=["project"], condition=Q(outcome="")),
            models.CheckConstraint(
                name="siting_decided_says_who_when_why",
                condition=Q(outcome="")
                | Q(decided_on__isnull=False, decided_by__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="siting_scheme_belongs_to_consistency",
                condition=Q(outcome="CONSISTENT") & ~Q(scheme="") | ~Q(outcome="CONSISTENT") & Q(scheme=""),
            ),
            models.CheckConstraint(
                name="siting_scheme_answered_has_a_day",
                condition=Q(scheme__in=["", "NEEDED"]) | Q(scheme_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.round} 轮选址 {self.place}"


class ComplianceCheckQuerySet(SharedProjectsQuerySet["ComplianceCheck"]):
    organisation_path = "siting__project__organisation"
    department_path = "siting__project__submitted_by"
    project_path = "siting__project"


@pghistory.track()
class ComplianceCheck(models.Model):
    """What the comparison of a site with one layer found: by hand now, by boundary files later.
    Source: S4-06.
    """

    class Result(models.TextChoices):
        PASSED = "PASSED", "符合"
        CONFLICT = "CONFLICT", "不符合"
        NOT_INVOLVED = "NOT_INVOLVED", "不涉及"
        PENDING = "PENDING", "待核实"

    siting = models.ForeignKey(Siting, models.CASCADE, related_name="checks", verbose_name="选址")
    item = models.ForeignKey(SitingItem, models.PROTECT, related_name="+", verbose_name="比对项")
    code = models.SlugField("代号", max_length=40)
    result = models.CharField("结果", max_length=14, choices=Result)
    note = models.CharField("说明", max_length=300, blank=True)
    checked_on = models.DateField("比对日期")
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="比对人")
    evidence = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="佐证材料")

    objects = ComplianceCheckQuerySet.as_manager()

    class Meta:
        verbose_name = "合规比对"
        ordering = ("siting_id", "item__position")
        constraints = [
            models.UniqueConstraint(name="compliance_check_once_per_item", fields=["siting", "code"]),
            models.CheckConstraint(
                name="compliance_conflict_is_explained", condition=~Q(result="CONFLICT") | ~Q(note="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.get_result_display()}"


class LadderAnswerQuerySet(SharedProjectsQuerySet["LadderAnswer"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class LadderAnswer(models.Model):
    """The answer to one rung of the order before new land, with its evidence. Source: S4-08."""

    class Answer(models.TextChoices):
        MET = "MET", "能满足"
        PARTLY = "PARTLY", "部分满足"
        UNMET = "UNMET", "不能满足"

    project = models.ForeignKey(Project, models.PROTECT, related_name="ladder", verbose_name="项目")
    item = models.ForeignKey(SitingItem, models.PROTECT, related_name="+", verbose_name="次序")
    code = models.SlugField("代号", max_length=40)
    answer = models.CharField("结论", max_length=8, choices=Answer)
    met_m2 = models.BigIntegerField("可满足面积", null=True)
    reason = models.CharField("说明", max_length=500)
    evidence = models.ForeignKey(Paper, models.PROTECT, related_name="+", verbose_name="佐证材料")
    answered_on = models.DateField("核实日期")
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="核实人")

    objects = LadderAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "新增用地前的核实"
        ordering = ("project_id", "item__position")
        constraints = [
            models.UniqueConstraint(name="ladder_answer_once_per_rung", fields=["project", "code"]),
            models.CheckConstraint(name="ladder_answer_is_explained", condition=~Q(reason="")),
            models.CheckConstraint(
                name="ladder_partly_says_how_much",
                condition=Q(answer="PARTLY", met_m2__gt=0) | ~Q(answer="PARTLY") & Q(met_m2__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.get_answer_display()}"


class PlanningMarkQuerySet(SharedProjectsQuerySet["PlanningMark"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class PlanningMark(models.Model):
    """That a project stands in the spatial plan's list or on the 一张图, with evidence: what its
    application later leans on. Source: S1-16.
    """

    class Kind(models.TextChoices):
        LIBRARY = "LIBRARY", "规划入库"
        ONE_MAP = "ONE_MAP", "一张图标识"

    project = models.ForeignKey(Project, models.PROTECT, related_name="planning_marks", verbose_name="项目")
    kind = models.CharField("标识", max_length=8, choices=Kind)
    name_in_plan = models.CharField("规划中的名称或图层", max_length=200, blank=True)
    marked_on = models.DateField("入库或标识日期")
    evidence = models.ForeignKey(Paper, models.PROTECT, related_name="+", verbose_name="佐证材料")
    marked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")

    objects = PlanningMarkQuerySet.as_manager()

    class Meta:
        verbose_name = "规划标识"
        ordering = ("project_id", "kind")
        constraints = [models.UniqueConstraint(name="planning_mark_once", fields=["project", "kind"])]

    def __str__(self) -> str:
        return self.get_kind_display()


class StandardLandQuerySet(SharedProjectsQuerySet["StandardLand"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class StandardLand(models.Model):
    """Whether a project's land is supplied as 标准地, and why not where the rule asks for it.
    Source: S2-10.
    """

    project = models.OneToOneField(Project, models.PROTECT, related_name="standard_land", verbose_name="项目")
    is_standard = models.BooleanField("按标准地供应")
    reason = models.CharField("说明", max_length=300, blank=True)
    stated_on = models.DateField("认定日期")
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="认定人")

    objects = StandardLandQuerySet.as_manager()

    class Meta:
        verbose_name = "标准地"
        constraints = [
            models.CheckConstraint(
                name="standard_land_otherwise_has_a_reason", condition=Q(is_standard=True) | ~Q(reason="")
            )
        ]

    def __str__(self) -> str:
        return "标准地" if self.is_standard else "非标准地"


class PriorityFieldQuerySet(SharedProjectsQuerySet["PriorityField"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class PriorityField(models.Model):
    """A priority field that a project belongs to; its weight is the item's. Source: S2-11."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="priority_fields", verbose_name="项目")
    item = models.ForeignKey(SitingItem, models.PROTECT, related_name="+", verbose_name="优先领域")
    code = models.SlugField("代号", max_length=40)

    objects = PriorityFieldQuerySet.as_manager()

    class Meta:
        verbose_name = "项目优先领域"
        ordering = ("project_id", "item__position")
        constraints = [models.UniqueConstraint(name="priority_field_once", fields=["project", "code"])]

    def __str__(self) -> str:
        return str(self.item)


class AreaAdjustmentQuerySet(SharedProjectsQuerySet["AreaAdjustment"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


@pghistory.track()
class AreaAdjustment(models.Model):
    """A case to move a restricted area's boundary for a project of the five-year plan.
    Source: S4-13.
    """

    class Kind(models.TextChoices):
        ECO_REDLINE = "ECO_REDLINE", "生态保护红线"
        RESERVE = "RESERVE", "自然保护地"
        SCENIC = "SCENIC", "风景名胜区"
        PBF = "PBF", "永久基本农田"
        UGB = "UGB", "城镇开发边界"

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "已提出"
        REPORTED = "REPORTED", "已上报"
        APPROVED = "APPROVED", "已批准"
        REFUSED = "REFUSED", "未获批准"

    project = models.ForeignKey(Project, models.PROTECT, related_name="adjustments", verbose_name="项目")
    kind = models.CharField("限制区", max_length=12, choices=Kind)
    area_m2 = models.BigIntegerField("拟调整面积", null=True)
    entered = models.JSONField("录入原值", default=dict)
    need = models.CharField("调整需求", max_length=500)
    state = models.CharField("进度", max_length=10, choices=State, default=State.PROPOSED)
    state_on = models.DateField("进度日期")
    doc_no = models.CharField("文号", max_length=60, blank=True)
    answer = models.CharField("办理意见", max_length=300, blank=True)
    evidence = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="佐证材料")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = AreaAdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = "限制区优化调整"
        ordering = ("project_id", "id")
        constraints = [
            models.CheckConstraint(name="area_adjustment_says_what_for", condition=~Q(need="")),
            models.CheckConstraint(
                name="area_adjustment_refusal_is_explained",
                condition=~Q(state="REFUSED") | ~Q(answer=""),
            ),
            models.UniqueConstraint(
                name="area_adjustment_one_open_per_area",
                fields=["project", "kind"],
                condition=Q(state__in=["PROPOSED", "REPORTED"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}优化调整"
