"""What one does with a list, over the API: views, columns, workbooks, one action on many projects."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from core import clock
from jobs.models import Job
from jobs.services import run_one
from officefiles.reading import read_workbook
from projects.models import BulkResult, BulkRun, ListExport, ListPreference, Project, SavedView, Verification
from tests.desk.promises import promise
from tests.factories import ProjectFactory, organisation
from tests.projects.test_selectors import running

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


# --- saved views ----------------------------------------------------------------------------------


def saved(client: APIClient, **more: object):
    said = {"list_name": "projects", "name": "红灯", "query": "cursor=x&unit=&lamp=red"}
    return client.post(f"{V1}/saved-views/", said | more, format="json")


def test_a_view_is_kept_as_the_page_keeps_it(api, section):
    answer = saved(api(section), is_default=True)

    assert answer.status_code == 201
    assert (answer.json()["query"], answer.json()["is_mine"]) == ("lamp=red", True)
    assert ListPreference.objects.get().default_view_id == answer.json()["id"]
    [found] = api(section).get(f"{V1}/saved-views/?list_name=projects").json()["results"]
    assert (found["name"], found["is_default"]) == ("红灯", True)
    assert api(section).get(f"{V1}/saved-views/?list_name=deadlines").json()["results"] == []


def test_a_view_is_shared_with_a_role_by_who_may(api, section, dispatcher, stranger):
    refused = saved(api(section), shared_roles=["COUNTY"])
    shared = saved(api(dispatcher), shared_roles=["COUNTY"])

    assert (refused.status_code, shared.status_code) == (403, 201)
    [found] = api(stranger).get(f"{V1}/saved-views/").json()["results"]
    assert (found["is_mine"], found["owner"]) == (False, dispatcher.label)


def test_two_views_of_one_name_are_refused(api, section):
    saved(api(section))

    answer = saved(api(section))

    assert (answer.status_code, answer.json()["code"]) == (409, "view_name_taken")
    assert answer.json()["facts"] == {"name": "红灯"}


def test_the_list_opens_with_a_view_or_whole(api, section):
    view = saved(api(section)).json()["id"]

    def opens_with(chosen: int | None, of_list: str = "projects") -> int:
        said = {"list_name": of_list, "view": chosen}
        return api(section).post(f"{V1}/saved-views/open-with/", said, format="json").status_code

    assert opens_with(view) == 204
    assert ListPreference.objects.get().default_view_id == view
    assert opens_with(None) == 204
    assert ListPreference.objects.get().default_view_id is None
    assert opens_with(view, "deadlines") == 404


def test_only_ones_own_view_is_deleted(api, section, dispatcher, stranger):
    view = saved(api(dispatcher), shared_roles=["SECTION"]).json()["id"]

    assert api(stranger).delete(f"{V1}/saved-views/{view}/").status_code == 404
    assert api(section).delete(f"{V1}/saved-views/{view}/").status_code == 404
    assert api(dispatcher).delete(f"{V1}/saved-views/{view}/").status_code == 204
    assert not SavedView.objects.exists()


# --- columns --------------------------------------------------------------------------------------


def test_the_list_carries_the_columns_that_were_asked_for(api, section):
    running(ProjectFactory(name="都匀水库", land={"total_m2": 31_731}), date(2026, 9, 1))

    [plain] = api(section).get(f"{V1}/projects/").json()["results"]
    [asked] = api(section).get(f"{V1}/projects/?cols=area,clock,unheard").json()["results"]

    assert plain["columns"] == {}
    assert set(asked["columns"]) == {"area", "clock"}
    assert asked["columns"]["area"] == [3.1731]
    assert asked["columns"]["clock"][1:] == [20, "工作日"]


def test_every_column_says_its_headings(api, section):
    columns = {column["key"]: column for column in api(section).get(f"{V1}/list-columns/").json()}

    assert len(columns["clock"]["headings"]) == 3
    assert columns["name"] == {
        "key": "name",
        "label": "项目名称",
        "headings": ["项目名称"],
        "is_default": True,
    }


@pytest.mark.parametrize("length", [1, 20])
def test_columns_cost_one_query_each_that_loads(api, section, django_assert_num_queries, length):
    for _ in range(length):
        ProjectFactory()
    client = api(section)

    with django_assert_num_queries(8):
        client.get(f"{V1}/projects/?cols=leader,verified,area")


# --- workbooks ------------------------------------------------------------------------------------


def test_a_workbook_is_asked_for_followed_and_fetched(api, section):
    ProjectFactory(name="都匀水库")
    ProjectFactory(name="瓮安水库", organisation=organisation("522725"))
    client = api(section)

    asked = client.post(
        f"{V1}/list-exports/", {"list_name": "projects", "query": "unit=522701&cols=name"}, format="json"
    )
    assert asked.status_code == 202
    assert run_one(job_id=asked.json()["job"], clock=clock.now)
    job = client.get(f"{V1}/jobs/{asked.json()['job']}/").json()
    export = client.get(f"{V1}/list-exports/{job['result']['export']}/").json()
    file = client.get(f"{V1}/list-exports/{export['id']}/file/")

    assert (export["row_count"], export["filename"]) == (1, "项目清单_20261120.xlsx")
    book = str(read_workbook(file.content, filename="x.xlsx").sheets[0].rows)
    assert "都匀水库" in book
    assert "瓮安水库" not in book


def test_the_list_of_promises_is_a_workbook_too(api, section):
    promise(project=ProjectFactory(name="甲"), started_on=date(2026, 9, 1))

    asked = api(section).post(
        f"{V1}/list-exports/", {"list_name": "deadlines", "query": "lamp=red"}, format="json"
    )
    assert run_one(job_id=asked.json()["job"], clock=clock.now)

    assert ListExport.objects.get().row_count == 1


def test_nothing_is_not_exported(api, section):
    answer = api(section).post(f"{V1}/list-exports/", {"list_name": "projects"}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_export")


def test_nobody_else_fetches_the_workbook(api, section, dispatcher):
    kept = ListExport.objects.create(
        owner=section, list_name="projects", filename="x.xlsx", row_count=1, content=b"x"
    )

    assert api(dispatcher).get(f"{V1}/list-exports/{kept.pk}/").status_code == 404
    assert api(dispatcher).get(f"{V1}/list-exports/{kept.pk}/file/").status_code == 404
    assert api(dispatcher).get(f"{V1}/list-exports/").json()["results"] == []


# --- many projects --------------------------------------------------------------------------------


def run(client: APIClient, **said: object):
    return client.post(
        f"{V1}/bulk-runs/", {"action": "industry", "facts": {"industry": "水利"}} | said, format="json"
    )


def test_actions_say_what_they_ask(api, section, leader):
    found = {each["slug"]: each for each in api(section).get(f"{V1}/bulk-actions/").json()}
    of_leader = {each["slug"] for each in api(leader).get(f"{V1}/bulk-actions/").json()}

    assert found["industry"]["asks"] == [{"name": "industry", "label": "行业", "required": True}]
    assert "industry" not in of_leader


def test_an_action_on_chosen_projects_answers_project_by_project(api, officer):
    own, other = ProjectFactory(), ProjectFactory(organisation=organisation("522725"))

    answer = run(api(officer), action="note", facts={"note": "已进场"}, ids=[own.pk, other.pk])

    assert answer.status_code == 201
    found = answer.json()
    assert (found["expected"], found["done"], found["waiting"]) == (1, 1, 0)
    [row] = api(officer).get(f"{V1}/bulk-runs/{found['id']}/results/").json()["results"]
    assert (row["project"], row["outcome"]) == (own.pk, "DONE")
    assert [(said.project_id, said.note) for said in Verification.objects.all()] == [(own.pk, "已进场")]


def test_an_action_on_all_that_a_filter_finds_needs_the_number(api, section):
    for number in range(3):
        ProjectFactory(name=f"都匀水库{number}")
    untouched = ProjectFactory(name="荔波公路", industry="交通")

    without = run(api(section), query="q=水库")
    wrong = run(api(section), query="q=水库", expected=2)
    right = run(api(section), query="q=水库", expected=3)

    assert (without.status_code, "expected" in without.json()["facts"]) == (400, True)
    assert (wrong.status_code, wrong.json()["facts"]) == (409, {"expected": 2, "found": 3})
    assert right.json()["done"] == 3
    untouched.refresh_from_db()
    assert untouched.industry == "交通"


def test_what_is_filled_in_is_checked_before_anything_is_done(api, section):
    project = ProjectFactory()

    answer = run(api(section), ids=[project.pk], facts={})

    assert (answer.status_code, list(answer.json()["facts"])) == (400, ["industry"])
    assert not BulkRun.objects.exists()


def test_who_may_not_and_what_is_not_there_is_refused(api, section, leader):
    project = ProjectFactory()

    assert run(api(leader), ids=[project.pk]).status_code == 403
    assert run(api(section), ids=[project.pk], action="vanish").json()["code"] == "bulk_action_unknown"
    assert run(api(section), ids=[project.pk + 99]).json()["code"] == "nothing_chosen"
    assert Job.objects.count() == 0


def test_a_run_and_its_results_are_ones_own(api, section, stranger):
    found = run(api(section), ids=[ProjectFactory().pk]).json()

    assert api(stranger).get(f"{V1}/bulk-runs/{found['id']}/").status_code == 404
    assert api(stranger).get(f"{V1}/bulk-runs/{found['id']}/results/").status_code == 404
    assert BulkResult.objects.count() == Project.objects.count() == 1
