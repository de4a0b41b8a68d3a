"""Pushes and early contact: who gets what, who received it, and who may read it."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from core.dated import SettingOutOfOrder
from deadlines.models import Deadline
from notifications.models import Message
from projects.letters import letter_document
from projects.models import PreContact, Project, Push, PushRule
from projects.refusals import ContactOutOfOrder, PushAnswered, PushImpossible, ReasonMissing
from projects.selectors.pushes import push_list, unpushed
from projects.services import contacts, pushing
from projects.services.contacts import Letter
from projects.services.pushing import NewRule
from tests.factories import ProjectFactory, UserFactory, organisation
from tests.projects.workbooks import NOW, TODAY


@pytest.fixture
def forester(db) -> User:
    return UserFactory(role=User.Role.DEPARTMENT, organisation=organisation("522700-LYJ"))


def push(actor: User, *projects: Project) -> list[Push]:
    return pushing.push(actor=actor, project_ids=[project.pk for project in projects], today=TODAY)


def receive(actor: User, *pushes: Push, note: str = "") -> list[Push]:
    return pushing.receive(actor=actor, push_ids=[row.pk for row in pushes], note=note, today=TODAY, now=NOW)


def test_a_project_goes_to_whom_the_rules_name(dispatcher, forester):
    woods = ProjectFactory(land={"total_m2": 9, "forest_m2": 4})
    bare = ProjectFactory(land={"total_m2": 9, "forest_m2": 0})

    push(dispatcher, woods, bare)

    def named(project):
        return set(project.pushes.values_list("recipient__code", flat=True))

    assert named(woods) == {"522700-FGW", "522700-HBJ", "522700-LYJ", "522700-WLJ"}
    assert named(bare) == named(woods) - {"522700-LYJ"}
    assert woods.pushes.get(recipient__code="522700-LYJ").reason == "涉及林地"
    assert Message.objects.get(recipient=forester).title == "推送来 1 个项目，请签收"


def test_each_push_is_to_be_received_in_time(dispatcher):
    [row, *_] = push(dispatcher, ProjectFactory())

    assert row.deadline is not None
    assert (row.deadline.role, row.deadline.due_on) == (Deadline.Role.RECEIPT, date(2026, 11, 24))
    assert row.deadline.holder_organisation == row.recipient


def test_pushing_again_pushes_nothing_twice(dispatcher):
    project = ProjectFactory()
    push(dispatcher, project)

    assert push(dispatcher, project) == []
    assert not unpushed(actor=dispatcher).exists()


def test_only_what_is_on_the_list_is_pushed(dispatcher):
    project = ProjectFactory(submitted=True)

    with pytest.raises(PushImpossible) as refusal:
        push(dispatcher, project)

    assert refusal.value.facts == {"project_id": project.pk, "status": "SUBMITTED"}


def test_without_a_rule_nothing_is_pushed(dispatcher):
    PushRule.objects.update(effective_to=TODAY)

    with pytest.raises(PushImpossible):
        push(dispatcher, ProjectFactory())


def test_a_department_reads_what_was_pushed_to_it_until_it_is_withdrawn(dispatcher, forester, department):
    project = ProjectFactory(land={"forest_m2": 5})
    assert not Project.objects.visible_to(forester).exists()

    push(dispatcher, project)
    assert Project.objects.visible_to(forester).get() == project
    assert push_list(actor=forester).count() == 1
    assert not Project.objects.visible_to(department).exists()
    assert not push_list(actor=department).exists()

    own = project.pushes.get(recipient=forester.organisation)
    with pytest.raises(ReasonMissing):
        pushing.withdraw(actor=dispatcher, push_id=own.pk, reason="", today=TODAY)
    pushing.withdraw(actor=dispatcher, push_id=own.pk, reason="误推", today=TODAY)
    own.refresh_from_db()
    assert (own.state, own.deadline.state) == (Push.State.WITHDRAWN, Deadline.State.CANCELLED)
    assert not Project.objects.visible_to(forester).exists()
    with pytest.raises(PushAnswered):
        pushing.withdraw(actor=dispatcher, push_id=own.pk, reason="又", today=TODAY)


def test_what_a_department_sees_takes_one_query(dispatcher, forester, django_assert_num_queries):
    push(dispatcher, *(ProjectFactory() for _ in range(5)))
    assert forester.scope is not None

    with django_assert_num_queries(1):
        assert len(Project.objects.visible_to(forester)) == 5


def test_a_receipt_says_who_and_when_and_stops_the_clock(dispatcher, forester):
    push(dispatcher, ProjectFactory())
    own = Push.objects.get(recipient=forester.organisation)

    receive(forester, own, note="已分办")

    own.refresh_from_db()
    assert (own.state, own.received_by, own.received_on) == (Push.State.RECEIVED, forester, TODAY)
    assert (own.receipt_note, own.deadline.state) == ("已分办", Deadline.State.MET)
    with pytest.raises(PushAnswered) as refusal:
        receive(forester, own)
    assert refusal.value.facts == {"push_id": own.pk, "state": "RECEIVED"}


def test_the_tab_counts_the_rows_of_its_list(dispatcher, forester, client):
    push(dispatcher, ProjectFactory())
    receive(forester, Push.objects.get(recipient=forester.organisation))
    client.force_login(dispatcher)

    page = client.get(reverse("projects:pushes"))

    assert page.context["tabs"][0].count == page.context["total"]
    assert page.context["total"].number == Push.objects.count()


def test_nobody_receives_for_another_department(dispatcher, forester, officer):
    push(dispatcher, ProjectFactory())
    others = Push.objects.exclude(recipient=forester.organisation).first()

    with pytest.raises(Push.DoesNotExist):
        receive(forester, others)
    with pytest.raises(PermissionDenied):
        receive(officer, others)


def test_what_leaves_the_list_is_withdrawn_everywhere(dispatcher):
    project = ProjectFactory()
    push(dispatcher, project)

    pushing.withdraw_all(project=project, reason="移出年度清单", actor=dispatcher, today=TODAY)

    assert not Push.objects.standing().exists()
    assert not Deadline.objects.open().filter(role=Deadline.Role.RECEIPT).exists()


def test_a_person_names_departments_and_what_they_are_asked(dispatcher):
    project, unit = ProjectFactory(), organisation("522700-SWJ")

    with pytest.raises(ReasonMissing):
        pushing.push_to(
            actor=dispatcher, project_id=project.pk, recipients=[unit.pk], ask="", reason="", today=TODAY
        )
    [row] = pushing.push_to(
        actor=dispatcher, project_id=project.pk, recipients=[unit.pk], ask="水土保持", reason="", today=TODAY
    )

    assert (row.recipient, row.ask, row.reason) == (unit, "水土保持", "人工推送")
    with pytest.raises(PushImpossible):
        pushing.push_to(
            actor=dispatcher, project_id=project.pk, recipients=[organisation("522701").pk], ask="办",
            reason="", today=TODAY,
        )  # fmt: skip


def rule(**fields) -> NewRule:
    given = {"recipient_id": organisation("522700-LYJ").pk, "condition": "ALWAYS", "keywords": "",
             "ask": "林地核查", "receipt_days": 3, "basis": "", "effective_from": TODAY}  # fmt: skip
    return NewRule(**(given | fields))


def test_a_new_rule_ends_the_one_it_follows(dispatcher):
    prefecture = organisation("522700")
    pushing.add_rule(actor=dispatcher, organisation=prefecture, new=rule(), today=TODAY)

    bare = ProjectFactory(land={"total_m2": 9, "forest_m2": 0})
    push(dispatcher, bare)

    assert bare.pushes.get(recipient__code="522700-LYJ").ask == "林地核查"
    assert PushRule.objects.filter(recipient__code="522700-LYJ", effective_to__isnull=True).count() == 1
    with pytest.raises(SettingOutOfOrder):
        pushing.add_rule(actor=dispatcher, organisation=prefecture, new=rule(), today=TODAY)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "RECEIVED"}, "push_received_by_somebody"),
        ({"state": "WITHDRAWN"}, "push_withdrawn_has_a_reason"),
    ],
)
def test_the_database_keeps_receipts_whole(dispatcher, change, constraint):
    push(dispatcher, ProjectFactory())

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Push.objects.update(**change)


# --- 提前对接 ---------------------------------------------------------------------------------------

LETTER = Letter(TODAY, "黔南自然资函〔2026〕7号", "州水务投资公司", "红线矢量\n立项批复")


def assigned(actor: User, **fields) -> PreContact:
    return contacts.assign_contact(
        **{
            "actor": actor,
            "project_id": ProjectFactory(name="都匀水库").pk,
            "person": actor,
            "phone": "0854-1",
            "assigned_on": TODAY,
            "today": TODAY,
            **fields,
        }
    )


def test_a_letter_carries_the_words_of_its_day_and_awaits_a_receipt(section):
    contact = assigned(section)

    contacts.send_letter(actor=section, contact_id=contact.pk, letter=LETTER, today=TODAY)

    contact.refresh_from_db()
    assert contact.state == PreContact.State.SENT
    for words in ("都匀水库", "1.红线矢量", "2.立项批复", "0854-1", section.label):
        assert words in contact.letter_body
    assert "{" not in contact.letter_body
    assert (contact.deadline.holder, contact.deadline.due_on) == (section, date(2026, 11, 27))
    assert letter_document(contact, issuer="州自然资源局").startswith(b"PK")


def test_a_receipt_ends_the_round(section):
    contact = assigned(section)
    with pytest.raises(ContactOutOfOrder):
        contacts.note_receipt(
            actor=section, contact_id=contact.pk, received_on=TODAY, received_by="张", note="", today=TODAY
        )
    contacts.send_letter(actor=section, contact_id=contact.pk, letter=LETTER, today=TODAY)

    contacts.note_receipt(
        actor=section,
        contact_id=contact.pk,
        received_on=TODAY,
        received_by="综合部",
        note="已备齐",
        today=TODAY,
    )

    contact.refresh_from_db()
    assert (contact.state, contact.deadline.state) == (PreContact.State.RECEIVED, Deadline.State.MET)
    with pytest.raises(ContactOutOfOrder):
        contacts.send_letter(actor=section, contact_id=contact.pk, letter=LETTER, today=TODAY)


def test_nobody_is_named_tomorrow_or_by_a_department(section, department):
    with pytest.raises(ContactOutOfOrder):
        assigned(section, assigned_on=date(2026, 12, 1))
    with pytest.raises(PermissionDenied):
        assigned(department)
