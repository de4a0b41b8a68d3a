"""Targets with a floor and a stretch: time gone, completion, forecast, and the sums of a table of targets.

From values alone. Sources: S1 (保底 35 万亩、冲刺 40 万亩), domain.md 5 and 6.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.units import round_half_up
from deadlines.rules import Lamp

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Elapsed:
    """How much of a period has gone, both ends included: on 30 November of 1/11 to 31/12, 30 of 61 days."""

    days: int
    total: int

    @property
    def percent(self) -> Decimal:
        return _percent(self.days, self.total)

    @property
    def is_over(self) -> bool:
        return self.days >= self.total

    @property
    def left(self) -> int:
        return self.total - self.days


def elapsed_on(day: date, *, first: date, last: date) -> Elapsed:
    """Days of the period up to and including `day`; nothing before it, all of it after."""
    total = (last - first).days + 1
    return Elapsed(max(0, min((day - first).days + 1, total)), total)


@dataclass(frozen=True, slots=True)
class Lag:
    """From how many percentage points behind the time a target is amber, and above how many red."""

    amber: int
    red: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A target on a day. `forecast` goes on at the pace so far; None before anything can be said."""

    done: int
    floor: int
    stretch: int
    elapsed: Elapsed
    lamp: Lamp

    @property
    def floor_percent(self) -> Decimal:
        return _percent(self.done, self.floor)

    @property
    def stretch_percent(self) -> Decimal:
        return _percent(self.done, self.stretch)

    @property
    def lag(self) -> Decimal:
        """Percentage points behind the time; negative: ahead of it."""
        return self.elapsed.percent - self.floor_percent

    @property
    def ahead_label(self) -> str:
        """超前 3.20, 落后 6.17: the lag without a sign to puzzle over."""
        return f"落后 {self.lag}" if self.lag > 0 else f"超前 {-self.lag}"

    @property
    def word(self) -> str:
        """The lamp in the words of a goal: nothing is overdue, it is behind."""
        words = {Lamp.RED: "严重落后", Lamp.AMBER: "落后", Lamp.IDLE: "未开始"}
        if self.done >= self.floor:
            near = "已达冲刺" if self.done >= self.stretch else "已达保底"
        else:
            near = "略低于序时" if self.lag > 0 else "达到序时"
        return words.get(self.lamp, near)

    @property
    def forecast(self) -> int | None:
        if not self.elapsed.days:
            return None
        return int(round_half_up(Decimal(self.done) * self.elapsed.total / self.elapsed.days))

    @property
    def falls_short(self) -> bool:
        """At the pace so far the floor will not be reached."""
        return self.forecast is not None and self.forecast < self.floor

    @property
    def missing(self) -> int:
        """What the floor still lacks."""
        return max(0, self.floor - self.done)

    @property
    def needed_a_day(self) -> int | None:
        """What every day left has to bring for the floor; None when no day is left."""
        return -(-self.missing // self.elapsed.left) if self.elapsed.left else None


def read_progress(*, done: int, floor: int, stretch: int, elapsed: Elapsed, lag: Lag) -> Progress:
    """How a target stands. `done`, `floor`, `stretch` in one unit, whole (m² or pieces).

    Grey before the period. Green with the floor reached. Afterwards by the points behind the time:
    amber from `lag.amber` to `lag.red`, red above, and red once the period is over.
    """
    behind = elapsed.percent - _percent(done, floor)
    if not elapsed.days:
        lamp = Lamp.IDLE
    elif done >= floor:
        lamp = Lamp.GREEN
    elif elapsed.is_over or behind > lag.red:
        lamp = Lamp.RED
    else:
        lamp = Lamp.AMBER if behind >= lag.amber else Lamp.GREEN
    return Progress(done, floor, stretch, elapsed, lamp)


def _percent(part: int, whole: int) -> Decimal:
    """To two places; of nothing, everything is done."""
    return round_half_up(part * _HUNDRED / whole, 2) if whole else _HUNDRED


class Agreement(StrEnum):
    """How a printed figure stands to the one computed from the rows."""

    EQUAL = "equal"
    ROUNDED = "rounded"
    DIFFERENT = "different"

    @property
    def label(self) -> str:
        return {"equal": "一致", "rounded": "舍入后一致", "different": "不一致"}[self.value]


@dataclass(frozen=True, slots=True)
class SumCheck:
    """A printed sum beside the computed one. The computed counts; the printed is shown, never changed."""

    label: str
    printed: Decimal
    computed: Decimal
    tolerance: Decimal

    @property
    def difference(self) -> Decimal:
        """Printed less computed, the computed rounded as the printed is."""
        return self.printed - self._rounded

    @property
    def agreement(self) -> Agreement:
        if self.printed == self.computed:
            return Agreement.EQUAL
        return Agreement.DIFFERENT if self.difference else Agreement.ROUNDED

    @property
    def is_within(self) -> bool:
        return abs(self.difference) <= self.tolerance

    @property
    def _rounded(self) -> Decimal:
        return round_half_up(self.computed, max(0, -int(self.printed.normalize().as_tuple().exponent), 2))


# Columns of a table of targets, and those whose sum the last one states.
COLUMNS: Mapping[str, str] = {
    "reported_count": "报送宗数",
    "reported_area": "报送拟用地面积",
    "key_count": "省级重点宗数",
    "key_area": "省级重点面积",
    "total_area": "用地总量",
}
PARTS = ("reported_area", "key_area")
WHOLE = "total_area"


def check_columns(
    rows: Sequence[Mapping[str, Decimal]], printed: Mapping[str, Decimal], *, tolerance: Decimal
) -> list[SumCheck]:
    """Each printed total beside the sum of its column, and the printed total across."""
    found = [
        SumCheck(label, printed[key], sum((row[key] for row in rows), Decimal(0)), tolerance)
        for key, label in COLUMNS.items()
        if key in printed
    ]
    if all(key in printed for key in (*PARTS, WHOLE)):
        across = sum((printed[key] for key in PARTS), Decimal(0))
        found.append(SumCheck("合计行横向", printed[WHOLE], across, tolerance))
    return found


def check_rows(rows: Sequence[tuple[str, Mapping[str, Decimal]]], *, tolerance: Decimal) -> list[SumCheck]:
    """Each row's printed total beside the sum of its parts; only those that do not agree."""
    checks = [
        SumCheck(label, row[WHOLE], sum((row[key] for key in PARTS), Decimal(0)), tolerance)
        for label, row in rows
    ]
    return [check for check in checks if check.agreement is Agreement.DIFFERENT]
