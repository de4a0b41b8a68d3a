"""The office's lists for siting: what a site is compared with, the order before new land, priority fields."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from projects.models import SitingItem
from projects.selectors.boundaries import boundary_setting_list
from projects.selectors.siting import item_list, setting_list, standard_share
from projects.services.boundaries import revise_boundary_setting
from projects.services.siting_rules import ItemValues, SettingValues, end_item, revise_item, revise_setting
from projects.siting_forms import BoundarySettingForm, ItemForm, NewItemForm, SettingForm
from projects.views.siting import items_by_kind
from ui.ending import EndForm
from ui.filling import sent
from ui.htmx import status_for
from ui.parts import Crumb

LIST = "projects/siting_rules.html"
EDIT = "projects/siting_rule_edit.html"


@login_required
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """All lists with their versions."""
    actor = actor_of(request)
    context = {
        "lists": items_by_kind(actor),
        "settings": setting_list(actor=actor),
        "boundary_settings": boundary_setting_list(actor=actor),
        "share": standard_share(actor=actor),
        "today": clock.today(),
        "may_edit": allowed(actor, Right.EDIT_CRITERIA),
    }
    return render(request, LIST, context)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new item."""
    require(actor_of(request), Right.EDIT_CRITERIA)
    form = NewItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _store(request, form, form.cleaned_data["code"]):
        return redirect("projects:siting-rules")
    return render(request, EDIT, _context(form, "新增事项"), status=status_for(form))


@login_required
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, code: str) -> HttpResponse:
    """A new version of an item from a day on."""
    versions = _versions(request, code)
    form = ItemForm(request.POST or None, initial=_initial(versions[0]))
    if request.method == "POST" and form.is_valid() and _store(request, form, code):
        return redirect("projects:siting-rules")
    context = _context(form, f"修订 {versions[0].name}") | {"code": code, "ending": EndForm()}
    return render(request, EDIT, context, status=status_for(form))


@login_required
@require_POST
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Take an item out of its list from a day on."""
    versions = _versions(request, code)
    ending = EndForm(request.POST)

    def act() -> str:
        end_item(actor=actor_of(request), code=code, effective_to=ending.cleaned_data["effective_to"])
        return "已停用，已登记的内容不变。"

    if sent(request, ending, act):
        return redirect("projects:siting-rules")
    context = _context(ItemForm(initial=_initial(versions[0])), f"修订 {versions[0].name}")
    return render(request, EDIT, context | {"code": code, "ending": ending}, status=status_for(ending))


@login_required
@require_http_methods(["GET", "POST"])
def setting(request: HttpRequest) -> HttpResponse:
    """What counts as industry, and where its new land must be 标准地, from a day on."""
    actor = actor_of(request)
    require(actor, Right.EDIT_CRITERIA)
    newest = next(iter(setting_list(actor=actor)), None)
    initial = {name: getattr(newest, name) for name in SettingForm.base_fields if name != "effective_from"}
    form = SettingForm(request.POST or None, initial=initial if newest else None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        effective_from = data.pop("effective_from")
        try:
            revise_setting(actor=actor, values=SettingValues(**data), effective_from=effective_from)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "口径已保存，自生效日期起适用。")
            return redirect("projects:siting-rules")
    return render(request, EDIT, _context(form, "修订选址口径"), status=status_for(form))


@login_required
@require_http_methods(["GET", "POST"])
def boundary_setting(request: HttpRequest) -> HttpResponse:
    """How boundaries are compared, from a day on."""
    actor = actor_of(request)
    require(actor, Right.EDIT_CRITERIA)
    newest = next(iter(boundary_setting_list(actor=actor)), None)
    names = [name for name in BoundarySettingForm.base_fields if name != "effective_from"]
    initial = {name: getattr(newest, name) for name in names} if newest else None
    form = BoundarySettingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        effective_from = form.cleaned_data["effective_from"]
        try:
            revise_boundary_setting(actor=actor, values=form.values(), effective_from=effective_from)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "红线核对口径已保存，自生效日期起适用。")
            return redirect("projects:siting-rules")
    return render(request, EDIT, _context(form, "修订红线核对口径"), status=status_for(form))


def _versions(request: HttpRequest, code: str) -> list[SitingItem]:
    actor = actor_of(request)
    require(actor, Right.EDIT_CRITERIA)
    versions = [row for row in item_list(actor=actor) if row.code == code]
    if not versions:
        raise Http404
    return versions


def _initial(row: SitingItem) -> dict[str, Any]:
    names = ("kind", "name", "group", "help", "position", "ends_search", "weight")
    return {name: getattr(row, name) for name in names}


def _store(request: HttpRequest, form: ItemForm, code: str) -> bool:
    values, effective_from = item_values(form.cleaned_data), form.cleaned_data["effective_from"]
    try:
        revise_item(actor=actor_of(request), code=code, values=values, effective_from=effective_from)
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, "已保存，自生效日期起适用。")
    return True


def item_values(data: dict[str, Any]) -> ItemValues:
    """An item as the service takes it, from a form of the page or the API."""
    return ItemValues(
        kind=data["kind"],
        name=data["name"],
        position=data["position"],
        group=data["group"],
        help=data["help"],
        ends_search=data["ends_search"],
        weight=data["weight"] or 0,
    )


def _context(form: ItemForm | SettingForm | BoundarySettingForm, title: str) -> dict[str, Any]:
    crumbs = [Crumb("选址规则", reverse("projects:siting-rules")), Crumb(title)]
    return {"form": form, "title": title, "crumbs": crumbs}
