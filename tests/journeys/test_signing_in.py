"""A new administrator's first day: invited, locked out and let in again, with a second factor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts import totp
from accounts.models import SignInRule, User
from core import clock
from tests import factories
from tests.journeys.conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "Xin-mima-2026-ok"


def enter(page: Page, username: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", password)
    with page.expect_navigation():
        page.click("main button[type=submit]")


def test_invited_locked_out_let_in_and_asked_for_a_second_factor(
    new_page: Callable[..., Page], signed_in: Callable[..., Page], sysadmin: User, secadmin: User
) -> None:
    SignInRule.objects.create(effective_from=clock.today(), factor_roles=["AUDITOR"])

    bureau = sysadmin.organisation
    assert bureau is not None

    keeper = signed_in(sysadmin)
    keeper.goto("/users/new/")
    keeper.fill("input[name=username]", "shenji2")
    keeper.fill("input[name=title]", "审计岗")
    keeper.select_option("select[name=organisation]", str(bureau.pk))
    keeper.select_option("select[name=role]", "AUDITOR")
    keeper.click("main form.lg-form button[type=submit]")
    keeper.wait_for_selector("#one-time-password")
    made = User.objects.get(username="shenji2")
    keeper.goto(f"/users/{made.pk}/")
    keeper.click("text=发出邀请链接")
    link = keeper.inner_text("#invitation-link")

    person = new_page(viewport=PHONE)
    person.goto("/invitation/" + link.split("/invitation/")[1])
    person.fill("input[name=password1]", PASSWORD)
    person.fill("input[name=password2]", PASSWORD)
    person.click("main button[type=submit]")
    person.wait_for_selector("text=密码已设置")

    guard = new_page()
    enter(guard, secadmin.username, factories.PASSWORD)
    guard.wait_for_url("**/users/")
    guard.goto(f"/users/{made.pk}/security/")
    guard.click("main form.lg-form button[type=submit]")
    guard.wait_for_selector("text=已授予审计管理员")

    for _ in range(5):
        enter(person, "shenji2", "wrong-Password-1")
    person.wait_for_selector("h1:has-text('账号已锁定')")
    enter(person, "shenji2", PASSWORD)
    person.wait_for_selector("h1:has-text('账号已锁定')")
    guard.reload()
    guard.click("text=解除锁定")
    guard.click("dialog[open] button[value=yes]")
    guard.wait_for_selector("text=已解除 shenji2 的锁定")

    enter(person, "shenji2", PASSWORD)
    person.wait_for_selector("h1:has-text('启用双因素')")
    secret = person.inner_text("#factor-secret")
    person.fill("input[name=code]", totp.code_at(secret, int(clock.now().timestamp()) // totp.PERIOD_SECONDS))
    person.click("main button[type=submit]")
    expect(person.locator("#recovery-codes li")).to_have_count(10)
    codes = person.locator("#recovery-codes li").all_inner_texts()
    person.click("main button[type=submit]")
    person.wait_for_url("**/audit/")
    expect(person.locator("tbody").get_by_text("启用双因素").first).to_be_visible()

    second = new_page()
    enter(second, "shenji2", PASSWORD)
    second.wait_for_selector("h1:has-text('双因素验证')")
    second.fill("input[name=code]", codes[0])
    second.click("main button[type=submit]")
    second.wait_for_url("**/audit/")
    second.goto("/accounts/sessions/")
    second.click("text=结束其他登录")
    second.click("dialog[open] button[value=yes]")
    second.wait_for_selector("text=已结束其他 1 处登录")
    person.goto("/audit/")
    person.wait_for_selector("input[name=login]")
