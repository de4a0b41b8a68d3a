"""The weekly rounds: freeze, follow, open, print, download."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of, login_required
from accounts.models import Organisation, User
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from deadlines.selectors import working_calendar
from dispatch.downloads import ledger_response
from dispatch.forms import PeriodForm, UnitPeriodForm
from dispatch.models import LedgerSnapshot, RoundKind
from dispatch.presentation import figures_of, header_of, lines_of, sum_lines, widths_of
from dispatch.rules.periods import Period, PeriodKind
from dispatch.selectors import ledgers as selectors
from dispatch.selectors.rounds import schedule_of
from dispatch.services import rounds
from jobs import broker
from ui.htmx import render_page
from ui.pagination import keyset_page
from ui.parts import Crumb, Tab

LIST = "dispatch/ledger_list.html"
PAGE = "dispatch/ledger_page.html"
ROUNDS_A_PAGE = 20


@login_required
@require_GET
@never_cache
def ledgers(request: HttpRequest) -> HttpResponse:
    """The weeks with one unit's ledgers: the prefecture's, or one's own county's."""
    actor = actor_of(request)
    require(actor, Right.READ_LEDGERS)
    units = selectors.ledger_units(actor=actor, prefecture_code=settings.PREFECTURE_CODE)
    unit = _chosen(units, request.GET.get("unit", ""))
    kind = _chosen_kind(request.GET.get("kind", ""))
    page = keyset_page(
        selectors.round_list().filter(kind=kind.value),
        order=("-year", "-number"),
        cursor=request.GET.get("cursor"),
        size=ROUNDS_A_PAGE,
    )
    rows = selectors.round_rows(actor=actor, rounds=page.rows, organisation=unit)
    context = {
        "page": page,
        "rows": rows,
        "unit": unit,
        "units": units,
        "is_prefecture": unit.code == settings.PREFECTURE_CODE,
        "can_freeze": allowed(actor, Right.FREEZE_ROUND) and unit.code == settings.PREFECTURE_CODE,
        "this_week": _this_period(kind),
        "is_moving": any(row.job and row.job.is_open for row in rows),
        "tabs": [
            Tab(each.short_name, f"?kind={kind}&unit={each.code}", is_active=each.code == unit.code)
            for each in units
        ],
        "kinds": [
            Tab(label, f"?kind={value}&unit={unit.code}", is_active=value == kind)
            for value, label in RoundKind.choices
        ],
    }
    return render_page(request, LIST, context, partial="list")


@dataclass(frozen=True, slots=True)
class ThisPeriod:
    """The running period for the freeze button."""

    week: Period
    due_on: object
    is_skipped: bool
    is_frozen: bool
    is_known: bool
    waiting: int = 0


def _chosen_kind(text: str) -> PeriodKind:
    return PeriodKind(text) if text in RoundKind.values else PeriodKind.WEEK


def _this_period(kind: PeriodKind) -> ThisPeriod:
    week = Period.of(clock.today(), kind)
    schedule = schedule_of(week, calendar=working_calendar())
    due_on = schedule.due_on if schedule else None
    known = selectors.round_list().filter(year=week.year, kind=week.kind, number=week.number).first()
    return ThisPeriod(
        week=week,
        due_on=due_on,
        is_skipped=due_on is None,
        is_frozen=bool(known and known.is_frozen),
        is_known=known is not None,
        waiting=known.reports.filter(reported_at__isnull=True).count() if known else 0,
    )


def _chosen(units: list[Organisation], code: str) -> Organisation:
    if not units:
        raise Http404
    chosen = next((unit for unit in units if unit.code == code), None)
    if chosen is None and code:
        raise Http404
    return chosen or units[0]


@login_required
@require_POST
def freeze(request: HttpRequest) -> HttpResponse:
    """The office freezes a week; the job's page shows how far it is."""
    actor = actor_of(request)
    require(actor, Right.FREEZE_ROUND)
    form = PeriodForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    try:
        job = rounds.freeze_round(
            period=form.cleaned_data["period"],
            actor=actor,
            today=clock.today(),
            calendar=working_calendar(),
            now=clock.now(),
        )
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("dispatch:ledgers")
    broker.wake()
    return redirect("jobs:job", pk=job.pk)


@login_required
@require_POST
def request_ledger(request: HttpRequest) -> HttpResponse:
    """A county or park asks for its part of a frozen round."""
    actor = actor_of(request)
    require(actor, Right.READ_LEDGERS)
    form = UnitPeriodForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    try:
        job = rounds.request_ledger(
            period=form.cleaned_data["period"],
            organisation_code=form.cleaned_data["organisation"],
            actor=actor,
            now=clock.now(),
        )
    except Organisation.DoesNotExist as unseen:
        raise Http404 from unseen
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("dispatch:ledgers")
    broker.wake()
    return redirect("jobs:job", pk=job.pk)


def _refused(request: HttpRequest, form: PeriodForm) -> HttpResponse:
    for errors in form.errors.values():
        messages.error(request, "".join(str(error) for error in errors))
    return redirect("dispatch:ledgers")


@login_required
@require_GET
def ledger(request: HttpRequest, pk: int) -> HttpResponse:
    """The frozen rows as they were, a part of them at a time."""
    found = _visible(actor_of(request), pk)
    first = _first_row(request.GET.get("from", ""), found.row_count)
    columns = LedgerSnapshot.objects.values_list("columns", flat=True).get(pk=found.pk)
    stored = selectors.ledger_rows(ledger=found, first=first)
    last = first + len(stored)
    context = {
        "ledger": found,
        "header": header_of(columns),
        "widths": widths_of(columns),
        "lines": lines_of(columns, stored),
        "sums": sum_lines(columns, found.totals),
        "figures": figures_of(found),
        "first": first + 1 if stored else 0,
        "last": last,
        "previous_from": max(first - selectors.ROWS_A_PAGE, 0) if first else None,
        "next_from": last if last < found.row_count else None,
        "crumbs": [Crumb("台账", reverse("dispatch:ledgers")), Crumb(found.round.period.label)],
    }
    return render(request, PAGE, context)


def _first_row(text: str, row_count: int) -> int:
    first = int(text) if text.isdecimal() and len(text) < 8 else 0
    return min(first, max(row_count - 1, 0))


@login_required
@require_GET
def ledger_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook, byte for byte as frozen."""
    actor = actor_of(request)
    return ledger_response(_visible(actor, pk), actor=actor)


def _visible(actor: User, pk: int) -> LedgerSnapshot:
    require(actor, Right.READ_LEDGERS)
    return get_object_or_404(selectors.ledger_list(actor=actor), pk=pk)
