"""Files to take away: the list as filtered, the template."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core import clock
from projects import selectors
from projects.exporting import list_workbook, template_workbook
from projects.filters import ProjectFilterSet
from projects.selectors.previews import reporting_organisation
from projects.views.lists import DEFAULT_ORDER, ORDERS
from ui.pagination import chosen_order

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OCTETS = "application/octet-stream"


def download(content: bytes, filename: str, *, content_type: str = XLSX) -> HttpResponse:
    """A file that browsers save, never show; its Chinese name by RFC 5987."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return response


@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """What the list shows with these filters and this order; `id` narrows to the chosen rows."""
    actor, today = actor_of(request), clock.today()
    rows = selectors.project_list(actor=actor, today=today)
    filterset = ProjectFilterSet(request.GET, queryset=rows, request=request)
    chosen = [int(pk) for pk in request.GET.getlist("id") if pk.isdecimal() and len(pk) < 19]
    found = rows.filter(pk__in=chosen) if chosen else filterset.qs
    order = chosen_order(request.GET.get("sort"), ORDERS, default=DEFAULT_ORDER)
    scope = actor.reporting_unit or actor.organisation
    content = list_workbook(found.order_by(*order, "pk"), scope=scope.name if scope else "", today=today)
    return download(content, f"项目清单_{today:%Y%m%d}.xlsx")


@login_required
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.SUBMIT_LIST)
    organisation = reporting_organisation(actor)
    content = template_workbook(organisation=organisation, today=today)
    return download(content, f"{organisation.short_name}_项目清单模板_{today.year}年.xlsx")
