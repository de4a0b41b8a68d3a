"""Saying something about a project, and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core.errors import DomainError
from projects.dossier_forms import CommentForm, ReasonForm
from projects.models import Project
from projects.selectors.comments import comment_list
from projects.services.comments import comment as give
from projects.services.comments import withdraw_comment
from ui.forms import OfficeForm
from ui.htmx import UNPROCESSABLE
from ui.parts import Crumb

FORM = "projects/dossier_form.html"


@login_required
@require_http_methods(["GET", "POST"])
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """A word on a project; the dossier's tab sends it here, a refusal comes back as a page."""
    actor = actor_of(request)
    project = get_object_or_404(Project.objects.visible_to(actor).select_related("organisation"), pk=pk)
    require(actor, Right.COMMENT)
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            said = give(actor=actor, project=project, text=form.cleaned_data["text"])
        except DomainError as refusal:
            form.refuse(refusal, field="text")
        else:
            messages.success(request, "批示已登记。" if said.is_directive else "意见已发表。")
            return redirect(_tab(project))
    return render_form(request, project, form, "发表意见", back=_tab(project))


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    found = get_object_or_404(comment_list(actor=actor), pk=pk)
    require(actor, Right.COMMENT)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_comment(actor=actor, comment=found, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            form.refuse(refusal, field="reason")
        else:
            messages.success(request, "意见已撤回，保留撤回记录。")
            return redirect(_tab(found.project))
    return render_form(request, found.project, form, "撤回意见", back=_tab(found.project), quote=found.text)


def _tab(project: Project) -> str:
    return f"{project.get_absolute_url()}?tab=comments"


def render_form(
    request: HttpRequest, project: Project, form: OfficeForm, title: str, *, back: str, quote: str = ""
) -> HttpResponse:
    """One small form about one project on a page of its own."""
    context = {
        "project": project,
        "form": form,
        "title": title,
        "back": back,
        "quote": quote,
        "crumbs": [
            Crumb("项目库", reverse("projects:list")),
            Crumb(project.name, project.get_absolute_url()),
            Crumb(title),
        ],
    }
    return render(request, FORM, context, status=UNPROCESSABLE if form.errors else 200)
