"""A box at the foot of a page in a Word document: anchored, so that every office shows it there."""

from __future__ import annotations

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Length, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from officefiles import document_layout as layout

_BOX = """
<mc:AlternateContent
    xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
    xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
    xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
  <mc:Choice Requires="wps"><w:drawing>
    <wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2"
        behindDoc="0" locked="0" layoutInCell="1" allowOverlap="0">
      <wp:simplePos x="0" y="0"/>
      <wp:positionH relativeFrom="margin"><wp:align>center</wp:align></wp:positionH>
      <wp:positionV relativeFrom="margin"><wp:align>bottom</wp:align></wp:positionV>
      <wp:extent cx="{width}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>
      <wp:wrapTopAndBottom/><wp:docPr id="{number}" name="{name}"/><wp:cNvGraphicFramePr/>
      <a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
        <wps:wsp>
          <wps:cNvSpPr txBox="1"/>
          <wps:spPr>
            <a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>
            <a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln>
          </wps:spPr>
          <wps:txbx><w:txbxContent/></wps:txbx>
          <wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"><a:spAutoFit/></wps:bodyPr>
        </wps:wsp>
      </a:graphicData></a:graphic>
    </wp:anchor>
  </w:drawing></mc:Choice>
</mc:AlternateContent>
"""


def set_at_foot(document: Document, table: Table, *, name: str, lines: int) -> None:
    """Take a table out of the text into a box on the lower edge of the page's text.

    A floating table would do in Word alone: LibreOffice leaves one as wide as the text where it stands.

    Args:
        lines: how many lines of 28 points its rows have together.
    """
    width, height = layout.TEXT_WIDTH, Length(lines * layout.LINE + Pt(3))
    paragraph = document.add_paragraph()
    layout.set_lines(paragraph, Pt(1))
    box = parse_xml(_BOX.format(width=int(width), height=int(height), number=9001, name=name))
    paragraph.add_run()._r.append(box)
    content = box.find(f".//{qn('w:txbxContent')}")
    content.append(table._tbl)
    # A box may not end with a table.
    last = layout.element("p")
    content.append(last)
    layout.set_lines(Paragraph(last, paragraph._parent), Pt(1))
