"""Which reminder a deadline has come to, and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from deadlines.rules import Reading, ReminderKind, ReminderStage, Unit


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


def reminder_words(*, stage: ReminderStage, project: str, step: str, reading: Reading) -> Words:
    """Which project, which step, by when, and what to do. `reading` is the governing line today."""
    matter = f"{project}：{step}" if project else step
    due = f"{reading.due:%Y-%m-%d}" if reading.due else ""
    unit = "个工作日" if reading.counted_in is Unit.WORKING_DAY else "天"
    if stage.kind is ReminderKind.OVERDUE:
        over = f"，已超 {reading.overdue} {unit}" if reading.overdue else ""
        then = "请立即办理，并在项目页登记办理情况；属依法不计入时限的，补登暂停依据。"
        body = f"{step}应于 {due} 前完成{over}。{then}"
    elif stage.kind is ReminderKind.DUE:
        body = f"{step}于 {due} 到期，今日须办结；确需暂停、延期的，请在今日内登记依据。"
    else:
        left = f"还剩 {max(reading.remaining, 0)} {unit}"
        body = f"{step}应于 {due} 前完成，{left}。请抓紧办理；确需暂停、延期的，请在到期前登记依据。"
    return Words(title=f"【{stage.kind.label}】{matter}", body=body)
