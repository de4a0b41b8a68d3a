"""The log, the chain that seals it, and how long it is kept."""

from __future__ import annotations

from audit.models.chain import Link
from audit.models.entry import Entry
from audit.models.retention import Purge, TrailRule

__all__ = ["Entry", "Link", "Purge", "TrailRule"]
