"""业务统计: items between two days, equal to the rows that they open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from approvals.models import LandDocument, Supply
from approvals.services.documents import AreaFacts, DocumentFacts, record_document, revoke_document
from approvals.statistics import business_statistics, report
from projects.models import AreaAdjustment, Project
from tests.factories import ProjectFactory, UserFactory, organisation
from tests.world import TODAY

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)


@pytest.fixture(autouse=True)
def _office_day() -> Iterator[None]:
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


def document(actor: User, project: Project, kind: str, on: date, number: str, **areas: int) -> LandDocument:
    return record_document(
        actor=actor,
        facts=DocumentFacts(kind=kind, issuer="贵州省人民政府", decided_on=on, number=number),
        areas={project.pk: AreaFacts({"total": areas["total"]}, areas)},
        today=TODAY,
    )


@pytest.fixture
def project(dispatcher: User) -> Project:
    """One county's project with land of the second quarter, and some before and after it."""
    found = ProjectFactory()
    document(dispatcher, found, "LAND", FIRST, "黔府用地函〔2026〕1号", total=183_070, requisition=90_000)
    document(dispatcher, found, "LAND", date(2026, 3, 31), "黔府用地函〔2026〕2号", total=5_000)
    document(dispatcher, found, "REQUISITION", LAST, "黔府用地函〔2026〕3号", total=700, requisition=700)
    document(dispatcher, found, "CONVERSION", LAST, "黔府用地函〔2026〕4号", total=900)
    revoked = document(dispatcher, found, "CONVERSION", LAST, "黔府用地函〔2026〕5号", total=1_000)
    revoke_document(
        actor=dispatcher, document_id=revoked.pk, revoked_on=LAST, reason="原批复有误", today=TODAY
    )
    for number, signed_on in enumerate((date(2026, 5, 6), date(2026, 7, 1)), start=1):
        Supply.objects.create(
            project=found,
            parcel=f"2026-{number}号",
            way="TENDER",
            area_m2=2_000,
            use="工业",
            user_name="甲公司",
            contract_no=str(number),
            signed_on=signed_on,
            start_by=date(2026, 9, 1),
            finish_by=date(2027, 9, 1),
            price_yuan=Decimal("1234567.80"),
            created_by=dispatcher,
        )
    AreaAdjustment.objects.create(
        project=found,
        kind="UGB",
        area_m2=300,
        need="局部优化",
        state=AreaAdjustment.State.APPROVED,
        state_on=date(2026, 6, 1),
        entered_by=dispatcher,
    )
    return found


def test_the_period_counts_what_lies_in_it_and_its_sentence_says_so(
    client: Client, dispatcher: User, project: Project
) -> None:
    rows = {row.label: row for row in business_statistics(actor=dispatcher, first=FIRST, last=LAST)}

    found = {label: (row.number, row.area_m2, row.amount_yuan) for label, row in rows.items() if row.number}
    assert found == {
        "农用地转用（含随批征收）": (2, 183_970, None),
        "土地征收": (2, 90_700, None),
        "规划和限制区调整": (1, 300, None),
        "土地供应": (1, 2_000, Decimal("1234567.80")),
    }
    words = report(list(rows.values()), first=FIRST, last=LAST)
    assert words.startswith("2026年4月1日至2026年6月30日，办理农用地转用（含随批征收）2件，面积18.3970公顷；")
    assert words.endswith("土地供应1宗，面积0.2000公顷，金额1,234,567.80元。")
    client.force_login(dispatcher)
    for label in ("农用地转用（含随批征收）", "土地征收", "土地供应"):
        assert len(list(client.get(rows[label].url).context["page"])) == rows[label].number
    page = client.get(reverse("approvals:statistics"), {"first": str(FIRST), "last": str(LAST)})
    assert words in page.content.decode()
    given = client.get("/api/v1/business-statistics/", {"first": str(LAST), "last": str(FIRST)}).json()
    assert {row["label"]: row["number"] for row in given} == {k: row.number for k, row in rows.items()}


def test_another_county_s_business_is_not_counted(project: Project) -> None:
    stranger = UserFactory(organisation=organisation("522702"), role=User.Role.COUNTY)

    rows = business_statistics(actor=stranger, first=FIRST, last=LAST)

    assert all(row.number == 0 for row in rows)
    assert report(rows, first=FIRST, last=LAST).endswith("没有登记办结的业务。")
