"""Any list that is taken along, worked on by both sides and read again, however people write in it.

Pure: the list is printed into memory, edited there, read by the real reader and judged against what
is stored by then. Every column that a file may write takes part, in every way that lists are written:
dates, vague dates, words for choices, figures in all units, full-width digits; rows are inserted and
left blank, columns are moved, renamed and taken out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.units import AreaUnit
from officefiles.marks import DICTIONARY_SHEET, MARKER, dictionary_checksum, key_check
from officefiles.sheets import CellValue, Sheet, Workbook
from projects.rules import ListReading, read_list
from projects.rules.cells import CELL_KEYS, same_cell
from projects.rules.columns import BY_KEY, Kind
from projects.rules.prefilled import TakenRow, prefilled_list, prefilled_rows, printed_columns
from projects.rules.three_way import NEVER_BY_FILE, Choice, Take, agreed, judge
from projects.selectors.baselines import uploaded_cells
from tests.projects.lists import TODAY, WORDS, directory

WRITABLE = [key for key in CELL_KEYS if key not in NEVER_BY_FILE]
PLACES = {AreaUnit.MU: 2, AreaUnit.HA: 4, AreaUnit.M2: 0, AreaUnit.KM2: 6, AreaUnit.WANMU: 4}
WIDE = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody types into a cell, and the cell that is meant."""

    value: CellValue
    cell: str


EMPTIED = Typed(None, "")


# --- how people write ------------------------------------------------------------------------------


def ways(number: Decimal, suffix: str = "") -> st.SearchStrategy[CellValue]:
    """A figure as a number, as text, with separators, in full-width digits, with its unit behind."""
    texts = [f"{number:f}{suffix}", f" {number:,f} {suffix}", f"{number:f}".translate(WIDE) + suffix]
    return st.sampled_from(texts if suffix else [number, *texts])


@st.composite
def areas(draw: st.DrawFn, heading: AreaUnit) -> Typed:
    unit = draw(st.sampled_from(AreaUnit))
    number = Decimal(draw(st.integers(0, 10**7))).scaleb(-PLACES[unit])
    behind = unit.label if unit is not heading or draw(st.booleans()) else ""
    return Typed(draw(ways(number, behind)), f"{number:f}{unit.value}")


@st.composite
def money(draw: st.DrawFn) -> Typed:
    wan = Decimal(draw(st.integers(0, 10**9))).scaleb(-2)
    if draw(st.booleans()):
        return Typed(draw(ways(wan)), f"{wan * 10_000:.2f}")
    return Typed(draw(ways(wan.scaleb(-4), "亿元")), f"{wan * 10_000:.2f}")


@st.composite
def days(draw: st.DrawFn, last: date) -> Typed:
    day = draw(st.dates(date(2020, 1, 1), last))
    texts = [f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month:02}.{day.day:02}"]
    texts += [day.isoformat(), day.isoformat().translate(WIDE)]
    return Typed(draw(st.sampled_from([day, *texts])), day.isoformat())


@st.composite
def choices(draw: st.DrawFn, key: str) -> Typed:
    code = draw(st.sampled_from(sorted(WORDS[key].labels)))
    words = [word for word, meant in WORDS[key].words.items() if meant == code]
    return Typed(
        draw(st.sampled_from([WORDS[key].labels[code], f" {WORDS[key].labels[code]}", *words])), code
    )


def told(*texts: str) -> st.SearchStrategy[Typed]:
    return st.sampled_from(texts).map(lambda text: Typed(text, text))


WORDING = st.text("甲乙丙丁戊己abc", min_size=1, max_size=6).map(lambda text: Typed(text, text))
VAGUE = told("2026年9月", "2026年第四季度", "2027年底", "待定", "2027年")
STANDINGS = told("未批复", "办理中", "未受理", "不涉及")


