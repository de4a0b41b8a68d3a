"""A window as the bureau opens it, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from accounts.models import Organisation, User
from projects.models import CollectionWindow, Gathering
from projects.services import windows
from projects.services.windows import NewWindow
from tests.factories import organisation

COUNTY, COUNTY_OTHER, DEPARTMENT = "522701", "522725", "522700-SWJ"


def open_window(
    actor: User,
    *,
    opens_on: date = date(2026, 11, 16),
    closes_on: date = date(2026, 11, 27),
    today: date = date(2026, 11, 20),
    gathering: str = Gathering.EITHER,
    asked: Sequence[str] = (COUNTY, COUNTY_OTHER, DEPARTMENT),
    title: str = "11月集中报送",
    kind: str = "LIST",
    **fields: object,
) -> CollectionWindow:
    units: list[Organisation] = [organisation(code) for code in asked]
    return windows.plan_window(
        actor=actor,
        new=NewWindow(
            title=title,
            kind=kind,
            opens_on=opens_on,
            closes_on=closes_on,
            gathering=gathering,
            **fields,  # type: ignore[arg-type]
        ),
        reporters=[unit.pk for unit in units],
        today=today,
    )
