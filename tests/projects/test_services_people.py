"""Links, task forces, liaisons, and where somebody is missing."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.errors import PostElsewhere
from accounts.models import Organisation, Post, User
from accounts.posts import Holder
from deadlines.models import Deadline
from desk import succession
from officefiles.errors import WorkbookRefused
from projects.models import AreaLink, LiaisonReply, Link, MatrixDraft, PlanItem, Standing, TaskForceMember
from projects.refusals import (
    LimitBeforeIssue,
    LinkOutOfOrder,
    LinkTargetWrong,
    MatrixHasErrors,
    UnitsMissing,
)
from projects.selectors.matrix import areas_without_leader, matrix
from projects.selectors.ordering import proposed_leader
from projects.selectors.people import (
    GAPS,
    contact_list,
    gap_counts,
    gap_projects,
    links_of,
    missing_contacts,
    past_links,
    posts_for,
    proposed_force,
    task_forces,
    terms_on,
)
from projects.services import matrix as matrices
from projects.services import people
from projects.services.matrix import AreaChange, MatrixFile
from projects.services.people import ForceFacts, Notice, Target
from tests.factories import (
    OrganisationFactory,
    PostFactory,
    ProjectFactory,
    TenureFactory,
    UserFactory,
    organisation,
)
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "hubei-targets.xlsx"


def assign(actor: User, project, kind: Link.Kind, *, from_on: date = TODAY, **target: object) -> Link:
    return people.assign_link(
        actor=actor,
        project_id=project.pk,
        kind=kind,
        target=Target(**target),  # type: ignore[arg-type]
        from_on=from_on,
        today=TODAY,
    )


# --- links -----------------------------------------------------------------------------------------


def test_a_project_has_one_leader_and_the_one_before_ends_that_day(section: User) -> None:
    project, first, second = ProjectFactory(), PostFactory(), PostFactory()
    before = assign(section, project, Link.Kind.LEAD_LEADER, post=first, from_on=date(2026, 3, 1))

    assign(section, project, Link.Kind.LEAD_LEADER, post=second)

    before.refresh_from_db()
    assert before.to_on == TODAY
    assert Link.objects.active().get(project=project).post == second
    assert [link.post for link in past_links(project_id=project.pk)] == [first]


def test_the_same_leader_again_changes_nothing(section: User) -> None:
    project, post = ProjectFactory(), PostFactory()
    first = assign(section, project, Link.Kind.LEAD_LEADER, post=post, from_on=date(2026, 3, 1))

    assert assign(section, project, Link.Kind.LEAD_LEADER, post=post) == first
    assert Link.objects.count() == 1


def test_a_successor_in_the_post_inherits_the_link(section: User, dispatcher: User) -> None:
    project, post = ProjectFactory(), TenureFactory(person_name="前任").post
    assign(section, project, Link.Kind.LEAD_LEADER, post=post, from_on=date(2026, 3, 1))

    succession.succeed(
        actor=dispatcher, post_id=post.pk, holder=Holder(name="后任"), starts_on=TODAY, today=TODAY
    )

    def holder(on: date) -> str:
        [person] = links_of([project.pk], on=on)[project.pk]
        assert person.holder is not None
        return person.holder.label

    assert (holder(TODAY), holder(TODAY - timedelta(days=1))) == ("后任", "前任")


def test_a_link_begins_after_the_one_it_replaces(section: User) -> None:
    project = ProjectFactory()
    assign(section, project, Link.Kind.LEAD_LEADER, post=PostFactory())

    with pytest.raises(LinkOutOfOrder) as refusal:
        assign(section, project, Link.Kind.LEAD_LEADER, post=PostFactory(), from_on=date(2026, 1, 1))

    assert refusal.value.facts == {"from_on": "2026-11-23"}


def test_a_link_names_what_its_kind_asks_for(section: User) -> None:
    project = ProjectFactory()
    away = PostFactory(organisation=organisation("522725"))
    idle = PostFactory(is_active=False)
    closed = OrganisationFactory(is_active=False)

    for kind, target in (
        (Link.Kind.LEAD_LEADER, {"organisation": organisation("522700-ZRZY")}),
        (Link.Kind.LEAD_OFFICE, {"post": PostFactory()}),
        (Link.Kind.LEAD_OFFICE, {"organisation": closed}),
        (Link.Kind.LEAD_LEADER, {"post": idle}),
        (Link.Kind.LEAD_LEADER, {"post": PostFactory(organisation=organisation("540100"))}),
        (Link.Kind.COUNTY_LEADER, {"post": away}),
        (Link.Kind.TASK_FORCE, {}),
    ):
        with pytest.raises(LinkTargetWrong) as refusal:
            assign(section, project, kind, **target)
        assert refusal.value.facts == {"kind": kind.value}


def test_a_county_names_its_own_leader_and_liaison_only(officer: User, stranger: User) -> None:
    project = ProjectFactory()
    post = PostFactory(organisation=organisation("522701"), duty=Post.Duty.LIAISON)

    assert assign(officer, project, Link.Kind.TOWN_LIAISON, post=post).post == post
    with pytest.raises(PermissionDenied):
        assign(officer, project, Link.Kind.LEAD_LEADER, post=PostFactory())
    with pytest.raises(type(project).DoesNotExist):
        assign(stranger, project, Link.Kind.TOWN_LIAISON, post=post)


def test_a_link_ends_once(section: User) -> None:
    link = assign(section, ProjectFactory(), Link.Kind.LEAD_LEADER, post=PostFactory())
    people.end_link(actor=section, link_id=link.pk, ended_on=TODAY, reason="已供地", today=TODAY)

    with pytest.raises(LinkOutOfOrder):
        people.end_link(actor=section, link_id=link.pk, ended_on=TODAY, reason="", today=TODAY)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("link_names_what_its_kind_asks", {"kind": "LEAD_OFFICE"}),
        ("link_ends_after_it_begins", {"kind": "LEAD_LEADER", "to_on": date(2026, 1, 1)}),
    ],
)
def test_the_database_keeps_links_whole(name: str, columns: dict[str, object], section: User) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Link.objects.create(
            project=ProjectFactory(), post=PostFactory(), from_on=TODAY, entered_by=section, **columns
        )


def test_the_database_keeps_one_active_leader(section: User) -> None:
    project = ProjectFactory()
    assign(section, project, Link.Kind.LEAD_LEADER, post=PostFactory())

    with pytest.raises(IntegrityError, match="project_one_active_link_of_a_kind"), transaction.atomic():
        Link.objects.create(
            project=project, kind="LEAD_LEADER", post=PostFactory(), from_on=TODAY, entered_by=section
        )


def test_who_may_lead_is_above_the_county_and_who_helps_is_in_it() -> None:
    project = ProjectFactory()
    bureau, county = PostFactory(), PostFactory(organisation=organisation("522701-ZRZY"))
    PostFactory(organisation=organisation("522725"))

    assert list(posts_for(Link.Kind.LEAD_LEADER, project, on=TODAY)) == [bureau]
    assert list(posts_for(Link.Kind.COUNTY_LEADER, project, on=TODAY)) == [county]


# --- gaps ------------------------------------------------------------------------------------------


def test_a_key_project_lacks_what_nobody_gave_it(section: User) -> None:
    project = ProjectFactory(list_category="PROVINCIAL", priority_class="KEY")
    ProjectFactory(list_category="OTHER", priority_class="RESERVE")
    terms = terms_on(TODAY)
    assert gap_counts(actor=section, terms=terms) == {
        "leader": 1,
        "force": 1,
        "plan": 1,
        "office": 0,
        "county": 1,
        "liaison": 1,
        "vacant": 0,
        "class": 2,
    }

    assign(section, project, Link.Kind.LEAD_LEADER, post=TenureFactory().post)

    assert gap_counts(actor=section, terms=terms)["leader"] == 0
    assert list(gap_projects(actor=section, gap=GAPS["force"], terms=terms)) == [project]


def test_a_flagged_project_must_be_led_have_an_office_and_stand_in_the_plan(section: User) -> None:
    project = ProjectFactory(list_category="OTHER", priority_class="RESERVE")
    Standing.objects.create(project=project, scope_flags=["ENTRUSTED"])
    terms = terms_on(TODAY)
    counts = gap_counts(actor=section, terms=terms)
    assert (counts["leader"], counts["office"], counts["plan"], counts["force"]) == (1, 1, 1, 0)

    PlanItem.objects.create(
        year=2026,
        project=project,
        problem="占用耕地",
        measure="补划",
        responsible=organisation("522701"),
        limit_on=TODAY,
        created_by=section,
    )

    assert gap_counts(actor=section, terms=terms)["plan"] == 0


def test_a_post_without_a_holder_is_a_gap(section: User) -> None:
    project, post = ProjectFactory(), PostFactory()
    assign(section, project, Link.Kind.LEAD_LEADER, post=post)
    assert gap_counts(actor=section, terms=terms_on(TODAY))["vacant"] == 1

    TenureFactory(post=post)

    assert gap_counts(actor=section, terms=terms_on(TODAY))["vacant"] == 0


def test_a_county_sees_its_own_gaps(officer: User, stranger: User) -> None:
    ProjectFactory()

    assert gap_counts(actor=officer, terms=terms_on(TODAY))["leader"] == 1
    assert gap_counts(actor=stranger, terms=terms_on(TODAY))["leader"] == 0


# --- contacts ----------------------------------------------------------------------------------------


def test_a_unit_shows_its_three_contacts_and_what_is_missing(officer: User) -> None:
    unit = organisation("522701")
    head = PostFactory(organisation=unit, duty=Post.Duty.HEAD, title="市长")
    TenureFactory(post=head, person_name="甲", phone="1")
    former = PostFactory(organisation=unit, duty=Post.Duty.LIAISON, title="联络员")
    TenureFactory(post=former, ends_on=TODAY)

    [row] = contact_list(actor=officer, on=TODAY)

    assert (row.head, row.head_phone, row.deputy, row.liaison) == ("甲", "1", "", "")
    assert missing_contacts(actor=officer, on=TODAY) == {"HEAD": 0, "DEPUTY": 1, "LIAISON": 1}


# --- task forces -----------------------------------------------------------------------------------


def force(actor: User, **facts: object):
    stated = {
        "name": "重大项目用地保障专班",
        "host": organisation("522700-ZRZY"),
        "scope_flags": ["INVESTMENT", "WELFARE"],
        "classes": ["URGENT"],
        "established_on": date(2026, 1, 1),
    }
    return people.save_task_force(actor=actor, facts=ForceFacts(**(stated | facts)))  # type: ignore[arg-type]


def test_a_task_force_is_proposed_by_flag_then_by_class(dispatcher: User) -> None:
    by_flag = force(dispatcher)
    by_class = force(dispatcher, name="急需项目专班", scope_flags=[], classes=["KEY"])
    forces = [by_class, by_flag]
    flagged, key, other = ProjectFactory(), ProjectFactory(), ProjectFactory(priority_class="RESERVE")
    Standing.objects.create(project=flagged, scope_flags=["WELFARE"])

    found = [proposed_force(project, forces) for project in (flagged, key, other)]

    assert found == [by_flag, by_class, None]


def test_a_task_force_has_one_head_and_each_member_once(dispatcher: User) -> None:
    group, post = force(dispatcher), PostFactory()
    role = TaskForceMember.Role

    def join(member: Post, as_what: TaskForceMember.Role) -> TaskForceMember:
        return people.join_task_force(
            actor=dispatcher, task_force_id=group.pk, post=member, role=as_what, from_on=TODAY
        )

    head = join(post, role.HEAD)
    with pytest.raises(LinkTargetWrong):
        join(PostFactory(), role.HEAD)
    join(PostFactory(), role.MEMBER)
    people.leave_task_force(actor=dispatcher, member_id=head.pk, to_on=TODAY)
    with pytest.raises(LinkOutOfOrder):
        people.leave_task_force(actor=dispatcher, member_id=head.pk, to_on=TODAY)

    [row] = task_forces(actor=dispatcher, on=TODAY)
    assert [member.role for member in row.present] == ["MEMBER"]
    assert join(PostFactory(), role.HEAD).role == "HEAD"


def test_a_task_force_bears_a_name_of_its_own(dispatcher: User, officer: User) -> None:
    force(dispatcher)
    with pytest.raises(LinkTargetWrong):
        force(dispatcher)
    with pytest.raises(LinkOutOfOrder):
        force(dispatcher, name="另一个", dissolved_on=date(2025, 1, 1))
    with pytest.raises(PermissionDenied):
        force(officer, name="县专班")


# --- liaison calls ------------------------------------------------------------------------------------


HUBEI = Notice(
    title="冲刺四季度联络员报送",
    notice_no="鄂自然资函〔2023〕787号",
    signed_on=date(2023, 11, 7),
    issued_on=date(2023, 11, 10),
    due_on=date(2023, 11, 9),
)


def test_a_limit_before_the_day_of_issue_is_refused_until_somebody_goes_on(dispatcher: User) -> None:
    units = [organisation("522701")]

    with pytest.raises(LimitBeforeIssue) as refusal:
        people.call_liaisons(actor=dispatcher, notice=HUBEI, units=units, today=date(2023, 11, 10))

    assert refusal.value.facts == {"due_on": "2023-11-09", "issued_on": "2023-11-10"}


def test_whoever_goes_on_leaves_a_trace_and_the_clock_is_overdue_from_the_start(dispatcher: User) -> None:
    notice = Notice(
        "报送联络员", "", date(2026, 11, 19), date(2026, 11, 23), date(2026, 11, 20), goes_on=True
    )

    call = people.call_liaisons(actor=dispatcher, notice=notice, units=[organisation("522701")], today=TODAY)

    assert call.was_late
    deadline = LiaisonReply.objects.get().deadline
    assert deadline is not None
    assert (deadline.due_on, deadline.red_from) == (date(2026, 11, 20), date(2026, 11, 21))


def test_a_unit_answers_a_call_and_its_clock_stops(dispatcher: User, officer: User) -> None:
    notice = Notice("报送联络员", "", TODAY, TODAY, date(2026, 11, 27))
    people.call_liaisons(
        actor=dispatcher, notice=notice, units=[organisation("522701"), organisation("522725")], today=TODAY
    )
    mine = LiaisonReply.objects.visible_to(officer).get()
    assert mine.deadline is not None
    assert mine.deadline.due_on == date(2026, 11, 27)

    people.name_liaison(actor=officer, reply_id=mine.pk, holder=Holder(name="甲", phone="2"), today=TODAY)

    mine.refresh_from_db()
    assert Deadline.objects.get(pk=mine.deadline_id).state == Deadline.State.MET
    assert mine.post is not None
    assert (mine.post.duty, mine.replied_on) == (Post.Duty.LIAISON, TODAY)
    assert Deadline.objects.open().count() == 1
    with pytest.raises(LinkOutOfOrder):
        people.name_liaison(actor=officer, reply_id=mine.pk, holder=Holder(name="乙"), today=TODAY)


def test_who_is_the_liaison_already_is_named_without_a_succession(dispatcher: User, officer: User) -> None:
    post = PostFactory(organisation=organisation("522701"), duty=Post.Duty.LIAISON, title="联络员")
    TenureFactory(post=post, person_name="甲")
    notice = Notice("报送联络员", "", TODAY, TODAY, TODAY)
    people.call_liaisons(actor=dispatcher, notice=notice, units=[organisation("522701")], today=TODAY)

    done = people.name_liaison(
        actor=officer, reply_id=LiaisonReply.objects.get().pk, holder=Holder(name="甲"), today=TODAY
    )

    assert (done.post, post.tenures.count()) == (post, 1)


def test_a_call_is_addressed_to_somebody_in_the_own_scope(dispatcher: User) -> None:
    notice = Notice("报送联络员", "", TODAY, TODAY, TODAY)
    with pytest.raises(UnitsMissing):
        people.call_liaisons(actor=dispatcher, notice=notice, units=[], today=TODAY)
    with pytest.raises(PostElsewhere):
        people.call_liaisons(actor=dispatcher, notice=notice, units=[organisation("540100")], today=TODAY)


# --- the matrix ---------------------------------------------------------------------------------------


def sheet(*rows: tuple[object, ...], merges: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["包联领导", "责任科室", "包联县市"])
    for row in rows:
        book.active.append(row)
    for place in merges:
        book.active.merge_cells(place)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def stage(actor: User, content: bytes, *, bureau: str = "522700-ZRZY", on: date = TODAY) -> MatrixDraft:
    file = MatrixFile("包联.xlsx", content, organisation(bureau), on)
    return matrices.stage_matrix(actor=actor, file=file)


def test_a_matrix_is_previewed_and_then_taken_over(dispatcher: User) -> None:
    known = TenureFactory(post=PostFactory(title="副局长"), person_name="局领导1").post
    draft = stage(
        dispatcher,
        sheet(
            ("局领导1", "国土空间规划科", "都匀市"),
            (None, "规划科", "三都县"),
            ("局领导2", "没有的科", "瓮安县"),
            merges=("A2:A3",),
        ),
    )
    preview = matrices.preview_matrix(actor=dispatcher, draft=draft)
    assert (preview.errors, preview.new_leaders) == (0, ["局领导2"])
    assert not AreaLink.objects.exists()

    made = matrices.confirm_matrix(actor=dispatcher, draft_id=draft.pk, today=TODAY)

    assert [(link.leader_post == known, link.area.short_name) for link in made] == [
        (True, "都匀市"),
        (True, "三都水族自治县"),
        (False, "瓮安县"),
    ]
    assert [link.office.code if link.office else link.office_name for link in made] == [
        "522700-ZRZY-GH",
        "522700-ZRZY-GH",
        "没有的科",
    ]
    new = Post.objects.get(title="包联领导（局领导2）")
    assert new.needs_check == "随包联清单新建，职务待核"
    blocks = matrix(actor=dispatcher, on=TODAY)
    found = {block.holder.label: len(block.links) for block in blocks if block.holder}
    assert found == {"局领导1": 2, "局领导2": 1}
    assert not MatrixDraft.objects.exists()


def test_the_same_matrix_twice_changes_nothing_and_another_ends_the_old(dispatcher: User) -> None:
    first = sheet(("局领导1", "国土空间规划科", "都匀市"))
    for _ in range(2):
        made = matrices.confirm_matrix(actor=dispatcher, draft_id=stage(dispatcher, first).pk, today=TODAY)
    assert made == []

    later = stage(dispatcher, sheet(("局领导2", "财务科", "都匀市")), on=date(2026, 12, 1))
    matrices.confirm_matrix(actor=dispatcher, draft_id=later.pk, today=TODAY)

    links = AreaLink.objects.order_by("from_on")
    assert [(link.from_on, link.to_on) for link in links] == [
        (TODAY, date(2026, 12, 1)),
        (date(2026, 12, 1), None),
    ]
    backdated = stage(dispatcher, first, on=date(2026, 1, 1))
    preview = matrices.preview_matrix(actor=dispatcher, draft=backdated)
    assert (preview.errors, preview.sound, preview.begun_later) == (0, 0, ["都匀市的包联自 2026-12-01 起"])
    with pytest.raises(LinkOutOfOrder):
        matrices.confirm_matrix(actor=dispatcher, draft_id=backdated.pk, today=TODAY)


def test_a_wrong_cell_keeps_the_whole_matrix_out(dispatcher: User) -> None:
    draft = stage(dispatcher, sheet(("局领导1", "财务科", "都匀市"), ("局领导1", "财务科", "武汉市")))

    with pytest.raises(MatrixHasErrors) as refusal:
        matrices.confirm_matrix(actor=dispatcher, draft_id=draft.pk, today=TODAY)

    assert refusal.value.facts == {"rows": 1}
    assert not AreaLink.objects.exists()


def test_the_provinces_own_matrix_is_taken_over_whole() -> None:
    bureau = OrganisationFactory(
        code="420000-ZRZY", kind=Organisation.Kind.BUREAU, parent=organisation("420000")
    )
    actor = UserFactory(role=User.Role.DISPATCH, organisation=bureau)
    draft = matrices.stage_matrix(
        actor=actor,
        file=MatrixFile(SAMPLE.name, SAMPLE.read_bytes(), bureau, date(2023, 11, 7)),
    )
    preview = matrices.preview_matrix(actor=actor, draft=draft)
    assert (preview.errors, preview.to_check, len(preview.new_leaders)) == (0, 4, 12)

    made = matrices.confirm_matrix(actor=actor, draft_id=draft.pk, today=TODAY)

    assert len(made) == 17
    assert {link.area.short_name for link in made if link.needs_check} == {
        "宜昌市",
        "鄂州市",
        "黄冈市",
        "潜江市",
    }
    assert AreaLink.objects.visible_to(actor).count() == 17


def test_a_sheet_without_the_table_is_refused_at_once(dispatcher: User) -> None:
    with pytest.raises(WorkbookRefused):
        stage(dispatcher, sheet()[:100])
    with pytest.raises(PostElsewhere):
        stage(dispatcher, sheet(("甲", "乙", "都匀市")), bureau="540100")


def test_a_doubtful_area_is_settled_by_a_person(dispatcher: User) -> None:
    content = sheet(("局领导1", "财务科", "都匀市"), (None, "财务科", "福泉市"))
    matrices.confirm_matrix(actor=dispatcher, draft_id=stage(dispatcher, content).pk, today=TODAY)
    doubtful = AreaLink.objects.get(needs_check__gt="")
    other = PostFactory()

    changed = matrices.change_area_link(
        actor=dispatcher, link_id=doubtful.pk, change=AreaChange(other, None, TODAY)
    )

    assert (changed.leader_post, changed.needs_check, changed.area) == (other, "", doubtful.area)
    same = matrices.change_area_link(
        actor=dispatcher, link_id=changed.pk, change=AreaChange(other, None, TODAY)
    )
    assert same == changed
    with pytest.raises(LinkOutOfOrder):
        matrices.change_area_link(
            actor=dispatcher, link_id=doubtful.pk, change=AreaChange(other, None, TODAY)
        )
    clerk = PostFactory(duty=Post.Duty.OFFICER)
    with pytest.raises(LinkTargetWrong):
        matrices.change_area_link(actor=dispatcher, link_id=changed.pk, change=AreaChange(clerk, None, TODAY))


def test_the_areas_leader_is_chosen_among_the_deputies(dispatcher: User) -> None:
    PostFactory(title="副局长（规划）")
    own = PostFactory(title="副局长（耕保）")
    AreaLink.objects.create(
        leader_post=own, area=organisation("522701"), from_on=TODAY, entered_by=dispatcher
    )

    found = proposed_leader(ProjectFactory(investment_yuan=30_000_000), today=TODAY)

    assert found.post == own
    assert found.reason.endswith("副局长负责；包联都匀市的是副局长（耕保）")


def test_an_area_has_one_leader_and_areas_without_are_found(dispatcher: User) -> None:
    AreaLink.objects.create(
        leader_post=PostFactory(), area=organisation("522701"), from_on=TODAY, entered_by=dispatcher
    )

    assert organisation("522701") not in areas_without_leader(actor=dispatcher)
    assert organisation("522725") in areas_without_leader(actor=dispatcher)
    with pytest.raises(IntegrityError, match="area_one_active_leader"), transaction.atomic():
        AreaLink.objects.create(
            leader_post=PostFactory(), area=organisation("522701"), from_on=TODAY, entered_by=dispatcher
        )


def test_the_gap_page_costs_the_same_for_one_project_and_twenty(section: User) -> None:
    def read() -> object:
        terms = terms_on(TODAY)
        rows = list(gap_projects(actor=section, gap=GAPS["leader"], terms=terms))
        return gap_counts(actor=section, terms=terms), links_of([row.pk for row in rows], on=TODAY)

    ProjectFactory()
    few = queries_of(read)
    ProjectFactory.create_batch(19)

    assert queries_of(read) == few
