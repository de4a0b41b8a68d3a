"""Verifying, commenting, following: what people add to a project."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction

from audit.models import Entry
from audit.services import record
from notifications.models import Message
from projects import refusals
from projects.models import (
    Comment,
    CommentWithdrawal,
    Project,
    ProjectEvent,
    StalenessSetting,
    Verification,
)
from projects.rules.staleness import Staleness
from projects.selectors.verification import freshness_of, stale_projects, thresholds, with_verification
from projects.services.comments import comment, withdraw_comment
from projects.services.following import follow, tell_followers, unfollow
from projects.services.verification import note_progress, set_staleness, verify_unchanged
from tests.desk.promises import promise
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def project() -> Project:
    return ProjectFactory(name="都匀市抽水蓄能电站")


# --- verification -----------------------------------------------------------------------------


def test_a_verification_says_who_when_and_for_which_week_and_changes_nothing(officer, project):
    before = ProjectEvent.objects.count(), Project.objects.get().updated_at

    done = verify_unchanged(actor=officer, project=project, today=TODAY)

    assert (done.verified_by, done.verified_on, done.week) == (officer, TODAY, date(2026, 11, 16))
    assert (ProjectEvent.objects.count(), Project.objects.get().updated_at) == before


def test_a_second_click_of_the_day_is_the_first(officer, section, project):
    first = verify_unchanged(actor=officer, project=project, today=TODAY)

    assert verify_unchanged(actor=officer, project=project, today=TODAY) == first
    assert verify_unchanged(actor=section, project=project, today=TODAY) != first
    assert Entry.objects.filter(verb="project.verified").count() == 2


def test_notes_of_one_day_stand_beside_each_other(officer, project):
    for note in ("林地报告已送审。", " 补正\n材料已寄出。 "):
        note_progress(actor=officer, project=project, note=note, today=TODAY)

    assert list(Verification.objects.order_by("pk").values_list("note", flat=True)) == [
        "林地报告已送审。",
        "补正 材料已寄出。",
    ]


def test_an_empty_note_is_refused(officer, project):
    with pytest.raises(refusals.NoteIsEmpty):
        note_progress(actor=officer, project=project, note="  ", today=TODAY)


def test_what_is_not_on_the_list_is_not_verified(officer):
    waiting = ProjectFactory(submitted=True)

    with pytest.raises(refusals.NotTracked) as refused:
        verify_unchanged(actor=officer, project=waiting, today=TODAY)

    assert refused.value.facts == {"status": "SUBMITTED"}


def test_leaders_and_departments_verify_nothing(leader, department, project):
    for actor in (leader, department):
        with pytest.raises(PermissionDenied):
            verify_unchanged(actor=actor, project=project, today=TODAY)


def test_a_verification_counts_apart_from_a_change(officer, project):
    with time_machine.travel("2026-11-05T10:00:00+08:00", tick=False):
        record(actor=officer, verb="project.updated", subject=project, project_id=project.pk)
    with time_machine.travel("2026-11-18T10:00:00+08:00", tick=False):
        verify_unchanged(actor=officer, project=project, today=date(2026, 11, 18))
        comment(actor=officer, project=project, text="请关注。")

    found = freshness_of(
        with_verification(Project.objects.all()).get(), today=TODAY, limits=thresholds(on=TODAY)
    )

    assert (found.verified_on, found.changed_on) == (date(2026, 11, 18), date(2026, 11, 5))
    assert (found.state, found.days) == (Staleness.FRESH, 2)


def test_quiet_projects_are_found_and_fresh_ones_left_out(officer, django_assert_num_queries):
    with time_machine.travel("2026-10-01T10:00:00+08:00", tick=False):
        quiet, verified, changed = (ProjectFactory() for _ in range(3))
    ProjectFactory(submitted=True)
    verify_unchanged(actor=officer, project=verified, today=date(2026, 11, 13))
    with time_machine.travel("2026-11-14T10:00:00+08:00", tick=False):
        record(actor=officer, verb="step.accepted", subject=changed, project_id=changed.pk)
        comment(actor=officer, project=quiet, text="说了也不算核实。")

    with django_assert_num_queries(2):
        found = list(stale_projects(Project.objects.all(), today=TODAY))

    assert found == [quiet]


def test_thresholds_are_dated(dispatcher):
    set_staleness(
        actor=dispatcher,
        effective_from=date(2026, 12, 1),
        amber_after_days=3,
        red_after_days=5,
        note="冲刺期",
        today=TODAY,
    )

    assert thresholds(on=date(2026, 11, 30)).amber_after_days == 7
    assert thresholds(on=date(2026, 12, 1)).red_after_days == 5


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"effective_from": date(2026, 11, 19)}, refusals.StalenessInThePast),
        ({"amber_after_days": 5, "red_after_days": 5}, refusals.StalenessDisordered),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(dispatcher, facts, error):
    plain = {"effective_from": TODAY, "amber_after_days": 3, "red_after_days": 5}

    with pytest.raises(error):
        set_staleness(actor=dispatcher, note="", today=TODAY, **{**plain, **facts})


def test_the_database_keeps_order_and_one_click_a_day(officer, project):
    done = verify_unchanged(actor=officer, project=project, today=TODAY)

    with pytest.raises(IntegrityError, match="staleness_red_after_amber"), transaction.atomic():
        StalenessSetting.objects.create(effective_from=TODAY, amber_after_days=5, red_after_days=5)
    with pytest.raises(IntegrityError, match="verification_once_a_day"), transaction.atomic():
        Verification.objects.create(project=project, verified_by=officer, verified_on=TODAY, week=done.week)


# --- comments ---------------------------------------------------------------------------------


def test_what_a_leader_says_is_a_directive(leader, officer, project):
    assert comment(actor=leader, project=project, text="抓紧补正。").is_directive
    assert not comment(actor=officer, project=project, text="已安排。").is_directive
    assert Entry.objects.filter(verb="comment.directed", project_id=project.pk).exists()


def test_who_is_named_hears_at_once_and_an_unclear_name_is_refused(
    officer, leader, dispatcher, stranger, project
):
    for person, title in ((officer, "经办"), (stranger, "经办"), (dispatcher, "调度办综合岗")):
        person.title = title
        person.save(update_fields=["title"])

    said = comment(actor=leader, project=project, text="@都匀市局经办 一周内补正，a@b.cn 不是人名。")
    comment(actor=officer, project=project, text="已补正，@调度办综合岗 请核。@调度办综合岗")

    unit = officer.organisation.short_name
    heard = Message.objects.order_by("pk").values_list("recipient__pk", "title")
    assert unit == "都匀市局"  # as written in the directive above
    assert list(heard) == [
        (officer.pk, f"提到您：{project.name}"),
        (dispatcher.pk, f"作出批示：{project.name}"),
        (dispatcher.pk, f"提到您：{project.name}"),
    ]
    assert said.is_directive
    for text, names in (
        ("@查无此人，请看", ["查无此人"]),
        ("@经办 请看", ["经办"]),
        (f"@{stranger.username} 请看", ["经办"]),
        ("@", ["@"]),
    ):
        with pytest.raises(refusals.MentionUnclear) as refused:
            comment(actor=officer, project=project, text=text)
        assert refused.value.facts["names"] == names
    follow(actor=dispatcher, project=project)
    tell_followers(today=TODAY, now=said.written_at)
    assert Message.objects.filter(recipient=dispatcher).count() == 2


@pytest.mark.parametrize(
    ("text", "error"), [(" \n ", refusals.CommentIsEmpty), ("长" * 2_001, refusals.CommentTooLong)]
)
def test_nothing_and_too_much_are_refused(officer, project, text, error):
    with pytest.raises(error):
        comment(actor=officer, project=project, text=text)


def test_the_administrator_says_nothing(sysadmin, project):
    with pytest.raises(PermissionDenied):
        comment(actor=sysadmin, project=project, text="试试")


def test_a_withdrawal_takes_the_words_and_leaves_the_trace(officer, section, project):
    said = comment(actor=officer, project=project, text="写错项目了。")

    with pytest.raises(refusals.NotOwnComment):
        withdraw_comment(actor=section, comment=said, reason="代为撤回")
    with pytest.raises(refusals.WithdrawalNeedsReason):
        withdraw_comment(actor=officer, comment=said, reason=" ")
    withdraw_comment(actor=officer, comment=said, reason="项目写错")
    with pytest.raises(refusals.CommentWithdrawn):
        withdraw_comment(actor=officer, comment=said, reason="再撤一次")

    found = Comment.objects.select_related("withdrawal").get()
    assert (found.text, found.shown_text, found.withdrawal.reason) == ("写错项目了。", "", "项目写错")


@pytest.mark.parametrize(
    ("model", "column"), [(Comment, "text"), (CommentWithdrawal, "reason"), (Verification, "note")]
)
def test_no_row_can_be_changed_or_deleted(officer, project, model, column):
    withdraw_comment(actor=officer, comment=comment(actor=officer, project=project, text="一"), reason="二")
    verify_unchanged(actor=officer, project=project, today=TODAY)

    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        model.objects.update(**{column: "改"})
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        model.objects.all()._raw_delete(using="default")


# --- following --------------------------------------------------------------------------------


def test_a_follower_hears_once_what_was_decided_since(officer, section, project):
    with time_machine.travel(NOW - timedelta(hours=2), tick=False):
        record(actor=section, verb="step.decided", subject=project, project_id=project.pk)
    with time_machine.travel(NOW - timedelta(hours=1), tick=False):
        follow(actor=officer, project=project)
    with time_machine.travel(NOW, tick=False):
        record(
            actor=section,
            verb="step.decided",
            subject=project,
            project_id=project.pk,
            facts={"result": "核发"},
        )
        record(actor=section, verb="project.updated", subject=project, project_id=project.pk)
        record(actor=officer, verb="comment.given", subject=project, project_id=project.pk)

    assert [tell_followers(today=TODAY, now=NOW) for _ in range(2)] == [1, 0]
    [message] = Message.objects.filter(recipient=officer)
    assert message.title == "办结步骤：都匀市抽水蓄能电站"
    assert "核发" in message.body
    assert message.url == f"/projects/{project.pk}/"


def test_a_follower_hears_of_an_overdue_line_once(officer, section, project):
    late = promise(project=project, holder=section)
    type(late).objects.filter(pk=late.pk).update(red_from=TODAY)
    follow(actor=officer, project=project)

    assert [tell_followers(today=TODAY, now=NOW) for _ in range(2)] == [1, 0]
    assert Message.objects.get(recipient=officer).title.startswith("已逾期：")


def test_who_no_longer_sees_the_project_or_follows_it_hears_nothing(officer, stranger, section, project):
    follow(actor=stranger, project=project)
    follow(actor=officer, project=project)
    unfollow(actor=officer, project=project)
    record(actor=section, verb="project.returned", subject=project, project_id=project.pk)

    assert tell_followers(today=TODAY, now=datetime.now(tz=UTC)) == 0


def test_following_twice_is_following_once(officer, project):
    assert follow(actor=officer, project=project) == follow(actor=officer, project=project)
