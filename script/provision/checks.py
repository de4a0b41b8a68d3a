"""What script/test runs: the checks one after the other, then pytest, whose closing line ends the output."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from provision.environment import PYTHON, ROOT, VENV, say
from provision.supervisor import beside, run

# The shell draws the same pages without a desktop's windows around them, for two thirds of the work.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
PLACES = ("/usr/bin/chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
OFFICES = ("soffice", "libreoffice")


@dataclass(frozen=True, slots=True)
class Check:
    """One check before the tests: a name for people, and the command or function that answers with a code."""

    name: str
    run: Callable[[dict[str, str]], int]


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that only tests need.

    Attributes:
        name: for people.
        tests: what is not run without it, for people.
        marker: the pytest marker of those tests.
        find: gives its path, None if the machine has none.
        packages: Debian's packages that bring it, several choices of them, the best first.
        is_lean: without what those packages only recommend (a Java for LibreOffice).
    """

    name: str
    tests: str
    marker: str
    find: Callable[[], str | None]
    packages: tuple[tuple[str, ...], ...]
    is_lean: bool = False


def run_pytest(arguments: Sequence[str], *, env: dict[str, str]) -> int:
    """Run pytest with exactly these arguments."""
    browser = find_chromium()
    if browser:
        env = env | {"CHROMIUM_PATH": browser}
    return run([str(PYTHON), "-m", "pytest", *arguments], env=env, last_word=signal.SIGINT)


def run_everything(*, env: dict[str, str], has_own_database: bool) -> int:
    """Every check, then every test; the exit code tells of any failure.

    Beside the checks, which keep one core busy: a database of this run alone is migrated, and the tests
    begin with copies of it; the programs that only tests need are installed; the tests are compiled, which
    every worker would do for itself.
    """
    settings = env | {"DJANGO_SETTINGS_MODULE": "landguard.settings"}
    failed = []
    with contextlib.ExitStack() as meanwhile:
        installing = install([tool for tool in TOOLS if not tool.find()], meanwhile)
        migrate = [str(PYTHON), "-m", "tests.migrated"]
        migrating = meanwhile.enter_context(beside(migrate, env=settings)) if has_own_database else None
        # What it finds to complain of, the tests' own run says again.
        collect = [str(PYTHON), "-m", "pytest", "--collect-only", "-qq"]
        compiling = meanwhile.enter_context(beside(collect, env=env, output=subprocess.DEVNULL))
        for check in CHECKS:
            say(f"── {check.name}")
            if check.run(env):
                failed.append(check.name)
        compiling.wait()
        if migrating and migrating.wait() == 0:
            env = env | {"MIGRATED_DATABASE": urlsplit(env["DATABASE_URL"]).path[1:]}
        if installing:
            installing.wait()
    options = ["--durations=15", *side_by_side()]
    lacking = [tool for tool in TOOLS if not tool.find()]
    missing = [f"{tool.tests}（找不到也装不上 {tool.name}）" for tool in lacking]
    if lacking:
        options += ["-m", " and ".join(f"not {tool.marker}" for tool in lacking)]
    say("── 测试")
    for name in failed:
        say(f"未通过的检查：{name}")
    for name in missing:
        say(f"未运行：{name}")
    code = run_pytest(options, env=env)
    if code:
        return code
    return 1 if failed or (missing and os.environ.get("CI", "").lower() == "true") else 0


def side_by_side() -> list[str]:
    """Pytest's options for workers, each with its own database: one more than cores, as there is always one
    that waits for a page, a process or a clock; more than four would only wait."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return ["-n", str(min(4, cores + 1)), "--dist", "worksteal"] if cores > 1 else []


def find_chromium() -> str | None:
    """The path of a Chromium to drive, None if the machine has none."""
    given = os.environ.get("CHROMIUM_PATH")
    candidates = [given] if given else [*map(shutil.which, BROWSERS), *PLACES]
    return next((path for path in candidates if path and os.access(path, os.X_OK)), None)


def find_libreoffice() -> str | None:
    """The path of a LibreOffice that converts documents, None if the machine has none."""
    return next((path for path in map(shutil.which, OFFICES) if path), None)


TOOLS = (
    Tool(
        "Chromium",
        "浏览器流程测试",
        "journey",
        find_chromium,
        (("chromium-headless-shell", "fonts-noto-cjk"), ("chromium", "fonts-noto-cjk")),
    ),
    Tool(
        "LibreOffice",
        "用 LibreOffice 打开公文和台账的测试",
        "office",
        find_libreoffice,
        (("libreoffice-writer-nogui", "libreoffice-calc-nogui", "fonts-noto-cjk"),),
        is_lean=True,
    ),
)


def install(lacking: Sequence[Tool], meanwhile: contextlib.ExitStack) -> subprocess.Popen | None:
    """Begin to install tools where that needs no asking: Debian's packages, as root."""
    if not lacking or os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    steps = ["apt-get update -qq"]
    for tool in lacking:
        say(f"没有 {tool.name}，正在用 apt-get 安装（{'、'.join(tool.packages[0])}）……")
        lean = "--no-install-recommends " if tool.is_lean else ""
        choices = [f"apt-get install -y -qq {lean}{' '.join(packages)}" for packages in tool.packages]
        steps.append(" || ".join(choices))
    env = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["sh", "-c", "\n".join(steps)]
    return meanwhile.enter_context(beside(command, env=env, output=subprocess.DEVNULL))


def _program(*command: str, **settings: str) -> Callable[[dict[str, str]], int]:
    def answer(env: dict[str, str]) -> int:
        return run([str(PYTHON), "-m", *command], env=env | settings)

    return answer


def _manage(*command: str, **settings: str) -> Callable[[dict[str, str]], int]:
    def answer(env: dict[str, str]) -> int:
        return run([str(PYTHON), "manage.py", *command], env=env | settings)

    return answer


def _imports(env: dict[str, str]) -> int:
    # Its module prints nothing; only the installed program does.
    return run([str(PYTHON), str(VENV / "bin" / "lint-imports")], env=env)


def _no_registry_in_lock(env: dict[str, str]) -> int:
    lines = Path(ROOT, "package-lock.json").read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, start=1) if '"resolved"' in line]
    for number in found:
        say(f"package-lock.json 第 {number} 行写有下载地址；.npmrc 本应不让它写入。")
    return bool(found)


CHECKS = (
    Check("代码规则（ruff check）", _program("ruff", "check", ".")),
    Check("代码格式（ruff format）", _program("ruff", "format", "--check", "--quiet", ".")),
    Check("类型（mypy）", _program("mypy", ".")),
    Check("依赖方向（import-linter）", _imports),
    Check("迁移与模型一致", _manage("makemigrations", "--check", "--dry-run")),
    Check(
        "生产设置（check --deploy）",
        _manage(
            "check", "--deploy", "--fail-level", "WARNING",
            LANDGUARD_ENVIRONMENT="production", ALLOWED_HOSTS="landguard.example",
            CSRF_TRUSTED_ORIGINS="https://landguard.example", LANDGUARD_BASE_URL="https://landguard.example",
            EMAIL_URL="smtp://localhost:25",
        ),
    ),
    Check("锁文件不含下载地址", _no_registry_in_lock),
)  # fmt: skip
