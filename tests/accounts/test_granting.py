"""Three administrators with nothing in common, and who gives whom what."""

from __future__ import annotations

from datetime import date

import pytest
from axes.models import AccessAttempt
from django.core.exceptions import PermissionDenied
from django.test import Client
from rest_framework.test import APIClient

from accounts import granting, locks, services
from accounts.errors import (
    HoldsAnotherOffice,
    LastAdministrator,
    OtherAdministrator,
    OwnAccount,
    RoleDoesNotFit,
)
from accounts.models import User
from accounts.rights import ADMINISTRATORS, RIGHTS, Right
from accounts.services import Person
from audit.models import Entry
from core import clock
from tests.factories import PASSWORD, UserFactory, organisation

Role = User.Role


def test_the_three_have_no_right_in_common_and_the_auditor_reads_the_log_alone() -> None:
    assert set(RIGHTS) == set(Role.values)
    sets = [RIGHTS[role] for role in ADMINISTRATORS]
    assert sum(map(len, sets)) == len(frozenset().union(*sets))
    assert RIGHTS["AUDITOR"] == {Right.READ_AUDIT}
    assert Right.MANAGE_USERS in RIGHTS["SYSADMIN"]
    assert not RIGHTS["NONE"]


@pytest.mark.django_db
def test_an_account_may_do_nothing_until_its_role_is_granted(
    client: Client, sysadmin: User, secadmin: User
) -> None:
    person = Person("duyun09", "经办", "", Role.COUNTY, organisation("522701-ZRZY"))
    user = services.create_user(person=person, actor=sysadmin).user
    assert (user.role, user.asked_role, user.scope) == (Role.NONE, Role.COUNTY, None)
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    client.force_login(user)
    assert client.get("/").headers["Location"] == "/accounts/waiting/"
    assert "县级经办" in client.get("/accounts/waiting/").content.decode()
    assert client.get("/projects/").status_code == 403
    with pytest.raises(PermissionDenied):
        granting.grant_role(user_id=user.pk, role=Role.COUNTY, actor=sysadmin)

    security = Client()
    security.force_login(secadmin)
    waiting = security.get("/users/?is_active=asked").content.decode()
    assert "duyun09" in waiting
    assert sysadmin.username not in waiting
    unfit = security.post(f"/users/{user.pk}/grant/", {"role": "SECTION"})
    assert unfit.status_code == 422
    assert "没有“科室经办”" in unfit.content.decode()
    assert security.post(f"/users/{user.pk}/grant/", {"role": "COUNTY"}).status_code == 302

    assert client.get("/").status_code == 200
    user = User.objects.get(pk=user.pk)
    assert (user.role, user.asked_role) == (Role.COUNTY, "")
    entry = Entry.objects.get(verb="role.granted")
    assert entry.facts == {"原岗位": "待授权", "现岗位": "县级经办"}
    assert "现岗位：县级经办" in security.get(f"/users/{user.pk}/security/").content.decode()
    # Another role is asked for and the old one holds; another organisation ends it.
    asked = Person("duyun09", "经办", "", Role.LEADER, organisation("522701-ZRZY"))
    assert services.change_user(user_id=user.pk, person=asked, actor=sysadmin).role == Role.COUNTY
    moved = Person("duyun09", "经办", "", Role.SECTION, organisation("522700-ZRZY-GH"))
    assert services.change_user(user_id=user.pk, person=moved, actor=sysadmin).role == Role.NONE


@pytest.mark.django_db
def test_nobody_holds_two_offices_or_grants_to_themselves(
    sysadmin: User, secadmin: User, auditor: User, officer: User
) -> None:
    with pytest.raises(OwnAccount):
        granting.grant_role(user_id=secadmin.pk, role=Role.NONE, actor=secadmin)
    with pytest.raises(LastAdministrator):
        granting.grant_role(user_id=auditor.pk, role=Role.NONE, actor=secadmin)
    second = UserFactory(role=Role.AUDITOR, organisation=organisation("522700-ZRZY"))
    with pytest.raises(HoldsAnotherOffice) as refusal:
        granting.grant_role(user_id=second.pk, role=Role.SYSADMIN, actor=secadmin)
    assert refusal.value.facts == {"held": ["审计管理员"]}
    User.objects.filter(pk=officer.pk).update(email=auditor.email.upper())
    with pytest.raises(HoldsAnotherOffice):
        granting.grant_role(user_id=officer.pk, role=Role.SYSADMIN, actor=secadmin)
    with pytest.raises(RoleDoesNotFit):
        granting.grant_role(user_id=officer.pk, role=Role.SECTION, actor=secadmin)

    granting.grant_role(user_id=second.pk, role=Role.NONE, actor=secadmin)
    assert granting.grant_role(user_id=second.pk, role=Role.SYSADMIN, actor=secadmin).role == Role.SYSADMIN
    verbs = Entry.objects.filter(subject_id=second.pk, verb__startswith="role.").order_by("pk")
    assert [entry.verb for entry in verbs] == ["role.withdrawn", "role.granted"]
    # Who keeps accounts neither opens nor closes those of the two who watch.
    with pytest.raises(OtherAdministrator):
        services.reset_password(user_id=auditor.pk, actor=sysadmin)
    with pytest.raises(LastAdministrator):
        services.deactivate_user(user_id=auditor.pk, actor=sysadmin, today=date(2026, 11, 23))
    assert services.reset_password(user_id=auditor.pk, actor=secadmin).password


@pytest.mark.django_db
def test_the_doors_hold_for_tokens_too_and_the_security_administrator_unlocks(
    client: Client, secadmin: User, auditor: User, officer: User
) -> None:
    machine = APIClient()
    answer = machine.post("/api/v1/auth/token/", {"username": auditor.username, "password": PASSWORD})
    machine.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")
    assert machine.get("/api/v1/audit-entries/").status_code == 200
    assert machine.get("/api/v1/projects/").status_code == 403

    for _ in range(5):
        client.post("/accounts/login/", {"login": officer.username, "password": "wrong"})
    assert locks.locked_until(officer, now=clock.now()) is not None
    client.force_login(secadmin)
    assert "已锁定至" in client.get(f"/users/{officer.pk}/security/").content.decode()
    client.post(f"/users/{officer.pk}/unlock/")
    assert locks.locked_until(officer, now=clock.now()) is None
    assert not AccessAttempt.objects.filter(username=officer.username).exists()
    assert Entry.objects.get(verb="user.unlocked").actor == secadmin
