"""The responsibility matrix as bureaus send it: leaders in merged cells, names missing."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from officefiles.errors import TableNotFound
from officefiles.reading import read_workbook
from projects.rules.matrix import MatrixNames, MatrixSheet, Names, judge, read_matrix

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "hubei-targets.xlsx"
# As in the table of S1, leaders' names taken out.
PRINTED = """
厅领导1,办公室,武汉市
厅领导1,综合处,黄石市
厅领导2,确权登记处,襄阳市
厅领导2,权益处,孝感市
厅领导3,地质处,宜昌市
厅领导3,利用处,鄂州市
厅领导3,用途管制处,黄冈市
厅领导3,矿保处,潜江市
厅领导4,执法监督处,恩施州
厅领导5,规划处,荆门市
厅领导6,耕保处,十堰市
厅领导7,国土整治中心,仙桃市
厅领导8,督察办,荆州市
厅领导9,生态修复处,咸宁市
厅领导10,征地中心,随州市
厅领导11,矿业权处,天门市
厅领导12,调查监测处,神农架林区
"""


def read(rows: list[list[object]], *, merges: tuple[str, ...] = (), most_areas: int = 2) -> MatrixSheet:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for place in merges:
        sheet.merge_cells(place)
    file = io.BytesIO()
    book.save(file)
    return read_matrix(read_workbook(file.getvalue(), filename="包联.xlsx"), most_areas=most_areas)


HEAD = ["包联领导", "责任科室", "包联县市"]


def test_the_provinces_matrix_is_read_as_printed():
    workbook = read_workbook(SAMPLE.read_bytes(), filename=SAMPLE.name)

    found = read_matrix(workbook, most_areas=2)

    printed = [tuple(line) for line in csv.reader(PRINTED.strip().splitlines())]
    assert [(row.leader.text, row.office.text, row.area.text) for row in found.rows] == printed
    assert len({row.leader.text for row in found.rows}) == 12


def test_a_leader_over_four_areas_is_to_be_checked_and_one_over_two_is_not():
    workbook = read_workbook(SAMPLE.read_bytes(), filename=SAMPLE.name)

    found = read_matrix(workbook, most_areas=2)

    doubtful = {row.leader.text: row.to_check for row in found.rows if row.to_check}
    assert doubtful == {"厅领导3": "“厅领导3”一格覆盖 4 个地区，可能漏抄了领导姓名"}
    assert read_matrix(workbook, most_areas=4).rows[4].to_check == ""


def test_a_merged_name_knows_its_own_cell():
    found = read([HEAD, ["局领导1", "规划科", "都匀市"], [None, "耕保科", "福泉市"]], merges=("A2:A3",))

    assert [(row.leader.name, row.leader.spread) for row in found.rows] == [("A2", False), ("A3", True)]
    assert [row.to_check for row in found.rows] == ["", ""]


def test_a_blank_cell_that_is_not_merged_is_a_guess():
    found = read([HEAD, ["局领导1", "规划科", "都匀市"], [None, "耕保科", "福泉市"]])

    assert found.rows[1].leader.text == "局领导1"
    assert found.rows[1].to_check == "A3 为空且未合并，按上一行“局领导1”推断"


def test_a_sheet_without_the_columns_is_refused():
    with pytest.raises(TableNotFound):
        read([["姓名", "电话"], ["甲", "1"]])


NAMES = MatrixNames(
    leaders=Names.of([("局领导1", 11, "局领导1")]),
    offices=Names.of([("规划科", 21, "规划科"), ("国土空间规划科", 21, "规划科")]),
    areas=Names.of([("都匀市", 31, "都匀市"), ("三都县", 32, "三都县"), ("福泉市", 33, "福泉市")]),
)


def test_what_is_wrong_is_said_by_cell():
    sheet = read(
        [
            HEAD,
            ["局领导1", "国土空间规划科", "都匀市"],
            ["局领导9", "规划处", "都匀市"],
            ["局领导1", "规划科", "都云市"],
            ["局领导1", "规划科", None],
        ],
        most_areas=9,
    )

    good, twice, unknown, empty = judge(sheet, NAMES)

    assert (good.leader_id, good.office_id, good.area_id, good.problems) == (11, 21, 31, [])
    assert [(p.cell, p.is_error) for p in twice.problems] == [("A3", False), ("B3", False), ("C3", True)]
    assert "与 C2 重复" in twice.problems[2].message
    assert "是否为“规划科”" in twice.problems[1].message
    assert unknown.problems[0].message.startswith("辖区内没有“都云市”，是否为“都匀市”")
    assert (empty.problems[0].cell, empty.has_errors) == ("C5", True)


def test_a_row_without_a_leader_above_is_wrong():
    [verdict] = judge(read([HEAD, [None, "规划科", "福泉市"]]), NAMES)

    assert [(p.cell, p.is_error) for p in verdict.problems] == [("A2", True)]
