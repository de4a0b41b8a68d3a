"""汇总: what came in for the own county, to be put together and passed on."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from projects.collecting_forms import ReasonForm
from projects.filters import WaitingFilterSet
from projects.models import Project
from projects.selectors import gathering as selectors
from projects.services import gathering
from projects.services.duplicates import require_judge
from ui.filling import same_list
from ui.htmx import UNPROCESSABLE, render_page
from ui.pagination import capped_count, keyset_page

PAGE = "projects/gathering.html"
AT_ONCE = 50


@login_required
@require_GET
def gathering_list(request: HttpRequest) -> HttpResponse:
    require_judge(actor_of(request))
    return _render(request)


@login_required
@require_POST
def pass_on(request: HttpRequest) -> HttpResponse:
    """Pass the chosen rows on, or all that the filter shows; all or none."""
    actor = actor_of(request)
    require_judge(actor)
    ids = [int(pk) for pk in request.POST.getlist("id") if pk.isdecimal() and len(pk) < 19]
    if not ids:
        return _render(request, refusal="还没有选择项目，勾选后再汇总上报。")
    try:
        done = gathering.pass_on(actor=actor, project_ids=ids, today=clock.today())
    except Project.DoesNotExist as unknown:
        raise Http404 from unknown
    except DomainError as refusal:
        return _render(request, chosen=ids, refusal=refusal.message)
    messages.success(request, f"已汇总上报 {len(done)} 个项目，州局会收到通知。")
    return same_list(request, "projects:gathering")


@login_required
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.GATHER_LIST)
    if not Project.objects.visible_to(actor).filter(pk=pk).exists():
        raise Http404
    try:
        done = gathering.send_back(
            actor=actor,
            project_id=pk,
            reason=request.POST.get(f"return-{pk}-reason", ""),
            today=clock.today(),
        )
    except DomainError as refusal:
        return _render(request, refusal=refusal.message, returning=pk)
    messages.success(request, f"“{done.name}”已退回报送单位。")
    return same_list(request, "projects:gathering")


def _render(
    request: HttpRequest, *, refusal: str = "", chosen: list[int] | None = None, returning: int = 0
) -> HttpResponse:
    actor = actor_of(request)
    filterset = WaitingFilterSet(
        request.GET, queryset=selectors.gathering_queue(actor=actor), request=request
    )
    page = keyset_page(filterset.qs, order=("id",), cursor=request.GET.get("cursor"), size=AT_ONCE)
    rows = selectors.with_duplicates(page)
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [(row, _form(row.project.pk, returning, request)) for row in rows],
        "total": capped_count(filterset.qs),
        "chosen": chosen or [],
        "is_county": actor.reporting_unit is not None,
        "may_return": allowed(actor, Right.GATHER_LIST),
        "refusal": refusal,
    }
    return render_page(request, PAGE, context, partial="list", status=UNPROCESSABLE if refusal else 200)


def _form(pk: int, returning: int, request: HttpRequest) -> ReasonForm:
    """The refused one keeps what was typed."""
    return ReasonForm(request.POST if pk == returning else None, prefix=f"return-{pk}")
