"""Headings of tables made by hand: merged, in several rows, with units and words in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from itertools import pairwise

from core.units import AreaUnit
from officefiles.sheets import MergedRange, Sheet, column_letters
from officefiles.values import MoneyUnit, area_units, clean_text, fold, money_units

MAX_HEADER_DEPTH = 3
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\]]*\]|【[^】]*】|〔[^〕]*〕|〈[^〉]*〉|<[^>]*>")
_NUMBERING = re.compile(r"^(?:\d{1,2}[.、]|[一二三四五六七八九十]+、)")
_PUNCTUATION = re.compile(r"[:：、,，。.*#\"“”'‘’·/\\\-—_|()+]")
_TRAILING_UNIT = re.compile(r"(万亩|公顷|平方公里|平方米|亩|亿元|万元)$")


class Measure(StrEnum):
    """What the figures of a column are measured in, and so which units its heading may name."""

    NONE = "none"
    AREA = "area"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column that is looked for.

    Attributes:
        label: the heading our own template prints.
        synonyms: other headings for the same thing; `占用林地/面积` is a heading in two rows.
        required: no row can be read without it.
        fill_down: a merged cell counts for every row it covers. Never for figures: they would
            be counted several times.
    """

    key: str
    label: str
    synonyms: tuple[str, ...] = ()
    measure: Measure = Measure.NONE
    required: bool = False
    fill_down: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column that was found.

    Attributes:
        index: from 1.
        path: its headings from the top row to the bottom row.
        key: of the matching `ColumnSpec`, or None for a column nobody asked for.
        area_unit, money_unit: as named in the headings, else None.
        suggestion: for an unknown column, the label it may have been meant for.
        twin_of: letters of the column that already holds the same thing.
    """

    index: int
    path: tuple[str, ...]
    key: str | None = None
    area_unit: AreaUnit | None = None
    money_unit: MoneyUnit | None = None
    suggestion: str | None = None
    twin_of: str | None = None

    @property
    def letters(self) -> str:
        return column_letters(self.index)

    @property
    def heading(self) -> str:
        return "/".join(self.path)


@dataclass(frozen=True, slots=True)
class Header:
    """A header block: rows `first` to `last` of the sheet and its columns."""

    first: int
    last: int
    columns: tuple[Column, ...]
    matched: Mapping[str, Column] = field(default_factory=dict)


def heading_key(text: str) -> str:
    """A heading for comparing: without brackets, numbering, punctuation, 其中 and trailing unit."""
    folded = fold(text)
    bare = _PUNCTUATION.sub("", _NUMBERING.sub("", _BRACKETS.sub("", folded)))
    bare = bare.removeprefix("其中")
    return _TRAILING_UNIT.sub("", bare) or _PUNCTUATION.sub("", folded)


class Vocabulary:
    """The headings that the specs answer to."""

    def __init__(self, specs: Sequence[ColumnSpec]) -> None:
        self.specs = {spec.key: spec for spec in specs}
        self._keys: dict[str, str] = {}
        for spec in specs:
            for heading in (spec.label, *spec.synonyms):
                self._keys.setdefault(heading_key(heading), spec.key)

    def match(self, path: Sequence[str]) -> str | None:
        """The spec of a heading path: the whole path first, its last heading alone last."""
        keys = [heading_key(level) for level in path]
        for start in range(len(keys)):
            found = self._keys.get("".join(keys[start:]))
            if found:
                return found
        return None

    def suggest(self, path: Sequence[str]) -> str | None:
        """The label of the spec that an unknown heading resembles."""
        close = get_close_matches(heading_key("".join(path)), self._keys, n=1, cutoff=0.6)
        return self.specs[self._keys[close[0]]].label if close else None


def read_header(sheet: Sheet, vocabulary: Vocabulary, *, first: int, depth: int) -> Header:
    """The columns of a header block that starts at row `first` and is `depth` rows high."""
    matched: dict[str, Column] = {}
    columns: list[Column] = []
    for index, path in _paths(sheet, first, depth):
        key = vocabulary.match(path)
        twin = matched.get(key) if key else None
        units = area_units("/".join(reversed(path))), money_units("/".join(reversed(path)))
        measure = vocabulary.specs[key].measure if key else Measure.NONE
        column = Column(
            index=index,
            path=path,
            key=None if twin else key,
            area_unit=units[0][0] if units[0] and measure is Measure.AREA else None,
            money_unit=units[1][0] if units[1] and measure is Measure.MONEY else None,
            twin_of=twin.letters if twin else None,
        )
        columns.append(column)
        if column.key:
            matched[column.key] = column
    return Header(first, first + depth - 1, tuple(columns), matched)


def header_depths(sheet: Sheet, first: int) -> Iterable[int]:
    """How many rows a header starting at `first` may have: at least as many as its merged cells."""
    forced = max((merge.bottom - merge.top + 1 for merge in sheet.merges if merge.top == first), default=1)
    return range(min(forced, MAX_HEADER_DEPTH), MAX_HEADER_DEPTH + 1)


def _paths(sheet: Sheet, first: int, depth: int) -> Iterable[tuple[int, tuple[str, ...]]]:
    rows = range(first, first + depth)
    width = max((len(row) for row in sheet.rows[first - 1 : first + depth - 1]), default=0)
    grid = [[clean_text(sheet.value(row, column)) for column in range(1, width + 1)] for row in rows]
    merges = [merge for merge in sheet.merges if merge.top < first + depth and merge.bottom >= first]
    if merges:
        _fill_merged(grid, merges, first)
    else:
        _fill_groups(grid)
    for index in range(width):
        levels = [row[index] for row in grid]
        path = tuple(level for place, level in enumerate(levels) if level and level not in levels[:place])
        if path:
            yield index + 1, path


def _fill_merged(grid: list[list[str]], merges: list[MergedRange], first: int) -> None:
    for merge in merges:
        if merge.top < first:
            continue
        text = grid[merge.top - first][merge.left - 1] if merge.left <= len(grid[0]) else ""
        for row in range(merge.top - first, min(merge.bottom - first + 1, len(grid))):
            for column in range(merge.left - 1, min(merge.right, len(grid[0]))):
                grid[row][column] = text


def _fill_groups(grid: list[list[str]]) -> None:
    """A group heading counts for the columns right of it that have a heading below: what is left
    of merged cells after a file went through CSV."""
    for upper, lower in pairwise(grid):
        for column in range(1, len(upper)):
            if not upper[column] and lower[column] and lower[column - 1]:
                upper[column] = upper[column - 1]
