"""A county takes its list along, works offline, and settles with the office cell by cell."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from projects.models import Project
from tests.journeys.conftest import PHONE
from tests.journeys.reading import overflows, violations
from tests.projects.workbooks import code, imported, row

pytestmark = pytest.mark.django_db(transaction=True)


def worked_on(content: bytes, **cells: dict[str, Any]) -> bytes:
    """The workbook after an evening at home: project → heading → what was typed."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["项目清单"]
    places = {str(cell.value).split("（")[0]: cell.column_letter for cell in sheet[3] if cell.value}
    for number in range(4, sheet.max_row + 1):
        for heading, value in cells.get(sheet[f"{places['项目名称']}{number}"].value, {}).items():
            sheet[f"{places[heading]}{number}"] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_conflict_is_resolved_cell_by_cell_confirmed_and_undone(
    signed_in: Callable[..., Page], officer: User, tmp_path: Path
) -> None:
    imported(
        officer, row("都匀水库", code=code(1), owner="水务局", remark="甲"), row("都匀电站", code=code(2))
    )
    page = signed_in(officer)
    page.goto("/lists/downloads/")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载我的清单").click()
    taken = download.value.path().read_bytes()
    Project.objects.filter(name="都匀水库").update(remark="州局改的", owner_unit="州局核的单位")
    file = tmp_path / "都匀市填好的清单.xlsx"
    file.write_bytes(
        worked_on(
            taken,
            都匀水库={"备注": "县里改的", "建设单位": "县里的单位", "所属行业": "水利"},
            都匀电站={"备注": "只有县里改"},
        )
    )

    page.goto("/lists/upload/")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="上传并预检").click()
    expect(page.get_by_role("alert")).to_contain_text("1 行有错误或冲突")
    dam = page.locator("#rows > tr", has_text="都匀水库")
    expect(dam.locator(".lg-cell-conflict")).to_have_count(2)
    expect(dam).to_contain_text("州局改的")
    assert violations(page) == []
    page.get_by_role("button", name="用文件：备注", exact=True).first.click()
    taken_button = page.get_by_role("button", name="用文件：备注", exact=True).first
    expect(taken_button).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("alert")).to_contain_text("1 行有错误或冲突")
    page.get_by_role("button", name="留系统：建设单位", exact=True).click()
    expect(page.get_by_role("button", name="确认导入 2 行")).to_be_visible()

    page.get_by_role("button", name="确认导入 2 行").click()

    expect(page.locator("#flash")).to_contain_text("更新 2 个")
    dam_now = Project.objects.get(name="都匀水库")
    assert (dam_now.remark, dam_now.owner_unit, dam_now.industry) == ("县里改的", "州局核的单位", "水利")
    expect(page.get_by_text(re.compile("按选择保留系统"))).to_be_visible()
    page.get_by_role("button", name="撤销这次报送").click()
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.locator("#flash")).to_contain_text("已撤销")
    dam_now.refresh_from_db()
    assert (dam_now.remark, dam_now.industry) == ("州局改的", "")
    assert Project.objects.get(name="都匀电站").remark == ""


def test_a_phone_shows_the_three_values_one_below_the_other(
    signed_in: Callable[..., Page], officer: User, tmp_path: Path
) -> None:
    imported(officer, row("都匀水库", code=code(1), remark="甲"))
    page = signed_in(officer, viewport=PHONE)
    page.goto("/lists/downloads/")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载我的清单").click()
    Project.objects.update(remark="州局改的")
    file = tmp_path / "清单.xlsx"
    file.write_bytes(worked_on(download.value.path().read_bytes(), 都匀水库={"备注": "县里改的"}))

    page.goto("/lists/upload/")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="上传并预检").click()

    expect(page.locator(".lg-cell-conflict")).to_contain_text("州局改的")
    assert not overflows(page)
    assert violations(page) == []
    page.goto("/lists/downloads/")
    page.reload()
    expect(page.get_by_role("link", name=re.compile("再次下载"))).to_be_visible()
    assert violations(page) == []
