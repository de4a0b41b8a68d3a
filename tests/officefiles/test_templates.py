from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from officefiles.errors import TemplateOutdated
from officefiles.marks import check_mark, read_mark
from officefiles.reading import read_workbook
from officefiles.template_specs import Entry, TemplateColumn, TemplateSpec
from officefiles.writing import write_template
from tests.officefiles.workbooks import xlsx

SPEC = TemplateSpec(
    kind="项目清单",
    version="2026.1",
    title="瓮安县清单",
    subtitle="填报单位：瓮安县　　单位：亩",
    columns=(
        TemplateColumn("序号", Entry.SERIAL),
        TemplateColumn("项目名称", required=True, hint="一项目一行"),
        TemplateColumn("项目代码", unique=True),
        TemplateColumn("县市", Entry.LOCKED, fixed="瓮安县"),
        TemplateColumn("清单类别", Entry.CHOICE, words="清单类别"),
        TemplateColumn("用地总面积（亩）", Entry.AREA),
        TemplateColumn("面积校验", Entry.FORMULA, formula='=IF(F{row}<0,"负数","")'),
        TemplateColumn("可研批复", Entry.PAST_DATE),
    ),
    words={"清单类别": ["国家重大", "=危险"]},
    today=date(2026, 11, 22),
    rows=20,
)


@pytest.fixture(scope="module")
def template() -> bytes:
    return write_template(SPEC)


def changed(template: bytes, change) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(template))
    change(workbook)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def test_a_unit_s_name_with_a_pasted_line_break_still_makes_a_template():
    content = write_template(replace(SPEC, title="瓮安县\x0b清单"))

    assert read_workbook(content, filename="模板.xlsx").sheets[0].value(1, 1) == "瓮安县清单"


def test_only_the_cells_to_fill_in_are_open(template):
    sheet = openpyxl.load_workbook(io.BytesIO(template))["项目清单"]

    assert sheet.protection.sheet
    assert not sheet.protection.insertRows
    locked = [sheet.cell(4, column).protection.locked for column in range(1, 9)]
    assert locked == [True, False, False, True, False, False, True, False]
    assert all(sheet.cell(3, column).protection.locked for column in range(1, 9))
    assert (sheet["A5"].value, sheet["D5"].value, sheet["G5"].value) == (2, "瓮安县", '=IF(F5<0,"负数","")')


def test_drop_downs_and_checks_stand_in_the_columns(template):
    sheet = openpyxl.load_workbook(io.BytesIO(template))["项目清单"]

    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules["E4:E23"].formula1 == "字典!$A$3:$A$4"
    assert (rules["F4:F23"].type, rules["F4:F23"].formula1) == ("decimal", "0")
    assert rules["H4:H23"].formula2 == "DATE(2026,11,22)"
    assert "COUNTIF" in rules["C4:C23"].formula1
    assert sheet["B3"].comment.text == "一项目一行"
    assert sheet["B3"].value == "项目名称*"


def test_the_dictionary_is_hidden_and_carries_version_and_checksum(template):
    workbook = read_workbook(template, filename="模板.xlsx")

    assert workbook.sheet("字典").hidden
    assert read_mark(workbook).version == "2026.1"
    check_mark(workbook, kind="项目清单", version="2026.1")
    check_mark(read_workbook(xlsx([["a"]]), filename="a.xlsx"), kind="项目清单", version="2026.1")


def test_an_old_template_another_kind_and_an_edited_dictionary_are_refused(template):
    workbook = read_workbook(template, filename="模板.xlsx")
    edited = changed(template, lambda book: book["字典"].__setitem__("A3", "自拟类别"))

    with pytest.raises(TemplateOutdated, match=r"2026\.1 版，现行是 2027\.1 版"):
        check_mark(workbook, kind="项目清单", version="2027.1")
    with pytest.raises(TemplateOutdated, match="这里要的是“周台账”"):
        check_mark(workbook, kind="周台账", version="2026.1")
    with pytest.raises(TemplateOutdated, match="字典被改动"):
        check_mark(read_workbook(edited, filename="模板.xlsx"), kind="项目清单", version="2026.1")
