"""The table of approval levels: its rows in force, their history, new versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from core.units import AreaUnit, from_m2, to_m2
from projects.land_forms import NewRuleForm, RuleForm
from projects.models import ApprovalRule
from projects.selectors.land import rule_list
from projects.services.levels import RuleValues, end_rule, revise_rule
from ui.ending import EndForm
from ui.filling import sent
from ui.htmx import status_for
from ui.parts import Crumb

LIST = "projects/level_rules.html"
EDIT = "projects/level_rule_edit.html"


@login_required
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Rows in force today, rows to come and rows that ended."""
    actor, today = actor_of(request), clock.today()
    rows = rule_list(actor=actor)
    in_force = [row for row in rows if row.is_in_force(today)]
    context = {
        "in_force": in_force,
        "others": [row for row in rows if row not in in_force],
        "may_edit": allowed(actor, Right.EDIT_CRITERIA),
        "today": today,
    }
    return render(request, LIST, context)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A row that was not in the table."""
    require(actor_of(request), Right.EDIT_CRITERIA)
    form = NewRuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _store(request, form, form.cleaned_data["key"]):
        return redirect("projects:level-rules")
    return render(request, EDIT, _context(form, "新增一行"), status=status_for(form))


@login_required
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, key: str) -> HttpResponse:
    """A new version of a row from a day on."""
    actor = actor_of(request)
    require(actor, Right.EDIT_CRITERIA)
    versions = [row for row in rule_list(actor=actor) if row.key == key]
    if not versions:
        raise Http404
    form = RuleForm(request.POST or None, initial=_initial(versions[0]))
    if request.method == "POST" and form.is_valid() and _store(request, form, key):
        return redirect("projects:level-rules")
    context = _context(form, f"修订 {key}") | {"versions": versions, "key": key, "ending": EndForm()}
    return render(request, EDIT, context, status=status_for(form))


@login_required
@require_http_methods(["POST"])
def end(request: HttpRequest, key: str) -> HttpResponse:
    """Take a row out of the table from a day on."""
    actor = actor_of(request)
    require(actor, Right.EDIT_CRITERIA)
    versions = [row for row in rule_list(actor=actor) if row.key == key]
    if not versions:
        raise Http404
    ending = EndForm(request.POST)

    def act() -> str:
        end_rule(actor=actor, key=key, effective_to=ending.cleaned_data["effective_to"])
        return "已停用，此前的确认仍按原规则。"

    if sent(request, ending, act):
        return redirect("projects:level-rules")
    form = RuleForm(initial=_initial(versions[0]))
    context = _context(form, f"修订 {key}") | {"versions": versions, "key": key, "ending": ending}
    return render(request, EDIT, context, status=status_for(ending))


def _initial(row: ApprovalRule) -> dict[str, Any]:
    return {
        "position": row.position,
        "track": row.track,
        "region": row.region.code if row.region else "",
        "figure": row.figure,
        "over_ha": None if row.over_m2 is None else from_m2(row.over_m2, AreaUnit.HA),
        "level": row.level,
        "clause": row.clause,
        "note": row.note,
    }


def _store(request: HttpRequest, form: RuleForm, key: str) -> bool:
    """Whether the version was stored; else the refusal stands on the form."""
    try:
        revise_rule(
            actor=actor_of(request),
            key=key,
            values=rule_values(form.cleaned_data),
            effective_from=form.cleaned_data["effective_from"],
        )
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, "规则已保存，自生效日期起用于新的建议。")
    return True


def rule_values(data: dict[str, Any]) -> RuleValues:
    """A row as the service takes it, from a form or the API."""
    over = data.get("over_ha")
    return RuleValues(
        position=data["position"],
        level=data["level"],
        clause=data["clause"],
        track=data.get("track", ""),
        region=data.get("region"),
        figure=data.get("figure", ""),
        over_m2=None if over is None else to_m2(over, AreaUnit.HA),
        note=data.get("note", ""),
    )


def _context(form: RuleForm, title: str) -> dict[str, Any]:
    crumbs = [Crumb("审批级次规则", reverse("projects:level-rules")), Crumb(title)]
    return {"form": form, "title": title, "crumbs": crumbs}
