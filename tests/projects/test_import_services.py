"""Upload, preview, confirm: what is stored, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Organisation, User
from audit.models import Entry
from deadlines.models import Deadline
from notifications.models import Message
from officefiles.errors import ColumnsMissing, NotAWorkbook, WorkbookRefused
from projects.models import ImportDraft, LandUse, Project, Submission, SubmissionRow
from projects.refusals import (
    DraftGone,
    NoReportingOrganisation,
    NothingToImport,
    PreviewOutdated,
    RowsHaveErrors,
)
from projects.rules.facts import Verdict
from projects.selectors.previews import draft_preview
from projects.services import importing, merging, screening
from projects.services.screening import Adoption
from tests.factories import DeadlineFactory, ProjectFactory, UserFactory, organisation
from tests.projects.workbooks import NOW, SAMPLES, TODAY, code, imported, row, staged, workbook

Status = Project.Status


def preview_of(actor: User, draft: ImportDraft):
    return draft_preview(actor=actor, draft_id=draft.pk, today=TODAY)[1]


def only_row(actor: User, *rows: tuple[object, ...]):
    [found] = preview_of(actor, staged(actor, workbook(*rows))).rows
    return found


# --- upload ------------------------------------------------------------------------------------


def test_an_upload_stores_the_file_and_no_project(officer):
    draft = staged(officer, workbook(row("都匀水库")))

    assert (draft.owner, draft.organisation.code, draft.filename) == (officer, "522701", "清单.xlsx")
    assert not Project.objects.exists()
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("content", "filename", "refusal"),
    [
        (b"hello", "清单.xlsx", NotAWorkbook),
        (workbook(("都匀水库", "3"), headings=("甲", "乙")), "清单.xlsx", WorkbookRefused),
        (
            workbook(("都匀水库", "水务局", "都匀市"), headings=("项目名称", "建设单位", "县市")),
            "清单.xlsx",
            ColumnsMissing,
        ),
    ],
    ids=["not a workbook", "wrong sheet", "missing column"],
)
def test_a_file_that_is_no_list_is_refused_and_not_kept(officer, content, filename, refusal):
    with pytest.raises(refusal):
        staged(officer, content, filename)

    assert not ImportDraft.objects.exists()


def test_who_may_not_hand_in_lists_uploads_nothing(section):
    with pytest.raises(PermissionDenied):
        staged(section, workbook(row("都匀水库")))


def test_an_account_without_a_unit_hands_in_nothing(db):
    nobody = UserFactory(role=User.Role.COUNTY, organisation=None)

    with pytest.raises(NoReportingOrganisation):
        staged(nobody, workbook(row("都匀水库")))


def test_drafts_of_last_week_go_with_the_next_upload(officer):
    old = staged(officer, workbook(row("都匀水库")))
    ImportDraft.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))

    new = staged(officer, workbook(row("都匀水库")))

    assert list(ImportDraft.objects.all()) == [new]


# --- preview -----------------------------------------------------------------------------------


def test_a_preview_changes_nothing(officer):
    draft = staged(officer, workbook(row("都匀水库")))

    preview_of(officer, draft)

    assert not Project.objects.exists()
    assert not Entry.objects.exists()


def test_nobody_previews_another_persons_draft(officer):
    draft = staged(officer, workbook(row("都匀水库")))
    colleague = UserFactory(role=User.Role.COUNTY, organisation=officer.organisation)

    with pytest.raises(ImportDraft.DoesNotExist):
        preview_of(colleague, draft)


def test_a_changed_figure_is_listed_field_by_field(officer):
    imported(officer, row("都匀水库", total=12.5, owner="都匀市水务局"))

    found = only_row(officer, row("都匀水库", total=13, owner="都匀市水投公司"))

    assert found.verdict is Verdict.CHANGED
    assert [(c.label, c.before, c.after) for c in found.changes] == [
        ("建设单位", "都匀市水务局", "都匀市水投公司"),
        ("总面积", "12.5 公顷", "13 公顷"),
    ]


def test_a_blank_cell_changes_nothing(officer):
    imported(officer, row("都匀水库", owner="都匀市水务局"))

    assert only_row(officer, row("都匀水库", owner="")).verdict is Verdict.UNCHANGED


def test_another_units_code_comes_in_with_a_warning_that_does_not_tell_the_name(officer, stranger):
    imported(stranger, row("瓮安秘密工程", code=code(1), county="瓮安县"))

    found = only_row(officer, row("都匀水库", code=code(1)))

    assert found.verdict is Verdict.NEW
    assert found.project is None
    assert found.changes == ()
    assert (found.problems[0].value, found.problems[0].is_error) == (code(1), False)
    assert "秘密" not in "".join(p.message + p.suggestion for p in found.problems)


def test_another_units_row_is_an_error(officer):
    found = only_row(officer, row("瓮安水库", county="瓮安县"))

    assert found.verdict is Verdict.ERROR


@pytest.mark.parametrize("field", ["list_category", "priority_class", "track", "number"])
def test_what_the_office_settled_is_never_overwritten(officer, dispatcher, field):
    """A row that says otherwise is a conflict and leaves the project as it is."""
    project = ProjectFactory(name="都匀水库", organisation=organisation("522701"))
    before = getattr(project, field)
    headings = ("项目名称", "县市", "用地总面积（公顷）", "清单类别", "项目类别", "审批轨道", "编号")
    content = workbook(("都匀水库", "都匀市", 3, "州重点", "一般", "批次用地", "X-1"), headings=headings)
    draft = staged(officer, content)

    [found] = preview_of(officer, draft).rows
    with pytest.raises(NothingToImport):
        importing.confirm_good_rows(actor=officer, draft_id=draft.pk, today=TODAY)

    assert found.verdict is Verdict.CONFLICT
    project.refresh_from_db()
    assert getattr(project, field) == before


def test_a_conclusion_the_office_recorded_is_not_contradicted(officer):
    project = ProjectFactory(name="都匀水库", organisation=organisation("522701"))
    DeadlineFactory(project_id=project.pk, subject_code="A05", state=Deadline.State.MET, stopped_on=TODAY)
    headings = ("项目名称", "县市", "用地总面积（公顷）", "可研批复")
    draft = staged(officer, workbook(("都匀水库", "都匀市", 1, "2026-11-03"), headings=headings))

    [found] = preview_of(officer, draft).rows

    assert found.verdict is Verdict.CONFLICT
    assert "2026-11-20" in found.problems[-1].message


def test_two_rows_for_one_stored_project_are_both_left_out(officer):
    imported(officer, row("都匀水库", code=code(1)))

    rows = preview_of(
        officer,
        staged(officer, workbook(row("都匀水库", total=9), row("都匀水库扩建", code=code(1), total=8))),
    ).rows

    assert [r.verdict for r in rows] == [Verdict.CONFLICT, Verdict.CONFLICT]


@pytest.mark.parametrize("length", [1, 20])
def test_a_preview_takes_the_same_queries_for_one_row_and_twenty(officer, django_assert_num_queries, length):
    rows = [row(f"都匀项目第{n}号", code=code(n)) for n in range(length)]
    imported(officer, *rows)
    draft = staged(officer, workbook(*rows))

    with django_assert_num_queries(14):
        preview_of(User.objects.get(pk=officer.pk), draft)


# --- confirm -----------------------------------------------------------------------------------


def test_a_confirmed_list_becomes_waiting_projects_with_their_land(officer):
    submission = imported(officer, row("都匀水库", code=code(1), total=12.5, arable=2, remark="移民"))

    project = Project.objects.get()
    assert (project.name, project.code, project.status) == ("都匀水库", code(1), Status.SUBMITTED)
    assert (project.organisation.code, project.submitted_by.code) == ("522701", "522701")
    assert (project.land.total_m2, project.land.arable_m2) == (125_000, 20_000)
    assert project.land.entered["total_m2"] == {"value": "12.5", "unit": "ha"}
    assert "DYSK" in project.search_text
    assert submission.summary["new"] == 1
    assert not ImportDraft.objects.exists()


def test_figures_in_mu_are_kept_as_typed(stranger):
    draft = staged(stranger, (SAMPLES / "county-list-mu.xlsx").read_bytes())

    importing.confirm_whole(actor=stranger, draft_id=draft.pk, today=TODAY)

    land = LandUse.objects.get(project__name="瓮安县抽水蓄能电站")
    assert land.total_m2 == 392_207
    assert land.entered["total_m2"] == {"value": "588.31", "unit": "mu"}


def test_the_log_has_one_entry_for_the_batch_and_one_for_each_project(officer):
    imported(officer, row("都匀水库"), row("都匀电站"))

    assert Entry.objects.filter(verb="submission.confirmed").count() == 1
    submitted = Entry.objects.filter(verb="project.submitted")
    assert set(submitted.values_list("project_id", flat=True)) == set(
        Project.objects.values_list("pk", flat=True)
    )


def test_the_dispatch_office_hears_of_a_list(officer, dispatcher, section):
    imported(officer, row("都匀水库"))

    assert list(Message.objects.values_list("recipient", flat=True)) == [dispatcher.pk]


def test_the_same_file_twice_changes_nothing(officer):
    content = workbook(row("都匀水库", code=code(1)), row("都匀电站"))
    first = staged(officer, content)
    importing.confirm_whole(actor=officer, draft_id=first.pk, today=TODAY)
    before = list(Project.objects.order_by("pk").values())
    second = staged(officer, content)

    with pytest.raises(NothingToImport) as refusal:
        importing.confirm_whole(actor=officer, draft_id=second.pk, today=TODAY)

    assert refusal.value.facts["summary"]["unchanged"] == 2
    assert list(Project.objects.order_by("pk").values()) == before
    assert Submission.objects.count() == 1


def test_a_wrong_row_stops_the_whole_list(officer):
    draft = staged(officer, workbook(row("都匀水库"), row("都匀电站", total=-3)))

    with pytest.raises(RowsHaveErrors) as refusal:
        importing.confirm_whole(actor=officer, draft_id=draft.pk, today=TODAY)

    assert refusal.value.facts["rows"] == [3]
    assert not Project.objects.exists()
    assert ImportDraft.objects.filter(pk=draft.pk).exists()


def test_good_rows_alone_are_a_choice_and_the_rest_stays_on_record(officer):
    draft = staged(officer, workbook(row("都匀水库"), row("都匀电站", total=-3)))

    submission = importing.confirm_good_rows(actor=officer, draft_id=draft.pk, today=TODAY)

    assert [p.name for p in Project.objects.all()] == ["都匀水库"]
    wrong = submission.rows.get(row=3)
    assert (wrong.verdict, wrong.project) == (SubmissionRow.Verdict.ERROR, None)
    assert wrong.problems[0]["cell"] == "D3"


def test_a_returned_project_that_comes_again_waits_again(officer, dispatcher):
    imported(officer, row("都匀水库"))
    project = Project.objects.get()
    screening.return_project(actor=dispatcher, project_id=project.pk, reason="缺代码", today=TODAY)

    submission = imported(officer, row("都匀水库"))

    project.refresh_from_db()
    assert (project.status, project.screening_reason) == (Status.SUBMITTED, "")
    assert submission.summary["changed"] == 1


def test_a_merged_project_is_not_handed_in_again(officer, dispatcher):
    imported(officer, row("都匀水库"), row("都匀水库工程", owner="水投"))
    twin, target = Project.objects.order_by("pk")
    merging.merge(actor=dispatcher, project_id=twin.pk, target_id=target.pk, reason="", today=TODAY, now=NOW)

    found = only_row(officer, row("都匀水库"))

    assert found.verdict is Verdict.UNCHANGED
    assert "都匀水库工程" in found.problems[0].message


def test_an_adopted_project_takes_new_figures_and_stays_adopted(officer, dispatcher):
    imported(officer, row("都匀水库", total=12.5))
    project = Project.objects.get()
    screening.adopt(
        actor=dispatcher, adoption=Adoption(project_id=project.pk, track="single_site"), today=TODAY
    )

    imported(officer, row("都匀水库", total=14))

    project.refresh_from_db()
    assert project.status == Status.ADOPTED
    assert project.land.total_m2 == 140_000
    assert project.land.entered["total_m2"]["value"] == "14"


def test_a_department_hands_in_for_the_counties_of_its_rows(department):
    imported(department, row("都匀水库", county="都匀市"), row("三都灌区", county="三都县"))

    found = {p.name: (p.organisation.code, p.submitted_by.code) for p in Project.objects.all()}
    assert found == {"都匀水库": ("522701", "522700-SWJ"), "三都灌区": ("522732", "522700-SWJ")}


def test_a_department_does_not_touch_a_countys_project_of_the_same_name(department, officer):
    imported(officer, row("都匀水库", total=12.5))

    imported(department, row("都匀水库", total=99))

    assert sorted(LandUse.objects.values_list("total_m2", flat=True)) == [125_000, 990_000]


def test_what_was_shown_must_still_hold(officer):
    draft = staged(officer, workbook(row("都匀水库", total=12.5)))
    seen = preview_of(officer, draft).fingerprint
    imported(officer, row("都匀水库", total=9))

    with pytest.raises(PreviewOutdated):
        importing.confirm_whole(actor=officer, draft_id=draft.pk, today=TODAY, seen=seen)

    assert LandUse.objects.get().total_m2 == 90_000


def test_a_draft_is_confirmed_once(officer):
    draft = staged(officer, workbook(row("都匀水库")))
    importing.confirm_whole(actor=officer, draft_id=draft.pk, today=TODAY)

    with pytest.raises(DraftGone):
        importing.confirm_whole(actor=officer, draft_id=draft.pk, today=TODAY)


def test_discarding_forgets_the_file_and_may_be_repeated(officer):
    draft = staged(officer, workbook(row("都匀水库")))

    importing.discard(actor=officer, draft_id=draft.pk)
    importing.discard(actor=officer, draft_id=draft.pk)

    assert not ImportDraft.objects.exists()


def test_discarding_leaves_other_peoples_files_alone(officer, stranger):
    draft = staged(officer, workbook(row("都匀水库")))

    importing.discard(actor=stranger, draft_id=draft.pk)

    assert ImportDraft.objects.filter(pk=draft.pk).exists()


def test_one_active_project_a_code(officer):
    ProjectFactory(code=code(1))

    with pytest.raises(IntegrityError, match="project_code_once"), transaction.atomic():
        ProjectFactory(code=code(1), organisation=Organisation.objects.get(code="522725"))


def test_a_long_list_is_written_in_batches(officer, django_assert_max_num_queries):
    """Some forty statements for two hundred rows, not some for each row."""
    rows = [row(f"都匀第{n}号标准厂房建设项目", code=code(n)) for n in range(200)]
    draft = staged(officer, workbook(*rows))

    with django_assert_max_num_queries(45):
        importing.confirm_whole(actor=officer, draft_id=draft.pk, today=TODAY)
