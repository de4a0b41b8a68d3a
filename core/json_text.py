"""JSON as text, for rows that go to the database without the ORM: by COPY, or into one of its functions."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def json_text(value: object, encoder: Any = DjangoJSONEncoder) -> str:
    """What a JSON column is given: dates and decimals as Django writes them, or as the field's `encoder`."""
    if not value and isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    return _encode(encoder)(value)


@functools.cache
def _encode(encoder: Any) -> Callable[[object], str]:
    """`json.dumps` would make the encoder anew for every value."""
    return (encoder or json.JSONEncoder)(ensure_ascii=False).encode
