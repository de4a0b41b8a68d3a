"""The law of steps."""

from __future__ import annotations

from datetime import date

import pytest

from approvals import rules
from approvals.catalogue_file import read_catalogue
from approvals.models import StepLimit
from approvals.rules import Limit, Predecessor, Relation, Status, StepState, Verb
from deadlines.rules import LineKind, Unit

ON = date(2026, 11, 2)


def state(code: str, status: Status = Status.NOT_STARTED, **more: object) -> StepState:
    return StepState(code=code, short=code, position=more.pop("position", 10), status=status, **more)


def unmet(step: StepState, *entries: Predecessor, others: list[StepState], on: date = ON) -> list[str]:
    found = rules.unmet_predecessors(step, entries, {other.code: other for other in others}, on=on)
    return [entry.code for entry in found]


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("[L]", "法条已核对"),
        ("[L]+[K]", "法条已核对、未核实"),
        ("[K] 自资规〔2019〕2号", "未核实 自资规〔2019〕2号"),
        ("", ""),
    ],
)
def test_a_source_says_in_words_how_well_it_was_checked(mark, words):
    assert StepLimit(evidence=mark).evidence_label == words


def test_no_mark_of_the_catalogue_is_left_without_words():
    limits = [limit for step in read_catalogue() for limit in step.limits]

    assert limits
    assert not [limit for limit in limits if "[" in StepLimit(evidence=limit["evidence"]).evidence_label]


@pytest.mark.parametrize(
    ("involvement", "has_conversion", "status"),
    [
        pytest.param("applies", None, Status.NOT_STARTED, id="applies"),
        pytest.param("not_involved", None, Status.NOT_INVOLVED, id="not-on-this-track"),
        pytest.param("if_involved", None, Status.NOT_INVOLVED, id="taken-up-when-involved"),
        pytest.param("after_B01", None, Status.NOT_STARTED, id="after-assembly"),
        pytest.param("by_supply_mode", None, Status.NOT_STARTED, id="by-supply-mode"),
        pytest.param("if_conversion", True, Status.NOT_STARTED, id="farm-land-is-converted"),
        pytest.param("if_conversion", None, Status.NOT_STARTED, id="areas-not-stated"),
        pytest.param("if_conversion", False, Status.NOT_INVOLVED, id="nothing-is-converted"),
    ],
)
def test_a_track_says_how_a_step_begins(involvement, has_conversion, status):
    assert rules.opening(involvement=involvement, has_conversion=has_conversion).status is status


def test_what_is_not_plain_says_why():
    for involvement in rules.Involvement:
        reason = rules.opening(involvement=involvement, has_conversion=None).reason
        assert bool(reason) == (involvement is not rules.Involvement.APPLIES)


@pytest.mark.parametrize(
    ("status", "holds"),
    [
        (Status.NOT_STARTED, False),
        (Status.RUNNING, False),
        (Status.PAUSED, False),
        (Status.DONE, True),
        (Status.NOT_INVOLVED, True),
        (Status.RETURNED, False),
        (Status.REJECTED, False),
        (Status.WITHDRAWN, False),
    ],
)
def test_a_predecessor_holds_when_it_is_done_or_not_involved(status, holds):
    missing = unmet(state("A03"), Predecessor(("A02",)), others=[state("A02", status)])

    assert missing == ([] if holds else ["A02"])


@pytest.mark.parametrize("done", ["G02", "G04"])
def test_any_of_the_alternatives_is_enough(done):
    others = [state("G02"), state("G04")]
    others = [state(o.code, Status.DONE if o.code == done else Status.NOT_STARTED) for o in others]

    assert unmet(state("X01"), Predecessor(("G02", "G04")), others=others) == []


def test_none_of_the_alternatives_is_one_obstacle():
    others = [state("G02"), state("G04", Status.RUNNING)]

    assert unmet(state("X01"), Predecessor(("G02", "G04")), others=others) == ["G02|G04"]


