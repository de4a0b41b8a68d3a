"""Making a ledger: computed from the rows of the day, frozen with its file in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from hashlib import sha256
from itertools import groupby

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.selectors import home_prefecture
from audit.services import record
from core.clock import day_of
from deadlines.models import LampSetting
from deadlines.selectors import calendar_revision, working_calendar
from dispatch.errors import RoundNotFrozen
from dispatch.models import LedgerSnapshot, Round
from dispatch.rules.ledger import COLUMNS, ProjectFacts, Row, ledger_row, renumbered, sums_of
from dispatch.rules.periods import Period
from dispatch.selectors.ledgers import codes_inside, project_facts
from dispatch.services import tallies
from dispatch.services.reports import drop_forgotten
from dispatch.workbook import LedgerHead, ledger_workbook
from duties.export import lists_as_json, whole_lists
from jobs.models import Job
from jobs.progress import Progress
from jobs.registry import Outcome, Write
from notifications.models import Message
from notifications.services import tell

KIND = "dispatch.ledger"
LABEL = "台账"


def make_ledger(job: Job, progress: Progress) -> Write:
    """The handler of ledger jobs: compute rows and file, then freeze them whole (jobs.registry).

    A ledger that exists already is the record and is returned as it is.
    """
    week, version = Period.parse(str(job.payload["period"])), int(str(job.payload.get("version", 1)))
    organisation = Organisation.objects.get(code=job.payload["organisation"])
    existing = snapshot_of(week, organisation, version=version)
    if existing is not None:
        return lambda: _outcome(existing)
    lists = None
    if organisation.code == settings.PREFECTURE_CODE:
        taken_on = day_of(progress.clock())
        progress.report(0, 0, "正在读取项目")
        with _one_moment():
            facts = project_facts(organisation=organisation, today=taken_on, calendar=working_calendar())
            lists = lists_as_json(whole_lists(today=taken_on))
        rows = list(_rows(facts, week=week, progress=progress))
    else:
        whole = _prefecture_ledger(week, version)
        taken_on, rows = whole.taken_on, _cut_out(whole, organisation)
    head = LedgerHead(week, organisation.short_name, taken_on, version)
    content = _written(head, rows=rows, progress=progress)
    return lambda: _outcome(_freeze(job, head, organisation, rows, content, lists, now=progress.clock()))


def snapshot_of(
    week: Period, organisation: Organisation, *, version: int | None = None
) -> LedgerSnapshot | None:
    """A version of the frozen ledger of a period for a unit, file included; the newest by default.

    None before it is made. One query.
    """
    found = LedgerSnapshot.objects.filter(
        round__kind=week.kind.value,
        round__year=week.year,
        round__number=week.number,
        organisation=organisation,
    )
    if version is not None:
        found = found.filter(version=version)
    return found.order_by("-version").first()


def _rows(facts: Sequence[ProjectFacts], *, week: Period, progress: Progress) -> Iterator[Row]:
    for position, project in enumerate(facts, start=1):
        progress.report(position - 1, 2 * len(facts), f"正在汇总第 {position} / {len(facts)} 个项目")
        yield ledger_row(project, position=position, week=week)


@contextmanager
def _one_moment() -> Iterator[None]:
    """All queries inside see the database at one moment, while others go on writing.

    Inside a transaction that has begun already (a test's) the isolation cannot change any more.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _prefecture_ledger(week: Period, version: int) -> LedgerSnapshot:
    whole = snapshot_of(week, home_prefecture(), version=version)
    if whole is None:
        raise RoundNotFrozen(f"{week.label}的全州台账尚未定稿，定稿后才能生成本单位台账。", period=str(week))
    return whole


def _cut_out(whole: LedgerSnapshot, organisation: Organisation) -> list[Row]:
    """The unit's rows of the prefecture's ledger, so that both always say the same."""
    return renumbered(rows_inside_unit(stored_rows(whole), organisation))


def rows_inside_unit(rows: Iterable[Row], organisation: Organisation) -> list[Row]:
    """The rows that belong to a subtree. One query."""
    codes = codes_inside(organisation)
    return [row for row in rows if row.unit_code in codes]


def stored_rows(frozen: LedgerSnapshot) -> Iterator[Row]:
    """A ledger's rows as values again, in the columns of today: it may have been frozen with others."""
    keys = [column["key"] for column in frozen.columns]
    for row in frozen.rows:
        cells = dict(zip(keys, row["cells"], strict=True))
        yield Row(row["unit"], row["project"], tuple(cells.get(column.key) for column in COLUMNS))


def _written(head: LedgerHead, *, rows: Sequence[Row], progress: Progress) -> bytes:
    total = len(rows)
    names = dict(Organisation.objects.values_list("code", "short_name"))

    def written(count: int) -> None:
        progress.report(total + count, 2 * total, f"正在写入第 {count} / {total} 行")

    return ledger_workbook(head=head, rows=rows, unit_names=names, written=written)


def _freeze(
    job: Job,
    head: LedgerHead,
    organisation: Organisation,
    rows: Sequence[Row],
    content: bytes,
    lists: object,
    *,
    now: datetime,
) -> LedgerSnapshot:
    """Write the record. Runs in the transaction that ends the job; the round's row is the lock."""
    week, taken_on = head.period, head.taken_on
    current = Round.objects.select_for_update().get(kind=week.kind.value, year=week.year, number=week.number)
    existing = snapshot_of(week, organisation, version=head.version)
    if existing is not None:
        return existing
    snapshot = LedgerSnapshot.objects.create(
        round=current,
        organisation=organisation,
        version=head.version,
        taken_on=taken_on,
        rule_versions=_rule_versions(taken_on),
        columns=[{**asdict(column), "kind": column.kind.value} for column in COLUMNS],
        rows=[{"unit": row.unit_code, "project": row.project_id, "cells": list(row.cells)} for row in rows],
        totals=_totals(rows),
        lists=lists,
        row_count=len(rows),
        filename=head.filename,
        content=content,
        sha256=sha256(content).hexdigest(),
    )
    is_whole = organisation.code == settings.PREFECTURE_CODE
    if is_whole and not current.is_frozen and current.version == head.version:
        _close_round(current, snapshot, actor=job.requested_by, now=now)
    return snapshot


def _rule_versions(on: date) -> dict[str, object]:
    """The dated rules that decide what a ledger says: the calendar's revision, the lamps' thresholds."""
    revision = calendar_revision()
    lamps = LampSetting.objects.filter(effective_from__lte=on).order_by("-effective_from").first()
    return {
        "calendar_revision": revision.pk if revision else None,
        "calendar": str(revision) if revision else "",
        "lamps_from": lamps.effective_from if lamps else None,
        "columns": len(COLUMNS),
    }


def _totals(rows: Sequence[Row]) -> dict[str, object]:
    by_unit = groupby(rows, key=lambda row: row.unit_code)
    return {
        **asdict(sums_of(rows)),
        "units": [{"code": code, **asdict(sums_of(group))} for code, group in by_unit],
    }


def _close_round(current: Round, snapshot: LedgerSnapshot, *, actor: User | None, now: datetime) -> None:
    current.frozen_at, current.frozen_by, current.frozen_by_schedule = now, actor, actor is None
    current.save(update_fields=["frozen_at", "frozen_by", "frozen_by_schedule"])
    tallies.keep(period=str(current.period), version=snapshot.version, taken_on=snapshot.taken_on)
    record(
        actor=actor,
        verb="round.frozen",
        subject=current,
        facts={
            "rows": snapshot.row_count,
            "sha256": snapshot.sha256,
            "by_schedule": actor is None,
            "version": snapshot.version,
        },
        scope_path=snapshot.organisation.path,
        occurred_on=snapshot.taken_on,
    )
    drop_forgotten(frozen=current, today=snapshot.taken_on)
    if actor is None:
        office = User.objects.get_queryset().filter(role=User.Role.DISPATCH, is_active=True)
        tell(
            recipients=office,
            kind=Message.Kind.NOTICE,
            key=f"round:{current}:frozen:{current.version}",
            title=f"{current.period.label}台账已由系统自动定稿",
            body=(
                f"报送日结束时尚未定稿，系统已按 {snapshot.taken_on} 的数据定稿，"
                f"共 {snapshot.row_count} 个项目。"
            ),
            url=reverse("dispatch:ledger", args=[snapshot.pk]),
        )


def _outcome(snapshot: LedgerSnapshot) -> Outcome:
    return Outcome(
        url=reverse("dispatch:ledger", args=[snapshot.pk]),
        facts={"ledger": snapshot.pk, "rows": snapshot.row_count, "sha256": snapshot.sha256},
    )
