"""Is this file what it says it is, and can it do no harm? Bytes in, a media type or a refusal out.

By extension, by its first bytes and by opening it, all three. Nothing is unpacked to disk, nothing
is rendered; members of a container are read one after the other within `officefiles`' limits.
"""

from __future__ import annotations

import io
import json
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from officefiles.containers import DEFAULT_LIMITS, check_archive
from officefiles.errors import WorkbookDamaged, WorkbookEncrypted, WorkbookRefused
from papers.errors import (
    PaperDamaged,
    PaperEmpty,
    PaperEncrypted,
    PaperHasProgram,
    PaperIsClassified,
    PaperIsSomethingElse,
    PaperKindUnknown,
    PaperRefused,
    PaperTooLarge,
)

_MB: Final = 1024 * 1024
_OLE: Final = bytes.fromhex("D0CF11E0A1B11AE1")
_CHUNK: Final = 256 * 1024
_DAMAGED: Final = "文件不完整或已损坏，请重新下载或扫描后再上传。"
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What opening a damaged container raises.
_ZIP_FAILURES: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Format:
    """A format that may be handed in: how it begins, what it is served as, what opening it checks."""

    begins: bytes
    media_type: str
    word: str
    open: Callable[[bytes], None]


def inspect(name: str, content: bytes, *, most_bytes: int) -> Format:
    """The format of a file that may be kept.

    Raises:
        PaperRefused: one of its subclasses; every other file is let in.
    """
    extension = PurePath(name).suffix.lower()
    found = FORMATS.get(extension)
    if found is None:
        raise PaperKindUnknown(_unknown(extension), extension=extension)
    if not content:
        raise PaperEmpty("文件是空的（0 字节），请核对后重新上传。")
    if len(content) > most_bytes:
        raise PaperTooLarge(
            f"文件有 {len(content) / _MB:.1f} MB，超过 {most_bytes // _MB} MB 的上限，请压缩或拆分后上传。",
            bytes=len(content),
        )
    if content.startswith(_OLE) and extension in (".docx", ".xlsx"):
        raise PaperEncrypted("文件设有打开密码或是旧版格式，请取消密码并另存为新格式后再上传。")
    if not content.startswith(found.begins):
        raise PaperIsSomethingElse(
            f"文件内容不是{found.word}，与扩展名 {extension} 不符，请用原来的软件另存后再上传。",
            extension=extension,
        )
    found.open(content)
    return found


def _unknown(extension: str) -> str:
    if extension in (".docm", ".xlsm", ".dotm", ".xlsb", ".pptm"):
        return f"带宏的文件（{extension}）不能上传，请另存为 .docx 或 .xlsx 后再上传。"
    if extension in (".doc", ".wps", ".xls", ".et"):
        return f"旧版格式（{extension}）不能上传，请在 WPS 或 Office 中另存为 .docx、.xlsx 或 .pdf。"
    return f"只能上传 {FORMAT_NAMES} 文件，这是 {extension or '没有扩展名的文件'}，请转换格式后再上传。"


# --- names ------------------------------------------------------------------------------------

# Marks of secrecy as GB/T 9704 writes them; 商业秘密 is no state secret.
_CLASSIFIED = re.compile(r"绝密|机密|(?<!商业)秘密")
_LONGEST_NAME = 200


def clean_name(name: str) -> str:
    """The file's own name without folders, control and direction characters, at most 200 long."""
    base = re.split(r"[\\/]", name)[-1]
    plain = "".join(c for c in base if unicodedata.category(c)[0] != "C")
    stem, dot, extension = plain.strip().rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(extension) - 1]}{dot}{extension}"


def check_not_classified(*words: str) -> None:
    """Refuse a name that carries a mark of secrecy.

    Raises:
        PaperIsClassified: 绝密, 机密 or 秘密 stands in one of `words`.
    """
    for word in words:
        if found := _CLASSIFIED.search(word):
            raise PaperIsClassified(
                f"名称中有“{found.group()}”字样，本系统不得存储国家秘密，请按保密规定另行报送。",
                mark=found.group(),
            )


# --- PDF --------------------------------------------------------------------------------------

_STARTXREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_ENCRYPT = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_PDF_PROGRAMS: Final = (b"/JavaScript", b"/Launch")


def _open_pdf(content: bytes) -> None:
    """The end names a table of objects that is there; no password, no script, nothing to launch."""
    tail = _STARTXREF.search(content[-2048:].rstrip(b"\x00"))
    if tail is None:
        raise PaperDamaged(_DAMAGED)
    table = content[int(tail.group(1)) : int(tail.group(1)) + 32].lstrip()
    if not re.match(rb"xref|\d+\s+\d+\s+obj", table):
        raise PaperDamaged(_DAMAGED)
    if _ENCRYPT.search(content):
        raise PaperEncrypted("PDF 设有密码或权限限制，请取消后再上传。")
    for mark in _PDF_PROGRAMS:
        if mark in content:
            raise PaperHasProgram("PDF 中含有脚本或启动程序的动作，请重新打印为 PDF 后再上传。")


# --- Office containers and OFD ----------------------------------------------------------------

_MACROS = re.compile(r"(^|/)(vbaproject|vbadata|.*activex).*", re.IGNORECASE)
_PROGRAM_NAMES = re.compile(r"\.(exe|dll|com|scr|bat|cmd|ps1|vbs|js|jar|msi|hta|lnk|sh)$", re.IGNORECASE)


def _open_container(content: bytes) -> tuple[zipfile.ZipFile, tuple[str, ...]]:
    """All members read once against their checksums; none a program, none a macro."""
    try:
        names = check_archive(content, limits=DEFAULT_LIMITS)
    except WorkbookEncrypted as refused:
        raise PaperEncrypted("文件设有打开密码，请取消密码后再上传。") from refused
    except WorkbookDamaged as refused:
        raise PaperDamaged(_DAMAGED) from refused
    except WorkbookRefused as refused:
        raise PaperRefused(refused.message, **refused.facts) from refused
    if any(_MACROS.search(name) or _PROGRAM_NAMES.search(name) for name in names):
        raise PaperHasProgram("文件中含有宏或可执行程序，请去掉后另存为普通文档再上传。")
    container = zipfile.ZipFile(io.BytesIO(content))
    try:
        for member in container.infolist():
            with container.open(member) as part:
                while part.read(_CHUNK):
                    pass
    except _ZIP_FAILURES as failure:
        raise PaperDamaged(_DAMAGED) from failure
    return container, names


def _open_office(content: bytes, *, main: str, main_type: bytes) -> None:
    container, names = _open_container(content)
    if "[Content_Types].xml" not in names or main not in names:
        raise PaperIsSomethingElse("文件内容与扩展名不符，请用 WPS 或 Office 另存后再上传。")
    types = container.read("[Content_Types].xml")
    if b"macroEnabled" in types:
        raise PaperHasProgram("文件中含有宏，请另存为普通文档再上传。")
    if main_type not in types:
        raise PaperIsSomethingElse("文件内容与扩展名不符，请用 WPS 或 Office 另存后再上传。")
    if b"<!DOCTYPE" in types or b"<!DOCTYPE" in container.read(main)[:4096]:
        raise PaperHasProgram("文件结构异常（含外部实体声明），请用 WPS 或 Office 另存后再上传。")
    _check_templates(container, names)


def _check_templates(container: zipfile.ZipFile, names: tuple[str, ...]) -> None:
    """A template fetched from elsewhere brings its macros along."""
    for name in names:
        if name.endswith("settings.xml.rels"):
            links = container.read(name)
            if b"attachedTemplate" in links and b"http" in links.split(b"attachedTemplate", 1)[1]:
                raise PaperHasProgram("文档引用了网络模板，请改用本机模板另存后再上传。")


def _open_docx(content: bytes) -> None:
    _open_office(content, main="word/document.xml", main_type=b"wordprocessingml.document.main+xml")


def _open_xlsx(content: bytes) -> None:
    _open_office(content, main="xl/workbook.xml", main_type=b"spreadsheetml.sheet.main+xml")


