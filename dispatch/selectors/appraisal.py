"""What a period's data say about each unit: the figures that the score sheet is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Avg,
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, TruncDate

from accounts.models import Organisation, User
from accounts.rights import Right
from core.units import round_half_up
from deadlines.models import Deadline, DeadlineQuerySet
from dispatch.models import Appraisal, AppraisalRule, AppraisalScore, Objection, Report
from dispatch.rules.appraisal import Item, Scale, item_of, share
from projects.models import Project, Verification
from quotas.models import Reservation

# Of these one is enough: a county may object to its score, so it may read it.
READ_SCORES = (Right.READ_OVERVIEW, Right.OBJECT_TO_SCORE)

_DAY, _MICROSECOND = timedelta(days=1), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class UnitItems:
    """A unit with its lines, in the order of the rules."""

    organisation: Organisation
    kind: str
    items: Sequence[Item]


def appraisal_list(*, actor: User) -> QuerySet[Appraisal]:
    """Sheets of the actor's prefecture, the newest first. One query."""
    path = actor.scope.path if actor.scope else ""
    codes = path.strip("/").split("/")
    return Appraisal.objects.filter(
        Q(prefecture__code__in=codes) | Q(prefecture__path__startswith=path or "-")
    ).order_by("-last_on", "-version", "-pk")


def score_list(*, actor: User, appraisal: Appraisal) -> QuerySet[AppraisalScore]:
    """The lines the actor may see. One query."""
    rows = AppraisalScore.objects.visible_to(actor).filter(appraisal=appraisal)
    return rows.select_related("organisation").order_by("kind", "place", "organisation__path")


def objection_list(*, actor: User, appraisal: Appraisal | None = None) -> QuerySet[Objection]:
    """Objections the actor may see, of one sheet or of all. One query."""
    rows = Objection.objects.visible_to(actor)
    if appraisal is not None:
        rows = rows.filter(score__appraisal=appraisal)
    return rows.select_related("score__organisation", "raised_by", "answered_by")


def scales_on(day: date) -> list[Scale]:
    """The rules in force on a day. One query."""
    return [
        Scale(row.key, row.get_key_display(), row.points, row.full_at, row.zero_at)
        for row in AppraisalRule.objects.in_force(day)
    ]


def due_in(first: date, last: date) -> DeadlineQuerySet:
    """Obligations that came due in a period and were not withdrawn."""
    rows = Deadline.objects.exclude(role=Deadline.Role.VALIDITY).exclude(state=Deadline.State.CANCELLED)
    return rows.filter(due_on__range=(first, last))


def late_by(last: date) -> Q:
    """Past due before they were closed, as of a day."""
    return Q(red_from__lte=last) & (Q(stopped_on__isnull=True) | Q(stopped_on__gte=F("red_from")))


def late_list(*, actor: User, first: date, last: date) -> DeadlineQuerySet:
    """Late ones of the period that the actor sees, with their excuses. One query."""
    rows = Deadline.objects.visible_to(actor).filter(
        pk__in=due_in(first, last).filter(late_by(last)).values("pk")
    )
    return rows.select_related("holder_organisation", "scope_organisation", "excuse").order_by("due_on", "pk")


def unit_items(
    *, prefecture: Organisation, first: date, last: date, scales: Sequence[Scale]
) -> list[UnitItems]:
    """Every county, park and department below a prefecture with its lines. Six queries.

    On time: what its people held, due in the period; excused delays are left out of both sides.
    Reports: rounds whose day lay in the period. Update lag: days since its listed projects were last
    looked at, on average. Waste: drawn from the pool and given back unused, of all that was settled.
    """
    below = Organisation.objects.filter(path__startswith=prefecture.path, is_active=True)
    counties = list(below.reporting_units().order_by("path"))
    departments = list(below.filter(kind=Organisation.Kind.DEPARTMENT).order_by("path"))
    held = _held(first, last)
    reports = _reports(first, last)
    lags = update_lags(last, prefecture=prefecture.path)
    waste = _waste(first, last)
    found = []
    for kind, units in (("COUNTY", counties), ("DEPARTMENT", departments)):
        for unit in units:
            own = [row for row in held if str(row["path"]).startswith(unit.path)]
            cases, late, excused = (sum(row[name] for row in own) for name in ("cases", "late", "excused"))
            figures: dict[str, tuple[Decimal | None, int, int]] = {
                "on_time": (share(cases - late, cases), cases, excused)
            }
            if kind == "COUNTY":
                in_time, owed = reports.get(unit.pk, (0, 0))
                lag = lags.get(unit.pk)
                given_back, settled = waste.get(unit.pk, (0, 0))
                figures["reports"] = (share(in_time, owed), owed, 0)
                figures["update_lag"] = (lag[0] if lag else None, lag[1] if lag else 0, 0)
                figures["waste"] = (share(given_back, settled), settled, 0)
            items = [
                item_of(scale, value=value, cases=number, excused=left_out)
                for scale in scales
                if scale.key in figures
                for value, number, left_out in [figures[scale.key]]
            ]
            if kind == "COUNTY" or cases:
                found.append(UnitItems(unit, kind, items))
    return found


def _held(first: date, last: date) -> list[dict[str, Any]]:
    rows = due_in(first, last).order_by().values(path=F("holder_organisation__path"))
    unexcused = Q(excuse__isnull=True) | ~late_by(last)
    counted: Any = rows.annotate(
        cases=Count("pk", filter=unexcused),
        late=Count("pk", filter=late_by(last) & Q(excuse__isnull=True)),
        excused=Count("pk", filter=late_by(last) & Q(excuse__isnull=False)),
    )
    return list(counted)


def _reports(first: date, last: date) -> dict[int, tuple[int, int]]:
    rows = Report.objects.filter(round__due_on__range=(first, last)).order_by().values_list("organisation_id")
    in_time = Count("pk", filter=Q(reported_on__lte=F("round__due_on")))
    return {pk: (number, owed) for pk, number, owed in rows.annotate(number=in_time, owed=Count("pk"))}


def update_lags(last: date, *, prefecture: str) -> dict[int, tuple[Decimal, int]]:
    """By unit: days since its listed projects were last looked at, on average, and how many they are.

    A project nobody looked at counts from the day it was entered; one entered after `last` does not
    count. One query.
    """
    looked_at = Verification.objects.filter(project=OuterRef("pk"), verified_on__lte=last)
    newest = looked_at.order_by().values("project").annotate(day=Max("verified_on")).values("day")
    since = ExpressionWrapper(
        Cast(Value(last), DateField()) - Coalesce(Subquery(newest), TruncDate("created_at")),
        output_field=DurationField(),
    )
    rows = Project.objects.adopted().filter(organisation__path__startswith=prefecture).order_by()
    counted = rows.annotate(since=since).filter(since__gte=timedelta(0)).values_list("organisation_id")
    return {
        pk: (round_half_up(Decimal(lag // _MICROSECOND) / (_DAY // _MICROSECOND), 2), number)
        for pk, lag, number in counted.annotate(lag=Avg("since"), number=Count("pk"))
    }


def _waste(first: date, last: date) -> dict[int, tuple[int, int]]:
    settled = Reservation.objects.filter(closed_on__range=(first, last), locked_on__isnull=False)
    rows = settled.order_by().values_list("applicant_id")
    given_back = Count("pk", filter=Q(state=Reservation.State.RELEASED))
    return {pk: (back, number) for pk, back, number in rows.annotate(back=given_back, number=Count("pk"))}
