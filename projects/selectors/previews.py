"""What confirming a workbook would do, row by row. Computed each time, never stored."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from accounts.models import Organisation, OrganisationAlias, User
from core.collecting import collection_paused
from core.units import AreaUnit, round_half_up
from officefiles.reading import read_workbook
from projects.models import ImportDraft, Project, ProjectQuerySet
from projects.refusals import NoReportingOrganisation
from projects.rules.cells import REPORTED_KEYS, cells_of
from projects.rules.comparing import Change, Comparison
from projects.rules.directory import REPORTING_KINDS, Directory, OrganisationEntry
from projects.rules.facts import (
    FIGURE_KEYS,
    LandAreas,
    ListRow,
    Problem,
    ProjectFacts,
    Severity,
    Verdict,
)
from projects.rules.land_checks import land_problems
from projects.rules.list_reading import ListReading, read_list
from projects.rules.three_way import Standing, Take, agreed, judge, locked_keys
from projects.selectors.baselines import (
    BaseRow,
    PreviewCell,
    RoundTrip,
    cell_label,
    is_edit,
    preview_cell,
    round_trip_of,
    uploaded_cells,
)
from projects.selectors.list_kinds import list_words
from projects.selectors.stored_projects import AGAIN, StoredProjects, facts_of, with_conclusions

_PLACE = re.compile(r"^([A-Z]+)\d+$")
_UNKNOWN_KEY = Problem(
    cell="",
    field="下载标识",
    value="",
    message="认不出这份文件是哪一次下载的，按普通清单与系统比对：空着的单元格不清除内容，看不出下载后谁改过",
    suggestion="请重新下载清单，把修改粘贴过去后再上传",
    severity=Severity.WARNING,
)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A data row with its verdict. `project` is the stored one it would change, if visible.

    `cells` are those that are not plainly unchanged, for a row that was downloaded before, and
    `agreed` those that both sides brought to the same value since.
    """

    row: int
    facts: ProjectFacts
    unit_name: str
    verdict: Verdict
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...] = ()
    project: Project | None = None
    cells: tuple[PreviewCell, ...] = ()
    is_round_trip: bool = False
    agreed: Mapping[str, str] = field(default_factory=dict)

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
        return not self.problems and not any(cell.is_open for cell in self.cells)

    @property
    def has_choices(self) -> bool:
        """Whether there is anything in the row to choose between."""
        return any(cell.is_choosable for cell in self.cells)

    @property
    def writes(self) -> bool:
        return self.verdict in (Verdict.NEW, Verdict.CHANGED)

    @property
    def settled(self) -> dict[str, str]:
        """Cells that the next upload of the same workbook need not settle again, once imported."""
        if self.is_round_trip:
            settled = {cell.key: cell.verdict.uploaded for cell in self.cells if cell.verdict.is_settled}
            return {**self.agreed, **settled}
        return cells_of(self.facts)


@dataclass(frozen=True, slots=True)
class Preview:
    """A whole workbook. `organisation` is the unit that hands it in."""

    filename: str
    organisation: Organisation
    reading: ListReading
    rows: tuple[PreviewRow, ...]
    counts: Mapping[Verdict, int] = field(default_factory=dict)
    round_trip: RoundTrip | None = None
    choices: Mapping[str, object] = field(default_factory=dict)

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
    def file_problems(self) -> list[Problem]:
        """Of the file as a whole; first, that it cannot be told what it was downloaded as."""
        mark = self.reading.mark
        if self.round_trip is not None or mark is None or not mark.key:
            return list(self.reading.problems)
        return [_UNKNOWN_KEY, *self.reading.problems]

    @property
    def problems(self) -> list[Problem]:
        """Of the file as a whole, then of its rows."""
        return [*self.file_problems, *(problem for row in self.rows for problem in row.problems)]

    @property
    def summary(self) -> dict[str, int]:
        """Numbers of rows: total, one for each verdict, warning."""
        numbers = {verdict.value: self.counts[verdict] for verdict in Verdict}
        return {"total": len(self.rows), **numbers, "warning": self.warnings}

    @property
    def fingerprint(self) -> str:
        """Changes whenever what would happen differs from what was shown."""
        return seen_token(self.sides, self.choices)

    @property
    def sides(self) -> str:
        """Changes whenever a row, its stored project or its cells differ; choices apart."""
        digest = hashlib.sha256()
        for row in self.rows:
            pk = row.project.pk if row.project else None
            if row.is_round_trip:
                said = [[c.key, c.standing, c.verdict.stored, c.verdict.uploaded] for c in row.cells]
            else:
                said = [[c.after for c in row.changes]]
            digest.update(
                json.dumps([row.row, pk, row.verdict.value if not row.cells else "", said]).encode()
            )
        return digest.hexdigest()[:32]

    @property
    def open_cells(self) -> int:
        """Cells that wait for a choice."""
        return sum(cell.is_open for row in self.rows for cell in row.cells)

    @property
    def missing(self) -> list[str]:
        """Names of projects that were downloaded and do not stand in the file: nothing happens to them."""
        if self.round_trip is None:
            return []
        there = {row.project.pk for row in self.rows if row.project is not None}
        return [name for pk, name in self.round_trip.names.items() if pk not in there]


