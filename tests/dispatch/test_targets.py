"""Goals with floor and stretch; the Hubei table with its merged leaders and its two printed differences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from approvals.models import DocumentKind, LandDocument, LandDocumentArea
from core.dated import SettingOutOfOrder
from core.units import AreaUnit, from_m2, to_m2
from deadlines.rules import Lamp
from dispatch.errors import TargetsRefused
from dispatch.models import Campaign, TargetRow, TargetTable
from dispatch.rules.targets import Agreement, Lag, SumCheck, elapsed_on, read_progress
from dispatch.selectors.targets import campaign_rows, standing_of
from dispatch.services.targets import (
    CampaignFacts,
    import_table,
    preview_of,
    set_campaign,
    set_target_setting,
    stage_table,
)
from dispatch.target_forms import PIECES, CampaignForm
from tests.factories import ProjectFactory, organisation
from tests.queries import queries_of

SAMPLE = Path(__file__).parent.parent / "samples" / "hubei-targets.xlsx"
TODAY = date(2026, 11, 30)
LAG = Lag(10, 30)
MU_350_000 = to_m2(Decimal(35), AreaUnit.WANMU)


def test_time_gone_counts_both_ends_and_stays_inside_the_period() -> None:
    first, last = date(2023, 11, 1), date(2023, 12, 31)

    gone = elapsed_on(date(2023, 11, 30), first=first, last=last)

    assert (gone.days, gone.total, gone.percent) == (30, 61, Decimal("49.18"))
    assert elapsed_on(date(2023, 10, 31), first=first, last=last).days == 0
    assert elapsed_on(first, first=first, last=last).days == 1
    assert elapsed_on(date(2024, 1, 1), first=first, last=last).is_over


@pytest.mark.parametrize(
    ("done", "day", "lamp"),
    [
        (0, date(2026, 10, 31), Lamp.IDLE),
        (4_000, date(2026, 11, 30), Lamp.GREEN),  # 9.18 points behind
        (3_918, date(2026, 11, 30), Lamp.AMBER),  # exactly 10
        (1_918, date(2026, 11, 30), Lamp.AMBER),  # exactly 30
        (1_917, date(2026, 11, 30), Lamp.RED),
        (9_999, date(2026, 12, 31), Lamp.RED),
        (10_000, date(2026, 12, 31), Lamp.GREEN),
    ],
)
def test_the_lamp_follows_the_points_behind_the_time(done: int, day: date, lamp: Lamp) -> None:
    elapsed = elapsed_on(day, first=date(2026, 11, 1), last=date(2026, 12, 31))

    assert read_progress(done=done, floor=10_000, stretch=12_000, elapsed=elapsed, lag=LAG).lamp is lamp


def test_progress_says_completion_of_both_forecast_and_what_is_left() -> None:
    elapsed = elapsed_on(TODAY, first=date(2026, 11, 1), last=date(2026, 12, 31))

    progress = read_progress(done=3_000, floor=7_000, stretch=8_000, elapsed=elapsed, lag=LAG)

    assert (progress.floor_percent, progress.stretch_percent) == (Decimal("42.86"), Decimal("37.50"))
    assert (progress.forecast, progress.missing, progress.needed_a_day) == (6_100, 4_000, 130)
    near = read_progress(done=3_400, floor=7_000, stretch=8_000, elapsed=elapsed, lag=LAG)
    level = read_progress(done=3_500, floor=7_000, stretch=8_000, elapsed=elapsed, lag=LAG)
    assert (near.lamp, near.word, level.word) == (Lamp.GREEN, "略低于序时", "达到序时")
    assert (near.ahead_label, level.ahead_label) == ("落后 0.61", "超前 0.82")
    assert (progress.falls_short, level.falls_short) == (True, False)
    over = elapsed_on(date(2027, 1, 5), first=date(2026, 11, 1), last=date(2026, 12, 31))
    ended = read_progress(done=3_000, floor=7_000, stretch=8_000, elapsed=over, lag=LAG)
    assert (ended.forecast, ended.needed_a_day) == (3_000, None)


@pytest.mark.parametrize(
    ("printed", "computed", "agreement", "difference"),
    [
        ("13.15", "13.13", Agreement.DIFFERENT, "0.02"),
        ("4.17", "4.1717", Agreement.ROUNDED, "0"),
        ("972", "972", Agreement.EQUAL, "0"),
        ("17.32", "17.3017", Agreement.DIFFERENT, "0.02"),
    ],
)
def test_a_printed_sum_is_equal_rounded_or_different(
    printed: str, computed: str, agreement: Agreement, difference: str
) -> None:
    check = SumCheck("面积", Decimal(printed), Decimal(computed), Decimal("0.02"))

    assert (check.agreement, check.difference, check.is_within) == (agreement, Decimal(difference), True)
    assert not SumCheck("面积", Decimal("13.16"), Decimal("13.13"), Decimal("0.02")).is_within


@pytest.fixture
def campaign(dispatcher: User) -> Campaign:
    facts = CampaignFacts(
        name="冲刺四季度",
        first_on=date(2026, 11, 1),
        last_on=date(2026, 12, 31),
        measure="AREA",
        floor=MU_350_000,
        stretch=to_m2(Decimal(40), AreaUnit.WANMU),
        basis="攻坚行动方案",
    )
    return set_campaign(actor=dispatcher, facts=facts)


@pytest.fixture(autouse=True)
def _end_of_november() -> Iterator[None]:
    with time_machine.travel("2026-11-30T10:00+08:00", tick=False):
        yield


def workbook_of(*rows: tuple[Any, ...], total: tuple[Any, ...] | None = None) -> bytes:
    """A table of our own counties in the shape of the sample."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["攻坚行动分解表"])
    sheet.append(["单位：公顷"])
    sheet.append(
        ["包联领导", "责任科室", "县市", "报送宗数", "拟用地面积", "省级重点宗数", "省级重点面积", "用地总量"]
    )
    for row in rows:
        sheet.append(row)
    if total:
        sheet.append(["合计", None, None, *total])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def approve(unit: str, hectares: int, *, on: date, category: str = "PREFECTURAL") -> None:
    project = ProjectFactory(organisation=organisation(unit), list_category=category)
    document = LandDocument.objects.create(
        kind=DocumentKind.CONVERSION,
        number=f"黔府用地函〔2026〕{project.pk}号",
        decided_on=on,
        organisation=project.organisation,
        issuer="省政府",
        entered_by=User.objects.order_by("pk")[0],
    )
    LandDocumentArea.objects.create(
        document=document,
        project=project,
        applied_total_m2=hectares * 10_000,
        approved_total_m2=hectares * 10_000,
    )


