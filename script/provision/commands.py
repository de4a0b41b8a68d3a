"""The commands: setup, server, manage, backup, restore, bundle, test."""

from __future__ import annotations

import argparse
import fcntl
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from provision import bundle as offline
from provision import checks
from provision.environment import (
    EVERYTHING,
    INSTALLED,
    PRODUCT,
    PYTHON,
    ROOT,
    VAR,
    ProvisionError,
    prepare,
    say,
)
from provision.local import (
    child_environment,
    given_variables,
    lasting_services,
    record_processes,
    recorded_processes,
    throwaway_services,
)
from provision.services import command_of, write_secret
from provision.supervisor import Interrupted, Supervisor, end_recorded, run, run_at_terminal, stoppable

START_PATIENCE = 120.0


def main(arguments: Sequence[str]) -> int:
    name, *rest = arguments
    commands = {"setup": setup, "server": server, "manage": manage, "test": test}
    commands |= {"backup": backup, "restore": restore, "bundle": bundle}
    try:
        with stoppable():
            return commands[name](rest)
    except ProvisionError as refusal:
        say(str(refusal))
        return 1
    except Interrupted as stop:
        return 128 + stop.number


def setup(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(
        prog="script/setup", description="准备运行与开发环境；没有变化时立即结束。"
    ).parse_args(arguments)
    prepare(EVERYTHING)
    say("环境已就绪。启动：script/server　测试：script/test")
    return 0


def manage(arguments: Sequence[str]) -> int:
    prepare(PRODUCT)
    with lasting_services() as (settings, _):
        return run_at_terminal([str(PYTHON), "manage.py", *arguments], env=child_environment(**settings))


def bundle(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/bundle", description="制作离线安装包。")
    parser.add_argument("--to", type=Path, default=VAR / "bundles", help="放离线包的目录")
    parser.add_argument("--wheels", type=Path, default=None, help="已有依赖包（wheel）的目录，不再下载")
    options = parser.parse_args(arguments)
    prepare(PRODUCT)
    print(offline.build(into=options.to, wheels=options.wheels))
    return 0


def backup(arguments: Sequence[str]) -> int:
    _refuse_without_settings()
    return manage(["backup", *arguments])


def restore(arguments: Sequence[str]) -> int:
    _refuse_without_settings()
    return manage(["restore", *arguments])


def _refuse_without_settings() -> None:
    """Where the system is installed for good, the database of a trial run is not the one that is meant."""
    if INSTALLED.exists() and "DATABASE_URL" not in given_variables():
        raise ProvisionError(
            "没有数据库设置，不知道要备份或恢复哪个数据库。"
            "请先读入设置再运行：set -a; . /etc/landguard/landguard.env; set +a"
        )


def test(arguments: Sequence[str]) -> int:
    prepare(EVERYTHING)
    with throwaway_services() as settings:
        env = child_environment(
            **settings,
            LANDGUARD_ENVIRONMENT="test",
            SECRET_KEY="only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF",
            DEBUG="off",
            EMAIL_URL="memorymail://",
        )
        if arguments:
            return checks.run_pytest(arguments, env=env)
        return checks.run_everything(env=env, has_own_database="DATABASE_URL" in settings)


def server(arguments: Sequence[str]) -> int:
    options = _server_options(arguments)
    lock = VAR / "run" / "server.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            raise ProvisionError(
                f"这个目录里的服务已在运行：{held.read().strip()}。同一目录只能运行一个。"
            ) from None
        _end_leftovers()
        _refuse_busy_port(options.host, options.port)
        held.truncate(0)
        address = f"http://{'127.0.0.1' if options.host == '0.0.0.0' else options.host}:{options.port}"
        held.write(address)
        held.flush()
        prepare(PRODUCT)
        with lasting_services(outlived="还有 script/manage 在用数据库，由它结束时停止。") as (
            settings,
            memory,
        ):
            return _serve(options, address, settings, memory)


def _server_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/server", description="在本机运行整套系统：数据库、消息服务、网页、后台任务、定时任务。"
    )
    parser.add_argument("--port", type=int, default=8000, help="网页端口（默认 8000）")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址（默认只对本机开放）")
    return parser.parse_args(arguments)