def seen_token(sides: str, choices: Mapping[str, object]) -> str:
    """What a person has read: how the rows stand, and what was chosen among them."""
    chosen = json.dumps(choices, sort_keys=True, ensure_ascii=False)
    return f"{sides}-{hashlib.sha256(chosen.encode()).hexdigest()[:8]}"


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


def read_submission(
    *,
    content: bytes,
    filename: str,
    organisation: Organisation,
    today: date,
    headings: Mapping[str, str] | None = None,
) -> ListReading:
    """The workbook of `organisation` as facts and problems; nothing is compared yet.

    Args:
        headings: what its owner said that unknown headings mean: heading → key.

    Raises:
        WorkbookRefused: the file cannot be read or holds no list (officefiles.errors,
            projects.errors).
    """
    own_unit = organisation.code if organisation.kind in REPORTING_KINDS else None
    known, words = directory(), list_words(on=today)
    with collection_paused():
        return read_list(
            read_workbook(content, filename=filename),
            directory=known,
            own_unit=own_unit,
            today=today,
            words=words,
            renamed=headings or {},
        )


def read_draft(draft: ImportDraft, *, today: date) -> ListReading:
    """A draft's workbook, its headings as its owner explained them."""
    return read_submission(
        content=bytes(draft.content),
        filename=draft.filename,
        organisation=draft.organisation,
        today=today,
        headings=draft.headings,
    )


def draft_preview(*, actor: User, draft_id: int, today: date) -> tuple[ImportDraft, Preview]:
    """The actor's draft and what confirming it would do now; stores nothing.

    Raises:
        ImportDraft.DoesNotExist: unknown, gone, or somebody else's.
    """
    draft = ImportDraft.objects.visible_to(actor).select_related("organisation").get(pk=draft_id)
    return draft, preview_of(draft, actor=actor, today=today)


def preview_of(draft: ImportDraft, *, actor: User, today: date) -> Preview:
    """What confirming a draft that was found already would do now."""
    return compare_with_stored(draft=draft, reading=read_draft(draft, today=today), actor=actor)


def compare_with_stored(*, draft: ImportDraft, reading: ListReading, actor: User) -> Preview:
    """A draft's reading against the projects its owner may see."""
    with collection_paused():
        found = preview(
            reading=reading,
            filename=draft.filename,
            organisation=draft.organisation,
            visible=Project.objects.visible_to(actor),
            round_trip=round_trip_of(draft=draft, actor=actor),
        )
    return replace(found, choices=draft.choices)


