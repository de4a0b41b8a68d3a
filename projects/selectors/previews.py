"""What confirming a workbook would do, row by row. Computed each time, never stored."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Organisation, OrganisationAlias, User
from core.units import round_half_up
from deadlines.models import Deadline
from officefiles.reading import read_workbook
from officefiles.values import fold
from projects.models import ImportDraft, LandUse, Project, ProjectQuerySet
from projects.refusals import NoReportingOrganisation
from projects.rules.comparing import Change, Comparison, StoredProject, compare
from projects.rules.directory import REPORTING_KINDS, Directory, OrganisationEntry
from projects.rules.facts import (
    FIGURE_KEYS,
    Entered,
    LandAreas,
    ListRow,
    Problem,
    ProjectFacts,
    ReportedFact,
    Severity,
    Verdict,
)
from projects.rules.list_reading import ListReading, read_list

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
_NEW = Comparison(Verdict.NEW)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A data row with its verdict. `project` is the stored one it would change, if visible."""

    row: int
    facts: ProjectFacts
    unit_name: str
    verdict: Verdict
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...] = ()
    project: Project | None = None

    @property
    def name(self) -> str:
        return self.facts.name

    @property
    def total_m2(self) -> int | None:
        return self.facts.land.total_m2

    @property
    def has_warning(self) -> bool:
        return any(not problem.is_error for problem in self.problems)

    @property
    def is_fine(self) -> bool:
        """Nothing to look at: hidden by 只看有问题的行."""
        return not self.problems

    @property
    def writes(self) -> bool:
        return self.verdict in (Verdict.NEW, Verdict.CHANGED)


@dataclass(frozen=True, slots=True)
class Preview:
    """A whole workbook. `organisation` is the unit that hands it in."""

    filename: str
    organisation: Organisation
    reading: ListReading
    rows: tuple[PreviewRow, ...]
    counts: Mapping[Verdict, int] = field(default_factory=dict)

    @property
    def warnings(self) -> int:
        """Rows with something to confirm and no error."""
        return sum(row.has_warning for row in self.rows if row.verdict is not Verdict.ERROR)

    @property
    def blocked(self) -> int:
        """Rows that cannot be imported as they are."""
        return self.counts[Verdict.ERROR] + self.counts[Verdict.CONFLICT]

    @property
    def importable(self) -> int:
        return self.counts[Verdict.NEW] + self.counts[Verdict.CHANGED]

    @property
    def problems(self) -> list[Problem]:
        """Of the file as a whole, then of its rows."""
        return [*self.reading.problems, *(problem for row in self.rows for problem in row.problems)]

    @property
    def summary(self) -> dict[str, int]:
        """Numbers of rows: total, one for each verdict, warning."""
        numbers = {verdict.value: self.counts[verdict] for verdict in Verdict}
        return {"total": len(self.rows), **numbers, "warning": self.warnings}

    @property
    def fingerprint(self) -> str:
        """Changes whenever what would happen differs from what was shown."""
        content = [
            [row.row, row.verdict, row.project.pk if row.project else None, [c.after for c in row.changes]]
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]


def reporting_organisation(actor: User) -> Organisation:
    """The unit in whose name the actor hands in lists: county, park, department; the prefecture
    for the bureau. At most three queries.

    Raises:
        NoReportingOrganisation: the account belongs to none.
    """
    unit = actor.reporting_unit
    if unit is not None:
        return unit
    scope = actor.scope
    if scope is None:
        raise NoReportingOrganisation("您的账号没有所属单位，不能报送清单；请联系系统管理员。")
    return Organisation.objects.get(path=scope.path)


def directory() -> Directory:
    """The whole tree, to be asked by text. Two queries."""
    organisations = [
        OrganisationEntry(code=code, name=name, short_name=short, kind=kind, parent=parent or "")
        for code, name, short, kind, parent in Organisation.objects.filter(is_active=True).values_list(
            "code", "name", "short_name", "kind", "parent__code"
        )
    ]
    aliases = OrganisationAlias.objects.values_list("alias", "organisation__code")
    return Directory.of(organisations=organisations, aliases=dict(aliases))


