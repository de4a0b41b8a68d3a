"""Golden cases: one test for each case of a JSON file, from here or from --golden-dir."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

OWN_CASES = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden-dir",
        default=None,
        help="folder with deadlines*.json (and others of the same form) to run instead of the committed ones",
    )


def golden_files(config: pytest.Config, stem: str) -> list[Path]:
    """The case files of one subject; relative folders count from where pytest was called."""
    given = config.getoption("--golden-dir", default=None)
    folder = config.invocation_params.dir / given if given else OWN_CASES
    return sorted(folder.glob(f"{stem}*.json"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A subject whose files are absent is not collected."""
    if collection_path.parent == OWN_CASES and collection_path.name.startswith("test_"):
        stem = collection_path.stem.removeprefix("test_")
        return not golden_files(config, stem) or None
    return None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "golden_case" not in metafunc.fixturenames:
        return
    stem = metafunc.module.__name__.rpartition(".")[2].removeprefix("test_")
    cases: list[Any] = []
    for path in golden_files(metafunc.config, stem):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            cases.append(pytest.param(case, id=f"{path.stem}-{case['id']}"))
    metafunc.parametrize("golden_case", cases)
