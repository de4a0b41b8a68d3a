from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from deadlines.rules import Lamp
from dispatch.models import LedgerSnapshot
from dispatch.rules.ledger import (
    COLUMNS,
    OpenDeadline,
    ProjectFacts,
    StepFacts,
    current_deadline,
    ledger_row,
    renumbered,
    sums_of,
)
from dispatch.rules.periods import Period
from dispatch.services.ledgers import stored_rows

WEEK = Period(2026, 47)
SPECIFIED = """
序号 项目名称 项目代码 县市 清单类别 项目类别 审批轨道 建设单位 总投资（万元）
用地总面积 农用地 耕地 其中永农 林地 新增建设用地
选址论证 用地预审 立项 可研 初设 环评 水保 林地 压矿 节地
预公告 稳评 方案公告 协议签约 社保
县请示 州受理 州批（转报） 批复文号 批复日期 供地 用地许可 工程许可
当前环节 环节到期日 剩余工作日 灯号 主要问题 需协调事项 责任单位 责任人 下步措施及完成时限 本周进展 备注
"""
KEYS = [column.key for column in COLUMNS]

RUNNING = OpenDeadline(
    label="用地预审",
    stage="用地预审",
    lamp=Lamp.GREEN,
    is_validity=False,
    due_on=date(2026, 12, 1),
    remaining=8,
    overdue=0,
    unit="个工作日",
    holder_unit="用途管制",
    holder="用途管制科经办",
)
PROJECT = ProjectFacts(
    pk=7,
    unit_code="522701",
    unit="都匀市",
    name="都匀试验水库",
    code="2026-522701-48-01-000001",
    list_category="省重点",
    priority_class="重点",
    track="单独选址",
    owner_unit="州水务局",
    investment_yuan=Decimal("123456789.00"),
    areas={"total_m2": 12_345, "arable_m2": 0},
    remark="",
)


def step(code, status="DONE", label="办结", **changed):
    facts = StepFacts(code, code, status, label, date(2026, 11, 2), date(2026, 11, 18))
    return replace(facts, **changed)


def cells(facts, **_):
    return dict(zip(KEYS, ledger_row(facts, position=1, week=WEEK).cells, strict=True))


def test_the_columns_are_those_of_the_specification_in_its_order():
    assert [column.label for column in COLUMNS] == SPECIFIED.split()


def test_areas_stay_whole_square_metres_and_zero_is_not_nothing():
    row = cells(PROJECT)

    assert (row["total_m2"], row["arable_m2"], row["agri_m2"]) == (12_345, 0, None)


def test_investment_is_shown_in_ten_thousands_without_a_float():
    assert cells(PROJECT)["investment"] == "12345.68"


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({}, None),
        ({"A03": step("A03")}, "2026-11-18"),
        ({"A03": step("A03", "RUNNING", "办理中", closed_on=None)}, "办理中"),
        ({"A03": step("A03", "NOT_INVOLVED", "不涉及", closed_on=None)}, "不涉及"),
        ({"A03": step("A03", "RETURNED", "退回")}, "退回"),
    ],
    ids=["no such step", "done", "running", "not involved", "returned"],
)
def test_a_step_shows_its_day_or_its_state(facts, shown):
    assert cells(replace(PROJECT, steps=facts))["A03"] == shown


def test_approval_shows_number_and_day_and_review_its_acceptance():
    steps = {
        "B02": step("B02", "RUNNING", "办理中", closed_on=None),
        "B03": step("B03", doc_no="黔自然资函〔2026〕12号"),
    }

    row = cells(replace(PROJECT, steps=steps))

    assert (row["B02_accepted"], row["B02"]) == ("2026-11-02", "办理中")
    assert (row["approval_no"], row["B03"]) == ("黔自然资函〔2026〕12号", "2026-11-18")


@pytest.mark.parametrize(
    ("status", "label", "shown"),
    [("NOT_STARTED", "未启动", "未受理"), ("NOT_INVOLVED", "不涉及", "不涉及")],
)
def test_a_review_without_acceptance_says_whether_one_is_awaited(status, label, shown):
    review = step("B02", status, label, accepted_on=None, closed_on=None)

    assert cells(replace(PROJECT, steps={"B02": review}))["B02_accepted"] == shown


