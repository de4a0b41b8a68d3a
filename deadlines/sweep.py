"""All open deadlines at once: which stored conclusions do their facts not support, and put them right.

A million promises have a few thousand different sets of facts. An index over one number for
facts and stored conclusions finds the different sets without reading the rows; each set is concluded
once by the same rules as a single row; only sets that differ are written, in one statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from deadlines import rules
from deadlines.conclusions import CONCLUSIONS, Tools, conclude
from deadlines.models import Deadline, DeadlineQuerySet

FACTS = (
    "started_on",
    "committed_limit",
    "committed_unit",
    "committed_kind",
    "committed_extension",
    "statutory_limit",
    "statutory_unit",
    "statutory_kind",
    "statutory_extension",
    "statutory_is_reference",
    "dependent_is_open",
)
STORED = (*CONCLUSIONS, "state")
# A notice may move a million dates; the trace names the first of them, row histories the rest.
MOST_TRACED = 2_000
_AT_ONCE = 500

_COLUMNS = ", ".join(f"d.{name}" for name in (*FACTS, *STORED))
_OPEN = "d.state IN ('RUNNING', 'PAUSED')"
_PLAIN = f"{_OPEN} AND NOT EXISTS (SELECT FROM deadlines_pause s WHERE s.deadline_id = d.id)"
# One number instead of twenty columns. Two different sets of facts among thousands share a 64-bit hash
# less than once in a billion sweeps. The index deadline_open_facts holds it for the open rows (a
# migration names the same columns), so that the few thousand different numbers are found by leaping
# from one to the next, however many rows share each.
_HASH = f"hash_record_extended(ROW({_COLUMNS}), 0)"
_NEXT = f"SELECT {_HASH} AS key, d.id FROM deadlines_deadline d WHERE {_OPEN}"
FIRST_OF_EACH = f"""
    WITH RECURSIVE leap AS (
        ({_NEXT} ORDER BY {_HASH} LIMIT 1)
        UNION ALL
        SELECT n.key, n.id FROM leap
        CROSS JOIN LATERAL ({_NEXT} AND {_HASH} > leap.key ORDER BY {_HASH} LIMIT 1) n
    )
    SELECT leap.key, {_COLUMNS} FROM leap JOIN deadlines_deadline d ON d.id = leap.id
"""
# A number may belong to rows with pauses alone, which are read by themselves.
_HAVE_PLAIN = f"SELECT DISTINCT {_HASH} FROM deadlines_deadline d WHERE {_PLAIN} AND {_HASH} = ANY(%s)"
_PAUSED = f"""
    SELECT g.ids, {_COLUMNS}, g.pauses
    FROM (
        SELECT array_agg(d.id) AS ids, min(d.id) AS id, p.pauses
        FROM (
            SELECT s.deadline_id, string_agg(
                concat_ws('/', s.first_on, coalesce(s.last_on::text, '-'),
                          s.stops_committed::int, s.stops_statutory::int),
                ';' ORDER BY s.first_on, s.id) AS pauses
            FROM deadlines_pause s GROUP BY s.deadline_id
        ) p
        JOIN deadlines_deadline d ON d.id = p.deadline_id
        WHERE {_OPEN}
        GROUP BY {_HASH}, p.pauses
    ) g
    JOIN deadlines_deadline d ON d.id = g.id
"""


_EVENT_COLUMNS = [
    field.column
    for field in apps.get_model("deadlines", "DeadlineEvent", require_ready=False)._meta.concrete_fields
    if not field.name.startswith("pgh_")
]
_HISTORY = f"""
    INSERT INTO deadlines_deadlineevent
        ({", ".join(_EVENT_COLUMNS)}, pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id)
    SELECT {", ".join(f"t.{name}" for name in _EVENT_COLUMNS)}, t.id, 'update', now(), c.value
    FROM sweep_found f JOIN deadlines_deadline t ON t.id = f.id
    CROSS JOIN (SELECT _pgh_attach_context() AS value) c
