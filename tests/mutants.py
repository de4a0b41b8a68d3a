"""Break each rule of the clock once and see a test turn red.

    .venv/bin/python tests/mutants.py [--only WORD]

Not collected by pytest: it copies the product into a temporary folder, breaks one place at a time
(an end inclusive or exclusive, the start day, the roll, a comparison) and runs the tests of the
rules, which need no database. A mutant that no test notices is printed and makes the exit code 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLOCK = (
    "tests/golden/test_deadlines.py",
    "tests/deadlines/test_rules_due.py",
    "tests/deadlines/test_rules_reading.py",
    "tests/deadlines/test_rules_calendar.py",
    "tests/deadlines/test_rules_properties.py",
)
GATE = ("tests/approvals/test_rules_gates.py",)
STEPS = ("tests/approvals/test_rules.py", "tests/approvals/test_rules_schedule.py")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One broken place: `old` becomes `new` in `file`, and one of `tests` must turn red."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


DUE, WINDOWS, LAMPS = "deadlines/rules/due.py", "deadlines/rules/windows.py", "deadlines/rules/lamps.py"
PAUSES, READING = "deadlines/rules/pauses.py", "deadlines/rules/reading.py"
LINES, REPORTING = "deadlines/rules/lines.py", "deadlines/rules/reporting.py"
SCHEDULE, RECEIPT = "approvals/rules/schedule.py", "approvals/rules/receipt.py"
GATES = "approvals/rules/gates.py"
ORDER, LIMITS, LATE = "approvals/rules/order.py", "approvals/rules/limits.py", "approvals/rules/late.py"

MUTANTS = (
    Mutant(
        "the start day counts", LINES, "            return day - ONE_DAY", "            return day", CLOCK
    ),
    Mutant(
        "a start on a day off rolls the wrong way", LINES, "calendar.on_or_after(start) if", "start if", CLOCK
    ),
    Mutant(
        "the last day off does not roll",
        DUE,
        "nth(raw - ONE_DAY, 1)",
        "without_stops().nth(raw - ONE_DAY, 1) and raw",
        CLOCK,
    ),
    Mutant(
        "a validity rolls", DUE, "and line.kind is not LineKind.VALIDITY:\n        on", ":\n        on", CLOCK
    ),
    Mutant("a limit of nought is the next day", DUE, "nth(day_zero - ONE_DAY, 1)", "nth(day_zero, 1)", CLOCK),
    Mutant(
        "what follows begins on the last day", DUE, "return self.on + ONE_DAY if", "return self.on if", CLOCK
    ),
    Mutant(
        "an extension on the due day is late", DUE, "granted_on > due_before", "granted_on >= due_before", ()
    ),
    Mutant(
        "the first day of a pause counts",
        DUE,
        "max(stop.first - ONE_DAY, after)",
        "max(stop.first, after)",
        CLOCK,
    ),
    Mutant("a month ends a day late", DUE, "min(day.day, monthrange", "min(day.day + 1, monthrange", CLOCK),
    Mutant("touching pauses stay two", PAUSES, "before.last + ONE_DAY)", "before.last - ONE_DAY)", ()),
    Mutant(
        "a pause is not cut at the end",
        PAUSES,
        "pause.last > day\n",
        "pause.last > day + ONE_DAY * 2\n",
        CLOCK,
    ),
    Mutant("due today is over", READING, "self.as_of > self.due", "self.as_of >= self.due", CLOCK),
    Mutant(
        "a minimum period can be overdue",
        READING,
        "(LineKind.MAX, LineKind.DEEMED_CONSENT)",
        "tuple(LineKind)",
        CLOCK,
    ),
    Mutant("consent on the due day", WINDOWS, "day < self.effective_on", "day <= self.effective_on", CLOCK),
    Mutant(
        "a notice on the last day is late",
        WINDOWS,
        "notified_on <= deadline",
        "notified_on < deadline",
        CLOCK,
    ),
    Mutant("silence is certain on the last day", WINDOWS, "else deadline + ONE_DAY", "else deadline", CLOCK),
    Mutant(
        "amber a day early", LAMPS, "reading.remaining <= warning", "reading.remaining <= warning + 1", CLOCK
    ),
    Mutant("red on the due day", LAMPS, "    return due.on + ONE_DAY\n", "    return due.on\n", CLOCK),
    Mutant(
        "a lapsed paper is always red",
        LAMPS,
        "Lamp.RED if is_dependent_open else Lamp.IDLE",
        "Lamp.RED",
        CLOCK,
    ),
    Mutant("the week's report moves forward", REPORTING, "*reversed(days", "*list(days", CLOCK),
    Mutant("accepted before the notice", RECEIPT, "accepted_on < receipt.notified_on", "False", STEPS),
    Mutant("accepted after the window", RECEIPT, "accepted_on > receipt.notice_until", "False", STEPS),
    Mutant(
        "silence on the last day", RECEIPT, "today > self.notice_until", "today >= self.notice_until", STEPS
    ),
    Mutant(
        "told on the last day is late", RECEIPT, "self.notified_on <= self", "self.notified_on < self", STEPS
    ),
    Mutant(
        "the next may begin in the period",
        SCHEDULE,
        "return due.on + ONE_DAY if line",
        "return due.on if line",
        STEPS,
    ),
    Mutant(
        "a running minimum ends early",
        SCHEDULE,
        "due_on + ONE_DAY if due_on and",
        "due_on if due_on and",
        STEPS,
    ),
    Mutant("over before today", SCHEDULE, "max(due, self.today)", "due", STEPS),
    Mutant("a start on a day off", SCHEDULE, "earliest = self.calendar.on_or_after(earliest)", "pass", STEPS),
    Mutant("the latest start is a day late", SCHEDULE, "<= over_by:", "<= over_by + ONE_DAY:", STEPS),
    Mutant("all alternatives are asked", SCHEDULE, "code = min((self", "code = max((self", STEPS),
    Mutant("late on the last day", SCHEDULE, "last.start_on < today", "last.start_on <= today", STEPS),
    Mutant(
        "red on the last day",
        SCHEDULE,
        "span.over_on > last[code].over_on}",
        "span.over_on >= last[code].over_on}",
        STEPS,
    ),
    Mutant("lapsed on its last day", SCHEDULE, "until < on", "until <= on", STEPS),
    Mutant("a paper is not good on its last day", ORDER, "valid_until >= on)", "valid_until > on)", STEPS),
    Mutant(
        "the one not involved holds for the other",
        ORDER,
        "while found is not None and found.status == Status.NOT_INVOLVED:",
        "while False:",
        STEPS,
    ),
    Mutant("a later round's limit applies early", LIMITS, "limit.round <= round_number", "True", STEPS),
    Mutant("silence takes the longest limit", LIMITS, "return min(_known", "return max(_known", STEPS),
    Mutant(
        "a gate of nothing is closed",
        GATES,
        "    if facts.arable_m2 == 0:\n        return _N",
        "    if False:\n        return _N",
        GATE,
    ),
    Mutant("a little short is enough", GATES, "have * 100 < need", "have * 100 < need - 100", GATE),
    Mutant(
        "one square metre more is approved",
        GATES,
        "stated.area_m2 < area:",
        "stated.area_m2 + 1 < area:",
        GATE,
    ),
    Mutant("the map may be missing", GATES, "if not stated.is_map_marked", "if False", GATE),
    Mutant(
        "what is unknown passes",
        GATES,
        "if law.closes_when_unknown else",
        "if not law.closes_when_unknown else",
        GATE,
    ),
    Mutant(
        "the floor may be broken by one",
        GATES,
        "if left < facts.floor.target_m2",
        "if left <= facts.floor.target_m2",
        GATE,
    ),
    Mutant(
        "a permit is not good on its last day",
        GATES,
        "permit.valid_until >= on",
        "permit.valid_until > on",
        GATE,
    ),
    Mutant(
        "a document opens every gate",
        GATES,
        "facts.overrides.get(law.gate)",
        "next(iter(facts.overrides.values()), None)",
        GATE,
    ),
    Mutant(
        "a part of the hook-up is enough",
        GATES,
        "facts.supplement is not None and facts.supplement.is_whole",
        "facts.supplement is not None",
        GATE,
    ),
    Mutant("the grace day is late", LATE, "> grace_days", ">= grace_days", STEPS),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="mutants whose name holds this word")
    only = parser.parse_args().only
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "landguard"
        ignored = shutil.ignore_patterns(".git", ".venv", "node_modules", "var", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, copy, ignore=ignored)
        for mutant in MUTANTS:
            if only in mutant.name and not _is_noticed(mutant, copy):
                survivors.append(mutant.name)
    print(f"{len(survivors)} mutants went unnoticed" + "".join(f"\n  {name}" for name in survivors))
    return 1 if survivors else 0


def _is_noticed(mutant: Mutant, copy: Path) -> bool:
    file = copy / mutant.file
    whole = file.read_text(encoding="utf-8")
    if mutant.old not in whole:
        raise SystemExit(f"{mutant.name}: the place is gone from {mutant.file}")
    file.write_text(whole.replace(mutant.old, mutant.new, 1), encoding="utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *(mutant.tests or CLOCK)],
            cwd=copy,
            env=os.environ
            | {
                "LANDGUARD_ENVIRONMENT": "test",
                "SECRET_KEY": "mutants",
                "DEBUG": "off",
                "EMAIL_URL": "memorymail://",
                "DATABASE_URL": "postgres://nobody@127.0.0.1/none",
                "REDIS_URL": "redis://127.0.0.1:1/0",
            },
            capture_output=True,
            check=False,
        )
    finally:
        file.write_text(whole, encoding="utf-8")
    noticed = done.returncode == 1
    print(f"{'red  ' if noticed else 'GREEN'}  {mutant.name}", flush=True)
    return noticed


if __name__ == "__main__":
    sys.exit(main())
