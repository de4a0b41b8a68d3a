"""Forms that look and speak alike: Bootstrap classes, described-by, a refusal shown on the form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

from core.errors import DomainError
from ui.field_words import words_for

_PLAIN = (forms.HiddenInput, forms.CheckboxSelectMultiple, forms.RadioSelect)


class DateInput(forms.DateInput):
    """The browser's own date picker; the value travels as 2026-11-22."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class OfficeFormMixin:
    """For forms and model forms: native date pickers, the house's words, `refuse` for a refusal.

    Classes and aria attributes are put on by {% field %}, so that foreign forms get them too.
    """

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.DateField) and type(field.widget) is forms.DateInput:
                field.widget = DateInput(attrs=field.widget.attrs)
            # The rows of a table of forms would say it once a row.
            if not field.help_text and getattr(self, "prefix", None) is None:
                field.help_text = words_for(str(field.label or ""))

    def refuse(self, error: DomainError, *, field: str | None = None) -> None:
        """Show a service's refusal on the form, at `field` or above all; the input is kept."""
        self.add_error(field, error.message)  # type: ignore[attr-defined]  # from forms.BaseForm


class OfficeForm(OfficeFormMixin, forms.Form):
    """The product's plain form."""


def widget_html(bound: BoundField, *, small: bool = False) -> SafeString:
    """The control with the classes its kind needs. Django 5.2 adds aria-invalid and aria-describedby."""
    css = widget_class(bound.field.widget, small=small)
    own = bound.field.widget.attrs.get("class", "")
    classes = f"{own} {css}".strip()
    return bound.as_widget(attrs={"class": classes} if classes else None)


def widget_class(widget: forms.Widget, *, small: bool = False) -> str:
    """The Bootstrap class for a widget; groups of boxes are dressed by their template."""
    if isinstance(widget, _PLAIN):
        return ""
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    kind = "form-select" if isinstance(widget, forms.Select) else "form-control"
    return f"{kind} {kind}-sm" if small else kind
