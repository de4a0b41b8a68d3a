"""A file goes up a level: registered in the dossier, found in the list, on a real Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.factories import ProjectFactory
from tests.journeys.reading import overflows

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_way_of_a_file_is_registered_and_found(signed_in: Callable[..., Page], officer: User) -> None:
    project = ProjectFactory(name="都匀水库")
    page = signed_in(officer)

    page.goto(f"/projects/{project.pk}/?tab=file")
    expect(page.get_by_text("还没有登记报件去向")).to_be_visible()
    page.get_by_label("层级").select_option(label="省级")
    page.get_by_label("在办单位（处室）").fill("省自然资源厅用途管制处")
    page.get_by_role("button", name="登记报件去向").click()

    expect(page.locator("#flash")).to_contain_text("报件现在省级 省自然资源厅用途管制处")
    expect(page.get_by_role("row", name="省自然资源厅用途管制处")).to_contain_text("现在")

    page.goto("/projects/?cols=name,file&file=mine")
    expect(page.locator("#list")).to_contain_text("省级 省自然资源厅用途管制处")
    assert not overflows(page)
