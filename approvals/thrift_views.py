"""Pages of the review of thrifty use: the list, one project's, what is stated, the standards."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from approvals.document_filters import UnitFilterSet
from approvals.document_forms import file_field, proof_of, yuan_field
from approvals.models import LandMeasure, LandStandard, LandThrift
from approvals.register_views import Deed, Register
from approvals.rules import ThriftVerdict
from approvals.services import thrift
from approvals.thrift_selectors import thrift_list, thrift_reader, uses_on
from core import clock
from core.units import AreaUnit, from_m2
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from projects.models import Project
from ui.filling import sent
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb

LIST_CRUMB = "节约集约审查"
AREAS = ("floor_area_m2", "counted_floor_m2", "base_m2", "green_m2", "office_m2")
COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("项目",), CellKind.TEXT, 34),
    LedgerColumn(("用途",), CellKind.CENTRED, 12),
    LedgerColumn(("用地总面积（公顷）",), CellKind.HA, total=True),
    LedgerColumn(("结论",), CellKind.CENTRED, 10),
    LedgerColumn(("各项指标",), CellKind.TEXT, 60),
    LedgerColumn(("论证",), CellKind.TEXT, 30),
)


class ThriftFilterSet(UnitFilterSet):
    """Parameters: q, unit, use, verdict (met, missed, unknown), project."""

    q = django_filters.CharFilter(
        label="项目", method="by_words", widget=forms.TextInput(attrs={"maxlength": 60})
    )
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="project__organisation__code", choices=(), empty_label="全部"
    )
    use = django_filters.CharFilter(
        label="用途", lookup_expr="icontains", widget=forms.TextInput(attrs={"maxlength": 40})
    )
    verdict = django_filters.ChoiceFilter(
        label="结论",
        method="by_verdict",
        choices=[(verdict.value, verdict.label) for verdict in ThriftVerdict],
        empty_label="全部",
    )
    project = django_filters.NumberFilter(field_name="project_id", widget=forms.HiddenInput)

    class Meta:
        model = LandThrift
        fields: ClassVar[list[str]] = []

    def by_words(self, rows: QuerySet[LandThrift], name: str, value: str) -> QuerySet[LandThrift]:
        for word in value.split()[:5]:
            rows = rows.filter(Q(project__name__icontains=word) | Q(project__search_text__icontains=word))
        return rows

    def by_verdict(self, rows: QuerySet[LandThrift], name: str, value: str) -> QuerySet[LandThrift]:
        """Read row by row: a verdict is computed from the standards of the day."""
        read = thrift_reader(clock.today())
        related = rows.select_related("project__land")
        return rows.filter(pk__in=[row.pk for row in related if read(row).verdict.value == value])


class ThriftForm(OfficeForm):
    """What the project builds. Land and total investment are the project's own."""

    use = forms.ChoiceField(label="用途", help_text="按用途对照用地标准。")
    investment_yuan = yuan_field("固定资产投资（元）", required=False, min_value=Decimal(0))
    floor_area_m2 = forms.IntegerField(label="建筑面积（㎡）", min_value=0, required=False)
    counted_floor_m2 = forms.IntegerField(
        label="计容建筑面积（㎡）", min_value=0, required=False, help_text="不填按建筑面积计算容积率。"
    )
    base_m2 = forms.IntegerField(label="建筑物、构筑物和堆场占地（㎡）", min_value=0, required=False)
    green_m2 = forms.IntegerField(label="绿地面积（㎡）", min_value=0, required=False)
    office_m2 = forms.IntegerField(label="行政办公和生活服务设施用地（㎡）", min_value=0, required=False)
    reason = forms.CharField(
        label="超标或无标准的论证",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="超过标准或没有标准的，写明节地评价结论。",
    )
    file = file_field("论证材料")

    def __init__(self, *args: Any, uses: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["investment_yuan"].help_text = "不填按项目总投资计算投资强度。"
        field = self.fields["use"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*((use, use) for use in uses), ("其他", "其他（没有标准）")]

    def facts(self) -> thrift.ThriftFacts:
        return thrift.ThriftFacts(**{k: v for k, v in self.cleaned_data.items() if k != "file"})


class StandardForm(OfficeForm):
    """A new version of one standard."""

    use = forms.CharField(label="用途", max_length=40)
    measure = forms.ChoiceField(label="指标", choices=LandMeasure.choices)
    effective_from = forms.DateField(label="生效日期")
    least = forms.DecimalField(label="不低于", required=False, min_value=0, max_digits=12, decimal_places=2)
    most = forms.DecimalField(
        label="不高于", required=False, min_value=0, max_digits=12, decimal_places=2,
        help_text="两项都空着：自生效日起不再要求。",
    )  # fmt: skip
    basis = forms.CharField(label="依据", max_length=200)


def _begin(actor: User, pk: int, form: Any, today: date) -> object:
    return thrift.state_thrift(
        actor=actor, project_id=pk, facts=form.facts(), today=today, proof=proof_of(form)
    )


def _change(actor: User, pk: int, form: Any, today: date) -> object:
    return thrift.change_thrift(
        actor=actor, thrift_id=pk, facts=form.facts(), today=today, proof=proof_of(form)
    )


def _start(project: Project, today: date) -> dict[str, Any]:
    return {"uses": uses_on(today)}


def _start_change(row: LandThrift, today: date) -> dict[str, Any]:
    uses = uses_on(today)
    names = thrift.ThriftFacts.__dataclass_fields__
    initial = {name: getattr(row, name) for name in names}
    return {"uses": uses if row.use in (*uses, "其他") else [*uses, row.use], "initial": initial}


def thrift_workbook(rows: QuerySet[LandThrift], *, subtitle: str, today: date) -> bytes:
    """The filtered reviews in their order."""
    layout = LedgerLayout(
        title="节约集约审查", subtitle=subtitle, columns=COLUMNS, sheet_name="审查", freeze_columns=3
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_cells(rows, today))
    return file.getvalue()


def _cells(rows: QuerySet[LandThrift], today: date) -> Iterator[tuple[LedgerValue, ...]]:
    read = thrift_reader(today)
    for number, row in enumerate(rows.iterator(chunk_size=500), start=1):
        reading = read(row)
        land = getattr(row.project, "land", None)
        total = land.total_m2 if land is not None else None
        said = "；".join(
            f"{line.label} {line.finding.value if line.finding.value is not None else '未填'}"
            f"（{line.finding.verdict.label}）"
            for line in reading.lines
        )
        yield (
            number,
            row.project.organisation.short_name,
            row.project.name,
            row.use,
            from_m2(total, AreaUnit.HA) if total is not None else None,
            reading.verdict.label,
            said,
            row.reason,
        )


REGISTER = Register(
    name="thrift",
    names="thrifts",
    crumb=LIST_CRUMB,
    tab="land",
    templates=("approvals/thrifts.html", "approvals/thrift.html"),
    rows=thrift_list,
    reader=thrift_reader,
    filterset=ThriftFilterSet,
    workbook=thrift_workbook,
    begin=Deed("登记节约集约审查", ThriftForm, _begin, start=_start),
    deeds={"edit": Deed("修改节约集约审查", ThriftForm, _change, start=_start_change)},
    units="公顷",
)


@login_required
@require_http_methods(["GET", "POST"])
def standards(request: HttpRequest) -> HttpResponse:
    """The land standards, dated; with the right, a new version."""
    actor, today = actor_of(request), clock.today()
    form = StandardForm(request.POST or None, initial={"effective_from": today})
    if request.method == "POST":
        require(actor, Right.EDIT_PERIODS)

    def act() -> str:
        thrift.set_standard(actor=actor, **form.cleaned_data)
        return "用地标准已增加一版。"

    if sent(request, form, act):
        return HttpResponseRedirect(reverse("approvals:land-standards"))
    context = {
        "form": form,
        "rows": LandStandard.objects.order_by("use", "measure", "-effective_from"),
        "may_edit": allowed(actor, Right.EDIT_PERIODS),
        "crumbs": [Crumb(LIST_CRUMB, reverse("approvals:thrifts")), Crumb("用地标准")],
    }
    return render(request, "approvals/land_standards.html", context, status=status_for(form))
