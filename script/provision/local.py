"""The services of one clone, and the variables that lead the product to them."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from provision.environment import ROOT, VAR, VENV, locked, say
from provision.services import (
    Postgres,
    Valkey,
    development_home,
    service_user,
    throwaway_home,
    usable_binaries,
    write_secret,
)

Server = Postgres | Valkey


def given_variables() -> dict[str, str]:
    """What the caller set: the process's environment, and beneath it the clone's `.env`."""
    variables: dict[str, str] = {}
    with contextlib.suppress(FileNotFoundError):
        for line in (ROOT / ".env").read_text(encoding="utf-8").splitlines():
            name, equals, value = line.strip().removeprefix("export ").partition("=")
            if equals and not name.lstrip().startswith("#"):
                variables[name.strip()] = value.strip().strip("'\"")
    variables |= os.environ
    return {name: value for name, value in variables.items() if value}


def child_environment(**settings: str) -> dict[str, str]:
    """The caller's environment, the project's programs first on the path, and the settings given."""
    env = dict(os.environ)
    env["PATH"] = os.pathsep.join((str(VENV / "bin"), env.get("PATH", os.defpath)))
    env["PYTHONUTF8"] = "1"
    env["PYTHONUNBUFFERED"] = "1"
    env.pop("PYTHONHOME", None)
    # Without its compiled modules every process of ours starts seconds later.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env | settings


@contextlib.contextmanager
def lasting_services(*, outlived: str = "") -> Iterator[tuple[dict[str, str], Path]]:
    """Variables that point to running services, and the folder to remember things about their data in.

    Whoever comes first starts them, whoever leaves last stops them. A server that nobody uses any more, as
    after kill -9, is stopped and started afresh. `outlived` is said when others stay.
    """
    given = given_variables()
    (VAR / "run").mkdir(parents=True, exist_ok=True)
    user = service_user()
    wanted = {name for name in ("DATABASE_URL", "REDIS_URL") if name not in given}
    home = development_home(user) if wanted else VAR / "services"
    memory = home if "DATABASE_URL" in wanted else _memory_of(given["DATABASE_URL"])
    if not wanted:
        yield _settings({}), memory
        return
    servers = _servers(home, wanted=wanted, user=user, durable=True)
    gate = VAR / "run" / "services.lock"
    with (VAR / "run" / "users.lock").open("a") as users:
        try:
            with locked(gate, waiting="另一个进程正在启动或停止数据库，等待其完成……"):
                _enter(users.fileno(), servers)
            yield _settings({name: server.url for name, server in servers.items()}), memory
        finally:
            with locked(gate, waiting="另一个进程正在启动或停止数据库，等待其完成……"):
                if not _leave(users.fileno(), servers) and outlived:
                    say(outlived)


def _enter(users: int, servers: dict[str, Server]) -> None:
    if _alone(users):
        left = [server for server in servers.values() if server.running()]
        if left:
            say("发现上次未正常停止的数据库或消息服务，先将其停止。")
        for server in left:
            server.stop()
    fcntl.flock(users, fcntl.LOCK_SH)
    for server in servers.values():
        if not server.running():
            server.start()


def _leave(users: int, servers: dict[str, Server]) -> bool:
    """Stop the servers unless others use them; says whether they are stopped."""
    fcntl.flock(users, fcntl.LOCK_UN)
    if not _alone(users):
        return False
    for server in reversed(servers.values()):
        server.stop()
    return True


def _alone(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def throwaway_services() -> Iterator[dict[str, str]]:
    """Variables that point to services of this run alone, gone without a trace afterwards."""
    user = service_user()
    with throwaway_home(user) as home:
        # Not from `.env`: tests never touch what a clone is set up to serve.
        wanted = {name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)}
        servers = _servers(home, wanted=wanted, user=user, durable=False) if wanted else {}
        try:
            for server in servers.values():
                server.start()
            settings = {name: server.url for name, server in servers.items()}
            static = home / "static"
            static.mkdir()
            yield settings | {"STATIC_ROOT": str(static)}
        finally:
            for server in reversed(servers.values()):
                server.stop()


def _servers(home: Path, *, wanted: set[str], user: str | None, durable: bool) -> dict[str, Server]:
    binaries = usable_binaries(user, beside=home)
    servers: dict[str, Server] = {}
    if "DATABASE_URL" in wanted:
        servers["DATABASE_URL"] = Postgres(home=home, binaries=binaries.postgres, user=user, durable=durable)
    if "REDIS_URL" in wanted:
        servers["REDIS_URL"] = Valkey(home=home, binary=binaries.valkey, user=user, durable=durable)
    return servers


def _settings(urls: dict[str, str]) -> dict[str, str]:
    given = given_variables()
    static = VAR / "static"
    static.mkdir(exist_ok=True)
    defaults = {"LANDGUARD_ENVIRONMENT": "development", "STATIC_ROOT": str(static)}
    if "SECRET_KEY" not in given:
        defaults["SECRET_KEY"] = _secret_key()
    return {name: value for name, value in defaults.items() if name not in given} | urls


def _secret_key() -> str:
    path = VAR / "secret-key"
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(50))
    return path.read_text()


def _memory_of(database_url: str) -> Path:
    folder = VAR / f"database-{hashlib.sha256(database_url.encode()).hexdigest()[:12]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def recorded_processes() -> dict[str, int]:
    try:
        return json.loads((VAR / "run" / "processes.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}


def record_processes(processes: dict[str, int]) -> None:
    write_secret(VAR / "run" / "processes.json", processes)
