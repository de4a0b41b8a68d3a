"""Applications of counties: written, handed in, reviewed with the joint offices, answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, models, transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from deadlines import services as clocks
from deadlines.models import Deadline
from deadlines.rules import Line
from deadlines.services import LineSpec, Owner
from papers.models import Paper
from papers.services import PaperOwner, Upload, attach
from projects.models import Project
from quotas.errors import (
    ApplicationExists,
    ApplicationOutOfOrder,
    DayOutOfOrder,
    MaterialsMissing,
    NotEligible,
    ReasonNeeded,
)
from quotas.models import (
    Application,
    ApplicationLine,
    ApplicationMaterial,
    ApplicationOpinion,
    ChecklistItem,
    ReviewSetting,
)
from quotas.rules import Instrument, Pool
from quotas.selectors.applications import (
    check_application,
    joint_offices,
    missing_materials,
    review_setting,
    reviewing_office,
)

State = Application.State
STAGE = "调节池指标"
_OPEN = "quota_application_one_open_a_pool"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the project needs of one instrument and what is asked for (m², kg)."""

    instrument: Instrument
    need: int
    amount: int


@dataclass(frozen=True, slots=True)
class Request:
    """An application as its form states it."""

    lines: Sequence[Wanted]
    statement: str
    funding: str = ""
    clauses: Sequence[str] = field(default_factory=tuple)
    disposal_target_m2: int | None = None
    disposal_done_m2: int | None = None


@transaction.atomic
def draft_application(
    *, actor: User, project_id: int, pool: Pool, request: Request, today: date
) -> Application:
    """Begin an application of the actor's county to one pool for one visible project.

    Raises:
        ApplicationExists: the county has an open one for the same.
        ApplicationOutOfOrder: the actor works for no county, or asks for nothing.
    """
    require(actor, Right.APPLY_QUOTA)
    county = actor.reporting_unit
    if county is None:
        raise ApplicationOutOfOrder("指标由县（市）申请；请用县级账号填报。")
    project = Project.objects.visible_to(actor).get(pk=project_id)
    application = Application(
        pool=pool.value, applicant=county, project=project, year=today.year, created_by=actor
    )
    _take(application, request)
    try:
        with transaction.atomic():
            application.save(force_insert=True)
    except IntegrityError as error:
        if _OPEN not in str(error):
            raise
        raise ApplicationExists(
            f"本县已为“{project.name}”申请{pool.label}，尚未办结；请在原申请上办理。", project=project.pk
        ) from error
    _write_lines(application, pool, request.lines)
    log(application, "quota_application.drafted", actor=actor)
    return application


@transaction.atomic
def change_application(*, actor: User, application_id: int, request: Request) -> Application:
    """Change a draft or a returned application.

    Raises:
        ApplicationOutOfOrder: it is with the office, or answered.
    """
    require(actor, Right.APPLY_QUOTA)
    application = locked(actor, application_id)
    only_in(application, Application.EDITABLE)
    _take(application, request)
    application.save(
        update_fields=[
            *("statement", "funding", "clauses", "disposal_target_m2", "disposal_done_m2", "updated_at")
        ]
    )
    application.lines.all().delete()
    _write_lines(application, Pool(application.pool), request.lines)
    log(application, "quota_application.changed", actor=actor)
    return application


def _take(application: Application, request: Request) -> None:
    application.statement = request.statement.strip()
    application.funding = request.funding.strip()
    application.clauses = list(request.clauses)
    application.disposal_target_m2 = request.disposal_target_m2
    application.disposal_done_m2 = request.disposal_done_m2


def _write_lines(application: Application, pool: Pool, lines: Sequence[Wanted]) -> None:
    asked = [line for line in lines if line.amount > 0]
    if not asked:
        raise ApplicationOutOfOrder("没有填写申请数量；请至少填写一项。")
    if any(line.instrument.pool is not pool for line in asked):
        raise ApplicationOutOfOrder("一份申请只能申请一个调节池的指标；请分开填报。", pool=pool.value)
    if any(line.need < line.amount for line in asked):
        raise ApplicationOutOfOrder("申请数量大于项目需求；请核对后改正。")
    ApplicationLine.objects.bulk_create(
        ApplicationLine(
            application=application, instrument=line.instrument, need=line.need, amount=line.amount
        )
        for line in asked
    )


