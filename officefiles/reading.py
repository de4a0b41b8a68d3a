"""Reads a workbook that somebody else made, and trusts nothing in it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any, Final

from officefiles.containers import DEFAULT_LIMITS, ReadLimits, check_container
from officefiles.errors import (
    NotAWorkbook,
    WorkbookDamaged,
    WorkbookEmpty,
    WorkbookEncrypted,
    WorkbookRefused,
    WorkbookSuspicious,
    WorkbookTooLarge,
    WrongExtension,
)
from officefiles.sheets import CellValue, MergedRange, Sheet, Workbook

EXTENSIONS: Final = (".xlsx", ".xlsm", ".xls", ".csv")
_ZIP, _OLE = b"PK\x03\x04", bytes.fromhex("D0CF11E0A1B11AE1")
_SAVE_AS = "请在 WPS 或 Excel 中另存为 .xlsx 后再上传。"
_EXTRACTION = Path(__file__).with_name("extraction.py")


def read_workbook(data: bytes, *, filename: str, limits: ReadLimits = DEFAULT_LIMITS) -> Workbook:
    """All sheets of an uploaded .xlsx, .xlsm, .xls or .csv file, as plain values.

    Every file is either read or refused with a sentence; nothing in it can raise anything else.
    Time and memory are bounded by `limits`: the file's size and table of contents are looked at
    first, the rest happens in a process of its own (see `extraction`).

    Args:
        filename: as uploaded; its extension must agree with the content.

    Raises:
        WorkbookRefused: one of its subclasses in `officefiles.errors`.
    """
    check_upload(data, filename=filename, limits=limits)
    if PurePath(filename).suffix.lower() == ".csv":
        sheets: tuple[Sheet, ...] = (_read_csv(data, PurePath(filename).stem, limits),)
    else:
        sheets = _extract(data, "zip" if data.startswith(_ZIP) else "ole", limits)
    if not sheets:
        raise WorkbookEmpty("工作簿里没有工作表，请核对后重新上传。")
    if not any(sheet.rows for sheet in sheets):
        raise WorkbookEmpty("工作簿是空的，没有任何内容，请核对后重新上传。")
    return Workbook(filename, sheets)


def check_upload(data: bytes, *, filename: str, limits: ReadLimits = DEFAULT_LIMITS) -> None:
    """Refuse what can be refused without unpacking anything: by name, size, first bytes, directory.

    Raises:
        WorkbookRefused: one of its subclasses in `officefiles.errors`.
    """
    extension = PurePath(filename).suffix.lower()
    _check_extension(extension, data, limits)
    if extension != ".csv" and data.startswith(_ZIP):
        check_container(data, limits=limits)


def _check_extension(extension: str, data: bytes, limits: ReadLimits) -> None:
    if extension not in EXTENSIONS:
        found = extension or "没有扩展名的文件"
        raise WrongExtension(
            f"只能读取 .xlsx、.xlsm、.xls 和 .csv 文件，这是 {found}，{_SAVE_AS}", extension=extension
        )
    if not data:
        raise WorkbookEmpty("文件是空的（0 字节），请核对后重新上传。")
    if len(data) > limits.file_bytes:
        size, most = len(data) / 1024 / 1024, limits.file_bytes // 1024 // 1024
        raise WorkbookTooLarge(
            f"文件有 {size:.1f} MB，超过 {most} MB 的上限，请拆分后分别上传。", bytes=len(data)
        )
    _check_content(extension, data)


def _check_content(extension: str, data: bytes) -> None:
    """The first bytes against the extension."""
    if extension == ".csv":
        if data.startswith((_ZIP, _OLE)):
            raise WrongExtension(f"扩展名是 .csv，内容却是 Excel 工作簿，{_SAVE_AS}")
        return
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise WorkbookEncrypted("文件设有打开密码，请在 WPS 或 Excel 中取消密码后再上传。")
        if extension != ".xls":
            raise WrongExtension(f"扩展名是 {extension}，内容却是旧版 Excel 或 Word 文件，{_SAVE_AS}")
    elif data.startswith(_ZIP):
        if extension == ".xls":
            raise WrongExtension(f"扩展名是 .xls，内容却是新版工作簿，{_SAVE_AS}")
    elif data[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<", b"mime-version")):
        raise NotAWorkbook(f"这个文件其实是网页表格，不是 Excel 工作簿，{_SAVE_AS}")
    else:
        raise NotAWorkbook(f"这个文件不是 Excel 工作簿，或者已经损坏，{_SAVE_AS}")


# --- workbooks ---------------------------------------------------------------------------------


def _extract(data: bytes, kind: str, limits: ReadLimits) -> tuple[Sheet, ...]:
    numbers = (limits.rows + limits.spare_rows, limits.columns, limits.seconds, limits.memory_bytes)
    command = [sys.executable, "-I", str(_EXTRACTION), kind, *map(str, numbers)]
    try:
        process = subprocess.run(
            command, input=data, capture_output=True, timeout=limits.seconds * 2, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise WorkbookTooLarge(
            "文件太复杂，没能在限定时间内读完，请删去多余的工作表和格式后再上传。"
        ) from late
    if process.returncode != 0:
        # Killed by its limits, or aborted because the reader asked for more memory than there is.
        raise WorkbookTooLarge(
            "文件内容超出可处理的范围（表格过大或已损坏），请只保留清单所在的工作表后再上传。",
            returncode=process.returncode,
        )
    answer = json.loads(
        process.stdout, parse_float=_number, parse_int=Decimal, parse_constant=str, object_hook=_day
    )
    if "refused" in answer:
        raise _refusal(answer, limits)
    return tuple(_sheet(raw) for raw in answer["sheets"])


@lru_cache(maxsize=20_000)
def _number(text: str) -> Decimal:
    """Fifteen significant digits, as spreadsheets keep and show: 0.30000000000000004 is 0.3."""
    return Decimal(f"{float(text):.15g}")


def _day(value: dict[str, Any]) -> Any:
    return date.fromisoformat(value["d"]) if value.keys() == {"d"} else value


def _refusal(answer: dict[str, Any], limits: ReadLimits) -> WorkbookRefused:
    sheet = f"工作表“{answer['sheet']}”" if answer.get("sheet") else "工作表"
    match answer["refused"]:
        case "too_many_rows":
            return _too_many_rows(sheet, limits)
        case "too_many_columns":
            return _too_many_columns(sheet, limits)
        case "password":
            return WorkbookEncrypted("文件设有打开密码，请在 WPS 或 Excel 中取消密码后再上传。")
        case "doctype":
            return WorkbookSuspicious(
                "文件内部含有不应出现的声明，可能是恶意文件，已拒绝打开；请核对来源后重新制作。"
            )
        case "memory":
            return WorkbookTooLarge("文件内容太大，请只保留清单所在的工作表后再上传。")
        case _:
            return WorkbookDamaged(
                "文件不完整或已损坏，请重新下载，或在 WPS、Excel 中打开并另存后再上传。",
                failure=answer.get("failure", ""),
            )


def _too_many_rows(sheet: str, limits: ReadLimits) -> WorkbookTooLarge:
    return WorkbookTooLarge(f"{sheet}超过 {limits.rows:,} 行的上限，请拆分后分别上传。", rows=limits.rows)


def _too_many_columns(sheet: str, limits: ReadLimits) -> WorkbookTooLarge:
    return WorkbookTooLarge(
        f"{sheet}超过 {limits.columns} 列的上限，请删去多余的列后再上传。", columns=limits.columns
    )


def _sheet(raw: dict[str, Any]) -> Sheet:
    # A list says 未批复 and 瓮安县 ten thousand times; each is kept once.
    once: dict[Any, Any] = {}
    return Sheet(
        name=raw["name"],
        rows=tuple(
            tuple(
                None if value == "" else once.setdefault(value, value) if isinstance(value, str) else value
                for value in row
            )
            for row in raw["rows"]
        ),
        hidden=raw["hidden"],
        merges=tuple(MergedRange(*(int(number) + 1 for number in merge)) for merge in sorted(raw["merges"])),
        uncached=frozenset((int(row), int(column)) for row, column in raw["uncached"]),
        broken={(int(row), int(column)): str(text) for row, column, text in raw["broken"]},
    )


# --- csv ---------------------------------------------------------------------------------------


def _read_csv(data: bytes, name: str, limits: ReadLimits) -> Sheet:
    text = _decode(data)
    rows: list[tuple[CellValue, ...]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            while cells and not cells[-1].strip():
                cells.pop()
            rows.append(tuple(cell or None for cell in cells))
            if len(cells) > limits.columns:
                raise _too_many_columns("文件", limits)
            if len(rows) > limits.rows + limits.spare_rows:
                raise _too_many_rows("文件", limits)
    except csv.Error as failure:
        raise WorkbookDamaged(
            "CSV 文件的引号或分行不完整，请在 WPS 或 Excel 中另存为 .xlsx 后再上传。"
        ) from failure
    while rows and not rows[-1]:
        rows.pop()
    return Sheet(name=name, rows=tuple(rows))


def _decode(data: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, else UTF-8 if it is valid, else GB18030 (contains GBK)."""
    encodings = ["utf-8-sig", "gb18030"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise NotAWorkbook(f"这个文件不是 CSV 文本，或者编码不是 UTF-8、GBK，{_SAVE_AS}")


def _delimiter(text: str) -> str:
    """Comma unless the first lines are plainly separated by tabs or semicolons."""
    head = text[:4000]
    return max(",\t;", key=head.count)
