"""Jobs for pages: one's unit's work, newest first."""

from __future__ import annotations

from accounts.models import User
from jobs.models import Job, JobQuerySet


def job_list(*, actor: User) -> JobQuerySet:
    """Jobs of the units the actor sees, newest first, with who asked and for whom. One query."""
    return Job.objects.visible_to(actor).select_related("requested_by", "organisation").order_by("-id")


def running_count(*, actor: User) -> int:
    """How many jobs of the actor's units wait or run, counted up to a hundred. One query."""
    unfinished = Job.objects.visible_to(actor).filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    return unfinished.order_by()[:100].count()
