"""The minutes as Word: the measures of GB/T 9704 read back from the file, and the page as it prints."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Pt

from consultations.documents import ItemWords, MinutesWords, minutes_document
from tests.officefiles.boxes import foot_of

WORDS = MinutesWords(
    mark="用地要素保障会商纪要",
    number="用地会商纪要〔2026〕3号",
    title="2026年第三季度用地要素保障集中会商会议纪要",
    opening="2026年9月16日，州政府分管负责同志主持，在州局三楼会议室召开会议。现将议定事项纪要如下：",
    items=[
        ItemWords(
            "一、关于贵定县抽水蓄能电站使用林地",
            "会议听取了情况汇报。",
            [
                "落实林地定额。（责任单位：州林业局；完成时限：2026年10月12日）",
                "补充公益林核查。（责任单位：州林业局；完成时限：2026年10月20日）",
            ],
        ),
        ItemWords(
            "二、关于都匀市高铁站连接线占补平衡",
            "",
            ["调剂补充耕地指标。（责任单位：州自然资源局；完成时限：2026年10月12日）"],
        ),
        *(
            ItemWords(
                f"{n}、关于其他事项",
                "会议研究了有关情况。" * 8,
                ["抓紧办理。（责任单位：州水务局；完成时限：2026年11月2日）"],
            )
            for n in "三四五六"
        ),
    ],
    present="州政府 州政府分管负责同志，州林业局 分管负责同志，州水务局 分管负责同志",
    on_leave="州财政局 分管负责同志",
    observing="贵定县人民政府，都匀市人民政府",
    copies_to="州政府办公室，各县（市）人民政府",
    issued_by="州自然资源局",
    seal_note="（代章）",
    issued_on=date(2026, 9, 18),
)


def read():
    return docx.Document(io.BytesIO(minutes_document(WORDS)))


def font(run) -> tuple[str, float]:
    return run._element.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


def test_the_minutes_have_the_measures_of_the_standard():
    found = read()
    section = found.sections[0]

    assert [round(x.mm) for x in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(x.mm) for x in margins] == [37, 35, 28, 26]
    assert found.settings.odd_and_even_pages_header_footer
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert (odd.text, odd.alignment, even.alignment) == ("— 1 —", ALIGN.RIGHT, ALIGN.LEFT)
    assert font(odd.runs[0]) == ("宋体", 14.0)
    mark, number, title = [p for p in found.paragraphs if p.text][:3]
    assert (mark.text, str(mark.runs[0].font.color.rgb)) == (WORDS.mark, "C81010")
    assert round(mark.paragraph_format.space_before.mm) == 35
    assert (number.text, font(number.runs[0])) == (WORDS.number, ("仿宋_GB2312", 16.0))
    assert re.fullmatch(r"[^\[\]]+〔\d{4}〕[1-9]\d*号", number.text)
    assert number._p.pPr.find(qn("w:pBdr")) is not None
    assert (title.text, font(title.runs[0])) == (WORDS.title, ("方正小标宋简体", 22.0))


def test_the_body_has_28_point_lines_its_headings_and_numbered_resolutions():
    found = read()
    body = [p for p in found.paragraphs if p.text][3:]

    # Every line of text; the mark above alone is measured otherwise.
    assert {p.paragraph_format.line_spacing for p in body} == {Pt(28)}
    heading = next(p for p in body if p.text.startswith("一、"))
    assert font(heading.runs[0]) == ("黑体", 16.0)
    first, second, alone = (
        next(p for p in body if word in p.text) for word in ("落实林地定额", "补充公益林", "调剂补充")
    )
    assert (first.text[:3], second.text[:3], alone.text[:2]) == ("1. ", "2. ", "调剂")
    assert font(first.runs[-1]) == ("仿宋_GB2312", 16.0)
    assert first._p.pPr.ind.get(qn("w:firstLineChars")) == "200"


def test_who_came_and_the_version_block_close_the_minutes():
    found = read()
    labels = ["出席：", "请假：", "列席："]
    lines = [p for p in found.paragraphs if p.text[:3] in labels]

    assert [p.text[:3] for p in lines] == labels
    for line in lines:
        assert [font(run) for run in line.runs] == [("黑体", 16.0), ("仿宋_GB2312", 16.0)]
        indent = line._p.pPr.ind
        assert (indent.get(qn("w:leftChars")), indent.get(qn("w:hangingChars"))) == ("500", "300")
    assert [cell.text for cell in foot_of(found).columns[0].cells] == [
        "抄送：州政府办公室，各县（市）人民政府。",
        "州自然资源局（代章）\t2026年9月18日印发",
    ]


@pytest.mark.office
def test_the_minutes_open_in_libreoffice_and_print_on_a4(tmp_path: Path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office is not None, "LibreOffice is not installed: run script/test, which installs it."
    source = tmp_path / "minutes.docx"
    source.write_bytes(minutes_document(WORDS))

    subprocess.run(
        [
            *(office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"),
            *("--convert-to", "pdf", "--outdir", str(tmp_path), str(source)),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )

    pages = (tmp_path / "minutes.pdf").read_bytes()
    boxes = {
        tuple(round(float(x)) for x in found.split())
        for found in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pages)
    }
    assert boxes == {(0, 0, 595, 842)}
    assert len(re.findall(rb"/Type\s*/Page\b", pages)) >= 2
