"""Supply of land: the parcel, its contract, its payments, what was seen afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals.errors import DayOutOfOrder, SupplyKnown, SupplyOutOfOrder
from approvals.models import (
    DocumentKind,
    IdleLandSetting,
    LandDocument,
    LandDocumentArea,
    Patrol,
    Supply,
    SupplyPayment,
)
from approvals.services.documents import (
    AreaFacts,
    DocumentFacts,
    change_document,
    checked_number,
    checked_supervision_no,
    record_document,
)
from approvals.services.records import (
    cancel_deadline,
    locked_projects,
    log,
    log_setting,
    open_promise,
    owner_for,
    refuse_future,
)
from core.dated import SettingOutOfOrder, refuse_earlier
from deadlines import services as clock
from deadlines.models import Deadline
from projects.services.evidence import NO_PROOF, Proof, paper_of

STAGE = "供地"


@dataclass(frozen=True, slots=True)
class ParcelPlan:
    """The parcel before its contract: how it is supplied, what is prepared."""

    parcel: str
    way: str
    area_m2: int
    use: str
    is_standard_land: bool = False
    is_flexible: bool = False
    plan_year: int | None = None
    surveyed_on: date | None = None
    cleared_on: date | None = None
    appraised_on: date | None = None


PLAN_FIELDS = (
    *("parcel", "way", "area_m2", "use", "is_standard_land", "is_flexible", "plan_year"),
    *("surveyed_on", "cleared_on", "appraised_on"),
)


@transaction.atomic
def plan_supply(*, actor: User, project_id: int, plan: ParcelPlan, today: date) -> Supply:
    """Put a parcel on record.

    Raises:
        SupplyKnown, DayOutOfOrder.
        As locked_projects.
    """
    project = locked_projects([project_id], actor=actor)[project_id]
    row = Supply(project=project, created_by=actor)
    _write(row, plan, today=today)
    row.save(force_insert=True)
    _log(row, "supply.planned", actor, {"way": row.get_way_display(), "area_m2": row.area_m2})
    return row


@transaction.atomic
def change_supply(*, actor: User, supply_id: int, plan: ParcelPlan, today: date) -> Supply:
    """Correct the parcel, or enter what was prepared. Raises as plan_supply."""
    row = locked_supply(supply_id, actor=actor)
    _write(row, plan, today=today)
    if row.signed_on is not None:
        row.document = _documented(row, actor=actor, today=today)
    row.save()
    _log(row, "supply.changed", actor, {"way": row.get_way_display(), "area_m2": row.area_m2})
    return row


def _write(row: Supply, plan: ParcelPlan, *, today: date) -> None:
    for day, words in (
        (plan.surveyed_on, "勘测定界日期"),
        (plan.cleared_on, "权属查清日期"),
        (plan.appraised_on, "地价评估日期"),
    ):
        refuse_future(day, words=words, today=today)
    same = Supply.objects.filter(project=row.project, parcel=plan.parcel.strip())
    if same.exclude(pk=row.pk or 0).exists():
        raise SupplyKnown(f"该项目的地块“{plan.parcel}”已登记；请在原记录上办理。", parcel=plan.parcel)
    for name in PLAN_FIELDS:
        value = getattr(plan, name)
        setattr(row, name, value.strip() if isinstance(value, str) else value)


@dataclass(frozen=True, slots=True)
class Contract:
    """What was agreed, or decided in an allocation; yuan."""

    signed_on: date
    contract_no: str
    user_name: str
    start_by: date
    finish_by: date
    price_yuan: Decimal | None = None
    investment_yuan: Decimal | None = None
    term_years: int | None = None
    supervision_no: str = ""


@transaction.atomic
def sign_contract(
    *, actor: User, supply_id: int, contract: Contract, today: date, proof: Proof = NO_PROOF
) -> Supply:
    """Record the contract or the allocation; agreed start and completion become promises.

    Once more corrects it: the promises are made anew. The decision of an allocation or the contract
    stands among the project's documents; one that is there already is taken for it.

    Raises:
        SupplyOutOfOrder: sold without a price, or building has begun.
        DayOutOfOrder, SupervisionNoMalformed.
        DocNoMalformed, DocumentKnown: see record_document.
    """
    row = locked_supply(supply_id, actor=actor)
    if row.started_on is not None:
        raise SupplyOutOfOrder("已开工的地块不能再改合同日期；请核对。", started_on=row.started_on)
    refuse_future(contract.signed_on, words="签订日期", today=today)
    if not contract.signed_on < contract.start_by <= contract.finish_by:
        raise DayOutOfOrder(
            "约定开工日期须在签订日期之后，竣工日期不早于开工日期；请核对日期。",
            signed_on=contract.signed_on,
            start_by=contract.start_by,
            finish_by=contract.finish_by,
        )
    if row.way != Supply.Way.ALLOCATION and not contract.price_yuan:
        raise SupplyOutOfOrder(f"{row.get_way_display()}须填价款。", way=row.way)
    row.signed_on, row.contract_no = contract.signed_on, contract.contract_no.strip()
    row.user_name, row.term_years = contract.user_name.strip(), contract.term_years
    row.start_by, row.finish_by = contract.start_by, contract.finish_by
    row.price_yuan, row.investment_yuan = contract.price_yuan, contract.investment_yuan
    row.supervision_no = checked_supervision_no(contract.supervision_no, year=contract.signed_on.year)
    paper = paper_of(
        actor=actor, project=row.project, proof=proof, title=f"{row.parcel}供地合同", today=today
    )
    row.paper = paper or row.paper
    for deadline in (row.start_deadline, row.finish_deadline):
        cancel_deadline(deadline, today=today)
    row.start_deadline = _promise(row, "约定开工", contract.start_by, today=today)
    row.finish_deadline = _promise(row, "约定竣工", contract.finish_by, today=today)
    row.document = _documented(row, actor=actor, today=today)
    row.save()
    said: dict[str, object] = {"contract_no": row.contract_no, "start_by": row.start_by}
    _log(row, "supply.contracted", actor, said, contract.signed_on)
    return row


def _documented(row: Supply, *, actor: User, today: date) -> LandDocument:
    """The document of the contract: the one on record under its number, kept up to date, or a new one."""
    assert row.signed_on is not None
    is_allocation = row.way == Supply.Way.ALLOCATION
    unit = row.project.organisation
    bureau = unit.children.filter(kind=Organisation.Kind.BUREAU).order_by("code").first()
    facts = DocumentFacts(
        kind=DocumentKind.ALLOCATION if is_allocation else DocumentKind.CONTRACT,
        issuer=unit.name if is_allocation or bureau is None else bureau.name,
        decided_on=row.signed_on,
        number=row.contract_no,
        supervision_no=row.supervision_no,
    )
    known = row.document if row.document is not None and row.document.revoked_on is None else None
    if known is None:
        same = LandDocument.objects.in_force().filter(kind=facts.kind, number=checked_number(facts))
        known = same.filter(areas__project=row.project).first()
    if known is None:
        areas = {row.project_id: AreaFacts(approved={"total": row.area_m2})}
        return record_document(actor=actor, facts=facts, areas=areas, today=today)
    stated = list(known.areas.all())
    if len(stated) > 1:
        return known
    kept = replace(facts, issuer=known.issuer, received_on=known.received_on, note=known.note)
    whole = row.area_m2 + _of_other_parcels(row, known)
    areas = {area.project_id: _with_total(area, whole) for area in stated}
    return change_document(actor=actor, document_id=known.pk, facts=kept, areas=areas, today=today)


def _with_total(area: LandDocumentArea, total_m2: int) -> AreaFacts:
    applied = {name: getattr(area, f"applied_{name}_m2") for name in LandDocumentArea.CLASSES}
    approved = {name: getattr(area, f"approved_{name}_m2") for name in LandDocumentArea.CLASSES}
    return AreaFacts(applied, approved | {"total": total_m2})


def _of_other_parcels(row: Supply, document: LandDocument | None) -> int:
    """m² of the project's other parcels under the same contract."""
    if document is None:
        return 0
    others = Supply.objects.filter(document=document, project=row.project).exclude(pk=row.pk)
    return others.aggregate(sum=Sum("area_m2"))["sum"] or 0