def read_submission(*, content: bytes, filename: str, organisation: Organisation, today: date) -> ListReading:
    """The workbook of `organisation` as facts and problems; nothing is compared yet.

    Raises:
        WorkbookRefused: the file cannot be read or holds no list (officefiles.errors,
            projects.errors).
    """
    workbook = read_workbook(content, filename=filename)
    own_unit = organisation.code if organisation.kind in REPORTING_KINDS else None
    return read_list(workbook, directory=directory(), own_unit=own_unit, today=today)


def draft_preview(*, actor: User, draft_id: int, today: date) -> tuple[ImportDraft, Preview]:
    """The actor's draft and what confirming it would do now; stores nothing.

    Raises:
        ImportDraft.DoesNotExist: unknown, gone, or somebody else's.
    """
    draft = ImportDraft.objects.visible_to(actor).select_related("organisation").get(pk=draft_id)
    reading = read_submission(
        content=bytes(draft.content), filename=draft.filename, organisation=draft.organisation, today=today
    )
    return draft, compare_with_stored(draft=draft, reading=reading, actor=actor)


def compare_with_stored(*, draft: ImportDraft, reading: ListReading, actor: User) -> Preview:
    """A draft's reading against the projects its owner may see."""
    return preview(
        reading=reading,
        filename=draft.filename,
        organisation=draft.organisation,
        visible=Project.objects.visible_to(actor),
    )


def preview(
    *, reading: ListReading, filename: str, organisation: Organisation, visible: ProjectQuerySet
) -> Preview:
    """Compare a reading with what is stored. At most five queries, however many rows.

    Args:
        visible: the projects that the unit may see; of others not even the name is shown.
    """
    stored = _Stored.load(reading.rows, visible)
    name_column = next((column.letters for column in reading.columns if column.key == "name"), "")
    rows = _without_twins([_preview_row(row, stored, name_column) for row in reading.rows], name_column)
    found = Counter(row.verdict for row in rows)
    counts = {verdict: found[verdict] for verdict in Verdict}
    return Preview(filename, organisation, reading, tuple(rows), counts)


def _preview_row(row: ListRow, stored: _Stored, name_column: str) -> PreviewRow:
    facts = row.facts
    if facts.investment_yuan is not None:
        facts = replace(facts, investment_yuan=round_half_up(facts.investment_yuan, 2))
    if row.verdict is Verdict.ERROR:
        return PreviewRow(row.row, facts, row.unit_name, Verdict.ERROR, row.problems)
    comparison, project = stored.compare(facts)
    problems = [
        *row.problems,
        *(_conflict(row, name_column, reason) for reason in comparison.reasons),
        *stored.remarks(row, facts, comparison, name_column),
    ]
    return PreviewRow(
        row=row.row,
        facts=facts,
        unit_name=row.unit_name,
        verdict=comparison.verdict,
        problems=tuple(problems),
        changes=comparison.changes,
        project=project,
    )


def _conflict(row: ListRow, name_column: str, reason: str) -> Problem:
    return Problem(
        cell=f"{name_column}{row.row}",
        field="项目名称",
        value=row.name,
        message=reason,
        suggestion="这一行不导入，请核对后改正，或联系州局处理",
        severity=Severity.ERROR,
        row=row.row,
    )


def _without_twins(rows: list[PreviewRow], name_column: str) -> list[PreviewRow]:
    """Two rows that lead to one stored project (one by code, one by name): neither is imported."""
    times = Counter(row.project.pk for row in rows if row.project is not None)
    result = []
    for row in rows:
        if row.project is not None and times[row.project.pk] > 1 and row.writes:
            others = [r.row for r in rows if r.project == row.project and r.row != row.row]
            reason = f"与第 {'、'.join(map(str, others[:5]))} 行对应同一个在册项目，分不清以哪一行为准"
            problem = _conflict(ListRow(row.row, row.facts, row.unit_name, ()), name_column, reason)
            result.append(replace(row, verdict=Verdict.CONFLICT, problems=(*row.problems, problem)))
        else:
            result.append(row)
    return result


