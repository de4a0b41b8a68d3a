"""Incomplete papers to the decision, the plan back from the target, a change tried out: on real Chromium."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from approvals.models import Step
from core import clock
from deadlines.selectors import working_calendar
from tests.approvals.scenes import accepted, opened
from tests.journeys.reading import at_both_sizes, overflows, violations

pytestmark = pytest.mark.django_db(transaction=True)


def test_incomplete_papers_are_corrected_accepted_and_decided(signed_in, section, dispatcher):
    today = clock.today()
    received = working_calendar().nth_working_day_before(today, 3)
    told = working_calendar().nth_working_day_before(today, 2)
    project, steps = opened(dispatcher, name="独山县抽水蓄能电站")
    page = signed_in(section)
    page.goto(f"/projects/{project.pk}/")
    row = page.locator("#step-A02")

    row.get_by_role("link", name="收件").first.click()
    page.fill("input[name=received_on]", received.isoformat())
    page.get_by_role("button", name="收件").click()
    expect(row).to_contain_text("逾期视为受理")

    row.get_by_role("link", name="补正告知").click()
    page.fill("input[name=notified_on]", told.isoformat())
    page.get_by_role("button", name="补正告知").click()
    expect(page.get_by_role("alert").first).to_contain_text("一次写明")
    page.get_by_label("比选方案").check()
    page.get_by_role("button", name="补正告知").click()
    expect(row).to_contain_text("一次告知补正：比选方案")

    row.get_by_role("link", name="受理").first.click()
    page.fill("input[name=accepted_on]", received.isoformat())
    page.get_by_role("button", name="受理").click()
    expect(page.get_by_role("alert").first).to_contain_text("不能早于告知日")
    page.fill("input[name=accepted_on]", today.isoformat())
    page.get_by_role("button", name="受理").click()
    expect(row).to_contain_text("剩 10 个工作日")

    row.get_by_role("link", name="办结").click()
    page.get_by_role("button", name="办结").click()
    expect(row.locator(".lg-step-result")).to_have_text("同意")
    step = Step.objects.get(pk=steps["A02"].pk)
    assert (step.received_on, step.notified_on, step.accepted_on) == (received, told, today)


def test_a_change_is_tried_out_in_the_form_before_it_is_made(signed_in, section, dispatcher):
    _, steps = opened(dispatcher)
    step = accepted(steps["A08"], section, on=clock.today() - timedelta(days=7), today=clock.today())
    page = signed_in(section)
    page.goto(f"/steps/{step.pk}/extend/")

    page.fill("input[name=days]", "10")
    page.get_by_role("button", name="先看影响").click()

    expect(page.locator("#what-if")).to_contain_text("个步骤的预计办结日期随之变动")
    expect(page.locator("#what-if table")).to_contain_text("A08")
    expect(page.locator("input[name=days]")).to_have_value("10")
    step.deadline.refresh_from_db()
    assert step.deadline.statutory_extension == 0


def test_the_plan_goes_back_from_a_target_and_comes_as_a_sheet(signed_in, section, dispatcher):
    project, _ = opened(dispatcher, name="独山县抽水蓄能电站")
    page = signed_in(section)
    page.goto(f"/projects/{project.pk}/?tab=schedule")
    expect(page.get_by_text("没有填计划开工日")).to_be_visible()

    page.goto(f"/projects/{project.pk}/back-schedule/")
    page.fill("input[name=target]", (clock.today() + timedelta(days=10)).isoformat())
    page.get_by_role("button", name="倒排").click()

    expect(page.get_by_text("第一个已来不及的步骤")).to_be_visible()
    expect(page.get_by_text("关键线路：")).to_be_visible()
    with page.expect_download() as caught:
        page.get_by_role("link", name="导出表格").click()
    assert caught.value.suggested_filename.endswith("倒排工期表.xlsx")


def test_every_page_about_time_is_clean(signed_in, section, dispatcher):
    today = clock.today()
    project, steps = opened(dispatcher)
    step = accepted(steps["A03"], section, on=today - timedelta(days=20), today=today)
    accepted(steps["A08"], section, on=today - timedelta(days=7), today=today)
    target = (today + timedelta(days=30)).isoformat()
    page = signed_in(dispatcher)

    for address in (
        f"/projects/{project.pk}/back-schedule/?target={target}",
        f"/projects/{project.pk}/?tab=schedule",
        f"/steps/{step.pk}/",
        f"/steps/{step.pk}/what-if/?verb=extend&line=statutory&days=5",
        f"/steps/{steps['A02'].pk}/receive/",
        f"/steps/{step.pk}/except/",
        f"/steps/{step.pk}/reissue/",
        "/board/",
        "/board/month/",
        "/whose-days/",
        "/whose-days/steps/",
        "/settings/deadlines/",
        "/settings/lamps/",
        "/settings/pause-kinds/?code=MEETING",
        "/settings/handling/",
    ):
        page.goto(address)
        for width in at_both_sizes(page):
            assert violations(page) == [], (address, width)
            assert not overflows(page), (address, width)
