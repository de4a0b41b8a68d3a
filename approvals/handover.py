"""Steps follow the clocks they run on when another person takes a post over."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from approvals.models import Step
from deadlines.models import Deadline


@transaction.atomic
def follow_deadlines(deadlines: Iterable[Deadline]) -> int:
    """Let the open step of each promise be worked on by who now holds it. Returns how many moved."""
    holders = {row.pk: row.holder_id for row in deadlines}
    rows = Step.objects.filter(deadline__in=holders).select_for_update(of=("self",)).order_by("pk")
    moved = 0
    for step in rows:
        holder = holders[step.deadline_id or 0]
        if step.is_open and step.holder_id != holder:
            step.holder_id = holder
            step.save(update_fields=["holder", "updated_at"])
            moved += 1
    return moved


@transaction.atomic
def hand_over_steps(*, leaver: User, successor: User) -> int:
    """Let the open steps that somebody leaves behind be worked on by another. Returns how many moved."""
    rows = Step.objects.filter(holder=leaver, closed_on__isnull=True)
    moved = 0
    for step in rows.select_for_update(of=("self",)).order_by("pk"):
        step.holder = successor
        step.save(update_fields=["holder", "updated_at"])
        moved += 1
    return moved
