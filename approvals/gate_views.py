"""Gates: what is closed now, the one page of a step, proofs, releases, rules and targets."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from approvals import gates, rules, selectors
from approvals.gate_filters import GateFilterSet
from approvals.gate_forms import GateRuleForm, OverrideForm, StatementForm, TargetForm
from approvals.models import GateStatement, Step, StepQuerySet
from approvals.services.gates import override_gates, revise_gate, set_stock_target, state_gate
from approvals.services.steps import runs_step
from core import clock
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from papers.models import Paper
from projects.models import Project
from ui.downloads import download
from ui.filling import FormPage, fill_in
from ui.htmx import render_page
from ui.pagination import PAGE_SIZE, KeysetPage
from ui.parts import Action, Crumb

_cursor = Signer(salt="approvals.gates")
COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("编号",), CellKind.CENTRED, 18),
    LedgerColumn(("项目名称",), CellKind.TEXT, 34),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("步骤",), CellKind.TEXT, 22),
    LedgerColumn(("步骤状态",), CellKind.CENTRED, 10),
    LedgerColumn(("闸门",), CellKind.CENTRED, 16),
    LedgerColumn(("缺少的条件",), CellKind.TEXT, 50),
    LedgerColumn(("依据",), CellKind.TEXT, 50),
    LedgerColumn(("联系",), CellKind.TEXT, 24),
)


@login_required
@require_safe
def gate_list(request: HttpRequest) -> HttpResponse:
    """Every closed gate of every waiting step, with filters."""
    actor, today = actor_of(request), clock.today()
    filterset = _filterset(request, actor, today)
    found = gates.closed_gates(
        filterset.qs, gate=filterset.chosen_gate, after=_after(request), size=PAGE_SIZE, on=today
    )
    context = {
        "filterset": filterset,
        "rows": found.rows,
        "page": KeysetPage(list(found.rows), write_cursor(found.next_after), None),
        "is_continued": bool(_after(request)),
        "may_edit": allowed(actor, Right.EDIT_GATES),
        "today": today,
    }
    return render_page(request, "approvals/gates.html", context, partial="list")


def write_cursor(after: int | None) -> str | None:
    """Where the next page begins, signed."""
    return None if after is None else _cursor.sign(str(after))


def read_cursor(text: str | None) -> int:
    """The step behind which a page begins; an altered cursor begins at the first."""
    try:
        return int(_cursor.unsign(text)) if text else 0
    except BadSignature:
        return 0


def _after(request: HttpRequest) -> int:
    return read_cursor(request.GET.get("cursor"))


def _filterset(request: HttpRequest, actor: User, today: date) -> GateFilterSet:
    rows = gates.waiting_steps(actor=actor, on=today)
    return GateFilterSet(request.GET, queryset=rows, actor=actor)


@login_required
@require_safe
def gate_export(request: HttpRequest) -> HttpResponse:
    """What the page shows with these filters, all pages of it."""
    actor, today = actor_of(request), clock.today()
    filterset = _filterset(request, actor, today)
    layout = LedgerLayout(
        title="闸门未通过清单",
        subtitle=f"{actor.organisation.name if actor.organisation else ''}　　导出日期：{today:%Y年%m月%d日}",
        columns=COLUMNS,
        sheet_name="闸门",
        freeze_columns=3,
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_lines(filterset.qs, filterset.chosen_gate, today))
    return download(file.getvalue(), f"闸门未通过_{today:%Y%m%d}.xlsx")


def _lines(steps: StepQuerySet, gate: str, today: date) -> Iterator[tuple[LedgerValue, ...]]:
    after: int | None = 0
    number = 0
    while after is not None:
        found = gates.closed_gates(steps, gate=gate, after=after, size=gates.MOST_READ, on=today)
        for row in found.rows:
            number += 1
            yield (
                number,
                row.step.project.display_code,
                row.step.project.name,
                row.step.project.organisation.short_name,
                f"{row.step.code} {row.step.step_type.short}",
                row.step.get_status_display(),
                row.reading.gate.label,
                "；".join(row.reading.missing),
                row.reading.clause,
                row.reading.contact,
            )
        after = found.next_after


# --- one step ------------------------------------------------------------------------------------


@login_required
@require_safe
def step_gates(request: HttpRequest, pk: int) -> HttpResponse:
    """One page to print: what is closed, by which clause, what is missing, whom to call."""
    actor, today = actor_of(request), clock.today()
    step = _step(actor, pk)
    found = gates.gates_of(step, on=today)
    context = {
        "step": step,
        "found": found,
        "overrides": gates.overrides_of(step),
        "statements": _statements(actor, step),
        "actions": _actions(actor, step, found),
        "provable": _provable(actor, step, found),
        "today": today,
        "actor": actor,
        "crumbs": _crumbs(step, "闸门"),
    }
    return render(request, "approvals/step_gates.html", context)


def _step(actor: User, pk: int) -> Step:
    step: Step = get_object_or_404(selectors.step_list(actor=actor), pk=pk)
    return step


def _statements(actor: User, step: Step) -> list[GateStatement]:
    """The statements that count, in the order of the gates."""
    rows = GateStatement.objects.visible_to(actor).filter(project_id=step.project_id)
    newest = gates.newest_statements(rows).get(step.project_id, {})
    return [newest[gate] for gate in rules.Gate if gate in newest]


def _actions(actor: User, step: Step, found: gates.StepGates) -> list[Action]:
    may = allowed(actor, Right.OVERRIDE_GATES) and runs_step(actor, step)
    if not found.closed or not may:
        return []
    return [Action("凭政府文件放行", reverse("approvals:gate-override", args=[step.pk]))]


def _provable(actor: User, step: Step, found: gates.StepGates) -> list[rules.Gate]:
    """The gates of the step that take a statement from the actor."""
    unit = actor.reporting_unit
    is_own = unit is None or step.project.organisation.path.startswith(unit.path)
    if not allowed(actor, Right.RUN_STEPS) or not is_own:
        return []
    return [reading.gate for reading in found.readings if reading.gate in rules.STATED]


def _crumbs(step: Step, *words: str) -> list[Crumb]:
    return [
        Crumb("项目库", reverse("projects:list")),
        Crumb(
            step.project.display_code or step.project.name, reverse("desk:dossier", args=[step.project_id])
        ),
        Crumb(f"{step.code} {step.step_type.short}", reverse("approvals:step", args=[step.pk])),
        *(Crumb(word) for word in words),
    ]


@login_required
@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, pk: int) -> HttpResponse:
    """The document of the government by which a step passes closed gates."""
    actor, today = actor_of(request), clock.today()
    step = _step(actor, pk)
    require(actor, Right.OVERRIDE_GATES)
    closed = gates.gates_of(step, on=today).closed
    form = OverrideForm(
        request.POST or None, request.FILES or None, closed=closed, papers=_papers(actor, step.project_id)
    )

    def act() -> str:
        override_gates(
            actor=actor,
            step_id=step.pk,
            chosen=form.cleaned_data["gates"],
            release=form.release(),
            proof=form.proof(),
            today=today,
        )
        return "已登记放行文件。"

    page = FormPage(
        title=f"凭政府文件放行：{step.code} {step.step_type.short}",
        subtitle=f"{step.project.name}；只对本步骤、所选闸门有效，记入操作日志",
        back=reverse("approvals:step-gates", args=[step.pk]),
        crumbs=_crumbs(step, "放行"),
        notes=() if closed else ("本步骤没有未通过的闸门，不需要放行。",),
        button="放行",
    )
    return fill_in(request, form, page, act)


def _papers(actor: User, project_id: int) -> list[Paper]:
    rows = Paper.objects.visible_to(actor).current().filter(project_id=project_id)
    return list(rows.order_by("-pk")[:100])


@login_required
@require_http_methods(["GET", "POST"])
def state(request: HttpRequest, pk: int, gate: str) -> HttpResponse:
    """A proof for one gate of a project; `step` in the address is where one goes back to."""
    actor, today = actor_of(request), clock.today()
    project = get_object_or_404(Project.objects.visible_to(actor).select_related("organisation"), pk=pk)
    require(actor, Right.RUN_STEPS)
    if gate not in rules.STATED:
        raise Http404("这道闸门不需要另行证明。")
    named = rules.Gate(gate)
    before = gates.newest_statements(GateStatement.objects.filter(project=project, gate=gate))
    form = StatementForm(
        request.POST or None,
        request.FILES or None,
        gate=named,
        before=before.get(project.pk, {}).get(named),
        papers=_papers(actor, project.pk),
    )

    def act() -> str:
        state_gate(
            actor=actor,
            project_id=project.pk,
            gate=named,
            stated=form.stated(),
            proof=form.proof(),
            today=today,
        )
        return f"已登记“{named.label}”的证明。"

    dossier = f"{reverse('desk:dossier', args=[project.pk])}?tab=gates"
    page = FormPage(
        title=f"登记证明：{named.label}",
        subtitle=f"{project.name}；以最新一次登记为准，以前的都保留",
        back=dossier,
        crumbs=[
            Crumb("项目库", reverse("projects:list")),
            Crumb(project.display_code or project.name, dossier),
            Crumb("登记证明"),
        ],
    )
    return fill_in(request, form, page, act)


# --- rules and targets ---------------------------------------------------------------------------


@login_required
@require_safe
def gate_rules(request: HttpRequest) -> HttpResponse:
    """The gates in force and all their versions."""
    actor, today = actor_of(request), clock.today()
    context = {
        "rows": [(row, rules.Gate(row.gate)) for row in gates.gate_rules(today)],
        "versions": [version for gate in rules.Gate for version in gates.gate_versions(gate)],
        "may_edit": allowed(actor, Right.EDIT_GATES),
        "crumbs": [Crumb("期限设置", reverse("deadlines:settings")), Crumb("闸门规则")],
    }
    return render(request, "approvals/gate_rules.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def gate_rule_edit(request: HttpRequest, gate: str) -> HttpResponse:
    """A new version of one gate."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_GATES)
    versions = gates.gate_versions(gate)
    if not versions:
        raise Http404("没有这道闸门。")
    named, newest = rules.Gate(gate), versions[0]
    initial = {
        "effective_from": today,
        "step_codes": "、".join(newest.step_codes),
        **{name: getattr(newest, name) for name in ("clause", "contact", "least_percent")},
        "closes_when_unknown": newest.closes_when_unknown,
    }
    form = GateRuleForm(request.POST or None, initial=initial)

    def act() -> str:
        day = form.cleaned_data["effective_from"]
        revise_gate(actor=actor, gate=named, effective_from=day, values=form.values())
        return f"“{named.label}”已增加一版，{day} 起适用。"

    page = FormPage(
        title=f"修订闸门：{named.label}",
        subtitle="新版自生效日期起适用，已受理的步骤不变",
        back=reverse("approvals:gate-rules"),
        crumbs=[Crumb("闸门规则", reverse("approvals:gate-rules")), Crumb(named.label)],
    )
    return fill_in(request, form, page, act)


