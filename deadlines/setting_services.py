"""The clock's dated settings: a new row from a day on; the rows before it stay as they were."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from core.dated import SettingOutOfOrder, refuse_earlier
from deadlines.models import LampSetting, PauseKind, ReminderSetting
from deadlines.sweep import recompute_open

LONGEST_REMINDER = 400


@dataclass(frozen=True, slots=True)
class PauseKindFacts:
    """What a version of a pause kind says. usual_days in working days; None asks about none."""

    label: str
    stops_statutory: bool
    stops_committed: bool
    evidence_hint: str
    basis: str
    side: str
    usual_days: int | None = None
    usual_number: int | None = None


@transaction.atomic
def set_lamps(
    *,
    effective_from: date,
    share_percent: int,
    most_days: int,
    validity_days: int,
    note: str,
    actor: User,
    today: date,
) -> LampSetting:
    """Other thresholds of the lamps from a day on; when that day has come, open clocks follow at once.

    Raises:
        SettingOutOfOrder: not after the newest row.
        PermissionDenied: the role does not edit periods.
    """
    require(actor, Right.EDIT_PERIODS)
    newest = LampSetting.objects.select_for_update().order_by("-effective_from").first()
    refuse_earlier(effective_from, newest=newest)
    row = LampSetting.objects.create(
        effective_from=effective_from,
        amber_share_percent=share_percent,
        amber_most_days=most_days,
        validity_amber_days=validity_days,
        note=note.strip(),
    )
    _record(row, actor, {"share": share_percent, "most": most_days, "validity": validity_days, "note": note})
    if effective_from <= today:
        recompute_open(today=today)
    return row


@transaction.atomic
def set_reminders(
    *,
    effective_from: date,
    working_days_before: list[int],
    validity_days_before: list[int],
    note: str,
    actor: User,
) -> ReminderSetting:
    """Other reminder days from a day on. What was sent stays sent.

    Raises:
        SettingOutOfOrder: not after the newest row.
        PermissionDenied: the role does not edit periods.
    """
    require(actor, Right.EDIT_PERIODS)
    newest = ReminderSetting.objects.select_for_update().order_by("-effective_from").first()
    refuse_earlier(effective_from, newest=newest)
    row = ReminderSetting.objects.create(
        effective_from=effective_from,
        working_days_before=sorted(set(working_days_before), reverse=True),
        validity_days_before=sorted(set(validity_days_before), reverse=True),
        note=note.strip(),
    )
    _record(
        row,
        actor,
        {"handling": row.working_days_before, "validity": row.validity_days_before, "note": note},
    )
    return row


@transaction.atomic
def set_pause_kind(
    *, code: str, effective_from: date, facts: PauseKindFacts, actor: User, ends_on: date | None = None
) -> PauseKind:
    """A new version of a reason for a pause, or a new reason; pauses on record keep what they stop.

    Args:
        ends_on: the first day on which the reason no longer begins a pause; None is open.

    Raises:
        SettingOutOfOrder: not after the newest version of the code, or it ends before it begins.
        PermissionDenied: the role does not edit periods.
    """
    require(actor, Right.EDIT_PERIODS)
    newest = PauseKind.objects.select_for_update().filter(code=code).order_by("-effective_from").first()
    refuse_earlier(effective_from, newest=newest)
    if ends_on is not None and ends_on <= effective_from:
        raise SettingOutOfOrder(
            f"失效日期 {ends_on} 应晚于生效日期 {effective_from}；请核对日期。", effective_from=effective_from
        )
    if newest is not None and (newest.effective_to is None or newest.effective_to > effective_from):
        newest.effective_to = effective_from
        newest.save(update_fields=["effective_to"])
    row = PauseKind.objects.create(
        code=code, effective_from=effective_from, effective_to=ends_on, **asdict(facts)
    )
    _record(row, actor, {"code": code, **asdict(facts)})
    return row


def _record(row: LampSetting | ReminderSetting | PauseKind, actor: User, facts: dict[str, object]) -> None:
    record(
        actor=actor,
        verb="setting.changed",
        subject=row,
        facts={"setting": str(row._meta.verbose_name), "effective_from": row.effective_from, **facts},
    )
