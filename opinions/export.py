"""Requests as a workbook, a round's docket as a Word document."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from accounts.models import User
from deadlines.selectors import load_pauses, working_calendar
from officefiles.documents import Align, Column, OfficialDocument, office_day
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from opinions import rules
from opinions.models import RequestQuerySet, Round
from opinions.readings import RequestReading, read_request

AT_ONCE = 500
COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("项目",), CellKind.TEXT, 34),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("征求意见",), CellKind.TEXT, 24),
    LedgerColumn(("部门",), CellKind.TEXT, 16),
    LedgerColumn(("状态",), CellKind.CENTRED, 10),
    LedgerColumn(("发出日期",), CellKind.DATE),
    LedgerColumn(("接到日期",), CellKind.DATE),
    LedgerColumn(("到期日",), CellKind.DATE),
    LedgerColumn(("反馈日期",), CellKind.DATE),
    LedgerColumn(("意见",), CellKind.CENTRED, 12),
    LedgerColumn(("结论",), CellKind.TEXT, 36),
)
DOCKET = (
    Column("部门", 1.2),
    Column("发出", 1, Align.CENTRE),
    Column("接到", 1, Align.CENTRE),
    Column("到期", 1, Align.CENTRE),
    Column("提醒", 0.7, Align.CENTRE),
    Column("意见", 2.6),
    Column("逾期意见", 1.6),
)


def request_workbook(requests: RequestQuerySet, *, actor: User, today: date) -> bytes:
    """The given requests in their order; read in batches with a fixed number of queries each."""
    organisation = actor.organisation.name if actor.organisation else ""
    layout = LedgerLayout(
        title="征求意见台账",
        subtitle=f"{organisation}　　导出日期：{today:%Y年%m月%d日}",
        columns=COLUMNS,
        sheet_name="征求意见",
        freeze_columns=2,
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_rows(requests, today))
    return file.getvalue()


def _rows(requests: RequestQuerySet, today: date) -> Iterator[tuple[LedgerValue, ...]]:
    calendar = working_calendar()
    waiting = requests.iterator(chunk_size=AT_ONCE)
    number = 0
    while batch := list(islice(waiting, AT_ONCE)):
        load_pauses([row.deadline for row in batch if row.deadline is not None])
        for row in batch:
            number += 1
            yield _cells(number, read_request(row, today=today, calendar=calendar))


def _cells(number: int, view: RequestReading) -> tuple[LedgerValue, ...]:
    row = view.request
    return (
        number,
        row.round.project.name,
        row.round.project.organisation.short_name,
        row.round.title,
        row.organisation.short_name,
        row.get_state_display(),
        row.sent_on,
        row.received_on,
        row.due_on,
        row.answered_on,
        view.reply.get_verdict_display() if view.reply else "",
        view.conclusion,
    )


def docket_document(
    round_: Round, views: Sequence[RequestReading], *, outcome: rules.Outcome | None, issuer: str, today: date
) -> bytes:
    """A round with delivery, reminders, answers and lapses of every department.

    Source: S4 二(一)2 逾期视为同意; domain.md 7 (GB/T 9704).
    """
    document = OfficialDocument(title=f"{round_.project.name}{round_.title}情况", author=issuer)
    document.heading("一、征求事项")
    document.paragraph(round_.question)
    kind = round_.kind
    document.paragraph(
        f"反馈时限为{kind.get_starts_at_display()}次日起 {kind.limit_days}"
        f"{kind.get_limit_unit_display()}，依据：{kind.basis}。"
    )
    document.heading("二、各部门反馈情况")
    document.table(DOCKET, [_line(view) for view in views], caption="征求意见反馈情况")
    document.heading("三、汇总结论")
    document.paragraph(f"{outcome.label}。" if outcome else "尚有部门未反馈。")
    lapsed = [view for view in views if view.request.lapsed_on]
    for view in lapsed:
        facts = view.request.lapse_facts
        document.paragraph(
            f"{view.request.organisation.name}逾期未反馈，系统于 {view.request.lapsed_on} 零时登记视为同意。"
            f"送达凭证：{facts.get('proof', '')}；到期前提醒 {len(view.reminders)} 次。"
        )
    document.sign(issuer, today)
    return document.content(produced_on=today)


def _line(view: RequestReading) -> tuple[str, ...]:
    row, reply = view.request, view.reply
    words = view.conclusion
    if reply is not None:
        words = "\n".join(filter(None, [words, reply.conditions, reply.text]))
    late = "\n".join(f"{each.answered_on} {each.get_verdict_display()}：{each.text}" for each in view.late)
    return (
        row.organisation.short_name,
        office_day(row.sent_on) if row.sent_on else "",
        office_day(row.received_on) if row.received_on else "未登记",
        office_day(row.due_on) if row.due_on else "",
        f"{len(view.reminders)} 次",
        words,
        late or "无",
    )
