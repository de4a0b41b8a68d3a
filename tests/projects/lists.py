"""The prefecture's directory and small lists, for tests of the pure rules."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from officefiles.sheets import Sheet, Workbook
from projects.rules import Directory, OrganisationEntry, read_list

REFERENCE = Path(__file__).resolve().parent.parent.parent / "accounts" / "reference"
TODAY = date(2026, 11, 20)
HEADER = ("序号", "项目名称", "项目代码", "县市", "用地总面积（公顷）", "耕地（公顷）")


@cache
def directory() -> Directory:
    entries = [
        OrganisationEntry(row["code"], row["name"], row["short_name"], row["kind"], row["parent"])
        for row in _rows("organisations.csv")
    ]
    return Directory.of(
        organisations=entries,
        aliases={row["alias"]: row["code"] for row in _rows("organisation_aliases.csv")},
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def row(number, name="甲项目", code="", unit="瓮安县", total=10, arable=1, *more):
    return (_cell(number), name, code or None, unit, _cell(total), _cell(arable), *map(_cell, more))


def _cell(value):
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def workbook(*rows, header=HEADER, above=(), **more) -> Workbook:
    return Workbook(
        "清单.xlsx", (Sheet("清单", tuple(tuple(line) for line in (*above, header, *rows)), **more),)
    )


def reading(*rows, own_unit=None, today=TODAY, **more):
    return read_list(workbook(*rows, **more), directory=directory(), own_unit=own_unit, today=today)


def said(row):
    """Cell, beginning of the message and severity of each problem."""
    return [(problem.cell, problem.message, problem.severity.value) for problem in row.problems]
