"""A set of papers is prepared with the library, checked, sent in, paused with proof and looked after."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from approvals.models import LibraryItem
from approvals.services.library import VersionFacts, add_item
from core import clock
from papers.services import Upload
from tests.approvals.scenes import accepted, opened
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.reading import overflows, violations
from tests.papers import files

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_county_takes_the_guide_and_checks_its_set(signed_in, officer, dispatcher, viewport):
    _, steps = opened(dispatcher, name="都匀市标准厂房")
    step = steps["A03"]
    add_item(
        kind=LibraryItem.Kind.GUIDE, title="用地预审办事指南", step_codes=["A03"],
        upload=Upload("指南.pdf", files.pdf()), facts=VersionFacts(clock.today()), actor=dispatcher,
    )  # fmt: skip
    page = signed_in(officer, viewport=viewport)
    page.goto(f"/steps/{step.pk}/")

    with page.expect_download() as taken:
        page.get_by_role("link", name="第 1 版 PDF").click()
    page.get_by_role("link", name="组卷检查", exact=True).click()
    states = page.locator("select[name$=-state]")
    for place in range(len(step.step_type.materials)):
        states.nth(place).select_option("OK")
    states.nth(0).select_option("PROMISED")
    page.get_by_role("button", name="登记检查结果").click()
    expect(page.get_by_text("写明谁承诺补齐。").first).to_be_visible()
    assert violations(page) == []
    page.fill("input[name=form-0-promised_by]", "项目单位 王工")
    page.fill("input[name=form-0-promised_on]", (clock.today() + timedelta(days=7)).isoformat())
    page.get_by_role("button", name="登记检查结果").click()

    assert taken.value.suggested_filename == "指南.pdf"
    expect(page.get_by_role("heading", name="组卷检查表")).to_be_visible()
    expect(page.get_by_text("容缺，可以报出").first).to_be_visible()
    expect(page.get_by_text("项目单位 王工")).to_be_visible()
    assert violations(page) == []
    assert not overflows(page)


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_pause_is_proved_planned_and_found_again(signed_in, section, dispatcher, viewport):
    today = clock.today()
    _, steps = opened(dispatcher, name="独山县抽水蓄能电站")
    step = accepted(steps["A03"], section, on=today - timedelta(days=20), today=today)
    page = signed_in(section, viewport=viewport)
    page.goto(f"/steps/{step.pk}/pause/")

    page.select_option(
        "select[name=kind]", label="专家评审（两条线都停；专家评审通知及评审意见；通常 15 个工作日）"
    )
    page.fill("input[name=first_on]", (today - timedelta(days=10)).isoformat())
    page.fill("input[name=evidence]", "专家评审通知〔2026〕17号")
    page.set_input_files(
        "input[name=proof]", {"name": "通知.pdf", "mimeType": "application/pdf", "buffer": files.pdf()}
    )
    page.fill("input[name=expected_end_on]", (today - timedelta(days=3)).isoformat())
    page.fill("input[name=next_step]", "催收评审意见")
    page.locator("form.lg-form").get_by_role("button", name="登记暂停").click()
    page.goto("/pauses/?flag=end_passed")
    expect(page.get_by_text("催收评审意见")).to_be_visible()
    assert violations(page) == []
    assert not overflows(page)
    page.get_by_role("link", name="专家评审").click()
    page.get_by_role("link", name="预计结束和下一步").click()
    page.fill("input[name=expected_end_on]", (today + timedelta(days=7)).isoformat())
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已登记预计结束和下一步。")).to_be_visible()

    page.goto("/pauses/?flag=end_passed")
    expect(page.get_by_text("没有符合条件的暂停")).to_be_visible()
