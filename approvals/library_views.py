"""The pages of the library: what is offered, one item with its versions, the files, the office's forms."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from approvals import library_reading as reading
from approvals.library_forms import ItemForm, LibraryFilter, RetireForm, VersionForm, item_facts
from approvals.models import LibraryItem, LibraryVersion
from approvals.services import library as services
from approvals.sheets import sheet_response
from core import clock
from core.errors import DomainError
from officefiles.writing import CellKind, LedgerColumn
from papers.services import Upload
from ui.downloads import download
from ui.forms import OfficeForm
from ui.htmx import render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb, Tab

ORDER = ("kind", "title")
COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("名称",), CellKind.TEXT, 40),
    LedgerColumn(("类别",), CellKind.CENTRED, 12),
    LedgerColumn(("适用步骤",), CellKind.TEXT, 20),
    LedgerColumn(("对应材料",), CellKind.TEXT, 28),
    LedgerColumn(("现行版本",), CellKind.INTEGER),
    LedgerColumn(("施行日期",), CellKind.DATE),
    LedgerColumn(("试行至",), CellKind.DATE),
    LedgerColumn(("下载次数",), CellKind.INTEGER),
)


@login_required
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """Guides, templates and rules on offer."""
    today = clock.today()
    filterset = LibraryFilter(request.GET, queryset=reading.library(today=today))
    page = keyset_page(filterset.qs, order=ORDER, cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "rows": reading.rows_of(page, today=today),
        "total": capped_count(filterset.qs),
        "tabs": _tabs(request),
        "may_edit": allowed(actor_of(request), Right.EDIT_LIBRARY),
    }
    return render_page(request, "approvals/library.html", context, partial="list")


def _tabs(request: HttpRequest) -> list[Tab]:
    offered = LibraryItem.objects.filter(retired_on__isnull=True)
    counts = dict(offered.order_by().values_list("kind").annotate(number=Count("pk")))
    asked = request.GET.get("kind", "")
    return [
        Tab("全部", request.path, sum(counts.values()), is_active=not asked),
        *(
            Tab(str(label), f"{request.path}?kind={kind}", counts.get(kind, 0), is_active=asked == kind)
            for kind, label in LibraryItem.Kind.choices
        ),
    ]


@login_required
@require_safe
def library_export(request: HttpRequest) -> HttpResponse:
    """What is on offer as a sheet, with the filters of the address."""
    today = clock.today()
    items = LibraryFilter(request.GET, queryset=reading.library(today=today)).qs.order_by(*ORDER)
    rows = [
        (
            number,
            row.item.title,
            row.item.get_kind_display(),
            row.steps,
            row.item.material,
            row.current.number if row.current else None,
            row.current.effective_from if row.current else None,
            row.current.trial_until if row.current else None,
            row.downloads,
        )
        for number, row in enumerate(reading.rows_of(items, today=today), start=1)
    ]
    return sheet_response("资料库", columns=COLUMNS, rows=rows, today=today)


@login_required
@require_safe
def library_item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: every version with its days and how often it was taken."""
    item = get_object_or_404(LibraryItem, pk=pk)
    context = {
        "item": item,
        "versions": reading.versions_of(item),
        "today": clock.today(),
        "may_edit": allowed(actor_of(request), Right.EDIT_LIBRARY) and item.retired_on is None,
        "may_order": allowed(actor_of(request), Right.ISSUE_TASKS) and item.retired_on is None,
        "tasks": reading.follow_ups(item, actor=actor_of(request)),
        "crumbs": _crumbs(item.title),
    }
    return render(request, "approvals/library_item.html", context)


@login_required
@require_GET
def library_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of a version; counted."""
    get_object_or_404(LibraryVersion, pk=pk)
    return file_answer(pk, actor=actor_of(request))


def file_answer(version_id: int, *, actor: User) -> HttpResponse:
    """The bytes as a file to be saved, never shown by the browser; counted."""
    version, content = services.take(version_id=version_id, actor=actor)
    return download(content, version.filename, content_type=version.media_type)


@login_required
@require_http_methods(["GET", "POST"])
def library_add(request: HttpRequest) -> HttpResponse:
    """A new item."""
    form = ItemForm(request.POST or None, request.FILES or None, initial=_first(request))
    return _edit(
        request,
        form,
        lambda: (
            services.add_item(
                **item_facts(form), upload=_upload(form), facts=form.facts(), actor=actor_of(request)
            ).pk
        ),
        title="新增资料",
    )


def _first(request: HttpRequest) -> dict[str, object]:
    """First values; `?code=A03` comes from a step's page."""
    return {"effective_from": clock.today(), "step_codes": request.GET.get("code", "")}


@login_required
@require_http_methods(["GET", "POST"])
def library_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """The next version of an item."""
    item = get_object_or_404(LibraryItem, pk=pk)
    first = {"effective_from": clock.today()}
    form = VersionForm(request.POST or None, request.FILES or None, initial=first)
    return _edit(
        request,
        form,
        lambda: (
            services.add_version(
                item_id=pk, upload=_upload(form), facts=form.facts(), actor=actor_of(request)
            ).item_id
        ),
        title="上传新版本",
        item=item,
    )


@login_required
@require_http_methods(["GET", "POST"])
def library_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer an item no more."""
    item = get_object_or_404(LibraryItem, pk=pk)
    form = RetireForm(request.POST or None)
    return _edit(
        request,
        form,
        lambda: (
            services.retire_item(
                item_id=pk, reason=form.cleaned_data["reason"], actor=actor_of(request), today=clock.today()
            ).pk
        ),
        title="停用资料",
        item=item,
    )


def _upload(form: OfficeForm) -> Upload:
    file = form.cleaned_data["file"]
    return Upload(file.name, file.read())


def _edit(
    request: HttpRequest,
    form: OfficeForm,
    save: Callable[[], int],
    *,
    title: str,
    item: LibraryItem | None = None,
) -> HttpResponse:
    require(actor_of(request), Right.EDIT_LIBRARY)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save()
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{title}：已保存。")
            return HttpResponseRedirect(reverse("approvals:library-item", args=[saved]))
    context = {
        "form": form,
        "title": title,
        "item": item,
        "back": reverse("approvals:library-item", args=[item.pk]) if item else reverse("approvals:library"),
        "crumbs": _crumbs(title),
    }
    return render(request, "approvals/library_edit.html", context, status=status_for(form))


def _crumbs(label: str) -> list[Crumb]:
    return [Crumb("资料库", reverse("approvals:library")), Crumb(label)]
