"""Collection windows: who owes what, who was late, what came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.models import Organisation, User
from projects.models import (
    CollectionWindow,
    CollectionWindowQuerySet,
    Project,
    WindowDuty,
    WindowDutyQuerySet,
    WindowTemplate,
)


def window_list(*, actor: User) -> CollectionWindowQuerySet:
    """Windows the actor may see, with their figures. One query.

    Adds `asked` (units that have to hand in), `answered`, `late` (answered after their day) and
    `rows` (projects that came in through it).
    """
    rows = (
        Project.objects.filter(window=OuterRef("pk"))
        .exclude(status=Project.Status.REMOVED)
        .order_by()
        .values("window")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        CollectionWindow.objects.visible_to(actor)
        .select_related("organisation")
        .annotate(
            asked=_duties(Q()),
            answered=_duties(Q(answered_on__isnull=False)),
            late=_duties(Q(answered_on__gt=F("deadline__due_on"))),
            rows=Coalesce(Subquery(rows, output_field=IntegerField()), Value(0)),
        )
    )


def _duties(condition: Q) -> Coalesce:
    rows = (
        WindowDuty.objects.filter(condition, window=OuterRef("pk"))
        .order_by()
        .values("window")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(rows, output_field=IntegerField()), Value(0))


def duty_list(*, actor: User, today: date) -> WindowDutyQuerySet:
    """What units had to hand in and what they did, with the lamp's deadline and the numbers. One query.

    Adds `rows` (projects the unit handed in), `from_departments` (others' projects in its area) and,
    of both, `waiting` at the county, `passed` to the bureau, `adopted`, `returned` and `dropped`.
    """
    status = Project.Status
    own = Q(submitted_by=OuterRef("organisation"))
    area = Q(organisation=OuterRef("organisation"))
    either = own | area
    return (
        WindowDuty.objects.visible_to(actor)
        .select_related("organisation", "window", "deadline", "answered_by")
        .annotate(
            rows=_projects(own),
            from_departments=_projects(area & ~own),
            waiting=_projects(either & Q(status=status.REPORTED)),
            passed=_projects(either & Q(status__in=Project.WAITING)),
            adopted=_projects(either & Q(status=status.ADOPTED)),
            returned=_projects(either & Q(status=status.RETURNED)),
            dropped=_projects(either & Q(status__in=[status.DROPPED, status.MERGED])),
        )
        .order_by("organisation__path")
    )


def _projects(condition: Q) -> Coalesce:
    rows = (
        Project.objects.filter(condition, window=OuterRef("window"))
        .exclude(status=Project.Status.REMOVED)
        .order_by()
        .annotate(everything=Value(1))
        .values("everything")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(rows, output_field=IntegerField()), Value(0))


@dataclass(frozen=True, slots=True)
class WindowSums:
    """What came in through a window, as far as the reader sees it."""

    projects: int
    total_m2: int
    waiting_for_county: int
    waiting_for_bureau: int
    adopted: int
    returned: int
    dropped: int
    merged: int


def window_sums(window: CollectionWindow, *, actor: User) -> WindowSums:
    """One query."""
    status = Project.Status
    found = (
        Project.objects.visible_to(actor)
        .filter(window=window)
        .exclude(status=status.REMOVED)
        .order_by()
        .aggregate(
            projects=Count("pk"),
            total_m2=Coalesce(Sum("land__total_m2"), Value(0), output_field=IntegerField()),
            waiting_for_county=Count("pk", filter=Q(status=status.REPORTED)),
            waiting_for_bureau=Count("pk", filter=Q(status__in=Project.WAITING)),
            adopted=Count("pk", filter=Q(status=status.ADOPTED)),
            returned=Count("pk", filter=Q(status=status.RETURNED)),
            dropped=Count("pk", filter=Q(status=status.DROPPED)),
            merged=Count("pk", filter=Q(status=status.MERGED)),
        )
    )
    return WindowSums(**found)


def windows_for(*, organisation: Organisation, today: date) -> list[CollectionWindow]:
    """The open windows into which what `organisation` hands in today may fall. One query.

    Those that are running, the one that closes first in front; then those that are over and still
    open (late), the last one first.
    """
    owed = CollectionWindow.objects.open().filter(opens_on__lte=today)
    rows = list(owed.filter(duties__organisation=organisation).order_by("closes_on", "pk"))
    running = [window for window in rows if window.closes_on >= today]
    late = [window for window in rows if window.closes_on < today]
    return [*running, *reversed(late)]


def window_for(*, organisation: Organisation, today: date) -> CollectionWindow | None:
    """The window of what comes in without naming one: the first of `windows_for`. One query.

    None: handed in at any time, outside of a window.
    """
    return next(iter(windows_for(organisation=organisation, today=today)), None)


def my_duties(*, actor: User, organisation: Organisation, today: date) -> QuerySet[WindowDuty]:
    """What the actor's unit owes or has answered in windows that are open. One query."""
    return duty_list(actor=actor, today=today).filter(
        organisation=organisation, window__state=CollectionWindow.State.OPEN
    )


def templates_in_force(*, organisation: Organisation, on: date) -> list[WindowTemplate]:
    """The waves of a year for `organisation`: its own table, else the nearest above. Two queries."""
    rows = (
        WindowTemplate.objects.filter(organisation__code__in=organisation.ancestor_codes)
        .filter(Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on)
        .select_related("organisation")
        .prefetch_related("departments")
        .order_by("organisation__path", "code", "-effective_from")
    )
    newest: dict[tuple[str, str], WindowTemplate] = {}
    for row in rows:
        newest.setdefault((row.organisation.path, row.code), row)
    deepest = max((path for path, _ in newest), key=len, default="")
    found = [row for (path, _), row in newest.items() if path == deepest]
    return sorted(found, key=lambda row: (row.opens_month, row.opens_day, row.code))


def possible_reporters(*, organisation: Organisation) -> list[Organisation]:
    """Counties, parks and departments of a prefecture that may be asked. One query."""
    kinds = [*Organisation.REPORTING_KINDS, Organisation.Kind.DEPARTMENT]
    return list(
        Organisation.objects.filter(
            path__startswith=organisation.path, kind__in=kinds, is_active=True
        ).order_by("kind", "code")
    )


def reporters_of(template: WindowTemplate, *, organisation: Organisation) -> list[Organisation]:
    """Whom the template asks in `organisation`: its departments there, and all counties and parks."""
    named = {row.pk for row in template.departments.all()}
    return [
        row
        for row in possible_reporters(organisation=organisation)
        if row.pk in named or (template.asks_counties and row.kind in Organisation.REPORTING_KINDS)
    ]


def late_list(*, actor: User, today: date) -> WindowDutyQuerySet:
    """Who has not handed in although the day has passed, and who was late; of cancelled windows nobody.

    The latest window first. One query.
    """
    late = Q(answered_on__gt=F("deadline__due_on")) | Q(answered_on__isnull=True, deadline__due_on__lt=today)
    return (
        duty_list(actor=actor, today=today)
        .filter(late)
        .exclude(window__state=CollectionWindow.State.CANCELLED)
        .order_by("-window__closes_on", "window_id", "organisation__path")
    )
