"""The step catalogue: what the law asks of each step, since when, and on whose word."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.forms import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from approvals import rules, selectors
from approvals.forms import LimitForm, LimitFormSet, RevisionForm
from approvals.models import StepType
from approvals.services.changes import NewLimit, revise_step_type
from core import clock
from core.errors import DomainError
from projects.models import Project
from ui.htmx import status_for
from ui.parts import Crumb


@login_required
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every step type in force today, by phase."""
    rows = selectors.catalogue(clock.today())
    phases = [(phase, list(group)) for phase, group in groupby(rows, key=lambda row: row.phase)]
    return render(request, "approvals/catalogue.html", {"phases": phases, "total": len(rows)})


@login_required
@require_GET
def step_type(request: HttpRequest, code: str) -> HttpResponse:
    """One step type with all its versions."""
    actor = actor_of(request)
    versions = _versions(code)
    return render(
        request,
        "approvals/step_type.html",
        {
            "current": versions[0],
            "versions": versions,
            "tracks": [
                (label, rules.Involvement(versions[0].tracks.get(track, "applies")).label)
                for track, label in Project.Track.choices
            ],
            "may_edit": allowed(actor, Right.EDIT_CATALOGUE),
            "crumbs": [Crumb("步骤目录", reverse("approvals:catalogue")), Crumb(code)],
        },
    )


def _versions(code: str) -> list[StepType]:
    versions = selectors.versions(code)
    if not versions:
        raise Http404
    return versions


@login_required
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, code: str) -> HttpResponse:
    """A new version from a day on; what is under way keeps the old one."""
    actor = actor_of(request)
    require(actor, Right.EDIT_CATALOGUE)
    newest = _versions(code)[0]
    form = RevisionForm(request.POST or None, initial=_initial(newest))
    limits = LimitFormSet(request.POST or None, initial=_limits(newest), prefix="limits")
    if request.method == "POST" and form.is_valid() and limits.is_valid():
        try:
            revise_step_type(
                code=code,
                effective_from=form.cleaned_data["effective_from"],
                revision_note=form.cleaned_data["revision_note"],
                limits=new_limits(limits),
                columns=form.columns(),
                actor=actor,
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{code} 已修订，在办步骤仍按原版本。")
            return HttpResponseRedirect(reverse("approvals:step-type", args=[code]))
    is_refused = request.method == "POST" and not limits.is_valid()
    context = {
        "form": form,
        "limits": limits,
        "newest": newest,
        "crumbs": [
            Crumb("步骤目录", reverse("approvals:catalogue")),
            Crumb(code, reverse("approvals:step-type", args=[code])),
            Crumb("修订"),
        ],
    }
    status = 422 if is_refused else status_for(form)
    return render(request, "approvals/step_type_edit.html", context, status=status)


def _initial(newest: StepType) -> dict[str, object]:
    return {
        "name": newest.name,
        "short": newest.short,
        "condition": newest.condition,
        "note": newest.note,
        "materials": "\n".join(newest.materials),
    }


def _limits(newest: StepType) -> list[dict[str, object]]:
    return [
        {
            "line": row.line,
            "round": row.round,
            "value": row.value,
            "unit": row.unit,
            "kind": row.kind,
            "extension": row.extension,
            "basis": row.basis,
            "evidence": row.evidence,
            "excluded": "、".join(row.excluded),
            "is_reference": row.is_reference,
            "goes_with": row.goes_with,
        }
        for row in newest.limits.all()
    ]


def new_limits(formset: BaseFormSet[LimitForm]) -> list[NewLimit]:
    """The rows of the formset that say something, as the service takes them."""
    rows = [form.cleaned_data for form in formset if form.cleaned_data.get("basis")]
    return [
        NewLimit(
            line=row["line"],
            round=row["round"],
            value=row["value"],
            unit=row["unit"] if row["value"] is not None else "",
            kind=row["kind"],
            basis=row["basis"],
            extension=row["extension"],
            evidence=row["evidence"],
            is_reference=row["is_reference"],
            goes_with=row["goes_with"],
            excluded=tuple(word.strip() for word in row["excluded"].split("、") if word.strip()),
        )
        for row in rows
    ]
