"""Time that does not count, and which line it stops."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from deadlines.rules.calendar import ONE_DAY
from deadlines.rules.lines import LineName

BOTH_LINES = frozenset(LineName)


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands still from `first` to `last`, both included, on the lines in `stops`.

    `last` is None while the pause is open.
    """

    first: date
    last: date | None
    reason: str = ""
    stops: frozenset[LineName] = BOTH_LINES

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"a pause cannot end before it begins: {self.first}..{self.last}")

    @property
    def is_open(self) -> bool:
        return self.last is None

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class PauseKind:
    """One reason for a pause as the law or the office's promise names it.

    effective_from: the first day on which a pause may begin for this reason; None is always.
    evidence_hint: which paper the person who pauses must name.
    """

    code: str
    label: str
    aliases: tuple[str, ...]
    stops_statutory: bool
    stops_committed: bool
    evidence_hint: str
    basis: str
    effective_from: date | None = None

    @property
    def stops(self) -> frozenset[LineName]:
        lines = []
        if self.stops_committed:
            lines.append(LineName.COMMITTED)
        if self.stops_statutory:
            lines.append(LineName.STATUTORY)
        return frozenset(lines)

    def is_named(self, reason: str) -> bool:
        return reason in (self.code, self.label, *self.aliases)


@dataclass(frozen=True, slots=True)
class PauseKinds:
    """The list of reasons. What is not on it stops nothing.

    Source: 行政许可法 45 (both lines); S0 的承诺时限 (committed line only); rulings, "Deadline".
    """

    kinds: tuple[PauseKind, ...] = ()

    def find(self, reason: str, *, on: date) -> PauseKind | None:
        """The kind that `reason` (code, label or alias) names on that day; the youngest rule wins."""
        named = [
            kind
            for kind in self.kinds
            if kind.is_named(reason.strip()) and (kind.effective_from is None or kind.effective_from <= on)
        ]
        return max(named, key=lambda kind: kind.effective_from or date.min, default=None)

    def pause(self, *, first: date, last: date | None, reason: str) -> Pause:
        """A pause that stops what its reason may stop under the rule of its first day."""
        kind = self.find(reason, on=first)
        return Pause(first=first, last=last, reason=reason, stops=kind.stops if kind else frozenset())


def read_pause_kinds(lines: Iterable[str]) -> PauseKinds:
    """Read the reference table (deadlines/reference/pause_kinds.csv) from its text lines.

    Raises:
        KeyError, ValueError: the file is not in its own form; it ships with the product.
    """
    return PauseKinds(
        tuple(
            PauseKind(
                code=row["code"],
                label=row["label"],
                aliases=tuple(alias for alias in row["aliases"].split("|") if alias),
                stops_statutory=row["stops_statutory"] == "1",
                stops_committed=row["stops_committed"] == "1",
                evidence_hint=row["evidence_hint"],
                basis=row["basis"],
                effective_from=date.fromisoformat(row["effective_from"]) if row["effective_from"] else None,
            )
            for row in csv.DictReader(lines)
        )
    )


@dataclass(frozen=True, slots=True)
class Stop:
    """A stretch of days that do not count, `first` to `last` both included; None is open."""

    first: date
    last: date | None


def stops_of(pauses: Sequence[Pause], *, line: LineName) -> tuple[Stop, ...]:
    """The union of the pauses that stop `line`, in order; touching and nested pauses are one."""
    merged: list[Stop] = []
    for pause in sorted((p for p in pauses if line in p.stops), key=lambda p: p.first):
        before = merged[-1] if merged else None
        if before is None or (before.last is not None and pause.first > before.last + ONE_DAY):
            merged.append(Stop(pause.first, pause.last))
        elif before.last is not None and (pause.last is None or pause.last > before.last):
            merged[-1] = Stop(before.first, pause.last)
    return tuple(merged)


def cut_at(pauses: Sequence[Pause], *, day: date) -> tuple[Pause, ...]:
    """The pauses as they stand once the matter is closed on `day`: nothing reaches past it."""
    return tuple(
        Pause(pause.first, day, pause.reason, pause.stops)
        if pause.last is None or pause.last > day
        else pause
        for pause in pauses
        if pause.first <= day
    )
