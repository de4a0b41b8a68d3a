"""Forms about the order of projects and the people who answer for them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms

from accounts.forms import OrganisationChoice
from accounts.models import Organisation, Post, User
from accounts.posts import Holder
from projects.list_kind_forms import kinds_now
from projects.models import BracketSet, Link, Project, ScopeFlag, TaskForce, TaskForceMember
from projects.services.ordering import KeyTerms, NewBracket, NewCriterion
from projects.services.people import ForceFacts, Notice, Target
from ui.forms import OfficeForm

if TYPE_CHECKING:
    _PostField = forms.ModelChoiceField[Post]
    _ForceField = forms.ModelChoiceField[TaskForce]
    _UserField = forms.ModelChoiceField[User]
    _UnitsField = forms.ModelMultipleChoiceField[Organisation]
else:
    _PostField = _ForceField = _UserField = forms.ModelChoiceField  # not generic at run time
    _UnitsField = forms.ModelMultipleChoiceField

YUAN_PER_WAN = Decimal(10_000)
CLASSES = Project.PriorityClass.choices
_LINES = forms.Textarea(attrs={"rows": 3})


class PostChoice(_PostField):
    """Posts with the unit and who holds them; the queryset comes from `posts_for`, with holders."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Post.objects.none(), empty_label="请选择", **kwargs)

    def label_from_instance(self, obj: Post) -> str:
        holder = getattr(obj, "holder_name", "") or "空缺"
        return f"{obj.organisation.short_name} {obj.title}（{holder}）"


# --- order -----------------------------------------------------------------------------------------


class ClassForm(OfficeForm):
    priority_class = forms.ChoiceField(label="项目类别", choices=CLASSES)
    reason = forms.CharField(label="理由", max_length=300, widget=_LINES)


