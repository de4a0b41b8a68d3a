"""Gates: what must be proven before a step is taken in, each with its clause and its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from core.units import AreaUnit, format_area


class Gate(StrEnum):
    """The gates of the procedure. Values are those of the tables."""

    SUPPLEMENT = "SUPPLEMENT"
    FARMLAND = "FARMLAND"
    RED_LINE = "RED_LINE"
    PRE_DEPOSIT = "PRE_DEPOSIT"
    STOCK_TARGET = "STOCK_TARGET"
    FOREST = "FOREST"
    VALIDITY = "VALIDITY"
    VIOLATION = "VIOLATION"
    PLAN_QUOTA = "PLAN_QUOTA"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Gate.SUPPLEMENT: "先补后占",
    Gate.FARMLAND: "永久基本农田",
    Gate.RED_LINE: "生态保护红线",
    Gate.PRE_DEPOSIT: "征地补偿足额预存",
    Gate.STOCK_TARGET: "耕地保有量",
    Gate.FOREST: "使用林地审核",
    Gate.VALIDITY: "前置文件有效期",
    Gate.VIOLATION: "违法用地",
    Gate.PLAN_QUOTA: "年度计划指标",
}
# The gates about which somebody states something with evidence; the others read other tables.
STATED = (
    Gate.SUPPLEMENT,
    Gate.FARMLAND,
    Gate.RED_LINE,
    Gate.PRE_DEPOSIT,
    Gate.FOREST,
    Gate.PLAN_QUOTA,
)


class Verdict(StrEnum):
    """How a gate stands for a step."""

    NOT_CONCERNED = "NOT_CONCERNED"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    OVERRIDDEN = "OVERRIDDEN"

    @property
    def label(self) -> str:
        return _VERDICTS[self]


_VERDICTS = {
    Verdict.NOT_CONCERNED: "不涉及",
    Verdict.OPEN: "通过",
    Verdict.CLOSED: "未通过",
    Verdict.OVERRIDDEN: "凭文件放行",
}


@dataclass(frozen=True, slots=True)
class GateLaw:
    """A gate as the office set it from a day on.

    least_percent: what of the due money stated by a document, or of the needed area, must be there.
    closes_when_unknown: whether an area that nobody has entered closes the gate.
    """

    gate: Gate
    clause: str
    contact: str = ""
    least_percent: int = 100
    closes_when_unknown: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """What was stated for a gate, with the document that proves it. Areas in m², money in yuan."""

    doc_no: str = ""
    authority: str = ""
    dated_on: date | None = None
    area_m2: int | None = None
    method: str = ""
    source_projects: str = ""
    is_map_marked: bool = False
    due_yuan: int | None = None
    paid_yuan: int | None = None


@dataclass(frozen=True, slots=True)
class Floor:
    """The arable land that a county must keep, and what it has. Both in m²."""

    unit: str
    target_m2: int
    held_m2: int


@dataclass(frozen=True, slots=True)
class Permit:
    """A finished step that issued a paper; valid_until None has no end."""

    name: str
    doc_no: str = ""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """What the quota ledger says: how much of the need is there, in m², and the sentence that says so.

    is_whole: every instrument of the need is there, grain and paddy too.
    """

    have_m2: int
    is_whole: bool
    words: str


@dataclass(frozen=True, slots=True)
class Deposit:
    """What the money book of the expropriation says: its problems, and the sentence when there is none."""

    problems: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What is known of a project when a gate is read; None is not entered, areas in m²."""

    has_requisition: bool = True
    arable_m2: int | None = None
    pbf_m2: int | None = None
    eco_redline_m2: int | None = None
    forest_m2: int | None = None
    new_construction_m2: int | None = None
    supplement: Cover | None = None
    plan: Cover | None = None
    deposit: Deposit | None = None
    statements: Mapping[Gate, Statement] = field(default_factory=dict)
    floor: Floor | None = None
    forest_permit: Permit | None = None
    lapsed: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    overrides: Mapping[Gate, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GateReading:
    """One gate for one step: what is missing when it is closed, what was found when it is not."""

    gate: Gate
    verdict: Verdict
    clause: str
    contact: str = ""
    missing: tuple[str, ...] = ()
    found: str = ""

    @property
    def is_closed(self) -> bool:
        return self.verdict is Verdict.CLOSED


@dataclass(frozen=True, slots=True)
class _Found:
    """What a reader saw: nothing missing and nothing found is not concerned."""

    missing: tuple[str, ...] = ()
    found: str = ""


_NOTHING = _Found()


def read_gate(law: GateLaw, facts: GateFacts, *, on: date) -> GateReading:
    """How one gate stands for a project on a day.

    A gate that does not concern the project is never closed. A document of the government that
    lets a closed gate be passed makes it overridden: what is missing stays named.

    Source: mechanisms S3-13 (先补后占), S3-16 (保有量), S3-23 (违法用地), S4-19 (足额预存), S4-24 (红线).
    """
    seen = _READERS[law.gate](law, facts, on)
    if seen.missing:
        paper = facts.overrides.get(law.gate)
        verdict = Verdict.CLOSED if paper is None else Verdict.OVERRIDDEN
        return GateReading(law.gate, verdict, law.clause, law.contact, seen.missing, paper or "")
    verdict = Verdict.OPEN if seen.found else Verdict.NOT_CONCERNED
    return GateReading(law.gate, verdict, law.clause, law.contact, found=seen.found)


def _hectares(m2: int) -> str:
    return f"{format_area(m2, AreaUnit.HA)} 公顷"


def _unknown(law: GateLaw, what: str) -> _Found:
    return _Found((f"未登记{what}，无法判断；没有的请填 0",)) if law.closes_when_unknown else _NOTHING


def _short_of(law: GateLaw, have: int, need: int) -> bool:
    """Whether `have` is less than the part of `need` that must be there; exact in integers."""
    return have * 100 < need * law.least_percent


def _supplement(law: GateLaw, facts: GateFacts, on: date) -> _Found:
    if facts.arable_m2 is None:
        return _unknown(law, "占用耕地面积")
    if facts.arable_m2 == 0:
        return _NOTHING
    stated = facts.statements.get(Gate.SUPPLEMENT)
    if stated is None:
        return _Found((f"占用耕地 {_hectares(facts.arable_m2)}，补充耕地方案未落实",))
    missing = []
    if not stated.method:
        missing.append("补充耕地方案没有注明补充方式")
    if not stated.source_projects:
        missing.append("补充耕地方案没有注明整理项目名称")
    if not stated.is_map_marked:
        missing.append("没有在现状图上标明补充耕地的范围和地块")
    missing.extend(_unpaid(law, stated, "耕地开垦费"))
    hooked = facts.supplement is not None and facts.supplement.is_whole
    if not hooked and (stated.area_m2 or 0) < facts.arable_m2:
        words = f"（{facts.supplement.words}）" if facts.supplement else ""
        missing.append(
            f"已落实补充耕地 {_hectares(_filled(facts))}，少于占用耕地 {_hectares(facts.arable_m2)}{words}"
        )
    return _Found(tuple(missing), f"{stated.method}：{stated.source_projects}（{stated.doc_no}）")


def _filled(facts: GateFacts) -> int:
    """What makes up for the arable land: hooked up in the ledger, or proven by a document from outside."""
    stated = facts.statements.get(Gate.SUPPLEMENT)
    hooked = facts.supplement.have_m2 if facts.supplement else 0
    return max(hooked, (stated.area_m2 if stated else None) or 0)


def _unpaid(law: GateLaw, stated: Statement, what: str) -> list[str]:
    if stated.due_yuan is None or stated.paid_yuan is None:
        return [f"没有登记{what}的应缴和已缴金额"]
    if _short_of(law, stated.paid_yuan, stated.due_yuan):
        return [f"{what}应缴 {stated.due_yuan:,} 元，已缴 {stated.paid_yuan:,} 元，须达 {law.least_percent}%"]
    return []


def _approved(area: int | None, what: str, gate: Gate) -> Callable[[GateLaw, GateFacts], _Found]:
    def read(law: GateLaw, facts: GateFacts) -> _Found:
        if area is None:
            return _unknown(law, f"占用{what}面积")
        if area == 0:
            return _NOTHING
        stated = facts.statements.get(gate)
        if stated is None or not stated.doc_no or not stated.authority:
            return _Found((f"占用{what} {_hectares(area)}，没有有权机关的批准文号",))
        if stated.area_m2 is not None and stated.area_m2 < area:
            allowed = _hectares(stated.area_m2)
            return _Found((f"占用{what} {_hectares(area)}，{stated.doc_no} 只批准 {allowed}",))
        return _Found(found=f"{stated.authority} {stated.doc_no}")

    return read


def _farmland(law: GateLaw, facts: GateFacts, on: date) -> _Found:
    return _approved(facts.pbf_m2, "永久基本农田", Gate.FARMLAND)(law, facts)


def _red_line(law: GateLaw, facts: GateFacts, on: date) -> _Found:
    return _approved(facts.eco_redline_m2, "生态保护红线", Gate.RED_LINE)(law, facts)


def _pre_deposit(law: GateLaw, facts: GateFacts, on: date) -> _Found:
    if not facts.has_requisition:
        return _NOTHING
    if facts.deposit is not None:
        return _Found(facts.deposit.problems, facts.deposit.words)
    stated = facts.statements.get(Gate.PRE_DEPOSIT)
    if stated is None:
        return _Found(("没有登记征收记录和资金，也没有足额预存的证明",))
    missing = _unpaid(law, stated, "征地补偿和社保费用")
    return _Found(
        tuple(missing), f"应存 {stated.due_yuan:,} 元，已存 {stated.paid_yuan:,} 元" if not missing else ""
    )


def _stock_target(law: GateLaw, facts: GateFacts, on: date) -> _Found:
    if facts.floor is None or facts.arable_m2 == 0:
        return _NOTHING
    if facts.arable_m2 is None:
        return _unknown(law, "占用耕地面积")
    left = facts.floor.held_m2 - max(0, facts.arable_m2 - _filled(facts))
    words = f"{facts.floor.unit}占用后耕地 {_hectares(left)}，保有量目标 {_hectares(facts.floor.target_m2)}"
    return _Found((f"{words}，突破目标",)) if left < facts.floor.target_m2 else _Found(found=words)


def _forest(law: GateLaw, facts: GateFacts, on: date) -> _Found:
    if facts.forest_m2 is None:
        return _unknown(law, "占用林地面积")
    if facts.forest_m2 == 0:
        return _NOTHING
    permit = facts.forest_permit
    if permit is not None and (permit.valid_until is None or permit.valid_until >= on):
        return _Found(found=f"{permit.name}已办结 {permit.doc_no}".strip())
    stated = facts.statements.get(Gate.FOREST)
    if stated is not None and stated.doc_no:
        return _Found(found=f"{stated.authority} {stated.doc_no}".strip())
    if permit is not None:
        return _Found((f"{permit.name}的有效期已于 {permit.valid_until} 届满",))
    return _Found((f"占用林地 {_hectares(facts.forest_m2)}，没有使用林地审核同意书",))


def _validity(law: GateLaw, facts: GateFacts, on: date) -> _Found:
    return _Found(facts.lapsed, "" if facts.lapsed else "前置文件均在有效期内")


def _violation(law: GateLaw, facts: GateFacts, on: date) -> _Found:
    return _Found(tuple(f"{case}，尚未结案" for case in facts.cases), "没有未结的违法用地案件")


def _plan_quota(law: GateLaw, facts: GateFacts, on: date) -> _Found:
    need = facts.new_construction_m2
    if need is None:
        return _unknown(law, "新增建设用地面积")
    if need == 0:
        return _NOTHING
    have = facts.plan.have_m2 if facts.plan else 0
    if facts.plan is not None and not _short_of(law, have, need):
        return _Found(found=facts.plan.words)
    stated = facts.statements.get(Gate.PLAN_QUOTA)
    proven = (stated.area_m2 if stated else None) or 0
    if stated is not None and not _short_of(law, proven, need):
        return _Found(found=f"已落实 {_hectares(proven)}（{stated.authority} {stated.doc_no}）")
    return _Found((f"新增建设用地 {_hectares(need)}，已落实年度计划指标 {_hectares(max(have, proven))}",))


_READERS: Mapping[Gate, Callable[[GateLaw, GateFacts, date], _Found]] = {
    Gate.SUPPLEMENT: _supplement,
    Gate.FARMLAND: _farmland,
    Gate.RED_LINE: _red_line,
    Gate.PRE_DEPOSIT: _pre_deposit,
    Gate.STOCK_TARGET: _stock_target,
    Gate.FOREST: _forest,
    Gate.VALIDITY: _validity,
    Gate.VIOLATION: _violation,
    Gate.PLAN_QUOTA: _plan_quota,
}
