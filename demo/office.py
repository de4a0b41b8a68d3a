"""What happens around the demo's list: people and links, an open window, pushes, shared land,
papers, words, and where files lie. Through the services, as the rest of the demo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook

from accounts.models import Organisation, Post, User
from accounts.posts import Holder, create_post, install, name_contact
from core import clock
from core.units import AreaUnit
from demo.prefecture import HEADS
from desk import dossier_papers
from papers.models import Paper
from papers.services import Upload, attach
from projects.models import Gathering, LandShare, Link, Project, Push, TaskForceMember, WindowKind
from projects.selectors.duplicates import alike_pairs
from projects.selectors.ordering import proposed_classes, proposed_leader
from projects.services import importing
from projects.services.comments import comment
from projects.services.duplicates import propose
from projects.services.editing import EnteredArea
from projects.services.gathering import pass_on
from projects.services.land import EnteredShare, split_land
from projects.services.matrix import MatrixFile, confirm_matrix, stage_matrix
from projects.services.ordering import confirm_proposals, flag_project
from projects.services.people import ForceFacts, Target, assign_link, join_task_force, save_task_force
from projects.services.pushing import push, receive
from projects.services.whereabouts import register_stop
from projects.services.windows import NewWindow, plan_window, report_nothing

HEADINGS = (
    *("项目名称", "项目代码", "县市", "建设单位", "用地总面积（公顷）", "耕地（公顷）"),
    *("新增建设用地（公顷）", "计划开工时间"),
)
LEADERS = (("局长", "juzhang"), ("副局长（分管用途管制）", "fujuzhang"))
NEW_KINDS = (
    ("{c}乡镇污水处理设施补短板工程", "{c}住房和城乡建设局"),
    ("{c}粮食储备库迁建项目", "{c}发展和改革局"),
)
STOPS = (
    ("COUNTY", "县自然资源局", 20),
    ("PREFECTURE", "州局用途管制科", 12),
    ("PROVINCE", "省自然资源厅用途管制处", 5),
)
WORDS = (
    "请用途管制科会同县市倒排工期，每周报进展。",
    "林地手续要提前对接，不要等批复。",
    "占补平衡指标来源尽快落实。",
)
LED, SPLIT, PUSHED, PAPERS, WAYS = 40, 3, 12, 8, 18


@dataclass(frozen=True, slots=True)
class Office:
    """Who acts, and the counties in which the demo plays: code → short name."""

    dispatcher: User
    section: User
    leader: User
    water: User
    county: Mapping[str, User]
    accounts: Mapping[str, User]
    units: Mapping[str, str]
    today: date

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)


def furnish(office: Office) -> None:
    """Everything that stands around the list, before its second version is published."""
    projects = list(Project.objects.adopted().filter(annual_list__year=office.today.year).order_by("number"))
    _seats(office)
    _lead(office, projects)
    _split(office, projects)
    _collect(office)
    _push(office, projects)
    _hand_in(office, projects)


# --- people --------------------------------------------------------------------------------------


def _seats(office: Office) -> None:
    """Leaders' posts with their holders, heads of offices, two contacts in every bureau, a task force."""
    bureau = Organisation.objects.get(code="522700-ZRZY")
    start = date(office.today.year, 1, 1)
    leaders = []
    for title, account in LEADERS:
        post = create_post(actor=office.dispatcher, organisation=bureau, title=title, duty=Post.Duty.LEADER)
        install(
            actor=office.dispatcher,
            post_id=post.pk,
            holder=Holder(user=office.accounts[account]),
            starts_on=start,
        )
        leaders.append(post)
    _answer_for_areas(office, bureau, start)
    for named in HEADS:
        own = Organisation.objects.get(code=named.organisation)
        head = Holder(user=office.accounts[named.username])
        name_contact(
            actor=office.dispatcher, organisation=own, duty=Post.Duty.HEAD, holder=head, starts_on=start
        )
    for unit, officer in office.county.items():
        own = Organisation.objects.get(code=f"{unit}-ZRZY")
        head = Holder(name=f"{own.short_name}主要负责同志")
        for duty, holder in ((Post.Duty.HEAD, head), (Post.Duty.LIAISON, Holder(user=officer))):
            name_contact(actor=office.dispatcher, organisation=own, duty=duty, holder=holder, starts_on=start)
    force = save_task_force(
        actor=office.dispatcher,
        facts=ForceFacts(
            name="重大基础设施用地保障专班",
            host=bureau,
            duty="统筹重大基础设施项目用地报批，每周调度。",
            scope_flags=("INFRASTRUCTURE",),
            established_on=start,
        ),
    )
    roles = (TaskForceMember.Role.HEAD, TaskForceMember.Role.DEPUTY)
    for post, role in zip(leaders, roles, strict=True):
        join_task_force(actor=office.dispatcher, task_force_id=force.pk, post=post, role=role, from_on=start)


