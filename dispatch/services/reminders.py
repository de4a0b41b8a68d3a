"""Reminding: once per deadline, stage, due day and person, whatever crashes or runs twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from deadlines.models import Deadline
from deadlines.rules import ReminderKind, WorkingCalendar
from dispatch.models import Reminder
from dispatch.rules.ladder import leaves_at
from dispatch.selectors.reminders import PlannedReminder, ladder_on, reminders_due
from notifications.models import Message
from notifications.services import Notice, post, post_and_mail

LOG = "/reminders/"


def remind(*, today: date, calendar: WorkingCalendar, now: datetime | None = None) -> int:
    """Write every reminder reached by `today` and not written yet; how many were sent. The schedule's verb.

    In the product exactly once: row, message and planned delivery are one transaction a batch, and
    the row is unique. Killed in between, or run twice at the same time, the rest follows with the
    next run. Out of the house at most once (`notifications.services.deliver_waiting`), outside of
    the quiet hours, and in the daily digest where that was chosen. What the ladder could not send is
    written too, with the reason.

    Accepted: a deadline that is closed in the very moment of the run may still be reminded of.

    Args:
        now: None leaves the quiet hours out of account.
    """
    not_before = leaves_at(timezone.localtime(now), ladder_on(today)) if now else None
    batches = reminders_due(today=today, calendar=calendar)
    return sum(_send(batch, today=today, not_before=not_before) for batch in batches if batch)


@transaction.atomic
def _send(batch: Sequence[PlannedReminder], *, today: date, not_before: datetime | None) -> int:
    # In one order, so that two runs at once wait for each other instead of deadlocking.
    ordered = sorted(batch, key=lambda one: (one.deadline.pk, one.recipient.pk if one.recipient else 0))
    Reminder.objects.bulk_create(
        [
            Reminder(
                deadline=planned.deadline,
                recipient=planned.recipient,
                level=planned.level,
                stage=planned.stage,
                due_on=planned.due_on,
                planned_on=today,
                message_key="" if planned.skipped else planned.message_key,
                reason=planned.reason,
                skipped=planned.skipped,
                digest_to=None if planned.skipped else planned.digest_to,
            )
            for planned in ordered
        ],
        ignore_conflicts=True,
    )
    sent = [planned for planned in ordered if not planned.skipped]
    post([_notice(planned, None) for planned in sent if planned.digest_to is not None])
    post_and_mail([_notice(planned, not_before) for planned in sent if planned.digest_to is None])
    return len(sent)


def _notice(planned: PlannedReminder, not_before: datetime | None) -> Notice:
    assert planned.recipient is not None
    is_overdue = planned.kind is ReminderKind.OVERDUE
    return Notice(
        recipient=planned.recipient,
        kind=Message.Kind.OVERDUE if is_overdue else Message.Kind.REMINDER,
        key=planned.message_key,
        title=planned.words.title,
        body=planned.words.body,
        url=_address(planned.deadline, planned.recipient),
        not_before=not_before,
    )


# Where the holder acts, for promises that have a page of their own.
_PAGES = {
    "opinions.request": "opinions:request",
    "duties.task": "duties:task",
    "duties.problem": "duties:problem",
}


def _address(deadline: Deadline, recipient: User) -> str:
    """Where the holder acts: the request or task itself, else the dossier for those who may open it;
    of anything else a department sees the sheet of what it holds.

    The last two pages belong to other floors; their addresses are part of the office's language.
    """
    if deadline.subject_kind in _PAGES:
        return reverse(_PAGES[deadline.subject_kind], args=[deadline.subject_id])
    if deadline.project_id is None or recipient.role == User.Role.DEPARTMENT:
        return f"/deadlines/{deadline.pk}/"
    return f"/projects/{deadline.project_id}/"


# --- digests ----------------------------------------------------------------------------------


def send_digests(*, today: date, now: datetime | None = None) -> int:
    """One message a day to whoever chose the digest, with all that waits for it; how many people.

    Safe to repeat and to run twice at once: the rows are locked, and the day is part of the key.
    What is planned after today's digest has left goes with tomorrow's.
    """
    waiting = Reminder.objects.filter(digest_to__isnull=False, digest_on__isnull=True)
    people = sorted(set(waiting.values_list("digest_to_id", flat=True)))
    not_before = leaves_at(timezone.localtime(now), ladder_on(today)) if now else None
    return sum(_send_digest(pk, today=today, not_before=not_before) for pk in people if pk is not None)


@transaction.atomic
def _send_digest(person_id: int, *, today: date, not_before: datetime | None) -> bool:
    key = f"digest:{today}"
    person = User.objects.select_for_update().get(pk=person_id)
    if Message.objects.filter(recipient=person, key=key).exists():
        return False
    rows = list(
        Reminder.objects.filter(digest_to=person, digest_on__isnull=True)
        .select_related("recipient", "deadline")
        .order_by("due_on", "pk")
    )
    if not rows:
        return False
    notice = Notice(
        recipient=person,
        kind=Message.Kind.REMINDER,
        key=key,
        title=f"【每日汇总】{len(rows)} 项提醒",
        body="\n".join(_digest_line(row, person) for row in rows),
        url=LOG,
        not_before=not_before,
    )
    post_and_mail([notice])
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(digest_on=today)
    return True


def _digest_line(row: Reminder, person: User) -> str:
    deadline = row.deadline
    matter = f"{deadline.project_name}：{deadline.subject_label}".lstrip("：")
    whose = "" if row.recipient_id == person.pk or row.recipient is None else f"（{row.recipient.label}）"
    return f"{row.due_on} 到期　{matter}　{row.reason}{whose}"
