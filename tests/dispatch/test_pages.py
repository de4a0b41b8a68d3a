from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import pytest
import time_machine
from django.urls import reverse
from rest_framework.test import APIClient

from audit.models import Entry
from deadlines.selectors import working_calendar
from dispatch.models import LedgerSnapshot, Round
from dispatch.rules.periods import Period
from dispatch.selectors import ledgers as selectors
from dispatch.services import rounds
from jobs.models import Job
from jobs.services import run_waiting
from tests.dispatch.ledger_data import plant_projects
from tests.queries import queries_of

NOW = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
WEEK = Period(2026, 47)


@pytest.fixture(autouse=True)
def _on_thursday():
    with time_machine.travel("2026-11-19T10:00:00+08:00", tick=False):
        yield


@pytest.fixture(autouse=True)
def woken(monkeypatch):
    calls = []
    monkeypatch.setattr("jobs.broker.wake", lambda: calls.append("wake"))
    return calls


def freeze(week=WEEK):
    rounds.freeze_by_schedule(period=week, today=NOW.date(), calendar=working_calendar(), now=NOW)
    run_waiting(clock=lambda: NOW)
    return LedgerSnapshot.objects.filter(organisation__code="522700").latest("pk")


@pytest.fixture
def ledger(db):
    plant_projects(6)
    return freeze()


@pytest.fixture
def county_ledger(ledger, officer):
    rounds.request_ledger(period=WEEK, organisation_code="522701", actor=officer, now=NOW)
    run_waiting(clock=lambda: NOW)
    return LedgerSnapshot.objects.get(organisation__code="522701")


def test_the_office_freezes_the_week_and_is_led_to_its_progress(client, dispatcher, woken):
    client.force_login(dispatcher)
    assert "定稿本周台账" in client.get(reverse("dispatch:ledgers")).content.decode()

    answer = client.post(reverse("dispatch:freeze"), {"period": "2026-W47"})

    assert answer.url == f"/jobs/{Job.objects.get().pk}/"
    assert woken == ["wake"]
    page = client.get(reverse("dispatch:ledgers")).content.decode()
    assert 'hx-trigger="every 1s"' in page
    run_waiting(clock=lambda: NOW)
    page = client.get(reverse("dispatch:ledgers")).content.decode()
    assert "已定稿" in page
    assert "定稿本周台账" not in page
    assert 'hx-trigger="every 1s"' not in page


def test_a_refusal_says_why(client, dispatcher):
    client.force_login(dispatcher)

    page = client.post(reverse("dispatch:freeze"), {"period": "2026-W08"}, follow=True).content.decode()
    assert "2026年第8周没有工作日，不报送台账" in page

    page = client.post(reverse("dispatch:freeze"), {"period": "x"}, follow=True).content.decode()
    assert "期次请写作 2026-W47（周）" in page


def test_the_page_shows_the_rows_as_they_were_frozen(client, leader, ledger):
    client.force_login(leader)

    page = client.get(reverse("dispatch:ledger", args=[ledger.pk])).content.decode()

    assert "台账试验项目0号" in page
    assert "前置手续" in page
    assert "6 个项目" in page
    assert "系统自动" in page


def test_a_long_ledger_is_shown_in_parts(client, leader, ledger, monkeypatch):
    monkeypatch.setattr(selectors, "ROWS_A_PAGE", 4)
    client.force_login(leader)
    url = reverse("dispatch:ledger", args=[ledger.pk])

    first, second = client.get(url).content.decode(), client.get(url, {"from": "4"}).content.decode()

    assert "第 1–4 行，共 6 行" in first
    assert 'href="?from=4"' in first
    assert "第 5–6 行，共 6 行" in second


@pytest.mark.parametrize("nonsense", ["-1", "x", "99999999999", "6", "9999"])
def test_a_nonsensical_part_is_no_error(client, leader, ledger, nonsense):
    client.force_login(leader)

    assert client.get(reverse("dispatch:ledger", args=[ledger.pk]), {"from": nonsense}).status_code == 200


def test_the_file_is_what_was_frozen_and_the_download_is_noted(client, leader, ledger):
    client.force_login(leader)

    answer = client.get(reverse("dispatch:ledger-file", args=[ledger.pk]))

    assert sha256(answer.content).hexdigest() == ledger.sha256
    assert "filename*=UTF-8''%E9%BB%94%E5%8D%97%E5%B7%9E_" in answer["Content-Disposition"]
    assert Entry.objects.filter(verb="file.downloaded", actor=leader).exists()


