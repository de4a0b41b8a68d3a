"""A page that is one form: fill in, refuse with the input kept, go back where one came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from core.errors import DomainError
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb


class Refusable(Protocol):
    """A form that shows a refusal: `OfficeForm`, or a model's form with `OfficeFormMixin`."""

    def is_valid(self) -> bool: ...

    def refuse(self, error: DomainError) -> None: ...


@dataclass(frozen=True, slots=True)
class FormPage:
    """What stands around the form.

    `notes`: sentences above it, e.g. what the rules propose; `warnings`: what must not be overlooked.
    """

    title: str
    back: str
    crumbs: Sequence[Crumb] = ()
    subtitle: str = ""
    notes: Sequence[str] = field(default_factory=tuple)
    warnings: Sequence[str] = field(default_factory=tuple)
    button: str = "保存"


def sent(request: HttpRequest, form: Refusable, act: Callable[[], str]) -> bool:
    """Whether `form` was sent, is well-formed, and `act` did it; its sentence is told on the next page.

    For a page where the form stands beside other things (a setting with its versions): redirect when
    true, else show the page with `status_for(form)`. A DomainError is shown on the form.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        done = act()
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, done)
    return True


def fill_in(request: HttpRequest, form: OfficeForm, page: FormPage, act: Callable[[], str]) -> HttpResponse:
    """Show `form` on a page of its own; when it was sent and is well-formed, do `act`.

    A DomainError is shown on the form with 422. `page.back` is where one goes afterwards.
    """
    if sent(request, form, act):
        return HttpResponseRedirect(page.back)
    return render(request, "ui/form_page.html", {"form": form, "page": page}, status=status_for(form))


def same_list(request: HttpRequest, name: str) -> HttpResponseRedirect:
    """Back to a list after a row was dealt with, filtered as it was and from its first page.

    The forms of such a list send the conditions of the list along in their address.
    """
    conditions = request.GET.copy()
    conditions.pop("cursor", None)
    address = reverse(name)
    return HttpResponseRedirect(f"{address}?{conditions.urlencode()}" if conditions else address)


def back_to(request: HttpRequest, default: str) -> str:
    """Where the reader came from, if the address names a page of ours; else `default`."""
    asked = request.GET.get("back", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else default
