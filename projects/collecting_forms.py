"""Forms of windows, gathering, duplicates, pushes and early contact: is the input well-formed?"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from accounts.models import Organisation, User
from projects.models import (
    DuplicateSetting,
    Gathering,
    LetterTemplate,
    PushRule,
    WindowKind,
    WindowTemplate,
)
from projects.services.contacts import Letter, NewTemplate
from projects.services.pushing import NewRule
from projects.services.window_templates import NewWave
from projects.services.windows import NewWindow
from ui.forms import OfficeForm


def _days(text: str) -> list[int]:
    """Numbers written as 5、3、1; anything else is refused."""
    try:
        days = [int(part) for part in text.replace("，", "、").replace(",", "、").split("、") if part.strip()]
    except ValueError as wrong:
        raise forms.ValidationError("请填写天数，多个用顿号隔开，如 5、1。") from wrong
    if any(day < 1 or day > 60 for day in days):
        raise forms.ValidationError("提前天数须在 1 至 60 之间。")
    return days


class UnitsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Organisations as boxes, with their short names."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.short_name if obj.kind != Organisation.Kind.DEPARTMENT else obj.name)


class ReasonForm(OfficeForm):
    reason = forms.CharField(
        label="说明", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class WindowForm(OfficeForm):
    """A window at any time; the yearly waves come from their templates."""

    title = forms.CharField(label="批次名称", max_length=80, help_text="如 2026年9月补充报送。")
    kind = forms.ChoiceField(label="类型", choices=WindowKind.choices)
    opens_on = forms.DateField(label="开始日期")
    closes_on = forms.DateField(label="截止日期", help_text="当日仍可报送；其后报送的记为逾期。")
    gathering = forms.ChoiceField(label="汇总方式", choices=Gathering.choices, initial=Gathering.EITHER)
    reminder_days = forms.CharField(
        label="截止前提醒（工作日）", initial="5", max_length=40, help_text="多个用顿号隔开，如 5、1。"
    )
    note = forms.CharField(
        label="报送要求", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    reporters = UnitsField(
        label="应报单位", queryset=Organisation.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, reporters: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [unit.pk for unit in reporters]
        self.fields["reporters"].queryset = Organisation.objects.filter(pk__in=ids).order_by(  # type: ignore[attr-defined]
            "kind", "code"
        )

    def clean_reminder_days(self) -> list[int]:
        return _days(self.cleaned_data["reminder_days"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens_on"), cleaned.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", "截止日期不能早于开始日期。")
        return cleaned

    def new(self) -> NewWindow:
        fields = {name: value for name, value in self.cleaned_data.items() if name != "reporters"}
        return NewWindow(**fields)

    def reporter_ids(self) -> list[int]:
        return [unit.pk for unit in self.cleaned_data["reporters"]]


class ExtendForm(OfficeForm):
    closes_on = forms.DateField(label="新的截止日期")
    reason = forms.CharField(label="延长理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class WaveForm(OfficeForm):
    """A new version of a yearly wave."""

    code = forms.CharField(label="批次代码", max_length=20, help_text="同一代码的新版本接替旧版本。")
    title = forms.CharField(label="批次名称", max_length=60)
    kind = forms.ChoiceField(label="类型", choices=WindowKind.choices)
    gathering = forms.ChoiceField(label="汇总方式", choices=Gathering.choices, initial=Gathering.EITHER)
    opens_month = forms.IntegerField(label="开始月", min_value=1, max_value=12)
    opens_day = forms.IntegerField(label="开始日", min_value=1, max_value=31)
    closes_month = forms.IntegerField(label="截止月", min_value=1, max_value=12)
    closes_day = forms.IntegerField(label="截止日", min_value=1, max_value=31)
    reminder_days = forms.CharField(label="截止前提醒（工作日）", initial="5", max_length=40)
    departments = UnitsField(
        label="应报部门",
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    asks_counties = forms.BooleanField(label="各县市、园区都应报", required=False, initial=True)
    basis = forms.CharField(label="依据", max_length=200, required=False)
    effective_from = forms.DateField(label="生效日期")

    def __init__(self, *args: Any, departments: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [unit.pk for unit in departments]
        self.fields["departments"].queryset = Organisation.objects.filter(pk__in=ids)  # type: ignore[attr-defined]

    def clean_reminder_days(self) -> list[int]:
        return _days(self.cleaned_data["reminder_days"])

    def new(self) -> NewWave:
        fields = dict(self.cleaned_data)
        fields["departments"] = [unit.pk for unit in fields["departments"]]
        return NewWave(**fields)

    @staticmethod
    def initial_of(wave: WindowTemplate | None) -> dict[str, Any]:
        if wave is None:
            return {}
        names = ("code", "title", "kind", "gathering", "opens_month", "opens_day", "closes_month")
        return {name: getattr(wave, name) for name in (*names, "closes_day", "asks_counties", "basis")} | {
            "reminder_days": "、".join(map(str, wave.reminder_days)),
            "departments": [unit.pk for unit in wave.departments.all()],
        }


class ThresholdForm(OfficeForm):
    name_percent = forms.IntegerField(
        label=DuplicateSetting._meta.get_field("name_percent").verbose_name,
        min_value=1,
        max_value=100,
        help_text="同一县市内，名称达到这个相似度即列为疑似重复。",
    )
    owner_name_percent = forms.IntegerField(
        label=DuplicateSetting._meta.get_field("owner_name_percent").verbose_name,
        min_value=1,
        max_value=100,
        help_text="建设单位相同的，名称达到这个较低的相似度即列为疑似重复。",
    )
    effective_from = forms.DateField(label="生效日期")
    note = forms.CharField(label="依据或原因", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        name, owner = cleaned.get("name_percent"), cleaned.get("owner_name_percent")
        if name and owner and owner > name:
            self.add_error("owner_name_percent", "不能高于一般的名称相似度。")
        return cleaned


class DismissForm(OfficeForm):
    reason = forms.CharField(
        label="为什么不是同一项目", max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class PushForm(OfficeForm):
    """One project to departments that a person names."""

    recipients = UnitsField(
        label="推送到", queryset=Organisation.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    ask = forms.CharField(label="请其办理", max_length=200)
    reason = forms.CharField(label="推送理由", max_length=200, required=False)

    def __init__(self, *args: Any, departments: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [unit.pk for unit in departments]
        self.fields["recipients"].queryset = Organisation.objects.filter(pk__in=ids)  # type: ignore[attr-defined]


class RuleForm(OfficeForm):
    recipient = forms.ModelChoiceField(label="推送到", queryset=Organisation.objects.none())
    condition = forms.ChoiceField(label="推送条件", choices=PushRule.Condition.choices)
    keywords = forms.CharField(
        label="关键词", max_length=200, required=False, help_text="按关键词推送时填写，多个词用顿号隔开。"
    )
    ask = forms.CharField(label="请其办理", max_length=200)
    receipt_days = forms.IntegerField(label="签收时限（工作日）", min_value=1, max_value=60, initial=2)
    basis = forms.CharField(label="依据", max_length=200, required=False)
    effective_from = forms.DateField(label="生效日期")

    def __init__(self, *args: Any, departments: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [unit.pk for unit in departments]
        self.fields["recipient"].queryset = Organisation.objects.filter(pk__in=ids)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("condition") == PushRule.Condition.KEYWORD and not cleaned.get("keywords"):
            self.add_error("keywords", "按关键词推送须填写关键词。")
        return cleaned

    def new(self) -> NewRule:
        fields = dict(self.cleaned_data)
        return NewRule(recipient_id=fields.pop("recipient").pk, **fields)


class EndRuleForm(OfficeForm):
    ends_on = forms.DateField(label="停用日期")


class AssignForm(OfficeForm):
    person = forms.ModelChoiceField(label="对接人", queryset=User.objects.get_queryset())
    phone = forms.CharField(label="联系电话", max_length=40, required=False)
    assigned_on = forms.DateField(label="指派日期")

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["person"].label_from_instance = (  # type: ignore[attr-defined]
            lambda user: f"{user.organisation.short_name} · {user.label}"
        )


class LetterForm(OfficeForm):
    letter_on = forms.DateField(label="函告日期")
    letter_no = forms.CharField(label="函号", max_length=60, required=False)
    addressee = forms.CharField(label="受函单位", max_length=200)
    materials = forms.CharField(
        label="请准备的材料", widget=forms.Textarea(attrs={"rows": 5}), help_text="每行一项，会编号写入函中。"
    )

    def letter(self) -> Letter:
        return Letter(**self.cleaned_data)


class ReceiptForm(OfficeForm):
    received_on = forms.DateField(label="回执日期")
    received_by = forms.CharField(label="回执人", max_length=60)
    note = forms.CharField(label="回执情况", max_length=300, required=False)


class LetterTemplateForm(OfficeForm):
    title = forms.CharField(label="标题", max_length=100)
    body = forms.CharField(
        label="正文",
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text="可用：{项目名称} {建设单位} {县市} {材料} {对接人} {电话}。",
    )
    materials = forms.CharField(
        label="材料清单", widget=forms.Textarea(attrs={"rows": 5}), help_text="每行一项。"
    )
    reply_days = forms.IntegerField(label="回执时限（工作日）", min_value=1, max_value=60, initial=5)
    effective_from = forms.DateField(label="生效日期")
    note = forms.CharField(label="依据或原因", max_length=300, required=False)

    def new(self) -> NewTemplate:
        return NewTemplate(**self.cleaned_data)

    @staticmethod
    def initial_of(template: LetterTemplate | None, today: date) -> dict[str, Any]:
        if template is None:
            return {"effective_from": today}
        names = ("title", "body", "materials", "reply_days")
        return {name: getattr(template, name) for name in names} | {"effective_from": today}
