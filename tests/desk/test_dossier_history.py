"""The history: every row of a project, before and after, by whom, put together by request."""

from __future__ import annotations

from datetime import date

import pghistory
import pytest
import time_machine
from django.urls import reverse

from audit.services import record
from desk.dossier_history import project_history
from projects.models import LandShare, Link, Project
from projects.services.comments import comment
from projects.services.verification import verify_unchanged
from tests.factories import ProjectFactory, organisation
from tests.papers.test_papers import attached
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=True):
        yield


@pytest.fixture
def project() -> Project:
    return ProjectFactory(name="都匀市抽水蓄能电站")


def noted(actor, project, verb="project.updated", **facts):
    return record(actor=actor, verb=verb, subject=project, project_id=project.pk, facts=facts)


def changes_of(project):
    return [
        (change.field, change.old, change.new)
        for entry in project_history(project).entries
        for change in entry.changes
    ]


def test_what_one_request_did_stands_together(section, project):
    with pghistory.context():
        noted(section, project)
        Project.objects.filter(pk=project.pk).update(owner_unit="黔南水投公司")
        attached(section, project)
    noted(section, project, verb="project.classed")

    classed, together = project_history(project).entries

    assert classed.action == "确定项目类别"
    assert together.action == "更新项目信息；上传附件 用地预审批复"
    assert [(c.field, c.new) for c in together.changes] == [("建设单位", "黔南水投公司")]
    assert "文件 批复.pdf" in together.reason


def test_a_change_goes_to_its_own_request_even_when_another_is_logged_first(section, officer, project):
    with pghistory.context():
        Project.objects.filter(pk=project.pk).update(owner_unit="黔南水投公司")
        with_change = noted(section, project)
    noted(officer, project)

    quiet, changed = project_history(project).entries

    assert quiet.changes == []
    assert (changed.actor, changed.changes[0].new) == (section.label, "黔南水投公司")
    assert with_change.request_id is not None


def test_land_and_shares_show_old_and_new(section, project):
    with pghistory.context():
        project.land.total_m2 = 123_400
        project.land.save(update_fields=["total_m2"])
        share = LandShare.objects.create(project=project, organisation=organisation("522701"), total_m2=1_000)
        share.total_m2 = 2_000
        share.save(update_fields=["total_m2"])
        noted(section, project)

    found = changes_of(project)

    assert ("用地总面积", "0.1000 公顷（1.50 亩）", "0.2000 公顷（3.00 亩）") in found
    assert any(field == "用地总面积" and new == "12.3400 公顷（185.10 亩）" for field, _, new in found)
    assert ("县市", "", organisation("522701").name) in found


def test_a_new_link_is_told_with_its_kind(section, project):
    with pghistory.context():
        Link.objects.create(
            project=project,
            kind=Link.Kind.LEAD_OFFICE,
            organisation=organisation("522700-ZRZY"),
            from_on=TODAY,
            entered_by=section,
        )
        noted(section, project, verb="link.assigned")

    assert ("主办部门 单位", "", organisation("522700-ZRZY").name) in changes_of(project)


def test_sums_of_money_are_grouped(section, project):
    with pghistory.context():
        Project.objects.filter(pk=project.pk).update(investment_yuan="8640000000.00")
        noted(section, project)

    assert ("总投资（万元）", "", "864,000.00") in changes_of(project)


def test_words_and_verifications_stand_in_the_history(officer, project):
    comment(actor=officer, project=project, text="林地手续尚在补正。")
    verify_unchanged(actor=officer, project=project, today=TODAY)

    verified, said = project_history(project).entries

    assert (verified.action, said.action) == ("核实无变化", "发表意见")
    assert "林地手续尚在补正。" in said.reason


def test_outside_of_requests_a_change_goes_to_the_next_entry_about_the_project(section, project):
    with time_machine.travel("2100-01-01T10:00:00+08:00", tick=False):
        Project.objects.filter(pk=project.pk).update(owner_unit="黔南水投公司")
        noted(section, project)

    assert ("建设单位", "", "黔南水投公司") in changes_of(project)


def test_requests_of_real_pages_carry_their_id(client, officer, project):
    client.force_login(officer)

    client.post(reverse("projects:verify", args=[project.pk]))
    client.post(reverse("projects:note", args=[project.pk]), {"note": "已送审"})

    assert len(project_history(project).entries) == 2


def test_the_history_costs_the_same_however_long(section, project):
    noted(section, project)
    short = queries_of(lambda: project_history(project))
    for place in range(20):
        Project.objects.filter(pk=project.pk).update(owner_unit=f"单位{place}")
        noted(section, project)

    assert queries_of(lambda: project_history(project)) == short == 17
