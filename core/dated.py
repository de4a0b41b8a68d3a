"""Settings that apply from a day up to, not including, another: what follows, what ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from core.errors import DomainError


class SettingOutOfOrder(DomainError):
    """A version of something dated that does not follow the one before it, or an end that cannot be."""

    code = "setting_out_of_order"


class DatedRow(Protocol):
    """A version of a dated setting."""

    effective_from: date


class EndingRow(DatedRow, Protocol):
    """One that may end; open as long as `effective_to` is None."""

    effective_to: date | None

    def save(self, *, update_fields: Iterable[str]) -> None: ...


def refuse_earlier(effective_from: date, *, newest: DatedRow | None) -> None:
    """Refuse a new version that would not begin after the newest one; None is the first of all.

    Raises:
        SettingOutOfOrder: it would begin on that day or earlier.
    """
    if newest is not None and effective_from <= newest.effective_from:
        raise SettingOutOfOrder(
            f"新的一版须晚于最新一版的生效日期 {newest.effective_from}；请核对日期。",
            effective_from=effective_from,
            newest=newest.effective_from,
        )


def end_row(row: EndingRow, *, on: date) -> None:
    """Let a row that the caller holds locked apply up to, not including, `on`.

    Serves what is taken out of use and what a new version follows.

    Raises:
        SettingOutOfOrder: it has ended already, or it would end no later than it begins.
    """
    if row.effective_to is not None:
        raise SettingOutOfOrder("这一条已经停用，不用再停用。", effective_to=row.effective_to)
    if on <= row.effective_from:
        raise SettingOutOfOrder(
            f"日期须在现行一版的生效日期 {row.effective_from} 之后，请核对后改正。",
            effective_from=row.effective_from,
        )
    row.effective_to = on
    row.save(update_fields=["effective_to"])
