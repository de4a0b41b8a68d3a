"""What each of many projects is at: its most urgent open deadline, read for a list.

A list shows fifty of them with five values each. Rows of models with all their columns, and a query of
their own for pauses that hardly one of them has, were a third of a page; these are two plain statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from deadlines import rules
from deadlines.errors import CalendarGap
from deadlines.rules.lamps import WORST_FIRST
from deadlines.selectors import lamp_of, line_of, pause_of

_MOST_KEPT = 8192  # of each answer: what several hundred people turn over in a day
Urgency = tuple[int, date]  # the lamp's place in WORST_FIRST, the day it is due


@dataclass(frozen=True, slots=True)
class Urgent:
    """The deadline a project is judged by today.

    stage: its stage, else what it is about. holder: the person who has to act, else the unit.
    line: the line whose figures are shown; None where the calendar has a gap, which takes no list down.
    """

    deadline_id: int
    lamp: rules.Lamp
    stage: str
    holder: str
    line: rules.Reading | None


class Terms(NamedTuple):
    """All of an open deadline that its lamp and its lines follow from.

    What stands in a list today stands there for everybody until midnight, and steps that began on one day
    under one limit read alike: the answers are kept under these values.
    """

    state: str
    started_on: date
    due_on: date | None
    live_from: date | None
    amber_from: date | None
    red_from: date | None
    idle_from: date | None
    committed_limit: int | None
    committed_unit: str
    committed_kind: str
    committed_extension: int
    statutory_limit: int | None
    statutory_unit: str
    statutory_kind: str
    statutory_extension: int
    statutory_is_reference: bool
    is_open: bool = True


class _Open(NamedTuple):
    pk: int
    project_id: int
    stage: str
    holder: str
    terms: Terms


def urgent_of(
    project_ids: Sequence[int], *, today: date, calendar: rules.WorkingCalendar
) -> dict[int, Urgent]:
    """The most urgent open deadline of each project that has one: the worst lamp, then the earliest due.

    Two queries; one where nothing is open.
    """
    chosen: dict[int, tuple[Urgency, _Open]] = {}
    for deadline in _open_deadlines(project_ids):
        urgency = _urgency(deadline.terms, today)
        if deadline.project_id not in chosen or urgency < chosen[deadline.project_id][0]:
            chosen[deadline.project_id] = urgency, deadline
    pauses = _pauses(deadline.pk for _, deadline in chosen.values())
    return {
        project_id: Urgent(
            deadline_id=deadline.pk,
            lamp=WORST_FIRST[place],
            stage=deadline.stage,
            holder=deadline.holder,
            line=_governing(deadline.terms, tuple(pauses.get(deadline.pk, ())), today, calendar),
        )
        for project_id, ((place, _), deadline) in chosen.items()
    }


@lru_cache(maxsize=_MOST_KEPT)
def _urgency(terms: Terms, today: date) -> Urgency:
    return WORST_FIRST.index(lamp_of(terms, today)), terms.due_on or date.max


@lru_cache(maxsize=_MOST_KEPT)
def _governing(
    terms: Terms, pauses: tuple[rules.Pause, ...], today: date, calendar: rules.WorkingCalendar
) -> rules.Reading | None:
    """The line lists follow, as `DeadlineReading.governing`: the promise where there is one."""
    lines = ((name, line_of(terms, name)) for name in (rules.LineName.COMMITTED, rules.LineName.STATUTORY))
    name, line = next((name, line) for name, line in lines if line is not None)
    try:
        return rules.read_line(
            line=line, start=terms.started_on, today=today, calendar=calendar, pauses=pauses, name=name
        )
    except CalendarGap:
        return None


def _open_deadlines(project_ids: Sequence[int]) -> list[_Open]:
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [list(project_ids)])
        return [
            _Open(pk, project_id, stage, holder, Terms(*terms))
            for pk, project_id, stage, holder, *terms in cursor.fetchall()
        ]


def _pauses(deadline_ids: Iterable[int]) -> dict[int, list[rules.Pause]]:
    found: dict[int, list[rules.Pause]] = defaultdict(list)
    ids = list(deadline_ids)
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(_PAUSES, [ids])
            for deadline_id, first, last, reason, committed, statutory in cursor.fetchall():
                found[deadline_id].append(
                    pause_of(first, last, reason, stops_committed=committed, stops_statutory=statutory)
                )
    return found


# The holder's name as `User.label` says it.
_OPEN = """
SELECT deadline.id, project_id, coalesce(nullif(stage, ''), subject_label),
    coalesce(nullif(title, ''), nullif(trim(first_name || ' ' || last_name), ''), username, short_name),
    state, started_on, due_on, live_from, amber_from, red_from, idle_from,
    committed_limit, committed_unit, committed_kind, committed_extension,
    statutory_limit, statutory_unit, statutory_kind, statutory_extension, statutory_is_reference
FROM deadlines_deadline AS deadline
JOIN accounts_organisation AS unit ON unit.id = holder_organisation_id
LEFT JOIN accounts_user AS person ON person.id = holder_id
WHERE project_id = ANY(%s) AND state IN ('RUNNING', 'PAUSED')
ORDER BY deadline.id
"""
_PAUSES = """
SELECT deadline_id, first_on, last_on, label, pause.stops_committed, pause.stops_statutory
FROM deadlines_pause AS pause JOIN deadlines_pausekind AS kind ON kind.id = kind_id
WHERE deadline_id = ANY(%s) ORDER BY first_on, pause.id
"""
