"""Gathering, duplicates, merging: from several lists to one, with every answer told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction

from core.dated import SettingOutOfOrder
from jobs.services import run_waiting
from notifications.models import Message
from projects.models import DuplicatePair, Gathering, MergeRecord, Project, WindowDuty
from projects.refusals import (
    MergeImpossible,
    NotGathering,
    PairSettled,
    ProjectCodeTaken,
    ProjectNotWaiting,
    ReasonMissing,
)
from projects.selectors.duplicates import alike_pairs, thresholds_on
from projects.services import duplicates, gathering, merging, screening, windows
from projects.services.screening import Adoption
from tests.factories import ProjectFactory, organisation
from tests.projects.windows import COUNTY, open_window
from tests.projects.workbooks import NOW, TODAY, code, imported, row

Status = Project.Status


def reported(name: str = "都匀市河道治理", **fields: object) -> Project:
    return ProjectFactory(
        **{"name": name, "submitted": True, "status": Status.REPORTED, "track": "", **fields}
    )


def merge(actor, project, target, **options):
    return merging.merge(
        actor=actor,
        project_id=project.pk,
        target_id=target.pk,
        **{"reason": "", "today": TODAY, "now": NOW, **options},
    )


# --- 汇总 -------------------------------------------------------------------------------------------


def test_the_county_passes_on_what_departments_handed_in_for_it(dispatcher, department, officer):
    window = open_window(dispatcher)
    imported(department, row("都匀市河道治理"))
    project = Project.objects.get()

    gathering.pass_on(actor=officer, project_ids=[project.pk], today=TODAY)

    project.refresh_from_db()
    assert (project.status, project.gathered_on, project.gathered_by) == (Status.SUBMITTED, TODAY, officer)
    duty = WindowDuty.objects.get(window=window, organisation__code=COUNTY)
    assert duty.answer == WindowDuty.Answer.GATHERED
    assert Message.objects.filter(recipient=department, title__contains="已汇总上报").exists()
    assert Message.objects.filter(recipient=dispatcher, title__contains="汇总上报 1 个").exists()


def test_another_countys_rows_are_not_there_to_gather(stranger):
    project = reported()

    with pytest.raises(Project.DoesNotExist):
        gathering.pass_on(actor=stranger, project_ids=[project.pk], today=TODAY)


def test_a_department_does_not_gather(department):
    with pytest.raises(PermissionDenied):
        gathering.pass_on(actor=department, project_ids=[], today=TODAY)


@pytest.mark.parametrize(("mode", "may"), [(Gathering.COUNTY, False), (Gathering.EITHER, True)])
def test_the_bureau_screens_directly_where_the_window_says_so(dispatcher, section, mode, may):
    window = open_window(dispatcher, gathering=mode)
    project = reported(window=window)

    if may:
        gathering.pass_on(actor=section, project_ids=[project.pk], today=TODAY)
    else:
        with pytest.raises(NotGathering):
            gathering.pass_on(actor=section, project_ids=[project.pk], today=TODAY)
        windows.close_window(actor=dispatcher, window_id=window.pk, reason="", today=TODAY)
        gathering.pass_on(actor=section, project_ids=[project.pk], today=TODAY)

    project.refresh_from_db()
    assert project.status == Status.SUBMITTED


def test_what_was_passed_on_is_not_passed_on_again(officer):
    project = reported()
    gathering.pass_on(actor=officer, project_ids=[project.pk], today=TODAY)

    with pytest.raises(NotGathering) as refusal:
        gathering.pass_on(actor=officer, project_ids=[project.pk], today=TODAY)

    assert refusal.value.facts == {"project_id": project.pk, "status": "SUBMITTED"}


def test_the_county_returns_a_row_to_its_department_which_hands_it_in_again(dispatcher, department, officer):
    open_window(dispatcher)
    imported(department, row("都匀市河道治理"))
    project = Project.objects.get()

    gathering.send_back(actor=officer, project_id=project.pk, reason="缺面积", today=TODAY)
    project.refresh_from_db()
    assert (project.status, project.screening_reason) == (Status.RETURNED, "县市退回：缺面积")
    assert "缺面积" in Message.objects.filter(recipient=department).latest("pk").body

    imported(department, row("都匀市河道治理", total=13))
    project.refresh_from_db()
    assert project.status == Status.REPORTED


def test_what_waits_with_its_county_is_not_screened(section):
    with pytest.raises(ProjectNotWaiting):
        screening.screen(actor=section, project_ids=[reported().pk], today=TODAY)


# --- 初审, 不予列入 ----------------------------------------------------------------------------------


def test_a_first_look_is_recorded_and_adoption_follows(section):
    project = ProjectFactory(submitted=True, track="")

    screening.screen(actor=section, project_ids=[project.pk], today=TODAY)
    project.refresh_from_db()
    assert (project.status, project.screened_by) == (Status.SCREENED, section)

    screening.adopt(actor=section, adoption=Adoption(project.pk, "batch"), today=TODAY)
    project.refresh_from_db()
    assert project.status == Status.ADOPTED


def test_a_dropped_project_keeps_its_reason_and_its_reporter_reads_it(section, officer):
    project = ProjectFactory(submitted=True)

    with pytest.raises(ReasonMissing):
        screening.drop(actor=section, project_id=project.pk, reason=" ", today=TODAY)
    screening.drop(actor=section, project_id=project.pk, reason="不符合规划", today=TODAY)

    project.refresh_from_db()
    assert (project.status, project.screening_reason) == (Status.DROPPED, "不符合规划")
    assert "不符合规划" in Message.objects.get(recipient=officer).body
    with pytest.raises(IntegrityError, match="has_a_reason"), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(screening_reason="")


# --- one code, two reporters -------------------------------------------------------------------------


def test_a_code_comes_in_from_two_reporters_and_is_listed_once(officer, department, section):
    imported(officer, row("都匀水库", code=code(1)))
    imported(department, row("都匀市水库工程", code=code(1)))
    first, second = Project.objects.order_by("pk")

    screening.adopt(actor=section, adoption=Adoption(first.pk, "batch"), today=TODAY)
    with pytest.raises(ProjectCodeTaken):
        screening.adopt(actor=section, adoption=Adoption(second.pk, "batch"), today=TODAY)
    first.refresh_from_db()
    with pytest.raises(IntegrityError, match="project_code_once"), transaction.atomic():
        Project.objects.filter(pk=second.pk).update(
            status="ADOPTED", number="X-1", annual_list=first.annual_list_id, track="batch"
        )

    merge(section, second, first)
    second.refresh_from_db()
    assert second.merged_into == first


# --- 疑似重复 ---------------------------------------------------------------------------------------


def test_a_submission_is_compared_in_the_background(officer, department):
    imported(officer, row("都匀水库", owner="都匀水投公司"))
    imported(department, row("都匀市水库工程", owner="都匀水投有限公司"))

    run_waiting(clock=lambda: NOW + timedelta(days=30))

    pair = DuplicatePair.objects.get()
    assert {pair.first.name, pair.second.name} == {"都匀水库", "都匀市水库工程"}
    assert any("建设单位相同" in reason for reason in pair.reasons)
    # The county that may judge hears of it once; who handed in the second and may not judge is left alone.
    [told] = Message.objects.filter(kind=Message.Kind.JOB)
    assert (told.recipient, told.body) == (officer, "发现 1 对疑似重复，请在“疑似重复”中逐项对照。")


def test_the_threshold_is_the_one_in_force(dispatcher):
    one = ProjectFactory(name="都匀市城西污水处理厂", submitted=True)
    ProjectFactory(name="都匀市城西污水管网", submitted=True)
    share = alike_pairs(project_ids=[one.pk], on=TODAY)
    duplicates.change_thresholds(
        actor=dispatcher, effective_from=TODAY, name_percent=20, owner_name_percent=10, note="放宽",
        today=TODAY,
    )  # fmt: skip

    assert share == []
    assert len(alike_pairs(project_ids=[one.pk], on=TODAY)) == 1
    assert thresholds_on(TODAY - timedelta(days=1)).name_percent == 45
    with pytest.raises(SettingOutOfOrder):
        duplicates.change_thresholds(
            actor=dispatcher, effective_from=TODAY, name_percent=20, owner_name_percent=10, note="",
            today=TODAY,
        )  # fmt: skip


def proposed() -> DuplicatePair:
    one = ProjectFactory(name="都匀市城西污水处理厂", submitted=True)
    ProjectFactory(name="都匀城西污水处理厂工程", submitted=True)
    duplicates.propose(found=alike_pairs(project_ids=[one.pk], on=TODAY), today=TODAY)
    return DuplicatePair.objects.get()


def test_a_pair_that_is_not_the_same_is_remembered_and_not_proposed_again(section):
    pair = proposed()

    with pytest.raises(ReasonMissing):
        duplicates.dismiss(actor=section, pair_id=pair.pk, reason="", today=TODAY, now=NOW)
    duplicates.dismiss(actor=section, pair_id=pair.pk, reason="一期和管网", today=TODAY, now=NOW)
    again = duplicates.propose(found=alike_pairs(project_ids=[pair.first_id], on=TODAY), today=TODAY)

    pair.refresh_from_db()
    assert (again, pair.state, pair.decided_by) == (0, DuplicatePair.State.DISTINCT, section)
    assert not DuplicatePair.objects.visible_to(section).proposed().exists()
    with pytest.raises(PairSettled):
        duplicates.dismiss(actor=section, pair_id=pair.pk, reason="又", today=TODAY, now=NOW)


def test_a_pair_of_two_counties_is_the_bureaus_alone(section, officer):
    one = ProjectFactory(name="都瓮高速", code="X1", submitted=True)
    ProjectFactory(name="瓮都高速公路", code="x 1", submitted=True, organisation=organisation("522725"))
    duplicates.propose(found=alike_pairs(project_ids=[one.pk], on=TODAY), today=TODAY)

    assert DuplicatePair.objects.visible_to(section).count() == 1
    assert not DuplicatePair.objects.visible_to(officer).exists()


# --- 合并 -------------------------------------------------------------------------------------------


def test_a_merge_keeps_both_rows_side_by_side_and_takes_what_is_chosen(section, department):
    target = ProjectFactory(name="都匀水库", owner_unit="", remark="")
    project = ProjectFactory(
        name="都匀市水库工程", owner_unit="水投公司", remark="部门报", submitted=True,
        submitted_by=department.organisation,
    )  # fmt: skip

    merge(section, project, target, take=["owner_unit"])

    target.refresh_from_db()
    record = MergeRecord.objects.get()
    fields = {field["field"]: field for field in record.fields}
    assert (target.owner_unit, target.remark) == ("水投公司", "")
    assert (record.project, record.target, record.merged_by) == (project, target, section)
    assert fields["owner_unit"] == {
        "field": "owner_unit", "label": "建设单位", "kept": "", "dropped": "水投公司", "taken": True,
    }  # fmt: skip
    assert not fields["remark"]["taken"]
    assert Project.objects.visible_to(department).filter(pk=target.pk).exists()
    with pytest.raises(InternalError, match="merge_record_is_immutable"), transaction.atomic():
        MergeRecord.objects.update(reason="改")


def test_a_merge_never_changes_what_the_office_has_settled(section):
    target = ProjectFactory(name="都匀水库")
    project = ProjectFactory(name="都匀市水库工程", list_category="NATIONAL", submitted=True)

    merge(section, project, target, take=["name", "list_category"])

    target.refresh_from_db()
    assert (target.name, target.list_category) == ("都匀水库", "PROVINCIAL")


def test_a_county_merges_only_what_waits_with_it(officer):
    target, handed_on = reported("都匀水库"), ProjectFactory(submitted=True)

    with pytest.raises(ProjectNotWaiting):
        merge(officer, handed_on, target)
    merge(officer, reported("都匀水库工程"), target)

    assert MergeRecord.objects.get().merged_by == officer


def test_two_counties_rows_merge_under_one_code_and_not_without(section):
    target = ProjectFactory(name="都瓮高速", code="X1")
    other = organisation("522725")
    same = ProjectFactory(name="瓮都高速", code="x-1", submitted=True, organisation=other)
    another = ProjectFactory(name="瓮都高速二标", submitted=True, organisation=other)

    merge(section, same, target)
    with pytest.raises(MergeImpossible):
        merge(section, another, target)


def test_merging_settles_the_proposal(section):
    pair = proposed()

    merge(section, pair.second, pair.first)

    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == (DuplicatePair.State.MERGED, section)