def test_land_is_supplied_in_the_way_that_applies():
    steps = {"G02": step("G02", "NOT_INVOLVED", "不涉及"), "G04": step("G04")}

    assert cells(replace(PROJECT, steps=steps))["supply"] == "2026-11-18"


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        ({"G02": "NOT_STARTED", "G03": "DONE", "G04": "DONE"}, "2026-11-18"),
        ({"G02": "NOT_STARTED", "G03": "DONE", "G04": "RUNNING"}, "RUNNING"),
        ({"G02": "NOT_STARTED", "G03": "RUNNING", "G04": "NOT_STARTED"}, "RUNNING"),
        ({"G02": "NOT_INVOLVED", "G03": "DONE", "G04": "NOT_STARTED"}, "NOT_STARTED"),
        ({"G02": "NOT_INVOLVED", "G03": "DONE", "G04": "NOT_INVOLVED"}, "2026-11-18"),
        ({"G02": "NOT_INVOLVED", "G04": "NOT_INVOLVED"}, None),
    ],
)
def test_a_way_of_supply_not_set_aside_hides_none_that_was_taken(states, shown):
    steps = {code: step(code, state, state) for code, state in states.items()}

    assert cells(replace(PROJECT, steps=steps))["supply"] == shown


def test_the_current_stage_is_the_worst_lamp_and_then_the_earliest_day():
    late = replace(RUNNING, label="环评", lamp=Lamp.RED, due_on=date(2026, 11, 10), remaining=-7, overdue=7)
    soon = replace(RUNNING, label="水保", due_on=date(2026, 11, 25))

    assert current_deadline([RUNNING, soon, late]).label == "环评"
    assert current_deadline([RUNNING, soon]).label == "水保"
    row = cells(replace(PROJECT, deadlines=[RUNNING, late]))
    assert (row["stage"], row["remaining"], row["lamp"]) == ("环评", -7, "red")
    assert row["problem"] == "环评超期 7 个工作日"


def test_a_document_s_validity_is_never_the_current_stage_but_its_lamp_counts():
    validity = replace(RUNNING, label="预审有效期", lamp=Lamp.AMBER, is_validity=True)

    row = cells(replace(PROJECT, deadlines=[RUNNING, validity]))

    assert (row["stage"], row["lamp"]) == ("用地预审", "amber")


def test_a_pause_needs_coordination_and_shows_the_next_step_with_its_day():
    paused = replace(
        RUNNING,
        lamp=Lamp.PAUSE,
        due_on=None,
        remaining=None,
        pause_kind="会议",
        paused_from=date(2026, 11, 16),
        next_step="召开专题会",
        expected_end_on=date(2026, 11, 27),
    )

    row = cells(replace(PROJECT, deadlines=[paused]))

    assert row["coordination"] == "用地预审因会议暂停（11.16起）"
    assert row["next_step"] == "召开专题会（11.27前）"
    assert (row["due_on"], row["remaining"]) == (None, None)


def test_this_week_s_progress_is_what_happened_in_the_week():
    steps = {
        "A03": step("A03", accepted_on=date(2026, 11, 16), closed_on=date(2026, 11, 22)),
        "A07": step("A07", accepted_on=date(2026, 11, 13), closed_on=date(2026, 11, 15)),
    }

    assert cells(replace(PROJECT, steps=steps))["progress"] == "11.16受理A03；11.22办结A03"


def test_a_project_with_everything_done_says_so():
    row = cells(replace(PROJECT, steps={"A03": step("A03"), "A07": step("A07", "NOT_INVOLVED", "不涉及")}))

    assert (row["stage"], row["lamp"]) == ("全部办结", "done")


def test_a_project_that_has_not_begun_is_grey():
    assert cells(PROJECT)["lamp"] == "idle"


def test_sums_add_square_metres_and_count_lamps():
    rows = [ledger_row(replace(PROJECT, pk=n), position=n, week=WEEK) for n in (1, 2, 3)]

    sums = sums_of(rows)

    assert (sums.count, sums.areas["total_m2"], sums.areas["agri_m2"]) == (3, 37_035, 0)
    assert sums.lamps["idle"] == 3


def test_a_cut_out_ledger_is_numbered_from_one():
    rows = renumbered([ledger_row(PROJECT, position=n, week=WEEK) for n in (8, 9)])

    assert [row.cells[0] for row in rows] == [1, 2]


def test_a_ledger_of_an_earlier_release_is_read_by_its_own_columns():
    row = ledger_row(PROJECT, position=1, week=WEEK)
    earlier = [(key, cell) for key, cell in zip(KEYS, row.cells, strict=True) if key != "remark"][::-1]
    frozen = LedgerSnapshot(
        columns=[{"key": key} for key, _ in earlier],
        rows=[{"unit": row.unit_code, "project": row.project_id, "cells": [cell for _, cell in earlier]}],
    )

    assert list(stored_rows(frozen)) == [row]
