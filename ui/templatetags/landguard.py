"""The tags of every page: lamps, areas, dates, clocks, sorted columns, form fields."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.template.context import RequestContext
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from core.units import AreaUnit, format_area, yuan_to_wan
from ui.clock_bars import clock_bar_html
from ui.filter_fields import filter_field_html
from ui.forms import widget_html
from ui.fragments import fragment_html
from ui.heat import HeatCell, heat_cell_html
from ui.lamps import LAMP_WORDS, lamp_key
from ui.squares import DaySquare, squares_svg, squares_text

register = template.Library()

# What a table shows where there is no value; the screen reader hears 无.
NOTHING = mark_safe(
    '<span class="lg-t-mute"><span aria-hidden="true">–</span><span class="visually-hidden">无</span></span>'
)


# --- values ----------------------------------------------------------------------------------


@register.filter
def area_ha(m2: int | None) -> str:
    """Square metres as 公顷 with four decimals: 183.0700."""
    return NOTHING if m2 is None else format_area(m2, AreaUnit.HA)


@register.filter
def area_mu(m2: int | None) -> str:
    """Square metres as 亩 with two decimals: 2,746.05."""
    return NOTHING if m2 is None else format_area(m2, AreaUnit.MU)


@register.filter
def area_ha3(m2: int | None) -> str:
    """Square metres as 公顷 with the three decimals of a year's figures: 590.261."""
    return NOTHING if m2 is None else format_area(m2, AreaUnit.HA, 3)


@register.filter
def wan_m2(m2: Decimal | int | None) -> str:
    """Square metres of floors as 万㎡ with two decimals: 166.93."""
    return NOTHING if m2 is None else f"{yuan_to_wan(Decimal(m2)):,}"


@register.filter
def wanmu(m2: int | None) -> str:
    """Square metres as 万亩 with two decimals."""
    return NOTHING if m2 is None else format_area(m2, AreaUnit.WANMU)


@register.filter
def area_in(m2: int | None, unit: AreaUnit) -> str:
    """Square metres in the reader's unit, with its usual decimals."""
    return NOTHING if m2 is None else format_area(m2, unit)


@register.filter
def yuan_wan(yuan: Decimal | int | None) -> str:
    """元 as 万元 with two decimals and separators."""
    return NOTHING if yuan is None else f"{yuan_to_wan(Decimal(yuan)):,}"


@register.filter
def office_date(day: date | datetime | None) -> str:
    """2026-11-22, in a <time>; an empty date is a dash. Moments count in the office's day."""
    if not day:
        return NOTHING
    if isinstance(day, datetime):
        day = timezone.localtime(day).date() if timezone.is_aware(day) else day.date()
    return format_html("<time>{}</time>", day.isoformat())


@register.filter
def office_moment(moment: datetime | None) -> str:
    """2026-11-22 15:02 on the office's clock, in a <time>."""
    if not moment:
        return NOTHING
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), f"{local:%Y-%m-%d %H:%M}")


@register.filter
def grouped(value: object) -> object:
    """A whole number in groups of three: 1,319. Anything else, such as 0 / 13 or an area, stays as it is."""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value


@register.filter
def or_dash(value: object) -> object:
    """The value, or the dash of an empty cell. Zero is a value."""
    return NOTHING if value is None or value == "" else value


# --- lamps and clocks --------------------------------------------------------------------------


@register.simple_tag
def lamp(status: object, text: object = None) -> SafeString:
    """A status light: {% lamp "red" "逾期 6 个工作日" %}. Without a text, the lamp's own word.

    An empty text keeps the word for screen readers alone; use it only where the word stands beside.
    """
    key = lamp_key(status)
    shown = LAMP_WORDS[key] if text is None else text
    words = (
        format_html('<span class="lg-lamp-t">{}</span>', shown)
        if shown
        else format_html('<span class="visually-hidden">{}</span>', LAMP_WORDS[key])
    )
    return format_html(
        '<span class="lg-lamp lg-lamp-{0}"><svg class="lg-lamp-i" aria-hidden="true" focusable="false">'
        '<use href="#lamp-{0}"/></svg>{1}</span>',
        key,
        words,
    )


@register.simple_tag
def lamp_icon(status: object) -> SafeString:
    """The shape alone, hidden from screen readers: for places that say the word themselves."""
    return format_html(
        '<svg class="lg-lamp-i lg-lamp-{0}" aria-hidden="true" focusable="false">'
        '<use href="#lamp-{0}"/></svg>',
        lamp_key(status),
    )


