"""When rounds end and who reports in them: a new row from a day on, the earlier ones as they were."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from dispatch.errors import RuleOutOfOrder
from dispatch.models import ReportingDuty, RoundRule


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What a version of a round rule says (dispatch.models.RoundRule)."""

    is_held: bool
    weekday: int
    days_after: int
    opens_before: int
    reminder_days: list[int]
    note: str


@transaction.atomic
def set_round_rule(*, kind: str, effective_from: date, facts: RuleFacts, actor: User) -> RoundRule:
    """Another rule for rounds of a kind from a day on.

    Raises:
        RuleOutOfOrder: not after the newest row of the kind.
    """
    require(actor, Right.EDIT_ROUNDS)
    rows = RoundRule.objects.select_for_update().filter(kind=kind)
    newest = rows.order_by("-effective_from").first()
    if newest is not None and effective_from <= newest.effective_from:
        raise RuleOutOfOrder(
            f"新的规则须晚于现有最新一版的生效日期 {newest.effective_from}；请核对日期。",
            newest=newest.effective_from,
        )
    row = RoundRule.objects.create(kind=kind, effective_from=effective_from, **asdict(facts))
    _record(row, actor, {"kind": kind, "effective_from": effective_from, **asdict(facts)})
    return row


@transaction.atomic
def set_duties(*, kind: str, units: Collection[Organisation], actor: User, today: date) -> None:
    """From today on these units report in rounds of a kind, and no others; what runs stays."""
    require(actor, Right.EDIT_ROUNDS)
    standing = ReportingDuty.objects.select_for_update().filter(kind=kind, to_on__isnull=True)
    known = {row.organisation_id: row for row in standing}
    wanted = {unit.pk for unit in units}
    gone = [row.pk for pk, row in known.items() if pk not in wanted]
    ReportingDuty.objects.filter(pk__in=gone).update(to_on=today)
    new = [
        ReportingDuty(kind=kind, organisation_id=pk, from_on=today) for pk in sorted(wanted - known.keys())
    ]
    ReportingDuty.objects.bulk_create(new)
    rule = RoundRule.objects.filter(kind=kind).order_by("-effective_from").first()
    if rule is not None and (gone or new):
        _record(rule, actor, {"kind": kind, "units": len(wanted), "added": len(new), "removed": len(gone)})


def _record(row: RoundRule, actor: User, facts: dict[str, object]) -> None:
    record(
        actor=actor,
        verb="setting.changed",
        subject=row,
        facts={"setting": str(row._meta.verbose_name), **facts},
    )
