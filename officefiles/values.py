"""What offices write into cells: numbers with units, dates that are not dates, words.

Pure. Everything keeps what was entered beside what it means, because a person is shown the
former.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from core.units import AreaUnit
from officefiles.sheets import CellValue

_FULL_WIDTH = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_SPACES = re.compile(r"\s+")
_BLANKS = frozenset(
    {"", "/", "//", "\\", "-", "--", "—", "——", "–", "－", "无", "空", "n/a", "na", "nil", "·", "…"}
)


def clean_text(value: CellValue) -> str:
    """Text as it shall be stored: no control characters, one space between words, full-width
    digits and letters made half-width. Chinese punctuation stays: `（二期）` is part of a name."""
    text = value if type(value) is str else as_entered(value)
    return _clean_short(text) if len(text) <= _SHORT else _clean(text)


def fold(value: CellValue) -> str:
    """Text for comparing: NFKC, lower case, without any space. Never shown to a person."""
    text = value if type(value) is str else as_entered(value)
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


def _clean(text: str) -> str:
    return _SPACES.sub(" ", _INVISIBLE.sub("", text.translate(_FULL_WIDTH))).strip()


def _fold(text: str) -> str:
    return _SPACES.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).lower()


# A list says 未批复 and 瓮安县 ten thousand times.
_SHORT = 40
_clean_short = lru_cache(maxsize=20_000)(_clean)
_fold_short = lru_cache(maxsize=20_000)(_fold)


def as_entered(value: CellValue) -> str:
    """The value as the person sees it in the cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat()


def is_blank(value: CellValue) -> bool:
    """Empty, or one of the strokes that offices write for "nothing here"."""
    return value is None or (isinstance(value, str) and fold(value) in _BLANKS)


# --- numbers and units ---------------------------------------------------------------------


class MoneyUnit(StrEnum):
    """The units in which offices write money; the value is the factor to 元."""

    YUAN = "1"
    WAN = "10000"
    YI = "100000000"

    @property
    def label(self) -> str:
        return {"1": "元", "10000": "万元", "100000000": "亿元"}[self.value]

    def to_yuan(self, amount: Decimal) -> Decimal:
        return amount * Decimal(self.value)


# Longest first: 万亩 contains 亩, 亿元 contains 元, 平方公里 contains 公里.
_AREA_WORDS = (
    ("平方公里", AreaUnit.KM2),
    ("km2", AreaUnit.KM2),
    ("平方米", AreaUnit.M2),
    ("平米", AreaUnit.M2),
    ("公顷", AreaUnit.HA),
    ("hm2", AreaUnit.HA),
    ("万亩", AreaUnit.WANMU),
    ("亩", AreaUnit.MU),
    ("m2", AreaUnit.M2),
)
_MONEY_WORDS = (
    ("亿元", MoneyUnit.YI),
    ("亿", MoneyUnit.YI),
    ("万元", MoneyUnit.WAN),
    ("元", MoneyUnit.YUAN),
)
_AREA_PATTERN = re.compile("|".join(word for word, _ in _AREA_WORDS))
_MONEY_PATTERN = re.compile("|".join(word for word, _ in _MONEY_WORDS))


def area_units(text: str) -> tuple[AreaUnit, ...]:
    """The different area units named in a text, in order."""
    return tuple(dict.fromkeys(dict(_AREA_WORDS)[hit] for hit in _AREA_PATTERN.findall(fold(text))))


def money_units(text: str) -> tuple[MoneyUnit, ...]:
    """The different money units named in a text, in order."""
    return tuple(dict.fromkeys(dict(_MONEY_WORDS)[hit] for hit in _MONEY_PATTERN.findall(fold(text))))


class NumberKind(StrEnum):
    NUMBER = "number"
    BLANK = "blank"
    WORD = "word"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class NumberReading:
    """A number from a cell.

    Attributes:
        unit: what stands behind the figure in the cell itself (`588.31亩`), else "".
        text: as entered.
    """

    kind: NumberKind
    number: Decimal | None
    unit: str
    text: str


_NUMBER = re.compile(r"^[¥￥]?([+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,20})?(?:\.\d{1,20})?)(.{0,4})$", re.ASCII)
_LARGEST = Decimal(10) ** 15
_UNIT_WORDS = frozenset({"", "%", *dict(_AREA_WORDS), *dict(_MONEY_WORDS)})
_NUMBER_WORDS = frozenset(
    {"不涉及", "无需", "不需要", "待定", "未定", "待核", "待核实", "暂无", "不占用", "未占用", "未知"}
)


