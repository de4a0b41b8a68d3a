"""Links of projects with consolidations, the counties' books, and what is to be deducted."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from quotas import selectors
from quotas.booking_forms import ReasonForm, SheetForm
from quotas.ledger_filters import CountyEntryFilterSet, DeductionFilterSet, SupplyLinkFilterSet
from quotas.models import Consolidation, CountyEntry, PendingDeduction, Reservation, SupplyLink
from quotas.selectors.county_books import book_entries, book_sums
from quotas.selectors.standing import pending_deductions
from quotas.selectors.supply import linked_amounts, project_balances, supply_links
from quotas.services import county_books, deductions
from quotas.services import supply_links as links
from quotas.supply_forms import CountyBookForm, DeductionForm, LinkForm, SettleForm, VoucherForm
from quotas.views.ledger import POOL
from quotas.views.verbs import Deed, Frame, PageVerb, simple
from quotas.words import shown
from ui.filling import FormPage, fill_in
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb


@login_required
@require_GET
def link_list(request: HttpRequest) -> HttpResponse:
    """Which consolidation makes up for which project, and what each project still lacks."""
    actor = actor_of(request)
    filterset = SupplyLinkFilterSet(request.GET, queryset=supply_links(actor=actor), request=request)
    page = keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor"))
    balances = project_balances([row.project for row in page])
    left = linked_amounts({row.consolidation_id for row in page})
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [
            (
                row,
                balances[row.project_id],
                row.consolidation.area_m2 - left.get(row.consolidation_id, {}).get("area_m2", 0),
            )
            for row in page
        ],
        "total": capped_count(filterset.qs),
        "may_keep": allowed(actor, Right.KEEP_QUOTA),
        "crumbs": [POOL, Crumb("补充耕地挂钩")],
    }
    return render_page(request, "quotas/links.html", context, partial="list")


@login_required
@require_GET
def book_list(request: HttpRequest) -> HttpResponse:
    """What each county's fund and plan space hold, and every entry."""
    actor = actor_of(request)
    filterset = CountyEntryFilterSet(request.GET, queryset=book_entries(actor=actor), request=request)
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
        "sums": book_sums(actor=actor),
        "may_keep": allowed(actor, Right.KEEP_QUOTA),
        "may_reverse": allowed(actor, Right.REVERSE_QUOTA),
        "crumbs": [POOL, Crumb("县级专账")],
    }
    return render_page(request, "quotas/county_books.html", context, partial="list")


