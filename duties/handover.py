"""Tasks of somebody who leaves."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from duties.models import Task
from duties.models.tasks import TaskQuerySet


def open_tasks_of(person: User) -> TaskQuerySet:
    """The tasks a person answers for that are not finished."""
    return Task.objects.filter(person=person).exclude(state__in=Task.FINISHED)


@transaction.atomic
def hand_over_tasks(*, leaver: User, successor: User) -> int:
    """Let another answer for what somebody leaves behind. Returns how many moved."""
    moved = 0
    for task in open_tasks_of(leaver).select_for_update(of=("self",)).order_by("pk"):
        task.person, task.person_name = successor, ""
        task.save(update_fields=["person", "person_name"])
        moved += 1
    return moved
