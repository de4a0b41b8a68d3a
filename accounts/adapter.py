"""How allauth behaves here: accounts are made by the administrator, never by a visitor."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from axes.helpers import get_client_ip_address
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from accounts import sessions
from accounts.models import OpenSession, PasswordRecord, User
from accounts.sign_in_rules import rule_of
from audit.models import Entry
from audit.services import Event, record, record_event
from core import clock


class ClosedAccountAdapter(DefaultAccountAdapter):
    """No self-registration; a password that its owner has chosen ends the first sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "accounts.stages.FactorStage"]

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        account, now = cast(User, user), clock.now()
        if account.has_usable_password():
            PasswordRecord.objects.create(user=account, digest=account.password, set_at=now)
        account.set_password(password)
        account.must_change_password = False
        account.save(update_fields=["password", "must_change_password"])
        kept = self.request.session.get(sessions.MARK) if self.request is not None else None
        sessions.end_all_of(account, keep=kept)
        record(actor=account, verb="user.password_changed", subject=account, scope_path=_path_of(account))

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        account, now = cast(User, user), clock.now()
        row = sessions.begin(
            user=account,
            address=get_client_ip_address(request) or None,
            agent=request.headers.get("User-Agent", ""),
            now=now,
        )
        request.session[sessions.MARK] = row.pk
        expire_password(account, today=clock.day_of(now))
        note_session(account, "session.signed_in")

    def logout(self, request: HttpRequest) -> None:
        leaving, mark = request.user, request.session.get(sessions.MARK)
        super().logout(request)
        if isinstance(leaving, User):
            OpenSession.objects.filter(pk=mark or 0, user=leaving).update(ended_at=clock.now())
            note_session(leaving, "session.signed_out")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_failure(request, str(credentials.get("username", "")))


def expire_password(user: User, *, today: date) -> None:
    """Let a password that is older than the rule allows be changed before anything else."""
    days = rule_of(today).expires_days
    if not days or user.must_change_password:
        return
    newest = user.password_records.order_by("-set_at").values_list("set_at", flat=True).first()
    since = clock.day_of(newest or user.date_joined)
    if (today - since).days < days:
        return
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    facts: dict[str, object] = {"有效期（日）": days, "上次修改": since.isoformat()}
    record(actor=None, verb="user.password_expired", subject=user, facts=facts, scope_path=_path_of(user))


def note_session(user: User, verb: str) -> None:
    """Write into the log that somebody came or went."""
    event = Event(verb=verb, outcome=Entry.Outcome.DONE, label=user.username, scope_path=_path_of(user))
    record_event(actor=user, event=event)


def note_failure(request: HttpRequest, username: str) -> None:
    """Write into the log that somebody was not let in: the name that was typed, never the password."""
    event = Event(
        verb="session.failed",
        outcome=Entry.Outcome.FAILED,
        label=username,
        who=username,
        facts={"已锁定": True} if getattr(request, "axes_locked_out", False) else {},
    )
    record_event(actor=None, event=event)


def _path_of(user: User) -> str:
    return user.organisation.path if user.organisation else ""


def failure_limit(request: HttpRequest | None, credentials: object) -> int:
    """For django-axes: wrong passwords in a row that lock an account at an address."""
    return rule_of(clock.today()).tries


def cool_off(request: HttpRequest | None) -> timedelta:
    """For django-axes: how long an account stays locked."""
    return timedelta(minutes=rule_of(clock.today()).lock_minutes)
