"""Minutes: drafted while the meeting runs, issued with a number, sent round, revised as a new version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import Organisation, User
from accounts.rights import Right, require
from consultations import rules
from consultations.documents import minutes_document
from consultations.errors import MinutesClosed, MinutesIncomplete
from consultations.minute_words import words_of
from consultations.models import (
    AgendaItem,
    Attendance,
    Circulation,
    Council,
    Meeting,
    Minutes,
    Resolution,
    Topic,
)
from consultations.selectors.meetings import agenda_of, units_of_topics
from consultations.selectors.topics import open_tasks_of, setting_on
from consultations.services.from_problems import open_problems_of, resolve_studied
from consultations.services.meetings import people_of, refuse_undecided
from consultations.services.moving import locked_meeting, locked_topic, log, log_topic, move, need_reason
from deadlines.selectors import working_calendar
from duties.services.tasks import Source, TaskDraft, issue_tasks
from notifications.models import Message
from notifications.services import Notice, post_and_mail
from officefiles.documents import document_number
from papers.models import Paper, PaperContent
from papers.services import PaperOwner, Upload, attach

KIND = "consultations.minutes"
RESOLUTION = "consultations.resolution"
State, Outcome = Minutes.State, AgendaItem.Outcome
_REASONS = {False: "会议议定提请领导小组研究", True: "领导小组议定下次再议"}


def _locked(minutes_id: int, actor: User) -> Minutes:
    """The minutes, their meeting locked."""
    found = Minutes.objects.visible_to(actor).get(pk=minutes_id)
    meeting = locked_meeting(found.meeting_id, actor=actor)
    minutes = Minutes.objects.select_for_update().get(pk=minutes_id)
    minutes.meeting = meeting
    return minutes


def _refuse_closed(minutes: Minutes) -> None:
    if not minutes.is_draft:
        raise MinutesClosed(
            f"“{minutes}”{minutes.get_state_display()}，不能再修改；确需修改的，请拟定新版本。",
            minutes=minutes.pk,
        )


@transaction.atomic
def word_minutes(
    *, minutes_id: int, title: str, opening: str, copies_to: str, actor: User, today: date
) -> Minutes:
    """The title, the first paragraph and who gets copies, while it is a draft.

    An empty opening is written from the meeting. Raises MinutesClosed, MinutesIncomplete.
    """
    require(actor, Right.RUN_MEETINGS)
    minutes = _locked(minutes_id, actor)
    _refuse_closed(minutes)
    if not title.strip():
        raise MinutesIncomplete("纪要标题不能为空。")
    minutes.title, minutes.opening = title.strip()[:120], opening.strip()[:2000]
    minutes.copies_to = copies_to.strip()[:300]
    minutes.save(update_fields=["title", "opening", "copies_to"])
    log(minutes, "minutes.worded", meeting=minutes.meeting, actor=actor, today=today)
    return minutes


@transaction.atomic
def issue_minutes(*, minutes_id: int, actor: User, today: date, now: datetime) -> Minutes:
    """Issue a draft: it gets its number, its resolutions are given out as tasks and printed from
    the same rows, the file is kept, and every unit concerned gets it.

    Limits in working days run from the day after `today`. A topic is then 交办, back among what waits,
    办结 or 提级, as its item came out.

    Raises:
        MinutesClosed: it was issued before.
        MinutesIncomplete: the meeting is not over, or nobody was marked present.
        ItemUndecided: an item has no outcome.
        duties.errors.DomainError: a task may not be given out (a day that is past).
    """
    require(actor, Right.RUN_MEETINGS)
    minutes = _locked(minutes_id, actor)
    _refuse_closed(minutes)
    meeting = minutes.meeting
    if meeting.state != Meeting.State.HELD:
        raise MinutesIncomplete("会议还没有结束，结束后再印发纪要。", meeting=meeting.pk)
    if not meeting.attendances.filter(state=Attendance.State.PRESENT).exists():
        raise MinutesIncomplete("还没有登记出席情况，登记后再印发纪要。", meeting=meeting.pk)
    items = agenda_of(meeting, actor=actor)
    refuse_undecided(items)
    _give_out(meeting, items, actor=actor, today=today)
    if meeting.is_of_group:
        resolve_studied(items, actor=actor, today=today)
    _settle_topics(meeting, items, actor=actor, today=today)
    _number(minutes, today=today)
    minutes.issued_on, minutes.issued_by = today, actor
    words = words_of(minutes, agenda_of(meeting, actor=actor), setting=setting_on(today), today=today)
    minutes.text, minutes.grams = words.text, rules.bigrams(words.text)
    minutes.document = _keep(minutes, minutes_document(words), actor=actor, today=today)
    meeting.minutes.filter(state=State.ISSUED).update(state=State.REPLACED)
    minutes.state = State.ISSUED
    minutes.save(
        update_fields=[
            *("issued_on", "issued_by", "text", "grams", "document", "state"),
            *("number", "number_text", "year"),
        ]
    )
    _circulate(minutes, items, now=now)
    facts: dict[str, object] = {"number": minutes.number_text, "version": minutes.version}
    log(minutes, "minutes.issued", meeting=meeting, actor=actor, today=today, facts=facts)
    return minutes


def _give_out(meeting: Meeting, items: list[AgendaItem], *, actor: User, today: date) -> None:
    """Each resolution that is not a task yet becomes one; the row keeps the day it is due."""
    calendar = working_calendar()
    new = [row for item in items for row in item.resolutions.all() if row.task_id is None]
    by_item = {item.pk: item for item in items}
    problems = open_problems_of([item.topic for item in items], actor=actor)
    drafts = []
    for row in new:
        topic = by_item[row.item_id].topic
        row.due_on = row.due_on or calendar.nth_working_day(today, row.limit_days or 1)
        drafts.append(
            TaskDraft(
                title=row.text[:200],
                requirement=row.requirement or row.text,
                holder=row.lead,
                due_on=row.due_on,
                person=row.person,
                co_holders=list(row.helpers.all()),
                project=topic.project,
                problem=problems.get(topic.source_id or 0) if topic.source == Topic.Source.PROBLEM else None,
                source=Source(
                    RESOLUTION, row.pk, f"{meeting.title}：{topic.title}"[:200], topic.get_absolute_url()
                ),
            )
        )
    tasks = issue_tasks(actor, drafts, today=today) if drafts else []
    for row, task in zip(new, tasks, strict=True):
        row.task, row.limit_days = task, None
        row.save(update_fields=["task", "due_on", "limit_days"])
        log(
            row,
            "resolution.given_out",
            meeting=meeting,
            actor=actor,
            today=today,
            facts={"due_on": row.due_on},
        )


def _settle_topics(meeting: Meeting, items: list[AgendaItem], *, actor: User, today: date) -> None:
    """Where each topic stands now. A topic that has moved on since, in a later version, stays there."""
    for item in sorted(items, key=lambda each: each.topic_id):
        topic = locked_topic(item.topic_id, actor=actor)
        if topic.state == rules.State.DISCUSSED:
            to = _state_after(meeting, item, topic)
            reason = _REASONS[meeting.is_of_group] if to is rules.State.ESCALATED else ""
            move(topic, to, today=today, reason=reason)
            log_topic(topic, "topic.settled", actor=actor, today=today, facts={"state": to.label})


def _state_after(meeting: Meeting, item: AgendaItem, topic: Topic) -> rules.State:
    if item.outcome == Outcome.ESCALATED:
        return rules.State.ESCALATED
    if open_tasks_of(topic):
        return rules.State.ASSIGNED
    if item.outcome == Outcome.DEFERRED:
        return rules.State.ESCALATED if meeting.is_of_group else rules.State.COLLECTED
    return rules.State.DONE


def _number(minutes: Minutes, *, today: date) -> None:
    """The next number of the year of issue; a later version keeps the first's."""
    first = Minutes.objects.filter(meeting=minutes.meeting, number__isnull=False).order_by("version").first()
    if first is not None:
        minutes.year, minutes.number, minutes.number_text = first.year, first.number, first.number_text
        return
    # Numbers are given out one after the other: the council's row is the queue.
    council = Council.objects.select_for_update().get(pk=minutes.meeting.council_id)
    issued = Minutes.objects.filter(meeting__council=council, year=today.year)
    most = issued.aggregate(most=Max("number"))["most"] or 0
    minutes.year, minutes.number = today.year, most + 1
    minutes.number_text = document_number(setting_on(today).number_mark, today.year, minutes.number)


