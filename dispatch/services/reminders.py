"""Reminding holders: once per deadline, stage, due day and person, whatever crashes or runs twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from accounts.models import User
from deadlines.rules import ReminderKind, WorkingCalendar
from dispatch.models import Reminder
from dispatch.selectors.reminders import PlannedReminder, reminders_due
from notifications.models import Message
from notifications.services import Notice, post_and_mail


def remind(*, today: date, calendar: WorkingCalendar) -> int:
    """Send every reminder reached by `today` and not sent yet; how many. The schedule's verb.

    In the product exactly once: row, message and planned mail are one transaction a batch, and
    the row is unique. Killed in between, or run twice at the same time, the rest follows with the
    next run. By mail at most once (`notifications.services.deliver_waiting`).

    Accepted: a deadline that is closed in the very moment of the run may still be reminded of.
    """
    return sum(_send(batch, today=today) for batch in reminders_due(today=today, calendar=calendar) if batch)


@transaction.atomic
def _send(batch: Sequence[PlannedReminder], *, today: date) -> int:
    # In one order, so that two runs at once wait for each other instead of deadlocking.
    ordered = sorted(batch, key=lambda planned: (planned.deadline.pk, planned.recipient.pk))
    Reminder.objects.bulk_create(
        [
            Reminder(
                deadline=planned.deadline,
                recipient=planned.recipient,
                stage=planned.stage.code,
                due_on=planned.due_on,
                planned_on=today,
                message_key=planned.message_key,
            )
            for planned in ordered
        ],
        ignore_conflicts=True,
    )
    post_and_mail([_notice(planned) for planned in ordered])
    return len(ordered)


def _notice(planned: PlannedReminder) -> Notice:
    is_overdue = planned.stage.kind is ReminderKind.OVERDUE
    return Notice(
        recipient=planned.recipient,
        kind=Message.Kind.OVERDUE if is_overdue else Message.Kind.REMINDER,
        key=planned.message_key,
        title=planned.words.title,
        body=planned.words.body,
        url=_address(planned),
    )


def _address(planned: PlannedReminder) -> str:
    """The dossier, for those who may open it; a department sees the sheet of what it holds.

    Both pages belong to other floors; their addresses are part of the office's language.
    """
    deadline = planned.deadline
    if deadline.project_id is None or planned.recipient.role == User.Role.DEPARTMENT:
        return f"/deadlines/{deadline.pk}/"
    return f"/projects/{deadline.project_id}/"
