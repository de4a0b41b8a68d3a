"""The dossier's tab 用地: figures in their tree, what contradicts itself, what the rules propose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from approvals.models import LandThrift
from approvals.services.records import may_record
from core.units import AreaUnit
from projects.models import LandShare, LandUse, Project
from projects.rules.land_checks import LABELS
from projects.rules.land_tree import GRAIN, TREE
from projects.selectors.land import read_land
from projects.services.editing import may_edit

_UNIT_WORDS = {unit.value: unit.label for unit in AreaUnit}


@dataclass(frozen=True, slots=True)
class LandRow:
    """One class of land: how deep it stands, its area; `entered` is the figure as it was typed."""

    label: str
    depth: int
    m2: int | None
    entered: str
    kilograms: int | None = None


@dataclass(frozen=True, slots=True)
class LandBranch:
    label: str
    note: str
    rows: Sequence[LandRow]


def land_branches(land: LandUse | None) -> list[LandBranch]:
    """The figures that were stated, in the tree of the dictionary; branches without any are left out."""
    if land is None:
        return []
    branches = []
    for branch in TREE:
        rows = [_row(land, name, depth) for name, depth in branch.figures if getattr(land, name) is not None]
        if rows:
            branches.append(LandBranch(branch.label, branch.note, rows))
    return branches


def _row(land: LandUse, name: str, depth: int) -> LandRow:
    value = getattr(land, name)
    if name == GRAIN:
        return LandRow(LABELS[name], depth, None, "", value)
    return LandRow(LABELS[name], depth, value, _typed(land.entered, name))


def _typed(entered: Mapping[str, Mapping[str, str]], name: str) -> str:
    typed = entered.get(name)
    return f"{typed['value']} {_UNIT_WORDS.get(typed['unit'], '')}" if typed else ""


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One county's part with its figures in the order of `LandShare.AREA_FIELDS`."""

    unit: str
    is_lead: bool
    areas: Sequence[int | None]
    entered: str


def share_rows(project: Project, shares: Sequence[LandShare]) -> list[ShareRow]:
    return [
        ShareRow(
            share.organisation.short_name,
            share.organisation_id == project.organisation_id,
            [getattr(share, name) for name in LandShare.AREA_FIELDS],
            _typed(share.entered, "total_m2"),
        )
        for share in shares
    ]


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """The tab's context. Four queries."""
    reading = read_land(project=project, today=today)
    return {
        "branches": land_branches(getattr(project, "land", None)),
        "reading": reading,
        "shares": share_rows(project, reading.shares),
        "share_labels": [LABELS[name] for name in LandShare.AREA_FIELDS],
        "level_confirmed": reading.confirmed.get("LEVEL"),
        "track_confirmed": reading.confirmed.get("TRACK"),
        "reported_level": project.reported_facts.get("approval_level", {}).get("text", ""),
        "thrift": LandThrift.objects.filter(project=project).first(),
        "may_state_thrift": may_record(actor, project),
        "may_edit_land": may_edit(actor, project),
        "may_confirm": allowed(actor, Right.EDIT_PROJECT),
    }
