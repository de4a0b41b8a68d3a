"""Which reminder a deadline has come to, and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from deadlines.rules import Reading, ReminderKind, ReminderStage, Unit
from dispatch.rules.ladder import HOLDER


def stage_reached(stages: Sequence[ReminderStage], *, today: date) -> ReminderStage | None:
    """The most urgent stage reached by `today`; None while there is plenty of time.

    Not "is it exactly three days": a worker that was down on the day reaches the stage on the
    next, and stages that a later one has overtaken are not sent any more.
    """
    reached = [stage for stage in stages if stage.is_reached(today)]
    return reached[-1] if reached else None


@dataclass(frozen=True, slots=True)
class Words:
    """A reminder as its reader sees it."""

    title: str
    body: str


def reminder_words(
    *,
    kind: ReminderKind,
    project: str,
    step: str,
    reading: Reading,
    level: str = HOLDER,
    holder: str = "",
) -> Words:
    """Which project, which step, by when, and what to do. `reading` is the governing line today.

    Whoever stands above the holder reads who holds it, and is asked to see to it.
    """
    matter = f"{project}：{step}" if project else step
    due = f"{reading.due:%Y-%m-%d}" if reading.due else ""
    unit = "个工作日" if reading.counted_in is Unit.WORKING_DAY else "天"
    if kind is ReminderKind.OVERDUE:
        over = f"，已超 {reading.overdue} {unit}" if reading.overdue else ""
        then = "请立即办理，并在项目页登记办理情况；属依法不计入时限的，补登暂停依据。"
        body = f"{step}应于 {due} 前完成{over}。{then}"
    elif kind is ReminderKind.DUE:
        body = f"{step}于 {due} 到期，今日须办结；确需暂停、延期的，请在今日内登记依据。"
    else:
        left = f"还剩 {max(reading.remaining, 0)} {unit}"
        body = f"{step}应于 {due} 前完成，{left}。请抓紧办理；确需暂停、延期的，请在到期前登记依据。"
    if level != HOLDER:
        lead = f"{holder}承办的" if holder else ""
        over = f"，已超 {reading.overdue} {unit}" if reading.overdue else ""
        body = f"{lead}{step}应于 {due} 前完成{over}。请督促办理，需要协调的请明确意见。"
        return Words(title=f"【督办】{matter}", body=body)
    return Words(title=f"【{kind.label}】{matter}", body=body)
