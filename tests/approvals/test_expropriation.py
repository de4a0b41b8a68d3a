"""Expropriation: its reason, its order, its households, its money; full pre-deposit."""

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
from approvals.errors import (
    ActOutOfOrder,
    CountWrong,
    ExpropriationKnown,
    FundsWrong,
    RateKnown,
    ReasonUnfounded,
)
from approvals.expropriation_selectors import expropriation_funds, expropriation_list, read_expropriation
from approvals.models import Expropriation, ExpropriationAct, FundEntry
from approvals.services.expropriation import (
    ActFacts,
    CountFacts,
    ExpropriationFacts,
    FundFacts,
    add_rate,
    begin_expropriation,
    change_expropriation,
    count_households,
    record_act,
    record_funds,
)
from deadlines.selectors import working_calendar
from tests.factories import ProjectFactory, organisation

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
FACTS = ExpropriationFacts("沙寨村一组", 8_000, "2", "GOVERNMENT", "都匀市人民政府", households=40)


@pytest.fixture(autouse=True)
def _office_day() -> Iterator[None]:
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def record(officer: User) -> Expropriation:
    return begin_expropriation(actor=officer, project_id=ProjectFactory().pk, facts=FACTS, today=TODAY)


def act(actor: User, record: Expropriation, kind: str, day: date, **more: str) -> ExpropriationAct:
    return record_act(
        actor=actor,
        expropriation_id=record.pk,
        facts=ActFacts(kind, day, **more),
        calendar=working_calendar(),
        today=TODAY,
    )


def fund(actor: User, record: Expropriation, kind: str, item: str, amount: str, **more: object) -> FundEntry:
    facts = FundFacts(kind, item, Decimal(amount), date(2026, 11, 2), **more)  # type: ignore[arg-type]
    return record_funds(actor=actor, expropriation_id=record.pk, facts=facts, today=TODAY)


@pytest.mark.parametrize(
    "changes",
    [
        {"reason_code": "9"},
        {"reason_code": "5"},
        {"authority_kind": "AUTHORISED", "authority": "都匀市自然资源局"},
    ],
)
def test_expropriation_needs_its_reason_and_its_authority(officer: User, changes: dict[str, str]) -> None:
    facts = ExpropriationFacts(
        **{
            "collective": "沙寨村",
            "area_m2": 1,
            "reason_code": "2",
            "authority_kind": "GOVERNMENT",
            "authority": "都匀市人民政府",
        }
        | changes
    )  # type: ignore[arg-type]

    with pytest.raises(ReasonUnfounded):
        begin_expropriation(actor=officer, project_id=ProjectFactory().pk, facts=facts, today=TODAY)


def test_a_collective_is_on_record_once(officer: User, stranger: User, record: Expropriation) -> None:
    with pytest.raises(ExpropriationKnown):
        begin_expropriation(actor=officer, project_id=record.project_id, facts=FACTS, today=TODAY)
    with pytest.raises(Expropriation.DoesNotExist):
        change_expropriation(actor=stranger, expropriation_id=record.pk, facts=FACTS, today=TODAY)
    changed = change_expropriation(actor=officer, expropriation_id=record.pk, facts=FACTS, today=TODAY)
    assert changed.pk == record.pk


