"""The environment of a checkout whose `.venv` is a link to another one's."""

from __future__ import annotations

import json
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script"))

from provision import environment  # noqa: E402


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout that asks for nothing, and another one whose environment it is linked to."""
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    here = tmp_path / "here"
    (here / "none.txt").write_text("", encoding="utf-8")
    monkeypatch.setattr(environment, "ROOT", here)
    monkeypatch.setattr(environment, "VENV", here / ".venv")
    monkeypatch.setattr(environment, "PYTHON", here / ".venv" / "bin" / "python")
    there = tmp_path / "there" / ".venv"
    venv.create(there, with_pip=True, symlinks=True)
    (here / ".venv").symlink_to(there)
    return here, there


def stamped(there: Path, files: dict[str, str]) -> str:
    """What the other checkout says of its environment."""
    text = json.dumps({"path": str(there), "files": files})
    (there / "landguard-stamp.json").write_text(text, encoding="utf-8")
    return text


@pytest.mark.services
def test_a_linked_environment_is_taken_while_it_fits_and_replaced_without_touching_it(checkout):
    here, there = checkout
    stamped(there, {"none.txt": environment._digest("none.txt")})
    environment._python_packages(["none.txt"])
    assert (here / ".venv").is_symlink()

    said = stamped(there, {"none.txt": "older"})
    environment._python_packages(["none.txt"])

    own = json.loads((here / ".venv" / "landguard-stamp.json").read_text(encoding="utf-8"))
    assert not (here / ".venv").is_symlink()
    assert own == {
        "path": str(here / ".venv"),
        "files": {"none.txt": environment._digest("none.txt")},
    }
    assert (there / "landguard-stamp.json").read_text(encoding="utf-8") == said
    assert environment._works(there / "bin" / "python")
    environment._python_packages(["none.txt"])  # its own now, and quick
