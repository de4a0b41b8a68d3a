"""An invitation goes to its person by mail; the link is made when the mail leaves and is stored nowhere."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.invitations import token_again
from accounts.models import Invitation
from notifications.models import Delivery, Message

KEY = "invitation:"


def mail_invitation(invitation: Invitation) -> str:
    """Plan one mail with the link for whoever has an address; gives the address. Safe to repeat.

    Only by mail: a robot would show the link to a whole group.
    """
    person = invitation.user
    if not person.email:
        return ""
    message, _ = Message.objects.get_or_create(
        recipient=person,
        key=f"{KEY}{invitation.pk}",
        defaults={
            "kind": Message.Kind.NOTICE,
            "title": "请设置您的登录密码",
            "body": f"已为您建立账号 {person.username}。请用邮件中的链接设置密码，只能用一次。",
        },
    )
    Delivery.objects.get_or_create(
        message=message, channel=Delivery.Channel.EMAIL, defaults={"address": person.email}
    )
    return person.email


def invitation_link(message: Message, *, now: datetime) -> str:
    """The link of a message that invites; "" for any other.

    Raises:
        InvitationOver: there is nothing to invite to any more.
    """
    if not message.key.startswith(KEY):
        return ""
    token = token_again(int(message.key.removeprefix(KEY)), now=now)
    return f"{settings.BASE_URL.rstrip('/')}{reverse('accounts:invitation', args=[token])}"
