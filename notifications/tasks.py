"""When mail leaves."""

from __future__ import annotations

import logging

from celery import shared_task

from core import clock
from notifications import services
from notifications.errors import MailServerUnreachable

logger = logging.getLogger(__name__)


@shared_task(name="notifications.deliver_waiting", ignore_result=True)
def deliver_waiting(**_ignored: object) -> None:
    """Send what is planned. At most once each; run it as often as you like, even at the same time."""
    try:
        services.deliver_waiting(now=clock.now())
    except MailServerUnreachable as error:
        logger.warning("The mail server does not answer (%s); the mails wait for the next round.", error)
