"""Questions, requests upward and what follows an approval: raised with a clock, answered, published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals import rules
from approvals.errors import MatterOutOfOrder, ReasonMissing
from approvals.models import Matter, MatterKind, MatterTerm
from approvals.services.records import log_setting, may_record, refuse_future
from audit.services import record
from core.dated import refuse_earlier
from deadlines import services as clock
from deadlines.models import Deadline
from deadlines.rules import Line, LineKind, Unit
from deadlines.services import LineSpec, Owner
from papers.models import Paper
from papers.services import PaperOwner, Upload, attach
from projects.models import Project

RAISES = {
    rules.Desk.QUESTIONS: Right.ASK_QUESTIONS,
    rules.Desk.UPWARD: Right.RUN_STEPS,
    rules.Desk.AFTER: Right.RUN_STEPS,
}
ANSWERS = {**RAISES, rules.Desk.QUESTIONS: Right.ANSWER_QUESTIONS}


@dataclass(frozen=True, slots=True)
class MatterFacts:
    """What is raised. `holder`: the office that is asked; None where the raising unit itself sees to it."""

    kind: str
    title: str
    text: str
    raised_on: date
    project_id: int | None = None
    step_code: str = ""
    holder: Organisation | None = None
    person: str = ""
    addressee: str = ""
    doc_no: str = ""


@transaction.atomic
def raise_matter(*, actor: User, facts: MatterFacts, today: date, proof: Upload | None = None) -> Matter:
    """Put a question, a request to the level above, or a duty after an approval on record; its clock starts.

    Raises:
        ReasonMissing: no title or text, nobody asked, nobody addressed, no project after an approval.
        DayOutOfOrder: raised after today.
        PermissionDenied: the role raises no such matter, or the project is another unit's.
        Project.DoesNotExist: unknown or not visible.

    Source: S0-18, S0-20, S4-18.
    """
    desk = rules.desk_of(facts.kind)
    require(actor, RAISES[desk])
    refuse_future(facts.raised_on, words="提出日期", today=today)
    project = _project(actor, facts, desk)
    _refuse_incomplete(facts, desk, project)
    unit = actor.reporting_unit or actor.organisation
    organisation = project.organisation if project and desk is not rules.Desk.QUESTIONS else unit
    if organisation is None:
        raise PermissionDenied("您的账号没有所属单位，不能登记。")
    row = Matter.objects.create(
        kind=facts.kind,
        organisation=organisation,
        project=project,
        step_code=facts.step_code,
        title=facts.title.strip(),
        text=facts.text.strip(),
        person=facts.person.strip(),
        addressee=facts.addressee.strip(),
        doc_no=rules.normalise_doc_no(facts.doc_no),
        raised_on=facts.raised_on,
        holder=facts.holder or organisation,
        entered_by=actor,
    )
    row.deadline = _clock(row, today=today)
    row.paper = _paper(row, proof, title=row.title, actor=actor, today=today)
    row.save(update_fields=["deadline", "paper"])
    _log(row, "matter.raised", actor, {"title": row.title}, row.raised_on)
    return row


def _project(actor: User, facts: MatterFacts, desk: rules.Desk) -> Project | None:
    if facts.project_id is None:
        return None
    rows = Project.objects.visible_to(actor).select_related("organisation", "submitted_by")
    project = rows.get(pk=facts.project_id)
    if desk is not rules.Desk.QUESTIONS and not may_record(actor, project):
        raise PermissionDenied(f"{project.name}由{project.organisation.short_name}登记。")
    return project


def _refuse_incomplete(facts: MatterFacts, desk: rules.Desk, project: Project | None) -> None:
    if not facts.title.strip() or not facts.text.strip():
        raise ReasonMissing("请写明事由和内容。", verb="matter")
    if desk is rules.Desk.QUESTIONS and facts.holder is None:
        raise ReasonMissing("请选择答复的科室。", verb="matter")
    if desk is rules.Desk.UPWARD and not facts.addressee.strip():
        raise ReasonMissing("请写明呈送的上级单位。", verb="matter")
    if desk is rules.Desk.AFTER and project is None:
        raise ReasonMissing("批后事项须对应项目。", verb="matter")


def term_of(kind: str, on: date) -> MatterTerm | None:
    """The term of a kind in force on a day; None before the first. One query."""
    return MatterTerm.objects.filter(kind=kind, effective_from__lte=on).order_by("-effective_from").first()


def _clock(row: Matter, *, today: date) -> Deadline | None:
    term = term_of(row.kind, row.raised_on)
    if term is None:
        return None
    spec = LineSpec(Line(term.days, Unit(term.unit), LineKind.MAX), term.basis)
    project = row.project
    owner = Owner(
        subject=row,
        subject_label=f"{row.get_kind_display()}：{row.title}"[:200],
        holder_organisation=row.holder,
        scope_organisation=row.organisation,
        stage=rules.desk_of(row.kind).label,
        project_id=project.pk if project else None,
        project_code=project.display_code if project else "",
        project_name=project.name if project else "",
    )
    return clock.open_deadline(
        owner=owner,
        role=Deadline.Role.HANDLING,
        started_on=row.raised_on,
        committed=None if term.is_law else spec,
        statutory=spec if term.is_law else None,
        today=today,
    )


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """What came back, or what was done."""

    answered_on: date
    answer: str
    answer_no: str = ""


@transaction.atomic
def answer_matter(
    *, actor: User, matter_id: int, facts: AnswerFacts, today: date, proof: Upload | None = None
) -> Matter:
    """Record the answer; the clock ends on its day.

    Raises:
        MatterOutOfOrder: it is answered, or the answer lies before the question.
        ReasonMissing: no answer.
        DayOutOfOrder, PermissionDenied, Matter.DoesNotExist.
    """
    row = _locked(matter_id, actor=actor)
    refuse_future(facts.answered_on, words="答复日期", today=today)
    if row.answered_on is not None:
        raise MatterOutOfOrder(f"已于 {row.answered_on} 答复；不用再登记。", answered_on=row.answered_on)
    if facts.answered_on < row.raised_on:
        raise MatterOutOfOrder(
            f"答复日期早于提出日期 {row.raised_on}；请核对日期。", answered_on=facts.answered_on
        )
    if not facts.answer.strip():
        raise ReasonMissing("请写明答复（办理结果）。", verb="matter")
    row.answered_on, row.answer = facts.answered_on, facts.answer.strip()
    row.answer_no, row.answered_by = rules.normalise_doc_no(facts.answer_no), actor
    row.answer_paper = _paper(row, proof, title=f"{row.title}答复", actor=actor, today=today)
    row.save(update_fields=["answered_on", "answer", "answer_no", "answered_by", "answer_paper"])
    if row.deadline_id is not None:
        clock.stop(deadline_id=row.deadline_id, stopped_on=facts.answered_on, today=today)
    _log(row, "matter.answered", actor, {"answer": row.answer[:200]}, facts.answered_on)
    return row


@transaction.atomic
def publish_answer(*, actor: User, matter_id: int, today: date) -> Matter:
    """Show a question and its answer to everyone, without naming who asked.

    Raises:
        MatterOutOfOrder: not a question, not answered, or published already.
        PermissionDenied, Matter.DoesNotExist.
    """
    row = _locked(matter_id, actor=actor)
    if row.kind != MatterKind.QUESTION or row.answered_on is None or row.published_on is not None:
        raise MatterOutOfOrder("只有已答复、尚未公开的咨询可以公开。", kind=row.kind)
    row.published_on = today
    row.save(update_fields=["published_on"])
    _log(row, "matter.published", actor, {"title": row.title}, today)
    return row


def _locked(matter_id: int, *, actor: User) -> Matter:
    visible = Matter.objects.visible_to(actor).filter(pk=matter_id).values("pk")
    row = (
        Matter.objects.select_for_update(of=("self",))
        .select_related("organisation", "holder", "project__organisation")
        .get(pk__in=visible)
    )
    desk = rules.desk_of(row.kind)
    require(actor, ANSWERS[desk])
    if desk is not rules.Desk.QUESTIONS and not follows(actor, row):
        raise PermissionDenied(f"该事项由{row.organisation.short_name}登记。")
    return row


def follows(actor: User, row: Matter) -> bool:
    """Whether the matter is the actor's side to see to; reads `organisation`."""
    unit = actor.reporting_unit
    return unit is None or row.organisation.path.startswith(unit.path)


