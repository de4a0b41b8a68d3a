"""What the prefecture pays a county for the farmland quota that it takes, and what becomes the fund."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.units import round_half_up

MU_A_M2 = Decimal(15) / 10_000


@dataclass(frozen=True, slots=True)
class FundShare:
    """The settlement of one consolidation project; areas m², money 元 to the cent.

    `taken_m2`: what the county does not need itself. `due`: what the prefecture pays for it.
    `cost`: what of the due replaces the county's own cost. `fund`: the rest, for the fund.
    """

    own_m2: int
    taken_m2: int
    due: Decimal
    cost: Decimal

    @property
    def fund(self) -> Decimal:
        return self.due - self.cost


def fund_share(*, area_m2: int, own_m2: int, fee: Decimal, rate: Decimal, cost: Decimal) -> FundShare:
    """Settle a project that a county paid for itself.

    Its quota serves the county first; the rest is the prefecture's to use, which pays `rate` of the
    reclamation fee for it. The county takes its cost out of that, never more than it gets.

    Args:
        own_m2: what the county uses of it for its own projects, at most the whole.
        fee: the reclamation fee, 元/亩.
        cost: what the development cost the county, 元.

    Source: S3, 玉政办发〔2009〕21号.
    """
    own = min(own_m2, area_m2)
    taken = area_m2 - own
    due = round_half_up(taken * MU_A_M2 * fee * rate, 2)
    return FundShare(own, taken, due, min(round_half_up(cost, 2), due))
