"""Help: the manuals, the words, what is new."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from desk.handbook import BY_SLUG, manuals_for, rendered, whats_new
from ui.parts import Crumb


@login_required
@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """Every manual with its sections, the reader's own first."""
    actor = actor_of(request)
    manuals = [(manual, rendered(manual.slug).sections) for manual in manuals_for(actor.role)]
    return render(request, "desk/help.html", {"manuals": manuals, "role": actor.role})


@login_required
@require_safe
def manual(request: HttpRequest, slug: str) -> HttpResponse:
    """One manual."""
    if slug not in BY_SLUG:
        raise Http404
    return _page(request, BY_SLUG[slug].title, rendered(slug))


@login_required
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """What came with each release."""
    return _page(request, "更新说明", whats_new())


def _page(request: HttpRequest, title: str, text: object) -> HttpResponse:
    crumbs = [Crumb("使用帮助", reverse("desk:help")), Crumb(title)]
    return render(request, "desk/manual.html", {"title": title, "text": text, "crumbs": crumbs})
