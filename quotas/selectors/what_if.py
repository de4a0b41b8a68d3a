"""What would happen if these projects drew now: which instrument runs out, when, at what price.

Nothing is written. Two policies are tried on the same projects and set side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F

from accounts.models import Organisation, User
from accounts.selectors import prefecture_of
from projects.models import Project, ProjectQuerySet
from quotas import rules
from quotas.rules import DrawingRules, Instrument, Outcome, Pool, Reasoned, SourceKind, Wish
from quotas.selectors.coverage import coverage_of_projects
from quotas.selectors.holdings import PoolState, read_pool
from quotas.selectors.prices import price_means_on
from quotas.selectors.proposing import price_of

MOST_PROJECTS = 200


@dataclass(frozen=True, slots=True)
class Tried:
    """One project of a what-if: own quota, each step from the pool, what stays lacking, what it costs."""

    project: Project
    own: tuple[tuple[Instrument, int], ...]
    draws: tuple[Reasoned, ...]
    yuan: Decimal

    @property
    def is_met(self) -> bool:
        return not any(draw.shortfall for draw in self.draws)


@dataclass(frozen=True, slots=True)
class Balance:
    """One instrument over all projects. `runs_out` is the first project that it does not suffice for."""

    instrument: Instrument
    before: int
    own: int
    drawn: int
    shortfall: int
    price: Decimal | None
    yuan: Decimal
    givers: tuple[str, ...]
    runs_out: Project | None

    @property
    def left(self) -> int:
        return self.before - self.drawn


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A trial under one set of rules; projects in the order in which they were served."""

    how: DrawingRules
    rows: tuple[Tried, ...]
    balances: tuple[Balance, ...]

    @property
    def yuan(self) -> Decimal:
        return sum((row.yuan for row in self.rows), Decimal(0))

    @property
    def met(self) -> int:
        return sum(row.is_met for row in self.rows)

    @property
    def givers(self) -> int:
        """How many counties would be drawn from."""
        return len({name for balance in self.balances for name in balance.givers})


def candidates(*, actor: User, year: int) -> ProjectQuerySet:
    """The year's projects that a what-if may choose from, in the order they start. One query."""
    return (
        Project.objects.visible_to(actor)
        .adopted()
        .filter(annual_list__year=year)
        .select_related("organisation", "land")
        .order_by(F("planned_start_on").asc(nulls_last=True), "pk")
    )


def try_projects(
    *, actor: User, project_ids: Sequence[int], year: int, policies: Sequence[DrawingRules], today: date
) -> list[WhatIf]:
    """Serve the chosen projects from today's pool under each of `policies`.

    Earlier starts first; what is posted or reserved for a project already is not needed again.
    At most nine queries, however many projects and policies.

    Source: F03; domain.md 3.2 R3 to R5.
    """
    projects = list(candidates(actor=actor, year=year).filter(pk__in=project_ids)[:MOST_PROJECTS])
    if not projects:
        return []
    prefecture = prefecture_of(projects[0].organisation)
    state = read_pool(prefecture=prefecture, year=year)
    covered = coverage_of_projects(project_ids=[project.pk for project in projects])
    wishes = [
        Wish(
            project.pk,
            project.organisation.code,
            {line.instrument: line.missing for line in coverage.lines if line.missing},
        )
        for project, coverage in zip(projects, covered, strict=True)
    ]
    by_id = {project.pk: project for project in projects}
    return [_tried(how, wishes, state, by_id, prefecture, today) for how in policies]


def _tried(
    how: DrawingRules,
    wishes: Sequence[Wish],
    state: PoolState,
    projects: Mapping[int, Project],
    prefecture: Organisation,
    today: date,
) -> WhatIf:
    outcomes = rules.try_out(wishes=wishes, supply=state.supply(), state=prefecture.code, how=how)
    means = price_means_on(today, months=how.price_months)
    prices = {instrument: price_of(found, how.price_method) for instrument, found in means.items()}
    rows = tuple(
        Tried(
            projects[outcome.wish.key],
            tuple(outcome.own.items()),
            outcome.draws,
            sum((_cost(draw, prices) for draw in outcome.draws), Decimal(0)),
        )
        for outcome in outcomes
    )
    asked = [i for i in Instrument if any(outcome.wish.need.get(i) for outcome in outcomes)]
    balances = tuple(_balance(i, outcomes, state, prices, projects) for i in asked)
    return WhatIf(how, rows, balances)


def _cost(draw: Reasoned, prices: Mapping[Instrument, Decimal | None]) -> Decimal:
    """What the steps of one draw cost, each rounded to the cent once; own pooled quota is free."""
    price = prices.get(draw.instrument)
    if price is None or draw.instrument.pool is not Pool.FARMLAND:
        return Decimal(0)
    paid = [step for step in draw.steps if step.kind is not SourceKind.OWN]
    dues = [rules.amount_due(instrument=draw.instrument, amount=step.amount, price=price) for step in paid]
    return sum(dues, Decimal(0))


def _balance(
    instrument: Instrument,
    outcomes: Sequence[Outcome],
    state: PoolState,
    prices: Mapping[Instrument, Decimal | None],
    projects: Mapping[int, Project],
) -> Balance:
    draws = [
        (outcome, draw) for outcome in outcomes for draw in outcome.draws if draw.instrument is instrument
    ]
    short = next((outcome for outcome, draw in draws if draw.shortfall), None)
    givers = {step.owner_name for _, draw in draws for step in draw.steps if step.kind is SourceKind.COUNTY}
    return Balance(
        instrument=instrument,
        before=state.left(instrument),
        own=sum(outcome.own.get(instrument, 0) for outcome in outcomes),
        drawn=sum(draw.amount for _, draw in draws),
        shortfall=sum(draw.shortfall for _, draw in draws),
        price=prices.get(instrument),
        yuan=sum((_cost(draw, prices) for _, draw in draws), Decimal(0)),
        givers=tuple(sorted(givers)),
        runs_out=projects[short.wish.key] if short else None,
    )
