"""A decomposition of tasks as rows: is the tree whole, are the counts right, has every leaf its owners?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

_NUMBER = re.compile(r"^\d{1,3}(\.\d{1,3})?$")


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One row of the workbook. `number`: 3 is a main item, 3.2 a sub item; `due_on` None: not read.

    `holder` is the code of the unit, "" when its name is unknown.
    """

    row: int
    number: str
    title: str
    requirement: str
    holder: str
    holder_name: str
    leader_name: str
    office_name: str
    person_name: str
    due_on: date | None

    @property
    def is_main(self) -> bool:
        return "." not in self.number

    @property
    def main_number(self) -> str:
        return self.number.partition(".")[0]


@dataclass(frozen=True, slots=True)
class TreeProblem:
    """What is wrong, in which row of the workbook; row 0 is the whole."""

    row: int
    message: str


@dataclass(frozen=True, slots=True)
class TreeCount:
    main: int
    sub: int
    leaves: int


def count_tree(rows: Iterable[TreeRow]) -> TreeCount:
    """How many main and sub items there are, and how many of either have nothing below them."""
    found = list(rows)
    parents = {row.main_number for row in found if not row.is_main}
    main = [row for row in found if row.is_main]
    sub = len(found) - len(main)
    return TreeCount(len(main), sub, sub + sum(row.number not in parents for row in main))


def check_tree(
    rows: Sequence[TreeRow], *, expected_main: int, expected_sub: int, today: date
) -> tuple[TreeProblem, ...]:
    """Everything that is wrong with the tree, all at once, by row.

    Numbers are 3 or 3.2 and stand once; a sub item has its main item; a leaf names leader, office and
    person; every row has a title, a known unit and a day that is not past; the counts are what the
    document says.

    Source: S3-19 152 大项、246 小项, 落实到分管领导、主办科室、具体负责人.
    """
    found: list[TreeProblem] = []
    mains = {row.number for row in rows if row.is_main}
    parents = {row.main_number for row in rows if not row.is_main}
    seen: dict[str, int] = {}
    for row in rows:
        found += [TreeProblem(row.row, words) for words in _row_problems(row, today)]
        if row.number in seen:
            words = (
                f"序号 {row.number} 与第 {seen[row.number]} 行重复；1.10 请写成 1-10，以免表格省略末位的零。"
            )
            found.append(TreeProblem(row.row, words))
        seen.setdefault(row.number, row.row)
        if not row.is_main and row.main_number not in mains:
            found.append(TreeProblem(row.row, f"小项 {row.number} 没有对应的大项 {row.main_number}。"))
        if not (row.is_main and row.number in parents):
            lacking = _lacking_owners(row)
            if lacking:
                found.append(TreeProblem(row.row, f"没有落实{'、'.join(lacking)}。"))
    counted = count_tree(rows)
    for name, number, expected in (
        ("大项", counted.main, expected_main),
        ("小项", counted.sub, expected_sub),
    ):
        if number != expected:
            found.append(TreeProblem(0, f"应有{name} {expected} 项，表中有 {number} 项；请核对。"))
    return tuple(sorted(found, key=lambda problem: (problem.row, problem.message)))


def _row_problems(row: TreeRow, today: date) -> list[str]:
    found = []
    if not _NUMBER.match(row.number):
        found.append(f"序号“{row.number}”须写成 3 或 3-2 的形式。")
    if not row.title:
        found.append("任务没有填写。")
    elif len(row.title) > 200:
        found.append("任务超过 200 个字。")
    if not row.holder:
        found.append(f"没有名为“{row.holder_name}”的责任单位。")
    if row.due_on is None:
        found.append("完成时限须为具体日期，如 2026-12-20。")
    elif row.due_on < today:
        found.append(f"完成时限 {row.due_on} 早于今天。")
    return found


def _lacking_owners(row: TreeRow) -> list[str]:
    named = (("分管领导", row.leader_name), ("主办科室", row.office_name), ("具体负责人", row.person_name))
    return [label for label, value in named if not value]
