"""The kinds of list: what projects may be put on, in which order and from when to when."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from projects.list_kind_forms import ListKindForm, initial_of
from projects.models import ListKind, Project
from projects.services.list_kinds import add_kind, edit_kind
from ui.filling import sent
from ui.htmx import UNPROCESSABLE
from ui.parts import Crumb

LIST, FORM = "projects/list_kinds.html", "projects/list_kind_form.html"


@login_required
@require_GET
def list_kinds(request: HttpRequest) -> HttpResponse:
    """Reference data: everybody reads it, with how many of one's adopted projects stand on each."""
    actor, today = actor_of(request), clock.today()
    adopted = Project.objects.visible_to(actor).adopted().order_by()
    counts = dict(adopted.values_list("list_category").annotate(number=Count("pk")))
    rows = ListKind.objects.select_related("entered_by")
    context = {
        "rows": [(row, row.is_in_use(today), counts.get(row.code, 0)) for row in rows],
        "today": today,
        "may_edit": allowed(actor, Right.EDIT_CRITERIA),
    }
    return render(request, LIST, context)


@login_required
@require_http_methods(["GET", "POST"])
def list_kind_new(request: HttpRequest) -> HttpResponse:
    require(actor_of(request), Right.EDIT_CRITERIA)
    last = ListKind.objects.order_by("position").last()
    initial = {"in_use_from": clock.today(), "position": (last.position if last else 0) + 10}
    return _form_page(request, None, ListKindForm(request.POST or None, initial=initial))


@login_required
@require_http_methods(["GET", "POST"])
def list_kind_edit(request: HttpRequest, code: str) -> HttpResponse:
    require(actor_of(request), Right.EDIT_CRITERIA)
    kind = get_object_or_404(ListKind, code=code)
    return _form_page(request, kind, ListKindForm(request.POST or None, initial=initial_of(kind)))


def _form_page(request: HttpRequest, kind: ListKind | None, form: ListKindForm) -> HttpResponse:

    def act() -> str:
        saved = _save(request, kind, form)
        return f"清单类别“{saved.name}”已保存，清单、筛选和导入随即按此办理。"

    if sent(request, form, act):
        return redirect("projects:list-kinds")
    title = f"修改“{kind.name}”" if kind else "新增清单类别"
    crumbs = [Crumb("清单类别", reverse("projects:list-kinds")), Crumb(title)]
    context = {"form": form, "title": title, "crumbs": crumbs}
    return render(request, FORM, context, status=UNPROCESSABLE if form.errors else 200)


def _save(request: HttpRequest, kind: ListKind | None, form: ListKindForm) -> ListKind:
    actor, today = actor_of(request), clock.today()
    if kind is None:
        return add_kind(actor=actor, facts=form.facts(), today=today)
    return edit_kind(actor=actor, code=kind.code, facts=form.facts(), today=today)
