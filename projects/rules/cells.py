"""The cells of a project's row as text: one form for what was downloaded, is stored, was uploaded.

A cell's text is exact (`588.31mu`, `2026-03-01`, a code instead of its word) and survives the way
through a workbook: what is printed from it and read again untouched gives the same text. "" is a
blank cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from core.units import AreaUnit, from_m2, to_m2
from officefiles.values import clean_text, fold, is_blank, parse_date
from projects.rules.choices import Vocabulary
from projects.rules.columns import BY_KEY, LIST_COLUMNS, Kind
from projects.rules.facts import FIGURE_KEYS, LandAreas, ProjectFacts, ReportedFact

# 1 m² is 0.0001 公顷 and 0.0015 亩: four decimals name every whole m² in either unit.
EXACT_PLACES: Final = 4
CellForm = str | Decimal | date | None

_AREA: Final = re.compile(r"^(-?[\d.]+)(ha|mu|m2|wanmu|km2)$")
_WAN: Final = Decimal(10_000)
_FIELDS: Final = {"unit": "unit_code"}
_PLAIN: Final = tuple(
    (column.key, _FIELDS.get(column.key, column.key), column.kind)
    for column in LIST_COLUMNS
    if column.kind in (Kind.NAME, Kind.CODE, Kind.UNIT, Kind.TEXT, Kind.CHOICE, Kind.MONEY, Kind.PLANNED)
)
REPORTED_KEYS: Final = frozenset(
    column.key for column in LIST_COLUMNS if column.kind in (Kind.EVENT, Kind.STATE, Kind.NOTE)
)
CELL_KEYS: Final = tuple(column.key for column in LIST_COLUMNS if column.kind is not Kind.IGNORED)


def cells_of(facts: ProjectFacts) -> dict[str, str]:
    """Every cell that the facts state, in the order of the columns; blank ones are left out."""
    found: dict[str, str] = {}
    for key, name, kind in _PLAIN:
        if text := _plain(kind, getattr(facts, name)):
            found[key] = text
    found.update(_figures(facts.land))
    for key, fact in facts.reported.items():
        if key in REPORTED_KEYS and (text := _reported(fact)):
            found[key] = text
    return found


def _plain(kind: Kind, value: str | Decimal | None) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if kind in (Kind.UNIT, Kind.CHOICE):
        return value
    text = clean_text(value)
    if is_blank(text):
        return ""
    if kind is Kind.PLANNED:
        on = parse_date(text).on
        return on.isoformat() if on else text
    return text.replace(" ", "") if kind is Kind.CODE else text


def _figures(land: LandAreas) -> Iterator[tuple[str, str]]:
    for key in FIGURE_KEYS:
        value = land.get(key)
        if value is None:
            continue
        if not key.endswith("_m2"):
            yield key, str(value)
            continue
        typed = land.entered.get(key)
        if typed is not None and _m2_of(f"{typed.value}{typed.unit}") == value:
            yield key, f"{typed.value}{typed.unit}"
        else:
            yield key, f"{from_m2(value, AreaUnit.HA):f}ha"


def _reported(fact: ReportedFact) -> str:
    if fact.on is not None:
        return fact.on.isoformat()
    text = clean_text(fact.text)
    return "" if is_blank(text) else text


def same_cell(key: str, one: str, other: str) -> bool:
    """Whether two texts of one cell say the same: 12.5 公顷 is 187.5 亩, ＡＢ is ab in a name."""
    if one == other:
        return True
    if not one or not other:
        return False
    kind = BY_KEY[key].kind
    if kind is Kind.AREA:
        return _m2_of(one) == _m2_of(other)
    if kind in (Kind.NAME, Kind.CODE):
        return fold(one) == fold(other)
    return False


@lru_cache(maxsize=50_000)
def _m2_of(text: str) -> int | None:
    """Whole m² of an area's cell."""
    found = _AREA.match(text)
    return to_m2(Decimal(found[1]), AreaUnit(found[2])) if found else None


def shown_cell(
    key: str,
    text: str,
    *,
    choices: Vocabulary,
    unit_names: Mapping[str, str] | None = None,
    area_unit: AreaUnit | None = None,
) -> str:
    """A cell for reading: the word of a code, the figure with its unit.

    With `area_unit`, areas in that unit, so that values side by side can be compared at sight.
    """
    kind = BY_KEY[key].kind
    if not text:
        return ""
    if kind is Kind.CHOICE:
        return choices[key].labels.get(text, text)
    if kind is Kind.UNIT:
        return (unit_names or {}).get(text, text)
    if kind is Kind.MONEY:
        return f"{(Decimal(text) / _WAN).normalize():f} 万元"
    if kind is Kind.GRAIN:
        return f"{int(text):,} 公斤"
    if kind is Kind.AREA and (found := _AREA.match(text)):
        if area_unit is not None and found[2] != area_unit.value:
            return f"{from_m2(_m2_of(text) or 0, area_unit, EXACT_PLACES).normalize():f} {area_unit.label}"
        return f"{found[1]} {AreaUnit(found[2]).label}"
    return text


def cell_form(key: str, text: str, *, unit: AreaUnit, choices: Vocabulary) -> CellForm:
    """A cell as it is printed into a workbook whose area columns are in `unit`.

    A figure that was typed in that unit comes out as it was typed (1 亩, not 1.0005).
    """
    kind = BY_KEY[key].kind
    if not text:
        return None
    if kind is Kind.CHOICE:
        return choices[key].labels.get(text, text)
    if kind is Kind.MONEY:
        return (Decimal(text) / _WAN).normalize()
    if kind is Kind.GRAIN:
        return Decimal(text)
    if kind is Kind.AREA and (found := _AREA.match(text)):
        if found[2] == unit.value:
            return Decimal(found[1])
        return from_m2(_m2_of(text) or 0, unit, EXACT_PLACES).normalize()
    if kind is Kind.EVENT:
        on = parse_date(text).on
        return on if on is not None and on.isoformat() == text else text
    return text
