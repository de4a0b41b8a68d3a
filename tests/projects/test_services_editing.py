"""The bureau corrects a project: values kept as typed, nobody's work overwritten."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.models import Entry
from core.units import AreaUnit
from projects.land_refusals import OfficeDecides
from projects.models import LandShare, Project
from projects.refusals import (
    AreasDisagree,
    ProjectChangedMeanwhile,
    ProjectCodeTaken,
    ProjectNotEditable,
)
from projects.services.editing import EnteredArea, EnteredGrain, edit_project
from tests.factories import ProjectFactory, organisation
from tests.projects.workbooks import TODAY, code

pytestmark = pytest.mark.django_db


def edit(actor: User, project: Project, facts=None, areas=None, **options: object) -> Project:
    return edit_project(
        actor=actor,
        project_id=project.pk,
        seen_at=options.get("seen_at", project.updated_at),
        facts=facts or {},
        areas=areas or {},
        today=TODAY,
    )


def mu(value: str) -> EnteredArea:
    return EnteredArea(Decimal(value), AreaUnit.MU)


def test_a_correction_is_stored_logged_and_found(section):
    project = ProjectFactory(name="都匀水库")

    edit(section, project, {"name": "长顺水库", "owner_unit": "水投公司"})

    project.refresh_from_db()
    assert (project.name, project.owner_unit) == ("长顺水库", "水投公司")
    assert "CSSK" in project.search_text
    assert Entry.objects.get(verb="project.updated").facts["changes"]["name"] == ["都匀水库", "长顺水库"]


def test_land_typed_in_mu_shows_as_typed(section):
    project = ProjectFactory()

    edit(section, project, areas={"total_m2": mu("588.31")})

    land = Project.objects.get().land
    assert land.total_m2 == 392_207
    assert land.entered["total_m2"] == {"value": "588.31", "unit": "mu"}


def test_a_cleared_figure_is_no_longer_stated(section):
    project = ProjectFactory(land={"total_m2": 10_000, "arable_m2": 500})

    edit(section, project, areas={"arable_m2": None})

    assert Project.objects.get().land.arable_m2 is None


def test_saving_without_a_change_logs_nothing(section):
    project = ProjectFactory()

    edit(section, project, {"name": project.name})

    assert not Entry.objects.exists()


def test_a_part_is_not_larger_than_its_whole(section):
    project = ProjectFactory(land={"total_m2": 10_000})

    with pytest.raises(AreasDisagree) as refusal:
        edit(section, project, areas={"arable_m2": mu("100")})

    assert refusal.value.facts == {"fields": ["arable_m2"]}


def test_what_another_saved_meanwhile_is_not_overwritten(section, dispatcher):
    project = ProjectFactory(name="都匀水库")
    seen_at = project.updated_at
    edit(dispatcher, project, {"remark": "加急"})

    with pytest.raises(ProjectChangedMeanwhile):
        edit(section, project, {"remark": "缓办"}, seen_at=seen_at)

    assert Project.objects.get().remark == "加急"


def test_a_code_is_one_projects(section):
    ProjectFactory(name="都匀秘密工程", code=code(1))
    project = ProjectFactory()

    with pytest.raises(ProjectCodeTaken) as refusal:
        edit(section, project, {"code": code(1)})

    assert refusal.value.facts == {"code": code(1)}
    assert "秘密" not in refusal.value.message


def test_a_removed_project_is_history(section):
    project = ProjectFactory(status=Project.Status.REMOVED)

    with pytest.raises(ProjectNotEditable):
        edit(section, project, {"name": "别的"})


def test_a_county_corrects_its_own_project(officer):
    project = ProjectFactory(remark="")

    edit(officer, project, {"remark": "已缴款"}, {"total_m2": mu("30")})

    project.refresh_from_db()
    assert (project.remark, project.land.total_m2) == ("已缴款", 20_000)


def test_what_the_bureau_settled_at_adoption_a_county_does_not_change(officer):
    project = ProjectFactory(name="都匀水库")

    with pytest.raises(OfficeDecides) as refusal:
        edit(officer, project, {"name": "别的", "remark": "一并修改"})

    assert refusal.value.facts == {"fields": ["name"]}
    assert Project.objects.get().remark == ""


def test_before_adoption_a_county_changes_its_own_name(officer):
    project = ProjectFactory(submitted=True)

    assert edit(officer, project, {"name": "更名后的水库"}).name == "更名后的水库"


def test_a_department_corrects_what_it_handed_in_until_it_is_adopted(department):
    own = ProjectFactory(submitted=True, submitted_by=department.organisation)
    adopted = ProjectFactory(submitted_by=department.organisation)

    edit(department, own, {"remark": "补充"})
    with pytest.raises(PermissionDenied):
        edit(department, adopted, {"remark": "补充"})


def test_a_neighbour_with_a_share_reads_and_does_not_edit(stranger):
    project = ProjectFactory(land={"total_m2": 20_000})
    for code_of_unit in ("522701", "522725"):
        LandShare.objects.create(project=project, organisation=organisation(code_of_unit), total_m2=10_000)

    with pytest.raises(PermissionDenied):
        edit(stranger, project, {"remark": "越界"})


def test_a_leader_corrects_nothing(leader):
    with pytest.raises(PermissionDenied):
        edit(leader, ProjectFactory(), {"name": "别的"})


def test_grain_is_whole_kilograms_beside_the_areas(section):
    project = ProjectFactory()

    edit(section, project, areas={"supp_grain_kg": EnteredGrain(12_345), "supp_area_m2": mu("3")})

    land = Project.objects.get().land
    assert (land.supp_grain_kg, land.supp_area_m2) == (12_345, 2_000)
    assert set(land.entered) == {"supp_area_m2"}


def test_a_sum_typed_here_must_add_up(section):
    project = ProjectFactory(land={"total_m2": 20_000})

    with pytest.raises(AreasDisagree) as refusal:
        edit(section, project, areas={"state_m2": mu("3"), "collective_m2": mu("3")})

    assert refusal.value.facts == {"fields": ["total_m2"]}


def test_permanent_farmland_beyond_arable_is_stored(section):
    project = ProjectFactory(land={"total_m2": 20_000, "arable_m2": 2_000})

    edit(section, project, areas={"pbf_m2": mu("6")})

    assert Project.objects.get().land.pbf_m2 == 4_000


def test_a_total_does_not_leave_the_shares_behind(section):
    project = ProjectFactory(land={"total_m2": 20_000})
    for code_of_unit in ("522701", "522725"):
        LandShare.objects.create(project=project, organisation=organisation(code_of_unit), total_m2=10_000)

    with pytest.raises(AreasDisagree):
        edit(section, project, areas={"total_m2": mu("45")})

    assert Project.objects.get().land.total_m2 == 20_000


def test_what_the_database_keeps_about_shares():
    project = ProjectFactory(land={"total_m2": 20_000})
    LandShare.objects.create(project=project, organisation=organisation("522701"), total_m2=1)

    for wrong in (
        {"organisation": organisation("522701"), "total_m2": 1},
        {"organisation": organisation("522725"), "total_m2": 0},
        {"organisation": organisation("522725"), "total_m2": 1, "arable_m2": 2},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            LandShare.objects.create(project=project, **wrong)