def _open_ofd(content: bytes) -> None:
    """GB/T 33190: a container whose root lists its documents."""
    container, names = _open_container(content)
    if "OFD.xml" not in names:
        raise PaperIsSomethingElse("文件内容不是 OFD 版式文件，与扩展名不符，请重新导出后再上传。")
    if any(name.rpartition("/")[2] in ("Encryptions.xml", "decryptseed.dat") for name in names):
        raise PaperEncrypted("OFD 设有密码，请取消密码后再上传。")
    if b"DocRoot" not in container.read("OFD.xml"):
        raise PaperDamaged(_DAMAGED)


# --- boundaries -------------------------------------------------------------------------------

_SHAPE_PARTS: Final = frozenset(
    {".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qmd", ".qpj", ".xml", ".txt"}
)


def _open_shapefile(content: bytes) -> None:
    """One shapefile and what belongs to it, nothing else."""
    _, names = _open_container(content)
    parts = [PurePath(name).suffix.lower() for name in names if not name.endswith("/")]
    if not {".shp", ".shx"} <= set(parts) or not _SHAPE_PARTS.issuperset(parts):
        raise PaperIsSomethingElse(
            "压缩包里须是一个 SHP 图层（.shp、.shx、.dbf、.prj），不能有其他文件，请重新打包后再上传。"
        )


def _open_geojson(content: bytes) -> None:
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as failure:
        raise PaperDamaged("不是完整的 GeoJSON 文件（UTF-8 编码），请重新导出后再上传。") from failure
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        raise PaperIsSomethingElse("文件内容不是 GeoJSON 图形，请重新导出后再上传。")


# --- pictures ---------------------------------------------------------------------------------


def _open_png(content: bytes) -> None:
    """Chunk by chunk, each against its checksum, up to IEND and nothing behind it."""
    place = 8
    kinds = []
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        kind, end = content[place + 4 : place + 8], place + 8 + length
        if end + 4 > len(content):
            raise PaperDamaged(_DAMAGED)
        if struct.unpack_from(">I", content, end)[0] != zlib.crc32(content[place + 4 : end]):
            raise PaperDamaged(_DAMAGED)
        kinds.append(kind)
        place = end + 4
        if kind == b"IEND":
            break
    if not kinds or kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        raise PaperDamaged(_DAMAGED)
    _nothing_behind(content, place)


_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})


def _open_jpeg(content: bytes) -> None:
    """Segment by segment to the scan, a size among them, and the end mark at the end."""
    place, has_size = 2, False
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            raise PaperDamaged(_DAMAGED)
        mark = content[place + 1]
        if mark == 0xFF or mark in _ALONE:
            place += 1 if mark == 0xFF else 2
            continue
        if mark == 0xDA:
            break
        has_size = has_size or mark in _FRAMES
        place += 2 + struct.unpack_from(">H", content, place + 2)[0]
    end = content.rfind(b"\xff\xd9")
    if not has_size or place + 4 > len(content) or end < place:
        raise PaperDamaged(_DAMAGED)


def _nothing_behind(content: bytes, place: int) -> None:
    if content[place:].strip(b"\x00\r\n "):
        raise PaperIsSomethingElse("图片末尾附有其他内容，请用看图软件另存后再上传。")


_JPEG = Format(b"\xff\xd8\xff", "image/jpeg", " JPEG 图片", _open_jpeg)
FORMATS: Final[dict[str, Format]] = {
    ".pdf": Format(b"%PDF-", "application/pdf", " PDF 文件", _open_pdf),
    ".ofd": Format(b"PK\x03\x04", "application/ofd", " OFD 版式文件", _open_ofd),
    ".docx": Format(b"PK\x03\x04", _WORD, " Word 文档", _open_docx),
    ".xlsx": Format(b"PK\x03\x04", _SHEET, " Excel 工作簿", _open_xlsx),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".png": Format(b"\x89PNG\r\n\x1a\n", "image/png", " PNG 图片", _open_png),
    ".zip": Format(b"PK\x03\x04", "application/zip", " SHP 压缩包", _open_shapefile),
    ".geojson": Format(b"", "application/geo+json", " GeoJSON 图形", _open_geojson),
}
# As people read them; without the dots a line may break between two.
FORMAT_NAMES: Final = "、".join(name.removeprefix(".").upper() for name in FORMATS)
