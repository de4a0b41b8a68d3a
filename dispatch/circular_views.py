"""Circulars: drafted, approved, issued, read."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import Organisation, User
from accounts.rights import Right, allowed, require
from core import clock
from dispatch.downloads import attachment, circular_response
from dispatch.models import Circular, Round
from dispatch.round_forms import ApproveForm, CircularForm, IssueForm
from dispatch.selectors import packages as selectors
from dispatch.selectors.ledgers import round_list
from dispatch.services import circulars as services
from ui.filling import FormPage, fill_in
from ui.htmx import render_page
from ui.pagination import keyset_page
from ui.parts import Crumb


@login_required
@require_GET
def circular_list(request: HttpRequest) -> HttpResponse:
    """Circulars one has made or received."""
    rows = selectors.circular_list(actor=actor_of(request))
    page = keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor"))
    return render_page(request, "dispatch/circulars.html", {"page": page}, partial="list")


@login_required
@require_GET
def circular(request: HttpRequest, pk: int) -> HttpResponse:
    """One circular: its state, its addressees with their receipts. Opening it signs the receipt."""
    actor = actor_of(request)
    found = get_object_or_404(selectors.circular_list(actor=actor), pk=pk)
    if found.state == Circular.State.ISSUED:
        services.sign_receipt(found=found, actor=actor, now=clock.now())
    context = {
        "circular": found,
        "copies": found.copies.visible_to(actor).select_related("organisation", "read_by"),
        "may_run": allowed(actor, Right.FREEZE_ROUND),
        "crumbs": [Crumb("调度通报", reverse("dispatch:circulars")), Crumb(found.title)],
    }
    return render(request, "dispatch/circular.html", context)


@login_required
@require_GET
def circular_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The document as issued; before that, to those who see the draft, as it would be."""
    actor = actor_of(request)
    found = get_object_or_404(Circular.objects.visible_to(actor), pk=pk)
    if found.state != Circular.State.ISSUED or found.content is None:
        text = services.draft_document(found, today=clock.today())
        return attachment(text, f"{found.title}（{found.get_state_display()}）.docx")
    services.sign_receipt(found=found, actor=actor, now=clock.now())
    return circular_response(found, actor=actor)


@login_required
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft a report or circular on a frozen round."""
    actor = actor_of(request)
    require(actor, Right.FREEZE_ROUND)
    found = get_object_or_404(round_list(), pk=pk)
    form = CircularForm(request.POST or None, initial=_initial(found))

    def act() -> str:
        given = dict(form.cleaned_data)
        kind = given.pop("kind")
        services.draft_circular(
            round_id=pk, kind=kind, draft=services.Draft(**given), actor=actor, now=clock.now()
        )
        return "草稿已保存，审定后印发。"

    return fill_in(request, form, _page(f"起草{found.period.label}通报", "保存草稿"), act)


def _initial(found: Round) -> dict[str, object]:
    known = Circular.objects.filter(round=found, state=Circular.State.DRAFT).first()
    if known is not None:
        names = ("kind", "title", "number", "praise", "problems", "demands")
        return {name: getattr(known, name) for name in names}
    return {
        "kind": Circular.Kind.CIRCULAR,
        "title": f"关于{found.period.label}重点项目用地要素保障情况的通报",
    }


@login_required
@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter who approved it."""
    actor = actor_of(request)
    require(actor, Right.FREEZE_ROUND)
    found = get_object_or_404(selectors.circular_list(actor=actor), pk=pk)
    form = ApproveForm(request.POST or None, initial={"approved_on": clock.today()})

    def act() -> str:
        services.approve_circular(circular_id=pk, **form.cleaned_data, actor=actor, today=clock.today())
        return "已登记审定，可以印发。"

    return fill_in(request, form, _page(f"审定：{found.title}", "登记审定"), act)


@login_required
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose who gets it, and send it."""
    actor = actor_of(request)
    require(actor, Right.FREEZE_ROUND)
    found = get_object_or_404(selectors.circular_list(actor=actor), pk=pk)
    units = possible_copies(actor)
    counties = units.filter(kind__in=Organisation.REPORTING_KINDS)
    form = IssueForm(request.POST or None, initial={"copies": counties}, units=units)

    def act() -> str:
        services.issue_circular(
            circular_id=pk, copies=form.cleaned_data["copies"], actor=actor, today=clock.today()
        )
        return "已印发，抄送单位已收到通知。"

    return fill_in(request, form, _page(f"印发：{found.title}", "印发"), act)


def possible_copies(actor: User) -> QuerySet[Organisation]:
    """Counties, parks, towns and departments within the actor's sight."""
    kinds = (*Organisation.REPORTING_KINDS, Organisation.Kind.TOWN, Organisation.Kind.DEPARTMENT)
    units = Organisation.objects.visible_to(actor)
    return units.filter(kind__in=kinds, is_active=True).order_by("path")


def _page(title: str, button: str) -> FormPage:
    back = reverse("dispatch:circulars")
    return FormPage(title=title, back=back, crumbs=[Crumb("调度通报", back), Crumb(title)], button=button)
