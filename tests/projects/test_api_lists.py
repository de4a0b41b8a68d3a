"""The same list over the API: scope, codes, statuses."""

from __future__ import annotations

import json
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import User
from projects.models import ImportDraft, Project, Submission
from tests.factories import ProjectFactory, organisation
from tests.projects.test_selectors import running
from tests.projects.workbooks import imported, row, staged, workbook

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def api():
    def sign_in(user: User) -> APIClient:
        client = APIClient()
        client.force_authenticate(User.objects.get(pk=user.pk))
        return client

    return sign_in


def names(response) -> list[str]:
    return [item["name"] for item in response.json()["results"]]


def test_a_county_reads_its_own_projects(api, officer):
    ProjectFactory(name="都匀水库")
    ProjectFactory(name="瓮安水库", organisation=organisation("522725"))

    assert names(api(officer).get(f"{V1}/projects/")) == ["都匀水库"]


def test_a_project_says_what_it_waits_for(api, section):
    project = ProjectFactory(land={"total_m2": 31_731})
    running(project, date(2026, 9, 1))

    found = api(section).get(f"{V1}/projects/{project.pk}/").json()

    assert found["land"]["total_m2"] == 31_731
    assert (found["current"]["lamp"], found["current"]["limit"]) == ("red", 20)
    assert found["current"]["due_on"] == "2026-09-29"


def test_the_pages_filters_are_the_apis(api, section):
    running(ProjectFactory(name="都匀水库"), date(2026, 9, 1))
    ProjectFactory(name="都匀电站")

    assert names(api(section).get(f"{V1}/projects/?lamp=red")) == ["都匀水库"]
    assert names(api(section).get(f"{V1}/projects/?status=RETURNED")) == []


def test_a_filter_value_that_does_not_exist_is_invalid(api, officer):
    response = api(officer).get(f"{V1}/projects/?unit=522725")

    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert "unit" in response.json()["facts"]


@pytest.mark.parametrize("length", [1, 20])
def test_the_list_takes_the_same_queries_for_one_project_and_twenty(
    api, section, django_assert_num_queries, length
):
    for _ in range(length):
        running(ProjectFactory(), date(2026, 11, 2))
    client = api(section)

    with django_assert_num_queries(6):
        client.get(f"{V1}/projects/")


@pytest.mark.parametrize("kind", ["projects", "submissions", "imports"])
def test_a_stranger_finds_nothing(api, officer, stranger, kind):
    submission = imported(officer, row("都匀水库"))
    draft = staged(officer, workbook(row("都匀电站")))
    pk = {"projects": Project.objects.get().pk, "submissions": submission.pk, "imports": draft.pk}[kind]

    response = api(stranger).get(f"{V1}/{kind}/{pk}/")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_nobody_reads_without_signing_in(db):
    assert APIClient().get(f"{V1}/projects/").status_code == 401


# --- imports --------------------------------------------------------------------------------------


def send(client: APIClient, content: bytes, name: str = "清单.xlsx"):
    return client.post(f"{V1}/imports/", {"file": SimpleUploadedFile(name, content)}, format="multipart")


def test_an_upload_answers_with_the_preview(api, officer):
    response = send(api(officer), workbook(row("都匀水库"), row("都匀电站", total=-3)))

    found = response.json()
    assert response.status_code == 201
    assert found["summary"]["error"] == 1
    assert [r["verdict"] for r in found["rows"]] == ["new", "error"]
    assert found["rows"][1]["problems"][0]["cell"] == "D3"
    assert not Project.objects.exists()


def test_a_file_that_is_no_list_is_refused_with_its_code(api, officer):
    response = send(api(officer), b"hello")

    assert (response.status_code, response.json()["code"]) == (409, "not_a_workbook")
    assert not ImportDraft.objects.exists()


