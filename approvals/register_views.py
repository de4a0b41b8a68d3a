"""A register: what is recorded beside the steps, as a list, a sheet, a page of each record, and deeds on it.

One declared table says what differs from register to register; these pages, and the action of
`approvals.register_api`, are the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import User
from approvals.document_filters import UnitFilterSet
from approvals.document_views import project_at, recordable, tab_of
from approvals.services.records import may_record
from core import clock
from projects.models import Project
from ui.downloads import download
from ui.filling import FormPage, fill_in
from ui.forms import OfficeForm
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb, Kpi


def _nothing(row: Any, today: date) -> dict[str, Any]:
    return {}


def _no_figures(actor: User, today: date) -> Sequence[Kpi]:
    return ()


@dataclass(frozen=True, slots=True)
class Deed:
    """What can be recorded on a record: its title, its form, what stores it.

    start: what its form is made with for a record (or a project) and a day, `initial` among it.
    """

    title: str
    form: Callable[..., OfficeForm]
    run: Callable[[User, int, Any, date], object]
    help: str = ""
    start: Callable[[Any, date], dict[str, Any]] = _nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One kind of record under projects.

    name, names: of its addresses: approvals:<names>, approvals:<name>, approvals:<name>-<verb>.
    rows: the records an actor may see, with what a list shows; `reader`: what a day reads in each.
    kpis: figures above the list. begin: how a project's new record is made.
    tab: where it stands in the dossier.
    """

    name: str
    names: str
    crumb: str
    tab: str
    templates: tuple[str, str]
    rows: Callable[..., QuerySet[Any]]
    reader: Callable[[date], Callable[[Any], object]]
    filterset: type[UnitFilterSet]
    workbook: Callable[..., bytes]
    begin: Deed
    deeds: Mapping[str, Deed] = field(default_factory=dict)
    order: tuple[str, ...] = ("-id",)
    units: str = "公顷、元"
    kpis: Callable[[User, date], Sequence[Kpi]] = _no_figures

    @property
    def list_address(self) -> str:
        return reverse(f"approvals:{self.names}")

    def form(self, verb: str, row: Any, data: Any, uploads: Any, *, today: date) -> OfficeForm:
        """The form of a deed with what was sent, from the page or the API; fresh without data."""
        deed = self.deeds[verb]
        return deed.form(data, uploads, **deed.start(row, today))

    def found(self, request: HttpRequest) -> UnitFilterSet:
        rows = self.rows(actor=actor_of(request))
        return self.filterset(request.GET, queryset=rows, request=request)


@login_required
@require_safe
def index(request: HttpRequest, register: Register) -> HttpResponse:
    """The records with filters."""
    today = clock.today()
    filterset = register.found(request)
    page = keyset_page(filterset.qs, order=register.order, cursor=request.GET.get("cursor"))
    read = register.reader(today)
    context = {
        "kpis": register.kpis(actor_of(request), today),
        "filterset": filterset,
        "page": page,
        "readings": [read(row) for row in page],
        "total": capped_count(filterset.qs),
    }
    return render_page(request, register.templates[0], context, partial="list")


@login_required
@require_safe
def sheet(request: HttpRequest, register: Register) -> HttpResponse:
    """The filtered list as a workbook."""
    actor, today = actor_of(request), clock.today()
    unit = actor.organisation.name if actor.organisation else ""
    content = register.workbook(
        register.found(request).qs.order_by(*register.order),
        subtitle=f"{unit}　　导出日期：{today:%Y年%m月%d日}　　单位：{register.units}",
        today=today,
    )
    return download(content, f"{register.crumb}_{today:%Y%m%d}.xlsx")


@login_required
@require_safe
def record(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """One record as it stands today."""
    actor = actor_of(request)
    row = get_object_or_404(register.rows(actor=actor), pk=pk)
    context = {
        "record": row,
        "reading": register.reader(clock.today())(row),
        "may_record": may_record(actor, row.project),
        "crumbs": [Crumb(register.crumb, register.list_address), Crumb(str(row))],
    }
    return render(request, register.templates[1], context)


@login_required
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Begin a record of a project."""
    actor, today, deed = actor_of(request), clock.today(), register.begin
    project: Project = recordable(actor, project_at(actor, pk))
    form = deed.form(request.POST or None, request.FILES or None, **deed.start(project, today))
    back = tab_of(project, register.tab)
    crumbs = [Crumb("项目库", reverse("projects:list")), Crumb(project.name, back), Crumb(deed.title)]
    page = FormPage(title=deed.title, subtitle=project.name, back=back, crumbs=crumbs)

    def store() -> str:
        return f"{deed.run(actor, project.pk, form, today)}：已登记。"

    return fill_in(request, form, page, store)


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, register: Register, pk: int, verb: str) -> HttpResponse:
    """Record one thing on a record."""
    actor, today, deed = actor_of(request), clock.today(), register.deeds[verb]
    row = get_object_or_404(register.rows(actor=actor), pk=pk)
    recordable(actor, row.project)
    form = register.form(verb, row, request.POST or None, request.FILES or None, today=today)
    page = FormPage(
        title=deed.title,
        subtitle=" · ".join(filter(None, (str(row), row.project.name, deed.help))),
        back=row.get_absolute_url(),
        crumbs=[
            Crumb(register.crumb, register.list_address),
            Crumb(str(row), row.get_absolute_url()),
            Crumb(deed.title),
        ],
    )

    def store() -> str:
        deed.run(actor, row.pk, form, today)
        return f"{deed.title}：已保存。"

    return fill_in(request, form, page, store)


def pages_of(register: Register) -> list[URLPattern]:
    """The addresses of a register's pages."""
    given, root = {"register": register}, register.names
    return [
        path(f"{root}/", index, given, name=register.names),
        path(f"{root}/export/", sheet, given, name=f"{register.names}-export"),
        path(f"{root}/<int:pk>/", record, given, name=register.name),
        *(
            path(f"{root}/<int:pk>/{verb}/", act, {**given, "verb": verb}, name=f"{register.name}-{verb}")
            for verb in register.deeds
        ),
        path(f"projects/<int:pk>/{root}/new/", begin, given, name=f"{register.name}-new"),
    ]
