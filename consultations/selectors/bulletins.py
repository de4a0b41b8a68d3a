"""Bulletins, and what happened between two days that one may be drafted from."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count

from accounts.models import User
from approvals.models import LandDocument
from consultations import rules
from consultations.models import Bulletin, BulletinQuerySet, Meeting
from duties.models import Problem, Task

# What is due in the week after the period is named as the next steps.
AHEAD = timedelta(days=7)


def bulletin_list(*, actor: User) -> BulletinQuerySet:
    """The bulletins the actor may see, with what a list shows. One query."""
    return (
        Bulletin.objects.visible_to(actor)
        .select_related("council__organisation", "drafted_by", "issued_by", "document")
        .annotate(size=Count("items"))
    )


def week_facts(*, actor: User, first_on: date, last_on: date) -> rules.WeekFacts:
    """What happened from `first_on` to `last_on`, both included, as far as the actor sees it.

    A fixed number of queries.
    """
    during = (first_on, last_on)
    tasks, problems = Task.objects.visible_to(actor), Problem.objects.visible_to(actor)
    open_tasks = tasks.unfinished().select_related("holder").order_by("due_on", "pk")
    solved = problems.filter(resolved_on__range=during).select_related("area").order_by("pk")
    escalated = problems.filter(escalated_on__range=during, state=Problem.State.ESCALATED)
    return rules.WeekFacts(
        meetings=_meetings(actor, during),
        documents=_documents(actor, during),
        tasks_issued=tasks.filter(issued_on__range=during).count(),
        tasks_verified=tasks.filter(verified_on__range=during).count(),
        late=[_task(row) for row in open_tasks.filter(due_on__lte=last_on)],
        problems_raised=problems.filter(raised_on__range=during).count(),
        problems_resolved=[rules.Named(row.title, row.area.short_name) for row in solved],
        problems_escalated=[
            rules.Named(row.title, row.area.short_name)
            for row in escalated.select_related("area").order_by("pk")
        ],
        due=[_task(row) for row in open_tasks.filter(due_on__gt=last_on, due_on__lte=last_on + AHEAD)],
    )


def _task(row: Task) -> rules.Named:
    return rules.Named(row.title, row.holder.short_name, row.due_on)


def _meetings(actor: User, during: tuple[date, date]) -> list[rules.Held]:
    held = Meeting.objects.visible_to(actor).filter(state=Meeting.State.HELD, held_on__range=during)
    rows = held.annotate(
        topics=Count("items", distinct=True), resolved=Count("items__resolutions", distinct=True)
    )
    found = rows.order_by("held_on", "pk").values_list("held_on", "title", "topics", "resolved")
    return [rules.Held(*row) for row in found]


def _documents(actor: User, during: tuple[date, date]) -> list[rules.Named]:
    rows = LandDocument.objects.visible_to(actor).in_force().filter(decided_on__range=during)
    return [
        rules.Named(f"{row.get_kind_display()}{row.number}", row.organisation.short_name, row.decided_on)
        for row in rows.select_related("organisation").order_by("decided_on", "pk")
    ]
