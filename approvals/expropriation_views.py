"""Pages of expropriation: the list, one record, what is recorded on it, the three standards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from approvals import expropriation_forms
from approvals.document_filters import UnitFilterSet
from approvals.document_forms import proof_of
from approvals.document_views import project_at, recordable, tab_of, workbook_response
from approvals.expropriation_export import expropriation_workbook
from approvals.expropriation_selectors import expropriation_list, rate_list, read_expropriation
from approvals.models import Expropriation, ExpropriationAct, ExpropriationReason
from approvals.services import expropriation
from approvals.services.records import may_record
from core import clock
from deadlines.selectors import working_calendar
from projects.selectors import reporting_units
from ui.filling import FormPage, fill_in
from ui.forms import OfficeForm
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

LIST_CRUMB = "土地征收"
NEWEST = ("-id",)


class ExpropriationFilterSet(UnitFilterSet):
    """Parameters: q, unit, reached (an act that is there), waiting (an act that is not), project."""

    q = django_filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "项目 / 村组", "maxlength": 60}),
    )
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="project__organisation__code", choices=(), empty_label="全部"
    )
    reached = django_filters.ChoiceFilter(
        label="已办", field_name="acts__kind", choices=ExpropriationAct.Kind.choices, empty_label="不限"
    )
    waiting = django_filters.ChoiceFilter(
        label="未办", method="by_waiting", choices=ExpropriationAct.Kind.choices, empty_label="不限"
    )
    project = django_filters.NumberFilter(field_name="project_id", widget=forms.HiddenInput)

    class Meta:
        model = Expropriation
        fields: ClassVar[list[str]] = []

    def by_words(self, rows: QuerySet[Expropriation], name: str, value: str) -> QuerySet[Expropriation]:
        for word in value.split()[:5]:
            rows = rows.filter(Q(collective__icontains=word) | Q(project__name__icontains=word))
        return rows

    def by_waiting(self, rows: QuerySet[Expropriation], name: str, value: str) -> QuerySet[Expropriation]:
        done = ExpropriationAct.objects.filter(kind=value).values("expropriation")
        return rows.exclude(pk__in=done)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All records with their course, signing rate and money."""
    actor, today = actor_of(request), clock.today()
    filterset = ExpropriationFilterSet(request.GET, queryset=expropriation_list(actor=actor), request=request)
    page = keyset_page(filterset.qs, order=NEWEST, cursor=request.GET.get("cursor"))
    calendar = working_calendar()
    context = {
        "filterset": filterset,
        "page": page,
        "readings": [read_expropriation(row, calendar=calendar, today=today) for row in page],
        "total": capped_count(filterset.qs),
    }
    return render_page(request, "approvals/expropriations.html", context, partial="list")


@login_required
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    actor, today = actor_of(request), clock.today()
    filterset = ExpropriationFilterSet(request.GET, queryset=expropriation_list(actor=actor), request=request)
    unit = actor.organisation.name if actor.organisation else ""
    content = expropriation_workbook(
        filterset.qs.order_by(*NEWEST),
        subtitle=f"{unit}　　导出日期：{today:%Y年%m月%d日}　　单位：公顷、元",
        today=today,
    )
    return workbook_response(content, f"土地征收_{today:%Y%m%d}.xlsx")