@register.simple_tag
def lamp_or_text(value: object, text: str) -> SafeString | str:
    """For chips: a choice whose value names a lamp is shown as one, any other as its text."""
    try:
        return lamp(lamp_key(value), text)
    except ValueError:
        return text


@register.filter
def lamp_class(status: object) -> str:
    """red, amber, pause, green, done or idle: for class names (lg-t-red, lg-row-red)."""
    return lamp_key(status)


@register.simple_tag
def clock_bar(status: object, used: int, limit: int | None) -> SafeString:
    """A list's clock: bar, 23/20, and the conclusion 超3, 剩1 or 停. All in the line's own unit."""
    return clock_bar_html(lamp_key(status), used=used, limit=limit)


@register.simple_tag
def squares(days: Iterable[DaySquare]) -> SafeString:
    """工作日格 of a day sheet (deadlines.rules.day_sheet), labelled in words."""
    return squares_svg(days)


@register.filter
def in_words(days: Iterable[DaySquare]) -> str:
    """The sentence of a day sheet: 已计 11 个工作日，其中超期 6，暂停 2 不计."""
    return squares_text(days)


# --- addresses and columns -----------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: object) -> str:
    """This page's query string with some parameters replaced; None removes one. Cursors never survive.

    <a href="{% query lamp="red" q=None %}">
    """
    return _query(context["request"].GET, **changes)


@register.simple_tag(takes_context=True)
def sort_link(
    context: RequestContext, key: str, label: str, *, target: str = "", current: str = ""
) -> SafeString:
    """A column title that sorts: once ascending, again descending, the other filters kept.

    `current` is the order in force when the address names none; `target` the element that htmx replaces.
    """
    return _sort_link(context["request"].META.get("QUERY_STRING", ""), key, label, target, current)


@register.simple_tag(takes_context=True)
def sort_th(
    context: RequestContext, key: str, label: str, *, target: str = "", current: str = "", css: str = ""
) -> SafeString:
    """A whole <th> with `sort_link` and the aria-sort that belongs to it. `css`: e.g. "lg-num"."""
    return _sort_th(context["request"].META.get("QUERY_STRING", ""), key, label, target, current, css)


@register.simple_tag(takes_context=True)
def column_heads(
    context: RequestContext, columns: Iterable[Any], *, target: str = "", current: str = ""
) -> SafeString:
    """The <th>s of a list whose columns are chosen: each with `label`, `css` and `sort`, "" for no order."""
    asked = context["request"].META.get("QUERY_STRING", "")
    return mark_safe(
        "".join(_head(asked, column.sort, column.label, target, current, column.css) for column in columns)
    )


# Ten titles of a table are the same on every page of one list: kept under what they follow from.


@lru_cache(maxsize=4096, typed=True)
def _head(query_string: str, sort: str, label: str, target: str, current: str, css: str) -> SafeString:
    if sort:
        return _sort_th(query_string, sort, label, target, current, css)
    return format_html('<th scope="col"{}>{}</th>', format_html(' class="{}"', css) if css else "", label)


@lru_cache(maxsize=4096, typed=True)
def _sort_link(query_string: str, key: str, label: str, target: str, current: str) -> SafeString:
    asked = QueryDict(query_string)
    now = asked.get("sort") or current
    address = _query(asked, sort=f"-{key}" if now == key else key)
    arrow = {key: " ↑", f"-{key}": " ↓"}.get(now, "")
    return format_html(
        '<a href="{}"{}>{}<span aria-hidden="true">{}</span></a>',
        address,
        _swap(address, target),
        label,
        arrow,
    )


@lru_cache(maxsize=4096, typed=True)
def _sort_th(query_string: str, key: str, label: str, target: str, current: str, css: str) -> SafeString:
    now = QueryDict(query_string).get("sort") or current
    order = {key: "ascending", f"-{key}": "descending"}.get(now)
    return format_html(
        '<th scope="col"{}{}>{}</th>',
        format_html(' class="{}"', css) if css else "",
        format_html(' aria-sort="{}"', order) if order else "",
        _sort_link(query_string, key, label, target, current),
    )


def _query(asked: QueryDict, **changes: object) -> str:
    parameters = dict(asked.lists())
    parameters.pop("cursor", None)
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = [str(value)]
    encoded = urlencode(parameters, doseq=True)
    return f"?{encoded}" if encoded else "?"