def parse_number(value: CellValue) -> NumberReading:
    """Read a figure: thousands commas, full-width digits, a unit behind it, strokes for nothing.

    A word such as 不涉及 or 待定 is a WORD: there is no figure and it is no mistake.
    """
    text = as_entered(value)
    if isinstance(value, Decimal):
        return _figure(value, "", text)
    if is_blank(value):
        return NumberReading(NumberKind.BLANK, None, "", text)
    folded = fold(value) if isinstance(value, str) else ""
    if folded in _NUMBER_WORDS:
        return NumberReading(NumberKind.WORD, None, "", text)
    found = _NUMBER.match(folded)
    if found and found[1].strip("+-"):
        unit = found[2]
        if unit in _UNIT_WORDS:
            return _figure(Decimal(found[1].replace(",", "")), unit, text)
    return NumberReading(NumberKind.UNREADABLE, None, "", text)


def _figure(number: Decimal, unit: str, text: str) -> NumberReading:
    """A figure no office can mean (a telephone number in an area column) is not read as one."""
    if not number.is_finite() or abs(number) >= _LARGEST:
        return NumberReading(NumberKind.UNREADABLE, None, "", text)
    return NumberReading(NumberKind.NUMBER, number, unit, text)


# --- dates -----------------------------------------------------------------------------------


class DateKind(StrEnum):
    EXACT = "exact"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    KEYWORD = "keyword"
    BLANK = "blank"
    UNREADABLE = "unreadable"


class DateStatus(StrEnum):
    """What a word in a date column says about the step."""

    NOT_DONE = "not_done"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    NOT_INVOLVED = "not_involved"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class DateReading:
    """A cell of a date column.

    Attributes:
        first, last: the period it names, both included; equal for an exact date, None for words.
        status: for a keyword.
        text: as entered.
        ambiguous: the number 2026.1 is January, or October after a spreadsheet dropped a zero.
    """

    kind: DateKind
    text: str
    first: date | None = None
    last: date | None = None
    status: DateStatus | None = None
    ambiguous: bool = False

    @property
    def on(self) -> date | None:
        """The day, where an exact one was given."""
        return self.first if self.kind is DateKind.EXACT else None

    def after(self, today: date) -> bool:
        """Whether the whole period lies after `today`."""
        return self.first is not None and self.first > today


_KEYWORDS: dict[str, DateStatus] = {
    **dict.fromkeys(
        (
            "未受理",
            "未发布",
            "未批复",
            "未取件",
            "未请示",
            "未办理",
            "未启动",
            "未开展",
            "未取得",
            "未完成",
            "未通过",
            "未签订",
            "未报",
            "未上报",
            "未组卷",
            "未公告",
            "未开工",
            "未会签",
            "否",
            "没有",
        ),
        DateStatus.NOT_DONE,
    ),
    **dict.fromkeys(
        (
            "办理中",
            "正在办理",
            "在办",
            "进行中",
            "推进中",
            "审查中",
            "审批中",
            "报批中",
            "编制中",
            "补正中",
            "会签中",
        ),
        DateStatus.IN_PROGRESS,
    ),
    **dict.fromkeys(
        (
            "已完成会签",
            "已会签",
            "已完成",
            "完成",
            "已批复",
            "已受理",
            "已发布",
            "已取件",
            "已请示",
            "已取得",
            "已通过",
            "已办结",
            "已办理",
            "已报",
            "已上报",
            "是",
            "有",
            "√",
        ),
        DateStatus.DONE,
    ),
    **dict.fromkeys(("不涉及", "无需", "无需办理", "不需要", "不办理", "不占用"), DateStatus.NOT_INVOLVED),
    **dict.fromkeys(("待定", "未定", "暂未确定", "暂定", "待确定", "未确定"), DateStatus.UNDECIDED),
}
_IN_PROGRESS_ENDING = re.compile(r"(未会签|未完成会签|会签中|办理中|审查中)$")
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_CHINESE_DAY = re.compile(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)")
_LEAD = re.compile(r"^(预计|计划|拟于|拟|力争|约|暂定|至|截至)+")
_TAIL = re.compile(r"(之前|以前|前|开工|动工|完工|竣工|建成|完成|左右|起)+$")
_TIME = re.compile(r"(t?\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)$", re.ASCII)
_DAY = re.compile(r"^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?$", re.ASCII)
_MONTH = re.compile(r"^(\d{4})[-./年](\d{1,2})月?(份|底|初|末|上旬|中旬|下旬)?$", re.ASCII)
_QUARTER = re.compile(r"^(\d{4})年?(?:第?([一二三四1-4])季度?|q([1-4]))$", re.ASCII)
_HALF = re.compile(r"^(\d{4})年?(上|下)半年$", re.ASCII)
_YEAR = re.compile(r"^(\d{4})年?(底|末|内|年底|年内)?$", re.ASCII)
_DIGITS8 = re.compile(r"^(\d{4})(\d{2})(\d{2})$", re.ASCII)
_DIGITS6 = re.compile(r"^(\d{4})(\d{2})$", re.ASCII)
_SERIAL_TEXT = re.compile(r"^[3-7]\d{4}$", re.ASCII)
_SERIAL_DAY_0 = date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


