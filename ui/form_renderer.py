"""Django's own controls without its templates: the same HTML, a tenth of the time.

A select of thirteen counties is fourteen templates with one more each for its attributes; ten selects
above a list took as long as the list's rows. What is not written here, and whatever carries more than
plain text, goes through the templates as before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape

_PLACE = "django/forms/widgets/"
_INPUTS = ("checkbox", "date", "email", "hidden", "input", "number", "password", "text")
Widget = Mapping[str, Any]


class OfficeRenderer(DjangoTemplates):
    """For `settings.FORM_RENDERER`. tests/test_form_renderer.py holds it to Django's templates."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        write = _WRITERS.get(template_name)
        html = write(context["widget"]) if write else None
        return super().render(template_name, context, request) if html is None else html


def _input(widget: Widget) -> str:
    value = widget["value"]
    stated = "" if value is None else f' value="{_text(value)}"'
    head = f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"'
    return f"{head}{stated}{_attributes(widget)}>"


def _option(widget: Widget) -> str | None:
    """One box or button of several, as a chip shows it."""
    if not widget["wrap_label"]:
        return _input(widget)
    if not isinstance(widget["label"], str):
        return None
    own = widget["attrs"].get("id")
    of = f' for="{_text(own)}"' if own else ""
    return f"<label{of}>{_input(widget)}\n {conditional_escape(widget['label'])}</label>"


def _select(widget: Widget) -> str | None:
    parts = [f'<select name="{_text(widget["name"])}"{_attributes(widget)}>']
    for group, options, _ in widget["optgroups"]:
        if group:
            return None
        for option in options:
            # Numbers and dates as labels are written in the reader's manner: the template's business.
            if option["template_name"] != f"{_PLACE}select_option.html" or not isinstance(
                option["label"], str
            ):
                return None
            parts.append(
                f'\n  <option value="{_text(option["value"])}"{_attributes(option)}>'
                f"{conditional_escape(option['label'])}</option>\n"
            )
    return "".join(parts) + "\n</select>"


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: object) -> str:
    return conditional_escape(value if isinstance(value, str) else str(value))


_WRITERS: dict[str, Callable[[Widget], str | None]] = {
    **{f"{_PLACE}{name}.html": _input for name in _INPUTS},
    f"{_PLACE}select.html": _select,
    f"{_PLACE}checkbox_option.html": _option,
    f"{_PLACE}radio_option.html": _option,
}
