"""One archive for a machine without network: source, wheels, browser assets, list of images, checksums.

`install.sh` inside it needs a shell and the same minor Python on the same kind of machine, nothing else.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Sequence
from pathlib import Path

from provision.environment import PRODUCT, PYTHON, ROOT, ProvisionError, say

MANIFEST = "MANIFEST.sha256"
PINNED = "requirements-bundle.txt"
INSTALLER = ROOT / "deploy" / "install.sh"

_PIN = re.compile(r"(?m)^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)([^\n\\]*)")
_IMAGE = re.compile(r"(?m)^\s*image:\s*(\S+)")
_FROM = re.compile(r"(?m)^FROM\s+(\S+)")


def build(*, into: Path, wheels: Path | None = None, requirements: Sequence[str] = PRODUCT) -> Path:
    """Build the archive in a folder; its path. A checksum stands beside it.

    Args:
        wheels: a folder with wheels that are there already; None: pip fetches and builds them.

    Raises:
        ProvisionError: the source is not a clean checkout, pip refuses, or a pinned package has no wheel.
    """
    commit = _commit()
    name = f"landguard-{commit[:12]}-{python_tag()}-{sysconfig.get_platform()}"
    folder = into / name
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    say("正在收集源代码……")
    _source(folder / "source")
    say("正在收集依赖包……")
    _wheels(folder / "wheels", wheels, requirements)
    pins = [pin for file in requirements for pin in pinned((ROOT / file).read_text(encoding="utf-8"))]
    _refuse_missing(pins, folder / "wheels")
    (folder / PINNED).write_text("".join(f"{pin}\n" for pin in sorted(set(pins))), encoding="utf-8")
    say("正在收集浏览器端资源和镜像清单……")
    _assets(folder / "node_modules")
    (folder / "images.txt").write_text("".join(f"{image}\n" for image in images()), encoding="utf-8")
    shutil.copy2(INSTALLER, folder / "install.sh")
    about = {"commit": commit, "python": python_tag(), "platform": sysconfig.get_platform()}
    (folder / "about.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    (folder / MANIFEST).write_text(manifest(folder), encoding="utf-8")
    archive = into / f"{name}.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(folder, arcname=name)
    shutil.rmtree(folder)
    (into / f"{archive.name}.sha256").write_text(f"{digest(archive)}  {archive.name}\n", encoding="utf-8")
    return archive


def python_tag() -> str:
    """The minor Python for which wheels are collected: cp311."""
    return f"cp{sys.version_info.major}{sys.version_info.minor}"


def pinned(text: str) -> list[str]:
    """Each pinned package of a requirements file as name==version, with its marker, without hashes."""
    return [f"{name}=={version}{marker.rstrip()}" for name, version, marker in _PIN.findall(text)]


def images() -> list[str]:
    """Every image that compose and the Dockerfile name and somebody has to carry along."""
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stages = set(re.findall(r"(?m)^FROM\s+\S+\s+AS\s+(\S+)", dockerfile))
    named = [*_IMAGE.findall(compose), *_FROM.findall(dockerfile)]
    return sorted({name for name in named if name not in stages and not name.startswith("landguard:")})


def manifest(folder: Path) -> str:
    """A line for each file below a folder, as `sha256sum -c` reads it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return "".join(f"{digest(path)}  ./{path.relative_to(folder).as_posix()}\n" for path in files)


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _commit() -> str:
    return _git("rev-parse", "HEAD").decode().strip()


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True)
    if done.returncode:
        raise ProvisionError("这里不是 LandGuard 的 git 检出目录，不能制作离线包。请在检出目录中运行。")
    return done.stdout


def _source(into: Path) -> None:
    """What is committed, and nothing that lies about."""
    into.mkdir()
    archive = into.parent / "source.tar"
    archive.write_bytes(_git("archive", "--format=tar", "HEAD"))
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="data")
    archive.unlink()


def _wheels(into: Path, given: Path | None, requirements: Sequence[str]) -> None:
    if given is not None:
        into.mkdir()
        for wheel in sorted(given.glob("*.whl")):
            shutil.copy2(wheel, into)
        return
    command = [str(PYTHON), "-m", "pip", "wheel", "--quiet", "--require-hashes", "--no-deps", "--no-input"]
    command += ["--disable-pip-version-check", "--wheel-dir", str(into)]
    command += [part for name in requirements for part in ("-r", name)]
    if subprocess.run(command, cwd=ROOT, stdout=sys.stderr).returncode:
        raise ProvisionError("依赖包没有收齐，原因见上面的 pip 输出。请检查网络或软件源设置后重试。")


def _refuse_missing(pins: Sequence[str], wheels: Path) -> None:
    there = {_plain(path.name.split("-")[0]) for path in wheels.glob("*.whl")}
    missing = [pin for pin in pins if ";" not in pin and _plain(pin.split("==")[0]) not in there]
    if missing:
        raise ProvisionError(f"离线包缺少依赖包：{'、'.join(missing)}。请补齐后重试。")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _assets(into: Path) -> None:
    """The packages that browsers load; tools of the tests stay behind."""
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    for name in wanted:
        place = ROOT / "node_modules" / name
        if not place.is_dir():
            raise ProvisionError(f"缺少浏览器端资源 {name}。请先运行 script/setup。")
        shutil.copytree(place, into / name)
