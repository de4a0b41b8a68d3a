"""What a bulletin says of a week: sentences from counted facts, in the order of its headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# A bulletin names the first few and counts the rest.
NAMED = 5


class Section(StrEnum):
    """The headings of a bulletin, in their order."""

    MEETING = "MEETING"
    APPROVAL = "APPROVAL"
    TASK = "TASK"
    PROBLEM = "PROBLEM"
    NEXT = "NEXT"
    OTHER = "OTHER"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def place(self) -> int:
        return list(Section).index(self)


_LABELS = {
    Section.MEETING: "会商会议",
    Section.APPROVAL: "批复和证书",
    Section.TASK: "交办任务",
    Section.PROBLEM: "问题协调",
    Section.NEXT: "下步安排",
    Section.OTHER: "其他情况",
}


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting that was held, with how many topics and resolutions."""

    on: date
    title: str
    topics: int
    resolutions: int


@dataclass(frozen=True, slots=True)
class Named:
    """A thing with its unit, and its day where it has one."""

    title: str
    unit: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class WeekFacts:
    """What happened between two days, and what is due after them.

    documents: approvals and certificates decided. late: tasks overdue on the last day. due: tasks
    due in the seven days after it.
    """

    meetings: Sequence[Held] = ()
    documents: Sequence[Named] = ()
    tasks_issued: int = 0
    tasks_verified: int = 0
    late: Sequence[Named] = ()
    problems_raised: int = 0
    problems_resolved: Sequence[Named] = ()
    problems_escalated: Sequence[Named] = ()
    due: Sequence[Named] = ()


@dataclass(frozen=True, slots=True)
class Line:
    section: Section
    text: str


def draft_lines(facts: WeekFacts) -> list[Line]:
    """The paragraphs that the facts give; nothing is said of what did not happen."""
    lines = [
        Line(
            Section.MEETING,
            f"{_day(row.on)}召开{row.title}，研究议题{row.topics}项，议定事项{row.resolutions}项。",
        )
        for row in facts.meetings
    ]
    if facts.documents:
        lines.append(
            Line(
                Section.APPROVAL,
                f"取得批复和证书{len(facts.documents)}件：{_names(facts.documents)}。",
            )
        )
    if facts.tasks_issued or facts.tasks_verified:
        lines.append(
            Line(Section.TASK, f"交办任务{facts.tasks_issued}项，核验办结{facts.tasks_verified}项。")
        )
    if facts.late:
        lines.append(Line(Section.TASK, f"逾期未办结{len(facts.late)}项：{_names(facts.late)}。"))
    if facts.problems_raised or facts.problems_resolved:
        solved = f"：{_names(facts.problems_resolved)}" if facts.problems_resolved else ""
        lines.append(
            Line(
                Section.PROBLEM,
                f"新增问题{facts.problems_raised}个，解决{len(facts.problems_resolved)}个{solved}。",
            )
        )
    if facts.problems_escalated:
        lines.append(
            Line(
                Section.PROBLEM,
                f"提请领导小组研究{len(facts.problems_escalated)}个：{_names(facts.problems_escalated)}。",
            )
        )
    if facts.due:
        lines.append(Line(Section.NEXT, f"下周到期任务{len(facts.due)}项：{_names(facts.due)}。"))
    return lines


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _names(rows: Sequence[Named]) -> str:
    words = [f"{row.title}（{row.unit}{f'，{_day(row.on)}' if row.on else ''}）" for row in rows[:NAMED]]
    return "、".join(words) + ("等" if len(rows) > NAMED else "")
