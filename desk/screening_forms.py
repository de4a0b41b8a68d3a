"""Forms of the screening page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms

from accounts.models import User
from projects.models import Project
from projects.services.screening import Adoption
from ui.forms import OfficeForm


class AdoptForm(OfficeForm):
    """What the bureau settles when it adopts a project; one form a row, prefixed with its id."""

    track = forms.ChoiceField(label="审批轨道", choices=Project.Track.choices)
    list_category = forms.ChoiceField(label="清单类别", required=False)
    priority_class = forms.ChoiceField(
        label="项目类别", choices=[("", "未定"), *Project.PriorityClass.choices], required=False
    )

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["list_category"]).choices = [("", "未定"), *kinds]

    def adoption(self, project_id: int) -> Adoption:
        return Adoption(project_id=project_id, **self.cleaned_data)


@dataclass(frozen=True, slots=True)
class AskedReason:
    """What a reason is called, and what to write there."""

    label: str
    help_text: str


RETURNING = AskedReason("退回理由", "报送单位会看到这段话，请写明要补什么、改什么。")
DROPPING = AskedReason("不予列入的理由", "报送单位会看到这段话；情况变化后可在下一批次重新报送。")


class ReasonForm(OfficeForm):
    """Why a row is not taken in: the unit that handed it in reads it."""

    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, asked: AskedReason, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label, self.fields["reason"].help_text = asked.label, asked.help_text


class MergeForm(OfficeForm):
    """The target by its number or code, which the page offers for the projects that look alike."""

    target = forms.CharField(
        label="并入哪个项目", max_length=40, help_text="填写在册项目的编号或项目代码。", required=False
    )
    target_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label="说明", max_length=500, required=False)

    def find_target(self, actor: User) -> int | None:
        """Id of the visible project meant, or None. What was typed outranks the offer beside it."""
        visible = Project.objects.visible_to(actor)
        text = self.cleaned_data["target"].strip()
        if text:
            chosen = visible.filter(number=text) | visible.exclude(code="").filter(code=text)
        else:
            chosen = visible.filter(pk=self.cleaned_data["target_id"])
        return chosen.order_by("pk").values_list("pk", flat=True).first()