def test_the_course_keeps_the_order_of_the_law(officer: User, record: Expropriation) -> None:
    act(officer, record, "PRE_NOTICE", date(2026, 9, 1), number="都府预告[2026]3号")
    act(officer, record, "SURVEY", date(2026, 9, 8))
    with pytest.raises(ReasonUnfounded):
        act(officer, record, "RISK", date(2026, 9, 9))
    act(officer, record, "RISK", date(2026, 9, 9), risk="LOW")
    act(officer, record, "SCHEME", date(2026, 9, 10))
    with pytest.raises(ActOutOfOrder) as early:
        act(officer, record, "SCHEME_NOTICE", date(2026, 9, 15))
    act(officer, record, "SCHEME_NOTICE", date(2026, 9, 16))
    act(officer, record, "WAIVER", date(2026, 9, 28))
    with pytest.raises(ActOutOfOrder):
        act(officer, record, "HEARING", date(2026, 9, 29))
    act(officer, record, "REGISTRATION", date(2026, 9, 29))
    with pytest.raises(ActOutOfOrder) as hanging:
        act(officer, record, "AGREEMENT", date(2026, 10, 16))
    act(officer, record, "AGREEMENT", date(2026, 10, 17))

    assert early.value.facts["not_before"] == date(2026, 9, 16)
    assert hanging.value.facts["not_before"] == date(2026, 10, 17)
    row = expropriation_list(actor=officer).get()
    reading = read_expropriation(row, calendar=working_calendar(), today=TODAY)
    assert [step.kind for step in reading.course if step.is_next] == ["APPLICATION"]
    assert reading.latest is not None
    assert reading.latest.kind == "AGREEMENT"


def test_a_wrong_day_is_corrected_but_never_past_what_followed(officer: User, record: Expropriation) -> None:
    act(officer, record, "PRE_NOTICE", date(2026, 9, 1))
    act(officer, record, "SURVEY", date(2026, 9, 8))

    act(officer, record, "PRE_NOTICE", date(2026, 9, 2))
    with pytest.raises(ActOutOfOrder) as late:
        act(officer, record, "PRE_NOTICE", date(2026, 9, 9))

    assert late.value.facts["later"] == "SURVEY"
    assert record.acts.get(kind="PRE_NOTICE").occurred_on == date(2026, 9, 2)


def test_the_signing_rate_follows_the_counts(officer: User, record: Expropriation) -> None:
    for day, signed in ((date(2026, 10, 20), 30), (date(2026, 11, 2), 39)):
        facts = CountFacts(day, 40, signed, 10)
        count_households(actor=officer, expropriation_id=record.pk, facts=facts, today=TODAY)

    reading = read_expropriation(
        expropriation_list(actor=officer).get(), calendar=working_calendar(), today=TODAY
    )
    assert (reading.signing_rate, reading.paid_rate) == (Decimal("97.50"), Decimal("25.00"))
    for wrong in (CountFacts(TODAY, 40, 41), CountFacts(date(2026, 10, 1), 40, 40)):
        with pytest.raises(CountWrong):
            count_households(actor=officer, expropriation_id=record.pk, facts=wrong, today=TODAY)
    with pytest.raises(InternalError), transaction.atomic():
        record.counts.update(signed=40)


def test_the_money_is_ready_when_every_collectives_fees_lie_apart(
    officer: User, record: Expropriation
) -> None:
    project_id = record.project_id
    assert not expropriation_funds(ProjectFactory().pk).is_sufficient
    fund(officer, record, "DUE", "COMPENSATION", "1000000.50")
    fund(officer, record, "DUE", "SOCIAL", "200000")
    fund(officer, record, "DEPOSIT", "COMPENSATION", "1000000.49", is_separate=True)
    fund(officer, record, "DEPOSIT", "SOCIAL", "300000")

    short = expropriation_funds(project_id)
    assert short.problems == (
        "沙寨村一组：征地补偿安置费应付 1,000,000.50 元，尚缺预存 0.01 元",
        "沙寨村一组：被征地农民社会保障费有 300,000.00 元未存入专户",
    )
    fund(officer, record, "DEPOSIT", "COMPENSATION", "0.01", is_separate=True)
    fund(officer, record, "DEPOSIT", "SOCIAL", "-300000", note="改存专户")
    fund(officer, record, "DEPOSIT", "SOCIAL", "200000", is_separate=True)

    assert expropriation_funds(project_id).is_sufficient
    begin_expropriation(
        actor=officer,
        project_id=project_id,
        facts=ExpropriationFacts("沙寨村二组", 1, "2", "GOVERNMENT", "都匀市人民政府"),
        today=TODAY,
    )
    assert expropriation_funds(project_id).problems[0] == "沙寨村二组：未登记应付征地补偿安置费"


