"""A bringing-in is undone, or signed off as right."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from onboarding.errors import NotReconciled, SameHands, WrongState
from onboarding.selectors import reconciliation
from onboarding.services.taking import locked
from onboarding.services.undoing import take_back
from projects.models import BringingIn


@transaction.atomic
def undo_bringing(*, actor: User, bringing_id: int, today: date, now: datetime) -> BringingIn:
    """Take a bringing-in back: the lists are as they were before it.

    Raises:
        WrongState, WorkedOn: see take_back.
        BringingIn.DoesNotExist: unknown or not visible to `actor`.
    """
    require(actor, Right.BRING_IN)
    return take_back(actor=actor, bringing=locked(actor, bringing_id), today=today, now=now)


@transaction.atomic
def sign_bringing(*, actor: User, bringing_id: int, note: str, today: date, now: datetime) -> BringingIn:
    """The responsible person says that the new totals are the old ones; from then on it stays.

    Args:
        note: what explains a difference; may be empty where there is none.

    Raises:
        WrongState: not taken, undone, or signed already.
        SameHands: the actor brought it in.
        NotReconciled: something differs and the note is empty.
    """
    require(actor, Right.SIGN_BRINGING)
    bringing = locked(actor, bringing_id)
    if bringing.state != BringingIn.State.TAKEN:
        raise WrongState(
            f"“{bringing.filename}”{bringing.get_state_display()}，不能签认。", state=bringing.state
        )
    if bringing.taken_by_id == actor.pk:
        raise SameHands("导入人不能签认自己的导入结果。请由负责人签认。", taken_by=actor.pk)
    differing = reconciliation(bringing).differing_rows
    if differing and not note.strip():
        raise NotReconciled(
            f"还有 {differing} 行与台账不一致。请核对，或在签认说明中写明原因。", rows=differing
        )
    bringing.state = BringingIn.State.SIGNED
    bringing.signed_by, bringing.signed_at, bringing.signing_note = actor, now, note.strip()
    bringing.save(update_fields=["state", "signed_by", "signed_at", "signing_note"])
    record(
        actor=actor,
        verb="bringing.signed",
        subject=bringing,
        facts={"filename": bringing.filename, "differing_rows": differing, "note": note.strip()},
        scope_path=bringing.organisation.path,
        occurred_on=today,
    )
    return bringing
