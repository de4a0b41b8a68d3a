"""An approval with less land than applied for, its figure of the year, and money up to full pre-deposit."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.factories import ProjectFactory
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.reading import overflows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1440x900", "390x844"])
def test_an_approval_with_less_land_shows_the_difference_and_counts_in_its_year(
    signed_in: Callable[..., Page], officer: User, viewport: dict[str, int]
) -> None:
    project = ProjectFactory(name="都匀市滨江路", land={"total_m2": 10_000})
    county = signed_in(officer, viewport=viewport)
    county.goto(f"/projects/{project.pk}/?tab=documents")
    county.get_by_role("link", name="登记批复").click()
    county.get_by_label(re.compile("^文号")).fill("黔府用地函(2026) 12 号")
    county.get_by_label(re.compile("^批准机关")).fill("贵州省人民政府")
    county.get_by_label(re.compile("^批准日期")).fill("2026-03-02")
    county.locator(f"input[name='approved-{project.pk}-total']").fill("0.8500")
    county.get_by_role("button", name="保存").click()

    expect(county.locator("h1")).to_contain_text("黔府用地函〔2026〕12号")
    expect(county.locator("main")).to_contain_text("-0.1500")
    expect(county.locator("main")).to_contain_text("少于申请")
    county.goto("/documents/year/?year=2026&as_of=2026-12-31")
    county.get_by_role("link", name=re.compile("^0.850 公顷")).click()
    expect(county.locator("#list")).to_contain_text("黔府用地函〔2026〕12号")
    assert not overflows(county)


def test_an_expropriation_comes_to_full_deposit(signed_in: Callable[..., Page], officer: User) -> None:
    project = ProjectFactory(name="都匀市滨江路")
    county = signed_in(officer)
    county.goto(f"/projects/{project.pk}/?tab=expropriation")
    county.get_by_role("link", name="登记征收").click()
    county.get_by_label(re.compile("^被征地农村集体")).fill("沙寨村一组")
    county.get_by_label(re.compile("^征收面积")).fill("0.8000")
    county.get_by_label(re.compile("^征收情形")).select_option("2")
    county.get_by_role("button", name="保存").click()
    county.get_by_role("link", name="沙寨村一组").click()
    expect(county.locator("main")).to_contain_text("未登记应付征地补偿安置费")

    for kind, item in (
        ("DUE", "COMPENSATION"),
        ("DUE", "SOCIAL"),
        ("DEPOSIT", "COMPENSATION"),
        ("DEPOSIT", "SOCIAL"),
    ):
        county.get_by_role("link", name="登记资金").click()
        county.get_by_label(re.compile("^类型")).select_option(kind)
        county.get_by_label(re.compile("^费用")).select_option(item)
        county.get_by_label(re.compile("^金额")).fill("500000")
        if kind == "DEPOSIT":
            county.get_by_label("已存入专户").check()
        county.get_by_role("button", name="保存").click()

    expect(county.locator("main")).to_contain_text("足额预存")
    expect(county.locator("main")).not_to_contain_text("未足额预存")
