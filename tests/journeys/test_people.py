"""From a sheet with merged cells to the matrix; from a gap to nobody missing; from one clerk to the next."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from accounts.models import Post, User
from core import clock
from deadlines.models import Deadline
from projects.models import AreaLink, Link, Project, QueueJump
from tests.desk.promises import promise
from tests.factories import PostFactory, ProjectFactory, TenureFactory, UserFactory, organisation

pytestmark = pytest.mark.django_db(transaction=True)


def sheet(path: Path, *rows: tuple[object, ...]) -> Path:
    """A matrix whose first leader stands in a merged cell over three rows."""
    book = openpyxl.Workbook()
    book.active.append(["包联领导", "责任科室", "包联县市"])
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("A2:A4")
    file = io.BytesIO()
    book.save(file)
    path.write_bytes(file.getvalue())
    return path


def test_a_matrix_with_merged_cells_is_previewed_by_cell_and_taken_over(
    signed_in: Callable[..., Page], dispatcher: User, tmp_path: Path
) -> None:
    TenureFactory(post=PostFactory(title="副局长"), person_name="局领导1")
    rows = [("局领导1", "国土空间规划科", "都匀市"), (None, "规划", "福泉市"), (None, "财务科", "瓮安县")]
    page = signed_in(dispatcher)
    page.goto("/matrix/")
    page.get_by_role("link", name="导入清单").click()
    wrong = sheet(tmp_path / "包联.xlsx", *rows, ("局领导2", "没有的科", "都云市"))
    page.set_input_files("input[type=file]", str(wrong))
    page.get_by_role("button", name="上传并预检").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("包联清单预检")
    expect(page.get_by_role("alert")).to_contain_text("1 行有错误，整份清单不能导入；其余 3 行没有错误")
    expect(page.get_by_role("main")).not_to_contain_text("可以导入")
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    expect(page.get_by_text("辖区内没有“都云市”，是否为“都匀市”")).to_be_visible()
    expect(page.get_by_text("C5", exact=True)).to_be_visible()
    assert not AreaLink.objects.exists()

    page.get_by_role("link", name="重新上传").click()
    right = sheet(tmp_path / "包联.xlsx", *rows, ("局领导2", "没有的科", "独山县"))
    page.set_input_files("input[type=file]", str(right))
    page.get_by_role("button", name="上传并预检").click()
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#flash")).to_contain_text("4 个地区有变化")

    doubtful = page.locator("#area-522701")
    expect(doubtful).to_contain_text("一格覆盖 3 个地区")
    doubtful.get_by_role("link", name="修改").click()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#area-522701")).not_to_contain_text("待核")


def test_a_gap_is_filled_and_gone(signed_in: Callable[..., Page], section: User) -> None:
    director = TenureFactory(post=PostFactory(title="局长"), person_name="州局局长").post
    project = ProjectFactory(name="都匀市抽水蓄能电站", investment_yuan=50_000_000)
    page = signed_in(section)
    page.goto("/gaps/")
    row = page.locator(f"#project-{project.pk}")
    expect(row).to_contain_text("都匀市抽水蓄能电站")

    row.get_by_role("link", name="指定").click()
    expect(page.get_by_text("总投资5000万元，属“5000万元以上（含）”，局长负责")).to_be_visible()
    page.get_by_role("button", name="保存").click()

    expect(page.locator("#flash")).to_contain_text("领办领导：州局局长")
    expect(page.get_by_text("没有缺口")).to_be_visible()
    link = Link.objects.get(project=project)
    assert (link.post, link.basis) == (director, "总投资5000万元，属“5000万元以上（含）”，局长负责")
    page.goto(f"/projects/{project.pk}/?tab=people")
    expect(page.locator("main")).to_contain_text("州局局长")


def test_the_queue_takes_a_proposal_and_a_jump_with_its_reason(
    signed_in: Callable[..., Page], section: User
) -> None:
    soon = clock.today() + timedelta(days=20)
    urgent = ProjectFactory(name="都匀市垃圾焚烧厂", priority_class="ORDINARY", planned_start_on=soon)
    other = ProjectFactory(name="都匀市环城路", priority_class="KEY")
    page = signed_in(section)
    page.goto("/queue/")
    expect(page.locator("tbody tr").first).to_contain_text("都匀市环城路")

    page.locator(f"#project-{urgent.pk}").get_by_role("button", name="采用").click()
    expect(page.locator("#flash")).to_contain_text("定为急需")
    expect(page.locator("tbody tr").first).to_contain_text("都匀市垃圾焚烧厂")

    page.locator(f"#project-{other.pk}").get_by_role("link", name="提前").click()
    page.get_by_label("排到哪一类最前").select_option("URGENT")
    page.get_by_label("理由").fill("州长办公会议定")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("tbody tr").first).to_contain_text("州长办公会议定")
    assert QueueJump.objects.get().entered_by == section

    page.locator(f"#project-{other.pk}").get_by_role("button", name="恢复顺序").click()
    page.get_by_role("button", name="确认").click()
    expect(page.locator("tbody tr").first).to_contain_text("都匀市垃圾焚烧厂")
    assert Project.objects.get(pk=urgent.pk).priority_class == "URGENT"


def test_who_follows_in_a_post_inherits_what_is_open(
    signed_in: Callable[..., Page], dispatcher: User, section: User
) -> None:
    post = PostFactory(organisation=section.organisation, title="用途管制经办", duty=Post.Duty.OFFICER)
    TenureFactory(post=post, user=section)
    successor = UserFactory(organisation=section.organisation, title="新任用途管制经办")
    row = promise(holder=section, started_on=date(2026, 11, 2), today=max(clock.today(), date(2026, 11, 2)))
    page = signed_in(dispatcher)
    page.goto("/posts/")
    page.get_by_role("link", name="用途管制经办").click()
    expect(page.get_by_text("1 项，随岗位交接")).to_be_visible()

    page.get_by_role("link", name="登记接任").click()
    page.get_by_label("账号").select_option(str(successor.pk))
    page.get_by_role("button", name="登记接任").click()

    expect(page.locator("#flash")).to_contain_text("新任用途管制经办已接任，在办事项已承接")
    assert Deadline.objects.get(pk=row.pk).holder == successor


def test_a_county_names_its_liaison_and_the_gap_in_the_register_closes(
    signed_in: Callable[..., Page], dispatcher: User, officer: User
) -> None:
    bureau = signed_in(dispatcher)
    bureau.goto("/liaisons/")
    bureau.get_by_role("link", name="通知报送").click()
    bureau.get_by_label("通知名称").fill("关于报送联络员的通知")
    bureau.get_by_label("报送截止").fill((clock.today() - timedelta(days=1)).isoformat())
    expect(bureau.get_by_label("都匀市", exact=True)).to_be_checked()
    bureau.get_by_role("button", name="下达").click()
    expect(bureau.get_by_text("各单位收到时已逾期").first).to_be_visible()
    bureau.get_by_label("截止日早于发布日的，仍按此截止日下达").check()
    bureau.get_by_role("button", name="下达").click()
    expect(bureau.get_by_text("截止日早于发布日").first).to_be_visible()

    county = signed_in(officer)
    county.goto("/liaisons/")
    expect(county.locator("main")).to_contain_text("逾期未报")
    county.locator("#list").get_by_role("link", name="报送").click()
    county.get_by_label("姓名").fill("都匀联络员")
    county.get_by_role("button", name="报送").click()
    expect(county.locator("main")).to_contain_text("都匀联络员")
    county.goto("/contacts/")
    expect(county.locator("main")).to_contain_text("都匀联络员")
    assert Post.objects.get(organisation=organisation("522701"), duty=Post.Duty.LIAISON)
