"""Collection windows: the list, one window's parties, what a unit owes, the yearly waves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.models import Organisation, User
from accounts.rights import Right, allowed, require
from accounts.selectors import own_prefecture
from core import clock
from core.errors import DomainError
from deadlines.selectors import lamp_of
from projects.collecting_filters import LateFilterSet
from projects.collecting_forms import ExtendForm, ReasonForm, WaveForm, WindowForm
from projects.models import CollectionWindow, WindowDuty, WindowTemplate
from projects.selectors import previews
from projects.selectors import windows as selectors
from projects.services import window_templates, windows
from ui.filling import sent
from ui.htmx import UNPROCESSABLE, render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb, Kpi

LIST = "projects/window_list.html"
PAGE = "projects/window.html"
FORM = "projects/window_form.html"
LATE = "projects/window_late.html"
WAVES = "projects/window_templates.html"
HOME = Crumb("报送批次", "/windows/")


@login_required
@require_GET
def window_list(request: HttpRequest) -> HttpResponse:
    return _render_list(request)


def _render_list(request: HttpRequest, *, refusal: str = "") -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    rows = selectors.window_list(actor=actor)
    context = {
        "page": keyset_page(rows, order=("-opens_on", "-id"), cursor=request.GET.get("cursor")),
        "total": capped_count(CollectionWindow.objects.visible_to(actor)),
        "mine": [(duty, lamp_of(duty.deadline, today) if duty.deadline else None) for duty in _mine(actor)],
        "may_submit": allowed(actor, Right.SUBMIT_LIST),
        "may_run": allowed(actor, Right.RUN_WINDOWS),
        "may_gather": allowed(actor, Right.GATHER_LIST),
        "year": today.year,
        "refusal": refusal,
    }
    status = UNPROCESSABLE if refusal else 200
    return render_page(request, LIST, context, partial="list", status=status)


def _mine(actor: User) -> list[WindowDuty]:
    """What the actor's own unit owes now; nothing for those who hand in no lists."""
    if not allowed(actor, Right.SUBMIT_LIST) or actor.scope is None:
        return []
    own = previews.reporting_organisation(actor)
    return list(selectors.my_duties(actor=actor, organisation=own, today=clock.today()))


@login_required
@require_GET
def late(request: HttpRequest) -> HttpResponse:
    """Who has not handed in, and who was late: over all windows, or of the one that is asked for."""
    actor, today = actor_of(request), clock.today()
    filterset = LateFilterSet(
        request.GET, queryset=selectors.late_list(actor=actor, today=today), request=request
    )
    order = ("-window__closes_on", "window_id", "organisation__path")
    page = keyset_page(filterset.qs, order=order, cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [(duty, _days_late(duty, today)) for duty in page],
        "total": capped_count(filterset.qs),
        "today": today,
        "crumbs": [HOME, Crumb("迟报名单")],
    }
    return render_page(request, LATE, context, partial="list")


def _days_late(duty: WindowDuty, today: date) -> int:
    """Calendar days after the day on which the list was due."""
    due = duty.deadline.due_on if duty.deadline else None
    return ((duty.answered_on or today) - due).days if due else 0


@login_required
@require_GET
def window(request: HttpRequest, pk: int) -> HttpResponse:
    return _render(request, _visible(request, pk))


def _visible(request: HttpRequest, pk: int) -> CollectionWindow:
    return get_object_or_404(selectors.window_list(actor=actor_of(request)), pk=pk)


def _render(
    request: HttpRequest,
    found: CollectionWindow,
    *,
    refusal: str = "",
    forms: Mapping[str, object] | None = None,
) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    duties = list(selectors.duty_list(actor=actor, today=today).filter(window=found))
    own = actor.reporting_unit or actor.organisation
    context = {
        "window": found,
        "rows": [(duty, lamp_of(duty.deadline, today) if duty.deadline else None) for duty in duties],
        "kpis": _kpis(found, duties, actor, today),
        "own_id": own.pk if own else 0,
        "today": today,
        "may_submit": allowed(actor, Right.SUBMIT_LIST) and found.is_open,
        "may_run": allowed(actor, Right.RUN_WINDOWS) and found.closed_on is None,
        "may_gather": allowed(actor, Right.GATHER_LIST) and found.needs_gathering,
        "refusal": refusal,
        "extend_form": ExtendForm(),
        "end_form": ReasonForm(prefix="end"),
        "nothing_form": ReasonForm(prefix="nothing"),
        "crumbs": [HOME, Crumb(found.title)],
        **(forms or {}),
    }
    return render(request, PAGE, context, status=UNPROCESSABLE if refusal else 200)


def _kpis(found: CollectionWindow, duties: list[WindowDuty], actor: User, today: date) -> list[Kpi]:
    sums = selectors.window_sums(found, actor=actor)
    late = sum(duty.was_late for duty in duties)
    missing = sum(duty.answered_on is None for duty in duties)
    overdue = missing and found.closes_on < today
    return [
        Kpi("应报单位", len(duties), "个", f"已报 {len(duties) - missing} 个"),
        Kpi("未报", missing, "个", "已过截止日期" if overdue else "", "", "red" if overdue else ""),
        Kpi("逾期报送", late, "个", lamp="amber" if late else ""),
        Kpi("报送项目", sums.projects, "个", f"用地 {sums.total_m2 / 10_000:,.4f} 公顷"),
        Kpi("待县市汇总", sums.waiting_for_county, "个", f"待审核 {sums.waiting_for_bureau} 个"),
        Kpi(
            "已采纳",
            sums.adopted,
            "个",
            f"退回 {sums.returned} · 不予列入 {sums.dropped} · 合并 {sums.merged}",
        ),
    ]


