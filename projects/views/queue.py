"""The queue: in which order projects get land, and what people decided about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from officefiles.documents import DOCX
from projects.lead_circular import lead_circular
from projects.models import Project, Standing
from projects.people_filters import QueueFilterSet
from projects.people_forms import ClassForm, FlagsForm, JumpForm
from projects.selectors import ordering as reading
from projects.services import ordering
from ui.downloads import download
from ui.filling import FormPage, back_to, fill_in
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

PAGE = "projects/queue.html"


@login_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    filterset = QueueFilterSet(request.GET, queryset=reading.queue(actor=actor), request=request)
    page = keyset_page(filterset.qs, order=reading.QUEUE_ORDER, cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "rows": reading.queue_rows(page, actor=actor, today=today),
        "total": capped_count(filterset.qs),
        "may_rank": allowed(actor, Right.RANK_PROJECTS),
    }
    return render_page(request, PAGE, context, partial="list")


@login_required
@require_GET
def circular(request: HttpRequest) -> HttpResponse:
    """How the led projects stand today, as a Word document to be sent round."""
    actor, today = actor_of(request), clock.today()
    content = lead_circular(actor=actor, today=today)
    return download(content, f"领办项目通报_{today:%Y%m%d}.docx", content_type=DOCX)


@login_required
@require_http_methods(["GET", "POST"])
def confirm_class(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle the class; the form opens with what the criteria propose and why."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.RANK_PROJECTS)
    project = _project(request, pk)
    proposal = reading.proposed_classes([project], today=today)[pk]
    initial = {
        "priority_class": proposal.priority_class or project.priority_class,
        "reason": proposal.reason if proposal.priority_class else "",
    }
    form = ClassForm(request.POST or None, initial=initial)

    def act() -> str:
        done = ordering.confirm_class(actor=actor, project_id=pk, today=today, **form.cleaned_data)
        return f"“{done.name}”定为{done.get_priority_class_display()}。"

    proposed = dict(Project.PriorityClass.choices).get(proposal.priority_class, "")
    note = f"按分类标准建议：{proposed}。{proposal.reason}" if proposed else proposal.reason
    return fill_in(request, form, _page(request, "确定项目类别", project, note), act)


@login_required
@require_http_methods(["GET", "POST"])
def flags(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.RANK_PROJECTS)
    project = _project(request, pk)
    standing: Standing | None = getattr(project, "standing", None)
    form = FlagsForm(request.POST or None, initial={"flags": standing.scope_flags if standing else []})
    if request.method == "POST":
        form = FlagsForm(request.POST)

    def act() -> str:
        ordering.flag_project(actor=actor, project_id=pk, flags=form.cleaned_data["flags"], today=today)
        return f"“{project.name}”涉及的情形已保存。"

    note = "影响全局的重大基础设施、产业、民生项目和党委政府交办的项目，须指定一名领办领导。"
    return fill_in(request, form, _page(request, "标注涉及情形", project, note), act)


@login_required
@require_http_methods(["GET", "POST"])
def jump(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.RANK_PROJECTS)
    project = _project(request, pk)
    form = JumpForm(request.POST or None, initial={"to_class": project.priority_class})

    def act() -> str:
        done = ordering.jump_queue(actor=actor, project_id=pk, today=today, **form.cleaned_data)
        return f"“{project.name}”已排到{done.get_to_class_display()}类最前。"

    note = (
        "项目按急需、重点、一般、预备依次推进，同类按投资额从大到小。确需提前的，理由、经办人和时间一并留存。"
    )
    return fill_in(request, form, _page(request, "调整顺序", project, note), act)


@login_required
@require_POST
def end_jump(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.RANK_PROJECTS)
    project = _project(request, pk)
    try:
        ordering.end_jump(actor=actor, project_id=pk, today=clock.today())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"“{project.name}”已恢复原来的顺序。")
    return redirect(back_to(request, reverse("projects:queue")))


def _project(request: HttpRequest, pk: int) -> Project:
    rows = Project.objects.visible_to(actor_of(request)).exclude(status__in=Project.HISTORY)
    return get_object_or_404(rows.select_related("organisation", "standing"), pk=pk)


def _page(request: HttpRequest, title: str, project: Project, note: str) -> FormPage:
    back = back_to(request, reverse("projects:queue"))
    crumbs = [
        Crumb("项目顺序", reverse("projects:queue")),
        Crumb(project.name, project.get_absolute_url()),
        Crumb(title),
    ]
    return FormPage(title, back, crumbs, subtitle=project.name, notes=(note,))
