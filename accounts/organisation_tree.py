"""The tree that ships with the product: divisions by GB/T 2260, our own units, and other names.

`reference/divisions.csv` holds provinces, prefectures and counties, `reference/organisations.csv`
the offices, departments and parks of the prefecture that the product was built for; where both
name a code, the latter speaks. `reference/organisation_aliases.csv` lists how workbooks write them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "reference"
COUNTY = "county"
# 仙桃, 潜江, 天门, 神农架: counties directly under their province.
COUNTY_DIRECT = "county_direct"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One organisation as the reference files have it; `path` as in `Organisation.path`."""

    code: str
    name: str
    short_name: str
    kind: str
    parent_code: str
    path: str


@dataclass(frozen=True, slots=True)
class AliasRow:
    alias: str
    code: str


def read_units(folder: Path = FOLDER) -> list[UnitRow]:
    """Every organisation, parents before their children.

    Raises:
        KeyError: a parent is missing from both files.
    """
    found: dict[str, dict[str, str]] = {}
    for row in _rows(folder / "divisions.csv"):
        kind = COUNTY if row["level"] == COUNTY_DIRECT else row["level"]
        found[row["code"]] = row | {"kind": kind, "short_name": row["short_name"] or row["name"]}
    found |= {row["code"]: row for row in _rows(folder / "organisations.csv")}
    units = [_unit(row, found) for row in found.values()]
    return sorted(units, key=lambda unit: unit.path)


def read_aliases(folder: Path = FOLDER) -> list[AliasRow]:
    """Other names, each once: those of the list, and the divisions' own names and short names."""
    units = {unit.code: unit for unit in read_units(folder)}
    found = {row["alias"]: row["code"] for row in _rows(folder / "organisation_aliases.csv")}
    for row in _rows(folder / "divisions.csv"):
        for name in (row["name"], row["short_name"]):
            unit = units[row["code"]]
            if name and name not in (unit.name, unit.short_name):
                found.setdefault(name, unit.code)
    return [AliasRow(alias, code) for alias, code in found.items() if code in units]


def path_of(code: str, parent_path: str) -> str:
    """`Organisation.path`: the codes from the top down to this row, each followed by a slash."""
    return f"{parent_path}{code}/"


def _unit(row: Mapping[str, str], found: Mapping[str, Mapping[str, str]]) -> UnitRow:
    codes = [row["code"]]
    while found[codes[0]]["parent"]:
        codes.insert(0, found[codes[0]]["parent"])
    return UnitRow(
        code=row["code"],
        name=row["name"],
        short_name=row["short_name"],
        kind=row["kind"],
        parent_code=row["parent"],
        path="".join(f"{code}/" for code in codes),
    )


def _rows(file: Path) -> Iterable[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
