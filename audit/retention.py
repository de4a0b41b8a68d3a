"""Letting go of entries whose time has run out, and nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pgtrigger
from django.db import connection, transaction

from audit.models import Purge, TrailRule
from audit.services import record

_DELETE = """
    DELETE FROM audit_entry e USING audit_link l
    WHERE l.entry_id = e.id
      AND ((l.is_business AND l.entered_at < %s) OR (NOT l.is_business AND l.entered_at < %s))
"""


def trail_rule(on: date) -> TrailRule:
    """For how long entries are kept on a day; the law's least where nobody has set more. One query."""
    rows = TrailRule.objects.filter(effective_from__lte=on).order_by("-effective_from")
    return rows.first() or TrailRule(effective_from=on)


@transaction.atomic
def purge(*, now: datetime, today: date) -> int:
    """Remove sealed entries that are older than the rule of the day keeps; gives their number.

    Their links stay, so that the chain holds, and a Purge says until when entries may be missing. Safe
    to repeat; writes nothing when nothing is due.
    """
    rule = trail_rule(today)
    door = now - timedelta(days=rule.keep_days)
    business = now - timedelta(days=366 * rule.keep_business_years)
    with pgtrigger.ignore("audit.Entry:entry_is_append_only"), connection.cursor() as cursor:
        cursor.execute(_DELETE, [business, door])
        removed = int(cursor.rowcount)
    if not removed:
        return 0
    done = Purge.objects.create(purged_at=now, door_before=door, business_before=business, removed=removed)
    record(actor=None, verb="trail.purged", subject=done, facts={"清理条数": removed})
    return removed
