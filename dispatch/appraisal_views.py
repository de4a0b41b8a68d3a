"""Score sheets: the list, one sheet with its objections and its workbook, rules, excused delays."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from deadlines.models import Deadline
from dispatch.models import Appraisal, AppraisalRule, AppraisalScore, Objection
from dispatch.selectors.appraisal import READ_SCORES, appraisal_list, late_list, objection_list, score_list
from dispatch.services import appraisal as services
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from ui.downloads import download
from ui.filling import FormPage, fill_in, sent
from ui.forms import DateInput, OfficeForm
from ui.htmx import status_for
from ui.pagination import keyset_page
from ui.parts import Crumb

HOME = Crumb("考核", "/appraisals/")
LATE_SHOWN = 50


class AppraisalForm(OfficeForm):
    name = forms.CharField(label="名称", max_length=100)
    first_on = forms.DateField(label="考核期起", widget=DateInput())
    last_on = forms.DateField(label="考核期止（含）", widget=DateInput())


class RuleForm(OfficeForm):
    key = forms.ChoiceField(label="项目", choices=AppraisalRule.Key.choices)
    points = forms.IntegerField(label="分值", min_value=0, max_value=100, help_text="填 0 即不再计入。")
    full_at = forms.DecimalField(label="满分标准", max_digits=7, decimal_places=2)
    zero_at = forms.DecimalField(label="零分标准", max_digits=7, decimal_places=2)
    effective_from = forms.DateField(label="生效日期", widget=DateInput())
    note = forms.CharField(label="依据或原因", max_length=300)


class ExcuseForm(OfficeForm):
    reason = forms.CharField(label="不计入考核的理由", max_length=300)


class ObjectionForm(OfficeForm):
    text = forms.CharField(label="申诉内容", max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


class AnswerForm(OfficeForm):
    is_upheld = forms.TypedChoiceField(
        label="处理", choices=[("yes", "采纳"), ("no", "不采纳")], coerce=lambda value: value == "yes"
    )
    answer = forms.CharField(label="答复", max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


@login_required
@require_http_methods(["GET", "POST"])
def appraisals(request: HttpRequest) -> HttpResponse:
    """Every sheet; with the right, the next one."""
    actor, today = actor_of(request), clock.today()
    require(actor, *READ_SCORES)
    first, last = services.last_quarter(today)
    initial = {"name": f"{last.year} 年第 {last.month // 3} 季度考核", "first_on": first, "last_on": last}
    form = AppraisalForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        require(actor, Right.APPRAISE)
        if form.is_valid():
            try:
                made = services.make_appraisal(actor=actor, today=today, **form.cleaned_data)
            except DomainError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"{made}已计算。")
                return redirect("dispatch:appraisal", pk=made.pk)
    page = keyset_page(
        appraisal_list(actor=actor), order=("-last_on", "-version", "-id"), cursor=request.GET.get("cursor")
    )
    context = {"page": page, "form": form, "may_make": allowed(actor, Right.APPRAISE)}
    return render(request, "dispatch/appraisals.html", context, status=status_for(form))


def _visible(actor: User, pk: int) -> Appraisal:
    require(actor, *READ_SCORES)
    return get_object_or_404(appraisal_list(actor=actor), pk=pk)


@login_required
@require_safe
def appraisal(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet: each unit's line, what was counted, objections, and the delays behind it."""
    actor = actor_of(request)
    found = _visible(actor, pk)
    late = late_list(actor=actor, first=found.first_on, last=found.last_on)
    context = {
        "appraisal": found,
        "tables": _tables(list(score_list(actor=actor, appraisal=found))),
        "scores": score_list(actor=actor, appraisal=found),
        "objections": objection_list(actor=actor, appraisal=found),
        "late": late[:LATE_SHOWN],
        "may_answer": allowed(actor, Right.APPRAISE),
        "may_object": allowed(actor, Right.OBJECT_TO_SCORE),
        "crumbs": [HOME, Crumb(str(found))],
    }
    return render(request, "dispatch/appraisal.html", context)


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """The scores of counties or departments: a column for each line that any of them has."""

    label: str
    headings: Sequence[str]
    rows: Sequence[tuple[AppraisalScore, Sequence[tuple[str, Mapping[str, Any] | None]]]]


def _tables(scores: Sequence[AppraisalScore]) -> list[ScoreTable]:
    tables = []
    for kind, label in (("COUNTY", "县市"), ("DEPARTMENT", "部门")):
        own = [score for score in scores if score.kind == kind]
        lines = {
            item["key"]: f"{item['label']} · {item['points']} 分" for score in own for item in score.items
        }
        rows = []
        for score in own:
            found = {item["key"]: item for item in score.items}
            rows.append((score, [(heading, found.get(key)) for key, heading in lines.items()]))
        tables.append(ScoreTable(label, list(lines.values()), rows))
    return tables


