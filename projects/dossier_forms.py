"""Forms of what people add to a project: a word, a note, thresholds."""

from __future__ import annotations

from django import forms

from ui.forms import OfficeForm


class CommentForm(OfficeForm):
    """An opinion; a leader's is a directive."""

    text = forms.CharField(
        label="内容", required=False, widget=forms.Textarea(attrs={"rows": 3}), strip=False
    )


class ReasonForm(OfficeForm):
    """Why words are taken back."""

    reason = forms.CharField(label="撤回理由", max_length=300, required=False)


class NoteForm(OfficeForm):
    """Where a project stands today."""

    note = forms.CharField(
        label="今日进展", max_length=300, required=False, help_text="一两句话，不改变项目信息。"
    )


class StalenessForm(OfficeForm):
    """Thresholds from a day on."""

    effective_from = forms.DateField(label="生效日期")
    amber_after_days = forms.IntegerField(label="久未核实（超过几天）", min_value=1, max_value=365)
    red_after_days = forms.IntegerField(label="情况不明（超过几天）", min_value=2, max_value=730)
    note = forms.CharField(label="依据或原因", max_length=300, required=False)
