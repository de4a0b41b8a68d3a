"""Sign-ins through the browser: begun, seen, ended by their owner, by idleness or with the password."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Value
from django.db.models.functions import Now
from knox.models import AuthToken

from accounts.devices import device_of
from accounts.models import OpenSession, OpenSessionQuerySet, User
from accounts.sign_in_rules import idle_minutes, rule_of
from audit.models import Entry
from audit.services import Event, record_event
from core import clock

# Under this name the browser's session knows its row.
MARK = "landguard_session"
# What every sign-in through a browser has left in its session, in this release and before.
SIGNED_IN = "account_authentication_methods"
SEEN_EVERY = timedelta(seconds=60)
KEPT = timedelta(days=1)


def begin(*, user: User, address: str | None, agent: str, now: datetime) -> OpenSession:
    """Note a sign-in; rows of this person that ended or ran out long ago go."""
    user.open_sessions.filter(seen_at__lt=now - KEPT).delete()
    return OpenSession.objects.create(
        user=user,
        address=address,
        device=device_of(agent),
        idle_minutes=idle_minutes(rule_of(clock.day_of(now)), user.role),
        began_at=now,
        seen_at=now,
    )


def still_open(*, pk: int, user: User, now: datetime) -> bool:
    """Whether a session holds; notes that it was used. An idle one ends now. One query, rarely two."""
    row = OpenSession.objects.filter(pk=pk, user=user, ended_at=None).first()
    if row is None:
        return False
    if now - row.seen_at > timedelta(minutes=row.idle_minutes):
        _end(OpenSession.objects.filter(pk=pk), now=now)
        _note(user, "session.idle_ended", {"空闲分钟": row.idle_minutes})
        return False
    if now - row.seen_at > SEEN_EVERY:
        OpenSession.objects.filter(pk=pk, ended_at=None).update(seen_at=now)
    return True


def own_sessions(*, actor: User, now: datetime) -> OpenSessionQuerySet:
    """The actor's sessions that hold, newest first. One query."""
    # Each by the idle time that it began with: what lay longer is over, though nobody came to end it.
    idle = ExpressionWrapper(F("idle_minutes") * Value(timedelta(minutes=1)), output_field=DurationField())
    live = OpenSession.objects.visible_to(actor).filter(ended_at=None)
    return live.filter(seen_at__gte=now - idle).order_by("-id")


@transaction.atomic
def end_one(*, actor: User, pk: int, now: datetime) -> None:
    """End one of the actor's own sessions. Safe to repeat.

    Raises:
        OpenSession.DoesNotExist: it is somebody else's.
    """
    row = OpenSession.objects.visible_to(actor).get(pk=pk)
    if _end(OpenSession.objects.filter(pk=row.pk), now=now):
        _note(actor, "session.ended", {"设备": row.device, "来源": row.address or ""})


@transaction.atomic
def end_others(*, actor: User, keep: int | None, now: datetime) -> int:
    """End the actor's sessions but `keep`, and the tokens; gives how many sessions ended."""
    others = OpenSession.objects.visible_to(actor).exclude(pk=keep or 0)
    ended = _end(others, now=now)
    tokens, _ = AuthToken.objects.filter(user=actor).delete()
    _note(actor, "session.all_ended", {"登录": ended, "接口令牌": tokens})
    return ended


def end_all_of(user: User, *, keep: int | None = None) -> None:
    """End what is open of an account whose password, role or state has changed; tokens go elsewhere."""
    _end(user.open_sessions.exclude(pk=keep or 0), now=Now())


def _end(rows: OpenSessionQuerySet, *, now: datetime | Now) -> int:
    return rows.filter(ended_at=None).update(ended_at=now)


def _note(user: User, verb: str, facts: dict[str, object]) -> None:
    path = user.organisation.path if user.organisation else ""
    event = Event(verb=verb, outcome=Entry.Outcome.DONE, label=user.username, scope_path=path, facts=facts)
    record_event(actor=user, event=event)
