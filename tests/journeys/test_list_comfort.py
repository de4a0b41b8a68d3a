"""A saved view, chosen columns, an action on many and an export, on a real Chromium."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from core import clock
from jobs.services import run_waiting
from tests.factories import ProjectFactory
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.reading import overflows, violations

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_view_is_saved_passed_on_and_exported_as_it_stands(
    signed_in: Callable[..., Page], section: User, dispatcher: User
) -> None:
    for name in ("都匀水库", "荔波水库", "都匀公路"):
        ProjectFactory(name=name, owner_unit=f"{name}公司", land={"total_m2": 20_000})
    page = signed_in(section)
    page.goto("/projects/")
    expect(page.locator(".lg-tabs a[aria-current] span")).to_have_text("3")

    page.get_by_label("关键词").fill("水库")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("#projects tbody tr")).to_have_count(2)
    page.get_by_role("button", name="列", exact=True).click()
    page.get_by_label("建设单位").check()
    page.get_by_role("button", name="按所选列显示").click()
    expect(page.locator("th", has_text="建设单位")).to_be_visible()
    expect(page.locator("#projects tbody tr")).to_have_count(2)

    page.get_by_role("button", name="保存和管理筛选").click()
    page.get_by_label("名称", exact=True).fill("水库清单")
    page.get_by_label("打开清单时使用").check()
    page.get_by_role("button", name="保存筛选").click()
    expect(page.locator(".lg-tabs a[aria-current]")).to_contain_text("水库清单")
    address = page.url
    page.goto("/projects/")
    expect(page.locator("#projects tbody tr")).to_have_count(2)

    colleague = signed_in(dispatcher)
    colleague.goto(address)
    expect(colleague.locator("#projects tbody tr")).to_have_count(2)
    expect(colleague.locator("th", has_text="建设单位")).to_be_visible()

    page.get_by_role("button", name="导出…").click()
    page.get_by_role("button", name="生成 Excel").click()
    run_waiting(clock=clock.now)
    with page.expect_download() as download:
        page.get_by_role("link", name="查看结果").click()
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).worksheets[0]
    written = [value for row in sheet.iter_rows(values_only=True) for value in row]
    assert {"都匀水库", "荔波水库公司"} <= set(written)
    assert "都匀公路" not in written


def test_an_action_on_all_that_the_filter_finds_says_so_and_shows_each_result(
    signed_in: Callable[..., Page], section: User
) -> None:
    for number in range(4):
        ProjectFactory(name=f"都匀水库{number}")
    ProjectFactory(name="荔波公路")
    page = signed_in(section)
    page.goto("/projects/?q=水库")

    page.get_by_label("批量动作").select_option("industry")
    page.get_by_label("对符合条件的全部 4 个").check()
    page.get_by_role("button", name="办理…").click()
    expect(page.get_by_text("符合当前筛选的全部 4 个")).to_be_visible()
    page.get_by_label("行业").fill("水利")
    page.get_by_role("button", name="确认对 4 个项目设定行业").click()

    expect(page.locator("#results tbody tr")).to_have_count(4)
    expect(page.locator("#results")).to_contain_text("已办 4")


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["desk", "phone"])
def test_the_pages_of_the_list_have_no_axe_violation(
    signed_in: Callable[..., Page], section: User, viewport: dict[str, int]
) -> None:
    ids = [ProjectFactory(name=f"都匀水库{number}").pk for number in range(12)]
    page = signed_in(section, viewport=viewport)

    found = {}
    for address, dialog in (
        ("/projects/", None),
        ("/projects/", "列"),
        ("/projects/", "保存和管理筛选"),
        ("/projects/export/", None),
        (f"/projects/bulk/?action=class&id={ids[0]}", None),
    ):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        if dialog:
            page.get_by_role("button", name=dialog, exact=True).click()
        found[f"{address} {dialog or ''}"] = violations(page)
        assert not overflows(page), f"{address} scrolls sideways"

    assert {address: problems for address, problems in found.items() if problems} == {}
