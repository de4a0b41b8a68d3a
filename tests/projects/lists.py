"""The prefecture's directory and small lists, for tests of the pure rules."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from officefiles.sheets import Sheet, Workbook
from projects.rules import Directory, KindOfList, OrganisationEntry, read_list, vocabulary

ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCE = ROOT / "accounts" / "reference"
KINDS = ROOT / "projects" / "reference" / "list_kinds.csv"
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


def _kinds() -> Iterator[KindOfList]:
    with KINDS.open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            yield KindOfList(line["code"], line["name"], tuple(line["words"].split()))


WORDS = vocabulary(_kinds())


def row(number, name="甲项目", code="", unit="瓮安县", total=10, arable=1, *more):
    return (_cell(number), name, code or None, unit, _cell(total), _cell(arable), *map(_cell, more))


def _cell(value):
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def workbook(*rows, header=HEADER, above=(), **more) -> Workbook:
    return Workbook(
        "清单.xlsx", (Sheet("清单", tuple(tuple(line) for line in (*above, header, *rows)), **more),)
    )


def reading(*rows, own_unit=None, today=TODAY, **more):
    return read_list(
        workbook(*rows, **more), directory=directory(), own_unit=own_unit, today=today, words=WORDS
    )


def said(row):
    """Cell, beginning of the message and severity of each problem."""
    return [(problem.cell, problem.message, problem.severity.value) for problem in row.problems]
