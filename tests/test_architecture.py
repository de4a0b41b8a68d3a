"""What import-linter cannot see: foreign keys that point up, words without their translation."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey, OneToOneField

from audit.verbs import VERBS

ROOT = Path(__file__).resolve().parent.parent
HOUSE = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]
LAYERS = next(contract["layers"] for contract in HOUSE if "landguard" in contract["layers"])
# Each app and its floor, counted from the top.
FLOORS = {app: floor for floor, layer in enumerate(LAYERS) for app in re.findall(r"\w+", layer)}
# audit lies below accounts and still says who acted: the one allowed reference upward (rulings.md).
ALLOWED_UP = {("audit", "accounts")}
SOURCES = [path for app in FLOORS for path in (ROOT / app).rglob("*.py")]


def points_up(field: ForeignKey[Any, Any]) -> bool:
    """To a floor above, or to a neighbour on the same one."""
    own, other = field.model._meta.app_label, field.related_model._meta.app_label
    if own == other or (own, other) in ALLOWED_UP or not {own, other} <= set(FLOORS):
        return False
    return FLOORS[other] <= FLOORS[own]


def test_foreign_keys_point_down() -> None:
    up = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | OneToOneField) and points_up(field)
    ]

    assert up == []


def test_every_app_has_its_floor() -> None:
    own = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}

    assert own - set(FLOORS) == set()


def test_every_verb_of_the_log_has_its_words() -> None:
    used = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "verb" and isinstance(node.value, ast.Constant):
                used.add(node.value.value)

    slugs = {verb for verb in used if "." in verb}
    assert slugs - set(VERBS) == set()


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc"])
def test_no_module_is_named_for_nothing(name: str) -> None:
    assert [path for path in SOURCES if path.stem == name or path.parent.name == name] == []


def test_only_the_edges_ask_for_the_day() -> None:
    edges = {
        *("views", "api", "serializers", "tasks", "commands", "filters", "forms"),
        *("context_processors", "health", "clock", "demo"),
        # Where Django, allauth and axes call in: they bring no day.
        *("adapter", "middleware", "passwords", "stages", "session_store"),
        # Every verb asks it whether the county is live yet.
        "rollout",
        # A file on its way out, for page and interface alike.
        "downloads",
        # Backups and checks measure how long they took.
        *("backups", "checks"),
        # The runner asks when a ledger, an export or a bulk run is made: its day is that of the making,
        # not of the asking.
        *("ledgers", "list_export", "bulk"),
    }
    asking = re.compile(r"timezone\.now\(|timezone\.localdate\(|clock\.today\(|clock\.now\(|date\.today\(")

    below = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if asking.search(path.read_text(encoding="utf-8"))
        and not any(edge in part for part in path.relative_to(ROOT).parts for edge in edges)
    ]

    assert below == []


def test_no_template_carries_style_or_script_inline() -> None:
    inline = re.compile(r"\sstyle=|<script(?![^>]*\bsrc=)|<style|\shx-on|\son[a-z]+=\"", re.IGNORECASE)

    found = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.html")
        if not {"node_modules", ".venv", "var"} & set(path.relative_to(ROOT).parts)
        and inline.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_no_journey_reads_a_page_that_may_still_be_loading() -> None:
    """`expect(...)` waits; an assertion on what stands there now sees half a page on a busy machine."""
    at_once = re.compile(
        r"assert .*\.(inner_text|text_content|is_visible|is_hidden|input_value|all_inner_texts)\("
        r"|assert .*(locator|get_by_\w+)\(.*\.count\(\)"
    )

    found = [
        f"{path.name}: {line.strip()}"
        for path in (ROOT / "tests" / "journeys").glob("test_*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if at_once.search(line)
    ]

    assert found == []
