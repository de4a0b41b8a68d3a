"""What the pages of rounds and reports send."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Organisation
from deadlines.setting_forms import DaysField
from dispatch.models import Circular, RoundKind
from ui.forms import OfficeForm

WEEKDAYS = list(enumerate(("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")))


class ReportForm(OfficeForm):
    """One click, or remarks."""

    is_unchanged = forms.BooleanField(label="已核实无变化", required=False)
    remarks = forms.CharField(
        label="变化和说明",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明哪些项目有变化、卡在哪里、需要协调什么。",
    )


class ReopenForm(OfficeForm):
    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    closes_on = forms.DateField(label="重新截止日", help_text="当日结束时仍未定稿的，由系统定稿。")


class RoundRuleForm(OfficeForm):
    kind = forms.ChoiceField(label="类型", choices=RoundKind.choices)
    effective_from = forms.DateField(label="生效日期")
    is_held = forms.BooleanField(label="按期开展", required=False, initial=True)
    weekday = forms.TypedChoiceField(
        label="每周报送日", choices=WEEKDAYS, coerce=int, help_text="只用于周调度；遇非工作日按日历调整。"
    )
    days_after = forms.IntegerField(
        label="期末后第几个工作日",
        min_value=0,
        max_value=20,
        help_text="用于月、季、年调度；0 为期内最后一个工作日。",
    )
    opens_before = forms.IntegerField(label="报送日前几个工作日开始", min_value=0, max_value=20)
    reminder_days = DaysField(label="提前提醒（工作日）")
    note = forms.CharField(label="依据或原因", max_length=300)


class DutyForm(OfficeForm):
    """Which units report in the rounds of a kind."""

    kind = forms.ChoiceField(label="类型", choices=RoundKind.choices)
    units = forms.ModelMultipleChoiceField(
        label="应报单位", queryset=Organisation.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, units: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if units is not None:
            self.fields["units"].queryset = units  # type: ignore[attr-defined]


class PackageForm(OfficeForm):
    """Which round, for which unit."""

    round = forms.IntegerField(label="调度", min_value=1)
    organisation = forms.CharField(label="单位", max_length=30)


class CircularForm(OfficeForm):
    """The text of a report or circular; empty paragraphs are filled from the figures."""

    kind = forms.ChoiceField(label="类型", choices=Circular.Kind.choices)
    title = forms.CharField(label="标题", max_length=200)
    number = forms.CharField(label="文号", max_length=60, required=False)
    praise = forms.CharField(
        label="进展较好",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不填时按数据列出没有逾期项目的单位。",
    )
    problems = forms.CharField(
        label="存在问题",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不填时按数据列出未报、迟报单位。",
    )
    demands = forms.CharField(
        label="下步要求", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ApproveForm(OfficeForm):
    approver = forms.CharField(label="审定人", max_length=60)
    approved_on = forms.DateField(label="审定日期")


class IssueForm(OfficeForm):
    copies = forms.ModelMultipleChoiceField(
        label="抄送单位", queryset=Organisation.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["copies"].queryset = units  # type: ignore[attr-defined]