@transaction.atomic
def attach_material(
    *,
    actor: User,
    application_id: int,
    item: ChecklistItem,
    upload: Upload,
    today: date,
    occurred_on: date | None = None,
) -> ApplicationMaterial:
    """Hand in the paper of one item of the checklist; a later one is the next version of the first.

    Raises:
        ApplicationOutOfOrder: the application is not being written, or the item is another pool's.
        PaperRefused and others: see `papers.services.attach`.
    """
    require(actor, Right.APPLY_QUOTA)
    application = locked(actor, application_id)
    only_in(application, Application.EDITABLE)
    if item.pool != application.pool:
        raise ApplicationOutOfOrder("这项材料不属于本调节池；请刷新页面后重新选择。", item=item.pk)
    before = ApplicationMaterial.objects.filter(application=application, item__code=item.code).first()
    still = Paper.objects.current().filter(pk=before.paper_id).first() if before else None
    paper = attach(
        actor=actor,
        owner=paper_owner(application),
        upload=upload,
        kind=Paper.Kind.APPLICATION if item.code == "report" else Paper.Kind.EVIDENCE,
        title=item.name,
        today=today,
        occurred_on=occurred_on,
        replaces=still,
    )
    if before is not None:
        before.item, before.paper = item, paper
        before.save(update_fields=["item", "paper"])
        return before
    return ApplicationMaterial.objects.create(application=application, item=item, paper=paper)


def paper_owner(application: Application) -> PaperOwner:
    """The application as the owner of papers; they show in the project's dossier, too."""
    return PaperOwner(
        kind=Application._meta.label_lower,
        pk=application.pk,
        label=f"{application}：{application.project.name}",
        project_id=application.project_id,
        organisation=application.applicant,
    )


@transaction.atomic
def submit_application(*, actor: User, application_id: int, today: date) -> Application:
    """Hand it in: papers complete, eligible by the rules in force today. The office's clock starts.

    What the rules answered and the balances they read are kept with the application.

    Raises:
        MaterialsMissing: required papers are lacking; all are named.
        NotEligible: the rules say no; every reason with its clause.
        ApplicationOutOfOrder: it is handed in already.
    """
    require(actor, Right.APPLY_QUOTA)
    application = locked(actor, application_id)
    only_in(application, Application.EDITABLE)
    lacking = missing_materials(application, today=today)
    if lacking:
        names = "、".join(f"{item.name}（{item.clause}）" for item in lacking)
        raise MaterialsMissing(
            f"缺少材料：{names}。请上传后再提交。", missing=[item.code for item in lacking]
        )
    check = check_application(application, today=today)
    if not check.is_eligible:
        raise NotEligible(" ".join(check.sentences), reasons=[refusal.slug for refusal in check.refusals])
    rows = {row.instrument: row for row in application.lines.all()}
    for line in check.lines:
        rows[line.instrument].own = line.own
    ApplicationLine.objects.bulk_update(rows.values(), ["own"])
    application.checks = {
        "on": today,
        "own": {str(line.instrument): line.own for line in check.lines},
        "warnings": list(check.warnings),
    }
    application.categories = list(check.categories)
    application.state, application.answer_reason = State.SUBMITTED, ""
    application.submitted_on, application.submitted_by = today, actor
    setting = review_setting(today)
    reviewer = reviewing_office(setting, applicant=application.applicant)
    application.deadline = _clock(
        application,
        application,
        reviewer,
        setting.review_days,
        _basis(setting),
        today,
    )
    application.save(
        update_fields=[
            *("checks", "categories", "state", "answer_reason", "submitted_on", "submitted_by", "deadline"),
            "updated_at",
        ]
    )
    log(application, "quota_application.submitted", actor=actor)
    return application


def _basis(setting: ReviewSetting) -> str:
    return f"申请审核设置 {setting.effective_from} 起"


def _clock(
    application: Application,
    subject: models.Model,
    holder: Organisation,
    days: int,
    basis: str,
    today: date,
) -> Deadline:
    project = application.project
    return clocks.open_deadline(
        owner=Owner(
            subject=subject,
            subject_label=f"{application}审核"[:200],
            stage=STAGE,
            holder_organisation=holder,
            scope_organisation=application.applicant,
            project_id=project.pk,
            project_code=project.display_code,
            project_name=project.name,
        ),
        role=Deadline.Role.HANDLING,
        started_on=today,
        committed=LineSpec(Line(limit=days), basis),
        statutory=None,
        today=today,
    )


@transaction.atomic
def begin_review(*, actor: User, application_id: int, today: date) -> Application:
    """Ask the joint offices of the setting in force; each has its own clock.

    Raises:
        ApplicationOutOfOrder: not handed in, or under review already.
    """
    require(actor, Right.REVIEW_QUOTA)
    application = locked(actor, application_id)
    only_in(application, (State.SUBMITTED,))
    setting = review_setting(today)
    offices = joint_offices(setting)
    opinions = [
        ApplicationOpinion.objects.get_or_create(
            application=application, organisation=office, defaults={"asked_on": today}
        )[0]
        for office in offices
    ]
    for opinion in opinions:
        opinion.asked_on, opinion.verdict, opinion.text, opinion.answered_on = today, "", "", None
        opinion.deadline = _clock(
            application, opinion, opinion.organisation, setting.opinion_days, _basis(setting), today
        )
        opinion.save(update_fields=["asked_on", "verdict", "text", "answered_on", "deadline"])
    application.state = State.REVIEW
    application.save(update_fields=["state", "updated_at"])
    facts = {"offices": [office.name for office in offices]}
    log(application, "quota_application.reviewed", actor=actor, facts=facts)
    return application


