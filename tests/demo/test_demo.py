from __future__ import annotations

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from accounts.models import Tenure, User
from approvals.document_selectors import year_figures
from approvals.expropriation_selectors import expropriation_funds
from approvals.models import (
    BatchProject,
    Decision,
    Expropriation,
    LandDocument,
    Step,
    Supply,
)
from audit.models import Entry
from consultations.models import Carried, Minutes, Topic
from deadlines.models import Deadline
from deadlines.published import published_calendar
from deadlines.sweep import deadline_drift
from demo import building
from demo.lives import Limits, life_of
from demo.prefecture import COUNTY_POSTS, Fate, Standing, plans
from desk.both_sides import both_sides
from desk.leader import leader_page
from desk.seven import seven_panels
from dispatch.models import AppraisalScore, CircularCopy, Package, Reminder, Round
from dispatch.selectors.appraisal import update_lags
from duties.models import SupervisionLetter, Task
from opinions.models import Request
from papers.models import Paper
from projects.models import (
    AnnualListVersion,
    Comment,
    DuplicatePair,
    FileStop,
    Link,
    PlanVersion,
    Project,
    Push,
    WindowDuty,
)
from quotas.models import CountyEntry, PendingDeduction, SupplyLink
from tests.factories import organisation

TODAY = date(2026, 11, 20)
UNITS = {unit: name for name, unit in COUNTY_POSTS}


def test_the_same_year_draws_the_same_projects():
    assert list(plans(units=UNITS, year=2026)) == list(plans(units=UNITS, year=2026))
    later = list(plans(units=UNITS, year=2028))
    assert list(plans(units=UNITS, year=2026)) != later
    assert not [plan for plan in later if "2026" in plan.planned_start or "2027" in plan.planned_start]


def test_there_are_some_180_projects_in_every_standing():
    drawn = list(plans(units=UNITS, year=2026))

    assert len(drawn) == 182
    assert {plan.standing for plan in drawn if plan.fate is Fate.ADOPTED} == set(Standing)
    assert len({plan.code for plan in drawn}) == len({plan.name for plan in drawn}) == 182


def test_the_classes_of_land_add_up():
    for plan in plans(units=UNITS, year=2026):
        parts = plan.arable_ha + plan.forest_ha + plan.other_agri_ha + plan.construction_ha
        assert parts == plan.total_ha
        assert min(plan.other_agri_ha, plan.forest_ha) >= 0


def test_a_life_runs_forward_on_working_days_and_ends_by_today():
    calendar = published_calendar(last_year=2027)
    for plan in plans(units=UNITS, year=2026):
        life = life_of(plan, today=TODAY, calendar=calendar, limits={plan.milestone: Limits(20, True)})
        for passage in life:
            assert calendar.is_working(passage.accepted)
            assert passage.accepted <= (passage.decided or TODAY) <= TODAY
        assert sum(passage.decided is None for passage in life) <= 1


