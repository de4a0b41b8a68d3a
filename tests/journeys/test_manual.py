"""The manuals' pictures come from the pages as they are; a reader finds help from where they stand."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from desk.handbook import FOLDER
from tests.desk.manual_pictures import PICTURES
from tests.test_routes import Route
from tests.world import FROZEN_TIME, World, build_world

VIEW = {"width": 1200, "height": 720}
# LANDGUARD_MANUAL_PICTURES=1 script/test tests/journeys/test_manual.py takes them anew.
TAKING = bool(os.environ.get("LANDGUARD_MANUAL_PICTURES"))


@pytest.fixture
def world(transactional_db: None, people: dict[str, User]) -> World:
    with time_machine.travel(FROZEN_TIME, tick=True):
        return build_world(officer=people["county"], dispatcher=people["dispatch"])


def test_the_pictures_are_taken_from_the_pages_and_each_leads_to_its_section(
    world: World, people: dict[str, User], signed_in: Callable[..., Page]
) -> None:
    with time_machine.travel(FROZEN_TIME, tick=True):
        world.desk_rows.maintenance.delete()
        for person in people.values():
            person.title = person.get_role_display()
            person.save(update_fields=["title"])
        pages = {reader: signed_in(people[reader], viewport=VIEW) for reader, _, _ in PICTURES.values()}
        for name, (reader, route, row) in PICTURES.items():
            page = pages[reader]
            answer = page.goto(Route(route, "get", row, {}).url(world), wait_until="load")
            assert answer is not None
            assert answer.status == 200, name
            page.wait_for_timeout(300)
            if TAKING:
                take(page, name)
            help_link = page.get_by_role("link", name="本页帮助")
            assert "/help/" in str(help_link.get_attribute("href")), name

        page = pages["county"]
        page.goto(reverse("projects:upload"))
        page.get_by_role("link", name="本页帮助").click()
        expect(page.get_by_role("heading", name="报送项目清单")).to_be_in_viewport()
        shown = page.evaluate(
            "() => [...document.querySelectorAll('img.lg-shot')].map(i => {"
            " i.loading = 'eager'; return i.decode().then(() => i.naturalWidth, () => 0) })"
            ".reduce(async (all, one) => [...await all, await one], Promise.resolve([]))"
        )
    assert shown
    assert all(width == VIEW["width"] for width in shown)


def take(page: Page, name: str) -> None:
    """A picture small enough to be committed."""
    session = page.context.new_cdp_session(page)
    for quality in (70, 55, 40, 25):
        shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": quality})
        content = base64.b64decode(shot["data"])
        if len(content) <= 58 * 1024:
            break
    (FOLDER / "pictures" / f"{name}.webp").write_bytes(content)
