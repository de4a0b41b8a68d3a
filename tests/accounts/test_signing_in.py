"""What a password must be, when a session ends, and how the first password is chosen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts import invitations, services, sessions, sign_in_rules
from accounts.devices import device_of
from accounts.errors import InvitationNotNeeded, InvitationOver, RuleOutOfOrder
from accounts.models import Invitation, OpenSession, SignInRule, User
from accounts.passwords import RuleValidator, kinds_in
from audit.models import Entry
from tests.factories import PASSWORD, UserFactory, organisation

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = date(2026, 11, 23)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"


def sign_in(user: User, password: str = PASSWORD, *, address: str = "10.52.7.9") -> Client:
    client = Client(REMOTE_ADDR=address, headers={"User-Agent": EDGE})
    client.post("/accounts/login/", {"login": user.username, "password": password})
    return client


def change_password(client: Client, old: str, new: str) -> Any:
    words = {"oldpassword": old, "password1": new, "password2": new}
    return client.post("/accounts/password/change/", words)


def test_kinds_of_characters_and_devices_are_recognised() -> None:
    assert [kinds_in(word) for word in ("abc", "abC", "abC1", "abC1-")] == [1, 2, 3, 4]
    assert device_of(EDGE) == "Edge，Windows"
    assert device_of("curl/8") == "未识别的设备"


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_a_rule_holds_from_its_day_and_is_never_below_the_law(secadmin: User) -> None:
    client = Client()
    client.force_login(secadmin)
    form = {name: getattr(SignInRule(), name) for name in ("least_kinds", "history", "expires_days", "tries")}
    form |= {"lock_minutes": 30, "idle_minutes": 30, "admin_idle_minutes": 15, "invitation_days": 7}
    form |= {"note": "州局规定", "effective_from": "2026-11-24", "factor_roles": ["AUDITOR"]}
    assert client.post("/settings/sign-in/", form | {"min_length": 7}).status_code == 422
    assert client.post("/settings/sign-in/", form | {"min_length": 20}).status_code == 302
    row = SignInRule.objects.get()
    assert (row.min_length, row.factor_roles) == (20, ["AUDITOR"])
    assert Entry.objects.get(verb="sign_in.rule_set").facts["min_length"] == 20
    RuleValidator().validate("Sixteen-letters1")
    with time_machine.travel(NOW + timedelta(days=1)), pytest.raises(ValidationError, match="至少 20 位"):
        RuleValidator().validate("Sixteen-letters1")
    machine = APIClient()
    machine.force_authenticate(secadmin)
    again = machine.post("/api/v1/sign-in-rules/", form | {"min_length": 12}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, RuleOutOfOrder.code)
    assert machine.get("/api/v1/sign-in-rules/").json()["results"][0]["factor_roles"] == ["AUDITOR"]
    with pytest.raises(IntegrityError, match="not_below_the_law"), transaction.atomic():
        SignInRule.objects.create(effective_from=date(2027, 1, 1), min_length=7)


@pytest.mark.django_db
def test_a_used_password_is_refused_and_an_old_one_must_be_changed(officer: User) -> None:
    with time_machine.travel(NOW, tick=False):
        officer = UserFactory(organisation=officer.organisation, role=User.Role.COUNTY)
        terms = sign_in_rules.SignInTerms(12, 3, 1, 90, 5, 30, 30, 15, 7, [])
        SignInRule.objects.create(
            effective_from=TODAY, **{name: getattr(terms, name) for name in terms.__slots__}
        )
        client = sign_in(officer)
        assert "现在的密码" in change_password(client, PASSWORD, PASSWORD).content.decode()
        assert change_password(client, PASSWORD, "Xin-mima-2026-ok").status_code == 302
        back = change_password(client, "Xin-mima-2026-ok", PASSWORD)
        assert "最近 1 次用过的密码" in back.content.decode()
        assert change_password(client, "Xin-mima-2026-ok", "Zai-xin-2026-ok").status_code == 302
        # History reaches one back: the first is free again.
        assert change_password(client, "Zai-xin-2026-ok", PASSWORD).status_code == 302
    with time_machine.travel(NOW + timedelta(days=89), tick=False):
        assert sign_in(officer).get("/").status_code == 200
    with time_machine.travel(NOW + timedelta(days=90), tick=False):
        assert sign_in(officer).get("/").headers["Location"] == "/accounts/password/change/"
        answer = APIClient().post("/api/v1/auth/token/", {"username": officer.username, "password": PASSWORD})
        assert answer.json()["code"] == "password_must_change"
    assert Entry.objects.get(verb="user.password_expired").facts["上次修改"] == "2026-11-23"


@pytest.mark.django_db
def test_sessions_are_listed_ended_and_end_by_themselves(officer: User, section: User) -> None:
    with time_machine.travel(NOW, tick=False):
        here, there = sign_in(officer), sign_in(officer, address="10.52.7.10")
        stranger = sign_in(section)
        page = here.get("/accounts/sessions/").content.decode()
        assert "本次登录" in page
        assert "10.52.7.10" in page
        assert "Edge，Windows" in page
        other = OpenSession.objects.get(address="10.52.7.10")
        assert stranger.post(f"/accounts/sessions/{other.pk}/end/").status_code == 404
        here.post(f"/accounts/sessions/{other.pk}/end/")
        assert "/accounts/login/" in there.get("/").headers["Location"]
        third, token = sign_in(officer), services.issue_token(user=officer)
        machine = APIClient()
        machine.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        assert machine.get("/api/v1/own-sessions/").json()["results"][0]["device"] == "Edge，Windows"
        here.post("/accounts/sessions/end/")
        assert third.get("/api/v1/own-sessions/").status_code == 401
        assert machine.get("/api/v1/own-sessions/").status_code == 401
        sign_in(officer, address="10.52.7.11")
    with time_machine.travel(NOW + timedelta(minutes=29), tick=False):
        assert "10.52.7.11" in here.get("/accounts/sessions/").content.decode()
    # Nobody came back to that one: it is over by its own idle time, not by an hour of the list's.
    with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
        assert "10.52.7.11" not in here.get("/accounts/sessions/").content.decode()
    with time_machine.travel(NOW + timedelta(minutes=62), tick=False):
        assert "/accounts/login/" in here.get("/").headers["Location"]
    # Begun before sessions were noted, it could not be ended from elsewhere: it is over at once.
    with time_machine.travel(NOW, tick=False):
        for path, answer in (("/", 302), ("/api/v1/own-sessions/", 401)):
            older = sign_in(officer)
            session = older.session
            del session[sessions.MARK]
            session.save()
            assert older.get(path).status_code == answer
            assert "_auth_user_id" not in older.session
    verbs = set(Entry.objects.filter(actor=officer).values_list("verb", flat=True))
    assert {"session.ended", "session.all_ended"} <= verbs


@pytest.mark.django_db
def test_a_session_in_use_goes_on_and_is_written_once_a_minute(officer: User) -> None:
    def ends_at() -> datetime:
        return Session.objects.get(pk=client.session.session_key).expire_date

    with time_machine.travel(NOW, tick=False):
        client = Client()
        client.force_login(officer)
    with time_machine.travel(NOW + timedelta(seconds=59), tick=False):
        assert client.get("/projects/").status_code == 200
        assert ends_at() == NOW + timedelta(minutes=30)
    for minutes in (1, 29, 57):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            assert client.get("/projects/").status_code == 200
            assert ends_at() == NOW + timedelta(minutes=minutes + 30)
    with time_machine.travel(NOW + timedelta(minutes=57 + 31), tick=False):
        assert "/accounts/login/" in client.get("/projects/").headers["Location"]


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_an_administrators_session_ends_sooner_and_a_reset_ends_all(sysadmin: User, officer: User) -> None:
    admin, county = sign_in(sysadmin), sign_in(officer)
    assert county.get("/").status_code == 200
    admin.post(f"/users/{officer.pk}/reset/")
    assert "/accounts/login/" in county.get("/").headers["Location"]
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        assert "/accounts/login/" in admin.get("/").headers["Location"]
    assert Entry.objects.get(verb="session.idle_ended").actor == sysadmin


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_an_invitation_works_once_in_time_and_only_for_an_unused_account(
    sysadmin: User, officer: User
) -> None:
    with pytest.raises(InvitationNotNeeded):
        invitations.invite(user_id=officer.pk, actor=sysadmin, now=NOW)
    person = services.Person("xin", "经办", "", User.Role.COUNTY, organisation("522701-ZRZY"))
    user = services.create_user(person=person, actor=None).user
    first = invitations.invite(user_id=user.pk, actor=sysadmin, now=NOW)
    made = invitations.invite(user_id=user.pk, actor=sysadmin, now=NOW)
    with pytest.raises(InvitationOver):
        invitations.invited(first.token, now=NOW)
    with pytest.raises(InvitationOver):
        invitations.invited(made.token[:-1] + "x", now=NOW)
    with pytest.raises(InvitationOver):
        invitations.invited(made.token, now=NOW + timedelta(days=7))
    assert made.token not in str(Invitation.objects.values_list("digest", flat=True))
    client, url = Client(), f"/invitation/{made.token}/"
    assert client.get(url).status_code == 200
    weak = client.post(url, {"password1": "abc", "password2": "abc"})
    assert weak.status_code == 422
    assert "密码至少 12 位" in weak.content.decode()
    good = {"password1": "Xin-mima-2026-ok", "password2": "Xin-mima-2026-ok"}
    assert client.post(url, good).headers["Location"] == "/accounts/login/"
    assert client.post(url, good).status_code == 404
    assert sign_in(user, "Xin-mima-2026-ok").get("/").status_code == 200
    assert Entry.objects.filter(verb__startswith="invitation.").count() == 3
