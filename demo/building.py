"""Build the demo prefecture through the services, day by day, as its officers would have.

The same prefecture for the same day: every choice comes from seeded dice. Nothing is written
but through the services of the apps below.
"""

from __future__ import annotations

import random
import secrets
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from io import BytesIO

from django.db import connection
from openpyxl import Workbook

from accounts.models import Organisation, User
from accounts.selectors import home_prefecture
from approvals import selectors as catalogue
from approvals.models import Step
from approvals.rules import Status, choose, handling_limits
from approvals.services.acceptance import accept_step
from approvals.services.decisions import decide_step
from approvals.services.opening import open_track
from approvals.services.pauses import pause_step
from audit.models import Entry
from audit.services import record
from core import clock
from deadlines.models import PauseKind
from deadlines.rules import LineKind
from deadlines.selectors import working_calendar
from demo import (
    annual,
    books,
    council,
    duties,
    goals,
    land,
    library,
    matters,
    onboarding,
    opinions,
    pool,
    registers,
    rounds,
    siting,
)
from demo.lives import Limits, Passage, adopted_on, life_of
from demo.office import Office, furnish
from demo.prefecture import COUNTY_POSTS, HEADS, POSTS, RETURN_REASONS, Fate, Plan, Post, plans
from demo.proofs import open_gates
from projects.models import Project
from projects.services import importing, screening

Say = Callable[[str], None]
BEGUN, BUILT = "demo.begun", "demo.built"
PRINTED = COUNTY_POSTS[0][0]
HEADINGS = (
    "序号",
    "项目名称",
    "项目代码",
    "建设单位",
    "所属行业",
    "清单类别",
    "项目类别",
    "总投资（万元）",
    "用地总面积（公顷）",
    "农用地（公顷）",
    "耕地（公顷）",
    "水田（公顷）",
    "永久基本农田（公顷）",
    "生态保护红线（公顷）",
    "林地（公顷）",
    "建设用地（公顷）",
    "新增建设用地（公顷）",
    "计划开工时间",
    "备注",
)


