"""Putting entries into the chain. Nobody who writes an entry waits for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from audit.models import Link
from audit.verbs import is_business
from core.bulk import copy_in

GENESIS = "0" * 64
BATCH = 5_000
COLUMNS = ("position", "entry_id", "is_business", "entered_at", "row_digest", "digest", "sealed_at")
# No transaction lives longer: what shows up behind a link of this age was not written by the product.
LATEST_COMMIT = timedelta(hours=24)
_ONE_SEALER = 7_243_001
# Every column of the entry in a fixed order and in a form that no setting of the session changes.
CANONICAL = """
    jsonb_build_array(e.id, e.actor_id, e.actor_label, e.verb, e.subject_kind, e.subject_id, e.subject_label,
        e.project_id, e.scope_path, e.request_id, e.facts, host(e.address), e.outcome, e.occurred_on::text,
        (extract(epoch FROM e.entered_at) * 1000000)::bigint)::text
"""
_UNSEALED = f"""
    SELECT e.id, e.verb, e.entered_at, {CANONICAL}
    FROM audit_entry e LEFT JOIN audit_link l ON l.entry_id = e.id
    WHERE l.entry_id IS NULL AND e.id > %s
    ORDER BY e.id LIMIT {BATCH}
"""


def row_digest(canonical: str) -> str:
    """The SHA-256 of one entry."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def link_digest(
    previous: str, *, position: int, entry_id: int, business: bool, entered_at: datetime, row: str
) -> str:
    """The SHA-256 of a link: of the one before, of what it says of the entry, of the entry's own."""
    said = f"{position}|{entry_id}|{'B' if business else 'D'}|{entered_at.astimezone(UTC).isoformat()}"
    return hashlib.sha256(f"{previous}|{said}|{row}".encode()).hexdigest()


def seal(*, now: datetime) -> int:
    """Give every committed entry its link; gives their number. One sealer at a time, others leave at once.

    Entries are written without a look at the chain, so that no transaction waits for another. One that
    commits late gets its link at the next sealing; one that turns up a day behind its neighbours gets
    none, and the check names it.
    """
    sealed = 0
    while True:
        with transaction.atomic():
            if not _alone():
                return sealed
            rows = _unsealed(now)
            # Read and computed before COPY has the connection to itself.
            copy_in(Link, COLUMNS, list(_links(rows, now=now)))
        sealed += len(rows)
        if len(rows) < BATCH:
            return sealed


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_SEALER])
        return bool(cursor.fetchone()[0])


def _unsealed(now: datetime) -> Sequence[tuple[int, str, datetime, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED, [sealed_floor(now)])
        return list(cursor.fetchall())


def sealed_floor(now: datetime) -> int:
    """The key up to which every entry has had its link for a day."""
    old = Link.objects.filter(sealed_at__lt=now - LATEST_COMMIT).order_by("-position").first()
    return 0 if old is None else old.entry_id


def _links(rows: Sequence[tuple[int, str, datetime, str]], *, now: datetime) -> Iterator[tuple[object, ...]]:
    last = Link.objects.order_by("-position").first()
    position, digest = (0, GENESIS) if last is None else (last.position, last.digest)
    for key, verb, entered_at, canonical in rows:
        position += 1
        business, row = is_business(verb), row_digest(canonical)
        digest = link_digest(
            digest, position=position, entry_id=key, business=business, entered_at=entered_at, row=row
        )
        yield position, key, business, entered_at, row, digest, now
