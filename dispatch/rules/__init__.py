"""Pure rules of the weekly round: weeks (`weeks`), the ledger (`ledger`), reminders (`reminders`)."""

from __future__ import annotations
