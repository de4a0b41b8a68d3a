from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from officefiles.errors import ColumnsMissing, TemplateOutdated
from officefiles.reading import read_workbook
from officefiles.writing import write_template
from projects.errors import AnothersList, CountyColumnMissing, ListEmpty, UnitOfAreaMissing
from projects.rules import Severity, Verdict, list_template, read_list
from tests.projects.lists import HEADER, TODAY, WORDS, directory, reading, row, said

GOOD_CODE = "2601-522725-02-05-198702"


def only(line, **more):
    (found,) = reading(line, **more).rows
    return found


def test_a_good_row_says_what_it_is():
    found = only(row(1, "瓮安县水库（二期）", GOOD_CODE, "瓮安", "588.31亩", 1.5))

    assert (found.verdict, found.problems, found.unit_name) == (Verdict.NEW, (), "瓮安县")
    assert found.facts.name == "瓮安县水库（二期）"
    assert found.facts.unit_code == "522725"
    assert (found.facts.land.total_m2, found.facts.land.arable_m2) == (392_207, 15_000)
    assert found.facts.land.entered["total_m2"].as_dict() == {"value": "588.31", "unit": "mu"}


@pytest.mark.parametrize(
    ("line", "cell", "says", "severity"),
    [
        (row(1, None, "", "瓮安县", 10), "B2", "没有填写项目名称", "error"),
        (row(1, "名" * 201), "B2", "超过 200 字", "error"),
        (row(1, code="2601-5227"), "C2", "不像投资项目统一代码", "warning"),
        (row(1, code="2601-522701-02-05-198702"), "C2", "代码里的行政区是都匀市", "warning"),
        (row(1, unit=None), "D2", "没有填写县（市）", "error"),
        (row(1, unit="翁安县"), "D2", "“翁安县”不属于任何县（市）", "error"),
        (row(1, unit="黔南州本级"), "D2", "“黔南州本级”不属于任何县（市）", "error"),
        (row(1, unit="瓮安县、福泉市"), "D2", "是 2 个县（市）", "error"),
        (row(1, unit="瓮安县银盏镇"), "D2", "按“瓮安县”处理", "warning"),
        (row(1, total=-3.2), "E2", "总面积不能小于 0", "error"),
        (row(1, total="约500"), "E2", "不是数字", "error"),
        (row(1, total="5 万元"), "E2", "单位不是面积单位", "error"),
        (row(1, total=400_000), "E2", "总面积超过全县面积：400000 公顷", "error"),
        (row(1, total=1204), "E2", "面积异常：1204 公顷", "warning"),
        (row(1, total=0, arable=None), "E2", "总面积为 0", "warning"),
        (row(1, total=None, arable=None), "E2", "没有填写用地总面积", "warning"),
        (row(1, total="待定", arable=None), "E2", "没有填写用地总面积", "warning"),
        (row(1, total=1.23456), "E2", "小数位数太多", "warning"),
        (row(1, total=2.0216, arable=19.0354), "F2",
         "耕地大于总面积：耕地 19.0354 公顷，总面积 2.0216 公顷", "error"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_cell(line, cell, says, severity):
    found = only(line)

    assert any(c == cell and says in message and s == severity for c, message, s in said(found)), said(found)
    assert found.verdict is (Verdict.ERROR if severity == "error" else Verdict.NEW)


def test_an_unknown_county_comes_with_what_was_probably_meant():
    (problem,) = only(row(1, unit="翁安县")).problems

    assert problem.suggestion == "是否应为“瓮安县”"
    assert problem.value == "翁安县"
    assert problem.field == "县市"
    assert problem.as_dict()["severity"] == "error"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("都匀", "522701"),
        ("三都县", "522732"),
        ("522732", "522732"),
        ("瓮安县自然资源局", "522725"),
        ("都匀经开区", "522700-P01"),
    ],
)
def test_counties_are_known_by_code_alias_bureau_and_park(text, code):
    assert only(row(1, unit=text)).facts.unit_code == code


def test_a_countys_own_rows_need_no_county_and_anothers_are_refused():
    mine, blank, other = reading(
        row(1, "甲"), row(2, "乙", unit=None), row(3, "丙", unit="福泉市"), own_unit="522725"
    ).rows

    assert (mine.verdict, blank.verdict, other.verdict) == (Verdict.NEW, Verdict.NEW, Verdict.ERROR)
    assert blank.facts.unit_code == "522725"
    assert "这是福泉市的项目，瓮安县只能报送本地项目" in other.problems[0].message


def test_the_same_code_twice_names_both_rows():
    first, second, third = reading(
        row(1, "甲", GOOD_CODE), row(2, "乙", GOOD_CODE.replace("-", " - ")), row(3, "丙")
    ).rows

    assert ("C2", "项目代码与第 3 行重复", "error") in said(first)
    assert ("C3", "项目代码与第 2 行重复", "error") in said(second)
    assert third.problems == ()


def test_the_same_name_twice_in_a_county_is_an_error_unless_codes_tell_them_apart():
    other_code = "2601-522725-02-05-198703"
    same = reading(row(1, "甲"), row(2, "甲 "), row(3, "甲", unit="福泉市")).rows
    told_apart = reading(row(1, "甲", GOOD_CODE), row(2, "甲", other_code)).rows

    assert [line.verdict for line in same] == [Verdict.ERROR, Verdict.ERROR, Verdict.NEW]
    assert [line.verdict for line in told_apart] == [Verdict.NEW, Verdict.NEW]
    assert told_apart[0].problems[0].severity is Severity.WARNING


def test_a_formula_without_a_result_is_an_error_of_its_row():
    found = reading(row(1, total=None), uncached=frozenset({(2, 5)})).rows[0]
    broken = reading(row(1, total=None), broken={(2, 5): "#REF!"}).rows[0]

    assert said(found) == [("E2", "公式没有计算结果", "error")]
    assert said(broken) == [("E2", "公式出错（#REF!）", "error")]


# --- dates ---------------------------------------------------------------------------------------

DATED = (*HEADER, "可研批复", "计划开工时间")


@pytest.mark.parametrize("entered", ["2027.3", "2026年第四季度", "待定", date(2031, 1, 1), None])
def test_planned_dates_may_be_vague_or_in_the_future(entered):
    found = only(row(1, "甲", "", "瓮安县", 10, 1, None, entered), header=DATED)

    assert found.problems == ()


def test_a_planned_month_is_kept_as_entered_and_compared_by_its_last_day():
    facts = only(row(1, "甲", "", "瓮安县", 10, 1, None, "2026.9"), header=DATED).facts

    assert (facts.planned_start, facts.planned_start_on) == ("2026.9", date(2026, 9, 30))


def test_the_month_that_lost_its_zero_is_asked_back():
    (problem,) = only(row(1, "甲", "", "瓮安县", 10, 1, None, 2026.1), header=DATED).problems

    assert problem.message.startswith("2026.1 可能是 1 月，也可能是 10 月")


@pytest.mark.parametrize("entered", [date(2026, 11, 21), "2026.12", "2027年"])
def test_recorded_dates_may_not_lie_after_today(entered):
    found = only(row(1, "甲", "", "瓮安县", 10, 1, entered), header=DATED)

    assert found.verdict is Verdict.ERROR
    assert found.problems[0].cell == "G2"
    assert "晚于今天（2026-11-20）" in found.problems[0].message


@pytest.mark.parametrize(
    ("entered", "status", "on"),
    [
        (date(2026, 11, 20), "done", date(2026, 11, 20)),
        ("未批复", "not_done", None),
        ("办理中", "in_progress", None),
        ("不涉及", "not_involved", None),
    ],
)
def test_recorded_dates_and_words_become_facts(entered, status, on):
    found = only(row(1, "甲", "", "瓮安县", 10, 1, entered), header=DATED)

    fact = found.facts.reported["feasibility"]
    assert (fact.status, fact.on, fact.step, found.problems) == (status, on, "A05", ())


def test_an_unreadable_date_is_kept_as_text_with_a_warning():
    found = only(row(1, "甲", "", "瓮安县", 10, 1, "领导已签"), header=DATED)

    assert found.verdict is Verdict.NEW
    assert found.facts.reported["feasibility"].text == "领导已签"


# --- money and categories --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "yuan"),
    [("总投资（亿元）", "597000000.00"), ("总投资（万元）", "59700.00"), ("总投资(元)", "5.97")],
)
def test_money_is_read_in_the_unit_of_its_heading(heading, yuan):
    facts = only(row(1, "甲", "", "瓮安县", 10, 1, 5.97), header=(*HEADER, heading)).facts

    assert facts.investment_yuan == Decimal(yuan)