"""

_SETTINGS = {"enable_sort": "off", "work_mem": "'128MB'", "jit": "off", "random_page_cost": "1.1"}
_SET = "; ".join(f"SET LOCAL {name} = {value}" for name, value in _SETTINGS.items())
_RESET = "; ".join(f"RESET {name}" for name in _SETTINGS)


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows of equal facts and stored conclusions. wanted: what their facts give, as STORED.

    hash: names rows without pauses; pks: a row with pauses stands for itself.
    """

    stored: tuple[object, ...]
    wanted: tuple[object, ...]
    hash: int | None = None
    pk: int | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """A stored conclusion that its facts do not support."""

    deadline: Deadline
    column: str
    stored: object
    computed: object


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep changed. moved: the deadlines whose due date moved, the first MOST_TRACED of them."""

    changed: int
    moved_count: int
    moved: list[dict[str, object]]


def deadline_drift(*, today: date) -> Iterator[Drift]:
    """Open deadlines whose stored conclusions differ from what their facts give. Should be none.

    The different sets by their index, and one pass over the open rows when any differ.
    """
    groups = _differing(Tools.load(today))
    if not groups:
        return
    by_hash = {group.hash: group for group in groups if group.hash is not None}
    by_pk = {group.pk: group for group in groups if group.pk is not None}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT d.id, {_HASH} FROM deadlines_deadline d WHERE {_PLAIN} AND {_HASH} = ANY(%s)",
            [list(by_hash)],
        )
        by_pk |= {pk: by_hash[number] for pk, number in cursor.fetchall()}
    for deadline in _rows(list(by_pk)).order_by("pk").iterator(chunk_size=2_000):
        group = by_pk[deadline.pk]
        for column, stored, wanted in zip(STORED, group.stored, group.wanted, strict=True):
            if stored != wanted:
                yield Drift(deadline, column, stored, wanted)


def _rows(pks: Sequence[int]) -> DeadlineQuerySet:
    return Deadline.objects.filter(pk__in=pks)


@transaction.atomic
def recompute_open(*, today: date) -> Swept:
    """Recompute every open deadline; write only those that changed. Returns what changed.

    Closed deadlines keep the dates they were closed under: a later notice does not rewrite
    history. Nothing is locked while nothing differs. Before anything is written the table is locked
    against writers and compared again, so that a pause entered meanwhile waits, or has been seen.

    Raises:
        CalendarGap: an open deadline runs past every year the calendar knows.
    """
    tools = Tools.load(today)
    if not _differing(tools):
        return Swept(0, 0, [])
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE deadlines_deadline IN EXCLUSIVE MODE")
    groups = _differing(tools)
    with connection.cursor() as cursor:
        _write_wanted(cursor, groups)
        moved_count, moved = _moved(cursor)
        columns = ", ".join(f"{name} = w.{name}" for name in STORED)
        # The history of a million rows by one statement: by its trigger, row by row, it takes longer
        # than the rows themselves.
        with pgtrigger.ignore("deadlines.Deadline:update_update"):
            cursor.execute(
                f"""
                UPDATE deadlines_deadline t SET {columns}, calendar_revision_id = %s
                FROM sweep_found f JOIN sweep_wanted w ON w.key = f.key WHERE t.id = f.id
                """,
                [tools.revision.pk if tools.revision else None],
            )
            changed = cursor.rowcount
        cursor.execute(_HISTORY)
        cursor.execute("DROP TABLE sweep_found, sweep_wanted")
    return Swept(changed, moved_count, moved)


def _differing(tools: Tools) -> list[_Group]:
    """The groups whose stored conclusions are not what their facts give. Three queries at most."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SET)
        cursor.execute(FIRST_OF_EACH)
        plain = cursor.fetchall()
        cursor.execute(_PAUSED)
        paused = cursor.fetchall()
        found = _plain_groups(cursor, plain, tools)
        cursor.execute(_RESET)
    probe = Deadline()
    for pks, *values, pauses in paused:
        facts, stored = tuple(values[: len(FACTS)]), tuple(values[len(FACTS) :])
        wanted = _wanted(facts, pauses, tools, probe)
        if stored != wanted:
            found.extend(_Group(stored, wanted, pk=pk) for pk in pks)
    return found


