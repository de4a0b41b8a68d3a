"""Small honest files of every format, and dishonest ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import docx
import openpyxl


def pdf(*, inside: bytes = b"", text: str = "1") -> bytes:
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + inside + b" >>\nendobj\n% " + text.encode() + b"\n"
    return (
        body
        + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )


def word(text: str = "关于用地预审的请示") -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "项目名称"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ofd() -> bytes:
    return archive(
        {"OFD.xml": b"<ofd:OFD><ofd:DocBody><ofd:DocRoot>D/D.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"}
    )


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in members.items():
            container.writestr(name, content)
    return out.getvalue()


def with_members(content: bytes, members: dict[str, bytes], *, replaced: tuple[str, ...] = ()) -> bytes:
    """A container with more in it, or with other content under a name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in replaced:
                new.writestr(name, old.read(name))
        for name, extra in members.items():
            new.writestr(name, extra)
    return out.getvalue()


def png() -> bytes:
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, content)
        for kind, content in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\x00\x00")), (b"IEND", b""))
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def jpeg() -> bytes:
    app = b"\xff\xe0" + struct.pack(">H", 4) + b"JF"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, 1, 1, 1) + b"\x01\x11\x00"
    scan = b"\xff\xda" + struct.pack(">H", 8) + b"\x01\x01\x00\x00\x3f\x00" + b"\x12\x34"
    return b"\xff\xd8" + app + frame + scan + b"\xff\xd9"