@pytest.mark.django_db
def test_the_hubei_table_is_read_whole_and_its_two_differences_are_shown(
    dispatcher: User, campaign: Campaign
) -> None:
    draft = stage_table(
        actor=dispatcher, campaign=campaign, filename=SAMPLE.name, content=SAMPLE.read_bytes(), today=TODAY
    )

    preview = preview_of(draft, today=TODAY)
    with pytest.raises(TargetsRefused) as refusal:
        import_table(actor=dispatcher, draft_id=draft.pk, today=TODAY, has_seen_differences=False)
    table = import_table(actor=dispatcher, draft_id=draft.pk, today=TODAY, has_seen_differences=True)

    assert preview.unit is AreaUnit.WANMU
    assert [
        (check.label, check.printed, check.computed, check.agreement.label) for check in preview.sums
    ] == [
        ("报送宗数", Decimal(972), Decimal(972), "一致"),
        ("报送拟用地面积", Decimal("13.15"), Decimal("13.13"), "不一致"),
        ("省级重点宗数", Decimal(33), Decimal(33), "一致"),
        ("省级重点面积", Decimal("4.17"), Decimal("4.1717"), "舍入后一致"),
        ("用地总量", Decimal("17.32"), Decimal("17.30"), "不一致"),
        ("合计行横向", Decimal("17.32"), Decimal("17.32"), "一致"),
    ]
    assert preview.rows_off == []
    assert refusal.value.facts["columns"] == ["报送拟用地面积", "用地总量"]
    rows = list(TargetRow.objects.filter(table=table))
    assert len(rows) == 17
    assert [row.area_name for row in rows if row.leader == "厅领导3"] == [
        "宜昌市",
        "鄂州市",
        "黄冈市",
        "潜江市",
    ]
    assert {row.organisation for row in rows} == {None}
    small = next(row for row in rows if row.area_name == "黄石市")
    assert (small.key_area, from_m2(small.m2(small.key_area), AreaUnit.MU)) == (Decimal("0.0007"), 7)
    # The totals stay as printed, and the sums as computed: nothing is corrected.
    assert table.printed["total_area"] == "17.32"
    standing = standing_of(actor=dispatcher, campaign=campaign, today=TODAY)
    assert standing is not None
    assert [check.difference for check in standing.sums if check.difference] == [Decimal("0.02")] * 2


@pytest.mark.django_db
def test_errors_are_named_with_their_cells_and_nothing_is_stored(
    dispatcher: User, campaign: Campaign
) -> None:
    content = workbook_of(
        ("周局长", "用途科", "都匀市", 3, -1, 1, 0, 0),
        ("周局长", "用途科", "都匀市", 1, 1, 0, 0, 1),
        ("李局长", "规划科", "瓮安县", 1.5, "多", 0, 0, 2),
    )
    draft = stage_table(actor=dispatcher, campaign=campaign, filename="表.xlsx", content=content, today=TODAY)

    with pytest.raises(TargetsRefused) as refusal:
        import_table(actor=dispatcher, draft_id=draft.pk, today=TODAY, has_seen_differences=True)

    assert refusal.value.facts["cells"] == ["E4", "D6", "E6"]
    assert not TargetTable.objects.exists()


