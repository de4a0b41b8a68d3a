"""Batches of a county's year, and which part of which project each applies for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, Sum

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals import rules
from approvals.errors import (
    BatchClosed,
    BatchKnown,
    BatchModeMismatch,
    DayOutOfOrder,
    DocNoMalformed,
    LandExceeded,
)
from approvals.models import Batch, BatchMode, BatchProject
from approvals.services.records import locked_projects, log, refuse_future
from audit.services import record
from core.units import AreaUnit, format_area


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """Which batch, and how far it has come."""

    year: int
    number: int
    mode: str = BatchMode.ORDINARY
    submitted_on: date | None = None
    request_no: str = ""
    accepted_on: date | None = None
    note: str = ""


@transaction.atomic
def create_batch(*, actor: User, organisation: Organisation, facts: BatchFacts, today: date) -> Batch:
    """Begin a batch of a county.

    Raises:
        BatchKnown, DocNoMalformed, DayOutOfOrder.
        PermissionDenied: the role records nothing, or the county is another.
    """
    require(actor, Right.RUN_STEPS)
    unit = actor.reporting_unit
    if unit is not None and not organisation.path.startswith(unit.path):
        raise PermissionDenied(f"{organisation.short_name}的批次由该县市登记。")
    batch = Batch(organisation=organisation, created_by=actor)
    _write(batch, facts, today=today)
    batch.save(force_insert=True)
    _log(batch, "batch.created", actor, facts)
    return batch


@transaction.atomic
def change_batch(*, actor: User, batch_id: int, facts: BatchFacts, today: date) -> Batch:
    """Enter how far a batch has come, or correct it.

    Raises:
        BatchKnown, DocNoMalformed, DayOutOfOrder, Batch.DoesNotExist.
    """
    batch = _locked(batch_id, actor=actor)
    _write(batch, facts, today=today)
    batch.save()
    _log(batch, "batch.changed", actor, facts)
    return batch


@transaction.atomic
def join_batch(*, actor: User, batch_id: int, project_id: int, area_m2: int) -> BatchProject:
    """Apply for a part of a project's land in a batch; once more for the same project: another area.

    Raises:
        BatchClosed: the batch has its approval.
        LandExceeded: all batches together apply for more than the project's land.
    """
    batch = _open(batch_id, actor=actor)
    project = locked_projects([project_id], actor=actor)[project_id]
    land = getattr(project, "land", None)
    whole = land.total_m2 if land is not None else None
    others = BatchProject.objects.filter(project_id=project_id).exclude(batch=batch)
    # Land used in advance or for a time is applied for once more when it is approved for good.
    alike = (
        Q(batch__mode=batch.mode) if batch.mode in rules.FOR_A_TIME else ~Q(batch__mode__in=rules.FOR_A_TIME)
    )
    elsewhere = others.filter(alike).aggregate(sum=Sum("area_m2"))["sum"] or 0
    if whole is not None and elsewhere + area_m2 > whole:
        left = format_area(max(whole - elsewhere, 0), AreaUnit.HA)
        raise LandExceeded(
            f"各批次申请面积合计超过项目用地总面积；本批次最多可报 {left} 公顷。", left_m2=whole - elsewhere
        )
    row, _ = BatchProject.objects.update_or_create(
        batch=batch, project=project, defaults={"area_m2": area_m2}
    )
    facts: dict[str, object] = {"batch": str(batch), "area_m2": area_m2}
    log(project, actor=actor, verb="batch.joined", subject=batch, facts=facts)
    return row


@transaction.atomic
def leave_batch(*, actor: User, batch_id: int, project_id: int) -> None:
    """Take a project out of a batch.

    Raises:
        BatchClosed, BatchProject.DoesNotExist.
    """
    batch = _open(batch_id, actor=actor)
    project = locked_projects([project_id], actor=actor)[project_id]
    batch.members.get(project=project).delete()
    log(project, actor=actor, verb="batch.left", subject=batch, facts={"batch": str(batch)})


def _open(batch_id: int, *, actor: User) -> Batch:
    batch = _locked(batch_id, actor=actor)
    ends = Q(kind__in=rules.COUNTS_AS_LAND) | Q(kind=batch.mode)
    approval = batch.documents.in_force().filter(ends).first()
    if approval is not None:
        raise BatchClosed(
            f"{batch}已批准（{approval.number}），不能再增减项目；请另建批次。", document=approval.pk
        )
    return batch


def _locked(batch_id: int, *, actor: User) -> Batch:
    require(actor, Right.RUN_STEPS)
    return (
        Batch.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=batch_id)
    )


def _write(batch: Batch, facts: BatchFacts, *, today: date) -> None:
    refuse_future(facts.submitted_on, words="县级请示日期", today=today)
    refuse_future(facts.accepted_on, words="州级受理日期", today=today)
    if facts.submitted_on and facts.accepted_on and facts.accepted_on < facts.submitted_on:
        raise DayOutOfOrder(
            f"受理日期 {facts.accepted_on} 早于请示日期 {facts.submitted_on}；请核对日期。",
            day=facts.accepted_on,
        )
    number = rules.normalise_doc_no(facts.request_no)
    if not rules.is_doc_no(number):
        raise DocNoMalformed(f"文号“{number}”不合规范；请写成“机关代字〔年〕号”。", doc_no=number)
    same = Batch.objects.filter(organisation=batch.organisation, year=facts.year, number=facts.number)
    if same.exclude(pk=batch.pk).exists():
        raise BatchKnown(
            f"{batch.organisation.short_name}{facts.year}年第{facts.number}批次已登记；请换批次号。",
            year=facts.year,
            number=facts.number,
        )
    _refuse_other_documents(batch, facts.mode)
    batch.year, batch.number, batch.note = facts.year, facts.number, facts.note.strip()
    batch.mode = facts.mode
    batch.submitted_on, batch.accepted_on, batch.request_no = facts.submitted_on, facts.accepted_on, number


def _refuse_other_documents(batch: Batch, mode: str) -> None:
    if batch.pk is None or mode == batch.mode:
        return
    other = batch.documents.in_force().exclude(kind__in=rules.KINDS_OF_MODE[mode]).first()
    if other is not None:
        raise BatchModeMismatch(
            f"本批次已有{other.get_kind_display()} {other.number}，不能改为“{BatchMode(mode).label}”。",
            mode=mode,
            document=other.pk,
        )


def _log(batch: Batch, verb: str, actor: User, facts: BatchFacts) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=batch,
        facts={"batch": str(batch), **asdict(facts)},
        scope_path=batch.organisation.path,
    )
