"""Schemes: drawn up, committed on unchanged ground, decided, agreed, paid, hooked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import User
from accounts.rights import Right, require
from accounts.selectors import prefecture_of
from deadlines import services as clocks
from deadlines.models import Deadline
from deadlines.rules import Line
from deadlines.services import LineSpec, Owner
from papers.models import Paper
from papers.services import Upload, attach
from quotas import rules
from quotas.errors import (
    AgreementMissing,
    NothingToPropose,
    NotPaid,
    PaymentRefused,
    PriceNotConfirmed,
    ProposalOutOfOrder,
    ProposalStale,
    ReasonNeeded,
    ShortfallNotAccepted,
)
from quotas.models import Account, Application, Payment, Proposal, ProposalLine
from quotas.rules import Instrument, Pool
from quotas.selectors.applications import review_setting
from quotas.selectors.ledger import AccountKey
from quotas.selectors.pools import policy_on
from quotas.selectors.proposing import as_trace, changes_since, payees_of, plan_proposal
from quotas.services import reservations
from quotas.services.applications import STAGE, check_day, close_clocks, locked, log, only_in, paper_owner
from quotas.services.ledger import open_accounts
from quotas.services.reservations import Wanted

State = Proposal.State
AppState = Application.State


@transaction.atomic
def draft_proposal(*, actor: User, application_id: int, reason: str, today: date) -> Proposal:
    """Draw up a scheme from the pool as it lies today. Earlier drafts are dropped; no quota moves.

    Raises:
        ApplicationOutOfOrder: the application is not with the office.
        NothingToPropose: the pool holds nothing of what is asked.
        ReasonNeeded: the scheme says no reason.
    """
    require(actor, Right.PROPOSE_QUOTA)
    application = locked(actor, application_id)
    only_in(application, Application.WITH_OFFICE)
    if not reason.strip():
        raise ReasonNeeded("方案须写明调剂理由；请填写。")
    planned = plan_proposal(application, made_on=today, policy=policy_on(today))
    if not planned.lines:
        raise NothingToPropose("州池没有可调剂的余额；请补充入库或退回申请。")
    Proposal.objects.filter(application=application, state=State.DRAFT).update(state=State.DROPPED)
    proposal = Proposal.objects.create(
        application=application,
        policy=planned.policy,
        made_on=today,
        made_by=actor,
        reason=reason.strip()[:500],
        fingerprint=planned.fingerprint,
        relied=planned.relied,
        trace=as_trace(planned.draws),
        shortfall={str(key): amount for key, amount in planned.shortfall.items()},
        total_yuan=planned.total,
    )
    owners = {account.owner.code: account.owner for account in (line.account for line in planned.lines)}
    ProposalLine.objects.bulk_create(
        ProposalLine(
            proposal=proposal,
            position=position,
            instrument=line.step.instrument,
            kind=line.step.kind,
            owner=owners[line.step.owner],
            account=line.account,
            amount=line.amount,
            left_before=line.left_before,
            price=line.price,
            yuan=line.yuan,
        )
        for position, line in enumerate(planned.lines, start=1)
    )
    log(application, "quota_proposal.drafted", actor=actor, facts={"yuan": planned.total})
    return proposal


@transaction.atomic
def commit_proposal(
    *, actor: User, proposal_id: int, accepts_shortfall: bool, accepts_fallback: bool, today: date
) -> Proposal:
    """Put the scheme before the government and reserve its quota, if its ground is unchanged.

    All accounts of the pool are locked in the order of their keys before they are read again, so
    that what is compared is what is reserved. All or nothing; not safe to repeat: the second time
    it is refused.

    Args:
        accepts_shortfall: somebody confirms that the pool gives only a part.
        accepts_fallback: somebody confirms the last published price where the window is empty.

    Raises:
        ProposalStale: something it rests on has changed; facts["changes"] says what.
        ShortfallNotAccepted, PriceNotConfirmed: a person has to confirm, or it is not allowed.
        ProposalOutOfOrder: it is no draft.
    """
    require(actor, Right.PROPOSE_QUOTA)
    proposal = _locked(actor, proposal_id)
    _only(proposal, State.DRAFT)
    application = locked(actor, proposal.application_id)
    only_in(application, Application.WITH_OFFICE)
    _lock_pool(application)
    policy = policy_on(today)
    planned = plan_proposal(application, made_on=proposal.made_on, policy=policy)
    if planned.fingerprint != proposal.fingerprint:
        changes = changes_since(proposal.relied, planned.relied)
        raise ProposalStale(
            f"方案拟定后依据已变化：{''.join(changes)}请按现状重新拟定方案。", changes=changes
        )
    _check_confirmed(planned.shortfall, policy.allow_partial, accepts_shortfall)
    if planned.unpriced or (planned.needs_fallback and not accepts_fallback):
        names = "、".join(item.label for item in (*planned.unpriced, *planned.needs_fallback))
        raise PriceNotConfirmed(
            f"{names}在均价窗口内没有成交；请补录公示价格，或确认采用最近一次公示价。",
            unpriced=[str(item) for item in planned.unpriced],
        )
    proposal.reservation = reservations.reserve(
        pool=Pool(application.pool),
        applicant=application.applicant,
        wanted=[Wanted(line.account, line.amount) for line in planned.lines],
        reason=f"{application}：{application.project.name}"[:300],
        held_on=today,
        expires_on=today + timedelta(days=policy.hold_days),
        actor=actor,
        project_id=application.project_id,
        application_id=application.pk,
    )
    proposal.state, proposal.committed_on = State.COMMITTED, today
    proposal.accepts_shortfall, proposal.accepts_fallback = accepts_shortfall, accepts_fallback
    proposal.save(
        update_fields=["reservation", "state", "committed_on", "accepts_shortfall", "accepts_fallback"]
    )
    application.state = AppState.PROPOSED
    application.save(update_fields=["state", "updated_at"])
    close_clocks(application, today)
    log(application, "quota_proposal.committed", actor=actor, facts={"yuan": proposal.total_yuan})
    return proposal


def _check_confirmed(shortfall: dict[Instrument, int], is_allowed: bool, is_accepted: bool) -> None:
    if not shortfall or (is_allowed and is_accepted):
        return
    facts = {str(key): amount for key, amount in shortfall.items()}
    total = rules.total_of(shortfall)
    if not is_allowed:
        raise ShortfallNotAccepted(f"州池不足，尚缺{total}；现行规则不允许部分满足，请退回申请。", **facts)
    raise ShortfallNotAccepted(f"州池不足，尚缺{total}；请勾选“确认部分满足”后提交。", **facts)


def _lock_pool(application: Application) -> None:
    """Lock every account of the pool that a reservation may touch, in the order of their keys.

    The twins in RESERVED are opened first: a lock on the balances alone, and then on a twin with a
    smaller key, would meet a release that locks in the other order.
    """
    prefecture = prefecture_of(application.applicant)
    instruments = [instrument.value for instrument in Pool(application.pool).instruments]
    held = Account.objects.filter(
        holder=prefecture, instrument__in=instruments, place=Account.Place.AVAILABLE
    )
    reserved = Account.Place.RESERVED.value
    open_accounts(
        AccountKey(row.instrument, reserved, row.holder_id, row.owner_id, row.period) for row in held
    )
    rows = Account.objects.filter(
        holder=prefecture,
        instrument__in=instruments,
        place__in=[Account.Place.AVAILABLE, Account.Place.RESERVED],
    )
    list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Decision:
    """The government's answer with its document."""

    number: str
    decided_on: date
    upload: Upload
    use_by_on: date | None = None


