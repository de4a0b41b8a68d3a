"""The dossier as people use it: papers in, out and replaced; words, follows, verifications."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from papers.models import Paper
from projects.models import Comment, Follow, Verification
from projects.services.comments import comment
from tests.factories import ProjectFactory
from tests.journeys.conftest import PHONE
from tests.journeys.reading import at_both_sizes, overflows, violations
from tests.papers import files
from tests.papers.test_papers import attached

pytestmark = pytest.mark.django_db(transaction=True)
TAB_IN_SIGHT = """(() => {
    const box = document.querySelector(".lg-tabs [aria-current]").getBoundingClientRect();
    return box.left >= 0 && box.right <= window.innerWidth;
})()"""
ALL_TABS_IN_SIGHT = """(() => {
    const row = document.querySelector(".lg-tabs");
    return row.scrollWidth <= row.clientWidth;
})()"""


def test_a_paper_goes_in_is_replaced_and_stays_from_strangers(
    signed_in: Callable[..., Page], officer: User, stranger: User, tmp_path: Path
) -> None:
    project = ProjectFactory(name="都匀市抽水蓄能电站")
    address = f"/projects/{project.pk}/?tab=papers"
    first, second, wrong = tmp_path / "批复.pdf", tmp_path / "批复二.pdf", tmp_path / "程序.pdf"
    first.write_bytes(files.pdf())
    second.write_bytes(files.pdf(text="2"))
    wrong.write_bytes(b"MZ\x90")
    county = signed_in(officer)
    county.goto(address)

    county.get_by_label("类型").select_option("DECISION")
    county.get_by_label("名称").fill("用地预审批复")
    county.set_input_files("#paper-form input[type=file]", str(wrong))
    county.get_by_role("button", name="上传", exact=True).click()
    expect(county.locator("#papers")).to_contain_text("与扩展名 .pdf 不符")
    expect(county.get_by_label("名称")).to_have_value("用地预审批复")
    county.set_input_files("#paper-form input[type=file]", str(first))
    county.get_by_role("button", name="上传", exact=True).click()
    expect(county.locator("#flash")).to_contain_text("附件已上传")
    expect(county.locator("#papers")).to_contain_text("第 1 版")

    county.get_by_role("link", name="上传新版本").click()
    county.set_input_files("input[type=file]", str(second))
    county.get_by_role("button", name="上传新版本").click()
    expect(county.locator("#papers")).to_contain_text("第 2 版")
    with county.expect_download() as saved:
        county.get_by_role("link", name="用地预审批复", exact=True).click()
    assert saved.value.suggested_filename == "批复二.pdf"
    assert Path(saved.value.path()).read_bytes() == files.pdf(text="2")

    newest = Paper.objects.current().get()
    foreign = signed_in(stranger)
    refused = foreign.request.get(f"/papers/{newest.pk}/")
    assert refused.status == 404


def test_a_file_may_be_dropped(signed_in: Callable[..., Page], officer: User) -> None:
    project = ProjectFactory()
    county = signed_in(officer)
    county.goto(f"/projects/{project.pk}/?tab=papers")

    carried = county.evaluate_handle(
        """bytes => {
            const carried = new DataTransfer();
            const file = new File([new Uint8Array(bytes)], "现场.pdf", { type: "application/pdf" });
            carried.items.add(file);
            return carried;
        }""",
        list(files.pdf()),
    )
    county.locator("[data-lg-drop]").dispatch_event("drop", {"dataTransfer": carried})
    county.get_by_label("类型").select_option("EVIDENCE")
    county.get_by_role("button", name="上传", exact=True).click()

    expect(county.locator("#papers")).to_contain_text("现场.pdf")


def test_follow_verify_and_speak(signed_in: Callable[..., Page], officer: User, leader: User) -> None:
    project = ProjectFactory(name="都匀市抽水蓄能电站")
    county = signed_in(officer)
    county.goto(f"/projects/{project.pk}/")

    county.get_by_role("button", name="关注", exact=True).click()
    expect(county.get_by_role("button", name="取消关注")).to_be_visible()
    county.get_by_role("button", name="已核实无变化").click()
    expect(county.locator(".lg-fresh")).to_contain_text("情况已核实")
    county.get_by_role("link", name="记录今日进展").click()
    county.get_by_label("今日进展").fill("林地报告已送审")
    county.get_by_role("button", name="记录今日进展").click()
    expect(county.locator(".lg-fresh")).to_contain_text("林地报告已送审")

    office = signed_in(leader)
    office.goto(f"/projects/{project.pk}/?tab=comments")
    office.get_by_label("内容").fill("请于本周内办结林地手续。")
    office.get_by_role("button", name="登记批示").click()
    expect(office.locator(".lg-directive")).to_contain_text("请于本周内办结林地手续。")

    assert Follow.objects.filter(follower=officer).exists()
    assert Verification.objects.count() == 2
    assert Comment.objects.get().is_directive


def test_every_tab_is_accessible(signed_in: Callable[..., Page], officer: User) -> None:
    project = ProjectFactory(name="都匀市抽水蓄能电站")
    first = attached(officer, project)
    attached(officer, project, text="2", replaces=first)
    comment(actor=officer, project=project, text="林地手续尚在补正，预计 12 月上旬办结。")
    page = signed_in(officer)

    for tab in ("progress", "land", "materials", "papers", "problems", "comments", "history"):
        page.goto(f"/projects/{project.pk}/?tab={tab}")
        for width in at_both_sizes(page):
            assert violations(page) == [], (tab, width)
            assert not overflows(page), (tab, width)


def test_the_open_tab_is_in_sight_at_every_width(signed_in: Callable[..., Page], officer: User) -> None:
    project = ProjectFactory(name="都匀市抽水蓄能电站")
    phone = signed_in(officer, viewport=PHONE)
    phone.goto(f"/projects/{project.pk}/?tab=history")
    assert phone.evaluate(TAB_IN_SIGHT)

    wide = signed_in(officer)
    wide.goto(f"/projects/{project.pk}/")
    assert wide.evaluate(ALL_TABS_IN_SIGHT)
