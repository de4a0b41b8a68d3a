"""The dated rules of the order: criteria of the classes, brackets of the leaders."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from projects.models import BracketSet, CriteriaSet, Project, ScopeFlag
from projects.people_forms import (
    YUAN_PER_WAN,
    BracketFormSet,
    BracketSetForm,
    CriteriaForm,
    CriterionFormSet,
)
from projects.rules.ordering import ClassWords
from projects.selectors.list_kinds import kinds_to_choose
from projects.selectors.ordering import bracket_lines, class_words, criteria_lines
from projects.services import ordering
from ui.htmx import UNPROCESSABLE
from ui.parts import Crumb

_PAGE, _FORM = "projects/rule_sets.html", "projects/rule_set_form.html"
_CLASSES = dict(Project.PriorityClass.choices)
_FLAGS = dict(ScopeFlag.choices)


@login_required
@require_GET
def criteria(request: HttpRequest) -> HttpResponse:
    """The criteria of today and every set there was or will be."""
    sets = list(CriteriaSet.objects.prefetch_related("criteria").select_related("entered_by"))
    now, words = CriteriaSet.objects.in_force(clock.today()), class_words()
    context = {
        "title": "分类标准",
        "lead": "按次序逐条比对，第一条符合的建议类别；由人确认后才生效。",
        "heads": ("项目类别", "条件"),
        "sets": [(row, criteria_lines(row, words), _terms(row, words)) for row in sets],
        "now": now,
        "revise": reverse("projects:criteria-revise"),
        "may_edit": allowed(actor_of(request), Right.EDIT_CRITERIA),
    }
    return render(request, _PAGE, context)


def _terms(row: CriteriaSet, words: ClassWords) -> list[str]:
    """What a set says beside its criteria, in words."""
    lists = words.categories
    key = "、".join([*(_CLASSES[c] for c in row.key_classes), *(lists.get(c, c) for c in row.key_categories)])
    return [
        f"重点项目（须有一个领导、一个专班、一套方案）：{key or '无'}",
        f"须指定领办领导：{'、'.join(_FLAGS[flag] for flag in row.lead_flags) or '无'}",
        f"须配镇街联络员：{'、'.join(lists.get(code, code) for code in row.liaison_categories) or '无'}",
    ]


@login_required
@require_http_methods(["GET", "POST"])
def criteria_revise(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_CRITERIA)
    newest = CriteriaSet.objects.prefetch_related("criteria").first()
    lines = [
        {
            "priority_class": row.priority_class,
            "list_categories": row.list_categories,
            "scope_flags": row.scope_flags,
            "starts_within_months": row.starts_within_months,
            "investment_wan": None
            if row.investment_from_yuan is None
            else row.investment_from_yuan / YUAN_PER_WAN,
        }
        for row in (newest.criteria.all() if newest else ())
    ]
    names = ("key_classes", "key_categories", "lead_flags", "liaison_categories")
    initial: dict[str, object] = {name: getattr(newest, name) for name in names} if newest else {}
    sent = request.POST or None
    form = CriteriaForm(sent, initial={"effective_from": today} | initial)
    formset = CriterionFormSet(
        sent, initial=lines, prefix="lines", form_kwargs={"kinds": kinds_to_choose(on=today)}
    )
    if request.method == "POST" and form.is_valid() and formset.is_valid():
        try:
            ordering.revise_criteria(
                actor=actor,
                effective_from=form.cleaned_data["effective_from"],
                note=form.cleaned_data["note"],
                criteria=[row for line in formset if (row := line.criterion()) is not None],
                terms=form.terms(),
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "新的分类标准已保存，自生效日起用于建议。")
            return redirect("projects:criteria")
    return _form_page(request, form, formset, "修订分类标准", "projects:criteria", "分类标准", "分类条件")


@login_required
@require_GET
def brackets(request: HttpRequest) -> HttpResponse:
    """The brackets of today and every set there was or will be."""
    sets = list(BracketSet.objects.prefetch_related("brackets").select_related("entered_by"))
    context = {
        "title": "投资分级",
        "lead": "按总投资建议责任领导；分界数归哪一档，写明在每一档里。",
        "heads": ("总投资", "责任领导"),
        "sets": [(row, bracket_lines(row), [row.get_boundary_display()]) for row in sets],
        "now": BracketSet.objects.in_force(clock.today()),
        "revise": reverse("projects:brackets-revise"),
        "may_edit": allowed(actor_of(request), Right.EDIT_CRITERIA),
    }
    return render(request, _PAGE, context)


@login_required
@require_http_methods(["GET", "POST"])
def brackets_revise(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_CRITERIA)
    newest = BracketSet.objects.prefetch_related("brackets").first()
    lines = [
        {"from_wan": row.from_yuan / YUAN_PER_WAN, "leader_title": row.leader_title, "note": row.note}
        for row in (newest.brackets.all() if newest else ())
    ]
    sent = request.POST or None
    boundary = newest.boundary if newest else BracketSet.Boundary.HIGHER
    form = BracketSetForm(sent, initial={"effective_from": today, "boundary": boundary})
    formset = BracketFormSet(sent, initial=lines, prefix="lines")
    if request.method == "POST" and form.is_valid() and formset.is_valid():
        try:
            ordering.revise_brackets(
                actor=actor,
                effective_from=form.cleaned_data["effective_from"],
                boundary=BracketSet.Boundary(form.cleaned_data["boundary"]),
                note=form.cleaned_data["note"],
                brackets=[row for line in formset if (row := line.bracket()) is not None],
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "新的投资分级已保存，自生效日起用于建议。")
            return redirect("projects:brackets")
    return _form_page(request, form, formset, "修订投资分级", "projects:brackets", "投资分级", "档次")


def _form_page(
    request: HttpRequest,
    form: CriteriaForm | BracketSetForm,
    formset: object,
    title: str,
    back: str,
    parent: str,
    legend: str,
) -> HttpResponse:
    refused = bool(form.errors) or any(getattr(formset, "errors", ()))
    context = {
        "form": form,
        "formset": formset,
        "title": title,
        "legend": legend,
        "back": reverse(back),
        "crumbs": [Crumb(parent, reverse(back)), Crumb(title)],
    }
    return render(request, _FORM, context, status=UNPROCESSABLE if form.is_bound and refused else 200)
