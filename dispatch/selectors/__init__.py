"""What the weekly round shows: reminders (`reminders`), rounds and ledgers (`ledgers`)."""

from __future__ import annotations
