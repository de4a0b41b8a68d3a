"""The pipeline of land consolidation: what will become quota, and how far it is (S3-22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from quotas.errors import StageOutOfOrder
from quotas.models import Booking, Consolidation

Stage = Consolidation.Stage
ORDER = (Stage.PLANNED, Stage.BUILDING, Stage.FINISHED, Stage.CHECKED, Stage.ACCEPTED, Stage.FILED)


@dataclass(frozen=True, slots=True)
class ConsolidationFacts:
    """What is known of a consolidation project; areas m², grain kg, share 0 to 1."""

    name: str
    county: Organisation
    scale_m2: int = 0
    area_m2: int = 0
    paddy_m2: int = 0
    grain_kg: int = 0
    state_share: Decimal = Decimal(0)
    agreement_no: str = ""
    record_no: str = ""
    expected_on: date | None = None


@transaction.atomic
def enter_consolidation(
    *, actor: User, facts: ConsolidationFacts, stage: str, stage_on: date, today: date
) -> Consolidation:
    """Take a project into the pipeline at the stage it has reached.

    Raises:
        StageOutOfOrder: dated after today, a share without an agreement, or a record number that
            another project has.
    """
    require(actor, Right.KEEP_PIPELINE)
    _check(facts, stage_on, today)
    row = Consolidation(stage=stage, stage_on=stage_on)
    _take(row, facts)
    _save(row)
    _record(row, "quota.consolidation_entered", actor, stage_on)
    return row


@transaction.atomic
def move_on(
    *, actor: User, consolidation_id: int, facts: ConsolidationFacts, stage: str, stage_on: date, today: date
) -> Consolidation:
    """Note the stage reached and what is known by now. Forward only; a stop ends it.

    Raises:
        Consolidation.DoesNotExist: not visible to the actor.
        StageOutOfOrder: backwards, earlier than the stage before, or already stocked or stopped.
    """
    require(actor, Right.KEEP_PIPELINE)
    row = Consolidation.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=consolidation_id)
    if row.stage in (Stage.STOCKED, Stage.STOPPED):
        raise StageOutOfOrder(f"该项目{row.get_stage_display()}，不能再登记进度。", stage=row.stage)
    _check(facts, stage_on, today)
    if stage != Stage.STOPPED and ORDER.index(Stage(stage)) < ORDER.index(Stage(row.stage)):
        raise StageOutOfOrder(
            f"该项目已到“{row.get_stage_display()}”，不能退回“{Stage(stage).label}”。", stage=row.stage
        )
    if stage_on < row.stage_on:
        raise StageOutOfOrder(
            f"日期早于上一阶段的 {row.stage_on}。请核对日期。", stage_on=stage_on, before=row.stage_on
        )
    if stage != row.stage:
        row.stage, row.stage_on = stage, stage_on
    _take(row, facts)
    _save(row)
    _record(row, "quota.stage_reached", actor, stage_on)
    return row


def mark_stocked(booking: Booking) -> None:
    """Its stock-in is booked: the pipeline is done. Undone with the booking."""
    if booking.consolidation_id is not None:
        Consolidation.objects.filter(pk=booking.consolidation_id).update(
            stage=Stage.STOCKED, stage_on=booking.occurred_on
        )


def mark_filed_again(booking: Booking) -> None:
    """The stock-in was reversed: the project waits for it again."""
    if booking.consolidation_id is not None:
        Consolidation.objects.filter(pk=booking.consolidation_id).update(stage=Stage.FILED)


def _check(facts: ConsolidationFacts, stage_on: date, today: date) -> None:
    if stage_on > today:
        raise StageOutOfOrder(f"日期 {stage_on} 晚于今天。请填写实际日期。", stage_on=stage_on)
    if facts.state_share and not facts.agreement_no.strip():
        raise StageOutOfOrder("填写州级协议份额须同时填写合作协议编号。", state_share=str(facts.state_share))


def _take(row: Consolidation, facts: ConsolidationFacts) -> None:
    row.name, row.county = facts.name.strip(), facts.county
    row.scale_m2, row.area_m2, row.paddy_m2 = facts.scale_m2, facts.area_m2, facts.paddy_m2
    row.grain_kg, row.state_share = facts.grain_kg, facts.state_share
    row.agreement_no, row.record_no = facts.agreement_no.strip(), facts.record_no.strip()
    row.expected_on = facts.expected_on


def _save(row: Consolidation) -> None:
    fields = [field.name for field in Consolidation._meta.fields if not field.primary_key]
    try:
        with transaction.atomic():
            row.save(update_fields=fields if row.pk else None)
    except IntegrityError as error:
        raise StageOutOfOrder(
            f"备案编号 {row.record_no} 已登记在另一个项目。请核对编号。", record_no=row.record_no
        ) from error


def _record(row: Consolidation, verb: str, actor: User, on: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=row,
        facts={"stage": row.stage},
        scope_path=row.county.path,
        occurred_on=on,
    )
