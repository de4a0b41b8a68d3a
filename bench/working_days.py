"""Working-day arithmetic beside its peers, and agreement over every published day.

    .venv/bin/python bench/working_days.py [--cases 100000] [--sample 200] [--repeat 3]

Two questions, asked of all three libraries in the same run: the n-th working day after a working
day (n from 1 to 60), and the working days of a span of up to 150 days. Ours answers all cases. The
peers are too slow for that: each answers an evenly spaced sample of the same cases; the figure per
case is measured, the total for all cases is extrapolated from it and marked so. Every answer of a
peer is compared with ours; one that reaches across a day listed in KNOWN may differ.

Then every day from 2004 to 2026 is compared with both peers. Exit code 1 when an aim is missed or
a day differs that is not known.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import chinese_calendar
import holidays

from deadlines.published import published_calendar

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
LATEST_START = date(2026, 6, 30)  # the farthest answer still lies in a published year
LONGEST_LIMIT, LONGEST_SPAN = 60, 150
AIMS = {"chinese_calendar": 1000, "holidays": 100}
KNOWN = {
    date(2005, 12, 31): "a Saturday that `holidays` counts as worked (make-up for 2006-01-03) and "
    "chinesecalendar, our seed, does not",
}


@dataclass(frozen=True, slots=True)
class Contestant:
    """One library's answer to a question, called bare with two arguments."""

    name: str
    ask: Callable[[date, object], object]
    cases: Sequence[tuple[date, object]]
    is_list: bool = False


def main() -> int:
    options = _options()
    calendar = published_calendar(last_year=LAST.year)
    china = holidays.country_holidays("CN", years=range(FIRST.year, LAST.year + 1))
    started = list(calendar.working_days(FIRST, LATEST_START))
    dice = random.Random(20261122)
    limits = [(dice.choice(started), dice.randint(1, LONGEST_LIMIT)) for _ in range(options.cases)]
    spans = [
        (day, day + timedelta(days=dice.randint(1, LONGEST_SPAN)))
        for day in dice.choices(started, k=options.cases)
    ]
    # The peers count both ends of a span, we leave out the first: they are asked from the next day.
    both_ends = [(after + timedelta(days=1), until) for after, until in spans]

    print(f"{options.cases:,} cases with a fixed seed, best of {options.repeat}. The peers answer")
    print(f"{options.sample:,} of them, evenly spaced; their totals (~) are extrapolated.\n")
    met = _race(
        "n-th working day",
        options,
        Contestant("landguard", calendar.nth_working_day, limits),
        Contestant("chinese_calendar", lambda day, n: chinese_calendar.find_workday(n, day), limits),
        Contestant("holidays", china.get_nth_working_day, limits),
    )
    met &= _race(
        "working days of a span",
        options,
        Contestant("landguard", calendar.count, spans),
        Contestant("chinese_calendar", chinese_calendar.get_workdays, both_ends, is_list=True),
        Contestant("holidays", china.get_working_days_count, both_ends),
    )
    met &= _differences("chinese_calendar", chinese_calendar.is_workday, calendar.is_working) == 0
    met &= _differences("holidays", china.is_working_day, calendar.is_working) == 0
    print("\nall aims reached" if met else "\nNOT reached")
    return 0 if met else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=200, help="cases that each peer answers")
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args()


def _race(question: str, options: argparse.Namespace, ours: Contestant, *peers: Contestant) -> bool:
    print(question)
    seconds, answers = _time(ours.ask, ours.cases, options.repeat)
    per_case = seconds / len(ours.cases)
    print(f"  {ours.name:<18}{per_case * 1e6:>12.3f} us a case {seconds:>12.3f} s in all")
    step = max(1, len(ours.cases) // options.sample)
    all_met = True
    for peer in peers:
        sample = peer.cases[::step]
        seconds, said = _time(peer.ask, sample, options.repeat)
        theirs = seconds / len(sample)
        if peer.is_list:
            said = [len(days) for days in said]  # type: ignore[arg-type]
        wrong = sum(
            one != other and not _crosses_a_known_day(case[0])
            for case, one, other in zip(sample, said, answers[::step], strict=True)
        )
        ratio, aim = theirs / per_case, AIMS[peer.name]
        is_met = ratio >= aim and wrong == 0
        all_met &= is_met
        print(
            f"  {peer.name:<18}{theirs * 1e6:>12.3f} us a case {theirs * len(ours.cases):>11.1f}~ s in all"
            f"  {ratio:>8,.0f}x (aim {aim:,}x)  {wrong} of {len(sample):,} answers differ"
            f"  {'ok' if is_met else 'MISSED'}"
        )
    return all_met


def _crosses_a_known_day(first: date) -> bool:
    return any(first <= known <= first + timedelta(days=LONGEST_SPAN) for known in KNOWN)


def _time(
    ask: Callable[[date, object], object], cases: Sequence[tuple[date, object]], repeat: int
) -> tuple[float, list[object]]:
    best, answers = float("inf"), list[object]()
    gc.disable()
    for _ in range(repeat):
        begun = perf_counter()
        answers = [ask(one, other) for one, other in cases]
        best = min(best, perf_counter() - begun)
    gc.enable()
    return best, answers


def _differences(name: str, theirs: Callable[[date], bool], ours: Callable[[date], bool]) -> int:
    """Days on which a peer and we disagree without a known reason; prints each."""
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    different = [day for day in days if bool(theirs(day)) != ours(day)]
    unknown = [day for day in different if day not in KNOWN]
    print(f"{name}: {len(days):,} days 2004-2026, {len(unknown)} unexplained differences")
    for day in different:
        print(f"  {day}: {KNOWN.get(day, 'UNEXPLAINED')}")
    return len(unknown)


if __name__ == "__main__":
    sys.exit(main())
