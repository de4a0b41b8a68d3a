"""Parts of a page that are kept under the values they follow from."""

from __future__ import annotations

from collections.abc import Hashable

import pytest
from django.template import Context, Template
from django.test import override_settings
from django.urls import set_script_prefix
from django.utils.safestring import mark_safe

from ui.fragments import fragment_html
from ui.parts import Tab

TABS = "ui/tabs.html"


def test_the_same_values_are_written_once_and_others_anew() -> None:
    here = (Tab("红黄灯", "?lamp=red", is_active=True), Tab("全部", "?"))

    assert fragment_html(TABS, tabs=here) is fragment_html(TABS, tabs=(*here,))
    assert 'aria-current="page">红黄灯' in fragment_html(TABS, tabs=here)
    assert 'aria-current="page">红黄灯' not in fragment_html(TABS, tabs=(Tab("红黄灯", "?lamp=red"), here[1]))


def test_safe_markup_and_the_same_words_as_text_are_two_things() -> None:
    head = "ui/dialog_head.html"

    assert "<b>停</b>" in fragment_html(head, id="x", title=mark_safe("<b>停</b>"))
    assert "&lt;b&gt;停" in fragment_html(head, id="x", title="<b>停</b>")


def test_a_fragment_sees_nothing_of_the_page_around_it() -> None:
    page = Template('{% load landguard %}{% fragment "ui/dialog_head.html" id="x" %}')

    assert "保密" not in page.render(Context({"title": "保密"}))


def test_what_can_change_later_is_refused() -> None:
    with pytest.raises(TypeError):
        fragment_html(TABS, tabs=[Tab("全部", "?")])  # type: ignore[arg-type]


def test_addresses_and_files_follow_the_settings() -> None:
    bar: dict[str, Hashable] = {"bureau_name": "局", "does_business": True, "q": ""}
    before = fragment_html("ui/_top_bar.html", **bar), fragment_html("ui/_styles.html")
    try:
        set_script_prefix("/land/")
        assert 'action="/land/search/"' in fragment_html("ui/_top_bar.html", **bar)
    finally:
        set_script_prefix("/")
    with override_settings(STATIC_URL="/other/"):
        assert "/other/" in fragment_html("ui/_styles.html")

    assert before == (fragment_html("ui/_top_bar.html", **bar), fragment_html("ui/_styles.html"))
