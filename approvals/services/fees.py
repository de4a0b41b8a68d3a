"""报批经费: a project's budget by kind of fee, payments and their reversal, the kinds as dated rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from accounts.rights import Right, require
from approvals.errors import FeeRefused
from approvals.models import Fee, FeeKind, FeePayment
from approvals.services.records import locked_projects, log, refuse_future
from audit.services import record
from core.dated import refuse_earlier
from projects.services.evidence import NO_PROOF, Proof, paper_of


@dataclass(frozen=True, slots=True)
class FeeFacts:
    """See Fee; the amount in 元."""

    budget_yuan: Decimal
    source: str = ""
    basis: str = ""


@transaction.atomic
def budget_fee(
    *, actor: User, project_id: int, kind: str, facts: FeeFacts, today: date, proof: Proof = NO_PROOF
) -> Fee:
    """Put what one kind of fee will cost a project on record.

    Raises:
        FeeRefused: no such kind is in force, or the project has its budget.
        As locked_projects.
    """
    project = locked_projects([project_id], actor=actor)[project_id]
    if not FeeKind.objects.in_force(today).filter(name=kind).exists():
        raise FeeRefused(f"“{kind}”不在现行费用种类中；请先在费用种类中增加。", kind=kind)
    if Fee.objects.filter(project=project, kind=kind).exists():
        raise FeeRefused(f"该项目已登记{kind}；请在原记录上修改。", kind=kind)
    return _write(Fee(project=project, kind=kind), facts, actor=actor, today=today, proof=proof)


@transaction.atomic
def change_budget(*, actor: User, fee_id: int, facts: FeeFacts, today: date, proof: Proof = NO_PROOF) -> Fee:
    """Another budget; what was paid stays.

    Raises:
        FeeRefused: less than what was paid.
        Fee.DoesNotExist; as locked_projects.
    """
    row = _locked(fee_id, actor=actor)
    paid = _paid(row)
    if facts.budget_yuan < paid:
        raise FeeRefused(f"预算不能少于已缴 {paid:,} 元；请核对金额。", paid_yuan=paid)
    return _write(row, facts, actor=actor, today=today, proof=proof)


@transaction.atomic
def pay_fee(
    *,
    actor: User,
    fee_id: int,
    amount_yuan: Decimal,
    paid_on: date,
    voucher: str,
    today: date,
    proof: Proof = NO_PROOF,
) -> FeePayment:
    """Record what was paid.

    Raises:
        FeeRefused: more than the budget leaves.
        DayOutOfOrder: the day lies after today.
        Fee.DoesNotExist; as locked_projects.
    """
    row = _locked(fee_id, actor=actor)
    refuse_future(paid_on, words="缴纳日期", today=today)
    left = row.budget_yuan - _paid(row)
    if amount_yuan > left:
        raise FeeRefused(f"超过预算；还可缴纳 {left:,} 元，超出的先修改预算。", left_yuan=left)
    paper = paper_of(actor=actor, project=row.project, proof=proof, title=f"{row.kind}缴费凭证", today=today)
    payment = FeePayment.objects.create(
        fee=row,
        number=row.payments.count() + 1,
        amount_yuan=amount_yuan,
        paid_on=paid_on,
        voucher=voucher.strip(),
        paper=paper,
        entered_by=actor,
    )
    facts: dict[str, object] = {"kind": row.kind, "amount_yuan": amount_yuan, "voucher": payment.voucher}
    log(row.project, actor=actor, verb="fee.paid", subject=row, facts=facts, occurred_on=paid_on)
    return payment


@transaction.atomic
def reverse_payment(*, actor: User, fee_id: int, number: int, reason: str, today: date) -> FeePayment:
    """Take a payment back that was entered by mistake; both rows stay.

    Raises:
        FeeRefused: no such payment, or it is reversed.
        Fee.DoesNotExist; as locked_projects.
    """
    row = _locked(fee_id, actor=actor)
    found = row.payments.filter(number=number, reverses__isnull=True, reversed_by__isnull=True).first()
    if found is None:
        raise FeeRefused(f"没有可冲正的第{number}笔缴纳；请核对笔次。", number=number)
    payment = FeePayment.objects.create(
        fee=row,
        number=row.payments.count() + 1,
        amount_yuan=-found.amount_yuan,
        paid_on=today,
        voucher=found.voucher,
        reverses=found,
        reason=reason.strip(),
        entered_by=actor,
    )
    facts: dict[str, object] = {"kind": row.kind, "number": number, "reason": payment.reason}
    log(row.project, actor=actor, verb="fee.reversed", subject=row, facts=facts)
    return payment


@transaction.atomic
def set_fee_kind(
    *, actor: User, name: str, position: int, is_used: bool, basis: str, effective_from: date
) -> FeeKind:
    """A kind's next version from a day on; not used ends it.

    Raises:
        SettingOutOfOrder: not after the newest row of the name.
        PermissionDenied: the role edits no periods.
    """
    require(actor, Right.EDIT_PERIODS)
    rows = FeeKind.objects.select_for_update().filter(name=name.strip())
    newest = rows.order_by("-effective_from").first()
    refuse_earlier(effective_from, newest=newest)
    row = FeeKind.objects.create(
        name=name.strip(),
        position=position,
        is_used=is_used,
        basis=basis.strip(),
        effective_from=effective_from,
    )
    record(
        actor=actor,
        verb="fee.kind",
        subject=row,
        facts={"name": row.name, "used": is_used, "effective_from": effective_from},
    )
    return row


def _locked(fee_id: int, *, actor: User) -> Fee:
    require(actor, Right.RUN_STEPS)
    row = Fee.objects.visible_to(actor).get(pk=fee_id)
    row.project = locked_projects([row.project_id], actor=actor)[row.project_id]
    row.refresh_from_db(fields=["budget_yuan"])
    return row


def _paid(row: Fee) -> Decimal:
    return row.payments.aggregate(sum=Sum("amount_yuan"))["sum"] or Decimal(0)


def _write(row: Fee, facts: FeeFacts, *, actor: User, today: date, proof: Proof) -> Fee:
    row.budget_yuan, row.source, row.basis = facts.budget_yuan, facts.source.strip(), facts.basis.strip()
    paper = paper_of(actor=actor, project=row.project, proof=proof, title=f"{row.kind}预算", today=today)
    row.paper, row.entered_by = paper or row.paper, actor
    row.save()
    said: dict[str, object] = {"kind": row.kind, "budget_yuan": facts.budget_yuan}
    log(row.project, actor=actor, verb="fee.budgeted", subject=row, facts=said)
    return row
