"""The values behind the included components: what each one needs, named once.

A page's view or selector builds them; the templates under ui/templates/ui/ show them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from ui.squares import DaySquare


@dataclass(frozen=True, slots=True)
class Crumb:
    """A place on the way to this page; the last has no url."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab or saved view. `count`: anything that prints, e.g. ui.pagination.CappedCount."""

    label: str
    url: str
    count: object = None
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the strip; with a unit the value is printed large."""

    label: str
    value: object
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure; `url` leads to the rows behind it, `lamp` colours it."""

    label: str
    value: object
    unit: str = ""
    note: str = ""
    url: str = ""
    lamp: str = ""


@dataclass(frozen=True, slots=True)
class StepRow:
    """A row of the step timeline.

    `conclusion`: 超 6 个工作日; `sentence`: 已计 11 / 5 个工作日，暂停 2 不计.
    """

    lamp: str
    index: int
    name: str
    holder: str
    conclusion: str
    sentence: str = ""
    url: str = ""
    result: str = ""
    started_on: dt.date | None = None
    ended_on: dt.date | None = None
    squares: Sequence[DaySquare] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A link that looks like a button."""

    label: str
    url: str
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Now:
    """当前卡点: the one obligation that holds the project up, in working days or `unit`."""

    lamp: str
    name: str
    used: int
    limit: int
    holder: str
    over: int = 0
    paused: int = 0
    unit: str = "工作日"
    missing: Sequence[str] = ()
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Who did what, when, and which fields it changed."""

    at: dt.datetime
    actor: str
    action: str
    changes: Sequence[Change] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FileLink:
    name: str
    url: str
    note: str = ""
    on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A page in the left navigation; `icon` is a lucide name, `count` what waits there."""

    label: str
    url: str
    icon: str
    count: int = 0
    is_active: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class NavigationGroup:
    """Pages under one heading, which opens and closes them; the browser remembers which way.

    Equal to itself alone: groups are put together once a process, and a page must not compare a hundred
    entries to see that they are the same.
    """

    label: str
    items: Sequence[NavigationItem] = field(default_factory=tuple)
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """The office's today, for the clock in the bar. `name`: the holiday's or make-up day's, if it has one."""

    date: dt.date
    is_working: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, as the bar says it: by post, else name; the unit short and in full; the role."""

    name: str
    unit: str
    unit_name: str
    role: str


@dataclass(frozen=True, slots=True)
class Banner:
    """A sentence above every page: maintenance, something the office must not miss."""

    text: str
    url: str = ""
    label: str = ""
