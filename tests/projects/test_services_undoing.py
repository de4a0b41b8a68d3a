"""A whole import is taken back while nobody has touched its projects."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from projects.models import Project, Submission
from projects.refusals import SubmissionAlreadyUndone, SubmissionTouched
from projects.services import merging, screening
from projects.services.snapshots import snapshot
from projects.services.undoing import undo_submission
from tests.projects.workbooks import NOW, TODAY, code, imported, row


def undo(actor: User, submission: Submission) -> Submission:
    return undo_submission(actor=actor, submission_id=submission.pk, today=TODAY, now=timezone.now())


def test_new_projects_are_removed(officer):
    submission = imported(officer, row("都匀水库"), row("都匀电站"))

    undone = undo(officer, submission)

    assert (undone.state, undone.undone_by) == (Submission.State.UNDONE, officer)
    assert set(Project.objects.values_list("status", flat=True)) == {Project.Status.REMOVED}
    assert Entry.objects.filter(verb="submission.undone").count() == 1
    assert Entry.objects.filter(verb="project.removed").count() == 2


def test_changed_projects_get_every_old_value_back(officer):
    imported(officer, row("都匀水库", code=code(1), total=12.5, owner="水务局", remark="甲"))
    project = Project.objects.select_related("land").get()
    before = snapshot(project)
    second = imported(officer, row("都匀大水库", code=code(1), total=20, arable=9, owner="水投", remark="乙"))

    undo(officer, second)

    project = Project.objects.select_related("land").get()
    assert snapshot(project) == before
    assert "DYSK" in project.search_text
    assert Entry.objects.filter(verb="project.restored", project_id=project.pk).count() == 1


def test_an_undone_list_can_be_handed_in_again(officer):
    undo(officer, imported(officer, row("都匀水库", code=code(1))))

    again = imported(officer, row("都匀水库", code=code(1)))

    assert again.summary["new"] == 1


def test_a_screened_project_stops_the_undo_by_name(officer, dispatcher):
    submission = imported(officer, row("都匀水库"), row("都匀电站"))
    project = Project.objects.get(name="都匀电站")
    screening.return_project(actor=dispatcher, project_id=project.pk, reason="缺代码", today=TODAY)

    with pytest.raises(SubmissionTouched) as refusal:
        undo(officer, submission)

    assert refusal.value.facts == {"projects": [project.pk], "names": ["都匀电站"]}
    assert Project.objects.get(name="都匀水库").status == Project.Status.SUBMITTED


def test_a_later_import_stops_the_undo_of_the_earlier(officer):
    first = imported(officer, row("都匀水库", total=12.5))
    imported(officer, row("都匀水库", total=13))

    with pytest.raises(SubmissionTouched):
        undo(officer, first)


def test_a_project_into_which_another_was_merged_stays(officer, dispatcher):
    imported(officer, row("都匀水库"))
    twin = Project.objects.get()
    submission = imported(officer, row("都匀水库二期"))
    target = Project.objects.get(name="都匀水库二期")
    merging.merge(actor=dispatcher, project_id=twin.pk, target_id=target.pk, reason="", today=TODAY, now=NOW)

    with pytest.raises(SubmissionTouched):
        undo(officer, submission)


def test_an_import_is_undone_once(officer):
    submission = imported(officer, row("都匀水库"))
    undo(officer, submission)

    with pytest.raises(SubmissionAlreadyUndone):
        undo(officer, submission)


def test_a_stranger_finds_no_submission(officer, stranger):
    submission = imported(officer, row("都匀水库"))

    with pytest.raises(Submission.DoesNotExist):
        undo(stranger, submission)


def test_who_hands_in_no_lists_undoes_none(officer, section):
    submission = imported(officer, row("都匀水库"))

    with pytest.raises(PermissionDenied):
        undo(section, submission)


def test_the_rows_of_a_submission_cannot_be_altered(officer):
    found = imported(officer, row("都匀水库")).rows.get()

    with pytest.raises(InternalError, match="pgtrigger"), transaction.atomic():
        type(found).objects.filter(pk=found.pk).update(name="别的")


def test_unchanged_rows_do_not_hold_the_undo_up(officer):
    imported(officer, row("都匀水库"))
    second = imported(officer, row("都匀水库"), row("都匀铁路"))
    Project.objects.filter(name="都匀水库").update(remark="后来改的")

    undo(officer, second)

    assert Project.objects.get(name="都匀铁路").status == Project.Status.REMOVED
    assert Project.objects.get(name="都匀水库").status == Project.Status.SUBMITTED
