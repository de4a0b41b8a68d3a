"""Stock-in to the pool, and its reversal, as an officer does it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from quotas import selectors
from quotas.models import Account, Booking
from tests.factories import organisation

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_stock_in_reaches_the_pool_and_is_reversed(
    signed_in: Callable[..., Page], dispatcher: User
) -> None:
    page = signed_in(dispatcher)
    page.goto("/pool/")
    page.get_by_role("link", name="占补指标入库").click()
    page.get_by_label("县（市）").select_option(label=organisation("522730").name)
    page.get_by_label("部系统备案编号").fill("522730-2026-01")
    page.get_by_label("耕地数量新增").fill("45.106")
    page.get_by_label("事由").fill("洗马镇土地整治入库")
    page.get_by_label("依据文号").fill("黔自然资函〔2026〕18号")
    page.get_by_role("button", name="登记", exact=True).click()

    expect(page.get_by_text("占补指标入库已登记")).to_be_visible()
    expect(page.get_by_role("row", name="补充耕地数量 龙里")).to_contain_text("4.5106")

    page.get_by_role("link", name="洗马镇土地整治入库").click()
    expect(page.get_by_text("划入州池 4.5106 公顷")).to_be_visible()
    page.get_by_role("link", name="冲正", exact=True).click()
    page.get_by_label("事由").fill("备案数量有误")
    page.get_by_label("依据文号").fill("更正1号")
    page.get_by_role("button", name="冲正", exact=True).click()

    expect(page.locator("main")).to_contain_text("已冲正")
    assert not Account.objects.exclude(balance=0).exists()
    assert Booking.objects.count() == 2
    assert selectors.prove_ledger().is_sound