@pytest.mark.django_db
def test_counties_are_ranked_by_what_was_approved_in_the_period(
    dispatcher: User, officer: User, leader: User, campaign: Campaign
) -> None:
    content = workbook_of(
        ("周局长", "用途科", "都匀市", 3, 60, 1, 40, 100),
        ("周局长", "用途科", "瓮安县", 2, 30, 0, 20, 50),
        ("李局长", "规划科", "武汉市", 2, 30, 0, 20, 50),
        total=(7, 120, 1, 80, 200),
    )
    draft = stage_table(actor=dispatcher, campaign=campaign, filename="表.xlsx", content=content, today=TODAY)
    import_table(actor=dispatcher, draft_id=draft.pk, today=TODAY, has_seen_differences=False)
    approve("522701", 20, on=date(2026, 11, 5), category="PROVINCIAL")
    approve("522725", 40, on=date(2026, 11, 30))
    approve("522701", 70, on=date(2026, 10, 31))  # before the period
    approve("522701", 70, on=date(2026, 12, 1))  # after today

    whole = standing_of(actor=leader, campaign=campaign, today=TODAY)
    own = standing_of(actor=officer, campaign=campaign, today=TODAY)
    [row] = campaign_rows(actor=leader, campaigns=[campaign], today=TODAY)

    assert whole is not None
    assert own is not None
    assert [(r.row.area_name, r.place, r.progress and r.progress.floor_percent) for r in whole.ranked] == [
        ("瓮安县", 1, Decimal("80.00")),
        ("都匀市", 2, Decimal("20.00")),
        ("武汉市", None, None),
    ]
    assert (whole.ranked[1].done.count, whole.ranked[1].done.key_count) == (1, 1)
    # A county sees its own row with its place among all, and no sums of others.
    assert [(r.row.area_name, r.place) for r in own.ranked] == [("都匀市", 2)]
    assert list(own.sums) == []
    assert row.progress.done == 60 * 10_000
    assert queries_of(lambda: standing_of(actor=leader, campaign=campaign, today=TODAY)) == 5


@pytest.mark.django_db
def test_goals_and_thresholds_that_contradict_themselves_are_refused(
    dispatcher: User, officer: User, campaign: Campaign
) -> None:
    wrong = CampaignFacts("x", date(2026, 11, 1), date(2026, 12, 31), "AREA", floor=40, stretch=35)

    with pytest.raises(TargetsRefused):
        set_campaign(actor=dispatcher, facts=wrong)
    with pytest.raises(PermissionDenied):
        set_campaign(actor=officer, facts=wrong)
    with pytest.raises(SettingOutOfOrder):
        set_target_setting(
            actor=dispatcher,
            effective_from=date(2004, 7, 1),
            amber_points=5,
            red_points=9,
            tolerance=Decimal(0),
            note="x",
        )


@pytest.mark.django_db
def test_a_goal_in_pieces_is_whole() -> None:
    given = {
        "name": "x",
        "first_on": "2026-11-01",
        "last_on": "2026-12-31",
        "measure": "COUNT",
        "unit": PIECES,
        "floor": "2.5",
        "stretch": "3",
    }

    form = CampaignForm(given, today=date(2026, 11, 20))

    assert form.errors == {"floor": ["项目数须为整数。"]}
    assert CampaignForm(given | {"floor": "2.0"}, today=date(2026, 11, 20)).is_valid()


@pytest.mark.django_db
def test_the_office_uploads_looks_confirms_and_reads_in_another_unit(
    client: Client, dispatcher: User, officer: User, department: User, campaign: Campaign
) -> None:
    client.force_login(dispatcher)
    file = SimpleUploadedFile(SAMPLE.name, SAMPLE.read_bytes())

    uploaded = client.post(f"/targets/{campaign.pk}/", {"file": file})
    preview = client.get(uploaded.url).content.decode()  # type: ignore[attr-defined]
    refused = client.post(uploaded.url)  # type: ignore[attr-defined]
    done = client.post(uploaded.url, {"has_seen_differences": "on"})  # type: ignore[attr-defined]
    page = client.get(f"/targets/{campaign.pk}/?area=mu")

    assert "13.15" in preview
    assert "13.13" in preview
    assert refused.status_code == 422
    assert done.status_code == 302
    text = page.content.decode()
    assert "173,000.00" not in text
    assert page.context["goal"].floor == "350,000.00"
    assert client.get("/targets/").context["rows"][0].floor == "35.00"
    api = client.get(f"/api/v1/targets/{campaign.pk}/standing/").json()
    assert [row["column"] for row in api["sums"] if row["difference"] != "0.000000"] == [
        "报送拟用地面积",
        "用地总量",
    ]
    # A county reads the prefecture's figure, and is offered no rows that it may not see.
    rows = client.get("/targets/").context["rows"][0].rows_url
    client.force_login(officer)
    county = client.get("/targets/")
    assert (county.context["rows"][0].rows_url, rows in county.content.decode()) == ("", False)
    client.force_login(department)
    assert client.get("/targets/").status_code == 403