def test_a_county_sees_its_own_ledgers_only(client, officer, ledger, county_ledger):
    client.force_login(officer)

    page = client.get(reverse("dispatch:ledgers")).content.decode()

    assert reverse("dispatch:ledger-file", args=[county_ledger.pk]) in page
    assert reverse("dispatch:ledger-file", args=[ledger.pk]) not in page
    assert client.get(reverse("dispatch:ledger", args=[ledger.pk])).status_code == 404
    assert client.get(reverse("dispatch:ledgers"), {"unit": "522700"}).status_code == 404


def test_a_county_asks_for_its_part(client, officer, ledger, woken):
    client.force_login(officer)

    answer = client.post(reverse("dispatch:request"), {"period": "2026-W47", "organisation": "522701"})

    assert answer.status_code == 302
    assert Job.objects.filter(key="ledger:2026-W47:522701").exists()
    assert woken == ["wake"]


@pytest.mark.parametrize("name", ["ledger", "ledger-file"])
def test_a_stranger_learns_of_no_ledger(client, stranger, county_ledger, name):
    client.force_login(stranger)

    assert client.get(reverse(f"dispatch:{name}", args=[county_ledger.pk])).status_code == 404


def test_a_stranger_asks_for_nobody_else_s_ledger(client, stranger, ledger):
    client.force_login(stranger)

    answer = client.post(reverse("dispatch:request"), {"period": "2026-W47", "organisation": "522701"})

    assert answer.status_code == 404


def test_departments_read_no_ledgers_and_counties_freeze_none(client, department, officer, ledger):
    client.force_login(department)
    assert client.get(reverse("dispatch:ledgers")).status_code == 403
    assert client.get(reverse("dispatch:ledger", args=[ledger.pk])).status_code == 403

    client.force_login(officer)
    assert client.post(reverse("dispatch:freeze"), {"period": "2026-W47"}).status_code == 403


def test_the_list_takes_the_same_number_of_queries_for_1_and_20_weeks(client, dispatcher, ledger):
    client.force_login(dispatcher)
    one = queries_of(lambda: client.get(reverse("dispatch:ledgers")))

    Round.objects.bulk_create(
        Round(year=2026, number=n, frozen_at=NOW, frozen_by=dispatcher) for n in range(20, 39)
    )

    assert queries_of(lambda: client.get(reverse("dispatch:ledgers"))) == one


class TestTheApi:
    @pytest.fixture
    def api(self, dispatcher):
        api = APIClient()
        api.force_authenticate(dispatcher)
        return api

    def test_it_freezes_and_downloads(self, api):
        answer = api.post("/api/v1/rounds/freeze/", {"period": "2026-W47"})
        assert answer.status_code == 202
        run_waiting(clock=lambda: NOW)

        [found] = api.get("/api/v1/ledgers/", {"period": 47}).json()["results"]
        file = api.get(f"/api/v1/ledgers/{found['id']}/file/")

        assert found["period"] == "2026-W47"
        assert sha256(file.content).hexdigest() == found["sha256"]
        assert api.get("/api/v1/rounds/", {"is_frozen": "true"}).json()["results"][0]["number"] == 47

    def test_a_detail_has_columns_and_rows(self, api, ledger):
        found = api.get(f"/api/v1/ledgers/{ledger.pk}/").json()

        assert len(found["rows"]) == 6
        assert len(found["columns"]) == len(found["rows"][0]["cells"])

    def test_bad_weeks_and_refusals_have_their_codes(self, api):
        bad = api.post("/api/v1/rounds/freeze/", {"period": "soon"})
        skipped = api.post("/api/v1/rounds/freeze/", {"period": "2026-W08"})

        assert (bad.status_code, bad.json()["code"]) == (400, "invalid")
        assert (skipped.status_code, skipped.json()["code"]) == (409, "week_skipped")

    def test_a_county_makes_its_own_and_sees_no_other(self, officer, ledger):
        api = APIClient()
        api.force_authenticate(officer)

        made = api.post("/api/v1/ledgers/", {"period": "2026-W47", "organisation": "522701"})
        other = api.post("/api/v1/ledgers/", {"period": "2026-W47", "organisation": "522702"})

        assert (made.status_code, other.status_code) == (202, 404)
        assert api.get(f"/api/v1/ledgers/{ledger.pk}/").status_code == 404
        assert api.get(f"/api/v1/ledgers/{ledger.pk}/file/").status_code == 404
        assert api.post("/api/v1/rounds/freeze/", {"period": "2026-W47"}).status_code == 403
