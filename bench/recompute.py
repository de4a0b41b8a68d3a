"""A million open deadlines swept unchanged and all changed, beside one sequential scan; and their page.

    .venv/bin/python bench/recompute.py [--rows 1000000] [--repeat 5]

On a PostgreSQL of its own. The rows are spread over 500 days of start, the limits of the catalogue
and 120 counties' worth of scopes; two in a hundred have a pause. The sweep is the product's own
(`deadlines.sweep.recompute_open`); the scan reads one column of every row of the same table in the
same run. "All changed" moves every due date by a notice that gives another day off in each month,
history rows and indexes included. Then the page "open steps by due date" by the product's own
query, with its partial index and without.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "script")]

TODAY = date(2026, 11, 20)
SWEEP_AIM, PAGE_AIM = 8, 30
PAGE = 50


def main() -> int:
    options = _options()
    with _database():
        _fill(options.rows)
        scan = _best(options.repeat, _scan)
        unchanged = _best(options.repeat, _sweep_unchanged)
        print(f"{options.rows:,} open deadlines")
        print(f"  one sequential scan      {scan * 1e3:>10,.1f} ms")
        ratio = unchanged / scan
        print(
            f"  sweep, nothing changed   {unchanged * 1e3:>10,.1f} ms"
            f"  {ratio:>7.1f}x (aim {SWEEP_AIM}x at most)"
        )
        page = _page(options.repeat)
        changed = _all_changed(options.rows)
        print(f"  sweep, all changed       {changed * 1e3:>10,.1f} ms  {changed / scan:>7.1f}x")
        print("all aims reached" if ratio <= SWEEP_AIM and page >= PAGE_AIM else "NOT reached")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    return parser.parse_args()


@contextmanager
def _database() -> Iterator[None]:
    """A PostgreSQL of its own with the product's tables."""
    from provision.local import throwaway_services

    with throwaway_services() as settings:
        os.environ |= settings | {"SECRET_KEY": "bench", "DJANGO_SETTINGS_MODULE": "landguard.settings"}
        os.environ |= {"LANDGUARD_ENVIRONMENT": "test", "LOG_LEVEL": "ERROR"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield


def _fill(rows: int) -> None:
    """Rows by SQL, their conclusions by one sweep; both are then what the product would store."""
    from django.db import connection

    from accounts.models import User
    from deadlines import sweep
    from deadlines.models import PauseKind

    meeting = PauseKind.objects.get(code="MEETING")
    clerk = User.objects.create(username="bench", role=User.Role.DISPATCH)
    indexes = _without_indexes()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE deadlines_deadline DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE deadlines_pause DISABLE TRIGGER USER")
        cursor.execute(_ROWS, [TODAY, rows])
        cursor.execute(_PAUSES, [meeting.pk, clerk.pk])
        cursor.execute(indexes.pop("deadline_open_facts"))
    sweep.recompute_open(today=TODAY)
    with connection.cursor() as cursor:
        for definition in indexes.values():
            cursor.execute(definition)
        cursor.execute("ALTER TABLE deadlines_deadline ENABLE TRIGGER USER")
        connection.commit()
        cursor.execute("VACUUM (FULL, ANALYZE) deadlines_deadline")
        cursor.execute("VACUUM ANALYZE deadlines_pause")


def _without_indexes() -> dict[str, str]:
    """Drop the table's plain indexes while it is filled; returns how to make each again."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'deadlines_deadline' "
            "AND indexdef LIKE 'CREATE INDEX%%'"
        )
        found = dict(cursor.fetchall())
        for name in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return found


_ROWS = """
INSERT INTO deadlines_deadline (
    role, subject_kind, subject_id, subject_label, subject_code, stage, project_id, project_code,
    project_name, holder_organisation_id, scope_organisation_id, started_on,
    committed_limit, committed_unit, committed_kind, committed_extension, committed_basis,
    statutory_limit, statutory_unit, statutory_kind, statutory_extension, statutory_basis,
    statutory_is_reference, dependent_is_open, state, is_provisional, reminder_days, created_at)
SELECT 'HANDLING', 'approvals.step', n, '用地预审(预审选址)', 'A03', '用地预审', n %% 40000,
    '5227-2026-' || n %% 40000, '第' || n %% 40000 || '号产业园道路及配套工程',
    o.id, o.id, %s::date - (n * 7 %% 500)::int,
    CASE WHEN n %% 3 = 0 THEN 1 + n %% 2 END, CASE WHEN n %% 3 = 0 THEN 'wd' ELSE '' END,
    CASE WHEN n %% 3 = 0 THEN 'max' ELSE '' END, 0, '承诺',
    (ARRAY[20, 10, 5, 15, 30, 60])[1 + n %% 6], CASE WHEN n %% 6 > 3 THEN 'cd' ELSE 'wd' END, 'max',
    CASE WHEN n %% 20 = 0 THEN 10 ELSE 0 END, '行政许可法42条', false, false, 'RUNNING', false, '[]', now()
FROM generate_series(1, %s) n
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS number
      FROM accounts_organisation) o ON o.place = n %% o.number
