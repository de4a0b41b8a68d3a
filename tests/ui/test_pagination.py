"""Keyset paging on a real database: every row once, in order, in both directions, whatever is null."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from jobs.models import Job
from tests.factories import JobFactory
from ui.api_pagination import KeysetPagination
from ui.pagination import CursorInvalid, capped_count, chosen_order, keyset_page, read_page

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 1, tzinfo=UTC)
ORDERS = [
    ("pk",),
    ("-pk",),
    ("finished_at",),
    ("-finished_at",),
    ("kind", "-finished_at"),
    ("-kind", "title"),
    ("requested_by__title", "-not_before"),
    ("organisation__code", "not_before"),
]


@pytest.fixture
def jobs() -> list[Job]:
    """Twenty-three rows with ties, and nulls in every third."""
    return [
        JobFactory(
            kind=f"kind{n % 3}",
            title=f"任务{n % 5}",
            not_before=START + timedelta(microseconds=n // 2),
            state=Job.State.DONE,
            finished_at=START + timedelta(hours=n % 7, microseconds=n),
        )
        if n % 3
        else JobFactory(kind=f"kind{n % 2}", title="任务", not_before=START)
        for n in range(23)
    ]


def rows():
    return Job.objects.select_related("requested_by", "organisation")


def walk(order, *, size=4):
    """All pages forwards, as lists of ids."""
    pages, cursor = [], None
    while True:
        page = keyset_page(rows(), order=order, cursor=cursor, size=size)
        pages.append(page)
        cursor = page.next_cursor
        if cursor is None:
            return pages


@pytest.mark.parametrize("order", ORDERS, ids=",".join)
def test_every_row_comes_exactly_once_in_the_order_of_one_long_page(jobs, order):
    whole = keyset_page(rows(), order=order, size=100)

    seen = [row.pk for page in walk(order) for row in page]

    assert seen == [row.pk for row in whole]
    assert sorted(seen) == sorted(job.pk for job in jobs)


@pytest.mark.parametrize("order", ORDERS, ids=",".join)
def test_walking_back_shows_the_same_pages(jobs, order):
    forwards = walk(order)

    back, cursor = [], forwards[-1].previous_cursor
    while cursor is not None:
        page = keyset_page(rows(), order=order, cursor=cursor, size=4)
        back.append([row.pk for row in page])
        cursor = page.previous_cursor

    assert back[::-1] == [[row.pk for row in page] for page in forwards[:-1]]


@pytest.mark.parametrize("order", [("finished_at",), ("-finished_at",)], ids=",".join)
def test_rows_without_a_date_come_last_in_both_directions(jobs, order):
    dates = [job.finished_at for page in walk(order) for job in page]

    assert dates.index(None) == len([day for day in dates if day])


def test_the_first_page_has_no_previous_and_the_last_no_next(jobs):
    first, *_, last = walk(("pk",))

    assert first.previous_cursor is None
    assert last.next_cursor is None


def test_a_row_written_meanwhile_moves_no_other_row(jobs):
    first = keyset_page(rows(), order=("-pk",), size=4)
    JobFactory(not_before=START)

    second = keyset_page(rows(), order=("-pk",), cursor=first.next_cursor, size=4)

    assert not {row.pk for row in first} & {row.pk for row in second}
    assert second.rows[0].pk == first.rows[-1].pk - 1


def test_an_altered_cursor_means_the_first_page(jobs):
    page = keyset_page(rows(), order=("pk",), cursor="eyJvIjpbXX0:forged", size=4)

    assert page.previous_cursor is None
    assert [row.pk for row in page] == sorted(job.pk for job in jobs)[:4]


def test_a_cursor_of_another_order_is_not_taken(jobs):
    cursor = keyset_page(rows(), order=("pk",), size=4).next_cursor

    with pytest.raises(CursorInvalid):
        read_page(rows(), order=("kind",), cursor=cursor, size=4)


def test_an_empty_list_is_one_empty_page():
    page = keyset_page(rows(), order=("pk",))

    assert (page.rows, page.next_cursor, page.previous_cursor) == ([], None, None)


@pytest.mark.parametrize("cursor_page", [0, 3])
def test_a_page_costs_one_query(jobs, django_assert_num_queries, cursor_page):
    cursor = walk(("kind", "-finished_at"))[cursor_page].next_cursor

    with django_assert_num_queries(1):
        keyset_page(rows(), order=("kind", "-finished_at"), cursor=cursor, size=4)


def test_a_count_stops_at_its_cap(jobs):
    assert str(capped_count(Job.objects.all(), cap=10)) == "10+"
    assert str(capped_count(Job.objects.all())) == "23"


def test_an_unknown_column_means_the_default_order():
    allowed = {"due": ("due_on", "-name"), "name": ("name",)}

    assert chosen_order("-due", allowed, default="name") == ("-due_on", "name")
    assert chosen_order("password", allowed, default="-name") == ("-name",)
    assert chosen_order(None, allowed, default="due") == ("due_on", "-name")


def api_page(address: str, order=("kind",)):
    paging = KeysetPagination()
    view = type("View", (), {"keyset_order": order})()
    found = paging.paginate_queryset(rows(), Request(APIRequestFactory().get(address)), view)
    return paging.get_paginated_response([job.pk for job in found]).data


def test_the_api_gives_links_to_the_neighbouring_pages(jobs):
    first = api_page("/jobs/?page_size=10&kind=x")

    second = api_page(first["next"])

    assert len(first["results"]) == len(second["results"]) == 10
    assert not set(first["results"]) & set(second["results"])
    assert "kind=x" in second["next"]
    assert api_page(second["previous"])["results"] == first["results"]


def test_the_api_refuses_a_forged_cursor_in_words(jobs):
    with pytest.raises(NotFound, match="游标无效"):
        api_page("/jobs/?cursor=forged")


@pytest.mark.parametrize("size", ["0", "-3", "abc", "99999999", "201"])
def test_a_nonsensical_page_size_is_bounded(jobs, size):
    assert 1 <= len(api_page(f"/jobs/?page_size={size}")["results"]) <= 23
