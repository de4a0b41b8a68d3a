"""Codes of an authenticator, codes on paper, and who must have them."""

from __future__ import annotations

import base64
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from rest_framework.test import APIClient

from accounts import second_factor, totp
from accounts.errors import CodeRefused, FactorBlocked, FactorRequired
from accounts.models import RecoveryCode, SecondFactor, SignInRule, User
from audit.models import Entry
from tests.factories import PASSWORD

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
RFC = base64.b32encode(b"12345678901234567890").decode()


def code_of(user: User, *, at: datetime = NOW) -> str:
    secret = second_factor.secret_of(SecondFactor.objects.get(user=user))
    return totp.code_at(secret, int(at.timestamp()) // totp.PERIOD_SECONDS)


def enrolled(user: User) -> list[str]:
    second_factor.enrolment(user)
    return second_factor.confirm(user=user, code=code_of(user), now=NOW)


def test_codes_are_those_of_the_standard_and_none_is_taken_twice() -> None:
    # RFC 6238, appendix B (SHA-1), the last six of eight digits.
    for at, code in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        assert totp.step_of(RFC, code, at=at, after=0) == at // 30
        assert totp.step_of(RFC, code, at=at + 30, after=0) == at // 30
        assert totp.step_of(RFC, code, at=at + 60, after=0) is None
        assert totp.step_of(RFC, code, at=at - 60, after=0) is None
        assert totp.step_of(RFC, code, at=at, after=at // 30) is None
    assert len(set(totp.new_recovery_codes())) == 10


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_a_used_code_is_refused_paper_works_once_and_wrong_ones_pause(section: User) -> None:
    codes = enrolled(section)
    factor = SecondFactor.objects.get(user=section)
    assert second_factor.secret_of(factor) not in factor.secret
    assert not set(codes) & set(RecoveryCode.objects.values_list("digest", flat=True))
    with pytest.raises(CodeRefused):
        second_factor.check(user=section, code=code_of(section), now=NOW)
    second_factor.check(user=section, code=codes[0].upper(), now=NOW)
    with pytest.raises(CodeRefused):
        second_factor.check(user=section, code=codes[0], now=NOW)
    later = NOW + timedelta(seconds=60)
    second_factor.check(user=section, code=code_of(section, at=later), now=later)
    for _ in range(5):
        with pytest.raises(CodeRefused):
            second_factor.check(user=section, code="000000", now=later)
    with pytest.raises(FactorBlocked):
        second_factor.check(user=section, code=codes[1], now=later)
    second_factor.check(user=section, code=codes[1], now=later + timedelta(minutes=30))
    assert Entry.objects.filter(verb="session.factor_failed", outcome="FAILED").count() == 7
    # A factor in force is not enrolled over.
    with pytest.raises(CodeRefused):
        second_factor.confirm(user=section, code=code_of(section, at=later), now=later)


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_who_must_enrols_at_the_sign_in_and_no_session_begins_before(auditor: User, secadmin: User) -> None:
    SignInRule.objects.create(effective_from=date(2026, 11, 23), factor_roles=["AUDITOR"])
    machine, asked = APIClient(), {"username": auditor.username, "password": PASSWORD}
    assert machine.post("/api/v1/auth/token/", asked).json()["code"] == FactorRequired.code
    client, words = Client(), {"login": auditor.username, "password": PASSWORD}
    assert client.post("/accounts/login/", words).headers["Location"] == "/accounts/factor/"
    assert client.get("/audit/").status_code == 302
    client.post("/accounts/login/", words)
    page = client.get("/accounts/factor/").content.decode()
    assert "data:image/svg+xml;base64," in page
    assert client.post("/accounts/factor/", {"code": "000000"}).status_code == 422
    codes = client.post("/accounts/factor/", {"code": code_of(auditor)}).context["codes"]
    client.post("/accounts/factor/")
    assert client.get("/audit/").status_code == 200

    again = Client()
    again.post("/accounts/login/", words)
    assert again.post("/accounts/factor/", {"code": code_of(auditor)}).status_code == 422
    assert again.post("/accounts/factor/", {"code": codes[0]}).status_code == 302
    assert again.get("/audit/").status_code == 200
    off = again.post("/accounts/second-factor/", {"code": codes[1], "off": "1"})
    assert "须用双因素，不能停用" in off.content.decode()
    fresh = again.post("/accounts/second-factor/", {"code": codes[2]}).context["codes"]
    assert not set(fresh) & set(codes)

    assert machine.post("/api/v1/auth/token/", asked).json()["code"] == CodeRefused.code
    assert machine.post("/api/v1/auth/token/", asked | {"code": fresh[0]}).status_code == 201
    with pytest.raises(PermissionDenied):
        second_factor.reset(user_id=auditor.pk, actor=auditor)
    security = Client()
    security.force_login(secadmin)
    security.post(f"/users/{auditor.pk}/reset-factor/")
    assert not SecondFactor.objects.exists()
    assert Entry.objects.get(verb="factor.reset").actor == secadmin


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_anybody_may_have_one_and_do_without_again(client: Client, section: User) -> None:
    client.force_login(section)
    assert "二维码" in client.get("/accounts/second-factor/").content.decode()
    codes = client.post("/accounts/second-factor/", {"code": code_of(section)}).context["codes"]
    assert "还有 10 个恢复码" in client.get("/accounts/second-factor/").content.decode()
    assert client.post("/accounts/second-factor/", {"code": codes[0], "off": "1"}).status_code == 302
    assert not SecondFactor.objects.exists()
