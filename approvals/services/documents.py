"""Approvals and certificates: recorded with their areas, corrected, revoked; land used for a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from approvals import rules
from approvals.errors import (
    BatchModeMismatch,
    DayOutOfOrder,
    DocNoMalformed,
    DocumentIncomplete,
    DocumentKnown,
    DocumentRevokedAlready,
    NothingToRestore,
    PartTooLarge,
    ReasonMissing,
    SupervisionNoMalformed,
)
from approvals.models import Batch, DocumentKind, DocumentTerm, LandDocument, LandDocumentArea
from approvals.services.records import (
    cancel_deadline,
    locked_projects,
    log,
    open_promise,
    owner_for,
    refuse_future,
)
from deadlines import services as clock
from deadlines.models import Deadline
from deadlines.rules import add_months
from projects.models import Project
from projects.rules.land_checks import LABELS
from projects.services.evidence import NO_PROOF, Proof, paper_of
from projects.services.searching import name_document

STAGE = "批复与证书"
# One permit is one project's: otherwise its floor area would count for each of them.
PERMITS = frozenset({DocumentKind.LAND_PERMIT, DocumentKind.WORKS_PERMIT, DocumentKind.RURAL_PERMIT})


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What stands on the document. Numbers as typed; `valid_until` only where the paper names a day."""

    kind: str
    issuer: str
    decided_on: date
    number: str = ""
    supervision_no: str = ""
    received_on: date | None = None
    floor_area_m2: Decimal | None = None
    term_id: int | None = None
    valid_until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """What one project applied for and was given, in m² by class (LandDocumentArea.CLASSES)."""

    applied: Mapping[str, int | None] = field(default_factory=dict)
    approved: Mapping[str, int | None] = field(default_factory=dict)


@transaction.atomic
def record_document(
    *,
    actor: User,
    facts: DocumentFacts,
    areas: Mapping[int, AreaFacts],
    today: date,
    batch_id: int | None = None,
    proof: Proof = NO_PROOF,
) -> LandDocument:
    """Take an approval or certificate into the record, with what it gives each project.

    先行用地 and 临时用地 start their validity on the day of approval and, where the term says so, the
    duty to restore.

    Args:
        areas: by the project's id; at least one.

    Raises:
        DocumentIncomplete: no number, no project, a permit for several, no term where one is needed.
        DocNoMalformed, SupervisionNoMalformed, DocumentKnown, PartTooLarge, DayOutOfOrder.
        BatchModeMismatch: the batch's 报批方式 ends in another document, or needs several projects.
        PermissionDenied, Project.DoesNotExist, ProjectNotEditable: see locked_projects.
        Batch.DoesNotExist: unknown or not visible.
    """
    projects = locked_projects(areas, actor=actor)
    if not projects:
        raise DocumentIncomplete("批复须对应至少一个项目。")
    lead = projects[min(projects)]
    batch = Batch.objects.visible_to(actor).get(pk=batch_id) if batch_id is not None else None
    if batch is not None:
        _refuse_other_mode(batch, facts.kind, number=len(projects))
    document = LandDocument(organisation=batch.organisation if batch else lead.organisation, batch=batch)
    _write(document, facts, areas, today=today)
    document.entered_by = actor
    document.paper = paper_of(
        actor=actor, project=lead, proof=proof, title=document.get_kind_display(), today=today
    )
    document.save(force_insert=True)
    for project_id, given in areas.items():
        LandDocumentArea.objects.create(document=document, project_id=project_id, **_columns(given))
    _start_clocks(document, lead, facts, today=today)
    _after(document, projects, "document.recorded", actor=actor, today=today)
    return document


def _refuse_other_mode(batch: Batch, kind: str, *, number: int) -> None:
    words = batch.get_mode_display()
    if kind not in rules.KINDS_OF_MODE[batch.mode]:
        given = "、".join(DocumentKind(each).label for each in sorted(rules.KINDS_OF_MODE[batch.mode]))
        raise BatchModeMismatch(
            f"本批次报批方式为“{words}”，只能登记：{given}；请核对类型或修改报批方式。",
            mode=batch.mode,
            kind=kind,
        )
    if batch.mode in rules.OF_SEVERAL and number < 2:
        raise BatchModeMismatch(
            f"“{words}”须有两个以上项目，本批次只有 {number} 个；请列入项目或修改报批方式。",
            mode=batch.mode,
            number=number,
        )


