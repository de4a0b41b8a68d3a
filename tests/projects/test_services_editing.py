"""The bureau corrects a project: values kept as typed, nobody's work overwritten."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from audit.models import Entry
from core.units import AreaUnit
from projects.models import Project
from projects.refusals import (
    AreasDisagree,
    ProjectChangedMeanwhile,
    ProjectCodeTaken,
    ProjectNotEditable,
)
from projects.services.editing import EnteredArea, edit_project
from tests.factories import ProjectFactory
from tests.projects.workbooks import TODAY, code


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


def test_a_county_corrects_by_a_new_list_not_here(officer):
    with pytest.raises(PermissionDenied):
        edit(officer, ProjectFactory(), {"name": "别的"})