def test_a_preview_is_confirmed_with_what_was_seen(api, officer):
    client = api(officer)
    seen = send(client, workbook(row("都匀水库"))).json()

    response = client.post(
        f"{V1}/imports/{seen['id']}/confirm/", {"rows": "all", "seen": seen["seen"]}, format="json"
    )

    assert response.status_code == 201
    assert response.json()["rows"][0]["status"] == "SUBMITTED"
    assert Project.objects.get().name == "都匀水库"


def test_a_wrong_row_refuses_the_whole(api, officer):
    client = api(officer)
    seen = send(client, workbook(row("都匀水库"), row("都匀电站", total=-3))).json()

    refused = client.post(f"{V1}/imports/{seen['id']}/confirm/", {}, format="json")
    done = client.post(f"{V1}/imports/{seen['id']}/confirm/", {"rows": "good"}, format="json")

    assert (refused.status_code, refused.json()["code"]) == (409, "rows_have_errors")
    assert refused.json()["facts"] == {"rows": [3]}
    assert done.status_code == 201


def test_an_upload_is_discarded(api, officer):
    client = api(officer)
    seen = send(client, workbook(row("都匀水库"))).json()

    assert client.delete(f"{V1}/imports/{seen['id']}/").status_code == 204
    assert client.get(f"{V1}/imports/{seen['id']}/").status_code == 404


def test_a_submission_lists_its_rows_and_is_undone(api, officer):
    submission = imported(officer, row("都匀水库"))
    client = api(officer)

    listed = client.get(f"{V1}/submissions/").json()["results"]
    undone = client.post(f"{V1}/submissions/{submission.pk}/undo/")
    again = client.post(f"{V1}/submissions/{submission.pk}/undo/")

    assert [item["waiting"] for item in listed] == [1]
    assert (undone.status_code, undone.json()["state"]) == (200, "UNDONE")
    assert (again.status_code, again.json()["code"]) == (409, "submission_already_undone")


# --- screening --------------------------------------------------------------------------------------


def waiting(name: str = "都匀抽水蓄能电站") -> Project:
    return ProjectFactory(name=name, submitted=True, track="")


def test_the_queue_proposes_a_track(api, section):
    waiting()

    [found] = api(section).get(f"{V1}/screening/").json()["results"]

    assert found["proposed_track"] == "single_site"


def test_adopting_numbers_the_project_and_opens_its_steps(api, section):
    project = waiting()

    response = api(section).post(f"{V1}/screening/{project.pk}/adopt/", {"track": "batch"}, format="json")

    assert (response.status_code, response.json()["number"]) == (200, "5227-2026-0001")
    assert project.steps.exists()


def test_adopting_twice_is_refused(api, section):
    project, client = waiting(), api(section)
    client.post(f"{V1}/screening/{project.pk}/adopt/", {"track": "batch"}, format="json")

    response = client.post(f"{V1}/screening/{project.pk}/adopt/", {"track": "batch"}, format="json")

    assert (response.status_code, response.json()["code"]) == (409, "project_not_waiting")


def test_returning_and_merging(api, section):
    first, second, target = waiting("甲"), waiting("乙"), ProjectFactory()
    client = api(section)

    returned = client.post(f"{V1}/screening/{first.pk}/return/", {"reason": "缺立项"}, format="json")
    merged = client.post(f"{V1}/screening/{second.pk}/merge/", {"target": target.pk}, format="json")

    assert returned.json()["status"] == "RETURNED"
    assert (merged.json()["status"], merged.json()["merged_into"]) == ("MERGED", target.pk)


@pytest.mark.parametrize("role", ["county", "department", "leader"])
def test_only_the_bureau_screens(api, people, role):
    response = api(people[role]).get(f"{V1}/screening/")

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


def test_the_preview_is_json_to_the_last_value(api, officer):
    imported(officer, row("都匀水库", total=12.5))

    found = send(api(officer), workbook(row("都匀水库", total=13))).json()

    assert json.loads(json.dumps(found))["rows"][0]["changes"] == [
        {"field": "total_m2", "label": "总面积", "before": "12.5 公顷", "after": "13 公顷"}
    ]
    assert Submission.objects.count() == 1
