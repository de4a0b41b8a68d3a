"""The price of pooled farmland quota and who is paid what (articles 12 and 14; R5, R6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.units import round_half_up
from quotas.rules.instruments import Instrument

MU_PER_HA = 15
M2_PER_HA = 10_000


class MeanMethod(StrEnum):
    """How "the average of the published prices" is taken (ambiguity 10 of domain.md 3.4)."""

    SIMPLE = "simple"
    VOLUME_WEIGHTED = "volume_weighted"
    MEAN_OF_MONTHLY_MEANS = "mean_of_monthly_means"

    @property
    def label(self) -> str:
        return {
            "simple": "简单算术平均",
            "volume_weighted": "按成交数量加权平均",
            "mean_of_monthly_means": "月均价平均",
        }[self]


@dataclass(frozen=True, slots=True)
class Trade:
    """One published trade of the province's platform. Price: 元/亩 for land, 元/公斤 for grain."""

    on: date
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PriceWindow:
    """The days whose trades count, both ends included."""

    first: date
    last: date

    def holds(self, on: date) -> bool:
        return self.first <= on <= self.last


@dataclass(frozen=True, slots=True)
class PriceMeans:
    """The three means over a window, to the cent; None when nothing was traded in it.

    `fallback` is then the last trade published before the window's end: a person must confirm
    it before it becomes a price.
    """

    window: PriceWindow
    count: int
    simple: Decimal | None
    volume_weighted: Decimal | None
    mean_of_monthly_means: Decimal | None
    fallback: Trade | None

    def by(self, method: MeanMethod) -> Decimal | None:
        return {
            MeanMethod.SIMPLE: self.simple,
            MeanMethod.VOLUME_WEIGHTED: self.volume_weighted,
            MeanMethod.MEAN_OF_MONTHLY_MEANS: self.mean_of_monthly_means,
        }[method]


def price_window(scheme_on: date, *, months: int = 6) -> PriceWindow:
    """The `months` whole calendar months before the month of the proposal.

    Source: S4, annex 3, article 14; domain.md 3.4, 10.
    """
    month_start = scheme_on.replace(day=1)
    count = scheme_on.year * 12 + scheme_on.month - 1 - months
    return PriceWindow(first=date(count // 12, count % 12 + 1, 1), last=month_start - timedelta(days=1))


def price_means(trades: Iterable[Trade], *, scheme_on: date, months: int = 6) -> PriceMeans:
    """The means of the trades in the window of a proposal made on `scheme_on`."""
    window = price_window(scheme_on, months=months)
    known = sorted(trades, key=lambda trade: trade.on)
    inside = [trade for trade in known if window.holds(trade.on)]
    earlier = [trade for trade in known if trade.on <= window.last]
    by_month: dict[tuple[int, int], list[Decimal]] = {}
    for trade in inside:
        by_month.setdefault((trade.on.year, trade.on.month), []).append(trade.price)
    volume = sum((trade.amount for trade in inside), Decimal(0))
    turnover = sum((trade.price * trade.amount for trade in inside), Decimal(0))
    return PriceMeans(
        window=window,
        count=len(inside),
        simple=_mean([Fraction(trade.price) for trade in inside]),
        volume_weighted=_cents(Fraction(turnover) / Fraction(volume)) if volume else None,
        mean_of_monthly_means=_mean(
            [sum(map(Fraction, prices), Fraction(0)) / len(prices) for prices in by_month.values()]
        ),
        fallback=earlier[-1] if earlier and not inside else None,
    )


def _mean(values: list[Fraction]) -> Decimal | None:
    return _cents(sum(values, Fraction(0)) / len(values)) if values else None


def _cents(value: Fraction) -> Decimal:
    """To the cent, half up, from the exact value: nothing is rounded on the way."""
    scaled = value * 100
    cents = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return Decimal(cents).scaleb(-2)


def amount_due(*, instrument: Instrument, amount: int, price: Decimal) -> Decimal:
    """What `amount` (m² or kg) costs at `price` (元/亩 or 元/公斤), rounded to the cent once.

    Source: domain.md 3.2 R5.
    """
    exact = Fraction(amount) * Fraction(price)
    if instrument.is_land:
        exact = exact * MU_PER_HA / M2_PER_HA
    return _cents(exact)


@dataclass(frozen=True, slots=True)
class Charge:
    """One line to be paid: to which owner's treasury, for what, how much."""

    owner: str
    instrument: Instrument
    amount: int
    yuan: Decimal


def payments_by_owner(charges: Iterable[Charge]) -> dict[str, Decimal]:
    """The sum for each owner, in the order in which they first appear; free lines left out."""
    sums: dict[str, Decimal] = {}
    for charge in charges:
        if charge.yuan:
            sums[charge.owner] = sums.get(charge.owner, Decimal(0)) + charge.yuan
    return sums


def unpaid(*, due: dict[str, Decimal], paid: dict[str, Decimal]) -> dict[str, Decimal]:
    """What each payee still lacks. Hook-up is refused until this is empty (R6)."""
    lacking = {owner: amount - paid.get(owner, Decimal(0)) for owner, amount in due.items()}
    return {owner: round_half_up(amount, 2) for owner, amount in lacking.items() if amount > 0}
