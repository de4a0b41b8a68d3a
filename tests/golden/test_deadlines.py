"""Every golden deadline case, through the public rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import deadlines
from deadlines.errors import CalendarGap
from deadlines.published import published_calendar
from deadlines.rules import (
    Counting,
    Line,
    LineKind,
    LineName,
    Pause,
    PauseKinds,
    Unit,
    WorkingCalendar,
    consent_window,
    correction_window,
    day_sheet,
    due_of,
    latest_day_before,
    read_line,
    read_pause_kinds,
    reporting_day,
)

Case = dict[str, Any]
NOT_COMPARED = {"due_weekday"}
LAST_YEAR = 2040


def test_a_golden_deadline(golden_case: Case) -> None:
    answer = ANSWERS[golden_case["kind"]](golden_case["input"], golden_case)

    expected = {key: value for key, value in golden_case["expected"].items() if key not in NOT_COMPARED}
    if "trace_counted_days" in golden_case:
        expected["trace_counted_days"] = golden_case["trace_counted_days"]

    assert {key: answer.get(key, "not answered") for key in expected} == expected


@cache
def official() -> WorkingCalendar:
    return published_calendar(last_year=LAST_YEAR)


@cache
def pause_kinds() -> PauseKinds:
    path = Path(deadlines.__file__).parent / "reference" / "pause_kinds.csv"
    return read_pause_kinds(path.read_text(encoding="utf-8").splitlines())


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def pauses_of(given: Case) -> list[Pause]:
    return [
        pause_kinds().pause(first=date.fromisoformat(p["from"]), last=day(p.get("to")), reason=p["reason"])
        for p in given.get("pauses", [])
    ]


def trace(
    line: Line,
    start: date,
    pauses: Iterable[Pause] = (),
    *,
    name: LineName = LineName.COMMITTED,
    today: date | None = None,
) -> list[str]:
    """The counted days of the day-by-day sheet that make up the limit."""
    squares = day_sheet(
        line=line, start=start, today=today or start, calendar=official(), pauses=tuple(pauses), name=name
    )
    return [s.day.isoformat() for s in squares if s.number is not None and s.number <= line.total]


def working_days(given: Case, case: Case) -> Case:
    line = Line(limit=given["limit"], extension=given.get("extension", 0))
    start, pauses = date.fromisoformat(given["start"]), pauses_of(given)
    rolled = Counting(roll_nonworking_start=True)
    plain = due_of(line=line, start=start, calendar=official(), pauses=pauses)
    return {
        "due": iso(plain.on),
        "due_if_roll_start": iso(
            due_of(line=line, start=start, calendar=official(), pauses=pauses, counting=rolled).on
        ),
        "flag": "provisional" if plain.is_provisional else None,
        "trace_counted_days": trace(line, start, pauses, today=_after_pauses(start, pauses)),
    }


def open_pause(given: Case, case: Case) -> Case:
    line = Line(limit=given["limit"], extension=given.get("extension", 0))
    start, pauses = date.fromisoformat(given["start"]), pauses_of(given)
    today = day(given.get("today")) or _after_pauses(start, pauses)
    reading = read_line(line=line, start=start, today=today, calendar=official(), pauses=pauses)
    return {
        "due": iso(reading.due),
        "status": "paused" if reading.is_paused else "overdue" if reading.is_overdue else "running",
        "elapsed": reading.used,
        "remaining": reading.remaining,
        "trace_counted_days": trace(line, start, pauses, today=today),
    }


def _after_pauses(start: date, pauses: list[Pause]) -> date:
    """A day on which every pause has begun."""
    return max([start, *(pause.first for pause in pauses)])


def deemed_consent(given: Case, case: Case) -> Case:
    line = Line(limit=given["limit"], kind=LineKind.DEEMED_CONSENT, unit=Unit(given.get("unit", "wd")))
    received, pauses = date.fromisoformat(given["received"]), pauses_of(given)
    window = consent_window(received=received, limit=line, calendar=official(), pauses=pauses)
    answered = next((day(given[key]) for key in ("answered", "replied", "reply") if given.get(key)), None)
    return {
        "due": iso(window.due),
        "deemed_consent_effective": iso(window.effective_on),
        "status_on": {
            when: window.status_on(date.fromisoformat(when), answered_on=answered).value
            for when in case["expected"].get("status_on", {})
        },
        "trace_counted_days": trace(line, received, pauses, name=LineName.STATUTORY),
    }


FIRST_PAPERS = {"received", "correction_notice"}  # any other date of a case: the complete papers


def is_date(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None


def correction(given: Case, case: Case) -> Case:
    line = Line(limit=given["limit"], extension=given.get("extension", 0))
    received = date.fromisoformat(given["received"])
    completed = next((day(given[key]) for key in given.keys() - FIRST_PAPERS if is_date(given[key])), None)
    window = correction_window(
        received=received,
        handling=line,
        calendar=official(),
        notified_on=day(given.get("correction_notice")),
        completed_on=completed,
        pauses=pauses_of(given),
    )
    accepted = window.accepted_on
    return {
        "notice_deadline": iso(window.notice_deadline),
        "notice_in_time": window.is_notice_in_time,
        "notice_late": given.get("correction_notice") is not None and not window.is_notice_in_time,
        "accepted_on": iso(accepted),
        "acceptance_on": iso(accepted),
        "deemed_accepted_on": iso(window.deemed_accepted_on),
        "deemed_accepted_detected_from": iso(window.deemed_accepted_from),
        "statutory_due": iso(window.statutory_due),
        "trace_counted_days": trace(line, accepted, pauses_of(given), name=LineName.STATUTORY)
        if accepted
        else [],
    }


def min_period(given: Case, case: Case) -> Case:
    limit, unit = (
        (given["min_days"], Unit.CALENDAR_DAY) if "min_days" in given else (given["min"], Unit.WORKING_DAY)
    )
    line = Line(limit=limit, unit=unit, kind=LineKind.MIN)
    published = date.fromisoformat(given["published"])
    due = due_of(line=line, start=published, calendar=official(), pauses=pauses_of(given))
    return {
        "raw_last_day": iso(due.raw),
        "last_day": iso(due.on),
        "earliest_next": iso(due.earliest_next),
        "trace_counted_days": trace(line, published, pauses_of(given)),
    }


def months(given: Case, case: Case) -> Case:
    line = Line(limit=given["months"], unit=Unit.MONTH, extension=given.get("extension", 0))
    due = due_of(
        line=line, start=date.fromisoformat(given["start"]), calendar=official(), pauses=pauses_of(given)
    )
    return {"raw": iso(due.raw), "due": iso(due.on)}


def validity(given: Case, case: Case) -> Case:
    def through(item: Case) -> str | None:
        limit, unit = (item["years"], Unit.YEAR) if "years" in item else (item["months"], Unit.MONTH)
        line = Line(limit=limit, unit=unit, kind=LineKind.VALIDITY)
        return iso(due_of(line=line, start=date.fromisoformat(item["approved"]), calendar=official()).on)

    if "items" in given:
        return {"valid_through": [through(item) for item in given["items"]]}
    return {"valid_through": through(given)}


def calendar_missing(given: Case, case: Case) -> Case:
    line, start = Line(limit=given["limit"]), date.fromisoformat(given["start"])
    due = due_of(line=line, start=start, calendar=official(), pauses=pauses_of(given))
    return {
        "strict": refusal(
            lambda: due_of(line=line, start=start, calendar=official().strict(), pauses=pauses_of(given))
        ),
        "provisional_due": iso(due.on),
        "flag": "provisional" if due.is_provisional else None,
        "trace_counted_days": trace(line, start, pauses_of(given)),
    }


def refusal(ask: Callable[[], object]) -> str | None:
    try:
        ask()
    except CalendarGap as gap:
        name = "".join(part.capitalize() for part in gap.code.split("_"))
        return f"{name}:{gap.facts['year']}"
    return None


def weekly(given: Case, case: Case) -> Case:
    return {
        "due": [
            iso(reporting_day(week_of=date.fromisoformat(thursday), calendar=official()))
            for thursday in given["thursdays"]
        ]
    }


def remaining(given: Case, case: Case) -> Case:
    return {
        "remaining": [
            official().count(date.fromisoformat(item["today"]), date.fromisoformat(item["due"]))
            for item in given["items"]
        ]
    }


def latest_before(given: Case, case: Case) -> Case:
    def latest(item: Case) -> str | None:
        return iso(
            latest_day_before(
                event=date.fromisoformat(item["event"]),
                working_days=item["working_days_before"],
                calendar=official(),
            )
        )

    return {"latest": [latest(item) for item in given["items"]] if "items" in given else latest(given)}


def two_lines(given: Case, case: Case) -> Case:
    start, pauses = date.fromisoformat(given["start"]), pauses_of(given)

    def ends(name: LineName) -> str | None:
        line = Line(limit=given[f"{name.value}_limit"], extension=given.get(f"{name.value}_extension", 0))
        return iso(due_of(line=line, start=start, calendar=official(), pauses=pauses, name=name).on)

    return {"committed_due": ends(LineName.COMMITTED), "statutory_due": ends(LineName.STATUTORY)}


ANSWERS: dict[str, Callable[[Case, Case], Case]] = {
    "working_days": working_days,
    "open_pause": open_pause,
    "deemed_consent": deemed_consent,
    "correction": correction,
    "min_period_wd": min_period,
    "min_period_cd": min_period,
    "months": months,
    "validity_years": validity,
    "calendar_missing": calendar_missing,
    "weekly": weekly,
    "remaining": remaining,
    "latest_before": latest_before,
    "two_lines": two_lines,
}
