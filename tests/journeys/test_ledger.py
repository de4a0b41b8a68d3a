"""The office freezes a week, watches it being made, and opens the file with another program."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from core import clock
from deadlines.selectors import working_calendar
from dispatch.models import LedgerSnapshot
from dispatch.rules.periods import Period
from dispatch.services import rounds
from jobs.models import Job
from jobs.services import run_waiting
from tests.dispatch.ledger_data import plant_deadline, plant_projects
from tests.factories import JobFactory, organisation
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.reading import at_both_sizes, violations
from tests.services.conftest import House, house, own_broker, until  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1440x900", "390x844"])


def freeze_now(dispatcher):
    """The newest reporting week's ledger, made without a worker."""
    week = newest_week()
    rounds.freeze_round(
        period=week, actor=dispatcher, today=clock.today(), calendar=working_calendar(), now=clock.now()
    )
    run_waiting(clock=clock.now)
    return LedgerSnapshot.objects.get()


def newest_week():
    week, calendar = Period.of(clock.today()), working_calendar()
    while week.due_on(calendar) is None:
        week = week.before
    return week


@time_machine.travel("2026-11-19T10:00:00+08:00")
def test_the_week_is_frozen_followed_downloaded_and_reopened(signed_in, house: House, dispatcher, tmp_path):  # noqa: F811
    plant_projects(12)
    page = signed_in(dispatcher)
    page.goto(reverse("dispatch:ledgers"))

    page.get_by_role("button", name="定稿本周台账").click()
    page.get_by_role("dialog").get_by_role("button", name="确认").click()
    page.wait_for_url("**/jobs/*/")
    page.get_by_role("progressbar").wait_for()
    house.worker()
    # The page's own wake-up bears the travelled date and has long expired for the worker.
    house.send("jobs.run_waiting")
    page.get_by_role("link", name="查看结果").click()
    page.wait_for_url("**/ledgers/*/")

    expect(page.locator("main")).to_contain_text("台账试验项目0号")
    expect(page.locator("main")).to_contain_text("12 个项目")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Excel").click()
    file = tmp_path / "ledger.xlsx"
    download.value.save_as(file)
    rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert download.value.suggested_filename.startswith("黔南州_重点项目用地保障周台账_")
    assert "重点项目用地要素保障工作台账" in "".join(rows[0])
    assert rows[-1][0] == "合计"
    assert file.read_bytes() == bytes(LedgerSnapshot.objects.get().content)


def test_the_pages_of_a_frozen_week_are_accessible(signed_in, dispatcher, section):
    for project in plant_projects(8)[:5]:
        plant_deadline(project, started_on=date(2026, 11, 2), days=10, holder=section)
    ledger = freeze_now(dispatcher)
    waiting = JobFactory(organisation=organisation("522700"), progress_total=40, progress_done=13)
    page = signed_in(dispatcher)

    for address in (
        reverse("dispatch:ledgers"),
        reverse("dispatch:ledger", args=[ledger.pk]),
        reverse("jobs:list"),
        reverse("jobs:job", args=[waiting.pk]),
        reverse("jobs:job", args=[Job.objects.get(kind="dispatch.ledger").pk]),
    ):
        page.goto(address)
        for width in at_both_sizes(page):
            assert violations(page) == [], (address, width)