@login_required
@require_safe
def appraisal_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet as a workbook, the lines the reader sees."""
    actor = actor_of(request)
    found = _visible(actor, pk)
    keys = [(rule["key"], rule["label"]) for rule in found.rules]
    columns = [
        LedgerColumn(("类别",), CellKind.TEXT, 10),
        LedgerColumn(("单位",), CellKind.TEXT, 24),
        LedgerColumn(("名次",), CellKind.INTEGER, 8),
        LedgerColumn(("得分",), CellKind.MONEY, 10),
    ]
    for _, label in keys:
        columns += [LedgerColumn((label, name), kind, 12) for name, kind in _PARTS]
    layout = LedgerLayout(
        title=found.name,
        subtitle=f"{found.first_on} 至 {found.last_on}　第 {found.version} 版　计算日期 {found.made_on}",
        columns=tuple(columns),
        sheet_name="考核得分",
        freeze_columns=2,
        total_label="",
    )
    file = io.BytesIO()
    rows = _cells(score_list(actor=actor, appraisal=found), [key for key, _ in keys])
    write_ledger(file, layout=layout, rows=rows)
    return download(file.getvalue(), f"{found.name}.xlsx")


_PARTS = (
    ("数值", CellKind.MONEY),
    ("件数", CellKind.INTEGER),
    ("不计", CellKind.INTEGER),
    ("得分", CellKind.MONEY),
)
_KEPT = ("value", "cases", "excused", "earned")


def _cells(scores: Iterable[AppraisalScore], keys: Sequence[str]) -> Iterator[tuple[LedgerValue, ...]]:
    for score in scores:
        items = {item["key"]: item for item in score.items}
        cells: list[LedgerValue] = []
        for key in keys:
            item = items.get(key, {})
            counted = item.get("value") is not None
            cells += [_number(item[name]) if counted else "–" for name in _KEPT]
        kind = "县市" if score.kind == "COUNTY" else "部门"
        yield (kind, score.organisation.short_name, score.place, score.total, *cells)


def _number(kept: str | int) -> LedgerValue:
    """A figure as it was kept: counts as they are, decimals from their text."""
    return kept if isinstance(kept, int) else Decimal(kept)


@login_required
@require_http_methods(["GET", "POST"])
def objection_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit objects to its own score."""
    actor = actor_of(request)
    require(actor, Right.OBJECT_TO_SCORE)
    score = get_object_or_404(AppraisalScore.objects.visible_to(actor).select_related("appraisal"), pk=pk)
    form = ObjectionForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        services.raise_objection(actor=actor, score_id=pk, today=clock.today(), **form.cleaned_data)
        return "申诉已提出。"

    return fill_in(request, form, _page("提出申诉", score.appraisal, f"{score}分"), act)


@login_required
@require_http_methods(["GET", "POST"])
def objection_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The office answers."""
    actor = actor_of(request)
    require(actor, Right.APPRAISE)
    row = get_object_or_404(Objection.objects.visible_to(actor).select_related("score__appraisal"), pk=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        services.answer_objection(actor=actor, objection_id=pk, today=clock.today(), **form.cleaned_data)
        return "申诉已答复；采纳的在下一版得分中体现。"

    return fill_in(request, form, _page("答复申诉", row.score.appraisal, row.text), act)


def _page(title: str, found: Appraisal, subtitle: str) -> FormPage:
    back = reverse("dispatch:appraisal", args=[found.pk])
    return FormPage(
        title=title, back=back, crumbs=[HOME, Crumb(str(found), back), Crumb(title)], subtitle=subtitle
    )


@login_required
@require_http_methods(["GET", "POST"])
def excuse(request: HttpRequest, pk: int) -> HttpResponse:
    """A delay that is not to count."""
    actor = actor_of(request)
    require(actor, Right.APPRAISE)
    deadline = get_object_or_404(Deadline.objects.visible_to(actor), pk=pk)
    form = ExcuseForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        services.excuse_delay(actor=actor, deadline_id=pk, today=clock.today(), **form.cleaned_data)
        return "已认定，今后计算的得分不计这一延误。"

    page = FormPage(
        title="认定延误不计入考核",
        back=reverse("dispatch:appraisals"),
        crumbs=[HOME, Crumb("认定延误")],
        subtitle=str(deadline),
    )
    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def appraisal_rules(request: HttpRequest) -> HttpResponse:
    """Every version of every line; with the right, the next."""
    actor, today = actor_of(request), clock.today()
    require(actor, *READ_SCORES)
    initial = {"effective_from": today, "points": 20, "full_at": Decimal(100), "zero_at": Decimal(50)}
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        require(actor, Right.APPRAISE)

    def act() -> str:
        services.set_rule(actor=actor, **form.cleaned_data)
        return "考核规则已增加一版。"

    if sent(request, form, act):
        return redirect("dispatch:appraisal-rules")
    context = {
        "form": form,
        "rules": AppraisalRule.objects.order_by("position", "key", "-effective_from"),
        "may_edit": allowed(actor, Right.APPRAISE),
        "crumbs": [HOME, Crumb("考核规则")],
    }
    return render(request, "dispatch/appraisal_rules.html", context, status=status_for(form))
