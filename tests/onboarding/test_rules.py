"""What a cell of a working ledger means for its step. No database."""

from __future__ import annotations

from datetime import date

import pytest

from officefiles.values import parse_date
from onboarding.rules import Cell, Said, StoredStep, agrees, cell_of, read_statement
from projects.rules.columns import BY_KEY
from projects.rules.facts import ReportedFact

DAY = date(2026, 11, 19)


def said(**cells: str) -> dict[str, ReportedFact]:
    """Cells by column, read as the list reads them."""
    found = {}
    for key, text in cells.items():
        column, reading = BY_KEY[key], parse_date(text)
        status = reading.status.value if reading.status else ("done" if reading.first else "")
        found[key] = ReportedFact(column.spec.label, column.step, text, reading.on, status)
    return found


@pytest.mark.parametrize(
    ("key", "text", "code", "status", "began", "ended", "has_clock"),
    [
        ("feasibility", "2026.5.7", "A05", Said.DONE, None, date(2026, 5, 7), False),
        ("feasibility", "已批复", "A05", Said.DONE, None, DAY, False),
        ("feasibility", "2026.9", "A05", Said.DONE, None, date(2026, 9, 30), False),
        ("feasibility", "办理中", "A05", Said.RUNNING, DAY, None, False),
        ("feasibility", "不涉及", "A05", Said.NOT_INVOLVED, None, None, False),
        ("feasibility", "未批复", "A05", Said.OPEN, None, None, False),
        ("accepted", "2026.5.7", "B02", Said.RUNNING, date(2026, 5, 7), None, True),
        ("accepted", "已受理", "B02", Said.RUNNING, DAY, None, False),
        ("accepted", "未受理", "B02", Said.OPEN, None, None, False),
        ("accepted", "补正中", "B02", Said.OPEN, None, None, False),
        ("prenotice", "2026.5.7", "Z01", Said.RUNNING, date(2026, 5, 7), None, True),
        ("signing_rate", "100%", "Z08", Said.DONE, None, DAY, False),
        ("signing_rate", "85%", "Z08", Said.RUNNING, None, None, False),
    ],
)
def test_a_cell_says_what_its_step_is(
    key: str, text: str, code: str, status: Said, began: date | None, ended: date | None, has_clock: bool
) -> None:
    step = read_statement(said(**{key: text}), reported_on=DAY).steps[code]

    assert (step.said, step.ended_on, step.has_clock) == (status, ended, has_clock)
    assert step.began_on == (DAY if text == "85%" else began)


def test_columns_of_one_step_are_read_together() -> None:
    whole = read_statement(
        said(
            accepted="2026.4.10",
            countersigning="已完成会签",
            approved="2026-05-20",
            approval_number="黔府用地函[2026]12号",
            pauses="2026.4.13至2026.4.17 专家评审（评审意见）；A05 2026.1.1—今 会议；不详",
        ),
        reported_on=DAY,
    )
    backwards = read_statement(said(accepted="2026.4.10", approved="2026.3.9"), reported_on=DAY)
    unaccepted = read_statement(said(accepted="未受理", approved="2026.3.9"), reported_on=DAY)
    numbered = read_statement(said(approval_number="黔府用地函〔2026〕7号 2026.7.17"), reported_on=DAY)

    review, approval = whole.steps["B02"], whole.steps["B03"]
    assert (review.said, review.began_on, review.ended_on) == (
        Said.DONE,
        date(2026, 4, 10),
        date(2026, 5, 20),
    )
    assert [(p.first, p.last, p.why) for p in review.pauses] == [
        (date(2026, 4, 13), date(2026, 4, 17), "专家评审（评审意见）")
    ]
    assert (approval.ended_on, approval.doc_no) == (date(2026, 5, 20), "黔府用地函〔2026〕12号")
    assert [note.split("“")[0] for note in whole.notes] == ["暂停", "暂停"]
    assert backwards.steps["B02"].said is Said.RUNNING
    assert backwards.notes[0].startswith("批复日期 2026-03-09 早于受理日期 2026-04-10")
    assert unaccepted.steps["B02"].said is Said.OPEN
    assert unaccepted.notes == ("台账写未受理而已有批复，请核对受理日期",)
    assert (numbered.steps["B03"].ended_on, numbered.steps["B03"].doc_no) == (
        date(2026, 7, 17),
        "黔府用地函〔2026〕7号",
    )


@pytest.mark.parametrize(
    ("key", "cell", "step", "expected"),
    [
        ("approved", Cell(Said.DONE, DAY, True), StoredStep("DONE", None, DAY), True),
        ("approved", Cell(Said.DONE, DAY, True), StoredStep("DONE", None, date(2026, 11, 18)), False),
        ("approved", Cell(Said.DONE, DAY, False), StoredStep("DONE", None, date(2026, 11, 18)), True),
        ("approved", Cell(Said.DONE, DAY, True), StoredStep("RUNNING", DAY, None), False),
        ("accepted", Cell(Said.DONE, DAY, True), StoredStep("DONE", DAY, date(2026, 11, 20)), True),
        ("accepted", Cell(Said.OPEN), StoredStep("NOT_STARTED", None, None), True),
        ("accepted", Cell(Said.OPEN), StoredStep("NOT_INVOLVED", None, None), True),
        ("accepted", Cell(Said.OPEN), StoredStep("PAUSED", DAY, None), False),
        ("design", Cell(Said.RUNNING), StoredStep("PAUSED", DAY, None), True),
        ("design", Cell(Said.NOT_INVOLVED), StoredStep("NOT_STARTED", None, None), False),
    ],
)
def test_a_stored_step_agrees_with_its_cell_or_not(
    key: str, cell: Cell, step: StoredStep, expected: bool
) -> None:
    assert agrees(cell, cell_of(key, step)) is expected
