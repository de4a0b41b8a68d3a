"""Schemes: drawn with reasons, committed on unchanged ground, paid to the cent, hooked up when paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import User
from deadlines.models import Deadline
from quotas import rules, selectors
from quotas.errors import (
    AgreementMissing,
    ApplicationOutOfOrder,
    DayOutOfOrder,
    NothingToPropose,
    NotPaid,
    PaymentRefused,
    PriceNotConfirmed,
    ProposalOutOfOrder,
    ProposalStale,
    ReasonNeeded,
    ShortfallNotAccepted,
)
from quotas.models import Account, Movement, Payment, Policy, PricePoint, Proposal
from quotas.selectors.proposing import payees_of, settlement
from quotas.services import proposals, reservations
from quotas.services.proposals import Decision, Voucher
from tests.factories import organisation
from tests.quotas.scenes import (
    AREA,
    STATE,
    TODAY,
    agreed,
    approved,
    committed,
    drafted,
    farmland_request,
    price,
    provincial_project,
    stock,
    submitted,
    upload,
)

pytestmark = pytest.mark.django_db


def commit(section: User, proposal: Proposal, **more: bool) -> Proposal:
    confirmed = {"accepts_shortfall": False, "accepts_fallback": False} | more
    return proposals.commit_proposal(actor=section, proposal_id=proposal.pk, today=TODAY, **confirmed)


def voucher(code: str, yuan: str, number: str = "PZ-1") -> Voucher:
    return Voucher(organisation(code).pk, number, Decimal(yuan), TODAY, upload(number))


def pay(section: User, proposal: Proposal, *vouchers: Voucher) -> list[Payment]:
    return [
        proposals.record_payment(actor=section, proposal_id=proposal.pk, voucher=one, today=TODAY)
        for one in vouchers
    ]


def test_a_draft_names_each_source_its_price_and_its_reason(officer: User, section: User) -> None:
    proposal = drafted(officer, section)

    lines = [(row.owner.code, row.amount, row.left_after, row.yuan) for row in proposal.lines.all()]
    assert lines == [
        ("522701", 32_000, 0, Decimal(0)),
        (STATE, 40_000, 0, Decimal("9120000.00")),
        ("522725", 18_000, 42_000, Decimal("4104000.00")),
    ]
    assert [step["why"][:4] for step in proposal.trace] == ["第一顺序", "第二顺序", "第三顺序"]
    assert proposal.total_yuan == Decimal("13224000.00")


def test_a_draft_moves_no_quota(officer: User, section: User) -> None:
    before = Movement.objects.count()

    drafted(officer, section)

    assert Movement.objects.count() == before + 3  # the stock of the scene alone


def test_a_commit_reserves_what_the_draft_says(officer: User, section: User) -> None:
    proposal = committed(officer, section)

    assert proposal.reservation is not None
    held = proposal.reservation.lines.values_list("account__owner__code", "amount").order_by("amount")
    assert list(held) == [("522725", 18_000), ("522701", 32_000), (STATE, 40_000)]
    coverage = selectors.coverage_of_project(project_id=proposal.application.project_id)
    assert coverage.is_covered
    assert not Deadline.objects.filter(stage="调节池指标", state="RUNNING").exists()


def test_a_changed_balance_stops_the_commit_and_is_named(officer: User, section: User) -> None:
    proposal = drafted(officer, section)
    stock("522728", 70_000)

    with pytest.raises(ProposalStale) as refused:
        commit(section, proposal)

    assert refused.value.facts["changes"] == ["罗甸县 补充耕地数量余额由 0.0000 公顷 变为 7.0000 公顷。"]
    assert not Account.objects.filter(place="RESERVED", balance__gt=0).exists()


def test_another_price_stops_the_commit_and_is_named(officer: User, section: User) -> None:
    proposal = drafted(officer, section)
    price(AREA, date(2026, 9, 1), "148000", "2026-09-01-01", by=section)

    with pytest.raises(ProposalStale, match=r"单价由 152000.00 元（1 笔成交） 变为 150000.00 元（2 笔成交）"):
        commit(section, proposal)


def test_another_policy_stops_the_commit_and_is_named(officer: User, section: User) -> None:
    proposal = drafted(officer, section)
    Policy.objects.create(
        title="修订版", basis="试行", effective_from=TODAY, county_rank=rules.CountyRank.CUMULATIVE
    )

    with pytest.raises(ProposalStale, match="变为“修订版"):
        commit(section, proposal)


def test_a_price_out_of_the_window_changes_nothing(officer: User, section: User) -> None:
    proposal = drafted(officer, section)
    price(AREA, date(2026, 11, 3), "990000", "2026-11-03-01", by=section)

    assert commit(section, proposal).state == "COMMITTED"


def test_a_proposal_is_committed_once(officer: User, section: User) -> None:
    proposal = committed(officer, section)

    with pytest.raises(ProposalOutOfOrder):
        commit(section, proposal)


def test_an_empty_pool_has_nothing_to_propose(officer: User, section: User) -> None:
    application = submitted(officer)

    with pytest.raises(NothingToPropose):
        proposals.draft_proposal(actor=section, application_id=application.pk, reason="缺口", today=TODAY)


def test_a_shortfall_has_to_be_confirmed_and_may_be_forbidden(officer: User, section: User) -> None:
    stock("522701", 10_000)
    application = submitted(officer)
    proposal = proposals.draft_proposal(
        actor=section, application_id=application.pk, reason="缺口", today=TODAY
    )
    assert proposal.shortfall == {"farmland_area": 40_000}

    with pytest.raises(ShortfallNotAccepted) as refused:
        commit(section, proposal)
    assert refused.value.facts == {"farmland_area": 40_000}
    assert commit(section, proposal, accepts_shortfall=True).accepts_shortfall


def test_an_empty_window_takes_the_last_price_once_confirmed(officer: User, section: User) -> None:
    stock(STATE, 90_000)
    price(AREA, date(2026, 3, 1), "120000", "旧价", by=section)
    application = submitted(officer)
    proposal = proposals.draft_proposal(
        actor=section, application_id=application.pk, reason="缺口", today=TODAY
    )

    with pytest.raises(PriceNotConfirmed):
        commit(section, proposal)
    done = commit(section, proposal, accepts_fallback=True)

    assert done.total_yuan == Decimal("9000000.00")


def test_without_any_price_nothing_can_be_committed(officer: User, section: User) -> None:
    stock(STATE, 90_000)
    application = submitted(officer)
    proposal = proposals.draft_proposal(
        actor=section, application_id=application.pk, reason="缺口", today=TODAY
    )

    with pytest.raises(PriceNotConfirmed) as refused:
        commit(section, proposal, accepts_fallback=True)
    assert refused.value.facts["unpriced"] == ["farmland_area"]


def test_a_struck_price_does_not_count(officer: User, section: User) -> None:
    proposal = drafted(officer, section)
    PricePoint.objects.update(struck_reason="录入有误")

    with pytest.raises(ProposalStale, match="变为 无"):
        commit(section, proposal)


def test_approval_locks_with_its_document_and_the_policys_term(
    officer: User, section: User, dispatcher: User
) -> None:
    proposal = approved(officer, section, dispatcher)

    application = proposal.application
    assert application.decision_paper is not None
    assert (application.state, application.use_by_on) == ("APPROVED", date(2027, 5, 19))
    assert proposal.reservation is not None
    assert proposal.reservation.state == "LOCKED"


def test_an_approval_before_the_scheme_or_by_a_section_is_refused(
    officer: User, section: User, dispatcher: User
) -> None:
    proposal = committed(officer, section)
    early = Decision("函", date(2026, 11, 19), upload("早"))

    with pytest.raises(DayOutOfOrder):
        proposals.approve_application(
            actor=dispatcher, application_id=proposal.application_id, decision=early, today=TODAY
        )
    with pytest.raises(PermissionDenied):
        proposals.approve_application(
            actor=section,
            application_id=proposal.application_id,
            decision=replace(early, decided_on=TODAY),
            today=TODAY,
        )


def test_a_refusal_gives_the_quota_back(officer: User, section: User, dispatcher: User) -> None:
    proposal = committed(officer, section)

    done = proposals.refuse_application(
        actor=dispatcher,
        application_id=proposal.application_id,
        decision=Decision("府办函", TODAY, upload("答复")),
        reason="项目暂缓",
        today=TODAY,
    )

    assert (done.state, done.answer_reason) == ("REFUSED", "项目暂缓")
    left = Account.objects.get(place="AVAILABLE", holder__code=STATE, owner__code="522725")
    assert left.balance == 60_000


def test_hook_up_waits_for_the_agreement(officer: User, section: User, dispatcher: User) -> None:
    with pytest.raises(AgreementMissing):
        proposals.hook_up(
            actor=section,
            proposal_id=approved(officer, section, dispatcher).pk,
            report_no="报件1",
            today=TODAY,
        )


def test_hook_up_says_who_lacks_how_much_and_then_writes_off(
    officer: User, section: User, dispatcher: User
) -> None:
    proposal = agreed(officer, section, dispatcher)
    pay(section, proposal, voucher(STATE, "9120000.00"), voucher("522725", "4000000", "PZ-2"))

    with pytest.raises(NotPaid) as refused:
        proposals.hook_up(actor=section, proposal_id=proposal.pk, report_no="报件1", today=TODAY)
    assert refused.value.facts == {"瓮安县": Decimal("104000.00")}
    pay(section, proposal, voucher("522725", "104000", "PZ-3"))
    done = proposals.hook_up(actor=section, proposal_id=proposal.pk, report_no="报件1", today=TODAY)

    assert (done.state, done.hooked_up_on) == ("HOOKED_UP", TODAY)
    assert selectors.coverage_of_project(project_id=done.application.project_id).is_posted
    assert done.payment_deadline is not None
    done.payment_deadline.refresh_from_db()
    assert done.payment_deadline.state == Deadline.State.MET
    assert selectors.prove_ledger().is_sound


def test_money_that_came_in_time_and_was_typed_late_is_in_time(
    officer: User, section: User, dispatcher: User
) -> None:
    proposal = agreed(officer, section, dispatcher)
    paid_on, typed_on = TODAY + timedelta(days=3), TODAY + timedelta(days=90)
    given = [voucher(STATE, "9120000"), replace(voucher("522725", "4104000", "PZ-2"), paid_on=paid_on)]

    for one in given:
        proposals.record_payment(actor=section, proposal_id=proposal.pk, voucher=one, today=typed_on)

    clock = Proposal.objects.get(pk=proposal.pk).payment_deadline
    assert clock is not None
    assert clock.due_on is not None
    assert (clock.state, clock.stopped_on) == (Deadline.State.MET, paid_on)
    assert paid_on <= clock.due_on < typed_on


def test_own_quota_is_free_and_each_payee_is_owed_to_the_cent(
    officer: User, section: User, dispatcher: User
) -> None:
    proposal = agreed(officer, section, dispatcher)

    assert [(row.organisation.code, row.due, row.lacking) for row in payees_of(proposal)] == [
        (STATE, Decimal("9120000.00"), Decimal("9120000.00")),
        ("522725", Decimal("4104000.00"), Decimal("4104000.00")),
    ]
    assert [(row.organisation.code, row.lacking) for row in settlement(actor=section, year=2026)] == [
        (STATE, Decimal("9120000.00")),
        ("522725", Decimal("4104000.00")),
    ]


def test_no_payment_beyond_what_is_owed_nor_twice_with_one_voucher(
    officer: User, section: User, dispatcher: User
) -> None:
    proposal = agreed(officer, section, dispatcher)
    with pytest.raises(PaymentRefused) as refused:
        pay(section, proposal, voucher(STATE, "9120000.01"))
    assert refused.value.facts == {"lacking": Decimal("9120000.00")}
    with pytest.raises(PaymentRefused):
        pay(section, proposal, voucher("522701", "1"))
    pay(section, proposal, voucher(STATE, "10"))
    with pytest.raises(PaymentRefused, match="已登记过"):
        pay(section, proposal, replace(voucher(STATE, "10"), upload=upload("另一份")))


def test_a_payment_before_the_agreement_is_refused(officer: User, section: User, dispatcher: User) -> None:
    with pytest.raises(AgreementMissing):
        pay(section, approved(officer, section, dispatcher), voucher(STATE, "10"))


def test_a_returned_application_cannot_be_committed(officer: User, section: User) -> None:
    from quotas.services.applications import return_application

    proposal = drafted(officer, section)
    return_application(actor=section, application_id=proposal.application_id, reason="补充材料", today=TODAY)

    with pytest.raises(ApplicationOutOfOrder):
        commit(section, proposal)


def test_the_database_keeps_out_a_committed_scheme_without_quota(officer: User, section: User) -> None:
    proposal = committed(officer, section)

    with pytest.raises(IntegrityError, match="quota_proposal_committed_holds_quota"), transaction.atomic():
        Proposal.objects.create(
            application=proposal.application,
            policy=proposal.policy,
            made_on=TODAY,
            made_by=section,
            reason="再",
            state="COMMITTED",
            reservation=None,
            committed_on=TODAY,
            fingerprint="x",
        )


def test_a_part_of_a_hectare_is_rounded_once(officer: User, section: User) -> None:
    stock(STATE, 3_333)
    price(AREA, date(2026, 10, 1), "100000.1234", "奇数", by=section)
    project = provincial_project(land={"total_m2": 9_000, "arable_m2": 3_333})
    application = submitted(officer, project, farmland_request(3_333, 3_333))

    proposal = proposals.draft_proposal(
        actor=section, application_id=application.pk, reason="缺口", today=TODAY
    )

    [line] = proposal.lines.all()
    assert line.yuan == rules.amount_due(instrument=AREA, amount=3_333, price=Decimal("100000.12"))


def test_a_struck_payment_lacks_again_and_its_voucher_may_be_entered_anew(
    officer: User, section: User, dispatcher: User
) -> None:
    proposal = agreed(officer, section, dispatcher)
    wrong, _ = pay(section, proposal, voucher(STATE, "9120000"), voucher("522725", "4104000", "PZ-2"))

    with pytest.raises(ReasonNeeded):
        proposals.strike_payment(actor=section, payment_id=wrong.pk, reason=" ", today=TODAY)
    proposals.strike_payment(actor=section, payment_id=wrong.pk, reason="凭证有误", today=TODAY)

    with pytest.raises(NotPaid):
        proposals.hook_up(actor=section, proposal_id=proposal.pk, report_no="报件1", today=TODAY)
    clock = Proposal.objects.get(pk=proposal.pk).payment_deadline
    assert clock is not None
    assert clock.state == Deadline.State.RUNNING
    pay(section, proposal, replace(voucher(STATE, "9120000"), upload=upload("更正")))
    assert proposals.hook_up(
        actor=section, proposal_id=proposal.pk, report_no="报件1", today=TODAY
    ).hooked_up_on


def test_a_refusal_after_the_hold_has_expired_gives_nothing_back_twice(
    officer: User, section: User, dispatcher: User
) -> None:
    proposal = committed(officer, section)
    later = date(2027, 7, 1)
    reservations.expire(today=later)

    done = proposals.refuse_application(
        actor=dispatcher,
        application_id=proposal.application_id,
        decision=Decision("府办函", later, upload("答复")),
        reason="逾期",
        today=later,
    )

    assert done.state == "REFUSED"
    assert selectors.prove_ledger().is_sound
