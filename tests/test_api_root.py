from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from landguard.schema import KeptSchema
from tests.factories import ProjectFactory


@pytest.mark.django_db
def test_the_root_names_every_collection(officer: User) -> None:
    api = APIClient()
    api.force_authenticate(officer)

    names = set(api.get("/api/v1/").json())

    assert names >= {"projects", "steps", "deadlines", "calendar-years", "ledgers", "jobs", "messages"}
    for name in names - {"users", "unsent-mails", "limits"}:
        assert api.get(f"/api/v1/{name}/").status_code in (200, 403, 405), name
    # The one that answers a question cannot without it, and names what is missing.
    asked = api.get("/api/v1/limits/")
    assert (asked.status_code, set(asked.json()["facts"]) >= {"start", "limit", "unit"}) == (400, True)


@pytest.mark.django_db
def test_the_description_is_complete_and_without_a_warning() -> None:
    warnings = StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO(), stderr=warnings)

    assert warnings.getvalue() == ""


@pytest.mark.django_db
def test_the_description_is_for_those_who_signed_in_and_worked_out_once(
    client: Client, officer: User, section: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It makes each filter's field once per process, without the choices that depend on the reader."""
    read = KeptSchema.parse
    readings = []

    def counted(self: KeptSchema, *args: Any) -> Any:
        readings.append(args)
        return read(self, *args)

    monkeypatch.setattr(KeptSchema, "parse", counted)
    ProjectFactory(name="都匀水厂")
    assert client.get("/api/schema/").status_code in (401, 403)

    for reader in (officer, section):
        client.force_login(reader)
        answer = client.get("/api/schema/")
        assert (answer.status_code, b"/api/v1/projects/" in answer.content) == (200, True)

    assert len(readings) <= 1
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "都匀水厂" in client.get("/projects/?unit=522701").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/v1/no-such-list/", "/api/v1/no-such-list", "/api/nothing/"])
def test_an_unknown_address_is_answered_in_the_api_s_form(client: Client, address: str) -> None:
    answer = client.get(address)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
    assert answer.json() == {
        "code": "not_found",
        "message": "没有这个接口地址，请对照接口说明核对。",
        "facts": {"path": address},
    }


@pytest.mark.django_db
def test_an_unknown_page_stays_a_page(client: Client) -> None:
    answer = client.get("/no-such-page/")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
