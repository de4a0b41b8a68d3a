"""Which reminders a day brings: read only, so that a dry run shows what a run would send."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from django.db.models import QuerySet

from accounts.models import User
from accounts.rights import Right, allowed
from deadlines.errors import CalendarGap
from deadlines.models import Deadline
from deadlines.rules import (
    LineName,
    ReminderKind,
    ReminderPlan,
    ReminderStage,
    WorkingCalendar,
    reminder_stages,
)
from deadlines.selectors import line_of, pauses_of, reading_of, reminder_plan, with_pauses
from dispatch.models import Ladder, Level, Reminder
from dispatch.rules.ladder import HOLDER, Climb, LadderPlan, RungPlan, climb_reached, holder_stage
from dispatch.rules.reminders import Words, reminder_words, stage_reached
from dispatch.selectors.people import People, lead_leaders
from notifications.models import Delivery, Message

logger = logging.getLogger(__name__)

BATCH = 500


@dataclass(frozen=True, slots=True)
class PlannedReminder:
    """One reminder that has not been written yet: to one person, or for the log alone.

    `skipped` says why it is not sent; without a recipient the ladder found nobody.
    """

    deadline: Deadline
    recipient: User | None
    level: str
    stage: str
    kind: ReminderKind
    due_on: date
    words: Words
    reason: str
    skipped: str = ""
    digest_to: User | None = None

    @property
    def message_key(self) -> str:
        return f"reminder:{self.deadline.pk}:{self.stage}:{self.due_on}"


def reminders_due(*, today: date, calendar: WorkingCalendar) -> Iterator[list[PlannedReminder]]:
    """All reminders reached by `today` and not sent, in batches. Four queries a batch and ten before.

    Every level of the ladder by itself: the holder's own stages, then whoever stands above when it
    stays overdue; where a level has nobody, its stage goes to the next above that has. Paused
    deadlines have no due date and are silent. A deadline whose dates the calendar cannot give is
    logged and does not silence the others.
    """
    ladder = ladder_on(today)
    if ladder.working_days_only and not calendar.is_working(today):
        return
    plan = reminder_plan(today)
    people = People.load(today)
    horizon = today + timedelta(days=_farthest(plan, ladder))
    deadlines = with_pauses(
        Deadline.objects.open()
        .filter(due_on__isnull=False, due_on__lte=horizon)
        .select_related("holder_organisation")
        .order_by("pk")
    )
    for batch in _batches(deadlines.iterator(chunk_size=BATCH)):
        leaders = lead_leaders(batch, people)
        planned = [
            reminder
            for deadline in batch
            for reminder in _planned(
                deadline,
                today=today,
                calendar=calendar,
                plan=plan,
                ladder=ladder,
                people=people,
                leader=leaders.get(deadline.project_id or 0),
            )
        ]
        yield _not_sent(planned)


def _farthest(plan: ReminderPlan, ladder: LadderPlan) -> int:
    """More calendar days than any reminder goes out before; three for a working day span every holiday."""
    above = [days for rung in ladder.rungs for days in rung.days_before]
    working = (*plan.working_days_before, *above)
    return max([60, *plan.validity_days_before, *(3 * days for days in working)])


def _batches(deadlines: Iterable[Deadline]) -> Iterator[list[Deadline]]:
    rows = iter(deadlines)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _planned(
    deadline: Deadline,
    *,
    today: date,
    calendar: WorkingCalendar,
    plan: ReminderPlan,
    ladder: LadderPlan,
    people: People,
    leader: User | None,
) -> list[PlannedReminder]:
    try:
        stages = _stages(deadline, calendar=calendar, plan=_plan_of(deadline, plan))
        reading = reading_of(deadline, today=today, calendar=calendar).governing
        if reading is None or reading.due is None:
            return []
        own = stage_reached(stages, today=today)
        unit = "天" if deadline.role == Deadline.Role.VALIDITY else "个工作日"
        climbs = _climbs(ladder, own, unit, due=reading.due, today=today, calendar=calendar)
    except CalendarGap as gap:
        logger.error("No reminder for deadline %s: %s", deadline.pk, gap.message)
        return []
    found = []
    for level, climb in climbs:
        words = reminder_words(
            kind=climb.kind,
            level=level,
            project=deadline.project_name,
            step=deadline.subject_label,
            holder=deadline.holder_organisation.short_name,
            reading=reading,
        )
        found += _to_level(deadline, level, climb, words, reading.due, people, leader)
    return _once_a_person(found)


def _climbs(
    ladder: LadderPlan,
    own: ReminderStage | None,
    unit: str,
    *,
    due: date,
    today: date,
    calendar: WorkingCalendar,
) -> list[tuple[str, Climb]]:
    """Each level with the stage that it has come to."""
    rung = ladder.rung(HOLDER)
    first = holder_stage(rung, own, due=due, today=today, calendar=calendar, unit=unit)
    above = [
        (upper.level, climb_reached(upper, due=due, today=today, calendar=calendar)) for upper in ladder.upper
    ]
    return [(level, climb) for level, climb in [(HOLDER, first), *above] if climb is not None]


def _to_level(
    deadline: Deadline,
    level: str,
    climb: Climb,
    words: Words,
    due: date,
    people: People,
    leader: User | None,
) -> list[PlannedReminder]:
    stage = climb.code if level == HOLDER else f"{level}:{climb.code}"
    reached, told = people.at_level_or_above(level, deadline, leader)
    if not told:
        nobody = f"没有可提醒的{Level(level).label}账号"
        return [PlannedReminder(deadline, None, level, stage, climb.kind, due, words, climb.reason, nobody)]
    instead = f"；该单位未设{Level(level).label}账号，改送{Level(reached).label}" if reached != level else ""
    found = []
    for person in told:
        stand_in, why = people.stand_in(person)
        found.append(
            PlannedReminder(
                deadline,
                stand_in,
                level,
                stage,
                climb.kind,
                due,
                words,
                f"{climb.reason}{instead}{why}",
                digest_to=people.digest_of(stand_in, reached),
            )
        )
    return found


def _once_a_person(planned: list[PlannedReminder]) -> list[PlannedReminder]:
    """A person who stands on several rungs is told once, on the highest."""
    highest = {one.recipient.pk: one.level for one in planned if one.recipient is not None}
    found, seen = [], set()
    for one in planned:
        if one.recipient is None:
            found.append(one)
        elif one.level != highest[one.recipient.pk]:
            found.append(replace(one, skipped=f"同一人已按{Level(highest[one.recipient.pk]).label}提醒"))
        elif (one.recipient.pk, one.stage) not in seen:
            seen.add((one.recipient.pk, one.stage))
            found.append(one)
    return found


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
    written = set(
        Reminder.objects.filter(deadline__in={p.deadline.pk for p in planned}).values_list(
            "deadline_id", "recipient_id", "stage", "due_on"
        )
    )
    return [
        p
        for p in planned
        if (p.deadline.pk, p.recipient.pk if p.recipient else None, p.stage, p.due_on) not in written
    ]


def ladder_on(day: date) -> LadderPlan:
    """The ladder in force on a day; without any only holders are reminded. Two queries."""
    row = Ladder.objects.filter(effective_from__lte=day).order_by("-effective_from").first()
    if row is None:
        return LadderPlan()
    return LadderPlan(
        rungs=[
            RungPlan(
                rung.level,
                tuple(rung.days_before),
                rung.on_due,
                tuple(rung.days_after),
                rung.repeat_every,
            )
            for rung in sorted(row.rungs.all(), key=lambda rung: Level.values.index(rung.level))
        ],
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        working_days_only=row.working_days_only,
    )


def reminder_log(*, actor: User) -> QuerySet[Reminder]:
    """What was sent and what was not: for the office all that it may see, for others their own. One query."""
    rows = Reminder.objects.select_related(
        "recipient", "deadline__holder_organisation", "digest_to"
    ).order_by("-id")
    if not allowed(actor, Right.EDIT_ROUNDS):
        return rows.filter(recipient=actor)
    return rows.filter(deadline__in=Deadline.objects.visible_to(actor))


@dataclass(frozen=True, slots=True)
class LogLine:
    """One reminder with what became of it outside of the product."""

    reminder: Reminder
    outcome: str
    lamp: str


def log_lines(rows: Sequence[Reminder]) -> list[LogLine]:
    """Each reminder with the fate of its deliveries, in the order given. Two queries."""
    keys = {row.message_key for row in rows if row.message_key}
    messages = Message.objects.filter(key__in=keys, recipient__in={row.recipient_id for row in rows})
    found = {
        (message.recipient_id, message.key): list(message.deliveries.all())
        for message in messages.prefetch_related("deliveries")
    }
    return [_line(row, found.get((row.recipient_id or 0, row.message_key), [])) for row in rows]


def _line(row: Reminder, deliveries: Sequence[Delivery]) -> LogLine:
    if row.skipped:
        return LogLine(row, f"未发：{row.skipped}", "idle")
    if row.digest_to_id is not None:
        left = f"已于 {row.digest_on} 汇总发出" if row.digest_on else "等待汇总"
        return LogLine(row, f"站内已发；{left}", "done" if row.digest_on else "green")
    words = [_fate(delivery) for delivery in deliveries]
    is_refused = any(delivery.error and delivery.claimed_at for delivery in deliveries)
    return LogLine(row, "；".join(["站内已发", *words]), "red" if is_refused else "done")


def _fate(delivery: Delivery) -> str:
    channel = delivery.get_channel_display()
    if delivery.sent_at:
        return f"{channel}已发"
    if delivery.claimed_at is None:
        return f"{channel}将重试（{delivery.error}）" if delivery.error else f"{channel}待发"
    return f"{channel}未发出：{delivery.error}" if delivery.error else f"{channel}发送中"