@transaction.atomic
def answer_opinion(
    *, actor: User, opinion_id: int, verdict: str, text: str, today: date
) -> ApplicationOpinion:
    """What a joint office says; entered by itself or, from its letter, by the reviewing section.

    Raises:
        ApplicationOutOfOrder: the review is over, or it has answered.
        ReasonNeeded: a no or a condition without its reason.
    """
    require(actor, Right.ANSWER_QUOTA)
    opinion = (
        ApplicationOpinion.objects.visible_to(actor)
        .select_related("application__applicant", "organisation")
        .select_for_update(of=("self",))
        .get(pk=opinion_id)
    )
    if opinion.application.state != State.REVIEW or opinion.answered_on is not None:
        raise ApplicationOutOfOrder(
            "审核已结束或意见已登记；请刷新页面查看。", state=opinion.application.state
        )
    if verdict != ApplicationOpinion.Verdict.AGREE and not text.strip():
        raise ReasonNeeded("不同意或有条件同意须写明理由；请补充。")
    opinion.verdict, opinion.text = verdict, text.strip()
    opinion.answered_on, opinion.answered_by = today, actor
    opinion.save(update_fields=["verdict", "text", "answered_on", "answered_by"])
    if opinion.deadline_id is not None:
        clocks.stop(deadline_id=opinion.deadline_id, stopped_on=today, today=today)
    facts = {"office": opinion.organisation.name, "verdict": opinion.get_verdict_display()}
    log(opinion.application, "quota_application.opinion_given", actor=actor, facts=facts)
    return opinion


@transaction.atomic
def return_application(*, actor: User, application_id: int, reason: str, today: date) -> Application:
    """Send it back to the county with the reason; it may be changed and handed in again.

    Raises:
        ApplicationOutOfOrder, ReasonNeeded.
    """
    require(actor, Right.REVIEW_QUOTA)
    application = locked(actor, application_id)
    only_in(application, Application.WITH_OFFICE)
    if not reason.strip():
        raise ReasonNeeded("退回须写明理由；请填写后再退回。")
    application.state, application.answer_reason = State.RETURNED, reason.strip()[:500]
    application.save(update_fields=["state", "answer_reason", "updated_at"])
    close_clocks(application, today)
    log(application, "quota_application.returned", actor=actor, facts={"reason": reason.strip()})
    return application


@transaction.atomic
def withdraw_application(*, actor: User, application_id: int, reason: str, today: date) -> Application:
    """The county takes its application back before a scheme is proposed.

    Raises:
        ApplicationOutOfOrder, ReasonNeeded.
    """
    require(actor, Right.APPLY_QUOTA)
    application = locked(actor, application_id)
    only_in(application, (*Application.EDITABLE, *Application.WITH_OFFICE))
    if not reason.strip():
        raise ReasonNeeded("撤回须写明理由；请填写后再撤回。")
    application.state, application.answer_reason = State.WITHDRAWN, reason.strip()[:500]
    application.save(update_fields=["state", "answer_reason", "updated_at"])
    close_clocks(application, today)
    log(application, "quota_application.withdrawn", actor=actor, facts={"reason": reason.strip()})
    return application


def close_clocks(application: Application, today: date) -> None:
    """Stop the office's clock and those of the offices that have not answered."""
    ids = [application.deadline_id, *application.opinions.values_list("deadline_id", flat=True)]
    rows = Deadline.objects.filter(pk__in=[pk for pk in ids if pk], state__in=Deadline.OPEN_STATES)
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        clocks.stop(deadline_id=pk, stopped_on=today, today=today)


def locked(actor: User, application_id: int) -> Application:
    """The application among those visible to the actor, locked, with its county and project."""
    return (
        Application.objects.visible_to(actor)
        .select_related("applicant", "project__organisation")
        .select_for_update(of=("self",))
        .get(pk=application_id)
    )


def only_in(application: Application, states: Sequence[str]) -> None:
    """Refuse a verb in another state."""
    if application.state not in states:
        raise ApplicationOutOfOrder(
            f"这份申请{application.get_state_display()}，不能办理这一步；请刷新页面查看。",
            state=application.state,
        )


def check_day(day: date, *, today: date, not_before: date | None, called: str) -> None:
    """Refuse a day that lies ahead or before what it follows."""
    if day > today:
        raise DayOutOfOrder(f"{called}不能晚于今天（{today}）；请核对。", day=day)
    if not_before is not None and day < not_before:
        raise DayOutOfOrder(f"{called}早于 {not_before}；请核对。", day=day, not_before=not_before)


def log(
    application: Application, verb: str, *, actor: User, facts: Mapping[str, object] | None = None
) -> None:
    """One line in the log, in the project's dossier and the county's scope."""
    record(
        actor=actor,
        verb=verb,
        subject=application,
        facts={"pool": application.get_pool_display(), **(facts or {})},
        project_id=application.project_id,
        scope_path=application.applicant.path,
    )