def parse_date(value: CellValue) -> DateReading:
    """Read a cell of a date column: date, Excel serial, month, quarter, half, year or a word.

    Never raises and never guesses a year that was not written. Whether a date may lie in the
    future is the reader's question, not this function's.
    """
    text = as_entered(value)
    if isinstance(value, date):
        return _exact(value, text)
    if isinstance(value, bool):
        return DateReading(DateKind.KEYWORD, text, status=DateStatus.DONE if value else DateStatus.NOT_DONE)
    if isinstance(value, Decimal):
        return _read_number(value, text)
    return _date_of_short_text(text) if len(text) <= _SHORT else _date_of_text(text)


def _date_of_text(text: str) -> DateReading:
    folded = fold(text)
    return DateReading(DateKind.BLANK, text) if folded in _BLANKS else _read_text(folded, text)


_date_of_short_text = lru_cache(maxsize=20_000)(_date_of_text)


def _exact(day: date, text: str) -> DateReading:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return DateReading(DateKind.UNREADABLE, text)
    return DateReading(DateKind.EXACT, text, day, day)


def _read_number(number: Decimal, text: str) -> DateReading:
    if not number.is_finite():
        return DateReading(DateKind.UNREADABLE, text)
    if _FIRST_YEAR <= number <= _LAST_YEAR:
        reading = _read_text(text, text)
        if reading.kind is DateKind.MONTH and text.endswith(".1"):
            return DateReading(reading.kind, text, reading.first, reading.last, ambiguous=True)
        return reading
    if 30_000 <= number <= 80_000:  # 1982 to 2119
        return _exact(_SERIAL_DAY_0 + timedelta(days=int(number)), text)
    return _read_text(text, text)


def _read_text(folded: str, text: str) -> DateReading:
    if _SERIAL_TEXT.match(folded):
        return _read_number(Decimal(folded), text)
    status = _KEYWORDS.get(folded)
    if status is None and _IN_PROGRESS_ENDING.search(folded):
        status = DateStatus.IN_PROGRESS
    if status is not None:
        return DateReading(DateKind.KEYWORD, text, status=status)
    period = _period(_plain(folded))
    if period is None:
        return DateReading(DateKind.UNREADABLE, text)
    kind, first, last = period
    return DateReading(kind, text, first, last)


def _plain(folded: str) -> str:
    """Without 预计… and …前, with Arabic digits."""
    plain = _TAIL.sub("", _LEAD.sub("", folded))
    if "年" in plain and not plain[0].isascii():
        plain = _CHINESE_DAY.sub(lambda hit: f"{hit[1] or '一'}{hit[2] or '〇'}", plain)
        plain = plain.translate(_CHINESE_DIGITS)
    return _TIME.sub("", plain) if len(plain) > 10 else plain


def _period(plain: str) -> tuple[DateKind, date, date] | None:
    """The period a text names, or None. A year of two digits or none at all is not read."""
    if found := _DAY.match(plain) or _DIGITS8.match(plain):
        day = _date(int(found[1]), int(found[2]), int(found[3]))
        return (DateKind.EXACT, day, day) if day else None
    if found := _MONTH.match(plain) or _DIGITS6.match(plain):
        return _months(DateKind.MONTH, int(found[1]), int(found[2]), 1)
    if found := _QUARTER.match(plain):
        quarter = (
            "一二三四".find(found[2] or "") + 1 if found[2] in (*"一二三四",) else int(found[2] or found[3])
        )
        return _months(DateKind.QUARTER, int(found[1]), quarter * 3 - 2, 3)
    if found := _HALF.match(plain):
        return _months(DateKind.HALF, int(found[1]), 1 if found[2] == "上" else 7, 6)
    if found := _YEAR.match(plain):
        return _months(DateKind.YEAR, int(found[1]), 1, 12)
    return None


def _months(kind: DateKind, year: int, month: int, count: int) -> tuple[DateKind, date, date] | None:
    first = _date(year, month, 1)
    if first is None:
        return None
    last_month = month + count - 1
    return kind, first, date(year, last_month, monthrange(year, last_month)[1])


def _date(year: int, month: int, day: int) -> date | None:
    if not (_FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12):
        return None
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None
