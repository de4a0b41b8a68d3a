"""What changes in the weekly round: reminders (`reminders`), rounds and ledgers (`rounds`, `ledgers`)."""

from __future__ import annotations
