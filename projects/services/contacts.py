"""提前对接: name somebody, send the letter, note the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from core.dated import SettingOutOfOrder
from deadlines import services as clocks
from deadlines.models import Deadline
from deadlines.rules import Line
from deadlines.services import LineSpec, Owner
from projects.models import LetterTemplate, PreContact, Project
from projects.refusals import ContactOutOfOrder, ReasonMissing
from projects.selectors.contacts import letter_template, letter_words

STAGE = "提前对接"


@transaction.atomic
def assign_contact(
    *, actor: User, project_id: int, person: User, phone: str, assigned_on: date, today: date
) -> PreContact:
    """Name the person who deals with a project's owner.

    Raises:
        ContactOutOfOrder: the day lies ahead, or the project is off the list.
    """
    require(actor, Right.CONTACT_OWNER)
    project = Project.objects.visible_to(actor).select_related("organisation").get(pk=project_id)
    if project.status in (Project.Status.MERGED, Project.Status.REMOVED):
        raise ContactOutOfOrder(f"该项目{project.get_status_display()}，不再对接。", status=project.status)
    _refuse_future(assigned_on, today)
    contact = PreContact.objects.create(
        project=project, person=person, phone=phone.strip(), assigned_on=assigned_on, assigned_by=actor
    )
    _record(contact, "project.contact_assigned", {"person": person.label}, actor=actor, on=assigned_on)
    return contact


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter as the form states it."""

    letter_on: date
    letter_no: str
    addressee: str
    materials: str


@transaction.atomic
def send_letter(*, actor: User, contact_id: int, letter: Letter, today: date) -> PreContact:
    """Record the letter with the words in force on its day; the receipt is due by the template's limit.

    Raises:
        ContactOutOfOrder: written before, before the appointment, or in the future; or no template.
    """
    require(actor, Right.CONTACT_OWNER)
    contact = _locked(actor, contact_id)
    if contact.state != PreContact.State.ASSIGNED:
        raise ContactOutOfOrder(
            f"本次对接{contact.get_state_display()}，不能重复登记函告；如需再次函告，请新建一次对接。",
            state=contact.state,
        )
    _refuse_future(letter.letter_on, today)
    if letter.letter_on < contact.assigned_on:
        raise ContactOutOfOrder(
            f"函告日期早于指派日期 {contact.assigned_on}；请核对日期。", letter_on=letter.letter_on
        )
    template = letter_template(letter.letter_on)
    if template is None:
        raise ContactOutOfOrder("没有现行的函告模板；请先维护函告模板。", letter_on=letter.letter_on)
    contact.state = PreContact.State.SENT
    contact.letter_on, contact.letter_no = letter.letter_on, letter.letter_no.strip()
    contact.addressee, contact.materials = letter.addressee.strip(), letter.materials.strip()
    contact.letter_title = template.title
    contact.letter_body = letter_words(
        template=template,
        project=contact.project,
        person=contact.person,
        phone=contact.phone,
        materials=contact.materials,
    )
    contact.deadline = _await_receipt(contact, template, today)
    contact.save(
        update_fields=[
            *("state", "letter_on", "letter_no", "addressee", "materials"),
            *("letter_title", "letter_body", "deadline"),
        ]
    )
    facts: dict[str, object] = {"letter_no": contact.letter_no, "addressee": contact.addressee}
    _record(contact, "project.letter_sent", facts, actor=actor, on=letter.letter_on)
    return contact


def _await_receipt(contact: PreContact, template: LetterTemplate, today: date) -> Deadline:
    project, person = contact.project, contact.person
    assert contact.letter_on is not None
    holder = person.organisation or project.organisation
    return clocks.open_deadline(
        owner=Owner(
            subject=contact,
            subject_label=f"函告回执：{contact.addressee}"[:200],
            stage=STAGE,
            holder_organisation=holder,
            holder=person,
            scope_organisation=project.organisation,
            project_id=project.pk,
            project_code=project.display_code,
            project_name=project.name,
        ),
        role=Deadline.Role.RECEIPT,
        started_on=contact.letter_on,
        committed=LineSpec(Line(limit=template.reply_days), f"函告模板 {template.effective_from} 起"),
        statutory=None,
        today=today,
    )


