"""Forms of bringing in: is the input well-formed?"""

from __future__ import annotations

from django import forms

from accounts.models import Rollout
from projects.forms import ACCEPTED_FILES
from ui.forms import OfficeForm


class LedgerForm(OfficeForm):
    file = forms.FileField(
        label="在办台账",
        help_text="可上传 .xlsx、.xlsm、.xls 或 .csv，不超过 20 MB。多级表头、小计、合计都能识别。",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED_FILES}),
        error_messages={"required": "还没有选择文件，选定后再上传。"},
        max_length=200,
    )
    reported_on = forms.DateField(
        label="填报时间",
        required=False,
        help_text="不填即按台账上的填报时间；台账未写日期的办理情况按这一天登记。",
    )


class SignForm(OfficeForm):
    note = forms.CharField(
        label="签认说明",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="与台账有不一致时必须写明原因。签认后不能再撤销。",
    )


class RolloutForm(OfficeForm):
    stage = forms.ChoiceField(label="阶段", choices=Rollout.Stage.choices)
    live_from = forms.DateField(
        label="启用日期", required=False, help_text="正式启用必填；这一天之前仍是试运行，只看不办。"
    )
    note = forms.CharField(label="说明", max_length=300, required=False)


class PeopleForm(OfficeForm):
    file = forms.FileField(
        label="人员表",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED_FILES}),
        error_messages={"required": "还没有选择文件，选定后再上传。"},
        max_length=200,
    )
