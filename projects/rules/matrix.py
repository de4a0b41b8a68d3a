"""Reads the sheet that says which leader and which office answer for which area (包联责任清单).

Leaders stand in merged cells over several rows. Figures of the same sheet are not ours to read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from officefiles.headings import ColumnSpec
from officefiles.sheets import Workbook
from officefiles.tables import Table, TableRow, find_in_workbook
from officefiles.values import clean_text, fold

COLUMNS = (
    ColumnSpec(
        "leader",
        "包联领导",
        ("包联厅领导", "包联局领导", "包联州领导", "挂钩领导", "联系领导", "责任领导", "厅领导", "局领导"),
        required=True,
        fill_down=True,
    ),
    ColumnSpec(
        "office",
        "责任处室",
        ("责任科室", "包联处室", "包联科室", "责任单位", "牵头处室", "牵头科室"),
        required=True,
        fill_down=True,
    ),
    ColumnSpec(
        "area",
        "包联地区",
        ("市（州）", "市州", "地区", "县市", "县（市、区）", "包联市州", "包联县市", "挂钩县区", "县区"),
        required=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and where it stands: `A9`. `spread`: taken over from above; `merged`: by its merged cell."""

    text: str
    name: str
    spread: bool = False
    merged: bool = False


@dataclass(frozen=True, slots=True)
class MatrixRow:
    number: int
    leader: Cell
    office: Cell
    area: Cell
    # What a person has to look at; the row is imported with it.
    to_check: str = ""


@dataclass(frozen=True, slots=True)
class MatrixSheet:
    sheet: str
    rows: Sequence[MatrixRow]


def read_matrix(workbook: Workbook, *, most_areas: int) -> MatrixSheet:
    """The rows of the sheet, each with its leader, office and area; totals are left out.

    A leader's cell merged over more than `most_areas` rows is marked 待核: a name may have been
    lost when the sheet was copied (S1, 厅领导3 over four). So is a blank cell that is not merged:
    the name above it is taken, which is a guess.

    Raises:
        TableNotFound, ColumnsMissing: as `find_in_workbook`.

    Source: S1-03; domain.md 5.
    """
    table = find_in_workbook(workbook, COLUMNS, called="包联责任清单")
    rows = list(_rows(table))
    areas = Counter(row.leader.text for row in rows if row.leader.text)
    return MatrixSheet(table.sheet.name, [_checked(row, areas[row.leader.text], most_areas) for row in rows])


def _rows(table: Table) -> list[MatrixRow]:
    found: list[MatrixRow] = []
    above = ""
    for row in table.data_rows():
        leader = _cell(table, row, "leader")
        note = ""
        if not leader.text and above:
            leader = Cell(above, leader.name, spread=True)
            note = f"{leader.name} 为空且未合并，按上一行“{above}”推断"
        above = leader.text
        found.append(
            MatrixRow(row.number, leader, _cell(table, row, "office"), _cell(table, row, "area"), note)
        )
    return found


def _cell(table: Table, row: TableRow, key: str) -> Cell:
    column = table.column(key)
    own = table.sheet.value(row.number, column.index) if column else None
    text = clean_text(row.values.get(key))
    is_merged = bool(text) and not clean_text(own)
    return Cell(text, table.cell(row.number, key), spread=is_merged, merged=is_merged)


def _checked(row: MatrixRow, areas: int, most: int) -> MatrixRow:
    if row.to_check or areas <= most or not row.leader.text:
        return row
    note = f"“{row.leader.text}”一格覆盖 {areas} 个地区，可能漏抄了领导姓名"
    return MatrixRow(row.number, row.leader, row.office, row.area, note)


@dataclass(frozen=True, slots=True)
class Names:
    """What texts mean here: folded spelling → id, and the spellings for "did you mean"."""

    ids: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, spellings: Sequence[tuple[str, int, str]]) -> Names:
        """From (spelling, id, label); the first of two equal spellings counts."""
        ids: dict[str, int] = {}
        labels: dict[str, str] = {}
        for text, pk, label in spellings:
            if text and fold(text) not in ids:
                ids[fold(text)], labels[fold(text)] = pk, label
        return cls(ids, labels)

    def id_of(self, text: str) -> int | None:
        return self.ids.get(fold(text))

    def near(self, text: str) -> str:
        close = get_close_matches(fold(text), self.ids, n=1, cutoff=0.6)
        return self.labels[close[0]] if close else ""


@dataclass(frozen=True, slots=True)
class MatrixNames:
    leaders: Names
    offices: Names
    areas: Names


@dataclass(frozen=True, slots=True)
class MatrixProblem:
    """What is wrong with a cell. An error keeps the row out; a warning does not."""

    cell: str
    message: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class MatrixVerdict:
    """A row against what is known here. `leader_id` None without an error: a post will be made."""

    row: MatrixRow
    leader_id: int | None
    office_id: int | None
    area_id: int | None
    problems: Sequence[MatrixProblem]

    @property
    def has_errors(self) -> bool:
        return any(problem.is_error for problem in self.problems)


def judge(sheet: MatrixSheet, names: MatrixNames) -> list[MatrixVerdict]:
    """Each row with what it means here and what is wrong with it, by cell."""
    seen: dict[int, str] = {}
    return [_judge_row(row, names, seen) for row in sheet.rows]


def _judge_row(row: MatrixRow, names: MatrixNames, seen: dict[int, str]) -> MatrixVerdict:
    leader, office, area = (
        names.leaders.id_of(row.leader.text),
        names.offices.id_of(row.office.text),
        names.areas.id_of(row.area.text),
    )
    problems = [*_leader_problems(row, leader), *_office_problems(row, office, names)]
    problems += _area_problems(row, area, names, seen)
    if row.to_check:
        problems.append(MatrixProblem(row.leader.name, f"待核：{row.to_check}", is_error=False))
    return MatrixVerdict(row, leader, office, area, problems)


def _leader_problems(row: MatrixRow, known: int | None) -> list[MatrixProblem]:
    if not row.leader.text:
        return [MatrixProblem(row.leader.name, "没有写包联领导，请补上后重新上传", is_error=True)]
    if known is None:
        words = f"“{row.leader.text}”还不是在册的领导岗位或现任领导，确认后新建岗位"
        return [MatrixProblem(row.leader.name, words, is_error=False)]
    return []


def _office_problems(row: MatrixRow, known: int | None, names: MatrixNames) -> list[MatrixProblem]:
    if not row.office.text:
        return [MatrixProblem(row.office.name, "没有写责任处室", is_error=False)]
    if known is None:
        near = names.offices.near(row.office.text)
        hint = f"，是否为“{near}”" if near else ""
        words = f"单位库里没有“{row.office.text}”{hint}；先按原文登记"
        return [MatrixProblem(row.office.name, words, is_error=False)]
    return []


def _area_problems(
    row: MatrixRow, known: int | None, names: MatrixNames, seen: dict[int, str]
) -> list[MatrixProblem]:
    if not row.area.text:
        return [MatrixProblem(row.area.name, "没有写包联地区，请补上后重新上传", is_error=True)]
    if known is None:
        near = names.areas.near(row.area.text)
        hint = f"，是否为“{near}”" if near else ""
        words = f"辖区内没有“{row.area.text}”{hint}；请改正，或在“单位”页补充别名"
        return [MatrixProblem(row.area.name, words, is_error=True)]
    if known in seen:
        words = f"“{row.area.text}”与 {seen[known]} 重复，一个地区只能有一位包联领导"
        return [MatrixProblem(row.area.name, words, is_error=True)]
    seen[known] = row.area.name
    return []
