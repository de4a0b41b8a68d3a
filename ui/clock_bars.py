"""The clock of a list row: how much of a limit is used, and what that means."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString


def clock_bar_html(lamp: str, *, used: int, limit: int | None) -> SafeString:
    """Bar, figures and conclusion. A paused clock shows no days left: its due date is not known."""
    share = min(100, 100 * used // limit) if limit else 0
    return format_html(
        '<span class="lg-clock-bar"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="8" class="lg-bar-bg"/>'
        '<rect width="{}" height="8" class="lg-bar-{}"/></svg>'
        '<span class="lg-clock-bar-text">{}/{}</span>{}</span>',
        share,
        lamp,
        used,
        "–" if limit is None else limit,
        _conclusion(lamp, used=used, limit=limit),
    )


def _conclusion(lamp: str, *, used: int, limit: int | None) -> SafeString | str:
    if lamp == "pause":
        return SafeString('<b class="lg-t-pause">停</b>')
    if limit is None:
        return ""
    if lamp == "red" and used > limit:
        return format_html('<b class="lg-t-red">超{}</b>', used - limit)
    if lamp == "amber":
        return format_html('<b class="lg-t-amber">剩{}</b>', limit - used)
    return ""