def typed(key: str, heading: AreaUnit) -> st.SearchStrategy[Typed]:
    """Everything that may be typed into a column; a project keeps a name."""
    kind = BY_KEY[key].kind
    if kind is Kind.NAME:
        return WORDING.map(lambda said: Typed(f"{said.value}项目", f"{said.value}项目"))
    found: dict[Kind, st.SearchStrategy[Typed]] = {
        Kind.CODE: st.integers(0, 999_999).map(lambda n: f"2601-522701-02-05-{n:06}").flatmap(told),
        Kind.AREA: areas(heading),
        Kind.MONEY: money(),
        Kind.GRAIN: st.integers(0, 10**6).map(lambda n: Typed(Decimal(n), str(n))),
        Kind.PLANNED: days(date(2035, 12, 31)) | VAGUE,
        Kind.EVENT: days(TODAY) | STANDINGS,
        Kind.STATE: days(TODAY) | WORDING,
    }
    if kind is Kind.CHOICE:
        found[kind] = choices(key)
    return st.just(EMPTIED) | found.get(kind, WORDING)


@st.composite
def sides(draw: st.DrawFn, heading: AreaUnit, *, most: int) -> dict[str, Typed]:
    keys = draw(st.lists(st.sampled_from(WRITABLE), max_size=most, unique=True))
    return {key: draw(typed(key, heading)) for key in keys}


@dataclass(frozen=True, slots=True)
class Layout:
    """What a person does to the sheet itself."""

    order: Any
    names: Mapping[str, str]
    taken_out: frozenset[str]
    blank_rows: int
    new_rows: int


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    renamed = draw(st.lists(st.sampled_from(WRITABLE), max_size=6, unique=True))
    names = {}
    for key in renamed:
        other = [name for name in BY_KEY[key].spec.synonyms if "/" not in name and "（" not in name]
        if other:
            names[key] = draw(st.sampled_from(other))
    gone = draw(st.sets(st.sampled_from([k for k in WRITABLE if k not in ("name", "total_m2")]), max_size=3))
    return Layout(
        draw(st.randoms(use_true_random=False)),
        names,
        frozenset(gone),
        draw(st.integers(0, 2)),
        draw(st.integers(0, 2)),
    )


# --- the sheet -------------------------------------------------------------------------------------


def carried(
    base: Mapping[str, str], edits: Mapping[str, Typed], layout: Layout, unit: AreaUnit
) -> tuple[ListReading, dict[str, str | None]]:
    """Printed, edited, read: the whole reading, and what the project's row says."""
    columns = printed_columns({*base, *edits})
    spec = prefilled_list(
        key="k1", title="我的清单", unit_name="都匀市", columns=columns, area_unit=unit, row_count=1,
        day=TODAY, choices=WORDS,
    )  # fmt: skip
    row = TakenRow(7, {**base, "unit": "522701"}, {"number": "", "status": "待审核"})
    [printed] = prefilled_rows(
        [row], columns=columns, area_unit=unit, unit_names={"522701": "都匀市"}, choices=WORDS
    )
    values = dict(zip(columns, map(as_read, printed.values), strict=True))
    values |= {key: edit.value for key, edit in edits.items() if key in values}
    headings = {
        key: column.heading.replace(BY_KEY[key].spec.label, layout.names.get(key, BY_KEY[key].spec.label), 1)
        for key, column in zip(columns, spec.columns, strict=True)
    }
    shown = [key for key in columns if key not in layout.taken_out]
    layout.order.shuffle(shown)
    fresh = {"name": "新增行", "unit": "都匀市", "total_m2": Decimal(1)}
    rows = [
        (spec.title,),
        (spec.subtitle,),
        tuple(headings[key] for key in shown),
        *(tuple(fresh.get(key) for key in shown) for _ in range(layout.new_rows)),
        *((None,) * len(shown) for _ in range(layout.blank_rows)),
        tuple(values[key] for key in shown),
    ]
    dictionary = [
        (MARKER, spec.kind, spec.version, dictionary_checksum(spec.kind, spec.version, spec.words), spec.key,
         key_check(spec.kind, spec.version, spec.key)),
        tuple(spec.words),
    ]  # fmt: skip
    longest = max(map(len, spec.words.values()))
    dictionary += [
        tuple(words[place] if place < len(words) else None for words in spec.words.values())
        for place in range(longest)
    ]
    book = Workbook(
        "清单.xlsx", (Sheet("项目清单", tuple(rows)), Sheet(DICTIONARY_SHEET, tuple(dictionary), hidden=True))
    )
    reading = read_list(book, directory=directory(), own_unit="522701", today=TODAY, words=WORDS)
    [mine] = [found for found in reading.rows if found.key == "R7"]
    return reading, uploaded_cells(mine, reading.keys)


