"""What stays overdue climbs the ladder; nobody is told twice, nobody is forgotten, the log says why."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from smtplib import SMTPRecipientsRefused
from threading import Thread

import pytest
import time_machine
from apprise.plugins.custom_json import NotifyJSON
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse

from accounts.models import Post, Tenure, User
from deadlines.selectors import working_calendar
from dispatch.models import Absence, Ladder, OfficeDigest, Reminder, Rung
from dispatch.rules.ladder import LadderPlan, RungPlan, climb_reached, leaves_at
from dispatch.selectors.people import people_at_work
from dispatch.selectors.reminders import log_lines, reminder_log
from dispatch.services.reminders import remind, send_digests
from dispatch.tasks import remind as remind_task
from notifications import robots
from notifications.models import Delivery, Message, Preference
from notifications.services import choose_channels, deliver_waiting
from tests.dispatch.ledger_data import plant_deadline
from tests.factories import ProjectFactory, UserFactory

# Monday 2 November plus 10 working days: due on Monday the 16th.
START, DUE = date(2026, 11, 2), date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


def after(working_days):
    return working_calendar().nth_working_day(DUE, working_days)


def run(today):
    return remind(today=today, calendar=working_calendar())


def told(user):
    rows = Reminder.objects.filter(recipient=user, skipped="").order_by("pk")
    return list(rows.values_list("stage", flat=True))


@pytest.fixture
def deadline(section):
    return plant_deadline(ProjectFactory(name="都匀试验水库"), started_on=START, days=10, holder=section)


@pytest.fixture
def head(section):
    person = UserFactory(organisation=section.organisation, title="用途管制科科长")
    post = Post.objects.create(organisation=section.organisation, title="科长", duty=Post.Duty.HEAD)
    Tenure.objects.create(post=post, user=person, starts_on=date(2026, 1, 1))
    return person


@pytest.mark.django_db
class TestRungs:
    RUNG = RungPlan("GROUP", days_before=(3, 1), on_due=True, days_after=(2, 5), repeat_every=10)

    @pytest.mark.parametrize(
        ("offset", "code"),
        [
            (-4, None),
            (-3, "before-3"),
            (-2, "before-3"),
            (-1, "before-1"),
            (0, "due"),
            (1, "due"),
            (2, "after-2"),
            (4, "after-2"),
            (5, "after-5"),
            (14, "after-5"),
            (15, "after-15"),
            (37, "after-35"),
        ],
    )
    def test_each_stage_is_reached_on_its_day_or_any_later_one(self, offset, code):
        calendar = working_calendar()
        today = DUE
        if offset > 0:
            today = calendar.nth_working_day(DUE, offset)
        elif offset < 0:
            today = calendar.nth_working_day_before(DUE, -offset)

        found = climb_reached(self.RUNG, due=DUE, today=today, calendar=calendar)

        assert (found.code if found else None) == code

    def test_quiet_hours_reach_over_midnight(self):
        plan = LadderPlan(quiet_from=time(20), quiet_to=time(7, 30))
        morning = datetime(2026, 11, 17, 7, 30, tzinfo=UTC)

        assert leaves_at(datetime(2026, 11, 16, 19, 59, tzinfo=UTC), plan) is None
        assert leaves_at(datetime(2026, 11, 16, 20, 0, tzinfo=UTC), plan) == morning
        assert leaves_at(datetime(2026, 11, 17, 3, 0, tzinfo=UTC), plan) == morning
        assert leaves_at(morning, plan) is None
        noon = LadderPlan(quiet_from=time(12), quiet_to=time(14))
        assert leaves_at(datetime(2026, 11, 16, 13, 0, tzinfo=UTC), noon) == datetime(
            2026, 11, 16, 14, 0, tzinfo=UTC
        )


def test_what_stays_overdue_climbs_to_head_leader_and_group_and_repeats(deadline, section, head, leader):
    for offset in range(1, 32):
        for _ in range(3):
            run(after(offset))

    assert told(section) == ["overdue"]
    assert told(head) == ["HEAD:after-1"]
    # The leader stands on two rungs and is told once a day, on the higher one.
    assert told(leader) == ["LEADER:after-5", "GROUP:after-10", "GROUP:after-20", "GROUP:after-30"]
    words = Message.objects.filter(recipient=head).get()
    assert words.title == "【督办】都匀试验水库：用地预审"
    assert "用途管制承办的" in words.body
    assert (
        Reminder.objects.filter(recipient=leader, stage="LEADER:after-5").get().reason == "超期第 5 个工作日"
    )


def test_a_missed_fortnight_is_made_good_once_and_nobody_found_stands_in_the_log(deadline, section, sysadmin):
    run(after(12))
    run(after(12))

    assert told(section) == ["overdue"]
    skipped = Reminder.objects.filter(recipient__isnull=True).order_by("pk")
    assert [row.stage for row in skipped] == ["HEAD:after-1", "LEADER:after-5", "GROUP:after-10"]
    assert skipped[0].skipped == "没有可提醒的科室（单位）负责人账号"


def test_a_person_on_two_rungs_of_one_day_is_told_once(deadline, leader, section):
    run(after(10))

    own = Reminder.objects.filter(recipient=leader)
    assert told(leader) == ["GROUP:after-10"]
    doubled = own.exclude(skipped="").order_by("pk")
    assert [(row.stage, row.skipped) for row in doubled] == [
        ("HEAD:after-1", "同一人已按领导小组提醒"),
        ("LEADER:after-5", "同一人已按领导小组提醒"),
    ]


def test_where_a_level_has_nobody_the_next_above_is_told_on_its_day_once_and_the_log_says_so(
    deadline, section, leader
):
    for offset in range(1, 12):
        for _ in range(2):
            run(after(offset))

    assert told(leader) == ["HEAD:after-1", "LEADER:after-5", "GROUP:after-10"]
    first = Reminder.objects.get(recipient=leader, stage="HEAD:after-1")
    assert first.planned_on == after(1)
    assert first.reason == "超期第 1 个工作日；该单位未设科室（单位）负责人账号，改送分管领导"
    assert first.digest_to == leader  # as everything that comes to a leader
    assert not Reminder.objects.filter(recipient__isnull=True).exists()
    assert Message.objects.filter(recipient=leader).count() == 3


def test_the_holder_s_own_stages_do_not_climb(deadline, section):
    User.objects.filter(pk=section.pk).update(is_active=False)
    above = UserFactory(organisation=section.organisation, role=User.Role.LEADER)
    post = Post.objects.create(organisation=section.organisation, title="科长", duty=Post.Duty.HEAD)
    Tenure.objects.create(post=post, user=above, starts_on=date(2026, 1, 1))

    run(DUE)

    assert told(above) == []
    assert Reminder.objects.get().skipped == "没有可提醒的责任人账号"


def test_an_absence_leads_to_the_deputy_and_the_log_says_so(deadline, section):
    deputy = UserFactory(organisation=section.organisation)
    Absence.objects.create(
        user=section, deputy=deputy, first_on=DUE, last_on=DUE, entered_by=section, note="年休假"
    )

    run(DUE)

    assert (told(section), told(deputy)) == ([], ["due"])
    assert "休假，转代办人" in Reminder.objects.get(recipient=deputy).reason


def test_working_days_only_lets_the_weekend_pass_and_monday_makes_it_good(section):
    ladder = Ladder.objects.create(
        effective_from=date(2026, 1, 1), quiet_from=time(20), quiet_to=time(7), working_days_only=True
    )
    Rung.objects.create(ladder=ladder, level="HOLDER")
    deadline = plant_deadline(ProjectFactory(), started_on=START, days=12, holder=section)
    friday, saturday = date(2026, 11, 13), date(2026, 11, 14)
    assert deadline.due_on == date(2026, 11, 18)

    assert [run(saturday), run(saturday + timedelta(days=1))] == [0, 0]
    assert run(saturday + timedelta(days=2)) == 1
    assert friday < Reminder.objects.get().planned_on


def test_a_digest_leaves_once_a_day_for_a_person_and_for_an_office(deadline, section, head):
    Preference.objects.create(user=section, daily_digest=True)
    plant_deadline(ProjectFactory(name="第二个"), started_on=START, days=10, holder=section)
    colleague = UserFactory(organisation=section.organisation)
    plant_deadline(ProjectFactory(name="第三个"), started_on=START, days=10, holder=colleague)
    OfficeDigest.objects.create(organisation=section.organisation, recipient=head)
    run(DUE)

    assert [send_digests(today=DUE) for _ in range(3)] == [2, 0, 0]
    deliver_waiting(now=NOW)

    assert sorted(m.subject for m in mail.outbox) == ["【每日汇总】1 项提醒", "【每日汇总】2 项提醒"]
    [own] = [m for m in mail.outbox if m.to == [section.email]]
    assert "都匀试验水库：用地预审" in own.body
    assert "第二个：用地预审" in own.body
    # In the product everybody is told singly as well.
    assert Message.objects.filter(recipient=colleague).count() == 1


class OneInTen(EmailBackend):
    """A server that has no time for one mail in ten, by fixed dice."""

    dice = random.Random(7)
    refused = 0

    def send_messages(self, messages):
        for message in messages:
            if self.dice.random() < 0.1:
                OneInTen.refused += 1
                raise SMTPRecipientsRefused({message.to[0]: (451, b"try again later")})
        return super().send_messages(messages)


def test_a_thousand_deliveries_of_every_task_and_a_server_refusing_one_in_ten_send_each_once(
    db, settings, section, capsys
):
    settings.EMAIL_BACKEND = f"{__name__}.OneInTen"
    people = [UserFactory(organisation=section.organisation) for _ in range(60)]
    project = ProjectFactory()
    for person in people:
        plant_deadline(project, started_on=START, days=10, holder=person)
    nobody = people[0]
    User.objects.filter(pk=nobody.pk).update(email="")

    with time_machine.travel("2026-11-16T10:00:00+08:00", tick=False):
        for _ in range(20):
            remind_task()
        moment = NOW
        for _ in range(1000):
            deliver_waiting(now=moment)
            moment += timedelta(minutes=1)

    sent = [m.to[0] for m in mail.outbox]
    assert len(sent) == len(set(sent)) == 59
    assert Reminder.objects.filter(skipped="").count() == 60
    assert Message.objects.count() == 60
    assert not Delivery.objects.waiting().exists()
    assert OneInTen.refused > 0
    assert Delivery.objects.filter(attempts__gt=1, sent_at__isnull=False).exists()
    with capsys.disabled():
        print(f"\nreminded 60, mailed {len(sent)}, refused and retried {OneInTen.refused}, twice 0")


def test_quiet_hours_hold_the_mail_until_the_morning(deadline, section):
    evening = datetime(2026, 11, 16, 12, 30, tzinfo=UTC)  # 20:30 in the office
    remind(today=DUE, calendar=working_calendar(), now=evening)

    assert deliver_waiting(now=evening + timedelta(hours=10)) == 0
    assert deliver_waiting(now=evening + timedelta(hours=10, minutes=30)) == 1


def test_a_robot_gets_the_message_and_its_refusal_stands_in_the_log(
    deadline, section, dispatcher, monkeypatch
):
    heard = []

    class Robot(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200 if len(heard) == 1 else 500)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Robot)
    Thread(target=server.serve_forever, daemon=True).start()
    robot = NotifyJSON(host="127.0.0.1", port=server.server_port)
    try:
        robots.send(robot, title="【今日到期】都匀试验水库", body="今日须办结")
        with pytest.raises(robots.RobotRefused):
            robots.send(robot, title="再次", body="x")
    finally:
        server.shutdown()
        server.server_close()
    assert json.loads(heard[0])["title"] == "【今日到期】都匀试验水库"
    with pytest.raises(robots.RobotRefused):
        robots.robot_of("WECOM", "https://evil.example/")

    choose_channels(
        actor=section, by_mail=False, robot="WECOM", robot_key="0123456789abcdef-0123", daily_digest=False
    )
    for channel in Delivery.ROBOTS:
        key = "0123456789abcdef0123"
        assert robots.robot_of(channel, key).url(privacy=False).split("/")[2].startswith(key)
    run(DUE)
    [delivery] = Delivery.objects.all()
    assert delivery.channel == "WECOM"
    Delivery.objects.update(claimed_at=NOW, error="机器人未接收")
    [line] = [each for each in log_lines(list(reminder_log(actor=dispatcher))) if not each.reminder.skipped]
    assert (line.outcome, line.lamp) == ("站内已发；企业微信机器人未发出：机器人未接收", "red")


@pytest.mark.django_db
def test_who_stands_in_or_collects_a_digest_is_at_work_and_seen(client, section, head, officer, dispatcher):
    unit = section.organisation
    barred = [
        UserFactory(organisation=unit, role=User.Role.AUDITOR),
        UserFactory(organisation=unit, role=User.Role.NONE),
        UserFactory(organisation=unit, is_active=False),
    ]
    client.force_login(dispatcher)

    def answers(person):
        away = {"user": section.username, "first_on": DUE, "last_on": DUE, "deputy": person.username}
        digest = {"organisation": unit.code, "recipient": person.username}
        sent = (("absences", away), ("office-digests", digest))
        return [client.post(f"/api/v1/{path}/", data).status_code for path, data in sent]

    assert [answers(person) for person in (*barred, head)] == [[404, 404]] * 3 + [[201, 204]]
    assert {section, head, officer} <= set(people_at_work(actor=dispatcher))
    assert set(people_at_work(actor=officer)) & {section, head} == set()


@pytest.mark.django_db
def test_reminder_and_escalation_in_the_browser_s_pages(client, deadline, section, head, leader, dispatcher):
    run(DUE)
    run(after(5))
    with time_machine.travel("2026-11-24T10:00:00+08:00", tick=False):
        client.force_login(dispatcher)
        page = client.get(reverse("dispatch:reminders")).content.decode()
        assert "超期第 5 个工作日" in page
        assert head.label in page
        new = {
            "effective_from": "2026-11-24",
            "quiet_from": "21:00",
            "quiet_to": "07:00",
            "working_days_only": "on",
            "note": "按领导小组要求",
            "head_after": "2",
            "leader_after": "4",
            "group_after": "8",
            "group_repeat": "5",
        }
        for status in (302, 422):
            assert client.post(reverse("dispatch:ladder-new"), new).status_code == status
        assert "按领导小组要求" in client.get(reverse("dispatch:ladder")).content.decode()
        away = {"user": section.pk, "deputy": head.pk, "first_on": "2026-11-24", "last_on": "2026-11-27"}
        assert client.post(reverse("dispatch:absence-new"), away).status_code == 302
        assert client.post(reverse("dispatch:absence-new"), away).status_code == 422
        watch = UserFactory(role=User.Role.AUDITOR, organisation=head.organisation)
        assert client.post(reverse("dispatch:absence-new"), away | {"deputy": watch.pk}).status_code == 422
        for chooser in ("dispatch:absence-new", "dispatch:office-digest"):
            offered = client.get(reverse(chooser)).content.decode()
            assert head.label in offered
            assert f'value="{watch.pk}">{watch.label}' not in offered
        client.force_login(section)
        own = client.get(reverse("dispatch:reminders")).content.decode()
        assert "到期当日" in own
        assert "超期第 5 个工作日" not in own
        wrong = {"by_mail": "on", "robot": "FEISHU", "robot_key": "https://evil.example/x"}
        assert client.post(reverse("notifications:channels"), wrong).status_code == 422
        right = wrong | {"robot_key": "0123456789abcdef0123", "daily_digest": "on"}
        assert client.post(reverse("notifications:channels"), right).status_code == 302
        assert Preference.objects.get(user=section).daily_digest