def _answer_for_areas(office: Office, bureau: Organisation, start: date) -> None:
    """The responsibility matrix: the leaders share the counties, each with an office beside them."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["包联领导", "责任科室", "包联县市"])
    for place, short_name in enumerate(office.units.values()):
        leader, _ = LEADERS[place % len(LEADERS)]
        sheet.append([leader, "用途管制科" if place % 2 else "规划科", short_name])
    out = BytesIO()
    book.save(out)
    file = MatrixFile("包联责任清单.xlsx", out.getvalue(), bureau, start, most_areas=len(office.units))
    draft = stage_matrix(actor=office.dispatcher, file=file)
    confirm_matrix(actor=office.dispatcher, draft_id=draft.pk, today=office.today)


def _lead(office: Office, projects: Sequence[Project]) -> None:
    """Leader and leading office of the most urgent projects; some stay without, for the gap list."""
    urgent = [project for project in projects if project.priority_class in ("URGENT", "KEY")]
    section = Organisation.objects.get(code="522700-ZRZY-YTGZ")
    for place, project in enumerate(urgent[:LED]):
        if place % 4 == 0:
            flag_project(
                actor=office.section, project_id=project.pk, flags=["INFRASTRUCTURE"], today=office.today
            )
        post = proposed_leader(project, today=office.today).post
        targets = [(Link.Kind.LEAD_OFFICE, Target(organisation=section))]
        if post is not None and place % 5:
            targets.append((Link.Kind.LEAD_LEADER, Target(post=post)))
        for kind, target in targets:
            assign_link(
                actor=office.dispatcher,
                project_id=project.pk,
                kind=kind,
                target=target,
                from_on=office.ago(30),
                basis="重大项目领办责任清单",
                today=office.today,
            )


# --- land across counties ------------------------------------------------------------------------


def _split(office: Office, projects: Sequence[Project]) -> None:
    """Some large projects reach into the next county."""
    neighbours = list(office.units)
    if len(neighbours) < 2:
        return
    roads = [project for project in projects if project.track == "single_site" and "连接线" in project.name]
    for project in roads[:SPLIT]:
        own = project.organisation.code
        other = neighbours[(neighbours.index(own) + 1) % len(neighbours)]
        project.refresh_from_db()
        split_land(
            actor=office.dispatcher,
            project_id=project.pk,
            seen_at=project.updated_at,
            shares=_parts(project, own, other),
            today=office.today,
        )


def _parts(project: Project, own: str, other: str) -> list[EnteredShare]:
    whole = {key: getattr(project.land, key) for key in LandShare.AREA_FIELDS}
    next_door = {key: m2 * 2 // 5 for key, m2 in whole.items() if m2 is not None}
    here = {key: m2 - next_door[key] for key, m2 in whole.items() if m2 is not None}
    return [
        EnteredShare(unit, {key: EnteredArea(Decimal(m2), AreaUnit.M2) for key, m2 in areas.items()})
        for unit, areas in ((own, here), (other, next_door))
    ]


# --- an open window ------------------------------------------------------------------------------


def _collect(office: Office) -> None:
    """A window that closed its day four days ago and is still open: answered, late, and not at all."""
    opened, closes = office.ago(25), office.ago(4)
    codes = [*office.county, office.water.organisation.code] if office.water.organisation else []
    reporters = Organisation.objects.filter(code__in=codes)
    window = plan_window(
        actor=office.dispatcher,
        new=NewWindow(
            title=f"{opened.year}年{opened.month}月补充报送",
            kind=WindowKind.LIST,
            opens_on=opened,
            closes_on=closes,
            gathering=Gathering.EITHER,
            note="报明年一季度计划开工、尚未列入年度清单的项目。",
        ),
        reporters=[unit.pk for unit in reporters],
        today=opened,
    )
    units, year = list(office.units.items()), office.today.year
    for place, (unit, name) in enumerate(units):
        officer = office.county[unit]
        if place % 6 == 5:
            continue  # has not answered
        if place % 6 == 4:
            duty = window.duties.get(organisation__code=unit)
            report_nothing(actor=officer, duty_id=duty.pk, reason="本期没有新增项目。", today=closes)
            continue
        on = office.ago(2) if place % 3 == 2 else closes
        _send(officer, name, _new_rows(unit, name, place, year), on=on)
        if place % 3:
            waiting = Project.objects.gathering().filter(organisation__code=unit)
            pass_on(actor=officer, project_ids=list(waiting.values_list("pk", flat=True)), today=on)
    # The department hands in what two counties have handed in, under a name of its own.
    twins = [
        (f"{name}粮食储备库迁建工程", "", name, f"{name}发展和改革局", 3, 1, 3, f"{year + 1}.3")
        for _, name in units[:2]
    ]
    _send(office.water, "州水务局", twins, on=closes)
    waiting = Project.objects.filter(status__in=Project.UNANSWERED).order_by("pk")
    propose(
        found=alike_pairs(project_ids=list(waiting.values_list("pk", flat=True)), on=office.today),
        today=office.today,
    )


def _new_rows(unit: str, name: str, place: int, year: int) -> list[tuple[object, ...]]:
    first = 860_000 + place * 10
    return [
        (
            kind.format(c=name),
            f"{year % 100}{place % 12 + 1:02d}-{unit[:6]}-04-{number + 1:02d}-{first + number}",
            name,
            owner.format(c=name),
            3 + number + place % 4,
            1,
            3 + number,
            f"{year + 1}年第一季度",
        )
        for number, (kind, owner) in enumerate(NEW_KINDS)
    ]


def _send(officer: User, name: str, rows: Sequence[tuple[object, ...]], *, on: date) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "项目清单"
    for line in (HEADINGS, *rows):
        sheet.append(list(line))
    out = BytesIO()
    book.save(out)
    draft = importing.stage_upload(
        actor=officer, filename=f"{name}_补充报送.xlsx", content=out.getvalue(), today=on, now=clock.now()
    )
    importing.confirm_whole(actor=officer, draft_id=draft.pk, today=on)


# --- pushes, papers, words, ways -----------------------------------------------------------------


def _push(office: Office, projects: Sequence[Project]) -> None:
    """Pushed to the departments that the rules name; some have received, some have not."""
    ids = [project.pk for project in projects[-PUSHED:]]
    pushed = push(actor=office.dispatcher, project_ids=ids, today=office.ago(6))
    for account, most in (("fagai", PUSHED), ("huanbao", PUSHED // 2)):
        user = office.accounts[account]
        own = [row.pk for row in pushed if row.recipient_id == user.organisation_id]
        rows = Push.objects.filter(pk__in=own[:most]).values_list("pk", flat=True)
        if rows:
            receive(
                actor=user, push_ids=list(rows), note="已安排专人对接。", today=office.ago(4), now=clock.now()
            )


def _hand_in(office: Office, projects: Sequence[Project]) -> None:
    """Papers, comments and the ways of files."""
    for place, project in enumerate(projects[:PAPERS]):
        attach(
            actor=_officer(office, project),
            owner=dossier_papers.owner_of(project),
            upload=Upload(f"{project.name}_选址论证意见.pdf", _pdf(project.number or "")),
            kind=Paper.Kind.EVIDENCE if place % 2 else Paper.Kind.DECISION,
            title="选址论证意见" if place % 2 else "立项批复",
            today=office.today,
            occurred_on=office.ago(20 + place),
        )
        who = office.leader if place % 3 == 0 else office.section
        comment(actor=who, project=project, text=WORDS[place % len(WORDS)])
    for place, project in enumerate(projects[:WAYS]):
        companion = _officer(office, project)
        for level, where, days in STOPS[: place % 3 + 1]:
            register_stop(
                actor=office.section,
                project_id=project.pk,
                level=level,
                office=where,
                since_on=office.ago(days),
                companion_id=companion.pk,
                today=office.ago(days),
            )
    unclassed = Project.objects.waiting().select_related("standing").order_by("pk")[:3]
    _classify(office, list(unclassed))


def _classify(office: Office, projects: Sequence[Project]) -> None:
    """A few of the waiting projects have their proposed class; the others wait for the click."""
    proposals = proposed_classes(projects, today=office.today)
    shown = {pk: found.priority_class for pk, found in proposals.items() if found.priority_class}
    if shown:
        confirm_proposals(actor=office.section, shown=shown, today=office.today)


def _officer(office: Office, project: Project) -> User:
    return office.county.get(project.organisation.code, office.section)


def _pdf(text: str) -> bytes:
    """The smallest honest PDF: a catalogue and a number."""
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% " + text.encode() + b"\n"
    return (
        body
        + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    )
