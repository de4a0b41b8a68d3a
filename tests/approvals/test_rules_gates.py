"""Gates from values alone: what each asks, what opens it, what it says when it is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from approvals.rules import (
    STATED,
    Cover,
    Deposit,
    Floor,
    Gate,
    GateFacts,
    GateLaw,
    Permit,
    Statement,
    Verdict,
    read_gate,
)

ON = date(2026, 11, 20)
PLAN = Statement(
    doc_no="黔南府函〔2026〕7号",
    authority="州人民政府",
    area_m2=2_000,
    method="土地整理",
    source_projects="墨冲镇土地整理项目",
    is_map_marked=True,
    due_yuan=100,
    paid_yuan=100,
)


def read(gate: Gate, *, least_percent: int = 100, closes_when_unknown: bool = True, **facts: object):
    law = GateLaw(gate, "条款", "联系人", least_percent, closes_when_unknown)
    return read_gate(law, GateFacts(**facts), on=ON)


def supplement(**changes: object) -> GateFacts:
    return GateFacts(arable_m2=2_000, statements={Gate.SUPPLEMENT: replace(PLAN, **changes)})


# --- 先补后占 ---------------------------------------------------------------------------------------


def test_a_complete_plan_opens_the_gate_of_farmland():
    reading = read_gate(GateLaw(Gate.SUPPLEMENT, "条款"), supplement(), on=ON)

    assert (reading.verdict, reading.missing) == (Verdict.OPEN, ())
    assert reading.found == "土地整理：墨冲镇土地整理项目（黔南府函〔2026〕7号）"


@pytest.mark.parametrize(
    ("lacking", "word"),
    [
        ({"method": ""}, "补充方式"),
        ({"source_projects": ""}, "整理项目名称"),
        ({"is_map_marked": False}, "现状图"),
        ({"paid_yuan": 99}, "开垦费"),
        ({"paid_yuan": None}, "开垦费"),
        ({"area_m2": 1_999}, "少于占用耕地"),
    ],
    ids=["method", "names", "map", "fee", "fee unknown", "area"],
)
def test_each_lack_of_the_plan_closes_it_alone(lacking: dict[str, object], word: str):
    reading = read_gate(GateLaw(Gate.SUPPLEMENT, "条款"), supplement(**lacking), on=ON)

    assert reading.is_closed
    assert len(reading.missing) == 1
    assert word in reading.missing[0]


def test_all_lacks_are_named_at_once():
    bare = Statement(doc_no="x", authority="y")
    reading = read(Gate.SUPPLEMENT, arable_m2=2_000, statements={Gate.SUPPLEMENT: bare})

    assert len(reading.missing) == 5


def test_what_the_ledger_has_hooked_up_needs_no_area_from_outside():
    stated = {Gate.SUPPLEMENT: replace(PLAN, area_m2=None)}
    whole, part = (Cover(2_000, is_whole=whole, words="已挂钩") for whole in (True, False))

    assert read(Gate.SUPPLEMENT, arable_m2=2_000, statements=stated, supplement=whole).found
    # Paddy or grain is missing, though the area is there.
    assert not read(Gate.SUPPLEMENT, arable_m2=2_500, statements=stated, supplement=part).found


def test_the_set_share_of_the_fee_is_enough():
    stated = {Gate.SUPPLEMENT: replace(PLAN, paid_yuan=80)}

    assert read(Gate.SUPPLEMENT, least_percent=80, arable_m2=2_000, statements=stated).missing == ()
    assert read(Gate.SUPPLEMENT, least_percent=81, arable_m2=2_000, statements=stated).missing


# --- areas that need an approval ---------------------------------------------------------------------


AREAS = [(Gate.FARMLAND, "pbf_m2"), (Gate.RED_LINE, "eco_redline_m2")]


@pytest.mark.parametrize(("gate", "name"), AREAS)
def test_protected_land_needs_the_number_of_an_approval(gate: Gate, name: str):
    approved = {gate: Statement(doc_no="国函〔2026〕3号", authority="国务院", area_m2=50)}

    assert read(gate, **{name: 0}).verdict is Verdict.NOT_CONCERNED
    assert read(gate, **{name: 1}).is_closed
    assert read(gate, **{name: 50}, statements=approved).found == "国务院 国函〔2026〕3号"
    assert read(gate, **{name: 51}, statements=approved).is_closed


CONCERNED = [
    (Gate.SUPPLEMENT, "arable_m2"),
    (Gate.PLAN_QUOTA, "new_construction_m2"),
    (Gate.FOREST, "forest_m2"),
]


@pytest.mark.parametrize(("gate", "name"), [*AREAS, *CONCERNED])
def test_an_area_that_nobody_entered_closes_unless_the_office_says_otherwise(gate: Gate, name: str):
    closed = read(gate)

    assert closed.is_closed
    assert "无法判断" in closed.missing[0]
    assert read(gate, closes_when_unknown=False).verdict is Verdict.NOT_CONCERNED
    assert read(gate, **{name: 0}).verdict is Verdict.NOT_CONCERNED


# --- the others --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid", "least", "opens"), [(100, 100, True), (99, 100, False), (70, 70, True), (69, 70, False)]
)
def test_money_is_there_in_full(paid: int, least: int, opens: bool):
    stated = {Gate.PRE_DEPOSIT: Statement(doc_no="x", authority="y", due_yuan=100, paid_yuan=paid)}

    assert read(Gate.PRE_DEPOSIT, least_percent=least, statements=stated).is_closed is not opens


def test_the_money_book_speaks_before_a_document():
    stated = {Gate.PRE_DEPOSIT: Statement(doc_no="x", authority="y", due_yuan=1, paid_yuan=1)}
    short, whole = Deposit(("墨冲村：尚缺预存 9 元",), "足额"), Deposit((), "足额")

    assert read(Gate.PRE_DEPOSIT, statements=stated, deposit=short).missing == short.problems
    assert read(Gate.PRE_DEPOSIT, deposit=whole).found == "足额"


def test_without_requisition_nothing_is_deposited():
    assert read(Gate.PRE_DEPOSIT, has_requisition=False).verdict is Verdict.NOT_CONCERNED
    assert read(Gate.PRE_DEPOSIT).is_closed


@pytest.mark.parametrize(
    ("held", "arable", "filled", "opens"),
    [
        (1_000, 0, 0, True),
        (1_000, 100, 0, True),
        (1_000, 101, 0, False),
        (1_000, 101, 1, True),
        (850, 0, 0, True),
    ],
    ids=["no arable land", "down to the target", "below it", "made up for", "none taken"],
)
def test_the_floor_of_arable_land_holds(held: int, arable: int, filled: int, opens: bool):
    floor = Floor("都匀市", target_m2=900, held_m2=held)
    stated = {Gate.SUPPLEMENT: replace(PLAN, area_m2=filled)}

    assert read(Gate.STOCK_TARGET, arable_m2=arable, floor=floor, statements=stated).is_closed is not opens


def test_without_a_target_no_floor_is_asked():
    assert read(Gate.STOCK_TARGET, arable_m2=100).verdict is Verdict.NOT_CONCERNED


@pytest.mark.parametrize(
    ("until", "opens"),
    [(None, True), (ON, True), (date(2026, 11, 19), False)],
    ids=["endless", "today", "lapsed"],
)
def test_a_permit_for_forest_is_good_on_its_last_day(until: date | None, opens: bool):
    assert read(Gate.FOREST, forest_m2=5, forest_permit=Permit("A09", "x", until)).is_closed is not opens


def test_a_forest_paper_from_outside_opens_too():
    stated = {Gate.FOREST: Statement(doc_no="黔林资许准〔2026〕9号", authority="省林业局")}

    assert read(Gate.FOREST, forest_m2=5, statements=stated).verdict is Verdict.OPEN
    assert read(Gate.FOREST, forest_m2=5).is_closed


def test_lapsed_papers_and_open_cases_are_named_each():
    assert read(Gate.VALIDITY, lapsed=("A03 预审已届满", "A09 林地已届满")).missing == (
        "A03 预审已届满",
        "A09 林地已届满",
    )
    assert read(Gate.VALIDITY).verdict is Verdict.OPEN
    assert read(Gate.VIOLATION, cases=("一号案",)).missing == ("一号案，尚未结案",)
    assert read(Gate.VIOLATION).verdict is Verdict.OPEN


def test_the_years_quota_comes_from_the_ledger_or_a_document():
    plan = Cover(100, is_whole=True, words="年度计划需 100，已预占 100")
    stated = {Gate.PLAN_QUOTA: Statement(doc_no="黔自然资函〔2026〕2号", authority="省厅", area_m2=100)}

    assert read(Gate.PLAN_QUOTA, new_construction_m2=100, plan=plan).found == plan.words
    assert read(Gate.PLAN_QUOTA, new_construction_m2=100, statements=stated).verdict is Verdict.OPEN
    assert read(Gate.PLAN_QUOTA, new_construction_m2=101, plan=plan, statements=stated).is_closed


# --- overriding --------------------------------------------------------------------------------------


def test_a_document_lets_a_closed_gate_be_passed_and_what_is_missing_stays_named():
    reading = read(Gate.FARMLAND, pbf_m2=1, overrides={Gate.FARMLAND: "黔南府〔2026〕3号"})

    assert (reading.verdict, reading.found) == (Verdict.OVERRIDDEN, "黔南府〔2026〕3号")
    assert reading.missing


def test_a_document_for_another_gate_or_an_open_one_changes_nothing():
    papers = {Gate.RED_LINE: "黔南府〔2026〕3号"}

    assert read(Gate.FARMLAND, pbf_m2=1, overrides=papers).is_closed
    assert read(Gate.RED_LINE, eco_redline_m2=0, overrides=papers).verdict is Verdict.NOT_CONCERNED


def test_every_gate_has_its_words():
    assert all(gate.label for gate in Gate)
    assert set(STATED) <= set(Gate)
    assert all(verdict.label for verdict in Verdict)
