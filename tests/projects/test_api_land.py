"""Land, site and new projects over the API: the same checks, the same words, strangers find nothing."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from papers.models import Paper
from projects.models import LadderAnswer, LandShare, Project, Siting
from tests.factories import ProjectFactory
from tests.papers import files

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


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


def land(browser, project):
    return browser.get(reverse("land-detail", args=[project.pk])).json()


def test_figures_are_written_in_mu_and_read_in_square_metres(as_user, officer):
    browser, project = as_user(officer), ProjectFactory()
    data = {
        "seen_at": land(browser, project)["seen_at"],
        "area_unit": "mu",
        "figures": {"total_m2": "588.31", "arable_m2": None, "supp_grain_kg": "1200"},
    }

    response = browser.patch(reverse("land-detail", args=[project.pk]), data, **JSON)

    assert response.status_code == 200
    found = response.json()
    assert (found["figures"]["total_m2"], found["figures"]["arable_m2"]) == (392_207, None)
    assert found["figures"]["supp_grain_kg"] == 1_200
    assert found["entered"]["total_m2"] == {"value": "588.310000", "unit": "mu"} or found["entered"][
        "total_m2"
    ] == {"value": "588.31", "unit": "mu"}
    assert found["proposed_level"]["clause"]


def test_contradictions_are_refused_with_their_fields(as_user, section):
    browser, project = as_user(section), ProjectFactory(land={"total_m2": 10_000})
    data = {
        "seen_at": land(browser, project)["seen_at"],
        "area_unit": "ha",
        "figures": {"arable_m2": "2"},
    }

    response = browser.patch(reverse("land-detail", args=[project.pk]), data, **JSON)
    unknown = browser.patch(
        reverse("land-detail", args=[project.pk]), data | {"figures": {"moon_m2": "1"}}, **JSON
    )

    assert response.status_code == 409
    assert response.json()["code"] == "areas_disagree"
    assert unknown.status_code == 400


def test_land_is_split_among_counties(as_user, section, stranger):
    browser, project = as_user(section), ProjectFactory(land={"total_m2": 66_667})
    data = {
        "seen_at": land(browser, project)["seen_at"],
        "area_unit": "mu",
        "shares": [
            {"organisation": "522701", "areas": {"total_m2": "50"}},
            {"organisation": "522725", "areas": {"total_m2": "50"}},
        ],
    }

    response = browser.put(reverse("land-shares", args=[project.pk]), data, **JSON)

    assert response.status_code == 200
    assert sum(LandShare.objects.values_list("total_m2", flat=True)) == 66_667
    assert as_user(stranger).get(reverse("land-detail", args=[project.pk])).status_code == 200


def test_a_project_is_made_and_changed(as_user, officer):
    browser = as_user(officer)
    made = browser.post(
        reverse("project-entry-list"),
        {"name": "都匀市滨江路", "list_category": "PROVINCIAL", "areas": {"total_m2": "30"}},
        **JSON,
    )
    again = browser.post(reverse("project-entry-list"), {"name": "都匀市滨江路"}, **JSON)
    data = {"seen_at": made.json()["seen_at"], "remark": "已缴款", "planned_start": "2026年第四季度"}

    changed = browser.patch(reverse("project-entry-detail", args=[made.json()["project"]]), data, **JSON)

    project = Project.objects.get()
    assert (made.status_code, again.status_code, changed.status_code) == (201, 409, 200)
    assert (project.list_category, project.remark, project.status) == ("PROVINCIAL", "已缴款", "SUBMITTED")
    assert project.planned_start_on is not None
    assert project.land.total_m2 == 20_000


def say(browser, project, verb, **data):
    return browser.post(reverse("siting-act", args=[project.pk, verb]), data, **JSON)


def test_a_site_is_decided_over_the_api(as_user, section):
    browser, project = as_user(section), ProjectFactory()
    say(browser, project, "begin", place="绿茵湖街道")

    empty = say(browser, project, "decide")
    done = say(browser, project, "decide", outcome="IMPOSSIBLE", reason="压占红线", decided_on="2026-11-20")

    assert empty.status_code == 400
    assert "outcome" in empty.json()["facts"]
    assert done.status_code == 200
    assert "重新选址" in done.json()["follow_up"]
    assert Siting.objects.get().outcome == "IMPOSSIBLE"


def test_a_rung_takes_its_file_by_multipart(as_user, officer):
    from django.core.files.uploadedfile import SimpleUploadedFile

    browser, project = as_user(officer), ProjectFactory()
    data = {
        "code": "in-park",
        "answer": "MET",
        "reason": "已入园",
        "answered_on": "2026-11-20",
        "met_unit": "mu",
    }

    bare = browser.post(reverse("siting-act", args=[project.pk, "rung"]), data)
    proven = browser.post(
        reverse("siting-act", args=[project.pk, "rung"]),
        data | {"file": SimpleUploadedFile("园.pdf", files.pdf())},
    )

    assert (bare.status_code, bare.json()["code"]) == (409, "evidence_missing")
    assert proven.status_code == 200
    assert LadderAnswer.objects.get().evidence == Paper.objects.get()


def test_the_tables_of_rules_are_lists(as_user, officer):
    browser = as_user(officer)

    rules = browser.get(reverse("approval-rule-list")).json()
    items = browser.get(reverse("siting-item-list")).json()

    assert {"guizhou-batch", "pbf"} <= {row["key"] for row in rules}
    assert {"in-park", "eco-redline"} <= {row["code"] for row in items}


@pytest.mark.parametrize("name", ["land-detail", "siting-detail"])
def test_a_stranger_finds_no_project(as_user, stranger, name):
    project = ProjectFactory()

    assert as_user(stranger).get(reverse(name, args=[project.pk])).status_code == 404