@transaction.atomic
def change_document(
    *, actor: User, document_id: int, facts: DocumentFacts, areas: Mapping[int, AreaFacts], today: date
) -> LandDocument:
    """Correct what was recorded; the projects stay the same. A changed day or term restarts the clocks.

    Raises:
        DocumentRevokedAlready.
        As record_document.
    """
    document = locked_document(document_id, actor=actor)
    projects = locked_projects(document.areas.values_list("project_id", flat=True), actor=actor)
    if set(areas) != set(projects):
        raise DocumentIncomplete("更正批复不能增减项目；请撤销后重新登记。")
    was = (document.kind, document.decided_on, document.term_id)
    before_until = document.validity.due_on if document.validity else None
    _write(document, facts, areas, today=today)
    document.save()
    for row in document.areas.all():
        columns = _columns(areas[row.project_id])
        for name, value in columns.items():
            setattr(row, name, value)
        row.save(update_fields=list(columns))
    if was != (document.kind, document.decided_on, document.term_id) or facts.valid_until != before_until:
        cancel_deadline(document.validity, today=today)
        cancel_deadline(document.restoration, today=today)
        document.validity = document.restoration = None
        _start_clocks(document, projects[min(projects)], facts, today=today)
        document.save(update_fields=["validity", "restoration", "updated_at"])
    _after(document, projects, "document.changed", actor=actor, today=today)
    return document


@transaction.atomic
def revoke_document(
    *, actor: User, document_id: int, revoked_on: date, reason: str, today: date
) -> LandDocument:
    """Mark a document as revoked, or entered by mistake; its clocks fall away, its row stays.

    Raises:
        DocumentRevokedAlready, ReasonMissing, DayOutOfOrder.
    """
    document = locked_document(document_id, actor=actor)
    if not reason.strip():
        raise ReasonMissing("撤销批复须写明原因。")
    refuse_future(revoked_on, words="撤销日期", today=today)
    if revoked_on < document.decided_on:
        raise DayOutOfOrder(
            f"撤销日期 {revoked_on} 早于批准日期 {document.decided_on}；请核对日期。", day=revoked_on
        )
    document.revoked_on, document.revoked_reason = revoked_on, reason.strip()
    document.save(update_fields=["revoked_on", "revoked_reason", "updated_at"])
    cancel_deadline(document.validity, today=today)
    cancel_deadline(document.restoration, today=today)
    projects = locked_projects(document.areas.values_list("project_id", flat=True), actor=actor)
    _after(document, projects, "document.revoked", actor=actor, today=today)
    return document


@transaction.atomic
def restore_land(*, actor: User, document_id: int, restored_on: date, today: date) -> LandDocument:
    """The restoration of land used for a time was accepted; its duty ends.

    Raises:
        NothingToRestore, DayOutOfOrder.
    """
    document = locked_document(document_id, actor=actor)
    duty = document.restoration
    if duty is None or not duty.is_open:
        raise NothingToRestore("该批复没有待完成的复垦义务。", document=document.pk)
    refuse_future(restored_on, words="复垦验收日期", today=today)
    clock.stop(deadline_id=duty.pk, stopped_on=restored_on, today=today)
    document.restored_on = restored_on
    document.save(update_fields=["restored_on", "updated_at"])
    projects = locked_projects(document.areas.values_list("project_id", flat=True), actor=actor)
    _after(document, projects, "document.restored", actor=actor, today=today)
    return document


def locked_document(document_id: int, *, actor: User) -> LandDocument:
    """A document under its lock, for correction.

    Raises:
        LandDocument.DoesNotExist: unknown or not visible.
        DocumentRevokedAlready.
    """
    require(actor, Right.RUN_STEPS)
    visible = LandDocument.objects.visible_to(actor).filter(pk=document_id).values("pk")
    document = (
        LandDocument.objects.select_for_update(of=("self",))
        .select_related("organisation", "validity", "restoration", "batch")
        .get(pk__in=visible)
    )
    if document.revoked_on is not None:
        raise DocumentRevokedAlready(
            f"该批复已于 {document.revoked_on} 撤销，不能再改。", revoked_on=document.revoked_on
        )
    return document


def _write(
    document: LandDocument, facts: DocumentFacts, areas: Mapping[int, AreaFacts], *, today: date
) -> None:
    refuse_future(facts.decided_on, words="批准日期", today=today)
    refuse_future(facts.received_on, words="取件日期", today=today)
    if facts.received_on is not None and facts.received_on < facts.decided_on:
        raise DayOutOfOrder(
            f"取件日期 {facts.received_on} 早于批准日期 {facts.decided_on}；请核对日期。",
            day=facts.received_on,
        )
    if facts.kind in PERMITS and len(areas) > 1:
        raise DocumentIncomplete("规划许可证一证一项目；请分别登记。")
    document.kind = facts.kind
    document.number = checked_number(facts)
    document.supervision_no = checked_supervision_no(facts.supervision_no, year=facts.decided_on.year)
    if not document.number and not document.supervision_no:
        raise DocumentIncomplete("文号（证号）和电子监管号至少填一项。")
    _refuse_known(document)
    for given in areas.values():
        _refuse_large_part(given)
    document.issuer, document.note = facts.issuer.strip(), facts.note.strip()
    document.decided_on, document.received_on = facts.decided_on, facts.received_on
    document.floor_area_m2 = facts.floor_area_m2
    document.term = _term(facts)


