"""Accounts locked after wrong passwords: django-axes counts, the security administrator unlocks."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.helpers import get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from axes.utils import reset
from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record


def locked_until(account: User, *, now: datetime) -> datetime | None:
    """Until when an account is locked from at least one address; None: it is not. One query."""
    attempts = AccessAttempt.objects.filter(
        username=account.username,
        failures_since_start__gte=get_failure_limit(None, {"username": account.username}),
    )
    last: datetime | None = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    pause: timedelta | None = get_cool_off(None)
    if last is None or pause is None or last + pause <= now:
        return None
    return last + pause


@transaction.atomic
def unlock(*, user_id: int, actor: User) -> User:
    """Forget an account's wrong passwords. Safe to repeat."""
    require(actor, Right.GUARD_ACCOUNTS)
    user = User.objects.visible_to(actor).select_related("organisation").get(pk=user_id)
    forgotten = reset(username=user.username)
    record(
        actor=actor,
        verb="user.unlocked",
        subject=user,
        facts={"清除失败次数": forgotten},
        scope_path=user.organisation.path if user.organisation else "",
    )
    return user
