"""Why two rows may be one project. Proposes; a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from officefiles.values import fold

_NOT_CODE = re.compile(r"[^0-9A-Z]")
_ORDINALS = str.maketrans("一二三四五六七八九", "123456789")
_ORDINAL = re.compile(r"([0-9]+|十[0-9]?)(?=期|号|标|段|批|区|组|座|栋|#)|第([0-9]+|十[0-9]?)")
_COMPANY = re.compile(r"(股份)?(有限)?(责任)?公司$|[（(].*?[)）]")


class Ground(StrEnum):
    """A reason for a proposal; the first three suffice alone, the others support."""

    CODE = "code"
    NAME = "name"
    OWNER = "owner"
    AREA = "area"
    INVESTMENT = "investment"


@dataclass(frozen=True, slots=True)
class Likeness:
    """What is compared of one project."""

    name: str
    code: str
    county: str
    owner_unit: str
    total_m2: int | None
    investment_yuan: Decimal | None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Dated settings: percent of likeness of the names, and the lower one for the same owner."""

    name_percent: int
    owner_name_percent: int


@dataclass(frozen=True, slots=True)
class Reason:
    ground: Ground
    words: str


def grounds(one: Likeness, other: Likeness, *, alike: int, thresholds: Thresholds) -> tuple[Reason, ...]:
    """Why the two may be one project, strongest first; empty: not proposed.

    The same national code always. Otherwise only within one county: names alike by the threshold,
    or by the lower one where the owner is the same. Names that differ in a number (二期 and 三期,
    1号 and 2号) are two projects unless the code is the same.

    Args:
        alike: likeness of the two names in percent, without the county's name.
    """
    found = list(_decisive(one, other, alike, thresholds))
    if not found:
        return ()
    return (*found, *_supporting(one, other))


def _decisive(one: Likeness, other: Likeness, alike: int, thresholds: Thresholds) -> Iterator[Reason]:
    if one.code and same_code(one.code, other.code):
        yield Reason(Ground.CODE, "项目代码相同")
    elif one.county != other.county or ordinals(one.name) != ordinals(other.name):
        return
    same_owner = bool(one.owner_unit) and plain_owner(one.owner_unit) == plain_owner(other.owner_unit)
    if alike >= thresholds.name_percent:
        yield Reason(Ground.NAME, "名称相同" if alike == 100 else f"名称相似 {alike}%")
    elif same_owner and alike >= thresholds.owner_name_percent:
        yield Reason(Ground.NAME, f"建设单位相同，名称相似 {alike}%")
    if same_owner and alike >= thresholds.owner_name_percent:
        yield Reason(Ground.OWNER, "建设单位相同")


def _supporting(one: Likeness, other: Likeness) -> Iterator[Reason]:
    if one.total_m2 is not None and one.total_m2 == other.total_m2:
        yield Reason(Ground.AREA, "用地总面积相同")
    if one.investment_yuan is not None and one.investment_yuan == other.investment_yuan:
        yield Reason(Ground.INVESTMENT, "总投资相同")


def same_code(one: str, other: str) -> bool:
    """The same national code, however it was typed: full width, spaces, hyphens left out."""
    return plain_code(one) == plain_code(other) != ""


def plain_code(code: str) -> str:
    return _NOT_CODE.sub("", fold(code).upper())


def plain_owner(owner: str) -> str:
    """The owner without its legal form and what stands in brackets."""
    return _COMPANY.sub("", fold(owner))


def ordinals(name: str) -> tuple[str, ...]:
    """Numbers that tell projects of one kind apart: 二期 and 2期 alike, 三期 not."""
    found = _ORDINAL.findall(fold(name).translate(_ORDINALS))
    return tuple(first or second for first, second in found)
