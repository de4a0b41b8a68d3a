"""The pipeline of land consolidation projects."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import Organisation, User
from accounts.rights import Right, allowed, require
from core import clock
from core.units import AreaUnit, from_m2, to_m2
from quotas import selectors
from quotas.ledger_filters import ConsolidationFilterSet
from quotas.models import Consolidation
from quotas.selectors.supply import stage_sums
from quotas.services import supply
from quotas.services.supply import ConsolidationFacts
from quotas.views.ledger import POOL
from ui.filling import FormPage, fill_in
from ui.forms import OfficeForm
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

AREAS = ("scale_m2", "area_m2", "paddy_m2")
_OFFERED = [(value, label) for value, label in Consolidation.Stage.choices if value != "STOCKED"]


class ConsolidationForm(OfficeForm):
    """A consolidation project at the stage it has reached; areas in hectares."""

    name = forms.CharField(label="项目名称", max_length=200)
    county = forms.ModelChoiceField(
        label="县（市）", queryset=Organisation.objects.none(), empty_label="选择县市"
    )
    stage = forms.ChoiceField(label="阶段", choices=_OFFERED)
    stage_on = forms.DateField(label="进入阶段日期")
    scale_m2 = forms.DecimalField(label="建设规模（公顷）", min_value=0, decimal_places=4, required=False)
    area_m2 = forms.DecimalField(label="新增耕地（公顷）", min_value=0, decimal_places=4, required=False)
    paddy_m2 = forms.DecimalField(label="新增水田（公顷）", min_value=0, decimal_places=4, required=False)
    grain_kg = forms.IntegerField(label="新增粮食产能（公斤）", min_value=0, required=False)
    state_share = forms.DecimalField(
        label="州级协议份额（%）", min_value=0, max_value=100, decimal_places=2, required=False
    )
    agreement_no = forms.CharField(label="合作协议编号", max_length=120, required=False)
    record_no = forms.CharField(label="备案编号", max_length=80, required=False)
    expected_on = forms.DateField(label="预计入库", required=False)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["county"]
        field.queryset = selectors.counties(actor=actor).filter(kind__in=Organisation.REPORTING_KINDS)

    def facts(self) -> ConsolidationFacts:
        data = self.cleaned_data
        scale, area, paddy = (to_m2(data[name] or Decimal(0), AreaUnit.HA) for name in AREAS)
        return ConsolidationFacts(
            name=data["name"],
            county=data["county"],
            scale_m2=scale,
            area_m2=area,
            paddy_m2=paddy,
            grain_kg=data["grain_kg"] or 0,
            state_share=(data["state_share"] or Decimal(0)) / 100,
            agreement_no=data["agreement_no"],
            record_no=data["record_no"],
            expected_on=data["expected_on"],
        )


@login_required
@require_GET
def supply_list(request: HttpRequest) -> HttpResponse:
    """What is on its way, stage by stage."""
    actor = actor_of(request)
    rows = Consolidation.objects.visible_to(actor).select_related("county")
    filterset = ConsolidationFilterSet(request.GET, queryset=rows, request=request)
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
        "stages": stage_sums(actor=actor),
        "may_keep": allowed(actor, Right.KEEP_PIPELINE),
        "may_stock": allowed(actor, Right.KEEP_QUOTA),
        "crumbs": [POOL, Crumb("整治项目")],
    }
    return render_page(request, "quotas/supply.html", context, partial="list")


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Take a project into the pipeline."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.KEEP_PIPELINE)
    form = ConsolidationForm(request.POST or None, actor=actor, initial={"stage_on": today})
    page = FormPage(
        title="登记整治项目",
        back=reverse("quotas:supply"),
        crumbs=[POOL, Crumb("整治项目", reverse("quotas:supply")), Crumb("登记")],
    )

    def act() -> str:
        data = form.cleaned_data
        supply.enter_consolidation(
            actor=actor, facts=form.facts(), stage=data["stage"], stage_on=data["stage_on"], today=today
        )
        return "整治项目已登记。"

    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def consolidation(request: HttpRequest, pk: int) -> HttpResponse:
    """Note how far the project is."""
    actor, today = actor_of(request), clock.today()
    row = get_object_or_404(Consolidation.objects.visible_to(actor).select_related("county"), pk=pk)
    require(actor, Right.KEEP_PIPELINE)
    form = ConsolidationForm(request.POST or None, actor=actor, initial=_initial(row))
    page = FormPage(
        title=f"整治项目：{row.name}",
        back=reverse("quotas:supply"),
        crumbs=[POOL, Crumb("整治项目", reverse("quotas:supply")), Crumb(row.name)],
        subtitle=f"{row.county.short_name} · {row.get_stage_display()}（{row.stage_on}）",
    )

    def act() -> str:
        data = form.cleaned_data
        supply.move_on(
            actor=actor,
            consolidation_id=row.pk,
            facts=form.facts(),
            stage=data["stage"],
            stage_on=data["stage_on"],
            today=today,
        )
        return "进度已登记。"

    return fill_in(request, form, page, act)


def _initial(row: Consolidation) -> dict[str, object]:
    areas = {name: from_m2(getattr(row, name), AreaUnit.HA) for name in AREAS}
    plain = ("name", "county", "stage", "stage_on", "grain_kg", "agreement_no", "record_no", "expected_on")
    return {
        **{name: getattr(row, name) for name in plain},
        **areas,
        "state_share": row.state_share * 100 or None,
    }
