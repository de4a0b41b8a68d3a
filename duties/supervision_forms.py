"""Forms of letters, visits, inspections, letters of responsibility, books and settings."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Organisation, Post
from duties import selectors
from duties.forms import DutyForm, EvidenceMixin, ProjectFieldMixin, UnitField, long_text
from duties.models import DutyLetter, Task, Visit
from duties.services.books import BookFacts
from duties.services.settings import DutyTerms, KindTerms
from duties.services.visits import DutyLetterFacts, FindingFacts, InspectionPlan, VisitFacts
from papers.forms import SECRECY_NOTICE
from papers.services import Upload
from projects.selectors.lists import reporting_units

PICTURES = ".jpg,.jpeg,.png"


class TasksField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.holder.short_name}：{obj.title}（{obj.due_on} 前，{obj.get_state_display()}）"


class UrgeForm(DutyForm):
    """Which tasks are urged, and what is demanded."""

    tasks = TasksField(
        label="督办任务", queryset=Task.objects.none(), widget=forms.SelectMultiple(attrs={"size": 8})
    )
    demand = long_text("督办要求", rows=3, most=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tasks"].queryset = selectors.urgeable(actor=self.actor)  # type: ignore[attr-defined]

    def task_ids(self) -> list[int]:
        return [task.pk for task in self.cleaned_data["tasks"]]


class ReplyForm(DutyForm, EvidenceMixin):
    text = long_text("办理情况", hint="逐项写明办理情况、未按时完成的原因和完成日期。")

    field_order = ("text", "file")


class PostField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


class _WithLeader(DutyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = Post.objects.visible_to(self.actor).filter(duty=Post.Duty.LEADER, is_active=True)
        self.fields["leader"].queryset = posts.select_related("organisation").order_by(  # type: ignore[attr-defined]
            "organisation__path", "pk"
        )


class _WithCounty(DutyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pks = [unit.pk for unit in reporting_units(actor=self.actor)]
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=pks).order_by("path")  # type: ignore[attr-defined]


class VisitForm(_WithLeader, _WithCounty, ProjectFieldMixin):
    kind = forms.ChoiceField(label="方式", choices=Visit.Kind.choices)
    leader = PostField(Post.objects.none(), label="带队领导", empty_label="请选择")
    organisation = UnitField("到访县市")
    visited_on = forms.DateField(label="日期")
    offices = forms.CharField(label="会同处室", max_length=200, required=False)
    topic = forms.CharField(label="事由", max_length=200)
    outcome = long_text("协调结果", rows=3)

    field_order = (
        *("kind", "leader", "organisation", "visited_on", "offices", "topic", "project", "outcome"),
    )

    def facts(self) -> VisitFacts:
        return VisitFacts(**self.cleaned_data)


class PlanForm(_WithLeader):
    title = forms.CharField(label="督导检查", max_length=100)
    team = forms.CharField(label="督导组", max_length=60, help_text="如：第一督导组。")
    leader = PostField(Post.objects.none(), label="组长", empty_label="未定", required=False)
    members = forms.CharField(label="成员", max_length=300, required=False)
    focus = long_text("督导重点", rows=3)
    from_on = forms.DateField(label="开始日期")
    to_on = forms.DateField(label="结束日期")

    def plan(self) -> InspectionPlan:
        return InspectionPlan(**self.cleaned_data)


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several pictures at once."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(PhotosField, self).clean(file, initial) for file in files if file]


class FindingForm(_WithCounty, ProjectFieldMixin):
    organisation = UnitField("所在县市")
    found_on = forms.DateField(label="日期")
    place = forms.CharField(label="地点", max_length=100)
    text = long_text("发现的情况", rows=3)
    demand = forms.CharField(
        label="整改要求", max_length=300, required=False, help_text="填写后即交办所在县市整改。"
    )
    due_on = forms.DateField(label="整改时限", required=False)
    photos = PhotosField(
        label="现场照片或影像",
        required=False,
        widget=ManyFilesInput(attrs={"accept": PICTURES}),
        help_text=f"可多选，格式 jpg、png。{SECRECY_NOTICE}",
    )

    field_order = (*("organisation", "found_on", "place", "project", "text", "demand", "due_on", "photos"),)

    def facts(self) -> FindingFacts:
        data = dict(self.cleaned_data)
        photos = [Upload(file.name, file.read()) for file in data.pop("photos")]
        return FindingFacts(**data, photos=photos)


class SummaryForm(DutyForm):
    summary = long_text("督导小结")


class DutyLetterForm(DutyForm):
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    title = forms.CharField(label="责任书", max_length=100, help_text="如：耕地保护目标责任书。")
    level = forms.ChoiceField(label="层级", choices=DutyLetter.Level.choices)
    party_b = UnitField("乙方单位", required=False, empty_label="不在单位表中", help_text="县市从表中选择。")
    party_b_name = forms.CharField(
        label="乙方名称", max_length=60, required=False, help_text="乡镇等不在单位表中的，填写名称。"
    )
    signer_a = forms.CharField(label="甲方签订人", max_length=60)
    signer_b = forms.CharField(label="乙方签订人", max_length=60)
    signed_on = forms.DateField(label="签订日期")
    file = forms.FileField(
        label="签订件",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=f"签字盖章后的扫描件。{SECRECY_NOTICE}",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("party_b") and not str(data.get("party_b_name", "")).strip():
            self.add_error("party_b_name", "选择乙方单位，或填写乙方名称。")
        return data

    def facts(self, party_a: Organisation) -> DutyLetterFacts:
        data = self.cleaned_data
        unit = data["party_b"]
        return DutyLetterFacts(
            year=data["year"],
            title=data["title"],
            level=data["level"],
            party_a=party_a,
            party_b=unit,
            party_b_name=unit.name if unit else data["party_b_name"],
            signer_a=data["signer_a"],
            signer_b=data["signer_b"],
            signed_on=data["signed_on"],
        )

    def scan(self) -> Upload | None:
        file = self.cleaned_data["file"]
        return None if file is None else Upload(file.name, file.read())


class BookForm(DutyForm):
    title = forms.CharField(label="名称", max_length=100)
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    expected_main = forms.IntegerField(label="应有大项", min_value=1, max_value=2000)
    expected_sub = forms.IntegerField(label="应有小项", min_value=0, max_value=2000)
    file = forms.FileField(
        label="任务分解表",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        help_text="表头须有：编号、任务、责任单位、分管领导、主办科室、具体负责人、完成时限。"
        "大项编号写 3，小项写 3-1。",
    )

    def facts(self) -> BookFacts:
        data = self.cleaned_data
        return BookFacts(data["title"], data["year"], data["expected_main"], data["expected_sub"])

    def upload(self) -> Upload:
        file = self.cleaned_data["file"]
        return Upload(file.name, file.read())


class KindForm(DutyForm):
    label = forms.CharField(label="问题类别", max_length=40)
    matters = forms.CharField(label="办理事项", max_length=200, required=False)
    office = UnitField("承办处室")
    limit_days = forms.IntegerField(label="办理时限（工作日）", min_value=1, max_value=250)
    return_days = forms.IntegerField(label="退回分办时限（工作日）", min_value=0, max_value=60)
    basis = forms.CharField(label="依据", max_length=200, required=False)
    effective_from = forms.DateField(label="生效日期")

    def terms(self) -> KindTerms:
        data = {name: value for name, value in self.cleaned_data.items() if name != "effective_from"}
        data.pop("code", None)
        return KindTerms(**data)


class NewKindForm(KindForm):
    code = forms.RegexField(r"^[A-Z][A-Z_]{1,19}$", label="代码", help_text="大写字母，如 WATER。")

    field_order = ("code",)


class SettingForm(DutyForm):
    letter_reply_days = forms.IntegerField(label="督办函回复时限（工作日）", min_value=1, max_value=60)
    visits_a_year = forms.IntegerField(label="上门服务每年至少（次）", min_value=0, max_value=50)
    visit_warning_days = forms.IntegerField(
        label="年末前几日仍未上门即亮红灯（日）", min_value=0, max_value=365
    )
    verify_days = forms.IntegerField(label="核验时限（工作日）", min_value=1, max_value=60)
    note = forms.CharField(label="依据或原因", max_length=300, required=False)
    effective_from = forms.DateField(label="生效日期")

    def terms(self) -> DutyTerms:
        data = {name: value for name, value in self.cleaned_data.items() if name != "effective_from"}
        return DutyTerms(**data)
