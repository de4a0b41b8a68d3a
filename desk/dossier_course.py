"""The tab of a project's whole life: from the list to its effect, open until its problems are solved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from accounts.models import User
from accounts.rights import Right, allowed
from approvals.models import Step
from deadlines import selectors as clocks
from deadlines.rules import Lamp, worst
from projects.models import PlanItem, Project, ProjectCourse, QuotaRoute
from projects.selectors.annual import route_of
from projects.services.annual_plan import proposals_for
from ui.lamps import LAMP_WORDS
from ui.parts import Action

PHASES = (
    ("选址预审", ("A02", "A03")),
    ("立项", ("A04", "A05", "A06")),
    ("征收前期", ("Z01", "Z02", "Z03", "Z04", "Z05", "Z07", "Z08", "Z09")),
    ("组卷报批", ("B01", "B02", "B03")),
    ("供地", ("G02", "G04")),
    ("规划许可", ("X01", "X03")),
)


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of the life: how it stands, the planned and the real day."""

    label: str
    lamp: Lamp
    word: str
    planned: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    item: PlanItem
    lamp: Lamp
    word: str


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """Phases, open and solved problems, what to do. Three queries."""
    course: ProjectCourse | None = ProjectCourse.objects.filter(project=project).first()
    steps = list(Step.objects.filter(project=project).select_related("deadline").order_by("code", "round"))
    items = (
        PlanItem.objects.visible_to(actor)
        .filter(project=project)
        .select_related("responsible", "deadline")
        .order_by("limit_on", "pk")
    )
    problems = [_problem(item, today) for item in items]
    return {
        "phases": [*_phases(steps, today), *_life(project, course, steps, today)],
        "course": course,
        "problems": problems,
        "open_problems": sum(problem.item.state == PlanItem.State.OPEN for problem in problems),
        "route": QuotaRoute(route_of(project)).label,
        "proposals": proposals_for(project) if not problems else [],
        "course_actions": _actions(project, actor, bool(problems)),
    }


def _phases(steps: Sequence[Step], today: date) -> list[Phase]:
    return [_phase(label, [s for s in steps if s.code in codes], today) for label, codes in PHASES]


def _phase(label: str, steps: Sequence[Step], today: date) -> Phase:
    needed = [step for step in steps if step.status != Step.Status.NOT_INVOLVED]
    if not needed:
        return Phase(label, Lamp.IDLE, "不涉及" if steps else "未生成步骤")
    done = [step for step in needed if step.status == Step.Status.DONE]
    if len(done) == len(needed):
        last = max((step.closed_on for step in done if step.closed_on), default=None)
        return Phase(label, Lamp.DONE, "办结", on=last)
    running = [step for step in needed if step.is_open]
    if not running and not done:
        return Phase(label, Lamp.IDLE, "未启动")
    lamps = [clocks.lamp_of(step.deadline, today) for step in running if step.deadline]
    lamp = worst(lamps) if lamps else Lamp.GREEN
    return Phase(label, lamp, f"{len(done)} / {len(needed)} 办结")


def _life(project: Project, course: ProjectCourse | None, steps: Sequence[Step], today: date) -> list[Phase]:
    done = {step.code: step.closed_on for step in steps if step.status == Step.Status.DONE}
    started = (course.started_on if course else None) or done.get("J01")
    finished = (course.finished_on if course else None) or done.get("J02")
    effect = course.effect_on if course else None
    planned = course.effect_planned_on if course else None
    return [
        _milestone("开工", started, project.planned_start, project.planned_start_on, today),
        _milestone("竣工", finished, project.planned_finish, project.planned_finish_on, today),
        _milestone("达效", effect, planned.isoformat() if planned else "", planned, today),
    ]


def _milestone(label: str, on: date | None, planned: str, planned_on: date | None, today: date) -> Phase:
    if on is not None:
        late = planned_on is not None and on > planned_on
        return Phase(label, Lamp.DONE, f"晚于计划{label}" if late else f"已{label}", planned, on)
    if planned_on is not None and planned_on < today:
        return Phase(label, Lamp.RED, f"应{label}未{label}", planned)
    return Phase(label, Lamp.IDLE, f"未{label}", planned)


def _problem(item: PlanItem, today: date) -> Problem:
    if item.state != PlanItem.State.OPEN:
        lamp = Lamp.DONE if item.state == PlanItem.State.SOLVED else Lamp.IDLE
        return Problem(item, lamp, item.get_state_display())
    if item.deadline is None:
        return Problem(item, Lamp.GREEN, item.get_state_display())
    lamp = clocks.lamp_of(item.deadline, today)
    return Problem(item, lamp, LAMP_WORDS[lamp.value])


def _actions(project: Project, actor: User, has_items: bool) -> list[Action]:
    actions = [Action("任务分解清单", reverse("desk:decomposition", args=[project.pk]))]
    if project.status == Project.Status.ADOPTED:
        if allowed(actor, Right.RUN_STEPS):
            actions.append(
                Action("登记开竣工、达效和指标来源", reverse("projects:course", args=[project.pk]))
            )
        if allowed(actor, Right.EDIT_PLAN):
            label = "增加方案事项" if has_items else "纳入保障方案"
            actions.append(Action(label, reverse("projects:plan-item-add", args=[project.pk])))
        if allowed(actor, Right.SCREEN_LIST):
            actions.append(Action("调出年度清单", reverse("desk:leave-list", args=[project.pk])))
    elif project.status == Project.Status.DROPPED and project.number and allowed(actor, Right.SCREEN_LIST):
        actions.append(Action("恢复列入年度清单", reverse("desk:leave-list", args=[project.pk])))
    return actions
