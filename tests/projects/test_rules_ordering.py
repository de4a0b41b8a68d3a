"""The class by criteria, the place in the queue, the leader by investment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.rules.brackets import Boundary, InvestmentBracket, propose_title, span_words
from projects.rules.ordering import (
    CLASS_ORDER,
    ClassCriterion,
    ClassFacts,
    ClassWords,
    QueueEntry,
    class_rank,
    criterion_words,
    in_order,
    propose_class,
)

TODAY = date(2026, 11, 23)
WORDS = ClassWords(categories={"PROVINCIAL": "省重点"}, flags={"WELFARE": "重点民生"})
CRITERIA = (
    ClassCriterion(1, "URGENT", frozenset({"PROVINCIAL"}), starts_within_months=6),
    ClassCriterion(2, "URGENT", flags=frozenset({"WELFARE", "ENTRUSTED"}), starts_within_months=6),
    ClassCriterion(3, "KEY", frozenset({"PROVINCIAL"})),
    ClassCriterion(4, "KEY", investment_from_yuan=Decimal(500_000_000)),
    ClassCriterion(5, "RESERVE"),
)


@pytest.mark.parametrize(
    ("facts", "priority", "reason"),
    [
        pytest.param(
            ClassFacts("PROVINCIAL", planned_start_on=date(2027, 5, 23)),
            "URGENT",
            "第 1 条：省重点、计划 2027-05-23 开工（6 个月内）",
            id="the last day of the months counts",
        ),
        pytest.param(
            ClassFacts("PROVINCIAL", planned_start_on=date(2027, 5, 24)),
            "KEY",
            "第 3 条：省重点",
            id="a day later does not",
        ),
        pytest.param(
            ClassFacts("PROVINCIAL", planned_start_on=date(2026, 3, 1)),
            "URGENT",
            "第 1 条：省重点、计划 2026-03-01 开工（6 个月内）",
            id="a start that has passed is no less urgent",
        ),
        pytest.param(ClassFacts("PROVINCIAL"), "KEY", "第 3 条：省重点", id="no start is no near start"),
        pytest.param(
            ClassFacts(flags=frozenset({"WELFARE"}), planned_start_on=date(2027, 1, 1)),
            "URGENT",
            "第 2 条：重点民生、计划 2027-01-01 开工（6 个月内）",
            id="one of the flags suffices",
        ),
        pytest.param(
            ClassFacts("OTHER", investment_yuan=Decimal(500_000_000)),
            "KEY",
            "第 4 条：总投资不少于5亿元",
            id="the investment itself counts",
        ),
        pytest.param(
            ClassFacts("OTHER", investment_yuan=Decimal("499999999.99")),
            "RESERVE",
            "第 5 条：以上各条都不符合",
            id="a fen less does not",
        ),
    ],
)
def test_the_first_criterion_that_holds_proposes_the_class_and_says_why(facts, priority, reason):
    found = propose_class(facts, CRITERIA, today=TODAY, words=WORDS)

    assert (found.priority_class, found.reason) == (priority, reason)


def test_without_a_criterion_that_holds_a_person_decides():
    found = propose_class(ClassFacts(), CRITERIA[:3], today=TODAY, words=WORDS)

    assert found.priority_class == ""
    assert found.reason == "没有一条标准符合，由人工确定"


def test_a_criterion_reads_as_a_sentence():
    assert criterion_words(CRITERIA[1], WORDS) == "ENTRUSTED或重点民生；6 个月内计划开工（含已过计划日）"


def test_the_queue_goes_by_class_then_by_investment():
    small, large = QueueEntry(1, "URGENT", Decimal(10)), QueueEntry(2, "URGENT", Decimal(20))
    unknown, key, unclassed = QueueEntry(3, "URGENT"), QueueEntry(4, "KEY", Decimal(99)), QueueEntry(5)

    found = in_order([unclassed, key, unknown, small, large])

    assert [entry.number for entry in found] == [2, 1, 3, 4, 5]


def test_who_jumped_stands_at_the_head_of_the_class_the_earlier_first():
    first = QueueEntry(1, "RESERVE", Decimal(1), jumped_to="KEY", jump=7)
    second = QueueEntry(2, "KEY", Decimal(1), jumped_to="KEY", jump=9)
    urgent, key = QueueEntry(3, "URGENT"), QueueEntry(4, "KEY", Decimal(10**9))

    found = in_order([key, second, first, urgent])

    assert [entry.number for entry in found] == [3, 1, 2, 4]


ENTRIES = st.lists(
    st.builds(
        QueueEntry,
        number=st.integers(1, 10_000),
        priority_class=st.sampled_from([*CLASS_ORDER, ""]),
        investment_yuan=st.none() | st.decimals(0, 10**10, places=2),
    ),
    unique_by=lambda entry: entry.number,
    max_size=30,
)


@given(ENTRIES)
def test_no_project_stands_before_one_of_a_higher_class(entries):
    ranks = [class_rank(entry.priority_class) for entry in in_order(entries)]

    assert ranks == sorted(ranks)


# --- brackets -------------------------------------------------------------------------------------

BRACKETS = (
    InvestmentBracket(Decimal(50_000_000), "局长"),
    InvestmentBracket(Decimal(20_000_000), "副局长"),
    InvestmentBracket(Decimal(0)),
)


@pytest.mark.parametrize(
    ("yuan", "boundary", "title"),
    [
        pytest.param("50000000", Boundary.HIGHER, "局长", id="exactly 5000万 is the director's"),
        pytest.param("50000000", Boundary.LOWER, "副局长", id="or the deputy's, as the set says"),
        pytest.param("50000000.01", Boundary.LOWER, "局长", id="a fen more is the director's"),
        pytest.param("49999999.99", Boundary.HIGHER, "副局长", id="a fen less is the deputy's"),
        pytest.param("20000000", Boundary.HIGHER, "副局长", id="exactly 2000万"),
        pytest.param("20000000", Boundary.LOWER, "", id="exactly 2000万, lower"),
        pytest.param("19999999.99", Boundary.HIGHER, "", id="below, the rule names nobody"),
        pytest.param("0", Boundary.LOWER, "", id="nothing at all falls into the last"),
    ],
)
def test_every_investment_falls_into_exactly_one_bracket(yuan, boundary, title):
    assert propose_title(Decimal(yuan), BRACKETS, boundary=boundary).leader_title == title


def test_the_reason_says_on_which_side_the_limit_falls():
    found = propose_title(Decimal(50_000_000), BRACKETS, boundary=Boundary.HIGHER)

    assert found.reason == "总投资5000万元，属“5000万元以上（含）”"
    assert [span_words(BRACKETS, place, Boundary.HIGHER) for place in range(3)] == [
        "5000万元以上（含）",
        "2000万元以上（含）、5000万元以下（不含）",
        "2000万元以下（不含）",
    ]
    assert span_words(BRACKETS, 1, Boundary.LOWER) == "2000万元以上（不含）、5000万元以下（含）"


def test_without_a_stated_investment_nobody_is_proposed():
    found = propose_title(None, BRACKETS, boundary=Boundary.HIGHER)

    assert (found.leader_title, found.reason) == ("", "未填总投资，不能按投资分级建议")


def test_what_no_bracket_reaches_is_said():
    found = propose_title(Decimal(5), BRACKETS[:2], boundary=Boundary.HIGHER)

    assert found.reason == "总投资5元，低于最低一档，规则未规定责任领导"
