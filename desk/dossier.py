"""One project's dossier: what its page shows, read once and put into the office's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from accounts.models import User
from accounts.rights import Right, allowed
from approvals import readings, rules, selectors
from approvals.models import Material, Step
from approvals.readings import StepView
from approvals.step_actions import actions_for
from core.units import AreaUnit, format_area, round_half_up
from deadlines import selectors as clocks
from deadlines.errors import CalendarGap
from deadlines.models import Deadline
from deadlines.rules import DeadlineReading, Lamp, LineName, WorkingCalendar, read_deadline, worst
from deadlines.rules.lamps import WORST_FIRST
from projects.models import LandUse, Link, Project, ProjectQuerySet, list_name
from projects.selectors.verification import with_verification
from projects.selectors.whereabouts import current_stops
from ui.parts import Action, Fact, Now

YUAN_PER_YI = 100_000_000
YUAN_PER_WAN = 10_000


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A step on the page: its reading, its place, what stands before it, what can be done."""

    index: int
    view: StepView
    unmet: tuple[rules.Unmet, ...] = ()
    actions: tuple[Action, ...] = ()
    hint: str = ""

    @property
    def step(self) -> Step:
        return self.view.step


@dataclass(frozen=True, slots=True)
class Dossier:
    """The page's values. `started` holds what is under way or over and what can be taken up now;
    `later` what still waits for predecessors; `set_aside` what the project does not need.
    """

    project: Project
    land: LandUse | None
    lamp: Lamp
    headline: str
    facts: Sequence[Fact]
    started: Sequence[TimelineRow]
    later: Sequence[TimelineRow]
    set_aside: Sequence[TimelineRow]
    now: Now | None
    now_step: Step | None
    head_actions: Sequence[Action]
    materials: Sequence[Material]
    has_sheets: bool

    @property
    def owed_count(self) -> int:
        return sum(row.is_missing and row.supplied_on is None for row in self.materials)


def dossier_projects(actor: User) -> ProjectQuerySet:
    """Projects whose dossier the actor may open, with what its head shows. One query."""
    return with_verification(
        Project.objects.visible_to(actor)
        .select_related("organisation", "submitted_by", "annual_list", "land", "merged_into")
        .annotate(list_name=list_name())
    )


def read_dossier(project: Project, *, actor: User, today: date) -> Dossier:
    """Everything on the page of one project.

    Ten queries besides the calendar, however many steps it has (tests/desk/test_dossier.py).
    """
    calendar = clocks.working_calendar()
    steps = selectors.project_steps(actor=actor, project_id=project.pk)
    states = selectors.states_of(steps, track=project.track)
    rows = [
        _row(step, number, states, actor=actor, today=today, calendar=calendar)
        for number, step in enumerate(steps, start=1)
    ]
    started = [row for row in rows if _is_started(row)]
    set_aside = [row for row in rows if row.step.status == Step.Status.NOT_INVOLVED]
    shown = {id(row) for row in (*started, *set_aside)}
    blocker = _blocker(rows, today=today)
    open_rows = [row for row in rows if row.step.is_open]
    land = getattr(project, "land", None)
    return Dossier(
        project=project,
        land=land,
        lamp=_lamp(rows, today),
        headline=_headline(blocker, open_rows, rows),
        facts=_facts(project, land, blocker, leader=_leader(project)),
        started=started,
        later=[row for row in rows if id(row) not in shown],
        set_aside=set_aside,
        now=_now(blocker, today=today, calendar=calendar) if blocker else None,
        now_step=blocker.row.step if blocker else None,
        head_actions=_head_actions(blocker, started),
        materials=[paper for step in steps for paper in _papers(step)],
        has_sheets=actor.scope is not None and not actor.scope.is_department,
    )


def _row(
    step: Step,
    number: int,
    states: Mapping[str, rules.StepState],
    *,
    actor: User,
    today: date,
    calendar: WorkingCalendar,
) -> TimelineRow:
    unmet: list[rules.Unmet] = []
    if step.status in rules.WAITING:
        unmet = selectors.unmet_before(step, states, on=today)
    opening = rules.opening(
        involvement=step.step_type.tracks.get(step.project.track, rules.Involvement.APPLIES),
        has_conversion=None,
    )
    return TimelineRow(
        index=number,
        view=readings.read_step(step, today=today, calendar=calendar),
        unmet=tuple(unmet),
        actions=tuple(actions_for(step, actor, among=_row_verbs(step))),
        hint=opening.reason if step.status in rules.WAITING else "",
    )


