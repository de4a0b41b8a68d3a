"""Schemes: drawn up, looked at step by step, committed, decided, agreed, paid and hooked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from quotas.agreement import agreement_document
from quotas.application_forms import ReasonForm
from quotas.models import Payment, Proposal
from quotas.proposal_forms import (
    AgreementForm,
    ApproveForm,
    CommitForm,
    DraftForm,
    HookUpForm,
    PaymentForm,
    RefuseForm,
)
from quotas.selectors import proposing as selectors
from quotas.selectors.pools import policy_on
from quotas.selectors.prices import fiscal_account
from quotas.services import proposals as services
from quotas.settlement_export import settlement_workbook
from quotas.views.applications import HOME, application_of
from quotas.views.verbs import Deed, Frame, PageVerb, simple
from ui.downloads import download
from ui.filling import FormPage, fill_in
from ui.forms import OfficeForm
from ui.parts import Crumb, Fact

PAGE = "quotas/proposal.html"
SETTLEMENT = "quotas/settlement.html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
State = Proposal.State
LAMPS = {
    State.DRAFT: "idle",
    State.COMMITTED: "amber",
    State.APPROVED: "green",
    State.HOOKED_UP: "done",
    State.DROPPED: "idle",
}


def proposal_of(request: HttpRequest, pk: int) -> Proposal:
    return get_object_or_404(selectors.proposal_list(actor=actor_of(request)), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def proposal_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw up a scheme for an application."""
    actor = actor_of(request)
    require(actor, Right.PROPOSE_QUOTA)
    application = application_of(request, pk)
    form = DraftForm(request.POST or None)
    made: list[Proposal] = []

    def act() -> str:
        made.append(
            services.draft_proposal(actor=actor, application_id=pk, today=clock.today(), **form.cleaned_data)
        )
        return "方案已拟定，尚未动用指标。核对后提交。"

    here = reverse("quotas:application", args=[pk])
    page = FormPage(
        title="拟定调剂方案",
        back=here,
        crumbs=[HOME, Crumb(str(application), here), Crumb("拟定方案")],
        subtitle=application.project.name,
        button="拟定",
    )
    answer = fill_in(request, form, page, act)
    if made:
        answer["Location"] = reverse("quotas:proposal", args=[made[0].pk])
    return answer


@login_required
@require_GET
def proposal_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The scheme with each step of its reasoning, its money and what may be done next."""
    actor, today = actor_of(request), clock.today()
    proposal = proposal_of(request, pk)
    context = {
        "proposal": proposal,
        "application": proposal.application,
        "lamp": LAMPS[State(proposal.state)],
        "facts": _facts(proposal),
        "payees": [
            (row, fiscal_account(row.organisation, on=today)) for row in selectors.payees_of(proposal)
        ],
        "changes": _changes(proposal, actor),
        "may": _may(actor, proposal),
        "crumbs": [
            HOME,
            Crumb(str(proposal.application), reverse("quotas:application", args=[proposal.application_id])),
            Crumb("调剂方案"),
        ],
    }
    return render(request, PAGE, context)


def _changes(proposal: Proposal, actor: User) -> list[str]:
    """What of a draft's ground has changed by now; nothing to compare once it is committed."""
    if proposal.state != State.DRAFT or not allowed(actor, Right.PROPOSE_QUOTA):
        return []
    planned = selectors.plan_proposal(
        proposal.application,
        made_on=proposal.made_on,
        policy=policy_on(clock.today()),
    )
    return selectors.changes_since(proposal.relied, planned.relied)


def _facts(proposal: Proposal) -> list[Fact]:
    agreed = f"{proposal.agreement_no} {proposal.agreed_on}" if proposal.agreed_on else ""
    hooked = f"{proposal.report_no} {proposal.hooked_up_on}" if proposal.hooked_up_on else ""
    return [
        Fact("方案日期", proposal.made_on, note=proposal.made_by.label),
        Fact("规则版本", str(proposal.policy)),
        Fact("价款合计", f"{proposal.total_yuan:,}", unit="元"),
        Fact("流转协议", agreed),
        Fact("缴款期限", proposal.pay_by_on),
        Fact("挂钩", hooked),
    ]


def _may(actor: User, proposal: Proposal) -> Mapping[str, bool]:
    """Which buttons are shown; the services decide."""
    is_approved = proposal.state == State.APPROVED
    return {
        "commit": allowed(actor, Right.PROPOSE_QUOTA) and proposal.state == State.DRAFT,
        "decide": allowed(actor, Right.APPROVE_QUOTA) and proposal.state == State.COMMITTED,
        "agree": allowed(actor, Right.PAY_QUOTA) and is_approved and proposal.agreed_on is None,
        "pay": allowed(actor, Right.PAY_QUOTA)
        and is_approved
        and proposal.agreed_on is not None
        and any(row.lacking for row in selectors.payees_of(proposal)),
        "strike": allowed(actor, Right.PAY_QUOTA) and is_approved,
        "hook": allowed(actor, Right.HOOK_QUOTA) and is_approved,
        "word": proposal.state in (State.APPROVED, State.HOOKED_UP),
    }


