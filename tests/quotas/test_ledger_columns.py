"""The 台账's columns (domain.md 3.3): a bought line with all it rests on, and who may read it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from quotas.models import Movement, Proposal
from quotas.selectors.provenance import provenance_of
from quotas.services import bookings, proposals, supply
from quotas.services.bookings import Gross, Sheet
from quotas.services.proposals import Voucher
from quotas.services.supply import ConsolidationFacts
from tests.factories import organisation
from tests.queries import queries_of
from tests.quotas.scenes import AREA, PADDY, STATE, TODAY, agreed, upload

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
ONLY = {"instrument": "farmland_area", "holder": "522701"}
HEADINGS = [
    *("序号", "日期", "类型", "摘要", "指标所在行政区/代码", "指标所在行政区/名称", "权属"),
    *(f"补充耕地数量（公顷）/{name}" for name in ("收入", "支出", "预占冻结", "可用余额")),
    *(
        "来源项目/备案编号",
        "来源项目/名称",
        "关联项目/项目代码",
        "关联项目/名称",
        "用地报件/批复文号",
        "对方账户",
    ),
    *("价款/单价（元/亩）", "价款/金额（元）", "价款/缴款凭证", "协议编号", "审批文号"),
    *("操作/操作人", "操作/操作时间", "审核/审核人", "审核/审核时间", "备注"),
]


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bought(officer: User, section: User, dispatcher: User) -> Proposal:
    """Applied for, approved, agreed, paid to the prefecture and to 瓮安, hooked up."""
    proposal = agreed(officer, section, dispatcher)
    for code, yuan, number in ((STATE, "9120000", "PZ-1"), ("522725", "4104000", "PZ-2")):
        voucher = Voucher(organisation(code).pk, number, Decimal(yuan), TODAY, upload(number))
        proposals.record_payment(actor=section, proposal_id=proposal.pk, voucher=voucher, today=TODAY)
    return proposals.hook_up(actor=section, proposal_id=proposal.pk, report_no="报件〔2026〕8号", today=TODAY)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def workbook(user: User, **asked: str) -> tuple[list[str], list[dict[str, Any]]]:
    answer = signed_in(user).get(reverse("quotas:ledger-export"), {**ONLY, **asked})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    merged = {
        (row, column): sheet.cell(span.min_row, span.min_col).value
        for span in sheet.merged_cells.ranges
        for row in range(span.min_row, span.max_row + 1)
        for column in range(span.min_col, span.max_col + 1)
    }
    first = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "序号")
    headings = []
    for column in range(1, sheet.max_column + 1):
        parts = [merged.get((row, column), sheet.cell(row, column).value) for row in (first, first + 1)]
        headings.append("/".join(dict.fromkeys(parts)))
    body = [dict(zip(headings, row, strict=True)) for row in sheet.iter_rows(first + 2, values_only=True)]
    return headings, [row for row in body if isinstance(row["序号"], int)]


def test_a_bought_line_carries_every_column_of_the_ledger(
    officer: User, section: User, dispatcher: User, bought: Proposal
) -> None:
    headings, rows = workbook(officer, kind="TRANSFER_IN")

    assert headings == HEADINGS
    assert [(row["权属"], row["价款/金额（元）"], row["价款/缴款凭证"] or "") for row in rows] == [
        ("都匀市", None, ""),
        ("黔南州", 9_120_000, "PZ-1"),
        ("瓮安县", 4_104_000, "PZ-2"),
    ]
    project = bought.application.project
    line = {name: value for name, value in rows[1].items() if value is not None}
    assert line == {
        "序号": 2,
        "日期": "2026-11-20",
        "类型": "调入",
        "摘要": f"挂钩：{project.name} 报件〔2026〕8号",
        "指标所在行政区/代码": "522701",
        "指标所在行政区/名称": "都匀市",
        "权属": "黔南州",
        "补充耕地数量（公顷）/收入": 4,
        "补充耕地数量（公顷）/可用余额": 4,
        "关联项目/项目代码": project.display_code,
        "关联项目/名称": project.name,
        "用地报件/批复文号": "报件〔2026〕8号",
        "对方账户": "黔南州预占",
        "价款/单价（元/亩）": 152_000,
        "价款/金额（元）": 9_120_000,
        "价款/缴款凭证": "PZ-1",
        "协议编号": "流转〔2026〕5号",
        "审批文号": "黔南府函〔2026〕31号",
        "操作/操作人": section.label,
        "操作/操作时间": "2026-11-20 10:30",
        "审核/审核人": dispatcher.label,
        "审核/审核时间": "2026-11-20 10:30",
        "备注": "县域确有缺口",
    }
    # What is written off afterwards names the same scheme, and counts no money twice.
    [written_off, *_] = workbook(officer, kind="POST")[1]
    assert (written_off["协议编号"], written_off["价款/金额（元）"]) == ("流转〔2026〕5号", None)

    bought_line = Movement.objects.get(kind="TRANSFER_IN", source__owner__code=STATE)
    page = signed_in(officer).get(reverse("quotas:movement", args=[bought_line.pk])).content.decode()
    paper = bought.payments.get(voucher_no="PZ-1").paper
    for part in (paper.get_absolute_url(), reverse("quotas:proposal", args=[bought.pk]), "9,120,000.00"):
        assert part in page
    listed = signed_in(officer).get(reverse("quotas:ledger"), ONLY).content.decode()
    for part in (
        "9,120,000.00",
        "152,000.00 元/亩",
        "流转〔2026〕5号",
        "PZ-1",
        "报件〔2026〕8号",
        dispatcher.label,
    ):
        assert part in listed
    answer = signed_in(officer).get(reverse("quota-movement-detail", args=[bought_line.pk])).json()
    assert (answer["target_end"]["holder"], answer["entered_by"]) == ("522701", section.label)
    assert answer["basis"] == {
        "booking": None,
        "proposal": bought.pk,
        "consolidation": None,
        "record_no": "",
        "report_no": "报件〔2026〕8号",
        "price": "152000.00",
        "yuan": "9120000.00",
        "vouchers": ["PZ-1"],
        "agreement_no": "流转〔2026〕5号",
        "approval_no": "黔南府函〔2026〕31号",
        "reviewer": dispatcher.label,
        "reviewed_at": "2026-11-20T10:30:00+08:00",
        "note": "县域确有缺口",
    }


def test_the_giver_sees_its_quota_go_but_neither_price_nor_voucher(stranger: User, bought: Proposal) -> None:
    given = Movement.objects.get(kind="TRANSFER_IN", source__owner__code="522725")
    client = signed_in(stranger)

    page = client.get(reverse("quotas:movement", args=[given.pk])).content.decode()
    listed = client.get(reverse("quotas:ledger"), {**ONLY, "holder": STATE}).content.decode()
    basis = client.get(reverse("quota-movement-detail", args=[given.pk])).json()["basis"]

    assert "瓮安县" in page
    assert "调出" in listed
    for secret in ("PZ-2", "4,104,000.00", "152,000.00", "流转〔2026〕5号", "县域确有缺口"):
        assert secret not in page
        assert secret not in listed
    assert (basis["price"], basis["yuan"], basis["vouchers"], basis["reviewer"]) == (None, None, [], None)


def test_a_stock_in_names_its_source_project_and_a_purchase_its_sum(dispatcher: User) -> None:
    own, sheet = organisation("522701"), Sheet("整治入库", TODAY, "黔自然资函〔2026〕18号")
    facts: dict[str, Any] = {"actor": dispatcher, "county": own, "today": TODAY}
    source = supply.enter_consolidation(
        actor=dispatcher,
        facts=ConsolidationFacts(name="墨冲镇土地整治项目", county=own, area_m2=1, record_no="备1号"),
        stage="FILED",
        stage_on=TODAY,
        today=TODAY,
    )
    stocked = bookings.stock_in(
        amounts={AREA: Gross(600_000)}, record_no="备1号", consolidation=source, sheet=sheet, **facts
    )
    bookings.reverse_booking(
        actor=dispatcher, booking=stocked, sheet=Sheet("录入有误", TODAY, "更正1号"), today=TODAY
    )
    bookings.record_purchase(
        amounts={AREA: 10_000, PADDY: 2_000},
        seller="遵义市",
        amount_yuan=Decimal("1500000.50"),
        sheet=Sheet("异地购买", TODAY, "购1号"),
        **facts,
    )

    rows = {row["摘要"]: row for row in workbook(dispatcher, kind="STOCK_IN")[1]}
    rows |= {row["摘要"]: row for row in workbook(dispatcher, kind="REVERSAL")[1]}
    undone = Movement.objects.get(kind="REVERSAL", reverses__kind="STOCK_IN")

    named = [
        (rows[name]["来源项目/备案编号"], rows[name]["来源项目/名称"]) for name in ("整治入库", "录入有误")
    ]
    assert named == [("备1号", "墨冲镇土地整治项目")] * 2
    assert rows["整治入库"]["备注"] == f"已由分录 {undone.pk} 冲正"
    assert rows["整治入库"]["审批文号"] == "黔自然资函〔2026〕18号"
    assert rows["整治入库"]["审核/审核人"] is None
    assert rows["异地购买"]["价款/金额（元）"] == 1_500_000.5
    assert rows["异地购买"]["备注"] == "转让方：遵义市（金额为整笔登记价款）"


def test_what_lines_rest_on_costs_the_same_for_one_and_for_many(
    officer: User, dispatcher: User, bought: Proposal
) -> None:
    for number in range(20):
        bookings.record_purchase(
            actor=dispatcher,
            county=organisation("522701"),
            amounts={AREA: 100},
            seller="遵义市",
            amount_yuan=Decimal(1),
            sheet=Sheet(f"购买{number}", TODAY, "购1号"),
            today=TODAY,
        )
    movements = list(Movement.objects.select_related("source").order_by("pk"))
    one = next(row for row in movements if row.kind == "TRANSFER_IN")

    few = queries_of(lambda: provenance_of([one], actor=officer))

    assert len(movements) > 20
    assert few == queries_of(lambda: provenance_of(movements, actor=officer)) == 5
    client, address = signed_in(officer), reverse("quota-movement-list")
    assert queries_of(lambda: client.get(address, {"kind": "TRANSFER_IN"})) == queries_of(
        lambda: client.get(address)
    )
