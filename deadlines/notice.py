"""Read the State Council's yearly notice (国务院办公厅关于某年部分节假日安排的通知) from pasted text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from deadlines.provisional import statutory_holidays
from deadlines.rules.calendar import SATURDAY, WEEKDAY_NAMES, YearArrangement

FESTIVALS = ("元旦", "春节", "清明", "劳动节", "端午", "中秋", "国庆")
LAW_OF_2025 = 2025
DECEMBER = 12
LONGEST_HOLIDAY = timedelta(days=31)

_YEAR = re.compile(r"(?:关于|现将)(\d{4})年")
_NUMBER = re.compile(r"(国办[^\s\[\](){}〔〕]{0,6})[〔\[(](\d{4})[〕\])](\d+)号")
_FESTIVAL = r"(?:元旦|春节|清明节?|(?:国际)?劳动节|端午节?|中秋节?|国庆节?)"
# A festival before a colon, however numbered; or a numbered item of another name (2015: 纪念日).
_ITEM = re.compile(
    rf"(?P<festival>{_FESTIVAL}(?:[、和]{_FESTIVAL})*):|[一二三四五六七八九十]、(?P<other>[^:。、,]{{2,30}}):"
)
_DATE = (
    r"(?:(?:(?P<{0}year>\d{{4}})年)?(?P<{0}month>\d{{1,2}})月)?(?P<{0}day>\d{{1,2}})日"
    r"(?:\((?P<{0}note>[^()]*)\))?"
)
_DATES = re.compile(_DATE.format("a") + r"(?:(?:至|到|-|—|~)" + _DATE.format("b") + ")?")
_VERB = re.compile(r"放假|上班")
_LENGTH = re.compile(r"(?:共|放假)(\d+)天")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_WEEKDAY_ORDER = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says, and what about it cannot be right.

    year: None when the text does not name one; then nothing else is filled in.
    number: 国办发明电〔2025〕7号, empty when the text does not carry it (news reprints).
    holidays, makeup_days: date to festival, in order; December of the year before is possible.
    problems: Chinese sentences for the person who pasted the text; empty when all agrees.
    """

    year: int | None
    number: str
    holidays: Mapping[date, str]
    makeup_days: Mapping[date, str]
    problems: tuple[str, ...]

    def arrangement(self) -> YearArrangement:
        """The notice as an arrangement of its year.

        Raises:
            ValueError: the notice names no year.
        """
        if self.year is None:
            raise ValueError("the notice names no year")
        return YearArrangement(year=self.year, holidays=self.holidays, makeup_days=self.makeup_days)