@login_required
@require_http_methods(["GET", "POST"])
def window_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.RUN_WINDOWS)
    possible = selectors.possible_reporters(organisation=previews.reporting_organisation(actor))
    counties = [unit.pk for unit in possible if unit.kind in Organisation.REPORTING_KINDS]
    initial = {"opens_on": clock.today(), "reporters": counties}
    form = WindowForm(request.POST or None, reporters=possible, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            done = windows.plan_window(
                actor=actor, new=form.new(), reporters=form.reporter_ids(), today=clock.today()
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已安排“{done.title}”，应报单位会收到通知。")
            return redirect("projects:window", pk=done.pk)
    context = {"form": form, "crumbs": [HOME, Crumb("安排批次")]}
    return render(request, FORM, context, status=status_for(form))


@login_required
@require_POST
def plan_year(request: HttpRequest) -> HttpResponse:
    """The year's waves by the templates in force."""
    actor = actor_of(request)
    require(actor, Right.RUN_WINDOWS)
    year = request.POST.get("year", "")
    if not (year.isascii() and year.isdecimal() and len(year) == 4):
        return _render_list(request, refusal="请填写四位数的年度。")
    done = windows.plan_year(actor=actor, year=int(year), today=clock.today())
    if done:
        messages.success(request, f"已安排 {year} 年批次 {len(done)} 个。")
    else:
        messages.info(request, f"{year} 年的批次都已安排，没有新增。")
    return redirect("projects:windows")


@login_required
@require_POST
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    require(actor_of(request), Right.RUN_WINDOWS)
    found, form = _visible(request, pk), ExtendForm(request.POST)
    if not form.is_valid():
        return _render(request, found, refusal="请填写新的截止日期和理由。", forms={"extend_form": form})

    def act() -> str:
        done = windows.extend_window(
            actor=actor_of(request), window_id=pk, today=clock.today(), **form.cleaned_data
        )
        return f"已延长至 {done.closes_on}，应报单位会收到通知。"

    return _act(request, found, act, forms={"extend_form": form})


@login_required
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    require(actor_of(request), Right.RUN_WINDOWS)
    found, reason = _visible(request, pk), request.POST.get("end-reason", "")

    def act() -> str:
        windows.close_window(actor=actor_of(request), window_id=pk, reason=reason, today=clock.today())
        return "批次已关闭，不再接收报送。"

    return _act(request, found, act)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    require(actor_of(request), Right.RUN_WINDOWS)
    found, reason = _visible(request, pk), request.POST.get("end-reason", "")

    def act() -> str:
        windows.cancel_window(actor=actor_of(request), window_id=pk, reason=reason, today=clock.today())
        return "批次已取消，应报单位会收到通知。"

    return _act(request, found, act)


@login_required
@require_POST
def nothing(request: HttpRequest, pk: int) -> HttpResponse:
    """零报告 of the actor's own unit in this window."""
    actor = actor_of(request)
    require(actor, Right.SUBMIT_LIST)
    found = _visible(request, pk)
    own = previews.reporting_organisation(actor)
    duty = get_object_or_404(WindowDuty.objects.visible_to(actor), window=found, organisation=own)
    form = ReasonForm(request.POST, prefix="nothing")

    def act() -> str:
        windows.report_nothing(
            actor=actor, duty_id=duty.pk, reason=request.POST.get("nothing-reason", ""), today=clock.today()
        )
        return "零报告已提交。"

    return _act(request, found, act, forms={"nothing_form": form})


def _act(
    request: HttpRequest,
    found: CollectionWindow,
    act: Callable[[], str],
    *,
    forms: Mapping[str, object] | None = None,
) -> HttpResponse:
    try:
        done = act()
    except DomainError as refusal:
        return _render(request, found, refusal=refusal.message, forms=forms)
    messages.success(request, done)
    return redirect("projects:window", pk=found.pk)


@login_required
@require_http_methods(["GET", "POST"])
def waves(request: HttpRequest) -> HttpResponse:
    """The yearly waves in force for one's own prefecture, all versions, and a form for another."""
    actor, today = actor_of(request), clock.today()
    may_edit = allowed(actor, Right.EDIT_CRITERIA)
    organisation = own_prefecture(actor)
    in_force = selectors.templates_in_force(organisation=organisation, on=today)
    chosen = next((wave for wave in in_force if wave.code == request.GET.get("code")), None)
    form = WaveForm(
        request.POST or None,
        departments=_departments(organisation),
        initial=WaveForm.initial_of(chosen) | {"effective_from": today},
    )
    if request.method == "POST":
        require(actor, Right.EDIT_CRITERIA)

    def act() -> str:
        window_templates.change_wave(actor=actor, organisation=organisation, new=form.new())
        return "批次模板已保存，已安排的批次不变。"

    if sent(request, form, act):
        return redirect("projects:window-templates")
    versions = WindowTemplate.objects.filter(organisation__code__in=organisation.ancestor_codes)
    context = {
        "form": form,
        "may_edit": may_edit,
        "rows": versions.select_related("organisation")
        .prefetch_related("departments")
        .order_by("code", "-effective_from"),
        "today": today,
        "crumbs": [HOME, Crumb("批次模板")],
    }
    return render(request, WAVES, context, status=status_for(form))


def _departments(organisation: Organisation) -> list[Organisation]:
    return [
        unit
        for unit in selectors.possible_reporters(organisation=organisation)
        if unit.kind == Organisation.Kind.DEPARTMENT
    ]
