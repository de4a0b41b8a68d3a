"""The form of 组卷检查: a day, a line for each paper, and more lines for papers beside the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from approvals.models import SetCheckItem
from approvals.services.checks import CheckedPaper
from ui.forms import OfficeForm

MORE_LINES = 2


class SetCheckForm(OfficeForm):
    """The run as a whole."""

    checked_on = forms.DateField(label="检查日期")
    note = forms.CharField(label="说明", max_length=300, required=False)


class CheckedPaperForm(OfficeForm):
    """One paper; a line without a name is left out."""

    name = forms.CharField(label="材料", max_length=200, required=False)
    state = forms.ChoiceField(
        label="情况", choices=[("", "请选择"), *SetCheckItem.State.choices], required=False
    )
    version = forms.CharField(label="版本", max_length=60, required=False)
    promised_by = forms.CharField(label="谁承诺", max_length=100, required=False)
    promised_on = forms.DateField(label="承诺日期", required=False)
    remark = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("name"):
            # A line of the checklist: its name stands above it.
            self.fields["name"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("name") and not cleaned.get("state"):
            self.add_error("state", "选择这件材料的情况。")
        if cleaned.get("state") == SetCheckItem.State.PROMISED:
            for name, words in (("promised_by", "写明谁承诺补齐。"), ("promised_on", "写明哪天补齐。")):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return cleaned


CheckedPapers = forms.formset_factory(CheckedPaperForm, extra=MORE_LINES, max_num=80)


def first_lines(names: Sequence[str], before: Mapping[str, SetCheckItem]) -> list[dict[str, object]]:
    """The checklist as it stood at the run before; a paper that came since is there."""
    lines: list[dict[str, object]] = []
    for name in list(dict.fromkeys([*(name[:200] for name in names), *before])):
        item = before.get(name)
        came = item is not None and item.settled_on is not None
        lines.append(
            {
                "name": name,
                "state": "" if item is None else SetCheckItem.State.OK if came else item.state,
                "version": item.version if item else "",
                "promised_by": item.promised_by if item and not came else "",
                "promised_on": item.promised_on if item and not came else None,
                "remark": item.remark if item else "",
            }
        )
    return lines


def papers_of(lines: Sequence[Mapping[str, Any]]) -> list[CheckedPaper]:
    """The filled lines as the service takes them."""
    return [CheckedPaper(**line) for line in lines if line.get("name")]


class SettleForm(OfficeForm):
    """The day on which a promised paper came."""

    settled_on = forms.DateField(label="补齐日期")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["settled_on"].initial = today
