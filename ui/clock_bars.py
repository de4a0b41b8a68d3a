"""The clock of a list row: how much of a limit is used, and what that means."""

from __future__ import annotations

from django.utils.safestring import SafeString

from ui.lamps import LAMP_WORDS

_LAMPS = {lamp: lamp for lamp in LAMP_WORDS}


def clock_bar_html(lamp: str, *, used: int, limit: int | None, unit: str = "") -> SafeString:
    """Bar, figures and conclusion. A paused clock shows no days left: its due date is not known.

    `lamp` and `unit` (where it is not the column's) are the product's own words; the rest are numbers, so
    that nothing needs escaping.
    """
    share = min(100, 100 * used // limit) if limit else 0
    return SafeString(
        '<span class="lg-clock-bar"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="8" class="lg-bar-bg"/>'
        f'<rect width="{share:d}" height="8" class="lg-bar-{_LAMPS[lamp]}"/></svg>'
        f'<span class="lg-clock-bar-text">{used:d}/{"–" if limit is None else int(limit)}{unit}</span>'
        f"{_conclusion(lamp, used=used, limit=limit)}</span>"
    )


def _conclusion(lamp: str, *, used: int, limit: int | None) -> str:
    if lamp == "pause":
        return '<b class="lg-t-pause">停</b>'
    if limit is None:
        return ""
    if lamp == "red" and used > limit:
        return f'<b class="lg-t-red">超{used - limit:d}</b>'
    if lamp == "amber":
        return f'<b class="lg-t-amber">剩{limit - used:d}</b>'
    return ""
