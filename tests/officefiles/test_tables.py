from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.units import AreaUnit
from officefiles.errors import ColumnsMissing, TableNotFound
from officefiles.headings import ColumnSpec, Measure, heading_key
from officefiles.sheets import Workbook, cell_name, column_letters
from officefiles.tables import RowKind, find_in_workbook, find_table
from officefiles.values import MoneyUnit
from tests.officefiles.workbooks import sheet

SPECS = (
    ColumnSpec("serial", "序号"),
    ColumnSpec("name", "项目名称", ("工程名称",), required=True),
    ColumnSpec("unit", "县市", ("所在县", "县"), fill_down=True),
    ColumnSpec("total", "用地总面积", ("总面积", "用地面积/总面积"), Measure.AREA, required=True),
    ColumnSpec("pbf", "永农", ("占用永久基本农田/面积",), Measure.AREA),
    ColumnSpec("feasibility", "可研批复", ("前置手续/可研",)),
    ColumnSpec("forest", "林地", (), Measure.AREA),
    ColumnSpec("forest_permit", "林地手续", ("前置手续/林地",)),
    ColumnSpec("money", "总投资", (), Measure.MONEY),
)


HEAD = ("项目名称", "县", "用地总面积", "总投资")


def one(number: int):
    return (Decimal(number), f"项目{number}", "都匀市", Decimal(10))


def test_a_title_and_a_unit_line_stand_above_the_table():
    table = find_table(
        sheet(
            ("都匀市2026年清单",),
            ("填报单位（盖章）：都匀市自然资源局　　填报时间：2026年11月19日　　单位：亩、万元",),
            ("序号", "项目名称", "所在县（市）", "用地总面积"),
            one(1),
        ),
        SPECS,
    )

    assert table.preamble.title == "都匀市2026年清单"
    assert table.preamble.reporting_unit == "都匀市自然资源局"
    assert table.preamble.reported_on == date(2026, 11, 19)
    assert table.preamble.area_units == (AreaUnit.MU,)
    assert table.preamble.money_units == (MoneyUnit.WAN,)
    assert (table.header.first, table.header.last) == (3, 3)
    assert [row.number for row in table.data_rows()] == [4]


def test_merged_headers_in_three_rows_become_paths():
    table = find_table(
        sheet(
            ("序号", "项目名称", "县", "用地面积", None, "前置手续", None, "占用永久基本农田"),
            (None, None, None, "总面积（公顷）", "其中：林地（公顷）", "可研", "林地", "面积（亩）"),
            (None, None, None, None, None, None, None, None),
            (*one(1), Decimal(3), "未批复", "是", Decimal(2)),
            merges=[(1, 1, 3, 1), (1, 2, 3, 2), (1, 3, 3, 3), (1, 4, 1, 5), (1, 6, 1, 7), (2, 4, 3, 4)],
        ),
        SPECS,
    )

    found = {column.heading: column.key for column in table.columns}
    assert table.header.last == 3
    assert found["用地面积/总面积（公顷）"] == "total"
    assert found["用地面积/其中：林地（公顷）"] == "forest"
    assert found["前置手续/林地"] == "forest_permit"
    assert found["前置手续/可研"] == "feasibility"
    assert table.column("pbf").area_unit is AreaUnit.MU
    assert table.column("total").area_unit is AreaUnit.HA


def test_group_headings_survive_the_loss_of_their_merges_in_csv():
    table = find_table(
        sheet(
            ("项目名称", "县", "用地面积", None, "前置手续", None),
            (None, None, "总面积", "林地", "可研", "林地"),
            ("甲", "都匀市", "10", "3", "未批复", "是"),
        ),
        SPECS,
    )

    assert [column.key for column in table.columns] == [
        "name",
        "unit",
        "total",
        "forest",
        "feasibility",
        "forest_permit",
    ]
    assert [row.values["name"] for row in table.data_rows()] == ["甲"]


def test_totals_sections_notes_blanks_numbering_and_repeated_headers_are_no_projects():
    header = ("序号", "项目名称", "县", "用地总面积")
    table = find_table(
        sheet(
            header,
            (Decimal(1), Decimal(2), Decimal(3), Decimal(4)),
            ("一、省重点项目",),
            one(1),
            ("小计", None, None, Decimal(10)),
            (),
            header,
            one(2),
            (Decimal(3), None, None, None),
            (Decimal(4), None, "都匀市", None),
            (None, "都匀市小计", None, Decimal(10)),
            ("合 计（2个）", None, None, Decimal(20)),
            ("填报人：", "联系电话：", None, None),
        ),
        SPECS,
    )

    kinds = [(row.number, row.kind) for row in table.rows]
    assert kinds == [
        (3, RowKind.SECTION), (4, RowKind.DATA), (5, RowKind.SUBTOTAL), (8, RowKind.DATA),
        (11, RowKind.SUBTOTAL), (12, RowKind.TOTAL), (13, RowKind.NOTE),
    ]  # fmt: skip