def read_notice(text: str) -> Notice:
    """Read a pasted notice. Never raises for its content: what is wrong is listed in `problems`.

    Checked against the calendar: weekdays in brackets, the stated number of days, make-up days
    on weekends, all seven festivals, and from 2025 all statutory days of the law.

    Source: domain.md 2.3; the notices for 2023 to 2026.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    found = _YEAR.search(plain)
    if found is None:
        problem = "没有找到通知的年度；请粘贴通知全文，应含“关于××××年部分节假日安排的通知”。"
        return Notice(None, "", {}, {}, (problem,))
    reader = _Reader(year=int(found[1]))
    items = list(_ITEM.finditer(plain))
    for item, following in zip(items, [*items[1:], None], strict=True):
        reader.read_item(
            item["festival"] or item["other"], plain[item.end() : following.start() if following else None]
        )
    reader.check_whole()
    number = _NUMBER.search(plain)
    return Notice(
        year=reader.year,
        number=f"{number[1]}〔{number[2]}〕{number[3]}号" if number else "",
        holidays=dict(sorted(reader.holidays.items())),
        makeup_days=dict(sorted(reader.makeup_days.items())),
        problems=tuple(reader.problems),
    )


@dataclass(slots=True)
class _Reader:
    """Collects days and problems, item by item."""

    year: int
    holidays: dict[date, str] = field(default_factory=dict)
    makeup_days: dict[date, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def read_item(self, name: str, body: str) -> None:
        self.names.append(name)
        days_off: list[date] = []
        for sentence in re.split(r"[。;]", body):
            if "鼓励" in sentence:  # a wish (2024: 除夕 off by paid leave), not an arrangement
                continue
            for verb, days in self._clauses(name, sentence):
                if verb == "放假":
                    days_off.extend(days)
                else:
                    self._add_makeup_days(name, days)
            stated = _LENGTH.search(sentence)
            if stated and days_off and int(stated[1]) != len(days_off):
                self.problems.append(
                    f"{name}：通知写明共{stated[1]}天，按日期计算为{len(days_off)}天；请核对起止日期。"
                )
        if not days_off:
            self.problems.append(f"{name}：没有读出放假日期；请核对该条文字。")
        self.holidays.update(dict.fromkeys(days_off, name))

    def check_whole(self) -> None:
        for festival in FESTIVALS:
            if not any(festival in name for name in self.names):
                self.problems.append(f"没有找到{festival}的安排；请确认粘贴的是通知全文。")
        for day in sorted(self.holidays.keys() & self.makeup_days.keys()):
            self.problems.append(f"{_said(day)}既列为放假又列为上班；请核对。")
        for day in sorted(self.holidays.keys() | self.makeup_days.keys()):
            if day.year != self.year and (day.year, day.month) != (self.year - 1, DECEMBER):
                self.problems.append(f"{day.year}年{_said(day)}不在{self.year}年安排之内；请核对年份。")
        if self.year >= LAW_OF_2025 and self.holidays:
            for day, name in statutory_holidays(self.year).items():
                if day not in self.holidays:
                    self.problems.append(f"法定节假日{_said(day)}（{name}）未列入放假；请核对。")

    def _add_makeup_days(self, name: str, days: list[date]) -> None:
        for day in days:
            if day.weekday() < SATURDAY:
                self.problems.append(
                    f"{name}：{_said(day)}是{WEEKDAY_NAMES[day.weekday()]}，不是周末，无须调休上班；请核对。"
                )
            self.makeup_days[day] = name

    def _clauses(self, name: str, sentence: str) -> Iterator[tuple[str, list[date]]]:
        """Each verb of the sentence with the days named before it."""
        begin, before = 0, date(self.year, 1, 1)
        for verb in _VERB.finditer(sentence):
            days: list[date] = []
            for match in _DATES.finditer(sentence, begin, verb.start()):
                span = self._span(name, match, before)
                if span:
                    days.extend(span)
                    before = span[-1]
            begin = verb.end()
            if days:
                yield verb[0], days

    def _span(self, name: str, match: re.Match[str], before: date) -> list[date]:
        first = self._day(name, match, "a", before, self.year)
        if first is None:
            return []
        if match["bday"] is None:
            return [first]
        last = self._day(name, match, "b", first, first.year)
        if last is not None and last < first and match["byear"] is None:
            last = self._day(name, match, "b", first, first.year + 1)
        if last is None or not first <= last <= first + LONGEST_HOLIDAY:
            self.problems.append(f"{name}：“{match[0]}”不是可用的起止日期；请核对。")
            return []
        self._check_weekday(name, first, match["anote"])
        self._check_weekday(name, last, match["bnote"])
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def _day(self, name: str, match: re.Match[str], end: str, before: date, year: int) -> date | None:
        month = int(match[f"{end}month"] or before.month)
        if match[f"{end}year"]:
            year = int(match[f"{end}year"])
        elif end == "a" and month == DECEMBER and "元旦" in name:
            year -= 1
        try:
            day = date(year, month, int(match[f"{end}day"]))
        except ValueError:
            self.problems.append(f"{name}：“{match[0]}”不是有效日期；请核对。")
            return None
        if match["bday"] is None:
            self._check_weekday(name, day, match[f"{end}note"])
        return day

    def _check_weekday(self, name: str, day: date, note: str | None) -> None:
        stated = _WEEKDAY.search(note or "")
        if stated is None:
            return
        weekday = _WEEKDAY_ORDER.index(stated[1].replace("天", "日"))
        if weekday != day.weekday():
            self.problems.append(
                f"{name}：通知写{_said(day)}为{WEEKDAY_NAMES[weekday]}，"
                f"{day.year}年该日为{WEEKDAY_NAMES[day.weekday()]}；请核对日期和年份。"
            )


def _said(day: date) -> str:
    return f"{day.month}月{day.day}日"
