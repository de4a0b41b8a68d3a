"""The office's dated rules and people's word on what they propose, over the API."""

from __future__ import annotations

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from projects.models import ApprovalRule, Confirmation, MaturityCriterion, SitingItem, SitingSetting
from tests.factories import ProjectFactory

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


def send(client: APIClient, address: str, **said: object):
    return client.post(f"{V1}/{address}/", said, format="json")


# --- rules ----------------------------------------------------------------------------------------

CRITERION = {"step_code": "A03", "label": "用地预审已批复", "points": 35, "effective_from": "2026-12-01"}
RULE = {
    "key": "guizhou-batch",
    "position": 50,
    "figure": "ARABLE",
    "over_ha": "35",
    "level": "PROVINCE",
    "clause": "土地管理法第四十六条",
    "effective_from": "2026-12-01",
}
ITEM = {
    "code": "noise",
    "kind": "COMPLIANCE",
    "name": "噪声敏感区",
    "position": 90,
    "effective_from": "2026-12-01",
}
SETTING = {
    "industrial_words": "工业、制造",
    "standard_area": "PARKS",
    "standard_share_percent": 80,
    "effective_from": "2026-12-01",
}


def test_a_criterion_counts_differently_from_a_day_on(api, sysadmin):
    answer = send(api(sysadmin), "maturity-criteria", **CRITERION)

    assert answer.status_code == 201
    newest = MaturityCriterion.objects.filter(step_code="A03").latest("effective_from")
    assert (newest.points, newest.label) == (35, "用地预审已批复")
    found = api(sysadmin).get(f"{V1}/maturity-criteria/").json()
    assert {"A03"} < {each["step_code"] for each in found}


def test_a_criterion_of_the_past_is_refused(api, sysadmin):
    answer = send(api(sysadmin), "maturity-criteria", **CRITERION | {"effective_from": "2026-11-19"})

    assert (answer.status_code, answer.json()["code"]) == (409, "list_day_out_of_order")


def test_the_forms_complaints_name_their_fields(api, sysadmin):
    answer = send(api(sysadmin), "maturity-criteria", **CRITERION | {"step_code": "step 3"})

    assert (answer.status_code, list(answer.json()["facts"])) == (400, ["step_code"])


def test_a_row_of_the_table_of_levels_is_revised_and_ended(api, sysadmin):
    revised = send(api(sysadmin), "approval-rules", **RULE)
    ended = send(api(sysadmin), "approval-rules/guizhou-batch/end", effective_to="2027-01-01")
    again = send(api(sysadmin), "approval-rules/guizhou-batch/end", effective_to="2027-02-01")

    assert (revised.status_code, revised.json()["over_m2"]) == (201, 350_000)
    assert ended.json()["effective_to"] == "2027-01-01"
    assert (again.status_code, again.json()["code"]) == (409, "setting_out_of_order")
    versions = ApprovalRule.objects.filter(key="guizhou-batch").order_by("version")
    assert [str(row.effective_to) for row in versions][-2:] == ["2026-12-01", "2027-01-01"]


def test_an_item_of_siting_is_added_and_ended(api, sysadmin):
    added = send(api(sysadmin), "siting-items", **ITEM)
    ended = send(api(sysadmin), "siting-items/noise/end", effective_to="2027-01-01")
    unknown = send(api(sysadmin), "siting-items", **ITEM | {"kind": "WISH"})

    assert (added.status_code, ended.status_code) == (201, 200)
    assert str(SitingItem.objects.get(code="noise").effective_to) == "2027-01-01"
    assert (unknown.status_code, list(unknown.json()["facts"])) == (400, ["kind"])


def test_the_words_of_siting_are_set_from_a_day_on(api, sysadmin):
    answer = send(api(sysadmin), "siting-settings", **SETTING)
    twice = send(api(sysadmin), "siting-settings", **SETTING)

    assert (answer.status_code, twice.status_code) == (201, 409)
    assert SitingSetting.objects.latest("effective_from").standard_share_percent == 80
    assert api(sysadmin).get(f"{V1}/siting-settings/").json()[0]["effective_from"] == "2026-12-01"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("maturity-criteria", CRITERION),
        ("approval-rules", RULE),
        ("approval-rules/guizhou-batch/end", {"effective_to": "2027-01-01"}),
        ("siting-items", ITEM),
        ("siting-items/pbf-line/end", {"effective_to": "2027-01-01"}),
        ("siting-settings", SETTING),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_officer_reads_the_rules_and_does_not_write_them(api, officer, address, said):
    assert send(api(officer), address, **said).status_code == 403
    assert api(officer).get(f"{V1}/{address.split('/')[0]}/").status_code == 200


# --- a person's word ------------------------------------------------------------------------------


def proposals(client: APIClient, project) -> dict:
    return client.get(f"{V1}/land/{project.pk}/").json()


def test_a_level_is_confirmed_as_proposed(api, section):
    project = ProjectFactory(land={"total_m2": 100_000, "arable_m2": 20_000})
    seen = proposals(api(section), project)["proposed_level"]["level"]

    answer = send(api(section), f"confirmations/{project.pk}/level", seen=seen, chosen=seen)

    assert (answer.status_code, answer.json()["chosen"]) == (201, seen)
    project.refresh_from_db()
    assert project.approval_level == seen
    [kept] = api(section).get(f"{V1}/confirmations/{project.pk}/").json()
    assert (kept["kind"], kept["rule"] is not None) == ("LEVEL", True)


def test_another_level_than_proposed_needs_its_reason(api, section):
    project = ProjectFactory(land={"total_m2": 100_000, "arable_m2": 20_000})
    seen = proposals(api(section), project)["proposed_level"]["level"]
    other = "STATE_COUNCIL" if seen != "STATE_COUNCIL" else "PROVINCE"
    address = f"confirmations/{project.pk}/level"

    refused = send(api(section), address, seen=seen, chosen=other)
    stale = send(api(section), address, seen=other, chosen=other)
    done = send(api(section), address, seen=seen, chosen=other, reason="部省会商")

    assert (refused.status_code, refused.json()["code"]) == (409, "reason_for_difference")
    assert (stale.status_code, stale.json()["code"]) == (409, "rule_changed_meanwhile")
    assert done.json()["reason"] == "部省会商"


def test_a_track_is_confirmed_and_opens_the_steps(api, dispatcher):
    project = ProjectFactory()
    seen = proposals(api(dispatcher), project)["proposed_track"]

    answer = send(
        api(dispatcher), f"confirmations/{project.pk}/track", seen=seen, chosen="batch", reason="批次组卷"
    )

    assert answer.status_code == 201
    assert api(dispatcher).get(f"{V1}/steps/?project={project.pk}").json()["results"]


def test_who_may_not_and_who_does_not_see(api, officer, stranger):
    project = ProjectFactory()

    def confirm(user: User) -> int:
        said = {"seen": "", "chosen": "batch"}
        return send(api(user), f"confirmations/{project.pk}/track", **said).status_code

    assert (confirm(officer), confirm(stranger)) == (403, 404)
    assert api(stranger).get(f"{V1}/confirmations/{project.pk}/").status_code == 404
    assert not Confirmation.objects.exists()
