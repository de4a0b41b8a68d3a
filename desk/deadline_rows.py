"""Open promises as rows: what the work list, the overview and my work count and show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, IntegerField, Value, When

from accounts.models import Organisation, OrganisationQuerySet, User
from approvals.models import StepType
from deadlines import selectors as clocks
from deadlines.errors import CalendarGap
from deadlines.models import Deadline, DeadlineQuerySet
from deadlines.rules import DeadlineReading, Lamp, Reading, Unit, WorkingCalendar
from deadlines.rules.lamps import WORST_FIRST
from ui.lamps import LAMP_WORDS

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
    """One promise of a list, read on the day; None where the calendar does not reach."""

    deadline: Deadline
    lamp: Lamp
    reading: DeadlineReading | None

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
    deadlines: Iterable[Deadline], *, today: date, calendar: WorkingCalendar | None = None
) -> list[DeadlineRow]:
    """Read each of `deadlines` on `today`; one query for the pauses of all, none per row."""
    calendar = calendar or clocks.working_calendar()
    found = list(deadlines)
    clocks.load_pauses(found)
    return [DeadlineRow(row, clocks.lamp_of(row, today), _reading(row, today, calendar)) for row in found]


def _reading(row: Deadline, today: date, calendar: WorkingCalendar) -> DeadlineReading | None:
    try:
        return clocks.reading_of(row, today=today, calendar=calendar)
    except CalendarGap:
        return None