@dataclass(frozen=True, slots=True)
class Login:
    """One account to try the product with."""

    role: str
    username: str
    password: str
    title: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who acts in the demo."""

    dispatcher: User
    section: User
    county: dict[str, User]
    by_organisation: dict[str, User]


def people() -> tuple[Cast, list[Login]]:
    """Create the accounts. One for each role gets a random password and is returned as its login.

    The others act in the demo and cannot sign in until the administrator gives them a password.
    """
    by_code = {row.code: row for row in Organisation.objects.all()}
    posts = [
        *(
            Post(
                name,
                f"{by_code[f'{unit}-ZRZY'].short_name}经办",
                User.Role.COUNTY,
                f"{unit}-ZRZY",
                name == PRINTED,
            )
            for name, unit in COUNTY_POSTS
        ),
        *POSTS,
        *HEADS,
    ]
    logins: list[Login] = []
    made: dict[str, User] = {}
    for post in posts:
        password = _password() if post.is_printed else None
        user = User.objects.create_user(
            username=post.username,
            password=password,
            email=f"{post.username}@demo.invalid",
            title=post.title,
            role=post.role,
            organisation=by_code[post.organisation],
        )
        made[post.username] = user
        made.setdefault(post.organisation, user)
        if password is not None:
            logins.append(Login(user.get_role_display(), post.username, password, post.title))
    county = {unit: made[name] for name, unit in COUNTY_POSTS}
    return Cast(made["diaoduban"], made["yongtu"], county, made), logins


def _password() -> str:
    """Sixteen characters without the ones people misread, of all the kinds the rule asks for."""
    alphabet = [c for c in string.ascii_letters + string.digits if c not in "Il1O0o"]
    return "".join(secrets.choice(alphabet) for _ in range(13)) + secrets.choice("-_.") + "7a"


def build(*, cast: Cast, today: date, say: Say) -> None:
    """Submit, screen and run some 180 projects up to `today`."""
    calendar = working_calendar()
    units = {
        row.code: row.short_name
        for row in Organisation.objects.reporting_units().filter(code__in=cast.county)
    }
    drawn = list(plans(units=units, year=today.year))
    limits = _limits(today)
    lives = {plan.code: life_of(plan, today=today, calendar=calendar, limits=limits) for plan in drawn}
    joined = {
        plan.code: adopted_on(lives[plan.code], today=today, calendar=calendar, dice=random.Random(plan.seed))
        for plan in drawn
    }
    submitted_on = min(joined.values()) - timedelta(days=10)
    for unit, name in units.items():
        _submit(cast.county[unit], name, [p for p in drawn if p.unit == unit], submitted_on)
    say(f"已报送 {len(drawn)} 个项目")
    projects = {project.code: project for project in Project.objects.filter(code__in=joined)}
    for number, plan in enumerate(sorted(drawn, key=lambda p: (joined[p.code], p.code)), start=1):
        _screen(plan, projects[plan.code], cast, on=joined[plan.code])
        if plan.fate is Fate.ADOPTED:
            _live(projects[plan.code].pk, lives[plan.code], cast, today=today)
        if number == len(drawn) // 2:
            annual.publish(dispatcher=cast.dispatcher, on=joined[plan.code], reason="年度首批清单")
        if number % 20 == 1:
            _refresh_statistics()
        if number % 40 == 0:
            say(f"已办理到第 {number} 个项目")
    furnish(
        Office(
            dispatcher=cast.dispatcher,
            section=cast.section,
            leader=cast.by_organisation["juzhang"],
            water=cast.by_organisation["shuiwu"],
            county=cast.county,
            accounts=cast.by_organisation,
            units=units,
            today=today,
        )
    )
    say("已建立岗位、领办、报送批次、推送和附件")
    annual.finish(dispatcher=cast.dispatcher, units=sorted(units), today=today)
    opinions.ask_around(dispatcher=cast.dispatcher, today=today)
    duties.keep_busy(dispatcher=cast.dispatcher, county=cast.county, today=today)
    land.record_land(section=cast.section, county=cast.county, today=today)
    matters.record_matters(section=cast.section, county=cast.county, today=today)
    siting.draw_boundaries(dispatcher=cast.dispatcher, county=cast.county, today=today)
    say("已登记批复、批次、征收和供地")
    goals.build(dispatcher=cast.dispatcher, units=sorted(units), today=today)
    pool.build(dispatcher=cast.dispatcher, section=cast.section, county=cast.county, today=today)
    books.keep(dispatcher=cast.dispatcher, county=cast.county, today=today)
    library.set_up(dispatcher=cast.dispatcher, county=cast.county, today=today)
    registers.keep(county=cast.county, today=today)
    onboarding.bring_in(dispatcher=cast.dispatcher, today=today)
    council.hold(dispatcher=cast.dispatcher, accounts=cast.by_organisation, today=today)
    rounds.hold(dispatcher=cast.dispatcher, county=cast.county, today=today)
    say("已定稿两周台账，生成报送材料和提醒")


def _refresh_statistics() -> None:
    """Tell the planner how the tables have grown; without, it scans them whole."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _limits(today: date) -> dict[str, Limits]:
    """The number that governs each step: the promise where there is one, else the first limit."""
    found: dict[str, Limits] = {}
    for kind in catalogue.catalogue(today):
        promise = catalogue.committed_limit(kind)
        rows = [promise] if promise else [row for row in kind.limits.all() if row.kind != LineKind.VALIDITY]
        for row in rows[:1]:
            if row.value is not None and row.kind != LineKind.MIN:
                found[kind.code] = Limits(row.value, row.unit == "wd")
    return found


def _submit(officer: User, name: str, own: list[Plan], on: date) -> None:
    draft = importing.stage_upload(
        actor=officer,
        filename=f"{name}_{on.year}年度项目用地清单.xlsx",
        content=_workbook(name, own, on),
        today=on,
        now=clock.now(),
    )
    importing.confirm_whole(actor=officer, draft_id=draft.pk, today=on)


