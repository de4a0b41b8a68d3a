"""Series: the yearly consultation after the economic work conference, a mobilisation area by area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from consultations.errors import DayOutOfOrder
from consultations.models import Council, Meeting, MeetingKind, MeetingSeries
from consultations.selectors.topics import setting_on
from consultations.services.calling import MeetingFacts, call_meeting
from deadlines import services as clocks
from deadlines.models import Deadline
from deadlines.rules import Line
from deadlines.selectors import working_calendar
from deadlines.services import LineSpec, Owner

STAGE = "会商"


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A series as its form states it. `triggered_on`: the conference it follows; `areas`: 片区 of a
    mobilisation, or the names of the rounds."""

    kind: str
    title: str
    first_on: date
    last_on: date
    basis: str
    areas: Sequence[str]
    triggered_on: date | None = None


@transaction.atomic
def open_series(*, council: Council, new: NewSeries, actor: User, today: date) -> MeetingSeries:
    """Lay out a series with one planned meeting an area or round, spread over its working days.

    The office promises to be through by the last day; a yearly consultation within the setting's
    working days after the conference.

    Raises:
        DayOutOfOrder: no days between the first and the last, or they are past, or the conference
            has not been held.
    """
    require(actor, Right.RUN_MEETINGS)
    days = _days(new, today=today)
    series = MeetingSeries.objects.create(
        council=council,
        kind=new.kind,
        title=new.title.strip()[:100],
        triggered_on=new.triggered_on,
        first_on=new.first_on,
        last_on=new.last_on,
        basis=new.basis.strip()[:200],
        opened_by=actor,
    )
    _promise(series, today=today)
    for place, area in enumerate(new.areas):
        day = days[place * len(days) // len(new.areas)]
        call_meeting(
            council=council,
            kind=new.kind,
            facts=MeetingFacts(title=f"{series.title}（{area}）"[:100], held_on=day),
            actor=actor,
            today=today,
            series=series,
            round_number=place + 1,
            area=area,
        )
    record(
        actor=actor,
        verb="series.opened",
        subject=series,
        facts={"meetings": len(new.areas), "first_on": new.first_on, "last_on": new.last_on},
        scope_path=council.organisation.path,
        occurred_on=today,
    )
    return series


def _days(new: NewSeries, *, today: date) -> list[date]:
    """The working days over which the meetings are spread."""
    calendar = working_calendar()
    days = list(calendar.working_days(new.first_on, new.last_on)) if new.first_on <= new.last_on else []
    if not days or new.first_on < today:
        raise DayOutOfOrder("起止日期之间没有工作日，或已经过去；请核对日期。", first_on=new.first_on)
    if new.triggered_on is not None and new.triggered_on > today:
        raise DayOutOfOrder("触发会议还没有召开，召开后再安排年度会商。", triggered_on=new.triggered_on)
    return days


def _promise(series: MeetingSeries, *, today: date) -> None:
    """By when the office is through with the series."""
    council, started_on = series.council, series.triggered_on or today
    limit = (
        setting_on(today).annual_days
        if series.kind == MeetingKind.ANNUAL and series.triggered_on
        else working_calendar().count(started_on, series.last_on)
    )
    series.deadline = clocks.open_deadline(
        owner=Owner(
            subject=series,
            subject_label=series.title,
            stage=STAGE,
            holder_organisation=council.office,
            scope_organisation=council.organisation,
        ),
        role=Deadline.Role.HANDLING,
        started_on=started_on,
        committed=LineSpec(Line(limit=max(limit, 1)), series.basis),
        statutory=None,
        today=today,
    )
    series.save(update_fields=["deadline"])


def end_series_if_over(series: MeetingSeries, *, today: date) -> None:
    """When no meeting of a series is left to be held, its promise is kept."""
    if series.deadline_id is None:
        return
    deadline = Deadline.objects.get(pk=series.deadline_id)
    left = series.meetings.filter(state__in=[Meeting.State.PLANNED, Meeting.State.RUNNING])
    if deadline.is_open and not left.exists():
        clocks.stop(deadline_id=deadline.pk, stopped_on=today, today=today)
