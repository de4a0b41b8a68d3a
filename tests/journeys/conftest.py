"""A real Chromium, and people signed in on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.templatetags.static import static
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from accounts.models import User

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# Longer than lies between the tests' clock and the browser's, which is the machine's.
KEPT_SECONDS = 10 * 365 * 24 * 60 * 60
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page's scripts run for a moment: to compile them again, faster, takes longer than that gives back.
    "--js-flags=--no-opt --no-maglev",
]

# Playwright's sync API keeps an event loop running in the main thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


def chromium_path() -> str | None:
    """CHROMIUM_PATH, else the first Chromium on PATH."""
    named = os.environ.get("CHROMIUM_PATH")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.fail("No Chromium found; set CHROMIUM_PATH or install the package chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def kept_files() -> Iterator[None]:
    """Static files as in production, where a browser fetches each of them once. Before `live_server`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "WHITENOISE_MAX_AGE", KEPT_SECONDS, raising=False)
        yield


@pytest.fixture(scope="session")
def live_server(kept_files: None, live_server: Any) -> Any:
    """The server that pages are read from."""
    with urlopen(live_server.url + static("landguard/app.js")) as answer:
        assert f"max-age={KEPT_SECONDS}" in answer.headers["Cache-Control"]
    return live_server


@pytest.fixture
def new_page(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open pages in fresh contexts; console errors of any page fail the test at its end."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(*, viewport: dict[str, int] = WIDE) -> Page:
        context = chromium.new_context(
            viewport=viewport,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=live_server.url,
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: errors.append(str(e)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    # A refused form answers 422, a locked account 429, and the browser writes that to its console; that
    # is no error of ours.
    assert [error for error in errors if "422" not in error and "429 (" not in error] == []


@pytest.fixture
def signed_in(new_page: Callable[..., Page], live_server: Any) -> Callable[..., Page]:
    """Give a user's browser page, signed in and still empty.

    Their session is made without the sign-in page, which test_signing_in and test_sheets walk through.
    """

    def sign_in(user: User, *, viewport: dict[str, int] = WIDE) -> Page:
        page = new_page(viewport=viewport)
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        return page

    return sign_in