def _promise(row: Supply, words: str, due_on: date, *, today: date) -> Deadline:
    assert row.signed_on is not None
    return open_promise(
        owner=owner_for(row, row.project, label=f"{row.parcel}{words}", stage=STAGE),
        role=Deadline.Role.HANDLING,
        started_on=row.signed_on,
        due_on=due_on,
        basis=f"供地合同（决定书）{row.contract_no}",
        today=today,
    )


@transaction.atomic
def plan_payment(
    *, actor: User, supply_id: int, amount_yuan: Decimal, due_on: date, today: date
) -> SupplyPayment:
    """Add the next instalment of the price; its day becomes a promise.

    Raises:
        SupplyOutOfOrder: no contract, or the instalments exceed the price.
        DayOutOfOrder: due before the contract.
    """
    row = locked_supply(supply_id, actor=actor)
    if row.signed_on is None or row.price_yuan is None:
        raise SupplyOutOfOrder("尚未登记合同价款；请先登记合同。")
    if due_on <= row.signed_on:
        raise DayOutOfOrder(f"应缴日期须晚于签订日期 {row.signed_on}；请核对日期。", day=due_on)
    planned = row.payments.aggregate(sum=Sum("amount_yuan"))["sum"] or Decimal(0)
    if planned + amount_yuan > row.price_yuan:
        raise SupplyOutOfOrder(
            f"各期合计超过价款；还可登记 {row.price_yuan - planned:,} 元。",
            left_yuan=row.price_yuan - planned,
        )
    payment = SupplyPayment.objects.create(
        supply=row, number=row.payments.count() + 1, amount_yuan=amount_yuan, due_on=due_on
    )
    payment.deadline = open_promise(
        owner=owner_for(payment, row.project, label=f"{row.parcel}价款第{payment.number}期", stage=STAGE),
        role=Deadline.Role.HANDLING,
        started_on=row.signed_on,
        due_on=due_on,
        basis=f"供地合同{row.contract_no}",
        today=today,
    )
    payment.save(update_fields=["deadline"])
    _log(row, "supply.payment_planned", actor, {"amount_yuan": amount_yuan, "due_on": due_on})
    return payment


