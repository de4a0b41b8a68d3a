"""A page that is one form: fill in, refuse with the input kept, go back where one came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from core.errors import DomainError
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb


@dataclass(frozen=True, slots=True)
class FormPage:
    """What stands around the form. `notes`: sentences above it, e.g. what the rules propose."""

    title: str
    back: str
    crumbs: Sequence[Crumb] = ()
    subtitle: str = ""
    notes: Sequence[str] = field(default_factory=tuple)
    button: str = "保存"


def fill_in(request: HttpRequest, form: OfficeForm, page: FormPage, act: Callable[[], str]) -> HttpResponse:
    """Show `form`; when it was sent and is well-formed, do `act`, which gives the sentence of success.

    A DomainError is shown on the form with 422. `page.back` is where one goes afterwards.
    """
    if request.method == "POST" and form.is_valid():
        try:
            done = act()
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, done)
            return HttpResponseRedirect(page.back)
    return render(request, "ui/form_page.html", {"form": form, "page": page}, status=status_for(form))


def back_to(request: HttpRequest, default: str) -> str:
    """Where the reader came from, if the address names a page of ours; else `default`."""
    asked = request.GET.get("back", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else default