class FlagsForm(OfficeForm):
    flags = forms.MultipleChoiceField(
        label="涉及情形", choices=ScopeFlag.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class JumpForm(OfficeForm):
    to_class = forms.ChoiceField(label="排到哪一类最前", choices=CLASSES)
    reason = forms.CharField(
        label="理由", max_length=300, widget=_LINES, help_text="写明谁定的、为什么提前；顺序页上一直可见。"
    )


class CriteriaForm(OfficeForm):
    """The head of a set of criteria; the criteria themselves are a formset."""

    effective_from = forms.DateField(label="生效日期")
    note = forms.CharField(label="依据或原因", max_length=300, required=False)
    key_classes = forms.MultipleChoiceField(
        label="重点项目：这些类别", choices=CLASSES, required=False, widget=forms.CheckboxSelectMultiple
    )
    key_categories = forms.MultipleChoiceField(
        label="重点项目：这些清单",
        choices=kinds_now,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="重点项目须有一个领导、一个专班、一套方案。",
    )
    lead_flags = forms.MultipleChoiceField(
        label="须指定领办领导的情形",
        choices=ScopeFlag.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    liaison_categories = forms.MultipleChoiceField(
        label="须配镇街联络员的清单",
        choices=kinds_now,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def terms(self) -> KeyTerms:
        names = ("key_classes", "key_categories", "lead_flags", "liaison_categories")
        return KeyTerms(**{name: self.cleaned_data[name] for name in names})


class CriterionForm(OfficeForm):
    """One criterion; without a class the line is left out."""

    priority_class = forms.ChoiceField(
        label="类别", choices=[("", "（不用这一条）"), *CLASSES], required=False
    )
    list_categories = forms.MultipleChoiceField(
        label="清单类别是",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    scope_flags = forms.MultipleChoiceField(
        label="涉及情形",
        choices=ScopeFlag.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_within_months = forms.IntegerField(
        label="几个月内计划开工", min_value=0, max_value=120, required=False
    )
    investment_wan = forms.DecimalField(
        label="总投资不少于（万元）", min_value=0, max_digits=14, decimal_places=6, required=False
    )

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.MultipleChoiceField", self.fields["list_categories"]).choices = list(kinds)

    def criterion(self) -> NewCriterion | None:
        said = self.cleaned_data
        if not said.get("priority_class"):
            return None
        wan = said["investment_wan"]
        return NewCriterion(
            priority_class=said["priority_class"],
            list_categories=said["list_categories"],
            scope_flags=said["scope_flags"],
            starts_within_months=said["starts_within_months"],
            investment_from_yuan=None if wan is None else wan * YUAN_PER_WAN,
        )


CriterionFormSet = forms.formset_factory(CriterionForm, extra=2, max_num=20)


class BracketSetForm(OfficeForm):
    effective_from = forms.DateField(label="生效日期")
    boundary = forms.ChoiceField(
        label="恰等于分界数的项目",
        choices=BracketSet.Boundary.choices,
        widget=forms.RadioSelect,
        help_text="“以上”“以下”按民法典都含本数，两档会重叠，须定明归哪一档。",
    )
    note = forms.CharField(label="依据或原因", max_length=300, required=False)


class BracketForm(OfficeForm):
    """One bracket; without a limit the line is left out."""

    from_wan = forms.DecimalField(
        label="投资额不少于（万元）", min_value=0, max_digits=14, decimal_places=6, required=False
    )
    leader_title = forms.CharField(
        label="责任领导岗位", max_length=60, required=False, help_text="如：局长；不填表示未规定"
    )
    note = forms.CharField(label="说明", max_length=200, required=False)

    def bracket(self) -> NewBracket | None:
        said = self.cleaned_data
        if said.get("from_wan") is None:
            return None
        return NewBracket(said["from_wan"] * YUAN_PER_WAN, said["leader_title"], said["note"])


BracketFormSet = forms.formset_factory(BracketForm, extra=2, max_num=20)


# --- people ----------------------------------------------------------------------------------------


class LinkForm(OfficeForm):
    """Whom a link names; which of the three fields it shows depends on its kind."""

    post = PostChoice(label="岗位")
    organisation = OrganisationChoice(label="单位")
    task_force = _ForceField(label="专班", queryset=TaskForce.objects.none(), empty_label="请选择")
    from_on = forms.DateField(label="自何日起")
    reason = forms.CharField(label="说明", max_length=300, required=False)

    def __init__(
        self, *args: Any, kind: Link.Kind, posts: Any = None, forces: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        wanted = {Link.Kind.LEAD_OFFICE: "organisation", Link.Kind.TASK_FORCE: "task_force"}.get(kind, "post")
        for name in ("post", "organisation", "task_force"):
            if name != wanted:
                del self.fields[name]
        field = self.fields[wanted]
        field.label = kind.label
        if wanted == "post" and isinstance(field, PostChoice) and posts is not None:
            field.queryset = posts
        if wanted == "task_force" and isinstance(field, forms.ModelChoiceField) and forces is not None:
            field.queryset = forces

    def target(self) -> Target:
        names = ("post", "organisation", "task_force")
        return Target(**{name: self.cleaned_data[name] for name in names if name in self.cleaned_data})


class EndLinkForm(OfficeForm):
    ended_on = forms.DateField(label="自何日起解除")
    reason = forms.CharField(label="原因", max_length=300)


class HolderForm(OfficeForm):
    """A person: an account, or a name where there is none."""

    user = _UserField(label="账号", queryset=User.objects.none(), required=False, empty_label="没有账号")
    name = forms.CharField(label="姓名", max_length=60, required=False, help_text="没有账号的须填姓名。")
    phone = forms.CharField(label="电话", max_length=40, required=False)
    starts_on = forms.DateField(label="起任日期", help_text="可以是将来的日期，到期自动接任。")

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.visible_to(actor).filter(is_active=True).order_by("organisation__path")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("user") and not (said.get("name") or "").strip():
            self.add_error("name", "须选择账号或填写姓名。")
        return said

    def holder(self) -> Holder:
        """The person as stated; call it on a valid form."""
        said = self.cleaned_data
        return Holder(said["user"], said["name"], said["phone"])


class LiaisonForm(HolderForm):
    """A liaison named today."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["starts_on"]


class CallForm(OfficeForm):
    title = forms.CharField(label="通知名称", max_length=200)
    notice_no = forms.CharField(label="文号", max_length=60, required=False)
    signed_on = forms.DateField(label="落款日期")
    issued_on = forms.DateField(label="发布日期")
    due_on = forms.DateField(label="报送截止")
    goes_on = forms.BooleanField(label="截止日早于发布日的，仍按此截止日下达", required=False)
    units = _UnitsField(
        label="报送单位", queryset=Organisation.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["units"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = units
        field.label_from_instance = lambda unit: unit.short_name  # type: ignore[method-assign,assignment]

    def notice(self) -> Notice:
        said = {name: value for name, value in self.cleaned_data.items() if name != "units"}
        return Notice(**said)


class TaskForceForm(OfficeForm):
    name = forms.CharField(label="专班名称", max_length=100)
    host = OrganisationChoice(label="办公室设在")
    duty = forms.CharField(label="职责", required=False, max_length=2_000, widget=_LINES)
    scope_flags = forms.MultipleChoiceField(
        label="负责的情形",
        choices=ScopeFlag.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="涉及这些情形的项目，系统建议由本专班负责。",
    )
    classes = forms.MultipleChoiceField(
        label="负责的项目类别", choices=CLASSES, required=False, widget=forms.CheckboxSelectMultiple
    )
    established_on = forms.DateField(label="成立日期")
    dissolved_on = forms.DateField(label="撤销日期", required=False)

    def facts(self) -> ForceFacts:
        return ForceFacts(**self.cleaned_data)


class MemberForm(OfficeForm):
    post = PostChoice(label="岗位")
    role = forms.ChoiceField(label="职务", choices=TaskForceMember.Role.choices)
    from_on = forms.DateField(label="自何日起")

    def __init__(self, *args: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["post"]
        assert isinstance(field, PostChoice)
        field.queryset = posts


class TaskBookForm(OfficeForm):
    title = forms.CharField(label="名称", max_length=200, initial="工作任务书")
    occurred_on = forms.DateField(label="成文日期")
    file = forms.FileField(label="文件", max_length=200)


class MatrixUploadForm(OfficeForm):
    leaders_of = OrganisationChoice(label="领导所在单位")
    effective_on = forms.DateField(label="自何日起")
    most_areas = forms.IntegerField(
        label="一位领导最多包联几个地区",
        min_value=1,
        max_value=99,
        initial=2,
        help_text="一格覆盖的地区更多时标“待核”：可能漏抄了领导姓名。",
    )
    file = forms.FileField(
        label="包联清单",
        max_length=200,
        help_text="可上传 .xlsx、.xlsm、.xls 或 .csv；须有包联领导、责任处室、地区三列，合并单元格照读。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.csv"}),
    )


class AreaForm(OfficeForm):
    leader = PostChoice(label="包联领导")
    office = OrganisationChoice(label="责任处室", required=False)
    from_on = forms.DateField(label="自何日起")

    def __init__(self, *args: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["leader"]
        assert isinstance(field, PostChoice)
        field.queryset = posts
