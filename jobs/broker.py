"""Waking the workers from a page, without ever waiting for the broker.

The wake-up is a courtesy: the job is a row, and the schedule wakes the workers every ten seconds
anyway. So a page gives the broker two short time-outs and no second try, and after one failure leaves
it alone for a while.
"""

from __future__ import annotations

import logging
import threading
import time

from celery import current_app
from django.conf import settings
from kombu import Connection
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

_lock = threading.Lock()
_resting_until = 0.0


def wake() -> bool:
    """Ask a worker to look for jobs; False if the broker did not take the message in time.

    For views, after the service and outside of any transaction. Never raises and never lasts
    longer than connecting and sending may (`BROKER_TIMEOUT_SECONDS` each), whatever state the
    broker is in.
    """
    global _resting_until
    if time.monotonic() < _resting_until:
        return False
    if not _lock.acquire(blocking=False):
        return False  # another thread of this process is just waking them
    try:
        _send()
    except (OperationalError, OSError) as error:
        _resting_until = time.monotonic() + settings.BROKER_REST_SECONDS
        logger.warning("The broker did not take a wake-up (%s); the schedule will do it.", error)
        return False
    finally:
        _lock.release()
    return True


def forget_failure() -> None:
    """Try again at once; for tests and after a change of the broker's address."""
    global _resting_until
    _resting_until = 0.0


def transport_options() -> dict[str, object]:
    """What bounds a page's talk with the broker: short time-outs, one attempt."""
    seconds = settings.BROKER_TIMEOUT_SECONDS
    return {
        "socket_timeout": seconds,
        "socket_connect_timeout": seconds,
        "retry_on_timeout": False,
        "max_retries": 0,
        "connect_retries_timeout": seconds,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
        "health_check_interval": 0,
    }


def _send() -> None:
    with Connection(
        settings.REDIS_URL,
        connect_timeout=settings.BROKER_TIMEOUT_SECONDS,
        transport_options=transport_options(),
    ) as connection:
        current_app.send_task(
            "jobs.run_waiting",
            connection=connection,
            retry=False,
            ignore_result=True,
            expires=settings.JOB_LEASE_SECONDS,
        )
