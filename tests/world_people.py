"""Rows about the order of projects and the people, for `tests.world`; owned by 都匀市 or the bureau."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date

import openpyxl

from accounts.models import Post, User
from projects.models import AreaLink, LiaisonReply, Link, MatrixDraft, Project, TaskForce, TaskForceMember
from projects.services import matrix, people
from projects.services.people import ForceFacts, Notice, Target
from tests.factories import PostFactory, TenureFactory, organisation


@dataclass(frozen=True, slots=True)
class Address:
    """A row whose address has more than its id."""

    pk: int | str
    arguments: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Seats:
    """One of everything about people."""

    seat: Address
    unit: Address
    link: Link
    force: TaskForce
    member: TaskForceMember
    matrix: MatrixDraft
    area: AreaLink
    reply: LiaisonReply
    post: Post


def build_seats(*, project: Project, dispatcher: User, today: date) -> Seats:
    unit = organisation("522701")
    liaison = TenureFactory(
        post=PostFactory(organisation=unit, duty=Post.Duty.LIAISON, title="业务联络员")
    ).post
    leader = TenureFactory(post=PostFactory(title="副局长")).post
    force = people.save_task_force(
        actor=dispatcher,
        facts=ForceFacts(
            name="重点项目用地保障专班", host=organisation("522700-ZRZY"), established_on=date(2026, 1, 5)
        ),
    )
    notice = Notice("关于报送联络员的通知", "州自然资函〔2026〕8号", today, today, today)
    call = people.call_liaisons(actor=dispatcher, notice=notice, units=[unit], today=today)
    return Seats(
        seat=Address(project.pk, (project.pk, Link.Kind.TOWN_LIAISON.value)),
        unit=Address(unit.code, (unit.code, Post.Duty.LIAISON.value)),
        link=people.assign_link(
            actor=dispatcher,
            project_id=project.pk,
            kind=Link.Kind.TOWN_LIAISON,
            target=Target(post=liaison),
            from_on=today,
            today=today,
        ),
        force=force,
        member=people.join_task_force(
            actor=dispatcher,
            task_force_id=force.pk,
            post=leader,
            role=TaskForceMember.Role.HEAD,
            from_on=today,
        ),
        matrix=matrix.stage_matrix(
            actor=dispatcher,
            file=matrix.MatrixFile("包联.xlsx", _sheet(), organisation("522700-ZRZY"), today),
        ),
        area=AreaLink.objects.create(
            leader_post=leader,
            area=unit,
            office_name="规划科",
            from_on=today,
            needs_check="“局领导1”一格覆盖 3 个地区",
            entered_by=dispatcher,
        ),
        reply=call.replies.get(),
        post=liaison,
    )


def _sheet() -> bytes:
    """With a name to be checked and a unit that is not there."""
    book = openpyxl.Workbook()
    for row in (
        ("包联领导", "责任科室", "包联县市"),
        ("局领导1", "国土空间规划科", "福泉市"),
        (None, "没有的科", "独山县"),
    ):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
