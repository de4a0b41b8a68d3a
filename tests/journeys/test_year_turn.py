"""The year turns in the browser: list, projects, quota, archive; and the old year is still found and read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from approvals.models import Step
from approvals.services.opening import open_track
from dispatch.services.targets import CampaignFacts, set_campaign
from quotas.models import YearEndRun
from quotas.services import bookings
from quotas.services.bookings import Sheet
from tests.factories import ProjectFactory, organisation
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.test_lists import violations

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2027, 1, 11)
SHEET = Sheet(reason="下达", occurred_on=date(2026, 11, 20), document_no="黔自然资〔2026〕7号")


def confirmed(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.locator("#lg-confirm button[value=yes]").click()


def looks_right(page: Page) -> None:
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert violations(page) == []


@time_machine.travel("2027-01-11T10:00:00+08:00")
def test_the_office_turns_the_year_and_the_old_one_is_only_read(
    signed_in: Callable[..., Page], dispatcher: User, officer: User
) -> None:
    done, running = ProjectFactory(name="都匀市抽水蓄能电站"), ProjectFactory(name="都匀市在办水库")
    open_track(project=done, actor=dispatcher, today=TODAY)
    Step.objects.filter(project=done).update(status=Step.Status.NOT_INVOLVED)
    facts = CampaignFacts("2026 年批地", date(2026, 1, 1), date(2026, 12, 31), "AREA", 1_000, 2_000)
    set_campaign(actor=dispatcher, facts=facts)
    bookings.allot_plan(
        actor=dispatcher, county=organisation("522730"), year=2026, amount=1_000_000, sheet=SHEET, today=TODAY
    )
    page = signed_in(dispatcher)
    page.goto("/year-turn/")
    steps = page.get_by_role("region", name="结转步骤")

    def row(title: str) -> Locator:
        return steps.get_by_role("row").filter(has_text=title).first

    expect(page.get_by_role("heading", level=1)).to_have_text("年度结转")
    expect(row("2026 年度归档")).to_contain_text("先办：2027 年度清单")
    looks_right(page)

    confirmed(page, "建立清单")
    expect(row("2027 年度清单")).to_contain_text("已办")
    expect(page.get_by_role("region", name="将结转的项目")).to_contain_text("都匀市在办水库")
    confirmed(page, "全部结转")
    expect(row("未办结项目结转")).to_contain_text("没有未办结项目，已结转 1 个")
    row("2027 年保障方案").get_by_role("link", name="保障方案").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("保障方案")

    # The quota: looked at first, nothing moved; then committed under its document.
    page.goto("/year-turn/?year=2026")
    expect(row("年度新增建设用地计划年末结转")).to_contain_text("待结转")
    row("年度新增建设用地计划年末结转").get_by_role("link", name="年末结转").click()
    page.locator("select[name=pool]").select_option("plan")
    page.locator("input[name=year]").fill("2026")
    page.locator("input[name=occurred_on]").fill("2026-12-31")
    page.get_by_role("button", name="拟办并查看").click()
    expect(page.get_by_text("余额没有变动")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="确认办结").click()
    page.get_by_label("依据文号").fill("州府纪要〔2026〕40号")
    page.get_by_label("事由").fill("2026 年计划指标年末失效")
    page.get_by_role("button", name="办结", exact=True).click()
    expect(page.get_by_role("link", name="查看分录")).to_be_visible()
    assert YearEndRun.objects.get().state == YearEndRun.State.COMMITTED

    page.goto("/year-turn/?year=2026")
    expect(row("年度新增建设用地计划年末结转")).to_contain_text("已办结")
    page.get_by_label("归档理由").fill("2026 年事项全部办结")
    confirmed(page, "归档")
    expect(page.get_by_text("本年度的项目只能查阅和检索")).to_be_visible()
    expect(row("2026 年用地目标")).to_contain_text("已随归档结束")
    looks_right(page)

    county = signed_in(officer)
    county.goto("/search/?q=抽水蓄能")
    expect(county.get_by_role("heading", level=1)).to_contain_text("都匀市抽水蓄能电站")
    expect(county.get_by_text("2026 年度已归档，只能查阅")).to_be_visible()
    county.goto(f"/projects/{running.pk}/")
    expect(county.get_by_role("heading", level=1)).to_contain_text("都匀市在办水库")
    expect(county.get_by_text("只能查阅")).to_have_count(0)
