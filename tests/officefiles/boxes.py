"""What stands in the box at the foot of a document."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table


def box_of(document: Document) -> Any:
    """The anchored box at the foot of the last page."""
    [box] = document.element.body.iter(qn("wp:anchor"))
    return box


def foot_of(document: Document) -> Table:
    """The version block."""
    [table] = box_of(document).iter(qn("w:tbl"))
    return Table(table, document)
