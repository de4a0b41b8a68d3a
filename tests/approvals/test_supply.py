"""Supply of land: the contract's promises, instalments, patrols, and idle land."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from approvals.errors import DayOutOfOrder, SupplyKnown, SupplyOutOfOrder
from approvals.models import IdleLandSetting, Patrol, Supply
from approvals.services.supply import (
    Contract,
    IdleTermsGiven,
    ParcelPlan,
    Sight,
    change_supply,
    plan_payment,
    plan_supply,
    record_patrol,
    set_idle_terms,
    settle_payment,
    sign_contract,
)
from approvals.supply_selectors import (
    Speed,
    idle_terms,
    read_supply,
    speed_to_start,
    speed_to_use,
    supply_list,
)
from core.dated import SettingOutOfOrder
from deadlines.models import Deadline
from projects.models import ProjectCourse
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
PLAN = ParcelPlan("2024-8号地块", "LISTING", 30_000, "工业用地")


@pytest.fixture(autouse=True)
def _office_day() -> Iterator[None]:
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def parcel(officer: User) -> Supply:
    return plan_supply(actor=officer, project_id=ProjectFactory().pk, plan=PLAN, today=TODAY)


def contract(**changes: object) -> Contract:
    return Contract(
        **{
            "signed_on": date(2025, 3, 3),
            "contract_no": "522701-2025-A-0012",
            "user_name": "都匀建设公司",
            "start_by": date(2025, 10, 9),
            "finish_by": date(2030, 10, 9),
            "price_yuan": Decimal(6_000_000),
        }
        | changes
    )  # type: ignore[arg-type]


def signed(actor: User, parcel: Supply, **changes: object) -> Supply:
    return sign_contract(actor=actor, supply_id=parcel.pk, contract=contract(**changes), today=TODAY)


def patrol(actor: User, parcel: Supply, **facts: object) -> Patrol:
    sight = Sight(**{"seen_on": TODAY, "finding": "现场无施工"} | facts)  # type: ignore[arg-type]
    return record_patrol(actor=actor, supply_id=parcel.pk, sight=sight, today=TODAY)


def state_of(actor: User) -> str:
    row = supply_list(actor=actor).get()
    return read_supply(row, terms=idle_terms(TODAY), today=TODAY).idle.state


def test_a_contract_makes_promises_of_its_days(officer: User, parcel: Supply) -> None:
    row = signed(officer, parcel, supervision_no="5227012025b00123")

    assert row.start_deadline is not None
    assert row.finish_deadline is not None
    assert (row.start_deadline.due_on, row.finish_deadline.due_on) == (row.start_by, row.finish_by)
    assert row.start_deadline.dependent_is_open
    assert row.supervision_no == "5227012025B00123"
    first = row.start_deadline_id
    again = signed(officer, parcel, start_by=date(2026, 3, 3))
    assert Deadline.objects.get(pk=first).state == Deadline.State.CANCELLED
    assert again.start_deadline is not None
    assert again.start_deadline.due_on == date(2026, 3, 3)


def test_a_contract_stands_among_the_projects_documents(officer: User, parcel: Supply) -> None:
    row = signed(officer, parcel, supervision_no="5227012025b00123")
    assert row.document is not None
    assert (row.document.kind, row.document.number) == ("CONTRACT", "522701-2025-A-0012")
    assert row.document.supervision_no == "5227012025B00123"
    assert (row.document.issuer, row.document.areas.get().approved_total_m2) == ("都匀市自然资源局", 30_000)

    # A second parcel under the same number adds its land; a correction follows into the document.
    plan = ParcelPlan("2024-9号地块", "LISTING", 5_000, "工业用地")
    other = plan_supply(actor=officer, project_id=parcel.project_id, plan=plan, today=TODAY)
    assert signed(officer, other, supervision_no="5227012025b00123").document == row.document
    assert row.document.areas.get().approved_total_m2 == 35_000
    signed(officer, parcel, signed_on=date(2025, 3, 4), supervision_no="5227012025b00123")
    row.document.refresh_from_db()
    assert row.document.decided_on == date(2025, 3, 4)
    assert row.document.areas.get().approved_total_m2 == 35_000

    given = ParcelPlan("2024-10号地块", "ALLOCATION", 800, "公园")
    park = plan_supply(actor=officer, project_id=parcel.project_id, plan=given, today=TODAY)
    allocated = signed(officer, park, contract_no="匀府划〔2025〕3号", price_yuan=None)
    assert allocated.document is not None
    assert (allocated.document.kind, allocated.document.issuer) == ("ALLOCATION", "都匀市人民政府")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"start_by": date(2025, 3, 3)}, DayOutOfOrder),
        ({"finish_by": date(2025, 10, 8)}, DayOutOfOrder),
        ({"signed_on": date(2026, 11, 21)}, DayOutOfOrder),
        ({"price_yuan": None}, SupplyOutOfOrder),
    ],
)
def test_an_odd_contract_is_refused(
    officer: User, parcel: Supply, changes: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        signed(officer, parcel, **changes)


def test_a_parcel_is_on_record_once_and_is_its_countys(
    officer: User, stranger: User, leader: User, parcel: Supply
) -> None:
    with pytest.raises(SupplyKnown):
        plan_supply(actor=officer, project_id=parcel.project_id, plan=PLAN, today=TODAY)
    with pytest.raises(Supply.DoesNotExist):
        change_supply(actor=stranger, supply_id=parcel.pk, plan=PLAN, today=TODAY)
    with pytest.raises(PermissionDenied):
        change_supply(actor=leader, supply_id=parcel.pk, plan=PLAN, today=TODAY)
    assert change_supply(actor=officer, supply_id=parcel.pk, plan=PLAN, today=TODAY).pk == parcel.pk


def test_the_price_comes_in_instalments(officer: User, parcel: Supply) -> None:
    more = {"actor": officer, "supply_id": parcel.pk, "today": TODAY}
    with pytest.raises(SupplyOutOfOrder):
        plan_payment(amount_yuan=Decimal(1), due_on=date(2025, 4, 3), **more)  # type: ignore[arg-type]
    signed(officer, parcel)
    first = plan_payment(amount_yuan=Decimal(3_000_000), due_on=date(2025, 4, 3), **more)  # type: ignore[arg-type]

    with pytest.raises(SupplyOutOfOrder) as much:
        plan_payment(amount_yuan=Decimal(3_000_001), due_on=date(2026, 3, 3), **more)  # type: ignore[arg-type]
    settle_payment(number=1, paid_on=date(2025, 4, 2), voucher="P-1", **more)  # type: ignore[arg-type]

    assert much.value.facts == {"left_yuan": Decimal(3_000_000)}
    assert first.deadline_id is not None
    assert Deadline.objects.get(pk=first.deadline_id).state == Deadline.State.MET
    with pytest.raises(SupplyOutOfOrder):
        settle_payment(number=1, paid_on=date(2025, 4, 2), voucher="P-1", **more)  # type: ignore[arg-type]


def test_land_without_a_start_is_in_alarm_and_found(client: Client, officer: User, parcel: Supply) -> None:
    signed(officer, parcel)
    other = plan_supply(
        actor=officer,
        project_id=parcel.project_id,
        plan=ParcelPlan("2026-1号地块", "ALLOCATION", 1, "公园"),
        today=TODAY,
    )
    client.force_login(officer)

    page = client.get(reverse("approvals:supply", args=[parcel.pk])).content.decode()
    alarm = client.get(reverse("approvals:supplies"), {"alarm": "1"}).context["page"]

    assert "涉嫌闲置" in page
    assert "1,200,000.00" in page
    assert [row.pk for row in alarm] == [parcel.pk]
    # S3-12: the agreed start has passed; a start after it, in a year past, is no longer counted.
    listed = client.get(reverse("approvals:supplies"), {"delayed": "1"}).context
    assert [row.pk for row in listed["page"]] == [parcel.pk]
    assert [(kpi.label, kpi.value) for kpi in listed["kpis"][:2]] == [("延缓开工", 1), ("2026 年约定开工", 0)]
    patrol(officer, parcel, started_on=date(2025, 11, 3))
    assert list(client.get(reverse("approvals:supplies"), {"delayed": "1"}).context["page"]) == []
    assert other.pk not in {row.pk for row in alarm}


def test_a_patrol_tells_the_state_and_ends_the_promises(officer: User, parcel: Supply) -> None:
    with pytest.raises(SupplyOutOfOrder):
        patrol(officer, parcel)
    row = signed(officer, parcel)

    patrol(officer, parcel, cause="GOVERNMENT")
    assert state_of(officer) == "EXCUSED"
    patrol(officer, parcel, started_on=date(2025, 9, 1), developed_m2=9_000, stopped_on=date(2025, 11, 3))
    assert state_of(officer) == "IDLE"
    assert Deadline.objects.get(pk=row.start_deadline_id).state == Deadline.State.MET
    with pytest.raises(SupplyOutOfOrder):
        patrol(officer, parcel, finished_on=date(2025, 8, 31))
    patrol(officer, parcel, finished_on=date(2026, 11, 2))
    assert state_of(officer) == "FINISHED"
    assert Deadline.objects.get(pk=row.finish_deadline_id).state == Deadline.State.MET


def test_odd_days_of_payments_and_visits_are_refused(officer: User, parcel: Supply) -> None:
    more = {"actor": officer, "supply_id": parcel.pk, "today": TODAY}
    signed(officer, parcel)
    tomorrow = date(2026, 11, 21)
    with pytest.raises(DayOutOfOrder):
        plan_payment(amount_yuan=Decimal(1), due_on=date(2025, 3, 3), **more)  # type: ignore[arg-type]
    plan_payment(amount_yuan=Decimal(1), due_on=date(2025, 4, 3), **more)  # type: ignore[arg-type]
    for paid_on in (date(2025, 3, 2), tomorrow):
        with pytest.raises(DayOutOfOrder):
            settle_payment(number=1, paid_on=paid_on, voucher="", **more)  # type: ignore[arg-type]
    for name in ("seen_on", "started_on", "stopped_on", "finished_on"):
        with pytest.raises(DayOutOfOrder):
            patrol(officer, parcel, **{name: tomorrow})
    with pytest.raises(SupplyOutOfOrder):
        patrol(officer, parcel, started_on=date(2025, 3, 2))
    patrol(officer, parcel, started_on=date(2025, 10, 1))
    with pytest.raises(SupplyOutOfOrder):
        signed(officer, parcel)


def test_the_database_keeps_contracts_whole_and_patrols_as_seen(officer: User, parcel: Supply) -> None:
    signed(officer, parcel)
    patrol(officer, parcel)

    with pytest.raises(IntegrityError), transaction.atomic():
        Supply.objects.filter(pk=parcel.pk).update(contract_no="")
    with pytest.raises(InternalError), transaction.atomic():
        Patrol.objects.update(finding="在建")


def test_the_terms_of_idle_land_are_dated(officer: User, dispatcher: User) -> None:
    terms = IdleTermsGiven(18, 24, 1, 3, 25, 20, 30, 90, "新办法")

    set_idle_terms(actor=dispatcher, effective_from=date(2026, 12, 1), terms=terms)

    assert idle_terms(TODAY).idle_months == 12
    assert idle_terms(date(2026, 12, 1)).idle_months == 18
    with pytest.raises(SettingOutOfOrder):
        set_idle_terms(actor=dispatcher, effective_from=date(2026, 12, 1), terms=terms)
    with pytest.raises(PermissionDenied):
        set_idle_terms(actor=officer, effective_from=date(2027, 1, 1), terms=terms)
    with pytest.raises(IntegrityError), transaction.atomic():
        IdleLandSetting.objects.update(recovery_months=6)


def test_pages_and_api_record_the_same_supply(client: Client, officer: User, parcel: Supply) -> None:
    client.force_login(officer)
    body = {
        "signed_on": "2025-03-03",
        "contract_no": "522701-2025-A-0012",
        "user_name": "都匀建设公司",
        "start_by": "2025-10-09",
        "finish_by": "2027-10-09",
    }
    page = reverse("approvals:supply-contract", args=[parcel.pk])

    refused = client.post(page, body)
    stored = client.post(page, {**body, "price_yuan": "6000000"})
    answer = client.post(
        f"/api/v1/supplies/{parcel.pk}/patrol/",
        {"seen_on": "2026-11-19", "finding": "未动工"},
        content_type="application/json",
    )

    assert (refused.status_code, stored.status_code) == (422, 302)
    assert "须填价款" in refused.content.decode()
    assert answer.status_code == 200, answer.content
    assert answer.json()["idle"]["state"] == "IDLE"
    assert answer.json()["idle"]["fee_yuan"] == "1200000.00"
    assert "2024-8号地块" in client.get(f"/projects/{parcel.project_id}/?tab=supply").content.decode()
    assert client.get(reverse("approvals:supplies-export")).content[:2] == b"PK"


def test_how_soon_work_and_use_begin_is_counted_over_the_parcels_of_the_year(
    client: Client, officer: User, parcel: Supply
) -> None:
    contract = {
        "user_name": "甲公司",
        "signed_on": date(2026, 3, 2),
        "start_by": date(2026, 6, 1),
        "finish_by": date(2027, 6, 1),
    }
    Supply.objects.filter(pk=parcel.pk).update(
        contract_no="1", started_on=date(2026, 3, 12), finished_on=date(2026, 9, 1), **contract
    )
    parcels = Supply.objects.visible_to(officer)
    ProjectCourse.objects.update_or_create(
        project=parcel.project, defaults={"effect_on": date(2026, 9, 8), "updated_by": officer}
    )
    other = plan_supply(
        actor=officer,
        project_id=parcel.project_id,
        plan=ParcelPlan("2026-2号地块", "ALLOCATION", 1, "公园"),
        today=TODAY,
    )
    Supply.objects.filter(pk=other.pk).update(contract_no="2", started_on=date(2026, 3, 17), **contract)

    assert speed_to_start(parcels, year=2026) == Speed(2, Decimal("12.5"), 10, 15)
    assert speed_to_use(parcels, year=2026) == Speed(1, Decimal("7.0"), 7, 7)
    assert speed_to_start(parcels, year=2025) == Speed(0, None, None, None)
    client.force_login(officer)
    page = client.get(reverse("approvals:supplies"), {"begun": "2026"})
    assert "12.5" in page.content.decode()
    assert {row.pk for row in page.context["page"]} == {parcel.pk, other.pk}
