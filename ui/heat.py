"""The county × step matrix: how blue a cell is, and what it says to those who do not see it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

LEVELS = 5


@dataclass(frozen=True, slots=True)
class HeatCell:
    """Open items, the overdue among them, and the address of their rows. `label`: row and column in words."""

    count: int
    red: int = 0
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class HeatRow:
    label: str
    cells: list[HeatCell]
    total: HeatCell
    url: str = ""


@dataclass(frozen=True, slots=True)
class Heat:
    """The whole matrix, as ui/heat_table.html shows it."""

    caption: str
    corner: str
    columns: list[str]
    rows: list[HeatRow]
    totals: list[HeatCell]
    total: HeatCell
    all_label: str = "全州"

    @property
    def most(self) -> int:
        """The greatest cell, which is the darkest."""
        return max((cell.count for row in self.rows for cell in row.cells), default=0)


def heat_level(count: int, most: int) -> int:
    """0 to 5, by share of the greatest cell, rounded up: whatever is there is not white."""
    if not count or not most:
        return 0
    return min(LEVELS, -(-count * LEVELS // most))


def heat_cell_html(cell: HeatCell, *, most: int | None, css: str) -> SafeString:
    """A table cell; every figure links to its rows."""
    classes = " ".join(filter(None, [css, "" if most is None else f"lg-lv{heat_level(cell.count, most)}"]))
    return format_html(
        "<td{}>{}</td>", format_html(' class="{}"', classes) if classes else "", _content(cell)
    )


def _content(cell: HeatCell) -> SafeString:
    if not cell.count:
        return format_html('<span class="lg-heat-none">{}</span>', "–")
    red = (
        format_html(
            '<span class="visually-hidden"> 其中逾期 </span><span class="lg-heat-red">{}</span>', cell.red
        )
        if cell.red
        else ""
    )
    if not cell.url:
        return format_html("{}{}", cell.count, red)
    label = format_html('<span class="visually-hidden">{} </span>', cell.label) if cell.label else ""
    return format_html('<a href="{}">{}{}{}</a>', cell.url, label, cell.count, red)