def preview(
    *,
    reading: ListReading,
    filename: str,
    organisation: Organisation,
    visible: ProjectQuerySet,
    round_trip: RoundTrip | None = None,
) -> Preview:
    """Compare a reading with what is stored. At most six queries, however many rows.

    Args:
        visible: the projects that the unit may see; of others not even the name is shown.
        round_trip: what the workbook was downloaded as, if it was.
    """
    claimed = round_trip.project_ids(reading.rows) if round_trip else {}
    stored = StoredProjects.load(reading.rows, visible, claimed=set(claimed.values()), words=reading.words)
    columns = _Columns.of(reading)
    rows = [_preview_row(row, stored, columns, round_trip, claimed.get(row.row)) for row in reading.rows]
    rows = _without_twins(rows, columns)
    found = Counter(row.verdict for row in rows)
    counts = {verdict: found[verdict] for verdict in Verdict}
    return Preview(filename, organisation, reading, tuple(rows), counts, round_trip)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the file has which column."""

    keys: tuple[str, ...]
    letters: Mapping[str, str]
    by_letters: Mapping[str, str]

    @classmethod
    def of(cls, reading: ListReading) -> _Columns:
        letters = {column.key: column.letters for column in reading.columns if column.key}
        return cls(reading.keys, letters, {place: key for key, place in letters.items()})

    def cell(self, row: int, key: str) -> str:
        return f"{self.letters.get(key, '')}{row}"

    def key_of(self, cell: str) -> str:
        """Key of the column in which a cell lies, "" for a whole row."""
        found = _PLACE.match(cell)
        return self.by_letters.get(found[1], "") if found else ""


def _preview_row(
    row: ListRow, stored: StoredProjects, columns: _Columns, trip: RoundTrip | None, claimed: int | None
) -> PreviewRow:
    money = row.facts.investment_yuan
    if money is not None and (whole := round_half_up(money, 2)) != money:
        row = replace(row, facts=replace(row.facts, investment_yuan=whole))
    if trip is not None:
        if claimed is not None:
            return _round_trip_row(row, stored, columns, trip, claimed)
        _, project = stored.compare(row.facts)
        if project is not None and project.pk in trip.rows:
            return _round_trip_row(row, stored, columns, trip, project.pk)
    return _two_way_row(row, stored, columns)


def _two_way_row(row: ListRow, stored: StoredProjects, columns: _Columns) -> PreviewRow:
    """A row of which nobody knows what it was before: what it states against what is stored."""
    if row.verdict is Verdict.ERROR:
        return PreviewRow(row.row, row.facts, row.unit_name, Verdict.ERROR, row.problems)
    comparison, project = stored.compare(row.facts)
    problems = [
        *row.problems,
        *(_conflict(row, columns, reason) for reason in comparison.reasons),
        *_remarks(row, stored, comparison, columns),
    ]
    verdict = comparison.verdict
    if verdict is Verdict.CHANGED and project is not None:
        written = {change.field for change in comparison.changes}
        disagreeing = _land_errors(row, columns, facts_of(project).land, written)
        problems += disagreeing
        verdict = Verdict.ERROR if disagreeing else verdict
    return PreviewRow(
        row=row.row,
        facts=row.facts,
        unit_name=row.unit_name,
        verdict=verdict,
        problems=tuple(problems),
        changes=comparison.changes,
        project=project,
    )


def _remarks(
    row: ListRow, stored: StoredProjects, comparison: Comparison, columns: _Columns
) -> list[Problem]:
    """A row whose project was merged into another: nothing happens, and why. Another unit's code."""
    if stored.code_is_anothers(row.facts):
        return [
            Problem(
                cell=columns.cell(row.row, "code"),
                field="项目代码",
                value=row.facts.code,
                message="该代码已由其他单位报送，将作为疑似重复，由县市或州局核对合并",
                suggestion="请核对代码；确属同一项目的，照常报送即可",
                severity=Severity.WARNING,
                row=row.row,
            )
        ]
    target = stored.merged_into(row.facts)
    if comparison.verdict is not Verdict.UNCHANGED or comparison.project_id or target is None:
        return []
    return [
        Problem(
            cell=columns.cell(row.row, "name"),
            field="项目名称",
            value=row.name,
            message=f"州局已将该项目并入“{target}”，不再单独导入",
            suggestion="请在合并后的项目上更新",
            severity=Severity.WARNING,
            row=row.row,
        )
    ]


def _round_trip_row(
    row: ListRow, stored: StoredProjects, columns: _Columns, trip: RoundTrip, project_id: int
) -> PreviewRow:
    """A row that was downloaded before: cell by cell against then and now."""
    base = trip.rows[project_id]
    project = stored.by_id.get(project_id)
    if project is None or project.status in Project.HISTORY:
        return _gone_row(row, columns, base, project)
    facts = facts_of(project)
    now = with_conclusions(cells_of(facts), stored.decided.get(project_id, {}))
    uploaded = uploaded_cells(row, columns.keys)
    verdicts = judge(
        base=base.cells,
        stored=now,
        uploaded=uploaded,
        locked=locked_keys(
            stored=now,
            adopted=project.status == Project.Status.ADOPTED,
            decided=stored.decided_keys(project_id),
            is_office=trip.is_office,
        ),
        choices=trip.choices.get(project_id, {}),
    )
    cells = tuple(
        preview_cell(verdict, stored.words, stored.unit_names, AreaUnit(trip.download.area_unit))
        for verdict in verdicts
    )
    writes = [cell for cell in cells if cell.writes]
    changes = [Change(_field_of(c.key), c.label, c.stored, c.uploaded) for c in writes]
    if changes and project.status == Project.Status.RETURNED:
        changes.insert(0, AGAIN)
    edited = {cell.key for cell in cells if is_edit(cell.verdict) and cell.take != Take.THEIRS.value}
    problems = [
        *(problem for problem in row.problems if columns.key_of(problem.cell) in edited),
        *(
            _conflict(row, columns, reason)
            for reason in stored.identity_clashes(row, project, {cell.key for cell in writes})
        ),
        *_land_errors(row, columns, facts.land, {cell.key for cell in writes}),
    ]
    problems += _ignored(row, columns, cells, base, {p.cell for p in problems})
    return PreviewRow(
        row=row.row,
        facts=row.facts,
        unit_name=row.unit_name or project.organisation.short_name,
        verdict=_round_trip_verdict(problems, cells),
        problems=tuple(problems),
        changes=tuple(changes),
        project=project,
        cells=cells,
        is_round_trip=True,
        agreed=agreed(base=base.cells, stored=now, uploaded=uploaded),
    )


