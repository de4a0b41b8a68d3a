"""Handing in, replacing, withdrawing, and who may open what."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction

from accounts.models import User
from audit.models import Entry
from papers import errors, selectors, services
from papers.models import Paper, PaperContent, PaperWithdrawal
from papers.services import PaperOwner, Upload
from projects.models import Project
from tests.factories import ProjectFactory, UserFactory, organisation
from tests.papers import files

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


def owner_of(project: Project, **changes: object) -> PaperOwner:
    facts = {
        "kind": "projects.project",
        "pk": project.pk,
        "label": project.name,
        "project_id": project.pk,
        "organisation": project.organisation,
    }
    return PaperOwner(**{**facts, **changes})  # type: ignore[arg-type]


@pytest.fixture
def project() -> Project:
    return ProjectFactory(name="都匀市抽水蓄能电站")


def attached(actor: User, project: Project, *, text: str = "1", **changes: object) -> Paper:
    facts = {
        "owner": owner_of(project),
        "upload": Upload("批复.pdf", files.pdf(text=text)),
        "kind": Paper.Kind.DECISION,
        "title": "用地预审批复",
        "today": TODAY,
    }
    return services.attach(actor=actor, **{**facts, **changes})  # type: ignore[arg-type]


def test_a_paper_keeps_bytes_kind_day_and_who_handed_it_in(officer, project):
    paper = attached(officer, project, occurred_on=date(2026, 11, 2))

    paper.refresh_from_db()
    assert (paper.version, paper.kind, paper.occurred_on) == (1, "DECISION", date(2026, 11, 2))
    assert (paper.uploaded_by, paper.media_type) == (officer, "application/pdf")
    assert services.download(actor=officer, paper=paper, today=TODAY) == files.pdf()


def test_a_new_version_replaces_and_the_old_one_stays_readable(officer, project):
    first = attached(officer, project)

    second = attached(officer, project, text="2", replaces=first)

    [found] = selectors.papers_of_project(actor=officer, project_id=project.pk)
    assert (found.head, list(found.earlier), second.version) == (second, [first], 2)
    assert selectors.papers_of(actor=officer, subject_kind="projects.project", subject_id=project.pk) == [
        second
    ]
    assert services.download(actor=officer, paper=first, today=TODAY) == files.pdf()


def test_a_version_that_was_replaced_takes_no_second_successor(officer, project):
    first = attached(officer, project)
    attached(officer, project, text="2", replaces=first)

    with pytest.raises(errors.PaperNotCurrent) as refused:
        attached(officer, project, text="3", replaces=first)

    assert refused.value.facts == {"paper": first.pk}


def test_a_version_stays_with_its_owner(officer, project):
    first = attached(officer, project)

    with pytest.raises(errors.PaperNotCurrent):
        attached(officer, project, text="2", replaces=first, owner=owner_of(ProjectFactory()))


def test_the_same_bytes_are_not_kept_twice(officer, project):
    first = attached(officer, project)

    with pytest.raises(errors.PaperHandedInAlready) as refused:
        attached(officer, project, title="另一个名称")

    assert refused.value.facts == {"paper": first.pk}


def test_a_day_after_today_is_refused(officer, project):
    with pytest.raises(errors.PaperInFuture) as refused:
        attached(officer, project, occurred_on=date(2026, 11, 21))

    assert refused.value.facts == {"occurred_on": date(2026, 11, 21)}


def test_a_bad_file_leaves_nothing_behind(officer, project):
    with pytest.raises(errors.PaperIsSomethingElse):
        attached(officer, project, upload=Upload("批复.pdf", b"MZ"))

    assert not Paper.objects.exists()


def test_the_cap_is_a_setting(officer, project, settings):
    settings.PAPER_MAX_BYTES = 10

    with pytest.raises(errors.PaperTooLarge):
        attached(officer, project)


def test_leaders_and_administrators_hand_nothing_in(leader, sysadmin, project):
    for actor in (leader, sysadmin):
        with pytest.raises(PermissionDenied):
            attached(actor, project)


def test_a_county_hands_in_nothing_for_another(stranger, project):
    with pytest.raises(PermissionDenied):
        attached(stranger, project)


def test_a_department_hands_in_where_it_was_asked_and_nowhere_else(department, project):
    with pytest.raises(PermissionDenied):
        attached(department, project)

    paper = attached(department, project, owner=owner_of(project, department=department.organisation))

    assert Paper.objects.visible_to(department).get() == paper
    elsewhere = UserFactory(role=User.Role.DEPARTMENT, organisation=organisation("522700-LYJ"))
    assert not Paper.objects.visible_to(elsewhere).exists()


def test_a_withdrawn_paper_stays_listed_and_cannot_be_opened(officer, project):
    paper = attached(officer, project)

    services.withdraw(actor=officer, paper=paper, reason="传错文件")

    [found] = selectors.papers_of_project(actor=officer, project_id=project.pk)
    assert found.is_withdrawn
    assert selectors.count_of_project(actor=officer, project_id=project.pk) == 0
    with pytest.raises(PaperContent.DoesNotExist):
        services.download(actor=officer, paper=paper, today=TODAY)


def test_a_withdrawn_paper_may_be_handed_in_again(officer, project):
    services.withdraw(actor=officer, paper=attached(officer, project), reason="类型选错")

    again = attached(officer, project, kind=Paper.Kind.PLAN)

    assert again.version == 1


def test_a_withdrawal_needs_a_reason_a_current_paper_and_its_own_people(officer, section, project):
    colleague = UserFactory(role=User.Role.COUNTY, organisation=organisation("522701-ZRZY"))
    paper = attached(officer, project)

    with pytest.raises(errors.WithdrawalNeedsReason):
        services.withdraw(actor=officer, paper=paper, reason=" ")
    with pytest.raises(errors.NotOwnPaper):
        services.withdraw(actor=colleague, paper=paper, reason="传错")
    services.withdraw(actor=section, paper=paper, reason="传错")
    with pytest.raises(errors.PaperNotCurrent):
        services.withdraw(actor=officer, paper=paper, reason="再来一次")


def test_each_download_is_noted_with_file_and_version(officer, section, project):
    paper = attached(officer, project)

    services.download(actor=section, paper=paper, today=TODAY)

    entry = Entry.objects.get(verb="file.downloaded")
    assert (entry.actor, entry.facts["file"], entry.facts["version"]) == (section, "批复.pdf", 1)


@pytest.mark.parametrize(
    ("model", "column"), [(Paper, "title"), (PaperContent, "content"), (PaperWithdrawal, "reason")]
)
def test_no_row_can_be_changed_or_deleted(officer, project, model, column):
    paper = attached(officer, project)
    services.withdraw(actor=officer, paper=paper, reason="传错")

    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        model.objects.update(**{column: b"x"})
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        model.objects.all()._raw_delete(using="default")


def test_the_database_holds_one_successor_and_ordered_versions(officer, project):
    first = attached(officer, project)
    second = attached(officer, project, text="2", replaces=first)
    plain = {
        name: getattr(second, name)
        for name in (
            *("subject_kind", "subject_id", "scope_organisation_id", "kind", "title", "filename"),
            *("media_type", "size", "sha256", "occurred_on", "uploaded_by_id"),
        )
    }

    for wrong, constraint in (
        ({"version": 3, "original": first, "replaces": first}, "replaces_id"),
        ({"version": 2, "original": first, "replaces": second}, "paper_version_once"),
        ({"version": 1, "replaces": second}, "paper_first_version_replaces_nothing"),
        ({"size": 0}, "paper_is_not_empty"),
        ({"version": 1, "handed_in_by": "两边都写"}, "paper_from_an_account_or_a_link"),
        ({"version": 1, "uploaded_by_id": None}, "paper_from_an_account_or_a_link"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Paper.objects.create(**{**plain, **wrong})


@pytest.mark.parametrize("number", [1, 20])
def test_the_papers_of_a_project_cost_two_queries_for_a_county(
    officer, project, django_assert_num_queries, number
):
    for place in range(number):
        paper = attached(officer, project, text=f"{place}")
        attached(officer, project, text=f"{place} v2", replaces=paper)
    _ = officer.scope, officer.reporting_unit

    with django_assert_num_queries(2):
        for one in selectors.papers_of_project(actor=officer, project_id=project.pk):
            assert not one.is_withdrawn
            assert one.head.uploaded_by.label
            assert one.head.scope_organisation.short_name
