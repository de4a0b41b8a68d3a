"""One row of everything that an address can name, owned by 都匀市: for the table of routes and for axe."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import time_machine

from accounts.models import Organisation, User
from approvals.models import (
    Batch,
    Expropriation,
    Fee,
    FieldImprovement,
    LandDocument,
    LandPatrol,
    LandThrift,
    LibraryItem,
    LibraryVersion,
    Matter,
    Occasion,
    OwnTerm,
    ReserveLand,
    SetCheck,
    SetCheckItem,
    SkipRule,
    Step,
    Supply,
    ThreeBatchEntry,
    Training,
    ViolationCase,
)
from approvals.services.acceptance import accept_step
from approvals.services.checks import CheckedPaper, check_set
from approvals.services.fees import FeeFacts, budget_fee
from approvals.services.library import VersionFacts
from approvals.services.library import add_item as add_guide
from approvals.services.matters import MatterFacts, raise_matter
from approvals.services.occasions import OccasionFacts, begin_occasion
from approvals.services.opening import open_track
from approvals.services.pauses import pause_step
from approvals.services.thrift import ThriftFacts, state_thrift
from approvals.services.trainings import Attendance, TrainingFacts, record_training
from approvals.services.violations import Finding, report_violation
from deadlines.models import CalendarRevision, Deadline, Pause, PauseKind
from deadlines.selectors import working_calendar
from dispatch.models import Circular, LedgerSnapshot, Package, PackageFile, Report
from dispatch.models import Round as DispatchRound
from dispatch.rules.periods import Period
from dispatch.services import circulars, rounds
from dispatch.services.packages import request_package
from jobs.models import Job
from jobs.services import run_waiting
from notifications.models import Delivery, Message
from opinions.models import DepartmentRule, Request, Round, SignedLink
from opinions.services import links, materials
from papers.models import Paper
from papers.services import PaperOwner, Upload, attach
from projects.models import (
    BulkRun,
    CollectionWindow,
    Comment,
    DuplicatePair,
    Follow,
    ImportDraft,
    ListDownload,
    ListExport,
    MapShare,
    PlanItem,
    PreContact,
    Project,
    Push,
    PushRule,
    SavedView,
    Submission,
)
from projects.services.annual_plan import ItemFacts, add_item
from projects.services.comments import comment
from projects.services.contacts import Letter, assign_contact, send_letter
from projects.services.following import follow
from projects.services.importing import stage_upload
from projects.services.pushing import push_to
from projects.services.round_trip import download_list
from tests.database import kept_for_module
from tests.factories import JobFactory, MessageFactory, ProjectFactory, organisation
from tests.opinions.scenes import drafted, request_of
from tests.opinions.scenes import sent as sent_round
from tests.papers import files
from tests.people import OFFICES, person
from tests.projects.windows import open_window
from tests.world_council import CouncilRows, build_council
from tests.world_desk import DeskRows, build_desk
from tests.world_duties import DutyRows, build_duties
from tests.world_land import land_of
from tests.world_ledgers import QuotaRows, build_quotas
from tests.world_people import Seats, build_seats
from tests.world_quotas import PoolRows, build_pool
from tests.world_registers import build_registers

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FROZEN_TIME = "2026-11-23T10:00+08:00"
WEEK = Period(2026, 47)
LIST = "都匀市项目清单.csv"
ROWS = """序号,项目名称,用地总面积（亩）,其中耕地（亩）
1,都匀市高铁站连接线,45.5,12.3
2,都匀市垃圾焚烧发电厂,,99
"""


@dataclass(frozen=True, slots=True)
class LinkAddress:
    """A link that works, as its address names it."""

    pk: int
    arguments: list[object]


@dataclass(frozen=True, slots=True)
class MaterialAddress:
    """A round's paper, as the address of a department names it."""

    pk: int
    arguments: list[object]


