"""The measures of GB/T 9704-2012 in Word's own terms: pages, fonts, lines, page numbers.

python-docx has no words for most of this, so the elements are written out. Pure.
"""

from __future__ import annotations

import re
from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section, _Footer
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

FANGSONG, HEITI, KAITI, SONGTI = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
TITLE_FONT = "方正小标宋简体"
# Points of the Chinese sizes: 二号, 三号, 四号, 小四.
NO_2, NO_3, NO_4, SMALL_4 = 22, 16, 14, 12
LINE = Pt(28)
RED = "C81010"
TEXT_WIDTH = Mm(156)
# 22 lines of 28 characters on a page, in twentieths of a point and in 4096ths of one.
GRID = {"type": "linesAndChars", "linePitch": "579", "charSpace": "-848"}

# Twentieths of a point by which characters of 三号 stand closer.
CLOSER = "-5"
# What the schema wants after w:pBdr and w:tabs inside w:pPr, and after w:spacing inside w:rPr.
_AFTER = ("w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr")
_AFTER_SPACING = ("w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:lang")

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def plain(text: str) -> str:
    """`text` without the characters that no XML file may hold, on one line."""
    return " ".join(_ILLEGAL.sub("", text).split("\n")).strip()


def element(tag: str, **attributes: str) -> Any:
    """`<w:tag w:attribute="…"/>`."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def set_font(run: Run, font: str, size: int) -> None:
    """East Asian text takes its font from `w:eastAsia`; the others are for digits and letters."""
    run.font.size = Pt(size)
    run.font.name = font
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("eastAsia", "hAnsi", "cs"):
        fonts.set(qn(f"w:{name}"), font)
    if size == NO_3:
        _closer(run)


def _closer(run: Run) -> None:
    """28 characters of 三号 on a line: 156 mm hold 27.6 of them, so each stands a quarter point closer.

    The grid alone would do it in Word; LibreOffice gives a character that is wider than its cell
    two cells.
    """
    rpr = run._element.get_or_add_rPr()
    if rpr.find(qn("w:spacing")) is None:
        rpr.insert_element_before(element("spacing", val=CLOSER), *_AFTER_SPACING)


def off_grid(paragraph: Paragraph) -> None:
    """The paragraph keeps its own lines and characters, in every program alike."""
    properties = paragraph._p.get_or_add_pPr()
    if properties.find(qn("w:snapToGrid")) is None:
        properties.insert_element_before(element("snapToGrid", val="0"), *_AFTER[1:])


def set_lines(paragraph: Paragraph, height: Length = LINE) -> None:
    """Exact lines, nothing before or after."""
    shape = paragraph.paragraph_format
    shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    shape.line_spacing = height
    shape.space_before = shape.space_after = Pt(0)
    off_grid(paragraph)


def indent(paragraph: Paragraph, size: float = NO_3, **chars: float) -> None:
    """Indents in characters of `size`: `left`, `right`, `firstLine`, `hanging`; no hanging says nothing.

    Word follows the characters, other programs the twentieths of a point beside them.
    """
    made = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for name, number in chars.items():
        if not number and name == "hanging":
            continue
        made.set(qn(f"w:{name}Chars"), str(round(number * 100)))
        made.set(qn(f"w:{name}"), str(round(number * size * 20)))


def underline_red(paragraph: Paragraph) -> None:
    """A red line across the text, 4 mm below the paragraph."""
    made = element("pBdr")
    made.append(element("bottom", val="single", sz="12", space=str(round(Mm(4).pt)), color=RED))
    paragraph._p.get_or_add_pPr().insert_element_before(made, *_AFTER)


def tab_right(paragraph: Paragraph, position: Length) -> None:
    """One tab stop whose text ends at `position`."""
    made = element("tabs")
    made.append(element("tab", val="right", pos=str(round(position.pt * 20))))
    paragraph._p.get_or_add_pPr().insert_element_before(made, *_AFTER)


def prepare(document: Document) -> None:
    """Page, grid, base font and the two kinds of page number, for the document's first section."""
    style = document.styles["Normal"]
    style.font.size = Pt(NO_3)
    style.font.name = FANGSONG
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("eastAsia", "hAnsi", "cs"):
        fonts.set(qn(f"w:{name}"), FANGSONG)
    style.element.get_or_add_rPr().append(element("lang", val="en-US", eastAsia="zh-CN"))
    document.settings.odd_and_even_pages_header_footer = True
    portrait(document.sections[0])


def portrait(section: Section) -> None:
    """A4 with 37 mm above, 28 mm at the binding; numbers right on odd pages, left on even ones."""
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _finish(section, odd=WD_ALIGN_PARAGRAPH.RIGHT)


def landscape(section: Section) -> None:
    """A4 across for wide tables: its top lies at the binding, its number on the left."""
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(28), Mm(26)
    section.left_margin, section.right_margin = Mm(35), Mm(37)
    _finish(section, odd=WD_ALIGN_PARAGRAPH.LEFT)


def text_width(section: Section) -> Length:
    """Between the margins."""
    return Length((section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0))


def _finish(section: Section, *, odd: WD_ALIGN_PARAGRAPH) -> None:
    section.header_distance = Mm(15)
    # The dash stands 7 mm below the text; from the edge of the page up that leaves 25 mm.
    section.footer_distance = Mm(25 if section.orientation == WD_ORIENT.PORTRAIT else 16)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(element("docGrid", **GRID))
    _number_pages(section.footer, odd)
    _number_pages(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)


def _number_pages(footer: _Footer, align: WD_ALIGN_PARAGRAPH) -> None:
    """“— 1 —” in 四号宋体, one character from the outer edge."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    for run in list(paragraph.runs):
        run._element.getparent().remove(run._element)
    paragraph.alignment = align
    side = "right" if align == WD_ALIGN_PARAGRAPH.RIGHT else "left"
    indent(paragraph, NO_4, **{side: 1})
    set_font(paragraph.add_run("— "), SONGTI, NO_4)
    _page_field(paragraph)
    set_font(paragraph.add_run(" —"), SONGTI, NO_4)


def _page_field(paragraph: Paragraph) -> None:
    parts = (
        element("fldChar", fldCharType="begin"),
        element("instrText"),
        element("fldChar", fldCharType="separate"),
        element("t"),
        element("fldChar", fldCharType="end"),
    )
    parts[1].text, parts[3].text = "PAGE", "1"
    for part in parts:
        run = paragraph.add_run()
        set_font(run, SONGTI, NO_4)
        run._element.append(part)
