"""Counties begin with the system one after the other."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import Organisation, Rollout, User
from accounts.rights import Right, require
from audit.services import record
from onboarding.errors import NoDayToBegin


@transaction.atomic
def set_rollout(
    *, actor: User, code: str, stage: Rollout.Stage, live_from: date | None, note: str
) -> Rollout:
    """Say whether a county is not on the system, looks on trial, or works with it from a day.

    Its people feel it with their next request. Safe to repeat.

    Raises:
        NoDayToBegin: live, and not from when.
        Organisation.DoesNotExist: no county or park of the actor's prefecture has the code.
    """
    require(actor, Right.ROLL_OUT)
    unit = Organisation.objects.visible_to(actor).reporting_units().get(code=code)
    if stage == Rollout.Stage.LIVE and live_from is None:
        raise NoDayToBegin("正式启用须写明从哪一天起。", code=code)
    row, _ = Rollout.objects.update_or_create(
        organisation=unit,
        defaults={"stage": stage, "live_from": live_from, "note": note.strip(), "decided_by": actor},
    )
    record(
        actor=actor,
        verb="rollout.set",
        subject=row,
        facts={"stage": stage, "live_from": live_from, "note": note.strip()},
        scope_path=unit.path,
    )
    return row
