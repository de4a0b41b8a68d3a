"""A meeting is called; every seat of the council is asked to it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from consultations.errors import DayOutOfOrder
from consultations.models import Attendance, Council, Meeting, MeetingSeries
from consultations.selectors.meetings import sitting_on
from consultations.services.moving import log


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """When, where and under whom a meeting is held, as its form states it."""

    title: str
    held_on: date
    starts_at: str = ""
    place: str = ""
    chair: str = ""


@transaction.atomic
def call_meeting(
    *,
    council: Council,
    kind: str,
    facts: MeetingFacts,
    actor: User,
    today: date,
    series: MeetingSeries | None = None,
    round_number: int = 1,
    area: str = "",
) -> Meeting:
    """Prepare a meeting; every seat of the council is asked to it.

    Raises:
        DayOutOfOrder: the day is past.
    """
    require(actor, Right.RUN_MEETINGS)
    if facts.held_on < today:
        raise DayOutOfOrder(f"会议日期 {facts.held_on} 早于今天；请填将要召开的日期。", held_on=facts.held_on)
    seats = sitting_on(council, facts.held_on)
    convener = next((seat for seat in seats if seat.seat.role == "CONVENER"), None)
    meeting = Meeting.objects.create(
        council=council,
        kind=kind,
        series=series,
        round_number=round_number,
        area=area,
        called_by=actor,
        **{**asdict(facts), "chair": facts.chair or (convener.words if convener else "")},
    )
    Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting,
            organisation=seat.seat.post.organisation,
            post=seat.seat.post,
            person=seat.person,
            place=place,
        )
        for place, seat in enumerate(seats, start=1)
    )
    log(meeting, "meeting.called", meeting=meeting, actor=actor, today=today, facts={"on": facts.held_on})
    return meeting
