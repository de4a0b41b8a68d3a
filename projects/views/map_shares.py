"""一张图共享: who was given which layer of the map, as a list and a sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from core import clock
from projects.filters_map_shares import MapShareFilterSet
from projects.map_share_export import map_share_workbook
from projects.selectors.boundaries import share_list
from ui.downloads import download
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page

LIST = "projects/map_shares.html"
NEWEST = ("-id",)


def _found(request: HttpRequest) -> MapShareFilterSet:
    rows = share_list(actor=actor_of(request))
    return MapShareFilterSet(request.GET, queryset=rows, request=request)


@login_required
@require_safe
def map_shares(request: HttpRequest) -> HttpResponse:
    """The register with filters."""
    filterset = _found(request)
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=NEWEST, cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
    }
    return render_page(request, LIST, context, partial="list")


@login_required
@require_safe
def map_shares_sheet(request: HttpRequest) -> HttpResponse:
    """The filtered register as a workbook."""
    actor, today = actor_of(request), clock.today()
    unit = actor.organisation.name if actor.organisation else ""
    content = map_share_workbook(
        _found(request).qs.order_by(*NEWEST), subtitle=f"{unit}　　导出日期：{today:%Y年%m月%d日}"
    )
    return download(content, f"一张图共享登记_{today:%Y%m%d}.xlsx")
