"""The dashboard's figures from what is kept current, beside the same figures by GROUP BY.

    .venv/bin/python bench/dashboard.py [--projects 1000000] [--times 15]

On a PostgreSQL of its own. Each project has one open and two closed obligations, spread over the
counties, stages, levels and two years' lists. Measured: everything that the page counts, read as the
page reads it, and the same counted from deadlines and projects. Afterwards both are compared cell by
cell, before and after five thousand changes. Aim: p95 at most a tenth.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "script")]

DAY = date(2026, 11, 20)
AIM = 10

PROJECTS = """
INSERT INTO projects_project (name, code, number, organisation_id, submitted_by_id, annual_list_id, status,
    screening_reason, owner_unit, industry, list_category, priority_class, track, level, approval_level,
    planned_start, planned_finish, remark, reported_facts, search_text, created_at, updated_at)
SELECT '项目' || n, '', 'B' || n, unit.id, unit.id, list.id, 'ADOPTED', '', '', '', '', '', 'batch',
    (ARRAY['NATIONAL', 'PROVINCIAL', 'PREFECTURAL', 'COUNTY'])[1 + n %% 4],
    '', '', '', '', '{}', '', now(), now()
FROM generate_series(1, %(projects)s) AS n
JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS units
      FROM accounts_organisation WHERE kind IN ('county', 'park') AND path LIKE %(path)s) AS unit
    ON unit.place = n %% unit.units
JOIN projects_annuallist AS list ON list.year = 2025 + n %% 2
"""
DEADLINES = """
INSERT INTO deadlines_deadline (role, subject_kind, subject_id, subject_label, subject_code, stage,
    project_id, project_code, project_name, holder_organisation_id, scope_organisation_id, started_on,
    committed_limit,
    committed_unit, committed_kind, committed_extension, committed_basis, statutory_unit, statutory_kind,
    statutory_extension, statutory_basis, statutory_is_reference, reminder_days, dependent_is_open, state,
    stopped_on, due_on, live_from, amber_from, red_from, is_provisional, created_at)
SELECT 'HANDLING', 'bench', p.id, '步骤', '',
    (ARRAY['选址论证', '用地预审', '立项', '组卷报件', '供地'])[1 + (p.id + k) %% 5],
    p.id, '', '', p.organisation_id, p.organisation_id, start.on_day, 20, 'wd', 'max', 0, '', '', '', 0,
    '', false, '[]', false,
    CASE WHEN k = 0 THEN CASE WHEN p.id %% 17 = 0 THEN 'PAUSED' ELSE 'RUNNING' END ELSE 'MET' END,
    CASE WHEN k > 0 THEN start.on_day + (10 + p.id %% 30)::int END, start.on_day + 28, start.on_day,
    start.on_day + 22, start.on_day + 29, false, now()
FROM projects_project AS p
CROSS JOIN generate_series(0, 2) AS k
CROSS JOIN LATERAL (SELECT (%(day)s::date - (p.id %% 32)::int - k * 45) AS on_day) AS start
"""


@contextmanager
def _database() -> Iterator[None]:
    from provision.local import throwaway_services

    with throwaway_services() as settings:
        os.environ |= settings | {"SECRET_KEY": "bench", "DJANGO_SETTINGS_MODULE": "landguard.settings"}
        os.environ |= {"LANDGUARD_ENVIRONMENT": "test", "LOG_LEVEL": "ERROR"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield


def _fill(projects: int) -> None:
    from django.conf import settings
    from django.db import connection

    from accounts.models import Organisation, User
    from dispatch.services.tallies import fold
    from projects.models import AnnualList

    place = Organisation.objects.get(code=settings.PREFECTURE_CODE)
    User.objects.create(username="bench", role=User.Role.LEADER, organisation=place)
    AnnualList.objects.bulk_create(AnnualList(year=year) for year in (2025, 2026))
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        # Both histories are left out; what keeps the figures is measured, so it stays.
        for table in ("projects_project", "deadlines_deadline"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(PROJECTS, {"projects": projects, "path": f"{place.path}%"})
        cursor.execute(DEADLINES, {"day": DAY})
        for table in ("projects_project", "deadlines_deadline"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SELECT dispatch_retally()")
    fold(today=DAY)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _change() -> None:
    """Five thousand obligations end, in statements of five hundred."""
    from deadlines.models import Deadline

    open_ones = list(Deadline.objects.filter(state="RUNNING").values_list("pk", flat=True)[:5_000])
    for first in range(0, len(open_ones), 500):
        some = Deadline.objects.filter(pk__in=open_ones[first : first + 500])
        some.update(state="MET", stopped_on=DAY)


def _times(read: Callable[[], object], times: int) -> tuple[float, float]:
    taken = []
    for _ in range(times):
        begun = perf_counter()
        read()
        taken.append((perf_counter() - begun) * 1000)
    taken.sort()
    return statistics.median(taken), taken[min(len(taken) - 1, int(len(taken) * 0.95))]


def _measure(times: int) -> bool:
    from accounts.models import User
    from dispatch.selectors.tallies import read_tallies
    from dispatch.selectors.tally_drift import counted_figures, tally_drift
    from dispatch.services.tallies import fold

    actor = User.objects.get(username="bench")
    kept = _times(lambda: read_tallies(actor=actor, today=DAY), times)
    counted = _times(lambda: counted_figures(today=DAY), max(3, times // 5))
    drift = len(tally_drift(today=DAY))
    begun = perf_counter()
    _change()
    seconds = perf_counter() - begun
    after = len(tally_drift(today=DAY))
    fold(today=DAY)
    folded = len(tally_drift(today=DAY))
    times_faster = counted[1] / kept[1]
    print(f"kept figures      p50 {kept[0]:9.1f} ms   p95 {kept[1]:9.1f} ms")
    print(f"GROUP BY          p50 {counted[0]:9.1f} ms   p95 {counted[1]:9.1f} ms")
    print(f"p95 {times_faster:.0f} x faster (aim {AIM})")
    print(f"cells that differ: {drift}")
    print(f"after 5,000 changes in {seconds:.1f} s: {after}; after folding: {folded}")
    return times_faster >= AIM and drift + after + folded == 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--projects", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=15)
    options = parser.parse_args()
    with _database():
        begun = perf_counter()
        _fill(options.projects)
        print(
            f"{options.projects:,} projects, {options.projects * 3:,} deadlines, "
            f"filled in {perf_counter() - begun:.0f} s"
        )
        good = _measure(options.times)
    print("all aims reached" if good else "NOT reached")
    return 0


if __name__ == "__main__":
    sys.exit(main())
