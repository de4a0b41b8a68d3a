"""Open promises as rows: what the work list, the overview and my work count and show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse

from accounts.models import Organisation, OrganisationQuerySet, User
from approvals.models import StepType
from deadlines import selectors as clocks
from deadlines.errors import CalendarGap
from deadlines.models import Deadline, DeadlineQuerySet
from deadlines.rules import DeadlineReading, Lamp, Reading, Unit, WorkingCalendar
from deadlines.rules.lamps import WORST_FIRST
from projects.models import Project
from ui.lamps import LAMP_WORDS

# Where the holder acts, for promises that have a page of their own; a step's is part of its dossier.
_PAGES = {
    "opinions.request": "opinions:request",
    "duties.task": "duties:task",
    "duties.problem": "duties:problem",
    "duties.supervisionletter": "duties:letter",
}
_STEP_PAGES = {"approvals.step": "approvals:step"}
_UNIT_WORDS = {Unit.WORKING_DAY: "个工作日", Unit.CALENDAR_DAY: "天"}


def obligations(*, actor: User, today: date) -> DeadlineQuerySet:
    """What somebody has to do: every visible promise but the validity of papers, with its lamp."""
    return Deadline.objects.visible_to(actor).exclude(role=Deadline.Role.VALIDITY).with_lamp(today)


def deadline_rows(*, actor: User, today: date) -> DeadlineQuerySet:
    """All visible promises with lamp, place of the lamp, holder and unit loaded. One query."""
    rank = Case(
        *[When(lamp=lamp.value, then=Value(place)) for place, lamp in enumerate(WORST_FIRST)],
        default=Value(len(WORST_FIRST)),
        output_field=IntegerField(),
    )
    return (
        Deadline.objects.visible_to(actor)
        .with_lamp(today)
        .annotate(lamp_rank=rank)
        .select_related("holder_organisation", "holder", "scope_organisation")
    )


def reporting_units(*, actor: User) -> OrganisationQuerySet:
    """The counties that the actor sees, then the parks, each in the order of their codes."""
    return Organisation.objects.visible_to(actor).reporting_units().order_by("kind", "code")


def stages_on(today: date) -> list[str]:
    """The stages of the catalogue in force, in the order of the procedure. One query.

    A stage stands where its last step does: 勘界 comes early, and 组卷报件 still follows 征地前期.
    """
    backwards = StepType.objects.in_force(today).order_by("-position").values_list("stage", flat=True)
    return list(dict.fromkeys(backwards))[::-1]


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """One promise of a list, read on the day; None where the calendar does not reach.

    `opens_dossier`, `opens_step`: the reader may open the project, and its steps. A department that
    was asked for an opinion holds a promise about a project that it does not see.
    """

    deadline: Deadline
    lamp: Lamp
    reading: DeadlineReading | None
    opens_dossier: bool = True
    opens_step: bool = True

    @property
    def url(self) -> str:
        """The page of what was promised; empty where it has none that the reader may open."""
        kind = self.deadline.subject_kind
        name = _PAGES.get(kind) or (_STEP_PAGES.get(kind) if self.opens_step else None)
        return reverse(name, args=[self.deadline.subject_id]) if name else ""

    @property
    def word(self) -> str:
        return LAMP_WORDS[self.lamp.value]

    @property
    def line(self) -> Reading | None:
        return None if self.reading is None else self.reading.governing

    @property
    def unit(self) -> str:
        return "" if self.line is None else _UNIT_WORDS.get(self.line.counted_in, "天")

    @property
    def holder(self) -> str:
        """Who has to act: the person, else the unit."""
        if self.deadline.holder is not None:
            return self.deadline.holder.label
        return self.deadline.holder_organisation.short_name

    @property
    def conclusion(self) -> str:
        """超 6 个工作日, 今天到期, 还有 3 个工作日. Paused: no word of a due date."""
        if self.line is None:
            return "放假安排未录入，无法推算"
        if self.lamp is Lamp.DONE:
            return "办结"
        if self.lamp is Lamp.PAUSE:
            return "暂停计时"
        overdue = self.overdue
        if overdue:
            return f"超 {overdue} {self.unit}"
        if self.line.due is not None and self.line.as_of > self.line.due:
            return "已届满"
        if self.line.remaining == 0:
            return "今天到期"
        return f"还有 {self.line.remaining} {self.unit}"

    @property
    def overdue(self) -> int:
        """Days past due on the line that is furthest behind."""
        return max((line.overdue for line in self.reading.lines), default=0) if self.reading else 0


def read_rows(
    deadlines: Iterable[Deadline],
    *,
    today: date,
    calendar: WorkingCalendar | None = None,
    reader: User | None = None,
) -> list[DeadlineRow]:
    """Read each of `deadlines` on `today`; one query for the pauses of all, none per row.

    With a `reader` from a department, one more for the projects that they may open.
    """
    calendar = calendar or clocks.working_calendar()
    found = list(deadlines)
    clocks.load_pauses(found)
    is_department = reader is not None and reader.scope is not None and reader.scope.is_department
    closed = _closed_to(reader, found) if reader is not None and is_department else set()
    return [
        DeadlineRow(
            row,
            clocks.lamp_of(row, today),
            _reading(row, today, calendar),
            opens_dossier=row.project_id not in closed,
            opens_step=not is_department,
        )
        for row in found
    ]


def _closed_to(reader: User, rows: Iterable[Deadline]) -> set[int]:
    """Projects of `rows` that the reader does not see. One query."""
    named = {row.project_id for row in rows if row.project_id is not None}
    seen = Project.objects.visible_to(reader).filter(pk__in=named).values_list("pk", flat=True)
    return named - set(seen)


def _reading(row: Deadline, today: date, calendar: WorkingCalendar) -> DeadlineReading | None:
    try:
        return clocks.reading_of(row, today=today, calendar=calendar)
    except CalendarGap:
        return None
