"""Taking a project off the year's list and putting it back: pages of the bureau."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from desk.services import remove_and_close
from projects.annual_forms import ReasonForm
from projects.models import Project
from projects.services.annual_list import reinstate
from ui.htmx import UNPROCESSABLE
from ui.parts import Crumb

PAGE = "desk/leave_list.html"


@login_required
@require_http_methods(["GET", "POST"])
def leave_list(request: HttpRequest, pk: int) -> HttpResponse:
    """An adopted project leaves the list; one that left comes back. Both say why."""
    actor, today = actor_of(request), clock.today()
    rows = Project.objects.visible_to(actor).select_related("organisation", "annual_list")
    project = get_object_or_404(rows, pk=pk)
    require(actor, Right.SCREEN_LIST)
    leaves = project.status == Project.Status.ADOPTED
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        act = remove_and_close if leaves else reinstate
        try:
            act(actor=actor, project_id=pk, reason=form.cleaned_data["reason"], today=today)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            word = "已调出年度清单" if leaves else "已恢复列入年度清单"
            messages.success(request, f"“{project.name}”{word}，下次发布新版本时生效。")
            return redirect("projects:annual-draft")
    context = {
        "project": project,
        "form": form,
        "leaves": leaves,
        "crumbs": [
            Crumb("项目库", reverse("projects:list")),
            Crumb(project.name, project.get_absolute_url()),
            Crumb("调出年度清单" if leaves else "恢复列入"),
        ],
    }
    return render(request, PAGE, context, status=UNPROCESSABLE if form.errors else 200)
