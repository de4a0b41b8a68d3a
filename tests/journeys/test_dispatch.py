"""A county confirms its week, the office freezes it and has the package made; overdue work climbs."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from core import clock
from deadlines.selectors import working_calendar
from dispatch.services import rounds
from dispatch.services.reminders import remind
from jobs.services import run_waiting
from tests.dispatch.ledger_data import plant_deadline, plant_projects
from tests.journeys.conftest import PHONE
from tests.journeys.reading import overflows, violations

pytestmark = pytest.mark.django_db(transaction=True)


@time_machine.travel("2026-11-19T10:00:00+08:00")
def test_a_week_is_confirmed_frozen_and_packaged(signed_in, dispatcher, officer, section, leader):
    projects = plant_projects(6)
    plant_deadline(projects[0], started_on=date(2026, 10, 12), days=10, holder=section)
    rounds.open_due_rounds(today=clock.today(), calendar=working_calendar(), now=clock.now())

    county = signed_in(officer, viewport=PHONE)
    county.goto(reverse("dispatch:reports"))
    assert violations(county) == []
    assert not overflows(county)
    county.get_by_role("button", name="已核实无变化").click()
    county.get_by_text("都匀市2026年第47周已报送").wait_for()

    office = signed_in(dispatcher)
    office.goto(reverse("dispatch:rounds"))
    office.get_by_role("link", name="2026年第47周").click()
    office.get_by_role("button", name="定稿台账").click()
    office.get_by_role("dialog").get_by_role("button", name="确认").click()
    office.wait_for_url("**/jobs/*/")
    run_waiting(clock=clock.now)
    office.goto(reverse("dispatch:rounds"))
    office.get_by_role("link", name="2026年第47周").click()
    expect(office.locator("main")).to_contain_text("已核实无变化")
    office.get_by_role("button", name="生成报送材料").click()
    office.wait_for_url("**/jobs/*/")
    run_waiting(clock=clock.now)
    office.reload()
    office.get_by_role("link", name="查看结果").click()
    office.wait_for_url("**/packages/*/")
    assert violations(office) == []
    with office.expect_download() as download:
        office.get_by_role("link", name="全部下载").click()
    names = ZipFile(BytesIO(Path(download.value.path()).read_bytes())).namelist()
    assert any(name.endswith("_周调度简报_2026年第47周_20261119.docx") for name in names)

    remind(today=clock.today(), calendar=working_calendar())
    above = signed_in(leader)
    above.goto(reverse("dispatch:reminders"))
    expect(above.locator("main")).to_contain_text("领导小组")
    assert violations(above) == []
