"""What stands beside the ledgers: reservations, transfer-out plans, the negative list."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from quotas.booking_forms import CompleteForm, ListingForm, ReasonForm
from quotas.ledger_filters import ReservationFilterSet
from quotas.models import NegativeListing, Reservation, TransferOut
from quotas.rules import Pool
from quotas.services import negative_list as listings
from quotas.services import terms
from quotas.views.ledger import POOL
from ui.filling import FormPage, fill_in
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb


class ReleaseForm(ReasonForm):
    is_waste = forms.BooleanField(label="超期未用，列入负面清单", required=False)


@login_required
@require_GET
def reservation_list(request: HttpRequest) -> HttpResponse:
    """What is set aside, for whom, until when."""
    rows = Reservation.objects.visible_to(actor_of(request)).select_related(
        "applicant", "project", "use_deadline"
    )
    filterset = ReservationFilterSet(request.GET, queryset=rows, request=request)
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
        "today": clock.today(),
        "crumbs": [POOL, Crumb("预占与调入")],
    }
    return render_page(request, "quotas/reservations.html", context, partial="list")


def _visible(request: HttpRequest, pk: int) -> Reservation:
    rows = Reservation.objects.visible_to(actor_of(request)).select_related(
        "applicant", "project", "held_by", "use_deadline"
    )
    return get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def reservation(request: HttpRequest, pk: int) -> HttpResponse:
    """One reservation, its lines, its clocks."""
    actor, found = actor_of(request), _visible(request, pk)
    transfers = TransferOut.objects.filter(reservation=found).select_related("county", "deadline")
    context = {
        "reservation": found,
        "lines": found.lines.select_related("account__owner", "account__holder"),
        "transfers": transfers,
        "may_release": found.is_running and allowed(actor, Right.HOOK_QUOTA),
        "may_note": _may_note(actor, found),
        "may_complete": allowed(actor, Right.RUN_STEPS),
        "crumbs": [POOL, Crumb("预占与调入", reverse("quotas:reservations")), Crumb("明细")],
    }
    return render(request, "quotas/reservation.html", context)


def _may_note(actor: User, found: Reservation) -> bool:
    """Boundary scale whose time for use is over; the service looks at the rest."""
    is_late = found.use_until is not None and found.use_until < clock.today()
    return found.pool == Pool.SCALE and is_late and allowed(actor, Right.KEEP_QUOTA)


@login_required
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Take what is not used back into the pool."""
    actor, today, found = actor_of(request), clock.today(), _visible(request, pk)
    require(actor, Right.HOOK_QUOTA)
    form = ReleaseForm(request.POST or None)
    back = reverse("quotas:reservation", args=[found.pk])
    page = FormPage(
        title="释放未用指标",
        back=back,
        crumbs=[POOL, Crumb("预占与调入", back), Crumb("释放")],
        subtitle=found.reason,
        button="释放",
    )

    def act() -> str:
        terms.take_back_unused(actor=actor, reservation_id=found.pk, today=today, **form.cleaned_data)
        return "未用部分已退回原账户。"

    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    """The giving county's transfer-out plan is done."""
    actor, today = actor_of(request), clock.today()
    rows = TransferOut.objects.visible_to(actor).select_related("county")
    row = get_object_or_404(rows, pk=pk)
    require(actor, Right.RUN_STEPS)
    form = CompleteForm(request.POST or None, initial={"completed_on": today})
    page = FormPage(
        title="完成调出方案",
        back=reverse("quotas:reservations"),
        crumbs=[POOL, Crumb("预占与调入", reverse("quotas:reservations")), Crumb("调出方案")],
        subtitle=row.county.name,
    )

    def act() -> str:
        terms.complete_transfer_out(actor=actor, transfer_id=row.pk, today=today, **form.cleaned_data)
        return "调出方案已登记完成。"

    return fill_in(request, form, page, act)


@login_required
@require_GET
def negative_list(request: HttpRequest) -> HttpResponse:
    """Who stands on the list, and who stood there."""
    actor = actor_of(request)
    rows = NegativeListing.objects.visible_to(actor).select_related("county", "listed_by", "removed_by")
    context = {
        "page": keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(rows),
        "today": clock.today(),
        "may_keep": allowed(actor, Right.KEEP_NEGATIVE_LIST),
        "crumbs": [POOL, Crumb("负面清单")],
    }
    return render_page(request, "quotas/negative_list.html", context, partial="list")


@login_required
@require_http_methods(["GET", "POST"])
def list_county(request: HttpRequest) -> HttpResponse:
    """Put a county on the list."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.KEEP_NEGATIVE_LIST)
    form = ListingForm(request.POST or None, actor=actor, initial={"listed_on": today})
    page = FormPage(
        title="列入负面清单",
        back=reverse("quotas:negative-list"),
        crumbs=[POOL, Crumb("负面清单", reverse("quotas:negative-list")), Crumb("列入")],
        notes=["列入期间不得申请年度计划统筹指标；规模和占补申请时给出提示。"],
        button="列入",
    )

    def act() -> str:
        listings.list_county(actor=actor, **form.cleaned_data)
        return "已列入负面清单。"

    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a county off the list."""
    actor, today = actor_of(request), clock.today()
    rows = NegativeListing.objects.visible_to(actor).select_related("county")
    row = get_object_or_404(rows, pk=pk)
    require(actor, Right.KEEP_NEGATIVE_LIST)
    form = ReasonForm(request.POST or None)
    page = FormPage(
        title="解除负面清单",
        back=reverse("quotas:negative-list"),
        crumbs=[POOL, Crumb("负面清单", reverse("quotas:negative-list")), Crumb("解除")],
        subtitle=f"{row.county.short_name} · {row.reason}",
        button="解除",
    )

    def act() -> str:
        listings.remove_listing(actor=actor, listing_id=row.pk, on=today, reason=form.cleaned_data["reason"])
        return "已解除。"

    return fill_in(request, form, page, act)
