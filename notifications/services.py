"""Telling people: messages in the product exactly once, mail at most once."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from notifications.errors import DeliveryNotResendable, MailServerUnreachable
from notifications.models import CONFIRMED_WITHIN, Delivery, Message

logger = logging.getLogger(__name__)

BATCH = 500


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing one person is to be told. `key` makes it one, however often it is posted."""

    recipient: User
    kind: Message.Kind
    key: str
    title: str
    body: str = ""
    url: str = ""


def tell(
    *,
    recipients: Iterable[User],
    kind: Message.Kind,
    key: str,
    title: str,
    body: str = "",
    url: str = "",
) -> None:
    """Tell each of `recipients` in the product, once per person and `key`. Safe to repeat.

    Belongs in the transaction of what is told: if that is undone, nobody hears of it.

    Args:
        title, body: Chinese, for the reader; `body` says what to do.
        url: path inside the product, "/projects/17/".
    """
    post(_to_each(recipients, kind=kind, key=key, title=title, body=body, url=url))


def tell_and_mail(
    *,
    recipients: Iterable[User],
    kind: Message.Kind,
    key: str,
    title: str,
    body: str = "",
    url: str = "",
) -> None:
    """As `tell`, and plan one mail for each who has an address."""
    post_and_mail(_to_each(recipients, kind=kind, key=key, title=title, body=body, url=url))


def _to_each(
    recipients: Iterable[User], *, kind: Message.Kind, key: str, title: str, body: str, url: str
) -> list[Notice]:
    return [Notice(person, kind, key, title, body, url) for person in recipients]


@transaction.atomic
def post(notices: Sequence[Notice]) -> None:
    """Write many messages at once; those that are written already stay as they are."""
    messages = [
        Message(
            recipient=notice.recipient,
            kind=notice.kind,
            key=notice.key,
            title=notice.title[:200],
            body=notice.body,
            url=notice.url,
        )
        # In one order, so that two planners at once wait for each other instead of deadlocking.
        for notice in sorted(notices, key=_person_and_key)
    ]
    Message.objects.bulk_create(messages, ignore_conflicts=True, batch_size=BATCH)


@transaction.atomic
def post_and_mail(notices: Sequence[Notice]) -> None:
    """As `post`, and plan one mail a message for whoever has an address.

    Delivery leaves later and outside of this transaction (`deliver_waiting`).
    """
    post(notices)
    addressed = {_person_and_key(n): n.recipient.email for n in notices if n.recipient.email}
    keys = {key for _, key in addressed}
    written = Message.objects.filter(key__in=keys, recipient_id__in={person for person, _ in addressed})
    deliveries = [
        Delivery(
            message_id=pk,
            channel=Delivery.Channel.EMAIL,
            address=addressed[recipient_id, key],
        )
        for pk, recipient_id, key in written.order_by("pk").values_list("pk", "recipient_id", "key")
        if (recipient_id, key) in addressed
    ]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True, batch_size=BATCH)


def _person_and_key(notice: Notice) -> tuple[int, str]:
    return notice.recipient.pk, notice.key


# --- reading ----------------------------------------------------------------------------------


def mark_read(*, message_id: int, actor: User, now: datetime) -> None:
    """The actor has read this message of theirs. Reading it again changes nothing."""
    Message.objects.visible_to(actor).unread().filter(pk=message_id).update(read_at=now)


def mark_all_read(*, up_to_id: int, actor: User, now: datetime) -> int:
    """The actor has read all messages up to the newest one on their screen; how many that were.

    Whatever arrives while the page stands open has a higher id and stays unread.
    """
    return Message.objects.visible_to(actor).unread().filter(pk__lte=up_to_id).update(read_at=now)


# --- mail -------------------------------------------------------------------------------------


def deliver_waiting(*, now: datetime) -> int:
    """Send every planned mail; how many left. Safe to run again, and at the same time.

    A mailbox that refuses does not stop the others. Without a mail server nothing is claimed,
    so that everything waits for the next round.

    Raises:
        MailServerUnreachable: the server went away; what was not claimed waits.
    """
    waiting = list(Delivery.objects.waiting().order_by("pk").values_list("pk", flat=True))
    if not waiting:
        return 0
    connection = _open_connection()
    try:
        return sum(_deliver(pk, connection=connection, now=now) for pk in waiting)
    finally:
        connection.close()


def _open_connection() -> BaseEmailBackend:
    connection: BaseEmailBackend = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        raise MailServerUnreachable(str(error)) from error
    return connection


def _deliver(pk: int, *, connection: BaseEmailBackend, now: datetime) -> bool:
    """Claim one mail and send it; False if another took it or the mailbox refused.

    At most once: the claim is committed before the mail leaves. A crash in between loses one
    mail and never sends two; the row is then listed for resending by hand.
    """
    claimed = Delivery.objects.waiting().filter(pk=pk).update(claimed_at=now, error="")
    if not claimed:
        return False
    delivery = Delivery.objects.select_related("message").get(pk=pk)
    try:
        _mail_of(delivery, connection).send()
    except (OSError, SMTPException, ValueError) as error:
        # ValueError: an address that no header may carry.
        logger.warning("Mail %s to %s was refused: %s", pk, delivery.address, error)
        Delivery.objects.filter(pk=pk).update(error=str(error)[:300])
        _reopen(connection)
        return False
    Delivery.objects.filter(pk=pk).update(sent_at=now)
    return True


def _reopen(connection: BaseEmailBackend) -> None:
    """A refusal may have cost the connection; a fresh one keeps the next mail out of it."""
    connection.close()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        raise MailServerUnreachable(str(error)) from error


def _mail_of(delivery: Delivery, connection: BaseEmailBackend) -> EmailMessage:
    message = delivery.message
    link = f"{settings.BASE_URL.rstrip('/')}{message.url}" if message.url else ""
    return EmailMessage(
        subject=" ".join(message.title.split()),
        body="\n\n".join(filter(None, [message.body, link, settings.BUREAU_NAME])),
        to=[delivery.address],
        connection=connection,
    )


@transaction.atomic
def resend(*, delivery_id: int, actor: User, now: datetime) -> None:
    """Put one unconfirmed mail back among the waiting, because a person decided so.

    Raises:
        Delivery.DoesNotExist: no such mail to anybody the actor may see.
        DeliveryNotResendable: it has left, or its claim is too fresh to be given up.
    """
    require(actor, Right.RUN_JOBS)
    people = User.objects.visible_to(actor)
    delivery = Delivery.objects.select_related("message__recipient__organisation").get(
        pk=delivery_id, message__recipient__in=people
    )
    reset = (
        Delivery.objects.unconfirmed(claimed_before=now - CONFIRMED_WITHIN)
        .filter(pk=delivery_id)
        .update(claimed_at=None, error="")
    )
    if not reset:
        raise DeliveryNotResendable("该邮件已发出或正在发送，不需要重发；刷新页面查看最新状态。")
    organisation = delivery.message.recipient.organisation
    record(
        actor=actor,
        verb="mail.resent",
        subject=delivery.message,
        facts={"address": delivery.address, "error": delivery.error},
        scope_path=organisation.path if organisation else "",
    )
