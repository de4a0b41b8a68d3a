"""Writing down what was done for the system's safety."""

from __future__ import annotations

from datetime import datetime

from upkeep.models import UpkeepRun


def note_run(
    *,
    kind: UpkeepRun.Kind,
    succeeded: bool,
    summary: str,
    facts: dict[str, object],
    started_at: datetime,
    ended_at: datetime,
) -> UpkeepRun:
    """Keep the end of a backup, drill, restore or check; called by commands and the schedule alone."""
    return UpkeepRun.objects.create(
        kind=kind,
        succeeded=succeeded,
        summary=summary[:500],
        facts=facts,
        started_at=started_at,
        ended_at=ended_at,
    )
