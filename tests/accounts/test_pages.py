from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD, UserFactory, organisation

pytestmark = pytest.mark.django_db


def sign_in(client: Client, user: User, password: str) -> Any:
    return client.post("/accounts/login/", {"login": user.username, "password": password})


def test_sign_in_leads_to_the_work(client: Client, officer: User) -> None:
    response = sign_in(client, officer, PASSWORD)

    assert response.status_code == 302
    assert response.headers["Location"] == "/"


def test_the_one_time_password_opens_the_password_page_alone(client: Client, officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(must_change_password=True)
    sign_in(client, officer, PASSWORD)

    assert client.get("/").headers["Location"] == "/accounts/password/change/"

    changed = client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "Xin-mima-2026-ok", "password2": "Xin-mima-2026-ok"},
    )

    assert changed.status_code == 302
    assert client.get("/").status_code == 200


def test_five_failures_lock_the_account_and_no_other(client: Client, officer: User, section: User) -> None:
    for _ in range(5):
        sign_in(client, officer, "wrong")

    locked = sign_in(client, officer, PASSWORD)

    assert locked.status_code == 429
    assert client.get("/").status_code == 302
    assert sign_in(client, section, PASSWORD).status_code == 302
    assert client.get("/").status_code == 200


def test_a_closed_account_cannot_sign_in(client: Client, officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(is_active=False)

    sign_in(client, officer, PASSWORD)

    assert client.get("/").status_code == 302


def test_the_administrator_makes_an_account_and_sees_its_password_once(
    client: Client, sysadmin: User
) -> None:
    client.force_login(sysadmin)

    response = client.post(
        "/users/new/",
        {
            "username": "duyun03",
            "title": "都匀市经办",
            "organisation": organisation("522701-ZRZY").pk,
            "role": "COUNTY",
            "email": "",
        },
    )

    made = User.objects.get(username="duyun03")
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert made.check_password(response.context["made"].password)


def test_a_refusal_keeps_what_was_typed(client: Client, sysadmin: User, officer: User) -> None:
    client.force_login(sysadmin)

    response = client.post(
        "/users/new/",
        {
            "username": officer.username,
            "title": "重名岗",
            "organisation": organisation("522701-ZRZY").pk,
            "role": "COUNTY",
        },
    )

    assert response.status_code == 422
    page = response.content.decode()
    assert "已存在" in page
    assert "重名岗" in page


def test_a_role_that_does_not_fit_is_refused_on_the_form(client: Client, sysadmin: User) -> None:
    client.force_login(sysadmin)

    response = client.post(
        "/users/new/",
        {
            "username": "x1",
            "title": "岗",
            "organisation": organisation("522700-ZRZY").pk,
            "role": "COUNTY",
        },
    )

    assert response.status_code == 422
    assert "没有“县级经办”这一岗位" in response.content.decode()


def test_closing_and_opening_and_resetting_from_the_page(
    client: Client, sysadmin: User, officer: User
) -> None:
    client.force_login(sysadmin)

    client.post(f"/users/{officer.pk}/deactivate/")
    officer.refresh_from_db()
    assert not officer.is_active

    opened = client.post(f"/users/{officer.pk}/reactivate/")
    officer.refresh_from_db()
    assert officer.is_active
    assert "no-store" in opened.headers["Cache-Control"]

    reset = client.post(f"/users/{officer.pk}/reset/")
    officer.refresh_from_db()
    assert officer.check_password(reset.context["made"].password)


def test_ones_own_account_stays_open(client: Client, sysadmin: User) -> None:
    client.force_login(sysadmin)

    response = client.post(f"/users/{sysadmin.pk}/deactivate/", follow=True)

    assert "不能停用自己" in response.content.decode()


def test_units_are_searched_by_alias(client: Client, officer: User) -> None:
    client.force_login(officer)

    page = client.get("/organisations/?q=三都县").content.decode()

    assert "三都水族自治县人民政府" in page
    assert "瓮安县" not in page


def test_the_own_prefecture_comes_first_and_the_rest_on_request(client: Client, officer: User) -> None:
    client.force_login(officer)

    own = client.get("/organisations/").content.decode()
    everything = client.get("/organisations/?within=").content.decode()

    assert "福泉市自然资源局" in own
    assert "武汉市" not in own
    assert "武汉市" in everything


def test_the_list_alone_is_sent_to_htmx(client: Client, officer: User) -> None:
    client.force_login(officer)

    response = client.get("/organisations/?q=三都县", headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert 'id="list"' in response.content.decode()


def test_a_unit_is_edited(client: Client, sysadmin: User) -> None:
    client.force_login(sysadmin)

    response = client.post(
        "/organisations/522701/",
        {"name": "都匀市人民政府", "short_name": "都匀", "aliases": "匀城，都匀", "is_active": "on"},
    )

    assert response.status_code == 302
    assert set(organisation("522701").aliases.values_list("alias", flat=True)) == {"匀城", "都匀"}


@pytest.mark.parametrize("people", [1, 20])
def test_the_list_of_people_costs_the_same_for_one_and_twenty(
    client: Client, sysadmin: User, people: int, django_assert_num_queries: Any
) -> None:
    UserFactory.create_batch(people, organisation=organisation("522701-ZRZY"))
    client.force_login(sysadmin)
    client.get("/users/")

    with django_assert_num_queries(6):
        client.get("/users/")
