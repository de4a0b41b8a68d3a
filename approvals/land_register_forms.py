"""Forms and filters of the units' registers."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from accounts.models import Organisation, User
from approvals.document_filters import UnitFilterSet
from approvals.gate_forms import hectares, square_metres, yuan
from approvals.models import FieldImprovement, LandPatrol, ReserveLand, ThreeBatchEntry
from approvals.services.land_registers import (
    AnyFacts,
    BatchFacts,
    ImprovementFacts,
    PatrolFacts,
    ReserveFacts,
)
from core.units import AreaUnit, from_m2
from duties.models import ProblemKind
from duties.selectors import kinds_in_force
from projects.models import Project
from projects.selectors.lists import reporting_units
from quotas.models import Consolidation
from ui.forms import OfficeForm

_WORDS = forms.TextInput(attrs={"placeholder": "名称 / 位置 / 项目", "maxlength": 60})
_YEARS = {"min_value": 2000, "max_value": 2100}


class EntryForm(OfficeForm):
    """A line of a register. `entry` is what is put right, None for a new one."""

    note = forms.CharField(label="说明", max_length=300, required=False)

    areas: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, actor: User, today: date, entry: Any = None, **kwargs: Any) -> None:
        if entry is not None:
            kwargs.setdefault("initial", self.first_values(entry))
        super().__init__(*args, **kwargs)
        self.actor, self.today = actor, today
        if "organisation" in self.fields:
            units = [unit.pk for unit in reporting_units(actor=actor)]
            rows = Organisation.objects.filter(pk__in=units).order_by("code")
            self.fields["organisation"].queryset = rows  # type: ignore[attr-defined]

    def first_values(self, entry: Any) -> dict[str, Any]:
        """What stands in the fields of an existing line."""
        found = {}
        for name in self.base_fields:
            if name in self.areas:
                area = getattr(entry, f"{name.removesuffix('_ha')}_m2")
                found[name] = None if area is None else from_m2(area, AreaUnit.HA)
            elif hasattr(entry, name):
                found[name] = getattr(entry, name)
        if entry.organisation_id:
            found["organisation"] = entry.organisation.code
        return found

    def facts(self) -> AnyFacts:
        raise NotImplementedError

    def words(self) -> dict[str, Any]:
        """The cleaned values by the names of the facts: areas in m², money never unknown."""
        found = {}
        for name, value in self.cleaned_data.items():
            if name in self.areas:
                found[f"{name.removesuffix('_ha')}_m2"] = square_metres(value)
            else:
                found[name] = (value or 0) if name.endswith("_yuan") else value
        return found


def _unit() -> Any:
    return forms.ModelChoiceField(label="县市", queryset=Organisation.objects.none(), to_field_name="code")


def _long(label: str, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 3}), **more)


class BatchForm(EntryForm):
    project_code = forms.CharField(label="项目编号或代码", max_length=60)
    batch = forms.ChoiceField(label="批次", choices=ThreeBatchEntry.Batch.choices)
    year = forms.IntegerField(label="年度", **_YEARS)  # type: ignore[arg-type]
    goal = forms.CharField(label="目标", max_length=200, help_text="一句话写明，如：11月底前取得用地批复。")
    target_on = forms.DateField(label="目标日期")
    progress = _long("进展", 500, required=False)
    done_on = forms.DateField(label="完成日期", required=False)

    field_order = ("project_code", "batch", "year", "goal", "target_on", "progress", "done_on", "note")

    def first_values(self, entry: Any) -> dict[str, Any]:
        return {**super().first_values(entry), "project_code": entry.project.number or entry.project.code}

    def clean_project_code(self) -> Project:
        """The project of that number or code among those that the actor sees."""
        code = str(self.cleaned_data["project_code"]).strip()
        rows = Project.objects.visible_to(self.actor).select_related("organisation")
        found: Project | None = rows.filter(Q(number=code) | Q(code=code)).order_by("-number").first()
        if found is None:
            raise forms.ValidationError("项目库里没有这个编号或代码；请核对。")
        return found

    def facts(self) -> BatchFacts:
        words = self.words()
        return BatchFacts(project=words.pop("project_code"), **words)


class ImprovementForm(EntryForm):
    organisation = _unit()
    name = forms.CharField(label="项目名称", max_length=200)
    department = forms.ChoiceField(label="实施部门", choices=FieldImprovement.Department.choices)
    year = forms.IntegerField(label="年度", **_YEARS)  # type: ignore[arg-type]
    stage = forms.ChoiceField(label="阶段", choices=FieldImprovement.Stage.choices)
    area_ha = hectares("改造面积", required=True)
    new_arable_ha = hectares("新增耕地")
    funds_yuan = yuan("投资")
    started_on = forms.DateField(label="开工日期", required=False)
    accepted_on = forms.DateField(label="验收日期", required=False)
    consolidation = forms.ModelChoiceField(
        label="土地整治项目",
        queryset=Consolidation.objects.none(),
        required=False,
        help_text="新增耕地进入补充耕地储备的，选对应的整治项目。",
    )

    areas = ("area_ha", "new_arable_ha")
    field_order = ("organisation", "name", "department", "year", "stage", "area_ha", "new_arable_ha")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Consolidation.objects.visible_to(self.actor).order_by("name")
        self.fields["consolidation"].queryset = rows  # type: ignore[attr-defined]

    def facts(self) -> ImprovementFacts:
        words = self.words()
        return ImprovementFacts(**{**words, "new_arable_m2": words["new_arable_m2"] or 0})


class ReserveForm(EntryForm):
    organisation = _unit()
    name = forms.CharField(label="地块", max_length=200)
    place = forms.CharField(label="位置", max_length=200)
    area_ha = hectares("面积", required=True)
    cost_yuan = yuan("前期开发费用")
    works = _long("开发内容", 500, help_text="如：场地平整、道路、给排水、供电。")
    started_on = forms.DateField(label="开工日期")
    finished_on = forms.DateField(label="完工日期", required=False)
    supplied_on = forms.DateField(label="供应日期", required=False)
    supplied_ha = hectares("供应面积")
    outcome = forms.CharField(
        label="供应结果", max_length=200, required=False, help_text="如：挂牌出让，受让人。"
    )

    areas = ("area_ha", "supplied_ha")
    field_order = ("organisation", "name", "place", "area_ha", "cost_yuan", "works", "started_on")

    def facts(self) -> ReserveFacts:
        return ReserveFacts(**self.words())


class PatrolForm(EntryForm):
    organisation = _unit()
    level = forms.ChoiceField(label="层级", choices=LandPatrol.Level.choices)
    way = forms.ChoiceField(label="方式", choices=LandPatrol.Way.choices)
    patrolled_on = forms.DateField(label="日期")
    people = forms.CharField(label="巡查人（信息员）", max_length=100)
    place = forms.CharField(label="位置", max_length=200)
    facts_text = _long("情况", 500)
    is_suspicious = forms.BooleanField(label="发现疑似问题", required=False)

    field_order = ("organisation", "level", "way", "patrolled_on", "people", "place", "facts_text")

    def first_values(self, entry: Any) -> dict[str, Any]:
        return {**super().first_values(entry), "facts_text": entry.facts}

    def facts(self) -> PatrolFacts:
        words = self.words()
        return PatrolFacts(facts=words.pop("facts_text"), **words)


class ProblemKindForm(OfficeForm):
    """To which office a finding goes."""

    kind = forms.ModelChoiceField(label="问题类别", queryset=ProblemKind.objects.none(), to_field_name="code")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ProblemKind.objects.filter(pk__in=[kind.pk for kind in kinds_in_force(today)])
        self.fields["kind"].queryset = rows  # type: ignore[attr-defined]


class EntryFilterSet(UnitFilterSet):
    """Parameters: q, unit, and what each register adds."""

    words: ClassVar[tuple[str, ...]] = ("name",)

    q = django_filters.CharFilter(label="关键词", method="by_words", widget=_WORDS)
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="organisation__code", choices=(), empty_label="全部"
    )

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        for word in value.split()[:5]:
            found = Q()
            for column in self.words:
                found |= Q(**{f"{column}__icontains": word})
            rows = rows.filter(found)
        return rows


class BatchFilterSet(EntryFilterSet):
    """Parameters: q, unit, batch, year, state (open, done, late)."""

    words = ("project__search_text", "goal")

    batch = django_filters.ChoiceFilter(
        label="批次", choices=ThreeBatchEntry.Batch.choices, empty_label="全部"
    )
    year = django_filters.NumberFilter(label="年度", **_YEARS)
    state = django_filters.ChoiceFilter(
        label="状态",
        method="by_state",
        choices=[("open", "未完成"), ("done", "已完成")],
        empty_label="全部",
    )

    class Meta:
        model = ThreeBatchEntry
        fields: ClassVar[list[str]] = []

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(done_on__isnull=value == "open")


class ImprovementFilterSet(EntryFilterSet):
    """Parameters: q, unit, department, stage, year."""

    department = django_filters.ChoiceFilter(
        label="实施部门", choices=FieldImprovement.Department.choices, empty_label="全部"
    )
    stage = django_filters.ChoiceFilter(
        label="阶段", choices=FieldImprovement.Stage.choices, empty_label="全部"
    )
    year = django_filters.NumberFilter(label="年度", **_YEARS)

    class Meta:
        model = FieldImprovement
        fields: ClassVar[list[str]] = []


class ReserveFilterSet(EntryFilterSet):
    """Parameters: q, unit, state (building, finished, supplied)."""

    words = ("name", "place", "outcome")

    state = django_filters.ChoiceFilter(
        label="状态",
        method="by_state",
        choices=[("building", "开发中"), ("finished", "已完工待供应"), ("supplied", "已供应")],
        empty_label="全部",
    )

    class Meta:
        model = ReserveLand
        fields: ClassVar[list[str]] = []

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "supplied":
            return rows.filter(supplied_on__isnull=False)
        return rows.filter(supplied_on__isnull=True, finished_on__isnull=value == "building")


class PatrolFilterSet(EntryFilterSet):
    """Parameters: q, unit, level, way, year, state (waiting, passed)."""

    words = ("place", "people", "facts")

    level = django_filters.ChoiceFilter(label="层级", choices=LandPatrol.Level.choices, empty_label="全部")
    way = django_filters.ChoiceFilter(label="方式", choices=LandPatrol.Way.choices, empty_label="全部")
    year = django_filters.NumberFilter(label="年度", field_name="patrolled_on__year", **_YEARS)
    state = django_filters.ChoiceFilter(
        label="疑似问题",
        method="by_state",
        choices=[("waiting", "发现未转办"), ("passed", "已转办")],
        empty_label="不限",
    )

    class Meta:
        model = LandPatrol
        fields: ClassVar[list[str]] = []

    def by_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        nobody = Q(case__isnull=True, problem__isnull=True)
        return rows.filter(nobody if value == "waiting" else ~nobody, is_suspicious=True)
