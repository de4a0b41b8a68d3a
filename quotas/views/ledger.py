"""The pool at a glance, its ledgers, and single accounts and movements with their proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.http import actor_of, login_required
from accounts.models import Organisation, User
from accounts.rights import Right, allowed
from core import clock
from quotas import selectors
from quotas.bars import bars_of
from quotas.booking_forms import ACCOUNT_VERBS, BOOKINGS
from quotas.ledger_export import ledger_workbook
from quotas.ledger_filters import MovementFilterSet
from quotas.models import Account, Booking, Movement
from quotas.rules import Instrument
from quotas.selectors import ledger_rows as ledgers
from quotas.selectors.provenance import provenance_of
from quotas.units import Shown, Unit, chosen
from ui.downloads import download
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Action, Crumb, Tab

POOL = Crumb("指标池", "/pool/")
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORT_CAP = 20_000


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What the pool holds, whose it is, what came in last."""
    actor, today = actor_of(request), clock.today()
    shown = chosen(request.GET.get("unit"))
    units = {instrument: Unit(instrument, shown) for instrument in Instrument}
    gauges = selectors.pool_gauges(actor=actor, today=today)
    held = selectors.holdings_by_owner(actor=actor, instruments=list(Instrument), today=today)
    latest = Booking.objects.visible_to(actor).select_related("county", "entered_by", "reversed_by")[:10]
    may_keep, policy = allowed(actor, Right.KEEP_QUOTA), selectors.policy_on(today)
    context = {
        "bars": bars_of(gauges, holder=selectors.pool_holder(), year=today.year, shown=shown),
        "holdings": [(row, units[Instrument(row.instrument)]) for row in held],
        "advances": selectors.all_open_advances(actor=actor),
        "latest": latest,
        "unit_tabs": _unit_tabs(request, shown),
        "verbs": [(title, reverse("quotas:book", args=[kind])) for kind, (title, _) in BOOKINGS.items()]
        if may_keep
        else [],
        "may_keep": may_keep,
        "policy": policy,
        "trial": selectors.trial_of(policy, today=today),
        "today": today,
    }
    return render(request, "quotas/pool.html", context)


def _unit_tabs(request: HttpRequest, now: Shown) -> list[Tab]:
    tabs = []
    for shown in Shown:
        query = request.GET.copy()
        query.pop("cursor", None)
        query["unit"] = shown.value
        tabs.append(Tab(shown.label, f"{request.path}?{query.urlencode()}", is_active=shown is now))
    return tabs


@dataclass(frozen=True, slots=True)
class _Ledger:
    """Which ledger is open, and what of it the reader asked for."""

    instrument: Instrument
    holder: Organisation | None
    unit: Unit
    accounts: Sequence[Account]
    filterset: MovementFilterSet

    @property
    def title(self) -> str:
        name = self.holder.short_name if self.holder else ""
        return f"{name}{self.instrument.label}台账"

    @property
    def available(self) -> int:
        return sum(row.balance for row in self.accounts if row.place == Account.Place.AVAILABLE)

    def held(self) -> int:
        return sum(row.balance for row in self.accounts if row.place != Account.Place.AVAILABLE)


def _ledger_of(request: HttpRequest, holders: Sequence[Organisation]) -> _Ledger:
    actor = actor_of(request)
    words = {instrument.value: instrument for instrument in Instrument}
    instrument = words.get(request.GET.get("instrument", ""), Instrument.FARMLAND_AREA)
    holder = _holder(request, actor, holders)
    accounts: list[Account] = []
    if holder is not None:
        rows = ledgers.ledger_accounts(actor=actor, instrument=instrument, unit=holder)
        accounts = list(rows.select_related("owner", "holder"))
    movements = ledgers.ledger_movements(accounts=accounts)
    filterset = MovementFilterSet(request.GET, queryset=movements, request=request)
    return _Ledger(instrument, holder, Unit(instrument, chosen(request.GET.get("unit"))), accounts, filterset)


def _holder(request: HttpRequest, actor: User, holders: Sequence[Organisation]) -> Organisation | None:
    """The unit asked for, the reader's own county, or the first that holds anything."""
    asked = request.GET.get("holder", "")
    own = [unit for unit in holders if actor.organisation and unit.path == actor.organisation.path]
    named = [unit for unit in holders if unit.code == asked]
    return next(iter([*named, *own, *holders]), None)


