"""Forms of the gates: a proof, a release by document, a version of a rule, a target; and of cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Organisation, User
from approvals import rules
from approvals.models import GateStatement, ViolationCase
from approvals.services.gates import GateValues, Release, Target
from approvals.services.violations import Finding, Penalty
from core.units import AreaUnit, from_m2, to_m2
from papers.inspection import FORMAT_NAMES, FORMATS
from papers.models import Paper
from papers.services import Upload
from projects.models import Project
from projects.selectors.lists import reporting_units
from projects.services.evidence import Proof
from ui.forms import OfficeForm

METHODS = ("土地整治项目补充", "储备库指标挂钩", "调剂（购买）指标", "自行垦造")


def hectares(label: str, *, required: bool = False, **more: Any) -> forms.DecimalField:
    """An area as offices type it; read with `square_metres`."""
    return forms.DecimalField(
        label=f"{label}（公顷）",
        required=required,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=4,
        **more,
    )


def square_metres(value: Decimal | None) -> int | None:
    """Whole m²; an empty field stays unknown."""
    return None if value is None else to_m2(value, AreaUnit.HA)


def yuan(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=f"{label}（元）", required=False, min_value=0, max_value=10**15)


class ProvenForm(OfficeForm):
    """A form that may carry a paper: one of the dossier, or a file handed in with it."""

    paper = forms.ChoiceField(label="佐证：已有附件", required=False)
    file = forms.FileField(
        label="佐证：上传文件",
        required=False,
        help_text=f"可上传 {FORMAT_NAMES}；与已有附件二选一，上传的优先。",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(FORMATS)}),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, papers: Sequence[Paper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["paper"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "不选"), *((str(row.pk), row.title) for row in papers)]

    def proof(self) -> Proof:
        file, paper = self.cleaned_data.get("file"), self.cleaned_data.get("paper")
        return Proof(
            paper_id=int(paper) if paper else None,
            upload=Upload(file.name, file.read()) if file else None,
        )


# What each gate asks besides number, authority and day.
GATE_FIELDS: dict[rules.Gate, tuple[str, ...]] = {
    rules.Gate.SUPPLEMENT: (
        "method",
        "source_projects",
        "is_map_marked",
        "area_ha",
        "due_yuan",
        "paid_yuan",
    ),
    rules.Gate.FARMLAND: ("area_ha",),
    rules.Gate.RED_LINE: ("area_ha",),
    rules.Gate.PRE_DEPOSIT: ("due_yuan", "paid_yuan"),
    rules.Gate.FOREST: ("area_ha",),
    rules.Gate.PLAN_QUOTA: ("area_ha",),
}
_ASKED = ("method", "source_projects", "is_map_marked", "area_ha", "due_yuan", "paid_yuan")
_LABELS = {
    (rules.Gate.SUPPLEMENT, "area_ha"): "台账外落实的补充耕地（公顷）",
    (rules.Gate.SUPPLEMENT, "due_yuan"): "耕地开垦费应缴（元）",
    (rules.Gate.SUPPLEMENT, "paid_yuan"): "耕地开垦费已缴（元）",
    (rules.Gate.PRE_DEPOSIT, "due_yuan"): "补偿和社保费用应存（元）",
    (rules.Gate.PRE_DEPOSIT, "paid_yuan"): "补偿和社保费用已存（元）",
    (rules.Gate.PLAN_QUOTA, "area_ha"): "台账外落实的计划指标（公顷）",
}


class StatementForm(ProvenForm):
    """What is stated for one gate, with the document that proves it."""

    method = forms.ChoiceField(
        label="补充方式", choices=[("", "请选择"), *((m, m) for m in METHODS)], required=False
    )
    source_projects = forms.CharField(label="整理项目名称", max_length=300, required=False)
    is_map_marked = forms.BooleanField(label="已在现状图标明补充耕地的范围和地块", required=False)
    area_ha = hectares("批准（落实）面积")
    due_yuan = yuan("应缴")
    paid_yuan = yuan("已缴")
    doc_no = forms.CharField(label="文号（凭证号）", max_length=100)
    authority = forms.CharField(label="出具机关", max_length=100)
    dated_on = forms.DateField(label="日期")

    field_order = (*_ASKED, "doc_no", "authority", "dated_on", "paper", "file")

    def __init__(self, *args: Any, gate: rules.Gate, before: GateStatement | None, **kwargs: Any) -> None:
        if before is not None:
            kwargs["initial"] = {
                name: getattr(before, name)
                for name in (*_ASKED, "doc_no", "authority", "dated_on")
                if name != "area_ha"
            } | {"area_ha": from_m2(before.area_m2, AreaUnit.HA) if before.area_m2 is not None else None}
        super().__init__(*args, **kwargs)
        for name in _ASKED:
            if name not in GATE_FIELDS[gate]:
                del self.fields[name]
            elif (gate, name) in _LABELS:
                self.fields[name].label = _LABELS[gate, name]

    def stated(self) -> rules.Statement:
        data = self.cleaned_data
        return rules.Statement(
            doc_no=data["doc_no"],
            authority=data["authority"],
            dated_on=data["dated_on"],
            area_m2=square_metres(data.get("area_ha")),
            method=data.get("method", ""),
            source_projects=data.get("source_projects", ""),
            is_map_marked=data.get("is_map_marked", False),
            due_yuan=data.get("due_yuan"),
            paid_yuan=data.get("paid_yuan"),
        )


class OverrideForm(ProvenForm):
    """The document of the government by which a step passes."""

    gates = forms.MultipleChoiceField(label="放行的闸门", widget=forms.CheckboxSelectMultiple)
    doc_no = forms.CharField(
        label="政府文件文号", max_length=100, help_text="机关代字〔年份〕号，如“黔南府函〔2026〕3号”。"
    )
    authority = forms.CharField(label="发文机关", max_length=100)
    dated_on = forms.DateField(label="成文日期")
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    field_order = ("gates", "doc_no", "authority", "dated_on", "reason", "paper", "file")

    def __init__(self, *args: Any, closed: Sequence[rules.GateReading], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["gates"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(reading.gate.value, reading.gate.label) for reading in closed]

    def release(self) -> Release:
        data = self.cleaned_data
        return Release(data["doc_no"], data["authority"], data["dated_on"], data["reason"])


class GateRuleForm(OfficeForm):
    """A new version of a gate."""

    effective_from = forms.DateField(label="生效日期")
    step_codes = forms.CharField(
        label="把守的步骤代码",
        required=False,
        max_length=200,
        help_text="用顿号分开，如 B02、X01；留空即停用这道闸门。",
    )
    clause = forms.CharField(label="依据条款", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    contact = forms.CharField(label="联系何处", max_length=200, required=False)
    least_percent = forms.IntegerField(label="最低比例（%）", min_value=1, max_value=100)
    closes_when_unknown = forms.BooleanField(label="面积未登记时不放行", required=False)
    note = forms.CharField(label="修订说明", max_length=300)

    def values(self) -> GateValues:
        data = self.cleaned_data
        codes = data["step_codes"].replace(",", "、").replace("，", "、").split("、")
        return GateValues(
            step_codes=tuple(code.strip() for code in codes if code.strip()),
            clause=data["clause"],
            contact=data["contact"],
            least_percent=data["least_percent"],
            closes_when_unknown=data["closes_when_unknown"],
            note=data["note"],
        )


class TargetForm(OfficeForm):
    """What a unit must keep from a day on."""

    organisation = forms.ModelChoiceField(
        label="县市", queryset=Organisation.objects.none(), to_field_name="code"
    )
    effective_from = forms.DateField(label="生效日期")
    arable_target = hectares("耕地保有量目标", required=True)
    arable_held = hectares("现有耕地", required=True)
    basic_target = hectares("永久基本农田保护目标", required=True)
    basic_held = hectares("现有永久基本农田", required=True)
    basis = forms.CharField(label="依据", max_length=200)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = [unit.pk for unit in reporting_units(actor=actor)]
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Organisation.objects.filter(pk__in=units).order_by("code")

    def target(self) -> Target:
        data = self.cleaned_data
        names = ("arable_target", "arable_held", "basic_target", "basic_held")
        return Target(**{f"{name}_m2": to_m2(data[name], AreaUnit.HA) for name in names})


class FindingForm(OfficeForm):
    """A case as it was found."""

    project_code = forms.CharField(
        label="项目编号或代码", max_length=60, required=False, help_text="涉及项目库内项目的，填编号或代码。"
    )
    organisation = forms.ModelChoiceField(
        label="县市",
        queryset=Organisation.objects.none(),
        to_field_name="code",
        required=False,
        help_text="填了项目的，以项目所在县市为准。",
    )
    matter = forms.ChoiceField(label="类型", choices=ViolationCase.Matter.choices)
    place = forms.CharField(label="位置", max_length=200)
    facts = forms.CharField(label="违法事实", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    area_ha = hectares("涉及面积")
    arable_ha = hectares("其中耕地")
    found_on = forms.DateField(label="发现日期")

    def __init__(self, *args: Any, actor: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        units = [unit.pk for unit in reporting_units(actor=actor)]
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Organisation.objects.filter(pk__in=units).order_by("code")
        self.fields["found_on"].initial = today

    def clean_project_code(self) -> Project | None:
        """The project of that number or code among those that the actor sees."""
        code = str(self.cleaned_data["project_code"]).strip()
        if not code:
            return None
        rows = Project.objects.visible_to(self.actor)
        found: Project | None = rows.filter(number=code).first() or rows.filter(code=code).first()
        if found is None:
            raise forms.ValidationError("项目库里没有这个编号或代码；请核对，或留空只填县市。")
        return found

    def finding(self) -> Finding:
        data = self.cleaned_data
        project = data["project_code"]
        return Finding(
            place=data["place"],
            facts=data["facts"],
            found_on=data["found_on"],
            matter=data["matter"],
            area_m2=square_metres(data["area_ha"]),
            arable_m2=square_metres(data["arable_ha"]),
            project_id=project.pk if project else None,
        )


class FileCaseForm(OfficeForm):
    filed_on = forms.DateField(label="立案日期")
    case_no = forms.CharField(label="案号", max_length=100)


class DecideCaseForm(OfficeForm):
    decided_on = forms.DateField(label="处罚决定日期")
    decision_no = forms.CharField(label="处罚决定文号", max_length=100)
    fine_yuan = yuan("罚款")
    recovered_ha = hectares("收回面积")

    def penalty(self) -> Penalty:
        data = self.cleaned_data
        return Penalty(
            data["decided_on"], data["decision_no"], data["fine_yuan"], square_metres(data["recovered_ha"])
        )


class CloseCaseForm(OfficeForm):
    closed_on = forms.DateField(label="结案日期")
    reason = forms.CharField(
        label="理由（整改、处罚到位情况）", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