def test_start_to_start_holds_once_the_notice_is_published():
    entry = Predecessor(("Z01",), Relation.START_TO_START)

    assert unmet(state("Z02"), entry, others=[state("Z01")]) == ["Z01"]
    assert unmet(state("Z02"), entry, others=[state("Z01", Status.RUNNING, accepted_on=ON)]) == []


def test_a_conditional_predecessor_that_the_project_lacks_holds():
    assert unmet(state("B01"), Predecessor(("Z00",), is_conditional=True), others=[]) == []
    assert unmet(state("B01"), Predecessor(("Z00",)), others=[]) == ["Z00"]


def test_what_comes_after_assembly_is_not_asked_before_it():
    approval = state("A04", involvement="after_B01", position=40)
    assembly = state("B01", position=250)
    permit = state("X01", position=360)

    assert unmet(assembly, Predecessor(("A04",)), others=[approval, assembly]) == []
    assert unmet(permit, Predecessor(("A04",)), others=[approval, assembly]) == ["A04"]


def test_steps_after_assembly_ask_for_one_another():
    approval = state("A04", involvement="after_B01", position=40)
    study = state("A05", involvement="after_B01", position=50)
    assembly = state("B01", position=250)

    assert unmet(study, Predecessor(("A04",)), others=[approval, study, assembly]) == ["A04"]


def test_what_follows_a_merged_step_waits_for_the_one_it_went_into():
    merged = state("A03", Status.NOT_INVOLVED, merged_into="A08")
    between = state("A05", after=("A03",))
    after = Predecessor(("A03",))

    def asked(step: StepState, into: StepState) -> list[str]:
        return [entry.text for entry in rules.unmet_predecessors(
            step, [after], {other.code: other for other in (merged, between, into)}, on=ON
        )]  # fmt: skip

    alone, behind = state("A08", after=("A03",)), state("A08", after=("A05",))
    assert asked(state("C01"), alone) == ["A08 A08尚未办结（未启动），A03 A03已并入A08"]
    assert asked(between, alone) == asked(state("C01"), alone)
    assert asked(state("C01"), state("A08", Status.DONE)) == []
    # Not the step it went into, nor what that one waits for: they would wait for each other.
    assert asked(alone, alone) == asked(between, behind) == []
    assert asked(state("C01"), state("A08", Status.NOT_INVOLVED)) == []
    assert asked(state("C01"), state("A08", Status.NOT_INVOLVED, merged_into="A03")) == []
    # Nor what it waits for through another merger.
    gone, through = state("A04", Status.NOT_INVOLVED, merged_into="A06"), state("A06", after=("C01",))
    states = {
        other.code: other for other in (merged, gone, through, state("A08", after=("A04",)), state("C01"))
    }
    assert rules.unmet_predecessors(state("C01"), [after], states, on=ON) == []
    assert rules.is_dependency_open({"A08", "A03"}, [(Status.RUNNING, [after])])
    assert not rules.is_dependency_open({"A08"}, [(Status.RUNNING, [after])])


def test_a_lapsed_paper_does_not_satisfy():
    paper = state("A03", Status.DONE, valid_until=date(2026, 11, 1))

    [found] = rules.unmet_predecessors(state("B01"), [Predecessor(("A03",))], {"A03": paper}, on=ON)

    assert "2026-11-01 届满" in found.text


def test_a_paper_is_good_on_its_last_day():
    paper = state("A03", Status.DONE, valid_until=ON)

    assert unmet(state("B01"), Predecessor(("A03",)), others=[paper]) == []


def test_every_obstacle_is_listed():
    others = [state("A14"), state("Z02"), state("Z05", Status.DONE)]
    entries = [Predecessor((code,)) for code in ("A14", "Z02", "Z05")]

    assert unmet(state("B01"), *entries, others=others) == ["A14", "Z02"]


