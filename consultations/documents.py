"""The minutes and the agenda as Word documents after GB/T 9704."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from consultations.rules import chinese_number
from officefiles.documents import Align, Column, Level, OfficialDocument, office_day


@dataclass(frozen=True, slots=True)
class ItemWords:
    """One heading of the minutes: what about, what was said, the resolutions in words."""

    heading: str
    discussion: str
    resolutions: Sequence[str]


@dataclass(frozen=True, slots=True)
class MinutesWords:
    """Minutes as they are printed, and as the archive searches them."""

    mark: str
    number: str
    title: str
    opening: str
    items: Sequence[ItemWords]
    present: str
    on_leave: str
    observing: str
    copies_to: str
    issued_by: str
    seal_note: str
    issued_on: date

    @property
    def text(self) -> str:
        """Every word of it, a line a paragraph."""
        lines = [self.number, self.title, self.opening]
        for item in self.items:
            lines += [item.heading, item.discussion, *item.resolutions]
        came = (("出席", self.present), ("请假", self.on_leave), ("列席", self.observing))
        lines += [f"{label}：{people}" for label, people in came if people]
        return "\n".join(line for line in lines if line.strip())


def minutes_document(words: MinutesWords) -> bytes:
    """The minutes: red mark and number, opening, resolutions under their headings, who was there.

    Minutes bear no seal; the office has none either, so that the version block names who issues in
    its place (代章). Source: domain.md 7.
    """
    document = OfficialDocument(
        title=words.title, issuing_mark=words.mark, number=words.number, author=words.issued_by
    )
    document.paragraph(words.opening)
    for item in words.items:
        document.heading(item.heading)
        if item.discussion:
            document.paragraph(item.discussion)
        for place, resolution in enumerate(item.resolutions, start=1):
            number = f"{place}. " if len(item.resolutions) > 1 else ""
            document.paragraph(f"{number}{resolution}")
    document.attendance(present=words.present, on_leave=words.on_leave, observing=words.observing)
    document.imprint(
        issued_by=f"{words.issued_by}{words.seal_note}", issued_on=words.issued_on, copies_to=words.copies_to
    )
    return document.content(produced_on=words.issued_on)


@dataclass(frozen=True, slots=True)
class BulletinWords:
    """An issue as it is printed: its paragraphs under their headings."""

    mark: str
    number: str
    title: str
    sections: Sequence[tuple[str, Sequence[str]]]
    copies_to: str
    issued_by: str
    issued_on: date


def bulletin_document(words: BulletinWords) -> bytes:
    """The bulletin: red mark with the number of the issue, paragraphs by heading, version block."""
    document = OfficialDocument(
        title=words.title, issuing_mark=words.mark, number=words.number, author=words.issued_by
    )
    for place, (label, paragraphs) in enumerate(words.sections, start=1):
        document.heading(f"{chinese_number(place)}、{label}")
        for number, text in enumerate(paragraphs, start=1):
            lead = f"{number}. " if len(paragraphs) > 1 else ""
            document.paragraph(f"{lead}{text}")
    document.imprint(issued_by=words.issued_by, issued_on=words.issued_on, copies_to=words.copies_to)
    return document.content(produced_on=words.issued_on)


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One line of the agenda as it is handed out."""

    title: str
    project: str
    raised_by: str
    times: str
    days_stuck: int
    unfinished: Sequence[str]


def agenda_document(
    *, title: str, held_on: date, place: str, chair: str, lines: Sequence[AgendaLine]
) -> bytes:
    """The agenda: when and where, the topics in their order, below each what was left undone."""
    document = OfficialDocument(title=f"{title}议程")
    document.paragraph(f"时间：{office_day(held_on)}")
    document.paragraph(f"地点：{place or '另行通知'}")
    document.paragraph(f"主持：{chair or '另行通知'}")
    document.table(
        [
            Column("序号", 0.6, Align.CENTRE),
            Column("议题", 3.4),
            Column("项目", 2.6),
            Column("提出单位", 1.8),
            Column("受阻（天）", 1, Align.RIGHT),
            Column("上会", 1.2, Align.CENTRE),
        ],
        [
            [str(place), line.title, line.project, line.raised_by, str(line.days_stuck), line.times]
            for place, line in enumerate(lines, start=1)
        ],
    )
    left = [(line.title, row) for line in lines for row in line.unfinished]
    if left:
        document.heading("未完成的议定事项", Level.FIRST)
        for number, (about, row) in enumerate(left, start=1):
            document.paragraph(f"{number}. {row}（{about}）")
    return document.content(produced_on=held_on)
