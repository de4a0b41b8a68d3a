"""Questions to a page that is there: each waits until the page they are asked of has loaded.

A click that leads to another page returns before that page is parsed, so reading it at once reads half of
it. Words are therefore waited for by `expect(...)`, and what is measured is measured after the load event.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Page

from tests.journeys.conftest import PHONE, WIDE

AXE = Path(__file__).resolve().parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
# Evaluated over CDP, which the CSP does not concern. The navigation is nine tenths of a page's elements and
# the same on each: once it has been read, it stands empty (as wide as before) while axe reads the rest.
RUN_AXE = """async ({within, tags, withFrame}) => {
    const frame = withFrame ? null : document.getElementById("lg-nav");
    const links = frame ? [...frame.childNodes] : [];
    frame?.replaceChildren();
    const only = tags ? {runOnly: {type: "tag", values: tags}} : {};
    const found = await axe.run(within || document, {...only, resultTypes: ["violations"], preload: false});
    frame?.append(...links);
    return found.violations;
}"""
# Of each browser context, as whom somebody is signed in: the widths at which the frame was read.
_frames_read: WeakKeyDictionary[BrowserContext, set[int]] = WeakKeyDictionary()


def violations(page: Page, *, within: str | None = None, tags: Sequence[str] | None = None) -> list[str]:
    """What axe finds on the page or in the part `within` of it, in one line for each place.

    The frame around the pages is read with the first page of a context at each width.

    Args:
        tags: axe's names of groups of rules; all rules without them.
    """
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    read = _frames_read.setdefault(page.context, set())
    width = page.evaluate("window.innerWidth")
    asked: dict[str, Any] = {"within": within, "tags": tags, "withFrame": width not in read}
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE, asked)
    if within is None:
        read.add(width)
    return [f"{rule['id']}: {node['target']} {node['html']}" for rule in found for node in rule["nodes"]]


def at_both_sizes(page: Page) -> Iterator[int]:
    """A page at a desk's width and, without loading it again, at a phone's; the width."""
    for viewport in (WIDE, PHONE):
        page.set_viewport_size(viewport)
        yield viewport["width"]


def overflows(page: Page) -> int:
    """By how many pixels the page is wider than its window; 0 when nothing scrolls sideways."""
    page.wait_for_load_state()
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(page.evaluate(wider))
