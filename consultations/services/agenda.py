"""The agenda: built by one click from what waits and what is unfinished, then arranged by hand."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.rights import Right, require
from consultations import rules
from consultations.errors import AgendaEmpty, NotInvited, WrongState
from consultations.models import AgendaItem, Carried, Meeting, Resolution, Topic
from consultations.selectors.agenda import times_held, unfinished_resolutions, waiting_topics
from consultations.services.from_problems import take_to_group
from consultations.services.meetings import put_back
from consultations.services.moving import locked_meeting, locked_topic, log, move

State = rules.State
_NOTHING = {
    False: "没有已汇总的议题，也没有未完成的议定事项；请先汇总议题。",
    True: "没有提级待研究的问题和议题；问题提级后再生成议程。",
}


@transaction.atomic
def build_agenda(*, meeting_id: int, actor: User, today: date) -> int:
    """Put on the agenda whatever waits, and every topic with an unfinished resolution; order it anew.

    Ordered by class of project, then by days stuck on the day of the meeting. Unfinished resolutions
    come with the number of times they have been up. The leading group's agenda is built from what was
    escalated. Safe to repeat: what was finished meanwhile goes.
    Returns how many topics stand on it.

    Raises:
        AgendaEmpty: nothing waits and nothing is unfinished.
        WrongState: the meeting has begun.
    """
    require(actor, Right.RUN_MEETINGS)
    meeting = _planned(meeting_id, actor)
    if meeting.is_of_group:
        take_to_group(meeting, actor=actor, today=today)
    unfinished = unfinished_resolutions(meeting)
    _drop_finished(meeting, {row.pk for row in unfinished}, actor=actor, today=today)
    carried: dict[int, list[Resolution]] = {}
    for row in unfinished:
        carried.setdefault(row.item.topic_id, []).append(row)
    present = set(meeting.items.values_list("topic_id", flat=True))
    new = [topic for topic in waiting_topics(meeting, carried=carried) if topic.pk not in present]
    for topic in new:
        _put_on(meeting, topic, carried.get(topic.pk, []), actor=actor, today=today)
    _order(meeting)
    count = meeting.items.count()
    if not count:
        raise AgendaEmpty(_NOTHING[meeting.is_of_group], meeting=meeting.pk)
    log(meeting, "meeting.agenda", meeting=meeting, actor=actor, today=today, facts={"items": count})
    return count


def _planned(meeting_id: int, actor: User) -> Meeting:
    meeting = locked_meeting(meeting_id, actor=actor)
    if meeting.state != Meeting.State.PLANNED:
        raise WrongState(
            f"“{meeting.title}”{meeting.get_state_display()}，议程不能再调整。",
            meeting=meeting.pk,
            state=meeting.state,
        )
    return meeting


def _drop_finished(meeting: Meeting, unfinished: set[int], *, actor: User, today: date) -> None:
    """Take off what was done since the last click."""
    done = Carried.objects.filter(item__meeting=meeting).exclude(resolution__in=unfinished)
    items = {row.item_id for row in done}
    done.delete()
    for item in meeting.items.filter(pk__in=items, carried__isnull=True).order_by("topic_id"):
        put_back(item, actor=actor, today=today)


def _put_on(
    meeting: Meeting, topic: Topic, unfinished: list[Resolution], *, actor: User, today: date
) -> AgendaItem:
    locked = locked_topic(topic.pk, actor=actor)
    move(locked, State.ON_AGENDA, today=today)
    last = meeting.items.aggregate(most=Max("place"))["most"] or 0
    item = AgendaItem.objects.create(
        meeting=meeting,
        topic=locked,
        place=last + 1,
        times=times_held(topic) + 1,
        days_stuck=max((meeting.held_on - topic.stuck_since).days, 0),
    )
    Carried.objects.bulk_create(
        Carried(item=item, resolution=row, times=row.times_carried + 2)  # type: ignore[attr-defined]  # annotated
        for row in unfinished
    )
    return item


def _order(meeting: Meeting) -> None:
    items = {item.topic_id: item for item in meeting.items.select_related("topic__project")}
    candidates = [
        rules.Candidate(
            topic_id=topic_id,
            priority_class=item.topic.project.priority_class if item.topic.project else "",
            days_stuck=max((meeting.held_on - item.topic.stuck_since).days, 0),
        )
        for topic_id, item in items.items()
    ]
    for place, candidate in enumerate(rules.agenda_order(candidates), start=1):
        item = items[candidate.topic_id]
        item.place, item.days_stuck = place, candidate.days_stuck
    AgendaItem.objects.bulk_update(items.values(), ["place", "days_stuck"])


@transaction.atomic
def add_topic(*, meeting_id: int, topic_id: int, actor: User, today: date) -> AgendaItem:
    """Put one topic on the agenda by hand, after what stands there.

    Raises:
        WrongState: the topic does not wait, or the meeting has begun.
        Topic.DoesNotExist.
    """
    require(actor, Right.RUN_MEETINGS)
    meeting = _planned(meeting_id, actor)
    topic = Topic.objects.visible_to(actor).get(pk=topic_id)
    unfinished = [row for row in unfinished_resolutions(meeting) if row.item.topic_id == topic.pk]
    item = _put_on(meeting, topic, unfinished, actor=actor, today=today)
    log(item, "meeting.item_added", meeting=meeting, actor=actor, today=today)
    return item


@transaction.atomic
def take_off(*, item_id: int, actor: User, today: date) -> None:
    """Take one topic off the agenda; it waits for another meeting.

    Raises:
        WrongState: the meeting has begun.
        AgendaItem.DoesNotExist.
    """
    require(actor, Right.RUN_MEETINGS)
    found = AgendaItem.objects.visible_to(actor).get(pk=item_id)
    meeting = _planned(found.meeting_id, actor)
    item = meeting.items.select_related("topic").get(pk=item_id)
    log(item, "meeting.item_removed", meeting=meeting, actor=actor, today=today)
    put_back(item, actor=actor, today=today)
    for place, row in enumerate(meeting.items.order_by("place"), start=1):
        if row.place != place:
            row.place = place
            row.save(update_fields=["place"])


@transaction.atomic
def move_up(*, item_id: int, actor: User, today: date) -> None:
    """Take an item one place earlier; the first stays where it is."""
    require(actor, Right.RUN_MEETINGS)
    found = AgendaItem.objects.visible_to(actor).get(pk=item_id)
    meeting = _planned(found.meeting_id, actor)
    items = list(meeting.items.order_by("place", "pk"))
    place = next(index for index, item in enumerate(items) if item.pk == item_id)
    if place:
        items[place - 1], items[place] = items[place], items[place - 1]
    for number, item in enumerate(items, start=1):
        if item.place != number:
            item.place = number
            item.save(update_fields=["place"])


@transaction.atomic
def confirm_item(*, item_id: int, note: str, actor: User, today: date) -> AgendaItem:
    """The unit that raised or leads a topic confirms what is written about it (逐一确认).

    Raises:
        NotInvited: the topic is another unit's.
    """
    require(actor, Right.RAISE_TOPIC)
    rows = AgendaItem.objects.visible_to(actor).select_related(
        "topic__raised_by_unit", "topic__lead", "topic__organisation", "meeting__council__organisation"
    )
    item = rows.select_for_update(of=("self",)).get(pk=item_id)
    scope, topic = actor.scope, item.topic
    units = (topic.raised_by_unit, topic.lead, topic.organisation)
    if scope is None or not any(unit.path.startswith(scope.path) for unit in units):
        raise NotInvited("该议题由提出单位或牵头单位确认。", item=item.pk)
    item.confirmed_on, item.confirmed_by, item.confirmed_note = today, actor, note.strip()[:300]
    item.save(update_fields=["confirmed_on", "confirmed_by", "confirmed_note"])
    log(item, "meeting.item_confirmed", meeting=item.meeting, actor=actor, today=today, facts={"note": note})
    return item
