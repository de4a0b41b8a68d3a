"""What the ledger pages send."""

from __future__ import annotations

from django import forms

from dispatch.rules.periods import Period
from ui.forms import OfficeForm


def period_of_text(text: str) -> Period:
    """The period written 2026-W47, 2026-M11, 2026-Q4 or 2026-Y, for forms and the API alike.

    Raises:
        forms.ValidationError: it is not one.
    """
    try:
        return Period.parse(text)
    except ValueError as error:
        raise forms.ValidationError(
            "期次请写作 2026-W47（周）、2026-M11（月）、2026-Q4（季）或 2026-Y（年）的形式。"
        ) from error


class PeriodForm(OfficeForm):
    """Which period."""

    period = forms.CharField(label="期次", max_length=8)

    def clean_period(self) -> Period:
        return period_of_text(self.cleaned_data["period"])


class UnitPeriodForm(PeriodForm):
    """Which period, and for which county or park."""

    organisation = forms.CharField(label="单位", max_length=30)
