"""What the ledger pages send."""

from __future__ import annotations

from django import forms

from dispatch.rules.weeks import Week
from ui.forms import OfficeForm


def week_of_text(text: str) -> Week:
    """The week written 2026-W47, for forms and the API alike.

    Raises:
        forms.ValidationError: it is not one.
    """
    try:
        return Week.parse(text)
    except ValueError as error:
        raise forms.ValidationError("周次请写作 2026-W47 的形式。") from error


class WeekForm(OfficeForm):
    """Which week."""

    week = forms.CharField(label="周次", max_length=8)

    def clean_week(self) -> Week:
        return week_of_text(self.cleaned_data["week"])


class UnitWeekForm(WeekForm):
    """Which week, and for which county or park."""

    organisation = forms.CharField(label="单位", max_length=30)