@dataclass(frozen=True, slots=True)
class _Stored:
    """The stored projects that rows may mean, by code and by unit and name."""

    by_code: Mapping[str, Project]
    by_name: Mapping[tuple[str, str], Project]
    merged: Mapping[tuple[str, str], Project]
    visible_ids: frozenset[int]
    decided: Mapping[int, Mapping[str, date]]

    @classmethod
    def load(cls, rows: Iterable[ListRow], visible: ProjectQuerySet) -> _Stored:
        """At most five queries: projects of the units, with the codes, merged ones, conclusions."""
        rows = list(rows)
        units = {row.facts.unit_code for row in rows} - {""}
        codes = {row.facts.code for row in rows} - {""}
        history = [Project.Status.MERGED, Project.Status.REMOVED]
        loaded = visible.select_related("organisation", "land", "submitted_by")
        own = list(loaded.filter(organisation__code__in=units).exclude(status__in=history))
        # In any unit: a code is one project's in the whole prefecture.
        with_code = Project.objects.exclude(status__in=history).filter(code__in=codes)
        coded = list(with_code.select_related("organisation", "land", "submitted_by"))
        merged = visible.filter(organisation__code__in=units, status=Project.Status.MERGED)
        own_ids = {project.pk for project in own}
        elsewhere = [project.pk for project in coded if project.pk not in own_ids]
        seen = set(visible.filter(pk__in=elsewhere).values_list("pk", flat=True)) if elsewhere else set()
        return cls(
            by_code={project.code: project for project in coded},
            by_name={(p.organisation.code, fold(p.name)): p for p in sorted(own, key=lambda p: -p.pk)},
            merged={
                (p.organisation.code, fold(p.name)): p
                for p in merged.select_related("organisation", "merged_into")
            },
            visible_ids=frozenset(own_ids | seen),
            decided=_conclusions([p.pk for p in own if p.status == Project.Status.ADOPTED]),
        )

    def compare(self, facts: ProjectFacts) -> tuple[Comparison, Project | None]:
        """The verdict on a row without errors, and the visible project it would change."""
        by_code = self.by_code.get(facts.code) if facts.code else None
        by_name = self.by_name.get((facts.unit_code, fold(facts.name)))
        if by_code is not None and by_code.pk not in self.visible_ids:
            reason = f"项目代码 {facts.code} 已由其他单位报送，请核对代码"
            return Comparison(Verdict.CONFLICT, reasons=(reason,)), None
        project = by_code or by_name
        if project is None:
            if self._merged(facts) is not None:
                return Comparison(Verdict.UNCHANGED), None
            return _NEW, None
        found = compare(
            facts,
            by_code=self._as_stored(by_code) if by_code else None,
            by_name=self._as_stored(by_name) if by_name else None,
        )
        return _handed_in_again(found, project), project

    def remarks(
        self, row: ListRow, facts: ProjectFacts, comparison: Comparison, name_column: str
    ) -> list[Problem]:
        """A row whose project was merged into another: nothing happens, and why."""
        merged = self._merged(facts)
        if comparison.verdict is not Verdict.UNCHANGED or comparison.project_id or merged is None:
            return []
        target = merged.merged_into.name if merged.merged_into else ""
        return [
            Problem(
                cell=f"{name_column}{row.row}",
                field="项目名称",
                value=row.name,
                message=f"州局已将该项目并入“{target}”，不再单独导入",
                suggestion="请在合并后的项目上更新",
                severity=Severity.WARNING,
                row=row.row,
            )
        ]

    def _merged(self, facts: ProjectFacts) -> Project | None:
        return self.merged.get((facts.unit_code, fold(facts.name)))

    def _as_stored(self, project: Project) -> StoredProject:
        return StoredProject(
            id=project.pk,
            facts=facts_of(project),
            adopted=project.status == Project.Status.ADOPTED,
            label=project.name,
            decided=self.decided.get(project.pk, {}),
        )


def _handed_in_again(comparison: Comparison, project: Project) -> Comparison:
    """A returned project that comes again waits again, even where nothing else changed."""
    if project.status != Project.Status.RETURNED:
        return comparison
    if comparison.verdict not in (Verdict.CHANGED, Verdict.UNCHANGED):
        return comparison
    again = Change("status", "清单状态", Project.Status.RETURNED.label, Project.Status.SUBMITTED.label)
    return replace(comparison, verdict=Verdict.CHANGED, changes=(again, *comparison.changes))


def _conclusions(project_ids: Sequence[int]) -> dict[int, dict[str, date]]:
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
