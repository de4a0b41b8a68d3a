"""A problem from the county to the bureau, its task there and back, the letter between, and the close."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from duties.models import Problem, Task
from tests.duties.test_tree import sheet
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)


def confirm(page: Page) -> None:
    page.get_by_role("button", name="确认", exact=True).click()


def test_a_problem_becomes_a_task_that_is_urged_reported_verified_and_struck_off(
    signed_in: Callable[..., Page], dispatcher: User, officer: User
) -> None:
    due = timezone.localdate() + timedelta(days=20)
    project = ProjectFactory(name="都匀市城东水厂")

    # The county puts it on the list from the dossier; its kind finds the office.
    county = signed_in(officer)
    county.goto(f"/projects/{project.pk}/?tab=problems")
    county.get_by_role("link", name="登记问题").click()
    county.get_by_label("问题类别").select_option("BALANCE")
    county.locator("#id_title").fill("补充耕地指标缺口")
    county.get_by_label("问题描述").fill("缺口 2 公顷，县内无法平衡。")
    county.get_by_role("button", name="登记").click()
    expect(county.locator("#flash")).to_contain_text("由耕地保护监督科承办")

    # The dispatch office makes a task of it and urges it.
    bureau = signed_in(dispatcher)
    bureau.goto("/problems/")
    bureau.get_by_role("link", name="补充耕地指标缺口").click()
    bureau.get_by_role("link", name="交办任务", exact=True).click()
    bureau.get_by_label("任务（措施）").fill("落实补充耕地指标")
    bureau.get_by_label("完成标准").fill("指标入库")
    bureau.get_by_label("责任单位").select_option("522701-ZRZY")
    bureau.get_by_label("完成时限").fill(f"{due:%Y-%m-%d}")
    bureau.get_by_role("button", name="交办任务").click()
    expect(bureau.locator("#flash")).to_contain_text("已办理")
    bureau.get_by_role("link", name="落实补充耕地指标").click()
    bureau.get_by_role("link", name="督办", exact=True).click()
    bureau.get_by_label("督办要求").fill("请抓紧办理。")
    bureau.get_by_role("button", name="发督办函").click()
    expect(bureau.locator("#flash")).to_contain_text("已发出督办函 1 份")

    # The county finds it in its work, takes it, reports; nothing is not a result.
    county.goto("/")
    county.get_by_role("link", name="任务：落实补充耕地指标").first.click()
    county.get_by_role("link", name="接收").click()
    county.get_by_role("button", name="接收").click()
    county.get_by_role("link", name="登记进展").click()
    county.get_by_label("本期进展").fill("已完成踏勘。")
    county.get_by_role("button", name="登记进展").click()
    county.get_by_role("link", name="报告结果").click()
    county.get_by_label("办理结果").fill("指标已入库 2 公顷。")
    county.get_by_role("button", name="报告结果").click()
    expect(county.locator("main")).to_contain_text("等待核验")

    # Verified, the problem is resolved by itself, and struck off by who keeps the list.
    bureau.goto(Task.objects.get().get_absolute_url())
    bureau.get_by_role("link", name="核验通过").click()
    bureau.get_by_role("button", name="核验通过").click()
    bureau.get_by_role("link", name="查看问题").click()
    expect(bureau.locator("main")).to_contain_text("等待销号")
    bureau.get_by_role("link", name="销号").click()
    bureau.get_by_role("button", name="销号").click()
    expect(bureau.locator("#flash")).to_contain_text("销号")
    assert Problem.objects.get().state == "CLOSED"


def test_a_task_book_shows_its_errors_before_anything_is_issued(
    signed_in: Callable[..., Page], dispatcher: User
) -> None:
    page = signed_in(dispatcher)

    def send(last: str) -> None:
        page.goto("/tasks/books/new/")
        page.get_by_label("名称").fill("耕地保护任务分解")
        page.get_by_label("应有大项").fill("3")
        page.get_by_label("应有小项").fill("4")
        upload = sheet(3, 4, last=last)
        page.get_by_label("任务分解表").set_input_files(
            {"name": upload.name, "mimeType": "text/csv", "buffer": upload.content}
        )
        page.get_by_role("button", name="读取").click()

    send("")
    expect(page.locator("main")).to_contain_text("没有落实具体负责人")
    assert not Task.objects.exists()
    send("李工")
    page.get_by_role("button", name="确认交办").click()
    confirm(page)
    expect(page.locator("#flash")).to_contain_text("已交办")
    expect(page.get_by_role("row")).to_have_count(8)
