"""The days of a wave, whom a row waits for, why two rows may be one, and who gets a project."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from projects.rules.duplicates import Ground, Likeness, Thresholds, grounds, ordinals, same_code
from projects.rules.pushing import Condition, PushFacts, Rule, recipients
from projects.rules.waves import WaveDays, waits_for_county, wave_days

THRESHOLDS = Thresholds(name_percent=45, owner_name_percent=25)


@pytest.mark.parametrize(
    ("opens", "closes", "days"),
    [
        ((3, 1), (3, 10), (date(2026, 3, 1), date(2026, 3, 10))),
        ((6, 21), (6, 30), (date(2026, 6, 21), date(2026, 6, 30))),
        ((12, 20), (1, 10), (date(2026, 12, 20), date(2027, 1, 10))),
        ((2, 25), (2, 31), (date(2026, 2, 25), date(2026, 2, 28))),
    ],
    ids=["early March", "end of June", "over the year's end", "a day that the month has not"],
)
def test_a_wave_has_its_days_in_each_year(opens, closes, days):
    found = wave_days(
        year=2026, opens_month=opens[0], opens_day=opens[1], closes_month=closes[0], closes_day=closes[1]
    )

    assert found == WaveDays(*days)


@pytest.mark.parametrize(
    ("gathers", "in_county", "waits"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_row_waits_for_its_county_where_the_window_says_so(gathers, in_county, waits):
    assert waits_for_county(window_needs_gathering=gathers, lies_in_a_county=in_county) is waits


def like(name="都匀市标准厂房", *, code="", county="522701", owner="", area=None, money=None) -> Likeness:
    return Likeness(name, code, county, owner, area, money)


def found(one: Likeness, other: Likeness, alike: int) -> list[Ground]:
    return [reason.ground for reason in grounds(one, other, alike=alike, thresholds=THRESHOLDS)]


@pytest.mark.parametrize(
    ("one", "other", "alike", "expected"),
    [
        (like(), like(), 45, [Ground.NAME]),
        (like(), like(), 44, []),
        (like(owner="水投公司"), like(owner="水投有限公司"), 25, [Ground.NAME, Ground.OWNER]),
        (like(owner="水投公司"), like(owner="水投有限公司"), 24, []),
        (like(), like(county="522725"), 100, []),
        (like(code="2601-1"), like(code="２６０１ 1", county="522725"), 0, [Ground.CODE]),
        (like("厂房二期"), like("厂房三期"), 80, []),
        (like("厂房二期"), like("厂房2期"), 80, [Ground.NAME]),
        (like("厂房二期", code="A1"), like("厂房三期", code="a-1"), 80, [Ground.CODE, Ground.NAME]),
        (like(area=5, money=Decimal(9)), like(area=5, money=Decimal(9)), 50,
         [Ground.NAME, Ground.AREA, Ground.INVESTMENT]),
        (like(area=5), like(area=5), 10, []),
    ],
    ids=["at the threshold", "below it", "same owner at the lower one", "same owner below it",
         "another county", "the same code anywhere", "another number of the series",
         "the same number written otherwise", "the code outweighs the number", "supported by figures",
         "figures alone are no reason"],
)  # fmt: skip
def test_two_rows_are_proposed_as_one_for_a_reason(one, other, alike, expected):
    assert found(one, other, alike) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("厂房二期", ("2",)),
        ("第一中学", ("1",)),
        ("3号路4标段", ("3", "4")),
        ("水库", ()),
        ("十二五规划馆", ()),
    ],
)
def test_numbers_in_a_name_tell_projects_apart(name, expected):
    assert ordinals(name) == expected


def test_no_code_is_nobodys_code():
    assert not same_code("", "")
    assert not same_code("--", " ")


def facts(words="都匀水库", **areas) -> PushFacts:
    given = dict.fromkeys(("forest_m2", "eco_redline_m2", "reserve_m2", "arable_m2", "new_construction_m2"))
    return PushFacts(words=words, **(given | areas))


@pytest.mark.parametrize(
    ("condition", "given", "reason"),
    [
        (Condition.ALWAYS, {}, "列入年度清单"),
        (Condition.FOREST, {"forest_m2": 5}, "涉及林地"),
        (Condition.FOREST, {"forest_m2": 0}, None),
        (Condition.FOREST, {}, "林地面积未填，请核查是否涉及林地"),
        (Condition.ECO_REDLINE, {}, None),
        (Condition.ECO_REDLINE, {"eco_redline_m2": 1}, "涉及生态保护红线"),
        (Condition.RESERVE, {"reserve_m2": 1}, "涉及自然保护地"),
        (Condition.ARABLE, {"arable_m2": 1}, "占用耕地"),
        (Condition.NEW_LAND, {}, "新增建设用地未填"),
        (Condition.KEYWORD, {}, "项目涉及“水库”"),
    ],
)
def test_a_rule_names_its_reason_or_nobody(condition, given, reason):
    sent = recipients(facts(**given), [Rule(1, 7, condition, ("光伏", "水库"))])

    assert [row.reason for row in sent] == ([reason] if reason else [])


def test_a_department_gets_a_project_once_by_the_first_rule():
    sent = recipients(facts(), [Rule(1, 7, Condition.ALWAYS), Rule(2, 7, Condition.FOREST)])

    assert [(row.recipient, row.rule) for row in sent] == [(7, 1)]
