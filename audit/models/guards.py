"""Triggers that the log's tables share."""

from __future__ import annotations

import pgtrigger


def never_emptied(name: str) -> pgtrigger.Trigger:
    """TRUNCATE is refused; a trigger on rows does not see it."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'append only: % is never emptied', TG_TABLE_NAME;",
    )
