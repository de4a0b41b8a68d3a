"""Forms of the list: is the input well-formed?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from projects.models import CollectionWindow, Project
from ui.forms import OfficeForm

ACCEPTED_FILES = ".xlsx,.xlsm,.xls,.csv"


class UploadForm(OfficeForm):
    """The workbook of a list. What is in it is officefiles' business."""

    file = forms.FileField(
        label="清单文件",
        help_text="可上传 .xlsx、.xlsm、.xls 或 .csv，不超过 20 MB、20,000 行。",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED_FILES}),
        error_messages={
            "required": "还没有选择文件，选定后再上传。",
            "empty": "文件是空的（0 字节），请核对后重新上传。",
        },
        max_length=200,
        allow_empty_file=True,
    )
    window = forms.TypedChoiceField(
        label="报送批次",
        coerce=int,
        required=False,
        empty_value=None,
        choices=(),
        help_text="默认最先截止的批次，可以改选。",
    )

    def __init__(self, *args: Any, windows: Sequence[CollectionWindow] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(windows) < 2:  # nothing to choose: what comes in falls into the only one
            del self.fields["window"]
            return
        field = cast("forms.TypedChoiceField", self.fields["window"])
        field.choices = [(window.pk, f"{window}（{window.closes_on} 截止）") for window in windows]
        self.initial.setdefault("window", windows[0].pk)


class ProjectForm(OfficeForm):
    """A project's facts as the bureau corrects them. Areas have a form of their own."""

    seen_at = forms.DateTimeField(widget=forms.HiddenInput)
    name = forms.CharField(label="项目名称", max_length=200)
    code = forms.CharField(label="项目代码", max_length=40, required=False)
    owner_unit = forms.CharField(label="建设单位", max_length=200, required=False)
    industry = forms.CharField(label="行业", max_length=40, required=False)
    list_category = forms.ChoiceField(label="清单类别", required=False)
    priority_class = forms.ChoiceField(
        label="项目类别", choices=[("", "未定"), *Project.PriorityClass.choices], required=False
    )
    level = forms.ChoiceField(label="级别", choices=[("", "未定"), *Project.Level.choices], required=False)
    investment_wan = forms.DecimalField(
        label="总投资（万元）", min_value=0, max_digits=14, decimal_places=6, required=False
    )
    planned_start = forms.CharField(
        label="计划开工", max_length=40, required=False, help_text="可写日期、月份或季度，如 2026年第四季度。"
    )
    planned_finish = forms.CharField(label="计划竣工", max_length=40, required=False)
    remark = forms.CharField(
        label="备注", required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["list_category"]).choices = [("", "未定"), *kinds]
