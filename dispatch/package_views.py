"""The package of a round: asked for, followed, downloaded file by file or whole."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of, login_required
from accounts.models import Organisation, User
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from dispatch.downloads import package_file_response, package_response
from dispatch.models import Package, PackageFile, Round
from dispatch.round_forms import PackageForm
from dispatch.selectors import packages as selectors
from dispatch.services.packages import request_package
from jobs import broker
from ui.htmx import render_page
from ui.pagination import keyset_page
from ui.parts import Crumb


@login_required
@require_GET
def package_list(request: HttpRequest) -> HttpResponse:
    """The download centre."""
    actor = actor_of(request)
    require(actor, Right.READ_LEDGERS)
    rows = selectors.package_list(actor=actor)
    page = keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor"))
    return render_page(request, "dispatch/packages.html", {"page": page}, partial="list")


@login_required
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """One button: the job makes every file."""
    actor = actor_of(request)
    require(actor, Right.READ_LEDGERS)
    form = PackageForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        job = request_package(
            round_id=form.cleaned_data["round"],
            organisation_code=form.cleaned_data["organisation"],
            actor=actor,
            now=clock.now(),
        )
    except (Organisation.DoesNotExist, Round.DoesNotExist) as unseen:
        raise Http404 from unseen
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("dispatch:round", pk=form.cleaned_data["round"])
    broker.wake()
    return redirect("jobs:job", pk=job.pk)


@login_required
@require_GET
def package(request: HttpRequest, pk: int) -> HttpResponse:
    """The files of one package."""
    found = _visible(actor_of(request), pk)
    context = {
        "package": found,
        "files": selectors.files_of(found),
        "crumbs": [Crumb("下载中心", reverse("dispatch:packages")), Crumb(found.round.period.label)],
    }
    return render(request, "dispatch/package.html", context)


@login_required
@require_GET
def package_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One file, byte for byte as made."""
    actor = actor_of(request)
    require(actor, Right.READ_LEDGERS)
    return package_file_response(get_object_or_404(PackageFile.objects.visible_to(actor), pk=pk), actor=actor)


@login_required
@require_GET
def package_zip(request: HttpRequest, pk: int) -> HttpResponse:
    """All files of a package in one."""
    actor = actor_of(request)
    return package_response(_visible(actor, pk), actor=actor)


def _visible(actor: User, pk: int) -> Package:
    require(actor, Right.READ_LEDGERS)
    return get_object_or_404(selectors.package_list(actor=actor), pk=pk)
