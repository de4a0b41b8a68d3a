"""What changed between two frozen ledgers: new, gone, changed cell by cell, lamps that turned.

From values alone. Columns are matched by key, so that ledgers of different releases compare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deadlines.rules import Lamp

# They differ from week to week by their nature.
UNCOMPARED = frozenset({"position", "remaining"})
_RANK = {lamp.value: rank for rank, lamp in enumerate((Lamp.RED, Lamp.AMBER))}


@dataclass(frozen=True, slots=True)
class Table:
    """A frozen ledger's columns and rows as they are stored."""

    columns: Sequence[Mapping[str, str]]
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell, before and after, with its column."""

    column: Mapping[str, str]
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class RowChange:
    """One project in one unit. `cells` is empty for what is new or gone."""

    unit_code: str
    project_id: int
    name: str
    unit: str
    lamp_before: str
    lamp_after: str
    cells: Sequence[CellChange] = ()

    @property
    def has_turned(self) -> bool:
        return bool(self.lamp_before and self.lamp_after) and self.lamp_before != self.lamp_after

    @property
    def is_worse(self) -> bool:
        """It turned red or amber, or from amber to red."""
        rest = len(_RANK)
        return _RANK.get(self.lamp_after, rest) < _RANK.get(self.lamp_before, rest)


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs between two ledgers, each list in the order of the newer ledger."""

    new: Sequence[RowChange] = field(default_factory=tuple)
    gone: Sequence[RowChange] = field(default_factory=tuple)
    changed: Sequence[RowChange] = field(default_factory=tuple)

    @property
    def turned(self) -> list[RowChange]:
        """Projects whose lamp is another one now."""
        return [row for row in self.changed if row.has_turned]

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.gone or self.changed)


def difference(old: Table, new: Table) -> Difference:
    """Compare two ledgers. A project across counties has a row in each; they are compared apart."""
    before, after = _by_key(old), _by_key(new)
    shared = [column for column in new.columns if column["key"] not in UNCOMPARED]
    known = {column["key"] for column in old.columns}
    comparable = [column for column in shared if column["key"] in known]
    changed = []
    for key, row in after.items():
        earlier = before.get(key)
        if earlier is None:
            continue
        cells = [
            CellChange(column, earlier.get(column["key"]), row.get(column["key"]))
            for column in comparable
            if earlier.get(column["key"]) != row.get(column["key"])
        ]
        if cells:
            changed.append(_row(key, earlier, row, cells))
    return Difference(
        new=[_row(key, {}, row, ()) for key, row in after.items() if key not in before],
        gone=[_row(key, row, {}, ()) for key, row in before.items() if key not in after],
        changed=changed,
    )


_Key = tuple[str, int]


def _by_key(table: Table) -> dict[_Key, dict[str, Any]]:
    keys = [column["key"] for column in table.columns]
    return {
        (str(row["unit"]), int(row["project"])): dict(zip(keys, row["cells"], strict=True))
        for row in table.rows
    }


def _row(
    key: _Key, before: Mapping[str, Any], after: Mapping[str, Any], cells: Sequence[CellChange]
) -> RowChange:
    shown = after or before
    return RowChange(
        unit_code=key[0],
        project_id=key[1],
        name=str(shown.get("name") or ""),
        unit=str(shown.get("unit") or ""),
        lamp_before=str(before.get("lamp") or ""),
        lamp_after=str(after.get("lamp") or ""),
        cells=tuple(cells),
    )
