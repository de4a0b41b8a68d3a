"""Published prices and their means, and where money is paid."""

from __future__ import annotations

from datetime import date

from accounts.models import Organisation
from quotas import rules
from quotas.models import FiscalAccount, PricePoint, PricePointQuerySet
from quotas.rules import Instrument, Pool, PriceMeans, Trade

PRICED = Pool.FARMLAND.instruments


def price_list() -> PricePointQuerySet:
    """All published trades, the newest first. One query."""
    return PricePoint.objects.select_related("entered_by").order_by("-traded_on", "-id")


def price_means_on(on: date, *, months: int) -> dict[Instrument, PriceMeans]:
    """The means for a proposal made on a day, for each instrument that has a price. One query.

    Struck-out trades do not count.
    """
    window = rules.price_window(on, months=months)
    trades: dict[Instrument, list[Trade]] = {instrument: [] for instrument in PRICED}
    for row in PricePoint.objects.counting().filter(traded_on__lte=window.last).order_by("traded_on", "id"):
        trades[Instrument(row.instrument)].append(Trade(row.traded_on, row.price, row.amount))
    return {
        instrument: rules.price_means(found, scheme_on=on, months=months)
        for instrument, found in trades.items()
    }


def fiscal_account(organisation: Organisation, *, on: date) -> FiscalAccount | None:
    """The account to which an owner's money is paid on a day; None where none is known. One query."""
    rows = FiscalAccount.objects.filter(organisation=organisation, effective_from__lte=on)
    return rows.order_by("-effective_from").first()
