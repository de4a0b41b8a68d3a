"""What every page's frame shows: navigation, unread messages, the office day."""

from __future__ import annotations

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:
    return {}
