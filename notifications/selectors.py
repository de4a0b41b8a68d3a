"""What a person has been told, and which mails did not get through."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from notifications.models import CONFIRMED_WITHIN, Delivery, Message, MessageQuerySet, Preference


def message_list(*, actor: User) -> MessageQuerySet:
    """The actor's own messages, newest first. One query."""
    return Message.objects.visible_to(actor).order_by("-id")


def unread_count(*, actor: User) -> int:
    """How many messages the actor has not read, counted up to a hundred. One query."""
    return Message.objects.visible_to(actor).unread().order_by()[:100].count()


def newest_id(*, actor: User) -> int:
    """The newest message of the actor, 0 without any: what "all" means on the screen."""
    return Message.objects.visible_to(actor).order_by("-id").values_list("pk", flat=True).first() or 0


def delivery_list(*, actor: User) -> QuerySet[Delivery]:
    """Mails to people whom the actor may see, whatever became of them. One query."""
    return Delivery.objects.filter(message__recipient__in=User.objects.visible_to(actor))


def unsent_list(*, actor: User, now: datetime) -> QuerySet[Delivery]:
    """Mails that were tried and not confirmed, to people whom the actor may see, newest first.

    Carries the message and its recipient. One query.
    """
    people = User.objects.visible_to(actor)
    return (
        Delivery.objects.unconfirmed(claimed_before=now - CONFIRMED_WITHIN)
        .filter(message__recipient__in=people)
        .select_related("message__recipient__organisation")
        .order_by("-id")
    )


def preference_of(*, actor: User) -> Preference:
    """How the actor wants to be told; the product's usual way before the first choice. One query."""
    return Preference.objects.visible_to(actor).first() or Preference(user=actor)
