"""Looks at a container's table of contents before anything is unpacked. Costs no memory."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Final

from officefiles.errors import (
    NotAWorkbook,
    WorkbookDamaged,
    WorkbookEncrypted,
    WorkbookSuspicious,
    WorkbookTooLarge,
)

_MB: Final = 1024 * 1024
# Small parts compress well by nature; honest ledgers stay below 13 in the big ones
# (performance.md 1), and 100 is the cap of Apache POI.
_RATIO_COUNTS_FROM: Final = 100_000
# What zipfile raises for bytes that are not what they say.
_ZIP_FAILURES: Final = (
    zipfile.BadZipFile,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    UnicodeDecodeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How large a file may be. The defaults are for lists handed in by counties.

    Attributes:
        file_bytes: of the file as uploaded.
        rows, columns: of any sheet; a row counts when a cell in it is filled.
        spare_rows: as many more may stand above and below a list: title, header, totals.
        unpacked_bytes, members, ratio: of a zip container, from its directory.
        seconds, memory_bytes: for the process that takes the file apart.
    """

    file_bytes: int = 20 * _MB
    rows: int = 20_000
    spare_rows: int = 0
    columns: int = 200
    unpacked_bytes: int = 200 * _MB
    members: int = 2_000
    ratio: int = 100
    seconds: int = 30
    memory_bytes: int = 1_500 * _MB


DEFAULT_LIMITS = ReadLimits(spare_rows=100)


def check_container(data: bytes, *, limits: ReadLimits) -> tuple[str, ...]:
    """Member names of a workbook's container that is safe to unpack.

    Raises:
        NotAWorkbook: another kind of zip file; else as `check_archive`.
    """
    names = check_archive(data, limits=limits)
    _check_kind(names)
    return names


def check_archive(data: bytes, *, limits: ReadLimits) -> tuple[str, ...]:
    """Member names of any zip file that is safe to unpack.

    Raises:
        WorkbookDamaged: the directory cannot be read.
        WorkbookEncrypted: a member is locked by a zip password.
        WorkbookSuspicious: too many members, unpacked far larger than packed, or a name that
            leads out of the container.
        WorkbookTooLarge: unpacks to more than the limit.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            members = container.infolist()
    except _ZIP_FAILURES as failure:
        raise WorkbookDamaged("文件不完整或已损坏，请重新下载或另存后再上传。") from failure
    _check_members(members, limits)
    return tuple(member.filename for member in members)


def _check_members(members: list[zipfile.ZipInfo], limits: ReadLimits) -> None:
    if len(members) > limits.members:
        raise WorkbookSuspicious(
            f"文件内部有 {len(members)} 个部件，不像正常的工作簿，请在 Excel 中另存后再上传。",
            members=len(members),
        )
    unpacked = sum(member.file_size for member in members)
    for member in members:
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > _RATIO_COUNTS_FROM and ratio > limits.ratio:
            raise WorkbookSuspicious(
                "文件解压后会异常膨胀，可能是恶意文件，已拒绝打开；请核对来源后重新制作。",
                ratio=round(ratio),
            )
    if unpacked > limits.unpacked_bytes:
        raise WorkbookTooLarge(
            f"文件解压后有 {unpacked // _MB} MB，上限是 {limits.unpacked_bytes // _MB} MB，请拆分后上传。",
            unpacked_bytes=unpacked,
        )
    for member in members:
        if member.flag_bits & 0x1:
            raise WorkbookEncrypted("文件设有打开密码，请在 WPS 或 Excel 中取消密码后再上传。")
        if _leads_out(member.filename):
            raise WorkbookSuspicious(
                "文件内部含有越界的路径，可能是恶意文件，已拒绝打开；请核对来源后重新制作。"
            )


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0]


def _check_kind(names: tuple[str, ...]) -> None:
    folded = {name.lower() for name in names}
    if any(name.startswith("word/") for name in folded):
        raise NotAWorkbook("这是 Word 文档，不是工作簿，请把表格放进 Excel 工作簿后再上传。")
    if any(name.startswith("ppt/") for name in folded):
        raise NotAWorkbook("这是演示文稿，不是工作簿，请把表格放进 Excel 工作簿后再上传。")
    if "xl/workbook.bin" in folded:
        raise NotAWorkbook("这是二进制工作簿（.xlsb），请在 Excel 中另存为 .xlsx 后再上传。")
    if not any(name.startswith("xl/") for name in folded):
        raise NotAWorkbook("这是压缩包，不是工作簿，请解压后上传其中的 .xlsx 文件。")
