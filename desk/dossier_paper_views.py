"""Taking a paper into a project's dossier."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from desk import dossier as reading
from desk import dossier_papers
from papers.forms import PaperForm
from papers.services import Upload, attach
from projects.models import Project
from ui.htmx import UNPROCESSABLE, wants_partial

PAGE = "desk/dossier_paper.html"


@login_required
@require_POST
def add_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the file: htmx gets the tab again, a plain form goes back to it; a refusal keeps the input."""
    actor, today = actor_of(request), clock.today()
    project = get_object_or_404(reading.dossier_projects(actor), pk=pk)
    require(actor, Right.ATTACH_PAPER)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            _attach(project, form, actor=actor, today=today)
        except DomainError as refusal:
            form.refuse(refusal, field="file")
        else:
            messages.success(request, "附件已上传。")
            return _answer(request, project)
    return _refused(request, project, form)


def _attach(project: Project, form: PaperForm, *, actor: User, today: date) -> None:
    file = form.cleaned_data["file"]
    attach(
        actor=actor,
        owner=dossier_papers.owner_of(project),
        upload=Upload(file.name, file.read()),
        kind=form.cleaned_data["kind"],
        title=form.cleaned_data["title"],
        today=today,
        occurred_on=form.cleaned_data["occurred_on"],
    )


def _answer(request: HttpRequest, project: Project) -> HttpResponse:
    if not wants_partial(request):
        return redirect(f"{reverse('desk:dossier', args=[project.pk])}?tab=papers")
    return render(request, f"{PAGE}#part", _context(request, project))


def _refused(request: HttpRequest, project: Project, form: PaperForm) -> HttpResponse:
    template = f"{PAGE}#part" if wants_partial(request) else PAGE
    context = {**_context(request, project), "paper_form": form}
    return render(request, template, context, status=UNPROCESSABLE)


def _context(request: HttpRequest, project: Project) -> dict[str, object]:
    return {"project": project, **dossier_papers.read(project, actor_of(request), clock.today())}
