"""The stored projects that the rows of a list may mean, as the rules read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from deadlines.models import Deadline
from officefiles.values import fold
from projects.models import LandShare, LandUse, Project, ProjectQuerySet
from projects.rules.choices import Vocabulary
from projects.rules.comparing import Change, Comparison, StoredProject, compare
from projects.rules.facts import FIGURE_KEYS, Entered, LandAreas, ListRow, ProjectFacts, ReportedFact, Verdict

# The columns of a ledger whose date is the conclusion of a step, which the office records itself.
_CONCLUSIONS = {
    "A02": "site_study",
    "A03": "prereview",
    "A04": "project_approval",
    "A05": "feasibility",
    "A06": "design",
    "A07": "environment",
    "A08": "water_soil",
    "A09": "forest_permit",
    "A10": "mineral",
    "A11": "land_saving",
    "A13": "pbf_replacement",
    "B03": "approved",
}
# Columns whose content belongs to a conclusion: the number and date of the approval itself.
_BELONGS_TO = {"approved": ("approval_number",)}
_NEW = Comparison(Verdict.NEW)
AGAIN = Change("status", "清单状态", Project.Status.RETURNED.label, Project.Status.SUBMITTED.label)


@dataclass(frozen=True, slots=True)
class StoredProjects:
    """The stored projects that rows may mean, by code and by unit and name."""

    by_id: Mapping[int, Project]
    by_code: Mapping[str, Project]
    by_name: Mapping[tuple[str, str], Project]
    merged: Mapping[tuple[str, str], Project]
    visible_ids: frozenset[int]
    decided: Mapping[int, Mapping[str, date]]
    unit_names: dict[str, str]
    shares: Mapping[tuple[int, str], LandShare]
    words: Vocabulary

    @classmethod
    def load(
        cls, rows: Iterable[ListRow], visible: ProjectQuerySet, *, claimed: set[int], words: Vocabulary
    ) -> StoredProjects:
        """At most eight queries: names of the units' projects and of those they share, the projects
        meant by name, code or key, which of them are visible, merged ones, conclusions, shares, units."""
        rows = list(rows)
        units = {row.facts.unit_code for row in rows} - {""}
        codes = {row.facts.code for row in rows} - {""}
        names = {(row.facts.unit_code, fold(row.name)) for row in rows}
        history = list(Project.HISTORY)
        there = visible.filter(organisation__code__in=units).exclude(status__in=history)
        listed = there.order_by("-pk").values_list("organisation__code", "name", "pk")
        # Newest first, so that the oldest of namesakes wins.
        shared = visible.adopted().filter(shares__organisation__code__in=units)
        shared_names = shared.order_by("-pk").values_list("shares__organisation__code", "name", "pk")
        named = {
            (unit, fold(name)): pk
            for unit, name, pk in (*shared_names, *listed)
            if (unit, fold(name)) in names
        }
        # In any unit: a code is one project's in the whole prefecture.
        with_code = Q(code__in=codes) & ~Q(status__in=history)
        meant = Project.objects.filter(with_code | Q(pk__in={*named.values(), *claimed}))
        loaded = {p.pk: p for p in meant.select_related("organisation", "land", "submitted_by")}
        seen = set(visible.filter(pk__in=list(loaded)).values_list("pk", flat=True)) if loaded else set()
        merged = visible.filter(organisation__code__in=units, status=Project.Status.MERGED)
        return cls(
            by_id={pk: project for pk, project in loaded.items() if pk in seen},
            by_code=_by_code(
                [p for p in loaded.values() if p.code in codes and p.status not in history], seen
            ),
            by_name={key: loaded[pk] for key, pk in named.items()},
            merged={
                (p.organisation.code, fold(p.name)): p
                for p in merged.select_related("organisation", "merged_into")
            },
            visible_ids=frozenset(seen),
            decided=conclusions_of([p.pk for p in loaded.values() if p.status == Project.Status.ADOPTED]),
            unit_names={p.organisation.code: p.organisation.short_name for p in loaded.values()}
            | {row.facts.unit_code: row.unit_name for row in rows},
            shares=_shares_in(units, loaded),
            words=words,
        )

    def decided_keys(self, project_id: int) -> set[str]:
        """Columns that hold a conclusion of the office."""
        return decided_keys(self.decided.get(project_id, ()))

    def identity_clashes(self, row: ListRow, project: Project, written: set[str]) -> list[str]:
        """A new name or code that is another project's already."""
        reasons = []
        by_code = self.by_code.get(row.facts.code) if "code" in written else None
        if by_code is not None and by_code.pk != project.pk:
            reasons.append(f"项目代码 {row.facts.code} 已由另一个项目使用，请核对代码")
        unit = project.organisation.code
        by_name = self.by_name.get((unit, fold(row.name))) if "name" in written else None
        if by_name is not None and by_name.pk != project.pk:
            reasons.append(f"同一县（市）已有名为“{by_name.name}”的项目，请核对名称")
        return reasons

    def compare(self, facts: ProjectFacts) -> tuple[Comparison, Project | None]:
        """The verdict on a row without errors, and the visible project it would change."""
        by_code = self.by_code.get(facts.code) if facts.code else None
        by_name = self.by_name.get((facts.unit_code, fold(facts.name)))
        if self.code_is_anothers(facts):
            by_code = None
        project = by_code or by_name
        if project is None:
            if self._merged(facts) is not None:
                return Comparison(Verdict.UNCHANGED), None
            return _NEW, None
        found = compare(
            facts,
            by_code=self._as_stored(by_code, facts.unit_code) if by_code else None,
            by_name=self._as_stored(by_name, facts.unit_code) if by_name else None,
            words=self.words,
        )
        return _handed_in_again(found, project), project

    def code_is_anothers(self, facts: ProjectFacts) -> bool:
        """The code is that of a project which the reader does not see: another unit's.

        The row comes in as its own project; the two are proposed as one to those who see both.
        """
        by_code = self.by_code.get(facts.code) if facts.code else None
        return by_code is not None and by_code.pk not in self.visible_ids

    def merged_into(self, facts: ProjectFacts) -> str | None:
        """Name of the project into which the row's own was merged; None where it was not."""
        merged = self._merged(facts)
        if merged is None:
            return None
        return merged.merged_into.name if merged.merged_into else ""

    def _merged(self, facts: ProjectFacts) -> Project | None:
        return self.merged.get((facts.unit_code, fold(facts.name)))

    def _as_stored(self, project: Project, unit: str) -> StoredProject:
        """As it stands for a row of `unit`: for one that shares it, with the part that lies there."""
        stored = StoredProject(
            id=project.pk,
            facts=facts_of(project),
            adopted=project.status == Project.Status.ADOPTED,
            label=project.name,
            decided=self.decided.get(project.pk, {}),
        )
        share = self.shares.get((project.pk, unit))
        if share is None or not stored.adopted or project.organisation.code == unit:
            return stored
        own = {key: getattr(share, key) for key in LandShare.AREA_FIELDS}
        typed = {key: Entered(**value) for key, value in share.entered.items()}
        kept = {key: value for key, value in stored.facts.land.entered.items() if key not in own}
        land = replace(stored.facts.land, **own, entered={**kept, **typed})
        return replace(
            stored,
            facts=replace(stored.facts, unit_code=unit, land=land),
            leading=project.organisation.short_name,
            whole=stored.facts.land,
        )