@transaction.atomic
def note_receipt(
    *, actor: User, contact_id: int, received_on: date, received_by: str, note: str, today: date
) -> PreContact:
    """The owner has the letter; the clock stops.

    Raises:
        ContactOutOfOrder: no letter was sent, it was receipted, or the day lies before it or ahead.
        ReasonMissing: nobody is named who received it.
    """
    require(actor, Right.CONTACT_OWNER)
    contact = _locked(actor, contact_id)
    if contact.state != PreContact.State.SENT or contact.letter_on is None:
        raise ContactOutOfOrder(
            f"本次对接{contact.get_state_display()}，不能登记回执；刷新页面查看。", state=contact.state
        )
    _refuse_future(received_on, today)
    if received_on < contact.letter_on:
        raise ContactOutOfOrder(
            f"回执日期早于函告日期 {contact.letter_on}；请核对日期。", received_on=received_on
        )
    if not received_by.strip():
        raise ReasonMissing("请写明回执人。")
    contact.state = PreContact.State.RECEIVED
    contact.received_on, contact.received_by = received_on, received_by.strip()
    contact.receipt_note = note.strip()
    contact.save(update_fields=["state", "received_on", "received_by", "receipt_note"])
    if contact.deadline_id is not None:
        clocks.stop(deadline_id=contact.deadline_id, stopped_on=received_on, today=today)
    facts: dict[str, object] = {"received_by": contact.received_by, "note": contact.receipt_note}
    _record(contact, "project.letter_received", facts, actor=actor, on=received_on)
    return contact


def _locked(actor: User, contact_id: int) -> PreContact:
    rows = PreContact.objects.visible_to(actor).select_related(
        "project__organisation", "person__organisation"
    )
    return rows.select_for_update(of=("self",)).get(pk=contact_id)


def _refuse_future(day: date, today: date) -> None:
    if day > today:
        raise ContactOutOfOrder(f"日期不能晚于今天（{today}）。", day=day)


def _record(contact: PreContact, verb: str, facts: dict[str, object], *, actor: User, on: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=contact.project,
        facts=facts,
        project_id=contact.project_id,
        scope_path=contact.project.organisation.path,
        occurred_on=on,
    )


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """A wording of the letter, as the form states it."""

    title: str
    body: str
    materials: str
    reply_days: int
    note: str
    effective_from: date


@transaction.atomic
def change_letter(
    *, actor: User, new: NewTemplate, organisation: Organisation, today: date
) -> LetterTemplate:
    """Other words from a day on; letters that were sent keep theirs.

    Raises:
        SettingOutOfOrder: the day is past, or already has a wording.
    """
    require(actor, Right.EDIT_CRITERIA)
    if new.effective_from < today:
        raise SettingOutOfOrder("生效日期不能早于今天。", effective_from=new.effective_from)
    if LetterTemplate.objects.filter(effective_from=new.effective_from).exists():
        raise SettingOutOfOrder(
            f"{new.effective_from} 已有一版模板，请另选日期。", effective_from=new.effective_from
        )
    template = LetterTemplate.objects.create(
        title=new.title,
        body=new.body,
        materials=new.materials,
        reply_days=new.reply_days,
        note=new.note,
        effective_from=new.effective_from,
    )
    record(
        actor=actor,
        verb="letter.template_changed",
        subject=template,
        facts={"effective_from": new.effective_from, "note": new.note},
        scope_path=organisation.path,
    )
    return template


def open_contacts_of(person: User) -> QuerySet[PreContact]:
    """The early contacts a person was named for whose receipt is not in."""
    return PreContact.objects.filter(person=person).exclude(state=PreContact.State.RECEIVED)


@transaction.atomic
def hand_over_contacts(*, leaver: User, successor: User) -> int:
    """Name another for what somebody leaves behind. Returns how many moved."""
    moved = 0
    for contact in open_contacts_of(leaver).select_for_update(of=("self",)).order_by("pk"):
        contact.person, contact.phone = successor, ""
        contact.save(update_fields=["person", "phone"])
        moved += 1
    return moved
