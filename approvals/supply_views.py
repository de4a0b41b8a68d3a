"""Pages of supply: the list with its alarms, one parcel, what is recorded on it, the terms of idle land."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from approvals import supply_forms
from approvals.document_filters import UnitFilterSet
from approvals.document_forms import proof_of
from approvals.document_views import project_at, recordable, tab_of, workbook_response
from approvals.models import IdleLandSetting, Supply
from approvals.rules.idle import ALARMS
from approvals.services import supply
from approvals.services.records import may_record
from approvals.supply_export import supply_workbook
from approvals.supply_selectors import idle_setting, idle_terms, read_supply, supply_list
from core import clock
from core.errors import DomainError
from ui.filling import FormPage, fill_in
from ui.forms import OfficeForm
from ui.htmx import render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

LIST_CRUMB = "供地"
NEWEST = ("-id",)


class SupplyFilterSet(UnitFilterSet):
    """Parameters: q, unit, way, standard (1), stage (planned, signed, started, finished), alarm (1),
    project.
    """

    q = django_filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "地块 / 项目 / 用地单位", "maxlength": 60}),
    )
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="project__organisation__code", choices=(), empty_label="全部"
    )
    way = django_filters.ChoiceFilter(label="供应方式", choices=Supply.Way.choices, empty_label="全部")
    standard = django_filters.ChoiceFilter(
        label="标准地", method="by_standard", choices=[("1", "标准地")], empty_label="不限"
    )
    stage = django_filters.ChoiceFilter(
        label="进展",
        method="by_stage",
        choices=[("planned", "未供地"), ("signed", "未开工"), ("started", "在建"), ("finished", "已竣工")],
        empty_label="不限",
    )
    alarm = django_filters.ChoiceFilter(
        label="闲置预警", method="by_alarm", choices=[("1", "有预警")], empty_label="不限"
    )
    project = django_filters.NumberFilter(field_name="project_id", widget=forms.HiddenInput)

    class Meta:
        model = Supply
        fields: ClassVar[list[str]] = []

    def by_words(self, rows: QuerySet[Supply], name: str, value: str) -> QuerySet[Supply]:
        for word in value.split()[:5]:
            rows = rows.filter(
                Q(parcel__icontains=word) | Q(project__name__icontains=word) | Q(user_name__icontains=word)
            )
        return rows

    def by_standard(self, rows: QuerySet[Supply], name: str, value: str) -> QuerySet[Supply]:
        return rows.filter(is_standard_land=True)

    def by_stage(self, rows: QuerySet[Supply], name: str, value: str) -> QuerySet[Supply]:
        return rows.filter(
            {
                "planned": Q(signed_on__isnull=True),
                "signed": Q(signed_on__isnull=False, started_on__isnull=True),
                "started": Q(started_on__isnull=False, finished_on__isnull=True),
                "finished": Q(finished_on__isnull=False),
            }[value]
        )

    def by_alarm(self, rows: QuerySet[Supply], name: str, value: str) -> QuerySet[Supply]:
        """Read row by row: only unfinished parcels whose agreed start has passed can be in alarm."""
        today = clock.today()
        terms = idle_terms(today)
        late = rows.filter(signed_on__isnull=False, finished_on__isnull=True, start_by__lt=today)
        chosen = [row.pk for row in late if read_supply(row, terms=terms, today=today).idle.state in ALARMS]
        return rows.filter(pk__in=chosen)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All parcels with their contract, payments and alarms."""
    actor, today = actor_of(request), clock.today()
    filterset = SupplyFilterSet(request.GET, queryset=supply_list(actor=actor), request=request)
    page = keyset_page(filterset.qs, order=NEWEST, cursor=request.GET.get("cursor"))
    terms = idle_terms(today)
    context = {
        "filterset": filterset,
        "page": page,
        "readings": [read_supply(row, terms=terms, today=today) for row in page],
        "total": capped_count(filterset.qs),
    }
    return render_page(request, "approvals/supplies.html", context, partial="list")


@login_required
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    actor, today = actor_of(request), clock.today()
    filterset = SupplyFilterSet(request.GET, queryset=supply_list(actor=actor), request=request)
    unit = actor.organisation.name if actor.organisation else ""
    content = supply_workbook(
        filterset.qs.order_by(*NEWEST),
        subtitle=f"{unit}　　导出日期：{today:%Y年%m月%d日}　　单位：公顷、元",
        today=today,
    )
    return workbook_response(content, f"供地_{today:%Y%m%d}.xlsx")


@login_required
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One parcel: preparation, contract, payments, patrols, whether it lies idle and what follows."""
    actor, today = actor_of(request), clock.today()
    row = get_object_or_404(supply_list(actor=actor), pk=pk)
    context = {
        "supply": row,
        "reading": read_supply(row, terms=idle_terms(today), today=today),
        "may_record": may_record(actor, row.project),
        "crumbs": [Crumb(LIST_CRUMB, reverse("approvals:supplies")), Crumb(row.parcel)],
    }
    return render(request, "approvals/supply.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a parcel of a project on record."""
    actor, today = actor_of(request), clock.today()
    project = recordable(actor, project_at(actor, pk))
    form = supply_forms.ParcelForm(request.POST or None, initial={"plan_year": today.year})
    back = tab_of(project, "supply")
    crumbs = [Crumb("项目库", reverse("projects:list")), Crumb(project.name, back), Crumb("登记地块")]
    page = FormPage(title="登记地块", subtitle=project.name, back=back, crumbs=crumbs)

    def store() -> str:
        row = supply.plan_supply(actor=actor, project_id=project.pk, plan=form.plan(), today=today)
        return f"地块{row.parcel}已登记。"

    return fill_in(request, form, page, store)


