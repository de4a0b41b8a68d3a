"""Takes a workbook apart in a process of its own: `python -I extraction.py KIND ROWS COLUMNS SECONDS BYTES`.

Why a process: one forged cell reference (`XFD1048576`) makes the reader ask for 550 GB and abort,
and an abort takes the whole web worker along. Here it takes only this process. The limits on
memory and time are the kernel's, and hold for whatever the file contains.

Reads the file from standard input, writes one JSON object to standard output:
`{"sheets": [...]}` or `{"refused": code, ...facts}`. Imports nothing of the product, because it
runs isolated.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

# Before the limits are set, so that they count for the file alone.
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

TAGS = re.compile(rb"<([^/?\s>][^/\s>]*)")
CELLS = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^>]*)>')
ERROR = re.compile(rb"""(?:^|\s)t\s*=\s*["']e["']""")
PIECE = 1 << 20
OF_CELLS = frozenset({b"c", b"f", b"v", b"is", b"row", b"sheetData"})


class Refused(Exception):
    """The file is refused; `facts` become the JSON answer."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.facts = {"refused": code, **facts}


class SheetScan:
    """One pass over a sheet's XML: its true extent, and formulas without a result.

    Neither is offered by the reader, and the extent must be known before the reader builds its
    dense table. Called five times for every cell: what looks clumsy here is what costs least.
    """

    __slots__ = (
        *("name", "max_rows", "max_columns", "row", "column", "uncached", "broken", "in_cell", "in_value"),
        *("has_formula", "kind", "text"),
    )

    def __init__(self, name: str, rows: int, columns: int) -> None:
        self.name = name
        self.max_rows, self.max_columns = rows, columns
        self.row = self.column = 0
        self.uncached: list[tuple[int, int]] = []
        self.broken: list[tuple[int, int, str]] = []
        self.in_cell = self.has_formula = self.in_value = False
        self.kind = self.text = ""

    def scan(self, xml: bytes) -> None:
        if self.holds_only_values(xml):
            checked(xml)
        else:
            self.scan_every_cell(xml)

    def holds_only_values(self, xml: bytes) -> bool:
        """Whether a sheet without formulas and errors stays inside the limits, as its cells' references
        say. False also where that cannot be told so quickly: comments, prefixes, cells without one."""
        return b"<!" not in xml and all(map(self.stays_inside, pieces(xml)))

    def stays_inside(self, piece: bytes) -> bool:
        tags = TAGS.findall(piece)
        names = set(tags)
        if b"f" in names or any(name.rpartition(b":")[2] in OF_CELLS for name in names if b":" in name):
            return False
        cells = CELLS.findall(piece)
        if len(cells) != tags.count(b"c") or any(map(ERROR.search, {rest for _, _, rest in cells})):
            return False
        last_column = max((column_number(letters.decode()) for letters in {c[0] for c in cells}), default=0)
        last_row = max(map(int, {cell[1] for cell in cells}), default=0)
        return last_column <= self.max_columns and last_row <= self.max_rows

    def scan_every_cell(self, xml: bytes) -> None:
        # The reader takes every part as UTF-8, so the scan must not follow another declaration.
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = refuse_doctype
        parser.Parse(xml, True)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag == "c":
            self.start_cell(attributes)
        elif tag in ("v", "is"):
            self.in_value = True
        elif tag == "f":
            self.has_formula = True
        elif tag == "row":
            self.row = int(attributes.get("r") or self.row + 1)
            self.column = 0

    def start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference:
            letters = reference.rstrip("0123456789")
            self.row = int(reference[len(letters) :])
            self.column = column_number(letters)
        else:
            self.column += 1
        self.kind = attributes.get("t", "")
        self.has_formula = False
        self.in_cell, self.text = True, ""

    def characters(self, text: str) -> None:
        if self.in_value and len(self.text) < 40:
            self.text += text

    def end(self, tag: str) -> None:
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag in ("v", "is"):
            self.in_value = False
        elif tag == "c" and self.in_cell:
            self.in_cell = False
            self.end_cell()

    def end_cell(self) -> None:
        if not (self.has_formula or self.text.strip()):
            return
        if self.row > self.max_rows:
            raise Refused("too_many_rows", sheet=self.name)
        if self.column > self.max_columns:
            raise Refused("too_many_columns", sheet=self.name)
        if self.kind == "e":
            self.broken.append((self.row, self.column, self.text))
        elif self.has_formula and not self.text and self.kind != "str":
            # A formula whose result is the empty text is saved with t="str".
            self.uncached.append((self.row, self.column))


def pieces(xml: bytes) -> Iterator[bytes]:
    """A sheet in parts of whole rows, so that looking through it takes little memory."""
    start = 0
    while start < len(xml):
        end = xml.find(b"</row>", start + PIECE)
        end = len(xml) if end < 0 else end + len(b"</row>")
        yield xml[start:end]
        start = end


def checked(xml: bytes) -> None:
    """Raise for what is not well-formed: the reader might take the part before the fault for the whole."""
    expat.ParserCreate("utf-8").Parse(xml, True)


def refuse_doctype(*_declaration: object) -> None:
    raise Refused("doctype")


@lru_cache(maxsize=1_000)
def column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def scan_sheets(data: bytes, rows: int, columns: int) -> dict[str, SheetScan]:
    """Every part that holds sheet data, by sheet name.

    A part is scanned whatever its name: the relationships decide what the reader opens.
    """
    scans: dict[str, SheetScan] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        titles = sheet_titles(container)
        for member in container.infolist():
            xml = container.read(member)
            if b"<!DOCTYPE" in xml[:65536]:
                refuse_doctype()
            if b"sheetData" in xml:
                part = "/" + member.filename
                scan = SheetScan(titles.get(part, ""), rows, columns)
                scan.scan(xml)
                scans[titles.get(part, part)] = scan
    return scans


def sheet_titles(container: zipfile.ZipFile) -> dict[str, str]:
    """Part name → sheet name, through the workbook's relationships."""
    try:
        workbook = container.read("xl/workbook.xml")
        relations = container.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return {}
    if b"<!DOCTYPE" in workbook or b"<!DOCTYPE" in relations:
        refuse_doctype()
    targets: dict[str, str] = {}
    for relation in ElementTree.fromstring(relations):
        target = relation.get("Target", "")
        targets[relation.get("Id", "")] = target if target.startswith("/") else "/xl/" + target
    titles: dict[str, str] = {}
    for element in ElementTree.fromstring(workbook).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            identifier = next((value for key, value in element.items() if key.endswith("}id")), "")
            titles[targets.get(identifier, "")] = element.get("name", "")
    return titles


def plain(value: Any) -> Any:
    """A cell's value as JSON. Dates are objects so that no text can pass for one."""
    if type(value) in (str, float):
        return value
    if isinstance(value, datetime):
        return {"d": value.date().isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value if isinstance(value, str | float | int | bool) else str(value)


def trimmed(cells: list[Any]) -> list[Any]:
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def sheet_values(sheet: Any, hidden: bool, scan: SheetScan | None) -> dict[str, Any]:
    rows = [trimmed([plain(value) for value in row]) for row in sheet.to_python(skip_empty_area=False)]
    return {
        "name": sheet.name,
        "hidden": hidden,
        "rows": trimmed_rows(rows),
        "merges": [
            [top, left, bottom, right] for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        ],
        "uncached": scan.uncached if scan else [],
        "broken": scan.broken if scan else [],
    }


def trimmed_rows(rows: list[list[Any]]) -> list[list[Any]]:
    while rows and not rows[-1]:
        rows.pop()
    return rows


def extract(data: bytes, kind: str, rows: int, columns: int) -> dict[str, Any]:
    scans = scan_sheets(data, rows, columns) if kind == "zip" else {}
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = []
    for metadata in workbook.sheets_metadata:
        if metadata.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(metadata.name)
        if sheet.total_height > rows:
            raise Refused("too_many_rows", sheet=metadata.name)
        if sheet.total_width > columns:
            raise Refused("too_many_columns", sheet=metadata.name)
        hidden = metadata.visible != SheetVisibleEnum.Visible
        sheets.append(sheet_values(sheet, hidden, scans.get(metadata.name)))
    return {"sheets": sheets}


def confine(seconds: int, memory: int) -> None:
    """Memory and processor time for this process. macOS refuses the former; it has the latter."""
    for limit, amount in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(limit, (amount, amount))
        except (ValueError, OSError):
            continue


def reason(failure: BaseException) -> str:
    if isinstance(failure, MemoryError) or "memory" in str(failure).lower():
        return "memory"
    return "password" if type(failure).__name__ == "PasswordError" else "damaged"


def main(kind: str, rows: str, columns: str, seconds: str, memory: str) -> None:
    confine(int(seconds), int(memory))
    data = sys.stdin.buffer.read()
    try:
        answer = extract(data, kind, int(rows), int(columns))
    except Refused as refusal:
        answer = refusal.facts
    except BaseException as failure:
        # Everything: the reader's panics are no Exception, and whatever a forged file provokes
        # is an answer to the parent, not a fault of the product.
        answer = {"refused": reason(failure), "failure": f"{type(failure).__name__}: {failure}"[:300]}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
