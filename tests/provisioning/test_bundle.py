"""The bundle installs without network, and not at all when a byte differs."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script"))

from provision import bundle  # noqa: E402
from provision.environment import ProvisionError  # noqa: E402

UNITS = ROOT / "deploy" / "systemd"
PROBE = "landguard_probe"


def wheel(into: Path) -> Path:
    """The smallest package that pip installs."""
    into.mkdir()
    info = f"{PROBE}-1.0.dist-info"
    with zipfile.ZipFile(into / f"{PROBE}-1.0-py3-none-any.whl", "w") as file:
        file.writestr(f"{PROBE}.py", "ANSWER = 42\n")
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {PROBE}\nVersion: 1.0\n")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/RECORD", "")
    return into


def test_pins_lose_their_hashes_and_keep_their_markers():
    plain = "a-b==1.2 \\\n    --hash=sha256:00\n    # via c\n"
    text = plain + "c[x]==3 ; python_version < '3.12' \\\n    --hash=sha256:11\n"

    assert bundle.pinned(text) == ["a-b==1.2", "c==3 ; python_version < '3.12'"]
    product = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert len(bundle.pinned(product)) == product.count("==") - product.count("python_version ==")


def test_every_image_of_compose_and_dockerfile_is_listed_without_our_own():
    assert {name.split(":")[0] for name in bundle.images()} == {
        *("postgres", "valkey/valkey", "caddy", "node", "python")
    }


@pytest.mark.services
def test_the_bundle_installs_without_network_and_refuses_a_flipped_byte(tmp_path, monkeypatch):
    (tmp_path / "small.txt").write_text(f"{PROBE}==1.0\n", encoding="utf-8")
    small = [os.path.relpath(tmp_path / "small.txt", ROOT)]
    with pytest.raises(ProvisionError, match=r"缺少依赖包：landguard_probe==1\.0"):
        bundle.build(into=tmp_path / "none", wheels=tmp_path, requirements=small)

    archive = bundle.build(into=tmp_path / "out", wheels=wheel(tmp_path / "wheels"), requirements=small)
    subprocess.run(["sha256sum", "-c", f"{archive.name}.sha256"], cwd=archive.parent, check=True)
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "there", filter="data")
    [folder] = (tmp_path / "there").iterdir()
    done = install(folder, tmp_path / "opt")

    assert done.returncode == 0, done.stderr
    python = tmp_path / "opt" / ".venv" / "bin" / "python"
    answer = subprocess.run([python, "-c", f"import {PROBE}; print({PROBE}.ANSWER)"], capture_output=True)
    assert answer.stdout.strip() == b"42"
    for name in ("manage.py", "deploy/systemd/landguard.target", "node_modules/htmx.org/dist/htmx.min.js"):
        assert (tmp_path / "opt" / name).is_file(), name
    assert not (tmp_path / "opt" / "node_modules" / "axe-core").exists()
    # The wrappers take what is there: they neither fetch anything nor make the environment anew.
    for script, words in (
        ("setup", "由离线包安装"),
        ("backup", "没有数据库设置"),
        ("restore", "没有数据库设置"),
    ):
        said = wrapper(tmp_path / "opt", script)
        assert (said.returncode, words in said.stderr) == (1, True), said.stderr
    (tmp_path / "opt" / "manage.py").write_text("import sys; print(sys.argv[1:])")
    said = wrapper(tmp_path / "opt", "backup", DATABASE_URL="postgres://", REDIS_URL="redis://")
    assert said.stdout.strip() == "['backup']", said.stderr
    # Where the first services started here take their locks.
    assert (tmp_path / "opt" / "var" / "run").is_dir()
    assert python.exists()
    python.unlink()
    assert "请重新运行离线包中的 install.sh" in wrapper(tmp_path / "opt", "manage").stderr

    target = folder / "source" / "manage.py"
    target.write_bytes(target.read_bytes().replace(b"l", b"1", 1))
    refused = install(folder, tmp_path / "other")
    assert refused.returncode == 1
    assert "没有安装任何内容" in refused.stderr
    assert not (tmp_path / "other").exists()


def install(folder: Path, into: Path) -> subprocess.CompletedProcess[str]:
    """Run the installer with every way to the network leading nowhere."""
    nowhere = "http://127.0.0.1:9"
    names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "PIP_INDEX_URL")
    env = {**os.environ, **dict.fromkeys(names, nowhere), "LANDGUARD_PYTHON": sys.executable}
    return subprocess.run(["sh", "install.sh", into], cwd=folder, env=env, capture_output=True, text=True)


def wrapper(root: Path, name: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a wrapper of an installed system as a person at a bare terminal does."""
    env = {"PATH": os.defpath, "LANDGUARD_PYTHON": sys.executable, **settings}
    return subprocess.run([root / "script" / name], env=env, capture_output=True, text=True)


def test_every_unit_that_the_target_wants_is_there_and_starts_what_exists():
    target = (UNITS / "landguard.target").read_text(encoding="utf-8")
    wanted = {name for line in target.splitlines() if line.startswith("Wants=") for name in line[6:].split()}
    there = {path.name for path in UNITS.iterdir()}

    assert wanted <= there
    assert {
        f"landguard-{name}.service" for name in ("web", "worker", "beat", "migrate", "backup", "drill")
    } <= there
    for unit in UNITS.glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        assert "User=landguard" in text, unit.name
        assert "EnvironmentFile=/etc/landguard/landguard.env" in text, unit.name
        assert "ExecStart=/opt/landguard/.venv/bin/python " in text, unit.name
        assert "NoNewPrivileges=yes" in text, unit.name
    for timer in UNITS.glob("*.timer"):
        assert f"{timer.stem}.service" in there
