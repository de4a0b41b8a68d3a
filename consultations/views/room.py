"""The meeting room: one item at a time, large enough for a projector, written down while it is said."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from consultations.forms import ItemForm, ResolutionForm
from consultations.models import AgendaItem, Meeting, Resolution
from consultations.selectors.meetings import agenda_of, latest_minutes
from consultations.selectors.topics import setting_on, units_for
from consultations.services import room as services
from consultations.views.meetings import HEAD, visible_meeting
from core import clock
from core.errors import DomainError
from ui.filling import FormPage, fill_in, sent
from ui.htmx import UNPROCESSABLE
from ui.parts import Crumb

PAGE = "consultations/room.html"


@login_required
@require_GET
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """The room of a meeting, open at the asked item, else at the first without an outcome."""
    row = visible_meeting(request, pk)
    items = agenda_of(row, actor=actor_of(request))
    asked = request.GET.get("item", "")
    return _room(request, row, items, _shown(items, asked))


def _shown(items: Sequence[AgendaItem], asked: str) -> AgendaItem | None:
    named = next((item for item in items if str(item.pk) == asked), None)
    return named or next((item for item in items if not item.outcome), items[0] if items else None)


def _room(
    request: HttpRequest,
    row: Meeting,
    items: Sequence[AgendaItem],
    item: AgendaItem | None,
    *,
    form: ItemForm | None = None,
    resolution: ResolutionForm | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    may_write = allowed(actor, Right.RUN_MEETINGS) and row.state != Meeting.State.PLANNED
    minutes = latest_minutes(row, actor=actor)
    is_open = may_write and minutes is not None and minutes.is_draft
    refused = bool((form and form.errors) or (resolution and resolution.errors))
    place = list(items).index(item) if item is not None else 0
    context = {
        "row": row,
        "items": items,
        "item": item,
        "following": items[place + 1] if place + 1 < len(items) else None,
        "previous": items[place - 1] if place else None,
        "form": form or (ItemForm(initial=_initial(item)) if item and is_open else None),
        "resolution": resolution or (_new_form(row) if item and is_open else None),
        "minutes": minutes,
        "may_end": allowed(actor, Right.RUN_MEETINGS) and row.state == Meeting.State.RUNNING,
    }
    return render(request, PAGE, context, status=UNPROCESSABLE if refused else 200)


def _initial(item: AgendaItem) -> dict[str, object]:
    return {"discussion": item.discussion, "outcome": item.outcome}


def _new_form(row: Meeting) -> ResolutionForm:
    initial = {"limit_days": setting_on(clock.today()).task_days}
    return ResolutionForm(units=units_for(row.council), initial=initial, auto_id="new_%s")


def _item(request: HttpRequest, pk: int) -> AgendaItem:
    rows = AgendaItem.objects.visible_to(actor_of(request)).select_related("topic")
    return get_object_or_404(rows, pk=pk)


def _back(item: AgendaItem) -> str:
    return f"{reverse('consultations:room', args=[item.meeting_id])}?item={item.pk}"


@login_required
@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said and what it came to."""
    found, actor = _item(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    form = ItemForm(request.POST)

    def act() -> str:
        services.write_item(item_id=found.pk, actor=actor, today=clock.today(), **form.cleaned_data)
        return "已记录。"

    if sent(request, form, act):
        return redirect(_back(found))
    row = visible_meeting(request, found.meeting_id)
    items = agenda_of(row, actor=actor)
    return _room(request, row, items, _shown(items, str(found.pk)), form=form)


@login_required
@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """One more thing is resolved on the item."""
    found, actor = _item(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    row = visible_meeting(request, found.meeting_id)
    form = ResolutionForm(request.POST, units=units_for(row.council), auto_id="new_%s")

    def act() -> str:
        services.add_resolution(item_id=found.pk, terms=form.terms(), actor=actor, today=clock.today())
        return "已记入议定事项。"

    if sent(request, form, act):
        return redirect(_back(found))
    items = agenda_of(row, actor=actor)
    return _room(request, row, items, _shown(items, str(found.pk)), resolution=form)


def _resolution(request: HttpRequest, pk: int) -> Resolution:
    rows = Resolution.objects.visible_to(actor_of(request)).select_related("item__meeting__council")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words, another unit or limit."""
    row, actor = _resolution(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    initial = {name: getattr(row, name) for name in ("text", "requirement", "due_on", "limit_days")}
    initial |= {"lead": row.lead_id, "helpers": [unit.pk for unit in row.helpers.all()]}
    form = ResolutionForm(request.POST or None, units=units_for(row.item.meeting.council), initial=initial)
    page = FormPage(
        title="修改议定事项",
        back=_back(row.item),
        crumbs=[HEAD, Crumb(row.item.meeting.title, _back(row.item)), Crumb("修改议定事项")],
    )

    def done() -> str:
        services.change_resolution(resolution_id=row.pk, terms=form.terms(), actor=actor, today=clock.today())
        return "已修改。"

    return fill_in(request, form, page, done)


@login_required
@require_POST
def strike(request: HttpRequest, pk: int) -> HttpResponse:
    """It was not resolved after all."""
    row, actor = _resolution(request, pk), actor_of(request)
    require(actor, Right.RUN_MEETINGS)
    try:
        services.strike_resolution(resolution_id=row.pk, actor=actor, today=clock.today())
    except DomainError as refusal:
        form = ItemForm({name: str(value) for name, value in _initial(row.item).items()})
        form.is_valid()
        form.refuse(refusal)
        found = visible_meeting(request, row.item.meeting_id)
        items = agenda_of(found, actor=actor)
        return _room(request, found, items, _shown(items, str(row.item_id)), form=form)
    messages.success(request, "已删除该议定事项。")
    return redirect(_back(row.item))
