from __future__ import annotations

import io
import zipfile
from datetime import date
from xml.etree import ElementTree

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from officefiles.document_charts import Bars
from officefiles.documents import (
    Align,
    Column,
    Level,
    OfficialDocument,
    document_number,
    office_day,
)
from tests.officefiles.boxes import box_of, foot_of

DAY = date(2026, 11, 2)


def read(document: OfficialDocument):
    return docx.Document(io.BytesIO(document.content()))


def circular(**head) -> OfficialDocument:
    return OfficialDocument(
        **{
            "title": "关于2026年用地要素保障工作情况的通报",
            "issuing_mark": "黔南州自然资源局文件",
            "number": document_number("黔南自然资通", 2026, 7),
            "addressee": "各县（市）自然资源局",
            **head,
        }
    )


def line(found, text):
    return next(paragraph for paragraph in found.paragraphs if paragraph.text == text)


def fonts(paragraph) -> set[tuple[str, float]]:
    return {
        (run._element.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt)
        for run in paragraph.runs
        if run.text.strip()
    }


def mm(*lengths) -> list[float]:
    """Word keeps twentieths of a point."""
    return [round(length.mm, 1) for length in lengths]


def chars(paragraph, side: str) -> int:
    return int(paragraph._p.pPr.ind.get(qn(f"w:{side}Chars"), 0))


