"""Window → submit → gather → screen → push → receive, on a real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from core import clock
from jobs.services import run_waiting
from projects.models import CollectionWindow, DuplicatePair, MergeRecord, Project, Push
from tests.factories import UserFactory, organisation
from tests.journeys.conftest import PHONE
from tests.journeys.reading import overflows
from tests.projects.windows import open_window
from tests.projects.workbooks import row, workbook

pytestmark = pytest.mark.django_db(transaction=True)


def hand_in(page: Page, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    page.goto("/windows/")
    page.get_by_role("link", name="上传清单").first.click()
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="上传并预检").click()
    page.get_by_role("button", name="确认导入").first.click()
    expect(page.locator("#flash")).to_contain_text("已导入")


def confirm(page: Page) -> None:
    page.get_by_role("button", name="确认", exact=True).click()


def test_a_window_from_its_opening_to_the_departments_receipt(
    signed_in: Callable[..., Page], dispatcher: User, department: User, officer: User, tmp_path: Path
) -> None:
    forester = UserFactory(role=User.Role.DEPARTMENT, organisation=organisation("522700-LYJ"))
    today = timezone.localdate().isoformat()

    # The bureau opens a window at any time.
    bureau = signed_in(dispatcher)
    bureau.goto("/windows/new/")
    bureau.get_by_label("批次名称").fill("补充报送")
    bureau.get_by_label("开始日期").fill(today)
    bureau.get_by_label("截止日期").fill(f"{int(today[:4]) + 1}{today[4:7]}-28")
    bureau.get_by_label("州水务局").check()
    bureau.get_by_role("button", name="保存并通知").click()
    expect(bureau.get_by_role("heading", level=1)).to_have_text("补充报送")
    assert CollectionWindow.objects.get().is_open

    # A department and the county hand the same project in.
    water = signed_in(department)
    hand_in(water, tmp_path / "水务.xlsx", workbook(row("都匀市大河水库"), row("都匀市灌区改造")))
    county = signed_in(officer)
    hand_in(county, tmp_path / "都匀.xlsx", workbook(row("都匀大河水库工程", owner="都匀水投公司")))
    run_waiting(clock=timezone.now)
    assert DuplicatePair.objects.count() == 1

    # The county settles the pair side by side and passes its list on.
    county.goto("/gathering/")
    expect(county.locator("#list tbody tr")).to_have_count(3)
    county.goto("/duplicates/")
    county.get_by_role("link", name="逐项对照").click()
    expect(county.locator("main")).to_contain_text("名称相似")
    county.get_by_role("button", name="是同一项目，合并").click()
    confirm(county)
    expect(county.locator("#flash")).to_contain_text("记录已留存")
    assert MergeRecord.objects.count() == 1
    county.goto("/gathering/")
    county.get_by_label("全选本页").check()
    county.get_by_role("button", name="汇总上报所选").click()
    confirm(county)
    expect(county.locator("#flash")).to_contain_text("已汇总上报 2 个项目")

    # The bureau looks, leaves one off with its reason, and adopts the other.
    bureau.goto("/screening/")
    bureau.get_by_label("全选本页").check()
    bureau.get_by_role("button", name="初审通过所选").click()
    expect(bureau.locator("#flash")).to_contain_text("2 个项目初审通过")
    line = bureau.locator("tr", has_text="灌区改造").first
    line.get_by_role("button", name="不予列入").click()
    bureau.locator("dialog[open] textarea").fill("不在规划内")
    bureau.locator("dialog[open]").get_by_role("button", name="不予列入").click()
    expect(bureau.locator("#flash")).to_contain_text("不予列入")
    bureau.get_by_label("审批轨道：").select_option("single_site")
    bureau.get_by_role("button", name="采用建议的类别预备").click()
    expect(bureau.locator("#list")).to_contain_text("已确定：第 6 条：以上各条都不符合")
    expect(bureau.get_by_label("审批轨道：")).to_have_value("single_site")
    bureau.get_by_label("全选本页").check()
    bureau.get_by_role("button", name="采纳所选").click()
    confirm(bureau)
    expect(bureau.locator("#flash")).to_contain_text("已采纳 1 个项目")

    # It is pushed; the forestry bureau, which saw nothing before, receives it.
    woods = signed_in(forester)
    woods.goto("/pushes/")
    expect(woods.get_by_text("没有推送记录")).to_be_visible()
    bureau.goto("/pushes/new/")
    bureau.get_by_label("全选本页").check()
    bureau.get_by_role("button", name="按规则推送所选").click()
    confirm(bureau)
    expect(bureau.locator("#flash")).to_contain_text("已推送 1 个项目到 4 个部门")
    woods.reload()
    woods.get_by_label("全选本页").check()
    woods.get_by_role("button", name="签收所选").click()
    expect(woods.locator("#flash")).to_contain_text("已签收 1 个项目")
    assert Push.objects.filter(state=Push.State.RECEIVED).count() == 1
    bureau.goto("/pushes/")
    expect(bureau.locator("#list tbody tr", has_text="州林业局")).to_contain_text("已签收")

    # The department reads every answer.
    water.goto("/messages/")
    expect(water.get_by_text("“都匀市灌区改造”不予列入", exact=True)).to_be_visible()
    assert Project.objects.adopted().get().priority_class == Project.PriorityClass.RESERVE
    assert Project.objects.get(name="都匀市灌区改造").screening_reason == "不在规划内"


def test_who_is_late_in_one_window_and_a_kind_of_list_of_the_office_s_own(
    signed_in: Callable[..., Page], dispatcher: User, sysadmin: User, officer: User
) -> None:
    """Who has not handed in, and what a project can be listed as."""
    today = clock.today()
    opened_on, due_on = today - timedelta(days=40), today - timedelta(days=20)
    for title in ("第一批报送", "第二批报送"):
        open_window(dispatcher, opens_on=opened_on, closes_on=due_on, today=opened_on, title=title)

    # Of one window only, from its own page; the county hands in a nil report meanwhile.
    bureau = signed_in(dispatcher)
    bureau.goto("/windows/late/")
    expect(bureau.locator("#list tbody tr")).to_have_count(6)
    bureau.get_by_label("批次", exact=True).select_option(label="第二批报送")
    expect(bureau.locator("#list tbody tr")).to_have_count(3)
    expect(bureau.locator("#list")).to_contain_text("至今未报")
    county = signed_in(officer, viewport=PHONE)
    county.goto("/windows/")
    county.get_by_role("link", name="第二批报送").first.click()
    county.get_by_role("button", name="报零报告").click()
    county.get_by_label("本批次没有项目的原因").fill("本期没有新增项目")
    county.locator("dialog[open] button[type=submit]").click()
    expect(county.locator("main")).to_contain_text("逾期报送")
    bureau.get_by_label("结果", exact=True).select_option(label="逾期报送")
    expect(bureau.locator("#list tbody tr")).to_have_count(1)
    expect(bureau.locator("#list")).to_contain_text("本期没有新增项目")
    assert "answered=late" in bureau.url

    # A kind of the office's own is offered where a project is entered, and gone once it is out of use.
    desk = signed_in(sysadmin)
    desk.goto("/rules/lists/")
    desk.get_by_role("link", name="新增类别").click()
    desk.get_by_label("名称").fill("州领导包保项目")
    desk.get_by_label("政策口径").select_option(label="其他")
    desk.get_by_label("次序").fill("90")
    desk.get_by_label("启用日期").fill(opened_on.isoformat())
    desk.get_by_role("button", name="保存").click()
    expect(desk.locator("main")).to_contain_text("州领导包保项目")
    county.goto("/projects/new/")
    expect(county.get_by_label("清单类别")).to_contain_text("州领导包保项目")
    desk.get_by_role("link", name="修改 州领导包保项目").click()
    desk.get_by_label("停用日期").fill(due_on.isoformat())
    desk.get_by_role("button", name="保存").click()
    expect(desk.locator("tr", has_text="州领导包保项目")).to_contain_text("已停用")
    county.reload()
    expect(county.get_by_label("清单类别")).not_to_contain_text("州领导包保项目")
    assert not overflows(county)
