"""Following a project, and no longer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.http import actor_of, login_required
from projects.models import Project
from projects.services import following


@login_required
@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    project = get_object_or_404(Project.objects.visible_to(actor), pk=pk)
    following.follow(actor=actor, project=project)
    messages.success(request, "已关注。采纳、退回、步骤办结、批示和逾期会发消息告知。")
    return redirect(project)


@login_required
@require_POST
def unfollow(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    project = get_object_or_404(Project.objects.visible_to(actor), pk=pk)
    following.unfollow(actor=actor, project=project)
    messages.success(request, "已取消关注。")
    return redirect(project)
