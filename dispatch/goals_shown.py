"""A goal's figures as pages print them: in the reader's unit, each with the address of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from core.units import AreaUnit, format_area
from dispatch.selectors.targets import CampaignRow


@dataclass(frozen=True, slots=True)
class Shown:
    """A goal's figures in the reader's unit."""

    row: CampaignRow
    unit: AreaUnit
    own: str = ""  # the only county whose approvals the reader sees; "" who sees them all

    def _print(self, figure: int | None) -> str:
        if figure is None:
            return "–"
        return format_area(figure, self.unit) if self.row.campaign.is_area else f"{figure:,}"

    @property
    def unit_label(self) -> str:
        return self.unit.label if self.row.campaign.is_area else "个"

    @property
    def done(self) -> str:
        return self._print(self.row.progress.done)

    @property
    def floor(self) -> str:
        return self._print(self.row.progress.floor)

    @property
    def stretch(self) -> str:
        return self._print(self.row.progress.stretch)

    @property
    def forecast(self) -> str:
        return self._print(self.row.progress.forecast)

    @property
    def missing(self) -> str:
        return self._print(self.row.progress.missing)

    @property
    def needed(self) -> str:
        return self._print(self.row.progress.needed_a_day)

    @property
    def filled(self) -> str:
        """How much of the bar is done: the stretch is its whole width."""
        return f"{min(Decimal(100), self.row.progress.stretch_percent):.2f}"

    @property
    def floor_mark(self) -> str:
        return f"{Decimal(self.row.progress.floor) * 100 / self.row.progress.stretch:.2f}"

    @property
    def time_mark(self) -> str:
        """Where the bar should stand by the time gone, on the way to the floor."""
        share = Decimal(self.row.progress.floor) / self.row.progress.stretch
        return f"{self.row.progress.elapsed.percent * share:.2f}"

    @property
    def rows_url(self) -> str:
        """The approvals that are counted; "" for a reader who sees but one county's."""
        return "" if self.own else self.area_url

    @property
    def area_url(self) -> str:
        """The approvals of the period, as far as the reader sees them."""
        campaign = self.row.campaign
        query = {"counted": "land", "first": f"{campaign.first_on}", "last": f"{campaign.last_on}"}
        return f"{reverse('approvals:documents')}?{urlencode(query)}"


def shown(rows: Sequence[CampaignRow], unit: AreaUnit, *, actor: User) -> list[Shown]:
    """The goals in a unit. The whole's rows are offered only to who sees all of them."""
    own = actor.reporting_unit
    return [Shown(row, unit, own.code if own else "") for row in rows]
