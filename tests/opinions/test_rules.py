"""When silence is consent, which answers count, and what a round comes to."""

from __future__ import annotations

from datetime import date

import pytest

from opinions import rules
from opinions.rules import Ended, Ending, Outcome, StartsAt, Verdict

DUE = date(2026, 10, 8)


@pytest.mark.parametrize(
    ("today", "lapsed"),
    [
        pytest.param(date(2026, 10, 8), False, id="the last day is the department's until midnight"),
        pytest.param(date(2026, 10, 9), True, id="from the next midnight silence is consent"),
        pytest.param(date(2026, 10, 12), True, id="and stays so however late the system looks"),
    ],
)
def test_silence_is_consent_from_the_day_after_the_due_date(today: date, lapsed: bool) -> None:
    assert rules.has_lapsed(may_lapse=True, due_on=DUE, today=today) is lapsed


def test_consent_begins_on_a_day_off_too() -> None:
    assert rules.effective_on(date(2026, 1, 23)) == date(2026, 1, 24)


def test_nothing_but_a_kind_that_may_lapse_does() -> None:
    assert not rules.has_lapsed(may_lapse=False, due_on=DUE, today=date(2027, 1, 1))


def test_nothing_lapses_while_the_clock_stands_still() -> None:
    assert not rules.has_lapsed(may_lapse=True, due_on=None, today=date(2027, 1, 1))
    assert not rules.is_late(due_on=None, today=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("starts_at", "received_on", "start"),
    [
        (StartsAt.RECEIPT, date(2026, 9, 20), date(2026, 9, 20)),
        (StartsAt.RECEIPT, None, date(2026, 9, 17)),
        (StartsAt.SENDING, date(2026, 9, 20), date(2026, 9, 17)),
    ],
    ids=["receipt", "receipt that nobody registered", "sending"],
)
def test_where_the_limit_begins(starts_at: StartsAt, received_on: date | None, start: date) -> None:
    sent_on = date(2026, 9, 17)

    assert rules.day_zero(starts_at=starts_at, sent_on=sent_on, received_on=received_on) == start


@pytest.mark.parametrize(
    ("verdict", "text", "conditions", "complete"),
    [
        (Verdict.AGREE, "", "", True),
        (Verdict.NOT_INVOLVED, "", "", True),
        (Verdict.CONDITIONAL, "原则同意", " ", False),
        (Verdict.CONDITIONAL, "", "避让河湖管理范围", True),
        (Verdict.DISAGREE, " ", "", False),
        (Verdict.DISAGREE, "压占水源保护区", "", True),
        (Verdict.MORE_NEEDED, "", "", False),
        (Verdict.MORE_NEEDED, "补充防洪评价", "", True),
    ],
)
def test_an_answer_says_what_it_must(verdict: Verdict, text: str, conditions: str, complete: bool) -> None:
    assert (rules.answer_gaps(verdict=verdict, text=text, conditions=conditions) == "") is complete


def test_asking_for_more_is_no_answer() -> None:
    assert [verdict for verdict in Verdict if not verdict.is_final] == [Verdict.MORE_NEEDED]


AGREED, LAPSED = Ended(Ending.ANSWERED, Verdict.AGREE), Ended(Ending.LAPSED)
CONDITIONAL = Ended(Ending.ANSWERED, Verdict.CONDITIONAL)
REFUSED, GONE = Ended(Ending.ANSWERED, Verdict.DISAGREE), Ended(Ending.WITHDRAWN)


@pytest.mark.parametrize(
    ("requests", "outcome"),
    [
        ([AGREED, LAPSED, Ended(Ending.ANSWERED, Verdict.NOT_INVOLVED)], Outcome.CONSENT),
        ([LAPSED], Outcome.CONSENT),
        ([AGREED, CONDITIONAL, LAPSED], Outcome.CONDITIONAL),
        ([CONDITIONAL, REFUSED], Outcome.OBJECTED),
        ([GONE, AGREED], Outcome.CONSENT),
        ([GONE], Outcome.NONE),
        ([], Outcome.NONE),
    ],
)
def test_the_gravest_word_is_the_rounds(requests: list[Ended], outcome: Outcome) -> None:
    assert rules.outcome_of(requests) is outcome
