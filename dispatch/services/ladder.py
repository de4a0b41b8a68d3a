"""The ladder, absences and office digests: who is reminded when, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, time

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, allowed, require
from audit.services import record
from dispatch.errors import AbsenceOutOfOrder, AbsenceOverlaps, DeputyUnfit, RuleOutOfOrder
from dispatch.models import Absence, Ladder, OfficeDigest, Rung
from dispatch.rules.ladder import RungPlan


@transaction.atomic
def set_ladder(
    *,
    effective_from: date,
    quiet_from: time,
    quiet_to: time,
    working_days_only: bool,
    note: str,
    rungs: Sequence[RungPlan],
    actor: User,
) -> Ladder:
    """Another ladder from a day on. What was sent stays sent.

    Raises:
        RuleOutOfOrder: not after the newest one.
    """
    require(actor, Right.EDIT_ROUNDS)
    newest = Ladder.objects.select_for_update().order_by("-effective_from").first()
    if newest is not None and effective_from <= newest.effective_from:
        raise RuleOutOfOrder(
            f"新的规则须晚于现有最新一版的生效日期 {newest.effective_from}；请核对日期。",
            newest=newest.effective_from,
        )
    row = Ladder.objects.create(
        effective_from=effective_from,
        quiet_from=quiet_from,
        quiet_to=quiet_to,
        working_days_only=working_days_only,
        note=note.strip(),
        entered_by=actor,
    )
    Rung.objects.bulk_create(
        Rung(
            ladder=row,
            level=rung.level,
            days_before=list(rung.days_before),
            on_due=rung.on_due,
            days_after=list(rung.days_after),
            repeat_every=rung.repeat_every,
        )
        for rung in rungs
    )
    facts: dict[str, object] = {
        "setting": str(row._meta.verbose_name),
        "effective_from": effective_from,
        "rungs": [asdict(rung) for rung in rungs],
        "note": row.note,
    }
    record(actor=actor, verb="setting.changed", subject=row, facts=facts)
    return row


@transaction.atomic
def enter_absence(
    *, user: User, deputy: User, first_on: date, last_on: date, note: str, actor: User
) -> Absence:
    """Let somebody's reminders go to a deputy while they are away, both days included.

    One's own absence everybody enters; another's whoever keeps the ladder.

    Raises:
        AbsenceOutOfOrder: it ends before it begins.
        DeputyUnfit: the deputy is the same person, or no longer works here.
        AbsenceOverlaps: the person is away already on one of the days.
        PermissionDenied: another's, without the right.
    """
    if user.pk != actor.pk and not allowed(actor, Right.EDIT_ROUNDS):
        raise PermissionDenied("只能登记本人的休假；他人的请由调度办登记。")
    if last_on < first_on:
        raise AbsenceOutOfOrder(f"结束日 {last_on} 早于开始日 {first_on}；请核对日期。", last_on=last_on)
    if deputy.pk == user.pk or not deputy.is_active:
        raise DeputyUnfit("代办人须是另一位在岗人员。")
    User.objects.select_for_update().get(pk=user.pk)
    if Absence.objects.filter(user=user, first_on__lte=last_on, last_on__gte=first_on).exists():
        raise AbsenceOverlaps("这段时间已登记休假；请先核对已有登记。", first_on=first_on)
    row = Absence.objects.create(
        user=user, deputy=deputy, first_on=first_on, last_on=last_on, note=note.strip(), entered_by=actor
    )
    record(
        actor=actor,
        verb="absence.entered",
        subject=row,
        facts={"user": user.label, "deputy": deputy.label, "first_on": first_on, "last_on": last_on},
        scope_path=user.organisation.path if user.organisation else "",
    )
    return row


@transaction.atomic
def choose_office_digest(*, organisation: Organisation, recipient: User | None, actor: User) -> None:
    """Gather an office's reminders for one of its people; without a recipient each goes by itself."""
    require(actor, Right.EDIT_ROUNDS)
    if recipient is None:
        OfficeDigest.objects.filter(organisation=organisation).delete()
    else:
        OfficeDigest.objects.update_or_create(organisation=organisation, defaults={"recipient": recipient})
    record(
        actor=actor,
        verb="digest.chosen",
        subject=organisation,
        facts={"recipient": recipient.label if recipient else ""},
        scope_path=organisation.path,
    )
