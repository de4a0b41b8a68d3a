"""Booking into the pool: one page for each kind, the booking itself, its reversal."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from papers.models import Paper
from quotas import selectors
from quotas.booking_forms import ACCOUNT_VERBS, BOOKINGS, AmountForm, SheetForm
from quotas.models import Account, Booking, Consolidation, Movement
from quotas.rules import Instrument
from quotas.services import bookings
from quotas.views.ledger import POOL
from quotas.words import shown
from ui.filling import FormPage, fill_in
from ui.parts import Crumb


@login_required
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, kind: str) -> HttpResponse:
    """What comes in for a county, and its share to the pool by the rule of the day."""
    actor, today = actor_of(request), clock.today()
    if kind not in BOOKINGS:
        raise Http404
    require(actor, Right.KEEP_QUOTA)
    title, shape = BOOKINGS[kind]
    initial = _from_pipeline(request) if kind == "stock-in" else {}
    form = shape(request.POST or None, request.FILES or None, actor=actor, today=today, initial=initial)
    policy = selectors.policy_on(today)
    notes = {
        "stock-in": f"可用指标的 {policy.farmland_rate:.0%} 划入州池，权属不变；协议份额先全部入州级库。",
        "allotment": f"每次下达的 {policy.plan_rate:.0%} 由州级统筹；省级专项渠道不提取。",
        "advance": f"按上年下达计划的 {policy.advance_rate:.0%} 为上限，未归还的合并计算。",
        "scale": "年末未用完的全部自动转入调节池。",
        "purchase": "异地购买的指标全部归购买县市。",
    }
    page = FormPage(
        title=title,
        back=reverse("quotas:pool"),
        crumbs=[POOL, Crumb(title)],
        notes=[notes[kind]],
        button="登记",
    )

    def act() -> str:
        form.book()
        return f"{title}已登记，余额已更新。"

    return fill_in(request, form, page, act)


def _from_pipeline(request: HttpRequest) -> dict[str, object]:
    """What the pipeline knows of the project whose stock-in is entered."""
    asked = request.GET.get("consolidation", "")
    if not asked.isdecimal() or len(asked) > 18:
        return {}
    row = Consolidation.objects.visible_to(actor_of(request)).filter(pk=int(asked)).first()
    if row is None:
        return {}
    area, paddy = (bookings_unit(amount) for amount in (row.area_m2, row.paddy_m2))
    return {
        "county": row.county_id,
        "consolidation": row.pk,
        "record_no": row.record_no,
        "state_share": row.state_share * 100 or None,
        "reason": f"{row.name}入库"[:300],
        "area_gross": area,
        "paddy_gross": paddy,
        "grain_gross": row.grain_kg or None,
    }


def bookings_unit(m2: int) -> str | None:
    """Hectares for a form's field."""
    return f"{m2 / 10_000:.4f}" if m2 else None


