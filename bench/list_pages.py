"""The project list at 100,000 and 1,000,000 projects, beside Django's admin and ListView + django-filter.

    .venv/bin/python bench/list_pages.py [--rows 100000 1000000] [--seconds 5] [--repeat 3]

On a PostgreSQL of its own; two gunicorn sync workers and eight clients share the machine with it.
Every project has eight steps' deadlines, one or two of them open, spread over red, amber, pause, green
and grey. All pages show fifty rows and are signed in; random pages and random filters. The peers are
in `list_peers.py`. Rows are made by SQL, their clocks by the product's own writer.

A bare page of the same rows is measured too: it says what the aims ask for, and is no peer.
Aims: our p95 at most 1/6 of the admin's and 1/4 of ListView's; a million at most 1.3 times a hundred
thousand; search at most 1/50 of the admin's.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "script"), str(ROOT / "bench")]

PORT = 8931
CLIENTS, WORKERS = 8, 2
ADMIN_AIM, LIST_AIM, GROWTH_AIM, SEARCH_AIM = 6, 4, 1.3, 50
CATEGORIES = ("NATIONAL", "PROVINCIAL", "FIVE_PLUS_THREE", "PREFECTURAL", "OTHER")
CLASSES = ("URGENT", "KEY", "ORDINARY", "RESERVE")
TRACKS = ("single_site", "batch")

Address = Callable[[random.Random], str]


def main() -> int:
    options = _options()
    figures: dict[int, dict[str, Figures]] = {}
    with _database():
        cookie, there = _begin(), 1
        for rows in sorted(options.rows):
            begun = time.perf_counter()
            _fill(there, rows)
            there = rows
            spent = time.perf_counter() - begun
            print(f"{rows:,} projects, {8 * rows:,} deadlines; filled in {spent:.0f} s", flush=True)
            figures[rows] = _measure(rows, cookie, seconds=options.seconds, repeat=options.repeat)
    _judge(figures)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args()


@contextmanager
def _database() -> Iterator[None]:
    """A PostgreSQL of its own with the product's tables."""
    from provision.local import throwaway_services

    with throwaway_services() as settings:
        os.environ |= settings | {"SECRET_KEY": "bench", "DJANGO_SETTINGS_MODULE": "landguard.settings"}
        os.environ |= {"LANDGUARD_ENVIRONMENT": "test", "LOG_LEVEL": "ERROR", "DEBUG": "off"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield


# --- rows ------------------------------------------------------------------------------------------


def _begin() -> str:
    """One row of each table to be multiplied, and a session for the clients."""
    from accounts.models import Organisation, User
    from core import clock
    from deadlines.models import Deadline
    from projects.models import AnnualList, LandUse, Project

    unit = Organisation.objects.get(code="522701")
    project = Project.objects.create(
        name="样本",
        number="0",
        organisation=unit,
        submitted_by=unit,
        status="ADOPTED",
        track="single_site",
        annual_list=AnnualList.objects.get_or_create(year=2026)[0],
        owner_unit="城投公司",
        industry="交通",
    )
    LandUse.objects.create(project=project, total_m2=1, arable_m2=1)
    Deadline.objects.create(
        subject_kind="approvals.step",
        subject_id=1,
        subject_label="用地预审",
        subject_code="A03",
        stage="用地预审与选址",
        project_id=project.pk,
        holder_organisation=unit,
        scope_organisation=unit,
        started_on=clock.today(),
        statutory_limit=20,
        statutory_unit="wd",
        statutory_kind="max",
    )
    return _session(User)


def _fill(there: int, rows: int) -> None:
    """Projects, land, deadlines and clocks by SQL until there are `rows` of them."""
    from django.db import connection

    tables = ("projects_project", "projects_landuse", "deadlines_deadline")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("SELECT max(id) FROM projects_project")
        [last] = cursor.fetchone()
        _multiply(cursor, tables[0], _PROJECT, f"generate_series({there + 1}, {rows}) n JOIN {_UNITS}")
        _multiply(cursor, tables[1], _LAND, f"(SELECT id AS n FROM projects_project WHERE id > {last}) p")
        _multiply(cursor, tables[2], _DEADLINE, _STEPS.format(last=last))
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(_CLOCKS)
        cursor.execute(
            "SELECT projects_refresh_clocks(array(SELECT id FROM projects_project WHERE id > %s))", [last]
        )
        cursor.execute("VACUUM ANALYZE")


_UNITS = """(SELECT id, short_name, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS number
    FROM accounts_organisation WHERE kind IN ('county', 'park')) o ON o.place = n * 7 % o.number"""
_KINDS = ["产业园道路", "抽水蓄能电站", "标准厂房", "水库除险加固", "第三中学"]
# Drawn apart from each other: with remainders of n some combinations would hold no red row at all.
_DRAWN = "(hashint8(n * 10 + {}) & 2147483647)"
_NAME = f"o.short_name || '第' || n || '号' || (ARRAY{_KINDS})[1 + n % 5]"
_PROJECT = {
    "name": _NAME,
    "code": "'2601-' || lpad(n::text, 9, '0')",
    "number": "'5227-2026-' || lpad(n::text, 7, '0')",
    "organisation_id": "o.id",
    "submitted_by_id": "o.id",
    "list_category": f"(ARRAY{list(CATEGORIES)})[1 + {_DRAWN.format(1)} % 5]",
    "priority_class": f"(ARRAY{list(CLASSES)})[1 + {_DRAWN.format(2)} % 4]",
    "track": f"(ARRAY{list(TRACKS)})[1 + {_DRAWN.format(3)} % 2]",
    "search_text": f"upper(concat_ws(' ', {_NAME}, '2601-' || lpad(n::text, 9, '0'),"
    " '5227-2026-' || lpad(n::text, 7, '0'), '城投公司', 'DYSD' || n || 'HCYYDL', 'DUYUNSHIDI' || n))",
    "updated_at": "now() - n % 500000 * interval '1 second'",
}
_LAND = {"project_id": "n", "total_m2": "10000 + n * 37 % 400000", "arable_m2": "n * 11 % 9000"}
# Of the eight steps the seventh is open, with every second project the eighth too; one open step in
# twenty-five stands still. Red ones are a tenth.
_STEPS = """(SELECT p.id AS pid, p.organisation_id AS unit, k, k = 7 OR k = 8 AND p.id % 2 = 0 AS open,
        (hashint8(p.id * 10 + k) >> 8 & 1048575) % 25 = 0 AS paused,
        current_date + (hashint8(p.id * 10 + k) & 2147483647) % 120 - 12 AS red
    FROM projects_project p CROSS JOIN generate_series(1, 8) k WHERE p.id > {last}) s"""
_STAGES = [
    "选址论证联审",
    "用地预审与选址",
    "征地前期程序",
    "组卷报件",
    "审查报批",
    "批后实施",
    "供地",
    "登记",
]
_DEADLINE = {
    "subject_id": "pid * 10 + k",
    "stage": f"(ARRAY{_STAGES})[k]",
    "project_id": "pid",
    "holder_organisation_id": "unit",
    "scope_organisation_id": "unit",
    "state": "CASE WHEN NOT open THEN 'MET' WHEN paused THEN 'PAUSED' ELSE 'RUNNING' END",
    "stopped_on": "CASE WHEN open THEN NULL ELSE current_date - 30 END",
    "started_on": "CASE WHEN open THEN red - 29 ELSE current_date - 60 END",
    "statutory_due_on": "CASE WHEN paused THEN NULL ELSE red - 1 END",
    "due_on": "CASE WHEN paused THEN NULL ELSE red - 1 END",
    "live_from": "red - 29",
    "amber_from": "CASE WHEN paused THEN NULL ELSE red - 6 END",
    "red_from": "CASE WHEN paused THEN NULL ELSE red END",
}
_CLOCKS = """
INSERT INTO projects_projectclock (project_id, red_from, amber_from, is_paused, green_from)
SELECT id, '9999-12-31', '9999-12-31', false, '9999-12-31' FROM projects_project
ON CONFLICT DO NOTHING
"""


def _multiply(cursor: Any, table: str, changes: dict[str, str], source: str) -> None:
    """The table's first row once for every row of `source`, with some columns computed."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'"
        " AND table_schema = 'public'",
        [table],
    )
    columns = [name for (name,) in cursor.fetchall()]
    chosen = ", ".join(changes.get(name, f't."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    first = f"(SELECT * FROM {table} ORDER BY id LIMIT 1) t"
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {chosen} FROM {source}, {first}")


def _session(users: type) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.models import Organisation

    user = users(username="bench", role="DISPATCH", is_staff=True, is_superuser=True)
    user.organisation = Organisation.objects.get(code="522700-ZRZY-BZ")
    user.set_password("bench")
    user.save()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


# --- pages ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    p50: float
    p95: float
    rps: float
    asked: int
    failed: int


def _measure(rows: int, cookie: str, *, seconds: float, repeat: int) -> dict[str, Figures]:
    with _server():
        deep = _cursors(cookie)
        pages: dict[str, Address] = {
            "admin, page": lambda r: f"/peer-admin/projects/project/?p={r.randint(1, 100)}",
            "ListView, page": lambda r: f"/peer-list/?page={r.randint(1, 100)}",
            "bare, page": lambda r: f"/peer-bare/?before={rows - r.randint(0, 5000)}",
            "ours, page": lambda r: f"/projects/?{r.choice(deep)}",
            "admin, 3 filters": lambda r: f"/peer-admin/projects/project/?{_filters(r, 'exact')}",
            "ListView, 3 filters": lambda r: f"/peer-list/?{_filters(r, '')}",
            "ours, 3 filters": lambda r: f"/projects/?{_ours(r)}",
            "admin, search": lambda r: f"/peer-admin/projects/project/?q={_term(r, rows)}",
            "ours, search": lambda r: f"/projects/?q={_term(r, rows)}",
            "ours, red and amber": lambda r: "/projects/?lamp=red&lamp=amber",
            "ours, one county": lambda r: f"/projects/?unit={r.choice(_COUNTIES)}",
        }
        found = {}
        for name, address in pages.items():
            runs = [_load(address, cookie, seconds=seconds, seed=seed) for seed in range(repeat)]
            found[name] = sorted(runs, key=lambda run: run.p95)[len(runs) // 2]
            figures = found[name]
            print(
                f"  {name:24} p50 {figures.p50:8.1f} ms  p95 {figures.p95:8.1f} ms  {figures.rps:7.1f}/s"
                f"  {figures.asked:5} pages" + (f"  {figures.failed} FAILED" if figures.failed else ""),
                flush=True,
            )
        return found


_COUNTIES = ("522701", "522702", "522722", "522723", "522725", "522726", "522727", "522728", "522729")


def _filters(r: random.Random, lookup: str) -> str:
    suffix = f"__{lookup}" if lookup else ""
    return (
        f"list_category{suffix}={r.choice(CATEGORIES)}&priority_class{suffix}={r.choice(CLASSES)}"
        f"&track{suffix}={r.choice(TRACKS)}"
    )


def _ours(r: random.Random) -> str:
    return f"category={r.choice(CATEGORIES)}&priority={r.choice(CLASSES)}&track={r.choice(TRACKS)}"


def _term(r: random.Random, rows: int) -> str:
    """What people type: a number of a project, or the beginning of a code."""
    return quote(r.choice((f"第{r.randint(2, rows)}号", f"2601-{r.randint(2, rows):09d}")))


def _cursors(cookie: str) -> list[str]:
    """The first forty pages, as one turns them."""
    found, query = [""], ""
    for _ in range(40):
        page = _get(http.client.HTTPConnection("127.0.0.1", PORT, timeout=120), f"/projects/?{query}", cookie)
        cursors = re.findall(r'href="\?(cursor=[^"]+)"', unescape(page))
        if not cursors:
            break
        query = cursors[-1]
        found.append(query)
    return found


def _get(connection: http.client.HTTPConnection, address: str, cookie: str) -> str:
    connection.request("GET", address, headers={"Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read().decode()
    if answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status}")
    return body


def _load(address: Address, cookie: str, *, seconds: float, seed: int) -> Figures:
    """Eight clients ask without rest for some seconds, after one to warm up."""
    warm: list[float] = []
    times: list[float] = []
    failures: list[str] = []
    begin = time.perf_counter() + 1.0
    end = begin + seconds

    def client(number: int) -> None:
        r = random.Random(f"{seed}-{number}")
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
        while (asked := time.perf_counter()) < end:
            try:
                connection.request("GET", address(r), headers={"Cookie": cookie})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                failures.append(repr(error))
                connection.close()
                continue
            if answer.getheader("Connection", "").lower() == "close":
                connection.close()
            (times if asked >= begin else warm).append(time.perf_counter() - asked)
            if answer.status != 200:
                failures.append(str(answer.status))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - begin
    # A page that takes longer than the whole run is judged by the ones asked while warming up.
    taken = times or warm or [120.0]
    cuts = statistics.quantiles(taken, n=20) if len(taken) > 1 else taken * 19
    return Figures(
        statistics.median(taken) * 1e3, cuts[18] * 1e3, len(times) / spent, len(taken), len(failures)
    )


@contextmanager
def _server() -> Iterator[None]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "bench")))}
    command = [sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--worker-class", "sync"]
    command += ["--bind", f"127.0.0.1:{PORT}", "--log-level", "error", "list_peers:application"]
    server = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        _wait_for(server)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            _get(http.client.HTTPConnection("127.0.0.1", PORT, timeout=5), "/healthz", "")
        except (OSError, RuntimeError):
            if server.poll() is not None:
                raise SystemExit("gunicorn did not start") from None
            time.sleep(0.2)
        else:
            return
    raise SystemExit("gunicorn did not answer")


# --- judgement ----------------------------------------------------------------------------------------


def _judge(figures: dict[int, dict[str, Figures]]) -> None:
    """A table of what was aimed at and what was reached."""
    reached = []
    print(
        f"\n{'projects':>10}  {'page':16} {'ours p95':>9}  {'beside':18} {'p95':>9} {'times':>7} {'aim':>7}"
    )
    for rows, found in figures.items():
        for page, peer, aim in (
            ("page", "admin", ADMIN_AIM),
            ("page", "ListView", LIST_AIM),
            ("3 filters", "admin", ADMIN_AIM),
            ("3 filters", "ListView", LIST_AIM),
            ("search", "admin", SEARCH_AIM),
        ):
            ours, theirs = found[f"ours, {page}"].p95, found[f"{peer}, {page}"].p95
            reached.append(theirs / ours >= aim)
            print(
                f"{rows:10,}  {page:16} {ours:6.0f} ms  {peer:18} {theirs:6.0f} ms {theirs / ours:6.1f}x"
                f" {'>=':>3}{aim:3}x  {'reached' if reached[-1] else 'NOT reached'}"
            )
        # What the aims ask of a page that shows the rows and nothing else: no count, no frame, no lamps.
        bare = found["bare, page"].p95
        for peer, aim in (("admin", ADMIN_AIM), ("ListView", LIST_AIM)):
            theirs = found[f"{peer}, page"].p95
            verdict = "would reach" if theirs / bare >= aim else "would not"
            print(
                f"{rows:10,}  {'a bare page':16} {bare:6.0f} ms  {peer:18} {theirs:6.0f} ms"
                f" {theirs / bare:6.1f}x {'>=':>3}{aim:3}x  ({verdict})"
            )
    for small, large in _pairs(sorted(figures)):
        growth = figures[large]["ours, page"].p95 / figures[small]["ours, page"].p95
        reached.append(growth <= GROWTH_AIM)
        print(
            f"{large:10,}  page beside {small:,}: {growth:.2f}x (aim {GROWTH_AIM}x at most)"
            f"  {'reached' if reached[-1] else 'NOT reached'}"
        )
    print("all aims reached" if all(reached) else "NOT reached")


def _pairs(sizes: Sequence[int]) -> list[tuple[int, int]]:
    return list(itertools.pairwise(sizes))


if __name__ == "__main__":
    sys.exit(main())
