"""The one-page brief and the circular of a round as Word files after GB/T 9704. Values in, bytes out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from core.units import AreaUnit, format_area
from deadlines.rules import WORST_FIRST, Lamp
from dispatch.rules.differences import Difference, RowChange
from dispatch.rules.periods import Period
from officefiles.document_charts import Bars
from officefiles.documents import Align, Column, OfficialDocument, office_day

MOST_NAMED = 5
RED, AMBER = "C0392B", "D68910"


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """One county's part of a frozen ledger. `area_m2`: all its land; lamps count projects."""

    name: str
    count: int
    area_m2: int
    red: int
    amber: int
    paused: int


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """Everything a brief or circular says of a round, all of it from the frozen ledger.

    `missing`, `late`: names of units. `change` is None without an earlier round.
    """

    period: Period
    unit: str
    taken_on: date
    total: UnitFigures
    units: Sequence[UnitFigures]
    missing: Sequence[str] = ()
    late: Sequence[str] = ()
    asked: int = 0
    change: Difference | None = None
    before: Period | None = None


def brief(figures: RoundFigures) -> bytes:
    """One page: where things stand, what changed, who did not report, overdue by county in a chart.

    Source: S1-09; F07.
    """
    title = f"{figures.unit}用地要素保障{figures.period.adjective}调度简报"
    document = OfficialDocument(title=title, number=f"（{figures.period.label}）", author=figures.unit)
    document.paragraph(overview(figures), lead="总体情况。")
    document.paragraph(moved(figures), lead="较上期变化。")
    document.paragraph(reporting(figures), lead="报送情况。")
    _chart(document, figures, height_mm=48)
    return document.content(produced_on=figures.taken_on)


def overview(figures: RoundFigures) -> str:
    """How many projects, how much land, which lamps."""
    total = figures.total
    return (
        f"截至{office_day(figures.taken_on)}，{figures.unit}在库项目 {total.count} 个，用地总面积 "
        f"{format_area(total.area_m2, AreaUnit.HA)} 公顷；逾期 {total.red} 个，预警 {total.amber} 个，"
        f"暂停计时 {total.paused} 个。"
    )


def moved(figures: RoundFigures) -> str:
    """What is new, gone and turned since the round before."""
    change = figures.change
    if change is None or figures.before is None:
        return "没有可比较的上一期。"
    worse = [row for row in change.turned if row.is_worse]
    better = [row for row in change.turned if not row.is_worse]
    text = (
        f"与{figures.before.label}相比，新增项目 {len(change.new)} 个，退出 {len(change.gone)} 个，"
        f"内容变化 {len(change.changed)} 个；灯号转差 {len(worse)} 个，转好 {len(better)} 个。"
    )
    return text + (f"转差的有：{_names(worse)}。" if worse else "")


def reporting(figures: RoundFigures) -> str:
    """Who reported, who was late, who did not."""
    if not figures.asked:
        return "本期未要求报送。"
    done = figures.asked - len(figures.missing)
    text = f"应报 {figures.asked} 个单位，已报 {done} 个"
    text += f"，其中迟报 {len(figures.late)} 个（{'、'.join(figures.late)}）" if figures.late else ""
    if figures.missing:
        text += f"；未报 {len(figures.missing)} 个：{'、'.join(figures.missing)}"
    return f"{text}。"


def _names(rows: Sequence[RowChange]) -> str:
    """The worst first; the county is said where the project's own name does not say it."""
    ranked = sorted(rows, key=lambda row: WORST_FIRST.index(Lamp(row.lamp_after)))
    named = "、".join(
        row.name if row.name.startswith(row.unit) else f"{row.unit}{row.name}" for row in ranked[:MOST_NAMED]
    )
    return f"{named}等 {len(rows)} 个" if len(rows) > MOST_NAMED else named


def _chart(document: OfficialDocument, figures: RoundFigures, *, height_mm: int) -> None:
    """The counties beside each other; one alone needs no picture."""
    if len(figures.units) < 2:
        return
    document.bar_chart(
        title="各县（市）逾期、预警项目数",
        labels=short_names([unit.name for unit in figures.units]),
        bars=[
            Bars("逾期", RED, [unit.red for unit in figures.units]),
            Bars("预警", AMBER, [unit.amber for unit in figures.units]),
        ],
        height_mm=height_mm,
    )


def short_names(names: Sequence[str]) -> list[str]:
    """Names short enough to stand side by side under a chart: 都匀, 经开区, 三都; never two the same."""
    short = [_PARK.sub(r"\1", name) if _PARK.search(name) else _COUNTY.sub(r"\1", name) for name in names]
    return [one if short.count(one) == 1 else name for one, name in zip(short, names, strict=True)]


_PARK = re.compile(r".+(.{2}区)$")
_COUNTY = re.compile(r"^(..).*(?:县|市|区)$")


@dataclass(frozen=True, slots=True)
class CircularText:
    """What people add to the figures, one paragraph a line."""

    title: str
    number: str = ""
    addressee: str = ""
    praise: str = ""
    problems: str = ""
    demands: str = ""
    copies: Sequence[str] = field(default_factory=tuple)


def circular(figures: RoundFigures, text: CircularText, *, issuer: str, issued_on: date) -> bytes:
    """总体情况, 进展较好, 存在问题 with the table of counties, 下步要求; the copies stand in the imprint.

    Source: S2-20, S2-32; domain.md 7.
    """
    document = OfficialDocument(
        title=text.title, issuing_mark=f"{issuer}文件", number=text.number, addressee=text.addressee
    )
    document.heading("一、总体情况")
    document.paragraph(overview(figures))
    document.paragraph(moved(figures))
    _chart(document, figures, height_mm=54)
    _part(document, "二、进展较好", text.praise or _best(figures))
    _part(document, "三、存在问题", text.problems or reporting(figures))
    document.table(_COLUMNS, [_line(unit) for unit in _ranked(figures)], caption="各县（市）项目情况")
    _part(document, "四、下步要求", text.demands or "请各单位对逾期项目逐一明确责任人和完成时限。")
    document.sign(issuer, issued_on)
    document.imprint(issued_by=issuer, issued_on=issued_on, copies_to="，".join(text.copies))
    return document.content(produced_on=issued_on)


_COLUMNS = [
    Column("单位", 2),
    Column("项目（个）", 1, Align.RIGHT),
    Column("用地（公顷）", 1.6, Align.RIGHT),
    Column("逾期", 1, Align.RIGHT),
    Column("预警", 1, Align.RIGHT),
    Column("暂停", 1, Align.RIGHT),
]


def _line(unit: UnitFigures) -> tuple[str, ...]:
    area = format_area(unit.area_m2, AreaUnit.HA)
    return (unit.name, str(unit.count), area, str(unit.red), str(unit.amber), str(unit.paused))


def _ranked(figures: RoundFigures) -> list[UnitFigures]:
    """The counties with the most overdue projects first."""
    return sorted(figures.units, key=lambda unit: (-unit.red, -unit.amber, unit.name))


def _best(figures: RoundFigures) -> str:
    if not figures.units:
        return "本期没有在库项目。"
    clean = [unit.name for unit in figures.units if unit.count and not unit.red]
    return f"{'、'.join(clean)}没有逾期项目。" if clean else "本期各单位均有逾期项目。"


def _part(document: OfficialDocument, heading: str, text: str) -> None:
    document.heading(heading)
    for line in text.splitlines():
        if line.strip():
            document.paragraph(line.strip())