@transaction.atomic
def settle_payment(
    *, actor: User, supply_id: int, number: int, paid_on: date, voucher: str, today: date
) -> SupplyPayment:
    """An instalment came in; its promise ends.

    Raises:
        SupplyOutOfOrder: no such instalment, or it is paid.
        DayOutOfOrder.
    """
    row = locked_supply(supply_id, actor=actor)
    refuse_future(paid_on, words="缴清日期", today=today)
    payment = row.payments.filter(number=number, paid_on__isnull=True).first()
    if payment is None:
        raise SupplyOutOfOrder(f"没有待缴的第{number}期价款；请核对期次。", number=number)
    if row.signed_on is not None and paid_on < row.signed_on:
        raise DayOutOfOrder(f"缴清日期早于签订日期 {row.signed_on}；请核对日期。", day=paid_on)
    payment.paid_on, payment.voucher = paid_on, voucher.strip()
    payment.save(update_fields=["paid_on", "voucher"])
    if payment.deadline_id is not None:
        clock.stop(deadline_id=payment.deadline_id, stopped_on=paid_on, today=today)
    _log(row, "supply.paid", actor, {"number": number, "amount_yuan": payment.amount_yuan}, paid_on)
    return payment


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen on a day; `started_on` empty while nothing was begun."""

    seen_on: date
    finding: str
    started_on: date | None = None
    developed_m2: int = 0
    invested_yuan: Decimal = Decimal(0)
    stopped_on: date | None = None
    cause: str = ""
    finished_on: date | None = None


@transaction.atomic
def record_patrol(
    *, actor: User, supply_id: int, sight: Sight, today: date, proof: Proof = NO_PROOF
) -> Patrol:
    """Record a visit; a start or completion seen on it ends the promise of it.

    Raises:
        SupplyOutOfOrder: nothing was supplied yet, or days that do not follow each other.
        DayOutOfOrder.
    """
    row = locked_supply(supply_id, actor=actor)
    if row.signed_on is None:
        raise SupplyOutOfOrder("尚未供地，不能登记供后巡查。")
    for day, words in (
        (sight.seen_on, "巡查日期"),
        (sight.started_on, "动工日期"),
        (sight.stopped_on, "中止开发日期"),
        (sight.finished_on, "竣工日期"),
    ):
        refuse_future(day, words=words, today=today)
    started_on = sight.started_on or row.started_on
    is_odd = started_on is not None and started_on < row.signed_on
    for later in (sight.stopped_on, sight.finished_on):
        is_odd = is_odd or (later is not None and (started_on is None or later < started_on))
    if is_odd:
        raise SupplyOutOfOrder("动工须在签订之后，中止开发和竣工须在动工之后；请核对日期。")
    patrol = Patrol.objects.create(
        supply=row,
        seen_on=sight.seen_on,
        finding=sight.finding.strip(),
        started_on=started_on,
        developed_m2=sight.developed_m2,
        invested_yuan=sight.invested_yuan,
        stopped_on=sight.stopped_on,
        cause=sight.cause,
        entered_by=actor,
        paper=paper_of(actor=actor, project=row.project, proof=proof, title="供后巡查照片", today=today),
    )
    if started_on is not None and row.started_on is None:
        _end(row.start_deadline, started_on, today=today)
    if sight.finished_on is not None and row.finished_on is None:
        _end(row.finish_deadline, sight.finished_on, today=today)
    row.started_on, row.finished_on = started_on, sight.finished_on or row.finished_on
    row.save(update_fields=["started_on", "finished_on", "updated_at"])
    _log(row, "supply.patrolled", actor, {"finding": patrol.finding}, sight.seen_on)
    return patrol


def _end(deadline: Deadline | None, on: date, *, today: date) -> None:
    if deadline is not None and deadline.is_open:
        clock.stop(deadline_id=deadline.pk, stopped_on=on, today=today)


@dataclass(frozen=True, slots=True)
class IdleTermsGiven:
    """See IdleLandSetting."""

    idle_months: int
    recovery_months: int
    developed_numerator: int
    developed_denominator: int
    invested_percent: int
    fee_percent: int
    survey_days: int
    warning_days: int
    basis: str


@transaction.atomic
def set_idle_terms(*, actor: User, effective_from: date, terms: IdleTermsGiven) -> IdleLandSetting:
    """Other terms of idle land from a day on.

    Raises:
        SettingOutOfOrder: not after the newest row, or terms that contradict each other.
        PermissionDenied: the role edits no periods.
    """
    require(actor, Right.EDIT_PERIODS)
    newest = IdleLandSetting.objects.select_for_update().order_by("-effective_from").first()
    refuse_earlier(effective_from, newest=newest)
    if terms.recovery_months < terms.idle_months or terms.developed_numerator > terms.developed_denominator:
        raise SettingOutOfOrder("收回的月数不能少于认定闲置的月数，动工面积比例不能大于 1；请核对。")
    columns = {name: getattr(terms, name) for name in IdleTermsGiven.__dataclass_fields__}
    row = IdleLandSetting.objects.create(effective_from=effective_from, **columns)
    log_setting(
        row,
        str(IdleLandSetting._meta.verbose_name),
        actor=actor,
        facts={"effective_from": effective_from, **columns},
    )
    return row


def locked_supply(supply_id: int, *, actor: User) -> Supply:
    """A parcel under its project's lock.

    Raises:
        Supply.DoesNotExist: unknown or not visible.
        As locked_projects.
    """
    require(actor, Right.RUN_STEPS)
    rows = Supply.objects.visible_to(actor).select_related("start_deadline", "finish_deadline", "document")
    project_id = rows.values_list("project_id", flat=True).get(pk=supply_id)
    project = locked_projects([project_id], actor=actor)[project_id]
    row = rows.get(pk=supply_id)
    row.project = project
    return row


def _log(
    row: Supply, verb: str, actor: User, facts: dict[str, object], occurred_on: date | None = None
) -> None:
    said = {"parcel": row.parcel, **facts}
    log(row.project, actor=actor, verb=verb, subject=row, facts=said, occurred_on=occurred_on)
