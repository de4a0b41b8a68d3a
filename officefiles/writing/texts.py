"""Text as it stands in a cell's XML."""

from __future__ import annotations

import re
from typing import Final

LONGEST_TEXT: Final = 32_767
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NEEDS_CARE: Final = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_ESCAPED_LOOK: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def xml_text(text: str) -> str:
    """XML that every reader takes back unchanged, but for control characters and what Excel cannot hold."""
    if len(text) <= LONGEST_TEXT and not _NEEDS_CARE.search(text):
        return text
    plain = without_controls(text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST_TEXT]
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Readers decode _x000D_ as a character, so a text that looks like it is marked.
    return _ESCAPED_LOOK.sub("_x005F_", plain)


def without_controls(text: str) -> str:
    """Without the characters that no XML file may hold: one of them, and no program opens the workbook."""
    return _FORBIDDEN.sub("", text)
