"""Which reminders a day brings: read only, so that a dry run shows what a run would send."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from accounts.models import Organisation, User
from deadlines.errors import CalendarGap
from deadlines.models import Deadline
from deadlines.rules import LineName, ReminderPlan, ReminderStage, WorkingCalendar, reminder_stages
from deadlines.selectors import line_of, pauses_of, reading_of, reminder_plan, with_pauses
from dispatch.models import Reminder
from dispatch.rules.reminders import Words, reminder_words, stage_reached

logger = logging.getLogger(__name__)

BATCH = 500
# Those who do the work; leaders and administrators are not reminded of other people's steps.
OFFICERS = (User.Role.COUNTY, User.Role.SECTION, User.Role.DEPARTMENT, User.Role.DISPATCH)


@dataclass(frozen=True, slots=True)
class PlannedReminder:
    """One reminder to one person that has not been sent yet."""

    deadline: Deadline
    recipient: User
    stage: ReminderStage
    due_on: date
    words: Words

    @property
    def message_key(self) -> str:
        return f"reminder:{self.deadline.pk}:{self.stage.code}:{self.due_on}"


def reminders_due(*, today: date, calendar: WorkingCalendar) -> Iterator[list[PlannedReminder]]:
    """All reminders reached by `today` and not sent, in batches. Three queries a batch and two before.

    Paused deadlines have no due date and are silent. A deadline whose dates the calendar cannot
    give is logged and does not silence the others.
    """
    plan = reminder_plan(today)
    officers = Officers.load()
    horizon = today + timedelta(days=_farthest(plan))
    deadlines = with_pauses(
        Deadline.objects.open()
        .filter(due_on__isnull=False, due_on__lte=horizon)
        .select_related("holder_organisation")
        .order_by("pk")
    )
    for batch in _batches(deadlines.iterator(chunk_size=BATCH)):
        planned = [
            reminder
            for deadline in batch
            for reminder in _planned(deadline, today=today, calendar=calendar, plan=plan, officers=officers)
        ]
        yield _not_sent(planned)


def _farthest(plan: ReminderPlan) -> int:
    """More calendar days than any reminder goes out before; three for a working day span every holiday."""
    return max([60, *plan.validity_days_before, *(3 * days for days in plan.working_days_before)])


def _batches(deadlines: Iterable[Deadline]) -> Iterator[list[Deadline]]:
    rows = iter(deadlines)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _planned(
    deadline: Deadline, *, today: date, calendar: WorkingCalendar, plan: ReminderPlan, officers: Officers
) -> list[PlannedReminder]:
    try:
        stages = _stages(deadline, calendar=calendar, plan=_plan_of(deadline, plan))
        stage = stage_reached(stages, today=today)
        reading = reading_of(deadline, today=today, calendar=calendar).governing
    except CalendarGap as gap:
        logger.error("No reminder for deadline %s: %s", deadline.pk, gap.message)
        return []
    if stage is None or reading is None or reading.due is None:
        return []
    words = reminder_words(
        stage=stage, project=deadline.project_name, step=deadline.subject_label, reading=reading
    )
    people = officers.responsible_for(deadline)
    return [PlannedReminder(deadline, person, stage, reading.due, words) for person in people]


def _plan_of(deadline: Deadline, plan: ReminderPlan) -> ReminderPlan:
    """The promise's own days before its end, where it states any: a collection window says five."""
    if not deadline.reminder_days:
        return plan
    return replace(plan, working_days_before=tuple(deadline.reminder_days))


def _stages(deadline: Deadline, *, calendar: WorkingCalendar, plan: ReminderPlan) -> Sequence[ReminderStage]:
    return reminder_stages(
        start=deadline.started_on,
        calendar=calendar,
        committed=line_of(deadline, LineName.COMMITTED),
        statutory=line_of(deadline, LineName.STATUTORY),
        pauses=pauses_of(deadline),
        plan=plan,
    )


def _not_sent(planned: list[PlannedReminder]) -> list[PlannedReminder]:
    sent = set(
        Reminder.objects.filter(deadline__in={p.deadline.pk for p in planned}).values_list(
            "deadline_id", "recipient_id", "stage", "due_on"
        )
    )
    return [p for p in planned if (p.deadline.pk, p.recipient.pk, p.stage.code, p.due_on) not in sent]


@dataclass(frozen=True, slots=True)
class Officers:
    """Who answers for an organisation's promises."""

    by_pk: Mapping[int, User]
    by_organisation: Mapping[int, Sequence[User]]
    by_path: Sequence[tuple[str, User]]
    dispatch_office: Sequence[User]

    @classmethod
    def load(cls) -> Officers:
        """Everybody who is active, in one query."""
        people = list(
            User.objects.get_queryset()
            .filter(is_active=True, organisation__isnull=False)
            .select_related("organisation")
            .order_by("pk")
        )
        working = [person for person in people if person.role in OFFICERS]
        by_organisation: dict[int, list[User]] = {}
        for person in working:
            by_organisation.setdefault(_organisation_id(person), []).append(person)
        return cls(
            by_pk={person.pk: person for person in people},
            by_organisation=by_organisation,
            by_path=[(person.organisation.path, person) for person in working if person.organisation],
            dispatch_office=[person for person in people if person.role == User.Role.DISPATCH],
        )

    def responsible_for(self, deadline: Deadline) -> Sequence[User]:
        """The holder; without an active one the holding organisation's officers, then those below it
        in a county or park; nobody there: the dispatch office, so that no reminder is lost.
        """
        if deadline.holder_id is not None and deadline.holder_id in self.by_pk:
            return [self.by_pk[deadline.holder_id]]
        own = self.by_organisation.get(deadline.holder_organisation_id)
        if own:
            return own
        holder = deadline.holder_organisation
        if holder.kind in Organisation.REPORTING_KINDS:
            below = [person for where, person in self.by_path if where.startswith(holder.path)]
            if below:
                return below
        return self.dispatch_office


def _organisation_id(person: User) -> int:
    assert person.organisation_id is not None
    return person.organisation_id
