"""The law of documents, expropriation and idle land, from values alone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import rules
from approvals.models import DocumentKind, ExpropriationAct, LandDocumentArea
from approvals.rules.documents import PARTS
from approvals.rules.expropriation import BEFORE
from approvals.rules.idle import IdleState
from deadlines.published import published_calendar
from deadlines.rules import add_months

CALENDAR = published_calendar(last_year=2027)
LABELS = {"COMPENSATION": "征地补偿安置费", "SOCIAL": "社保费", "CROPS": "青苗费"}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("黔府用地函〔2026〕12号", "黔府用地函〔2026〕12号"),
        ("黔府用地函[2026]12号", "黔府用地函〔2026〕12号"),
        ("黔府用地函(2026) 12 号", "黔府用地函〔2026〕12号"),
        ("黔府用地函（２０２６）１２号", "黔府用地函〔2026〕12号"),
        ("黔府用地函【2026】12号", "黔府用地函〔2026〕12号"),
        ("黔府用地函﹝2026﹞12", "黔府用地函〔2026〕12号"),
        ("黔自然资（审批）[2026]第7号", "黔自然资（审批）〔2026〕第7号"),
    ],
)
def test_a_document_number_is_written_as_offices_write_it(typed: str, stored: str) -> None:
    assert rules.normalise_doc_no(typed) == stored
    assert rules.is_doc_no(stored)
    assert rules.doc_no_year(stored) == 2026


@pytest.mark.parametrize("text", ["〔2026〕12号", "黔府〔2026〕号", "黔府〔26〕3号", "黔府〔2026〕12号补"])
def test_what_no_office_would_write_is_no_document_number(text: str) -> None:
    assert not rules.is_doc_no(rules.normalise_doc_no(text))


@given(st.text(alphabet="黔府用地函自（）()[]〔〕【】2026７第号 ", max_size=20))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = rules.normalise_doc_no(text)
    assert rules.normalise_doc_no(once) == once
    number = rules.normalise_supervision_no(text)
    assert " " not in number


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("地字第 5227012026yg0012345 号", "5227012026YG0012345"),
        ("5227012026B00123", "5227012026B00123"),
        ("建字第５２２７０１２０２６GG0000166号", "5227012026GG0000166"),
    ],
)
def test_a_supervision_number_loses_what_surrounds_it(typed: str, stored: str) -> None:
    assert rules.normalise_supervision_no(typed) == stored
    assert rules.supervision_no_problem(stored, year=2026) == ""


@pytest.mark.parametrize(
    ("number", "year", "word"),
    [
        ("黔府用地函〔2026〕12号", 2026, "六位行政区代码"),
        ("522701YG0012345", 2026, "六位行政区代码"),
        ("5227012027YG0012345", 2026, "晚于批准年份"),
    ],
)
def test_a_wrong_supervision_number_says_what_is_wrong(number: str, year: int, word: str) -> None:
    assert word in rules.supervision_no_problem(number, year=year)


def test_less_than_applied_is_shown_class_by_class() -> None:
    rows = rules.area_differences(
        ("total", "arable", "pbf"),
        applied={"total": 10_000, "arable": 2_000, "pbf": None},
        approved={"total": 8_500, "arable": 2_000},
    )

    assert [(row.name, row.difference_m2, row.sentence) for row in rows] == [
        ("total", -1_500, "少于申请"),
        ("arable", 0, "与申请一致"),
    ]


def test_a_part_larger_than_its_whole_is_found() -> None:
    assert rules.part_too_large({"total": 100, "agri": 90, "arable": 91}) == ("arable", "agri")
    assert rules.part_too_large({"total": 100, "agri": None, "arable": 100}) is None
    assert {name for pair in PARTS for name in pair} == set(LandDocumentArea.CLASSES)


def test_the_kinds_of_the_rules_are_those_of_the_tables() -> None:
    kinds = set(DocumentKind.values)
    assert set(rules.KIND_OF_STEP.values()) | rules.COUNTS_AS_LAND | rules.BY_DOC_NO <= kinds
    assert set(BEFORE) == set(ExpropriationAct.Kind.values)


# D23 of the vectors: published on 24 April 2026, the tenth working day is 12 May.
def test_the_pre_notice_hangs_ten_working_days() -> None:
    period = rules.publication_period("PRE_NOTICE", date(2026, 4, 24), CALENDAR)

    assert period == rules.Period(date(2026, 5, 12), date(2026, 5, 13))


def test_the_scheme_hangs_thirty_days() -> None:
    period = rules.publication_period("SCHEME_NOTICE", date(2026, 6, 1), CALENDAR)

    assert period == rules.Period(date(2026, 7, 1), date(2026, 7, 2))


def waits_for(notice: str, possible_on: date) -> rules.OutOfOrder:
    return rules.OutOfOrder(earlier=notice, not_before=possible_on)


LAWFUL = {
    "PRE_NOTICE": date(2026, 4, 24),
    "SURVEY": date(2026, 5, 6),
    "RISK": date(2026, 5, 8),
    "SCHEME": date(2026, 5, 12),
    "SCHEME_NOTICE": date(2026, 5, 13),
    "WAIVER": date(2026, 6, 1),
    "REGISTRATION": date(2026, 6, 3),
    "AGREEMENT": date(2026, 6, 13),
}


def test_a_lawful_course_can_be_recorded_one_by_one() -> None:
    days: dict[str, date] = {}
    for kind, day in LAWFUL.items():
        assert kind in rules.next_kinds(days)
        assert rules.order_problem(kind, day, days, CALENDAR) is None
        days[kind] = day
    assert rules.next_kinds(days) == ["APPLICATION"]


@pytest.mark.parametrize(
    ("kind", "day", "problem"),
    [
        ("SCHEME_NOTICE", date(2026, 5, 12), waits_for("PRE_NOTICE", date(2026, 5, 13))),
        ("AGREEMENT", date(2026, 6, 12), waits_for("SCHEME_NOTICE", date(2026, 6, 13))),
        ("SURVEY", date(2026, 4, 23), rules.OutOfOrder(earlier="PRE_NOTICE")),
        ("SURVEY", date(2026, 5, 13), rules.OutOfOrder(later="SCHEME")),
        ("PRE_NOTICE", date(2026, 4, 27), rules.OutOfOrder(later="SCHEME_NOTICE")),
        ("NOTICE", date(2026, 9, 1), rules.OutOfOrder(missing=("APPLICATION",))),
    ],
)  # fmt: skip
def test_out_of_order_says_what_stands_in_the_way(kind: str, day: date, problem: rules.OutOfOrder) -> None:
    assert rules.order_problem(kind, day, LAWFUL, CALENDAR) == problem


def test_a_hearing_and_its_waiver_exclude_each_other() -> None:
    days = {kind: LAWFUL[kind] for kind in ("PRE_NOTICE", "SURVEY", "RISK", "SCHEME", "SCHEME_NOTICE")}

    assert {"HEARING", "WAIVER"} <= set(rules.next_kinds(days))
    assert "WAIVER" not in rules.next_kinds({**days, "HEARING": date(2026, 6, 1)})


def test_only_everybody_is_a_hundred_per_cent() -> None:
    assert rules.signing_rate(99_999, 100_000) == Decimal("99.99")
    assert rules.signing_rate(3, 3) == Decimal(100)
    assert rules.signing_rate(0, 0) is None


def _sums(item: str, due: int, deposited: int, separate: int | None = None) -> rules.FundSums:
    kept = deposited if separate is None else separate
    return rules.FundSums(item, Decimal(due), Decimal(deposited), Decimal(0), Decimal(kept))


def test_money_is_ready_when_every_fee_is_deposited_in_the_separate_account() -> None:
    ready = rules.read_funds([_sums("COMPENSATION", 100, 100), _sums("SOCIAL", 50, 60)], LABELS)
    mixed = rules.read_funds([_sums("COMPENSATION", 100, 90), _sums("SOCIAL", 50, 60, 10)], LABELS)
    unstated = rules.read_funds([_sums("COMPENSATION", 100, 100)], LABELS)

    assert ready.is_sufficient
    assert mixed.problems == (
        "征地补偿安置费应付 100 元，尚缺预存 10 元",
        "社保费有 50 元未存入专户",
    )
    assert unstated.problems == ("未登记应付社保费",)


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(LABELS)), st.integers(0, 50), st.integers(0, 50)),
        max_size=3,
        unique_by=lambda row: row[0],
    )
)
def test_a_surplus_of_one_fee_never_covers_another(rows: list[tuple[str, int, int]]) -> None:
    reading = rules.read_funds([_sums(*row) for row in rows], LABELS)

    due = {item: amount for item, amount, _ in rows}
    stated = due.get("COMPENSATION", 0) > 0 and due.get("SOCIAL", 0) > 0
    assert reading.is_sufficient == (stated and all(paid >= owed for _, owed, paid in rows))
    assert reading.missing_yuan == sum(max(owed - paid, 0) for _, owed, paid in rows)


TERMS = rules.IdleTerms(12, 24, 1, 3, 25, 20, 90, "闲置土地处置办法")
START_BY = date(2025, 3, 31)


def facts(**more: object) -> rules.ParcelFacts:
    return rules.ParcelFacts(area_m2=30_000, start_by=START_BY, price_yuan=Decimal("1000000"), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2025, 3, 31), IdleState.WAITING),
        (date(2025, 4, 1), IdleState.LATE),
        (date(2025, 12, 31), IdleState.NEARLY_IDLE),
        (date(2026, 3, 31), IdleState.NEARLY_IDLE),
        (date(2026, 4, 1), IdleState.IDLE),
        (date(2027, 3, 31), IdleState.IDLE),
        (date(2027, 4, 1), IdleState.RECOVERABLE),
    ],
)
def test_land_without_a_start_becomes_idle_and_recoverable(today: date, state: IdleState) -> None:
    reading = rules.read_idle(facts(), TERMS, today=today)

    assert reading.state is state
    assert reading.fee_yuan == (
        Decimal("200000.00") if state in {IdleState.IDLE, IdleState.RECOVERABLE} else None
    )


def test_a_governments_cause_excuses_for_any_time() -> None:
    reading = rules.read_idle(facts(is_governments_cause=True), TERMS, today=date(2030, 1, 1))

    assert reading.state is IdleState.EXCUSED
    assert reading.fee_yuan is None


@pytest.mark.parametrize(
    ("developed", "invested", "state"),
    [
        (10_000, 250, IdleState.STOPPED),
        (9_999, 250, IdleState.IDLE),
        (10_000, 249, IdleState.IDLE),
    ],
)
def test_stopped_land_is_idle_below_a_third_or_a_quarter(
    developed: int, invested: int, state: IdleState
) -> None:
    stopped = facts(
        started_on=date(2025, 2, 1),
        stopped_on=date(2025, 6, 1),
        developed_m2=developed,
        invested_yuan=Decimal(invested),
        investment_yuan=Decimal(1_000),
    )

    assert rules.read_idle(stopped, TERMS, today=date(2026, 6, 2)).state is state
    assert rules.read_idle(stopped, TERMS, today=date(2026, 6, 1)).state is not IdleState.IDLE
    assert rules.read_idle(stopped, TERMS, today=date(2026, 2, 1)).state is not IdleState.IDLE


@given(st.integers(0, 1_200))
def test_the_alarm_never_goes_off_by_itself_later(after: int) -> None:
    today = START_BY + timedelta(days=after)
    rank = [IdleState.WAITING, IdleState.LATE, IdleState.NEARLY_IDLE, IdleState.IDLE, IdleState.RECOVERABLE]
    now = rank.index(rules.read_idle(facts(), TERMS, today=today).state)

    assert now <= rank.index(rules.read_idle(facts(), TERMS, today=today + timedelta(days=1)).state)
    assert (now >= rank.index(IdleState.IDLE)) == (today > add_months(START_BY, 12))