@transaction.atomic
def approve_application(*, actor: User, application_id: int, decision: Decision, today: date) -> Application:
    """The government approves the committed scheme: its quota is locked until it is used.

    Without a prescribed time the policy's days count from the approval.

    Raises:
        ApplicationOutOfOrder: no scheme is before the government.
        DayOutOfOrder: dated ahead, or before the scheme was put forward.
        ReservationClosed: the hold has expired meanwhile.
    """
    application, proposal = _before_government(actor, application_id, decision.decided_on, today)
    _decide(application, decision, actor=actor, today=today)
    policy = policy_on(today)
    application.use_by_on = decision.use_by_on or decision.decided_on + timedelta(days=policy.use_term_days)
    application.state = AppState.APPROVED
    application.save(
        update_fields=["state", "decision_no", "decided_on", "decision_paper", "use_by_on", "updated_at"]
    )
    assert proposal.reservation_id is not None
    reservations.lock(
        reservation_id=proposal.reservation_id,
        on=decision.decided_on,
        actor=actor,
        use_by_on=application.use_by_on,
        document_no=decision.number,
    )
    proposal.state = State.APPROVED
    proposal.save(update_fields=["state"])
    log(application, "quota_application.approved", actor=actor, facts={"number": decision.number})
    return application


@transaction.atomic
def refuse_application(
    *, actor: User, application_id: int, decision: Decision, reason: str, today: date
) -> Application:
    """The government does not approve: the reserved quota goes back to where it came from.

    Raises:
        ApplicationOutOfOrder, DayOutOfOrder, ReasonNeeded.
    """
    application, proposal = _before_government(actor, application_id, decision.decided_on, today)
    if not reason.strip():
        raise ReasonNeeded("未批准须写明理由；请填写。")
    _decide(application, decision, actor=actor, today=today)
    application.state, application.answer_reason = AppState.REFUSED, reason.strip()[:500]
    application.save(
        update_fields=["state", "answer_reason", "decision_no", "decided_on", "decision_paper", "updated_at"]
    )
    # A hold that has expired meanwhile has given its quota back already.
    if proposal.reservation is not None and proposal.reservation.is_running:
        reservations.release(
            reservation_id=proposal.reservation.pk,
            on=today,
            actor=actor,
            reason=f"州政府未批准：{reason.strip()}"[:300],
        )
    proposal.state = State.DROPPED
    proposal.save(update_fields=["state"])
    log(application, "quota_application.refused", actor=actor, facts={"reason": reason.strip()})
    return application


