"""A county types its land in 亩 and sees what follows; the bureau decides a site. On a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from projects.models import Siting
from tests.factories import ProjectFactory
from tests.journeys.conftest import PHONE, WIDE
from tests.papers import files

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1440x900", "390x844"])
def test_land_typed_in_mu_is_checked_while_typing_and_shows_as_typed(
    signed_in: Callable[..., Page], officer: User, viewport: dict[str, int]
) -> None:
    project = ProjectFactory(name="都匀市滨江路", track="batch", land={"total_m2": 400_000})
    county = signed_in(officer, viewport=viewport)
    county.goto(f"/projects/{project.pk}/?tab=land")
    county.get_by_role("link", name="修改用地").click()
    county.get_by_role("link", name="亩", exact=True).click()
    county.wait_for_url("**unit=mu**")

    county.get_by_label(re.compile("^耕地（亩）")).fill("700")
    expect(county.locator("#land-check")).to_contain_text("耕地大于总面积")
    county.get_by_label(re.compile("^总面积（亩）")).fill("750")
    expect(county.locator("#land-check")).to_contain_text("国务院")
    expect(county.locator("#land-check")).to_contain_text("超过 35.0000 公顷")
    county.get_by_role("button", name="保存").click()

    expect(county.locator("#flash")).to_contain_text("用地面积已保存")
    expect(county.locator("main")).to_contain_text("750 亩")
    project.land.refresh_from_db()
    assert project.land.entered["total_m2"] == {"value": "750", "unit": "mu"}


def test_a_site_is_looked_for_and_decided(
    signed_in: Callable[..., Page], officer: User, section: User, tmp_path: Path
) -> None:
    project = ProjectFactory(name="都匀装备制造项目", land={"total_m2": 20_000})
    proof = tmp_path / "园区意见.pdf"
    proof.write_bytes(files.pdf(text="园区"))
    county = signed_in(officer)
    county.goto(f"/projects/{project.pk}/?tab=siting")
    county.get_by_role("link", name="登记选址位置").click()
    county.get_by_label(re.compile("选址位置")).fill("绿茵湖街道")
    county.get_by_role("button", name="保存").click()
    county.get_by_role("link", name="登记比对").click()
    county.get_by_label(re.compile("^生态保护红线$")).select_option("CONFLICT")
    county.get_by_label(re.compile("生态保护红线说明")).fill("压占 0.3 公顷")
    county.get_by_role("button", name="保存").click()
    expect(county.locator("main")).to_contain_text("不符合")
    county.get_by_role("link", name="核实进入开发区").click()
    county.get_by_label("能满足", exact=True).check()
    county.get_by_label(re.compile("情况说明")).fill("在园区内")
    county.set_input_files("input[type=file]", str(proof))
    county.get_by_role("button", name="保存").click()
    expect(county.locator("main")).to_contain_text("园区")

    bureau = signed_in(section)
    bureau.goto(f"/projects/{project.pk}/site/decide/")
    bureau.get_by_label("符合两规", exact=True).check()
    bureau.get_by_label(re.compile("判断理由")).fill("套合图")
    bureau.get_by_role("button", name="保存").click()
    expect(bureau.locator("main")).to_contain_text("不能判断为符合两规")
    bureau.get_by_label("可作“两规”一致性处理", exact=True).check()
    bureau.get_by_label(re.compile("方案报批时限")).fill("10")
    bureau.get_by_role("button", name="保存").click()

    expect(bureau.locator("main")).to_contain_text("编制一致性处理方案并报批")
    assert Siting.objects.get().scheme == "NEEDED"
