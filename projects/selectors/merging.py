"""Two projects field by field, as a person compares them before merging."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial

from core.units import AreaUnit
from projects.models import LandUse, MergeRecord, Project
from projects.rules.comparing import OFFICE_OWNED
from projects.selectors.list_kinds import list_names

_TAKEN = (
    ("name", "项目名称"),
    ("code", "项目代码"),
    ("owner_unit", "建设单位"),
    ("industry", "所属行业"),
    ("list_category", "清单类别"),
    ("priority_class", "项目类别"),
    ("investment_yuan", "总投资"),
    ("planned_start", "计划开工"),
    ("planned_finish", "计划竣工"),
    ("remark", "备注"),
)
_AREAS = (("total_m2", "用地总面积"), ("arable_m2", "其中耕地"), ("new_construction_m2", "新增建设用地"))


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One field of both rows, for reading. `is_the_offices`: settled by the bureau at adoption."""

    field: str
    label: str
    kept: str
    dropped: str
    may_be_taken: bool = True
    is_the_offices: bool = False

    @property
    def differs(self) -> bool:
        return self.kept != self.dropped

    @property
    def fills_a_gap(self) -> bool:
        """The merged row says what the kept one leaves blank."""
        return self.may_be_taken and bool(self.dropped) and not self.kept

    def as_dict(self) -> dict[str, object]:
        return {key: value for key, value in asdict(self).items() if key in _RECORDED}


_RECORDED = ("field", "label", "kept", "dropped")


def side_by_side(*, kept: Project, dropped: Project) -> list[SideBySide]:
    """Who handed in, where, the facts, the land; reads units and `land` of both. One query."""
    word = partial(_word, kinds=list_names())
    rows = [
        _row("organisation", "县市", lambda p: p.organisation.short_name, kept, dropped, may=False),
        _row("submitted_by", "报送单位", lambda p: p.submitted_by.short_name, kept, dropped, may=False),
        _row("number", "编号", lambda p: p.number or "", kept, dropped, may=False),
    ]
    rows += [_row(name, label, partial(word, name=name), kept, dropped, may=True) for name, label in _TAKEN]
    rows += [_row(name, label, partial(_area, name=name), kept, dropped, may=False) for name, label in _AREAS]
    return rows


def _row(
    field: str, label: str, read: Callable[[Project], str], kept: Project, dropped: Project, *, may: bool
) -> SideBySide:
    return SideBySide(
        field, label, read(kept), read(dropped), may and bool(read(dropped)), field in OFFICE_OWNED
    )


def _word(project: Project, name: str, *, kinds: Mapping[str, str]) -> str:
    if name == "priority_class":
        return project.get_priority_class_display()
    if name == "list_category":
        return kinds.get(project.list_category, project.list_category)
    if name == "investment_yuan":
        money = project.investment_yuan
        return "" if money is None else f"{(money / 10_000).normalize():f} 万元"
    return str(getattr(project, name))


def _area(project: Project, name: str) -> str:
    land: LandUse | None = getattr(project, "land", None)
    m2 = getattr(land, name) if land is not None else None
    return "" if m2 is None else f"{m2 / 10_000:.4f} {AreaUnit.HA.label}"


def merges_of(project_ids: list[int]) -> dict[int, list[MergeRecord]]:
    """Records of what was merged into projects, newest first. One query."""
    found: dict[int, list[MergeRecord]] = {}
    rows = MergeRecord.objects.filter(target__in=project_ids).select_related("project", "merged_by")
    for row in rows:
        found.setdefault(row.target_id, []).append(row)
    return found
