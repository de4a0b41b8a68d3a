"""How allauth behaves here: accounts are made by the administrator, never by a visitor."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from accounts.models import User
from audit.models import Entry
from audit.services import Event, record, record_event


class ClosedAccountAdapter(DefaultAccountAdapter):
    """No self-registration; a password that its owner has chosen ends the first sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        user.set_password(password)
        account = cast(User, user)
        account.must_change_password = False
        account.save(update_fields=["password", "must_change_password"])
        record(actor=account, verb="user.password_changed", subject=account, scope_path=_path_of(account))

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        note_session(cast(User, user), "session.signed_in")

    def logout(self, request: HttpRequest) -> None:
        leaving = request.user
        super().logout(request)
        if isinstance(leaving, User):
            note_session(leaving, "session.signed_out")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_failure(request, str(credentials.get("username", "")))


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
