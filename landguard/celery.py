"""Celery: the one application and the one schedule. There is no second scheduler."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "landguard.settings")

from django.conf import settings

app = Celery("landguard")
app.conf.update(
    broker_url=settings.REDIS_URL,
    result_backend=None,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    timezone=settings.TIME_ZONE,
    enable_utc=True,
    # A killed worker's message comes back; jobs are rows, so twice does no harm.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 3600,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    },
)
app.autodiscover_tasks()

# The office's clock, Asia/Shanghai. Every line may run late, twice or not at all for a night:
# the rows it works from heal themselves.
app.conf.beat_schedule = {
    # Wakes whoever claims waiting jobs, in case a page's own wake-up was lost.
    "claim waiting jobs": {
        "task": "jobs.run_waiting",
        "schedule": 10.0,
        "options": {"expires": 30},
    },
    # Say what is due to be said today: first in the morning, then whatever came up since.
    "plan reminders": {"task": "dispatch.remind", "schedule": crontab(hour="7-19", minute="0,30")},
    # What was decided about a project reaches those who follow it.
    "tell followers": {
        "task": "projects.tell_followers",
        "schedule": 60.0,
        "options": {"expires": 120},
    },
    # Deliver what is planned and not yet sent.
    "deliver messages": {
        "task": "notifications.deliver_waiting",
        "schedule": 60.0,
        "options": {"expires": 120},
    },
    # Open the rounds whose reporting begins today; several times, so that a missed morning heals.
    "open dispatch rounds": {"task": "dispatch.open_due_rounds", "schedule": crontab(hour="0-19", minute=15)},
    # What the office has not frozen by the end of the reporting day is frozen, and says so. Hourly,
    # so that a missed night heals in the morning.
    "freeze the weekly round": {"task": "dispatch.freeze_due_round", "schedule": crontab(minute="30")},
    # Papers about which the office kept silent for five working days are accepted since receipt;
    # just after the day has ended, and again later in case the night was missed.
    "accept by silence": {"task": "approvals.deem_accepted", "schedule": crontab(hour="0,6", minute=10)},
    # A department's silence about a site is consent from midnight after its last day. Every few
    # minutes, so that a restart costs nothing; the day follows from the rule, not from the run.
    "lapse into consent": {
        "task": "opinions.lapse",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240},
    },
    # Who takes a post over today gets what is open in it: just after midnight, and again later in
    # case the night was missed.
    "hand posts over": {"task": "desk.inherit", "schedule": crontab(hour="0,7", minute=20)},
    # The quarter's collective meeting is promised from the first day on; again later in case the
    # night was missed.
    "watch the quarter's meeting": {
        "task": "consultations.watch_quarters",
        "schedule": crontab(hour="0,7", minute=50),
    },
    # Every leader owes the year's visits from its first day on, and a new leader from the next morning.
    "watch the leaders' visits": {
        "task": "duties.watch_visits",
        "schedule": crontab(hour="0,7", minute=55),
    },
    # Open the collection windows whose first day has come; every hour, so that a missed one heals.
    "open collection windows": {"task": "projects.open_windows", "schedule": crontab(minute="5")},
    # What waits for its answer is compared with the list anew, every night.
    "look for duplicates": {
        "task": "projects.look_for_duplicates",
        "schedule": crontab(hour="2", minute="30"),
    },
    # Finished workbooks that were kept long enough.
    "purge kept workbooks": {"task": "projects.purge_exports", "schedule": crontab(hour="2", minute="50")},
    # Stored due dates against their facts, every night.
    "check deadlines": {"task": "deadlines.check", "schedule": crontab(hour="3", minute=15)},
    # The stored days of projects' lamps against their deadlines, every night.
    "check project clocks": {"task": "projects.check_clocks", "schedule": crontab(hour="3", minute=30)},
    # The dashboard's figures: rows of change put together, and all of them counted anew every night.
    "fold the dashboard's figures": {
        "task": "dispatch.fold_tallies",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240},
    },
    "check the dashboard's figures": {
        "task": "dispatch.check_tallies",
        "schedule": crontab(hour="4", minute=0),
    },
    # Quota that was held and not approved in time goes back; twice, in case the night was missed.
    "release expired quota": {"task": "quotas.release_expired", "schedule": crontab(hour="0,7", minute=40)},
    # Every quota balance against its movements, every night.
    "check the quota ledger": {"task": "upkeep.check_ledger", "schedule": crontab(hour="3", minute=45)},
    # The next year's holidays: from November on once a month, until they are entered.
    "remind of the calendar": {
        "task": "upkeep.remind_of_calendar",
        "schedule": crontab(hour="8,14", minute=20),
    },
    # New entries of the log get their link in the chain.
    "seal the log": {"task": "audit.seal", "schedule": 60.0, "options": {"expires": 120}},
    # The whole chain against the log, every night; then what was kept long enough goes.
    "check the log": {"task": "upkeep.check_trail", "schedule": crontab(hour="4", minute=15)},
    "clear the log": {"task": "audit.purge", "schedule": crontab(hour="4", minute=45)},
}
