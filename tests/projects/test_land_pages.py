"""The pages of a project's land: typed in any unit, checked while typing, split among counties."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from projects.models import LandShare, Project
from tests.factories import ProjectFactory, organisation

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


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


def typed(browser, project, unit="mu"):
    """What the page would send, unchanged."""
    page = browser.get(reverse("projects:land", args=[project.pk]), {"unit": unit})
    form = page.context["form"]
    return {bound.html_name: bound.value() for bound in form if bound.value() is not None}


def test_a_figure_typed_in_mu_shows_as_typed(as_user, officer):
    browser, project = as_user(officer), ProjectFactory(land={"total_m2": 10_000})
    data = typed(browser, project) | {"total_m2": "100"}

    response = browser.post(reverse("projects:land", args=[project.pk]), data)

    assert response.status_code == 302
    land = Project.objects.get().land
    assert (land.total_m2, land.entered["total_m2"]) == (66_667, {"value": "100", "unit": "mu"})
    tab = browser.get(response.url).content.decode()
    assert "100 亩" in tab
    assert "6.6667" in tab
    assert typed(browser, project)["total_m2"] == 100


def test_looking_in_another_unit_changes_nothing(as_user, officer):
    browser, project = as_user(officer), ProjectFactory(land={"total_m2": 66_667})
    entered = {"total_m2": {"value": "100", "unit": "mu"}}
    project.land.entered = entered
    project.land.save(update_fields=["entered"])

    browser.post(
        reverse("projects:land", args=[project.pk]), typed(browser, project, "ha") | {"temp_m2": "1"}
    )

    land = Project.objects.get().land
    assert (land.total_m2, land.temp_m2) == (66_667, 10_000)
    assert land.entered["total_m2"] == entered["total_m2"]
    assert land.entered["temp_m2"]["unit"] == "ha"


def test_square_metres_stay_whole(as_user, section):
    browser, project = as_user(section), ProjectFactory()

    browser.post(
        reverse("projects:land", args=[project.pk]), typed(browser, project, "m2") | {"temp_m2": "333"}
    )

    assert Project.objects.get().land.temp_m2 == 333


def test_typing_is_checked_without_storing(as_user, section):
    browser, project = as_user(section), ProjectFactory(land={"total_m2": 10_000})
    data = typed(browser, project, "ha") | {"arable_m2": "35.5", "total_m2": "40", "pbf_m2": "0"}

    part = browser.get(reverse("projects:land", args=[project.pk]), data, **HTMX).content.decode()

    assert "<html" not in part
    assert "国务院" in part
    assert "超过 35.0000 公顷" in part
    assert Project.objects.get().land.total_m2 == 10_000


def test_a_checked_address_is_a_page_of_its_own(as_user, section):
    browser, project = as_user(section), ProjectFactory(land={"total_m2": 10_000})
    data = typed(browser, project, "ha") | {"arable_m2": "2"}

    page = browser.get(reverse("projects:land", args=[project.pk]), data).content.decode()

    assert "<html" in page
    assert "耕地大于总面积" in page


def test_a_refusal_keeps_what_was_typed(as_user, section):
    browser, project = as_user(section), ProjectFactory(land={"total_m2": 10_000})
    data = typed(browser, project, "ha") | {"arable_m2": "2.5"}

    response = browser.post(reverse("projects:land", args=[project.pk]), data)

    assert response.status_code == 422
    assert 'value="2.5"' in response.content.decode()
    assert "耕地大于总面积" in response.content.decode()


def test_letters_are_no_area(as_user, section):
    browser, project = as_user(section), ProjectFactory()

    response = browser.post(
        reverse("projects:land", args=[project.pk]), typed(browser, project) | {"total_m2": "很多"}
    )

    assert response.status_code == 422


# --- split ----------------------------------------------------------------------------------------


def split_data(project, *rows, unit="mu", seen_at=None):
    data = {
        "share-TOTAL_FORMS": str(len(rows)),
        "share-INITIAL_FORMS": "0",
        "seen_at": (seen_at or project.updated_at).isoformat(),
        "unit": unit,
    }
    for place, (code, total) in enumerate(rows):
        data |= {f"share-{place}-unit_code": code, f"share-{place}-total_m2": total}
    return data


def test_a_project_across_two_counties_is_split_and_both_see_it(as_user, section, stranger):
    project = ProjectFactory(land={"total_m2": 66_667, "arable_m2": None})
    address = reverse("projects:land-split", args=[project.pk])
    assert not Project.objects.visible_to(stranger).exists()

    response = as_user(section).post(address, split_data(project, ("522701", "50"), ("522725", "50")))

    assert response.status_code == 302
    assert sum(LandShare.objects.values_list("total_m2", flat=True)) == 66_667
    assert Project.objects.visible_to(stranger).get() == project
    tab = as_user(stranger).get(f"{project.get_absolute_url()}?tab=land")
    assert tab.status_code == 200
    assert "50 亩" in tab.content.decode()


def test_a_split_that_does_not_add_up_is_refused_with_its_input(as_user, section):
    project = ProjectFactory(land={"total_m2": 66_667})

    response = as_user(section).post(
        reverse("projects:land-split", args=[project.pk]),
        split_data(project, ("522701", "50"), ("522725", "51")),
    )

    assert response.status_code == 422
    page = response.content.decode()
    assert "不一致" in page
    assert "项目面积（亩）" in page[page.index("<tfoot>") :]  # in the unit of the columns above it
    assert "100.00" in page[page.index("<tfoot>") :]
    assert 'value="51"' in response.content.decode()
    assert not LandShare.objects.exists()


def test_a_county_of_another_prefecture_is_not_offered(as_user, section):
    project = ProjectFactory(land={"total_m2": 66_667})

    response = as_user(section).post(
        reverse("projects:land-split", args=[project.pk]),
        split_data(project, ("522701", "50"), ("540102", "50")),
    )

    assert response.status_code == 422


def test_taking_all_away_makes_it_one_countys_again(as_user, section, stranger):
    project = ProjectFactory(land={"total_m2": 20_000})
    for code in ("522701", "522725"):
        LandShare.objects.create(project=project, organisation=organisation(code), total_m2=10_000)

    as_user(section).post(reverse("projects:land-split", args=[project.pk]), split_data(project))

    assert not LandShare.objects.exists()
    assert not Project.objects.visible_to(stranger).exists()


@pytest.mark.parametrize("status", ["SUBMITTED", "SCREENED", "REPORTED", "RETURNED"])
def test_a_neighbour_does_not_see_what_is_not_adopted(stranger, officer, status):
    project = ProjectFactory(submitted=True, land={"total_m2": 20_000})
    project.status = status
    project.screening_reason = "补充"
    project.save(update_fields=["status", "screening_reason"])
    for code in ("522701", "522725"):
        LandShare.objects.create(project=project, organisation=organisation(code), total_m2=10_000)

    assert not Project.objects.visible_to(stranger).exists()
    assert not LandShare.objects.visible_to(stranger).exists()
    assert Project.objects.visible_to(officer).exists()


# --- level and track ------------------------------------------------------------------------------


def confirm(browser, name, project, **data):
    address = reverse(f"desk:{name}", args=[project.pk])
    seen = browser.get(address).context["form"]["seen"].value()
    return browser.post(address, {"seen": seen, "reason": "", **data})


def test_a_level_is_confirmed_as_proposed(as_user, section):
    browser = as_user(section)
    project = ProjectFactory(track="batch", land={"total_m2": 10_000, "arable_m2": 5_000, "pbf_m2": 0})

    response = confirm(browser, "confirm-level", project, chosen="PREFECTURE")

    assert response.status_code == 302
    project.refresh_from_db()
    assert project.approval_level == "PREFECTURE"
    row = project.confirmations.get()
    assert (row.proposed, row.chosen, row.reason) == ("PREFECTURE", "PREFECTURE", "")
    assert row.rule.clause == "黔府发〔2025〕6号"
    tab = browser.get(f"{project.get_absolute_url()}?tab=land").content.decode()
    assert section.label in tab


def test_another_level_needs_a_reason(as_user, section):
    browser = as_user(section)
    project = ProjectFactory(track="batch", land={"total_m2": 10_000, "arable_m2": 5_000})

    refused = confirm(browser, "confirm-level", project, chosen="PROVINCE")
    stored = confirm(browser, "confirm-level", project, chosen="PROVINCE", reason="省级统一审批")

    assert refused.status_code == 422
    assert "没有写明理由" in refused.content.decode()
    assert stored.status_code == 302
    assert project.confirmations.get().reason == "省级统一审批"


def test_a_proposal_that_changed_meanwhile_is_shown_again(as_user, section):
    project = ProjectFactory(track="batch", land={"total_m2": 10_000, "arable_m2": 5_000})

    response = as_user(section).post(
        reverse("desk:confirm-level", args=[project.pk]), {"seen": "STATE_COUNCIL", "chosen": "PREFECTURE"}
    )

    assert response.status_code == 422
    assert "刚有变化" in response.content.decode()


def test_a_new_track_opens_the_steps_that_are_missing(as_user, section):
    browser, project = as_user(section), ProjectFactory(name="都匀高速公路", track="batch")

    response = confirm(browser, "confirm-track", project, chosen="single_site")

    assert response.status_code == 302
    project.refresh_from_db()
    assert project.track == "single_site"
    assert project.steps.exists()
    assert "公路" in project.confirmations.get().proposal


def test_a_confirmation_is_never_rewritten(as_user, section):
    from django.db import transaction
    from django.db.utils import InternalError

    browser = as_user(section)
    project = ProjectFactory(track="batch", land={"total_m2": 10_000})
    confirm(browser, "confirm-level", project, chosen="PREFECTURE")

    with pytest.raises(InternalError), transaction.atomic():
        project.confirmations.update(chosen="PROVINCE")


# --- the table ------------------------------------------------------------------------------------


def rule_data(**changes):
    return {
        "position": "50",
        "track": "batch",
        "region": "520000",
        "figure": "",
        "level": "PROVINCE",
        "clause": "某文件〔2026〕1号",
        "effective_from": "2026-11-20",
        **changes,
    }


def test_the_delegation_ends_by_a_new_version_from_a_day_on(as_user, dispatcher):
    browser = as_user(dispatcher)
    project = ProjectFactory(track="batch", land={"total_m2": 10_000, "arable_m2": 5_000})

    response = browser.post(reverse("projects:level-rule", args=["guizhou-batch"]), rule_data())

    assert response.status_code == 302
    page = browser.get(reverse("desk:confirm-level", args=[project.pk])).content.decode()
    assert "某文件〔2026〕1号" in page
    rules = browser.get(reverse("projects:level-rules")).content.decode()
    assert "黔府发〔2025〕6号" in rules


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"effective_from": "2025-09-11"}, "日期须在现行一版的生效日期"),
        ({"figure": "ARABLE"}, "没有填超过多少"),
        ({"clause": ""}, "必填"),
    ],
)
def test_a_version_that_cannot_be_is_refused(as_user, dispatcher, changes, says):
    response = as_user(dispatcher).post(
        reverse("projects:level-rule", args=["guizhou-batch"]), rule_data(**changes)
    )

    assert response.status_code == 422
    assert says in response.content.decode()


def test_a_row_is_added_and_ended(as_user, dispatcher):
    browser = as_user(dispatcher)

    browser.post(reverse("projects:level-rule-add"), rule_data(key="test-row", position="45"))
    ended = browser.post(
        reverse("projects:level-rule-end", args=["test-row"]), {"effective_to": "2026-12-01"}
    )
    again = browser.post(
        reverse("projects:level-rule-end", args=["test-row"]), {"effective_to": "2026-12-02"}
    )

    assert ended.status_code == 302
    assert again.status_code == 422


def test_an_unknown_row_is_not_found(as_user, dispatcher):
    assert as_user(dispatcher).get(reverse("projects:level-rule", args=["nothing"])).status_code == 404
