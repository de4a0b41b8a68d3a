"""A county is refused with the clause; the bureau tries out, proposes, is paid and hooks up. On Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from core import clock
from quotas import rules, selectors
from quotas.models import Application, Movement
from tests.factories import AnnualListFactory
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.reading import overflows
from tests.papers import files
from tests.quotas.scenes import AREA, STATE, agreed, price, provincial_project, stock, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1440x900", "390x844"])
def test_an_application_is_refused_with_its_clause_and_goes_in_once_it_is_right(
    signed_in: Callable[..., Page], officer: User, tmp_path: Path, viewport: dict[str, int]
) -> None:
    stock("522701", 20_000, holder="522701")
    project = provincial_project(name="都匀市滨江路")
    county = signed_in(officer, viewport=viewport)
    county.goto(f"/quota/applications/new/?pool=farmland&project={project.pk}")
    expect(county.get_by_label("补充耕地数量申请数量（公顷）")).to_have_value("3.0000")
    county.get_by_label("补充耕地数量申请数量（公顷）").fill("4")
    county.get_by_label("申请理由").fill("本县库存不足")
    county.get_by_label("价款筹集").fill("县财政预算")
    county.get_by_role("button", name="保存").click()
    for item in ("申请报告", "预审选址文件", "批准、核准或备案文件"):
        file = tmp_path / f"{item}.pdf"
        file.write_bytes(files.pdf(text=item))
        county.get_by_role("combobox", name="材料").select_option(label=item)
        county.set_input_files("input[type=file]", str(file))
        county.get_by_role("button", name="上传材料").click()
        expect(county.locator("#flash")).to_contain_text(f"“{item}”已上传")

    county.get_by_role("button", name="提交").click()
    expect(county.get_by_role("alert")).to_contain_text("超过缺口")
    expect(county.get_by_role("alert")).to_contain_text("调节池办法第11条")
    county.get_by_role("link", name="修改", exact=True).click()
    county.get_by_label("补充耕地数量申请数量（公顷）").fill("3")
    county.get_by_role("button", name="保存").click()
    county.get_by_role("button", name="提交").click()

    expect(county.locator("#flash")).to_contain_text("申请已提交")
    assert Application.objects.get().state == "SUBMITTED"
    assert not overflows(county)


def test_a_what_if_writes_nothing_and_a_proposal_is_committed(
    signed_in: Callable[..., Page], officer: User, section: User
) -> None:
    for owner, amount in (("522701", 32_000), (STATE, 40_000), ("522725", 60_000)):
        stock(owner, amount)
    price(AREA, rules.price_window(clock.today()).last, "152000", "G-1", by=section)
    land = {"total_m2": 200_000, "arable_m2": 50_000}
    project = provincial_project(
        name="都匀市滨江路", land=land, annual_list=AnnualListFactory(year=clock.today().year)
    )
    application = submitted(officer, project)
    before = Movement.objects.count()
    bureau = signed_in(section)

    bureau.goto("/quota/what-if/")
    bureau.get_by_label("都匀市滨江路", exact=False).check()
    bureau.get_by_label("对照：均价口径").select_option("volume_weighted")
    bureau.get_by_role("button", name="试算").click()
    expect(bureau.locator("#result")).to_contain_text("方案二")
    expect(bureau.locator("#result")).to_contain_text("第一顺序：本县被统筹指标")
    assert Movement.objects.count() == before

    bureau.goto(f"/quota/applications/{application.pk}/")
    bureau.get_by_role("link", name="拟定方案").click()
    bureau.get_by_label("调剂理由").fill("县域确有缺口")
    bureau.get_by_role("button", name="拟定").click()
    expect(bureau.locator("main")).to_contain_text("4,104,000.00")
    assert Movement.objects.count() == before
    stock("522728", 70_000)
    bureau.get_by_role("link", name="提交方案").click()
    bureau.get_by_role("button", name="提交", exact=True).click()
    expect(bureau.locator("main")).to_contain_text("罗甸县 补充耕地数量余额由 0.0000 公顷 变为 7.0000 公顷")

    bureau.goto(f"/quota/applications/{application.pk}/propose/")
    bureau.get_by_label("调剂理由").fill("县域确有缺口")
    bureau.get_by_role("button", name="拟定").click()
    bureau.get_by_role("link", name="提交方案").click()
    bureau.get_by_role("button", name="提交", exact=True).click()
    expect(bureau.locator("#flash")).to_contain_text("指标已预占")
    assert selectors.coverage_of_project(project_id=application.project_id).is_covered


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1440x900", "390x844"])
def test_hook_up_waits_for_the_last_payment(
    signed_in: Callable[..., Page],
    officer: User,
    section: User,
    dispatcher: User,
    tmp_path: Path,
    viewport: dict[str, int],
) -> None:
    proposal = agreed(officer, section, dispatcher)
    bureau = signed_in(section, viewport=viewport)
    bureau.goto(f"/quota/proposals/{proposal.pk}/")
    assert not overflows(bureau)

    def pay(payee: str, yuan: str, number: str) -> None:
        voucher = tmp_path / f"{number}.pdf"
        voucher.write_bytes(files.pdf(text=number))
        bureau.get_by_role("link", name="登记缴款").click()
        option = bureau.get_by_label("收款方").locator("option", has_text=payee)
        bureau.get_by_label("收款方").select_option(value=option.get_attribute("value"))
        bureau.get_by_label("缴款凭证号").fill(number)
        bureau.get_by_label("金额（元）").fill(yuan)
        bureau.get_by_label("缴款日期").fill(clock.today().isoformat())
        bureau.set_input_files("input[type=file]", str(voucher))
        bureau.get_by_role("button", name="保存").click()
        expect(bureau.locator("#flash")).to_contain_text("缴款已登记")

    pay("瓮安", "4104000", "PZ-1")
    bureau.get_by_role("link", name="办理挂钩").click()
    bureau.get_by_label("用地报件编号").fill("报件1")
    bureau.get_by_role("button", name="挂钩").click()
    expect(bureau.locator("main")).to_contain_text("尚欠 9120000.00 元")
    bureau.goto(f"/quota/proposals/{proposal.pk}/")
    pay("黔南", "9120000", "PZ-2")
    bureau.get_by_role("link", name="办理挂钩").click()
    bureau.get_by_label("用地报件编号").fill("报件1")
    bureau.get_by_role("button", name="挂钩").click()

    expect(bureau.locator("#flash")).to_contain_text("已挂钩")
    assert selectors.coverage_of_project(project_id=proposal.application.project_id).is_posted
