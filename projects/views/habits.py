"""Keeping views of a list, choosing the one it opens with, and the height of its rows."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.http import actor_of, login_required
from accounts.models import User
from core.errors import DomainError
from projects.kept_lists import KeptList, list_called
from projects.list_question import kept_query
from projects.models import SavedView
from projects.services import saved_views
from ui.forms import OfficeForm


class SaveViewForm(OfficeForm):
    name = forms.CharField(label="名称", max_length=30)
    query = forms.CharField(required=False, max_length=1000)
    shared_roles = forms.MultipleChoiceField(label="共享给", choices=User.Role.choices, required=False)
    is_default = forms.BooleanField(label="打开清单时使用", required=False)


@login_required
@require_POST
def save(request: HttpRequest, list_name: str) -> HttpResponse:
    """Keep the address that the form was opened at."""
    actor, of_list = actor_of(request), _list_called(list_name)
    form = SaveViewForm(request.POST)
    query = kept_query(QueryDict(request.POST.get("query", "")[:1000]))
    if not form.is_valid():
        messages.error(request, "筛选没有保存：填写名称（不超过 30 个字）后再保存。")
        return redirect(of_list.address(query))
    try:
        view = saved_views.save_view(
            actor=actor,
            list_name=of_list.name,
            name=form.cleaned_data["name"],
            query=query,
            shared_roles=form.cleaned_data["shared_roles"],
        )
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect(of_list.address(query))
    if form.cleaned_data["is_default"]:
        saved_views.open_with(actor=actor, list_name=of_list.name, view_id=view.pk)
    messages.success(request, f"筛选“{view.name}”已保存，可从标签打开，也可把地址发给同事。")
    return redirect(of_list.address(query, view=view.pk))


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, owner=actor_of(request))
    saved_views.delete_view(actor=actor_of(request), view_id=pk)
    messages.success(request, f"筛选“{view.name}”已删除。")
    return redirect(list_called(view.list_name).address("view=all"))


@login_required
@require_POST
def default(request: HttpRequest, list_name: str) -> HttpResponse:
    """Open the list with the view named in the form from now on; with none, whole."""
    actor, of_list = actor_of(request), _list_called(list_name)
    chosen = request.POST.get("view", "")
    found = (
        SavedView.objects.visible_to(actor).filter(list_name=of_list.name, pk=int(chosen)).first()
        if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19
        else None
    )
    if chosen and found is None:
        raise Http404
    saved_views.open_with(actor=actor, list_name=of_list.name, view_id=found.pk if found else None)
    messages.success(request, f"以后打开清单时使用“{found.name}”。" if found else "以后打开清单时显示全部。")
    return redirect(of_list.address(found.query if found else "view=all", view=found.pk if found else None))


@login_required
@require_POST
def density(request: HttpRequest, list_name: str) -> HttpResponse:
    """Remember compact or normal rows; the button has shown it already."""
    of_list = _list_called(list_name)
    is_dense = request.POST.get("dense") == "1"
    saved_views.set_density(actor=actor_of(request), list_name=of_list.name, is_dense=is_dense)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect(of_list.address(kept_query(QueryDict(request.POST.get("query", "")[:1000]))))


def _list_called(slug: str) -> KeptList:
    try:
        return list_called(slug)
    except KeyError as unknown:
        raise Http404 from unknown
