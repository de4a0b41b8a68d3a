"""When followers are told, and lists looked after."""

from __future__ import annotations

import logging

from celery import shared_task

from accounts.models import Organisation
from core import clock
from projects.selectors.clock_drift import clock_drift, days_to_check
from projects.services import duplicates, exports, windows
from projects.services.clocks import refresh_clocks
from projects.services.following import tell_followers as tell

logger = logging.getLogger(__name__)


@shared_task(name="projects.tell_followers", ignore_result=True)
def tell_followers(**_ignored: object) -> None:
    """Tell followers what was decided. Safe to run again, and at the same time."""
    tell(today=clock.today(), now=clock.now())


@shared_task(name="projects.open_windows", ignore_result=True)
def open_windows(**_ignored: object) -> None:
    """Open the collection windows whose first day has come. Safe to run twice."""
    windows.open_due_windows(today=clock.today())


@shared_task(name="projects.look_for_duplicates", ignore_result=True)
def look_for_duplicates(**_ignored: object) -> None:
    """Every night: compare what waits anew, after the day's corrections. Asks for a job a prefecture."""
    now, today = clock.now(), clock.today()
    prefectures = Organisation.objects.filter(kind=Organisation.Kind.PREFECTURE, is_active=True)
    for prefecture in prefectures.order_by("pk"):
        if prefecture.collection_windows.exists():
            duplicates.look_everywhere(organisation=prefecture, actor=None, today=today, now=now)


@shared_task(name="projects.check_clocks", ignore_result=True)
def check_clocks(**_ignored: object) -> None:
    """Every night: the stored days of lamps against their deadlines. A drift is logged, then mended."""
    found = list(clock_drift(days=days_to_check(clock.today())))
    for drift in found:
        logger.error("project %s: lamp of %s is not that of its deadlines", drift.project.pk, drift.day)
    if found:
        refresh_clocks({drift.project.pk for drift in found})


@shared_task(name="projects.purge_exports", ignore_result=True)
def purge_exports(**_ignored: object) -> None:
    """Every night: workbooks that were kept long enough. Safe to run twice."""
    number = exports.purge_exports(today=clock.today())
    if number:
        logger.info("%s kept workbooks deleted", number)
