"""Pages of supply: the list with its alarms, one parcel, what is recorded on it, the terms of idle land."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from approvals import supply_forms
from approvals.document_filters import UnitFilterSet
from approvals.document_forms import proof_of
from approvals.models import IdleLandSetting, Supply
from approvals.register_views import Deed, Register
from approvals.rules.idle import ALARMS
from approvals.services import supply
from approvals.supply_export import supply_workbook
from approvals.supply_selectors import (
    Speed,
    SupplyReading,
    delayed_on,
    idle_setting,
    idle_terms,
    read_supply,
    speed_to_start,
    speed_to_use,
    supply_list,
)
from core import clock
from projects.models import Project
from ui.filling import sent
from ui.forms import DateInput
from ui.htmx import status_for
from ui.parts import Crumb, Kpi

LIST_CRUMB = "供地"
NEWEST = ("-id",)


class SupplyFilterSet(UnitFilterSet):
    """Parameters: q, unit, way, standard (1), stage (planned, signed, started, finished), alarm (1),
    delayed (1), project.
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
    begun = django_filters.NumberFilter(
        label="开工年度", field_name="started_on__year", min_value=2000, max_value=2100
    )
    signed_first = django_filters.DateFilter(
        label="签订自", field_name="signed_on", lookup_expr="gte", widget=DateInput()
    )
    signed_last = django_filters.DateFilter(
        label="至", field_name="signed_on", lookup_expr="lte", widget=DateInput()
    )
    delayed = django_filters.ChoiceFilter(
        label="延缓开工", method="by_delay", choices=[("1", "延缓开工")], empty_label="不限"
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

    def by_delay(self, rows: QuerySet[Supply], name: str, value: str) -> QuerySet[Supply]:
        return rows.filter(delayed_on(clock.today()))

    def by_alarm(self, rows: QuerySet[Supply], name: str, value: str) -> QuerySet[Supply]:
        """Read row by row: only unfinished parcels whose agreed start has passed can be in alarm."""
        today = clock.today()
        terms = idle_terms(today)
        late = rows.filter(signed_on__isnull=False, finished_on__isnull=True, start_by__lt=today)
        chosen = [row.pk for row in late if read_supply(row, terms=terms, today=today).idle.state in ALARMS]
        return rows.filter(pk__in=chosen)


def _begin(actor: User, pk: int, form: Any, today: date) -> object:
    return supply.plan_supply(actor=actor, project_id=pk, plan=form.plan(), today=today)


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


def _start_parcel(project: Project, today: date) -> dict[str, Any]:
    return {"initial": {"plan_year": today.year}}


def _start_change(row: Supply, today: date) -> dict[str, Any]:
    return {"initial": supply_forms.parcel_initial(row)}


def _start_contract(row: Supply, today: date) -> dict[str, Any]:
    signed = supply_forms.contract_initial(row) if row.signed_on is not None else {"signed_on": today}
    return {"initial": signed}


def _start_pay(row: Supply, today: date) -> dict[str, Any]:
    waiting = [payment.number for payment in row.payments.all() if payment.paid_on is None]
    return {"initial": {"paid_on": today, "number": waiting[0] if waiting else None}}


def _start_patrol(row: Supply, today: date) -> dict[str, Any]:
    return {"initial": {"seen_on": today}}


def _reader(today: date) -> Callable[[Supply], SupplyReading]:
    return partial(read_supply, terms=idle_terms(today), today=today)


def _kpis(actor: User, today: date) -> list[Kpi]:
    """未发生延缓开工, and the parcels it is said of; how soon work and use began. Three queries.

    Source: S3-12, S2-09.
    """
    parcels = Supply.objects.visible_to(actor)
    due = Q(signed_on__isnull=False, start_by__year=today.year)
    found = parcels.aggregate(
        delayed=Count("pk", filter=delayed_on(today)),
        due=Count("pk", filter=due),
        begun=Count("pk", filter=due & Q(started_on__isnull=False)),
    )
    delayed = found["delayed"]
    note = "未发生延缓开工" if not delayed else "约定开工已过仍未开工，或本年迟开工"
    here = f"{reverse('approvals:supplies')}?delayed=1"
    return [
        Kpi("延缓开工", delayed, "宗", note, here, "red" if delayed else "green"),
        Kpi(f"{today.year} 年约定开工", found["due"], "宗", f"其中已开工 {found['begun']} 宗"),
        _speed(
            "拿地到开工",
            speed_to_start(parcels, year=today.year),
            f"{today.year} 年开工",
            f"{reverse('approvals:supplies')}?begun={today.year}",
        ),
        _speed("竣工到使用", speed_to_use(parcels, year=today.year), f"{today.year} 年投入使用", ""),
    ]


def _speed(label: str, speed: Speed, of: str, url: str) -> Kpi:
    if speed.mean is None:
        return Kpi(label, "—", "", f"{of} 0 宗", url)
    note = f"{of} {speed.parcels} 宗，{speed.least} 日至 {speed.most} 日"
    return Kpi(label, speed.mean, "日（平均）", note, url)


REGISTER = Register(
    name="supply",
    names="supplies",
    crumb=LIST_CRUMB,
    tab="supply",
    templates=("approvals/supplies.html", "approvals/supply.html"),
    rows=supply_list,
    reader=_reader,
    filterset=SupplyFilterSet,
    workbook=supply_workbook,
    kpis=_kpis,
    begin=Deed("登记地块", supply_forms.ParcelForm, _begin, start=_start_parcel),
    deeds={
        "edit": Deed("修改地块", supply_forms.ParcelForm, _edit, start=_start_change),
        "contract": Deed(
            "登记合同（决定书）",
            supply_forms.ContractForm,
            _sign,
            "约定开工和竣工日期成为期限，到期前 90 日起提醒。",
            _start_contract,
        ),
        "due": Deed("登记应缴价款", supply_forms.DueForm, _due),
        "pay": Deed("登记缴清价款", supply_forms.PayForm, _pay, start=_start_pay),
        "patrol": Deed("登记供后巡查", supply_forms.PatrolForm, _patrol, start=_start_patrol),
    },
)


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

    def act() -> str:
        supply.set_idle_terms(
            actor=actor, effective_from=form.cleaned_data["effective_from"], terms=form.terms()
        )
        return "闲置土地认定标准已增加一版。"

    if sent(request, form, act):
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