@login_required
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """One instrument in one unit's hands: every movement, the balance after each."""
    holders = list(ledgers.units_with_accounts(actor=actor_of(request)))
    found = _ledger_of(request, holders)
    page = keyset_page(found.filterset.qs, order=("-id",), cursor=request.GET.get("cursor"))
    context = {
        "ledger": found,
        "rows": ledgers.ledger_rows(page.rows, accounts=found.accounts, actor=actor_of(request)),
        "page": page,
        "total": capped_count(found.filterset.qs),
        "filterset": found.filterset,
        "holders": holders,
        "held": found.held(),
        "instrument_tabs": _instrument_tabs(found),
        "unit_tabs": _unit_tabs(request, found.unit.shown),
        "kept": _kept(found),
        "export_url": f"{reverse('quotas:ledger-export')}?{request.GET.urlencode()}",
        "crumbs": [POOL, Crumb("指标台账")],
    }
    return render_page(request, "quotas/ledger.html", context, partial="list")


def _kept(found: _Ledger) -> list[tuple[str, str]]:
    holder = [("holder", found.holder.code)] if found.holder else []
    return [("instrument", found.instrument.value), *holder, ("unit", found.unit.shown.value)]


def _instrument_tabs(found: _Ledger) -> list[Tab]:
    base = dict(_kept(found))
    return [
        Tab(
            instrument.label,
            f"{reverse('quotas:ledger')}?{urlencode({**base, 'instrument': instrument.value})}",
            is_active=instrument is found.instrument,
        )
        for instrument in Instrument
    ]


@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The same lines as a workbook, oldest first, as the office keeps its 台账."""
    actor, today = actor_of(request), clock.today()
    found = _ledger_of(request, list(ledgers.units_with_accounts(actor=actor)))
    movements = list(found.filterset.qs.order_by("id")[:EXPORT_CAP])
    rows = ledgers.ledger_rows(movements, accounts=found.accounts, actor=actor)
    content = ledger_workbook(rows, title=found.title, unit=found.unit, today=today)
    return download(content, f"{found.title}{today:%Y%m%d}.xlsx")


@login_required
@require_GET
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account proves its balance: what came in less what went out is what is stored."""
    actor = actor_of(request)
    rows = Account.objects.visible_to(actor).select_related("holder", "owner")
    found = get_object_or_404(rows, pk=pk)
    unit = Unit(Instrument(found.instrument), chosen(request.GET.get("unit")))
    movements = ledgers.ledger_movements(accounts=[found])
    page = keyset_page(movements, order=("-id",), cursor=request.GET.get("cursor"))
    verbs = [
        Action(label, reverse("quotas:account-act", args=[found.pk, verb]))
        for verb, (label, places, _) in ACCOUNT_VERBS.items()
        if found.place in places and (verb != "use" or found.holder_id == found.owner_id)
    ]
    context = {
        "account": found,
        "unit": unit,
        "proof": ledgers.prove_account(found),
        "rows": [(row, row.target_id == found.pk) for row in page.rows],
        "page": page,
        "total": capped_count(movements),
        "verbs": verbs if allowed(actor, Right.KEEP_QUOTA) and found.balance else [],
        "unit_tabs": _unit_tabs(request, unit.shown),
        "crumbs": [POOL, Crumb("指标台账", reverse("quotas:ledger")), Crumb("账户")],
    }
    return render_page(request, "quotas/account.html", context, partial="list")


@login_required
@require_GET
def movement(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry, both its ends, the booking it belongs to, and what undid it."""
    actor = actor_of(request)
    rows = ledgers.with_ends(Movement.objects.visible_to(actor))
    found = get_object_or_404(rows, pk=pk)
    basis = provenance_of([found], actor=actor)[found.pk]
    context = {
        "movement": found,
        "basis": basis,
        "undone_by": basis.undone_by,
        "may_open_source": allowed(actor, Right.KEEP_PIPELINE),
        "crumbs": [POOL, Crumb("指标台账", reverse("quotas:ledger")), Crumb("分录")],
    }
    return render(request, "quotas/movement.html", context)
