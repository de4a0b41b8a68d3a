"""One row of a list, cell by cell: what it says and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypedDict

from core.units import AreaUnit, round_half_up, to_m2
from officefiles.sheets import CellValue
from officefiles.tables import RowValues, Table, TableRow
from officefiles.values import (
    DateKind,
    DateReading,
    DateStatus,
    MoneyUnit,
    NumberKind,
    area_units,
    as_entered,
    clean_text,
    is_blank,
    money_units,
    parse_date,
    parse_number,
)
from projects.rules.choices import Vocabulary
from projects.rules.columns import BY_KEY, Kind
from projects.rules.directory import Directory, OrganisationEntry
from projects.rules.facts import Entered, LandAreas, Problem, ProjectFacts, ReportedFact, Severity
from projects.rules.land_checks import LABELS, land_problems

# 投资项目在线审批监管平台: year and month, division, trade, kind, number (domain.md 1.4).
CODE_PATTERN = re.compile(r"^\d{4}-\d{6}-\d{2}-\d{2}-\d{6}$", re.ASCII)
_SAID = 20_000
_EARLIEST_EVENT = date(2020, 1, 1)
_LARGEST_INVESTMENT = Decimal(10) ** 15
_UNLIKELY_INVESTMENT = Decimal(10) ** 11  # 1,000 亿元
_PBF_REMARK = re.compile(r"(?:占用)?(?:永久基本农田|永农|基本农田)\s*(\d+(?:\.\d+)?)\s*(万亩|亩|公顷)")
_CROSS_COUNTY = re.compile(r"跨.{0,20}[县市区]")
_AREA_SIGNIFICANT = {AreaUnit.HA: 4, AreaUnit.M2: 0, AreaUnit.KM2: 6, AreaUnit.WANMU: 6, AreaUnit.MU: 4}


@dataclass(frozen=True, slots=True)
class ListContext:
    """What all rows of a list share.

    Attributes:
        own_unit: code of the county or park that uploads; None for the bureau and departments.
        stated_unit: code of the unit named above a table that has no county column, or None.
        words: of the columns with choices.
        area_unit, money_unit: from the line above the table, for headings that name none.
        said: what cells were found to say, by column and value.
    """

    table: Table
    directory: Directory
    own_unit: str | None
    stated_unit: str | None
    today: date
    words: Vocabulary
    area_unit: AreaUnit | None
    money_unit: MoneyUnit
    said: dict[tuple[str, CellValue], ReportedFact | None] = field(default_factory=dict)


class _Texts(TypedDict):
    owner_unit: str
    industry: str
    remark: str


@dataclass(slots=True)
class RowReader:
    """Reads one row and gathers its problems. Used once."""

    context: ListContext
    row: TableRow
    problems: list[Problem] = field(default_factory=list)
    values: Mapping[str, CellValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        values = self.row.values
        self.values = values.as_dict() if isinstance(values, RowValues) else dict(values)

    def read(self) -> ProjectFacts:
        """The row's facts; `problems` is filled by then."""
        start, start_on = self._planned("planned_start")
        finish, finish_on = self._planned("planned_finish")
        facts = ProjectFacts(
            name=self._name(),
            code=self._code(),
            unit_code=self._unit(),
            list_category=self._choice("list_category"),
            priority_class=self._choice("priority_class"),
            track=self._choice("track"),
            level=self._choice("level"),
            investment_yuan=self._money("investment_yuan"),
            planned_start=start,
            planned_start_on=start_on,
            planned_finish=finish,
            planned_finish_on=finish_on,
            land=self._land(),
            reported=self._reported(),
            **self._texts(),
        )
        self._check_together(facts)
        return facts

    # --- problems ------------------------------------------------------------------------------

    def add(self, key: str, message: str, suggestion: str = "", *, severity: Severity) -> None:
        table = self.context.table
        column = table.column(key)
        self.problems.append(
            Problem(
                cell=table.cell(self.row.number, key),
                field=column.path[-1] if column else BY_KEY[key].spec.label,
                value=as_entered(self.values.get(key)),
                message=message,
                suggestion=suggestion,
                severity=severity,
                row=self.row.number,
            )
        )

    def error(self, key: str, message: str, suggestion: str = "") -> None:
        self.add(key, message, suggestion, severity=Severity.ERROR)

    def warn(self, key: str, message: str, suggestion: str = "") -> None:
        self.add(key, message, suggestion, severity=Severity.WARNING)

    def value(self, key: str) -> CellValue:
        """The cell's value. A formula without a result, or with an error for one, is a problem."""
        table = self.context.table
        column = table.header.matched.get(key)
        if column is None:
            return None
        if not (table.sheet.uncached or table.sheet.broken):
            return self.values.get(key)
        place = (self.row.number, column.index)
        if place in table.sheet.uncached:
            self.error(key, "公式没有计算结果", "请用 WPS 或 Excel 打开文件，保存后重新上传，或直接填写数值")
            return None
        if place in table.sheet.broken:
            self.error(key, f"公式出错（{table.sheet.broken[place]}）", "请改正公式，或直接填写数值")
            return None
        return self.values.get(key)

    def text(self, key: str) -> str:
        """A cleaned text; one that is too long for its field is an error."""
        value = self.value(key)
        text = "" if is_blank(value) else clean_text(value)
        longest = BY_KEY[key].longest
        if len(text) > longest:
            self.error(key, f"共 {len(text)} 字，超过 {longest} 字", "请删减后重新上传")
            return text[:longest]
        return text

    # --- fields --------------------------------------------------------------------------------

    def _texts(self) -> _Texts:
        return _Texts(
            owner_unit=self.text("owner_unit"),
            industry=self.text("industry"),
            remark=self.text("remark"),
        )

    def _name(self) -> str:
        name = self.text("name")
        if not name:
            self.error("name", "没有填写项目名称", "请补上项目名称，空行请整行删除")
        return name

    def _code(self) -> str:
        code = self.text("code").replace(" ", "").replace("－", "-").replace("—", "-")
        if code and not CODE_PATTERN.match(code):
            self.warn("code", "不像投资项目统一代码", "正确的写法如 2601-522725-02-05-198702，请核对")
        return code

    def _unit(self) -> str:
        """Code of the reporting unit, "" where it cannot be told."""
        context = self.context
        value = self.value("unit")
        default = context.own_unit or context.stated_unit
        if is_blank(value):
            if default is None:
                self.error("unit", "没有填写县（市）", "请填写项目所在的县（市）")
            return default or ""
        match = context.directory.resolve(clean_text(value))
        if match.unit is None:
            self._unknown_unit(match.near, match.several, clean_text(value))
            return ""
        if match.guessed:
            self.warn("unit", f"按“{match.unit.short_name}”处理", "请只写县（市）名称")
        return self._own(match.unit)

    def _unknown_unit(self, near: str, several: tuple[str, ...], text: str) -> None:
        if several:
            self.error("unit", f"“{text}”是 {len(several)} 个县（市）", "跨县项目请按县分行填写，面积分开")
        else:
            hint = f"是否应为“{near}”" if near else "请填写项目所在的县（市）"
            self.error("unit", f"“{text}”不属于任何县（市）", hint)

    def _own(self, unit: OrganisationEntry) -> str:
        own = self.context.own_unit
        if own and unit.code != own:
            mine = self.context.directory.label(own)
            self.error(
                "unit",
                f"这是{unit.short_name}的项目，{mine}只能报送本地项目",
                f"请删去这一行，由{unit.short_name}报送",
            )
        return unit.code

    def _choice(self, key: str) -> str:
        text = self.text(key)
        if not text:
            return ""
        choices = self.context.words[key]
        code = choices.code(text)
        if not code:
            options = "、".join(choices.offered)
            self.warn(key, f"没有“{text}”这一类，导入后为空", f"可选：{options}")
        return code

    def _money(self, key: str) -> Decimal | None:
        reading = parse_number(self.value(key))
        if reading.kind is NumberKind.UNREADABLE:
            self.error(key, "不是数字", "请只填数字，单位写在表头里")
        if reading.number is None:
            return None
        column = self.context.table.column(key)
        written = money_units(reading.unit) if reading.unit else ()
        unit = (written or (column.money_unit if column else None,))[0] or self.context.money_unit
        yuan = unit.to_yuan(reading.number)
        if yuan < 0:
            self.error(key, "总投资不能小于 0", "请核对数值")
        elif yuan > _LARGEST_INVESTMENT:
            self.error(key, "总投资超出可能的范围", "请核对数值和单位")
        elif yuan > _UNLIKELY_INVESTMENT:
            self.warn(key, f"总投资异常：{reading.text} {unit.label}", "请核对单位是万元还是亿元")
        return yuan.quantize(Decimal("0.01")) if abs(yuan) <= _LARGEST_INVESTMENT else None

    def _planned(self, key: str) -> tuple[str, date | None]:
        """Text as it will be shown, and the last day of the period it names."""
        reading = parse_date(self.value(key))
        if reading.kind is DateKind.BLANK:
            return "", None
        if reading.kind is DateKind.UNREADABLE or reading.status not in (None, DateStatus.UNDECIDED):
            if reading.kind is DateKind.UNREADABLE:
                self.warn(key, "看不出是哪一天，按文字保留", "可写 2026-09-30、2026年9月或 2026年第四季度")
            return clean_text(reading.text)[: BY_KEY[key].longest], None
        self._ambiguous(key, reading)
        return clean_text(reading.text), reading.last

    def _ambiguous(self, key: str, reading: DateReading) -> None:
        if reading.ambiguous:
            self.warn(
                key,
                "2026.1 可能是 1 月，也可能是 10 月，按 1 月处理".replace("2026.1", reading.text),
                "请写成“年月”，例如 2026年10月",
            )

    # --- areas ---------------------------------------------------------------------------------

    def _land(self) -> LandAreas:
        areas: dict[str, int] = {}
        entered: dict[str, Entered] = {}
        for key, column in self.context.table.header.matched.items():
            if BY_KEY[key].kind is Kind.AREA:
                self._area(key, column.area_unit, areas, entered)
            elif BY_KEY[key].kind is Kind.GRAIN:
                self._grain(key, areas)
        land = LandAreas(**areas, entered=entered)
        for problem in land_problems(land):
            self.add(problem.key, problem.message, problem.suggestion, severity=problem.severity)
        if land.total_m2 is None and not any(
            problem.field for problem in self.problems if self._is_total(problem)
        ):
            self.warn("total_m2", "没有填写用地总面积", "请补上面积，尚未确定的可以以后再报")
        return land

    def _is_total(self, problem: Problem) -> bool:
        return problem.cell == self.context.table.cell(self.row.number, "total_m2")

    def _area(
        self, key: str, heading_unit: AreaUnit | None, areas: dict[str, int], entered: dict[str, Entered]
    ) -> None:
        value = self.value(key)
        if value is None:
            return
        known = heading_unit or self.context.area_unit
        if type(value) is Decimal and known is not None:
            plain = _plain_area(str(value), known)
            if plain is not None:
                areas[key], entered[key] = plain
                return
        reading = parse_number(value)
        if reading.kind is NumberKind.UNREADABLE:
            self.error(key, "不是数字", "请只填数字，例如 588.31；说明文字请写在备注里")
        if reading.number is None:
            return
        written = area_units(reading.unit) if reading.unit else ()
        unit = (written or (heading_unit or self.context.area_unit,))[0]
        if unit is None or (reading.unit and not written):
            self.error(key, "单位不是面积单位", "请用亩或公顷")
            return
        if _decimals(reading.number) > _AREA_SIGNIFICANT[unit]:
            self.warn(
                key, f"小数位数太多，按 {unit.label}折成整平方米保存", "公顷保留 4 位小数，亩保留 2 位小数"
            )
        areas[key] = to_m2(reading.number, unit)
        entered[key] = _entered(f"{reading.number:f}", unit.value)

    def _grain(self, key: str, figures: dict[str, int]) -> None:
        """Whole kilograms; the heading's unit is not looked at, lists write 公斤."""
        reading = parse_number(self.value(key))
        if reading.kind is NumberKind.UNREADABLE:
            self.error(key, "不是数字", "请只填数字，单位为公斤")
        if reading.number is None:
            return
        if reading.number < 0:
            self.error(key, f"{LABELS[key]}不能小于 0", "请核对数值")
            return
        figures[key] = int(round_half_up(reading.number))

    # --- what a ledger says of steps and matters -------------------------------------------------

    def _reported(self) -> dict[str, ReportedFact]:
        facts: dict[str, ReportedFact] = {}
        readers: Mapping[Kind, Callable[[str], ReportedFact | None]] = {
            Kind.EVENT: self._event,
            Kind.STATE: self._state,
            Kind.NOTE: self._note,
        }
        for key in self.context.table.header.matched:
            reader = readers.get(BY_KEY[key].kind)
            fact = self._once(key, reader) if reader else None
            if fact:
                facts[key] = fact
        return facts

    def _once(self, key: str, reader: Callable[[str], ReportedFact | None]) -> ReportedFact | None:
        """What a cell says. A list says the same word or day thousands of times: it is read once, if
        there is nothing to remark about it."""
        sheet, value = self.context.table.sheet, self.values.get(key)
        if value is None and not (sheet.uncached or sheet.broken):
            return None
        kind = type(value)
        if kind not in (str, date) or sheet.uncached or sheet.broken:
            return reader(key)
        said = self.context.said
        place = (key, value)
        if place in said:
            return said[place]
        before = len(self.problems)
        fact = reader(key)
        if len(self.problems) == before and len(said) < _SAID:
            said[place] = fact
        return fact

    def _event(self, key: str) -> ReportedFact | None:
        reading = parse_date(self.value(key))
        if reading.kind is DateKind.BLANK:
            return None
        if reading.kind is DateKind.UNREADABLE:
            self.warn(key, "看不出是哪一天，按文字保留", "可写日期，或未受理、未批复、办理中、不涉及等")
        if reading.after(self.context.today):
            today = self.context.today
            self.error(
                key,
                f"办理日期晚于今天（{today.isoformat()}）",
                "已发生的日期不能在将来，计划日期请写在计划栏或备注里",
            )
        elif reading.on and reading.on < _EARLIEST_EVENT:
            self.warn(key, "日期早于 2020 年", "请核对年份")
        self._ambiguous(key, reading)
        return self._fact(key, reading)

    def _state(self, key: str) -> ReportedFact | None:
        reading = parse_date(self.value(key))
        return None if reading.kind is DateKind.BLANK else self._fact(key, reading)

    def _note(self, key: str) -> ReportedFact | None:
        text = self.text(key)
        return ReportedFact(BY_KEY[key].spec.label, "", text) if text else None

    def _fact(self, key: str, reading: DateReading) -> ReportedFact:
        column = BY_KEY[key]
        status = reading.status or (DateStatus.DONE if reading.first else None)
        text = clean_text(reading.text)[: column.longest]
        return _reported_fact(
            column.spec.label, column.step, text, reading.on, status.value if status else ""
        )

    # --- fields together -------------------------------------------------------------------------

    def _check_together(self, facts: ProjectFacts) -> None:
        self._check_code_division(facts)
        found = _PBF_REMARK.search(facts.remark)
        if found and not facts.land.pbf_m2:
            self.warn(
                "remark",
                f"备注写明占用永久基本农田 {found[1]} {found[2]}，永农栏没有数",
                "请填入永久基本农田一栏",
            )
        if _CROSS_COUNTY.search(facts.remark):
            self.warn("remark", "备注写明是跨县项目", "各县按本县面积分别填报")

    def _check_code_division(self, facts: ProjectFacts) -> None:
        division = facts.code[5:11]
        known = self.context.directory.units
        if (
            CODE_PATTERN.match(facts.code)
            and facts.unit_code
            and division in known
            and division != facts.unit_code
        ):
            here = self.context.directory.label(facts.unit_code)
            self.warn(
                "code",
                f"代码里的行政区是{self.context.directory.label(division)}，不是{here}",
                "请核对项目代码",
            )


# Values are frozen, and a list repeats them in every row: each is kept once.
_entered = lru_cache(maxsize=20_000)(Entered)
_reported_fact = lru_cache(maxsize=20_000)(ReportedFact)


@lru_cache(maxsize=20_000)
def _plain_area(figure: str, unit: AreaUnit) -> tuple[int, Entered] | None:
    """A number without a unit of its own in m², and as entered; None where there is something to remark."""
    reading = parse_number(Decimal(figure))
    if reading.number is None or _decimals(reading.number) > _AREA_SIGNIFICANT[unit]:
        return None
    return to_m2(reading.number, unit), _entered(f"{reading.number:f}", unit.value)


def _decimals(number: Decimal) -> int:
    if number == number.to_integral_value():
        return 0
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
