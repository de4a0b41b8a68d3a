"""One verb of the pool as a page, declared: its words, its right, its form, what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, require
from core import clock
from ui.filling import FormPage, fill_in
from ui.forms import OfficeForm
from ui.parts import Crumb


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the form of a verb about one row: where it leads back to, and its words."""

    back: str
    crumbs: Sequence[Crumb]
    subtitle: str = ""
    notes: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Deed:
    """One request of a verb: who, about which row, with which well-formed form, on which day."""

    actor: User
    row: Any
    form: Any
    today: date

    @property
    def values(self) -> dict[str, Any]:
        return dict(self.form.cleaned_data)


@dataclass(frozen=True, slots=True)
class PageVerb:
    """A page that is one form about one row.

    `slug`: the last word of its address, empty for the row's own; `name`: of its route. `find` gives
    the row or 404. `act` does it and gives the sentence of success; a refusal stands on the form.
    """

    slug: str
    name: str
    title: str
    right: Right
    find: Callable[[HttpRequest, int], Any]
    frame: Callable[[Any], Frame]
    form: Callable[[HttpRequest, Any], OfficeForm]
    act: Callable[[Deed], str]
    button: str = "保存"

    def page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The right before the row, as everywhere: whoever may not, learns nothing of it."""
        actor = actor_of(request)
        require(actor, self.right)
        row = self.find(request, pk)
        form, frame = self.form(request, row), self.frame(row)
        page = FormPage(
            title=self.title,
            back=frame.back,
            crumbs=[*frame.crumbs, Crumb(self.title)],
            subtitle=frame.subtitle,
            notes=frame.notes,
            button=self.button,
        )
        return fill_in(request, form, page, lambda: self.act(Deed(actor, row, form, clock.today())))


def simple(shape: type[OfficeForm], *, files: bool = False) -> Callable[[HttpRequest, Any], OfficeForm]:
    """A form that needs nothing of its row."""

    def make(request: HttpRequest, row: Any) -> OfficeForm:
        if files:
            return shape(request.POST or None, request.FILES or None)
        return shape(request.POST or None)

    return make


def routes(prefix: str, verbs: Sequence[PageVerb]) -> list[URLPattern]:
    """The addresses of verbs beneath `prefix`, which names the row: `quota/proposals/<int:pk>/`."""
    return [
        path(
            f"{prefix}{verb.slug}/" if verb.slug else prefix,
            login_required(require_http_methods(["GET", "POST"])(verb.page)),
            name=verb.name,
        )
        for verb in verbs
    ]
