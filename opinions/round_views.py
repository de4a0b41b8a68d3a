"""Rounds: the list, the docket, and what the office does with them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from deadlines.selectors import load_pauses, working_calendar
from opinions import readings, selectors
from opinions.export import docket_document
from opinions.filters import RoundFilterSet
from opinions.forms import MaterialForm, NewRoundForm, ReasonForm, RoundForm
from opinions.models import Request, Round
from opinions.readings import RequestReading
from opinions.services import materials, rounds
from papers.services import Upload
from projects.models import Project
from ui.downloads import download
from ui.filling import FormPage, fill_in
from ui.htmx import UNPROCESSABLE, render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

LIST, PAGE = "opinions/rounds.html", "opinions/round.html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@login_required
@require_GET
def round_list(request: HttpRequest) -> HttpResponse:
    """All rounds the reader may see, newest first."""
    actor = actor_of(request)
    filterset = RoundFilterSet(request.GET, queryset=selectors.round_list(actor=actor), request=request)
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(Round.objects.filter(pk__in=filterset.qs.values("pk"))),
    }
    return render_page(request, LIST, context, partial="list")


def _visible(request: HttpRequest, pk: int) -> Round:
    rows = Round.objects.visible_to(actor_of(request))
    return get_object_or_404(
        rows.select_related("project__organisation", "kind", "drafted_by", "redo_of", "pause"), pk=pk
    )


def _views(round_: Round) -> list[RequestReading]:
    """Every department of the round as read today. Five queries."""
    found = selectors.requests_of(round_)
    load_pauses([row.deadline for row in found if row.deadline is not None])
    told = selectors.reminders_of(found)
    today, calendar = clock.today(), working_calendar()
    return [
        readings.read_request(row, today=today, calendar=calendar, reminders=told.get(row.pk, ()))
        for row in found
    ]


@login_required
@require_GET
def docket(request: HttpRequest, pk: int) -> HttpResponse:
    """The docket: delivery, receipt, countdown, reminders, answer or lapse of each department."""
    return _docket(request, _visible(request, pk))


def _docket(request: HttpRequest, round_: Round, *, refusal: str = "") -> HttpResponse:
    views = _views(round_)
    context = {
        "round": round_,
        "views": views,
        "outcome": selectors.outcome([view.request for view in views]),
        "materials": materials.materials_of(round_),
        "may_ask": selectors.may_run(actor_of(request), round_),
        "refusal": refusal,
        "crumbs": [Crumb("征求意见轮次", reverse("opinions:rounds")), Crumb(str(round_))],
    }
    return render(request, PAGE, context, status=UNPROCESSABLE if refusal else 200)


@login_required
@require_GET
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """The docket as a Word document."""
    round_ = _visible(request, pk)
    views = _views(round_)
    content = docket_document(
        round_,
        views,
        outcome=selectors.outcome([view.request for view in views]),
        issuer=_issuer(actor_of(request)),
        today=clock.today(),
    )
    return download(content, f"{round_.project.name}{round_.title}.docx", content_type=DOCX)


def _issuer(actor: User) -> str:
    return actor.organisation.name if actor.organisation else ""


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, project: int) -> HttpResponse:
    """A round that belongs to no step of the project."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.ASK_OPINIONS)
    found = get_object_or_404(
        Project.objects.visible_to(actor).select_related("organisation", "land"), pk=project
    )
    kinds = selectors.kinds_in_force(today)
    form = NewRoundForm(request.POST or None, kinds=kinds)
    page = FormPage(
        title="发起征求意见",
        back=reverse("opinions:rounds") + f"?project={found.pk}",
        crumbs=[Crumb("征求意见轮次", reverse("opinions:rounds")), Crumb("发起")],
        subtitle=found.name,
        button="保存草稿",
    )

    def act() -> str:
        kind = next(kind for kind in kinds if kind.code == form.cleaned_data["kind"])
        question = form.cleaned_data["question"]
        rounds.draft_round(project=found, kind=kind, question=question, actor=actor, today=today)
        return "已保存草稿；核对部门后发出。"

    return fill_in(request, form, page, act)


def _page(round_: Round, title: str, button: str = "") -> FormPage:
    return FormPage(
        title=title,
        back=round_.get_absolute_url(),
        crumbs=[
            Crumb("征求意见轮次", reverse("opinions:rounds")),
            Crumb(round_.title, round_.get_absolute_url()),
            Crumb(title),
        ],
        subtitle=f"{round_.project.name} · {round_.title}",
        button=button or title,
    )


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The question and the departments of a draft."""
    actor, today, round_ = actor_of(request), clock.today(), _visible(request, pk)
    require(actor, Right.ASK_OPINIONS)
    proposed = selectors.suggestions(round_.project, on=today)
    chosen = list(round_.requests.values_list("organisation_id", flat=True))
    form = RoundForm(
        request.POST or None,
        choices=selectors.departments_for(round_.project),
        reasons={each.department.pk: each.reason for each in proposed},
        initial={"question": round_.question, "departments": chosen},
    )

    def act() -> str:
        rounds.change_draft(
            round_id=round_.pk,
            question=form.cleaned_data["question"],
            departments=form.department_ids(),
            actor=actor,
            today=today,
        )
        return "已保存草稿。"

    return fill_in(request, form, _page(round_, "修改草稿", "保存"), act)


@login_required
@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the draft to its departments."""
    actor, round_ = actor_of(request), _visible(request, pk)
    require(actor, Right.ASK_OPINIONS)
    try:
        rounds.send_round(round_id=round_.pk, actor=actor, today=clock.today(), now=clock.now())
    except DomainError as error:
        return _docket(request, round_, refusal=error.message)
    number = Request.objects.filter(round=round_).count()
    messages.success(request, f"已发出，征求 {number} 个部门意见。")
    return redirect(round_.get_absolute_url())


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the round back."""
    actor, round_ = actor_of(request), _visible(request, pk)
    require(actor, Right.ASK_OPINIONS)
    form = ReasonForm(request.POST or None)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        rounds.withdraw_round(round_id=round_.pk, reason=reason, actor=actor, today=clock.today())
        return "已撤回，未反馈的部门不再反馈。"

    return fill_in(request, form, _page(round_, "撤回本轮"), act)


@login_required
@require_http_methods(["GET", "POST"])
def redo(request: HttpRequest, pk: int) -> HttpResponse:
    """Draft the next round; the old one stays."""
    actor, round_ = actor_of(request), _visible(request, pk)
    require(actor, Right.ASK_OPINIONS)
    form = ReasonForm(request.POST or None)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        again = rounds.redo_round(round_id=round_.pk, reason=reason, actor=actor, today=clock.today())
        return f"已拟定第 {again.number} 轮，在轮次清单中核对后发出。"

    return fill_in(request, form, _page(round_, "重新征求"), act)


@login_required
@require_http_methods(["GET", "POST"])
def add_material(request: HttpRequest, pk: int) -> HttpResponse:
    """A paper for all departments of the round."""
    actor, round_ = actor_of(request), _visible(request, pk)
    require(actor, Right.ASK_OPINIONS)
    form = MaterialForm(request.POST or None, request.FILES or None)

    def act() -> str:
        file = form.cleaned_data["file"]
        done = materials.add_material(
            round_id=round_.pk,
            upload=Upload(file.name, file.read()),
            title=form.cleaned_data["title"],
            actor=actor,
            today=clock.today(),
        )
        return f"已上传“{done.title}”，被征求的部门可以查看。"

    return fill_in(request, form, _page(round_, "上传材料"), act)