"""
_PAUSES = """
INSERT INTO deadlines_pause (deadline_id, kind_id, first_on, last_on, stops_committed, stops_statutory,
    evidence, next_step, entered_by_id, entered_at)
SELECT id, %s, started_on + 1, started_on + 3, true, false, '会议通知', '', %s, now()
FROM deadlines_deadline WHERE id %% 50 = 0
"""


def _best(repeat: int, run: Callable[[], object]) -> float:
    """The median of some runs, in seconds, after one to warm up."""
    run()
    times = []
    for _ in range(repeat):
        begun = perf_counter()
        run()
        times.append(perf_counter() - begun)
    return statistics.median(times)


def _scan() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(subject_id) FROM deadlines_deadline")
        cursor.fetchone()


def _sweep_unchanged() -> None:
    from deadlines import sweep

    swept = sweep.recompute_open(today=TODAY)
    if swept.changed:
        raise SystemExit(f"{swept.changed} rows changed that should not have")


def _all_changed(rows: int) -> float:
    """Load days off into every month since the first start; the sweep alone is timed."""
    from deadlines import sweep
    from deadlines.models import CalendarDay, CalendarRevision

    days = [TODAY - timedelta(days=520 - n * 2) for n in range(560)]
    CalendarDay.objects.filter(date__in=days).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(date=day, is_working=False, name="试验", status="official", notice_year=day.year)
        for day in days
    )
    CalendarRevision.objects.create(year=TODAY.year, status="official", notice_no="试验")
    begun = perf_counter()
    swept = sweep.recompute_open(today=TODAY)
    spent = perf_counter() - begun
    print(f"  ({swept.changed:,} of {rows:,} rows rewritten, {swept.moved_count:,} due dates moved)")
    return spent


def _page(repeat: int) -> float:
    """The first page of open steps by due date, and one far behind, with and without the index."""
    from django.db import connection

    from deadlines.models import Deadline

    def first() -> None:
        list(Deadline.objects.get_queryset().open().order_by("due_on", "id")[:PAGE])

    def behind() -> None:
        rows = Deadline.objects.get_queryset().open().filter(due_on__gte=TODAY)
        list(rows.order_by("due_on", "id")[:PAGE])

    with_index = [_best(repeat, first), _best(repeat, behind)]
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX deadline_open_due")
    without = [_best(repeat, first), _best(repeat, behind)]
    for name, fast, slow in zip(("first page", "page from today"), with_index, without, strict=True):
        print(
            f"  {name:<24} {fast * 1e3:>10,.2f} ms, without index {slow * 1e3:>8,.1f} ms"
            f"  {slow / fast:>7.0f}x (aim {PAGE_AIM}x)"
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE INDEX deadline_open_due ON deadlines_deadline (due_on, id) "
            "WHERE state IN ('RUNNING', 'PAUSED')"
        )
    return min(slow / fast for fast, slow in zip(with_index, without, strict=True))


if __name__ == "__main__":
    sys.exit(main())