def checked_number(facts: DocumentFacts) -> str:
    """The number in the office's form.

    Raises:
        DocNoMalformed: no such form, no year where the kind has one, or a year after the decision's.
    """
    number = rules.normalise_doc_no(facts.number)
    year = rules.doc_no_year(number)
    if number and (not rules.is_doc_no(number) or (year is None and facts.kind in rules.BY_DOC_NO)):
        raise DocNoMalformed(
            f"文号“{number}”不合规范；请写成“机关代字〔年〕号”，如“黔府用地函〔2026〕12号”。", doc_no=number
        )
    if year is not None and year > facts.decided_on.year:
        raise DocNoMalformed(
            f"文号“{number}”的年份晚于批准日期 {facts.decided_on}；请核对。", doc_no=number, year=year
        )
    return number


def checked_supervision_no(text: str, *, year: int) -> str:
    """The number of the supervision system without what surrounds it; empty stays empty.

    Raises:
        SupervisionNoMalformed.
    """
    number = rules.normalise_supervision_no(text)
    problem = rules.supervision_no_problem(number, year=year) if number else ""
    if problem:
        raise SupervisionNoMalformed(f"电子监管号“{number}”{problem}。", supervision_no=number)
    return number


def _refuse_known(document: LandDocument) -> None:
    others = LandDocument.objects.all()
    if document.pk:
        others = others.exclude(pk=int(document.pk))
    for name, words in (("number", "文号"), ("supervision_no", "电子监管号")):
        value = getattr(document, name)
        same = {name: value, "kind": document.kind} if name == "number" else {name: value}
        if value and others.filter(**same).exists():
            raise DocumentKnown(
                f"{words} {value} 已登记过；请到“批复与证书”中查找后更正原记录。", **{name: value}
            )


def _refuse_large_part(given: AreaFacts) -> None:
    for areas, words in ((given.applied, "申请"), (given.approved, "批准")):
        found = rules.part_too_large(areas)
        if found is not None:
            part, whole = (LABELS[f"{name}_m2"] for name in found)
            raise PartTooLarge(f"{words}的{part}大于{whole}；请核对面积。", part=found[0], whole=found[1])


def _term(facts: DocumentFacts) -> DocumentTerm | None:
    if facts.kind not in rules.FOR_A_TIME:
        return None
    terms = DocumentTerm.objects.in_force(facts.decided_on).filter(kind=facts.kind)
    chosen = terms.filter(pk=facts.term_id or 0).first()
    if chosen is None:
        label = DocumentKind(facts.kind).label
        raise DocumentIncomplete(f"{label}须选择适用的期限。", choices=[str(term) for term in terms])
    return chosen


def _columns(given: AreaFacts) -> dict[str, int | None]:
    return {
        f"{side}_{name}_m2": values.get(name)
        for side, values in (("applied", given.applied), ("approved", given.approved))
        for name in LandDocumentArea.CLASSES
    }


def _start_clocks(document: LandDocument, lead: Project, facts: DocumentFacts, *, today: date) -> None:
    """Validity from the day of approval, restoration until so many months after it ends."""
    term = document.term
    if term is None:
        return
    longest = add_months(document.decided_on, term.months)
    until = facts.valid_until or longest
    if not document.decided_on < until <= longest:
        raise DayOutOfOrder(
            f"有效期至 {until} 不在批准日期之后 {term.months} 个月内；请核对（最长至 {longest}）。",
            day=until,
            longest=longest,
        )
    label = DocumentKind(document.kind).label
    document.validity = open_promise(
        owner=owner_for(document, lead, label=f"{label}有效期", stage=STAGE),
        role=Deadline.Role.VALIDITY,
        started_on=document.decided_on,
        due_on=until,
        basis=term.basis,
        today=today,
    )
    if term.restoration_months:
        document.restoration = open_promise(
            owner=owner_for(document, lead, label="临时用地复垦", stage=STAGE),
            role=Deadline.Role.HANDLING,
            started_on=document.decided_on,
            due_on=add_months(until, term.restoration_months),
            basis=term.basis,
            today=today,
        )
    document.save(update_fields=["validity", "restoration", "updated_at"])


def _after(
    document: LandDocument, projects: Mapping[int, Project], verb: str, *, actor: User, today: date
) -> None:
    for project in projects.values():
        for number in (document.number, document.supervision_no):
            name_document(project_id=project.pk, number=number)
        log(
            project,
            actor=actor,
            verb=verb,
            subject=document,
            facts={
                "kind": DocumentKind(document.kind).label,
                "doc_no": document.number,
                "supervision_no": document.supervision_no,
                "reason": document.revoked_reason,
            },
            occurred_on=document.revoked_on or document.decided_on,
        )
        mark_advance_use(project.pk, today=today)


def mark_advance_use(project_id: int, *, today: date) -> None:
    """A lapse of 先行用地 alarms while the project has no approval of its land. Two queries or more."""
    mine = LandDocument.objects.in_force().filter(areas__project_id=project_id)
    is_approved = mine.filter(kind__in=rules.COUNTS_AS_LAND).exists()
    for document in mine.filter(kind=DocumentKind.ADVANCE).select_related("validity"):
        validity = document.validity
        if validity is not None and validity.dependent_is_open == is_approved:
            clock.mark_dependent(deadline_id=validity.pk, is_open=not is_approved, today=today)
