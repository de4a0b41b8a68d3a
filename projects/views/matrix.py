"""The responsibility matrix: who answers for which area, and its import with a preview by cell."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.models import Organisation, Post
from accounts.posts import post_list
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from projects.models import MatrixDraft
from projects.people_forms import AreaForm, MatrixUploadForm
from projects.selectors import matrix as reading
from projects.services import matrix as services
from projects.services.matrix import AreaChange, MatrixFile
from ui.filling import FormPage, fill_in
from ui.htmx import UNPROCESSABLE, status_for
from ui.parts import Crumb

PREVIEW = "projects/matrix_preview.html"


@login_required
@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    blocks = reading.matrix(actor=actor, on=clock.today())
    context = {
        "blocks": blocks,
        "areas": sum(len(block.links) for block in blocks),
        "to_check": sum(1 for block in blocks for link in block.links if link.needs_check),
        "without": list(reading.areas_without_leader(actor=actor)),
        "may_edit": allowed(actor, Right.EDIT_CRITERIA),
    }
    return render(request, "projects/matrix.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_CRITERIA)
    bureau = _bureau(actor.organisation)
    form = MatrixUploadForm(
        request.POST or None,
        request.FILES or None,
        initial={"effective_on": today, "leaders_of": bureau.pk if bureau else None},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        file = MatrixFile(
            filename=said["file"].name,
            content=said["file"].read(),
            leaders_of=said["leaders_of"],
            effective_on=said["effective_on"],
            most_areas=said["most_areas"],
        )
        try:
            draft = services.stage_matrix(actor=actor, file=file)
        except DomainError as refusal:
            form.refuse(refusal, field="file")
        else:
            return redirect("projects:matrix-draft", pk=draft.pk)
    page = FormPage("导入包联清单", reverse("projects:matrix"), _crumbs("导入包联清单"), button="上传并预检")
    return render(request, "ui/form_page.html", {"form": form, "page": page}, status=status_for(form))


def _bureau(organisation: Organisation | None) -> Organisation | None:
    """The bureau in which somebody works: whose leaders a sheet usually names."""
    if organisation is None:
        return None
    line = Organisation.objects.filter(code__in=organisation.ancestor_codes)
    return line.filter(kind=Organisation.Kind.BUREAU).order_by("path").first()


@login_required
@require_GET
@never_cache
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    return _preview(request, _draft(request, pk))


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.EDIT_CRITERIA)
    draft = _draft(request, pk)
    try:
        made = services.confirm_matrix(actor=actor, draft_id=pk, today=clock.today())
    except DomainError as refusal:
        return _preview(request, draft, refusal=refusal.message)
    messages.success(request, f"已导入包联清单，{len(made)} 个地区有变化。")
    return redirect("projects:matrix")


@login_required
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    require(actor_of(request), Right.EDIT_CRITERIA)
    _draft(request, pk).delete()
    messages.info(request, "已放弃这份文件，包联责任没有变化。")
    return redirect("projects:matrix")


@login_required
@require_http_methods(["GET", "POST"])
def area_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name another leader or office for an area, or confirm what was doubtful."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_CRITERIA)
    link = get_object_or_404(reading.area_links(actor=actor), pk=pk)
    leaders = post_list(actor=actor, on=today).filter(duty=Post.Duty.LEADER, is_active=True)
    leaders = leaders.order_by("organisation__path", "title")
    initial = {"leader": link.leader_post_id, "office": link.office_id, "from_on": max(today, link.from_on)}
    form = AreaForm(
        request.POST or None, initial=initial, posts=leaders.order_by("organisation__path", "title")
    )

    def act() -> str:
        said = form.cleaned_data
        change = AreaChange(said["leader"], said["office"], said["from_on"])
        services.change_area_link(actor=actor, link_id=pk, change=change)
        return f"{link.area.short_name}的包联责任已保存。"

    notes = (f"待核：{link.needs_check}；核对无误的，原样保存即消除。",) if link.needs_check else ()
    title = f"{link.area.short_name}的包联责任"
    page = FormPage(title, reverse("projects:matrix"), _crumbs(title), notes=notes)
    return fill_in(request, form, page, act)


def _draft(request: HttpRequest, pk: int) -> MatrixDraft:
    rows = MatrixDraft.objects.visible_to(actor_of(request))
    return get_object_or_404(rows.select_related("leaders_of"), pk=pk)


def _preview(request: HttpRequest, draft: MatrixDraft, *, refusal: str = "") -> HttpResponse:
    context = {
        "draft": draft,
        "preview": services.preview_matrix(actor=actor_of(request), draft=draft),
        "refusal": refusal,
        "crumbs": _crumbs("预检结果"),
    }
    return render(request, PREVIEW, context, status=UNPROCESSABLE if refusal else 200)


def _crumbs(last: str) -> list[Crumb]:
    return [Crumb("包联责任", reverse("projects:matrix")), Crumb(last)]
