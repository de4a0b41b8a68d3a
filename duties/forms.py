"""Forms of problems and tasks: is the input well-formed?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import Organisation, User
from core.units import AreaUnit, to_m2
from duties import selectors
from duties.models import Problem, ProblemKind, Task
from duties.services.problems import ProblemDraft
from duties.services.tasks import Evidence, TaskDraft
from papers.forms import SECRECY_NOTICE
from papers.inspection import FORMAT_NAMES, FORMATS
from papers.services import Upload
from projects.models import Project
from ui.forms import OfficeForm


def long_text(label: str, *, rows: int = 4, most: int = 2000, required: bool = True, hint: str = "") -> Any:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=hint,
    )


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A unit by its code, shown by its name."""

    def __init__(self, label: str, **more: Any) -> None:
        more = {"empty_label": "请选择", **more}
        super().__init__(label=label, queryset=Organisation.objects.none(), to_field_name="code", **more)


class UnitsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(label=label, queryset=Organisation.objects.none(), to_field_name="code", **more)


def units_of(actor: User) -> Any:
    """Units that may hold tasks: those in the actor's part of the tree, the governments above left out."""
    above = (Organisation.Kind.PROVINCE, Organisation.Kind.PREFECTURE)
    path = actor.scope.path if actor.scope is not None else "-"
    rows = Organisation.objects.filter(is_active=True, path__startswith=path).exclude(kind__in=above)
    return rows.order_by("path")


class DutyForm(OfficeForm):
    """Knows who fills it in, and when."""

    def __init__(self, *args: Any, actor: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.today = actor, today
        for name, field in self.fields.items():
            if isinstance(field, UnitField | UnitsField):
                field.queryset = units_of(actor)
            if name == "kind" and isinstance(field, forms.ModelChoiceField):
                pks = [kind.pk for kind in selectors.kinds_in_force(today)]
                field.queryset = ProblemKind.objects.filter(pk__in=pks).order_by("pk")


class ProjectFieldMixin(forms.Form):
    """A project by its number or national code."""

    project = forms.CharField(
        label="项目编号", max_length=40, required=False, help_text="不涉及具体项目的不填。"
    )

    def clean_project(self) -> Project | None:
        code = self.cleaned_data["project"].strip()
        if not code:
            return None
        actor: User = self.actor  # type: ignore[attr-defined]  # from DutyForm
        rows = Project.objects.visible_to(actor).select_related("organisation")
        found = rows.filter(Q(number=code) | Q(code=code)).first()
        if found is None:
            raise forms.ValidationError("没有这个编号的项目，或不在您的可见范围内。")
        return found


class EvidenceMixin(forms.Form):
    """A file that proves what is said."""

    file = forms.FileField(
        label="依据材料",
        required=False,
        help_text=f"可上传 {FORMAT_NAMES}。{SECRECY_NOTICE}",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(FORMATS)}),
    )

    def evidence(self) -> Evidence | None:
        file = self.cleaned_data["file"]
        return None if file is None else Evidence(Upload(file.name, file.read()))


class IssueForm(DutyForm, ProjectFieldMixin):
    """One task to be issued."""

    title = forms.CharField(label="任务（措施）", max_length=200)
    requirement = long_text("完成标准", rows=3, hint="写明做到什么程度算完成。")
    holder = UnitField("责任单位")
    co_holders = UnitsField(
        "配合单位", required=False, help_text="可多选。", widget=forms.SelectMultiple(attrs={"size": 6})
    )
    due_on = forms.DateField(label="完成时限")
    leader_name = forms.CharField(label="分管领导", max_length=60, required=False)
    office_name = forms.CharField(label="主办科室", max_length=60, required=False)
    person_name = forms.CharField(label="具体负责人", max_length=60, required=False)

    field_order = (
        *("title", "requirement", "holder", "co_holders", "due_on", "project"),
        *("leader_name", "office_name", "person_name"),
    )

    def draft(self, *, problem: Problem | None = None, parent: Task | None = None) -> TaskDraft:
        data = self.cleaned_data
        project = data.get("project") or (problem.project if problem else None)
        return TaskDraft(
            title=data["title"],
            requirement=data["requirement"],
            holder=data["holder"],
            due_on=data["due_on"],
            co_holders=list(data["co_holders"]),
            project=project or (parent.project if parent else None),
            problem=problem or (parent.problem if parent else None),
            parent=parent,
            leader_name=data["leader_name"],
            office_name=data["office_name"],
            person_name=data["person_name"],
        )


class NothingForm(DutyForm):
    """An act without words."""


class ProgressForm(DutyForm, EvidenceMixin):
    text = long_text("本期进展")
    next_plan = long_text("下步计划", rows=3, most=1000, required=False)

    field_order = ("text", "next_plan", "file")


class ReportForm(DutyForm, EvidenceMixin):
    result = long_text("办理结果", hint="对照完成标准写明结果；附上能证明结果的材料。")

    field_order = ("result", "file")


class PersonForm(DutyForm):
    person = forms.ModelChoiceField(
        User.objects.none(), label="责任人", to_field_name="username", empty_label="请选择"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.actor.organisation
        people = User.objects.filter(is_active=True, organisation__path__startswith=own.path if own else "-")
        self.fields["person"].queryset = people.order_by("username")  # type: ignore[attr-defined]


class NoteForm(DutyForm):
    note = long_text("意见", rows=2, most=300, required=False)


class ReturnTaskForm(DutyForm):
    reason = long_text("退回理由", rows=2, most=300)
    due_on = forms.DateField(label="新的完成时限", required=False, help_text="不填的沿用原时限。")


class ReasonForm(DutyForm):
    reason = long_text("理由", rows=2, most=300)


class RaiseForm(DutyForm, ProjectFieldMixin):
    """A problem to be put on the list."""

    kind = forms.ModelChoiceField(
        ProblemKind.objects.none(), label="问题类别", to_field_name="code", empty_label="请选择"
    )
    title = forms.CharField(label="问题", max_length=200)
    description = long_text("问题描述", rows=5)
    area_ha = forms.DecimalField(
        label="影响面积（公顷）", min_value=0, max_digits=12, decimal_places=4, required=False
    )
    is_general = forms.BooleanField(label="普遍性、政策性问题", required=False)

    field_order = ("kind", "title", "description", "project", "area_ha", "is_general")

    def draft(self) -> ProblemDraft:
        data = self.cleaned_data
        area = data["area_ha"]
        return ProblemDraft(
            kind=data["kind"],
            title=data["title"],
            description=data["description"],
            project=data["project"],
            area_m2=None if area is None else to_m2(area, AreaUnit.HA),
            is_general=data["is_general"],
        )


class ReferForm(DutyForm):
    office = UnitField("转办单位")
    reason = long_text("转办理由", rows=2, most=300)


class OutcomeForm(DutyForm):
    outcome = long_text("办理结果", rows=4, most=300)
