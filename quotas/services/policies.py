"""New versions of the pool's rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from quotas.errors import PolicyInPast
from quotas.models import Policy


@transaction.atomic
def set_policy(*, actor: User, effective_from: date, values: Mapping[str, object], today: date) -> Policy:
    """Put a version in force from a day on; the one before ends there. Older bookings keep theirs.

    Raises:
        PolicyInPast: from a day before today, or from one that has a version already.
    """
    require(actor, Right.EDIT_QUOTA_POLICY)
    if effective_from < today:
        raise PolicyInPast(
            f"生效日期不能早于今天（{today}）：已登记的指标按当时的规则计算。", effective_from=effective_from
        )
    rows = Policy.objects.select_for_update().order_by("effective_from")
    if any(row.effective_from == effective_from for row in rows):
        raise PolicyInPast(f"{effective_from} 已有一版规则。请另选生效日期。", effective_from=effective_from)
    before = [row for row in rows if row.effective_from < effective_from]
    after = [row for row in rows if row.effective_from > effective_from]
    if before and (before[-1].effective_to is None or before[-1].effective_to > effective_from):
        before[-1].effective_to = effective_from
        before[-1].save(update_fields=["effective_to"])
    row = Policy.objects.create(
        effective_from=effective_from,
        effective_to=after[0].effective_from if after else None,
        **values,
    )
    record(
        actor=actor,
        verb="quota.policy_set",
        subject=row,
        facts={"effective_from": effective_from, **{name: str(value) for name, value in values.items()}},
    )
    return row
