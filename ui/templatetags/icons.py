"""The icons' tag, written once: a page holds fifty, and each would be built from XML anew.

Stands in for the package's own library under its name (settings.TEMPLATES).
"""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as built

register = template.Library()


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: object) -> str:
    """As lucide's own tag; every icon in its size and with its attributes is built once a process."""
    return _icon(str(name), size, tuple(sorted((key, str(value)) for key, value in attributes.items())))


@lru_cache(maxsize=512)
def _icon(name: str, size: int | None, attributes: tuple[tuple[str, str], ...]) -> SafeString:
    return SafeString(built(name, size=size, **dict(attributes)))
