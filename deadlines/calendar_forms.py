"""Entering a year's notice: pasted text or a CSV file, then the confirm."""

from __future__ import annotations

from typing import Any

from django import forms

from deadlines.calendar_file import read_calendar_file
from deadlines.notice import Notice, read_notice
from deadlines.services import YearDays
from ui.forms import OfficeForm

LONGEST_TEXT = 50_000
LARGEST_FILE = 1_000_000


class NoticeForm(OfficeForm):
    """The notice as text or file; `notice` is what was read from it."""

    text = forms.CharField(
        label="通知全文",
        required=False,
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="粘贴《国务院办公厅关于××××年部分节假日安排的通知》全文",
    )
    file = forms.FileField(
        label="或上传 CSV", required=False, help_text="三列：日期,类型（休/班）,名称；UTF-8 或 GBK"
    )
    notice_no = forms.CharField(
        label="通知文号",
        required=False,
        max_length=100,
        help_text="正文含文号时可不填，如：国办发明电〔2025〕7号",
    )
    accept_problems = forms.BooleanField(label="已对照通知原文逐日核对，按上表录入", required=False)

    notice: Notice

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        text, file = entered.get("text", "").strip(), entered.get("file")
        if bool(text) == bool(file):
            raise forms.ValidationError("请粘贴通知全文，或上传 CSV 文件，二者取一。")
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError("文件超过 1 MB，不是一年的放假安排；请核对文件。")
        self.notice = read_calendar_file(file.read()) if file else read_notice(text)
        if self.notice.year is None:
            raise forms.ValidationError(self.notice.problems[0])
        if not (self.notice.holidays or self.notice.makeup_days):
            raise forms.ValidationError("没有读出任何放假或上班日期；请确认粘贴的是通知全文。")
        if not (entered.get("notice_no") or self.notice.number):
            self.add_error("notice_no", "正文没有文号，请填写通知文号。")
        return entered

    @property
    def number(self) -> str:
        return str(self.cleaned_data["notice_no"] or self.notice.number)

    @property
    def days(self) -> YearDays:
        if self.notice.year is None:
            raise ValueError("the form is not valid")
        return YearDays(
            year=self.notice.year, holidays=self.notice.holidays, makeup_days=self.notice.makeup_days
        )

    @property
    def as_text(self) -> str:
        """What the confirm carries: the pasted text, or the file's days as CSV lines."""
        return str(self.cleaned_data["text"])


def csv_of(notice: Notice) -> str:
    """The days of a notice as the CSV that `read_calendar_file` reads."""
    lines = [f"{day},休,{name}" for day, name in notice.holidays.items()]
    lines += [f"{day},班,{name}" for day, name in notice.makeup_days.items()]
    return "\n".join(["日期,类型,名称", *sorted(lines)])
