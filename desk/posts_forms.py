"""What is typed about posts."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms import OrganisationChoice
from accounts.models import Post
from ui.forms import OfficeForm


class PostForm(OfficeForm):
    title = forms.CharField(label="岗位", max_length=60, help_text="如：副局长（分管耕地保护）")
    duty = forms.ChoiceField(label="职责", choices=Post.Duty.choices)
    is_active = forms.BooleanField(label="在用", required=False)


class NewPostForm(OfficeForm):
    organisation = OrganisationChoice(label="单位")
    title = forms.CharField(label="岗位", max_length=60, help_text="如：副局长（分管耕地保护）")
    duty = forms.ChoiceField(label="职责", choices=Post.Duty.choices)

    def stated(self) -> dict[str, Any]:
        """As `accounts.posts.create_post` takes it; call it on a valid form."""
        return {**self.cleaned_data, "duty": Post.Duty(self.cleaned_data["duty"])}


class LeaveForm(OfficeForm):
    ends_on = forms.DateField(label="离任日期", help_text="从这一天起不再任职。")
