"""Telling people: messages in the product exactly once, over every other channel at most once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from accounts.errors import InvitationOver
from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from notifications.errors import DeliveryNotResendable, MailServerUnreachable, RobotKeyUnknown
from notifications.inviting import invitation_link
from notifications.models import CONFIRMED_WITHIN, Delivery, Message, Preference
from notifications.robots import RobotRefused, is_key, robot_of, send

logger = logging.getLogger(__name__)

BATCH = 500
# A temporary refusal is tried again after 5, 10, 20 and 40 minutes; then a person decides.
MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing one person is to be told. `key` makes it one, however often it is posted."""

    recipient: User
    kind: Message.Kind
    key: str
    title: str
    body: str = ""
    url: str = ""
    # Outside of the house not before this moment (quiet hours); None: at once.
    not_before: datetime | None = None


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
    """As `post`, and plan one delivery a message over each channel that its recipient chose.

    Without a choice that is the mail of whoever has an address. Delivery leaves later and outside
    of this transaction (`deliver_waiting`).
    """
    post(notices)
    chosen = {row.user_id: row for row in Preference.objects.filter(user__in={n.recipient for n in notices})}
    planned = {
        _person_and_key(notice): (notice, channels)
        for notice in notices
        if (channels := channels_of(notice.recipient, chosen.get(notice.recipient.pk)))
    }
    keys = {key for _, key in planned}
    written = Message.objects.filter(key__in=keys, recipient_id__in={person for person, _ in planned})
    deliveries = [
        Delivery(message_id=pk, channel=channel, address=address, not_before=notice.not_before)
        for pk, recipient_id, key in written.order_by("pk").values_list("pk", "recipient_id", "key")
        if (recipient_id, key) in planned
        for notice, channels in [planned[recipient_id, key]]
        for channel, address in channels
    ]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True, batch_size=BATCH)


def channels_of(person: User, preference: Preference | None) -> list[tuple[str, str]]:
    """Channel and address of everything that reaches a person outside of the product. No query."""
    found: list[tuple[str, str]] = []
    if person.email and (preference is None or preference.by_mail):
        found.append((Delivery.Channel.EMAIL.value, person.email))
    if preference is not None and preference.robot:
        found.append((preference.robot, preference.robot_key))
    return found


@transaction.atomic
def choose_channels(
    *, actor: User, by_mail: bool, robot: str, robot_key: str, daily_digest: bool
) -> Preference:
    """How the actor wants to be told from now on; what is planned keeps its way.

    Raises:
        RobotKeyUnknown: a robot without a key, or with one that cannot be this robot's.
    """
    key = robot_key.strip() if robot else ""
    if robot and not is_key(robot, key):
        raise RobotKeyUnknown("机器人密钥不正确：请填写群机器人地址末尾的密钥，不要填整个地址。", robot=robot)
    row, _ = Preference.objects.update_or_create(
        user=actor,
        defaults={
            "by_mail": by_mail,
            "robot": robot,
            "robot_key": key,
            "daily_digest": daily_digest,
        },
    )
    record(
        actor=actor,
        verb="channels.chosen",
        subject=row,
        facts={"by_mail": by_mail, "robot": robot, "daily_digest": daily_digest},
        scope_path=actor.organisation.path if actor.organisation else "",
    )
    return row


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


# --- leaving the house ------------------------------------------------------------------------


def deliver_waiting(*, now: datetime) -> int:
    """Send everything planned that may leave by now; how many left. Safe to run again, and at once.

    An address that refuses does not stop the others. Without a mail server no mail is claimed, so
    that all of them wait for the next round; robots do not wait for it.

    Raises:
        MailServerUnreachable: the server went away; what was not claimed waits.
    """
    waiting = list(Delivery.objects.due(now).order_by("pk").values_list("pk", "channel"))
    mails = [pk for pk, channel in waiting if channel == Delivery.Channel.EMAIL]
    sent = sum(_deliver(pk, _to_robot, now=now) for pk, channel in waiting if pk not in set(mails))
    if not mails:
        return sent
    connection = _open_connection()
    try:
        for pk in mails:
            if _deliver(pk, _by_mail(connection), now=now):
                sent += 1
            elif Delivery.objects.filter(pk=pk).exclude(error="").exists():
                _reopen(connection)
        return sent
    finally:
        connection.close()


def _open_connection() -> BaseEmailBackend:
    connection: BaseEmailBackend = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        raise MailServerUnreachable(str(error)) from error
    return connection


def _deliver(pk: int, send: Callable[[Delivery], None], *, now: datetime) -> bool:
    """Claim one delivery and send it; False if another took it or the address refused.

    At most once: the claim is committed before it leaves. A crash in between loses one and never
    sends two; the row is then listed for resending by hand.
    """
    claimed = (
        Delivery.objects.due(now).filter(pk=pk).update(claimed_at=now, error="", attempts=F("attempts") + 1)
    )
    if not claimed:
        return False
    delivery = Delivery.objects.select_related("message").get(pk=pk)
    try:
        send(delivery)
    except (OSError, SMTPException, ValueError, RobotRefused, InvitationOver) as error:
        # ValueError: an address that no header may carry. InvitationOver: used or void meanwhile.
        logger.warning("Delivery %s to %s was refused: %s", pk, delivery.channel, error)
        _refused(delivery, error, now=now)
        return False
    Delivery.objects.filter(pk=pk).update(sent_at=now)
    return True


def _refused(delivery: Delivery, error: Exception, *, now: datetime) -> None:
    """Keep why. What the server calls temporary was surely not taken and is tried again later."""
    changes: dict[str, object] = {"error": str(error)[:300] or type(error).__name__}
    if is_temporary(error) and delivery.attempts < MOST_ATTEMPTS:
        rest = timedelta(minutes=5 * 2 ** (delivery.attempts - 1))
        changes |= {"claimed_at": None, "not_before": now + rest}
    Delivery.objects.filter(pk=delivery.pk).update(**changes)


def is_temporary(error: Exception) -> bool:
    """Whether the mail server answered that it did not take the mail now, and may later (4xx)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(400 <= code < 500 for code, _ in error.recipients.values())
    return isinstance(error, SMTPResponseException) and 400 <= error.smtp_code < 500


def _to_robot(delivery: Delivery) -> None:
    message = delivery.message
    body = "\n".join(filter(None, [message.body, _link(message)]))
    send(robot_of(delivery.channel, delivery.address), title=message.title, body=body)


def _by_mail(connection: BaseEmailBackend) -> Callable[[Delivery], None]:
    return lambda delivery: _send_mail(delivery, connection)


def _send_mail(delivery: Delivery, connection: BaseEmailBackend) -> None:
    _mail_of(delivery, connection).send()


def _reopen(connection: BaseEmailBackend) -> None:
    """A refusal may have cost the connection; a fresh one keeps the next mail out of it."""
    connection.close()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        raise MailServerUnreachable(str(error)) from error


def _mail_of(delivery: Delivery, connection: BaseEmailBackend) -> EmailMessage:
    message, claimed_at = delivery.message, delivery.claimed_at
    assert claimed_at is not None  # nothing leaves unclaimed
    link = invitation_link(message, now=claimed_at) or _link(message)
    return EmailMessage(
        subject=" ".join(message.title.split()),
        body="\n\n".join(filter(None, [message.body, link, settings.BUREAU_NAME])),
        to=[delivery.address],
        connection=connection,
    )


def _link(message: Message) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{message.url}" if message.url else ""


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
        .update(claimed_at=None, error="", not_before=None)
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
