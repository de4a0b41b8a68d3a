"""What is written down while a meeting runs, and until its minutes are issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max

from accounts.models import Organisation, User
from accounts.rights import Right, require
from consultations.errors import ResolutionIncomplete, ResolutionIssued, WrongState
from consultations.models import AgendaItem, Meeting, Resolution
from consultations.services.meetings import refuse_issued
from consultations.services.moving import locked_meeting, log


def _open_item(item_id: int, actor: User) -> AgendaItem:
    """The item, its meeting locked, running or with a draft of minutes."""
    found = AgendaItem.objects.visible_to(actor).get(pk=item_id)
    meeting = locked_meeting(found.meeting_id, actor=actor)
    if meeting.state not in (Meeting.State.RUNNING, Meeting.State.HELD):
        raise WrongState(
            f"“{meeting.title}”{meeting.get_state_display()}，开会后才能记录。", meeting=meeting.pk
        )
    refuse_issued(meeting)
    item = AgendaItem.objects.select_related("topic").get(pk=item_id)
    item.meeting = meeting
    return item


@transaction.atomic
def write_item(*, item_id: int, discussion: str, outcome: str, actor: User, today: date) -> AgendaItem:
    """What was said about an item and what it came to; an empty outcome leaves it open.

    Raises:
        WrongState: the meeting has not begun, or its minutes are issued.
    """
    require(actor, Right.RUN_MEETINGS)
    item = _open_item(item_id, actor)
    item.discussion, item.outcome = discussion.strip()[:4000], outcome
    item.save(update_fields=["discussion", "outcome"])
    log(item, "meeting.item_written", meeting=item.meeting, actor=actor, today=today)
    return item


@dataclass(frozen=True, slots=True)
class ResolutionTerms:
    """A resolution as it is spoken: exactly one of `due_on` and `limit_days` (working days)."""

    text: str
    lead: Organisation
    requirement: str = ""
    person: User | None = None
    helpers: Sequence[Organisation] = ()
    due_on: date | None = None
    limit_days: int | None = None


@transaction.atomic
def add_resolution(*, item_id: int, terms: ResolutionTerms, actor: User, today: date) -> Resolution:
    """Write down what is resolved on an item; the item has come to a resolution thereby.

    Raises:
        ResolutionIncomplete: no words, no limit or two, a day before the meeting, or a leading unit
            that also helps.
        WrongState.
    """
    require(actor, Right.RUN_MEETINGS)
    item = _open_item(item_id, actor)
    _check(terms, item.meeting)
    of_meeting = Resolution.objects.filter(item__meeting=item.meeting_id)
    last = of_meeting.aggregate(most=Max("place"))["most"] or 0
    resolution = Resolution.objects.create(
        item=item,
        place=last + 1,
        text=terms.text.strip(),
        requirement=terms.requirement.strip(),
        lead=terms.lead,
        person=terms.person,
        due_on=terms.due_on,
        limit_days=terms.limit_days,
    )
    resolution.helpers.set(terms.helpers)
    if item.outcome != AgendaItem.Outcome.RESOLVED:
        item.outcome = AgendaItem.Outcome.RESOLVED
        item.save(update_fields=["outcome"])
    log(resolution, "resolution.written", meeting=item.meeting, actor=actor, today=today)
    return resolution


def _check(terms: ResolutionTerms, meeting: Meeting) -> None:
    if not terms.text.strip():
        raise ResolutionIncomplete("没有写议定事项。")
    if (terms.due_on is None) == (not terms.limit_days):
        raise ResolutionIncomplete("完成日期和时限（工作日）填一项，且只填一项。")
    if terms.due_on is not None and terms.due_on < meeting.held_on:
        raise ResolutionIncomplete(f"完成日期 {terms.due_on} 早于会议日期；请核对。", due_on=terms.due_on)
    if terms.lead in terms.helpers:
        raise ResolutionIncomplete("责任单位不能同时列为配合单位。", unit=terms.lead.code)


@transaction.atomic
def change_resolution(*, resolution_id: int, terms: ResolutionTerms, actor: User, today: date) -> Resolution:
    """Other words, another unit or limit, until it is given out.

    Raises:
        ResolutionIssued, ResolutionIncomplete, WrongState.
    """
    require(actor, Right.RUN_MEETINGS)
    resolution, item = _unissued(resolution_id, actor)
    _check(terms, item.meeting)
    resolution.text, resolution.requirement = terms.text.strip(), terms.requirement.strip()
    resolution.lead, resolution.person = terms.lead, terms.person
    resolution.due_on, resolution.limit_days = terms.due_on, terms.limit_days
    resolution.save(update_fields=["text", "requirement", "lead", "person", "due_on", "limit_days"])
    resolution.helpers.set(terms.helpers)
    log(resolution, "resolution.changed", meeting=item.meeting, actor=actor, today=today)
    return resolution


@transaction.atomic
def strike_resolution(*, resolution_id: int, actor: User, today: date) -> None:
    """It was not resolved after all.

    Raises:
        ResolutionIssued, WrongState.
    """
    require(actor, Right.RUN_MEETINGS)
    resolution, item = _unissued(resolution_id, actor)
    log(resolution, "resolution.struck", meeting=item.meeting, actor=actor, today=today)
    resolution.helpers.clear()
    resolution.delete()


def _unissued(resolution_id: int, actor: User) -> tuple[Resolution, AgendaItem]:
    found = Resolution.objects.visible_to(actor).get(pk=resolution_id)
    item = _open_item(found.item_id, actor)
    resolution = Resolution.objects.select_for_update().get(pk=resolution_id)
    if resolution.task_id is not None:
        raise ResolutionIssued(
            f"“{resolution.text}”已交办为任务，不能再修改；请在任务中办理。", task=resolution.task_id
        )
    return resolution, item
