"""From a county's workbook to the bureau's answer, on a real Chromium."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from projects.models import ImportDraft, Project, Submission
from projects.services import importing
from tests.factories import ProjectFactory
from tests.journeys.reading import at_both_sizes, overflows, violations

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE = Path(__file__).parents[1] / "samples" / "county-list-mu.xlsx"
TODAY = date(2026, 11, 20)


@pytest.fixture
def wrong_workbook(tmp_path: Path) -> Path:
    """The county's own ledger with three slips in it."""
    book = openpyxl.load_workbook(SAMPLE)
    sheet = book.active
    sheet["I5"], sheet["I6"], sheet["J7"] = -3.2, "不知道", 99_999
    file = tmp_path / "瓮安县清单.xlsx"
    book.save(file)
    return file


def test_a_county_hands_in_its_ledger_and_reads_the_answer(
    signed_in: Callable[..., Page], stranger: User, section: User, dispatcher: User
) -> None:
    county = signed_in(stranger)
    county.goto("/lists/")
    county.get_by_role("link", name="上传清单").first.click()
    county.set_input_files("input[type=file]", str(SAMPLE))
    county.get_by_role("button", name="上传并预检").click()
    expect(county.get_by_role("heading", level=1)).to_have_text(re.compile("预检结果"))
    assert not Project.objects.exists()

    county.get_by_role("button", name="确认导入 24 行").click()
    expect(county.locator("#flash")).to_contain_text("新增 24 个")

    bureau = signed_in(section)
    bureau.goto("/screening/")
    bureau.get_by_label("选择 瓮安县抽水蓄能电站", exact=True).check()
    bureau.get_by_label("选择 瓮安县第三中学新建", exact=True).check()
    expect(bureau.locator("[data-lg-selected]")).to_have_text("2")
    bureau.get_by_role("button", name="采纳所选").click()
    bureau.get_by_role("button", name="确认").click()
    expect(bureau.locator("#flash")).to_contain_text("已采纳 2 个项目")

    row = bureau.locator("tr", has_text="瓮安县标准厂房三期").first
    row.get_by_role("button", name="退回").click()
    bureau.locator("dialog[open] textarea").fill("缺立项批复")
    bureau.locator("dialog[open]").get_by_role("button", name="退回").click()
    expect(bureau.locator("#flash")).to_contain_text("已退回")

    county.reload()
    expect(county.locator("tr", has_text="瓮安县抽水蓄能电站").first).to_contain_text("已采纳")
    expect(county.get_by_text("缺立项批复")).to_be_visible()
    county.goto("/messages/")
    expect(county.get_by_text("“瓮安县抽水蓄能电站”已采纳", exact=True)).to_be_visible()
    county.goto("/projects/")
    expect(county.locator("#projects tbody tr")).to_have_count(2)


def test_wrong_rows_are_found_marked_and_left_out(
    signed_in: Callable[..., Page], stranger: User, wrong_workbook: Path, tmp_path: Path
) -> None:
    page = signed_in(stranger)
    page.goto("/lists/upload/")
    page.set_input_files("input[type=file]", str(wrong_workbook))
    page.get_by_role("button", name="上传并预检").click()
    expect(page.get_by_role("alert")).to_contain_text("3 行有错误或冲突")
    expect(page.locator("#rows tr:visible")).to_have_count(24)

    page.get_by_label("只看有问题的行").check()
    expect(page.locator("#rows tr", has_text="瓮安县至高速连接线改扩建").first).to_be_hidden()
    expect(page.get_by_text("I5", exact=True)).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("link", name="下载标注问题的工作簿").click()
    marked = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert "不能小于 0" in marked["项目清单"]["I5"].comment.text

    page.get_by_role("button", name="只导入无误的 21 行").click()
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.locator("#flash")).to_contain_text("新增 21 个")
    assert Project.objects.count() == 21

    page.get_by_role("button", name="撤销这次报送").click()
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.locator("#flash")).to_contain_text("已撤销")
    assert not Project.objects.exclude(status=Project.Status.REMOVED).exists()


def test_the_list_filters_without_leaving_the_page(signed_in: Callable[..., Page], section: User) -> None:
    for name in ("都匀抽水蓄能电站", "都匀至三都公路"):
        ProjectFactory(name=name)
    page = signed_in(section)
    page.goto("/projects/")
    expect(page.locator("#projects tbody tr")).to_have_count(2)

    page.get_by_label("关键词").fill("公路")
    page.get_by_role("button", name="查询").click()

    expect(page.locator("#projects tbody tr")).to_have_count(1)
    assert "q=%E5%85%AC%E8%B7%AF" in page.url
    page.get_by_role("link", name="项目名称").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("项目名称")
    assert "sort=name" in page.url


def test_the_list_pages_have_no_axe_violation(
    signed_in: Callable[..., Page], stranger: User, section: User, wrong_workbook: Path
) -> None:
    def staged(file: Path) -> ImportDraft:
        return importing.stage_upload(
            actor=stranger, filename=file.name, content=file.read_bytes(), today=TODAY, now=timezone.now()
        )

    importing.confirm_whole(actor=stranger, draft_id=staged(SAMPLE).pk, today=TODAY)
    draft, submission = staged(wrong_workbook), Submission.objects.get()
    adopted = ProjectFactory()
    pages = {
        stranger: [
            "/projects/",
            "/lists/",
            "/lists/upload/",
            f"/lists/drafts/{draft.pk}/",
            f"/lists/{submission.pk}/",
        ],
        section: ["/screening/", f"/projects/{adopted.pk}/edit/", "/projects/?lamp=red"],
    }

    found = {}
    for user, addresses in pages.items():
        page = signed_in(user)
        for address in addresses:
            page.goto(address)
            for width in at_both_sizes(page):
                found[address, width] = violations(page)
                assert not overflows(page), f"{address} at {width} scrolls sideways"

    assert found == {key: [] for key in found}
