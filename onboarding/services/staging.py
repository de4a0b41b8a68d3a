"""A working ledger is handed in and looked through; nothing of it is in the lists yet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import PurePath

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from core.bulk import copy_in
from core.json_text import json_text
from officefiles.values import fold
from onboarding.errors import LedgerLate, WrongState
from onboarding.models import BroughtRow
from onboarding.reading import Ledger, read_ledger
from onboarding.rules import read_cells, read_statement
from projects.models import BringingIn, Project
from projects.rules.facts import ListRow
from projects.selectors.previews import reporting_organisation

COLUMNS = ("bringing_id", "row", "name", "unit_id", "verdict", "areas", "cells", "notes", "problems")
PRESENT = "系统中已有同名或同代码的项目，不重复导入；办理情况请在该项目中补录。"


@transaction.atomic
def stage_ledger(
    *,
    actor: User,
    filename: str,
    content: bytes,
    today: date,
    reported_on: date | None = None,
    replaces_id: int | None = None,
) -> BringingIn:
    """Read a ledger and keep what it says row by row. Changes no project.

    Args:
        reported_on: the day that the ledger is of, where its own line 填报时间 is not to be taken;
            without either it is today.
        replaces_id: a bringing-in that this file is to stand for; taking it undoes the former.

    Raises:
        WorkbookRefused: the file cannot be read or holds no list.
        LedgerLate: it is of a day after today.
        WrongState: what it would replace was undone or signed off.
    """
    require(actor, Right.BRING_IN)
    replaced = _replaced(actor, replaces_id)
    ledger = read_ledger(content=content, filename=filename, today=today)
    day = reported_on or ledger.reading.preamble.reported_on or today
    if day > today:
        raise LedgerLate(f"填报时间 {day} 在今天（{today}）之后。请改为台账的实际填报时间。", reported_on=day)
    bringing = BringingIn.objects.create(
        organisation=reporting_organisation(actor),
        filename=PurePath(filename).name[:200],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        reported_on=day,
        replaces=replaced,
        totals=[total.stored() for total in ledger.totals],
        uploaded_by=actor,
    )
    _keep_rows(bringing, ledger)
    record(
        actor=actor,
        verb="bringing.staged",
        subject=bringing,
        facts={"filename": bringing.filename, "rows": len(ledger.reading.rows)},
        scope_path=bringing.organisation.path,
    )
    return bringing


def _replaced(actor: User, replaces_id: int | None) -> BringingIn | None:
    if replaces_id is None:
        return None
    found = BringingIn.objects.visible_to(actor).get(pk=replaces_id)
    if found.state != BringingIn.State.TAKEN:
        raise WrongState(
            f"“{found.filename}”{found.get_state_display()}，不能替换。请作为新的台账上传。",
            state=found.state,
        )
    return found


def _keep_rows(bringing: BringingIn, ledger: Ledger) -> None:
    units = dict(Organisation.objects.values_list("code", "pk"))
    present = present_rows(ledger.reading.rows, replaced=bringing.replaces)
    copy_in(
        BroughtRow, COLUMNS, (_kept(bringing, ledger, row, units, present) for row in ledger.reading.rows)
    )


def present_rows(rows: Iterable[ListRow], *, replaced: BringingIn | None) -> set[int]:
    """Numbers of the rows whose project is in the system already. Two queries.

    Args:
        replaced: what came with this one does not count: it goes when the rows come.
    """
    stored = Project.objects.exclude(status__in=Project.HISTORY)
    if replaced is not None:
        stored = stored.exclude(brought_in=replaced)
    codes, names = set(), set()
    for code, name, unit in stored.values_list("code", "name", "organisation__code"):
        names.add((unit, fold(name)))
        if code:
            codes.add(fold(code))
    return {
        row.row
        for row in rows
        if (row.facts.code and fold(row.facts.code) in codes)
        or (row.facts.unit_code, fold(row.name)) in names
    }


def _kept(
    bringing: BringingIn, ledger: Ledger, row: ListRow, units: dict[str, int], present: set[int]
) -> tuple[object, ...]:
    problems = [problem.as_dict() for problem in row.problems]
    is_wrong = any(problem.is_error for problem in row.problems) or not row.facts.unit_code
    verdict = BroughtRow.Verdict.ERROR if is_wrong else BroughtRow.Verdict.NEW
    if not is_wrong and row.row in present:
        verdict = BroughtRow.Verdict.PRESENT
        problems.append({"cell": str(row.row), "field": "项目名称", "message": PRESENT, "severity": "error"})
    cells = read_cells(row.facts.reported, reported_on=bringing.reported_on)
    notes = read_statement(row.facts.reported, reported_on=bringing.reported_on).notes
    return (
        bringing.pk,
        row.row,
        row.name[:200],
        units.get(row.facts.unit_code),
        verdict.value,
        json_text(ledger.counted.get(row.row, {})),
        json_text({key: asdict(cell) for key, cell in cells.items()}),
        json_text(list(notes)),
        json_text(problems),
    )


@transaction.atomic
def discard_ledger(*, actor: User, bringing_id: int) -> None:
    """Forget a ledger that was not taken. Doing it again changes nothing.

    Raises:
        WrongState: it was taken; undo it instead.
    """
    require(actor, Right.BRING_IN)
    found = (
        BringingIn.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=bringing_id).first()
    )
    if found is None:
        return
    if found.state != BringingIn.State.STAGED:
        raise WrongState("这份台账已经导入过，不能删除；需要时请撤销。", state=found.state)
    record(actor=actor, verb="bringing.discarded", subject=found, scope_path=found.organisation.path)
    found.delete()