def _refuse_busy_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise ProvisionError(f"没有使用端口 {port} 的权限。请换一个：script/server --port 8000") from None
        except (OSError, OverflowError) as error:
            other = _next_free(host, port)
            raise ProvisionError(
                f"端口 {port} 不能使用，可能已被占用（{error}）。请换一个：script/server --port {other}"
            ) from None


def _next_free(host: str, port: int) -> int:
    for candidate in range(port + 1, min(port + 100, 65_536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    return 8000


def _end_leftovers() -> None:
    """Where the system does not tie children to their parent, those of a killed run live on."""
    end_recorded(recorded_processes(), recognised=lambda pid: str(PYTHON) in command_of(pid))


def _serve(options: argparse.Namespace, address: str, settings: dict[str, str], memory: Path) -> int:
    if "LANDGUARD_BASE_URL" not in given_variables():
        settings["LANDGUARD_BASE_URL"] = address
    env = child_environment(**settings)
    _migrate(env)
    logins = _demo(env, memory)
    supervisor = Supervisor(env=env, on_change=record_processes)
    supervisor.add("web", _web(options))
    supervisor.add("worker", _celery("worker", "--concurrency=2", "--without-mingle"))
    supervisor.add("beat", _celery("beat", f"--schedule={VAR / 'run' / 'beat-schedule'}", "--pidfile="))
    try:
        supervisor.start()
        if not _until_answering(supervisor, address):
            return 1
        _welcome(address, logins)
        supervisor.watch()
        return 1  # watch ends by itself only when a process keeps failing
    except Interrupted:
        say("正在停止……")
        return 0
    finally:
        supervisor.stop()


def _web(options: argparse.Namespace) -> list[str]:
    command = [
        str(PYTHON),
        "-m",
        "gunicorn",
        "landguard.wsgi:application",
        "--workers",
        "2",
        "--no-control-socket",
    ]
    command += ["--bind", f"{options.host}:{options.port}", "--timeout", "60", "--log-level", "warning"]
    return [*command, "--preload"]  # both workers from one start


def _celery(role: str, *options: str) -> list[str]:
    # Celery's reproach to root is for pickled messages, which are not accepted.
    quiet = "ignore:You're running the worker with superuser privileges"
    celery = [str(PYTHON), "-W", quiet, "-m", "celery", "--quiet", "-A", "landguard"]
    return [*celery, role, "--loglevel=WARNING", *options]


def _migrate(env: dict[str, str]) -> None:
    migrate = [str(PYTHON), "manage.py", "migrate", "--skip-checks", "--verbosity", "0"]
    # Asking first costs half of what migrating with nothing to do costs.
    if run([*migrate, "--check"], env=env) and run(migrate, env=env):
        raise ProvisionError("数据库结构没有更新成功，原因见上面的输出。")


def _demo(env: dict[str, str], memory: Path) -> str:
    """Build the demo prefecture once and remember the logins it printed; they exist nowhere else."""
    remembered = memory / "demo-logins.txt"
    if not remembered.exists():
        if env.get("LANDGUARD_ENVIRONMENT", "development") != "development":
            return ""
        say("首次启动：正在建立演示数据（黔南州）……")
        done = subprocess.run(
            [str(PYTHON), "manage.py", "seed_demo"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
        )
        if done.returncode:
            raise ProvisionError(f"演示数据没有建成，原因见上面的输出。\n{done.stdout}")
        write_secret(remembered, done.stdout)
    return remembered.read_text(encoding="utf-8")


def _until_answering(supervisor: Supervisor, address: str) -> bool:
    end = time.monotonic() + START_PATIENCE
    while time.monotonic() < end:
        if not supervisor.watch(seconds=0.2):
            return False
        if _answers(address):
            return True
    say(f"网页在 {START_PATIENCE:.0f} 秒内没有应答，原因见上面的输出。")
    return False


def _answers(address: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{address}/healthz", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True  # it answers, whatever it thinks of the question
    except OSError:
        return False


def _welcome(address: str, logins: str) -> None:
    print(f"\n用地保障跟踪系统已启动：{address}")
    if logins:
        print(logins.rstrip())
    print("按 Ctrl-C 停止。\n", flush=True)
