"""An invitation is shown once and goes by mail as well; the link lies nowhere in between."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts import invitations, services
from accounts.models import Invitation, User
from audit.models import Entry
from notifications.models import Delivery, Message, Preference
from notifications.services import deliver_waiting
from tests.factories import organisation

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def account(name: str, email: str) -> User:
    person = services.Person(name, "经办", email, User.Role.COUNTY, organisation("522701-ZRZY"))
    return services.create_user(person=person, actor=None).user


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_whoever_has_an_address_is_invited_by_mail_too_and_a_void_link_does_not_leave(
    client: Client, sysadmin: User
) -> None:
    user, silent = account("xin", "xin@example.invalid"), account("mo", "")
    Preference.objects.create(user=user, robot="WECOM", robot_key="0123456789abcdef0123")
    client.force_login(sysadmin)

    void = client.post(f"/api/v1/users/{user.pk}/invite/").json()
    page = client.post(f"/users/{user.pk}/invite/").content.decode()
    unknown = client.post(f"/api/v1/users/{silent.pk}/invite/").json()
    kept = str([*Message.objects.values_list("body", "url"), *Delivery.objects.values_list("address")])
    left = deliver_waiting(now=NOW)

    assert (void["mailed_to"], unknown["mailed_to"]) == ("xin@example.invalid", "")
    assert "同一链接随邮件发往 xin@example.invalid" in page
    assert "/invitation/" not in kept
    # The first was void before the mail left: one mail, and the other says why it stayed.
    assert (left, [row.to for row in mail.outbox]) == (1, [["xin@example.invalid"]])
    [link] = re.findall(r"https?://\S+", mail.outbox[0].body)
    assert link in page.replace("&#x27;", "'")
    assert link != void["link"]
    assert Client().get(link.split("//", 1)[1].partition("/")[2].join(["/", ""])).status_code == 200
    assert Delivery.objects.get(sent_at=None).error.startswith("邀请链接已使用、已作废")
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"EMAIL"}
    issued = Entry.objects.filter(verb="invitation.issued").order_by("pk")
    assert [entry.facts["邮件"] for entry in issued] == ["xin@example.invalid"] * 2 + [""]


@pytest.mark.django_db
def test_the_mails_link_is_made_again_only_while_it_holds(sysadmin: User, settings: object) -> None:
    user = account("xin", "xin@example.invalid")
    made = invitations.invite(user_id=user.pk, actor=sysadmin, now=NOW)
    pk = made.invitation.pk

    assert invitations.token_again(pk, now=NOW) == made.token
    with pytest.raises(invitations.InvitationOver):
        invitations.token_again(pk, now=NOW + timedelta(days=8))
    settings.SECRET_KEY = "another-secret-of-the-installation"  # type: ignore[attr-defined]
    with pytest.raises(invitations.InvitationOver):
        invitations.token_again(pk, now=NOW)
    assert Invitation.objects.get().digest not in made.token