@login_required
@require_http_methods(["GET", "POST"])
def book_enter(request: HttpRequest) -> HttpResponse:
    """One entry of a county's book."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.KEEP_QUOTA)
    form = CountyBookForm(request.POST or None, actor=actor, today=today)
    back = reverse("quotas:county-books")
    page = FormPage(title="登记县级专账", back=back, crumbs=[POOL, Crumb("县级专账", back), Crumb("登记")])

    def act() -> str:
        county_books.enter(actor=actor, voucher=form.voucher(), today=today, **form.facts())
        return "已登记。"

    return fill_in(request, form, page, act)


@login_required
@require_GET
def deduction_list(request: HttpRequest) -> HttpResponse:
    """What is to be taken off at the plan evaluation, and what was."""
    actor = actor_of(request)
    rows = pending_deductions(actor=actor)
    filterset = DeductionFilterSet(request.GET, queryset=rows, request=request)
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
        "may_keep": allowed(actor, Right.KEEP_QUOTA),
        "crumbs": [POOL, Crumb("待扣减规模")],
    }
    return render_page(request, "quotas/deductions.html", context, partial="list")


# --- verbs -------------------------------------------------------------------------------------


def _consolidation(request: HttpRequest, pk: int) -> Consolidation:
    rows = Consolidation.objects.visible_to(actor_of(request)).select_related("county")
    return get_object_or_404(rows, pk=pk)


def _of_consolidation(row: Consolidation) -> Frame:
    left = row.area_m2 - linked_amounts([row.pk]).get(row.pk, {}).get("area_m2", 0)
    return Frame(
        back=reverse("quotas:links"),
        crumbs=[POOL, Crumb("整治项目", reverse("quotas:supply"))],
        subtitle=f"{row.name} · {row.county.short_name} · {row.get_stage_display()}",
        notes=[f"新增耕地 {shown('farmland_area', row.area_m2)}，尚可挂钩 {shown('farmland_area', left)}。"],
    )


def _link_form(request: HttpRequest, row: Consolidation) -> LinkForm:
    return LinkForm(request.POST or None, actor=actor_of(request), today=clock.today())


def _link(deed: Deed) -> str:
    links.link_supply(
        actor=deed.actor,
        consolidation_id=deed.row.pk,
        project_id=int(deed.values["project"]),
        facts=deed.form.facts(),
        linked_on=deed.values["linked_on"],
        today=deed.today,
    )
    return "挂钩已登记。"


def _settle_frame(row: Consolidation) -> Frame:
    rate = selectors.policy_on(clock.today()).fund_rate
    return Frame(
        back=reverse("quotas:county-books"),
        crumbs=[POOL, Crumb("整治项目", reverse("quotas:supply"))],
        subtitle=f"{row.name} · {row.county.short_name} · {row.get_stage_display()}",
        notes=[
            "县级投资的指标优先本县使用（与本县项目挂钩的部分），其余由州级统筹。",
            f"统筹部分按耕地开垦费的 {rate * 100:.0f}% 拨付，县级扣除开发成本后转入专项基金。",
        ],
    )


def _settle_form(request: HttpRequest, row: Consolidation) -> SettleForm:
    today = clock.today()
    fee = selectors.policy_on(today).reclaim_fee
    initial = {"fee": fee or None, "reason": f"{row.name}开发基金结算"[:300]}
    return SettleForm(request.POST or None, today=today, initial=initial)


def _settle(deed: Deed) -> str:
    county_books.settle_fund(
        actor=deed.actor,
        consolidation_id=deed.row.pk,
        fee=deed.values["fee"],
        cost=deed.values["cost"],
        voucher=deed.form.voucher(),
        today=deed.today,
    )
    return "拨付和成本已记入专项基金。"


def _find_link(request: HttpRequest, pk: int) -> SupplyLink:
    return get_object_or_404(supply_links(actor=actor_of(request)), pk=pk)


def _of_link(row: SupplyLink) -> Frame:
    back = reverse("quotas:links")
    return Frame(
        back=back,
        crumbs=[POOL, Crumb("补充耕地挂钩", back)],
        subtitle=f"{row.consolidation.name} · {row.project.name}",
    )


def _release(deed: Deed) -> str:
    links.release_link(actor=deed.actor, link_id=deed.row.pk, today=deed.today, **deed.values)
    return "挂钩已解除。"


def _find_entry(request: HttpRequest, pk: int) -> CountyEntry:
    return get_object_or_404(book_entries(actor=actor_of(request)), pk=pk)


def _of_entry(row: CountyEntry) -> Frame:
    back = reverse("quotas:county-books")
    return Frame(
        back=back, crumbs=[POOL, Crumb("县级专账", back)], subtitle=f"{row.county.short_name} · {row.reason}"
    )


def _voucher_form(request: HttpRequest, row: CountyEntry) -> VoucherForm:
    return VoucherForm(request.POST or None, today=clock.today())


def _reverse(deed: Deed) -> str:
    county_books.reverse_entry(
        actor=deed.actor, entry_id=deed.row.pk, voucher=deed.form.voucher(), today=deed.today
    )
    return "已冲正。"


def _find_reservation(request: HttpRequest, pk: int) -> Reservation:
    rows = Reservation.objects.visible_to(actor_of(request)).select_related("applicant")
    return get_object_or_404(rows, pk=pk)


def _of_reservation(row: Reservation) -> Frame:
    return Frame(
        back=reverse("quotas:deductions"),
        crumbs=[POOL, Crumb("预占与调入", reverse("quotas:reservation", args=[row.pk]))],
        subtitle=f"{row.applicant.short_name} · {row.reason}",
        notes=["只登记被冻结或用于省级统筹的规模；仅超期未冻结的不扣减。登记不动余额，规划评估时扣减等量。"],
    )


def _note(deed: Deed) -> str:
    deductions.note_deduction(
        actor=deed.actor, reservation_id=deed.row.pk, today=deed.today, **deed.form.facts()
    )
    return "待扣减规模已登记。"


def _find_deduction(request: HttpRequest, pk: int) -> PendingDeduction:
    return get_object_or_404(pending_deductions(actor=actor_of(request)), pk=pk)


def _of_deduction(row: PendingDeduction) -> Frame:
    back = reverse("quotas:deductions")
    return Frame(
        back=back,
        crumbs=[POOL, Crumb("待扣减规模", back)],
        subtitle=f"{row.county.short_name} · {shown('ugb_scale', row.amount)} · {row.get_cause_display()}",
    )


def _sheet_form(request: HttpRequest, row: PendingDeduction) -> SheetForm:
    initial = {"reason": "规划评估调整，扣减等量规模"}
    return SheetForm(
        request.POST or None,
        request.FILES or None,
        actor=actor_of(request),
        today=clock.today(),
        initial=initial,
    )


def _settle_deduction(deed: Deed) -> str:
    deductions.settle_deduction(
        actor=deed.actor, deduction_id=deed.row.pk, sheet=deed.form.sheet(), today=deed.today
    )
    return "已扣减。"


def _void(deed: Deed) -> str:
    deductions.void_deduction(actor=deed.actor, deduction_id=deed.row.pk, today=deed.today, **deed.values)
    return "已登记不予扣减。"


KEEP = Right.KEEP_QUOTA
CONSOLIDATION_VERBS = (
    PageVerb(
        "link", "link-new", "与建设项目挂钩", KEEP, _consolidation, _of_consolidation, _link_form, _link
    ),
    PageVerb(
        "settle", "fund-settle", "开发基金结算", KEEP, _consolidation, _settle_frame, _settle_form, _settle
    ),
)
LINK_VERBS = (
    PageVerb(
        "release",
        "link-release",
        "解除挂钩",
        KEEP,
        _find_link,
        _of_link,
        simple(ReasonForm),
        _release,
        "解除",
    ),
)
ENTRY_VERBS = (
    PageVerb(
        "reverse",
        "county-entry-reverse",
        "冲正记录",
        Right.REVERSE_QUOTA,
        _find_entry,
        _of_entry,
        _voucher_form,
        _reverse,
        "冲正",
    ),
)
RESERVATION_VERBS = (
    PageVerb(
        "frozen",
        "deduction-new",
        "登记待扣减规模",
        KEEP,
        _find_reservation,
        _of_reservation,
        simple(DeductionForm),
        _note,
    ),
)
DEDUCTION_VERBS = (
    PageVerb(
        "settle",
        "deduction-settle",
        "评估调整扣减",
        KEEP,
        _find_deduction,
        _of_deduction,
        _sheet_form,
        _settle_deduction,
        "扣减",
    ),
    PageVerb(
        "void", "deduction-void", "不予扣减", KEEP, _find_deduction, _of_deduction, simple(ReasonForm), _void
    ),
)
