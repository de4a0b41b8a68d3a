"""What the administrator states about backups and checks."""

from __future__ import annotations

from django import forms

from ui.forms import DateInput, OfficeForm
from upkeep.models import UpkeepSetting
from upkeep.services import Intervals


class MomentInput(forms.DateTimeInput):
    """A moment, picked in the browser."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


LEAST = {"keep_backup_days": 7, "keep_backup_months": 1, "free_disk_percent": 0}
MOST = {"free_disk_percent": 99}
NUMBERS = tuple(Intervals.__dataclass_fields__)


def label_of(name: str) -> str:
    """What a number of the setting is called."""
    return str(UpkeepSetting._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


class UpkeepSettingForm(OfficeForm):
    effective_from = forms.DateField(label="生效日期", widget=DateInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name in NUMBERS:
            self.fields[name] = forms.IntegerField(
                label=label_of(name), min_value=LEAST.get(name, 1), max_value=MOST.get(name, 3_650)
            )
        self.fields["note"] = forms.CharField(label="依据或原因", max_length=300)

    def intervals(self) -> Intervals:
        """The numbers as stated; call it on a valid form."""
        return Intervals(**{name: self.cleaned_data[name] for name in NUMBERS})


class MaintenanceForm(OfficeForm):
    """What every page is to say, and how long."""

    text = forms.CharField(
        label="内容",
        max_length=200,
        help_text="写明何时停用、停多久、怎么办。如：今晚 22:00 至 23:00 升级，期间不能登录，请提前保存。",
    )
    shown_from = forms.DateTimeField(label="开始显示", widget=MomentInput, help_text="从这时起每个页面显示。")
    until = forms.DateTimeField(label="结束显示", widget=MomentInput, help_text="到这时自动撤下。")