def as_read(value: object) -> CellValue:
    """A printed value as the reader of workbooks gives it back."""
    return Decimal(value) if isinstance(value, int) else value  # type: ignore[return-value]


# --- the properties --------------------------------------------------------------------------------

ROUND = st.sampled_from([AreaUnit.MU, AreaUnit.HA]).flatmap(
    lambda unit: st.tuples(
        st.just(unit),
        sides(unit, most=12),
        st.lists(st.tuples(sides(unit, most=5), sides(unit, most=5), st.sampled_from(Take)), max_size=3),
        layouts(),
    )
)


@settings(max_examples=120, deadline=None)
@given(world=ROUND)
def test_no_edit_is_lost_and_nothing_overwritten_in_any_column_however_it_is_written(world):
    unit, first, rounds, layout = world
    base = {"name": "往返项目", "total_m2": "12.5ha"} | {k: t.cell for k, t in first.items() if t.cell}
    stored, synced, typed_so_far = dict(base), dict(base), {}
    said_last = dict(base)
    for in_file, in_system, take in rounds or [({}, {}, Take.OURS)]:
        typed_so_far |= in_file
        file = base | {key: said.cell for key, said in typed_so_far.items()}
        stored |= {key: said.cell for key, said in in_system.items()}
        reading, uploaded = carried(base, typed_so_far, layout, unit)

        assert len(reading.rows) == 1 + layout.new_rows
        for key in uploaded.keys() & set(WRITABLE):
            said, cell = uploaded[key], file.get(key, "")
            assert said is not None, key
            assert (not said and not cell) or same_cell(key, said, cell), (key, said, cell)
        before, known = dict(stored), dict(synced)
        judged = {
            key: Choice(take, stored.get(key, ""), cell or "")
            for key, cell in uploaded.items()
            if not same(key, stored.get(key, ""), synced.get(key, ""))
        }
        verdicts = {
            v.key: v
            for v in judge(
                base=synced, stored=stored, uploaded=uploaded, locked=NEVER_BY_FILE, choices=judged
            )
        }
        stored |= {key: uploaded[key] or "" for key, verdict in verdicts.items() if verdict.writes}
        for key in uploaded.keys() & set(WRITABLE):
            here = not same(key, file.get(key, ""), said_last.get(key, ""))
            # Since both sides were last at one: what the system has changed and the file has not taken
            # over is asked about at every later edit of the cell, not at the first upload alone.
            there = not same(key, before.get(key, ""), known.get(key, ""))
            wins = file if here and (not there or take is Take.OURS) else before
            assert same(key, stored.get(key, ""), wins.get(key, "")), (key, here, there, take)
        synced |= agreed(base=synced, stored=before, uploaded=uploaded)
        synced |= {key: uploaded[key] or "" for key, verdict in verdicts.items() if verdict.is_settled}
        again = judge(base=synced, stored=stored, uploaded=uploaded, locked=NEVER_BY_FILE, choices={})
        assert not any(verdict.writes or verdict.is_open for verdict in again), "the same file twice"
        for key in layout.taken_out:
            assert stored.get(key) == before.get(key), "a column taken out says nothing"
        said_last = file


def same(key: str, one: str, other: str) -> bool:
    return one == other or same_cell(key, one, other)