def _owner(minutes: Minutes) -> PaperOwner:
    council = minutes.meeting.council
    return PaperOwner(KIND, minutes.pk, str(minutes), None, council.organisation)


def _keep(minutes: Minutes, content: bytes, *, actor: User, today: date) -> Paper:
    version = f"（第{minutes.version}版）" if minutes.version > 1 else ""
    return attach(
        actor=actor,
        owner=_owner(minutes),
        upload=Upload(f"{minutes.title}{version}.docx", content),
        kind=Paper.Kind.MINUTES,
        title=f"{minutes.number_text} {minutes.title}{version}",
        today=today,
    )


def _circulate(minutes: Minutes, items: list[AgendaItem], *, now: datetime) -> None:
    """To whoever was there, raised or leads a topic, has a resolution, or whose county it is."""
    units: dict[int, Organisation] = {unit.pk: unit for unit in units_of_topics(minutes.meeting)}
    for row in minutes.meeting.attendances.select_related("organisation"):
        # The government itself gets its copy by name (抄送); nobody signs for it here.
        if row.organisation.kind != Organisation.Kind.PREFECTURE:
            units[row.organisation_id] = row.organisation
    resolutions = Resolution.objects.filter(item__in=items).select_related("lead").prefetch_related("helpers")
    for resolution in resolutions:
        for unit in (resolution.lead, *resolution.helpers.all()):
            units[unit.pk] = unit
    Circulation.objects.bulk_create(
        Circulation(minutes=minutes, organisation=unit, sent_at=now) for unit in units.values()
    )
    post_and_mail(
        [
            Notice(
                recipient=person,
                kind=Message.Kind.NOTICE,
                key=f"minutes-{minutes.pk}",
                title=f"会商纪要：{minutes}",
                body="请阅读并签收；涉及本单位的议定事项已列入任务。",
                url=minutes.get_absolute_url(),
            )
            for person in people_of(list(units.values()))
        ]
    )


