"""Somebody leaves: nothing open stays behind, and the account is closed in the same act."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.test import Client

from accounts.models import Post, Tenure, User
from approvals.models import Step
from audit.models import Entry
from deadlines.models import Deadline
from deadlines.services import stop
from desk.leaving import SuccessorMissing, SuccessorUnfit, estate_of, leave, successors_of
from notifications.models import Message
from projects.models import PreContact
from tests.desk.promises import promise
from tests.factories import ProjectFactory, StepFactory, UserFactory

TODAY = date(2026, 11, 23)


@pytest.mark.django_db
@time_machine.travel("2026-11-23T10:00+08:00", tick=False)
def test_everything_open_goes_to_one_successor_with_a_preview(
    client: Client, sysadmin: User, section: User, officer: User
) -> None:
    successor = UserFactory(role=User.Role.SECTION, organisation=section.organisation, title="接办岗")
    project = ProjectFactory()
    held = Post.objects.create(organisation=section.organisation, title="经办一", duty=Post.Duty.OFFICER)
    Tenure.objects.create(post=held, user=section, starts_on=date(2026, 1, 5))
    loose = promise(project=project, holder=section)
    by_post = promise(project=project, holder=section)
    Deadline.objects.filter(pk=by_post.pk).update(holder_post=held)
    Deadline.objects.filter(pk=loose.pk).update(holder_post=None)
    closed = promise(project=project, holder=section)
    stop(deadline_id=closed.pk, stopped_on=TODAY, today=TODAY)
    step = StepFactory(project=project, code="A03")
    Step.objects.filter(pk=step.pk).update(holder=section)
    PreContact.objects.create(project=project, person=section, assigned_on=TODAY, assigned_by=section)

    with pytest.raises(SuccessorMissing) as refusal:
        leave(actor=sysadmin, user_id=section.pk, successor_id=None, today=TODAY)
    assert refusal.value.facts == {"deadlines": 2}
    for unfit in (sysadmin, section):
        with pytest.raises(SuccessorUnfit):
            leave(actor=sysadmin, user_id=section.pk, successor_id=unfit.pk, today=TODAY)
    assert User.objects.get(pk=section.pk).is_active
    assert successor in successors_of(section, actor=sysadmin)

    client.force_login(sysadmin)
    # No way around: neither the interface nor the plain button closes an account with open work.
    plain = client.post(f"/api/v1/users/{section.pk}/deactivate/")
    assert (plain.status_code, plain.json()["code"]) == (409, "duties_open")
    assert "请办理离岗移交" in plain.json()["message"]
    assert {key: plain.json()["facts"][key] for key in ("岗位", "期限", "步骤", "对接")} == {
        "岗位": 1,
        "期限": 2,
        "步骤": 1,
        "对接": 1,
    }
    button = client.post(f"/users/{section.pk}/deactivate/", follow=True)
    assert "不能直接停用" in button.content.decode()
    assert User.objects.get(pk=section.pk).is_active
    preview = client.get(f"/users/{section.pk}/leave/").content.decode()
    assert "2 项" in preview
    assert "经办一" in preview
    assert client.post(f"/users/{section.pk}/leave/", {"successor": ""}).status_code == 422
    done = client.post(f"/users/{section.pk}/leave/", {"successor": successor.pk})
    assert done.status_code == 302

    section.refresh_from_db()
    assert not section.is_active
    assert estate_of(section, today=TODAY).is_empty
    holders = dict(Deadline.objects.values_list("pk", "holder"))
    assert (holders[loose.pk], holders[by_post.pk], holders[closed.pk]) == (
        successor.pk,
        successor.pk,
        section.pk,
    )
    assert Step.objects.get(pk=step.pk).holder == successor
    assert PreContact.objects.get().person == successor
    entry = Entry.objects.get(verb="user.handed_over")
    assert (entry.facts["接办人"], entry.facts["期限"], entry.facts["步骤"]) == ("接办岗", 2, 1)
    assert Message.objects.filter(recipient=successor, title__contains="离岗").count() == 1
    # A county's officer finds no such page; who has nothing open leaves without a successor.
    assert leave(actor=sysadmin, user_id=officer.pk, successor_id=None, today=TODAY).is_active is False
