"""Official documents after GB/T 9704-2012 as Word files: notices, minutes, circulars, plans.

Pure: the caller gives words and days, the builder gives the bytes of a .docx. Fonts are named,
not embedded; a machine without them shows its own.

    document = OfficialDocument(title="关于……的通报", issuing_mark="某某州自然资源局文件",
                                number="某自然资通〔2026〕7号", addressee="各县（市）自然资源局")
    document.heading("一、总体情况")
    document.paragraph("……")
    document.sign("某某州自然资源局", date(2026, 11, 22))
    content = document.content()
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from math import ceil

import docx
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from officefiles import document_layout as layout
from officefiles.document_boxes import set_at_foot
from officefiles.document_charts import Bars, add_bar_chart
from officefiles.document_layout import FANGSONG, HEITI, KAITI, NO_2, NO_3, NO_4, SMALL_4, TITLE_FONT, plain

# Eighths of a point: 0.35 mm and 0.25 mm.
_THICK, _THIN = 8, 6
_LARGEST_MARK, _SMALLEST_MARK = 42, NO_2


class Level(Enum):
    """The four levels of headings: 一、（一）1.（1）. The number is part of the text."""

    FIRST = 1
    SECOND = 2
    THIRD = 3
    FOURTH = 4

    @property
    def font(self) -> str:
        return {Level.FIRST: HEITI, Level.SECOND: KAITI}.get(self, FANGSONG)


class Align(Enum):
    """How a column of a table stands."""

    LEFT = WD_ALIGN_PARAGRAPH.LEFT
    CENTRE = WD_ALIGN_PARAGRAPH.CENTER
    RIGHT = WD_ALIGN_PARAGRAPH.RIGHT


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: heading, share of the width, how its cells stand."""

    heading: str
    share: float = 1
    align: Align = Align.LEFT


def office_day(day: date) -> str:
    """2026年11月2日: Arabic, month and day without a leading nought."""
    return f"{day.year}年{day.month}月{day.day}日"


