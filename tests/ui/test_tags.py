from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from ui.gallery import Square, day_sheet, long_sheet
from ui.lamps import LAMP_WORDS, lamp_key
from ui.parts import Kpi
from ui.squares import ROW_WIDTH, squares_svg, squares_text


def rendered(source: str, address: str = "/", **values: object) -> str:
    request = RequestFactory().get(address)
    return Template("{% load landguard %}" + source).render(Context({"request": request, **values}))


@pytest.mark.parametrize("key", LAMP_WORDS)
def test_a_lamp_is_always_shape_and_word_and_colour(key):
    html = rendered("{% lamp key %}", key=key)

    assert f'href="#lamp-{key}"' in html
    assert LAMP_WORDS[key] in html
    assert f"lg-lamp-{key}" in html


def test_a_lamp_without_text_keeps_its_word_for_screen_readers():
    assert '<span class="visually-hidden">逾期</span>' in rendered('{% lamp "red" "" %}')


def test_a_lamps_text_is_escaped():
    assert "<b>" not in rendered('{% lamp "red" text %}', text="<b>x</b>")


@pytest.mark.parametrize(("status", "key"), [("PAUSED", "pause"), ("GREY", "idle"), ("overdue", "red")])
def test_other_apps_words_for_a_state_find_their_lamp(status, key):
    assert lamp_key(status) == key


def test_an_unknown_state_may_not_look_calm():
    with pytest.raises(ValueError, match="unknown lamp"):
        lamp_key("purple")


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{{ v|area_ha }}", 1_830_700, "183.0700"),
        ("{{ v|area_mu }}", 1_830_700, "2,746.05"),
        ("{{ v|wanmu }}", 66_666_667, "10.00"),
        ("{{ v|wanmu }}", 4_667, "0.0007"),
        ("{{ v|area_mu }}", 1, "0.0015"),
        ("{{ v|yuan_wan }}", Decimal("123456789.50"), "12,345.68"),
        ("{{ v|office_date }}", date(2026, 11, 22), "<time>2026-11-22</time>"),
    ],
    ids=["ha", "mu", "wanmu", "small wanmu", "one metre", "yuan", "date"],
)
def test_figures_are_printed_as_the_office_writes_them(source, value, shown):
    assert rendered(source, v=value) == shown


@pytest.mark.parametrize("name", ["area_ha", "area_mu", "wanmu", "yuan_wan", "office_date", "or_dash"])
def test_nothing_is_a_dash_that_a_screen_reader_can_say(name):
    html = rendered("{{ v|" + name + " }}", v=None)

    assert "–" in html
    assert "无" in html


@pytest.mark.parametrize(
    ("value", "shown"), [(1319, "1,319"), (12, "12"), ("0 / 13", "0 / 13"), ("4461.79", "4461.79")]
)
def test_a_count_is_grouped_and_anything_else_stays(value, shown):
    assert rendered("{{ v|grouped }}", v=value) == shown


@pytest.mark.parametrize(("value", "css"), [(0, "lg-kpi-none"), (3, "lg-kpi-red"), (1200, "lg-kpi-red")])
def test_a_figure_of_nothing_wears_no_alarm(value, css):
    html = rendered(
        '{% include "ui/kpis.html" with kpis=kpis only %}',
        kpis=[Kpi("逾期", value, "项", url="/obligations/", lamp="red")],
    )

    assert f'class="lg-kpi {css}"' in html
    assert 'href="#lamp-red"' in html
    assert f"{value:,}" in html


def test_zero_is_a_value_and_not_nothing():
    assert rendered("{{ v|or_dash }}", v=0) == "0"
    assert rendered("{{ v|area_ha }}", v=0) == "0.0000"


def test_a_moment_counts_in_the_offices_day_not_in_utc():
    at = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)

    assert rendered("{{ v|office_date }}", v=at) == "<time>2026-11-22</time>"
    assert "2026-11-22 07:30" in rendered("{{ v|office_moment }}", v=at)


def test_numbers_are_grouped_by_three():
    assert rendered('{{ v|floatformat:"4g" }}', v=Decimal("1204.331")) == "1,204.3310"


def test_the_query_keeps_other_filters_and_drops_the_cursor():
    html = rendered('{% query lamp="red" q=None %}', "/?q=x&county=522726&cursor=abc")

    assert html == "?county=522726&amp;lamp=red"


def test_a_sorted_column_says_so_and_turns_round():
    html = rendered('{% sort_th "due" "到期日" target="#list" %}', "/?sort=due&q=x")

    assert 'aria-sort="ascending"' in html
    assert "sort=-due" in html
    assert "q=x" in html
    assert 'hx-target="#list"' in html


def test_an_unsorted_column_has_no_order_and_no_htmx_without_target():
    html = rendered('{% sort_th "due" "到期日" %}')

    assert "aria-sort" not in html
    assert "hx-" not in html


def test_a_cursor_is_escaped_in_the_pagers_link():
    html = rendered('{% page_link cursor "下一页" %}', cursor='"><script>')

    assert "<script>" not in html


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ('{% clock_bar "red" 23 20 %}', "超3"),
        ('{% clock_bar "amber" 19 20 %}', "剩1"),
        ('{% clock_bar "pause" 25 20 %}', "停"),
        ('{% clock_bar "idle" 0 None %}', "0/–"),
    ],
)
def test_a_clock_says_its_conclusion(source, shown):
    assert shown in rendered(source)


def test_a_paused_clock_shows_no_days_left_or_over():
    html = rendered('{% clock_bar "pause" 25 20 %}')

    assert "超" not in html
    assert "剩" not in html


def test_squares_say_in_words_what_they_show():
    assert squares_text(day_sheet()) == "已计 9 个工作日，其中超期 4，暂停 2 不计"
    assert 'aria-label="已计 9 个工作日' in squares_svg(day_sheet())


def test_each_day_is_one_square():
    assert squares_svg(day_sheet()).count("<rect") == len(day_sheet())


def test_a_long_stretch_goes_on_in_the_next_row_and_never_beyond_the_width():
    html = squares_svg(long_sheet())

    width = int(html.split('width="')[1].split('"')[0])
    assert width <= ROW_WIDTH
    assert 'height="30"' in html


def test_a_squares_note_is_escaped():
    html = squares_svg([Square(date(2026, 11, 3), "paused", note="<script>")])

    assert "<script>" not in html


def test_no_days_draw_nothing():
    assert squares_svg([]) == ""


def test_a_card_keeps_its_content_and_escapes_its_title():
    html = rendered("{% card title %}<p>{{ text }}</p>{% endcard %}", title="<i>", text="<b>")

    assert "<p>&lt;b&gt;</p>" in html
    assert "&lt;i&gt;" in html
