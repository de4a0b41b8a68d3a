"""Parts of a page that follow from a few plain values, written once for the same values.

The bar, the style sheets, the tabs, a table's head are the same on every page that one person opens, and
were most of the work of writing it. `{% fragment "ui/tabs.html" tabs=tabs label="常用筛选" %}` is an
include that sees nothing but its values: no request, no context, so that what it writes follows from
them alone and may be kept under them. A csrf token is another one each time and has no place in it.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from django.conf import settings
from django.core.signals import setting_changed
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString

MOST_KEPT = 2048  # of some kilobytes, the navigation of thirty: what people type has no place in that one

Values = tuple[tuple[str, type, Hashable], ...]


def fragment_html(template: str, **values: Hashable) -> SafeString:
    """`template` written with these values and nothing else.

    Values: words, numbers, days, tuples of them, frozen dataclasses. Words inside a tuple or dataclass
    are plain ones: markup that is safe and words that read the same are one key there.

    Raises:
        TypeError: a value can be changed later (a list, a dict); nothing could be kept under it.
    """
    given = tuple((name, type(value), value) for name, value in values.items())
    if settings.DEBUG:  # a template may change under the running server
        return _write(template, "", given)
    return _written(template, get_script_prefix(), given)


def _write(template: str, prefix: str, values: Values) -> SafeString:
    return render_to_string(template, {name: value for name, _, value in values})


_written = lru_cache(maxsize=MOST_KEPT)(_write)


def forget_fragments(**_: object) -> None:
    """Settings decide addresses and files: another setting, another page. Settings change in tests only."""
    _written.cache_clear()


setting_changed.connect(forget_fragments)
