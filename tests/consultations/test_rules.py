"""The council's rules from values alone."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from consultations import rules
from consultations.rules import Candidate, Quarter, Scope, ScopeFacts, State

MAJOR = ScopeFacts(list_category="PROVINCIAL", is_single_site=True, industry="交通运输")


def test_facts_prove_their_classes_and_no_fact_proves_an_order_of_the_government():
    assert set(rules.proposed_scopes(MAJOR)) == {Scope.MAJOR_SINGLE_SITE, Scope.PROVINCIAL_PLAN}
    assert set(rules.proposed_scopes(ScopeFacts("NATIONAL", True, "教育"))) == set()
    assert set(rules.proposed_scopes(ScopeFacts("FIVE_PLUS_THREE"))) == {Scope.FIVE_PLUS_THREE}
    assert set(rules.proposed_scopes(ScopeFacts(raised_by_department=True))) == {Scope.SECTOR}


@pytest.mark.parametrize(
    ("chosen", "reason", "missing", "why"),
    [
        ([], "", "没有选择会商范围", ""),
        ([Scope.PROVINCIAL_PLAN], "", "", "清单类别为省重点"),
        ([Scope.ORDERED], " ", "请写明依据", ""),
        ([Scope.ORDERED], "州府专议〔2026〕3号", "", "办公室认定：州府专议〔2026〕3号"),
        ([Scope.PROVINCIAL_PLAN, Scope.ORDERED], "批示", "", "清单类别为省重点；办公室认定：批示"),
    ],
    ids=["none", "proved", "not proved", "with a paper", "both"],
)
def test_a_class_that_nothing_proves_needs_a_reason(chosen, reason, missing, why):
    verdict = rules.check_scope(chosen, facts=MAJOR, reason=reason)

    assert missing in verdict.missing
    assert bool(missing) == bool(verdict.missing)
    assert verdict.reason == why


def test_every_state_leads_on_and_closed_opens_only_again():
    assert set(rules.NEXT_STATES) == set(State)
    assert all(rules.NEXT_STATES.values())
    assert not any(rules.may_move(state, state) for state in State)
    to_closed = {state for state in State if rules.may_move(state, State.CLOSED)}
    assert to_closed == {State.DONE, State.REFERRED, State.ESCALATED}
    assert not rules.may_move(State.RAISED, State.ON_AGENDA)


def test_an_agenda_takes_classes_in_order_and_within_each_the_longest_stuck_first():
    rows = [
        Candidate(1, "", 90),
        Candidate(2, "KEY", 3),
        Candidate(3, "URGENT", 1),
        Candidate(4, "KEY", 40),
        Candidate(5, "URGENT", 1),
    ]

    assert [row.topic_id for row in rules.agenda_order(rows)] == [3, 5, 4, 2, 1]


@pytest.mark.parametrize(
    ("day", "quarter", "last"),
    [
        (date(2026, 1, 1), Quarter(2026, 1), date(2026, 3, 31)),
        (date(2026, 6, 30), Quarter(2026, 2), date(2026, 6, 30)),
        (date(2026, 12, 31), Quarter(2026, 4), date(2026, 12, 31)),
    ],
)
def test_a_day_lies_in_its_calendar_quarter(day, quarter, last):
    assert rules.quarter_of(day) == quarter
    assert quarter.last_on == last
    assert quarter.first_on <= day <= quarter.last_on
    assert Quarter(2026, 4).following == Quarter(2027, 1)
    assert Quarter(2026, 4).label == "2026年第四季度"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (40, "四十"),
        (99, "九十九"),
        (105, "一百零五"),
        (110, "一百一十"),
    ],
)
def test_headings_are_counted_in_chinese(number, words):
    assert rules.chinese_number(number) == words


def test_every_part_of_a_text_finds_the_text_by_its_pairs():
    text = "贵定县B3地块使用林地手续"
    grams = set(rules.bigrams(text))

    for start, end in product(range(len(text)), repeat=2):
        part = text[start:end]
        if len(part) > 1 and not any(char.isascii() for char in part):
            assert set(rules.bigrams(part)) <= grams
    assert rules.bigrams("林") == ["林"]
    assert "b3" in grams


def test_a_resolution_names_who_leads_who_helps_and_by_when():
    sentence = rules.resolution_sentence(
        text="办理使用林地手续。", lead="州林业局", together_with=["州水务局"], due="2026年10月15日"
    )

    assert (
        sentence == "办理使用林地手续。（责任单位：州林业局，配合单位：州水务局；完成时限：2026年10月15日）"
    )
