"""Which leader answers for a project of which size, and on which side of the limit it falls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

YUAN_PER_WAN = Decimal(10_000)
YUAN_PER_YI = Decimal(100_000_000)


class Boundary(StrEnum):
    """Where a figure falls that equals the limit: 以上 and 以下 both include it (民法典1259)."""

    HIGHER = "HIGHER"
    LOWER = "LOWER"


@dataclass(frozen=True, slots=True)
class InvestmentBracket:
    """From `from_yuan` on; no title: the rule names nobody."""

    from_yuan: Decimal
    leader_title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class BracketProposal:
    """The title the brackets name and why; an empty title with the reason why not."""

    leader_title: str
    reason: str


def propose_title(
    investment_yuan: Decimal | None, brackets: Iterable[InvestmentBracket], *, boundary: Boundary
) -> BracketProposal:
    """The leader's title for an investment; the limit itself falls where `boundary` says.

    Source: S3-06; domain.md 11, 领办.
    """
    if investment_yuan is None:
        return BracketProposal("", "未填总投资，不能按投资分级建议")
    rows = sorted(brackets, key=lambda row: -row.from_yuan)
    for place, row in enumerate(rows):
        if _reaches(investment_yuan, row.from_yuan, boundary):
            said = f"总投资{money_words(investment_yuan)}，属“{span_words(rows, place, boundary)}”"
            if not row.leader_title:
                return BracketProposal("", f"{said}，规则未规定责任领导")
            return BracketProposal(row.leader_title, said)
    return BracketProposal("", f"总投资{money_words(investment_yuan)}，低于最低一档，规则未规定责任领导")


def _reaches(investment: Decimal, limit: Decimal, boundary: Boundary) -> bool:
    if boundary is Boundary.HIGHER or limit == 0:
        return investment >= limit
    return investment > limit


def span_words(rows: Sequence[InvestmentBracket], place: int, boundary: Boundary) -> str:
    """A bracket in words that leave no figure in two: 2000万元以上（含）、5000万元以下（不含）.

    `rows` by descending limits.
    """
    above = boundary is Boundary.HIGHER
    row = rows[place]
    lower = f"{money_words(row.from_yuan)}以上（{'含' if above else '不含'}）" if row.from_yuan else ""
    if place == 0:
        return lower or "不分档"
    upper = f"{money_words(rows[place - 1].from_yuan)}以下（{'不含' if above else '含'}）"
    return "、".join(filter(None, (lower, upper)))


def money_words(yuan: Decimal) -> str:
    """5000万元, 3.2亿元, 800元; no rounding."""
    if yuan >= YUAN_PER_YI:
        return f"{_plain(yuan / YUAN_PER_YI)}亿元"
    if yuan >= YUAN_PER_WAN:
        return f"{_plain(yuan / YUAN_PER_WAN)}万元"
    return f"{_plain(yuan)}元"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