@pytest.mark.parametrize(
    ("verb", "allowed"),
    [
        (Verb.RECEIVE, {"NOT_STARTED"}),
        (Verb.NOTIFY, {"RECEIVED"}),
        (Verb.ACCEPT, {"NOT_STARTED", "RECEIVED", "CORRECTING"}),
        (Verb.REISSUE, {"RUNNING", "PAUSED"}),
        (Verb.EXCEPT, {"RUNNING", "PAUSED", "DONE"}),
        (Verb.PAUSE, {"RUNNING"}),
        (Verb.RESUME, {"PAUSED"}),
        (Verb.DECIDE, {"RUNNING", "PAUSED"}),
        (Verb.RETURN, {"RUNNING", "PAUSED"}),
        (Verb.REJECT, {"NOT_STARTED", "RECEIVED", "CORRECTING"}),
        (Verb.WITHDRAW, {"RECEIVED", "CORRECTING", "RUNNING", "PAUSED"}),
        (Verb.NOT_INVOLVED, {"NOT_STARTED", "RECEIVED", "CORRECTING"}),
        (Verb.REOPEN, {"DONE", "RETURNED", "REJECTED", "WITHDRAWN", "NOT_INVOLVED"}),
    ],
)
def test_the_status_machine(verb, allowed):
    assert {status.value for status in Status if rules.may(verb, status)} == allowed


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("黔西南府发〔2025〕7 号", "黔西南府发〔2025〕7号"),
        ("黔自然资[2025]12号", "黔自然资〔2025〕12号"),
        ("黔自然资(2025)12号", "黔自然资〔2025〕12号"),
        ("黔自然资（2025）12号", "黔自然资〔2025〕12号"),
        ("黔自然资【2025】第12号", "黔自然资〔2025〕第12号"),
        ("用字第 522700202600087 号", "用字第522700202600087号"),
    ],
)
def test_a_document_number_is_written_in_one_form(typed, stored):
    assert rules.normalise_doc_no(typed) == stored
    assert rules.is_doc_no(stored)


@pytest.mark.parametrize("text", ["〔2025〕7号", "黔府发〔2025〕", "黔府发〔2025〕甲号"])
def test_a_number_that_no_office_would_write_is_seen(text):
    assert not rules.is_doc_no(text)


def test_alternatives_must_be_chosen_from():
    book, form = (
        Limit(1, False, LineKind.MAX, 60, "报告书"),
        Limit(2, False, LineKind.MAX, 30, "报告表"),
    )

    assert rules.choose([book], None) == book
    assert rules.choose([], None) is None
    assert rules.choose([book, form], 2) == form
    with pytest.raises(LookupError):
        rules.choose([book, form], None)
    with pytest.raises(LookupError):
        rules.choose([book, form], 3)


def test_the_next_step_is_possible_the_day_after():
    assert rules.next_possible_on(date(2026, 5, 12)) == date(2026, 5, 13)
    assert rules.next_possible_on(None) is None


def test_the_shipped_catalogue_has_45_steps_without_a_circle():
    seeds = read_catalogue()
    before = {
        seed.code: {code for entry in seed.columns["predecessors"] for code in entry["any_of"]}
        for seed in seeds
    }

    assert len(seeds) == 45
    done: set[str] = set()
    while len(done) < len(seeds):
        ready = {code for code, needed in before.items() if needed <= done} - done
        assert ready, sorted(set(before) - done)
        done |= ready


def test_the_shipped_catalogue_keeps_references_and_windows_apart():
    limits = {seed.code: seed.limits for seed in read_catalogue()}

    assert [row["is_reference"] for row in limits["B01"]] == [True]
    assert limits["A01"][0]["value"] is None
    assert limits["A01"][0]["basis"].startswith("3月初、6月底")
    assert limits["A03"][0]["excluded"] == ["会议"]
    assert limits["B02"][0]["excluded"] == ["征求意见"]


# --- receipt and rounds --------------------------------------------------------------------------

RECEIVED, UNTIL = date(2026, 4, 29), date(2026, 5, 9)


