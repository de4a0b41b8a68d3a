"""What a task's end means for the topic that it was resolved on. Called by duties, inside its act."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from consultations import rules
from consultations.models import AgendaItem, Carried, Meeting, Topic
from consultations.selectors.topics import open_tasks_of
from consultations.services.minutes import RESOLUTION
from consultations.services.moving import log_topic, move
from duties.following import Follower, follow
from duties.models import Task

State = rules.State


def follow_tasks() -> None:
    """Let duties tell of every task that a resolution ordered."""
    follow(
        Follower(
            source_kind=RESOLUTION,
            on_verified=task_ended,
            on_reopened=task_reopened,
            on_withdrawn=task_ended,
        )
    )


def task_ended(task: Task, actor: User, today: date) -> None:
    """A task was verified or withdrawn: it leaves the agendas being prepared, and when it was the last
    its topic is 办结.
    """
    topic = _locked_topic(task)
    if topic is None:
        return
    planned = Carried.objects.filter(resolution__task=task, item__meeting__state=Meeting.State.PLANNED)
    items = set(planned.values_list("item_id", flat=True))
    planned.delete()
    if open_tasks_of(topic):
        return
    if topic.state == State.ON_AGENDA:
        idle = AgendaItem.objects.filter(pk__in=items, carried__isnull=True)
        if not idle.exists():
            return
        idle.delete()
    if topic.state in (State.ASSIGNED, State.ON_AGENDA):
        move(topic, State.DONE, today=today)
        log_topic(topic, "topic.done", actor=actor, today=today)


def task_reopened(task: Task, actor: User, today: date) -> None:
    """A verified task was returned after all: its topic is given out again, even when it was closed."""
    topic = _locked_topic(task)
    if topic is not None and topic.state in (State.DONE, State.CLOSED):
        move(topic, State.ASSIGNED, today=today, reason="任务退回重办")
        log_topic(topic, "topic.reopened", actor=actor, today=today, facts={"task": task.title})


def _locked_topic(task: Task) -> Topic | None:
    """The topic, whoever acts: the holder of a task need not be allowed to see all of it."""
    rows = Topic.objects.filter(items__resolutions__task=task).select_related("organisation")
    return rows.select_for_update(of=("self",)).first()