def _before_government(
    actor: User, application_id: int, decided_on: date, today: date
) -> tuple[Application, Proposal]:
    require(actor, Right.APPROVE_QUOTA)
    application = locked(actor, application_id)
    only_in(application, (AppState.PROPOSED,))
    proposal = Proposal.objects.select_for_update(of=("self",)).get(
        application=application, state=State.COMMITTED
    )
    check_day(decided_on, today=today, not_before=proposal.committed_on, called="批准日期")
    return application, proposal


def _decide(application: Application, decision: Decision, *, actor: User, today: date) -> None:
    application.decision_no = decision.number.strip()
    application.decided_on = decision.decided_on
    application.decision_paper = attach(
        actor=actor,
        owner=paper_owner(application),
        upload=decision.upload,
        kind=Paper.Kind.DECISION,
        title=f"州政府批准文件 {decision.number}",
        today=today,
        occurred_on=decision.decided_on,
    )


@transaction.atomic
def record_agreement(
    *, actor: User, proposal_id: int, number: str, agreed_on: date, upload: Upload, today: date
) -> Proposal:
    """The signed agreement; from its day the payment is due. The county's clock starts.

    Raises:
        ProposalOutOfOrder: not approved, or agreed before.
        DayOutOfOrder: dated ahead, or before the approval.
    """
    require(actor, Right.PAY_QUOTA)
    proposal = _locked(actor, proposal_id)
    _only(proposal, State.APPROVED)
    application = proposal.application
    if proposal.agreed_on is not None:
        raise ProposalOutOfOrder(f"流转协议 {proposal.agreement_no} 已登记；请刷新页面查看。")
    check_day(agreed_on, today=today, not_before=application.decided_on, called="协议日期")
    proposal.agreement_no, proposal.agreed_on = number.strip(), agreed_on
    proposal.agreement_paper = attach(
        actor=actor,
        owner=paper_owner(application),
        upload=upload,
        kind=Paper.Kind.AGREEMENT,
        title=f"指标流转协议 {number}",
        today=today,
        occurred_on=agreed_on,
    )
    if proposal.total_yuan:
        proposal.payment_deadline = _payment_clock(proposal, agreed_on, today)
        proposal.pay_by_on = proposal.payment_deadline.due_on
    proposal.save(
        update_fields=["agreement_no", "agreed_on", "agreement_paper", "payment_deadline", "pay_by_on"]
    )
    log(application, "quota_proposal.agreed", actor=actor, facts={"number": number})
    return proposal


