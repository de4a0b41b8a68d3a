"""Every page on a real Chromium: no violation of axe, no error in the console, no sideways scrolling."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from tests.journeys.conftest import WIDE
from tests.journeys.reading import AXE, at_both_sizes, overflows, violations
from tests.test_routes import ROUTES, Route
from tests.world import World, build_world

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Files, fragments that htmx puts into a page, and addresses for machines.
NO_PAGES = {
    "papers:download",
    "onboarding:file",
    *("healthz", "readyz", "account_logout", "account_set_password", "jobs:progress"),
    *("projects:export-file", "projects:template", "projects:marked"),
    *(
        "projects:submission-file",
        "dispatch:ledger-file",
        "dispatch:package-zip",
        "dispatch:package-file",
        "projects:annual-export",
        "projects:plan-word",
        "projects:queue-circular",
    ),
    *("desk:audit-export", "desk:preparation-export", "desk:decomposition-word"),
    *("desk:back-schedule-export", "desk:back-schedule-document", "desk:whose-days-export"),
    *("projects:pre-contact-document", "approvals:pauses-export"),
    *(
        "approvals:training-export",
        "dispatch:appraisal-export",
        "approvals:statistics-export",
        "approvals:library-export",
        "approvals:library-file",
        "approvals:set-quality-export",
    ),
    *("approvals:documents-export", "approvals:expropriations-export", "approvals:supplies-export"),
    *("projects:download-file", "projects:map-shares-export"),
    *("approvals:gates-export", "approvals:violations-export", "approvals:questions-export"),
    *("approvals:fees-export", "approvals:thrifts-export", "desk:task-list-export"),
    *("approvals:upward-export", "approvals:after-approval-export"),
    "dispatch:circular-file",
    *("quotas:application-export", "quotas:proposal-word", "quotas:settlement-export"),
    "quotas:ledger-export",
    *("approvals:three-batches-export", "approvals:field-improvements-export"),
    *("approvals:reserve-lands-export", "approvals:land-patrols-export"),
    "quotas:price-template",
    *("opinions:export", "opinions:round-word", "opinions:material"),
    *("consultations:topics-export", "consultations:meeting-export"),
    *("consultations:meeting-word", "consultations:minutes-word", "consultations:minutes-scan-file"),
    *("duties:lists", "duties:letter-word", "consultations:bulletin-word"),
}
OTHERS_MARKUP = {"api-docs"}  # Swagger's own; checked for console errors alone
READERS = ("dispatch", "sysadmin", "secadmin", "county", "anonymous")


def pages() -> list[tuple[Route, str]]:
    """Each page with the first reader who may open it."""
    found = []
    for route in ROUTES:
        is_api = "-" in route.name and ":" not in route.name and route.name != "api-docs"
        if route.method != "get" or route.name in NO_PAGES or is_api:
            continue
        reader = next((role for role in READERS if route.statuses[role] == 200), None)
        if reader is not None:
            found.append((route, reader))
    return found


@pytest.fixture
def world(transactional_db: None, people: dict[str, User], secadmin: User) -> World:
    people["secadmin"] = secadmin
    return build_world(officer=people["county"], dispatcher=people["dispatch"])


SHARES = 4  # As many as keep every processor of the machine busy.


@pytest.mark.parametrize("share", range(SHARES))
def test_every_page_is_accessible_and_quiet(
    share: int,
    world: World,
    people: dict[str, User],
    signed_in: Callable[..., Page],
    new_page: Callable[..., Page],
) -> None:
    """Each page at a desk's size and, without loading it again, at a phone's."""

    @cache
    def page_of(reader: str) -> Page:
        page = new_page() if reader == "anonymous" else signed_in(people[reader])
        page.add_init_script(path=AXE)
        return page

    problems: list[str] = []

    for route, reader in pages()[share::SHARES]:
        page = page_of(reader)
        page.set_viewport_size(WIDE)
        response = page.goto(route.url(world), wait_until="load")
        assert response is not None
        if response.status != 200:
            problems.append(f"{route.name}: {response.status}")
            continue
        page.evaluate("new Promise(done => requestIdleCallback(done, {timeout: 50}))")
        for width in at_both_sizes(page):
            keep_picture(page, route.name, width)
            if route.name in OTHERS_MARKUP:
                continue
            problems += [f"{route.name} at {width}: {found}" for found in violations(page, tags=TAGS)]
            if overflows(page):
                problems.append(f"{route.name} at {width}: the page scrolls sideways")

    assert not problems, "\n".join(problems)


def keep_picture(page: Page, name: str, width: int) -> None:
    """With LANDGUARD_PICTURES=folder: every page as it looks, for people to compare with ux/."""
    folder = os.environ.get("LANDGUARD_PICTURES")
    if folder:
        file = Path(folder) / f"{name.replace(':', '-')}-{width}.png"
        page.screenshot(path=file)


def test_every_page_has_a_reader() -> None:
    assert {role for _, role in pages()} == set(READERS)
    assert len(pages()) > 30
    assert reverse("desk:home") == "/"