@pytest.mark.parametrize(
    ("told_on", "accepted_on", "bound"),
    [
        (None, RECEIVED, None),
        (None, UNTIL, None),
        (None, date(2026, 5, 10), RECEIVED),
        (None, date(2026, 4, 28), RECEIVED),
        (UNTIL, date(2026, 5, 8), UNTIL),
        (UNTIL, UNTIL, None),
        (UNTIL, date(2026, 8, 1), None),
        (date(2026, 5, 10), date(2026, 5, 11), RECEIVED),
    ],
)
def test_the_receipt_and_the_notice_bind_the_day_of_acceptance(told_on, accepted_on, bound):
    receipt = rules.Receipt(RECEIVED, UNTIL, told_on)

    assert rules.binding_acceptance_day(receipt, accepted_on=accepted_on) == bound


@pytest.mark.parametrize(
    ("told_on", "today", "deemed"),
    [(None, UNTIL, False), (None, date(2026, 5, 10), True), (UNTIL, date(2026, 6, 1), False)],
)
def test_silence_speaks_from_the_day_after_the_window(told_on, today, deemed):
    assert rules.Receipt(RECEIVED, UNTIL, told_on).is_deemed_accepted(today) is deemed


def test_each_round_has_its_own_limit_and_later_rounds_keep_the_last():
    first, second = (Limit(n, False, LineKind.MAX, 20 - n, round=n) for n in (1, 2))
    always = Limit(3, True, LineKind.MAX, 5)
    plain = Limit(4, False, LineKind.VALIDITY, 3)

    chosen = [
        {limit.id for limit in rules.limits_of_round([first, second, always, plain], n)} for n in (1, 2, 3)
    ]

    assert chosen == [{1, 3, 4}, {2, 3, 4}, {2, 3, 4}]


def test_silence_takes_the_shortest_number():
    limits = [
        Limit(1, False, LineKind.MAX, 60),
        Limit(2, False, LineKind.MAX, None),
        Limit(3, False, LineKind.MAX, 30),
    ]

    assert rules.shortest(limits).id == 3
    assert rules.shortest(limits[1:2]) is None


def test_of_limits_in_different_units_the_time_decides_not_the_number():
    """Idle land: one year, thirty days to look into it, two years."""
    limits = [
        Limit(1, False, LineKind.MAX, 1, unit=Unit.YEAR),
        Limit(2, False, LineKind.MAX, 30, unit=Unit.CALENDAR_DAY),
        Limit(3, False, LineKind.MAX, 2, unit=Unit.YEAR),
        Limit(4, False, LineKind.MAX, None),
        Limit(5, False, LineKind.MAX, 25, unit=Unit.WORKING_DAY),
        Limit(6, False, LineKind.MAX, 2, unit=Unit.MONTH),
    ]

    assert rules.shortest(limits).id == 2
    assert rules.longest(limits).id == 3
    assert rules.longest(limits[3:4]) is None


def test_what_goes_with_another_limit_is_no_choice_of_its_own():
    approval, notice = (
        Limit(n, False, LineKind.MAX, days, name) for n, days, name in ((1, 20, "核准"), (2, 0, "备案"))
    )
    paper = Limit(3, False, LineKind.VALIDITY, 2, unit=Unit.YEAR, goes_with="核准")
    always = Limit(4, False, LineKind.VALIDITY, 3, unit=Unit.YEAR)
    after = Limit(5, False, LineKind.MAX, 1, unit=Unit.YEAR, goes_with="期满")
    limits = [approval, notice, paper, always, after]

    assert rules.handling_limits(limits) == [approval, notice]
    assert rules.validity_limits(limits, handled_under="核准") == [paper, always]
    assert rules.validity_limits(limits, handled_under="备案") == [always]
    assert rules.validity_limits(limits) == [always]


def test_of_two_alternatives_the_one_not_involved_does_not_stand_for_the_other():
    others = [state("G02", Status.NOT_INVOLVED), state("G04")]

    assert unmet(state("X01"), Predecessor(("G02", "G04")), others=others) == ["G02|G04"]
    assert unmet(state("X01"), Predecessor(("G02", "G04")), others=others[:1]) == []