def _of_proposal(row: Proposal) -> Frame:
    back = reverse("quotas:proposal", args=[row.pk])
    return Frame(
        back=back,
        crumbs=[HOME, Crumb("调剂方案", back)],
        subtitle=f"{row.application} · {row.application.project.name}",
    )


def _commit(deed: Deed) -> str:
    services.commit_proposal(actor=deed.actor, proposal_id=deed.row.pk, today=deed.today, **deed.values)
    return "方案已提交州政府，指标已预占。"


def _approve(deed: Deed) -> str:
    services.approve_application(
        actor=deed.actor,
        application_id=deed.row.application_id,
        decision=deed.form.decision(),
        today=deed.today,
    )
    return "已登记批准，指标已锁定。"


def _refuse(deed: Deed) -> str:
    services.refuse_application(
        actor=deed.actor,
        application_id=deed.row.application_id,
        decision=deed.form.decision(),
        reason=deed.values["reason"],
        today=deed.today,
    )
    return "已登记未批准，预占的指标已退回。"


def _agree(deed: Deed) -> str:
    services.record_agreement(
        actor=deed.actor,
        proposal_id=deed.row.pk,
        number=deed.values["number"],
        agreed_on=deed.values["agreed_on"],
        upload=deed.form.upload(),
        today=deed.today,
    )
    return "流转协议已登记。"


def _pay_form(request: HttpRequest, row: Proposal) -> PaymentForm:
    payees = selectors.payees_of(row)
    return PaymentForm(request.POST or None, request.FILES or None, payees=payees)


def _pay(deed: Deed) -> str:
    services.record_payment(
        actor=deed.actor, proposal_id=deed.row.pk, voucher=deed.form.voucher(), today=deed.today
    )
    return "缴款已登记。"


def _hook_up(deed: Deed) -> str:
    services.hook_up(actor=deed.actor, proposal_id=deed.row.pk, today=deed.today, **deed.values)
    return "已挂钩，指标已核销。"


def _payment(request: HttpRequest, pk: int) -> Payment:
    rows = Payment.objects.visible_to(actor_of(request))
    return get_object_or_404(
        rows.select_related("proposal__application__applicant", "proposal__application__project"), pk=pk
    )


def _of_payment(row: Payment) -> Frame:
    return _of_proposal(row.proposal)


def _strike(deed: Deed) -> str:
    services.strike_payment(actor=deed.actor, payment_id=deed.row.pk, today=deed.today, **deed.values)
    return "这笔缴款已作废。"


def _verb(
    slug: str,
    title: str,
    right: Right,
    form: Callable[[HttpRequest, Proposal], OfficeForm],
    act: Callable[[Deed], str],
    button: str = "保存",
) -> PageVerb:
    return PageVerb(slug, f"proposal-{slug}", title, right, proposal_of, _of_proposal, form, act, button)


PROPOSAL_VERBS = (
    _verb("commit", "提交方案", Right.PROPOSE_QUOTA, simple(CommitForm), _commit, "提交"),
    _verb("approve", "登记批准", Right.APPROVE_QUOTA, simple(ApproveForm, files=True), _approve),
    _verb("refuse", "登记未批准", Right.APPROVE_QUOTA, simple(RefuseForm, files=True), _refuse),
    _verb("agree", "登记流转协议", Right.PAY_QUOTA, simple(AgreementForm, files=True), _agree),
    _verb("pay", "登记缴款", Right.PAY_QUOTA, _pay_form, _pay),
    _verb("hook-up", "办理挂钩", Right.HOOK_QUOTA, simple(HookUpForm), _hook_up, "挂钩"),
)
PAYMENT_VERBS = (
    PageVerb(
        "strike",
        "payment-strike",
        "作废缴款",
        Right.PAY_QUOTA,
        _payment,
        _of_payment,
        simple(ReasonForm),
        _strike,
        "作废",
    ),
)


@login_required
@require_GET
def proposal_word(request: HttpRequest, pk: int) -> HttpResponse:
    """The agreement as a Word file."""
    today = clock.today()
    proposal = proposal_of(request, pk)
    payees = selectors.payees_of(proposal)
    accounts = {row.organisation.pk: fiscal_account(row.organisation, on=today) for row in payees}
    content = agreement_document(proposal, payees=payees, accounts=accounts, today=today)
    return download(content, f"流转协议_{proposal.application.project.name}.docx", content_type=DOCX)


@login_required
@require_GET
def settlement(request: HttpRequest) -> HttpResponse:
    """Money by treasury for a year."""
    year = _year(request)
    rows = selectors.settlement(actor=actor_of(request), year=year)
    context = {
        "year": year,
        "rows": rows,
        "due": sum(row.due for row in rows),
        "paid": sum(row.paid for row in rows),
        "lacking": sum(row.lacking for row in rows),
        "crumbs": [HOME, Crumb("价款结算")],
    }
    return render(request, SETTLEMENT, context)


@login_required
@require_GET
def settlement_export(request: HttpRequest) -> HttpResponse:
    year, today = _year(request), clock.today()
    rows = selectors.settlement(actor=actor_of(request), year=year)
    return download(settlement_workbook(rows, year=year, today=today), f"价款结算_{year}.xlsx")


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and len(asked) == 4 else clock.today().year
