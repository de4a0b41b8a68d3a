from __future__ import annotations

import io
import random
import re
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from officefiles.reading import read_workbook
from officefiles.writing import (
    CellKind,
    CellMark,
    LedgerColumn,
    LedgerLayout,
    PrefilledColumn,
    PrefilledRow,
    PrefilledSpec,
    Subtotal,
    mark_errors,
    write_ledger,
    write_ledgers,
    write_prefilled,
)
from officefiles.writing.printing import ONE_PAGE, PrintPlan, print_plan
from tests.officefiles.workbooks import sample, xlsx

COLUMNS = (
    LedgerColumn(("序号",), CellKind.CENTRED, 6),
    LedgerColumn(("项目名称",), width=30),
    LedgerColumn(("用地面积", "总面积（公顷）"), CellKind.HA, total=True),
    LedgerColumn(("用地面积", "耕地（亩）"), CellKind.MU, total=True),
    LedgerColumn(("前置手续", "批复", "可研"), CellKind.DATE),
    LedgerColumn(("前置手续", "批复", "初设"), CellKind.DATE),
    LedgerColumn(("前置手续", "预审"), CellKind.TEXT),
    LedgerColumn(("备注",)),
)
LAYOUT = LedgerLayout(
    "黔南州台账（第47周）", COLUMNS, subtitle="填报单位：州局　　单位：公顷", freeze_columns=2
)
ROWS = [
    [1, "甲", Decimal("126.0096"), Decimal("44.37"), date(2026, 8, 11), "未批复", "是", None],
    [2, "乙 <&> “引号”\n第二行", Decimal("0.1"), Decimal("0.2"), None, date(2026, 4, 1), "", "备注"],
    [3, "丙", Decimal("0.2")],
]


def written(rows=ROWS, layout=LAYOUT) -> bytes:
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=rows)
    return file.getvalue()


def test_what_was_written_is_read_back_cell_by_cell_by_two_other_readers():
    data = written()

    ours = read_workbook(data, filename="台账.xlsx").sheets[0]
    theirs = openpyxl.load_workbook(io.BytesIO(data)).active

    for row, values in enumerate(ROWS, start=6):
        for column, value in enumerate(values, start=1):
            if value == "":
                value = None
            expected = Decimal(value) if isinstance(value, int) else value
            assert ours.value(row, column) == expected
            found = theirs.cell(row, column).value
            if isinstance(value, date):
                found = found.date()
            assert found == (float(value) if isinstance(value, Decimal) else value)


def test_totals_are_recomputed_exactly_and_subtotals_take_no_part():
    file = io.BytesIO()

    summary = write_ledger(file, layout=LAYOUT, rows=[*ROWS, Subtotal(["小计", None, Decimal(999)])])

    assert summary.rows == 3
    assert summary.totals == {2: Decimal("126.3096"), 3: Decimal("44.57")}
    sheet = openpyxl.load_workbook(io.BytesIO(file.getvalue())).active
    assert [sheet.cell(10, column).value for column in (1, 3, 4)] == ["合计", 126.3096, 44.57]
    assert sheet["A10"].font.b
    assert sheet["C9"].value == 999


def test_the_header_is_merged_over_several_rows():
    sheet = openpyxl.load_workbook(io.BytesIO(written())).active

    merged = {str(block) for block in sheet.merged_cells.ranges}
    assert merged == {
        "A1:H1",
        "A2:H2",
        "A3:A5",
        "B3:B5",
        "C3:D3",
        "C4:C5",
        "D4:D5",
        "E3:G3",
        "E4:F4",
        "G4:G5",
        "H3:H5",
    }
    assert (sheet["C3"].value, sheet["C4"].value, sheet["E4"].value, sheet["F5"].value) == (
        "用地面积", "总面积（公顷）", "批复", "初设",
    )  # fmt: skip


