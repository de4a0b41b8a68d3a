"""Which rung of the reminder ladder a promise has come to. From values alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from deadlines.rules import ReminderKind, ReminderStage, WorkingCalendar

HOLDER = "HOLDER"


@dataclass(frozen=True, slots=True)
class RungPlan:
    """What one level is told, in working days; `repeat_every` counts on from the last of `days_after`."""

    level: str
    days_before: tuple[int, ...] = ()
    on_due: bool = False
    days_after: tuple[int, ...] = ()
    repeat_every: int | None = None


@dataclass(frozen=True, slots=True)
class LadderPlan:
    """The ladder in force on a day."""

    rungs: Sequence[RungPlan] = ()
    quiet_from: time = time(20)
    quiet_to: time = time(7)
    working_days_only: bool = False

    def rung(self, level: str) -> RungPlan | None:
        return next((rung for rung in self.rungs if rung.level == level), None)

    @property
    def upper(self) -> list[RungPlan]:
        """The rungs above the holder, from the nearest upwards."""
        return [rung for rung in self.rungs if rung.level != HOLDER]


@dataclass(frozen=True, slots=True)
class Climb:
    """A stage of one level. `code` is unique within the promise's level and due day."""

    kind: ReminderKind
    days: int
    code: str
    unit: str = "个工作日"

    @property
    def reason(self) -> str:
        """Why it is sent, for the log."""
        if self.kind is ReminderKind.OVERDUE:
            return f"超期第 {self.days} 个工作日" if self.days else "已超期"
        return "到期当日" if self.kind is ReminderKind.DUE else f"到期前 {self.days} {self.unit}"


def climb_reached(rung: RungPlan, *, due: date, today: date, calendar: WorkingCalendar) -> Climb | None:
    """The most urgent stage of a rung reached by `today`; None before the first.

    "Reached" is its day or any later one, so that a missed night heals; of a repeated stage the
    last one, so that a missed week is made good with one reminder.
    """
    if today > due:
        over = calendar.count(due, today)
        after = _last_after(rung, over)
        if after is not None:
            return Climb(ReminderKind.OVERDUE, after, f"after-{after}")
    if today >= due and rung.on_due:
        return Climb(ReminderKind.DUE, 0, "due")
    if today > due:
        return None
    left = calendar.count(today, due)
    before = [days for days in sorted(rung.days_before) if left <= days]
    return Climb(ReminderKind.BEFORE, before[0], f"before-{before[0]}") if before else None


def _last_after(rung: RungPlan, over: int) -> int | None:
    """The last of the rung's days after the end that `over` working days have reached."""
    reached = [days for days in rung.days_after if days <= over]
    last = max(rung.days_after, default=0)
    if rung.repeat_every and over >= last + rung.repeat_every:
        return last + (over - last) // rung.repeat_every * rung.repeat_every
    return max(reached, default=None)


def holder_stage(
    rung: RungPlan | None,
    reached: ReminderStage | None,
    *,
    due: date,
    today: date,
    calendar: WorkingCalendar,
    unit: str = "个工作日",
) -> Climb | None:
    """The holder's stage: the promise's own reminders, and what the ladder adds for the holder.

    Args:
        unit: what the promise's own days before its end are; 天 for a validity.
    """
    added = climb_reached(rung, due=due, today=today, calendar=calendar) if rung else None
    own = Climb(reached.kind, reached.days_before, reached.code, unit) if reached else None
    if added is None or (own is not None and added.kind is ReminderKind.BEFORE):
        return own
    if own is None or added.kind is ReminderKind.OVERDUE:
        return added
    return own


def leaves_at(moment: datetime, plan: LadderPlan) -> datetime | None:
    """When a message planned at `moment` may leave the house; None: at once.

    The quiet hours may reach over midnight; their last minute is no longer quiet.
    """
    now, since, until = moment.time(), plan.quiet_from, plan.quiet_to
    if since == until:
        return None
    over_night = since > until
    is_quiet = (now >= since or now < until) if over_night else since <= now < until
    if not is_quiet:
        return None
    morning = moment.replace(hour=until.hour, minute=until.minute, second=0, microsecond=0)
    return morning + timedelta(days=1) if over_night and now >= since else morning