# The timeline offers the daily acts; the step's own page has them all.
_DAILY = frozenset(
    {
        rules.Verb.RECEIVE,
        rules.Verb.NOTIFY,
        rules.Verb.ACCEPT,
        rules.Verb.RESUME,
        rules.Verb.DECIDE,
        rules.Verb.PAUSE,
        rules.Verb.SUPPLY,
        rules.Verb.EXTEND,
        rules.Verb.NOT_INVOLVED,
    }
)


def _row_verbs(step: Step) -> frozenset[rules.Verb]:
    return _DAILY if step.status in (*rules.UNFINISHED, Step.Status.DONE) else frozenset(rules.Verb)


def _is_started(row: TimelineRow) -> bool:
    if row.step.status == Step.Status.NOT_INVOLVED:
        return False
    return row.step.status != Step.Status.NOT_STARTED or not row.unmet


def _papers(step: Step) -> list[Material]:
    papers = list(step.materials.all())
    for paper in papers:
        paper.step = step
    return papers


# --- what holds the project up ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Blocker:
    """The most urgent open deadline of the project, and the step it belongs to."""

    row: TimelineRow
    deadline: Deadline
    lamp: Lamp


def _blocker(rows: Sequence[TimelineRow], *, today: date) -> Blocker | None:
    found = [
        Blocker(row, deadline, clocks.lamp_of(deadline, today))
        for row in rows
        for deadline in _open_deadlines(row.step)
    ]
    pressing = [
        b for b in found if b.deadline.role != Deadline.Role.VALIDITY or b.lamp in (Lamp.RED, Lamp.AMBER)
    ]
    return min(pressing, key=_urgency, default=None)


def _urgency(blocker: Blocker) -> tuple[int, date, int]:
    due = blocker.deadline.due_on or date.max
    return (WORST_FIRST.index(blocker.lamp), due, blocker.deadline.pk)


def _open_deadlines(step: Step) -> list[Deadline]:
    """Handling, owed papers, the end of a pause, validity; each once."""
    decision = getattr(step, "decision", None)
    rows = [step.notice_deadline, step.deadline, *(paper.deadline for paper in step.materials.all())]
    if step.deadline is not None:
        rows.extend(pause.end_deadline for pause in step.deadline.pauses.all())
    rows.append(decision.validity if decision else None)
    return list({row.pk: row for row in rows if row is not None and row.is_open}.values())


def _lamp(rows: Sequence[TimelineRow], today: date) -> Lamp:
    """The worst of the open lines; done steps and quiet validities say nothing."""
    lamps = [clocks.lamp_of(d, today) for row in rows for d in _open_deadlines(row.step)]
    open_lamps = [row.view.lamp for row in rows if row.step.is_open]
    return worst([*lamps, *open_lamps]) if lamps or open_lamps else Lamp.IDLE


def _headline(blocker: Blocker | None, open_rows: Sequence[TimelineRow], rows: Sequence[TimelineRow]) -> str:
    if blocker is not None and blocker.deadline.role == Deadline.Role.HANDLING:
        return blocker.row.view.conclusion
    if blocker is not None:
        return f"{blocker.deadline.get_role_display()} {blocker.deadline.due_on}"
    if open_rows:
        return f"{len(open_rows)} 个步骤办理中"
    return "没有办理中的步骤" if rows else "未生成报批步骤"


def _now(blocker: Blocker, *, today: date, calendar: WorkingCalendar) -> Now | None:
    step = blocker.row.step
    try:
        reading = _reading(blocker, today=today, calendar=calendar).governing
    except CalendarGap:
        return None
    if reading is None:
        return None
    holder = f"责任单位 {step.holder_organisation.name}"
    if step.holder is not None:
        holder += f" · {step.holder.label}"
    is_handling = blocker.deadline.role == Deadline.Role.HANDLING
    suffix = "" if is_handling else f"（{blocker.deadline.get_role_display()}）"
    return Now(
        lamp=blocker.lamp.value,
        name=f"{step.step_type.short}{suffix}",
        used=reading.used,
        limit=reading.allowed,
        over=reading.overdue,
        paused=reading.paused,
        unit=readings.unit_words(reading.line.unit).removeprefix("个"),
        holder=holder,
        missing=[paper.name for paper in blocker.row.view.owed],
        actions=blocker.row.actions[:4],
    )


