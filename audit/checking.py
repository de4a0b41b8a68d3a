"""Proving the log: every sealed entry is there, unchanged, in its place, unless its time had run out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from audit.models import Link, Purge
from audit.models.retention import LEAST_BUSINESS_YEARS, LEAST_DAYS
from audit.sealing import CANONICAL, GENESIS, link_digest, row_digest, sealed_floor

FINDINGS_SHOWN = 100
_CHUNK = 5_000
_WALK = f"""
    SELECT l.position, l.entry_id, l.is_business, l.entered_at, l.row_digest, l.digest, {CANONICAL}, e.id
    FROM audit_link l LEFT JOIN audit_entry e ON e.id = l.entry_id
    WHERE l.position > %s ORDER BY l.position LIMIT {_CHUNK}
"""
_STRAY = """
    SELECT e.id, count(*) OVER () FROM audit_entry e LEFT JOIN audit_link l ON l.entry_id = e.id
    WHERE l.entry_id IS NULL AND e.id <= %s ORDER BY e.id LIMIT 100
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: what a copy elsewhere can be compared with."""

    position: int
    digest: str


@dataclass(slots=True)
class TrailProof:
    """What a walk along the whole chain found. `findings`: a sentence each, the first hundred."""

    links: int = 0
    purged: int = 0
    head: Head = field(default_factory=lambda: Head(0, GENESIS))
    wrong: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.wrong

    def find(self, sentence: str) -> None:
        self.wrong += 1
        if len(self.findings) < FINDINGS_SHOWN:
            self.findings.append(sentence)


def check_trail(*, now: datetime, since: Head | None = None) -> TrailProof:
    """Walk the chain from its first link. Reads every sealed entry once, five thousand at a time.

    Found are entries altered, removed before their time, put in behind the chain's back, and links
    altered, removed or out of their order. Not yet sealed entries (the last minute's) are not judged.

    Args:
        since: a head that was kept elsewhere, e.g. by a backup; the chain still has to go through it.
    """
    proof = TrailProof()
    with transaction.atomic():
        _one_moment()
        door_before, business_before = _lawfully_gone(now)
        for position, entry_id, business, entered_at, row, digest, canonical, found in _walk():
            name = f"第 {position} 环（记录 {entry_id}）"
            expected = link_digest(
                proof.head.digest,
                position=position,
                entry_id=entry_id,
                business=business,
                entered_at=entered_at,
                row=row,
            )
            if position != proof.head.position + 1:
                proof.find(f"{name}之前缺 {position - proof.head.position - 1} 环，链被删改。")
            elif digest != expected:
                proof.find(f"{name}与前一环不相接，链被改动或调换。")
            if found is None:
                if entered_at < (business_before if business else door_before):
                    proof.purged += 1
                else:
                    proof.find(f"{name}的操作记录被删除。")
            elif row_digest(canonical) != row:
                proof.find(f"{name}的操作记录被改动或调换。")
            proof.links += 1
            if since is not None and position == since.position and digest != since.digest:
                proof.find(f"{name}与另存的链首不一致，链被整体重写。")
            proof.head = Head(position, digest)
        _look_for_strays(proof, now)
    if since is not None and proof.head.position < since.position:
        proof.find(f"链止于第 {proof.head.position} 环，另存的链首是第 {since.position} 环，链尾被删除。")
    return proof


def current_head() -> Head:
    """The newest link. One query."""
    last = Link.objects.order_by("-position").first()
    return Head(0, GENESIS) if last is None else Head(last.position, last.digest)


def _one_moment() -> None:
    """Read all of one moment where the caller has not begun reading already."""
    if len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def _walk() -> Iterator[tuple[int, int, bool, datetime, str, str, str, int | None]]:
    position = -1
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_WALK, [position])
            rows = cursor.fetchall()
            yield from rows
            if len(rows) < _CHUNK:
                return
            position = rows[-1][0]


def _lawfully_gone(now: datetime) -> tuple[datetime, datetime]:
    """Before which moments entries may be missing: as far as purges went, never further than the law."""
    never = now - timedelta(days=36_500)
    door, business = never, never
    for purge in Purge.objects.all():
        at = min(purge.purged_at, now)
        door = max(door, min(purge.door_before, at - timedelta(days=LEAST_DAYS)))
        business = max(business, min(purge.business_before, at - timedelta(days=365 * LEAST_BUSINESS_YEARS)))
    return door, business


def _look_for_strays(proof: TrailProof, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STRAY, [sealed_floor(now)])
        for entry_id, _ in cursor.fetchall():
            proof.find(f"记录 {entry_id} 不在链中，是事后插入的。")
