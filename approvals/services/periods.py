"""The procedure's own periods, dated."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from approvals.models import HandlingSetting
from approvals.services.records import log_setting
from core.dated import refuse_earlier


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
    refuse_earlier(effective_from, newest=newest)
    row = HandlingSetting.objects.create(effective_from=effective_from, note=note.strip(), **asdict(periods))
    facts = {"effective_from": effective_from, "note": note.strip(), **asdict(periods)}
    log_setting(row, str(HandlingSetting._meta.verbose_name), actor=actor, facts=facts)
    return row
