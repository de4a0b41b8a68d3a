"""A pool with quota in it, and applications on their way, for tests of the pages and services."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import User
from papers.services import Upload
from projects.models import ListScope, Project
from quotas import rules, selectors
from quotas.models import Account, Application, PricePoint, Proposal
from quotas.selectors.applications import checklist
from quotas.services import applications as services
from quotas.services import proposals
from quotas.services.applications import Request, Wanted
from quotas.services.ledger import Transfer, open_accounts, post_movements
from quotas.services.proposals import Decision
from tests.factories import ProjectFactory, organisation
from tests.papers import files

TODAY = date(2026, 11, 20)
AREA, PADDY, GRAIN = (
    rules.Instrument.FARMLAND_AREA,
    rules.Instrument.FARMLAND_PADDY,
    rules.Instrument.FARMLAND_GRAIN,
)
SCALE, PLAN = rules.Instrument.UGB_SCALE, rules.Instrument.ANNUAL_PLAN
STATE = "522700"


def stock(
    owner: str, amount: int, instrument: str = AREA, *, holder: str = STATE, period: int = 0
) -> Account:
    """Put quota of `owner` into the hands of `holder`; the prefecture's hands are the pool."""
    keys = [
        selectors.AccountKey(instrument, place, organisation(code).pk, organisation(owner).pk, period)
        for place, code in (("SOURCE", owner), ("AVAILABLE", holder))
    ]
    accounts = open_accounts(keys)
    kind = "TO_POOL" if holder == STATE else "STOCK_IN"
    transfer = Transfer(kind, accounts[keys[0]], accounts[keys[1]], amount, "测试")
    post_movements([transfer], entered_by=None, occurred_on=TODAY)
    return Account.objects.get(pk=accounts[keys[1]].pk)


def provincial_project(**more: Any) -> Project:
    """A project of 都匀市 that article 11 accepts, with farmland to be made up for."""
    facts = {
        "list_category": ListScope.PROVINCIAL,
        "land": {"total_m2": 200_000, "arable_m2": 50_000, "new_construction_m2": 90_000},
    }
    return ProjectFactory(**{**facts, **more})


def farmland_request(need: int = 50_000, amount: int = 50_000) -> Request:
    return Request(lines=[Wanted(AREA, need, amount)], statement="缺口较大", funding="县财政预算")


def draft(officer: User, project: Project | None = None, request: Request | None = None) -> Application:
    return services.draft_application(
        actor=officer,
        project_id=(project or provincial_project()).pk,
        pool=rules.Pool.FARMLAND,
        request=request or farmland_request(),
        today=TODAY,
    )


def hand_in_papers(officer: User, application: Application) -> None:
    for item in checklist(pool=application.pool, on=TODAY):
        services.attach_material(
            actor=officer,
            application_id=application.pk,
            item=item,
            upload=Upload(name=f"{item.code}.pdf", content=files.pdf(text=item.name)),
            today=TODAY,
        )


def submitted(officer: User, project: Project | None = None, request: Request | None = None) -> Application:
    application = draft(officer, project, request)
    hand_in_papers(officer, application)
    return services.submit_application(actor=officer, application_id=application.pk, today=TODAY)


def price(instrument: str, on: date, yuan: str, reference: str, *, by: User) -> PricePoint:
    return PricePoint.objects.create(
        instrument=instrument,
        traded_on=on,
        price=Decimal(yuan),
        amount=Decimal(100),
        platform="省补充耕地指标交易平台",
        reference=reference,
        entered_by=by,
    )


def upload(text: str) -> Upload:
    return Upload(name="文件.pdf", content=files.pdf(text=text))


def drafted(officer: User, section: User) -> Proposal:
    """3.2 own, 4.0 of the prefecture and 1.8 of 瓮安 for 9 hectares, at 152,000 元/亩."""
    for owner, amount in (("522701", 32_000), (STATE, 40_000), ("522725", 60_000)):
        stock(owner, amount)
    price(AREA, date(2026, 10, 12), "152000", "2026-10-12-01", by=section)
    project = provincial_project(land={"total_m2": 200_000, "arable_m2": 90_000})
    application = submitted(officer, project, farmland_request(90_000, 90_000))
    return proposals.draft_proposal(
        actor=section, application_id=application.pk, reason="县域确有缺口", today=TODAY
    )


def committed(officer: User, section: User) -> Proposal:
    return proposals.commit_proposal(
        actor=section,
        proposal_id=drafted(officer, section).pk,
        accepts_shortfall=False,
        accepts_fallback=False,
        today=TODAY,
    )


def approved(officer: User, section: User, dispatcher: User) -> Proposal:
    proposal = committed(officer, section)
    proposals.approve_application(
        actor=dispatcher,
        application_id=proposal.application_id,
        decision=Decision("黔南府函〔2026〕31号", TODAY, upload("批复")),
        today=TODAY,
    )
    proposal.refresh_from_db()
    return proposal


def agreed(officer: User, section: User, dispatcher: User) -> Proposal:
    proposal = approved(officer, section, dispatcher)
    return proposals.record_agreement(
        actor=section,
        proposal_id=proposal.pk,
        number="流转〔2026〕5号",
        agreed_on=TODAY,
        upload=upload("协议"),
        today=TODAY,
    )