def test_money_without_a_unit_is_taken_for_wan_and_says_so():
    found = reading(row(1, "甲", "", "瓮安县", 10, 1, 100), header=(*HEADER, "总投资"))

    assert found.rows[0].facts.investment_yuan == 1_000_000
    assert [(problem.cell, problem.message) for problem in found.problems] == [
        ("G1", "没有写明单位，按万元处理")
    ]


def test_impossible_money_is_an_error():
    for entered in (-1, 10**13, "很多"):
        assert (
            only(row(1, "甲", "", "瓮安县", 10, 1, entered), header=(*HEADER, "总投资（万元）")).verdict
            is Verdict.ERROR
        )


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("list_category", '"5+3"重大项目', "FIVE_PLUS_THREE"),
        ("list_category", "“５＋３”重大项目", "FIVE_PLUS_THREE"),
        ("list_category", "省级重点", "PROVINCIAL"), ("priority_class", "急需", "URGENT"),
        ("track", "单选", "single_site"),
        ("track", "仅存量（国有）地", "no_requisition"), ("list_category", "没听说过", ""),
    ],
)  # fmt: skip
def test_categories_are_known_by_the_words_of_counties(key, text, code):
    assert WORDS[key].code(text) == code


# --- the file as a whole ----------------------------------------------------------------------------


