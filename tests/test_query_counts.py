"""Every list costs the same number of queries for one row and for twenty: pages, exports, API."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from accounts.models import Post, User
from approvals.models import Step, StepType
from approvals.rules import Gate, Statement
from approvals.services.gates import Target, set_stock_target, state_gate
from approvals.services.matters import MatterFacts, raise_matter
from approvals.services.thrift import ThriftFacts, state_thrift
from approvals.services.violations import Finding, report_violation
from audit.services import record
from consultations.services.bulletins import BulletinFacts, draft_bulletin
from deadlines.models import Deadline, Pause, PauseKind
from dispatch.services.targets import CampaignFacts, set_campaign
from duties.models import TaskBook
from duties.services.letters import urge
from duties.services.visits import (
    DutyLetterFacts,
    InspectionPlan,
    VisitFacts,
    plan_inspection,
    record_visit,
    register_duty_letter,
)
from notifications.models import Delivery
from papers.models import Paper
from papers.services import PaperOwner, Upload, attach
from projects.models import BringingIn, Project, Submission
from projects.services.comments import comment
from projects.services.following import follow
from projects.services.verification import verify_unchanged
from quotas.services.applications import begin_review
from tests.consultations.scenes import raised as raised_topic
from tests.desk.promises import promise
from tests.duties.scenes import issued as issued_task
from tests.duties.scenes import raised as raised_problem
from tests.factories import (
    JobFactory,
    MessageFactory,
    OrganisationFactory,
    ProjectFactory,
    StepFactory,
    UserFactory,
    organisation,
)
from tests.opinions.scenes import sent as sent_round
from tests.papers import files
from tests.queries import queries_of
from tests.quotas.scenes import submitted
from tests.test_routes import ROUTES, Route
from tests.world import FROZEN_TIME, NOW, TODAY, World, build_world
from tests.world_land import land_of
from tests.world_registers import build_registers

# Reference data that no test adds to, files, forms, and pages of one row.
NO_LISTS = {
    *("quotas:price-template", "quotas:fiscal-accounts"),
    *("onboarding:upload", "onboarding:people", "onboarding:rollout", "rollout-list"),
    *("quotas:opening", "quotas:supply-new", "quotas:negative-new", "quotas:policies", "quota-policy-list"),
    *("quotas:application-new", "quotas:checklist", "quotas:review-setting", "quotas:county-entry-new"),
    *("quota-checklist-list", "quota-review-setting-list", "quota-fiscal-account-list"),
    *("projects:level-rules", "projects:level-rule-add"),
    *("projects:siting-rules", "projects:siting-rule-add", "projects:siting-setting", "projects:new"),
    *("projects:boundary-setting", "boundary-setting-list"),
    *("dispatch:ladder", "dispatch:ladder-new", "dispatch:office-digest", "ladder-list"),
    *("dispatch:absence-new", "notifications:channels", "channel-own"),
    *("dispatch:round-rules", "dispatch:round-rule-new", "dispatch:round-duties", "round-rule-list"),
    *("approval-rule-list", "siting-item-list", "list-column-list", "bulk-action-list"),
    *("maturity-criterion-list", "siting-setting-list", "list-kind-list"),
    *("projects:list-kinds", "projects:list-kind-new"),
    *("projects:export-setting", "export-setting-list"),
    *("api-root", "api-schema", "api-docs", "desk:calculator", "projects:template", "projects:upload"),
    *("compensation-rate-list", "approvals:compensation-rates"),
    *("approvals:flow", "step-type-flow"),
    *("approvals:idle-settings", "idle-setting-list"),
    *("approvals:batch-new", "approvals:document-terms", "document-term-list"),
    *("annual-list-difference", "projects:annual-quota-enter"),
    *("projects:bulk", "projects:counts", "projects:totals"),
    *("projects:window-new", "projects:letter-template", "projects:duplicate-settings"),
    *("approvals:questions-new", "approvals:upward-new", "approvals:matter-terms", "matter-term-list"),
    *("approvals:own-terms", "own-term-list"),
    *("approvals:land-standards", "land-standard-list", "approvals:skip-rules", "skip-rule-list"),
    *("approvals:gate-rules", "gate-rule-list", "approvals:stock-target-new", "approvals:violation-new"),
    *("projects:push-rules", "projects:window-templates"),
    *("opinions:kinds", "opinions:rules"),
    *("consultations:topic-new", "consultations:meeting-new", "consultations:series-new"),
    *("consultations:bulletin-new", "approvals:three-batch-new", "approvals:field-improvement-new"),
    *("approvals:reserve-land-new", "approvals:land-patrol-new"),
    *("consultations:seat-new", "consultations:figures"),
    *("duties:problem-new", "duties:task-new", "problem-kind-list", "duty-setting-list"),
    *("duties:book-new", "duties:visit-new", "duties:inspection-new", "duties:duty-letter-new"),
    *("duties:settings", "duties:numbers-edit", "duties:kind-new", "duties:urge"),
    *("dispatch:target-new", "dispatch:appraisal-rules", "dispatch:target-settings", "target-setting-list"),
    *("appraisal-rule-list", "limit-list", "desk:seven-conditions", "seven-condition-list"),
    *("approvals:fee-kinds", "fee-kind-list"),
    *("deadlines:calendar-notice", "accounts:organisation-create", "accounts:user-create"),
    *("accounts:own-factor", "accounts:waiting", "accounts:sign-in-rules", "sign-in-rule-list"),
}
LISTS = [
    route
    for route in ROUTES
    if route.method == "get"
    and route.row == "-"
    and route.name not in NO_LISTS
    and not route.name.startswith(("account_", "healthz", "readyz", "api-token"))
]
READERS = ("dispatch", "sysadmin", "county")


def reader_of(route: Route) -> str:
    """Who may open the list, the office before others."""
    return next(role for role in READERS if route.statuses[role] == 200)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(FROZEN_TIME, tick=False):
        yield


@pytest.fixture
def world(people: dict[str, User]) -> World:
    return build_world(officer=people["county"], dispatcher=people["dispatch"])


def add_rows(number: int, *, world: World, people: dict[str, User]) -> None:
    for place in range(number):
        project = ProjectFactory()
        ProjectFactory(submitted=True)
        goal = CampaignFacts(f"目标{place}", TODAY, TODAY, "COUNT", floor=1, stretch=2)
        set_campaign(actor=people["dispatch"], facts=goal)
        ask_the_pool(project, people=people)
        paused_step(project, people["section"])
        sent_round(people["dispatch"], "522700-SWJ", project=project, on=TODAY)
        raised_topic(people["county"], project=project, on=TODAY)
        raised_problem(people["county"], project=project)
        build_registers(officer=people["county"], project=project, name=f"{project.pk}号")
        facts = BulletinFacts("BRIEF", f"简报{place}", TODAY, TODAY)
        draft_bulletin(facts=facts, actor=people["dispatch"], today=TODAY)
        duty_rows(project, people["dispatch"])
        JobFactory(organisation=organisation("522701"), requested_by=people["county"])
        user = UserFactory(organisation=organisation("522701-ZRZY"), role=User.Role.COUNTY)
        for reader in (people["county"], people["dispatch"], people["sysadmin"]):
            message = MessageFactory(recipient=reader)
        Delivery.objects.create(
            message=message, channel="EMAIL", address="a@example.invalid", claimed_at=NOW.replace(year=2025)
        )
        Submission.objects.create(
            organisation=organisation("522701"),
            year=2026,
            filename=f"{place}.csv",
            content=b"",
            sha256=hashlib.sha256(str(place).encode()).hexdigest(),
            submitted_by=user,
            summary={},
        )
        BringingIn.objects.create(
            organisation=organisation("522700"),
            filename=f"{place}.csv",
            content=b"",
            reported_on=TODAY,
            uploaded_by=people["dispatch"],
        )
        land_of(project, officer=people["county"])
        StepFactory(project=project, code="B02")
        gate_rows(project, place, people=people)
        hang_on(project, people=people, text=f"{project.pk}")
        record(
            actor=user, verb="project.updated", subject=project, scope_path=project.organisation.path,
            project_id=project.pk,
        )  # fmt: skip


def ask_the_pool(project: Project, *, people: dict[str, User]) -> None:
    """An application of the project, under review by the joint offices."""
    Project.objects.filter(pk=project.pk).update(list_category="PROVINCIAL")
    application = submitted(people["county"], project)
    begin_review(actor=people["dispatch"], application_id=application.pk, today=application.submitted_on)


def paused_step(project: Project, holder: User) -> None:
    """A step whose clock stands still, as every list of steps, promises and pauses may show it."""
    step_type = StepType.objects.get(code="A03", effective_to__isnull=True)
    step = Step.objects.create(
        project=project,
        step_type=step_type,
        code=step_type.code,
        holder_organisation=organisation("522700-ZRZY-YTGZ"),
        status=Step.Status.PAUSED,
        accepted_on=date(2026, 11, 16),
        deadline=promise(project=project, holder=holder),
    )
    Deadline.objects.filter(pk=step.deadline_id).update(
        subject_kind=step._meta.label_lower, subject_id=step.pk, subject_code=step.code
    )
    Pause.objects.create(
        deadline_id=step.deadline_id,
        kind=PauseKind.objects.get(code="MEETING"),
        first_on=date(2026, 11, 17),
        last_on=date(2026, 11, 18),
        stops_committed=True,
        stops_statutory=False,
        evidence="会议通知",
        entered_by=holder,
    )


def duty_rows(project: Project, actor: User) -> None:
    """What the lists of duties show: a task with its letter, a visit, an inspection, a letter of duty."""
    task = issued_task(actor, project=project, title=f"任务{project.pk}")
    urge(task_ids=[task.pk], demand="抓紧办理", actor=actor, today=TODAY)
    unit = project.organisation
    post = Post.objects.create(organisation=unit, title=f"领导{project.pk}", duty=Post.Duty.LEADER)
    record_visit(actor=actor, facts=VisitFacts("SERVICE", post, unit, TODAY, "指导", "已办"), today=TODAY)
    plan_inspection(
        actor=actor, plan=InspectionPlan(f"督导{project.pk}", "一组", "x", TODAY, TODAY), today=TODAY
    )
    named = DutyLetterFacts(
        TODAY.year, f"责任书{project.pk}", "COUNTY_TOWN", unit, "墨冲镇", "甲", "乙", TODAY
    )
    register_duty_letter(actor=actor, facts=named, today=TODAY)
    TaskBook.objects.create(
        organisation=unit, title=f"分解{project.pk}", year=2026, expected_main=1, expected_sub=0,
        filename="x", sha256="x", entered_by=actor, state=TaskBook.State.CONFIRMED,
    )  # fmt: skip


def gate_rows(project: Project, place: int, *, people: dict[str, User]) -> None:
    """What the lists of gates show: a statement, a case, a target."""
    stated = Statement("国函〔2026〕3号", "国务院", TODAY)
    state_gate(actor=people["section"], project_id=project.pk, gate=Gate.FARMLAND, stated=stated, today=TODAY)
    finding = Finding("墨冲镇", "未批先建", TODAY, project_id=project.pk)
    report_violation(actor=people["county"], organisation=None, finding=finding, today=TODAY)
    state_thrift(actor=people["county"], project_id=project.pk, facts=ThriftFacts("工业"), today=TODAY)
    for kind in ("QUESTION", "SUPPORT", "PETITION"):
        raised = MatterFacts(
            kind, "事由", "内容", TODAY, project.pk, "", organisation("522700-ZRZY-BZ"), "", "省厅"
        )
        raise_matter(actor=people["county"], facts=raised, today=TODAY)
    set_stock_target(
        actor=people["dispatch"],
        organisation=OrganisationFactory(parent=organisation("522700")),
        effective_from=TODAY,
        target=Target(1, 2, 1, 2),
        basis="试验",
    )


def hang_on(project: Project, *, people: dict[str, User], text: str) -> None:
    """What people add to a dossier: a paper, a word, a verification, a follow."""
    owner = PaperOwner("projects.project", project.pk, project.name, project.pk, project.organisation)
    attach(
        actor=people["county"], owner=owner, upload=Upload("批复.pdf", files.pdf(text=text)),
        kind=Paper.Kind.DECISION, title="批复", today=TODAY,
    )  # fmt: skip
    comment(actor=people["leader"], project=project, text="抓紧办理。")
    verify_unchanged(actor=people["county"], project=project, today=TODAY)
    for reader in (people["county"], people["dispatch"]):
        follow(actor=reader, project=project)


@pytest.mark.django_db
def test_every_list_costs_the_same_for_one_row_and_twenty(world: World, people: dict[str, User]) -> None:
    clients = {reader: Client() for reader in READERS}
    for reader, client in clients.items():
        client.force_login(people[reader])
    opened = [(route.name, clients[reader_of(route)], route.url(world)) for route in LISTS]
    # Twenty rows are dear to build: once, for the lists of every reader.
    add_rows(1, world=world, people=people)
    few = {name: cost(client, url) for name, client, url in opened}

    add_rows(19, world=world, people=people)
    many = {name: cost(client, url, openings=1) for name, client, url in opened}
    # Opened once, a page may have had to ask for what it keeps; what differs is opened again.
    again = [one for one in opened if many[one[0]] != few[one[0]]]
    many |= {name: cost(client, url) for name, client, url in again}

    assert {name: (few[name], many[name]) for name in few if many[name] != few[name]} == {}


def cost(client: Client, url: str, *, openings: int = 2) -> int:
    """The queries of the last of some openings; what they write (an export's job, a mark) is taken back."""
    with transaction.atomic():
        number = queries_of(lambda: client.get(url), times=openings)
        transaction.set_rollback(True)
    return number
