"""Pages that combine apps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.http import login_required


@login_required
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/home.html", {})


overview = search = deadline_list = audit_log = calculator = home
