"""The procedure's own periods, dated."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from approvals.errors import SettingOutOfOrder
from approvals.models import HandlingSetting
from audit.services import record


@dataclass(frozen=True, slots=True)
class Periods:
    """Working days each; see HandlingSetting."""

    missing_papers_days: int
    notice_days: int
    joint_days: int
    joint_extension_days: int
    assumed_days: int
    late_entry_days: int


@transaction.atomic
def set_periods(*, effective_from: date, periods: Periods, note: str, actor: User) -> HandlingSetting:
    """Other periods from a day on; what runs keeps the length under which it began.

    Raises:
        SettingOutOfOrder: not after the newest row.
        PermissionDenied: the role does not edit periods.
    """
    require(actor, Right.EDIT_PERIODS)
    newest = HandlingSetting.objects.select_for_update().order_by("-effective_from").first()
    if newest is not None and effective_from <= newest.effective_from:
        raise SettingOutOfOrder(
            f"新的设置须晚于现有最新一版的生效日期 {newest.effective_from}；请核对日期。",
            effective_from=effective_from,
            newest=newest.effective_from,
        )
    row = HandlingSetting.objects.create(effective_from=effective_from, note=note.strip(), **asdict(periods))
    record(
        actor=actor,
        verb="setting.changed",
        subject=row,
        facts={
            "setting": str(HandlingSetting._meta.verbose_name),
            "effective_from": effective_from,
            "note": note.strip(),
            **asdict(periods),
        },
    )
    return row
