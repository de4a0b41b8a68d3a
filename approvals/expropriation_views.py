"""Pages of expropriation: the list, one record, what is recorded on it, the three standards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from approvals import expropriation_forms
from approvals.document_filters import UnitFilterSet
from approvals.document_forms import proof_of
from approvals.expropriation_export import expropriation_workbook
from approvals.expropriation_selectors import (
    ExpropriationReading,
    expropriation_list,
    rate_list,
    read_expropriation,
)
from approvals.models import Expropriation, ExpropriationAct, ExpropriationReason
from approvals.register_views import Deed, Register
from approvals.services import expropriation
from core import clock
from deadlines.selectors import working_calendar
from projects.models import Project
from projects.selectors import reporting_units
from ui.filling import FormPage, fill_in
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


def _begin(actor: User, pk: int, form: Any, today: date) -> object:
    return expropriation.begin_expropriation(actor=actor, project_id=pk, facts=form.facts(), today=today)


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


def _reasons(today: date) -> list[ExpropriationReason]:
    return list(ExpropriationReason.objects.in_force(today))


def _start_record(project: Project, today: date) -> dict[str, Any]:
    return {"reasons": _reasons(today), "initial": {"authority": project.organisation.name}}


def _start_change(row: Expropriation, today: date) -> dict[str, Any]:
    return {"reasons": _reasons(today), "initial": expropriation_forms.expropriation_initial(row)}


def _start_act(row: Expropriation, today: date) -> dict[str, Any]:
    reading = read_expropriation(row, calendar=working_calendar(), today=today)
    proposed = next((step.kind for step in reading.course if step.is_next), "")
    return {"initial": {"occurred_on": today, "kind": proposed}}


def _start_count(row: Expropriation, today: date) -> dict[str, Any]:
    return {"initial": {"counted_on": today, "households": row.households}}


def _start_fund(row: Expropriation, today: date) -> dict[str, Any]:
    return {"initial": {"occurred_on": today}}


def _reader(today: date) -> Callable[[Expropriation], ExpropriationReading]:
    return partial(read_expropriation, calendar=working_calendar(), today=today)


REGISTER = Register(
    name="expropriation",
    names="expropriations",
    crumb=LIST_CRUMB,
    tab="expropriation",
    templates=("approvals/expropriations.html", "approvals/expropriation.html"),
    rows=expropriation_list,
    reader=_reader,
    filterset=ExpropriationFilterSet,
    workbook=expropriation_workbook,
    begin=Deed("登记征收", expropriation_forms.ExpropriationForm, _begin, start=_start_record),
    deeds={
        "edit": Deed("修改征收登记", expropriation_forms.ExpropriationForm, _change, start=_start_change),
        "act": Deed(
            "登记征收事项",
            expropriation_forms.ActForm,
            _act,
            "预公告不少于 10 个工作日，补偿安置方案公告不少于 30 日；期满次日才能进入下一步。",
            _start_act,
        ),
        "count": Deed("登记签约和兑付户数", expropriation_forms.CountForm, _count, start=_start_count),
        "fund": Deed(
            "登记征地资金",
            expropriation_forms.FundForm,
            _fund,
            "足额预存按费用分项判断，专户存储。",
            _start_fund,
        ),
    },
)


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
