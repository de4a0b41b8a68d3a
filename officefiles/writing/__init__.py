"""Writes workbooks: ledgers as a stream, templates, and uploads with their mistakes marked."""

from __future__ import annotations

from officefiles.writing.ledgers import (
    LedgerColumn,
    LedgerLayout,
    LedgerRows,
    LedgerSummary,
    LedgerValue,
    Subtotal,
    write_ledger,
    write_ledgers,
)
from officefiles.writing.marking import CellMark, mark_errors
from officefiles.writing.prefilled import (
    PrefilledColumn,
    PrefilledRow,
    PrefilledSpec,
    PrefilledValue,
    write_prefilled,
)
from officefiles.writing.styles import CellKind
from officefiles.writing.templates import write_template

__all__ = [
    "CellKind",
    "CellMark",
    "LedgerColumn",
    "LedgerLayout",
    "LedgerRows",
    "LedgerSummary",
    "LedgerValue",
    "PrefilledColumn",
    "PrefilledRow",
    "PrefilledSpec",
    "PrefilledValue",
    "Subtotal",
    "mark_errors",
    "write_ledger",
    "write_ledgers",
    "write_prefilled",
    "write_template",
]