def test_every_cell_has_its_border_and_its_format():
    data = written()
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active

    for row in range(6, 10):
        for column in range(1, 9):
            assert sheet.cell(row, column).border.left.style == "thin", (row, column)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r'<c r="[A-H][3-5]" s="(\d+)"', xml) == ["3"] * 24
    assert sheet["C6"].number_format == "#,##0.0000"
    assert sheet["D6"].number_format == "#,##0.00"
    assert sheet["E6"].number_format == "yyyy\\-mm\\-dd"
    assert sheet["C6"].alignment.horizontal == "right"
    assert (sheet["A1"].font.name, sheet["A1"].font.sz) == ("方正小标宋简体", 20)
    assert (sheet["A3"].font.name, sheet["A6"].font.name) == ("黑体", "仿宋")


def test_a_sheet_too_wide_to_read_prints_on_pages_side_by_side_broken_between_groups():
    groups = [*("序号", "项目名称"), *(f"手续{n // 4}" for n in range(40)), "备注"]
    columns = [LedgerColumn((group, f"第{n}列"), CellKind.DATE) for n, group in enumerate(groups)]
    layout = LedgerLayout(
        "甲&乙台账", tuple(columns), subtitle="填报单位：甲", freeze_columns=2, total_label=""
    )
    target = io.BytesIO()
    write_ledger(target, layout=layout, rows=[["一", "长" * 30], ["二", "短"]])

    sheet = openpyxl.load_workbook(target).active

    assert [brk.id for brk in sheet.col_breaks.brk] == [22]  # a group is never torn
    assert (sheet.page_setup.scale, sheet.page_setup.pageOrder) == (57, "overThenDown")
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.print_title_cols, sheet.print_title_rows) == ("$A:$B", "$3:$4")
    assert (sheet["C1"].value, sheet["C2"].value) == ("甲&乙台账", "填报单位：甲")
    assert {"C1:V1", "C2:V2"} <= {str(merge) for merge in sheet.merged_cells.ranges}
    assert sheet.oddFooter.left.text == "甲&&乙台账"
    assert (sheet.row_dimensions[5].height, sheet.row_dimensions[6].height) == (3 + 15 * 6, None)


@pytest.mark.parametrize(
    ("widths", "kept", "plan"),
    [
        ([20.0] * 14, 2, ONE_PAGE),
        ([20.0] * 15, 2, PrintPlan(88, (9,), 2)),
        ([20.0] * 15, 0, ONE_PAGE),  # nothing would say whose row the second page goes on with
        ([10.0, 900.0, 900.0], 1, PrintPlan(17, (2,), 1)),  # a column wider than any page
    ],
)
def test_what_can_be_read_on_one_page_stays_on_one(widths, kept, plan):
    assert print_plan(widths=widths, groups=[str(n) for n in range(len(widths))], kept=kept) == plan


def test_it_prints_on_a3_one_page_wide_with_header_and_page_numbers():
    sheet = openpyxl.load_workbook(io.BytesIO(written())).active

    assert sheet.freeze_panes == "C6"
    assert sheet.print_title_rows == "$3:$5"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert sheet.column_dimensions["B"].width == 30


