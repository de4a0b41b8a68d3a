"""The workbook in which published prices come in: read, judged row by row, every error with its cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from officefiles.headings import ColumnSpec
from officefiles.reading import read_workbook
from officefiles.tables import Table, TableRow, find_in_workbook
from officefiles.values import clean_text, parse_date, parse_number
from quotas.models import PricePoint
from quotas.rules import Instrument, Pool

SPECS = (
    ColumnSpec("instrument", "指标", ("指标类型", "指标名称"), required=True),
    ColumnSpec("traded_on", "公示日期", ("成交日期", "日期"), required=True),
    ColumnSpec("price", "单价（元/亩、元/公斤）", ("单价", "成交单价"), required=True),
    ColumnSpec("amount", "成交数量（亩、公斤）", ("数量", "成交数量"), required=True),
    ColumnSpec("platform", "平台", ("交易平台",), required=True),
    ColumnSpec("reference", "公示编号", ("编号", "成交编号"), required=True),
    ColumnSpec("source", "来源", ("网址", "公示来源")),
)
_NAMES = {
    **{item.label: item for item in Pool.FARMLAND.instruments},
    "耕地数量": Instrument.FARMLAND_AREA,
    "水田": Instrument.FARMLAND_PADDY,
    "水田规模": Instrument.FARMLAND_PADDY,
    "产能": Instrument.FARMLAND_GRAIN,
}


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """What is wrong, and in which cell."""

    row: int
    cell: str
    message: str


@dataclass(frozen=True, slots=True)
class SheetPrice:
    """A row that can be read. `is_known`: the same trade is there already."""

    row: int
    instrument: Instrument
    traded_on: date
    price: Decimal
    amount: Decimal
    platform: str
    reference: str
    source: str
    is_known: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.platform, self.reference, str(self.instrument))


@dataclass(frozen=True, slots=True)
class PricePreview:
    """All rows of a workbook: what is new, what is known, and every error."""

    prices: tuple[SheetPrice, ...]
    problems: tuple[SheetProblem, ...]

    @property
    def new(self) -> tuple[SheetPrice, ...]:
        return tuple(price for price in self.prices if not price.is_known)


def read_prices(content: bytes, *, filename: str, today: date) -> PricePreview:
    """Judge every row of a workbook of prices. One query.

    Raises:
        WorkbookRefused: the file cannot be read, or has no such table.
    """
    table = find_in_workbook(read_workbook(content, filename=filename), SPECS, called="公示价格表")
    prices: list[SheetPrice] = []
    problems: list[SheetProblem] = []
    for row in table.data_rows():
        found = _problems(table, row, today)
        problems += found
        if not found:
            prices.append(_price(row))
    problems += _repeated(table, prices)
    known = _known(prices)
    return PricePreview(
        tuple(price if price.key not in known else _as_known(price) for price in prices),
        tuple(sorted(problems, key=lambda problem: (problem.row, problem.cell))),
    )


def _problems(table: Table, row: TableRow, today: date) -> list[SheetProblem]:
    found: list[SheetProblem] = []

    def wrong(key: str, message: str) -> None:
        found.append(SheetProblem(row.number, table.cell(row.number, key), message))

    values = row.values
    if clean_text(values["instrument"]) not in _NAMES:
        wrong("instrument", f"指标须为{'、'.join(item.label for item in Pool.FARMLAND.instruments)}之一。")
    on = parse_date(values["traded_on"]).on
    if on is None:
        wrong("traded_on", "公示日期须为具体日期，如 2026-10-12。")
    elif on > today:
        wrong("traded_on", f"公示日期 {on} 晚于今天。")
    for key, name in (("price", "单价"), ("amount", "成交数量")):
        number = parse_number(values[key]).number
        if number is None or number <= 0:
            wrong(key, f"{name}须为大于 0 的数。")
        elif number != round(number, 4):
            wrong(key, f"{name}最多四位小数。")
    for key, name, most in (("platform", "平台", 100), ("reference", "公示编号", 80)):
        text = clean_text(values[key])
        if not text:
            wrong(key, f"{name}没有填写。")
        elif len(text) > most:
            wrong(key, f"{name}超过 {most} 个字。")
    return found


def _price(row: TableRow) -> SheetPrice:
    values = row.values
    on = parse_date(values["traded_on"]).on
    price, amount = parse_number(values["price"]).number, parse_number(values["amount"]).number
    assert on is not None, "a row with a problem is not read"
    assert price is not None
    assert amount is not None
    return SheetPrice(
        row=row.number,
        instrument=_NAMES[clean_text(values["instrument"])],
        traded_on=on,
        price=price,
        amount=amount,
        platform=clean_text(values["platform"]),
        reference=clean_text(values["reference"]),
        source=clean_text(values["source"])[:300],
    )


def _repeated(table: Table, prices: Iterable[SheetPrice]) -> list[SheetProblem]:
    seen: dict[tuple[str, str, str], int] = {}
    found = []
    for price in prices:
        if price.key in seen:
            message = f"与第 {seen[price.key]} 行公示编号相同。"
            found.append(SheetProblem(price.row, table.cell(price.row, "reference"), message))
        seen.setdefault(price.key, price.row)
    return found


def _known(prices: Iterable[SheetPrice]) -> set[tuple[str, str, str]]:
    references = {price.reference for price in prices}
    rows = PricePoint.objects.counting().filter(reference__in=references)
    return set(rows.values_list("platform", "reference", "instrument"))


def _as_known(price: SheetPrice) -> SheetPrice:
    return SheetPrice(
        price.row,
        price.instrument,
        price.traded_on,
        price.price,
        price.amount,
        price.platform,
        price.reference,
        price.source,
        is_known=True,
    )
