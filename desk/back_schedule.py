"""倒排工期: from the planned start of construction back to the latest day of every paper."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from approvals import planning, rules, selectors
from approvals.models import Step
from approvals.readings import unit_words
from deadlines import selectors as clocks
from deadlines.errors import CalendarGap
from officefiles.documents import Align, Column, OfficialDocument
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from projects.models import Project

COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("步骤",), CellKind.TEXT, 26),
    LedgerColumn(("现状",), CellKind.CENTRED, 10),
    LedgerColumn(("用时",), CellKind.CENTRED, 14),
    LedgerColumn(("最迟收件",), CellKind.DATE),
    LedgerColumn(("最迟办结",), CellKind.DATE),
    LedgerColumn(("预计办结",), CellKind.DATE),
    LedgerColumn(("余量（工作日）",), CellKind.INTEGER, 10),
    LedgerColumn(("关键线路",), CellKind.CENTRED, 10),
    LedgerColumn(("结论",), CellKind.TEXT, 22),
    LedgerColumn(("责任单位",), CellKind.TEXT, 20),
    LedgerColumn(("经办人",), CellKind.TEXT, 20),
)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One remaining step on the way to the target, in words."""

    step: Step
    plan: rules.PlanRow
    length: str

    @property
    def call(self) -> str:
        """Whom to call: the person, else the unit."""
        holder = self.step.holder
        unit = self.step.holder_organisation.name
        return f"{unit} {holder.label}" if holder is not None else unit

    @property
    def lamp(self) -> str:
        if self.plan.is_late:
            return "red"
        return "amber" if self.plan.slack < 0 else "green"

    @property
    def conclusion(self) -> str:
        if self.plan.is_late:
            return f"已来不及，差 {-self.plan.slack} 个工作日" if self.plan.slack < 0 else "应已收件"
        if self.plan.slack < 0:
            return f"受前面步骤影响，差 {-self.plan.slack} 个工作日"
        return f"余 {self.plan.slack} 个工作日"


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one project. `why_none` says why there is nothing to plan."""

    project: Project
    target_on: date | None
    today: date
    lines: Sequence[PlanLine] = ()
    critical: Sequence[PlanLine] = ()
    first_late: PlanLine | None = None
    reachable_on: date | None = None
    delay: int = 0
    why_none: str = ""

    @property
    def late(self) -> Sequence[PlanLine]:
        return [line for line in self.lines if line.plan.is_late]

    @property
    def first_late_words(self) -> str:
        """The first step that is already too late, and whom to call."""
        line = self.first_late
        if line is None:
            return ""
        return f"第一个已来不及的步骤：{line.plan.code} {line.step.step_type.short}，请联系{line.call}。"

    @property
    def headline(self) -> str:
        if self.delay > 0:
            return f"按现有时限最早 {self.reachable_on} 开工，比目标晚 {self.delay} 个工作日"
        return f"按现有时限 {self.reachable_on} 可开工，比目标早 {-self.delay} 个工作日"


def read_plan(project: Project, *, actor: User, today: date, target_on: date | None = None) -> Plan:
    """The plan back from `target_on`, else from the project's planned start. Nine queries.

    The caller has made sure that the actor may see the project.
    """
    wanted = target_on or project.planned_start_on
    if wanted is None:
        return Plan(project, None, today, why_none="项目没有填计划开工日；请在上面填目标开工日。")
    calendar = clocks.working_calendar()
    steps = selectors.project_steps(actor=actor, project_id=project.pk)
    if not steps:
        return Plan(project, wanted, today, why_none="还没有生成报批步骤。")
    plans = planning.plan_of(
        steps,
        track=project.track,
        today=today,
        calendar=calendar,
        setting=selectors.handling_setting(today),
    )
    try:
        found = rules.back_schedule(plans, target_on=wanted, today=today, calendar=calendar)
    except CalendarGap as gap:
        return Plan(project, wanted, today, why_none=gap.message)
    if found is None:
        return Plan(project, wanted, today, why_none="开工步骤已办结或不涉及，没有可倒排的步骤。")
    return _plan(project, wanted, today, found, selectors.latest_rounds(steps), plans)


def _plan(
    project: Project,
    target_on: date,
    today: date,
    found: rules.BackSchedule,
    steps: Mapping[str, Step],
    plans: Mapping[str, rules.PlannedStep],
) -> Plan:
    lines = [PlanLine(steps[row.code], row, _length(plans[row.code])) for row in found.rows]
    by_code = {line.plan.code: line for line in lines}
    return Plan(
        project=project,
        target_on=target_on,
        today=today,
        lines=lines,
        critical=[by_code[code] for code in found.critical if code in by_code],
        first_late=by_code.get(found.first_late),
        reachable_on=found.reachable_on,
        delay=found.delay,
    )


def _length(plan: rules.PlannedStep) -> str:
    line = plan.line
    at_least = "不少于 " if line.kind == "min" else ""
    unit = "个月" if line.unit == "month" else "年" if line.unit == "year" else unit_words(line.unit)
    assumed = "（测算）" if plan.is_assumed else ""
    return f"{at_least}{line.total} {unit}{assumed}"


# --- as files ------------------------------------------------------------------------------------


def plan_workbook(plan: Plan) -> bytes:
    """The plan as a sheet."""
    target = f"目标开工：{plan.target_on}　　" if plan.target_on else ""
    layout = LedgerLayout(
        title=f"{plan.project.name}倒排工期表",
        subtitle=f"{target}制表日期：{plan.today}",
        columns=COLUMNS,
        sheet_name="倒排工期",
        freeze_columns=2,
    )
    file = io.BytesIO()
    rows = [_cells(number, line) for number, line in enumerate(plan.lines, start=1)]
    write_ledger(file, layout=layout, rows=rows)
    return file.getvalue()


def _cells(number: int, line: PlanLine) -> tuple[LedgerValue, ...]:
    return (
        number,
        f"{line.plan.code} {line.step.step_type.short}",
        line.step.get_status_display(),
        line.length,
        line.plan.latest.start_on,
        line.plan.latest.over_on,
        line.plan.span.over_on,
        line.plan.slack,
        "是" if line.plan.is_critical else "",
        line.conclusion,
        line.step.holder_organisation.name,
        line.step.holder.label if line.step.holder else "",
    )


def plan_document(plan: Plan) -> bytes:
    """The plan of attack (攻坚方案) as an official document."""
    document = OfficialDocument(title=f"{plan.project.name}用地报批攻坚方案")
    if plan.why_none:
        document.paragraph(f"{plan.project.name}暂不能倒排：{plan.why_none}")
        return document.content(produced_on=plan.today)
    document.paragraph(
        f"{plan.project.name}（{plan.project.display_code}）计划于 {plan.target_on} 开工。"
        f"{plan.headline}。为倒排工期、按时开工，制定本方案。"
    )
    document.heading("一、关键线路")
    document.paragraph(" → ".join(line.step.step_type.short for line in plan.critical) + "。")
    document.heading("二、已经来不及的步骤")
    if plan.late:
        for line in plan.late:
            document.paragraph(
                f"最迟 {line.plan.latest.start_on} 收件、{line.plan.latest.over_on} 办结，"
                f"{line.conclusion}；请联系{line.call}。",
                lead=f"{line.step.step_type.short}。",
            )
    else:
        document.paragraph("没有。")
    document.heading("三、倒排工期表")
    document.table(
        [
            Column("步骤", 3),
            Column("用时", 2, Align.CENTRE),
            Column("最迟收件", 2, Align.CENTRE),
            Column("最迟办结", 2, Align.CENTRE),
            Column("责任单位", 3),
        ],
        [
            (
                line.step.step_type.short,
                line.length,
                line.plan.latest.start_on.isoformat(),
                line.plan.latest.over_on.isoformat(),
                line.call,
            )
            for line in plan.lines
        ],
    )
    return document.content(produced_on=plan.today)