@pytest.mark.parametrize(
    "text", ["=1+1", "+A1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", '=HYPERLINK("x")']
)
def test_no_text_becomes_a_formula(text):
    data = written([[1, text]])

    cell = openpyxl.load_workbook(io.BytesIO(data)).active["B6"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert cell.value.strip() == text.strip()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert b"<f" not in package.read("xl/worksheets/sheet1.xml")


def test_a_line_break_pasted_from_a_letter_does_not_kill_a_list_to_work_on():
    columns = (PrefilledColumn("项目名称"),)
    spec = PrefilledSpec("项目清单", "1", "7", "清单\x0b", "单位：亩", columns, freeze_columns=1)

    data = write_prefilled(spec, [PrefilledRow(("一期\x0b二期 <3> _x0041_",))])

    [sheet, _] = read_workbook(data, filename="清单.xlsx").sheets
    assert (sheet.value(1, 1), sheet.value(4, 1)) == ("清单", "一期二期 <3> _x0041_")


def test_control_characters_and_endless_texts_do_not_kill_a_report():
    nasty = "a\x00b\x0bc\x1f\ufffe\ud800d"

    sheet = read_workbook(
        written([[1, nasty], [2, "长" * 40_000], [3, "_x0041_"], [Decimal("NaN"), date(1899, 1, 1)]]),
        filename="a.xlsx",
    ).sheets[0]

    assert sheet.value(6, 2) == "abcd"
    assert len(str(sheet.value(7, 2))) == 32_767
    assert sheet.value(8, 2) == "_x0041_"
    assert (sheet.value(9, 1), sheet.value(9, 2)) == ("NaN", "1899-01-01")


def test_the_same_rows_give_the_same_bytes_on_another_day_as_well():
    assert written() == written()
    with zipfile.ZipFile(io.BytesIO(written())) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_rows_are_streamed():
    seen = []

    def rows():
        chance = random.Random(1)
        for number in range(1_000):
            seen.append(number)
            yield [number, f"{chance.getrandbits(800):x}"]

    class Watched(io.BytesIO):
        first_write_after = None

        def write(self, data):
            if self.first_write_after is None and len(data) > 1_000:
                self.first_write_after = len(seen)
            return super().write(data)

    target = Watched()
    write_ledger(target, layout=LAYOUT, rows=rows())

    assert target.first_write_after < 1_000


def test_several_sheets_stand_in_one_workbook():
    file = io.BytesIO()
    other = LedgerLayout("三张清单", COLUMNS[:2], sheet_name="问题/清单", total_label="")

    write_ledgers(file, sheets=[(LAYOUT, ROWS), (other, [[1, "甲"]])])

    workbook = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
    assert workbook.sheetnames == ["台账", "问题清单"]
    assert workbook["问题清单"].max_row == 3


# --- marking -------------------------------------------------------------------------------------


def marks():
    return [
        CellMark("I7", "拟用地面积", "1117.27", "面积异常", "请核对单位", is_error=False),
        CellMark("K7", "计划开工时间", "2026年10月", "看不懂", "请改正"),
        CellMark("A28", "合计", "合计", "合并单元格里的问题"),
        CellMark("C28", "合计", "", "合并单元格下面的问题"),
        CellMark("9", "项目", "", "整行的问题"),
    ]


def test_the_same_workbook_comes_back_with_its_mistakes_marked():
    data = mark_errors(sample("county-list-mu.xlsx"), marks(), filename="a.xlsx", sheet="项目清单")

    workbook = openpyxl.load_workbook(io.BytesIO(data))
    sheet = workbook["项目清单"]
    assert (sheet["I7"].fill.fgColor.rgb, sheet["K7"].fill.fgColor.rgb) == ("FFFDEFC3", "FFF4B6B6")
    assert sheet["K7"].comment.text == "看不懂。请改正"
    assert "合并单元格下面的问题" in sheet["A28"].comment.text
    assert sheet["A9"].comment.text.startswith("整行的问题")
    assert sheet["H28"].value == "=SUM(H4:H27)"
    assert workbook["问题清单"]["D3"].value == "看不懂"


def test_a_csv_comes_back_as_a_workbook_with_the_same_cells():
    source = read_workbook(sample("department-demand-gbk.csv"), filename="需求.csv").sheets[0]

    mark = CellMark("D3", "耕地", "", "大于总面积")

    data = mark_errors(sample("department-demand-gbk.csv"), [mark], filename="需求.csv", sheet=source.name)

    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet["D3"].comment.text.startswith("大于总面积")
    for row, values in source.numbered_rows():
        assert [sheet.cell(row, column).value for column in range(1, len(values) + 1)] == list(values)


def test_marking_keeps_text_that_looks_like_a_formula_as_text():
    csv = b'a,b\n=1+1,"+x\x0b"\n'

    sheet = openpyxl.load_workbook(io.BytesIO(mark_errors(csv, [], filename="a.csv", sheet="a"))).worksheets[
        0
    ]

    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", "=1+1")
    assert sheet["B2"].value == "+x"


def test_a_workbook_that_cannot_be_edited_is_copied(monkeypatch):
    def broken(*_args, **_kwargs):
        raise ValueError("odd styles")

    data = xlsx([["a", "b"], [1, 2]], title="清单")
    monkeypatch.setattr("officefiles.writing.marking.openpyxl.load_workbook", broken)

    marked = mark_errors(data, [CellMark("A2", "a", "1", "错")], filename="a.xlsx", sheet="清单")

    monkeypatch.undo()
    assert openpyxl.load_workbook(io.BytesIO(marked))["清单"]["A2"].comment is not None
