"""督办函、上门服务、督导检查、责任书: lists, forms, and the letter as a Word file."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from duties import selectors
from duties import supervision_forms as forms
from duties.export import letter_document
from duties.forms import ReasonForm
from duties.models import Inspection, SupervisionLetter, Visit
from duties.readings import read_task
from duties.services import letters, visits
from papers.selectors import paper_list
from ui.downloads import download
from ui.filling import FormPage, fill_in
from ui.forms import OfficeForm
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _fill(
    request: HttpRequest, form: OfficeForm, title: str, back: str, head: Crumb, act: Callable[[], str]
) -> HttpResponse:
    page = FormPage(title=title, back=back, crumbs=[head, Crumb(title)], button=title)
    return fill_in(request, form, page, act)


# --- letters ---------------------------------------------------------------------------------------


@login_required
@require_GET
def letter_list(request: HttpRequest) -> HttpResponse:
    """Letters sent and got, newest first."""
    actor = actor_of(request)
    rows = selectors.letter_list(actor=actor)
    context = {
        "page": keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(rows),
        "today": clock.today(),
        "may_send": allowed(actor, Right.SUPERVISE),
    }
    return render(request, "duties/letters.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def urge(request: HttpRequest) -> HttpResponse:
    """督办: choose tasks; each unit gets one letter."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.SUPERVISE)
    chosen = [pk for pk in request.GET.getlist("task") if pk.isdecimal()]
    form = forms.UrgeForm(request.POST or None, actor=actor, today=today, initial={"tasks": chosen})

    def act() -> str:
        sent = letters.urge(
            task_ids=form.task_ids(), demand=form.cleaned_data["demand"], actor=actor, today=today
        )
        return f"已发出督办函 {len(sent)} 份：{'、'.join(letter.number for letter in sent)}。"

    back = reverse("duties:letters")
    return _fill(request, form, "发督办函", back, Crumb("督办函", back), act)


def _letter(actor: User, pk: int) -> SupervisionLetter:
    return get_object_or_404(selectors.letter_list(actor=actor), pk=pk)


@login_required
@require_GET
def letter_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter, its tasks and its answer."""
    actor, today = actor_of(request), clock.today()
    letter = _letter(actor, pk)
    tasks = selectors.tasks_of_letter(letter, actor=actor)
    context = {
        "letter": letter,
        "tasks": [read_task(task, today=today) for task in tasks],
        "may_reply": allowed(actor, Right.HANDLE_TASKS) and selectors.holds(actor, letter.addressee),
        "may_withdraw": allowed(actor, Right.SUPERVISE),
        "crumbs": [Crumb("督办函", reverse("duties:letters")), Crumb(letter.number)],
    }
    return render(request, "duties/letter.html", context)


@login_required
@require_GET
def letter_word(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as a Word file after GB/T 9704."""
    actor = actor_of(request)
    letter = _letter(actor, pk)
    tasks = selectors.tasks_of_letter(letter, actor=actor)
    return download(letter_document(letter, tasks), f"{letter.number}督办函.docx", content_type=WORD)


@login_required
@require_http_methods(["GET", "POST"])
def letter_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """回复."""
    actor, today = actor_of(request), clock.today()
    letter = _letter(actor, pk)
    require(actor, Right.HANDLE_TASKS)
    form = forms.ReplyForm(request.POST or None, request.FILES or None, actor=actor, today=today)

    def act() -> str:
        text, proof = form.cleaned_data["text"], form.evidence()
        letters.reply(letter_id=letter.pk, text=text, evidence=proof, actor=actor, today=today)
        return f"已回复 {letter.number}。"

    head = Crumb(letter.number, letter.get_absolute_url())
    return _fill(request, form, "回复督办函", letter.get_absolute_url(), head, act)


