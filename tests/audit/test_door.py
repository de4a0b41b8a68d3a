"""What happens at the door stands in the log: who came, who was not let in, what was taken out."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from audit.models import Entry, TrailRule
from core import clock
from desk.trail_rules import TrailRuleRefused, set_trail_rule
from tests.factories import UserFactory, organisation

PASSWORD = "Shi-qiao-2026!"
ADDRESS = "10.52.7.9"


@pytest.fixture
def auditor(db: None) -> User:
    user = UserFactory(role=User.Role.DISPATCH, organisation=organisation("522700-ZRZY"))
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def told() -> list[tuple[str, str, str, str | None]]:
    return [
        (entry.verb, entry.actor_label, entry.outcome, entry.address)
        for entry in Entry.objects.filter(subject_kind="http").order_by("pk")
    ]


def test_signing_in_failing_being_refused_and_taking_files_out_are_entries(
    auditor: User, officer: User
) -> None:
    client = Client(REMOTE_ADDR=ADDRESS)
    sign_in = reverse("account_login")
    client.post(sign_in, {"login": auditor.username, "password": "wrong"})
    client.post(sign_in, {"login": "nobody", "password": PASSWORD})
    assert client.post(sign_in, {"login": auditor.username, "password": PASSWORD}).status_code == 302
    page = client.get(reverse("desk:audit"), {"outcome": "FAILED"})
    taken = client.get(reverse("desk:audit-export"), {"verb": "session.failed"})
    client.get(reverse("approvals:documents-export"))
    client.post(reverse("account_logout"))
    other = Client(REMOTE_ADDR=ADDRESS)
    other.force_login(officer)
    assert other.get(reverse("desk:audit")).status_code == 403
    machine = APIClient(REMOTE_ADDR=ADDRESS)
    machine.post(reverse("api-token"), {"username": "nobody", "password": "wrong"})

    name = auditor.label
    assert told() == [
        ("session.failed", auditor.username, "FAILED", ADDRESS),
        ("session.failed", "nobody", "FAILED", ADDRESS),
        ("session.signed_in", name, "DONE", ADDRESS),
        ("trail.exported", name, "DONE", ADDRESS),
        ("file.taken", name, "DONE", ADDRESS),
        ("session.signed_out", name, "DONE", ADDRESS),
        ("request.refused", officer.label, "REFUSED", ADDRESS),
        ("session.failed", "nobody", "FAILED", ADDRESS),
    ]
    text = page.content.decode()
    assert text.count(f'data-label="来源地址">{ADDRESS}') == 2
    sheet = openpyxl.load_workbook(io.BytesIO(taken.content)).active
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert cells.count("登录失败") == 2
    assert Entry.objects.get(verb="trail.exported").facts == {"条数": 2}
    refused = Entry.objects.get(verb="request.refused")
    assert (refused.subject_label, refused.scope_path) == (
        reverse("desk:audit"),
        officer.organisation.path,
    )
    assert PASSWORD not in str(list(Entry.objects.values_list("facts", flat=True)))


def test_a_changed_row_carries_the_address_and_the_api_tells_the_same(secadmin: User, auditor: User) -> None:
    client = Client(REMOTE_ADDR=ADDRESS)
    client.force_login(secadmin)
    tomorrow = clock.today() + timedelta(days=1)
    form = {"effective_from": tomorrow, "keep_days": 179, "keep_business_years": 3, "note": "州局规定"}

    refused = client.post(reverse("desk:trail-rule"), form)
    done = client.post(reverse("desk:trail-rule"), form | {"keep_days": 365})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert "至少保留 180 日" in refused.content.decode()
    assert TrailRule.objects.get().keep_days == 365
    machine = APIClient()
    machine.force_authenticate(auditor)
    [row] = machine.get(reverse("audit-entry-list"), {"verb": "trail.kept_for"}).json()["results"]
    assert (row["address"], row["action"], row["outcome"]) == (ADDRESS, "修改日志保留期限", "DONE")
    machine.force_authenticate(secadmin)
    again = machine.post(reverse("trail-rule-list"), form | {"keep_days": 400}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "trail_rule_refused")


def test_the_rule_begins_today_or_later(secadmin: User) -> None:
    words: dict[str, Any] = {"keep_days": 365, "keep_business_years": 5, "note": "x", "actor": secadmin}

    with pytest.raises(TrailRuleRefused) as caught:
        set_trail_rule(effective_from=date(2026, 11, 21), today=date(2026, 11, 22), **words)

    assert caught.value.facts == {"effective_from": date(2026, 11, 21)}
