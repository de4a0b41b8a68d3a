from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from deadlines import services as deadlines
from deadlines.models import Deadline, PauseKind
from deadlines.selectors import working_calendar
from dispatch.models import Reminder
from dispatch.services.reminders import remind
from notifications.models import Delivery, Message
from notifications.services import deliver_waiting
from tests.dispatch.ledger_data import plant_deadline
from tests.factories import ProjectFactory, UserFactory, organisation
from tests.queries import queries_of

# Monday 2 November plus 10 working days: due on Monday the 16th; three before: Wednesday the 11th.
START, DUE, THREE_BEFORE, OVERDUE = (
    date(2026, 11, 2),
    date(2026, 11, 16),
    date(2026, 11, 11),
    date(2026, 11, 17),
)


@pytest.fixture
def deadline(section):
    return plant_deadline(ProjectFactory(name="都匀试验水库"), started_on=START, days=10, holder=section)


def run(today):
    return remind(today=today, calendar=working_calendar())


def stages():
    """The holder's; what climbs above is in test_ladder."""
    own = Reminder.objects.filter(level="HOLDER")
    return list(own.order_by("pk").values_list("stage", flat=True))


def test_the_limit_of_these_tests_is_as_they_say(deadline):
    assert deadline.due_on == DUE


@pytest.mark.parametrize(
    ("today", "sent"),
    [
        (THREE_BEFORE - timedelta(days=1), []),
        (THREE_BEFORE, ["before-3"]),
        (DUE - timedelta(days=1), ["before-3"]),
        (DUE, ["due"]),
        (OVERDUE, ["overdue"]),
        (OVERDUE + timedelta(days=30), ["overdue"]),
    ],
)
def test_only_the_most_urgent_stage_reached_is_sent(deadline, today, sent):
    run(today)

    assert stages() == sent


def test_each_stage_follows_in_its_turn(deadline):
    day = START
    while day <= OVERDUE + timedelta(days=7):
        run(day)
        day += timedelta(days=1)

    assert stages() == ["before-3", "due", "overdue"]


def test_running_three_times_a_day_reminds_once(deadline, section):
    assert [run(DUE) for _ in range(3)] == [1, 0, 0]

    assert Message.objects.filter(recipient=section).count() == 1
    assert Delivery.objects.count() == 1


def test_a_missed_night_heals_on_the_next_day(deadline):
    run(THREE_BEFORE + timedelta(days=1))

    assert stages() == ["before-3"]


def test_the_words_name_project_step_day_and_what_to_do(deadline, section):
    run(THREE_BEFORE)

    message = Message.objects.get(recipient=section)
    assert message.title == "【即将到期】都匀试验水库：用地预审"
    assert "2026-11-16" in message.body
    assert "还剩 3 个工作日" in message.body
    assert "登记依据" in message.body
    assert message.url == f"/projects/{deadline.project_id}/"


def test_a_department_is_led_to_a_page_it_may_open(client, department):
    deadline = plant_deadline(
        ProjectFactory(),
        started_on=START,
        days=10,
        holder=department,
        holder_organisation=department.organisation,
    )
    run(DUE)

    url = Message.objects.get(recipient=department).url
    client.force_login(department)
    assert url == f"/deadlines/{deadline.pk}/"
    assert client.get(url).status_code == 200


def test_the_overdue_words_count_the_days_since(deadline, section):
    run(OVERDUE + timedelta(days=2))

    message = Message.objects.get(recipient=section)
    assert message.kind == Message.Kind.OVERDUE
    assert "已超 3 个工作日" in message.body


def test_the_reminder_also_leaves_by_mail_once(deadline, section):
    run(DUE)
    deliver_waiting(now=timezone.now())
    run(DUE)
    deliver_waiting(now=timezone.now())

    assert [m.to for m in mail.outbox] == [[section.email]]


def test_stages_before_the_start_are_skipped(section):
    plant_deadline(ProjectFactory(), started_on=date(2026, 11, 12), days=2, holder=section)

    run(date(2026, 11, 12))

    assert stages() == []