def _reading(blocker: Blocker, *, today: date, calendar: WorkingCalendar) -> DeadlineReading:
    if blocker.deadline.role == Deadline.Role.HANDLING:
        return clocks.reading_of(blocker.deadline, today=today, calendar=calendar)
    # Promised papers and validities are never paused, so nobody has to look for pauses.
    return read_deadline(
        start=blocker.deadline.started_on,
        today=today,
        calendar=calendar,
        committed=clocks.line_of(blocker.deadline, LineName.COMMITTED),
        statutory=clocks.line_of(blocker.deadline, LineName.STATUTORY),
    )


def _head_actions(blocker: Blocker | None, started: Sequence[TimelineRow]) -> Sequence[Action]:
    """The two most usual acts on what holds the project up, else on the first step to take up."""
    row = blocker.row if blocker else next((r for r in started if r.step.status in rules.WAITING), None)
    if row is None:
        return ()
    return tuple(
        Action(f"{action.label}：{row.step.step_type.short}", action.url, action.is_primary)
        for action in row.actions[:2]
    )[::-1]


# --- facts -----------------------------------------------------------------------------------


def _leader(project: Project) -> str:
    """The post that leads the project, in the strip's words. One query."""
    link = Link.objects.active().filter(project=project, kind=Link.Kind.LEAD_LEADER)
    title = link.values_list("post__title", flat=True).first()
    return f"领办 {title}" if title else ""


def _facts(project: Project, land: LandUse | None, blocker: Blocker | None, *, leader: str) -> list[Fact]:
    holder = blocker.row.step.holder_organisation.short_name if blocker else ""
    person = blocker.row.step.holder if blocker else None
    return [
        Fact("建设单位", project.owner_unit),
        _area("拟用地总面积", land.total_m2 if land else None, note_in_mu=True),
        _area("其中 耕地", land.arable_m2 if land else None, note=_paddy(land)),
        _area("永久基本农田", land.pbf_m2 if land else None),
        _area("生态保护红线", land.eco_redline_m2 if land else None, zero="不涉及"),
        _investment(project),
        Fact("当前责任单位", holder, note=" · ".join(filter(None, [person.label if person else "", leader]))),
        Fact("计划开工", project.planned_start),
        _file(project),
    ]


def _file(project: Project) -> Fact:
    """Where the file lies now. One query."""
    stop = current_stops([project.pk]).get(project.pk)
    if stop is None:
        return Fact("报件现在", None)
    return Fact("报件现在", str(stop), note=f"{stop.since_on:%m-%d} 起 · 跟办 {stop.companion.label}")


def _area(label: str, m2: int | None, *, note: str = "", zero: str = "", note_in_mu: bool = False) -> Fact:
    if m2 is None:
        return Fact(label, None)
    if m2 == 0 and zero:
        return Fact(label, zero)
    mu = f"{format_area(m2, AreaUnit.MU)} 亩" if note_in_mu else note
    return Fact(label, format_area(m2, AreaUnit.HA), "公顷", mu)


def _paddy(land: LandUse | None) -> str:
    if land is None or land.paddy_m2 is None:
        return ""
    return f"水田 {format_area(land.paddy_m2, AreaUnit.HA)}"


def _investment(project: Project) -> Fact:
    yuan = project.investment_yuan
    if yuan is None:
        return Fact("总投资", None)
    if yuan >= YUAN_PER_YI:
        return Fact("总投资", f"{round_half_up(yuan / YUAN_PER_YI, 2):,}", "亿元")
    return Fact("总投资", f"{round_half_up(yuan / YUAN_PER_WAN, 2):,}", "万元")


def may_generate(project: Project, actor: User, has_steps: bool) -> bool:
    """Whether a button for generating missing steps makes sense."""
    is_ready = project.status == Project.Status.ADOPTED and bool(project.track)
    return is_ready and not has_steps and allowed(actor, Right.SCREEN_LIST)


def list_address(project: Project) -> str:
    """The list of the project's own county."""
    return f"{reverse('projects:list')}?unit={project.organisation.code}"
