"""What the pool's services refuse and no story of theirs tells: each asked once, nothing written."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import User
from audit.models import Entry
from core.dated import SettingOutOfOrder
from core.errors import DomainError
from quotas import rules
from quotas.errors import (
    ApplicationOutOfOrder,
    BookingIncomplete,
    BookingInFuture,
    DayOutOfOrder,
    DeductionRefused,
    EntryRefused,
    LinkRefused,
    NotReservable,
    NotReversible,
    PaperMissing,
    PolicyMissing,
    PricesRefused,
    ProposalOutOfOrder,
    ReasonNeeded,
    ShortfallNotAccepted,
    StageOutOfOrder,
)
from quotas.models import Booking, ChecklistItem, Consolidation, Reservation, ReviewSetting, TransferOut
from quotas.selectors.applications import review_setting
from quotas.selectors.pools import policy_on
from quotas.selectors.proposing import payees_of
from quotas.services import application_settings as settings
from quotas.services import (
    applications,
    bookings,
    county_books,
    deductions,
    prices,
    proposals,
    reservations,
    supply,
    supply_links,
    terms,
)
from quotas.services.applications import Request, Wanted
from quotas.services.bookings import Sheet
from quotas.services.county_books import Voucher
from quotas.services.proposals import Decision
from quotas.services.supply import ConsolidationFacts
from quotas.services.supply_links import LinkFacts
from tests.factories import ProjectFactory, UserFactory, organisation
from tests.quotas import scenes
from tests.quotas.scenes import AREA, PLAN, TODAY
from tests.quotas.test_books import TODAY as LATE_DAY
from tests.quotas.test_books import late_reservation

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)
SHEET = Sheet(reason="文件下达", occurred_on=TODAY, document_no="黔府函〔2026〕1号")
VOUCHER = Voucher(occurred_on=TODAY, reason="规划下达", document_no="黔自然资函〔2026〕9号")
Ask = Callable[[], object]


@pytest.fixture(autouse=True)
def _office_day() -> Iterator[None]:
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


def refuse(*asked: tuple[type[DomainError], str, Ask]) -> None:
    """Each is refused with its own words, and nothing is written down."""
    before = Entry.objects.count()
    for error, words, ask in asked:
        with pytest.raises(error, match=words):
            ask()
    assert Entry.objects.count() == before


def test_applications_refuse_what_is_no_lawful_request(officer: User, dispatcher: User) -> None:
    draft = scenes.draft(officer)
    nowhere = UserFactory(role=User.Role.COUNTY, organisation=organisation("522700-ZRZY"))
    plan_item = ChecklistItem.objects.filter(pool=rules.Pool.PLAN, effective_to__isnull=True).first()
    assert plan_item is not None

    def change(*lines: Wanted) -> Ask:
        request = Request(lines=list(lines), statement="缺口")
        return lambda: applications.change_application(
            actor=officer, application_id=draft.pk, request=request
        )

    refuse(
        (
            ApplicationOutOfOrder,
            "由县（市）申请",
            lambda: applications.draft_application(
                actor=nowhere,
                project_id=draft.project_id,
                pool=rules.Pool.FARMLAND,
                request=scenes.farmland_request(),
                today=TODAY,
            ),
        ),
        (ApplicationOutOfOrder, "没有填写申请数量", change(Wanted(AREA, 5, 0))),
        (ApplicationOutOfOrder, "只能申请一个调节池", change(Wanted(PLAN, 5, 5))),
        (ApplicationOutOfOrder, "大于项目需求", change(Wanted(AREA, 5, 6))),
        (
            ApplicationOutOfOrder,
            "不属于本调节池",
            lambda: applications.attach_material(
                actor=officer,
                application_id=draft.pk,
                item=plan_item,
                upload=scenes.upload("报告"),
                today=TODAY,
            ),
        ),
        (
            ReasonNeeded,
            "撤回须写明理由",
            lambda: applications.withdraw_application(
                actor=officer, application_id=draft.pk, reason=" ", today=TODAY
            ),
        ),
        (
            DayOutOfOrder,
            "批准日期不能晚于",
            lambda: applications.check_day(TOMORROW, today=TODAY, not_before=None, called="批准日期"),
        ),
        (
            SettingOutOfOrder,
            "不用再停用",
            lambda: settings.revise_item(
                actor=dispatcher, pool=rules.Pool.PLAN, code="none", item=None, effective_from=TODAY
            ),
        ),
    )


def test_a_scheme_goes_from_step_to_step_once_and_in_words(
    officer: User, section: User, dispatcher: User
) -> None:
    proposal = scenes.agreed(officer, section, dispatcher)
    payee = next(row.organisation for row in payees_of(proposal) if row.lacking)
    payment = proposals.record_payment(
        actor=section,
        proposal_id=proposal.pk,
        voucher=proposals.Voucher(payee.pk, "PZ-1", Decimal(1), TODAY, scenes.upload("凭证")),
        today=TODAY,
    )
    proposals.strike_payment(actor=section, payment_id=payment.pk, reason="金额有误", today=TODAY)
    struck = scenes.price(AREA, date(2026, 10, 12), "1", "重号", by=section)
    prices.strike_price(actor=section, price_id=struck.pk, reason="重复")

    refuse(
        (
            ProposalOutOfOrder,
            "已登记",
            lambda: proposals.record_agreement(
                actor=section,
                proposal_id=proposal.pk,
                number="2",
                agreed_on=TODAY,
                upload=scenes.upload("协议"),
                today=TODAY,
            ),
        ),
        (
            ProposalOutOfOrder,
            "缴款已作废",
            lambda: proposals.strike_payment(
                actor=section, payment_id=payment.pk, reason="再作废", today=TODAY
            ),
        ),
        (
            ReasonNeeded,
            "用地报件编号",
            lambda: proposals.hook_up(actor=section, proposal_id=proposal.pk, report_no=" ", today=TODAY),
        ),
        (
            PricesRefused,
            "已作废",
            lambda: prices.strike_price(actor=section, price_id=struck.pk, reason="再"),
        ),
    )


def test_a_refusal_names_its_reason_and_a_forbidden_shortfall_stays_forbidden(
    officer: User, section: User, dispatcher: User
) -> None:
    proposal = scenes.committed(officer, section)
    waiting = scenes.submitted(officer)

    refuse(
        (
            ReasonNeeded,
            "方案须写明调剂理由",
            lambda: proposals.draft_proposal(
                actor=section, application_id=waiting.pk, reason=" ", today=TODAY
            ),
        ),
        (
            ReasonNeeded,
            "未批准须写明理由",
            lambda: proposals.refuse_application(
                actor=dispatcher,
                application_id=proposal.application_id,
                reason=" ",
                decision=Decision("黔南府函〔2026〕32号", TODAY, scenes.upload("函")),
                today=TODAY,
            ),
        ),
        (
            ShortfallNotAccepted,
            "不允许部分满足",
            lambda: proposals._check_confirmed({AREA: 5}, is_allowed=False, is_accepted=True),
        ),
    )


def test_bookings_and_reservations_refuse_what_is_not_theirs(section: User, dispatcher: User) -> None:
    county = organisation("522701")
    year_end = Booking(kind=Booking.Kind.YEAR_END)
    transfer = TransferOut(pk=0)

    refuse(
        (
            BookingIncomplete,
            "转让方",
            lambda: bookings.record_purchase(
                actor=section,
                county=county,
                amounts={AREA: 5},
                seller=" ",
                amount_yuan=Decimal(1),
                sheet=SHEET,
                today=TODAY,
            ),
        ),
        (
            NotReversible,
            "年末结转",
            lambda: bookings.reverse_booking(actor=dispatcher, booking=year_end, sheet=SHEET, today=TODAY),
        ),
        (NotReservable, "没有要预占", lambda: reservations._gathered(rules.Pool.SCALE, [])),
        (
            BookingInFuture,
            "晚于今天",
            lambda: terms.complete_transfer_out(
                actor=section, transfer_id=transfer.pk, completed_on=TOMORROW, document_no="1", today=TODAY
            ),
        ),
        (
            PaperMissing,
            "调出方案文号",
            lambda: terms.complete_transfer_out(
                actor=section, transfer_id=transfer.pk, completed_on=TODAY, document_no=" ", today=TODAY
            ),
        ),
    )


def test_the_pipeline_only_goes_forward_and_its_links_are_whole(dispatcher: User) -> None:
    facts = ConsolidationFacts(
        name="玉山镇整治", county=organisation("522725"), area_m2=100_000, grain_kg=500, record_no="GZ-1"
    )
    row = supply.enter_consolidation(
        actor=dispatcher, facts=facts, stage="FILED", stage_on=TODAY, today=TODAY
    )
    other = supply.enter_consolidation(
        actor=dispatcher, facts=replace(facts, record_no="GZ-2"), stage="FILED", stage_on=TODAY, today=TODAY
    )
    stopped = supply.enter_consolidation(
        actor=dispatcher, facts=replace(facts, record_no=""), stage="STOPPED", stage_on=TODAY, today=TODAY
    )
    project = ProjectFactory(organisation=organisation("522725"))

    def move(to: str = "FILED", on: date = TODAY, which: Consolidation = row, **more: object) -> Ask:
        return lambda: supply.move_on(
            actor=dispatcher,
            consolidation_id=which.pk,
            facts=replace(facts, **more),
            stage=to,
            stage_on=on,
            today=TODAY,
        )

    def link(on: date = TODAY, which: Consolidation = row, **amounts: int) -> Ask:
        return lambda: supply_links.link_supply(
            actor=dispatcher,
            consolidation_id=which.pk,
            project_id=project.pk,
            facts=LinkFacts(**{"area_m2": 1, **amounts}),
            linked_on=on,
            today=TODAY,
        )

    refuse(
        (StageOutOfOrder, "不能再登记进度", move(which=stopped)),
        (StageOutOfOrder, "不能退回", move("BUILDING")),
        (StageOutOfOrder, "早于上一阶段", move(on=date(2026, 1, 1))),
        (StageOutOfOrder, "晚于今天", move(on=TOMORROW)),
        (StageOutOfOrder, "合作协议编号", move(state_share=Decimal("0.5"))),
        (StageOutOfOrder, "已登记在另一个项目", move(which=other)),
        (LinkRefused, "晚于今天", link(on=TOMORROW)),
        (LinkRefused, "已终止", link(which=stopped)),
        (LinkRefused, "请填写挂钩数量", link(area_m2=0)),
        (LinkRefused, "水田不大于耕地", link(paddy_m2=2)),
    )
    made = link()()
    assert isinstance(made, supply_links.SupplyLink)
    refuse(
        (
            LinkRefused,
            "解除挂钩须写明理由",
            lambda: supply_links.release_link(actor=dispatcher, link_id=made.pk, reason=" ", today=TODAY),
        ),
    )


def test_the_county_books_take_only_what_is_theirs_and_said_in_words(dispatcher: User) -> None:
    county = organisation("522725")
    key = uuid.uuid4()
    row = supply.enter_consolidation(
        actor=dispatcher,
        facts=ConsolidationFacts(name="玉山镇整治", county=county, area_m2=100_000, grain_kg=500),
        stage="FILED",
        stage_on=TODAY,
        today=TODAY,
    )
    Consolidation.objects.filter(pk=row.pk).update(stage="STOCKED")

    def enter(
        act: str = "GRANTED", amount: int = 5, voucher: Voucher = VOUCHER, book: str = "PLAN_NEW"
    ) -> Ask:
        return lambda: county_books.enter(
            actor=dispatcher, book=book, act=act, county=county, amount=amount, voucher=voucher, today=TODAY
        )

    enter(voucher=replace(VOUCHER, key=key))()
    refuse(
        (EntryRefused, "不登记这类记录", enter(act="SPENT")),
        (EntryRefused, "不登记这类记录", enter(act="GRANTED", book="FUND")),
        (EntryRefused, "没有填写数量", enter(amount=0)),
        (EntryRefused, "晚于今天", enter(voucher=replace(VOUCHER, occurred_on=TOMORROW))),
        (EntryRefused, "事由和依据文号", enter(voucher=replace(VOUCHER, reason=" "))),
        (EntryRefused, "事由和依据文号", enter(voucher=replace(VOUCHER, document_no=" "))),
        (EntryRefused, "另一笔记录", enter(amount=6, voucher=replace(VOUCHER, key=key))),
        (
            EntryRefused,
            "无需拨付",
            lambda: county_books.settle_fund(
                actor=dispatcher,
                consolidation_id=row.pk,
                fee=Decimal(0),
                cost=Decimal(0),
                voucher=VOUCHER,
                today=TODAY,
            ),
        ),
    )


def test_dated_settings_only_grow_forwards_and_a_day_before_all_has_none(dispatcher: User) -> None:
    county = organisation("522725")
    review = settings.Review("", ("522700-CZJ",), 5, 5, 5, "")
    newest = ReviewSetting.objects.order_by("-effective_from").first()
    assert newest is not None

    def account(on: date) -> Ask:
        return lambda: prices.set_fiscal_account(
            actor=dispatcher, organisation=county, title="财政局", bank="农行", number="1", effective_from=on
        )

    account(TODAY)()
    refuse(
        (SettingOutOfOrder, "最新一版", account(TODAY)),
        (
            SettingOutOfOrder,
            "最新一版",
            lambda: settings.set_review(
                actor=dispatcher, effective_from=newest.effective_from, review=review
            ),
        ),
        (PolicyMissing, "审核设置", lambda: review_setting(date(1990, 1, 1))),
        (PolicyMissing, "调节池规则", lambda: policy_on(date(1990, 1, 1))),
    )


def test_only_boundary_scale_is_noted_for_deduction_and_only_by_a_document(dispatcher: User) -> None:
    row = late_reservation(dispatcher)

    def note(document_no: str = "黔自然资函〔2026〕21号") -> Ask:
        return lambda: deductions.note_deduction(
            actor=dispatcher,
            reservation_id=row.pk,
            amount=1,
            cause="FROZEN",
            document_no=document_no,
            today=LATE_DAY,
        )

    refuse((DeductionRefused, "冻结或统筹文号", note(" ")))
    Reservation.objects.filter(pk=row.pk).update(pool=rules.Pool.FARMLAND)
    refuse((DeductionRefused, "只有城镇开发边界规模", note()))
