from __future__ import annotations

import pytest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from ui.htmx import template_for, wants_partial


def request(**headers: str):
    made = RequestFactory().get("/", headers=headers)
    made.htmx = HtmxDetails(made)
    return made


@pytest.mark.parametrize(
    ("headers", "partial"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
    ids=["a reader", "htmx", "boosted", "history restore"],
)
def test_only_a_plain_htmx_request_gets_a_partial(headers, partial):
    assert wants_partial(request(**headers)) is partial


def test_the_partials_name_follows_the_page():
    assert template_for(request(), "a/b.html", "rows") == "a/b.html"
    assert template_for(request(**{"HX-Request": "true"}), "a/b.html", "rows") == "a/b.html#rows"
