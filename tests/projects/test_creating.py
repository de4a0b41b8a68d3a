"""A project typed into the form: one row of a list, with the same checks and the same answer."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from projects.models import ImportDraft, Project, Submission
from projects.services.screening import return_project
from projects.services.undoing import undo_submission
from tests.factories import ProjectFactory, organisation
from tests.projects.workbooks import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def as_user(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def typed(**changes):
    return {
        "name": "都匀市滨江路",
        "area_unit": "mu",
        "total_m2": "588.31",
        "arable_m2": "12.3",
        "list_category": "PROVINCIAL",
        "level": "COUNTY",
        "investment_yuan": "1200.5",
        "planned_start": "2026年第四季度",
        **changes,
    }


def test_a_county_types_a_project_and_it_waits_for_its_answer(as_user, officer):
    response = as_user(officer).post(reverse("projects:new"), typed())

    project = Project.objects.get()
    assert response.url == project.get_absolute_url()
    assert (project.status, project.organisation.code) == ("SUBMITTED", "522701")
    assert (project.list_category, project.level) == ("PROVINCIAL", "COUNTY")
    assert project.land.entered["total_m2"] == {"value": "588.31", "unit": "mu"}
    assert (project.land.total_m2, str(project.investment_yuan)) == (392_207, "12005000.00")
    submission = Submission.objects.get()
    assert (submission.organisation.code, submission.filename) == ("522701", "网页填报.csv")
    client = as_user(officer)
    assert "在网页填报" in client.get(f"{response.url}?tab=history").content.decode()
    assert not ImportDraft.objects.exists()


def test_what_an_import_only_warns_of_is_told_on_the_next_page(as_user, officer):
    client = as_user(officer)

    response = client.post(reverse("projects:new"), typed(planned_start="明年吧"))

    page = client.get(response.url).content.decode()
    assert "看不出是哪一天" in page
    assert "已报送，等待州局审核" in page


def test_what_an_import_refuses_is_refused_at_its_field(as_user, officer):
    response = as_user(officer).post(reverse("projects:new"), typed(total_m2="10", arable_m2="20"))

    assert response.status_code == 422
    assert "耕地大于总面积" in str(response.context["form"].errors["arable_m2"])
    assert 'value="都匀市滨江路"' in response.content.decode()
    assert not Project.objects.exists()
    assert not ImportDraft.objects.exists()


def test_a_project_that_is_there_is_not_made_again(as_user, officer):
    browser = as_user(officer)
    browser.post(reverse("projects:new"), typed())

    again = browser.post(reverse("projects:new"), typed())
    other = browser.post(reverse("projects:new"), typed(remark="别的备注"))

    assert again.status_code == other.status_code == 422
    assert "已经在册" in again.content.decode()
    assert Project.objects.count() == 1


def test_another_countys_code_gives_nothing_away(as_user, officer):
    code = "2601-522725-02-05-198702"
    ProjectFactory(name="瓮安秘密工程", code=code, organisation=organisation("522725"))

    response = as_user(officer).post(reverse("projects:new"), typed(code=code))

    assert "秘密" not in response.content.decode()


def test_the_bureau_names_the_county(as_user, dispatcher):
    browser = as_user(dispatcher)

    nameless = browser.post(reverse("projects:new"), typed())
    browser.post(reverse("projects:new"), typed(unit="瓮安县"))

    assert nameless.status_code == 422
    assert Project.objects.get().organisation.code == "522725"


def test_a_typed_submission_is_answered_and_undone_like_a_workbook(as_user, officer, section):
    from datetime import UTC, datetime

    as_user(officer).post(reverse("projects:new"), typed())
    project = Project.objects.get()
    undo_submission(
        actor=officer,
        submission_id=Submission.objects.get().pk,
        today=TODAY,
        now=datetime(2026, 11, 20, tzinfo=UTC),
    )
    project.refresh_from_db()
    assert project.status == Project.Status.REMOVED
    as_user(officer).post(reverse("projects:new"), typed())
    newer = Project.objects.exclude(pk=project.pk).get()

    return_project(actor=section, project_id=newer.pk, reason="缺立项", today=TODAY)

    page = as_user(officer).get(reverse("projects:submissions")).content.decode()
    assert "网页填报.csv" in page


def test_who_hands_in_nothing_types_nothing(as_user, leader):
    assert as_user(leader).get(reverse("projects:new")).status_code == 403
