"""The pages of the units' registers, the same for all: list, sheet, a line, its form; and what becomes
of a patrol's finding.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from approvals.land_register_forms import EntryFilterSet, ProblemKindForm
from approvals.land_registers import LAND_PATROLS, REGISTERS, LandRegister
from approvals.models import LandPatrol
from approvals.services import land_registers as services
from approvals.sheets import sheet_response
from core import clock
from core.errors import DomainError
from officefiles.writing import CellKind, LedgerColumn
from ui.filling import FormPage, fill_in
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

ORDER = ("-id",)


def _found(request: HttpRequest, register: LandRegister) -> EntryFilterSet:
    rows = register.rows(actor=actor_of(request))
    return register.filterset(request.GET, queryset=rows, request=request)


@login_required
@require_safe
def index(request: HttpRequest, register: LandRegister) -> HttpResponse:
    """The lines with filters, below the figures of the asked year."""
    actor, today = actor_of(request), clock.today()
    filterset = _found(request, register)
    page = keyset_page(filterset.qs, order=ORDER, cursor=request.GET.get("cursor"))
    year = request.GET.get("year", "")
    shown = [field for field in register.fields if field.shown]
    context = {
        "register": register,
        "kpis": register.kpis(actor, int(year) if year.isdecimal() and len(year) == 4 else today.year),
        "filterset": filterset,
        "page": page,
        "heads": shown,
        "rows": [(row, register.lamp(row), [(field, field.read(row)) for field in shown]) for row in page],
        "total": capped_count(filterset.qs),
        "may_record": allowed(actor, register.right),
        "export": reverse(f"approvals:{register.names}-export"),
        "new": reverse(f"approvals:{register.name}-new"),
    }
    return render_page(request, "approvals/land_register.html", context, partial="list")


@login_required
@require_safe
def sheet(request: HttpRequest, register: LandRegister) -> HttpResponse:
    """The register as a workbook, with the filters of the address."""
    columns = [LedgerColumn(("序号",), CellKind.INTEGER, 6)]
    columns += [LedgerColumn((field.label,), field.kind) for field in register.fields]
    rows = [
        (number, *(field.cell(row) for field in register.fields))
        for number, row in enumerate(_found(request, register).qs.order_by(*ORDER), start=1)
    ]
    return sheet_response(register.title, columns=columns, rows=rows, today=clock.today())


@login_required
@require_safe
def entry(request: HttpRequest, register: LandRegister, pk: int) -> HttpResponse:
    """One line with everything that is known of it."""
    actor = actor_of(request)
    row = get_object_or_404(register.rows(actor=actor), pk=pk)
    may_record = allowed(actor, register.right)
    context = {
        "register": register,
        "row": row,
        "lamp": register.lamp(row),
        "facts": [(field, field.read(row)) for field in register.fields],
        "case": getattr(row, "case", None),
        "problem": getattr(row, "problem", None),
        "project": getattr(row, "project", None),
        "may_record": may_record,
        "may_pass_on": may_record and isinstance(row, LandPatrol) and row.waits,
        "edit": reverse(f"approvals:{register.name}-edit", args=[row.pk]),
        "crumbs": [Crumb(register.title, register.list_address), Crumb(str(row))],
    }
    return render(request, "approvals/land_record.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, register: LandRegister) -> HttpResponse:
    """Write a line down."""
    actor, today = actor_of(request), clock.today()
    require(actor, register.right)
    form = register.form(request.POST or None, actor=actor, today=today)
    crumbs = [Crumb(register.title, register.list_address), Crumb("登记")]
    page = FormPage(title=f"登记：{register.title}", back=register.list_address, crumbs=crumbs)

    def store() -> str:
        return f"已登记：{services.record_entry(facts=form.facts(), actor=actor, today=today)}。"

    return fill_in(request, form, page, store)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, register: LandRegister, pk: int) -> HttpResponse:
    """Put a line right, or say how far it is."""
    actor, today = actor_of(request), clock.today()
    row = get_object_or_404(register.rows(actor=actor), pk=pk)
    require(actor, register.right)
    form = register.form(request.POST or None, actor=actor, today=today, entry=row)
    head = Crumb(register.title, register.list_address)
    crumbs = [head, Crumb(str(row), row.get_absolute_url()), Crumb("更正")]
    page = FormPage(title=f"更正：{row}", back=row.get_absolute_url(), crumbs=crumbs)

    def store() -> str:
        services.change_entry(entry_id=row.pk, facts=form.facts(), actor=actor, today=today)
        return "已保存。"

    return fill_in(request, form, page, store)


@login_required
@require_POST
def patrol_case(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found becomes a case."""
    actor = actor_of(request)
    row = get_object_or_404(LAND_PATROLS.rows(actor=actor), pk=pk)
    require(actor, Right.RUN_CASES)
    try:
        services.pass_to_case(patrol_id=row.pk, actor=actor, today=clock.today())
    except DomainError as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, "已转为违法用地案件。")
    return redirect(row.get_absolute_url())


@login_required
@require_http_methods(["GET", "POST"])
def patrol_problem(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found goes to the office of its kind."""
    actor, today = actor_of(request), clock.today()
    row = get_object_or_404(LAND_PATROLS.rows(actor=actor), pk=pk)
    require(actor, Right.RUN_CASES)
    form = ProblemKindForm(request.POST or None, today=today)
    head = Crumb(LAND_PATROLS.title, LAND_PATROLS.list_address)
    crumbs = [head, Crumb(str(row), row.get_absolute_url()), Crumb("转为问题")]
    page = FormPage(
        title="转为问题", subtitle=str(row), back=row.get_absolute_url(), crumbs=crumbs, button="转办"
    )

    def store() -> str:
        kind = form.cleaned_data["kind"]
        problem = services.pass_to_problem(patrol_id=row.pk, kind=kind, actor=actor, today=today)
        return f"已转为问题，由{problem.office.name}承办。"

    return fill_in(request, form, page, store)


def pages() -> list[URLPattern]:
    """The addresses of all registers."""
    found = []
    for register in REGISTERS:
        given, root = {"register": register}, register.names
        found += [
            path(f"{root}/", index, given, name=register.names),
            path(f"{root}/export/", sheet, given, name=f"{register.names}-export"),
            path(f"{root}/new/", new, given, name=f"{register.name}-new"),
            path(f"{root}/<int:pk>/", entry, given, name=register.name),
            path(f"{root}/<int:pk>/edit/", edit, given, name=f"{register.name}-edit"),
        ]
    return [
        *found,
        path("land-patrols/<int:pk>/case/", patrol_case, name="land-patrol-case"),
        path("land-patrols/<int:pk>/problem/", patrol_problem, name="land-patrol-problem"),
    ]
