"""通报考核: who confirms in time, and who lets its projects lie longest.

Source: S2-08 (定期调度督导、及时更新), S1-06.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q

from accounts.models import Organisation, User
from dispatch.models import Report, Round
from dispatch.rules.appraisal import places, share
from dispatch.rules.reporting import Standing
from dispatch.selectors.appraisal import update_lags
from duties.selectors import LeaderVisits, visits_of_leaders


@dataclass(frozen=True, slots=True)
class Span:
    """Reports that fell due from `first` to `last`, both counted; with a round its own alone."""

    first: date
    last: date
    round: Round | None = None

    @property
    def reports(self) -> Q:
        if self.round is not None:
            return Q(round=self.round)
        return Q(round__due_on__range=(self.first, self.last))


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """A unit among all of the prefecture. Places are None where there is nothing to rank by.

    `lag`: days on average since its projects were last looked at, at the end of the span.
    """

    organisation: Organisation
    on_time: int
    late: int
    missing: int
    rate: Decimal | None
    rate_place: int | None
    projects: int
    lag: Decimal | None
    lag_place: int | None

    @property
    def owed(self) -> int:
        return self.on_time + self.late + self.missing


def in_standing(standing: Standing, *, today: date) -> Q:
    """Reports that stand so on a day; the same law as `dispatch.rules.reporting.standing_of`."""
    due, said = F("round__due_on"), Q(reported_on__isnull=False)
    late = Q(reported_on__gt=due)
    over = Q(round__due_on__lt=today)
    return {
        Standing.ON_TIME: said & ~late,
        Standing.LATE: said & late,
        Standing.MISSING: ~said & over,
        Standing.WAITING: ~said & ~over,
    }[standing]


def league(*, actor: User, span: Span, today: date) -> list[LeagueRow]:
    """The units the actor sees with their places among all; the most punctual first. Three queries.

    A county reads its own line alone, with its place. What is not due yet counts nowhere.
    """
    scope = actor.scope
    if scope is None:
        return []
    prefecture = actor.prefecture.path if actor.prefecture else scope.path
    ranked = _ranked(prefecture, span, today)
    visible = Organisation.objects.visible_to(actor).filter(pk__in=ranked.units).order_by("path")
    rows = [_row(unit, ranked) for unit in visible]
    return sorted(rows, key=lambda row: (row.rate_place or 10_000, row.lag_place or 10_000))


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Figures and places by unit."""

    counts: Mapping[int, tuple[int, int, int]]
    rates: Mapping[int, Decimal]
    rate_places: Mapping[int, int]
    lags: Mapping[int, tuple[Decimal, int]]
    lag_places: Mapping[int, int]

    @property
    def units(self) -> set[int]:
        return {*self.counts, *self.lags}


def _ranked(prefecture: str, span: Span, today: date) -> _Ranked:
    reports = Report.objects.filter(span.reports, organisation__path__startswith=prefecture).order_by()
    kinds = (Standing.ON_TIME, Standing.LATE, Standing.MISSING)
    counted = reports.values_list("organisation").annotate(
        **{kind.value: Count("pk", filter=in_standing(kind, today=today)) for kind in kinds}
    )
    counts = {pk: (on_time, late, missing) for pk, on_time, late, missing in counted}
    rates = {pk: rate for pk, row in counts.items() if (rate := share(row[0], sum(row))) is not None}
    lags = update_lags(min(span.last, today), prefecture=prefecture)
    return _Ranked(
        counts=counts,
        rates=rates,
        rate_places=places(list(rates.items())),
        lags=lags,
        lag_places=places([(pk, -lag) for pk, (lag, _) in lags.items()]),
    )


def _row(unit: Organisation, ranked: _Ranked) -> LeagueRow:
    on_time, late, missing = ranked.counts.get(unit.pk, (0, 0, 0))
    lag = ranked.lags.get(unit.pk)
    return LeagueRow(
        organisation=unit,
        on_time=on_time,
        late=late,
        missing=missing,
        rate=ranked.rates.get(unit.pk),
        rate_place=ranked.rate_places.get(unit.pk),
        projects=lag[1] if lag else 0,
        lag=lag[0] if lag else None,
        lag_place=ranked.lag_places.get(unit.pk),
    )


@dataclass(frozen=True, slots=True)
class VisitPlace:
    place: int
    row: LeaderVisits


def visit_ranking(*, actor: User, year: int, today: date) -> list[VisitPlace]:
    """Leaders by visits done against the year's minimum, the most first. Three queries."""
    rows = visits_of_leaders(actor=actor, year=year, today=today)
    placed = places([(row.post.pk, Decimal(row.done)) for row in rows])
    return sorted(
        (VisitPlace(placed[row.post.pk], row) for row in rows),
        key=lambda each: (each.place, each.row.post.pk),
    )
