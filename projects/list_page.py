"""One page of the project list: its rows with their lamps, how many there are, and their area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zlib import crc32

from accounts.models import User
from projects import selectors
from projects.list_question import Question
from projects.selectors import ListRow
from ui.pagination import (
    BEYOND_COUNTING,
    PAGE_SIZE,
    CappedCount,
    KeysetPage,
    capped_count,
    carried_by,
    segmented_page,
)

AREA = "land__total_m2"


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of the list. area_m2: whole m² of all rows of the list; None where that is added up on demand,
    since beyond the cap a sum reads the whole table."""

    page: KeysetPage[ListRow]
    total: CappedCount
    area_m2: int | None


def list_page(question: Question, *, actor: User, today: date, cursor: str | None) -> ListPage:
    """The page of a question that a cursor begins, the first one without.

    A list that fits one page is read by one query and sorted here. One beyond the cap is counted once for
    whoever turns its pages: the cursor carries that there are more, for this reader, question and day.
    Between the two the number is exact and counted for each page.
    """
    may_be_whole = question.is_by_lamp and not cursor
    if may_be_whole and question.at_most is not None and question.at_most <= PAGE_SIZE:
        return _whole(question, today=today)
    many = f"{crc32(f'{actor.pk} {today} {question.filters}'.encode()):x}"
    total = BEYOND_COUNTING if carried_by(cursor) == many else count(question, actor=actor)
    if may_be_whole and total.number <= PAGE_SIZE:
        return _whole(question, today=today)
    found = segmented_page(
        selectors.facts_of(question.rows, reads=question.reads),
        segments=question.order,
        cursor=cursor,
        carry=many if total.is_capped else "",
    )
    page = KeysetPage(selectors.list_rows(found, today=today), found.next_cursor, found.previous_cursor)
    area = None if total.is_capped else selectors.total_area_m2(question.rows)
    return ListPage(page, total, area)


def count(question: Question, *, actor: User) -> CappedCount:
    """How many rows the question has, up to the cap. One query."""
    if question.is_whole:
        return capped_count(selectors.for_counting(question.rows, actor=actor))
    return capped_count(question.rows)


def _whole(question: Question, *, today: date) -> ListPage:
    """All rows of a list by lamp that is known to fit a page; the order is the one of its segments.

    A search that finds one project would otherwise ask every segment for it.
    """
    facts = selectors.facts_of(question.rows, reads={*question.reads, AREA})
    rows = selectors.list_rows(facts.order_by(), today=today)
    place = {segment.name: number for number, segment in enumerate(question.order)}
    first = {segment.name: segment.order[0].removeprefix("-") for segment in question.order}
    is_turned = question.order[0].order[0].startswith("-")
    rows.sort(key=lambda row: (row.facts[first[row.lamp.value]], row.pk), reverse=is_turned)
    rows.sort(key=lambda row: place[row.lamp.value])
    page = KeysetPage(rows, next_cursor=None, previous_cursor=None)
    return ListPage(page, CappedCount(len(rows), is_capped=False), sum(row.facts[AREA] or 0 for row in rows))
