"""A unit's word in a round: one click, or remarks."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from deadlines import services as clocks
from deadlines.models import Deadline
from dispatch.errors import NothingSaid, RoundIsFrozen
from dispatch.models import Report, Round
from dispatch.selectors.rounds import report_list


@transaction.atomic
def report(
    *, report_id: int, is_unchanged: bool, remarks: str, actor: User, today: date, now: datetime
) -> Report:
    """Confirm a unit's projects for a round, 已核实无变化 or with remarks; its deadline is kept.

    Saying it again before the freeze replaces what was said. After the freeze a unit that is
    missing may still report: that is late, and the frozen ledger stays as it is.

    Raises:
        Report.DoesNotExist: not the actor's to see.
        NothingSaid: neither confirmed nor explained.
        RoundIsFrozen: reported already, and the round is frozen.
    """
    require(actor, Right.REPORT_ROUND)
    row = report_list(actor=actor).select_for_update(of=("self",)).get(pk=report_id)
    if not is_unchanged and not remarks.strip():
        raise NothingSaid("有变化的请写明变化和原因；没有变化的请选“已核实无变化”。")
    if row.reported_at is not None and row.round.is_frozen:
        raise RoundIsFrozen(
            f"{row.round.period.label}已定稿，报送内容不能再改；确需更正，请联系调度办重新打开。",
            round=str(row.round.period),
        )
    row.is_unchanged, row.remarks = is_unchanged, remarks.strip()
    if row.reported_at is None or not row.round.is_frozen:
        row.reported_at, row.reported_by = now, actor
        row.reported_on = row.reported_on or today
    row.save(update_fields=["is_unchanged", "remarks", "reported_at", "reported_by", "reported_on"])
    if row.deadline is not None and row.deadline.is_open:
        clocks.stop(deadline_id=row.deadline.pk, stopped_on=today, today=today)
    record(
        actor=actor,
        verb="round.reported",
        subject=row,
        facts={"round": str(row.round.period), "unchanged": is_unchanged, "late": _is_late(row)},
        scope_path=row.organisation.path,
    )
    return row


def _is_late(row: Report) -> bool:
    due_on, on = row.round.due_on, row.reported_on
    return due_on is not None and on is not None and on > due_on


@transaction.atomic
def drop_forgotten(*, frozen: Round, today: date) -> int:
    """Let go of promises that nobody kept in earlier rounds of the kind; how many.

    The reports stay 未报. Without this a unit that never reports would collect a red lamp a week.
    """
    forgotten = Report.objects.owed().filter(
        round__kind=frozen.kind, round__closes_on__lt=frozen.due_on, deadline__state__in=Deadline.OPEN_STATES
    )
    ids = list(forgotten.order_by("deadline_id").values_list("deadline_id", flat=True))
    for deadline_id in ids:
        clocks.cancel(deadline_id=deadline_id, stopped_on=today, today=today)
    return len(ids)
