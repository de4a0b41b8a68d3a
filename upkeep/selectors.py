"""What was done for the system's safety, and what applies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import QuerySet

from core.kept import kept
from upkeep.models import MaintenanceNotice, UpkeepRun, UpkeepSetting


def upkeep_setting(on: date) -> UpkeepSetting:
    """What applies on a day; the defaults where nobody has set anything. One query."""
    rows = UpkeepSetting.objects.filter(effective_from__lte=on).order_by("-effective_from")
    return rows.first() or UpkeepSetting(effective_from=on)


def upkeep_runs() -> QuerySet[UpkeepRun]:
    """Every backup, drill, restore and check, newest first."""
    return UpkeepRun.objects.order_by("-id")


def standing_notices(*, now: datetime) -> QuerySet[MaintenanceNotice]:
    """What every page says at this moment, the most urgent first. One query."""
    return maintenance_notices().filter(withdrawn_at__isnull=True, shown_from__lte=now, until__gt=now)


@kept
def _open_notices() -> Sequence[MaintenanceNotice]:
    return tuple(MaintenanceNotice.objects.filter(withdrawn_at__isnull=True).order_by("-id"))


def notices_at(moment: datetime) -> list[str]:
    """The words of `standing_notices`, for the frame of every page."""
    return [row.text for row in _open_notices() if row.shown_from <= moment < row.until]


def maintenance_notices() -> QuerySet[MaintenanceNotice]:
    """Every notice of maintenance, newest first."""
    return MaintenanceNotice.objects.select_related("entered_by", "withdrawn_by").order_by("-id")
