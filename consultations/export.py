"""Topics and resolutions as workbooks, with the filters on the screen."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

from accounts.models import User
from consultations.models import Resolution, ResolutionQuerySet, TopicQuerySet
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger

AT_ONCE = 500
TOPICS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("议题",), CellKind.TEXT, 36),
    LedgerColumn(("项目",), CellKind.TEXT, 30),
    LedgerColumn(("会商内容",), CellKind.TEXT, 18),
    LedgerColumn(("地区",), CellKind.CENTRED, 12),
    LedgerColumn(("提出单位",), CellKind.TEXT, 18),
    LedgerColumn(("提出日期",), CellKind.DATE),
    LedgerColumn(("受阻自",), CellKind.DATE),
    LedgerColumn(("牵头单位",), CellKind.TEXT, 18),
    LedgerColumn(("已上会（次）",), CellKind.INTEGER, 10),
    LedgerColumn(("状态",), CellKind.CENTRED, 10),
    LedgerColumn(("说明",), CellKind.TEXT, 36),
)
RESOLUTIONS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("议题",), CellKind.TEXT, 30),
    LedgerColumn(("议定事项",), CellKind.TEXT, 40),
    LedgerColumn(("责任单位",), CellKind.TEXT, 20),
    LedgerColumn(("配合单位",), CellKind.TEXT, 24),
    LedgerColumn(("完成时限",), CellKind.DATE),
    LedgerColumn(("办理状态",), CellKind.CENTRED, 12),
    LedgerColumn(("办结日期",), CellKind.DATE),
)


def topic_workbook(topics: TopicQuerySet, *, actor: User, today: date) -> bytes:
    """The given topics in their order, as `selectors.topics.topic_list` reads them. One query."""
    rows = (
        (
            number,
            row.title,
            row.project.name if row.project else "",
            row.kind.label,
            row.organisation.short_name,
            row.raised_by_unit.short_name,
            row.raised_on,
            row.stuck_since,
            row.lead.short_name,
            row.times_held,  # type: ignore[attr-defined]  # annotated
            row.get_state_display(),
            row.state_reason,
        )
        for number, row in enumerate(topics.iterator(chunk_size=AT_ONCE), start=1)
    )
    return _write("会商议题清单", "会商议题", TOPICS, rows, actor=actor, today=today)


def resolution_workbook(resolutions: ResolutionQuerySet, *, title: str, actor: User, today: date) -> bytes:
    """A meeting's resolutions with what became of each: the minutes' rows as a list. Two queries."""
    found = resolutions.select_related("item__topic", "lead", "task").prefetch_related("helpers")
    rows = (_resolution(number, row) for number, row in enumerate(found.order_by("place", "pk"), start=1))
    return _write(title, "议定事项", RESOLUTIONS, rows, actor=actor, today=today)


def _resolution(number: int, row: Resolution) -> tuple[LedgerValue, ...]:
    return (
        number,
        row.item.topic.title,
        row.text,
        row.lead.name,
        "、".join(unit.short_name for unit in row.helpers.all()),
        row.due_on,
        row.task.get_state_display() if row.task else "未印发",
        row.task.verified_on if row.task else None,
    )


def _write(
    title: str,
    sheet: str,
    columns: tuple[LedgerColumn, ...],
    rows: Iterator[tuple[LedgerValue, ...]],
    *,
    actor: User,
    today: date,
) -> bytes:
    organisation = actor.organisation.name if actor.organisation else ""
    layout = LedgerLayout(
        title=title,
        subtitle=f"{organisation}　　导出日期：{today:%Y年%m月%d日}",
        columns=columns,
        sheet_name=sheet,
        freeze_columns=2,
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=rows)
    return file.getvalue()
