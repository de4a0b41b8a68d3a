"""The database is restarted twice while four clients book: nothing is lost, nothing is booked twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2
import pytest

from tests.database import SNAPSHOT
from tests.services.conftest import ROOT
from upkeep.backups import postgres as programs

sys.path.insert(0, str(ROOT / "script"))

from provision import services

CLIENTS, BOOKINGS = 4, 40
BEGIN = """
import django; django.setup()
from datetime import date
from accounts.models import Organisation, User
from quotas.selectors import AccountKey
from quotas.services.ledger import Transfer, open_accounts, post_movements
office = Organisation.objects.get(code="522700")
User.objects.create(username="keeper", role="DISPATCH", organisation=office)
keys = [AccountKey("ugb_scale", place, office.pk, office.pk, 2026) for place in ("SOURCE", "AVAILABLE")]
rows = open_accounts(keys)
stock = Transfer("STOCK_IN", rows[keys[0]], rows[keys[1]], 1_000, "入库")
post_movements([stock], entered_by=None, occurred_on=date(2026, 11, 20))
"""
# Each booking has its key: a client that got no answer asks again for the same.
BOOK = """
import sys, time, uuid
import django; django.setup()
from datetime import date
from django.db import InterfaceError, OperationalError, connection
from accounts.models import User
from quotas.models import Account
from quotas.services.bookings import Sheet, freeze
day, lost = date(2026, 11, 20), 0

def got(ask):
    global lost
    while True:
        try:
            return ask()
        except (OperationalError, InterfaceError):
            lost += 1
            if lost > 400:
                raise
            connection.close()
            time.sleep(0.05)

actor = got(lambda: User.objects.select_related("organisation").get(username="keeper"))
account = got(lambda: Account.objects.select_related("owner").get(place="AVAILABLE"))
for number in range({bookings}):
    sheet = Sheet("冻结", day, "1", key=uuid.uuid5(uuid.NAMESPACE_OID, sys.argv[1] + "-" + str(number)))
    got(lambda: freeze(actor=actor, account=account, amount=1, sheet=sheet, today=day))
    time.sleep(0.05)
print(lost)
"""
ASK = """
import django; django.setup()
from django.test import Client
browser = Client(raise_request_exception=False, SERVER_NAME="localhost")
browser.cookies["sessionid"] = "a" * 32
page = browser.get("/pool/")
api = browser.get("/api/v1/quota-accounts/")
print(page.status_code, "请稍候几秒" in page.content.decode(), page["Retry-After"])
print(api.status_code, api.json()["code"], api.json()["facts"]["retry_after_seconds"])
"""
COUNT = """
import django; django.setup()
from quotas.models import Account, Booking, Movement
from quotas import selectors
frozen = Account.objects.get(place="FROZEN").balance
print(Booking.objects.count(), Movement.objects.filter(kind="FREEZE").count(), frozen,
      selectors.prove_ledger().is_sound)
"""


@pytest.fixture
def postgres(db: None, tmp_path: Path) -> Iterator[services.Postgres]:
    """A server of this test alone, migrated, with everything on disk before it says so."""
    user = services.service_user()
    with services.throwaway_home(user) as home:
        binaries = services.usable_binaries(user, beside=home)
        server = services.Postgres(home=home, binaries=binaries.postgres, user=user, durable=True)
        server.start()
        try:
            copy_fresh_tables(server, tmp_path / "fresh.dump")
            yield server
        finally:
            server.stop()


def copy_fresh_tables(server: services.Postgres, dump: Path) -> None:
    """What a migrated database holds: much quicker than migrating another."""
    address = urlsplit(server.url)
    place = programs.Place(
        host=str(address.hostname),
        port=str(address.port),
        user=str(address.username),
        password=unquote(str(address.password)),
        name=address.path[1:],
    )
    out = [f"--file={dump}", "--format=custom", "--no-owner", f"--exclude-schema={SNAPSHOT}"]
    version = programs.server_version()
    for name, options, of in (
        ("pg_dump", out, programs.our_place()),
        ("pg_restore", ["--no-owner", "--single-transaction", f"--dbname={place.name}", str(dump)], place),
    ):
        done = programs.run([programs.program(name, server=version), *options], place=of)
        assert done.returncode == 0, done.stderr


def run(program: str, server: services.Postgres, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DATABASE_URL": server.url,
        "DJANGO_SETTINGS_MODULE": "landguard.settings",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-W", "ignore", "-c", program, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE)


def said(process: subprocess.Popen[str]) -> list[str]:
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return output.split()


def restart(server: services.Postgres) -> None:
    """As an administrator restarts it: fast, and at the same address."""
    port = int(server.url.rsplit(":", 1)[1].split("/")[0])
    server.stop()
    assert server._serve(port)


def test_a_restart_under_load_loses_nothing_and_books_nothing_twice(postgres: services.Postgres) -> None:
    said(run(BEGIN, postgres))
    clients = [run(BOOK.format(bookings=BOOKINGS), postgres, f"client-{number}") for number in range(CLIENTS)]

    for _ in range(2):
        before = _until_they_book(postgres)
        assert before < CLIENTS * BOOKINGS
        restart(postgres)
    lost = [int(said(client)[0]) for client in clients]

    # Each of them was in the middle of it, and each came through by asking again.
    assert sum(lost) > 0
    expected = str(CLIENTS * BOOKINGS)
    assert said(run(COUNT, postgres)) == [expected, expected, expected, "True"]

    postgres.stop()
    page = said(run(ASK, postgres))
    assert page == ["503", "True", "5", "503", "unavailable", "5"]


def _until_they_book(server: services.Postgres, *, more: int = 8) -> int:
    """Wait until some bookings have come since now; how many there are."""

    def count() -> int:
        with closing(psycopg2.connect(server.url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM quotas_booking")
            return int(cursor.fetchone()[0])

    begun, deadline = count(), time.monotonic() + 240
    while (now := count()) < begun + more:
        assert time.monotonic() < deadline, "nobody books"
        time.sleep(0.02)
    return now