def _round_trip_verdict(problems: Sequence[Problem], cells: Sequence[PreviewCell]) -> Verdict:
    if any(problem.is_error for problem in problems):
        return Verdict.ERROR
    if any(cell.is_open for cell in cells):
        return Verdict.CONFLICT
    return Verdict.CHANGED if any(cell.writes for cell in cells) else Verdict.UNCHANGED


def _gone_row(row: ListRow, columns: _Columns, base: BaseRow, project: Project | None) -> PreviewRow:
    """The project left the list meanwhile: an edit of it cannot be kept, and is said."""
    uploaded = uploaded_cells(row, columns.keys)
    verdicts = judge(base=base.cells, stored=base.cells, uploaded=uploaded, locked=(), choices={})
    name = base.cells.get("name", "")
    what = "已不在您可见的范围内" if project is None else f"在下载之后{project.get_status_display()}"
    reason = f"“{name}”{what}，这一行的修改没有去处"
    problems = (_conflict(row, columns, reason),) if verdicts else ()
    verdict = Verdict.CONFLICT if verdicts else Verdict.UNCHANGED
    return PreviewRow(row.row, row.facts, row.unit_name, verdict, problems, is_round_trip=True)


def _field_of(key: str) -> str:
    return f"reported.{key}" if key in REPORTED_KEYS else key


def _ignored(
    row: ListRow, columns: _Columns, cells: Sequence[PreviewCell], base: BaseRow, said: set[str]
) -> list[Problem]:
    """Edits that are not taken, each with its reason: nothing is dropped silently."""
    found = []
    for cell in cells:
        place = columns.cell(row.row, cell.key)
        if cell.verdict.standing is Standing.LOCKED:
            kept = f"已由州局核定为“{cell.stored}”" if cell.stored else "由州局填写"
            found.append((place, cell.label, cell.uploaded, f"{kept}，文件里的修改未采用"))
        elif cell.verdict.standing is Standing.UNREAD and place not in said:
            kept = f"保留“{cell.stored}”" if cell.stored else "没有采用"
            found.append((place, cell.label, "", f"填写的内容不能作为“{cell.label}”，{kept}"))
    for key, told in row.told.items():
        if key in base.told and told != base.told[key]:
            place = columns.cell(row.row, key)
            found.append((place, cell_label(key), told, "这一列由系统填写，文件里的修改未采用"))
    return [
        Problem(place, label, value, message, "如需更正，请联系州局", Severity.WARNING, row.row)
        for place, label, value, message in found
    ]


def _land_errors(row: ListRow, columns: _Columns, stored: LandAreas, written: set[str]) -> list[Problem]:
    """Areas that would disagree once the row's figures stand beside the stored ones."""
    figures = {key: row.facts.land.get(key) for key in written if key in FIGURE_KEYS}
    if not figures:
        return []
    typed = row.facts.land
    same = {key for key in typed.entered if key in figures or typed.get(key) == stored.get(key)}
    entered = {**stored.entered, **{key: typed.entered[key] for key in same}}
    before = {(problem.key, problem.message) for problem in land_problems(stored)}
    stated = {problem.message for problem in row.problems}
    merged = replace(stored, **figures, entered=entered)
    return [
        Problem(
            cell=columns.cell(row.row, problem.key),
            field=cell_label(problem.key),
            value="",
            message=f"与系统中的面积合在一起后，{problem.message}",
            suggestion=problem.suggestion,
            severity=Severity.ERROR,
            row=row.row,
        )
        for problem in land_problems(merged)
        if problem.severity is Severity.ERROR
        and (problem.key, problem.message) not in before
        and problem.message not in stated
    ]


def _conflict(row: ListRow, columns: _Columns, reason: str) -> Problem:
    return Problem(
        cell=columns.cell(row.row, "name"),
        field="项目名称",
        value=row.name,
        message=reason,
        suggestion="这一行不导入，请核对后改正，或联系州局处理",
        severity=Severity.ERROR,
        row=row.row,
    )


def _without_twins(rows: list[PreviewRow], columns: _Columns) -> list[PreviewRow]:
    """Two rows that lead to one stored project (one by code, one by name): neither is imported."""
    times = Counter(row.project.pk for row in rows if row.project is not None)
    result = []
    for row in rows:
        if row.project is not None and times[row.project.pk] > 1 and row.writes:
            others = [r.row for r in rows if r.project == row.project and r.row != row.row]
            reason = f"与第 {'、'.join(map(str, others[:5]))} 行对应同一个在册项目，分不清以哪一行为准"
            problem = _conflict(ListRow(row.row, row.facts, row.unit_name, ()), columns, reason)
            result.append(replace(row, verdict=Verdict.CONFLICT, problems=(*row.problems, problem)))
        else:
            result.append(row)
    return result
