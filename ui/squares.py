"""工作日格: a stretch of days as one small picture, a square for each working day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WORKING_WIDTH = 10
OFF_WIDTH = 3
GAP = 2
ROW_WIDTH = 446  # the timeline's right column; longer stretches go on in the next row
ROW_HEIGHT = 16

KIND_WORDS = {
    "start": "起算日（当日不计）",
    "counted": "计时",
    "paused": "暂停不计",
    "off": "非工作日",
    "over": "超期",
    "left": "剩余",
}


class DaySquare(Protocol):
    """One day of deadlines.rules.day_sheet; `ui` stands below and knows only its shape."""

    @property
    def day(self) -> date: ...

    @property
    def kind(self) -> str: ...

    @property
    def number(self) -> int | None: ...

    @property
    def note(self) -> str: ...


@dataclass(frozen=True, slots=True)
class _Cell:
    x: int
    y: int
    width: int
    height: int
    kind: str
    title: str


def squares_svg(days: Iterable[DaySquare]) -> SafeString:
    """The picture, with its content in words as its label. No days: nothing."""
    sheet = list(days)
    if not sheet:
        return SafeString("")
    cells, width, height = _lay_out(sheet)
    drawn = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" rx="1.5" class="lg-cell-{}"><title>{}</title></rect>',
        ((c.x, c.y, c.width, c.height, c.kind, c.title) for c in cells),
    )
    return format_html(
        '<svg class="lg-squares" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label="{t}">'
        "{cells}</svg>",
        w=width,
        h=height,
        t=squares_text(sheet),
        cells=drawn,
    )


def squares_text(days: Iterable[DaySquare]) -> str:
    """The same in words: 已计 11 个工作日，其中超期 6，暂停 2 不计，剩余 3."""
    counts = Counter(_kind(square) for square in days)
    parts = [f"已计 {counts['counted'] + counts['over']} 个工作日"]
    if counts["over"]:
        parts.append(f"其中超期 {counts['over']}")
    if counts["paused"]:
        parts.append(f"暂停 {counts['paused']} 不计")
    if counts["left"]:
        parts.append(f"剩余 {counts['left']}")
    return "，".join(parts)


def _lay_out(sheet: Sequence[DaySquare]) -> tuple[list[_Cell], int, int]:
    cells: list[_Cell] = []
    x = y = width = 0
    for square in sheet:
        kind = _kind(square)
        w = OFF_WIDTH if kind in ("off", "start") else WORKING_WIDTH
        if x + w > ROW_WIDTH:
            x, y = 0, y + ROW_HEIGHT
        top, height = (5, 4) if kind == "off" else (1, 12)
        cells.append(_Cell(x, y + top, w, height, kind, _title(square, kind)))
        x += w + GAP
        width = max(width, x - GAP)
    return cells, width, y + 14


def _title(square: DaySquare, kind: str) -> str:
    number = f"第 {square.number} 个工作日" if square.number else ""
    return " ".join(
        part for part in (square.day.isoformat(), number or KIND_WORDS[kind], square.note or "") if part
    )


def _kind(square: DaySquare) -> str:
    return str(getattr(square.kind, "value", square.kind)).lower()
