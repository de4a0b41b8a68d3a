"""Forms of the clock's dated settings."""

from __future__ import annotations

import re

from django import forms

from deadlines.models import PauseKind
from deadlines.setting_services import LONGEST_REMINDER
from ui.forms import OfficeForm

_CODE = re.compile(r"^[A-Z][A-Z_]{1,29}$")


class DaysField(forms.CharField):
    """Numbers of days, separated by commas or 、."""

    def __init__(self, *, label: str, help_text: str = "") -> None:
        super().__init__(label=label, max_length=60, help_text=help_text)

    def clean(self, value: object) -> list[int]:
        words = [word for word in re.split(r"[,，、\s]+", str(super().clean(value))) if word]
        if not all(word.isdecimal() and 0 < int(word) <= LONGEST_REMINDER for word in words):
            raise forms.ValidationError(f"填 1 到 {LONGEST_REMINDER} 的天数，多个用顿号分开，如 90、30、7。")
        return [int(word) for word in words]


class LampForm(OfficeForm):
    effective_from = forms.DateField(label="生效日期")
    share_percent = forms.IntegerField(
        label="黄灯比例（%）", min_value=0, max_value=100, help_text="剩余不超过期限的这一比例即转黄。"
    )
    most_days = forms.IntegerField(label="黄灯最多提前天数", min_value=0, max_value=60)
    validity_days = forms.IntegerField(label="有效期预警（自然日）", min_value=0, max_value=LONGEST_REMINDER)
    note = forms.CharField(label="依据或原因", max_length=300)


class ReminderForm(OfficeForm):
    effective_from = forms.DateField(label="生效日期")
    working_days_before = DaysField(label="办理期限提前（工作日）", help_text="到期日当天和超期后另有提醒。")
    validity_days_before = DaysField(label="有效期提前（自然日）")
    note = forms.CharField(label="依据或原因", max_length=300)


class PauseKindForm(OfficeForm):
    code = forms.CharField(label="代码", max_length=30, help_text="大写英文和下划线，如 SITE_VISIT。")
    effective_from = forms.DateField(label="生效日期")
    ends_on = forms.DateField(label="失效日期", required=False, help_text="该日起不能再用；不填为长期。")
    label = forms.CharField(label="名称", max_length=30)
    stops_statutory = forms.BooleanField(label="停止法定线", required=False)
    stops_committed = forms.BooleanField(label="停止承诺线", required=False)
    evidence_hint = forms.CharField(label="所需依据", max_length=100)
    basis = forms.CharField(label="法定依据", max_length=200)
    side = forms.ChoiceField(label="期间归属", choices=PauseKind.Side, help_text="统计谁的天数时归谁。")
    usual_days = forms.IntegerField(
        label="通常最长（工作日）",
        min_value=1,
        max_value=365,
        required=False,
        help_text="超过的列为时间过长；不填不查。",
    )
    usual_number = forms.IntegerField(
        label="每步通常次数",
        min_value=1,
        max_value=99,
        required=False,
        help_text="超过的列为次数过多；不填不查。",
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not _CODE.match(code):
            raise forms.ValidationError("代码由大写英文字母和下划线组成。")
        return code

    def clean(self) -> dict[str, object]:
        entered = super().clean() or {}
        if not entered.get("stops_statutory") and not entered.get("stops_committed"):
            self.add_error("stops_committed", "至少停止一条线。")
        return entered
