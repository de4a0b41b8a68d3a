"""Applications: a no always names its clause; papers, review, answers and whose turn it is."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from core.dated import SettingOutOfOrder
from deadlines.models import Deadline
from projects.models import ListScope, Project
from quotas import rules
from quotas.errors import (
    ApplicationExists,
    ApplicationOutOfOrder,
    MaterialsMissing,
    NotEligible,
    ReasonNeeded,
)
from quotas.models import Application, ApplicationOpinion, ChecklistItem, NegativeListing
from quotas.selectors.applications import check_application, proposed_lines
from quotas.services import application_settings
from quotas.services import applications as services
from quotas.services.applications import Request, Wanted
from tests.factories import UserFactory, organisation
from tests.quotas.scenes import (
    AREA,
    PADDY,
    PLAN,
    SCALE,
    TODAY,
    draft,
    farmland_request,
    hand_in_papers,
    provincial_project,
    stock,
    submitted,
)

pytestmark = pytest.mark.django_db
FARMLAND = rules.Pool.FARMLAND


def apply_for(
    officer: User, pool: rules.Pool, line: Wanted, project: Project | None = None, **more: object
) -> Application:
    application = services.draft_application(
        actor=officer,
        project_id=(project or provincial_project()).pk,
        pool=pool,
        request=Request(lines=[line], statement="缺口", **more),  # type: ignore[arg-type]
        today=TODAY,
    )
    hand_in_papers(officer, application)
    return application


def refused_slugs(officer: User, application: Application) -> list[str]:
    with pytest.raises(NotEligible) as refused:
        services.submit_application(actor=officer, application_id=application.pk, today=TODAY)
    application.refresh_from_db()
    assert application.state == "DRAFT"
    assert all("调节池办法第" in part for part in [refused.value.message])
    return list(refused.value.facts["reasons"])  # type: ignore[call-overload]


def test_an_application_lacking_papers_names_each_with_its_clause(officer: User) -> None:
    application = draft(officer)

    with pytest.raises(MaterialsMissing) as refused:
        services.submit_application(actor=officer, application_id=application.pk, today=TODAY)

    assert refused.value.facts["missing"] == ["report", "siting", "approval"]
    assert "申请报告（调节池办法第13条（一））" in refused.value.message


def test_own_quota_is_used_first(officer: User) -> None:
    stock("522701", 60_000, holder="522701")
    application = draft(officer)
    hand_in_papers(officer, application)

    assert refused_slugs(officer, application) == ["no_gap"]


def test_no_more_than_the_gap_may_be_asked(officer: User) -> None:
    stock("522701", 20_000, holder="522701")
    application = draft(officer)
    hand_in_papers(officer, application)

    assert refused_slugs(officer, application) == ["more_than_gap:20000"]


def test_more_paddy_than_area_is_refused(officer: User) -> None:
    request = Request([Wanted(AREA, 100, 100), Wanted(PADDY, 200, 200)], "缺口")
    application = draft(officer, request=request)
    hand_in_papers(officer, application)

    assert refused_slugs(officer, application) == ["more_paddy_than_area:100"]


def test_a_project_outside_the_four_kinds_is_refused_once(officer: User) -> None:
    project = provincial_project(list_category=ListScope.OTHER)
    request = Request([Wanted(AREA, 100, 100), Wanted(PADDY, 50, 50)], "缺口")
    application = draft(officer, project, request)
    hand_in_papers(officer, application)

    assert refused_slugs(officer, application) == ["not_in_categories"]


def test_a_national_project_needs_a_single_site(officer: User) -> None:
    project = provincial_project(list_category="NATIONAL", track="batch")
    application = draft(officer, project)
    hand_in_papers(officer, application)

    assert refused_slugs(officer, application) == ["national_major_requires_single_site_and_sector"]


def test_the_plan_pool_names_every_condition_that_fails(officer: User) -> None:
    stock("522701", 300, PLAN, holder="522701", period=2026)
    NegativeListing.objects.create(
        county=organisation("522701"), pool="plan", reason="未用完", listed_on=TODAY
    )
    application = apply_for(
        officer,
        rules.Pool.PLAN,
        Wanted(PLAN, 50_000, 40_000),
        disposal_target_m2=10_000,
        disposal_done_m2=9_950,
    )

    assert refused_slugs(officer, application) == [
        "provincial_major_uses_direct_quota",
        "own_quota_not_exhausted:0.0300",
        "disposal_target_not_met:99.50%",
        "on_negative_list",
    ]


def test_the_negative_list_is_a_warning_for_farmland(officer: User) -> None:
    NegativeListing.objects.create(
        county=organisation("522701"), pool="plan", reason="未用完", listed_on=TODAY
    )

    check = check_application(draft(officer), today=TODAY)

    assert check.is_eligible
    assert check.warnings == ("本县在负面清单内，审核时请注意（调节池办法第20条）。",)


def test_last_years_plan_quota_is_no_quota_of_this_year(officer: User) -> None:
    stock("522701", 300, PLAN, holder="522701", period=2025)
    project = provincial_project(list_category="PREFECTURAL")
    application = apply_for(
        officer,
        rules.Pool.PLAN,
        Wanted(PLAN, 50_000, 50_000),
        project,
        disposal_target_m2=10,
        disposal_done_m2=10,
    )

    assert check_application(application, today=TODAY).is_eligible


def test_scale_needs_a_clause(officer: User) -> None:
    application = apply_for(officer, rules.Pool.SCALE, Wanted(SCALE, 500, 500))

    assert refused_slugs(officer, application) == ["no_clause_applies"]


def test_submitting_keeps_what_the_rules_read_and_starts_the_offices_clock(officer: User) -> None:
    stock("522701", 10_000, holder="522701")

    application = submitted(officer, request=farmland_request(50_000, 40_000))

    [line] = application.lines.all()
    assert (application.state, line.own, application.categories) == (
        "SUBMITTED",
        10_000,
        ["provincial_key_plan"],
    )
    deadline = application.deadline
    assert deadline is not None
    assert (deadline.holder_organisation.code, deadline.due_on) == ("522700-ZRZY-YTGZ", date(2026, 12, 4))


def test_proposed_figures_are_the_projects_demand_less_own_quota(officer: User) -> None:
    stock("522701", 20_000, holder="522701")
    project = provincial_project()

    [line] = proposed_lines(project=project, county=organisation("522701"), pool=FARMLAND, year=2026)

    assert (line.need, line.own, line.amount) == (50_000, 20_000, 30_000)


def test_one_open_application_for_a_project_and_a_pool(officer: User) -> None:
    project = provincial_project()
    draft(officer, project)

    with pytest.raises(ApplicationExists):
        draft(officer, project)


def test_the_database_keeps_one_open_application(officer: User) -> None:
    row = draft(officer)
    row.pk = None

    with pytest.raises(IntegrityError, match="quota_application_one_open_a_pool"), transaction.atomic():
        row.save(force_insert=True)


def test_an_approval_without_its_document_is_kept_out_by_the_database(officer: User) -> None:
    row = draft(officer)

    with (
        pytest.raises(IntegrityError, match="quota_application_approval_has_its_document"),
        transaction.atomic(),
    ):
        Application.objects.filter(pk=row.pk).update(state="APPROVED")


def test_the_bureau_does_not_apply_and_a_county_does_not_review(officer: User, section: User) -> None:
    application = submitted(officer)

    with pytest.raises(PermissionDenied):
        draft(section)
    with pytest.raises(PermissionDenied):
        services.begin_review(actor=officer, application_id=application.pk, today=TODAY)


def test_a_stranger_county_does_not_find_the_application(officer: User, stranger: User) -> None:
    application = draft(officer)

    with pytest.raises(Application.DoesNotExist):
        services.submit_application(actor=stranger, application_id=application.pk, today=TODAY)


def test_the_joint_offices_are_asked_each_with_its_clock(officer: User, section: User) -> None:
    application = submitted(officer)

    services.begin_review(actor=section, application_id=application.pk, today=TODAY)

    opinions = application.opinions.select_related("organisation", "deadline").order_by("id")
    assert [row.organisation.code for row in opinions] == ["522700-FGW", "522700-GXJ", "522700-TCJ"]
    assert {row.deadline.due_on for row in opinions} == {date(2026, 11, 27)}


def test_an_office_answers_on_what_it_was_asked_and_on_nothing_else(
    officer: User, section: User, department: User
) -> None:
    application = submitted(officer)
    services.begin_review(actor=section, application_id=application.pk, today=TODAY)
    opinion = application.opinions.get(organisation__code="522700-FGW")
    asked = UserFactory(role=User.Role.DEPARTMENT, organisation=organisation("522700-FGW"))

    with pytest.raises(ApplicationOpinion.DoesNotExist):
        services.answer_opinion(
            actor=department, opinion_id=opinion.pk, verdict="AGREE", text="", today=TODAY
        )
    with pytest.raises(ReasonNeeded):
        services.answer_opinion(actor=asked, opinion_id=opinion.pk, verdict="DISAGREE", text=" ", today=TODAY)
    done = services.answer_opinion(actor=asked, opinion_id=opinion.pk, verdict="AGREE", text="", today=TODAY)

    done.refresh_from_db()
    assert (done.answered_on, done.deadline.state) == (TODAY, Deadline.State.MET)
    with pytest.raises(ApplicationOutOfOrder):
        services.answer_opinion(actor=asked, opinion_id=opinion.pk, verdict="AGREE", text="", today=TODAY)


def test_a_return_needs_its_reason_stops_every_clock_and_may_be_handed_in_again(
    officer: User, section: User
) -> None:
    application = submitted(officer)
    services.begin_review(actor=section, application_id=application.pk, today=TODAY)

    with pytest.raises(ReasonNeeded):
        services.return_application(actor=section, application_id=application.pk, reason=" ", today=TODAY)
    services.return_application(
        actor=section, application_id=application.pk, reason="缺口测算有误", today=TODAY
    )

    application.refresh_from_db()
    assert (application.state, application.answer_reason) == ("RETURNED", "缺口测算有误")
    assert not Deadline.objects.filter(stage="调节池指标", state="RUNNING").exists()
    again = services.submit_application(actor=officer, application_id=application.pk, today=TODAY)
    assert again.state == "SUBMITTED"


def test_a_later_paper_for_the_same_item_is_its_next_version(officer: User) -> None:
    from papers.services import Upload
    from tests.papers import files

    application = draft(officer)
    hand_in_papers(officer, application)
    item = ChecklistItem.objects.get(pool="farmland", code="report")

    services.attach_material(
        actor=officer,
        application_id=application.pk,
        item=item,
        upload=Upload("新报告.pdf", files.pdf(text="第二稿")),
        today=TODAY,
    )

    material = application.materials.get(item=item)
    assert (material.paper.version, application.materials.count()) == (2, 3)


def test_a_revised_checklist_applies_from_its_day(dispatcher: User) -> None:
    item = application_settings.Item("资金证明", "", "试行通知", 9, True)

    application_settings.revise_item(
        actor=dispatcher, pool="farmland", code="money", item=item, effective_from=TODAY
    )

    assert ChecklistItem.objects.in_force(TODAY).filter(code="money").exists()
    assert not ChecklistItem.objects.in_force(date(2026, 11, 19)).filter(code="money").exists()
    with pytest.raises(SettingOutOfOrder):
        application_settings.revise_item(
            actor=dispatcher, pool="farmland", code="money", item=None, effective_from=TODAY
        )


def test_a_refusal_is_shown_with_its_clause_on_the_page(officer: User, client: Client) -> None:
    stock("522701", 60_000, holder="522701")
    application = draft(officer)
    hand_in_papers(officer, application)
    client.force_login(officer)

    answer = client.post(f"/quota/applications/{application.pk}/submit/")

    assert answer.status_code == 422
    assert "没有缺口。请先使用本县指标。（调节池办法第11条）" in answer.content.decode()


def test_the_api_answers_a_refusal_with_reasons_and_clauses(officer: User, client: Client) -> None:
    stock("522701", 60_000, holder="522701")
    application = draft(officer)
    client.force_login(officer)

    check = client.get(f"/api/v1/quota-applications/{application.pk}/check/").json()

    assert check["refusals"] == [
        {
            "reason": "no_gap",
            "clause": "调节池办法第11条",
            "sentence": "补充耕地数量本县库存 6.0000 公顷，需求 5.0000 公顷，没有缺口。请先使用本县指标。",
        }
    ]
    assert check["missing_materials"] == ["申请报告", "预审选址文件", "批准、核准或备案文件"]


def test_a_draft_is_made_over_the_api(officer: User, client: Client) -> None:
    project = provincial_project()
    client.force_login(officer)
    body = {
        "project": project.pk,
        "pool": "farmland",
        "statement": "缺口",
        "lines": [{"instrument": "farmland_area", "need": 50_000, "amount": 30_000}],
    }

    answer = client.post("/api/v1/quota-applications/", body, content_type="application/json")

    assert answer.status_code == 201, answer.content
    assert answer.json()["lines"] == [
        {"instrument": "farmland_area", "need": 50_000, "amount": 30_000, "own": None}
    ]