@pytest.mark.django_db
def test_one_county_is_built_through_the_services_and_its_clocks_hold():
    cast, logins = building.people()
    county = "522701"
    small = building.Cast(cast.dispatcher, cast.section, {county: cast.county[county]}, cast.by_organisation)

    building.build(cast=small, today=TODAY, say=lambda text: None)

    assert {login.role for login in logins} == set(User.Role.labels) - {User.Role.NONE.label}
    # 14 handed in before the year's list, 2 in the open window, 1 by the department.
    assert Project.objects.count() == 17
    assert set(Project.objects.values_list("organisation__code", flat=True)) == {county}
    assert Step.objects.filter(status=Step.Status.DONE).count() == Decision.objects.count() > 20
    assert Deadline.objects.open().with_lamp(TODAY).filter(lamp="red").exists()
    assert list(deadline_drift(today=TODAY)) == []
    assert Entry.objects.filter(verb="step.accepted").exists()
    assert AnnualListVersion.objects.filter(published_on=TODAY).exists()
    assert PlanVersion.objects.get().lines.exists()
    assert {"ANSWERED", "LAPSED", "SENT"} <= set(Request.objects.values_list("state", flat=True))
    assert set(Task.objects.values_list("state", flat=True)) >= {
        *("ISSUED", "ACCEPTED", "RUNNING", "REPORTED", "VERIFIED", "RETURNED")
    }
    assert set(SupervisionLetter.objects.values_list("state", flat=True)) == {"SENT", "REPLIED"}
    assert {duty.answer for duty in WindowDuty.objects.all()} >= {"LIST"}
    assert DuplicatePair.objects.filter(state="PROPOSED").exists()
    assert Link.objects.filter(kind=Link.Kind.LEAD_OFFICE).exists()
    assert set(Push.objects.values_list("state", flat=True)) >= {"PUSHED", "RECEIVED"}
    assert Paper.objects.exists()
    assert Comment.objects.filter(is_directive=True).exists()
    assert FileStop.objects.current().filter(level="PROVINCE").exists()
    assert Tenure.objects.filter(post__council_seats__isnull=True).exists()
    # Last quarter's meeting with its minutes; what is unfinished stands on the agenda of the next.
    assert Minutes.objects.get().state == Minutes.State.ISSUED
    assert Carried.objects.filter(item__meeting__state="PLANNED", times=2).exists()
    assert {"DONE", "ON_AGENDA"} <= set(Topic.objects.values_list("state", flat=True))
    assert Round.objects.filter(kind="WEEK", frozen_at__isnull=False).count() == 2
    assert Package.objects.get().files.count() > 4
    assert CircularCopy.objects.filter(read_at__isnull=False).count() == 1
    assert AppraisalScore.objects.filter(kind="COUNTY").exists()
    assert Reminder.objects.filter(skipped="").exists()
    to_heads = Reminder.objects.filter(stage__startswith="HEAD:", recipient__username__endswith="-fzr")
    assert to_heads.exclude(reason__contains="改送").exists()
    [(lag, listed)] = update_lags(TODAY, prefecture=organisation("522700").path).values()
    assert lag > 7 < listed == Project.objects.adopted().count()
    _assert_land_is_recorded(cast.section)
    _assert_no_page_is_empty(cast)


def _assert_no_page_is_empty(cast: building.Cast) -> None:
    """The pool's books, what the bureau has set up, the floors, and the leader's own page."""
    assert CountyEntry.objects.filter(act="ALLOCATED").exists()
    assert SupplyLink.objects.count() == PendingDeduction.objects.count() == 1
    assert {panel.word for panel in seven_panels(actor=cast.section, today=TODAY)} == {"已建立"}
    sides = both_sides(actor=cast.section, today=TODAY)
    assert all(kpi.value != "未登记" for kpi in sides.kept)
    assert sides.growth[-1].value > "0"
    page = leader_page(actor=cast.by_organisation["juzhang"], today=TODAY)
    assert [row.name for row in page.counties] == ["都匀市"]
    assert page.projects


def _assert_land_is_recorded(section: User) -> None:
    documents = LandDocument.objects.all()
    assert {"LAND", "FOREST", "PREEXAM", "ADVANCE", "TEMPORARY"} <= set(
        documents.values_list("kind", flat=True)
    )
    approvals = documents.filter(kind="LAND")
    assert all(number.startswith("黔府用地函〔") for number in approvals.values_list("number", flat=True))
    assert approvals.filter(areas__approved_total_m2__lt=F("areas__applied_total_m2")).exists()
    assert approvals.filter(paper__isnull=False).exists()
    assert documents.get(kind="TEMPORARY").restoration.is_open
    assert documents.get(kind="ADVANCE").validity.dependent_is_open
    assert BatchProject.objects.count() == approvals.filter(batch__isnull=False).count() == 2
    assert year_figures(actor=section, year=TODAY.year, as_of=TODAY).whole.land_m2 > 0
    farthest, midway, begun = Expropriation.objects.order_by("pk")
    assert farthest.acts.count() > midway.acts.count() > begun.acts.count() > 0
    assert expropriation_funds(farthest.project_id).is_sufficient
    assert "尚缺预存" in expropriation_funds(midway.project_id).problems[0]
    assert {row.way for row in Supply.objects.all()} == {"AUCTION", "ALLOCATION"}


@pytest.mark.django_db
def test_the_demo_is_not_built_in_production(settings):
    settings.IN_PRODUCTION = True

    with pytest.raises(CommandError, match="production"):
        call_command("seed_demo")

    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_demo_is_not_built_among_real_people(officer):
    with pytest.raises(CommandError, match="已有用户"):
        call_command("seed_demo")

    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("marks", "stage"),
    [
        ([], building.Stage.EMPTY),
        ([building.BEGUN], building.Stage.HALF),
        ([building.BEGUN, building.BUILT], building.Stage.BUILT),
    ],
)
def test_an_interrupted_build_is_told_from_a_finished_one(marks, stage):
    for mark in marks:
        building.mark(mark)

    assert building.stage() is stage
