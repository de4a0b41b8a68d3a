"""A meeting's units are asked, it begins, ends or is called off."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import Organisation, User
from accounts.posts import holders_on
from accounts.rights import ADMINISTRATORS, Right, require
from consultations import rules
from consultations.errors import AgendaEmpty, DayOutOfOrder, ItemUndecided, WrongState
from consultations.models import AgendaItem, Attendance, Meeting, MeetingKind, Minutes
from consultations.selectors.meetings import units_of_topics
from consultations.services.calling import MeetingFacts
from consultations.services.moving import locked_meeting, locked_topic, log, move, need_reason
from consultations.services.quarters import fulfil_quarter
from consultations.services.series import end_series_if_over
from notifications.models import Message
from notifications.services import Notice, post_and_mail

State = Meeting.State


@transaction.atomic
def change_meeting(*, meeting_id: int, facts: MeetingFacts, actor: User, today: date) -> Meeting:
    """Another day, place or chair, as long as it has not begun.

    Who is asked by post follows the day: a successor of that day takes the seat.

    Raises:
        WrongState, DayOutOfOrder.
    """
    require(actor, Right.RUN_MEETINGS)
    meeting = locked_meeting(meeting_id, actor=actor)
    _need_state(meeting, State.PLANNED, "修改")
    if facts.held_on < today:
        raise DayOutOfOrder(f"会议日期 {facts.held_on} 早于今天；请填将要召开的日期。", held_on=facts.held_on)
    for name, value in asdict(facts).items():
        setattr(meeting, name, value)
    meeting.save(update_fields=list(asdict(facts)))
    rows = list(meeting.attendances.filter(post__isnull=False, state=Attendance.State.ASKED))
    holders = holders_on([row.post_id for row in rows if row.post_id], on=facts.held_on)
    for row in rows:
        holder = holders.get(row.post_id or 0)
        row.person = holder.label if holder else ""
        row.save(update_fields=["person"])
    log(meeting, "meeting.changed", meeting=meeting, actor=actor, today=today, facts=asdict(facts))
    return meeting


def _need_state(meeting: Meeting, state: str, what: str) -> None:
    if meeting.state != state:
        raise WrongState(
            f"“{meeting.title}”{meeting.get_state_display()}，不能{what}；请刷新页面后再办理。",
            meeting=meeting.pk,
            state=meeting.state,
        )


@transaction.atomic
def cancel_meeting(*, meeting_id: int, reason: str, actor: User, today: date) -> Meeting:
    """Call a meeting off; its topics wait for the next one.

    Raises:
        ReasonMissing, WrongState.
    """
    require(actor, Right.RUN_MEETINGS)
    why = need_reason(reason, "取消会议")
    meeting = locked_meeting(meeting_id, actor=actor)
    _need_state(meeting, State.PLANNED, "取消")
    for item in meeting.items.order_by("topic_id"):
        put_back(item, actor=actor, today=today)
    meeting.state, meeting.cancelled_reason = State.CANCELLED, why
    meeting.save(update_fields=["state", "cancelled_reason"])
    log(meeting, "meeting.cancelled", meeting=meeting, actor=actor, today=today, facts={"reason": why})
    if meeting.series is not None:
        end_series_if_over(meeting.series, today=today)
    return meeting


def put_back(item: AgendaItem, *, actor: User, today: date) -> None:
    """Take an item off: its topic waits again, or its unfinished tasks go on. The meeting is locked."""
    topic = locked_topic(item.topic_id, actor=actor)
    is_carried = item.carried.exists()
    item.carried.all().delete()
    item.delete()
    if topic.state != rules.State.ON_AGENDA:
        return
    if is_carried:
        move(topic, rules.State.ASSIGNED, today=today)
    elif item.meeting.is_of_group:
        move(topic, rules.State.ESCALATED, today=today, reason="已撤下议程，待领导小组研究")
    else:
        move(topic, rules.State.COLLECTED, today=today)


@transaction.atomic
def notify_units(*, meeting_id: int, actor: User, today: date, now: datetime) -> int:
    """Send the notice to every unit that is asked, and first ask those whom the agenda concerns.

    Safe to repeat: who has it is not told twice. Returns how many units are asked.

    Raises:
        AgendaEmpty: nothing is on the agenda.
    """
    require(actor, Right.RUN_MEETINGS)
    meeting = locked_meeting(meeting_id, actor=actor)
    _need_state(meeting, State.PLANNED, "发通知")
    if not meeting.items.exists() and meeting.kind != MeetingKind.MOBILISATION:
        raise AgendaEmpty("还没有议程，先生成议程再发会议通知。", meeting=meeting.pk)
    asked = set(meeting.attendances.values_list("organisation_id", flat=True))
    missing = [unit for unit in units_of_topics(meeting) if unit.pk not in asked]
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, organisation=unit, is_observer=True, place=200 + place)
        for place, unit in enumerate(missing)
    )
    meeting.notified_at = now
    meeting.save(update_fields=["notified_at"])
    rows = list(meeting.attendances.select_related("organisation"))
    _tell(meeting, [row.organisation for row in rows])
    log(meeting, "meeting.notified", meeting=meeting, actor=actor, today=today, facts={"units": len(rows)})
    return len(rows)


def _tell(meeting: Meeting, units: list[Organisation]) -> None:
    post_and_mail(
        [
            Notice(
                recipient=person,
                kind=Message.Kind.NOTICE,
                key=f"meeting-{meeting.pk}-{meeting.held_on}",
                title=f"会议通知：{meeting.title}",
                body=f"{meeting.held_on} {meeting.starts_at} {meeting.place}，请回复参会人员。",
                url=meeting.get_absolute_url(),
            )
            for person in people_of(units)
        ]
    )


def people_of(units: list[Organisation]) -> list[User]:
    """Everybody who works in one of the units or below it, each once. One query."""
    people = User.objects.filter(is_active=True).exclude(role__in=(*ADMINISTRATORS, User.Role.NONE))
    paths = [unit.path for unit in units if unit.kind != Organisation.Kind.PREFECTURE]
    rows = people.select_related("organisation").order_by("pk")
    return [
        person
        for person in rows
        if person.organisation and any(person.organisation.path.startswith(path) for path in paths)
    ]


@transaction.atomic
def ask_unit(
    *, meeting_id: int, organisation: Organisation, person: str, actor: User, today: date
) -> Attendance:
    """Ask one more unit, which sits in (列席). Asked already: the row that stands."""
    require(actor, Right.RUN_MEETINGS)
    meeting = locked_meeting(meeting_id, actor=actor)
    if meeting.state == State.CANCELLED:
        _need_state(meeting, State.PLANNED, "邀请单位")
    last = meeting.attendances.order_by("-place").first()
    row, is_new = Attendance.objects.get_or_create(
        meeting=meeting,
        organisation=organisation,
        post=None,
        defaults={"is_observer": True, "person": person.strip()[:60], "place": last.place + 1 if last else 1},
    )
    if is_new and meeting.notified_at is not None:
        _tell(meeting, [organisation])
    return row


@dataclass(frozen=True, slots=True)
class AttendanceReply:
    """Who comes for a unit; on leave with a reason and, where there is one, who comes instead."""

    person: str
    is_coming: str
    note: str = ""


@transaction.atomic
def reply(
    *, attendance_id: int, answer: AttendanceReply, actor: User, today: date, now: datetime
) -> Attendance:
    """A unit says who comes, or asks for leave; the office may write down what it was told.

    Raises:
        Attendance.DoesNotExist: the row is another unit's.
        ReasonMissing: leave without a reason.
        WrongState: the meeting is over.
    """
    require(actor, Right.REPLY_MEETING)
    rows = Attendance.objects.visible_to(actor).select_related(
        "organisation", "meeting__council__organisation"
    )
    row = rows.select_for_update(of=("self",)).get(pk=attendance_id)
    _need_state(row.meeting, State.PLANNED, "回复")
    if answer.is_coming == Attendance.State.LEAVE:
        need_reason(answer.note, "请假")
    row.state, row.note = answer.is_coming, answer.note.strip()[:200]
    row.person = answer.person.strip()[:60] or row.person
    row.replied_by, row.replied_at = actor, now
    row.save(update_fields=["state", "note", "person", "replied_by", "replied_at"])
    log(
        row,
        "meeting.replied",
        meeting=row.meeting,
        actor=actor,
        today=today,
        facts={"state": row.get_state_display(), "note": row.note},
    )
    return row


@transaction.atomic
def mark_attendance(*, meeting_id: int, marks: dict[int, str], actor: User, today: date) -> None:
    """Who came: attendance id → a code of Attendance.State. Those not named keep what they had.

    Raises:
        WrongState: the meeting was called off.
    """
    require(actor, Right.RUN_MEETINGS)
    meeting = locked_meeting(meeting_id, actor=actor)
    if meeting.state == State.CANCELLED:
        _need_state(meeting, State.RUNNING, "登记出席")
    refuse_issued(meeting)
    for row in meeting.attendances.filter(pk__in=marks).order_by("pk"):
        row.state = marks[row.pk]
        if row.state == Attendance.State.LEAVE and not row.note:
            row.note = "会前请假"
        row.save(update_fields=["state", "note"])
    log(meeting, "meeting.attended", meeting=meeting, actor=actor, today=today, facts={"marked": len(marks)})


def refuse_issued(meeting: Meeting) -> None:
    """What was issued stays: only a draft of the minutes lets anything be written down."""
    if meeting.minutes.exists() and not meeting.minutes.filter(state=Minutes.State.DRAFT).exists():
        raise WrongState(
            "会议纪要已印发，不能再修改会议记录；确需修改的，先拟定纪要新版本。", meeting=meeting.pk
        )


@transaction.atomic
def start_meeting(*, meeting_id: int, actor: User, today: date) -> Meeting:
    """The meeting begins: from here on its minutes are being drafted.

    Raises:
        AgendaEmpty, WrongState.
        DayOutOfOrder: its day has not come.
    """
    require(actor, Right.RUN_MEETINGS)
    meeting = locked_meeting(meeting_id, actor=actor)
    _need_state(meeting, State.PLANNED, "开会")
    if not meeting.items.exists() and meeting.kind != MeetingKind.MOBILISATION:
        raise AgendaEmpty("还没有议程，先生成议程再开会。", meeting=meeting.pk)
    if meeting.held_on > today:
        raise DayOutOfOrder(
            f"会议定于 {meeting.held_on} 召开；提前召开的，请先修改会议日期。", held_on=meeting.held_on
        )
    meeting.state = State.RUNNING
    meeting.save(update_fields=["state"])
    Minutes.objects.create(meeting=meeting, year=meeting.held_on.year, title=f"{meeting.title}纪要")
    coming = meeting.attendances.filter(state=Attendance.State.COMING)
    coming.update(state=Attendance.State.PRESENT)
    log(meeting, "meeting.started", meeting=meeting, actor=actor, today=today)
    return meeting


@transaction.atomic
def end_meeting(*, meeting_id: int, actor: User, today: date) -> Meeting:
    """The meeting is over; the quarter has had its collective meeting.

    Raises:
        ItemUndecided: an item has no outcome, or resolved something that is not written down.
        WrongState.
    """
    require(actor, Right.RUN_MEETINGS)
    meeting = locked_meeting(meeting_id, actor=actor)
    _need_state(meeting, State.RUNNING, "结束")
    items = list(meeting.items.prefetch_related("resolutions", "carried").order_by("topic_id"))
    refuse_undecided(items)
    for item in items:
        topic = locked_topic(item.topic_id, actor=actor)
        move(topic, rules.State.DISCUSSED, today=today)
    meeting.attendances.filter(state__in=["ASKED", "COMING"]).update(state=Attendance.State.ABSENT)
    meeting.state = State.HELD
    meeting.save(update_fields=["state"])
    if meeting.kind == MeetingKind.COLLECTIVE:
        fulfil_quarter(meeting, today=today)
    if meeting.series is not None:
        end_series_if_over(meeting.series, today=today)
    log(meeting, "meeting.ended", meeting=meeting, actor=actor, today=today, facts={"items": len(items)})
    return meeting


def refuse_undecided(items: list[AgendaItem]) -> None:
    """Every item came to something; what was resolved is written down. Uses prefetched rows."""
    for item in sorted(items, key=lambda each: each.place):
        if not item.outcome:
            raise ItemUndecided(f"第 {item.place} 项议程还没有结果，选定后再结束。", item=item.pk)
        if (
            item.outcome == AgendaItem.Outcome.RESOLVED
            and not item.resolutions.all()
            and not item.carried.all()
        ):
            raise ItemUndecided(f"第 {item.place} 项议程形成决议，但没有写议定事项；请补充。", item=item.pk)
