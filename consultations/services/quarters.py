"""Each quarter ought to have one collective meeting: a promise with its warning, met or explained."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from consultations import rules
from consultations.errors import QuarterHeld
from consultations.models import Council, Meeting, QuarterWatch
from consultations.selectors.topics import setting_on
from consultations.services.moving import need_reason
from deadlines import services as clocks
from deadlines.models import Deadline
from deadlines.rules import Line
from deadlines.selectors import working_calendar
from deadlines.services import LineSpec, Owner

STAGE = "会商"
BASIS = "会商制度四：原则上每季度召开一次集中会商"


@transaction.atomic
def watch_quarters(*, today: date) -> list[QuarterWatch]:
    """See that every council watches the quarter of `today`; safe to repeat. Returns the new ones.

    The promise runs from the day before the quarter to its last working day; the office is reminded
    as many working days before as the setting says.
    """
    quarter = rules.quarter_of(today)
    watched = QuarterWatch.objects.filter(year=quarter.year, number=quarter.number)
    councils = Council.objects.exclude(pk__in=watched.values("council")).select_for_update().order_by("pk")
    return [_watch(council, quarter, today=today) for council in councils]


def _watch(council: Council, quarter: rules.Quarter, *, today: date) -> QuarterWatch:
    # The row names its deadline and the deadline its row: the council stands for it meanwhile.
    calendar = working_calendar()
    started_on = quarter.first_on - rules.quarters.ONE_DAY
    deadline = clocks.open_deadline(
        owner=Owner(
            subject=council,
            subject_label=f"{quarter.label}集中会商",
            stage=STAGE,
            holder_organisation=council.office,
            scope_organisation=council.organisation,
        ),
        role=Deadline.Role.HANDLING,
        started_on=started_on,
        committed=LineSpec(Line(limit=calendar.count(started_on, quarter.last_on)), BASIS),
        statutory=None,
        today=today,
        reminder_days=[setting_on(today).warn_days],
    )
    watch = QuarterWatch.objects.create(
        council=council, year=quarter.year, number=quarter.number, deadline=deadline
    )
    held = council.meetings.filter(
        kind="COLLECTIVE", state="HELD", held_on__gte=quarter.first_on, held_on__lte=quarter.last_on
    ).first()
    if held is not None:
        _fulfil(watch, held, today=today)
    return watch


def fulfil_quarter(meeting: Meeting, *, today: date) -> None:
    """A collective meeting was held: its quarter has had one. Only the first counts."""
    quarter = meeting.quarter
    rows = QuarterWatch.objects.select_for_update().select_related("deadline")
    watch = rows.filter(council=meeting.council, year=quarter.year, number=quarter.number).first()
    if watch is not None and watch.meeting_id is None and not watch.missed_reason:
        _fulfil(watch, meeting, today=today)


def _fulfil(watch: QuarterWatch, meeting: Meeting, *, today: date) -> None:
    watch.meeting = meeting
    watch.save(update_fields=["meeting"])
    clocks.stop(deadline_id=watch.deadline_id, stopped_on=meeting.held_on, today=today)


@transaction.atomic
def explain_quarter(*, watch_id: int, reason: str, actor: User, today: date) -> QuarterWatch:
    """Say why a quarter has no collective meeting; the promise falls away. 原则上: no breach.

    Raises:
        QuarterHeld: it has had one, or was explained.
        ReasonMissing.
    """
    require(actor, Right.RUN_MEETINGS)
    why = need_reason(reason, "未召开集中会商")
    rows = QuarterWatch.objects.visible_to(actor).select_related("council__organisation")
    watch = rows.select_for_update(of=("self",)).get(pk=watch_id)
    if watch.meeting_id is not None or watch.missed_reason:
        raise QuarterHeld(f"{watch.quarter.label}已召开集中会商或已说明原因，不需要再填。", watch=watch.pk)
    watch.missed_reason, watch.missed_by = why, actor
    watch.save(update_fields=["missed_reason", "missed_by"])
    clocks.cancel(deadline_id=watch.deadline_id, stopped_on=today, today=today)
    record(
        actor=actor,
        verb="quarter.explained",
        subject=watch,
        facts={"reason": why},
        scope_path=watch.council.organisation.path,
        occurred_on=today,
    )
    return watch
