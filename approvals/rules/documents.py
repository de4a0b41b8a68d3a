"""Numbers of documents."""

from __future__ import annotations

import re

_YEAR = re.compile(r"[\[(（【［〔](\d{4})[\])）】］〕]")
_DOC_NO = re.compile(r"^[\u4e00-\u9fa5A-Za-z（）]+〔\d{4}〕第?\d+号$")


def normalise_doc_no(text: str) -> str:
    """黔西南府发[2025] 7 号 → 黔西南府发〔2025〕7号; a certificate's number only loses its blanks.

    Source: domain.md 1.4.
    """
    return _YEAR.sub(r"〔\1〕", re.sub(r"\s+", "", text))


def is_doc_no(text: str) -> bool:
    """Whether a normalised number with a bracketed year has the form 机关代字〔年〕号.

    Numbers without one (证书号, 电子监管号) have no form to check.
    """
    return "〔" not in text or _DOC_NO.match(text) is not None