@dataclass(frozen=True, slots=True)
class World:
    project: Project
    submitted: Project
    step: Step
    deadline: Deadline
    submission: Submission
    draft: ImportDraft
    download: ListDownload
    job: Job
    ledger: LedgerSnapshot
    round: DispatchRound
    report: Report
    circular: Circular
    package: Package
    package_file: PackageFile
    message: Message
    delivery: Delivery
    user: User
    revision: CalendarRevision
    plan_item: PlanItem
    paper: Paper
    comment: Comment
    follow: Follow
    export: ListExport
    bulk_run: BulkRun
    view: SavedView
    seats: Seats
    pool_rows: PoolRows
    quotas: QuotaRows
    window: CollectionWindow
    pair: DuplicatePair
    push: Push
    push_rule: PushRule
    contact: PreContact
    pause: Pause
    occasion: Occasion
    matter: Matter
    thrift: LandThrift
    fee: Fee
    guide: LibraryItem
    guide_version: LibraryVersion
    training: Training
    three_batch: ThreeBatchEntry
    field_improvement: FieldImprovement
    reserve_land: ReserveLand
    land_patrol: LandPatrol
    set_check: SetCheck
    set_check_item: SetCheckItem
    document: LandDocument
    batch: Batch
    expropriation: Expropriation
    supply: Supply
    share: MapShare
    skip_rule: SkipRule
    own_term: OwnTerm
    violation: ViolationCase
    opinion_round: Round
    opinion_draft: Round
    opinion_request: Request
    opinion_link: SignedLink
    opinion_reply: LinkAddress
    opinion_rule: DepartmentRule
    opinion_material: MaterialAddress
    duties: DutyRows
    council: CouncilRows
    desk_rows: DeskRows

    def arguments(self, word: str) -> list[object]:
        """The arguments of an address for a word of the table: nothing, a row, a code, a row+word."""
        if word == "-":
            return []
        if word.startswith("="):
            return [word[1:]]
        name, _, verb = word.partition("+")
        parts = (self, self.seats, self.pool_rows, self.quotas, self.duties, self.council, self.desk_rows)
        row = next(getattr(part, name) for part in parts if hasattr(part, name))
        named = row.arguments if hasattr(row, "arguments") else [row.pk]
        return [*named, *([verb] if verb else [])]


@dataclass(frozen=True, slots=True)
class Scene:
    """The world and everybody in it by role name."""

    world: World
    people: dict[str, User]


@contextmanager
def scene_for_module(blocker: Any) -> Iterator[Scene]:
    """One of everything, built once for a module: each of its tests takes back what it did.

    A fixture of module scope enters it after `django_db_setup`.
    """
    with kept_for_module(blocker):
        with blocker.unblock(), time_machine.travel(FROZEN_TIME, tick=False):
            people = {name: person(name) for name in OFFICES}
            world = build_world(officer=people["county"], dispatcher=people["dispatch"])
        yield Scene(world, people)


