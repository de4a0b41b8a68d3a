"""Bar charts for Word documents: drawn by Word itself from figures that stand in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Length, Mm
from docx.text.paragraph import Paragraph

_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True, slots=True)
class Bars:
    """One row of bars: its name, its colour as six hex digits, a figure for each label."""

    name: str
    colour: str
    figures: Sequence[int]


def add_bar_chart(
    document: Document,
    paragraph: Paragraph,
    *,
    title: str,
    labels: Sequence[str],
    bars: Sequence[Bars],
    height_mm: int,
) -> None:
    """Put a stacked bar chart into a paragraph. `title` is read out where the picture is not seen."""
    number = sum("/charts/chart" in str(part.partname) for part in document.part.package.iter_parts()) + 1
    uri = PackURI(f"/word/charts/chart{number}.xml")
    blob = _chart(labels, bars).encode()
    chart = Part(uri, _CONTENT_TYPE, blob, document.part.package)
    relation = document.part.relate_to(chart, RELATIONSHIP_TYPE.CHART)
    paragraph.add_run()._r.append(parse_xml(_drawing(relation, number, title, Mm(150), Mm(height_mm))))


def _drawing(relation: str, number: int, title: str, width: Length, height: Length) -> str:
    return (
        f'<w:drawing xmlns:w="{_W}" xmlns:wp="{_WP}" xmlns:a="{_A}" xmlns:c="{_C}" xmlns:r="{_R}">'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr id="{number}" name="chart{number}" descr={quoteattr(title)}/><wp:cNvGraphicFramePr/>'
        f'<a:graphic><a:graphicData uri="{_C}"><c:chart r:id="{relation}"/></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing>"
    )


def _chart(labels: Sequence[str], bars: Sequence[Bars]) -> str:
    series = "".join(_series(place, each, labels) for place, each in enumerate(bars))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace xmlns:c="{_C}" xmlns:a="{_A}">'
        '<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/><c:barChart>'
        '<c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>'
        f'{series}<c:gapWidth val="60"/><c:overlap val="100"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
        '<c:delete val="0"/><c:axPos val="b"/><c:crossAx val="2"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="0"/><c:axPos val="l"/><c:numFmt formatCode="0" sourceLinked="0"/>'
        '<c:crossAx val="1"/></c:valAx></c:plotArea>'
        '<c:legend><c:legendPos val="b"/></c:legend><c:plotVisOnly val="1"/></c:chart></c:chartSpace>'
    )


def _series(place: int, bars: Bars, labels: Sequence[str]) -> str:
    names = "".join(
        f'<c:pt idx="{index}"><c:v>{escape(label)}</c:v></c:pt>' for index, label in enumerate(labels)
    )
    figures = "".join(
        f'<c:pt idx="{index}"><c:v>{figure}</c:v></c:pt>' for index, figure in enumerate(bars.figures)
    )
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/><c:tx><c:v>{escape(bars.name)}</c:v></c:tx>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{bars.colour}"/></a:solidFill></c:spPr>'
        f'<c:cat><c:strLit><c:ptCount val="{len(labels)}"/>{names}</c:strLit></c:cat>'
        f'<c:val><c:numLit><c:formatCode>0</c:formatCode><c:ptCount val="{len(labels)}"/>{figures}</c:numLit>'
        "</c:val></c:ser>"
    )
