from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.factories import PASSWORD, organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> APIClient:
    return APIClient()


def sign_in(api: APIClient, user: User) -> str:
    answer = api.post("/api/v1/auth/token/", {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["token"])


def test_a_token_opens_the_api_until_it_is_given_back(api: APIClient, officer: User) -> None:
    token = sign_in(api, officer)
    api.credentials(HTTP_AUTHORIZATION=f"Token {token}")

    assert api.get("/api/v1/organisations/522701/").json()["short_name"] == "都匀市"
    assert api.delete("/api/v1/auth/token/").status_code == 204
    assert api.get("/api/v1/organisations/").status_code == 401


def test_a_wrong_password_is_refused_in_our_form(api: APIClient, officer: User) -> None:
    answer = api.post("/api/v1/auth/token/", {"username": officer.username, "password": "x"})

    assert answer.status_code == 401
    assert answer.json()["code"] == "sign_in_refused"


def test_failures_lock_the_account_for_the_api_too(api: APIClient, officer: User, section: User) -> None:
    for _ in range(5):
        api.post("/api/v1/auth/token/", {"username": officer.username, "password": "x"})

    answer = api.post("/api/v1/auth/token/", {"username": officer.username, "password": PASSWORD})

    assert answer.status_code == 429
    assert answer.json()["code"] == "account_locked"
    assert sign_in(api, section)


def test_no_token_for_a_one_time_password(api: APIClient, officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(must_change_password=True)

    answer = api.post("/api/v1/auth/token/", {"username": officer.username, "password": PASSWORD})

    assert answer.status_code == 409
    assert answer.json()["code"] == "password_must_change"


def test_nothing_without_signing_in(api: APIClient) -> None:
    answer = api.get("/api/v1/organisations/")

    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message", "facts"}


def test_accounts_are_the_administrators_business(api: APIClient, officer: User, sysadmin: User) -> None:
    api.force_authenticate(officer)
    assert api.get("/api/v1/users/").status_code == 403
    assert api.post("/api/v1/users/", {}).status_code == 403

    api.force_authenticate(sysadmin)
    assert {row["username"] for row in api.get("/api/v1/users/").json()["results"]} == {
        officer.username,
        sysadmin.username,
    }


def test_an_account_is_made_changed_and_closed(api: APIClient, sysadmin: User) -> None:
    api.force_authenticate(sysadmin)
    stated = {"username": "duyun05", "title": "经办", "role": "COUNTY", "organisation": "522701-ZRZY"}

    made = api.post("/api/v1/users/", stated, format="json")
    assert made.status_code == 201
    pk = made.json()["user"]["id"]
    assert User.objects.get(pk=pk).check_password(made.json()["one_time_password"])

    changed = api.put(f"/api/v1/users/{pk}/", stated | {"title": "综合经办"}, format="json")
    assert changed.json()["title"] == "综合经办"
    assert api.post(f"/api/v1/users/{pk}/reset-password/").status_code == 200
    assert api.post(f"/api/v1/users/{pk}/deactivate/").json()["is_active"] is False
    assert api.post(f"/api/v1/users/{pk}/reactivate/").json()["user"]["is_active"] is True


def test_a_refusal_is_409_with_facts(api: APIClient, sysadmin: User) -> None:
    api.force_authenticate(sysadmin)

    answer = api.post(
        "/api/v1/users/",
        {"username": "x", "title": "岗", "role": "COUNTY", "organisation": "522700-ZRZY"},
        format="json",
    )

    assert answer.status_code == 409
    assert answer.json()["facts"] == {"role": "COUNTY", "organisation": "522700-ZRZY"}


def test_bad_input_is_400_with_the_fields(api: APIClient, sysadmin: User) -> None:
    api.force_authenticate(sysadmin)

    answer = api.post("/api/v1/users/", {"username": "空 格"}, format="json")

    assert answer.status_code == 400
    assert set(answer.json()["facts"]) >= {"username", "title", "role", "organisation"}
    assert organisation("522700").users.count() == 0
