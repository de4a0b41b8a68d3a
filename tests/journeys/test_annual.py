"""From adoption to a published list, its difference, and the guarantee plan as a Word document."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import docx
import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from core import clock
from projects.services.annual_list import publish_version
from projects.services.screening import Adoption, adopt
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)
LAND = {"total_m2": 400_000, "arable_m2": 120_000, "new_construction_m2": 350_000}


@pytest.fixture
def published(dispatcher: User) -> None:
    """One project on the list as first published, today."""
    today = clock.today()
    project = ProjectFactory(submitted=True, name="都匀水厂", land=LAND)
    adopt(actor=dispatcher, adoption=Adoption(project.pk, "batch"), today=today)
    publish_version(actor=dispatcher, year=today.year, published_on=today, reason="年初清单", today=today)


def test_the_bureau_adopts_publishes_and_everybody_compares(
    published: None, signed_in: Callable[..., Page], dispatcher: User, officer: User
) -> None:
    ProjectFactory(submitted=True, name="都匀至三都公路", land=LAND)
    bureau = signed_in(dispatcher)
    bureau.goto("/screening/")
    bureau.get_by_label("选择 都匀至三都公路", exact=True).check()
    bureau.locator("select[name$=track]").first.select_option("single_site")
    bureau.get_by_role("button", name="采纳所选").click()
    bureau.get_by_role("button", name="确认").click()
    expect(bureau.locator("#flash")).to_contain_text("已采纳 1 个项目")

    bureau.goto("/annual/")
    bureau.get_by_role("link", name="待发布变动 1 项").click()
    expect(bureau.get_by_role("link", name="都匀至三都公路")).to_be_visible()
    bureau.get_by_label("发布说明").fill("年中增补")
    bureau.get_by_role("button", name="发布", exact=True).click()
    bureau.get_by_role("button", name="确认", exact=True).click()
    expect(bureau.locator("#flash")).to_contain_text("第2版已发布")

    county = signed_in(officer)
    county.goto("/annual/")
    expect(county.locator("main")).to_contain_text("第 2 版")
    expect(county.locator("#list tbody tr")).to_have_count(2)
    county.get_by_role("link", name="版本对比").click()
    expect(county.get_by_role("heading", name="新增 1 个")).to_be_visible()
    expect(county.get_by_role("link", name="都匀至三都公路")).to_be_visible()


def test_the_plan_is_drafted_settled_and_downloaded(
    published: None, signed_in: Callable[..., Page], dispatcher: User
) -> None:
    page = signed_in(dispatcher)
    page.goto("/annual/plan/")
    expect(page.get_by_text("1 个在办项目没有纳入本年度方案")).to_be_visible()

    page.get_by_label("统一完成时限").fill(f"{clock.today():%Y}-12-31")
    page.get_by_role("button", name="生成").click()
    expect(page.locator("#flash")).to_contain_text("已生成 2 项")
    page.get_by_role("link", name=re.compile("修改 都匀水厂：占用耕地")).click()
    page.get_by_label("责任人").fill("李局")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#list")).to_contain_text("李局")
    page.get_by_label("定稿说明").fill("初稿")
    page.get_by_role("button", name="定稿", exact=True).click()
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.locator("#flash")).to_contain_text("第 1 版已定稿")

    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Word").click()
    document = docx.Document(io.BytesIO(download.value.path().read_bytes()))
    assert "李局" in [cell.text for row in document.tables[0].rows for cell in row.cells]


def test_a_figure_of_demand_opens_the_projects_behind_it(
    published: None, signed_in: Callable[..., Page], dispatcher: User
) -> None:
    page = signed_in(dispatcher)
    page.goto("/annual/quota/")
    page.get_by_role("link", name="登记计划指标").click()
    page.get_by_label("下达单位").select_option(label="都匀市人民政府")
    page.get_by_label("面积").fill("300")
    page.get_by_label("下达文号").fill("黔自然资函〔2026〕7号")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator(".lg-kpis")).to_contain_text("300.00")
    expect(page.locator(".lg-kpis")).to_contain_text("225.00")

    page.locator("tr", has_text="都匀市").get_by_role("link", name="525.00").first.click()

    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator(".lg-bulk").first).to_contain_text("525.00")
