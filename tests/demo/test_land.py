"""What the demo records of land: permits and contracts where the steps have come so far, else nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import User
from approvals.models import (
    Batch,
    Expropriation,
    LandDocument,
    LandThrift,
    Matter,
    Patrol,
    Step,
    Supply,
    SupplyPayment,
)
from approvals.services.decisions import decide_step
from demo.land import record_land
from demo.matters import record_matters
from tests.approvals.scenes import accepted, opened, without_gates

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
SIGNED = date(2026, 11, 5)


def decided(step: Step, actor: User, doc_no: str = "") -> None:
    accepted(step, actor)
    decide_step(step_id=step.pk, decided_on=SIGNED, result="完成", doc_no=doc_no, actor=actor, today=TODAY)


def test_what_was_sold_is_paid_in_part_and_visited_and_what_was_allocated_has_no_price(
    dispatcher: User, section: User, officer: User
) -> None:
    without_gates()
    land = {"total_m2": 30_000}
    sold, steps = opened(dispatcher, track="batch", land=land, owner_unit="都匀工业园区开发有限公司")
    decided(steps["G04"], dispatcher)
    decided(steps["X01"], dispatcher, "地字〔2026〕12号")
    given, steps = opened(dispatcher, track="single_site", land=land)
    decided(steps["G02"], dispatcher)
    decided(steps["X01"], dispatcher, "地字〔2026〕13号")

    record_land(section=section, county={"522701": officer}, today=TODAY)

    auction, allocation = Supply.objects.order_by("pk")
    assert (auction.project, auction.way, auction.signed_on) == (sold, "AUCTION", SIGNED)
    assert (allocation.project, allocation.way, allocation.price_yuan) == (given, "ALLOCATION", None)
    assert [row.paid_on is None for row in SupplyPayment.objects.order_by("number")] == [False, True]
    assert sum(row.amount_yuan for row in SupplyPayment.objects.all()) == auction.price_yuan
    assert Patrol.objects.get().supply == auction
    permits = LandDocument.objects.filter(kind="WORKS_PERMIT")
    assert [row.floor_area_m2 for row in permits] == [Decimal("18411.00")] * 2
    assert LandDocument.objects.filter(kind="LAND_PERMIT").exclude(supervision_no="").count() == 2


def test_counties_ask_and_are_answered_and_some_reviews_miss_a_standard(
    dispatcher: User, section: User, officer: User
) -> None:
    opened(dispatcher, land={"total_m2": 30_000})

    record_matters(section=section, county={"522701": officer}, today=TODAY)

    kinds = {row.kind: row for row in Matter.objects.all()}
    assert set(kinds) == {"QUESTION", "SUPPORT", "VILLAGE_NOTICE", "PUBLICATION"}
    assert kinds["QUESTION"].published_on == TODAY
    assert kinds["PUBLICATION"].is_open
    assert LandThrift.objects.get().office_m2 == 1_500


def test_a_prefecture_whose_projects_have_come_nowhere_gets_nothing(
    dispatcher: User, section: User, officer: User
) -> None:
    opened(dispatcher)

    record_land(section=section, county={"522701": officer}, today=TODAY)

    for model in (LandDocument, Batch, Expropriation, Supply):
        assert not model.objects.exists()
