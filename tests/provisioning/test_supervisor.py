from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from provision import supervisor
from provision.services import alive, until
from provision.supervisor import Interrupted, Supervisor, beside

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


@pytest.fixture
def running():
    pids: dict[str, int] = {}

    def record(processes: dict[str, int]) -> None:
        pids.clear()
        pids.update(processes)

    watched = Supervisor(env=dict(os.environ), on_change=record)
    yield watched, pids
    watched.stop()


def test_a_killed_process_is_started_again(running, capfdbinary):
    watched, pids = running
    watched.add("worker", SLEEPER)
    watched.start()
    first = pids["worker"]
    os.kill(first, signal.SIGKILL)
    assert watched.watch(seconds=1.5)
    assert pids["worker"] != first
    assert alive(pids["worker"])


def test_stopping_ends_a_process_that_ignores_the_request_and_its_children(running, monkeypatch, tmp_path):
    watched, pids = running
    monkeypatch.setattr(supervisor, "GRACE", 0.3)
    note = tmp_path / "grandchild"
    stubborn = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"open({str(note)!r}, 'w').write(str(child.pid)); time.sleep(60)"
    )
    watched.add("worker", [sys.executable, "-c", stubborn])
    watched.start()
    assert until(lambda: note.exists() and note.read_text() != "", patience=10)
    grandchild = int(note.read_text())
    pid = pids["worker"]
    watched.stop()
    assert not alive(pid)
    assert until(lambda: not alive(grandchild), patience=5)
    assert pids == {}


def test_a_process_that_keeps_failing_stops_the_whole(running, monkeypatch, capfd):
    watched, _ = running
    monkeypatch.setattr(supervisor, "RESTARTS", 1)
    watched.add("web", [sys.executable, "-c", "raise SystemExit(3)"])
    watched.start()
    began = time.monotonic()
    assert watched.watch(seconds=20) is False
    assert time.monotonic() - began < 15
    assert "web 反复退出（退出码 3）" in capfd.readouterr().err


def test_lines_come_out_under_the_name_of_their_process(running, capfd):
    watched, _ = running
    watched.add("beat", SLEEPER)
    watched.start()
    seen = ""
    end = time.monotonic() + 10
    while "up" not in seen and time.monotonic() < end:
        watched.watch(seconds=0.2)
        seen += capfd.readouterr().out
    assert "beat   │ up\n" in seen


def test_processes_of_a_killed_run_are_ended_but_nobody_elses(tmp_path):
    left = subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL, start_new_session=True)
    other = subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        supervisor.end_recorded(
            {"worker": left.pid, "beat": other.pid}, recognised=lambda pid: pid == left.pid
        )
        assert not alive(left.pid)
        assert alive(other.pid)
    finally:
        for process in (left, other):
            process.kill()
            process.wait()


def test_a_command_is_ended_with_its_parent_on_linux(tmp_path):
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux ties a process to its parent")
    note = tmp_path / "child"
    script = Path(supervisor.__file__).resolve().parents[1]
    sleeper = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    program = (
        f"import sys; sys.path.insert(0, {str(script)!r});"
        f"from provision import supervisor; supervisor.run([sys.executable, '-c', {sleeper!r}], env={{}})"
    )
    parent = subprocess.Popen([sys.executable, "-c", program])
    assert until(lambda: note.exists() and note.read_text() != "", patience=10)
    child = int(note.read_text())
    parent.kill()
    parent.wait()
    assert until(lambda: not alive(child), patience=5)


def test_what_runs_beside_goes_on_until_the_block_ends():
    with beside(SLEEPER, env=dict(os.environ), output=subprocess.DEVNULL) as process:
        assert process.poll() is None

    assert not alive(process.pid)


def test_what_runs_beside_may_say_its_last_word_when_all_is_stopped(tmp_path):
    up, last = tmp_path / "up", tmp_path / "last"
    orderly = (
        "import pathlib, signal, sys, time;"
        f"signal.signal(signal.SIGTERM, lambda *_: sys.exit(pathlib.Path({str(last)!r}).write_text('bye')));"
        f"pathlib.Path({str(up)!r}).touch(); time.sleep(60)"
    )
    with (
        contextlib.suppress(Interrupted),
        beside([sys.executable, "-c", orderly], env=dict(os.environ)) as process,
    ):
        assert until(up.exists, patience=10)
        raise Interrupted(signal.SIGTERM)

    assert last.read_text() == "bye"
    assert not alive(process.pid)