def _shares_in(units: set[str], projects: Iterable[int]) -> dict[tuple[int, str], LandShare]:
    """The parts of projects that lie in the rows' units. One query."""
    shares = LandShare.objects.filter(project_id__in=projects, organisation__code__in=units)
    return {
        (share.project_id, share.organisation.code): share for share in shares.select_related("organisation")
    }


def _by_code(projects: Iterable[Project], seen: set[int]) -> dict[str, Project]:
    """Of several with one code: one that the reader sees, on the list, the oldest."""
    ordered = sorted(projects, key=lambda p: (p.pk in seen, p.status == Project.Status.ADOPTED, -p.pk))
    return {project.code: project for project in ordered}


def _handed_in_again(comparison: Comparison, project: Project) -> Comparison:
    """A project that was sent back or left off waits again when it comes again, even unchanged."""
    if project.status not in (Project.Status.RETURNED, Project.Status.DROPPED):
        return comparison
    if comparison.verdict not in (Verdict.CHANGED, Verdict.UNCHANGED):
        return comparison
    return replace(comparison, verdict=Verdict.CHANGED, changes=(AGAIN, *comparison.changes))


def decided_keys(concluded: Iterable[str]) -> set[str]:
    """Keys of the columns that hold a conclusion of the office, with those that belong to them."""
    found = set(concluded)
    return found | {other for key in found for other in _BELONGS_TO.get(key, ())}


def with_conclusions(cells: Mapping[str, str], concluded: Mapping[str, date]) -> dict[str, str]:
    """A project's cells as they stand: a concluded step with the office's day, whatever was reported."""
    return {**cells, **{key: day.isoformat() for key, day in concluded.items()}}


def conclusions_of(project_ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """Project → column key → day on which the office recorded the conclusion. One query."""
    met = Deadline.objects.filter(
        project_id__in=project_ids,
        role=Deadline.Role.HANDLING,
        state=Deadline.State.MET,
        subject_code__in=_CONCLUSIONS,
    )
    found: dict[int, dict[str, date]] = {}
    for project_id, code, day in met.order_by("pk").values_list("project_id", "subject_code", "stopped_on"):
        if project_id is not None and day is not None:
            found.setdefault(project_id, {})[_CONCLUSIONS[code]] = day
    return found


def facts_of(project: Project) -> ProjectFacts:
    """A stored project as a row would state it; reads `organisation` and `land`."""
    return ProjectFacts(
        name=project.name,
        code=project.code,
        unit_code=project.organisation.code,
        owner_unit=project.owner_unit,
        industry=project.industry,
        list_category=project.list_category,
        priority_class=project.priority_class,
        track=project.track,
        level=project.level,
        investment_yuan=None if project.investment_yuan is None else Decimal(project.investment_yuan),
        planned_start=project.planned_start,
        planned_start_on=project.planned_start_on,
        planned_finish=project.planned_finish,
        planned_finish_on=project.planned_finish_on,
        remark=project.remark,
        land=land_areas(getattr(project, "land", None)),
        reported={key: _reported(value) for key, value in project.reported_facts.items()},
    )


def land_areas(land: LandUse | None) -> LandAreas:
    """A project's stored land as the rules read it."""
    if land is None:
        return LandAreas()
    areas: dict[str, Any] = {key: getattr(land, key) for key in FIGURE_KEYS}
    entered = {key: Entered(**typed) for key, typed in land.entered.items()}
    return LandAreas(**areas, entered=entered)


def _reported(value: Mapping[str, Any]) -> ReportedFact:
    return ReportedFact(
        label=value["label"],
        step=value["step"],
        text=value["text"],
        on=date.fromisoformat(value["on"]) if value["on"] else None,
        status=value["status"],
    )