@dataclass(frozen=True, slots=True)
class Deed:
    """What can be recorded on a parcel: its title, its form, what stores it."""

    title: str
    form: Callable[..., OfficeForm]
    run: Callable[[User, int, Any, date], object]
    help: str = ""


def _edit(actor: User, pk: int, form: Any, today: date) -> object:
    return supply.change_supply(actor=actor, supply_id=pk, plan=form.plan(), today=today)


def _sign(actor: User, pk: int, form: Any, today: date) -> object:
    return supply.sign_contract(
        actor=actor, supply_id=pk, contract=form.contract(), today=today, proof=proof_of(form)
    )


def _due(actor: User, pk: int, form: Any, today: date) -> object:
    return supply.plan_payment(actor=actor, supply_id=pk, today=today, **form.cleaned_data)


def _pay(actor: User, pk: int, form: Any, today: date) -> object:
    return supply.settle_payment(actor=actor, supply_id=pk, today=today, **form.cleaned_data)


def _patrol(actor: User, pk: int, form: Any, today: date) -> object:
    return supply.record_patrol(
        actor=actor, supply_id=pk, sight=form.sight(), today=today, proof=proof_of(form)
    )


DEEDS: dict[str, Deed] = {
    "edit": Deed("修改地块", supply_forms.ParcelForm, _edit),
    "contract": Deed(
        "登记合同（决定书）",
        supply_forms.ContractForm,
        _sign,
        "约定开工和竣工日期成为期限，到期前 90 日起提醒。",
    ),
    "due": Deed("登记应缴价款", supply_forms.DueForm, _due),
    "pay": Deed("登记缴清价款", supply_forms.PayForm, _pay),
    "patrol": Deed("登记供后巡查", supply_forms.PatrolForm, _patrol),
}


def bound_deed(verb: str, row: Supply, data: Any, uploads: Any, *, today: date) -> OfficeForm:
    """The form of a deed with what was sent, from the page or the API; fresh without data."""
    initial: dict[str, Any] = {"signed_on": today, "paid_on": today, "seen_on": today}
    if verb == "edit":
        initial = supply_forms.parcel_initial(row)
    elif verb == "contract" and row.signed_on is not None:
        initial = supply_forms.contract_initial(row)
    elif verb == "pay":
        waiting = [payment.number for payment in row.payments.all() if payment.paid_on is None]
        initial["number"] = waiting[0] if waiting else None
    return DEEDS[verb].form(data, uploads, initial=initial)


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Record one thing on a parcel."""
    actor, today, deed = actor_of(request), clock.today(), DEEDS[verb]
    row = get_object_or_404(supply_list(actor=actor), pk=pk)
    recordable(actor, row.project)
    form = bound_deed(verb, row, request.POST or None, request.FILES or None, today=today)
    page = FormPage(
        title=deed.title,
        subtitle=f"{row.parcel} · {row.project.name}{' · ' if deed.help else ''}{deed.help}",
        back=row.get_absolute_url(),
        crumbs=[
            Crumb(LIST_CRUMB, reverse("approvals:supplies")),
            Crumb(row.parcel, row.get_absolute_url()),
            Crumb(deed.title),
        ],
    )

    def store() -> str:
        deed.run(actor, row.pk, form, today)
        return f"{deed.title}：已保存。"

    return fill_in(request, form, page, store)


@login_required
@require_http_methods(["GET", "POST"])
def idle_settings(request: HttpRequest) -> HttpResponse:
    """The dated terms of idle land; with the right, a new version."""
    actor, today = actor_of(request), clock.today()
    now = idle_setting(today)
    initial = {name: getattr(now, name) for name in supply_forms.IDLE_FIELDS}
    form = supply_forms.IdleForm(request.POST or None, initial={**initial, "effective_from": today})
    if request.method == "POST":
        require(actor, Right.EDIT_PERIODS)
        if form.is_valid():
            try:
                supply.set_idle_terms(
                    actor=actor, effective_from=form.cleaned_data["effective_from"], terms=form.terms()
                )
            except DomainError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, "闲置土地认定标准已增加一版。")
                return HttpResponseRedirect(reverse("approvals:idle-settings"))
    labels = [IdleLandSetting._meta.get_field(name).verbose_name for name in supply_forms.IDLE_FIELDS]  # type: ignore[union-attr]
    rows = IdleLandSetting.objects.order_by("-effective_from")
    context = {
        "form": form,
        "labels": labels,
        "versions": [(row, [getattr(row, name) for name in supply_forms.IDLE_FIELDS]) for row in rows],
        "may_edit": allowed(actor, Right.EDIT_PERIODS),
        "crumbs": [Crumb(LIST_CRUMB, reverse("approvals:supplies")), Crumb("闲置土地认定标准")],
    }
    return render(request, "approvals/idle_settings.html", context, status=status_for(form))
