"""What the message pages send."""

from __future__ import annotations

from django import forms

from ui.forms import OfficeForm


class UpToForm(OfficeForm):
    """The newest message on the screen: later ones stay unread."""

    up_to = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