def _payment_clock(proposal: Proposal, agreed_on: date, today: date) -> Deadline:
    application, setting = proposal.application, review_setting(agreed_on)
    project = application.project
    return clocks.open_deadline(
        owner=Owner(
            subject=proposal,
            subject_label=f"{application}缴款"[:200],
            stage=STAGE,
            holder_organisation=application.applicant,
            scope_organisation=application.applicant,
            project_id=project.pk,
            project_code=project.display_code,
            project_name=project.name,
        ),
        role=Deadline.Role.HANDLING,
        started_on=agreed_on,
        committed=LineSpec(Line(limit=setting.payment_days), f"流转协议 {proposal.agreement_no}"),
        statutory=None,
        today=today,
    )


@dataclass(frozen=True, slots=True)
class Voucher:
    """A payment as its voucher states it."""

    payee_id: int
    number: str
    yuan: Decimal
    paid_on: date
    upload: Upload


@transaction.atomic
def record_payment(*, actor: User, proposal_id: int, voucher: Voucher, today: date) -> Payment:
    """Money to one owner's treasury, with its voucher.

    Raises:
        PaymentRefused: the payee is owed nothing or less, or the voucher was entered before.
        AgreementMissing: paid before the agreement.
        DayOutOfOrder: paid ahead, or before the agreement.
    """
    require(actor, Right.PAY_QUOTA)
    proposal = _locked(actor, proposal_id)
    _only(proposal, State.APPROVED)
    if proposal.agreed_on is None:
        raise AgreementMissing("还没有登记流转协议；请先登记协议再登记缴款。")
    check_day(voucher.paid_on, today=today, not_before=proposal.agreed_on, called="缴款日期")
    payee = next((row for row in payees_of(proposal) if row.organisation.pk == voucher.payee_id), None)
    if payee is None:
        raise PaymentRefused("本方案不向这个单位缴款；请核对收款方。", payee=voucher.payee_id)
    if voucher.yuan > payee.lacking:
        raise PaymentRefused(
            f"{payee.organisation.short_name}尚欠 {payee.lacking} 元，"
            f"凭证金额 {voucher.yuan} 元超出；请核对。",
            lacking=payee.lacking,
        )
    paper = attach(
        actor=actor,
        owner=paper_owner(proposal.application),
        upload=voucher.upload,
        kind=Paper.Kind.RECEIPT,
        title=f"缴款凭证 {voucher.number}",
        today=today,
        occurred_on=voucher.paid_on,
    )
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                proposal=proposal,
                payee=payee.organisation,
                voucher_no=voucher.number.strip(),
                yuan=voucher.yuan,
                paid_on=voucher.paid_on,
                paper=paper,
                entered_by=actor,
            )
    except IntegrityError as error:
        if "quota_payment_voucher_once" not in str(error):
            raise
        raise PaymentRefused(
            f"凭证 {voucher.number} 已登记过；请核对凭证号。", voucher_no=voucher.number
        ) from error
    facts = {"payee": payee.organisation.name, "yuan": voucher.yuan, "voucher_no": voucher.number}
    log(proposal.application, "quota_proposal.paid", actor=actor, facts=facts)
    is_paid = not any(row.lacking for row in payees_of(proposal))
    clock = proposal.payment_deadline
    if is_paid and clock is not None:
        # The day of the last money, not the day on which its voucher was typed.
        paid = proposal.payments.filter(struck_reason="").aggregate(last=Max("paid_on"))["last"]
        clocks.stop(deadline_id=clock.pk, stopped_on=max(paid, clock.started_on), today=today)
    return payment


