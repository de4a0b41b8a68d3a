"""The step catalogue as dated rows."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from deadlines.models import LineKind, LineUnit


class StepTypeQuerySet(models.QuerySet["StepType"]):
    def in_force(self, on: object) -> StepTypeQuerySet:
        """The version of each code that applies on a day."""
        return self.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on
        ).order_by("position")


@pghistory.track()
class StepType(models.Model):
    """One step of the procedure as the law has it from `effective_from` up to, not including,
    `effective_to`. A running step keeps the version it started under. Public reference data.

    `predecessors` is a list of {"any_of": [codes], "relation": "finish_to_start"|"start_to_start",
    "is_conditional": bool}: every entry must hold, codes inside one are alternatives, and a
    conditional entry holds when the step is not involved. `tracks` maps each track to applies |
    not_involved | after_B01 | if_conversion | if_involved | by_supply_mode.
    """

    code = models.CharField("代码", max_length=10)
    name = models.CharField("名称", max_length=100)
    short = models.CharField("简称", max_length=40)
    phase = models.CharField("阶段", max_length=20)
    stage = models.CharField("环节", max_length=20)
    position = models.PositiveSmallIntegerField("顺序")
    actor = models.CharField("办理单位", max_length=200, blank=True)
    applicant = models.CharField("申请单位", max_length=200, blank=True)
    holder_kind = models.CharField("责任单位规则", max_length=40, blank=True)
    condition = models.CharField("适用条件", max_length=300, blank=True)
    note = models.TextField("说明", blank=True)
    predecessors = models.JSONField("前置步骤", default=list)
    tracks = models.JSONField("轨道", default=dict)
    materials = models.JSONField("材料", default=list)
    outputs = models.JSONField("成果", default=list)
    fields = models.JSONField("登记字段", default=list)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)
    revision_note = models.CharField("修订说明", max_length=300, blank=True)

    objects = StepTypeQuerySet.as_manager()

    class Meta:
        verbose_name = "步骤类型"
        ordering = ("position", "-effective_from")
        constraints = [
            models.UniqueConstraint(name="step_type_version_once", fields=["code", "effective_from"]),
            models.UniqueConstraint(
                name="step_type_one_open_version", fields=["code"], condition=Q(effective_to__isnull=True)
            ),
            models.CheckConstraint(
                name="step_type_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


# The marks of the step catalogue's sources.
EVIDENCE_WORDS = {"[S]": "方案原文", "[L]": "法条已核对", "[F]": "公开资料", "[K]": "未核实"}


class StepLimit(models.Model):
    """One time limit of a step type, with its source. Public reference data.

    Several statutory limits of one kind are alternatives told apart by `basis`; the officer
    chooses at acceptance (报告书 60 日 or 报告表 30 日). `value` is null where the law gives none.
    `round` limits it to the n-th round of the step and those after it, until a higher one is
    given (初审, 复审); null is every round that has no limit of its own.
    `excluded` lists the labels of pause kinds that stop the committed line of this step.
    `goes_with` names, by its basis, the limit with which this one comes: a validity that only one
    of several ways of handling gives (核准文件), or what is owed once another has run out (复垦).
    """

    class LineName(models.TextChoices):
        COMMITTED = "committed", "承诺"
        STATUTORY = "statutory", "法定"

    step_type = models.ForeignKey(StepType, models.CASCADE, related_name="limits")
    line = models.CharField("线", max_length=10, choices=LineName)
    round = models.PositiveSmallIntegerField("轮次", null=True, blank=True)
    value = models.PositiveSmallIntegerField("时限", null=True, blank=True)
    unit = models.CharField("单位", max_length=8, choices=LineUnit, blank=True)
    kind = models.CharField("性质", max_length=16, choices=LineKind)
    extension = models.PositiveSmallIntegerField("可延长", null=True, blank=True)
    basis = models.CharField("依据", max_length=300)
    evidence = models.CharField("核实程度", max_length=60, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    is_reference = models.BooleanField("仅作参考线", default=False)
    excluded = models.JSONField("不计入的时间", default=list)
    goes_with = models.CharField("仅随", max_length=300, blank=True, default="")
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = "步骤时限"
        ordering = ("step_type_id", "line", "position")

    def __str__(self) -> str:
        return f"{self.get_line_display()} {self.value} {self.get_unit_display()}"

    @property
    def evidence_label(self) -> str:
        """How well the source was checked, in words for the marks of the catalogue: 法条已核对、未核实."""
        words = self.evidence
        for mark, meaning in EVIDENCE_WORDS.items():
            words = words.replace(mark, meaning)
        return words.replace("+", "、")