def test_the_line_above_a_header_in_two_rows_is_no_group_heading():
    table = find_table(
        sheet(
            ("填报单位：都匀市", "填报时间：2026年11月19日", "单位：亩", None),
            ("项目名称", "县", "用地面积", None),
            (None, None, "总面积", "林地"),
            ("甲", "都匀市", Decimal(10), Decimal(3)),
            merges=[(2, 1, 3, 1), (2, 2, 3, 2), (2, 3, 2, 4)],
        ),
        SPECS,
    )

    assert (table.header.first, table.header.last) == (2, 3)
    assert table.preamble.area_units == (AreaUnit.MU,)


def test_a_project_may_be_called_like_a_note():
    table = find_table(sheet(HEAD, ("审核中心大楼", "都匀市", Decimal(5), "x"), ("填报人：某岗位",)), SPECS)

    assert [row.kind for row in table.rows] == [RowKind.DATA, RowKind.NOTE]


def test_a_project_without_a_name_is_still_a_row():
    table = find_table(sheet(("项目名称", "县", "用地总面积"), (None, "都匀市", Decimal(5))), SPECS)

    assert [row.kind for row in table.rows] == [RowKind.DATA]


def test_a_merged_county_counts_for_each_row_and_a_merged_area_only_once():
    table = find_table(
        sheet(
            ("项目名称", "县", "用地总面积"),
            ("甲", "都匀市", Decimal(10)),
            ("乙", None, None),
            merges=[(2, 2, 3, 2), (2, 3, 3, 3)],
        ),
        SPECS,
    )

    assert [row.values["unit"] for row in table.data_rows()] == ["都匀市", "都匀市"]
    assert [row.values["total"] for row in table.data_rows()] == [Decimal(10), None]


def test_unknown_columns_are_kept_with_a_suggestion_and_twins_are_named():
    table = find_table(
        sheet(
            ("项目名称", "县", "用地总面积", "用地总面积亩", "工程名称", "总投资款"),
            ("甲", "都匀市", Decimal(1), None, "别名", "5"),
        ),
        SPECS,
    )

    unknown = {column.letters: column for column in table.unknown}
    assert unknown["D"].twin_of == "C"
    assert unknown["E"].twin_of == "A"
    assert unknown["F"].suggestion == "总投资"
    assert next(table.data_rows()).extras == {"工程名称": "别名", "总投资款": "5"}


def test_the_sheet_that_fits_best_is_taken_and_hidden_ones_are_not():
    list_rows = (("序号", "项目名称", "县", "用地总面积"), one(1))
    workbook = Workbook(
        "a.xlsx",
        (
            sheet(("说明",), name="填报说明"),
            sheet(*list_rows, name="旧", hidden=True),
            sheet(*list_rows, name="清单"),
        ),
    )

    assert find_in_workbook(workbook, SPECS, called="项目清单").sheet.name == "清单"


def test_a_wrong_sheet_is_refused_with_what_was_found():
    workbook = Workbook("a.xlsx", (sheet(("姓名", "电话", "职务"), ("某", "1", "2"), name="通讯录"),))

    with pytest.raises(TableNotFound) as caught:
        find_in_workbook(workbook, SPECS, called="项目清单")

    assert "“通讯录”" in caught.value.message
    assert "姓名、电话、职务" in caught.value.message


def test_missing_columns_are_named():
    workbook = Workbook("a.xlsx", (sheet(("序号", "项目名称", "县"), ("1", "甲", "都匀市")),))

    with pytest.raises(ColumnsMissing) as caught:
        find_in_workbook(workbook, SPECS, called="项目清单")

    assert "“用地总面积”" in caught.value.message
    assert caught.value.facts["missing"] == ["total"]


def test_headings_are_compared_without_brackets_numbering_and_units():
    assert heading_key("1.用地总面积（公顷）*") == heading_key("用地总面积")
    assert heading_key("其中：耕地") == heading_key("耕地 （亩）")
    assert heading_key("（市）") != ""


def test_cells_are_named_as_on_the_screen():
    assert cell_name(7, 9) == "I7"
    assert [column_letters(number) for number in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]
