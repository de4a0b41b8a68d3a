"""Finished workbooks are kept for the days in force and then deleted at night."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from projects.list_refusals import ExportDayPast
from projects.models import ExportSetting, ListExport
from projects.services import exports
from projects.tasks import purge_exports

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
OFFICE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


def kept(owner, made_at: datetime) -> ListExport:
    export = ListExport.objects.create(
        owner=owner, list_name="projects", filename="x.xlsx", row_count=1, content=b"x"
    )
    ListExport.objects.filter(pk=export.pk).update(created_at=made_at)
    return export


def set_days(actor, days: int, *, effective_from: date = TODAY):
    return exports.set_keep_days(
        actor=actor, effective_from=effective_from, keep_days=days, note="", today=TODAY
    )


def test_a_fresh_database_keeps_them_for_a_quarter():
    assert ExportSetting.objects.get().keep_days == 90


def test_what_is_older_than_the_days_in_force_is_deleted(section, sysadmin):
    set_days(sysadmin, 10)
    # The day is the office's: half past midnight of the 10th is still the 9th in UTC.
    stays = kept(section, datetime(2026, 11, 10, 0, 30, tzinfo=OFFICE))
    kept(section, datetime(2026, 11, 9, 23, 30, tzinfo=OFFICE))

    purge_exports()

    assert list(ListExport.objects.all()) == [stays]


def test_days_that_come_later_do_not_count_yet(section, sysadmin):
    set_days(sysadmin, 1, effective_from=date(2026, 12, 1))
    kept(section, datetime(2026, 11, 1, 9, tzinfo=OFFICE))

    assert exports.purge_exports(today=TODAY) == 0
    assert exports.purge_exports(today=date(2026, 12, 1)) == 1


def test_without_a_setting_nothing_is_deleted(section):
    ExportSetting.objects.all().delete()
    kept(section, datetime(2020, 1, 1, tzinfo=OFFICE))

    assert exports.purge_exports(today=TODAY) == 0


def test_days_of_the_past_are_not_changed(sysadmin):
    with pytest.raises(ExportDayPast) as refused:
        set_days(sysadmin, 5, effective_from=date(2026, 11, 19))

    assert refused.value.facts == {"effective_from": date(2026, 11, 19)}


def test_only_who_keeps_the_rules_sets_the_days(section):
    with pytest.raises(PermissionDenied):
        set_days(section, 5)


def test_the_database_keeps_them_for_a_day_at_least():
    with pytest.raises(IntegrityError, match="export_kept_for_a_day"), transaction.atomic():
        ExportSetting.objects.create(effective_from=TODAY, keep_days=0)


def test_the_days_are_set_on_the_page_and_over_the_api(client, sysadmin, section):
    address = reverse("projects:export-setting")
    client.force_login(sysadmin)

    done = client.post(address, {"effective_from": "2026-11-20", "keep_days": "30", "note": "磁盘"})
    refused = client.post(address, {"effective_from": "2026-11-19", "keep_days": "30"})
    page = client.get(address).content.decode()
    by_api = client.post(
        "/api/v1/export-settings/",
        {"effective_from": "2026-12-01", "keep_days": 60},
        content_type="application/json",
    )
    client.force_login(section)

    assert (done.status_code, refused.status_code, by_api.status_code) == (302, 422, 201)
    assert "生效日期早于今天" in refused.content.decode()
    assert "磁盘" in page
    assert [row["keep_days"] for row in client.get("/api/v1/export-settings/").json()] == [60, 30, 90]
    assert client.post(address, {"effective_from": "2026-12-01", "keep_days": "1"}).status_code == 403
