"""The step catalogue as it ships: reference/steps.json and reference/holders.csv, read into values."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from deadlines.rules import PauseKinds, read_pause_kinds

FOLDER = Path(__file__).parent / "reference"
PAUSE_KINDS = Path(__file__).parent.parent / "deadlines" / "reference" / "pause_kinds.csv"
EFFECTIVE_FROM = date(2020, 1, 1)

# What the file writes where it has no countable limit: 3月初、6月底 is a window of the year.
_UNCOUNTED_UNITS = ("window",)

# The file's short names of its sources, as a reader of the catalogue knows them.
_SOURCES = {
    "S0 拉萨市": "拉萨市公布的承诺时限",
    "S2 四(四)": "薛城区经验材料四(四)",
    "S4": "州要素保障横向联动工作方案（征求意见稿）",
}


@dataclass(frozen=True, slots=True)
class StepSeed:
    """One step type of the file: the columns of StepType, and of each of its StepLimit rows."""

    code: str
    columns: Mapping[str, Any]
    limits: tuple[Mapping[str, Any], ...]


def read_catalogue() -> list[StepSeed]:
    """The 45 step types in the order of the procedure."""
    steps = json.loads((FOLDER / "steps.json").read_text(encoding="utf-8"))["steps"]
    with (FOLDER / "holders.csv").open(encoding="utf-8") as lines:
        holders = {row["code"]: row["holder"] for row in csv.DictReader(lines)}
    with PAUSE_KINDS.open(encoding="utf-8") as lines:
        kinds = read_pause_kinds(lines)
    return [
        StepSeed(
            code=step["code"],
            columns=_columns(step, position=number * 10, holder=holders[step["code"]]),
            limits=tuple(_limits(step, kinds)),
        )
        for number, step in enumerate(steps, start=1)
    ]


def _columns(step: Mapping[str, Any], *, position: int, holder: str) -> dict[str, Any]:
    return {
        "name": step["name"],
        "short": step["short"],
        "phase": step["phase"],
        "stage": step["stage"],
        "position": position,
        "actor": step["actor"],
        "applicant": step["applicant"],
        "holder_kind": holder,
        "condition": step["condition"],
        "note": _sourced(step["note"]),
        "predecessors": [
            *({**entry, "is_conditional": False} for entry in step["predecessors"]),
            *({**entry, "is_conditional": True} for entry in step["conditional_predecessors"]),
        ],
        "tracks": step["tracks"],
        "materials": step["materials"],
        "outputs": step["outputs"],
        "fields": step["fields"],
    }


def _limits(step: Mapping[str, Any], kinds: PauseKinds) -> Iterator[dict[str, Any]]:
    if committed := step["committed"]:
        yield {
            "line": "committed",
            "value": committed["value"],
            "unit": committed["unit"],
            "kind": "max",
            "extension": None,
            "basis": _sourced(committed["source"]),
            "evidence": "[S]",
            "note": committed["note"],
            "is_reference": False,
            "excluded": [_label(word, kinds) for word in committed["excluded"]],
            "position": 0,
        }
    for number, limit in enumerate(step["statutory"], start=1):
        is_counted = limit["unit"] not in _UNCOUNTED_UNITS
        basis = _sourced(limit["basis"])
        yield {
            "line": "statutory",
            "value": limit["value"] if is_counted else None,
            "unit": limit["unit"] if is_counted else "",
            "kind": limit["kind"],
            "extension": limit.get("extension"),
            "basis": basis if is_counted else f"{limit['value']}（{basis}）",
            "evidence": limit["evidence"],
            "note": limit["note"],
            "is_reference": limit["reference"],
            "excluded": [],
            "position": number,
        }


def _sourced(text: str) -> str:
    for short, known in _SOURCES.items():
        text = text.replace(short, known)
    return text


def _label(word: str, kinds: PauseKinds) -> str:
    """The pause kind that the file's word (会议时间) names."""
    kind = kinds.find(word, on=EFFECTIVE_FROM)
    if kind is None:
        raise ValueError(f"steps.json excludes {word}, which no pause kind names")
    return kind.label


def load(step_types: Any, step_limits: Any) -> list[str]:
    """Create the step types that the database lacks; returns their codes.

    Safe to repeat, and never touches a code that is there: the office may have revised it.

    Args:
        step_types, step_limits: the models, real or historical, so that a migration can call it.
    """
    present = set(step_types.objects.values_list("code", flat=True))
    created = []
    for seed in read_catalogue():
        if seed.code in present:
            continue
        row = step_types.objects.create(code=seed.code, effective_from=EFFECTIVE_FROM, **seed.columns)
        step_limits.objects.bulk_create(step_limits(step_type=row, **limit) for limit in seed.limits)
        created.append(seed.code)
    return created