@pytest.mark.parametrize(
    ("kind", "amount", "note"),
    [("DEPOSIT", "0", ""), ("DEPOSIT", "-1", ""), ("DEPOSIT", "-1", "多记"), ("PAYOUT", "1", "")],
)
def test_an_impossible_amount_is_refused(
    officer: User, record: Expropriation, kind: str, amount: str, note: str
) -> None:
    with pytest.raises(FundsWrong):
        fund(officer, record, kind, "COMPENSATION", amount, note=note)


def test_the_database_keeps_records_and_money(officer: User, leader: User, record: Expropriation) -> None:
    entry = fund(officer, record, "DUE", "SOCIAL", "5")

    with pytest.raises(InternalError), transaction.atomic():
        FundEntry.objects.filter(pk=entry.pk).update(amount_yuan=6)
    with pytest.raises(IntegrityError), transaction.atomic():
        Expropriation.objects.filter(pk=record.pk).update(authority_kind="AUTHORISED")
    with pytest.raises(IntegrityError), transaction.atomic():
        ExpropriationAct.objects.create(
            expropriation=record, kind="RISK", occurred_on=TODAY, entered_by=officer
        )
    with pytest.raises(PermissionDenied):
        fund(leader, record, "DUE", "SOCIAL", "5")


def test_a_standard_has_one_version_a_day(officer: User) -> None:
    more = {
        "organisation": organisation("522701"),
        "item": "COMPENSATION",
        "zone": "一类区片",
        "amount_yuan": Decimal("42000"),
        "unit": "亩",
        "basis": "黔府发〔2023〕9号",
    }
    add_rate(actor=officer, effective_from=date(2026, 1, 1), **more)  # type: ignore[arg-type]
    add_rate(actor=officer, effective_from=date(2026, 7, 1), **more)  # type: ignore[arg-type]

    with pytest.raises(RateKnown):
        add_rate(actor=officer, effective_from=date(2026, 7, 1), **more)  # type: ignore[arg-type]


def test_pages_and_api_record_the_same(client: Client, officer: User, record: Expropriation) -> None:
    client.force_login(officer)
    page = reverse("approvals:expropriation-act", args=[record.pk])

    refused = client.post(page, {"kind": "SURVEY", "occurred_on": "2026-09-08"})
    stored = client.post(page, {"kind": "PRE_NOTICE", "occurred_on": "2026-09-01"})
    answer = client.post(
        f"/api/v1/expropriations/{record.pk}/act/",
        {"kind": "SCHEME", "occurred_on": "2026-09-08"},
        content_type="application/json",
    )
    funded = client.post(
        f"/api/v1/expropriations/{record.pk}/fund/",
        {"kind": "DUE", "item": "SOCIAL", "amount_yuan": "5.00", "occurred_on": "2026-09-08"},
        content_type="application/json",
    )

    assert (refused.status_code, stored.status_code) == (422, 302)
    assert "尚未登记征收土地预公告" in refused.content.decode()
    assert (answer.status_code, answer.json()["code"]) == (409, "act_out_of_order")
    assert funded.status_code == 200, funded.content
    assert funded.json()["next_acts"] == ["SURVEY", "RISK"]
    assert funded.json()["deposit"]["is_sufficient"] is False
    assert "沙寨村一组" in client.get(reverse("approvals:expropriations")).content.decode()
    dossier = client.get(f"/projects/{record.project_id}/?tab=expropriation").content.decode()
    assert "未足额预存" in dossier


def test_the_list_finds_what_waits_for_its_notice(
    client: Client, officer: User, record: Expropriation
) -> None:
    client.force_login(officer)
    url = reverse("approvals:expropriations")

    assert len(client.get(url, {"waiting": "PRE_NOTICE"}).context["page"]) == 1
    act(officer, record, "PRE_NOTICE", date(2026, 9, 1))
    assert len(client.get(url, {"waiting": "PRE_NOTICE"}).context["page"]) == 0
    assert len(client.get(url, {"reached": "PRE_NOTICE", "q": "沙寨"}).context["page"]) == 1
    assert client.get(reverse("approvals:expropriations-export")).content[:2] == b"PK"