@login_required
@require_safe
def stock_targets(request: HttpRequest) -> HttpResponse:
    """What each county must keep, what it has, and whether the floor holds."""
    actor = actor_of(request)
    if actor.scope is None:
        raise PermissionDenied("您的账号没有所属单位，不能查看。")
    in_force = {row.pk for row in gates.targets_in_force(actor=actor, today=clock.today())}
    context = {
        "rows": [(row, row.pk in in_force) for row in gates.stock_targets(actor=actor)],
        "may_edit": allowed(actor, Right.EDIT_GATES),
    }
    return render(request, "approvals/stock_targets.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def stock_target_new(request: HttpRequest) -> HttpResponse:
    """A unit's target from a day on."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_GATES)
    form = TargetForm(request.POST or None, actor=actor, initial={"effective_from": today})

    def act() -> str:
        data = form.cleaned_data
        set_stock_target(
            actor=actor,
            organisation=data["organisation"],
            effective_from=data["effective_from"],
            target=form.target(),
            basis=data["basis"],
        )
        return f"{data['organisation'].short_name}的保有量目标已登记。"

    back = reverse("approvals:stock-targets")
    page = FormPage(
        title="登记保有量目标",
        subtitle="现有面积按最近一次国土变更调查填写",
        back=back,
        crumbs=[Crumb("耕地保有量", back), Crumb("登记")],
    )
    return fill_in(request, form, page, act)
