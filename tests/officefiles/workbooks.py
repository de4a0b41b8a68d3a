"""Small workbooks for tests, made by hand so that they can be wrong on purpose."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl

from officefiles.sheets import MergedRange, Sheet

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT = "application/vnd.openxmlformats-"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def xlsx(rows, *, title="项目清单", merges=()) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for merge in merges:
        sheet.merge_cells(merge)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def raw_xlsx(sheet_xml: str, *, prolog: str = "", extra: dict[str, bytes] | None = None) -> bytes:
    """A container around the rows of one sheet, whatever they are."""
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Default Extension="rels" ContentType="{_CONTENT}package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" '
            f'ContentType="{_CONTENT}officedocument.spreadsheetml.sheet.main+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
            '<sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": (
            f'{prolog}<worksheet xmlns="{_MAIN}"><sheetData>{sheet_xml}</sheetData></worksheet>'
        ),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
        for name, content in (extra or {}).items():
            package.writestr(name, content)
    return file.getvalue()


def sheet(*rows, merges=(), name="表", **more) -> Sheet:
    return Sheet(
        name=name,
        rows=tuple(tuple(row) for row in rows),
        merges=tuple(MergedRange(*m) for m in merges),
        **more,
    )