@register.simple_tag(takes_context=True)
def page_link(context: RequestContext, cursor: str | None, label: str, *, target: str = "") -> SafeString:
    """An <li> of the pager: a link with the cursor, or the dead word where there is no such page."""
    if cursor is None:
        return format_html('<li class="page-item disabled"><span class="page-link">{}</span></li>', label)
    address = _query(context["request"].GET, cursor=cursor)
    return format_html(
        '<li class="page-item"><a class="page-link" href="{}"{}>{}</a></li>',
        address,
        _swap(address, target),
        label,
    )


def _swap(address: str, target: str) -> SafeString | str:
    """The htmx attributes of a link that replaces `target` and stays in the history."""
    if not target:
        return ""
    return mark_safe(
        f' hx-get="{escape(address)}" hx-target="{escape(target)}"'
        ' hx-swap="outerHTML show:top" hx-push-url="true"'
    )


# --- forms ---------------------------------------------------------------------------------------


@register.inclusion_tag("ui/field.html")
def field(
    bound: BoundField,
    *,
    label: str = "",
    small: bool = False,
    hide_label: bool = False,
    columns: bool = False,
) -> dict[str, Any]:
    """A form field with label, help and errors: {% field form.reason %}.

    `columns` puts a long group of boxes beside each other, as many as the width holds.
    """
    if bound.use_fieldset:
        bound.field.widget.attrs.setdefault("class", "form-check-input")
    return {
        "field": bound,
        "widget": widget_html(bound, small=small),
        "label": label or bound.label,
        "hide_label": hide_label,
        "is_group": bound.use_fieldset,
        "columns": columns,
        "is_checkbox": getattr(bound.field.widget, "input_type", "") == "checkbox" and not bound.use_fieldset,
    }


@register.simple_tag
def filter_widget(bound: BoundField) -> SafeString:
    """The small control of a filter bar."""
    return widget_html(bound, small=True)


@register.simple_tag
def filter_fields(form: Iterable[BoundField]) -> SafeString:
    """Every control of a filter bar with its label; multiple choices as chips."""
    return mark_safe("".join(filter_field_html(bound) for bound in form))


@register.simple_tag
def column_boxes(choices: Iterable[tuple[str, str, bool]], fixed: str) -> SafeString:
    """The boxes that choose a list's columns (key, label, shown); the fixed one cannot be taken away."""
    return _column_boxes(tuple(choices), fixed)


@lru_cache(maxsize=512)
def _column_boxes(choices: tuple[tuple[str, str, bool], ...], fixed: str) -> SafeString:
    return format_html_join(
        "\n",
        '<label><input class="form-check-input" type="checkbox"{}> {}</label>{}',
        (
            (
                mark_safe(" checked disabled")
                if key == fixed
                else format_html(' name="cols" value="{}"{}', key, mark_safe(" checked" if shown else "")),
                label,
                format_html('<input type="hidden" name="cols" value="{}">', key) if key == fixed else "",
            )
            for key, label, shown in choices
        ),
    )


@register.inclusion_tag("ui/form_errors.html")
def form_errors(form: Any, *, title: str = "未能保存，下列内容需要修改") -> dict[str, Any]:
    """The summary above a refused form: every error, linked to its field."""
    return {"form": form, "title": title}


# --- figures -------------------------------------------------------------------------------------


@register.simple_tag
def heat_cell(cell: HeatCell, most: int | None, *, css: str = "") -> SafeString:
    """A <td> of the county × step matrix. `most` is the greatest cell; None for sums, which have no blue."""
    return heat_cell_html(cell, most=most, css=css)


# --- the frame -----------------------------------------------------------------------------------


@register.simple_tag
def fragment(template: str, **values: Any) -> SafeString:
    """An include that sees its values alone and is written once for them (ui.fragments).

    {% fragment "ui/tabs.html" tabs=tabs label="常用筛选" %}
    """
    return fragment_html(template, **values)


# --- blocks --------------------------------------------------------------------------------------


@register.simple_block_tag
def card(content: str, title: str, *, actions: str = "", id: str = "", css: str = "") -> SafeString:
    """{% card "指标占用" %}…{% endcard %}: a titled section; the content is put in as it is.

    For a body with padding wrap it in <div class="card-body">; tables stand without. `actions` is ready
    HTML for the right of the title (a {% partial %}'s or a link's output captured by `as`).
    """
    return format_html(
        '<section class="card{}"{}><div class="card-header"><h2 class="card-title">{}</h2>{}</div>'
        "{}</section>",
        f" {css}" if css else "",
        format_html(' id="{}"', id) if id else "",
        title,
        format_html('<div class="card-actions">{}</div>', actions) if actions else "",
        mark_safe(content),  # rendered by the template, escaped there
    )
