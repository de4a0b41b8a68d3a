"""New versions of the pool's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from deadlines import services as clocks
from deadlines.models import Deadline
from deadlines.rules import Line, LineKind, Unit
from deadlines.services import LineSpec, Owner
from quotas.errors import PolicyInPast
from quotas.models import Policy

STAGE = "调节池规则"


@transaction.atomic
def set_policy(*, actor: User, effective_from: date, values: Mapping[str, object], today: date) -> Policy:
    """Put a version in force from a day on; the one before ends there. Older bookings keep theirs.

    Raises:
        PolicyInPast: from a day before today, from one that has a version already, or with a trial
            period that ends before it begins.
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
    trial_until = values.get("trial_until")
    if isinstance(trial_until, date) and trial_until < effective_from:
        raise PolicyInPast(f"试行期至 {trial_until}，早于生效日期。请核对。", trial_until=trial_until)
    row = Policy.objects.create(
        effective_from=effective_from,
        effective_to=after[0].effective_from if after else None,
        **values,
    )
    _end_trials(before, effective_from, today)
    if row.trial_until is not None:
        row.trial_deadline = _trial_clock(row, row.trial_until, today)
        row.save(update_fields=["trial_deadline"])
    record(
        actor=actor,
        verb="quota.policy_set",
        subject=row,
        facts={"effective_from": effective_from, **{name: str(value) for name, value in values.items()}},
    )
    return row


def _trial_clock(row: Policy, until: date, today: date) -> Deadline | None:
    """The trial period as a term of validity: the office is told before it ends (S4, annex 3, article 22)."""
    holder = Organisation.objects.filter(kind=Organisation.Kind.PREFECTURE).order_by("path").first()
    begun = min(row.effective_from, today)
    if holder is None:
        return None
    line = Line(limit=(until - begun).days, unit=Unit.CALENDAR_DAY, kind=LineKind.VALIDITY)
    return clocks.open_deadline(
        owner=Owner(
            subject=row,
            subject_label=f"{row.title}试行期"[:200],
            stage=STAGE,
            holder_organisation=holder,
            scope_organisation=holder,
        ),
        role=Deadline.Role.VALIDITY,
        started_on=begun,
        committed=LineSpec(line, f"试行至 {until}"),
        statutory=None,
        today=today,
    )


def _end_trials(before: Sequence[Policy], effective_from: date, today: date) -> None:
    """A later version from today on ends the trial of those before it. One from a later day leaves it
    running until then; the nightly look closes it (`end_replaced_trials`).
    """
    if effective_from <= today:
        _close_trials(before, today)


@transaction.atomic
def end_replaced_trials(*, today: date) -> int:
    """Close the trial clocks of versions that a later one has replaced by now; how many. Safe to repeat."""
    return _close_trials(list(Policy.objects.filter(effective_to__lte=today)), today)


def _close_trials(rows: Sequence[Policy], today: date) -> int:
    ids = [row.trial_deadline_id for row in rows if row.trial_deadline_id is not None]
    open_ones = Deadline.objects.filter(pk__in=ids, state__in=Deadline.OPEN_STATES).order_by("pk")
    closed = list(open_ones.values_list("pk", flat=True))
    for pk in closed:
        clocks.cancel(deadline_id=pk, stopped_on=today, today=today)
    return len(closed)
