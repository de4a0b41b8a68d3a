"""Opening balances: upload, preview with every error, take over."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from quotas.models import OpeningDraft
from quotas.services.opening import GRAIN_UNITS, LAND_UNITS, SPECS, stage_opening, take_opening
from quotas.views.ledger import POOL
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb


class UploadForm(OfficeForm):
    file = forms.FileField(label="期初余额表（xlsx、xls、csv）")


class TakeForm(OfficeForm):
    document_no = forms.CharField(label="依据文号", max_length=120)
    occurred_on = forms.DateField(label="期初日期")


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Hand the workbook in."""
    actor = actor_of(request)
    require(actor, Right.KEEP_QUOTA)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = stage_opening(actor=actor, filename=file.name, content=file.read())
        except DomainError as refusal:
            form.refuse(refusal, field="file")
        else:
            return redirect("quotas:opening-draft", pk=draft.pk)
    context = {
        "form": form,
        "specs": SPECS,
        "units": "、".join([*LAND_UNITS, *GRAIN_UNITS]),
        "drafts": OpeningDraft.objects.visible_to(actor)[:10],
        "crumbs": [POOL, Crumb("期初余额")],
    }
    return render(request, "quotas/opening.html", context, status=status_for(form))


@login_required
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """What the workbook says; without errors it may be taken over."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.KEEP_QUOTA)
    found = get_object_or_404(OpeningDraft.objects.visible_to(actor), pk=pk)
    form = TakeForm(request.POST or None, initial={"occurred_on": today})
    if request.method == "POST" and form.is_valid():
        try:
            booking = take_opening(actor=actor, draft_id=found.pk, today=today, **form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "期初余额已导入。")
            return redirect("quotas:booking", pk=booking.pk)
    context = {
        "draft": found,
        "form": form,
        "crumbs": [POOL, Crumb("期初余额", reverse("quotas:opening")), Crumb(found.filename)],
    }
    return render(request, "quotas/opening_draft.html", context, status=status_for(form))