def _workbook(name: str, own: list[Plan], on: date) -> bytes:
    """A county's list as its officer would have typed it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "项目清单"
    sheet.append([f"{name}{on.year}年度重大建设项目用地清单"])
    sheet.append([f"填报单位：{name}自然资源局　　填报时间：{on.year}年{on.month}月{on.day}日"])
    sheet.append(list(HEADINGS))
    for number, plan in enumerate(own, start=1):
        sheet.append(
            [
                number,
                plan.name,
                plan.code,
                plan.owner,
                plan.industry,
                plan.category,
                plan.priority,
                plan.investment_wan,
                plan.total_ha,
                plan.arable_ha + plan.forest_ha + plan.other_agri_ha,
                plan.arable_ha,
                plan.paddy_ha,
                Decimal(0),
                Decimal(0),
                plan.forest_ha,
                plan.construction_ha,
                Decimal(0) if plan.track == "no_requisition" else plan.total_ha - plan.construction_ha,
                plan.planned_start,
                plan.remark,
            ]
        )
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _screen(plan: Plan, project: Project, cast: Cast, *, on: date) -> None:
    if plan.fate is Fate.WAITING:
        return
    if plan.fate is Fate.RETURNED:
        reason = RETURN_REASONS[plan.seed % len(RETURN_REASONS)]
        screening.return_project(actor=cast.dispatcher, project_id=project.pk, reason=reason, today=on)
        return
    adopted = screening.adopt(
        actor=cast.dispatcher, adoption=screening.Adoption(project.pk, plan.track), today=on
    )
    open_track(project=adopted, actor=cast.dispatcher, today=on)


def _live(project_id: int, passages: list[Passage], cast: Cast, *, today: date) -> None:
    steps = {
        step.code: step
        for step in Step.objects.filter(project_id=project_id).select_related(
            "step_type", "holder_organisation", "project__organisation"
        )
    }
    for on, act in _events(passages, steps, cast):
        act(min(on, today))


def _events(
    passages: list[Passage], steps: dict[str, Step], cast: Cast
) -> Iterator[tuple[date, Callable[[date], None]]]:
    """What happened, in the order of its days; a step is decided before the next is accepted."""
    found: list[tuple[date, int, Callable[[date], None]]] = []
    for number, passage in enumerate(passages):
        step = steps[passage.code]
        if step.status != Status.NOT_STARTED:
            continue
        actor = _actor(step, cast)
        found.append((passage.accepted, number * 3 + 1, _accepting(step, passage, actor, cast)))
        if passage.pause is not None:
            told = passage.pause.last or passage.pause.first
            found.append((told, number * 3 + 2, _pausing(step, passage, actor)))
        if passage.decided is not None:
            found.append((passage.decided, number * 3, _deciding(step, passage, actor)))
    for on, _, act in sorted(found, key=lambda event: event[:2]):
        yield on, act


def _actor(step: Step, cast: Cast) -> User:
    unit = step.holder_organisation.code.removesuffix("-ZRZY")
    return cast.county.get(unit, cast.section)


def _accepting(step: Step, passage: Passage, actor: User, cast: Cast) -> Callable[[date], None]:
    def act(on: date) -> None:
        alternatives = handling_limits(catalogue.limits_of(step.step_type))
        limit = choose(alternatives, alternatives[0].id) if alternatives else None
        open_gates(step, actor=actor, on=passage.accepted)
        accept_step(
            step_id=step.pk,
            accepted_on=passage.accepted,
            actor=actor,
            today=on,
            limit_id=limit.id if limit else None,
            missing=tuple(step.step_type.materials[: passage.missing]),
            holder=cast.by_organisation.get(step.holder_organisation.code),
        )

    return act


def _pausing(step: Step, passage: Passage, actor: User) -> Callable[[date], None]:
    def act(on: date) -> None:
        span = passage.pause
        assert span is not None
        pause_step(
            step_id=step.pk,
            kind=PauseKind.objects.get(code=span.kind, effective_to__isnull=True),
            first_on=span.first,
            last_on=span.last,
            evidence=span.evidence,
            actor=actor,
            today=on,
            expected_end_on=None if span.last else on + timedelta(days=14),
            next_step="" if span.last else "收齐意见后恢复办理",
        )

    return act


def _deciding(step: Step, passage: Passage, actor: User) -> Callable[[date], None]:
    def act(on: date) -> None:
        assert passage.decided is not None
        decide_step(
            step_id=step.pk,
            decided_on=passage.decided,
            result=passage.result,
            actor=actor,
            today=on,
            doc_no=passage.doc_no,
        )

    return act


class Stage(StrEnum):
    """How far a database has come on the way to the demo."""

    EMPTY = "empty"
    HALF = "half"
    BUILT = "built"
    FOREIGN = "foreign"


def stage() -> Stage:
    """Whether the demo stands here, was interrupted, or somebody works here for real."""
    if Entry.objects.filter(verb=BUILT).exists():
        return Stage.BUILT
    if Entry.objects.filter(verb=BEGUN).exists():
        return Stage.HALF
    if Project.objects.exists() or User.objects.exists():
        return Stage.FOREIGN
    return Stage.EMPTY


def mark(verb: str) -> None:
    """Leave a trace of the build itself, for `stage`."""
    prefecture = home_prefecture()
    record(actor=None, verb=verb, subject=prefecture, scope_path=prefecture.path)
