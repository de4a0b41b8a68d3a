"""What was done for the system's safety, and what applies."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from upkeep.models import UpkeepRun, UpkeepSetting


def upkeep_setting(on: date) -> UpkeepSetting:
    """What applies on a day; the defaults where nobody has set anything. One query."""
    rows = UpkeepSetting.objects.filter(effective_from__lte=on).order_by("-effective_from")
    return rows.first() or UpkeepSetting(effective_from=on)


def upkeep_runs() -> QuerySet[UpkeepRun]:
    """Every backup, drill, restore and check, newest first."""
    return UpkeepRun.objects.order_by("-id")
