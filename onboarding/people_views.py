"""People from a sheet: checked row by row, then made; the passwords are shown this once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core.errors import DomainError
from onboarding.forms import PeopleForm
from onboarding.services.people import MOST, SPECS, check_people, create_people
from ui.htmx import status_for
from ui.parts import Crumb


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Upload the sheet to look through it, or to make the accounts."""
    actor = actor_of(request)
    require(actor, Right.MANAGE_USERS)
    form = PeopleForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {
        "form": form,
        "specs": SPECS,
        "most": MOST,
        "crumbs": [Crumb("用户", reverse("accounts:users")), Crumb("批量建立账号")],
    }
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            lines = check_people(actor=actor, filename=file.name, content=file.read())
            context["lines"] = lines
            context["wrong"] = sum(1 for line in lines if line.person is None)
            if "create" in request.POST:
                context["made"] = create_people(actor=actor, lines=lines)
        except DomainError as refusal:
            form.refuse(refusal, field="file")
    return render(request, "onboarding/people.html", context, status=status_for(form))