def test_the_page_has_the_measures_of_the_standard():
    section = read(circular()).sections[0]

    assert mm(section.page_width, section.page_height) == [210, 297]
    assert mm(section.top_margin, section.bottom_margin) == [37, 35]
    assert mm(section.left_margin, section.right_margin) == [28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert [grid.get(qn(f"w:{name}")) for name in ("type", "linePitch", "charSpace")] == [
        "linesAndChars",
        "579",
        "-848",
    ]


def test_the_head_stands_in_its_order_with_mark_number_red_line_title_and_addressee():
    found = read(circular())

    written = [paragraph for paragraph in found.paragraphs if paragraph.text]
    mark, number, title, addressee = written
    assert [p.text for p in written] == [
        "黔南州自然资源局文件",
        "黔南自然资通〔2026〕7号",
        "关于2026年用地要素保障工作情况的通报",
        "各县（市）自然资源局：",
    ]
    assert mm(mark.paragraph_format.space_before) == [35]
    assert str(mark.runs[0].font.color.rgb) == "C81010"
    rule = number._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert (rule.get(qn("w:color")), rule.get(qn("w:space"))) == ("C81010", "11")
    assert fonts(title) == {("方正小标宋简体", 22.0)}
    assert not title.runs[0].bold
    assert (title.alignment, addressee.paragraph_format.first_line_indent) == (ALIGN.CENTER, None)


def test_every_line_of_text_is_28_points_with_nothing_around_it_and_two_characters_in():
    document = circular()
    document.paragraph("一段话。", lead="（二）领起。")

    paragraph = read(document).paragraphs[-1]

    shape = paragraph.paragraph_format
    assert (shape.line_spacing, shape.space_before, shape.space_after) == (Pt(28), Pt(0), Pt(0))
    assert chars(paragraph, "firstLine") == 200
    assert [run._element.rPr.rFonts.get(qn("w:eastAsia")) for run in paragraph.runs] == [
        "楷体_GB2312",
        "仿宋_GB2312",
    ]


@pytest.mark.parametrize(
    ("level", "text", "font"),
    [
        (Level.FIRST, "一、总体情况", "黑体"),
        (Level.SECOND, "（一）进展", "楷体_GB2312"),
        (Level.THIRD, "1. 甲", "仿宋_GB2312"),
        (Level.FOURTH, "（1）乙", "仿宋_GB2312"),
    ],
)
def test_each_level_of_heading_has_its_font_in_three(level, text, font):
    document = circular()
    document.heading(text, level)

    assert fonts(line(read(document), text)) == {(font, 16.0)}


def test_page_numbers_stand_right_on_odd_pages_and_left_on_even_ones_between_dashes():
    found = read(circular())
    section = found.sections[0]

    assert found.settings.odd_and_even_pages_header_footer
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert (odd.alignment, chars(odd, "right")) == (ALIGN.RIGHT, 100)
    assert (even.alignment, chars(even, "left")) == (ALIGN.LEFT, 100)
    for footer in (odd, even):
        assert footer.text == "— 1 —"
        assert [e.text for e in footer._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert fonts(footer) == {("宋体", 14.0)}
    assert mm(section.footer_distance) == [25]


def test_a_sealed_document_has_the_day_four_characters_from_the_right_and_the_name_centred_above():
    document = circular()
    document.sign("黔南州自然资源局", DAY)

    name, day = read(document).paragraphs[-2:]

    assert (name.text, day.text) == ("黔南州自然资源局", "2026年11月2日")
    # 8 characters above 6.5: the name reaches 0.75 further to either side.
    assert (chars(name, "right"), chars(day, "right")) == (325, 400)


@pytest.mark.parametrize(
    ("name", "at_name", "at_day"),
    [("黔南布依族苗族自治州自然资源局", 200, 850), ("州局", 850, 200)],
    ids=["a long name", "a name shorter than the day"],
)
def test_without_a_seal_the_day_begins_two_characters_after_the_name(name, at_name, at_day):
    document = circular()
    document.sign(name, DAY, sealed=False)

    above, below = read(document).paragraphs[-2:]

    assert (chars(above, "right"), chars(below, "right")) == (at_name, at_day)
    width_of_day = 650
    left_of_name = -chars(above, "right") - len(name) * 100
    assert -chars(below, "right") - width_of_day == left_of_name + 200


def test_a_name_too_long_for_the_line_above_a_seal_stays_on_the_page():
    document = circular()
    document.sign("黔南布依族苗族自治州建设项目土地要素保障办公室", DAY)

    name, day = read(document).paragraphs[-2:]

    assert chars(name, "right") == 0
    assert chars(day, "right") == 825


def test_several_attachments_are_numbered_and_aligned_one_is_not():
    document = circular()
    document.attachments(["进展情况表", "责任清单"])
    one = circular()
    one.attachments(["进展情况表"])

    first, second = read(document).paragraphs[-2:]

    assert [first.text, second.text] == ["附件：1. 进展情况表", "2. 责任清单"]
    assert chars(first, "left") == chars(second, "left") == 650
    assert (chars(first, "hanging"), chars(second, "hanging")) == (450, 150)
    assert read(one).paragraphs[-1].text == "附件：进展情况表"


def test_attendance_names_who_came_who_excused_themselves_and_who_listened():
    document = circular(issuing_mark="用地要素保障会商纪要", number="", addressee="")
    document.attendance(present="州发展改革委张三", observing="福泉市李四")

    present, observing = read(document).paragraphs[-2:]

    assert [present.text, observing.text] == ["出席：州发展改革委张三", "列席：福泉市李四"]
    assert fonts(present) == {("黑体", 16.0), ("仿宋_GB2312", 16.0)}
    assert (chars(present, "left"), chars(present, "hanging")) == (500, 300)


def test_the_version_block_floats_at_the_foot_between_thick_and_thin_lines():
    document = circular()
    document.imprint(issued_by="黔南州自然资源局办公室", issued_on=DAY, copies_to="州人民政府办公室")

    found = read(document)
    box, table = box_of(found), foot_of(found)

    assert [cell.text for cell in table.columns[0].cells] == [
        "抄送：州人民政府办公室。",
        "黔南州自然资源局办公室\t2026年11月2日印发",
    ]
    place = box.find(f".//{qn('wp:positionV')}")
    assert (place.get("relativeFrom"), place[0].text) == ("margin", "bottom")
    assert int(box.find(f".//{qn('wp:extent')}").get("cx")) == Mm(156)
    borders = table._tbl.tblPr.find(qn("w:tblBorders"))
    assert {e.tag.split("}")[1]: e.get(qn("w:sz")) for e in borders} == {
        "top": "8",
        "bottom": "8",
        "insideH": "6",
    }
    assert fonts(table.columns[0].cells[0].paragraphs[0]) == {("仿宋_GB2312", 14.0)}


def test_a_wide_table_stands_on_a_page_across_with_its_number_on_the_left():
    document = circular()
    document.landscape()
    document.table(
        [Column("序号", 0.5, Align.CENTRE), Column("项目名称", 3), Column("面积（公顷）", 1, Align.RIGHT)],
        [["1", "甲\n（二期）", "1.0000"], ["2", "乙", "0.0667"]],
        caption="附表 清单",
    )
    document.portrait()

    found = read(document)
    wide, table = found.sections[1], found.tables[0]

    assert mm(wide.page_width, wide.page_height) == [297, 210]
    assert wide.footer.paragraphs[0].alignment == ALIGN.LEFT
    assert found.sections[2].footer.paragraphs[0].alignment == ALIGN.RIGHT
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["序号", "项目名称", "面积（公顷）"],
        ["1", "甲\n（二期）", "1.0000"],
        ["2", "乙", "0.0667"],
    ]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.cell(1, 2).paragraphs[0].alignment == ALIGN.RIGHT
    assert line(found, "附表 清单").alignment == ALIGN.CENTER


def test_what_no_xml_file_may_hold_is_left_out_and_the_rest_is_text():
    document = circular()
    document.paragraph("<b>甲\x0b\x00\ufffe</b>\n乙&")

    assert read(document).paragraphs[-1].text == "<b>甲</b> 乙&"


def test_the_same_words_and_day_give_the_same_parts():
    first, second = (zipfile.ZipFile(io.BytesIO(circular().content(produced_on=DAY))) for _ in range(2))

    assert {n: first.read(n) for n in first.namelist()} == {n: second.read(n) for n in second.namelist()}
    core = ElementTree.fromstring(first.read("docProps/core.xml"))
    assert {e.text for e in core} >= {"关于2026年用地要素保障工作情况的通报", "2026-11-02T00:00:00Z"}


def test_elements_inside_a_paragraph_stand_in_the_order_word_insists_on():
    document = circular()
    document.sign("州局", DAY)
    document.imprint(issued_by="州局办公室", issued_on=DAY)
    order = [
        qn(f"w:{name}")
        for name in ("pStyle", "keepNext", "keepLines", "pBdr", "tabs", "spacing", "ind", "jc", "rPr")
    ]

    for properties in read(document).element.body.iter(qn("w:pPr")):
        places = [order.index(child.tag) for child in properties if child.tag in order]
        assert places == sorted(places)


def test_days_and_numbers_have_no_leading_nought():
    assert office_day(DAY) == "2026年11月2日"
    assert document_number("黔南自然资函", 2026, 1) == "黔南自然资函〔2026〕1号"


def test_a_control_character_in_a_label_leaves_the_chart_readable():
    document = OfficialDocument(title="通报")

    document.bar_chart(title="逾期", labels=["都匀\x0b市", "福泉市"], bars=[Bars("逾期", "C0392B", [1, 2])])

    with zipfile.ZipFile(io.BytesIO(document.content())) as package:
        chart = ElementTree.fromstring(package.read("word/charts/chart1.xml"))
    assert "都匀市" in [each.text for each in chart.iter()]