def document_number(mark: str, year: int, number: int) -> str:
    """`某自然资函`, 2026, 7 → `某自然资函〔2026〕7号`: six-cornered brackets, no leading nought."""
    return f"{mark}〔{year}〕{number}号"


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class OfficialDocument:
    """A document that is written from top to bottom; `content` closes it.

    The head comes from the arguments, each left out when empty: the red issuing mark, the
    document number above its red line, the title, the addressee.
    """

    def __init__(
        self, *, title: str, issuing_mark: str = "", number: str = "", addressee: str = "", author: str = ""
    ) -> None:
        self._document = docx.Document()
        layout.prepare(self._document)
        properties = self._document.core_properties
        properties.title, properties.author = plain(title), plain(author or issuing_mark)
        properties.last_modified_by, properties.comments = "", ""
        if issuing_mark:
            self._issuing_mark(plain(issuing_mark))
            self._number(plain(number))
            self._blank(2)
        elif number:
            self._line(plain(number), align=WD_ALIGN_PARAGRAPH.CENTER)
            self._blank(1)
        self._line(plain(title), font=TITLE_FONT, size=NO_2, align=WD_ALIGN_PARAGRAPH.CENTER)
        self._blank(1)
        if addressee:
            self._line(f"{plain(addressee).rstrip('：:')}：")

    # --- the text ---------------------------------------------------------------------------------

    def heading(self, text: str, level: Level = Level.FIRST) -> None:
        """A heading on a line of its own, its number written out: `一、总体情况`."""
        paragraph = self._line(text, font=level.font)
        paragraph.paragraph_format.keep_with_next = True
        layout.indent(paragraph, firstLine=2)

    def paragraph(self, text: str, *, lead: str = "") -> None:
        """Running text, two characters in. `lead` stands before it in 楷体: `（一）事项。`"""
        paragraph = self._line("")
        layout.indent(paragraph, firstLine=2)
        if lead:
            layout.set_font(paragraph.add_run(plain(lead)), KAITI, NO_3)
        layout.set_font(paragraph.add_run(plain(text)), FANGSONG, NO_3)

    def blank(self, lines: int = 1) -> None:
        """Empty lines."""
        self._blank(lines)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, caption: str = "") -> None:
        """A table across the text, its caption centred above, its heading on every page."""
        if caption:
            title = self._line(caption, font=HEITI, size=NO_4, align=WD_ALIGN_PARAGRAPH.CENTER)
            title.paragraph_format.keep_with_next = True
        width = layout.text_width(self._document.sections[-1])
        table = self._document.add_table(rows=1, cols=len(columns))
        table.style = self._document.styles["Table Grid"]
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for cell, column in zip(table.rows[0].cells, columns, strict=True):
            _fill(cell, column.heading, font=HEITI, align=Align.CENTRE)
        table.rows[0]._tr.get_or_add_trPr().append(layout.element("tblHeader"))
        for values in rows:
            row = table.add_row()
            row._tr.get_or_add_trPr().append(layout.element("cantSplit"))
            for cell, column, value in zip(row.cells, columns, values, strict=True):
                _fill(cell, value, font=FANGSONG, align=column.align)
        _share(table, columns, width)

    def bar_chart(
        self, *, title: str, labels: Sequence[str], bars: Sequence[Bars], height_mm: int = 54
    ) -> None:
        """Stacked bars across the text, drawn by the reader's own program, titled above."""
        caption = self._line(plain(title), font=HEITI, size=NO_4, align=WD_ALIGN_PARAGRAPH.CENTER)
        caption.paragraph_format.keep_with_next = True
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        add_bar_chart(
            self._document,
            paragraph,
            title=plain(title),
            labels=[plain(label) for label in labels],
            bars=bars,
            height_mm=height_mm,
        )

    def landscape(self) -> None:
        """What follows stands on pages across, for tables that need the width."""
        layout.landscape(self._document.add_section(WD_SECTION.NEW_PAGE))

    def portrait(self) -> None:
        """Back to upright pages."""
        layout.portrait(self._document.add_section(WD_SECTION.NEW_PAGE))

    # --- the end ----------------------------------------------------------------------------------

    def attachments(self, names: Sequence[str]) -> None:
        """附件： one line below the text, several with numbers, no mark at the end."""
        self._blank(1)
        for place, name in enumerate(names, start=1):
            number = f"{place}. " if len(names) > 1 else ""
            paragraph = self._line(f"{'附件：' if place == 1 else ''}{number}{plain(name)}")
            hang = 1.5 if number else 0
            head = hang + (3 if place == 1 else 0)
            layout.indent(paragraph, left=5 + hang, hanging=head)

    def sign(self, organisation: str, dated: date, *, sealed: bool = True) -> None:
        """Who issues it and on which day.

        With a seal the day stands four characters from the right and the name above it, centred
        on it. Without one the name stands two characters from the right and the day below it,
        beginning two characters further in.
        """
        name, day = plain(organisation), office_day(dated)
        self._blank(2 if sealed else 1)
        at_name, at_day = (_sealed if sealed else _unsealed)(_width(name), _width(day))
        for text, right in ((name, at_name), (day, at_day)):
            paragraph = self._line(text, align=WD_ALIGN_PARAGRAPH.RIGHT)
            layout.indent(paragraph, right=right)
            paragraph.paragraph_format.keep_together = True

    def attendance(self, *, present: str, on_leave: str = "", observing: str = "") -> None:
        """出席、请假、列席 of minutes: who, each with the unit; an empty one is left out."""
        self._blank(1)
        for label, people in (("出席：", present), ("请假：", on_leave), ("列席：", observing)):
            if people:
                paragraph = self._line("")
                layout.indent(paragraph, left=5, hanging=3)
                layout.set_font(paragraph.add_run(label), HEITI, NO_3)
                layout.set_font(paragraph.add_run(plain(people)), FANGSONG, NO_3)

    def imprint(self, *, issued_by: str, issued_on: date, copies_to: str = "") -> None:
        """The version block (版记) at the foot of the last page: copies, who printed it and when."""
        rows = 2 if copies_to else 1
        table = self._document.add_table(rows=rows, cols=1)
        table.autofit = False
        _share(table, [Column("", 1)], layout.TEXT_WIDTH)
        lines = 1
        if copies_to:
            copies = f"抄送：{plain(copies_to).rstrip('。')}。"
            paragraph = _only_paragraph(table.rows[0].cells[0])
            layout.indent(paragraph, NO_4, left=4, right=1, hanging=3)
            layout.set_font(paragraph.add_run(copies), FANGSONG, NO_4)
            lines += _lines_of_copies(copies)
        paragraph = _only_paragraph(table.rows[-1].cells[0])
        layout.indent(paragraph, NO_4, left=1, right=1)
        layout.tab_right(paragraph, Length(layout.TEXT_WIDTH - Pt(NO_4)))
        line = f"{plain(issued_by)}\t{office_day(issued_on)}印发"
        layout.set_font(paragraph.add_run(line), FANGSONG, NO_4)
        _rule(table)
        set_at_foot(self._document, table, name="版记", lines=lines)

    def content(self, *, produced_on: date | None = None) -> bytes:
        """The file. The same words and the same `produced_on` give the same document."""
        moment = datetime.combine(produced_on or date(2000, 1, 1), datetime.min.time(), UTC)
        properties = self._document.core_properties
        properties.created = properties.modified = moment
        file = io.BytesIO()
        self._document.save(file)
        return file.getvalue()

    # --- parts ------------------------------------------------------------------------------------

    def _issuing_mark(self, text: str) -> None:
        """Red, centred, 35 mm below the upper edge of the text, as large as one line allows."""
        fitting = int(layout.TEXT_WIDTH.pt / max(_width(text), 1))
        size = max(_SMALLEST_MARK, min(_LARGEST_MARK, fitting))
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        paragraph.paragraph_format.space_before = Mm(35)
        paragraph.paragraph_format.space_after = Pt(0)
        layout.off_grid(paragraph)
        run = paragraph.add_run(text)
        layout.set_font(run, TITLE_FONT, size)
        run.font.color.rgb = RGBColor.from_string(layout.RED)

    def _number(self, text: str) -> None:
        """Two lines below the mark; 4 mm under it the red line across the text."""
        self._blank(2)
        layout.underline_red(self._line(text, align=WD_ALIGN_PARAGRAPH.CENTER))

    def _line(
        self,
        text: str,
        *,
        font: str = FANGSONG,
        size: int = NO_3,
        align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    ) -> Paragraph:
        paragraph = self._document.add_paragraph()
        paragraph.alignment = align
        layout.set_lines(paragraph)
        if text:
            layout.set_font(paragraph.add_run(plain(text)), font, size)
        return paragraph

    def _blank(self, lines: int) -> None:
        for _ in range(lines):
            self._line("")


