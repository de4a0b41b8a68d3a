"""A person's word on the level and the track that the rules propose."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from desk.services import confirm_track_and_open
from projects.land_forms import ConfirmForm
from projects.models import Confirmation, Project
from projects.selectors.land import read_land
from projects.services.levels import confirm_level
from projects.views.land import project_of
from ui.htmx import status_for
from ui.parts import Crumb

PAGE = "desk/confirm.html"


@login_required
@require_http_methods(["GET", "POST"])
def level(request: HttpRequest, pk: int) -> HttpResponse:
    """Who approves the project's land."""
    return _confirm(request, pk, Confirmation.Kind.LEVEL)


@login_required
@require_http_methods(["GET", "POST"])
def track(request: HttpRequest, pk: int) -> HttpResponse:
    """By which track it is approved; an adopted project gets the steps it lacks."""
    return _confirm(request, pk, Confirmation.Kind.TRACK)


def _confirm(request: HttpRequest, pk: int, kind: Confirmation.Kind) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    project = project_of(actor, pk)
    require(actor, Right.EDIT_PROJECT)
    reading = read_land(project=project, today=today)
    is_level = kind is Confirmation.Kind.LEVEL
    proposed = reading.level.level if is_level else reading.track.track
    stored = project.approval_level if is_level else project.track
    form = ConfirmForm(
        request.POST or None,
        choices=Project.ApprovalLevel.choices if is_level else Project.Track.choices,
        initial={"seen": proposed, "chosen": proposed or stored},
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and _stored(form, project, kind, actor=actor, today=today)
    ):
        messages.success(request, f"{kind.label}已确认。")
        return redirect(f"{project.get_absolute_url()}?tab=land")
    context = {
        "project": project,
        "form": form,
        "kind": kind.label,
        "is_level": is_level,
        "reading": reading,
        "history": project.confirmations.filter(kind=kind).select_related("confirmed_by", "rule"),
        "crumbs": [
            Crumb("项目库", reverse("projects:list")),
            Crumb(project.name, f"{project.get_absolute_url()}?tab=land"),
            Crumb(f"确认{kind.label}"),
        ],
    }
    return render(request, PAGE, context, status=status_for(form))


def _stored(
    form: ConfirmForm, project: Project, kind: Confirmation.Kind, *, actor: User, today: date
) -> bool:
    data = form.cleaned_data
    given = {
        "actor": actor,
        "project_id": project.pk,
        "reason": data["reason"],
        "seen": data["seen"],
        "today": today,
    }
    try:
        if kind is Confirmation.Kind.LEVEL:
            confirm_level(level=data["chosen"], **given)
        else:
            confirm_track_and_open(track=data["chosen"], **given)
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    return True
