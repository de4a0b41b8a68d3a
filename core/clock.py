"""The only module that asks what day it is."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def today() -> date:
    """Today in the office's time zone (Asia/Shanghai), not in UTC.

    Call it in views, API, tasks and commands and pass the date down; rules, selectors and
    services take `today` as an argument.
    """
    return timezone.localdate()


def now() -> datetime:
    """The present moment, aware, for `_at` columns. Called at the edges, like `today`."""
    return timezone.now()


def written_at() -> datetime:
    """The moment at which a row is written: what `auto_now_add` gives, where no model's save runs.

    For stamps alone (`entered_at`); what depends on a day or a moment takes it as an argument.
    """
    return timezone.now()


def day_of(moment: datetime) -> date:
    """The office's day of a moment: what was typed at 07:30 in Shanghai is not yesterday's."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} does not say in which zone it is")
    return moment.astimezone(timezone.get_default_timezone()).date()
