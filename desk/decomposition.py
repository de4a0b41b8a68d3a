"""The task decomposition sheet of one project: five kinds of procedure × 责任、措施、流程、时间.

Source: S0-22.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from approvals import readings, rules, selectors
from approvals.models import Step, StepLimit
from approvals.readings import StepView
from deadlines import selectors as clocks
from deadlines.rules import LineKind
from officefiles.documents import Align, Column, OfficialDocument
from projects.models import Project
from ui.lamps import LAMP_WORDS

KINDS = (
    ("用地预审与选址", ("A02", "A03")),
    ("农用地转用和土地征收", ("B01", "B02", "B03")),
    ("规划条件（路由）", ("G01",)),
    ("建设用地规划许可", ("X01",)),
    ("建设工程规划许可", ("X02", "X03")),
)


@dataclass(frozen=True, slots=True)
class Task:
    """One step of a kind, in the words of the sheet."""

    view: StepView
    responsible: str
    measures: str
    flow: str
    time: str

    @property
    def step(self) -> Step:
        return self.view.step

    @property
    def word(self) -> str:
        return self.view.conclusion or LAMP_WORDS[self.view.lamp.value]


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    tasks: Sequence[Task]


def decomposition(project: Project, *, actor: User, today: date) -> list[Kind]:
    """The five kinds with the project's steps of each; a kind without steps stays, empty.

    Seven queries, however many steps.
    """
    calendar = clocks.working_calendar()
    steps = selectors.latest_rounds(selectors.project_steps(actor=actor, project_id=project.pk))
    names = {code: step.step_type.short for code, step in steps.items()}
    return [
        Kind(
            name,
            [
                _task(readings.read_step(steps[code], today=today, calendar=calendar), names)
                for code in codes
                if code in steps
            ],
        )
        for name, codes in KINDS
    ]


def _task(view: StepView, names: dict[str, str]) -> Task:
    step = view.step
    holder = f"，{step.holder.label}" if step.holder else ""
    return Task(
        view=view,
        responsible=f"{step.holder_organisation.short_name}{holder}",
        measures=_measures(step),
        flow=_flow(step, names),
        time=_time(view),
    )


def _measures(step: Step) -> str:
    """What has to be prepared: papers still owed, else the step's checklist."""
    owed = [paper.name for paper in step.materials.all() if paper.is_missing and paper.supplied_on is None]
    if owed:
        return f"补齐：{'、'.join(owed)}"
    if step.status == Step.Status.DONE:
        return "已办结"
    papers = [str(paper) for paper in step.step_type.materials[:4]]
    return f"准备：{'、'.join(papers)}" if papers else "提前对接，一次告知"


def _flow(step: Step, names: dict[str, str]) -> str:
    """Before it and out of it."""
    before = [
        "或".join(names.get(code, code) for code in entry.any_of)
        for entry in rules.read_predecessors(step.step_type.predecessors)
    ]
    outputs = "、".join(str(output) for output in step.step_type.outputs)
    said = f"{'、'.join(before)} → {step.step_type.short}" if before else step.step_type.short
    return f"{said}；产出{outputs}" if outputs else said


def _time(view: StepView) -> str:
    step = view.step
    if step.status == Step.Status.DONE and step.closed_on:
        return f"{step.closed_on} 办结"
    limits = "；".join(_limit(limit) for limit in step.step_type.limits.all() if limit.value is not None)
    due = view.governing.due if view.governing else None
    if due is not None and step.is_open:
        return f"{due} 前（{limits}）" if limits else f"{due} 前"
    return limits or "无固定期限"


def _limit(limit: StepLimit) -> str:
    """A wait is no less than its days, and how long a paper is good is no limit to act within."""
    said = {LineKind.MIN.value: "不少于 ", LineKind.VALIDITY.value: "批件有效期 "}
    span = f"{said.get(limit.kind, '')}{limit.value} {limit.get_unit_display().removeprefix('个')}"
    return span if limit.kind == LineKind.VALIDITY.value else f"{limit.get_line_display()} {span}"


COLUMNS = (
    Column("手续", 1.2, Align.CENTRE),
    Column("步骤", 1.3),
    Column("责任分工", 1.5),
    Column("工作措施", 2.8),
    Column("办事流程", 2.6),
    Column("办结时间", 1.6),
    Column("进展", 1.1, Align.CENTRE),
)


def decomposition_document(project: Project, kinds: Sequence[Kind], *, today: date) -> bytes:
    """The sheet as a Word document on pages across."""
    document = OfficialDocument(title=f"{project.name}任务分解清单", author=project.organisation.name)
    document.paragraph(
        f"{project.name}（{project.display_code}）位于{project.organisation.name}，"
        f"审批轨道为{project.get_track_display() or '待定'}。"
        "按五类手续分解责任、措施、流程和时间如下，由各责任单位按期办结。"
    )
    document.sign(project.organisation.name, today, sealed=False)
    document.landscape()
    rows = [
        [
            kind.name,
            task.step.step_type.short,
            task.responsible,
            task.measures,
            task.flow,
            task.time,
            task.word,
        ]
        for kind in kinds
        for task in kind.tasks
    ]
    document.table(COLUMNS, rows, caption="任务分解清单")
    return document.content(produced_on=today)