def _paper(row: Matter, upload: Upload | None, *, title: str, actor: User, today: date) -> Paper | None:
    if upload is None:
        return None
    owner = PaperOwner(
        kind=row._meta.label_lower,
        pk=row.pk,
        label=row.title,
        project_id=row.project_id,
        organisation=row.organisation,
    )
    kind = Paper.Kind.EVIDENCE
    return attach(actor=actor, owner=owner, upload=upload, kind=kind, title=title[:200], today=today)


def _log(row: Matter, verb: str, actor: User, facts: dict[str, object], on: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=row,
        facts={"kind": row.get_kind_display(), **facts},
        project_id=row.project_id,
        scope_path=row.organisation.path,
        occurred_on=on,
    )


@transaction.atomic
def set_term(
    *, actor: User, kind: str, days: int, unit: str, is_law: bool, basis: str, effective_from: date
) -> MatterTerm:
    """Another term of a kind from a day on; what runs keeps the one it began under.

    Raises:
        SettingOutOfOrder: not after the newest row of the kind.
        PermissionDenied: the role edits no periods.
    """
    require(actor, Right.EDIT_PERIODS)
    newest = MatterTerm.objects.select_for_update().filter(kind=kind).order_by("-effective_from").first()
    refuse_earlier(effective_from, newest=newest)
    columns = {"days": days, "unit": unit, "is_law": is_law, "basis": basis.strip()}
    row = MatterTerm.objects.create(kind=kind, effective_from=effective_from, **columns)
    log_setting(
        row,
        f"{MatterTerm._meta.verbose_name}：{row}",
        actor=actor,
        facts={"effective_from": effective_from, **columns},
    )
    return row
