"""One row of everything in consultations that an address can name, of 都匀市."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from accounts.models import User
from consultations.models import (
    AgendaItem,
    Attendance,
    Bulletin,
    BulletinItem,
    Meeting,
    Minutes,
    QuarterWatch,
    Resolution,
    Seat,
    Topic,
)
from consultations.services import agenda, bulletins, meetings
from consultations.services.bulletins import BulletinFacts
from consultations.services.minutes import attach_scan
from consultations.services.quarters import watch_quarters
from papers.services import Upload
from projects.models import Project
from tests.consultations.scenes import (
    called,
    collected,
    council,
    ended,
    issued,
    noon,
    raised,
    resolved,
    running,
)
from tests.papers import files

HELD, TODAY, COMING = date(2026, 11, 16), date(2026, 11, 23), date(2026, 12, 10)


@dataclass(frozen=True, slots=True)
class UnitAddress:
    """A member unit's contact, as its address names it."""

    pk: int = 0
    arguments: list[object] = field(default_factory=lambda: ["522701-ZRZY", "liaison"])


@dataclass(frozen=True, slots=True)
class CouncilRows:
    topic: Topic
    meeting: Meeting
    planned_item: AgendaItem
    attendance: Attendance
    running_meeting: Meeting
    running_item: AgendaItem
    resolution: Resolution
    minutes: Minutes
    minutes_draft: Minutes
    quarter_watch: QuarterWatch
    bulletin: Bulletin
    bulletin_item: BulletinItem
    council_seat: Seat
    council_contact: UnitAddress


def build_council(*, officer: User, dispatcher: User, project: Project) -> CouncilRows:
    """A meeting that was held, one that runs, one to come."""
    found = council(dispatcher)
    watch_quarters(today=TODAY)
    collected(officer, dispatcher, project=project, on=HELD, title="林地定额")
    held = running(called(found, dispatcher, on=HELD, kind="TOPICAL", title="专题会商"), dispatcher)
    resolved(held.items.get(), dispatcher)
    minutes = issued(ended(held, dispatcher), dispatcher, on=HELD)
    attach_scan(minutes_id=minutes.pk, upload=Upload("签发.pdf", files.pdf()), actor=dispatcher, today=TODAY)
    collected(officer, dispatcher, project=project, on=HELD, title="占补平衡")
    now = running(called(found, dispatcher, on=TODAY, kind="TOPICAL", title="专题会商二"), dispatcher)
    resolution = resolved(now.items.get(topic__title="占补平衡"), dispatcher)
    collected(officer, dispatcher, project=project, on=HELD, title="水土保持")
    planned = called(found, dispatcher, on=COMING, title="第四季度集中会商会议")
    agenda.build_agenda(meeting_id=planned.pk, actor=dispatcher, today=TODAY)
    meetings.notify_units(meeting_id=planned.pk, actor=dispatcher, today=TODAY, now=noon(TODAY))
    bulletin = bulletins.draft_bulletin(
        facts=BulletinFacts("BRIEF", "一周情况", HELD, TODAY), actor=dispatcher, today=TODAY
    )
    item = bulletins.write_item(
        bulletin_id=bulletin.pk, section="OTHER", text="年度变更调查完成。", actor=dispatcher, today=TODAY
    )
    return CouncilRows(
        topic=raised(officer, project=project, on=HELD),
        meeting=planned,
        planned_item=planned.items.get(topic__title="水土保持"),
        attendance=planned.attendances.get(organisation__code="522701"),
        running_meeting=now,
        running_item=resolution.item,
        resolution=resolution,
        minutes=minutes,
        minutes_draft=now.minutes.get(),
        quarter_watch=QuarterWatch.objects.get(),
        bulletin=item.bulletin,
        bulletin_item=item,
        council_seat=Seat.objects.order_by("pk").first(),
        council_contact=UnitAddress(),
    )
