"""Forms of papers: is the input well-formed? What is in a file is inspection's business."""

from __future__ import annotations

from django import forms

from papers.inspection import FORMAT_NAMES, FORMATS
from papers.models import Paper
from ui.forms import OfficeForm

SECRECY_NOTICE = "不得上传涉及国家秘密的文件，也不得上传涉密的高精度坐标和图件；涉密材料按保密规定另行报送。"


class FileFieldsMixin(forms.Form):
    """The file itself and the paper's own day, in every form that takes one."""

    file = forms.FileField(
        label="文件",
        help_text=f"可上传 {FORMAT_NAMES}。",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(FORMATS)}),
        error_messages={
            "required": "还没有选择文件，选定后再上传。",
            "empty": "文件是空的（0 字节），请核对后重新上传。",
        },
        allow_empty_file=True,
    )
    occurred_on = forms.DateField(label="成文日期", required=False, help_text="不填按上传当日。")


class PaperForm(OfficeForm, FileFieldsMixin):
    """A new paper."""

    kind = forms.ChoiceField(label="类型", choices=[("", "请选择"), *Paper.Kind.choices])
    title = forms.CharField(label="名称", max_length=200, required=False, help_text="不填按文件名。")

    field_order = ("kind", "title", "file", "occurred_on")


class NewVersionForm(OfficeForm, FileFieldsMixin):
    """The next version of a paper; kind and title stay."""

    field_order = ("file", "occurred_on")


class WithdrawForm(OfficeForm):
    """Why a paper is taken back."""

    reason = forms.CharField(
        label="撤回理由", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
