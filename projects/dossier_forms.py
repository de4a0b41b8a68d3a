"""Forms of what people add to a project: a word, a note, thresholds."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from accounts.models import User
from projects.models import FileLevel
from projects.selectors.whereabouts import possible_companions
from ui.forms import OfficeForm


class CommentForm(OfficeForm):
    """An opinion; a leader's is a directive."""

    text = forms.CharField(
        label="内容",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        strip=False,
        help_text="写“@”加岗位名称可提醒此人，如“@调度办综合岗”；岗位重名时在前面加单位简称。",
    )


class ReasonForm(OfficeForm):
    """Why words are taken back."""

    reason = forms.CharField(label="撤回理由", max_length=300, required=False)


class NoteForm(OfficeForm):
    """Where a project stands today."""

    note = forms.CharField(
        label="今日进展", max_length=300, required=False, help_text="一两句话，不改变项目信息。"
    )


class FileStopForm(OfficeForm):
    """Where a file has arrived, and who accompanies it; the actor to begin with."""

    level = forms.ChoiceField(label="层级", choices=FileLevel.choices)
    office = forms.CharField(
        label="在办单位（处室）", max_length=100, help_text="如：省自然资源厅用途管制处。"
    )
    since_on = forms.DateField(label="到件日期")
    companion = forms.ModelChoiceField(label="跟办人", queryset=User.objects.none())
    note = forms.CharField(label="说明", max_length=300, required=False)

    def __init__(self, *args: Any, actor: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["companion"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = possible_companions(actor=actor)
        self.initial = {"since_on": today, "companion": actor.pk, **self.initial}


class StalenessForm(OfficeForm):
    """Thresholds from a day on."""

    effective_from = forms.DateField(label="生效日期")
    amber_after_days = forms.IntegerField(label="久未核实（超过几天）", min_value=1, max_value=365)
    red_after_days = forms.IntegerField(label="情况不明（超过几天）", min_value=2, max_value=730)
    note = forms.CharField(label="依据或原因", max_length=300, required=False)
