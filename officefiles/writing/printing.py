"""How a wide sheet is put on paper: on how many pages beside each other, and where it breaks.

A sheet prints one page wide as long as it can be read so (domain.md 6.1). One that would shrink
below that is laid out over several pages beside each other, each beginning with the columns that
stay in sight, and broken only between groups of headings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

# A3 landscape within its margins, at 96 pixels an inch, in characters of a column's width: eight pixels
# in 仿宋 11, up to nine and a half where a machine lacks it, so that a page runs over on neither.
_PAGE: Final = (420 / 25.4 - 2 * 0.4) * 96 / 9.5
# 仿宋 11 prints as 6 points: small, and still read at arm's length.
_LEGIBLE: Final = 0.55
_MOST_PAGES: Final = 9


@dataclass(frozen=True, slots=True)
class PrintPlan:
    """Pages beside each other.

    Attributes:
        percent: of the natural size; None fits the sheet to one page's width.
        breaks: number of the last column of each page but the last.
        repeated: how many columns every page begins with.
    """

    percent: int | None = None
    breaks: tuple[int, ...] = ()
    repeated: int = 0


ONE_PAGE: Final = PrintPlan()


def print_plan(*, widths: Sequence[float], groups: Sequence[str], kept: int) -> PrintPlan:
    """The fewest pages beside each other on which the sheet can be read, evenly filled.

    Args:
        widths: of the columns, in characters.
        groups: the top heading of each column; columns beside each other that share it stay together.
        kept: how many columns stay in sight; a sheet without any is one page wide.
    """
    if not kept or sum(widths) * _LEGIBLE <= _PAGE:
        return ONE_PAGE
    blocks = [
        [index for index, _ in block]
        for _, block in groupby(enumerate(groups[kept:], start=kept), key=lambda column: column[1])
    ]
    sizes = [sum(widths[index] for index in block) for block in blocks]
    room = _PAGE / _LEGIBLE - sum(widths[:kept])
    pages = next((n for n in range(2, _MOST_PAGES) if _widest(sizes, n) <= room), _MOST_PAGES)
    widest = _widest(sizes, pages)
    breaks = [blocks[place - 1][-1] + 1 for place in _filled(sizes, widest)]
    percent = int(min(1.0, _PAGE / (sum(widths[:kept]) + widest)) * 100)
    return PrintPlan(percent=max(percent, 10), breaks=tuple(breaks), repeated=kept)


def _filled(sizes: Sequence[float], room: float) -> list[int]:
    """Before which blocks a new page begins, where each takes what has room on it."""
    begins, used = [], 0.0
    for place, size in enumerate(sizes):
        if place and used + size > room:
            begins.append(place)
            used = 0.0
        used += size
    return begins


def _widest(sizes: Sequence[float], pages: int) -> float:
    """The least width in which the blocks fit on so many pages."""
    sums = {
        sum(sizes[first:last]) for first in range(len(sizes)) for last in range(first + 1, len(sizes) + 1)
    }
    able = (room for room in sorted(sums) if room >= max(sizes) and len(_filled(sizes, room)) < pages)
    return next(able)
