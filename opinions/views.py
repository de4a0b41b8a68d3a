"""What a department must answer, and each request with everything that happened to it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from deadlines.selectors import load_pauses, working_calendar
from opinions import readings, selectors
from opinions.export import request_workbook
from opinions.filters import TABS, RequestFilterSet
from opinions.forms import AnswerWithPaperForm, DelegateForm, ReasonForm, ReceiveForm, SupplyForm
from opinions.models import Request
from opinions.services import materials, requests
from papers.models import Paper, PaperContent
from papers.selectors import papers_of
from ui.downloads import download
from ui.filling import FormPage, fill_in
from ui.forms import OfficeForm
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb, Tab

LIST = "opinions/requests.html"


@login_required
@require_GET
def request_list(request: HttpRequest) -> HttpResponse:
    """The inbox of a department, and all requests for the office; what lapses next comes first."""
    actor, today = actor_of(request), clock.today()
    filterset = RequestFilterSet(request.GET, queryset=selectors.request_list(actor=actor), request=request)
    tab = request.GET.get("tab", "")
    active = tab if tab in TABS else "all" if request.GET.get("result") else "open"
    rows = filterset.qs.filter(TABS[active][1])
    order = ("deadline__due_on", "id") if active == "open" else ("-id",)
    page = keyset_page(rows, order=order, cursor=request.GET.get("cursor"))
    load_pauses([row.deadline for row in page if row.deadline is not None])
    calendar = working_calendar()
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [readings.read_request(row, today=today, calendar=calendar) for row in page],
        "total": capped_count(rows),
        "tabs": _tabs(actor, active),
        "may_ask": allowed(actor, Right.ASK_OPINIONS),
        "may_answer": allowed(actor, Right.ANSWER_OPINION),
    }
    return render_page(request, LIST, context, partial="list")


def _tabs(actor: User, active: str) -> list[Tab]:
    mine = Request.objects.visible_to(actor).exclude(state=Request.State.DRAFT)
    return [
        Tab(label, f"{reverse('opinions:list')}?tab={key}", capped_count(mine.filter(which)), active == key)
        for key, (label, which) in TABS.items()
    ]


@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The requests of the filters as a workbook."""
    actor, today = actor_of(request), clock.today()
    rows = RequestFilterSet(request.GET, queryset=selectors.request_list(actor=actor), request=request).qs
    return download(request_workbook(rows, actor=actor, today=today), f"征求意见台账{today:%Y%m%d}.xlsx")


@login_required
@require_GET
def record(request: HttpRequest) -> HttpResponse:
    """Each department's record of a year, every figure with its rows."""
    actor, today = actor_of(request), clock.today()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and 2000 < int(asked) < 2100 else today.year
    context = {
        "rows": selectors.responsibility(actor=actor, year=year),
        "year": year,
        "years": [today.year - 1, today.year],
    }
    return render(request, "opinions/record.html", context)


