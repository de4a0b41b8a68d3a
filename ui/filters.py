"""What the filters of lists share."""

from __future__ import annotations

from collections.abc import Iterable

import django_filters


def offer(filterset: django_filters.FilterSet, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Let the filter `name` of this one `filterset` take these choices.

    A filter keeps the form field that it made first, and the description of the API makes one for the
    class, without choices. Every filter set made later copies that field: so it is forgotten here.
    """
    found = filterset.filters[name]
    found.extra["choices"] = list(choices)
    found.__dict__.pop("_field", None)
