"""Between the password and the session: the second factor, for those who have or need one."""

from __future__ import annotations

from typing import Any

from allauth.account.stages import LoginStage
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts import second_factor
from core import clock


class FactorStage(LoginStage):
    """allauth holds the sign-in back until `exit`; there is no session before."""

    key = "second_factor"
    urlname = "account_factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user: Any = self.login.user
        needed = second_factor.factor_of(user) or second_factor.is_required(user, on=clock.now())
        return (redirect(self.urlname), True) if needed else (None, True)