@login_required
@require_GET
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: the question, the clock, every word, and what may be done."""
    actor, today = actor_of(request), clock.today()
    row = _visible(request, pk)
    if row.deadline is not None:
        load_pauses([row.deadline])
    view = readings.read_request(
        row, today=today, calendar=working_calendar(), reminders=selectors.reminders_sent(row)
    )
    context = {
        "row": row,
        "view": view,
        "materials": materials.materials_of(row.round),
        "papers": papers_of(actor=actor, subject_kind=materials.REQUEST, subject_id=row.pk),
        "links": list(row.links.visible_to(actor).select_related("made_by")),
        "may_ask": allowed(actor, Right.ASK_OPINIONS),
        "may_run": selectors.may_run(actor, row.round),
        "may_answer": allowed(actor, Right.ANSWER_OPINION),
        "crumbs": _crumbs(row, ""),
        "now": clock.now(),
    }
    return render(request, "opinions/request.html", context)


def _visible(request: HttpRequest, pk: int) -> Request:
    return get_object_or_404(selectors.request_list(actor=actor_of(request)), pk=pk)


def _crumbs(row: Request, last: str) -> list[Crumb]:
    here = f"{row.organisation.short_name} · {row.round.project.name}"
    head = Crumb("征求意见", reverse("opinions:list"))
    return [head, Crumb(here, row.get_absolute_url()), Crumb(last)] if last else [head, Crumb(here)]


def _act(
    request: HttpRequest, row: Request, form: OfficeForm, title: str, act: Callable[[], str]
) -> HttpResponse:
    page = FormPage(
        title=f"{title}：{row.organisation.name}",
        back=row.get_absolute_url(),
        crumbs=_crumbs(row, title),
        subtitle=f"{row.round.project.name} · {row.round.title}",
        button=title,
    )
    return fill_in(request, form, page, act)


def _require_side(actor: User) -> None:
    """Either side may type it; which request is whose the service decides."""
    if not allowed(actor, Right.ASK_OPINIONS):
        require(actor, Right.ANSWER_OPINION)


@login_required
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """签收, by the department or by the office with its proof."""
    row, actor, today = _visible(request, pk), actor_of(request), clock.today()
    _require_side(actor)
    form = ReceiveForm(request.POST or None, today=today)

    def act() -> str:
        requests.receive(request_id=row.pk, actor=actor, today=today, now=clock.now(), **form.cleaned_data)
        return "已签收，反馈期限自接到之日次日起算。"

    return _act(request, row, form, "签收", act)


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer; after the lapse it is kept as a late word."""
    row, actor, today = _visible(request, pk), actor_of(request), clock.today()
    _require_side(actor)
    form = AnswerWithPaperForm(request.POST or None, request.FILES or None)

    def act() -> str:
        done = requests.answer(
            request_id=row.pk,
            answer=form.answer(),
            upload=form.upload(),
            actor=actor,
            today=today,
            now=clock.now(),
        )
        if done.after_lapse:
            return "已登记为逾期意见，不改变“视为同意”的结论。"
        return f"已反馈：{done.get_verdict_display()}。"

    return _act(request, row, form, "反馈意见", act)


@login_required
@require_http_methods(["GET", "POST"])
def delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """Who handles it inside the department."""
    row, actor = _visible(request, pk), actor_of(request)
    require(actor, Right.ANSWER_OPINION)
    people = User.objects.visible_to(actor).filter(
        is_active=True, organisation__path__startswith=row.organisation.path
    )
    form = DelegateForm(request.POST or None, people=people.order_by("username"))

    def act() -> str:
        handler = form.cleaned_data["handler"]
        requests.delegate(request_id=row.pk, handler=handler, actor=actor, today=clock.today())
        return f"已指定承办人：{handler.label}。"

    return _act(request, row, form, "指定承办人", act)


@login_required
@require_http_methods(["GET", "POST"])
def supply(request: HttpRequest, pk: int) -> HttpResponse:
    """What the department asked for is there."""
    row, actor = _visible(request, pk), actor_of(request)
    require(actor, Right.ASK_OPINIONS)
    form = SupplyForm(request.POST or None)

    def act() -> str:
        note = form.cleaned_data["note"]
        requests.supply(request_id=row.pk, note=note, actor=actor, today=clock.today(), now=clock.now())
        return "已补充，反馈期限恢复计时。"

    return _act(request, row, form, "补充材料", act)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """One department need not answer."""
    row, actor = _visible(request, pk), actor_of(request)
    require(actor, Right.ASK_OPINIONS)
    form = ReasonForm(request.POST or None)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        requests.withdraw_request(request_id=row.pk, reason=reason, actor=actor, today=clock.today())
        return f"已撤回对{row.organisation.name}的征求。"

    return _act(request, row, form, "撤回", act)


@login_required
@require_GET
def material(request: HttpRequest, pk: int, paper: int) -> HttpResponse:
    """A paper of the round, for a department that it asked."""
    row = _visible(request, pk)
    found = get_object_or_404(Paper.objects.about(materials.ROUND, row.round_id), pk=paper)
    try:
        content = materials.open_material(request=row, paper=found, actor=actor_of(request))
    except PaperContent.DoesNotExist as withdrawn:
        raise Http404 from withdrawn
    return download(content, found.filename, content_type=found.media_type)
