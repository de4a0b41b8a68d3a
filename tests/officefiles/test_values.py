from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.units import AreaUnit
from officefiles.values import (
    DateKind,
    DateStatus,
    MoneyUnit,
    NumberKind,
    area_units,
    clean_text,
    fold,
    is_blank,
    money_units,
    parse_date,
    parse_number,
)


@pytest.mark.parametrize(
    ("entered", "kind", "first", "last"),
    [
        (date(2026, 11, 1), DateKind.EXACT, date(2026, 11, 1), date(2026, 11, 1)),
        ("2026.4.22", DateKind.EXACT, date(2026, 4, 22), date(2026, 4, 22)),
        ("2027/03/01", DateKind.EXACT, date(2027, 3, 1), date(2027, 3, 1)),
        ("2026年4月22日", DateKind.EXACT, date(2026, 4, 22), date(2026, 4, 22)),
        ("2026-11-01 00:00:00", DateKind.EXACT, date(2026, 11, 1), date(2026, 11, 1)),
        ("２０２６．４．２２", DateKind.EXACT, date(2026, 4, 22), date(2026, 4, 22)),
        ("二〇二六年十一月二十日", DateKind.EXACT, date(2026, 11, 20), date(2026, 11, 20)),
        (Decimal(46330), DateKind.EXACT, date(2026, 11, 4), date(2026, 11, 4)),
        ("46330", DateKind.EXACT, date(2026, 11, 4), date(2026, 11, 4)),
        (Decimal(20261101), DateKind.EXACT, date(2026, 11, 1), date(2026, 11, 1)),
        ("2026.9", DateKind.MONTH, date(2026, 9, 1), date(2026, 9, 30)),
        (Decimal("2026.9"), DateKind.MONTH, date(2026, 9, 1), date(2026, 9, 30)),
        ("2026.10", DateKind.MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        ("2026年10月底前", DateKind.MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        ("2028年2月", DateKind.MONTH, date(2028, 2, 1), date(2028, 2, 29)),
        ("2026年第四季度", DateKind.QUARTER, date(2026, 10, 1), date(2026, 12, 31)),
        ("2026年四季度", DateKind.QUARTER, date(2026, 10, 1), date(2026, 12, 31)),
        ("2026Q2", DateKind.QUARTER, date(2026, 4, 1), date(2026, 6, 30)),
        ("2026年下半年", DateKind.HALF, date(2026, 7, 1), date(2026, 12, 31)),
        ("2026年底", DateKind.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
        (Decimal(2026), DateKind.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_dates_are_read_as_offices_write_them(entered, kind, first, last):
    reading = parse_date(entered)

    assert (reading.kind, reading.first, reading.last) == (kind, first, last)


@pytest.mark.parametrize(
    ("entered", "status"),
    [
        ("未受理", DateStatus.NOT_DONE), ("未发布", DateStatus.NOT_DONE), ("未批复", DateStatus.NOT_DONE),
        ("未取件", DateStatus.NOT_DONE), ("未请示", DateStatus.NOT_DONE), ("否", DateStatus.NOT_DONE),
        ("不涉及", DateStatus.NOT_INVOLVED), ("已完成会签", DateStatus.DONE), ("是", DateStatus.DONE),
        ("待定", DateStatus.UNDECIDED), ("办理中", DateStatus.IN_PROGRESS),
        ("耕保科未会签", DateStatus.IN_PROGRESS),
        ("利用科、财务科未会签", DateStatus.IN_PROGRESS), (" 未 受理 ", DateStatus.NOT_DONE),
    ],
)  # fmt: skip
def test_words_in_date_columns_are_states(entered, status):
    reading = parse_date(entered)

    assert (reading.kind, reading.status, reading.first) == (DateKind.KEYWORD, status, None)


@pytest.mark.parametrize("entered", [None, "", "/", "—", "——", "-", "　", "无"])
def test_strokes_are_blank(entered):
    assert parse_date(entered).kind is DateKind.BLANK
    assert is_blank(entered)


@pytest.mark.parametrize(
    "entered",
    ["领导已签", "2026.13", "2026-2-30", "11月", "26.4.22", "1899-12-31", Decimal("0.5"), "20269999"],
)
def test_what_is_no_date_is_said_to_be_unreadable(entered):
    assert parse_date(entered).kind is DateKind.UNREADABLE


def test_the_number_2026_1_may_be_january_or_october():
    assert parse_date(Decimal("2026.1")).ambiguous
    assert not parse_date("2026.1").ambiguous
    assert not parse_date(Decimal("2026.11")).ambiguous


@pytest.mark.parametrize(
    ("entered", "number", "unit"),
    [
        ("588.31亩", "588.31", "亩"), ("1,234.5", "1234.5", ""), ("－3.2", "-3.2", ""),
        ("１２.5", "12.5", ""),
        ("3.5亿元", "3.5", "亿元"), (Decimal("12.50"), "12.50", ""), ("85%", "85", "%"),
    ],
)  # fmt: skip
def test_numbers_are_read_with_commas_full_width_digits_and_units(entered, number, unit):
    reading = parse_number(entered)

    assert (reading.kind, reading.number, reading.unit) == (NumberKind.NUMBER, Decimal(number), unit)


@pytest.mark.parametrize(
    "entered",
    ["约500", "12亩3", "abc", "1e5", "+", ".", "12..3", "9" * 40, Decimal("1e300"), True, date(2026, 1, 1)],
)
def test_what_is_no_number_is_not_guessed(entered):
    assert parse_number(entered).kind is NumberKind.UNREADABLE


def test_units_are_found_longest_first():
    assert area_units("用地（万亩）") == (AreaUnit.WANMU,)
    assert area_units("单位：亩（公顷）") == (AreaUnit.MU, AreaUnit.HA)
    assert area_units("面积(㎡)") == (AreaUnit.M2,)
    assert money_units("总投资（亿元）") == (MoneyUnit.YI,)
    assert money_units("万元") == (MoneyUnit.WAN,)


def test_cleaning_keeps_the_punctuation_of_names():
    assert clean_text(" 瓮安县　１１０千伏\x0b\n工程（二期）\u200b") == "瓮安县 110千伏 工程（二期）"
    assert fold("瓮安县（二期）") == fold("瓮安县 (二期)")


@given(st.one_of(st.text(), st.decimals(), st.dates(), st.none(), st.booleans()))
def test_nothing_that_stands_in_a_cell_makes_reading_fail(value):
    parse_date(value)
    parse_number(value)
    clean_text(value)
