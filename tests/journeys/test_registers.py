"""Events that stop the clock, questions, requests upward and the review of thrifty use, on real Chromium."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from playwright.sync_api import Page, expect

from approvals.models import LandThrift, Matter, Occasion
from tests.approvals.scenes import accepted, opened
from tests.journeys.conftest import PHONE
from tests.journeys.reading import overflows, violations

pytestmark = pytest.mark.django_db(transaction=True)


def clean(page: Page) -> None:
    assert violations(page) == [], page.url
    assert not overflows(page), page.url


@time_machine.travel("2026-11-20T10:00:00+08:00")
def test_a_hearing_stops_the_clock_a_question_is_published_and_thrift_is_measured(
    signed_in, section, officer, dispatcher
):
    project, steps = opened(dispatcher, name="独山县抽水蓄能电站", land={"total_m2": 100_000})
    step = accepted(steps["A03"], section, on=date(2026, 11, 2))
    law = step.deadline.statutory_due_on
    page = signed_in(section)

    hold_a_review(page, step.pk)
    ask_and_publish(page, signed_in(officer))
    ask_upward(page)
    measure_thrift(page, project.pk)

    step.deadline.refresh_from_db()
    assert step.deadline.statutory_due_on > law
    assert Occasion.objects.get().outcome == "原则通过"
    assert set(Matter.objects.values_list("kind", flat=True)) == {"QUESTION", "SUPPORT"}
    assert LandThrift.objects.get().reason == "已作节地评价"
    phone = signed_in(dispatcher, viewport=PHONE)
    for address in (f"/steps/{step.pk}/", "/questions/", "/upward/", "/thrifts/"):
        phone.goto(address)
        clean(phone)


def hold_a_review(page: Page, step: int) -> None:
    """An expert review begins, which stops the clock; it cannot end before it began; it ends."""
    page.goto(f"/steps/{step}/")
    page.get_by_role("link", name="听证、评审等").click()
    page.select_option("select[name=kind]", label="专家评审（停表，通常 15 个工作日）")
    page.fill("input[name=title]", "专家评审会通知〔2026〕3号")
    page.fill("input[name=first_on]", "2026-11-16")
    page.fill("input[name=expected_end_on]", "2026-11-24")
    page.fill("input[name=next_step]", "整理评审意见")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("专家评审已登记，停表已开始。")).to_be_visible()
    clean(page)
    page.get_by_role("link", name="登记结束").click()
    page.fill("input[name=last_on]", "2026-11-13")
    page.fill("textarea[name=outcome]", "原则通过")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert").first).to_contain_text("2026-11-16")
    expect(page.locator("textarea[name=outcome]")).to_have_value("原则通过")
    page.fill("input[name=last_on]", "2026-11-18")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("专家评审已结束。")).to_be_visible()
    expect(page.get_by_role("region", name="听证、评审等事项")).to_contain_text("已停表")


def ask_and_publish(bureau: Page, county: Page) -> None:
    """A county asks, the bureau answers and publishes."""
    county.goto("/questions/new/")
    county.select_option("select[name=holder]", value="522700-ZRZY-YTGZ")
    county.fill("input[name=title]", "临时用地能否延期")
    county.fill("textarea[name=text]", "期满后能否续期一年")
    county.fill("input[name=raised_on]", "2026-11-16")
    county.get_by_role("button", name="保存").click()
    expect(county.get_by_role("link", name="临时用地能否延期")).to_be_visible()
    bureau.goto("/questions/")
    clean(bureau)
    bureau.get_by_role("link", name="临时用地能否延期").click()
    bureau.get_by_role("link", name="登记答复").click()
    bureau.fill("input[name=answered_on]", "2026-11-19")
    bureau.fill("textarea[name=answer]", "不可以，应重新申请")
    bureau.get_by_role("button", name="保存").click()
    bureau.get_by_role("link", name="公开答复").click()
    bureau.get_by_role("main").get_by_role("button").first.click()
    expect(bureau.get_by_text("2026-11-20 公开")).to_be_visible()
    clean(bureau)
    county.goto("/questions/")
    expect(county.get_by_role("region", name="业务咨询").get_by_text("已公开")).to_be_visible()


def ask_upward(page: Page) -> None:
    """A request for support names whom it goes to."""
    page.goto("/upward/new/")
    page.select_option("select[name=kind]", label="请求工作支持")
    page.fill("input[name=title]", "请求支持独山县抽水蓄能电站用地指标")
    page.fill("textarea[name=text]", "年度计划缺口 3 公顷")
    page.fill("input[name=addressee]", "省自然资源厅")
    page.fill("input[name=raised_on]", "2026-11-17")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("link", name="请求支持独山县抽水蓄能电站用地指标")).to_be_visible()


def measure_thrift(page: Page, project: int) -> None:
    """What misses the standard is argued for, and read beside it."""
    page.goto(f"/projects/{project}/?tab=land")
    page.get_by_role("main").get_by_role("link", name="节约集约审查").click()
    page.select_option("select[name=use]", index=0)
    page.fill("input[name=investment_yuan]", "1000000")
    page.fill("input[name=floor_area_m2]", "20000")
    page.fill("input[name=base_m2]", "10000")
    page.fill("textarea[name=reason]", "已作节地评价")
    page.get_by_role("button", name="保存").click()
    page.goto("/thrifts/")
    page.get_by_role("region", name="节约集约审查").get_by_role("link").first.click()
    expect(page.get_by_role("region", name="指标对照")).to_contain_text("不符合")
    expect(page.get_by_text("论证：已作节地评价")).to_be_visible()
    clean(page)
