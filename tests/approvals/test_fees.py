"""报批经费: budget, payment, reversal, the gap, sums by county and kind, the workbook."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.db import IntegrityError, InternalError, transaction

from approvals.errors import DayOutOfOrder, FeeRefused
from approvals.fee_selectors import fee_list, fee_sums
from approvals.models import Fee, FeePayment
from approvals.services.fees import (
    FeeFacts,
    budget_fee,
    change_budget,
    pay_fee,
    reverse_payment,
    set_fee_kind,
)
from core.dated import SettingOutOfOrder
from papers.services import Upload
from projects.services.evidence import Proof
from tests.factories import ProjectFactory, organisation
from tests.papers import files
from tests.queries import queries_of

TODAY = date(2026, 11, 23)
KIND = "耕地开垦费"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel("2026-11-23T10:00+08:00", tick=False):
        yield


def test_a_budget_is_paid_reversed_and_summed_and_the_gap_is_flagged(
    client, officer, stranger, dispatcher, department
):
    project = ProjectFactory(organisation=organisation("522701"))
    other = ProjectFactory(organisation=organisation("522725"))
    client.force_login(officer)
    given = {"kind": KIND, "budget_yuan": "120000.50", "source": "县级财政"}
    made = client.post(f"/projects/{project.pk}/fees/new/", given, follow=True)
    assert "已登记" in made.content.decode()
    fee = Fee.objects.get()
    with pytest.raises(FeeRefused):
        budget_fee(actor=officer, project_id=project.pk, kind=KIND, facts=FeeFacts(Decimal(1)), today=TODAY)
    with pytest.raises(FeeRefused):
        budget_fee(
            actor=officer, project_id=project.pk, kind="没有的费用", facts=FeeFacts(Decimal(1)), today=TODAY
        )
    proof = Proof(upload=Upload("凭证.pdf", files.pdf()))
    first = pay_fee(
        actor=officer, fee_id=fee.pk, amount_yuan=Decimal("100000"), paid_on=date(2026, 11, 2),
        voucher="黔财票001", today=TODAY, proof=proof,
    )  # fmt: skip
    assert first.paper is not None
    with pytest.raises(FeeRefused) as refused:
        pay_fee(
            actor=officer, fee_id=fee.pk, amount_yuan=Decimal("20000.51"), paid_on=TODAY,
            voucher="多缴", today=TODAY,
        )  # fmt: skip
    assert refused.value.facts["left_yuan"] == Decimal("20000.50")
    with pytest.raises(DayOutOfOrder):
        pay_fee(
            actor=officer, fee_id=fee.pk, amount_yuan=Decimal(1), paid_on=date(2026, 11, 24),
            voucher="明天", today=TODAY,
        )  # fmt: skip
    with pytest.raises(FeeRefused):
        change_budget(actor=officer, fee_id=fee.pk, facts=FeeFacts(Decimal(99_999)), today=TODAY)
    wrong = client.post(
        f"/fees/{fee.pk}/pay/", {"amount_yuan": "5", "paid_on": "2026-11-20", "voucher": "误"}
    )
    assert wrong.status_code == 302
    reverse_payment(actor=officer, fee_id=fee.pk, number=2, reason="凭证重复", today=TODAY)
    for gone in (2, 3):  # Reversed already; the reversal itself.
        with pytest.raises(FeeRefused):
            reverse_payment(actor=officer, fee_id=fee.pk, number=gone, reason="再一次", today=TODAY)
    with pytest.raises(Fee.DoesNotExist):
        pay_fee(
            actor=stranger, fee_id=fee.pk, amount_yuan=Decimal(1), paid_on=TODAY, voucher="x", today=TODAY
        )
    theirs = budget_fee(
        actor=stranger, project_id=other.pk, kind=KIND, facts=FeeFacts(Decimal(500)), today=TODAY
    )
    pay_fee(
        actor=stranger, fee_id=theirs.pk, amount_yuan=Decimal(500), paid_on=TODAY, voucher="y", today=TODAY
    )
    # No less than what was paid, and no more is asked for.
    change_budget(actor=stranger, fee_id=theirs.pk, facts=FeeFacts(Decimal(500)), today=TODAY)
    # The database keeps it too.
    for broken in (
        lambda: FeePayment.objects.filter(pk=first.pk).update(amount_yuan=1),
        lambda: FeePayment.objects.create(
            fee=fee, number=9, amount_yuan=-1, paid_on=TODAY, voucher="", entered_by=officer
        ),
        lambda: Fee.objects.filter(pk=fee.pk).update(budget_yuan=0),
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            broken()

    page = client.get(f"/fees/{fee.pk}/").content.decode()
    assert "有缺口" in page
    assert "凭证重复" in page
    client.force_login(dispatcher)
    assert [each.gap for each in client.get("/fees/?gap=1").context["readings"]] == [Decimal("20000.50")]
    assert [each.label for each in client.get("/fees/?gap=0").context["readings"]] == ["已缴清"]
    units, kinds = fee_sums(actor=dispatcher)
    assert [(row.label, row.budget, row.gap) for row in units] == [
        ("都匀市", Decimal("120000.50"), Decimal("20000.50")),
        ("瓮安县", Decimal(500), Decimal(0)),
    ]
    assert [(row.label, row.projects, row.paid) for row in kinds] == [(KIND, 2, Decimal(100_500))]
    for row in (*units, *kinds):
        assert client.get(row.url).context["total"].number == row.projects
    assert client.get("/fees/totals/").status_code == 200
    told = client.get("/api/v1/fees/totals/").json()
    assert [row["gap_yuan"] for row in told["units"]] == ["20000.50", "0.00"]
    book = openpyxl.load_workbook(BytesIO(client.get("/fees/export/").content), read_only=True)
    cells = [cell.value for row in book.worksheets[0] for cell in row]
    assert "黔财票001" in "".join(cell for cell in cells if isinstance(cell, str))
    assert any(isinstance(cell, int | float) and abs(cell - 20000.5) < 0.001 for cell in cells)
    dossier = client.get(f"/projects/{project.pk}/?tab=fees").content.decode()
    assert KIND in dossier
    client.force_login(stranger)
    assert client.get(f"/fees/{fee.pk}/").status_code == 404
    assert [row["id"] for row in client.get("/api/v1/fees/").json()["results"]] == [theirs.pk]
    paid = client.post(
        f"/api/v1/fees/{theirs.pk}/pay/", {"amount_yuan": 1, "paid_on": "2026-11-20", "voucher": "z"}
    )
    assert (paid.status_code, paid.json()["code"]) == (409, "fee_refused")
    assert queries_of(lambda: list(fee_list(actor=dispatcher))) == 1


def test_a_kind_of_fee_ends_on_its_day(client, dispatcher):
    client.force_login(dispatcher)
    ended = {"name": KIND, "position": 1, "is_used": "0", "basis": "停征", "effective_from": "2026-11-23"}
    assert client.post("/settings/fees/", ended).status_code == 302
    with pytest.raises(SettingOutOfOrder):
        set_fee_kind(actor=dispatcher, name=KIND, position=1, is_used=True, basis="x", effective_from=TODAY)
    project = ProjectFactory()
    with pytest.raises(FeeRefused):
        budget_fee(
            actor=dispatcher, project_id=project.pk, kind=KIND, facts=FeeFacts(Decimal(1)), today=TODAY
        )
    named = {"name": "测绘费", "basis": "本地规定", "effective_from": "2026-11-23"}
    assert client.post("/api/v1/fee-kinds/", named).status_code == 201
    assert client.post("/api/v1/fee-kinds/", named).status_code in (400, 409)
