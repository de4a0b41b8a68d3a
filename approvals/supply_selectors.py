"""Reading supplied land: parcels, payments, patrols, and whether they lie idle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    Prefetch,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.expressions import Combinable

from accounts.models import User
from approvals import rules
from approvals.models import IdleLandSetting, Patrol, Supply, SupplyPayment, SupplyQuerySet
from core.units import round_half_up


def idle_setting(on: date) -> IdleLandSetting:
    """The terms of idle land in force on a day; the law's before the first row. One query."""
    rows = IdleLandSetting.objects.filter(effective_from__lte=on).order_by("-effective_from")
    return rows.first() or IdleLandSetting(effective_from=on)


def idle_terms(on: date) -> rules.IdleTerms:
    """The same as the rules read them."""
    row = idle_setting(on)
    return rules.IdleTerms(
        idle_months=row.idle_months,
        recovery_months=row.recovery_months,
        developed_numerator=row.developed_numerator,
        developed_denominator=row.developed_denominator,
        invested_percent=row.invested_percent,
        fee_percent=row.fee_percent,
        warning_days=row.warning_days,
        basis=row.basis,
    )


@dataclass(frozen=True, slots=True)
class SupplyReading:
    """One parcel with all that its page and the dossier show."""

    supply: Supply
    idle: rules.IdleReading
    terms: rules.IdleTerms
    payments: Sequence[SupplyPayment]
    patrols: Sequence[Patrol]

    @property
    def paid_yuan(self) -> Decimal:
        return sum((row.amount_yuan for row in self.payments if row.paid_on), Decimal(0))

    @property
    def lamp(self) -> str:
        """The lamp's key: red for idle land, amber for land that nears it or is late."""
        states = rules.IdleState
        if self.idle.state in (states.IDLE, states.RECOVERABLE):
            return "red"
        if self.idle.state in (states.NEARLY_IDLE, states.LATE):
            return "amber"
        if self.idle.state is states.FINISHED:
            return "done"
        return "idle" if self.idle.state is states.NO_CONTRACT else "green"

    @property
    def label(self) -> str:
        return self.idle.state.label


def supply_list(*, actor: User) -> SupplyQuerySet:
    """Parcels the actor may see with what a list shows. Three queries, however many rows."""
    return (
        Supply.objects.visible_to(actor)
        .select_related(
            "project__organisation", "start_deadline", "finish_deadline", "paper", "document", "created_by"
        )
        .prefetch_related(Prefetch("payments", queryset=SupplyPayment.objects.order_by("number")))
        .prefetch_related(Prefetch("patrols", queryset=Patrol.objects.select_related("paper", "entered_by")))
    )


def delayed_on(today: date) -> Q:
    """延缓开工: the agreed start has passed without one, or work began after it in this year's promises.

    Source: S3-12.
    """
    still = Q(started_on__isnull=True, start_by__lt=today)
    late = Q(started_on__gt=F("start_by"), start_by__year=today.year)
    return Q(signed_on__isnull=False) & (still | late)


@dataclass(frozen=True, slots=True)
class Speed:
    """How many calendar days lay between two days of several parcels; `mean` to one decimal."""

    parcels: int
    mean: Decimal | None
    least: int | None
    most: int | None


def speed_to_start(parcels: QuerySet[Supply], *, year: int) -> Speed:
    """拿地即开工: from the contract to the start of work, of parcels begun in a year. One query.

    Source: S2-09.
    """
    begun = parcels.filter(started_on__year=year, signed_on__isnull=False)
    return _speed(begun, F("started_on") - F("signed_on"))


def speed_to_use(parcels: QuerySet[Supply], *, year: int) -> Speed:
    """建成即使用: from completion to use, of parcels whose project came into use in a year. One query.

    Source: S2-09.
    """
    used = parcels.filter(finished_on__isnull=False, project__course__effect_on__year=year)
    return _speed(used, F("project__course__effect_on") - F("finished_on"))


def _speed(rows: QuerySet[Supply], between: Combinable) -> Speed:
    days = ExpressionWrapper(between, output_field=DurationField())
    found = (
        rows.order_by()
        .annotate(between=days)
        .aggregate(number=Count("pk"), total=Sum("between"), least=Min("between"), most=Max("between"))
    )
    if not found["number"]:
        return Speed(0, None, None, None)
    mean = round_half_up(Decimal(found["total"].days) / found["number"], 1)
    return Speed(found["number"], mean, found["least"].days, found["most"].days)


def read_supply(row: Supply, *, terms: rules.IdleTerms, today: date) -> SupplyReading:
    """A parcel of `supply_list` as it stands on a day. No query."""
    patrols = [patrol for patrol in row.patrols.all() if patrol.seen_on <= today]
    last = patrols[0] if patrols else None
    facts = rules.ParcelFacts(
        area_m2=row.area_m2,
        start_by=row.start_by if row.signed_on else None,
        price_yuan=row.price_yuan,
        investment_yuan=row.investment_yuan,
        started_on=row.started_on,
        stopped_on=last.stopped_on if last else None,
        developed_m2=last.developed_m2 if last else 0,
        invested_yuan=last.invested_yuan if last else Decimal(0),
        is_governments_cause=last is not None and last.cause == Patrol.Cause.GOVERNMENT,
        finished_on=row.finished_on,
    )
    return SupplyReading(
        supply=row,
        idle=rules.read_idle(facts, terms, today=today),
        terms=terms,
        payments=list(row.payments.all()),
        patrols=patrols,
    )
