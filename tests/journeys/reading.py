"""Questions to a page that is there: each waits until the page they are asked of has loaded.

A click that leads to another page returns before that page is parsed, so reading it at once reads half of
it. Words are therefore waited for by `expect(...)`, and what is measured is measured after the load event.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"


def violations(page: Page, *, within: str | None = None) -> list[str]:
    """What axe finds on the page or in the part `within` of it, in one line for each place."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("within => axe.run(within || document)", within)
    return [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]


def overflows(page: Page) -> int:
    """By how many pixels the page is wider than its window; 0 when nothing scrolls sideways."""
    page.wait_for_load_state()
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(page.evaluate(wider))