def build_world(*, officer: User, dispatcher: User) -> World:
    """Rows of 都匀市, made by the services where one makes them."""
    unit = organisation("522701")
    project = ProjectFactory(name="都匀市抽水蓄能电站")
    steps = open_track(project=project, actor=dispatcher, today=TODAY)
    step = accept_step(
        step_id=next(step for step in steps if step.code == "A03").pk,
        accepted_on=date(2026, 10, 12),
        actor=dispatcher,
        today=TODAY,
    )
    assert step.deadline is not None
    ledger = _ledger(dispatcher)
    content = ROWS.encode()
    draft = stage_upload(actor=officer, filename=LIST, content=content, today=TODAY, now=NOW)
    message = MessageFactory(recipient=officer, title="都匀市抽水蓄能电站 用地预审 已逾期", url="/")
    return World(
        project=project,
        submitted=ProjectFactory(submitted=True, name="都匀市产业园道路"),
        step=step,
        deadline=step.deadline,
        submission=Submission.objects.create(
            organisation=unit,
            year=2026,
            filename=LIST,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            submitted_by=officer,
            summary={},
        ),
        draft=draft,
        download=download_list(
            actor=officer, projects=Project.objects.filter(pk=project.pk), title="都匀市清单", today=TODAY
        ),
        job=JobFactory(organisation=unit, requested_by=officer),
        ledger=ledger,
        round=ledger.round,
        report=_report(unit),
        **_package(ledger, dispatcher),
        circular=_circular(ledger, unit, dispatcher),
        message=message,
        delivery=Delivery.objects.create(
            message=message,
            channel=Delivery.Channel.EMAIL,
            address="duyun@example.invalid",
            claimed_at=NOW - timedelta(hours=1),
        ),
        user=officer,
        revision=CalendarRevision.objects.get(year=2026),
        plan_item=add_item(
            actor=dispatcher,
            year=2026,
            project_id=project.pk,
            facts=ItemFacts(
                problem="占用耕地 2.0000 公顷，占补平衡待落实",
                measure="落实补充耕地指标，先补后占",
                responsible=unit,
                limit_on=date(2026, 12, 31),
            ),
            today=TODAY,
        ),
        paper=_paper(project, officer),
        comment=comment(actor=officer, project=project, text="林地手续尚在补正。"),
        follow=follow(actor=officer, project=project),
        export=ListExport.objects.create(
            owner=officer, list_name="projects", filename="项目清单.xlsx", row_count=1, content=b"x"
        ),
        bulk_run=BulkRun.objects.create(actor=officer, action="industry", expected=1, chosen=[project.pk]),
        view=SavedView.objects.create(owner=officer, list_name="projects", name="红灯", query="lamp=red"),
        **_materials(step, officer, dispatcher),
        occasion=begin_occasion(
            step_id=step.pk,
            facts=OccasionFacts(
                PauseKind.objects.get(code="SITE_VISIT"),
                "现场踏勘通知〔2026〕3号",
                date(2026, 11, 20),
                date(2026, 11, 24),
                "整理踏勘记录",
            ),
            actor=dispatcher,
            today=TODAY,
        ),
        pause=pause_step(
            step_id=step.pk,
            kind=PauseKind.objects.get(code="EXPERT_REVIEW"),
            first_on=date(2026, 10, 14),
            last_on=date(2026, 10, 16),
            evidence="专家评审通知〔2026〕9号",
            actor=dispatcher,
            today=TODAY,
        ),
        pool_rows=build_pool(officer=officer, dispatcher=dispatcher),
        seats=build_seats(project=project, dispatcher=dispatcher, today=TODAY),
        fee=budget_fee(
            actor=officer,
            project_id=project.pk,
            kind="耕地开垦费",
            facts=FeeFacts(Decimal(120_000)),
            today=TODAY,
        ),
        thrift=state_thrift(
            actor=officer, project_id=project.pk, facts=ThriftFacts("工业", office_m2=10), today=TODAY
        ),
        matter=raise_matter(
            actor=officer,
            facts=MatterFacts(
                "QUESTION",
                "临时用地能否延期",
                "期满后能否续期",
                TODAY,
                project_id=project.pk,
                holder=organisation("522700-ZRZY-YTGZ"),
            ),
            today=TODAY,
        ),
        violation=report_violation(
            actor=officer,
            organisation=None,
            finding=Finding("墨冲镇", "未批先建", date(2026, 11, 2), project_id=project.pk),
            today=TODAY,
        ),
        quotas=build_quotas(dispatcher=dispatcher, today=TODAY, has_farmland=False),
        **_collecting(project, officer, dispatcher),
        **land_of(project, officer=officer),
        **_opinions(project, dispatcher),
        duties=build_duties(officer=officer, dispatcher=dispatcher, project=project),
        council=build_council(officer=officer, dispatcher=dispatcher, project=project),
        desk_rows=build_desk(officer=officer, dispatcher=dispatcher, today=TODAY),
    )


def _opinions(project: Project, dispatcher: User) -> dict[str, Any]:
    """A round that the environment bureau was sent, a draft, a link, a paper, a rule."""
    environment = "522700-HBJ"
    round_ = sent_round(dispatcher, environment, project=project, on=TODAY)
    request = request_of(round_, environment)
    made = [
        links.make_link(request_id=request.pk, given_to="环评科", actor=dispatcher, today=TODAY, now=NOW)
        for _ in range(2)
    ]
    paper = materials.add_material(
        round_id=round_.pk,
        upload=Upload("红线.pdf", files.pdf(text="红线")),
        title="用地红线",
        actor=dispatcher,
        today=TODAY,
    )
    return {
        "opinion_round": round_,
        "opinion_draft": drafted(dispatcher, environment, project=project, on=TODAY),
        "opinion_request": request,
        "opinion_link": made[0].link,
        "opinion_reply": LinkAddress(made[1].link.pk, [request.pk, made[1].token]),
        "opinion_rule": DepartmentRule.objects.order_by("pk").first(),
        "opinion_material": MaterialAddress(paper.pk, [request.pk, paper.pk]),
    }


