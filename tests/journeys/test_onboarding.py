"""A bureau brings its running ledger in, sees old and new side by side, and a leader signs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect

from accounts.models import User
from core import clock
from jobs.services import run_waiting
from projects.models import BringingIn, Project
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.reading import overflows, violations

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE = Path(__file__).parents[1] / "samples" / "prefecture-weekly-ledger.xlsx"


def looks_right(page: Page) -> None:
    """No violation, and nothing scrolls sideways on a phone."""
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        assert not overflows(page)
        assert violations(page) == []


@time_machine.travel("2026-11-20T10:00:00+08:00")
def test_a_bureau_brings_its_ledger_in_and_a_leader_signs(
    signed_in: Callable[..., Page], dispatcher: User, leader: User
) -> None:
    office = signed_in(dispatcher)
    office.goto("/onboarding/")
    looks_right(office)
    office.get_by_role("link", name="上传在办台账").click()
    office.set_input_files("input[type=file]", str(SAMPLE))
    office.get_by_role("button", name="上传并查看").click()
    expect(office.get_by_role("heading", level=1)).to_have_text("prefecture-weekly-ledger.xlsx")
    expect(office.get_by_text("还没有导入")).to_be_visible()
    looks_right(office)
    assert not Project.objects.exists()

    office.get_by_role("button", name="导入", exact=True).click()
    office.locator("#lg-confirm button[value=yes]").click()
    expect(office.get_by_role("heading", level=1)).to_contain_text("导入 prefecture-weekly-ledger.xlsx")
    run_waiting(clock=clock.now)
    office.get_by_role("link", name="查看结果").click()
    expect(office.get_by_text("新旧一致")).to_be_visible()
    expect(office.get_by_text("由负责人签认")).to_be_visible()
    looks_right(office)
    office.get_by_role("link", name="都匀", exact=False).first.click()
    expect(office.get_by_text("都匀抽水蓄能电站1号")).to_be_visible()
    looks_right(office)
    office.get_by_role("link", name="都匀水库除险加固3号").click()
    expect(office.get_by_role("heading", level=1)).to_contain_text("都匀水库除险加固3号")

    desk = signed_in(leader)
    desk.goto(f"/onboarding/ledgers/{BringingIn.objects.get().pk}/")
    desk.get_by_role("button", name="签认新旧合计").click()
    desk.locator("#lg-confirm button[value=yes]").click()
    expect(desk.locator("#flash")).to_contain_text("已签认")

    office.goto("/onboarding/")
    expect(office.get_by_text("已导入 1 份，已签认 1 份")).to_be_visible()
    office.goto("/onboarding/rollout/522701/")
    office.get_by_label("阶段").select_option("TRIAL")
    office.get_by_role("button", name="保存").click()
    expect(office.get_by_text("试运行，只看")).to_be_visible()
    looks_right(office)
