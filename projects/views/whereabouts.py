"""Registering where a project's file has gone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from projects.dossier_forms import FileStopForm
from projects.models import Project
from projects.services.whereabouts import register_stop
from projects.views.comments import render_form


@login_required
@require_http_methods(["GET", "POST"])
def file_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """The next stop of a file; the dossier's tab sends it here, a refusal comes back as a page."""
    actor, today = actor_of(request), clock.today()
    project = get_object_or_404(Project.objects.visible_to(actor).select_related("organisation"), pk=pk)
    require(actor, Right.RUN_STEPS)
    form = FileStopForm(request.POST or None, actor=actor, today=today)
    back = f"{project.get_absolute_url()}?tab=file"
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            stop = register_stop(
                actor=actor,
                project_id=pk,
                level=facts["level"],
                office=facts["office"],
                since_on=facts["since_on"],
                companion_id=facts["companion"].pk,
                note=facts["note"],
                today=today,
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已登记：报件现在{stop}，跟办人{stop.companion.label}。")
            return redirect(back)
    return render_form(request, project, form, "登记报件去向", back=back)
