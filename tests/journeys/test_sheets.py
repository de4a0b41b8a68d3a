"""Sign-in, lockout, password and error pages: what a person sees before and beside the product."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD, UserFactory
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.reading import violations

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1440x900", "390x844"])


def try_to_sign_in(page, *, username, password):
    page.goto("/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")


@SIZES
def test_the_sign_in_page_is_accessible_and_says_what_was_wrong(new_page, viewport):
    page = new_page(viewport=viewport)
    page.goto("/accounts/login/")
    assert violations(page) == []

    try_to_sign_in(page, username="nobody", password="wrong")

    expect(page.locator(".lg-errors")).to_be_visible()
    expect(page.locator("input[name=login]")).to_have_value("nobody")
    assert violations(page) == []


def test_the_password_page_is_accessible_and_explains_the_rules(new_page):
    user = UserFactory(must_change_password=True)
    page = new_page()
    try_to_sign_in(page, username=user.username, password=PASSWORD)

    page.wait_for_url("**/accounts/password/change/")

    expect(page.locator("main")).to_contain_text("首次登录须设置本人密码")
    assert violations(page) == []
