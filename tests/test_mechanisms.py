"""docs/mechanisms.csv says what stands; this says whether it tells the truth."""

from __future__ import annotations

import ast
import csv
from functools import cache
from pathlib import Path

import pytest
from django.urls import NoReverseMatch, get_resolver

ROOT = Path(__file__).resolve().parent.parent
MECHANISMS = 170
FEATURES = 10


def lines() -> list[dict[str, str]]:
    with (ROOT / "docs" / "mechanisms.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def page_names() -> set[str]:
    """Every URL name of the product, with its namespaces."""
    names: set[str] = set()

    def walk(resolver: object, prefix: str) -> None:
        for entry in resolver.url_patterns:
            if hasattr(entry, "url_patterns"):
                walk(entry, prefix + (f"{entry.namespace}:" if entry.namespace else ""))
            elif entry.name:
                names.add(prefix + entry.name)

    walk(get_resolver(), "")
    return names


@cache
def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_mechanism_and_feature_has_exactly_one_line():
    ids = [line["id"] for line in lines()]

    assert len(ids) == len(set(ids)) == MECHANISMS + FEATURES
    assert sum(i.startswith("F") for i in ids) == FEATURES


@pytest.mark.parametrize("line", lines(), ids=lambda line: line["id"])
def test_what_is_claimed_can_be_opened_and_is_tested(line):
    assert line["status"] in {"done", "part", "open"}
    if line["status"] == "open":
        assert not line["page"]
        assert not line["tests"]
        return
    assert line["page"] in page_names(), NoReverseMatch(line["page"])
    assert line["tests"]
    for node in line["tests"].split():
        file, _, name = node.partition("::")
        assert name in functions_of(ROOT / file), node
