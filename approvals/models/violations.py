"""Cases of unlawful land use (违法用地)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from projects.models import Project


class ViolationCaseQuerySet(ScopedQuerySet["ViolationCase"]):
    organisation_path = "organisation"

    def open(self) -> ViolationCaseQuerySet:
        """What still stands in a project's way: found, filed or decided, and not closed."""
        return self.filter(state__in=ViolationCase.OPEN_STATES)


@pghistory.track()
class ViolationCase(models.Model):
    """One case from its finding to its end; an open one keeps its project's gate closed.

    Areas in m², money in yuan. Source: mechanisms S3-23.
    """

    class State(models.TextChoices):
        FOUND = "FOUND", "发现"
        FILED = "FILED", "立案"
        DECIDED = "DECIDED", "已处罚"
        CLOSED = "CLOSED", "结案"
        DISMISSED = "DISMISSED", "不予立案"

    class Matter(models.TextChoices):
        LAND = "LAND", "违法用地"
        MINING = "MINING", "违法采矿"

    OPEN_STATES = ("FOUND", "FILED", "DECIDED")

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="violation_cases", verbose_name="县市"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, related_name="violation_cases", verbose_name="项目"
    )
    matter = models.CharField("类型", max_length=8, choices=Matter, default=Matter.LAND)
    place = models.CharField("位置", max_length=200)
    facts = models.CharField("违法事实", max_length=500)
    area_m2 = models.BigIntegerField("涉及面积", null=True)
    arable_m2 = models.BigIntegerField("其中耕地", null=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.FOUND)
    found_on = models.DateField("发现日期")
    filed_on = models.DateField("立案日期", null=True)
    case_no = models.CharField("案号", max_length=100, blank=True)
    decided_on = models.DateField("处罚决定日期", null=True)
    decision_no = models.CharField("处罚决定文号", max_length=100, blank=True)
    fine_yuan = models.BigIntegerField("罚款", null=True)
    recovered_m2 = models.BigIntegerField("收回面积", null=True)
    closed_on = models.DateField("结案日期", null=True)
    closing_reason = models.CharField("结案（不予立案）理由", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = ViolationCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "违法用地案件"
        ordering = ("-found_on", "-id")
        indexes = [
            models.Index(name="violation_by_finding", fields=["-found_on", "-id"]),
            models.Index(
                name="violation_open_of_project",
                fields=["project"],
                condition=Q(state__in=("FOUND", "FILED", "DECIDED")),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="violation_filed_has_a_number",
                condition=~Q(state__in=["FILED", "DECIDED"]) | (Q(filed_on__isnull=False) & ~Q(case_no="")),
            ),
            models.CheckConstraint(
                name="violation_decided_has_a_number",
                condition=~Q(state="DECIDED") | (Q(decided_on__isnull=False) & ~Q(decision_no="")),
            ),
            models.CheckConstraint(
                name="violation_ends_with_a_reason",
                condition=~Q(state__in=["CLOSED", "DISMISSED"])
                | (Q(closed_on__isnull=False, closed_on__gte=F("found_on")) & ~Q(closing_reason="")),
            ),
            models.CheckConstraint(
                name="violation_not_negative",
                condition=(Q(area_m2__isnull=True) | Q(area_m2__gte=0))
                & (Q(fine_yuan__isnull=True) | Q(fine_yuan__gte=0))
                & (Q(recovered_m2__isnull=True) | Q(recovered_m2__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return self.case_no or f"{self.found_on} {self.place}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def words(self) -> str:
        """违法用地案件（案号）立案 2026-10-08."""
        number = f"（{self.case_no}）" if self.case_no else ""
        return f"{self.get_matter_display()}案件{number}{self.get_state_display()}，{self.found_on} 发现"