def _plain_groups(cursor: CursorWrapper, rows: Sequence[Sequence[Any]], tools: Tools) -> list[_Group]:
    """Those of the different sets that differ from their facts and are held by a row without pauses."""
    groups, probe = {}, Deadline()
    for number, *values in rows:
        facts, stored = tuple(values[: len(FACTS)]), tuple(values[len(FACTS) :])
        wanted = _wanted(facts, None, tools, probe)
        if stored != wanted:
            groups[number] = _Group(stored, wanted, hash=number)
    if not groups:
        return []
    cursor.execute(_HAVE_PLAIN, [list(groups)])
    return [groups[number] for (number,) in cursor.fetchall()]


def _wanted(facts: Sequence[object], pauses: str | None, tools: Tools, probe: Deadline) -> tuple[object, ...]:
    """What a set of facts gives, as STORED. `probe` is filled anew each time: making a row costs more
    than concluding it, and every conclusion is written again.
    """
    for name, value in zip(FACTS, facts, strict=True):
        setattr(probe, name, value)
    probe.state = Deadline.State.RUNNING
    conclude(probe, pauses=_pauses(pauses), tools=tools)
    return tuple(str(value) if name == "state" else value for name, value in _stored(probe))


def _stored(deadline: Deadline) -> list[tuple[str, object]]:
    return [(name, getattr(deadline, name)) for name in STORED]


def _pauses(text: str | None) -> list[rules.Pause]:
    """The pauses of a group as the query wrote them: 2026-11-03/2026-11-05/1/0;…"""
    found = []
    for each in text.split(";") if text else ():
        first, last, committed, statutory = each.split("/")
        stops = [
            name
            for name, stopped in (
                (rules.LineName.COMMITTED, committed),
                (rules.LineName.STATUTORY, statutory),
            )
            if stopped == "1"
        ]
        end = None if last == "-" else date.fromisoformat(last)
        found.append(rules.Pause(date.fromisoformat(first), end, stops=frozenset(stops)))
    return found


def _write_wanted(cursor: object, groups: Sequence[_Group]) -> None:
    """What each differing group should say, and the rows of each, as tables of this transaction."""
    names = ", ".join(STORED)
    execute = cursor.execute  # type: ignore[attr-defined]
    execute(
        "CREATE TEMP TABLE sweep_wanted ON COMMIT DROP AS SELECT 0 AS key, "
        f"0::bigint AS hash, 0::bigint AS pk, {names} FROM deadlines_deadline LIMIT 0"
    )
    row = f"({', '.join(['%s'] * (len(STORED) + 3))})"
    # One statement for many rows, not executemany: the history's context rides on single statements.
    for first in range(0, len(groups), _AT_ONCE):
        values = [
            value
            for key, group in enumerate(groups[first : first + _AT_ONCE], start=first)
            for value in (key, group.hash, group.pk, *group.wanted)
        ]
        rows = ", ".join([row] * (len(values) // (len(STORED) + 3)))
        execute(f"INSERT INTO sweep_wanted (key, hash, pk, {names}) VALUES {rows}", values)
    execute("ANALYZE sweep_wanted")
    execute(
        f"""
        CREATE TEMP TABLE sweep_found ON COMMIT DROP AS
        SELECT k.id, w.key FROM (SELECT d.id, {_HASH} AS hash FROM deadlines_deadline d WHERE {_PLAIN}) k
        JOIN sweep_wanted w ON w.hash = k.hash
        UNION ALL SELECT w.pk, w.key FROM sweep_wanted w WHERE w.pk IS NOT NULL
        """
    )
    execute("ANALYZE sweep_found")


def _moved(cursor: object) -> tuple[int, list[dict[str, object]]]:
    """How many due dates move, and the first of them with the old and the new day."""
    joined = (
        "FROM sweep_found f JOIN sweep_wanted w ON w.key = f.key "
        "JOIN deadlines_deadline t ON t.id = f.id WHERE t.due_on IS DISTINCT FROM w.due_on"
    )
    cursor.execute(f"SELECT count(*) {joined}")  # type: ignore[attr-defined]
    [count] = cursor.fetchone()  # type: ignore[attr-defined]
    cursor.execute(  # type: ignore[attr-defined]
        f"SELECT t.id, trim(t.project_name || ' ' || t.subject_label), t.due_on, w.due_on {joined} "
        f"ORDER BY t.id LIMIT {MOST_TRACED}"
    )
    rows = cursor.fetchall()  # type: ignore[attr-defined]
    return count, [
        {"deadline": pk, "label": label, "from": before, "to": after} for pk, label, before, after in rows
    ]
