"""What the pages of the reminder ladder send."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Organisation, User
from dispatch.models import Level
from dispatch.rules.ladder import RungPlan
from ui.forms import OfficeForm

MOST_DAYS = 200


class OptionalDays(forms.CharField):
    """Numbers of working days separated by 、 or commas; none is allowed."""

    def __init__(self, *, label: str) -> None:
        super().__init__(label=label, max_length=60, required=False)

    def clean(self, value: object) -> list[int]:
        words = [word for word in re.split(r"[,，、\s]+", str(super().clean(value))) if word]
        if not all(word.isdecimal() and 0 < int(word) <= MOST_DAYS for word in words):
            raise forms.ValidationError(f"填 1 到 {MOST_DAYS} 的天数，多个用顿号分开，如 1、5。")
        return sorted({int(word) for word in words})


def _repeat(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=MOST_DAYS, required=False)


class LadderForm(OfficeForm):
    """One version of the ladder: for each level before, on and after the end."""

    effective_from = forms.DateField(label="生效日期")
    quiet_from = forms.TimeField(
        label="免打扰起",
        help_text="免打扰时段内不向外发送，次日补发。",
        error_messages={"invalid": "时刻填不清楚，请写作 20:00 的样子。"},
    )
    quiet_to = forms.TimeField(
        label="免打扰止", error_messages={"invalid": "时刻填不清楚，请写作 07:00 的样子。"}
    )
    working_days_only = forms.BooleanField(label="只在工作日提醒", required=False)
    holder_after = OptionalDays(label="责任人：超期后第几个工作日")
    holder_repeat = _repeat("责任人：此后每隔几个工作日")
    head_before = OptionalDays(label="科室（单位）负责人：到期前几个工作日")
    head_after = OptionalDays(label="科室（单位）负责人：超期后第几个工作日")
    head_repeat = _repeat("科室（单位）负责人：此后每隔几个工作日")
    leader_before = OptionalDays(label="分管领导：到期前几个工作日")
    leader_after = OptionalDays(label="分管领导：超期后第几个工作日")
    leader_repeat = _repeat("分管领导：此后每隔几个工作日")
    group_after = OptionalDays(label="领导小组：超期后第几个工作日")
    group_repeat = _repeat("领导小组：此后每隔几个工作日")
    note = forms.CharField(label="依据或原因", max_length=300)

    def rungs(self) -> list[RungPlan]:
        """The levels as they were filled in."""
        given = self.cleaned_data
        return [
            RungPlan(
                level,
                tuple(given.get(f"{level.lower()}_before") or ()),
                False,
                tuple(given.get(f"{level.lower()}_after") or ()),
                given.get(f"{level.lower()}_repeat"),
            )
            for level in Level.values
        ]


class AbsenceForm(OfficeForm):
    user = forms.ModelChoiceField(label="休假人", queryset=User.objects.none())
    deputy = forms.ModelChoiceField(label="代办人", queryset=User.objects.none())
    first_on = forms.DateField(label="起（含）")
    last_on = forms.DateField(label="止（含）")
    note = forms.CharField(label="事由", max_length=100, required=False)

    def __init__(self, *args: Any, people: QuerySet[User], colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["deputy"].queryset = colleagues  # type: ignore[attr-defined]


class OfficeDigestForm(OfficeForm):
    organisation = forms.ModelChoiceField(label="单位（科室）", queryset=Organisation.objects.none())
    recipient = forms.ModelChoiceField(
        label="汇总发给",
        queryset=User.objects.none(),
        required=False,
        help_text="不选则恢复逐条发送。",
    )

    def __init__(
        self, *args: Any, units: QuerySet[Organisation], people: QuerySet[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = units  # type: ignore[attr-defined]
        self.fields["recipient"].queryset = people  # type: ignore[attr-defined]
