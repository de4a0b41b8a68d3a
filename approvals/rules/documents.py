"""Numbers of documents, which step gives which, and what was approved beside what was applied for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_BRACKETS = re.compile(r"[\[(（【［〔﹝〖『「{](\d{4})年?[\])）】］〕﹞〗』」}]")
_DOC_NO = re.compile(r"^[\u4e00-\u9fa5A-Za-z（）]+〔(\d{4})〕第?\d+号$")
_YEAR = re.compile(r"〔(\d{4})〕")
_FULL_WIDTH = {ord("０") + n: str(n) for n in range(10)}
_SUPERVISION_NO = re.compile(r"^(\d{6})(\d{4})([A-Z]{1,2})(\d{4,9})$")
_CERTIFICATE = re.compile(r"^(?:[用地建乡]字)?第?(.+?)号?$")

# The step at whose end a document of a kind is given.
KIND_OF_STEP: Mapping[str, str] = {
    "A03": "PREEXAM",
    "A09": "FOREST",
    "B03": "LAND",
    "G01": "CONDITIONS",
    "G02": "ALLOCATION",
    "G04": "CONTRACT",
    "X01": "LAND_PERMIT",
    "X03": "WORKS_PERMIT",
    "X04": "RURAL_PERMIT",
    "Y01": "ADVANCE",
    "Y02": "TEMPORARY",
}
# What counts as land approved in a year. An expropriation approved by itself covers land that the
# conversion's approval has counted already.
COUNTS_AS_LAND = frozenset({"LAND", "CONVERSION"})
# Kinds that are good for a time only, and whose area stands beside the project's own.
FOR_A_TIME = frozenset({"ADVANCE", "TEMPORARY"})
# What a batch of a mode (报批方式) may be given; its first kinds end it. Source: S3-08.
OF_LAND = frozenset({"LAND", "CONVERSION", "REQUISITION", "OTHER"})
KINDS_OF_MODE: Mapping[str, frozenset[str]] = {
    "ORDINARY": OF_LAND,
    "TOGETHER": OF_LAND | {"ALLOCATION", "CONTRACT"},
    "PACKAGE": OF_LAND,
    "BUNDLE": OF_LAND,
    "ADVANCE": frozenset({"ADVANCE"}),
    "TEMPORARY": frozenset({"TEMPORARY"}),
}
# Modes that gather projects: one alone is no such batch.
OF_SEVERAL = frozenset({"PACKAGE", "BUNDLE"})
# Kinds whose number is a government's 文号 and nothing else.
BY_DOC_NO = frozenset({"LAND", "CONVERSION", "REQUISITION", "ADVANCE", "TEMPORARY", "FOREST"})


def normalise_doc_no(text: str) -> str:
    """黔西南府发[２０２５] 7 号 → 黔西南府发〔2025〕7号; a certificate's number only loses its blanks.

    A number that ends in its digits gets its 号. Safe to repeat. Source: domain.md 1.4.
    """
    number = _BRACKETS.sub(r"〔\1〕", re.sub(r"\s+", "", text).translate(_FULL_WIDTH))
    return f"{number}号" if "〔" in number and number[-1:].isdigit() else number


def is_doc_no(text: str) -> bool:
    """Whether a normalised number with a bracketed year has the form 机关代字〔年〕号.

    Numbers without one (证书号, 电子监管号) have no form to check.
    """
    return "〔" not in text or _DOC_NO.match(text) is not None


def doc_no_year(text: str) -> int | None:
    """The year of a normalised number; None where it bears none."""
    found = _YEAR.search(text)
    return int(found.group(1)) if found else None


def normalise_supervision_no(text: str) -> str:
    """地字第 5227012026yg0012345 号 → 5227012026YG0012345. Safe to repeat."""
    plain = re.sub(r"\s+", "", text).translate(_FULL_WIDTH)
    found = _CERTIFICATE.match(plain)
    return (found.group(1) if found else plain).upper()


def supervision_no_problem(number: str, *, year: int) -> str:
    """What is wrong with a normalised 电子监管号 of a document of `year`; empty if nothing is.

    Six digits of the division, four of the year, one or two letters of the kind, the serial number.

    Source: 自然资函〔2024〕709号.
    """
    found = _SUPERVISION_NO.match(number)
    if found is None:
        return "应为六位行政区代码、四位年份、字母类别码和顺序号，如“5227012026YG0012345”"
    if int(found.group(2)) > year:
        return f"其中年份 {found.group(2)} 晚于批准年份 {year}"
    return ""


@dataclass(frozen=True, slots=True)
class AreaDifference:
    """One class of land: what was applied for and approved, in m²; None is not stated.

    `difference_m2` is approved minus applied: below zero, less was approved.
    """

    name: str
    applied_m2: int | None
    approved_m2: int | None

    @property
    def difference_m2(self) -> int | None:
        if self.applied_m2 is None or self.approved_m2 is None:
            return None
        return self.approved_m2 - self.applied_m2

    @property
    def sentence(self) -> str:
        """少批、多批 or 一致, in words; empty when one of the two is not stated."""
        difference = self.difference_m2
        if difference is None:
            return ""
        if difference == 0:
            return "与申请一致"
        return "少于申请" if difference < 0 else "多于申请"


def area_differences(
    names: Iterable[str], *, applied: Mapping[str, int | None], approved: Mapping[str, int | None]
) -> list[AreaDifference]:
    """Each class for which at least one of the two is stated, in the order of `names`."""
    rows = [AreaDifference(name, applied.get(name), approved.get(name)) for name in names]
    return [row for row in rows if row.applied_m2 is not None or row.approved_m2 is not None]


# A part may not be larger than its whole: (part, whole).
PARTS = (
    ("agri", "total"),
    ("arable", "agri"),
    ("pbf", "total"),
    ("forest", "agri"),
    ("construction", "total"),
    ("unused", "total"),
    ("new_construction", "total"),
    ("requisition", "total"),
    ("arable", "total"),
)


def part_too_large(areas: Mapping[str, int | None]) -> tuple[str, str] | None:
    """The first part that is larger than its whole, with it; None if all fit."""
    for part, whole in PARTS:
        small, large = areas.get(part), areas.get(whole)
        if small is not None and large is not None and small > large:
            return part, whole
    return None
