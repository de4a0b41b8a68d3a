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


# What the file leaves open and the product presumes (domain.md 1.5, 2.1, 11), and which of its limits
# are no alternatives to the handling: by step and by how the basis begins.
_EXTENSIONS = {("A04", "企业投资项目核准和备案管理条例10条"): 40}
_GO_WITH = {
    ("Y02", "期满1年内完成复垦"): "批准的使用期限届满",
    ("J03", "闲置土地处置办法2条"): "约定的动工日期届满",
    ("J03", "满2年无偿收回"): "约定的动工日期届满",
}
_PAPERS = (
    (
        "A04",
        "企业投资项目核准和备案管理条例10条",
        {
            "line": "statutory",
            "value": 2,
            "unit": "year",
            "kind": "validity",
            "basis": "企业投资项目核准和备案管理办法38条: 核准文件有效期2年，期满前可申请延期一次，不超过1年",
            "evidence": "[K]",
        },
    ),
)


def complete(step_limits: Any) -> None:
    """Add to the limits what the file leaves open. Safe to repeat; touches nothing that the office revised.

    Args:
        step_limits: the model, real or historical, that knows `goes_with`.
    """
    seeded = step_limits.objects.filter(step_type__effective_from=EFFECTIVE_FROM)
    for (code, basis), days in _EXTENSIONS.items():
        found = seeded.filter(step_type__code=code, basis__startswith=basis, extension=None)
        found.update(extension=days)
    for (code, basis), other in _GO_WITH.items():
        seeded.filter(step_type__code=code, basis__startswith=basis, goes_with="").update(goes_with=other)
    for code, basis, paper in _PAPERS:
        for limit in seeded.filter(step_type__code=code, basis__startswith=basis):
            if not step_limits.objects.filter(step_type=limit.step_type_id, kind=paper["kind"]).exists():
                step_limits.objects.create(
                    step_type_id=limit.step_type_id, position=9, goes_with=limit.basis, **paper
                )


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
    if created and hasattr(step_limits, "goes_with"):  # the first migrations had no such column
        complete(step_limits)
    return created
