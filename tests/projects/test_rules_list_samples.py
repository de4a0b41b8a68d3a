"""The samples are read as they are and give exactly what their `.expected.json` says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from officefiles.errors import TableNotFound
from officefiles.reading import read_workbook
from projects.rules import read_list
from tests.projects.lists import WORDS, directory

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
NAMES = {"county": "unit_name"}


def read(name: str, own_unit: str | None, today: str):
    workbook = read_workbook((SAMPLES / name).read_bytes(), filename=name)
    on = date.fromisoformat(today)
    return read_list(workbook, directory=directory(), own_unit=own_unit, today=on, words=WORDS)


@pytest.mark.parametrize(
    "name", ["county-list-mu.xlsx", "prefecture-weekly-ledger.xlsx", "department-demand-gbk.csv"]
)
def test_a_sample_gives_its_expected_verdicts(name):
    expected = json.loads((SAMPLES / f"{name.rpartition('.')[0]}.expected.json").read_text(encoding="utf-8"))
    own_unit = expected["organisation"] if expected["organisation"] in directory().units else None

    reading = read(name, own_unit, expected["today"])

    assert [row.row for row in reading.rows] == [row["row"] for row in expected["rows"]]
    for row, wanted in zip(reading.rows, expected["rows"], strict=True):
        found = {
            "row": row.row,
            "name": row.name,
            "county": row.unit_name or None,
            "verdict": row.verdict,
            "total_m2": row.facts.land.total_m2,
            "arable_m2": row.facts.land.arable_m2,
            "why": wanted.get("why"),
        }
        assert {key: found[key] for key in wanted} == wanted
        if "why" in wanted:
            assert any(wanted["why"] in problem.message for problem in row.problems)


def test_what_stands_around_the_samples_is_understood():
    county = read("county-list-mu.xlsx", "522725", "2026-11-20")
    ledger = read("prefecture-weekly-ledger.xlsx", None, "2026-11-20")

    assert (county.header_row, county.totals_skipped, county.problems) == (3, (28,), ())
    assert county.preamble.reported_on == date(2026, 3, 6)
    assert ledger.header_row == 5
    assert len(ledger.totals_skipped) == 13
    assert ledger.preamble.title == "全州2026年重点项目用地要素保障工作台账（第47周）"


def test_a_ledger_says_more_than_a_list():
    first = read("prefecture-weekly-ledger.xlsx", None, "2026-11-20").rows[0].facts

    assert first.reported["feasibility"].on == date(2026, 8, 11)
    assert first.reported["prenotice"].status == "not_done"
    assert first.reported["countersigning"].text == "耕保科未会签"
    assert first.reported["obstacle"].text == "占补平衡指标不足"
    assert first.land.entered["total_m2"].as_dict() == {"value": "126.0096", "unit": "ha"}


def test_remarks_that_carry_facts_are_pointed_out():
    rows = {row.row: row for row in read("county-list-mu.xlsx", "522725", "2026-11-20").rows}

    assert rows[4].problems[0].cell == "L4"
    assert "2.3 亩" in rows[4].problems[0].message
    assert "跨县" in rows[9].problems[0].message
    assert rows[5].problems == ()


def test_the_targets_table_holds_no_projects():
    with pytest.raises(TableNotFound, match="包联责任清单"):
        read("hubei-targets.xlsx", None, "2026-11-20")
