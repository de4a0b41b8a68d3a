"""为什么是这一天: the sheet behind a date."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.http import actor_of, login_required
from core import clock
from deadlines import selectors, sheets
from deadlines.errors import CalendarGap
from deadlines.models import Deadline
from ui.parts import Crumb


@login_required
@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Both lines of one deadline day by day, with holidays, pauses, extensions and the calendar's notice."""
    deadline = get_object_or_404(sheets.sheet_deadlines(actor=actor_of(request)), pk=pk)
    context: dict[str, object] = {"deadline": deadline, "crumbs": _crumbs(deadline), "today": clock.today()}
    try:
        context["sheet"] = sheets.read_sheet(
            deadline, today=clock.today(), calendar=selectors.working_calendar()
        )
    except CalendarGap as gap:
        context["gap"] = gap.message
    return render(request, "deadlines/sheet.html", context)


def _crumbs(deadline: Deadline) -> list[Crumb]:
    crumbs = [Crumb("项目库", reverse("projects:list"))]
    if deadline.project_id is not None:
        address = reverse("desk:dossier", args=[deadline.project_id])
        crumbs.append(Crumb(deadline.project_code or deadline.project_name, address))
    return [*crumbs, Crumb(f"{deadline.subject_label}（{deadline.get_role_display()}）")]