def _width(text: str) -> float:
    """Characters of the line that `text` fills: a Chinese one whole, a digit or letter half."""
    return sum(0.5 if char.isascii() else 1 for char in text)


def _lines_of_copies(copies: str) -> int:
    """Lines of 四号 that the copies fill: four characters in, one free; the label hangs out by three."""
    room = int(layout.TEXT_WIDTH.pt // NO_4) - 5
    return max(1, ceil((_width(copies) - 3) / room))


def _sealed(name: float, day: float) -> tuple[float, float]:
    """Right indents of name and day, in characters: the name centred on the day."""
    at_day = 4.0
    at_name = at_day + (day - name) / 2
    if at_name < 0:
        at_name, at_day = 0, (name - day) / 2
    return at_name, at_day


def _unsealed(name: float, day: float) -> tuple[float, float]:
    """The day begins two characters right of the name; the longer of the two keeps two free."""
    if name >= day + 2:
        return 2, max(name - day, 0)
    return 4 + day - name, 2


def _only_paragraph(cell: _Cell) -> Paragraph:
    paragraph: Paragraph = cell.paragraphs[0]
    layout.set_lines(paragraph)
    return paragraph


def _fill(cell: _Cell, text: str, *, font: str, align: Align) -> None:
    """Each line of `text` as a paragraph of the cell."""
    for place, line in enumerate(text.split("\n")):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.alignment = align.value
        layout.set_lines(paragraph, Pt(18))
        layout.set_font(paragraph.add_run(plain(line)), font, SMALL_4)
    cell._tc.get_or_add_tcPr().append(layout.element("vAlign", val="center"))


def _share(table: Table, columns: Sequence[Column], width: Length) -> None:
    """Column widths by their shares; Word reads them from the cells, others from the grid."""
    whole = sum(column.share for column in columns)
    for place, column in enumerate(columns):
        part = Length(int(width * column.share / whole))
        table.columns[place].width = part
        for cell in table.columns[place].cells:
            cell.width = part


def _rule(table: Table) -> None:
    """First and last line 0.35 mm, those between 0.25 mm, none at the sides."""
    borders = layout.element("tblBorders")
    for side, width in (("top", _THICK), ("bottom", _THICK), ("insideH", _THIN)):
        borders.append(layout.element(side, val="single", sz=str(width), space="0", color="000000"))
    after = table._tbl.tblPr.find(qn("w:tblLayout"))
    if after is None:
        table._tbl.tblPr.append(borders)
    else:
        after.addprevious(borders)