@transaction.atomic
def revise_minutes(*, minutes_id: int, reason: str, actor: User, today: date) -> Minutes:
    """A new version of issued minutes, as a draft; the old one stands until the new one is issued.

    Raises:
        MinutesClosed: it is a draft itself, was replaced, or a newer draft exists.
        ReasonMissing.
    """
    require(actor, Right.RUN_MEETINGS)
    why = need_reason(reason, "修订纪要")
    old = _locked(minutes_id, actor)
    newer = Minutes.objects.filter(meeting=old.meeting, state=State.DRAFT).exists()
    if old.state != State.ISSUED or newer:
        raise MinutesClosed(f"“{old}”已有新版本在拟定，或不是现行版本。", minutes=old.pk)
    draft = Minutes.objects.create(
        meeting=old.meeting,
        version=old.version + 1,
        year=old.year,
        title=old.title,
        opening=old.opening,
        copies_to=old.copies_to,
        reason=why,
    )
    facts: dict[str, object] = {"reason": why, "version": draft.version}
    log(draft, "minutes.revised", meeting=old.meeting, actor=actor, today=today, facts=facts)
    return draft


@transaction.atomic
def attach_scan(*, minutes_id: int, upload: Upload, actor: User, today: date) -> Paper:
    """Keep the signed paper of issued minutes; another one replaces it, the first stays readable.

    Raises:
        MinutesClosed: nothing was issued yet.
        papers.errors: as `papers.services.attach`.
    """
    require(actor, Right.RUN_MEETINGS)
    minutes = _locked(minutes_id, actor)
    if minutes.is_draft:
        raise MinutesClosed("纪要还没有印发，印发后再上传签发件。", minutes=minutes.pk)
    paper = attach(
        actor=actor,
        owner=_owner(minutes),
        upload=upload,
        kind=Paper.Kind.MINUTES,
        title=f"{minutes.number_text} 签发件",
        today=today,
        replaces=minutes.scan,
    )
    minutes.scan = paper
    minutes.save(update_fields=["scan"])
    return paper


@transaction.atomic
def acknowledge(*, minutes_id: int, actor: User, today: date, now: datetime) -> int:
    """The actor's unit has read the minutes; the first reader of each unit signs. Returns how many
    units that was: none when all had.
    """
    minutes = (
        Minutes.objects.visible_to(actor).select_related("meeting__council__organisation").get(pk=minutes_id)
    )
    if actor.organisation is None:
        return 0
    unread = minutes.circulations.select_for_update().filter(read_at__isnull=True)
    own = unread.filter(organisation__code__in=actor.organisation.ancestor_codes)
    reading = own.exclude(organisation__kind=Organisation.Kind.PREFECTURE)
    rows = list(reading.order_by("pk"))
    for row in rows:
        row.read_at, row.read_by = now, actor
        row.save(update_fields=["read_at", "read_by"])
    if rows:
        log(minutes, "minutes.read", meeting=minutes.meeting, actor=actor, today=today)
    return len(rows)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file of minutes and what it is called."""

    paper: Paper
    content: bytes


@transaction.atomic
def open_file(*, minutes: Minutes, paper: Paper, actor: User) -> OpenedFile:
    """The bytes of minutes or their scan, for whoever may read the minutes; logged each time.

    The caller found `minutes` among those visible to the actor.

    Raises:
        PaperContent.DoesNotExist: not a file of these minutes, or withdrawn.
    """
    stored = PaperContent.objects.get(
        paper=paper,
        paper__subject_kind=KIND,
        paper__subject_id=minutes.pk,
        paper__withdrawal__isnull=True,
    )
    log(
        paper,
        "file.downloaded",
        meeting=minutes.meeting,
        actor=actor,
        today=minutes.issued_on or paper.occurred_on,
        facts={"file": paper.filename, "version": paper.version, "sha256": paper.sha256},
    )
    return OpenedFile(paper, bytes(stored.content))
