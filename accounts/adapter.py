"""How allauth behaves here: accounts are made by the administrator, never by a visitor."""

from __future__ import annotations

from typing import cast

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

from accounts.models import User


class ClosedAccountAdapter(DefaultAccountAdapter):
    """No self-registration; a password that its owner has chosen ends the first sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        user.set_password(password)
        account = cast(User, user)
        account.must_change_password = False
        account.save(update_fields=["password", "must_change_password"])