@login_required
@require_http_methods(["GET", "POST"])
def letter_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回."""
    actor, today = actor_of(request), clock.today()
    letter = _letter(actor, pk)
    require(actor, Right.SUPERVISE)
    form = ReasonForm(request.POST or None, actor=actor, today=today)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        letters.withdraw_letter(letter_id=letter.pk, reason=reason, actor=actor, today=today)
        return f"已撤回 {letter.number}。"

    head = Crumb(letter.number, letter.get_absolute_url())
    return _fill(request, form, "撤回督办函", letter.get_absolute_url(), head, act)


# --- visits ----------------------------------------------------------------------------------------


@login_required
@require_GET
def visit_list(request: HttpRequest) -> HttpResponse:
    """Each leader's year, and the visits."""
    actor, today = actor_of(request), clock.today()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and 2000 < int(asked) < 2100 else today.year
    rows = selectors.visit_list(actor=actor).filter(visited_on__year=year)
    leader = request.GET.get("leader", "")
    if leader.isdecimal() and len(leader) < 10:
        # What stands in a leader's count of the year.
        rows = rows.filter(leader=int(leader), kind=Visit.Kind.SERVICE)
    context = {
        "leaders": selectors.visits_of_leaders(actor=actor, year=year, today=today),
        "page": keyset_page(rows, order=("-visited_on", "-id"), cursor=request.GET.get("cursor")),
        "total": capped_count(rows),
        "year": year,
        "years": [today.year - 1, today.year],
        "may_record": allowed(actor, Right.KEEP_VISITS),
    }
    return render(request, "duties/visits.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def visit_new(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.KEEP_VISITS)
    form = forms.VisitForm(request.POST or None, actor=actor, today=today, initial={"visited_on": today})

    def act() -> str:
        visit = visits.record_visit(actor=actor, facts=form.facts(), today=today)
        return f"已登记{visit.organisation.short_name}{visit.get_kind_display()}。"

    back = reverse("duties:visits")
    return _fill(request, form, "登记上门服务", back, Crumb("上门服务", back), act)


# --- inspections -----------------------------------------------------------------------------------


@login_required
@require_GET
def inspection_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = selectors.inspection_list(actor=actor)
    context = {
        "page": keyset_page(rows, order=("-from_on", "-id"), cursor=request.GET.get("cursor")),
        "total": capped_count(rows),
        "today": clock.today(),
        "may_plan": allowed(actor, Right.KEEP_VISITS),
    }
    return render(request, "duties/inspections.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def inspection_new(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.KEEP_VISITS)
    form = forms.PlanForm(request.POST or None, actor=actor, today=today, initial={"from_on": today})

    def act() -> str:
        row = visits.plan_inspection(actor=actor, plan=form.plan(), today=today)
        return f"已拟定“{row.title}”，{row.to_on} 前完成。"

    back = reverse("duties:inspections")
    return _fill(request, form, "拟定督导检查", back, Crumb("督导检查", back), act)


def _inspection(actor: User, pk: int) -> Inspection:
    return get_object_or_404(selectors.inspection_list(actor=actor), pk=pk)


@login_required
@require_GET
def inspection_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One inspection with what was found, photos and the tasks that came of it."""
    actor, today = actor_of(request), clock.today()
    row = _inspection(actor, pk)
    findings = selectors.findings_of(row, actor=actor)
    pks = [finding.pk for finding in findings]
    photos = paper_list(actor=actor).current().filter(subject_kind=visits.FINDING, subject_id__in=pks)
    by_finding: dict[int, list[object]] = {}
    for photo in photos.order_by("pk"):
        by_finding.setdefault(photo.subject_id, []).append(photo)
    tasks = {task.source_id: task for task in selectors.tasks_of_sources(visits.FINDING, pks, actor=actor)}
    lines = []
    for finding in findings:
        task = tasks.get(finding.pk)
        lines.append(
            (finding, by_finding.get(finding.pk, []), read_task(task, today=today) if task else None)
        )
    context = {
        "row": row,
        "lines": lines,
        "may_record": allowed(actor, Right.KEEP_VISITS) and row.concluded_on is None,
        "today": today,
        "crumbs": [Crumb("督导检查", reverse("duties:inspections")), Crumb(row.title)],
    }
    return render(request, "duties/inspection.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def finding_new(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    row = _inspection(actor, pk)
    require(actor, Right.KEEP_VISITS)
    form = forms.FindingForm(
        request.POST or None, request.FILES or None, actor=actor, today=today, initial={"found_on": today}
    )

    def act() -> str:
        finding = visits.record_finding(actor=actor, inspection_id=row.pk, facts=form.facts(), today=today)
        return f"已登记{finding.place}的情况{'，并交办整改' if finding.demand else ''}。"

    head = Crumb(row.title, row.get_absolute_url())
    return _fill(request, form, "登记督导发现", row.get_absolute_url(), head, act)


@login_required
@require_http_methods(["GET", "POST"])
def inspection_conclude(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    row = _inspection(actor, pk)
    require(actor, Right.KEEP_VISITS)
    form = forms.SummaryForm(request.POST or None, actor=actor, today=today)

    def act() -> str:
        summary = form.cleaned_data["summary"]
        visits.conclude_inspection(actor=actor, inspection_id=row.pk, summary=summary, today=today)
        return f"“{row.title}”已办结。"

    head = Crumb(row.title, row.get_absolute_url())
    return _fill(request, form, "办结督导检查", row.get_absolute_url(), head, act)


# --- letters of responsibility ---------------------------------------------------------------------


@login_required
@require_GET
def duty_letter_list(request: HttpRequest) -> HttpResponse:
    """责任书 of a year: how many of each level, who has not signed, and the register."""
    actor, today = actor_of(request), clock.today()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and 2000 < int(asked) < 2100 else today.year
    rows = selectors.duty_letter_list(actor=actor).filter(year=year)
    context = {
        "page": keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(rows),
        "counts": selectors.duty_letter_counts(actor=actor, year=year),
        "unsigned": selectors.unsigned(actor=actor, year=year),
        "year": year,
        "years": [today.year - 1, today.year],
        "may_register": allowed(actor, Right.KEEP_DUTY_LETTERS),
    }
    return render(request, "duties/duty_letters.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def duty_letter_new(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.KEEP_DUTY_LETTERS)
    initial = {"year": today.year, "signed_on": today}
    form = forms.DutyLetterForm(
        request.POST or None, request.FILES or None, actor=actor, today=today, initial=initial
    )

    def act() -> str:
        facts = form.facts(selectors.seat_of_actor(actor))
        row = visits.register_duty_letter(actor=actor, facts=facts, scan=form.scan(), today=today)
        return f"已登记{row.party_b_name}责任书。"

    back = reverse("duties:duty-letters")
    return _fill(request, form, "登记责任书", back, Crumb("责任书", back), act)
