"""领办通报: what the office tells all leaders of the projects they lead, as an official document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from accounts.models import User
from deadlines.rules import Lamp
from officefiles.documents import Align, Column, OfficialDocument, office_day
from projects.models import Link
from projects.selectors.lists import ProjectRow, with_clocks
from projects.selectors.ordering import QUEUE_ORDER, led_projects

COLUMNS = (
    Column("序号", 0.5, Align.CENTRE),
    Column("项目名称", 2.6),
    Column("县市", 0.9, Align.CENTRE),
    Column("领办领导", 1.4, Align.CENTRE),
    Column("主办部门", 1.3, Align.CENTRE),
    Column("当前环节", 1.5),
    Column("到期日", 1.2, Align.CENTRE),
    Column("状态", 0.9, Align.CENTRE),
)
_KINDS = (Link.Kind.LEAD_LEADER, Link.Kind.LEAD_OFFICE)


def lead_circular(*, actor: User, today: date) -> bytes:
    """How each led project stands today, for what `actor` sees, those past due named in the text.

    Ten queries, however many projects. Source: S2-24, 主办部门及时通报；重点调度.
    """
    projects = led_projects(actor=actor).order_by(*QUEUE_ORDER, "pk")
    rows = with_clocks(projects, today=today)
    people = _people([row.project.pk for row in rows])
    office = actor.organisation.name if actor.organisation else ""
    document = OfficialDocument(title="领办项目用地保障情况通报", author=office)
    document.paragraph(
        f"截至{office_day(today)}，明确领办领导的项目共{len(rows)}个，"
        f"由{len({person for person, _ in people.values()})}位领导领办。现将用地保障进展通报如下："
    )
    _standing(document, rows)
    document.heading("二、下一步要求")
    document.paragraph(
        "各领办领导牵头协调，主办部门逐项盯办；超过时限的环节列为重点调度，由主办部门说明原因和完成日期。"
    )
    document.attachments(["领办项目用地保障情况表"])
    document.sign(office, today, sealed=False)
    document.landscape()
    document.table(
        COLUMNS,
        [_cells(number, row, people.get(row.project.pk, ("", ""))) for number, row in enumerate(rows, 1)],
        caption="附件 领办项目用地保障情况表",
    )
    return document.content(produced_on=today)


def _standing(document: OfficialDocument, rows: Sequence[ProjectRow]) -> None:
    document.heading("一、进展情况")
    lamps = Counter(row.lamp for row in rows)
    document.paragraph(
        f"按期推进{lamps[Lamp.GREEN]}个，临近到期{lamps[Lamp.AMBER]}个，超过时限{lamps[Lamp.RED]}个，"
        f"暂停计时{lamps[Lamp.PAUSE]}个，没有在办环节{lamps[Lamp.IDLE]}个。"
    )
    late = [f"{row.project.name}（{row.stage}）" for row in rows if row.lamp is Lamp.RED]
    if late:
        document.paragraph(f"超过时限、须重点调度的项目：{'；'.join(late)}。")


def _people(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The leader and the office of each project. One query."""
    found: dict[int, tuple[str, str]] = {}
    links = Link.objects.active().filter(project__in=ids, kind__in=_KINDS)
    for link in links.select_related("post__organisation", "organisation"):
        leader, office = found.get(link.project_id, ("", ""))
        if link.post is not None:
            leader = str(link.post)
        elif link.organisation is not None:
            office = link.organisation.short_name
        found[link.project_id] = (leader, office)
    return found


def _cells(number: int, row: ProjectRow, people: tuple[str, str]) -> list[str]:
    due = row.line.due if row.line and not row.line.is_paused else None
    leader, office = people
    return [
        str(number),
        row.project.name,
        row.project.organisation.short_name,
        leader,
        office,
        row.stage,
        office_day(due) if due else "",
        row.word,
    ]
