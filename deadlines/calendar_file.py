"""Read a year's arrangement from a CSV file: one line a day, 日期,类型,名称."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date

from deadlines.notice import Notice
from deadlines.rules.calendar import SATURDAY

OFF = {"休", "放假", "off", "holiday"}
WORKED = {"班", "上班", "调休", "work", "workday"}
DATE_NAMES = ("日期", "date")
KIND_NAMES = ("类型", "kind")
NAME_NAMES = ("名称", "name")
DECEMBER = 12
ENCODINGS = ("utf-8-sig", "gb18030")


def read_calendar_file(content: bytes) -> Notice:
    """What a CSV file says about a year, in the form of a notice; what is wrong is in `problems`.

    Columns 日期 (2027-02-05), 类型 (休 or 班), 名称 (optional); UTF-8 or GBK. The year is that of
    the last day; days of the December before belong to it, as in a notice.
    """
    text = _decoded(content)
    if text is None:
        return _refused("文件不是 UTF-8 或 GBK 编码的文本；请另存为 CSV 后再上传。")
    rows = csv.DictReader(io.StringIO(text))
    columns = [_column(rows.fieldnames or (), names) for names in (DATE_NAMES, KIND_NAMES, NAME_NAMES)]
    if columns[0] is None or columns[1] is None:
        return _refused("缺少“日期”或“类型”列；第一行应为：日期,类型,名称。")
    reader = _Reader()
    for number, row in enumerate(rows, start=2):
        reader.read(number, *[(row.get(column) or "").strip() if column else "" for column in columns])
    return reader.notice()


class _Reader:
    """Collects days and problems, line by line."""

    def __init__(self) -> None:
        self.holidays: dict[date, str] = {}
        self.makeup_days: dict[date, str] = {}
        self.problems: list[str] = []

    def read(self, number: int, day_text: str, kind: str, name: str) -> None:
        if not day_text and not kind:
            return
        try:
            day = date.fromisoformat(day_text.replace("/", "-"))
        except ValueError:
            self.problems.append(f"第{number}行：“{day_text}”不是日期；请写成 2027-02-05。")
            return
        if day in self.holidays or day in self.makeup_days:
            self.problems.append(f"第{number}行：{day} 重复；请只保留一行。")
        elif kind.lower() in OFF:
            self.holidays[day] = name or "放假"
        elif kind.lower() in WORKED:
            if day.weekday() < SATURDAY:
                self.problems.append(f"第{number}行：{day} 不是周末，无须调休上班；请核对。")
            self.makeup_days[day] = name or "调休上班"
        else:
            self.problems.append(f"第{number}行：类型“{kind}”应为“休”或“班”。")

    def notice(self) -> Notice:
        days = sorted([*self.holidays, *self.makeup_days])
        if not days:
            return _refused("文件里没有可用的日期。", *self.problems)
        year = days[-1].year
        outside = [d for d in days if d.year != year and (d.year, d.month) != (year - 1, DECEMBER)]
        self.problems.extend(f"{day} 不在{year}年安排之内；请核对年份。" for day in outside)
        return Notice(
            year=year,
            number="",
            holidays=dict(sorted(self.holidays.items())),
            makeup_days=dict(sorted(self.makeup_days.items())),
            problems=tuple(self.problems),
        )


def _refused(*problems: str) -> Notice:
    return Notice(year=None, number="", holidays={}, makeup_days={}, problems=problems)


def _decoded(content: bytes) -> str | None:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _column(fieldnames: Iterable[str], names: tuple[str, ...]) -> str | None:
    return next((field for field in fieldnames if field.strip().lower() in names), None)
