"""The mark that our templates carry in a hidden sheet, so that an old one is recognised."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from officefiles.errors import TemplateOutdated
from officefiles.sheets import Workbook
from officefiles.values import as_entered

DICTIONARY_SHEET = "字典"
MARKER = "landguard-template"
# Rows of the dictionary sheet above the words.
MARK_ROWS = 2


@dataclass(frozen=True, slots=True)
class TemplateMark:
    """Row 1 of the dictionary sheet: marker, kind, version, checksum of the words.

    Attributes:
        key: of a workbook that was printed with content: what it was printed from, else "".
        check: `key_check` of that key; a slip of the hand in either shows.
    """

    kind: str
    version: str
    checksum: str
    key: str = ""
    check: str = ""

    @property
    def is_keyed(self) -> bool:
        """Whether the workbook says, believably, what it was printed from."""
        return bool(self.key) and self.check == key_check(self.kind, self.version, self.key)


def dictionary_checksum(kind: str, version: str, words: Mapping[str, Sequence[str]]) -> str:
    """Sixteen hexadecimal digits over kind, version and all words in order."""
    lines = [kind, version, *(f"{title}:{'|'.join(options)}" for title, options in words.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def key_check(kind: str, version: str, key: str) -> str:
    """Eight hexadecimal digits over kind, version and key."""
    return hashlib.sha256("\n".join((kind, version, key)).encode()).hexdigest()[:8]


def read_mark(workbook: Workbook) -> TemplateMark | None:
    """The mark of a workbook made by `write_template`; None for any other."""
    sheet = workbook.sheet(DICTIONARY_SHEET)
    if sheet is None or sheet.value(1, 1) != MARKER:
        return None
    return TemplateMark(*(as_entered(sheet.value(1, column)) for column in range(2, 7)))


def check_mark(workbook: Workbook, *, kind: str, version: str) -> None:
    """Refuse a template of another kind or version, or one whose dictionary was edited.

    A workbook without a mark is a county's own and passes.

    Raises:
        TemplateOutdated: as said.
    """
    mark = read_mark(workbook)
    if mark is None:
        return
    again = "请下载最新模板，把内容粘贴过去后再上传。"
    if mark.kind != kind:
        raise TemplateOutdated(f"这是“{mark.kind}”模板，这里要的是“{kind}”，{again}", kind=mark.kind)
    if mark.version != version:
        raise TemplateOutdated(
            f"模板是 {mark.version} 版，现行是 {version} 版，{again}", version=mark.version
        )
    if mark.checksum != dictionary_checksum(kind, version, _words(workbook)):
        raise TemplateOutdated(f"模板的隐藏字典被改动过，{again}", checksum=mark.checksum)


def _words(workbook: Workbook) -> dict[str, list[str]]:
    sheet = workbook.sheet(DICTIONARY_SHEET)
    assert sheet is not None  # read_mark found it
    words: dict[str, list[str]] = {}
    for column in range(1, sheet.width + 1):
        title = as_entered(sheet.value(MARK_ROWS, column))
        below = [as_entered(sheet.value(row, column)) for row in range(MARK_ROWS + 1, len(sheet.rows) + 1)]
        if title:
            words[title] = [word for word in below if word]
    return words