@login_required
@require_http_methods(["GET", "POST"])
def account_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Use, freeze, unfreeze or deduct what lies on one account."""
    actor, today = actor_of(request), clock.today()
    if verb not in ACCOUNT_VERBS:
        raise Http404
    rows = Account.objects.visible_to(actor).select_related("holder", "owner")
    account = get_object_or_404(rows, pk=pk)
    require(actor, Right.KEEP_QUOTA)
    label, _, service = ACCOUNT_VERBS[verb]
    instrument = Instrument(account.instrument)
    form = AmountForm(
        request.POST or None, request.FILES or None, actor=actor, today=today, instrument=instrument
    )
    back = reverse("quotas:account", args=[account.pk])
    page = FormPage(
        title=f"{label}{instrument.label}",
        back=back,
        crumbs=[POOL, Crumb("账户", back), Crumb(label)],
        subtitle=f"{account.holder.short_name} · 余额 {shown(instrument, account.balance)}",
        button=label,
    )

    def act() -> str:
        service(actor=actor, account=account, amount=form.amount_read(), sheet=form.sheet(), today=today)
        return f"{label}已登记，余额已更新。"

    return fill_in(request, form, page, act)


def _visible(request: HttpRequest, pk: int) -> Booking:
    rows = Booking.objects.visible_to(actor_of(request)).select_related(
        "county", "entered_by", "policy", "consolidation", "project", "paper", "reverses", "repays"
    )
    return get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def booking(request: HttpRequest, pk: int) -> HttpResponse:
    """One booking with its figures, its paper and its movements."""
    actor = actor_of(request)
    found = _visible(request, pk)
    undone_by = Booking.objects.filter(reverses=found).first()
    movements = Movement.objects.filter(run_key=found.key).select_related(
        "source__holder", "source__owner", "target__holder", "target__owner"
    )
    is_final = undone_by is not None or found.kind in (Booking.Kind.REVERSAL, Booking.Kind.YEAR_END)
    paper = Paper.objects.visible_to(actor).filter(pk=found.paper_id).first() if found.paper_id else None
    context = {
        "booking": found,
        "movements": movements.order_by("id"),
        "undone_by": undone_by,
        "paper": paper,
        "figures": _figures(found),
        "may_reverse": allowed(actor, Right.REVERSE_QUOTA) and not is_final,
        "may_repay": allowed(actor, Right.KEEP_QUOTA) and found.kind == Booking.Kind.ADVANCE and not is_final,
        "crumbs": [POOL, Crumb("登记")],
    }
    return render(request, "quotas/booking.html", context)


_WORDS = {
    "gross": "新增",
    "deduction": "按规定扣除",
    "province": "省级统筹",
    "usable": "可用",
    "agreed": "协议份额入州级库",
    "pooled": "划入州池",
    "kept": "本县留存",
}


def _figures(booking: Booking) -> list[tuple[str, list[tuple[str, str]]]]:
    """The calculation, instrument by instrument, in words."""
    found = []
    for instrument in Instrument:
        values = booking.figures.get(instrument.value)
        if isinstance(values, dict):
            lines = [
                (_WORDS[name], shown(instrument, int(amount)))
                for name, amount in values.items()
                if name in _WORDS
            ]
            found.append((instrument.label, lines))
    return found


@login_required
@require_http_methods(["GET", "POST"])
def reverse_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a booking as a whole."""
    actor, today = actor_of(request), clock.today()
    found = _visible(request, pk)
    require(actor, Right.REVERSE_QUOTA)
    form = SheetForm(request.POST or None, request.FILES or None, actor=actor, today=today)
    back = found_url(found)
    page = FormPage(
        title=f"冲正：{found.get_kind_display()}",
        back=back,
        crumbs=[POOL, Crumb("登记", back), Crumb("冲正")],
        subtitle=found.reason,
        notes=["这笔登记的全部分录将反向各记一笔，原分录保留。"],
        button="冲正",
    )

    def act() -> str:
        bookings.reverse_booking(actor=actor, booking=found, sheet=form.sheet(), today=today)
        return "已冲正，余额已恢复。"

    return fill_in(request, form, page, act)


def found_url(booking: Booking) -> str:
    """The address of a booking's page."""
    return reverse("quotas:booking", args=[booking.pk])


@login_required
@require_http_methods(["GET", "POST"])
def repay(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an advance back, wholly or in part."""
    actor, today = actor_of(request), clock.today()
    found = _visible(request, pk)
    require(actor, Right.KEEP_QUOTA)
    if found.kind != Booking.Kind.ADVANCE:
        raise Http404
    form = AmountForm(
        request.POST or None,
        request.FILES or None,
        actor=actor,
        today=today,
        instrument=Instrument.ANNUAL_PLAN,
    )
    left = [
        row.outstanding
        for row in selectors.open_advances(county=found.county, year=found.period)
        if row.booking.pk == found.pk
    ]
    page = FormPage(
        title="归还预支",
        back=found_url(found),
        crumbs=[POOL, Crumb("登记", found_url(found)), Crumb("归还预支")],
        subtitle=f"{found.county.short_name} · 未归还 {shown(Instrument.ANNUAL_PLAN, sum(left))}",
        button="归还",
    )

    def act() -> str:
        bookings.repay_advance(
            actor=actor, advance=found, amount=form.amount_read(), sheet=form.sheet(), today=today
        )
        return "归还已登记。"

    return fill_in(request, form, page, act)