def test_a_paused_deadline_is_silent(deadline, section):
    deadlines.pause(
        deadline_id=deadline.pk,
        kind=PauseKind.objects.filter(stops_committed=True).first(),
        first_on=date(2026, 11, 5),
        last_on=None,
        evidence="会议通知〔2026〕5号",
        expected_end_on=None,
        next_step="",
        actor=section,
        today=date(2026, 11, 5),
    )

    run(OVERDUE)

    assert stages() == []


def test_a_closed_deadline_is_silent(deadline):
    deadlines.stop(deadline_id=deadline.pk, stopped_on=date(2026, 11, 6), today=date(2026, 11, 6))

    run(OVERDUE)

    assert stages() == []


def test_a_new_due_date_is_reminded_of_anew(deadline, section):
    run(DUE)
    deadlines.extend(
        deadline_id=deadline.pk,
        line=deadlines.rules.LineName.COMMITTED,
        days=5,
        approved_by="分管局长",
        approved_on=DUE,
        told_on=DUE,
        reason="需补充论证",
        actor=section,
        today=DUE,
    )

    run(date(2026, 11, 23))

    assert list(Reminder.objects.order_by("pk").values_list("stage", "due_on")) == [
        ("due", DUE),
        ("due", date(2026, 11, 23)),
    ]


class TestWhoIsReminded:
    def test_without_a_holder_the_officers_of_the_holding_office(self, section, leader):
        plant_deadline(ProjectFactory(), started_on=START, days=10)

        run(DUE)

        assert [r.recipient for r in Reminder.objects.all()] == [section]

    def test_a_holder_who_left_is_replaced_by_the_office(self, deadline, section):
        colleague = UserFactory(organisation=section.organisation)
        section.is_active = False
        section.save(update_fields=["is_active"])

        run(DUE)

        assert [r.recipient for r in Reminder.objects.all()] == [colleague]

    def test_a_county_s_officers_below_the_county(self, officer):
        plant_deadline(
            ProjectFactory(), started_on=START, days=10, holder_organisation=organisation("522701")
        )

        run(DUE)

        assert [r.recipient for r in Reminder.objects.all()] == [officer]

    def test_with_nobody_there_the_dispatch_office(self, dispatcher):
        plant_deadline(
            ProjectFactory(), started_on=START, days=10, holder_organisation=organisation("522700-LYJ")
        )

        run(DUE)

        assert [r.recipient for r in Reminder.objects.all()] == [dispatcher]


def test_a_deadline_beyond_the_calendar_does_not_silence_the_others(deadline, section, caplog):
    broken = plant_deadline(ProjectFactory(), started_on=START, days=10, holder=section)
    Deadline.objects.filter(pk=broken.pk).update(started_on=date(1990, 1, 1))

    run(DUE)

    assert Reminder.objects.filter(deadline=deadline).count() == 1
    assert f"No reminder for deadline {broken.pk}" in caplog.text


def test_the_plan_takes_the_same_number_of_queries_for_1_and_20_deadlines(section):
    plant_deadline(ProjectFactory(), started_on=START, days=10, holder=section)
    run(DUE)
    one = queries_of(lambda: run(DUE))
    for _ in range(19):
        plant_deadline(ProjectFactory(), started_on=START, days=10, holder=section)
    run(DUE)

    assert queries_of(lambda: run(DUE)) == one


def test_the_database_keeps_one_reminder_per_stage_and_person(deadline, section):
    run(DUE)
    row = Reminder.objects.get()
    row.pk = None

    with pytest.raises(IntegrityError, match="reminder_once"), transaction.atomic():
        row.save(force_insert=True)


def test_the_command_lists_without_sending_and_then_sends(deadline):
    listed, sent = StringIO(), StringIO()

    call_command("send_reminders", "--today", "2026-11-16", "--dry-run", stdout=listed)
    assert "【今日到期】都匀试验水库：用地预审" in listed.getvalue()
    assert not Reminder.objects.exists()

    call_command("send_reminders", "--today", "2026-11-16", stdout=sent)
    assert "已发送 1 条提醒" in sent.getvalue()