def _collecting(project: Project, officer: User, dispatcher: User) -> dict[str, Any]:
    """An open window that asks the county alone, a pair of rows, a push and a letter."""
    rows = [ProjectFactory(name=f"都匀市老旧小区改造{word}", submitted=True) for word in ("", "工程")]
    day = TODAY
    contact = assign_contact(
        actor=dispatcher, project_id=project.pk, person=officer, phone="", assigned_on=day, today=day
    )
    letter = Letter(day, "黔南自然资函〔2026〕7号", "州能源投资公司", "红线矢量")
    department = organisation("522700-HBJ")
    [push] = push_to(
        actor=dispatcher, project_id=project.pk, recipients=[department.pk], ask="环评", reason="", today=day
    )
    return {
        "window": open_window(dispatcher, asked=["522701"], today=day),
        "pair": DuplicatePair.objects.create(
            first=rows[0], second=rows[1], alike=80, reasons=["名称相似 80%"], found_on=day
        ),
        "push": push,
        "push_rule": PushRule.objects.order_by("pk").first(),
        "contact": send_letter(actor=dispatcher, contact_id=contact.pk, letter=letter, today=day),
    }


def _materials(step: Step, officer: User, dispatcher: User) -> dict[str, Any]:
    """A guide of the library, and a run through a step's papers with one that is promised."""
    guide = add_guide(
        kind=LibraryItem.Kind.GUIDE,
        title="建设项目用地预审与选址意见书办事指南",
        upload=Upload("办事指南.pdf", files.pdf(text="guide")),
        facts=VersionFacts(date(2026, 1, 1)),
        actor=dispatcher,
        step_codes=["A03"],
    )
    run = check_set(
        step_id=step.pk,
        checked_on=TODAY,
        papers=[
            CheckedPaper("申请表", "OK"),
            CheckedPaper("论证报告", "PROMISED", promised_by="项目单位", promised_on=date(2026, 11, 27)),
        ],
        actor=officer,
        today=TODAY,
    )
    return {
        "guide": guide,
        "guide_version": guide.versions.get(),
        **build_registers(officer=officer, project=step.project),
        "training": record_training(
            facts=TrainingFacts(
                title="用地报批业务培训",
                held_on=date(2026, 3, 7),
                organiser=dispatcher.organisation,
                topics="用地预审与选址、农转用及征收报批",
                units=[Attendance(organisation("522701"), 12)],
                lecturers=[("李敏", "省自然资源厅")],
                materials=[guide],
            ),
            actor=dispatcher,
            today=TODAY,
        ),
        "set_check": run,
        "set_check_item": run.items.get(state="PROMISED"),
    }


def _paper(project: Project, officer: User) -> Paper:
    owner = PaperOwner("projects.project", project.pk, project.name, project.pk, project.organisation)
    return attach(
        actor=officer,
        owner=owner,
        upload=Upload("批复.pdf", files.pdf()),
        kind=Paper.Kind.DECISION,
        title="用地预审批复",
        today=TODAY,
    )


def _package(ledger: LedgerSnapshot, dispatcher: User) -> dict[str, Any]:
    """The county's package of the frozen week."""
    request_package(round_id=ledger.round_id, organisation_code="522701", actor=dispatcher, now=NOW)
    run_waiting(clock=lambda: NOW)
    package = Package.objects.get()
    return {"package": package, "package_file": package.files.order_by("id")[0]}


def _circular(ledger: LedgerSnapshot, unit: Organisation, dispatcher: User) -> Circular:
    """A circular of the frozen week that the county has received."""
    row = circulars.draft_circular(
        round_id=ledger.round_id,
        kind="CIRCULAR",
        draft=circulars.Draft("周调度通报"),
        actor=dispatcher,
        now=NOW,
    )
    circulars.approve_circular(
        circular_id=row.pk, approver="局长", approved_on=TODAY, actor=dispatcher, today=TODAY
    )
    return circulars.issue_circular(circular_id=row.pk, copies=[unit], actor=dispatcher, today=TODAY)


def _report(unit: Organisation) -> Report:
    """The county's word of this week, not said yet."""
    week = DispatchRound.objects.create(
        year=2026, number=48, due_on=date(2026, 11, 26), closes_on=date(2026, 11, 26), opened_at=NOW
    )
    return Report.objects.create(round=week, organisation=unit)


def _ledger(dispatcher: User) -> LedgerSnapshot:
    """Last week's, frozen for the prefecture and then cut out for the county."""
    calendar = working_calendar()
    rounds.freeze_round(period=WEEK, actor=dispatcher, today=TODAY, calendar=calendar, now=NOW)
    run_waiting(clock=lambda: NOW)
    rounds.request_ledger(period=WEEK, organisation_code="522701", actor=dispatcher, now=NOW)
    run_waiting(clock=lambda: NOW)
    return LedgerSnapshot.objects.get(organisation__code="522701")
