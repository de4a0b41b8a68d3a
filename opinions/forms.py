"""Forms of rounds and answers: is the input well-formed?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from accounts.models import Organisation, User
from deadlines.models import LineUnit
from opinions.models import RoundKind
from opinions.models.requests import VERDICTS
from opinions.rules import Verdict
from opinions.services.requests import Answer
from opinions.services.settings import KindTerms, NewDepartmentRule
from papers.forms import SECRECY_NOTICE
from papers.inspection import FORMAT_NAMES, FORMATS
from papers.services import Upload
from projects.models import PushRule
from ui.forms import OfficeForm

_COMMAS = re.compile(r"[、，,\s]+")
_STEP_CODE = re.compile(r"[A-Z]\d{2}")


def _long(label: str, *, rows: int = 4, most: int = 2000, required: bool = True, hint: str = "") -> Any:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=hint,
    )


class DepartmentsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Departments as boxes, each with why the rules name it."""

    reasons: dict[int, str]

    def label_from_instance(self, obj: Any) -> str:
        reason = getattr(self, "reasons", {}).get(obj.pk)
        return f"{obj.short_name}（{reason}）" if reason else str(obj.short_name)


class RoundForm(OfficeForm):
    """The question and who is asked."""

    question = _long("征求事项", rows=5, hint="写明项目选址情况和需要部门回答的问题，部门会看到。")
    departments = DepartmentsField(
        label="征求部门",
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="已按项目情况勾选建议部门，可增减。",
    )

    def __init__(
        self, *args: Any, choices: Sequence[Organisation], reasons: dict[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["departments"]
        field.reasons = reasons  # type: ignore[attr-defined]
        field.queryset = Organisation.objects.filter(pk__in=[unit.pk for unit in choices])  # type: ignore[attr-defined]

    def department_ids(self) -> list[int]:
        return [unit.pk for unit in self.cleaned_data["departments"]]


class QuestionForm(OfficeForm):
    question = _long("征求事项", rows=5, hint="写明需要部门回答的问题；下一步选择部门并发出。")


class NewRoundForm(QuestionForm):
    """A round that belongs to no step."""

    kind = forms.ChoiceField(label="类型")

    field_order = ("kind", "question")

    def __init__(self, *args: Any, kinds: Sequence[RoundKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.code, kind.label) for kind in kinds]  # type: ignore[attr-defined]


class ReasonForm(OfficeForm):
    reason = _long("理由", rows=2, most=300)


class ReceiveForm(OfficeForm):
    received_on = forms.DateField(label="接到日期", help_text="当日不计，反馈时限自次日起算。")
    proof = forms.CharField(
        label="送达凭证", max_length=200, required=False, help_text="经办科室代为登记时必填，如签收单编号。"
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = today


class AnswerForm(OfficeForm):
    """同意、有条件同意、不同意、不涉及、需补充材料."""

    verdict = forms.ChoiceField(label="意见", choices=VERDICTS, widget=forms.RadioSelect)
    conditions = _long("条件", rows=3, required=False, hint="有条件同意的，逐条写明条件。")
    text = _long("意见内容", rows=4, required=False, hint="不同意的写明理由和依据；需补充的写明材料。")
    signer = forms.CharField(label="签发人", max_length=60, required=False)

    def answer(self) -> Answer:
        data = self.cleaned_data
        return Answer(Verdict(data["verdict"]), data["text"], data["conditions"], data["signer"])


class AnswerWithPaperForm(AnswerForm):
    file = forms.FileField(
        label="意见扫描件",
        required=False,
        help_text=f"可上传 {FORMAT_NAMES}。{SECRECY_NOTICE}",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(FORMATS)}),
    )

    def upload(self) -> Upload | None:
        file = self.cleaned_data["file"]
        return Upload(file.name, file.read()) if file else None


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; cleaned to a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        files = [super(FilesField, self).clean(file, initial) for file in given]
        return [file for file in files if file]


class LinkAnswerForm(AnswerForm):
    """Without an account somebody has to sign; the papers are opened and checked as everybody's are."""

    papers = FilesField(
        label="附件",
        required=False,
        max_length=200,
        help_text=f"可一次选多个文件：{FORMAT_NAMES}。{SECRECY_NOTICE}",
        widget=FilesInput(attrs={"accept": ",".join(FORMATS)}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signer"].required = True
        self.fields["signer"].help_text = "填写本部门签发人姓名或职务。"

    def uploads(self) -> list[Upload]:
        return [Upload(file.name, file.read()) for file in self.cleaned_data["papers"]]


class DelegateForm(OfficeForm):
    handler = forms.ModelChoiceField(label="承办人", queryset=User.objects.get_queryset())

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = people  # type: ignore[attr-defined]


class SupplyForm(OfficeForm):
    note = _long("补充内容", rows=3, most=500, hint="写明补充了哪些材料；文件在征求意见页上传。")


class LinkForm(OfficeForm):
    given_to = forms.CharField(label="交给谁", max_length=100, help_text="部门和接收人，便于查证。")


class MaterialForm(OfficeForm):
    title = forms.CharField(label="名称", max_length=200, required=False, help_text="不填按文件名。")
    file = forms.FileField(
        label="文件",
        help_text=f"可上传 {FORMAT_NAMES}。{SECRECY_NOTICE}",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(FORMATS)}),
    )


class KindForm(OfficeForm):
    """A new version of a kind of round."""

    effective_from = forms.DateField(label="生效日期")
    limit_days = forms.IntegerField(label="反馈时限", min_value=1, max_value=60)
    limit_unit = forms.ChoiceField(label="时限单位", choices=LineUnit.choices)
    step_codes = forms.CharField(
        label="适用步骤",
        max_length=200,
        required=False,
        help_text="步骤代码，多个用顿号隔开，如 A02；不填的适用其他步骤。",
    )
    starts_at = forms.ChoiceField(label="起算", choices=RoundKind.StartsAt.choices)
    may_lapse = forms.BooleanField(
        label="逾期视为同意", required=False, help_text="只适用于选址论证征求意见。"
    )
    more_pauses = forms.BooleanField(label="等待补充材料期间暂停计时", required=False)
    reminder_days = forms.CharField(label="到期前提醒（工作日）", help_text="多个用顿号隔开，如 3、1。")
    link_days = forms.IntegerField(label="免登录链接有效天数", min_value=1, max_value=90)
    basis = forms.CharField(label="依据", max_length=200)

    def clean_step_codes(self) -> list[str]:
        words = [
            word.strip().upper() for word in _COMMAS.split(self.cleaned_data["step_codes"]) if word.strip()
        ]
        if not all(_STEP_CODE.fullmatch(word) for word in words):
            raise forms.ValidationError("步骤代码由一个字母和两位数字组成，多个用顿号隔开，如 A02、A03。")
        return list(dict.fromkeys(words))

    def clean_reminder_days(self) -> list[int]:
        text = str(self.cleaned_data["reminder_days"]).replace("，", "、").replace(",", "、")
        words = [word.strip() for word in text.split("、") if word.strip()]
        if not all(word.isdecimal() and 1 <= int(word) <= 60 for word in words):
            raise forms.ValidationError("请填写 1 至 60 之间的天数，多个用顿号隔开，如 3、1。")
        return [int(word) for word in words]

    def terms(self) -> KindTerms:
        return KindTerms(
            **{name: value for name, value in self.cleaned_data.items() if name != "effective_from"}
        )


class RuleForm(OfficeForm):
    department = forms.ModelChoiceField(label="征求部门", queryset=Organisation.objects.none())
    condition = forms.ChoiceField(label="条件", choices=PushRule.Condition.choices)
    keywords = forms.CharField(label="关键词", max_length=200, required=False, help_text="多个词用顿号隔开。")
    ask = forms.CharField(label="征求内容", max_length=200)
    effective_from = forms.DateField(label="生效日期")
    basis = forms.CharField(label="依据", max_length=200, required=False)

    def __init__(self, *args: Any, departments: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [unit.pk for unit in departments]
        self.fields["department"].queryset = Organisation.objects.filter(pk__in=ids)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("condition") == PushRule.Condition.KEYWORD and not cleaned.get("keywords"):
            self.add_error("keywords", "按关键词征求须填写关键词。")
        return cleaned

    def new(self) -> NewDepartmentRule:
        fields = dict(self.cleaned_data)
        return NewDepartmentRule(department_id=fields.pop("department").pk, **fields)


class EndRuleForm(OfficeForm):
    ends_on = forms.DateField(label="停用日期")
