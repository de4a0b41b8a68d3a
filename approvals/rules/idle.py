"""Supplied land that is not built on: when it counts as idle, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from deadlines.rules import add_months

ONE_DAY = timedelta(days=1)


class IdleState(StrEnum):
    """Where a parcel stands after its supply, by what is known on a day."""

    NO_CONTRACT = "NO_CONTRACT"
    WAITING = "WAITING"
    LATE = "LATE"
    NEARLY_IDLE = "NEARLY_IDLE"
    IDLE = "IDLE"
    RECOVERABLE = "RECOVERABLE"
    EXCUSED = "EXCUSED"
    BUILDING = "BUILDING"
    STOPPED = "STOPPED"
    FINISHED = "FINISHED"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    IdleState.NO_CONTRACT: "尚未供地",
    IdleState.WAITING: "未到约定开工日",
    IdleState.LATE: "超期未开工",
    IdleState.NEARLY_IDLE: "将满闲置期限",
    IdleState.IDLE: "涉嫌闲置",
    IdleState.RECOVERABLE: "可无偿收回",
    IdleState.EXCUSED: "因政府原因未动工",
    IdleState.BUILDING: "建设中",
    IdleState.STOPPED: "中止开发",
    IdleState.FINISHED: "已竣工",
}
ALARMS = frozenset({IdleState.NEARLY_IDLE, IdleState.IDLE, IdleState.RECOVERABLE})


@dataclass(frozen=True, slots=True)
class IdleTerms:
    """The dated setting in force; see approvals.models.IdleLandSetting."""

    idle_months: int
    recovery_months: int
    developed_numerator: int
    developed_denominator: int
    invested_percent: int
    fee_percent: int
    warning_days: int
    basis: str


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """What is known of a parcel: m² and yuan; None is not known."""

    area_m2: int
    start_by: date | None
    price_yuan: Decimal | None = None
    investment_yuan: Decimal | None = None
    started_on: date | None = None
    stopped_on: date | None = None
    developed_m2: int = 0
    invested_yuan: Decimal = Decimal(0)
    is_governments_cause: bool = False
    finished_on: date | None = None


@dataclass(frozen=True, slots=True)
class IdleReading:
    """The state on a day: since when it is idle, from when, what may be charged, in yuan."""

    state: IdleState
    sentence: str
    idle_from: date | None = None
    recoverable_from: date | None = None
    fee_yuan: Decimal | None = None

    @property
    def is_alarm(self) -> bool:
        return self.state in ALARMS


def read_idle(facts: ParcelFacts, terms: IdleTerms, *, today: date) -> IdleReading:
    """Whether a parcel is idle on a day.

    Idle from the day after the last of `idle_months` past the agreed start without work, or past the
    day of stopping with too little begun (less than the share of the area, or than the share of the
    investment). Exactly the share is enough. Two years without any start: recoverable without
    compensation. A government's cause excuses, whatever the time.

    Source: 闲置土地处置办法 2, 8, 14; 城市房地产管理法 26; domain.md J03.
    """
    if facts.finished_on is not None and facts.finished_on <= today:
        return IdleReading(IdleState.FINISHED, f"{facts.finished_on} 竣工。")
    if facts.start_by is None:
        return IdleReading(IdleState.NO_CONTRACT, "尚未签订合同或划拨决定书。")
    if facts.started_on is None or facts.started_on > today:
        return _not_started(facts, facts.start_by, terms, today)
    if facts.stopped_on is None or facts.stopped_on > today:
        return IdleReading(IdleState.BUILDING, f"{facts.started_on} 动工。")
    return _stopped(facts, facts.stopped_on, terms, today)


def too_little(facts: ParcelFacts, terms: IdleTerms) -> bool:
    """Whether less was begun than the law asks of land on which work has stopped."""
    begun_too_little = facts.developed_m2 * terms.developed_denominator < (
        facts.area_m2 * terms.developed_numerator
    )
    invested_too_little = (
        facts.investment_yuan is not None
        and facts.invested_yuan * 100 < facts.investment_yuan * terms.invested_percent
    )
    return begun_too_little or invested_too_little


def _not_started(facts: ParcelFacts, start_by: date, terms: IdleTerms, today: date) -> IdleReading:
    if today <= start_by:
        return IdleReading(IdleState.WAITING, f"约定 {start_by} 前开工。")
    idle_from = _full_on(start_by, terms.idle_months)
    recoverable_from = _full_on(start_by, terms.recovery_months)
    late = (today - start_by).days
    if facts.is_governments_cause:
        return IdleReading(
            IdleState.EXCUSED, f"超约定开工日 {late} 日未动工，属政府原因，不征缴闲置费。", idle_from
        )
    if today >= recoverable_from:
        return IdleReading(
            IdleState.RECOVERABLE,
            f"自约定开工日 {start_by} 起满 {terms.recovery_months} 个月未动工，可无偿收回。",
            idle_from,
            recoverable_from,
            fee_of(facts, terms),
        )
    if today >= idle_from:
        return IdleReading(
            IdleState.IDLE,
            f"自约定开工日 {start_by} 起满 {terms.idle_months} 个月未动工，{recoverable_from} 起可无偿收回。",
            idle_from,
            recoverable_from,
            fee_of(facts, terms),
        )
    state = IdleState.NEARLY_IDLE if _is_near(idle_from, terms, today) else IdleState.LATE
    return IdleReading(
        state, f"超约定开工日 {late} 日未动工，{idle_from} 起满闲置期限。", idle_from, recoverable_from
    )


def _stopped(facts: ParcelFacts, stopped_on: date, terms: IdleTerms, today: date) -> IdleReading:
    if not too_little(facts, terms):
        return IdleReading(IdleState.STOPPED, f"{stopped_on} 中止开发；动工面积和投资已达标准，不属闲置。")
    idle_from = _full_on(stopped_on, terms.idle_months)
    days = (today - stopped_on).days
    if facts.is_governments_cause:
        return IdleReading(IdleState.EXCUSED, f"中止开发 {days} 日，属政府原因，不征缴闲置费。", idle_from)
    if today >= idle_from:
        return IdleReading(
            IdleState.IDLE,
            f"动工面积或投资不足，{stopped_on} 起中止开发满 {terms.idle_months} 个月。",
            idle_from,
            None,
            fee_of(facts, terms),
        )
    state = IdleState.NEARLY_IDLE if _is_near(idle_from, terms, today) else IdleState.STOPPED
    return IdleReading(state, f"中止开发 {days} 日，{idle_from} 起满闲置期限。", idle_from)


def _full_on(since: date, months: int) -> date:
    """The first day on which so many months are full: their last day is the corresponding day.

    Source: 民法典 202, 203 (the last day runs to its end).
    """
    return add_months(since, months) + ONE_DAY


def _is_near(idle_from: date, terms: IdleTerms, today: date) -> bool:
    return today >= idle_from - ONE_DAY - timedelta(days=terms.warning_days)


def fee_of(facts: ParcelFacts, terms: IdleTerms) -> Decimal | None:
    """土地闲置费, in yuan to the cent; None while the price is not known."""
    if facts.price_yuan is None:
        return None
    return (facts.price_yuan * terms.fee_percent / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
