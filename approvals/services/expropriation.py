"""Expropriation: the record of a collective's land, its course, its households, its money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals import rules
from approvals.errors import (
    ActOutOfOrder,
    CountWrong,
    DocNoMalformed,
    ExpropriationKnown,
    FundsWrong,
    RateKnown,
    ReasonUnfounded,
)
from approvals.models import (
    CompensationRate,
    Expropriation,
    ExpropriationAct,
    ExpropriationCount,
    ExpropriationReason,
    FundEntry,
    FundItem,
)
from approvals.services.records import locked_projects, log, refuse_future
from audit.services import record
from deadlines.rules import WorkingCalendar
from projects.models import Project
from projects.services.evidence import NO_PROOF, Proof, paper_of

ACT_LABELS = dict(ExpropriationAct.Kind.choices)


@dataclass(frozen=True, slots=True)
class ExpropriationFacts:
    """Whose land, why, by whom."""

    collective: str
    area_m2: int
    reason_code: str
    authority_kind: str
    authority: str
    reason_note: str = ""
    scheme_no: str = ""
    authorisation_no: str = ""
    households: int | None = None
    separate_account: str = ""


@transaction.atomic
def begin_expropriation(
    *, actor: User, project_id: int, facts: ExpropriationFacts, today: date
) -> Expropriation:
    """Open the record of one collective's land.

    Raises:
        ExpropriationKnown: the project has a record of this collective.
        ReasonUnfounded: no case of Article 45, 成片开发 without its approved scheme, or a department
            without the government's order.
        DocNoMalformed.
        PermissionDenied, Project.DoesNotExist, ProjectNotEditable: see locked_projects.
    """
    project = locked_projects([project_id], actor=actor)[project_id]
    row = Expropriation(project=project, created_by=actor)
    _write(row, facts, today=today)
    row.save(force_insert=True)
    _log(row, "expropriation.begun", actor, {"reason": row.reason.clause, "area_m2": row.area_m2})
    return row


@transaction.atomic
def change_expropriation(
    *, actor: User, expropriation_id: int, facts: ExpropriationFacts, today: date
) -> Expropriation:
    """Correct the record. Raises as begin_expropriation."""
    row = locked_expropriation(expropriation_id, actor=actor)
    _write(row, facts, today=today)
    row.save()
    _log(row, "expropriation.changed", actor, {"reason": row.reason.clause, "area_m2": row.area_m2})
    return row


def _write(row: Expropriation, facts: ExpropriationFacts, *, today: date) -> None:
    reason = ExpropriationReason.objects.in_force(today).filter(code=facts.reason_code).first()
    if reason is None:
        raise ReasonUnfounded("征收须符合土地管理法第四十五条所列情形；请选择情形。", code=facts.reason_code)
    if reason.needs_scheme and not facts.scheme_no.strip():
        raise ReasonUnfounded(f"按{reason.clause}征收，须填成片开发方案批复文号。", code=facts.reason_code)
    is_authorised = facts.authority_kind == Expropriation.Authority.AUTHORISED
    if is_authorised and not facts.authorisation_no.strip():
        raise ReasonUnfounded("由部门组织征收的，须填县（市）人民政府授权文号。", authority=facts.authority)
    same = Expropriation.objects.filter(project=row.project, collective=facts.collective.strip())
    if same.exclude(pk=row.pk or 0).exists():
        raise ExpropriationKnown(
            f"该项目已登记{facts.collective.strip()}的征收；请在原记录上办理。", collective=facts.collective
        )
    row.collective, row.area_m2, row.reason = facts.collective.strip(), facts.area_m2, reason
    row.reason_note = facts.reason_note.strip()
    row.scheme_no = _number(facts.scheme_no)
    row.authority_kind, row.authority = facts.authority_kind, facts.authority.strip()
    row.authorisation_no = _number(facts.authorisation_no)
    row.households, row.separate_account = facts.households, facts.separate_account.strip()


def _number(text: str) -> str:
    number = rules.normalise_doc_no(text)
    if not rules.is_doc_no(number):
        raise DocNoMalformed(f"文号“{number}”不合规范；请写成“机关代字〔年〕号”。", doc_no=number)
    return number


@dataclass(frozen=True, slots=True)
class ActFacts:
    """One thing that happened."""

    kind: str
    occurred_on: date
    number: str = ""
    risk: str = ""
    note: str = ""


@transaction.atomic
def record_act(
    *,
    actor: User,
    expropriation_id: int,
    facts: ActFacts,
    calendar: WorkingCalendar,
    today: date,
    proof: Proof = NO_PROOF,
) -> ExpropriationAct:
    """Record the next act of the order, or correct the day of one that is there.

    Raises:
        ActOutOfOrder: something before it is missing or later, a publication period is not over, or
            what followed would lie before.
        ReasonUnfounded: a risk assessment without its level.
        DayOutOfOrder, DocNoMalformed.
    """
    row = locked_expropriation(expropriation_id, actor=actor)
    label = ACT_LABELS[facts.kind]
    refuse_future(facts.occurred_on, words=f"{label}日期", today=today)
    if facts.kind == ExpropriationAct.Kind.RISK and not facts.risk:
        raise ReasonUnfounded("社会稳定风险评估须填风险等级。", kind=facts.kind)
    days = {act.kind: act.occurred_on for act in row.acts.all() if act.kind != facts.kind}
    _refuse_out_of_order(facts, days, calendar)
    paper = paper_of(actor=actor, project=row.project, proof=proof, title=label, today=today)
    columns: dict[str, object] = {
        "occurred_on": facts.occurred_on,
        "number": _number(facts.number),
        "risk": facts.risk if facts.kind == ExpropriationAct.Kind.RISK else "",
        "note": facts.note.strip(),
        "entered_by": actor,
    }
    if paper is not None:
        columns["paper"] = paper
    act, _ = ExpropriationAct.objects.update_or_create(expropriation=row, kind=facts.kind, defaults=columns)
    _log(row, "expropriation.advanced", actor, {"act": label, "doc_no": act.number}, facts.occurred_on)
    return act


def _refuse_out_of_order(facts: ActFacts, days: dict[str, date], calendar: WorkingCalendar) -> None:
    label = ACT_LABELS[facts.kind]
    if facts.kind in ("HEARING", "WAIVER"):
        other = "WAIVER" if facts.kind == "HEARING" else "HEARING"
        if other in days:
            raise ActOutOfOrder(f"已登记{ACT_LABELS[other]}，不能再登记{label}。", kind=facts.kind)
    problem = rules.order_problem(facts.kind, facts.occurred_on, days, calendar)
    if problem is None:
        return
    if problem.missing:
        missing = "或".join(ACT_LABELS[name] for name in problem.missing)
        raise ActOutOfOrder(
            f"尚未登记{missing}，不能登记{label}。", kind=facts.kind, missing=list(problem.missing)
        )
    if problem.later:
        raise ActOutOfOrder(
            f"{label}的日期与其后的{ACT_LABELS[problem.later]}（{days[problem.later]}）不衔接；请核对日期。",
            kind=facts.kind,
            later=problem.later,
        )
    earlier = ACT_LABELS[problem.earlier]
    if problem.not_before is not None:
        raise ActOutOfOrder(
            f"{earlier}期未满，{problem.not_before} 起才能{label}。",
            kind=facts.kind,
            not_before=problem.not_before,
        )
    raise ActOutOfOrder(
        f"{label}不能早于{earlier}（{days[problem.earlier]}）。", kind=facts.kind, earlier=problem.earlier
    )


@dataclass(frozen=True, slots=True)
class CountFacts:
    """Households on a day."""

    counted_on: date
    households: int
    signed: int
    paid: int = 0
    unsigned_note: str = ""


@transaction.atomic
def count_households(
    *, actor: User, expropriation_id: int, facts: CountFacts, today: date
) -> ExpropriationCount:
    """State how many households have signed and been paid.

    Raises:
        CountWrong: more than there are, or a day before the last count.
        DayOutOfOrder.
    """
    row = locked_expropriation(expropriation_id, actor=actor)
    refuse_future(facts.counted_on, words="统计日期", today=today)
    if facts.households < 1 or max(facts.signed, facts.paid) > facts.households:
        raise CountWrong(
            f"应签约 {facts.households} 户，已签约 {facts.signed} 户、已兑付 {facts.paid} 户；请核对。",
            households=facts.households,
            signed=facts.signed,
            paid=facts.paid,
        )
    last = row.counts.order_by("-counted_on", "-pk").first()
    if last is not None and facts.counted_on < last.counted_on:
        raise CountWrong(f"统计日期早于上次统计 {last.counted_on}；请核对日期。", last=last.counted_on)
    count = ExpropriationCount.objects.create(
        expropriation=row,
        counted_on=facts.counted_on,
        households=facts.households,
        signed=facts.signed,
        paid=facts.paid,
        unsigned_note=facts.unsigned_note.strip(),
        entered_by=actor,
    )
    said: dict[str, object] = {"signed": facts.signed, "households": facts.households, "paid": facts.paid}
    _log(row, "expropriation.counted", actor, said, facts.counted_on)
    return count


@dataclass(frozen=True, slots=True)
class FundFacts:
    """One amount, in yuan; below zero takes back."""

    kind: str
    item: str
    amount_yuan: Decimal
    occurred_on: date
    is_separate: bool = False
    voucher: str = ""
    note: str = ""


@transaction.atomic
def record_funds(
    *, actor: User, expropriation_id: int, facts: FundFacts, today: date, proof: Proof = NO_PROOF
) -> FundEntry:
    """Record an amount due, pre-deposited or paid out. Never overwritten; below zero takes back.

    Raises:
        FundsWrong: nothing, taken back without a reason or below zero altogether, or more paid out
            than was deposited.
        DayOutOfOrder.
    """
    row = locked_expropriation(expropriation_id, actor=actor)
    refuse_future(facts.occurred_on, words="日期", today=today)
    if facts.amount_yuan == 0 or (facts.amount_yuan < 0 and not facts.note.strip()):
        raise FundsWrong("金额不能为 0；冲减填负数并写明原因。", amount_yuan=facts.amount_yuan)
    _refuse_impossible_sum(row, facts)
    entry = FundEntry.objects.create(
        expropriation=row,
        kind=facts.kind,
        item=facts.item,
        amount_yuan=facts.amount_yuan,
        occurred_on=facts.occurred_on,
        is_separate=facts.is_separate and facts.kind == FundEntry.Kind.DEPOSIT,
        voucher=facts.voucher.strip(),
        note=facts.note.strip(),
        entered_by=actor,
        paper=paper_of(actor=actor, project=row.project, proof=proof, title="征地资金凭证", today=today),
    )
    said: dict[str, object] = {"entry": str(entry)}
    _log(row, "expropriation.funded", actor, said, facts.occurred_on)
    return entry


def _refuse_impossible_sum(row: Expropriation, facts: FundFacts) -> None:
    mine = row.funds.filter(item=facts.item).order_by()
    sums = dict(mine.values("kind").annotate(sum=Sum("amount_yuan")).values_list("kind", "sum"))
    sums[facts.kind] = sums.get(facts.kind, Decimal(0)) + facts.amount_yuan
    label = FundItem(facts.item).label
    if sums[facts.kind] < 0:
        raise FundsWrong(f"冲减后{label}{FundEntry.Kind(facts.kind).label}小于 0；请核对金额。")
    deposited, paid = (sums.get(kind, Decimal(0)) for kind in ("DEPOSIT", "PAYOUT"))
    if paid > deposited:
        raise FundsWrong(
            f"{label}已兑付 {paid:,} 元，超过预存 {deposited:,} 元；请先登记预存。",
            paid_yuan=paid,
            deposited_yuan=deposited,
        )


@transaction.atomic
def add_rate(
    *,
    actor: User,
    organisation: Organisation,
    item: str,
    zone: str,
    amount_yuan: Decimal,
    unit: str,
    basis: str,
    effective_from: date,
) -> CompensationRate:
    """One of the three standards in a zone, from a day on.

    Raises:
        RateKnown: there is a version of this day.
        PermissionDenied: the role records nothing.
    """
    require(actor, Right.RUN_STEPS)
    same = CompensationRate.objects.filter(
        organisation=organisation, item=item, zone=zone.strip(), effective_from=effective_from
    )
    if same.exists():
        raise RateKnown("该区片在这一天已有标准；请核对生效日期。", effective_from=effective_from)
    row = CompensationRate.objects.create(
        organisation=organisation,
        item=item,
        zone=zone.strip(),
        amount_yuan=amount_yuan,
        unit=unit.strip(),
        basis=basis.strip(),
        effective_from=effective_from,
        entered_by=actor,
    )
    facts: dict[str, object] = {"rate": str(row), "effective_from": effective_from, "basis": row.basis}
    record(
        actor=actor,
        verb="compensation_rate.added",
        subject=row,
        facts=facts,
        scope_path=organisation.path,
    )
    return row


def locked_expropriation(expropriation_id: int, *, actor: User) -> Expropriation:
    """A record under its project's lock.

    Raises:
        Expropriation.DoesNotExist: unknown or not visible.
        As locked_projects.
    """
    require(actor, Right.RUN_STEPS)
    row = Expropriation.objects.visible_to(actor).select_related("reason").get(pk=expropriation_id)
    project: Project = locked_projects([row.project_id], actor=actor)[row.project_id]
    row.project = project
    return row


def _log(
    row: Expropriation,
    verb: str,
    actor: User,
    facts: dict[str, object],
    occurred_on: date | None = None,
) -> None:
    said = {"collective": row.collective, **facts}
    log(row.project, actor=actor, verb=verb, subject=row, facts=said, occurred_on=occurred_on)
