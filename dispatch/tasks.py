"""When the round's work is done."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from celery import shared_task
from django.utils import timezone

from core import clock
from deadlines.selectors import working_calendar
from dispatch.selectors.tally_drift import tally_drift
from dispatch.services import reminders, rounds, tallies

logger = logging.getLogger(__name__)

# From this hour on the office's day counts as over.
DAY_ENDS_AT = 23


@shared_task(name="dispatch.remind", ignore_result=True)
def remind(**_ignored: object) -> None:
    """Send today's reminders, and those of a missed night. Safe to run again, and at the same time."""
    today, now = clock.today(), clock.now()
    reminders.remind(today=today, calendar=working_calendar(), now=now)
    reminders.send_digests(today=today, now=now)


@shared_task(name="dispatch.open_due_rounds", ignore_result=True)
def open_due_rounds(**_ignored: object) -> None:
    """Open the rounds whose reporting has begun. Safe to run again, and at the same time."""
    rounds.open_due_rounds(today=clock.today(), calendar=working_calendar(), now=clock.now())


@shared_task(name="dispatch.freeze_due_round", ignore_result=True)
def freeze_due_round(**_ignored: object) -> None:
    """Have frozen what the office left open when the reporting day ended; the job does the work.

    Run it every hour: before the day has ended it looks at yesterday, so that a missed night heals.
    """
    now = clock.now()
    for job in rounds.freeze_due_rounds(ended_on=_ended_on(now), calendar=working_calendar(), now=now):
        logger.info("The schedule asks for %s.", job.key)


@shared_task(name="dispatch.fold_tallies", ignore_result=True)
def fold_tallies(**_ignored: object) -> None:
    """Put together what changed in the dashboard's figures. Readings are right with or without it."""
    tallies.fold(today=clock.today())


@shared_task(name="dispatch.check_tallies", ignore_result=True)
def check_tallies(**_ignored: object) -> None:
    """Compare the dashboard's figures with deadlines and projects; say what drifted. Repairs nothing."""
    found = tally_drift(today=clock.today())
    if found:
        logger.error("%s figures of the dashboard drifted, first: %s", len(found), found[0])


def _ended_on(now: datetime) -> date:
    """The last office day that is over."""
    here = timezone.localtime(now)
    return here.date() if here.hour >= DAY_ENDS_AT else here.date() - timedelta(days=1)
