"""A council, topics and meetings in the states that tests begin with, made through the services."""

from __future__ import annotations

from datetime import UTC, date, datetime

from accounts.models import Organisation, User
from consultations import rules
from consultations.models import AgendaItem, Council, Meeting, Minutes, Resolution, Topic, TopicKind
from consultations.services import agenda, calling, meetings, minutes, room, topics
from consultations.services.calling import MeetingFacts
from consultations.services.council import establish_council
from consultations.services.room import ResolutionTerms
from consultations.services.topics import NewTopic
from duties.models import Task
from duties.services import tasks
from projects.models import Project
from tests.factories import ProjectFactory, UserFactory, organisation

MET = date(2026, 9, 16)
ISSUED = date(2026, 9, 18)
FOREST, WATER, LIGHTS = "522700-LYJ", "522700-SWJ", "522700-GXJ"
COUNTY = "522701"


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


def council(dispatcher: User, *, on: date = date(2026, 1, 5)) -> Council:
    return establish_council(organisation=organisation("522700"), actor=dispatcher, today=on)


def kind(code: str = "FOREST") -> TopicKind:
    return TopicKind.objects.filter(code=code).latest("effective_from")


def raised(
    actor: User, *, project: Project | None = None, on: date = date(2026, 9, 1), **more: object
) -> Topic:
    fields = {
        "title": "使用林地手续",
        "kind": kind(),
        "situation": "林地定额未落实。",
        "project": project or ProjectFactory(),
        **more,
    }
    return topics.raise_topic(new=NewTopic(**fields), actor=actor, today=on)


def collected(actor: User, dispatcher: User, *, on: date = date(2026, 9, 1), **more: object) -> Topic:
    topic = raised(actor, on=on, **more)
    return collect(topic, dispatcher, on=on)


def collect(topic: Topic, dispatcher: User, *, on: date = date(2026, 9, 1)) -> Topic:
    return topics.collect_topic(
        topic_id=topic.pk,
        scopes=[rules.Scope.ORDERED],
        reason="州政府专题会议纪要〔2026〕3号",
        lead=None,
        actor=dispatcher,
        today=on,
    )


def called(
    found: Council,
    dispatcher: User,
    *,
    on: date = MET,
    title: str = "第三季度集中会商会议",
    kind: str = "COLLECTIVE",
) -> Meeting:
    facts = MeetingFacts(title=title, held_on=on, place="州局三楼会议室", chair="州政府分管负责同志")
    return calling.call_meeting(council=found, kind=kind, facts=facts, actor=dispatcher, today=on)


def running(meeting: Meeting, dispatcher: User) -> Meeting:
    """With its agenda built, the council's members present."""
    agenda.build_agenda(meeting_id=meeting.pk, actor=dispatcher, today=meeting.held_on)
    return begun(meeting, dispatcher)


def begun(meeting: Meeting, dispatcher: User) -> Meeting:
    meetings.start_meeting(meeting_id=meeting.pk, actor=dispatcher, today=meeting.held_on)
    marks = {row.pk: "PRESENT" for row in meeting.attendances.all()}
    meetings.mark_attendance(meeting_id=meeting.pk, marks=marks, actor=dispatcher, today=meeting.held_on)
    return meeting


def resolved(
    item: AgendaItem,
    dispatcher: User,
    *,
    text: str = "办理使用林地手续",
    lead: str = FOREST,
    helpers: tuple[str, ...] = (),
    days: int = 15,
) -> Resolution:
    terms = ResolutionTerms(
        text=text,
        lead=organisation(lead),
        helpers=[organisation(code) for code in helpers],
        limit_days=days,
    )
    return room.add_resolution(item_id=item.pk, terms=terms, actor=dispatcher, today=item.meeting.held_on)


def ended(meeting: Meeting, dispatcher: User) -> Minutes:
    meetings.end_meeting(meeting_id=meeting.pk, actor=dispatcher, today=meeting.held_on)
    return meeting.minutes.get(state="DRAFT")


def issued(draft: Minutes, dispatcher: User, *, on: date = ISSUED) -> Minutes:
    return minutes.issue_minutes(minutes_id=draft.pk, actor=dispatcher, today=on, now=noon(on))


def done(task: Task, dispatcher: User, *, on: date, handler: User | None = None) -> Task:
    """Accepted, reported and verified on one day."""
    holder = handler or official(task.holder)
    tasks.accept(task_id=task.pk, actor=holder, today=on)
    tasks.report(task_id=task.pk, result="已办结", actor=holder, today=on)
    return tasks.verify(task_id=task.pk, actor=dispatcher, today=on)


def official(unit: Organisation) -> User:
    found = User.objects.filter(organisation=unit, role=User.Role.DEPARTMENT).first()
    return found or UserFactory(role=User.Role.DEPARTMENT, organisation=unit)


def whole(officer: User, dispatcher: User) -> Minutes:
    """One topic of one project, one meeting, one resolution of the forestry office, minutes issued."""
    found = council(dispatcher)
    collected(officer, dispatcher)
    meeting = running(called(found, dispatcher), dispatcher)
    resolved(meeting.items.get(), dispatcher, helpers=(WATER,))
    return issued(ended(meeting, dispatcher), dispatcher)
