"""When backups are taken, and which of them are kept; from values alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

KEPT_AT_LEAST = 3  # however old: the last word on a system that nobody looked after


def superfluous(made: Sequence[datetime], *, today: date, keep_days: int, keep_months: int) -> list[datetime]:
    """Which backups may go, the oldest first.

    Kept are the newest three, whatever was made in the last `keep_days` days (today included), and
    of each of the last `keep_months` months (the present one included) the first.

    Args:
        made: when each was made, in the office's time.
    """
    newest_first = sorted(set(made), reverse=True)
    kept = set(newest_first[:KEPT_AT_LEAST])
    kept |= {moment for moment in newest_first if (today - moment.date()).days < keep_days}
    this_month = today.year * 12 + today.month
    firsts: dict[int, datetime] = {}
    for moment in newest_first:
        firsts[moment.year * 12 + moment.month] = moment
    kept |= {moment for month, moment in firsts.items() if this_month - month < keep_months}
    return [moment for moment in reversed(newest_first) if moment not in kept]


def next_moment(*, after: datetime, at: time) -> datetime:
    """The next time the clock shows `at`, strictly later than `after`."""
    candidate = after.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return candidate if candidate > after else candidate + timedelta(days=1)


def is_late(last: datetime | None, *, now: datetime, hours: int) -> bool:
    """Whether something that has to happen every `hours` hours has not; never is late too."""
    return last is None or now - last > timedelta(hours=hours)
