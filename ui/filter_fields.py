"""The controls of a filter bar, each written once for everybody who sees the same.

Ten selects with all their counties, stages and kinds were a quarter of a list's page, and the same from
one page to the next: what a control looks like follows from its choices and from what is chosen. So the
HTML is kept under exactly that. A control that shows an error, or reads its choices from the database
while it is written, is written anew each time.
"""

from __future__ import annotations

from collections.abc import Hashable

from django import forms
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

TEMPLATE = "ui/_filter_field.html"
MOST_KEPT = 2000  # of some kilobytes each; what is searched for is a key of its own

_kept: dict[Hashable, str] = {}


def filter_field_html(bound: BoundField) -> SafeString:
    """One filter with its label, as `ui/_filter_field.html` writes it."""
    look = _look(bound)
    if look is None:
        return render_to_string(TEMPLATE, {"field": bound})
    found = _kept.get(look)
    if found is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found = _kept[look] = render_to_string(TEMPLATE, {"field": bound})
    return mark_safe(found)


def _look(bound: BoundField) -> Hashable | None:
    """All that the HTML of this control follows from; None where that is not to be said beforehand."""
    field, widget, value = bound.field, bound.field.widget, bound.value()
    if isinstance(field, forms.ModelChoiceField) or bound.errors:
        return None
    look = (
        *(type(widget), bound.html_name, bound.auto_id, str(bound.label), str(bound.help_text)),
        *(field.required, field.disabled, bound.form.use_required_attribute),
        tuple(widget.attrs.items()),
        tuple((type(key), key, label) for key, label in getattr(widget, "choices", ())),
        tuple(value) if isinstance(value, list) else (type(value), value),
    )
    try:
        hash(look)
    except TypeError:
        return None  # choices in groups
    return look
