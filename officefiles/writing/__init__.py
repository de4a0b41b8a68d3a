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
from officefiles.writing.styles import CellKind

__all__ = [
    "CellKind",
    "LedgerColumn",
    "LedgerLayout",
    "LedgerRows",
    "LedgerSummary",
    "LedgerValue",
    "Subtotal",
    "write_ledger",
    "write_ledgers",
]
