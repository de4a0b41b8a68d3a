"""Runs commands and keeps processes alive; leaves none behind, however it is told to stop."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from provision.environment import ROOT, say
from provision.services import adopt_orphans, alive, die_with_parent, until

GRACE = 12.0
RESTARTS = 5  # within RESTART_WINDOW seconds; more than that is no accident
RESTART_WINDOW = 60.0


class Interrupted(BaseException):
    """Someone asked us to stop; not an Exception, so that nothing mistakes it for a failure."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _Requests:
    """The first request to stop is raised where the work stands; later ones only shorten the patience."""

    def __init__(self) -> None:
        self.count = 0
        self.held = False

    def __call__(self, number: int, frame: object) -> None:
        self.count += 1
        if self.count == 1 and not self.held:
            raise Interrupted(number)


requests = _Requests()


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into Interrupted, and end every leftover process on the way out."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, requests)
    adopt_orphans()
    try:
        yield
    finally:
        requests.count += 1  # the clean-up is not interrupted
        _end_children()


def _end_children() -> None:
    """Kill what is still our child: on Linux also grandchildren whose own parent has ended."""
    me = os.getpid()
    for _ in range(20):
        children = [pid for pid in _processes() if _parent(pid) == me]
        if not children:
            return
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _processes() -> list[int]:
    proc = Path("/proc")
    return [int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()] if proc.is_dir() else []


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


@contextlib.contextmanager
def beside(
    command: Sequence[str],
    *,
    env: dict[str, str],
    last_word: signal.Signals = signal.SIGTERM,
    output: int | None = None,
) -> Iterator[subprocess.Popen]:
    """What runs in a session of its own while the block does; at the block's end its whole group ends.

    When we are told to stop, `last_word` asks it to end first, and it has GRACE seconds for that.
    """
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, start_new_session=True, stdout=output,
        preexec_fn=lambda: die_with_parent(signal.SIGTERM),
    )  # fmt: skip
    try:
        yield process
    except Interrupted:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, last_word)
        until(lambda: process.poll() is not None or requests.count > 1, patience=GRACE)
        raise
    finally:
        _end_group(process)


def run(
    command: Sequence[str],
    *,
    env: dict[str, str],
    last_word: signal.Signals = signal.SIGTERM,
    output: int | None = None,
) -> int:
    """Run in a session of its own and return its exit code; when stopped, end it with its whole group."""
    with beside(command, env=env, last_word=last_word, output=output) as process:
        return _exit_code(process.wait())


def run_at_terminal(command: Sequence[str], *, env: dict[str, str]) -> int:
    """Run in our own process group: shells and password prompts need the terminal, and Ctrl-C is theirs."""
    requests.held = True
    process = subprocess.Popen(command, cwd=ROOT, env=env, preexec_fn=lambda: die_with_parent(signal.SIGTERM))

    def pass_on(number: int, frame: object) -> None:
        # At a terminal the whole group has had the Ctrl-C already.
        if number != signal.SIGINT or not os.isatty(0):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    code = _exit_code(process.wait())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, requests)
    return code


def _exit_code(returned: int) -> int:
    return 128 - returned if returned < 0 else returned


def _end_group(process: subprocess.Popen) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass(slots=True)
class _Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen | None = None
    started: list[float] = field(default_factory=list)
    begun: bytes = b""


class Supervisor:
    """Keeps a few named processes running, one of each, and prints their lines under their names."""

    def __init__(self, *, env: dict[str, str], on_change: Callable[[dict[str, int]], None]) -> None:
        self._env = env
        self._on_change = on_change
        self._children: list[_Child] = []
        self._selector = selectors.DefaultSelector()

    def add(self, name: str, command: Sequence[str]) -> None:
        self._children.append(_Child(name, command))

    def start(self) -> None:
        for child in self._children:
            self._launch(child)

    def watch(self, *, seconds: float | None = None) -> bool:
        """Pass output on and restart what ends; returns False when a process keeps ending.

        With `seconds`, returns True after that time.
        """
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            self._pass_output_on(timeout=0.2)
            for child in self._children:
                if (
                    child.process is not None
                    and child.process.poll() is not None
                    and not self._restart(child)
                ):
                    return False
        return True

    def stop(self) -> None:
        """Ask all to end, wait, then insist; a second Ctrl-C insists at once."""
        for child in self._children:
            if child.process is not None and child.process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child.process.pid, signal.SIGTERM)
        asked = requests.count
        end = time.monotonic() + GRACE
        while self._running() and time.monotonic() < end and requests.count <= asked:
            self._pass_output_on(timeout=0.1)
        for child in self._children:
            if child.process is not None:
                _end_group(child.process)
                self._drain(child)
                child.process = None
        self._on_change({})

    def _running(self) -> bool:
        return any(child.process is not None and child.process.poll() is None for child in self._children)

    def _launch(self, child: _Child) -> None:
        child.process = subprocess.Popen(
            child.command, cwd=ROOT, env=self._env, start_new_session=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        )  # fmt: skip
        child.started.append(time.monotonic())
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)
        self._on_change({one.name: one.process.pid for one in self._children if one.process is not None})

    def _restart(self, child: _Child) -> bool:
        code = _exit_code(child.process.returncode)
        _end_group(child.process)
        self._drain(child)
        child.process = None
        recent = [moment for moment in child.started if time.monotonic() - moment < RESTART_WINDOW]
        if len(recent) > RESTARTS:
            say(f"{child.name} 反复退出（退出码 {code}），全部停止。原因见上面的输出。")
            return False
        say(f"{child.name} 意外退出（退出码 {code}），正在重新启动。")
        time.sleep(min(0.5 * len(recent), 3.0))
        child.started = recent
        self._launch(child)
        return True

    def _pass_output_on(self, *, timeout: float) -> None:
        for key, _ in self._selector.select(timeout):
            self._read(key.data)

    def _read(self, child: _Child) -> bool:
        stream = child.process.stdout
        try:
            part = os.read(stream.fileno(), 65536)
        except BlockingIOError:
            return False
        if not part:
            with contextlib.suppress(KeyError):
                self._selector.unregister(stream)
            return False
        *lines, child.begun = (child.begun + part).split(b"\n")
        self._print(child, lines)
        return True

    def _drain(self, child: _Child) -> None:
        while self._read(child):
            pass
        if child.begun:
            self._print(child, [child.begun])
            child.begun = b""
        with contextlib.suppress(KeyError):
            self._selector.unregister(child.process.stdout)
        child.process.stdout.close()

    def _print(self, child: _Child, lines: Sequence[bytes]) -> None:
        # A reader that has gone, as in `script/server | head`, must not stop the product.
        with contextlib.suppress(BrokenPipeError):
            for line in lines:
                sys.stdout.buffer.write(f"{child.name:<7}│ ".encode() + line + b"\n")
            sys.stdout.buffer.flush()


def end_recorded(processes: dict[str, int], *, recognised: Callable[[int], bool]) -> None:
    """End processes that an earlier supervisor recorded and could not end itself, with their groups."""
    left = {name: pid for name, pid in processes.items() if alive(pid) and recognised(pid)}
    if not left:
        return
    say(f"发现上次未正常结束的进程（{'、'.join(left)}），先将其停止。")
    for pid in left.values():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)
    until(lambda: not any(alive(pid) for pid in left.values()), patience=5.0)
    for pid in left.values():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