def test_unknown_columns_are_reported_with_a_suggestion_and_not_imported():
    (problem,) = reading(row(1, "甲", "", "瓮安县", 10, 1, "x"), header=(*HEADER, "计划开工的时间")).problems

    assert (problem.cell, problem.severity, problem.suggestion) == (
        "G1",
        Severity.WARNING,
        "是否应为“计划开工时间”",
    )


def test_a_printed_total_that_is_wrong_is_pointed_out_and_never_imported():
    found = reading(
        row(1, "甲"),
        row(2, "乙"),
        ("小计", None, None, None, Decimal(20)),
        ("合计", None, None, None, Decimal(21)),
    )

    assert len(found.rows) == 2
    assert found.totals_skipped == (4, 5)
    assert [(problem.cell, problem.message) for problem in found.problems] == [
        ("E5", "合计写的是 21，各行相加是 20")
    ]


def test_the_unit_above_the_table_counts_where_headings_name_none():
    header = ("序号", "项目名称", "项目代码", "县市", "用地总面积", "耕地（公顷）")
    found = reading(row(1, total=15, arable=1), header=header, above=[("清单", "单位：亩、万元")]).rows[0]

    assert found.facts.land.total_m2 == 10_000
    assert found.facts.land.arable_m2 == 10_000


@pytest.mark.parametrize("above", [[], [("清单", "单位：亩（公顷）")]])
def test_a_list_that_does_not_say_mu_or_hectare_is_refused(above):
    header = ("序号", "项目名称", "项目代码", "县市", "用地总面积", "耕地")

    with pytest.raises(UnitOfAreaMissing, match="亩还是公顷"):
        reading(row(1), header=header, above=above)


def test_refusals_of_the_whole_list():
    no_county = ("序号", "项目名称", "项目代码", "建设单位", "用地总面积（亩）", "耕地（亩）")
    with pytest.raises(ColumnsMissing, match="“用地总面积”"):
        reading(("1", "甲", "x", "瓮安县"), header=("序号", "项目名称", "项目代码", "县市"))
    with pytest.raises(CountyColumnMissing, match="县市"):
        reading(row(1), header=no_county)
    with pytest.raises(AnothersList, match="福泉市自然资源局"):
        reading(row(1), header=no_county, above=[("填报单位：福泉市自然资源局", None)], own_unit="522725")
    with pytest.raises(ListEmpty, match="没有项目"):
        reading((), ("合计", None, None, None, Decimal(0)))


def test_the_line_above_says_the_county_where_no_column_does():
    header = ("序号", "项目名称", "项目代码", "建设单位", "用地总面积（亩）", "耕地（亩）")

    found = reading(row(1, unit="某公司"), header=header, above=[("填报单位：福泉市自然资源局", None)]).rows[
        0
    ]

    assert (found.facts.unit_code, found.facts.owner_unit) == ("522702", "某公司")


# --- our own template -------------------------------------------------------------------------------


def template(own_unit="522725", filled=()):
    units = directory().units
    return write_template(
        list_template(
            units=list(units.values()),
            own_unit=units.get(own_unit),
            today=TODAY,
            choices=WORDS,
            filled=filled,
        )
    )


def test_an_empty_template_holds_no_projects():
    book = read_workbook(template(), filename="模板.xlsx")

    with pytest.raises(ListEmpty):
        read_list(book, directory=directory(), own_unit="522725", today=TODAY, words=WORDS)


def test_what_is_typed_into_the_template_is_read_without_a_remark():
    line = [None, "测试项目", GOOD_CODE, None, "“5+3”重大项目", "急需", "单独选址", "某局", "水利",
            Decimal(100),
            *(Decimal(number) for number in (15, 12, 6, 3, 2, 2, 1, 10)), None, "2026年第四季度", "待定",
            TODAY, "不涉及", "办理中"]  # fmt: skip

    found = read_list(
        read_workbook(template(filled=[line]), filename="模板.xlsx"),
        directory=directory(),
        own_unit="522725",
        today=TODAY,
        words=WORDS,
    )

    assert (found.problems, found.missing) == ((), ())
    (only_row,) = found.rows
    assert only_row.problems == ()
    assert only_row.facts.track == "single_site"
    assert only_row.facts.land.total_m2 == 10_000
    assert only_row.facts.investment_yuan == 1_000_000
    assert only_row.facts.reported["site_study"].on == TODAY


def test_an_old_template_is_refused(monkeypatch):
    old = read_workbook(template(), filename="模板.xlsx")
    monkeypatch.setattr("projects.rules.list_reading.TEMPLATE_VERSION", "2027.1")

    with pytest.raises(TemplateOutdated, match="请下载最新模板"):
        read_list(old, directory=directory(), own_unit="522725", today=TODAY, words=WORDS)