@transaction.atomic
def strike_payment(*, actor: User, payment_id: int, reason: str, today: date) -> Payment:
    """A payment entered by mistake does not count any more; it stays listed with the reason.

    The money lacks again, and the county's clock starts anew from today.

    Raises:
        ReasonNeeded: none is given.
        ProposalOutOfOrder: hooked up already, or struck before.
    """
    require(actor, Right.PAY_QUOTA)
    found = Payment.objects.visible_to(actor).get(pk=payment_id)
    proposal = _locked(actor, found.proposal_id)
    _only(proposal, State.APPROVED)
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    if payment.struck_reason:
        raise ProposalOutOfOrder("这笔缴款已作废；请刷新页面查看。")
    if not reason.strip():
        raise ReasonNeeded("作废须写明理由；请填写。")
    was_paid = not any(row.lacking for row in payees_of(proposal))
    payment.struck_reason = reason.strip()[:300]
    payment.save(update_fields=["struck_reason"])
    if was_paid:
        proposal.payment_deadline = _payment_clock(proposal, today, today)
        proposal.pay_by_on = proposal.payment_deadline.due_on
        proposal.save(update_fields=["payment_deadline", "pay_by_on"])
    facts = {"voucher_no": payment.voucher_no, "reason": payment.struck_reason}
    log(proposal.application, "quota_proposal.payment_struck", actor=actor, facts=facts)
    return payment


@transaction.atomic
def hook_up(*, actor: User, proposal_id: int, report_no: str, today: date) -> Proposal:
    """Hook the quota up with the project's land report: what was locked is written off.

    Raises:
        NotPaid: money is owed; facts say how much to whom.
        AgreementMissing: money is due and there is no agreement.
        ProposalOutOfOrder: not approved, or hooked up before.
        ReasonNeeded: no report is named.
    """
    require(actor, Right.HOOK_QUOTA)
    proposal = _locked(actor, proposal_id)
    _only(proposal, State.APPROVED)
    if not report_no.strip():
        raise ReasonNeeded("挂钩须写明用地报件编号；请填写。")
    if proposal.total_yuan and proposal.agreed_on is None:
        raise AgreementMissing("还没有登记流转协议；请先签订协议、缴清价款再挂钩。")
    lacking = {row.organisation.short_name: row.lacking for row in payees_of(proposal) if row.lacking}
    if lacking:
        told = "、".join(f"{name}尚欠 {yuan} 元" for name, yuan in lacking.items())
        raise NotPaid(f"价款未缴清，不能挂钩：{told}。请凭缴款凭证登记后再办理。", **lacking)
    application = locked(actor, proposal.application_id)
    assert proposal.reservation_id is not None
    reservations.post(
        reservation_id=proposal.reservation_id,
        on=today,
        actor=actor,
        reason=f"挂钩：{application.project.name} {report_no.strip()}"[:300],
        document_no=application.decision_no,
    )
    proposal.state, proposal.report_no = State.HOOKED_UP, report_no.strip()
    proposal.hooked_up_on, proposal.hooked_up_by = today, actor
    proposal.save(update_fields=["state", "report_no", "hooked_up_on", "hooked_up_by"])
    application.state = AppState.HOOKED_UP
    application.save(update_fields=["state", "updated_at"])
    log(application, "quota_proposal.hooked_up", actor=actor, facts={"report_no": report_no.strip()})
    return proposal


def _locked(actor: User, proposal_id: int) -> Proposal:
    return (
        Proposal.objects.visible_to(actor)
        .select_related("application__applicant", "application__project__organisation")
        .select_for_update(of=("self",))
        .get(pk=proposal_id)
    )


def _only(proposal: Proposal, state: str) -> None:
    if proposal.state != state:
        raise ProposalOutOfOrder(
            f"方案{proposal.get_state_display()}，不能办理这一步；请刷新页面查看。", state=proposal.state
        )