@login_required
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One collective's land: its course, households and money."""
    actor, today = actor_of(request), clock.today()
    row = get_object_or_404(expropriation_list(actor=actor), pk=pk)
    context = {
        "reading": read_expropriation(row, calendar=working_calendar(), today=today),
        "record": row,
        "may_record": may_record(actor, row.project),
        "crumbs": [Crumb(LIST_CRUMB, reverse("approvals:expropriations")), Crumb(row.collective)],
    }
    return render(request, "approvals/expropriation.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a record of a project."""
    actor, today = actor_of(request), clock.today()
    project = recordable(actor, project_at(actor, pk))
    form = expropriation_forms.ExpropriationForm(
        request.POST or None,
        reasons=list(ExpropriationReason.objects.in_force(today)),
        initial={"authority": f"{project.organisation.name}人民政府"},
    )
    crumbs = [
        Crumb("项目库", reverse("projects:list")),
        Crumb(project.name, tab_of(project, "expropriation")),
        Crumb("登记征收"),
    ]
    page = FormPage(
        title="登记征收", subtitle=project.name, back=tab_of(project, "expropriation"), crumbs=crumbs
    )

    def act() -> str:
        row = expropriation.begin_expropriation(
            actor=actor, project_id=project.pk, facts=form.facts(), today=today
        )
        return f"{row.collective}的征收已登记。"

    return fill_in(request, form, page, act)


@dataclass(frozen=True, slots=True)
class Deed:
    """What can be recorded on a record: its title, its form, what stores it."""

    title: str
    form: Callable[..., OfficeForm]
    run: Callable[[User, int, Any, date], object]
    help: str = ""


def _change(actor: User, pk: int, form: Any, today: date) -> object:
    return expropriation.change_expropriation(
        actor=actor, expropriation_id=pk, facts=form.facts(), today=today
    )


def _act(actor: User, pk: int, form: Any, today: date) -> object:
    return expropriation.record_act(
        actor=actor,
        expropriation_id=pk,
        facts=form.facts(),
        calendar=working_calendar(),
        today=today,
        proof=proof_of(form),
    )


def _count(actor: User, pk: int, form: Any, today: date) -> object:
    return expropriation.count_households(actor=actor, expropriation_id=pk, facts=form.facts(), today=today)


def _fund(actor: User, pk: int, form: Any, today: date) -> object:
    return expropriation.record_funds(
        actor=actor, expropriation_id=pk, facts=form.facts(), today=today, proof=proof_of(form)
    )


DEEDS: dict[str, Deed] = {
    "edit": Deed("修改征收登记", expropriation_forms.ExpropriationForm, _change),
    "act": Deed(
        "登记征收事项",
        expropriation_forms.ActForm,
        _act,
        "预公告不少于 10 个工作日，补偿安置方案公告不少于 30 日；期满次日才能进入下一步。",
    ),
    "count": Deed("登记签约和兑付户数", expropriation_forms.CountForm, _count),
    "fund": Deed("登记征地资金", expropriation_forms.FundForm, _fund, "足额预存按费用分项判断，专户存储。"),
}


def bound_deed(verb: str, row: Expropriation, data: Any, uploads: Any, *, today: date) -> OfficeForm:
    """The form of a deed with what was sent, from the page or the API; fresh without data."""
    more: dict[str, Any] = {}
    initial: dict[str, Any] = {"occurred_on": today, "counted_on": today}
    if verb == "edit":
        more["reasons"] = list(ExpropriationReason.objects.in_force(today))
        initial = expropriation_forms.expropriation_initial(row)
    if verb == "count":
        initial["households"] = row.households
    return DEEDS[verb].form(data, uploads, initial=initial, **more)


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Record one thing on a record."""
    actor, today, deed = actor_of(request), clock.today(), DEEDS[verb]
    row = get_object_or_404(expropriation_list(actor=actor), pk=pk)
    recordable(actor, row.project)
    form = bound_deed(verb, row, request.POST or None, request.FILES or None, today=today)
    if verb == "act" and request.method == "GET":
        reading = read_expropriation(row, calendar=working_calendar(), today=today)
        form.initial["kind"] = next((step.kind for step in reading.course if step.is_next), "")
    page = FormPage(
        title=deed.title,
        subtitle=f"{row.collective} · {row.project.name}{' · ' if deed.help else ''}{deed.help}",
        back=row.get_absolute_url(),
        crumbs=[
            Crumb(LIST_CRUMB, reverse("approvals:expropriations")),
            Crumb(row.collective, row.get_absolute_url()),
            Crumb(deed.title),
        ],
    )

    def store() -> str:
        deed.run(actor, row.pk, form, today)
        return f"{deed.title}：已保存。"

    return fill_in(request, form, page, store)


@login_required
@require_http_methods(["GET", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    """The three standards of the actor's counties; with the right, a new version."""
    actor, today = actor_of(request), clock.today()
    if request.method == "POST":
        require(actor, Right.RUN_STEPS)
    form = expropriation_forms.RateForm(
        request.POST or None,
        units=list(reporting_units(actor=actor)),
        initial={"effective_from": today},
    )
    if request.method == "POST" or "new" in request.GET:
        page = FormPage(
            title="增加补偿标准",
            back=reverse("approvals:compensation-rates"),
            crumbs=[
                Crumb(LIST_CRUMB, reverse("approvals:expropriations")),
                Crumb("补偿标准", reverse("approvals:compensation-rates")),
                Crumb("增加"),
            ],
        )

        def store() -> str:
            expropriation.add_rate(actor=actor, **form.facts())
            return "补偿标准已增加。"

        return fill_in(request, form, page, store)
    rows = rate_list(actor=actor)
    context = {
        "page": keyset_page(rows, order=NEWEST, cursor=request.GET.get("cursor")),
        "total": capped_count(rows),
        "may_record": allowed(actor, Right.RUN_STEPS),
        "crumbs": [Crumb(LIST_CRUMB, reverse("approvals:expropriations")), Crumb("补偿标准")],
    }
    return render(request, "approvals/compensation_rates.html", context)
