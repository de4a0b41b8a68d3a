"""The order of an expropriation, who has signed, and whether the money lies ready."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from deadlines.rules import WorkingCalendar

PRE_NOTICE_WORKING_DAYS = 10
SCHEME_NOTICE_DAYS = 30

# What must have happened before: one of each group. Source: 土地管理法 47; 条例 26–32.
BEFORE: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "PRE_NOTICE": (),
    "SURVEY": (("PRE_NOTICE",),),
    "RISK": (("PRE_NOTICE",),),
    "SCHEME": (("SURVEY",), ("RISK",)),
    "SCHEME_NOTICE": (("SCHEME",),),
    "HEARING": (("SCHEME_NOTICE",),),
    "WAIVER": (("SCHEME_NOTICE",),),
    "REGISTRATION": (("SCHEME_NOTICE",),),
    "AGREEMENT": (("REGISTRATION",), ("HEARING", "WAIVER")),
    "APPLICATION": (("AGREEMENT",),),
    "NOTICE": (("APPLICATION",),),
    "HANDOVER": (("NOTICE",),),
}
ORDER = tuple(BEFORE)
# After which period of publication something may follow.
AFTER_PERIOD = {"SCHEME_NOTICE": "PRE_NOTICE", "AGREEMENT": "SCHEME_NOTICE"}
EXCLUSIVE = {"HEARING": "WAIVER", "WAIVER": "HEARING"}


@dataclass(frozen=True, slots=True)
class Period:
    """A period of publication: its last day, and the first day of what may follow."""

    last_on: date
    next_on: date


def publication_period(kind: str, published_on: date, calendar: WorkingCalendar) -> Period | None:
    """How long a notice must hang; the day of publication is day 0. None for what has no period.

    预公告 at least ten working days, 补偿安置方案公告 at least thirty days.
    Source: 条例 26, 28; 民法典 201.
    """
    if kind == "PRE_NOTICE":
        last = calendar.nth_working_day(published_on, PRE_NOTICE_WORKING_DAYS)
    elif kind == "SCHEME_NOTICE":
        last = published_on + timedelta(days=SCHEME_NOTICE_DAYS)
    else:
        return None
    return Period(last, last + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """Why something may not stand on its day: what is missing, or what is on the wrong side of it."""

    missing: tuple[str, ...] = ()
    earlier: str = ""
    not_before: date | None = None
    later: str = ""


def order_problem(
    kind: str, occurred_on: date, days: Mapping[str, date], calendar: WorkingCalendar
) -> OutOfOrder | None:
    """Why `kind` cannot have happened on a day, given the days of what else happened.

    Every group before it must be there on or before the day, a period of publication must be over,
    and what follows it may not lie before. Re-dating what is there asks the same.
    """
    for group in BEFORE[kind]:
        there = [name for name in group if name in days]
        if not there:
            return OutOfOrder(missing=group)
        if all(days[name] > occurred_on for name in there):
            return OutOfOrder(earlier=there[0])
    notice = AFTER_PERIOD.get(kind)
    if notice is not None and notice in days:
        period = publication_period(notice, days[notice], calendar)
        if period is not None and occurred_on < period.next_on:
            return OutOfOrder(earlier=notice, not_before=period.next_on)
    return _stands_after(kind, occurred_on, days, calendar)


def _stands_after(
    kind: str, occurred_on: date, days: Mapping[str, date], calendar: WorkingCalendar
) -> OutOfOrder | None:
    for later, groups in BEFORE.items():
        if later not in days:
            continue
        if any(kind in group for group in groups) and days[later] < occurred_on:
            return OutOfOrder(later=later)
        if AFTER_PERIOD.get(later) == kind:
            period = publication_period(kind, occurred_on, calendar)
            if period is not None and days[later] < period.next_on:
                return OutOfOrder(later=later)
    return None


def next_kinds(days: Iterable[str]) -> list[str]:
    """What may be recorded next: not there yet, all before it there."""
    there = set(days)
    return [
        kind
        for kind, groups in BEFORE.items()
        if kind not in there
        and EXCLUSIVE.get(kind) not in there
        and all(any(name in there for name in group) for group in groups)
    ]


def signing_rate(signed: int, households: int) -> Decimal | None:
    """Per cent with two decimals, rounded down so that 100 means everyone; None without households."""
    if households <= 0:
        return None
    return (Decimal(signed) * 100 / households).quantize(Decimal("0.01"), rounding=ROUND_DOWN)


@dataclass(frozen=True, slots=True)
class FundSums:
    """One fee of one or several records, in yuan."""

    item: str
    due_yuan: Decimal
    deposited_yuan: Decimal
    paid_yuan: Decimal
    separate_yuan: Decimal

    @property
    def missing_yuan(self) -> Decimal:
        """What must still be deposited."""
        return max(self.due_yuan - self.deposited_yuan, Decimal(0))

    @property
    def not_separate_yuan(self) -> Decimal:
        """What of the deposit does not lie in the separate account."""
        return max(self.deposited_yuan - self.separate_yuan, Decimal(0))


@dataclass(frozen=True, slots=True)
class FundReading:
    """Whether 足额预存 holds, and what is missing, in sentences that stand by themselves."""

    sums: tuple[FundSums, ...]
    problems: tuple[str, ...]

    @property
    def is_sufficient(self) -> bool:
        return not self.problems

    @property
    def due_yuan(self) -> Decimal:
        return sum((row.due_yuan for row in self.sums), Decimal(0))

    @property
    def deposited_yuan(self) -> Decimal:
        return sum((row.deposited_yuan for row in self.sums), Decimal(0))

    @property
    def paid_yuan(self) -> Decimal:
        return sum((row.paid_yuan for row in self.sums), Decimal(0))

    @property
    def missing_yuan(self) -> Decimal:
        return sum((row.missing_yuan for row in self.sums), Decimal(0))


# The fees that must be stated before anything can be called sufficient. Source: 条例 32.
REQUIRED_FEES = ("COMPENSATION", "SOCIAL")


def read_funds(sums: Iterable[FundSums], labels: Mapping[str, str]) -> FundReading:
    """足额预存: compensation and social security are stated, every fee is deposited in full, and all of
    it lies in the separate account. More than due of one fee does not cover another.

    Source: 条例 32; S4-19.
    """
    rows = tuple(sums)
    due = {row.item: row.due_yuan for row in rows}
    problems = [f"未登记应付{labels[item]}" for item in REQUIRED_FEES if due.get(item, Decimal(0)) <= 0]
    for row in rows:
        if row.missing_yuan > 0:
            problems.append(f"{labels[row.item]}应付 {row.due_yuan:,} 元，尚缺预存 {row.missing_yuan:,} 元")
        if row.not_separate_yuan > 0:
            problems.append(f"{labels[row.item]}有 {row.not_separate_yuan:,} 元未存入专户")
    return FundReading(rows, tuple(problems))
