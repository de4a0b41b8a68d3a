from __future__ import annotations

from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction

from audit.models import Entry
from notifications import selectors, services
from notifications.errors import DeliveryNotResendable, MailServerUnreachable
from notifications.models import Delivery, Message
from tests.factories import MessageFactory, UserFactory

NOW = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)


def tell(*people, act=services.tell, **changed):
    told = {
        "recipients": people,
        "kind": Message.Kind.NOTICE,
        "key": "notice:1",
        "title": "清单已采纳",
        "body": "请在三日内办理。",
        "url": "/projects/1/",
    }
    act(**told | changed)


class RefusingBackend(EmailBackend):
    """A server that knows all mailboxes but one."""

    def send_messages(self, messages):
        for message in messages:
            if "nobody" in message.to[0]:
                raise SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
        return super().send_messages(messages)


class AbsentBackend(EmailBackend):
    """No server at all."""

    def open(self):
        raise ConnectionRefusedError("refused")


def test_telling_three_times_leaves_one_message_a_person(officer, section):
    for _ in range(3):
        tell(officer, section)

    assert Message.objects.count() == 2
    assert Delivery.objects.count() == 0


def test_what_is_told_belongs_to_the_transaction_around_it(officer):
    def tell_and_fail():
        with transaction.atomic():
            tell(officer)
            raise RuntimeError("the change was undone")

    with pytest.raises(RuntimeError):
        tell_and_fail()

    assert not Message.objects.exists()


def test_mail_is_planned_once_and_only_for_those_with_an_address(officer):
    without_address = UserFactory(email="")

    for _ in range(3):
        tell(officer, without_address, act=services.tell_and_mail)

    assert Message.objects.count() == 2
    assert [d.address for d in Delivery.objects.all()] == [officer.email]


def test_a_planned_mail_leaves_once(officer, settings):
    settings.BASE_URL = "https://land.example/"
    tell(officer, act=services.tell_and_mail)

    sent = [services.deliver_waiting(now=NOW) for _ in range(3)]

    assert sent == [1, 0, 0]
    assert [m.subject for m in mail.outbox] == ["清单已采纳"]
    assert "https://land.example/projects/1/" in mail.outbox[0].body
    assert Delivery.objects.get().sent_at == NOW


def test_a_line_break_in_a_title_does_not_become_a_header(officer):
    tell(officer, act=services.tell_and_mail, title="项目\nBcc: other@example.invalid")

    services.deliver_waiting(now=NOW)

    assert mail.outbox[0].subject == "项目 Bcc: other@example.invalid"


def test_a_mailbox_that_refuses_does_not_stop_the_others(officer, section, settings):
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    officer.email = "nobody@example.invalid"
    tell(officer, section, act=services.tell_and_mail)

    assert services.deliver_waiting(now=NOW) == 1

    assert [m.to for m in mail.outbox] == [[section.email]]
    assert "no such user" in Delivery.objects.get(address="nobody@example.invalid").error


def test_without_a_mail_server_nothing_is_claimed(officer, settings):
    settings.EMAIL_BACKEND = f"{__name__}.AbsentBackend"
    tell(officer, act=services.tell_and_mail)

    with pytest.raises(MailServerUnreachable):
        services.deliver_waiting(now=NOW)

    assert Delivery.objects.waiting().count() == 1


def test_a_mail_claimed_by_a_crashed_sender_is_never_sent_again_by_itself(officer, sysadmin):
    tell(officer, act=services.tell_and_mail)
    Delivery.objects.update(claimed_at=NOW - timedelta(hours=1))

    services.deliver_waiting(now=NOW)

    assert mail.outbox == []
    assert selectors.unsent_list(actor=sysadmin, now=NOW).count() == 1


def test_a_mail_on_its_way_is_not_listed_for_resending(officer, sysadmin):
    tell(officer, act=services.tell_and_mail)
    Delivery.objects.update(claimed_at=NOW - timedelta(seconds=5))

    assert selectors.unsent_list(actor=sysadmin, now=NOW).count() == 0


def test_a_person_resends_an_unconfirmed_mail_and_the_log_says_so(officer, sysadmin):
    tell(officer, act=services.tell_and_mail)
    Delivery.objects.update(claimed_at=NOW - timedelta(hours=1))

    services.resend(delivery_id=Delivery.objects.get().pk, actor=sysadmin, now=NOW)
    services.deliver_waiting(now=NOW)

    assert len(mail.outbox) == 1
    assert Entry.objects.get(verb="mail.resent").facts["address"] == officer.email


def test_a_sent_mail_is_not_resent(officer, sysadmin):
    tell(officer, act=services.tell_and_mail)
    services.deliver_waiting(now=NOW)

    with pytest.raises(DeliveryNotResendable):
        services.resend(delivery_id=Delivery.objects.get().pk, actor=sysadmin, now=NOW)


def test_only_those_who_run_jobs_resend(officer):
    tell(officer, act=services.tell_and_mail)

    with pytest.raises(PermissionDenied):
        services.resend(delivery_id=Delivery.objects.get().pk, actor=officer, now=NOW)


def test_marking_all_read_spares_what_arrived_since(officer):
    seen = MessageFactory(recipient=officer)
    later = MessageFactory(recipient=officer)

    assert services.mark_all_read(up_to_id=seen.pk, actor=officer, now=NOW) == 1

    assert [m.pk for m in Message.objects.unread()] == [later.pk]


def test_nobody_marks_another_s_message(officer, stranger):
    message = MessageFactory(recipient=officer)

    services.mark_read(message_id=message.pk, actor=stranger, now=NOW)

    message.refresh_from_db()
    assert message.read_at is None


def test_the_database_keeps_one_message_per_person_and_key(officer):
    MessageFactory(recipient=officer, key="one")

    with pytest.raises(IntegrityError, match="message_once"), transaction.atomic():
        MessageFactory(recipient=officer, key="one")


def test_two_senders_that_saw_the_same_waiting_mail_send_it_once(officer):
    tell(officer, act=services.tell_and_mail)
    pk = Delivery.objects.get().pk
    connection = mail.get_connection()

    sent = [services._deliver(pk, services._by_mail(connection), now=NOW) for _ in range(2)]

    assert sent == [True, False]
    assert len(mail.outbox) == 1
