"""Every component in every state, in a real browser: accessible, inside the policy, usable by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.reading import overflows, violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.ui.urls")]

GALLERY = "/ui/gallery/"


@pytest.fixture
def gallery(new_page):
    def open_gallery(viewport=WIDE):
        page = new_page(viewport=viewport)
        page.goto(GALLERY, wait_until="networkidle")
        return page

    return open_gallery


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1440x900", "390x844"])
def test_no_component_breaks_an_accessibility_rule(gallery, viewport):
    page = gallery(viewport)

    assert violations(page) == []


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1440x900", "390x844"])
def test_the_page_never_scrolls_sideways(gallery, viewport):
    page = gallery(viewport)

    assert not overflows(page)


def test_the_first_tab_stop_leads_to_the_content(gallery):
    page = gallery()
    page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()")
    page.evaluate("document.body.focus(); document.querySelector('.lg-skip').focus()")

    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_a_refused_form_takes_the_focus_to_its_summary(gallery):
    page = gallery()

    assert page.evaluate("document.activeElement.className") == "lg-errors"


def test_the_slash_key_goes_to_the_search(gallery):
    page = gallery()

    page.keyboard.press("/")

    assert page.evaluate("document.activeElement.id") == "lg-q"


def test_only_rows_with_problems_can_be_shown(gallery):
    page = gallery()
    expect(page.locator("#preview tbody tr:visible")).to_have_count(3)

    page.get_by_label("只看有问题的行").check()

    expect(page.locator("#preview tbody tr:visible")).to_have_count(2)


def test_selecting_all_counts_and_marks_the_rows(gallery):
    page = gallery()

    page.get_by_label("全选本页").check()

    expect(page.locator("[data-lg-selected]")).to_have_text("6")
    expect(page.locator("#gallery-list tr.lg-sel")).to_have_count(6)


def test_a_dialog_opens_closes_with_escape_and_gives_the_focus_back(gallery):
    page = gallery()
    button = page.get_by_role("button", name="登记暂停").first
    button.click()
    expect(page.locator("#pause-dialog")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.locator("#pause-dialog")).to_be_hidden()
    assert page.evaluate("document.activeElement.dataset.lgOpen") == "pause-dialog"


def test_a_confirmed_form_asks_first_and_a_no_sends_nothing(gallery):
    page = gallery()
    page.fill("#id_name", "独山县试验项目")
    page.fill("#id_area", "1")
    page.select_option("#id_county", "522726")
    page.fill("#id_received_on", "2026-11-22")
    page.locator("input[name=track]").first.check()
    page.get_by_role("button", name="登记收件").click()
    expect(page.locator("#lg-confirm")).to_contain_text("登记后自次日起计时")

    page.get_by_role("button", name="取消", exact=True).last.click()
    assert page.url.endswith(GALLERY)

    page.get_by_role("button", name="登记收件").click()
    with page.expect_navigation():
        page.locator("#lg-confirm").get_by_role("button", name="确认").click()
    assert "name=" in page.url


def test_a_message_can_be_closed(gallery):
    page = gallery()
    before = page.locator("#flash .lg-alert").count()

    page.get_by_label("关闭消息").first.click()

    expect(page.locator("#flash .lg-alert")).to_have_count(before - 1)


def test_the_chart_has_a_table_that_says_the_same(gallery):
    page = gallery()

    page.get_by_role("button", name="数据表").click()

    expect(page.locator("#gallery-chart-table").get_by_text("第 47 周")).to_be_visible()


def test_filters_start_folded_on_a_phone(gallery):
    assert gallery(PHONE).locator("details.lg-fold").get_attribute("open") is None
    assert gallery(WIDE).locator("details.lg-fold").get_attribute("open") is not None


def test_the_phones_navigation_opens_over_the_page(gallery):
    page = gallery(PHONE)

    page.get_by_label("打开导航").click()

    expect(page.locator("#lg-nav").get_by_text("我的待办")).to_be_visible()


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1440x900", "390x844"])
def test_the_bar_shows_post_unread_messages_and_the_way_out(signed_in, section, viewport):
    page = signed_in(section, viewport=viewport)
    page.goto(GALLERY, wait_until="networkidle")
    expect(page.locator(".lg-top-tools")).to_contain_text("通知，7 条未读")

    page.locator(".lg-user").click()

    expect(page.locator(".lg-user-menu").get_by_text(section.organisation.name)).to_be_visible()
    assert violations(page, within=".lg-top") == []
    with page.expect_navigation():
        page.get_by_role("button", name="退出登录").click()
    page.goto(GALLERY)
    expect(page.locator(".lg-user")).to_have_count(0)
