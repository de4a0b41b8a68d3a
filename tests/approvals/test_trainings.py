"""Trainings as they are recorded, and policies that become tasks."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Organisation, User
from approvals.errors import DayOutOfOrder, NobodyAttended, RetiredPolicy, TrainingKnown
from approvals.models import LibraryItem, Training, TrainingUnit
from approvals.services.follow_up import order_follow_up
from approvals.services.library import VersionFacts, add_item, retire_item
from approvals.services.trainings import Attendance, TrainingFacts, change_training, record_training
from approvals.training_reading import read_attendance
from audit.models import Entry
from papers.services import Upload
from tests.factories import UserFactory, organisation
from tests.papers import files

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
FRIDAY = "2026-11-20T10:00+08:00"
DUYUN, FUQUAN = "522701", "522702"


def facts(**more) -> TrainingFacts:
    given = {
        "title": "用地报批业务培训",
        "held_on": date(2026, 3, 7),
        "organiser": organisation(DUYUN),
        "topics": "预审与选址、农转用及征收",
        "units": [Attendance(organisation(DUYUN), 12, "陈立"), Attendance(organisation(FUQUAN), 9)],
        **more,
    }
    return TrainingFacts(**given)


def policy(actor) -> LibraryItem:
    return add_item(
        kind=LibraryItem.Kind.POLICY,
        title="关于做好用地用海要素保障的通知",
        issuer="自然资源部",
        doc_no="自然资发〔2023〕89号",
        upload=Upload("通知.pdf", files.pdf(text="policy")),
        facts=VersionFacts(date(2023, 6, 13)),
        actor=actor,
    )


def test_lines_of_attendance_are_read_and_every_bad_one_is_named() -> None:
    names = {"都匀市": Organisation(pk=1, name="都匀市"), "都匀": Organisation(pk=1, name="都匀市")}

    units, bad = read_attendance("都匀市 12 陈立、王芳\n\n瓮安 3\n都匀 4\n都匀市\n都匀市：0", names)

    assert [(unit.people, unit.names) for unit in units] == [(12, "陈立、王芳")]
    assert [line.number for line in bad] == [3, 4, 5, 6]
    assert "“瓮安”不在单位名录中" in bad[0].message


@time_machine.travel(FRIDAY, tick=False)
def test_a_training_is_recorded_on_the_page_and_counted(client, dispatcher):
    client.force_login(dispatcher)
    typed = {
        "title": "用地报批业务培训",
        "held_on": "2026-03-07",
        "place": "州局 301",
        "organiser": organisation(DUYUN).pk,
        "lecturers": "李敏 省自然资源厅\n赵刚 技术单位",
        "topics": "预审与选址",
        "units": "都匀市 12\n不存在的县 3",
    }

    refused = client.post(reverse("approvals:training-new"), typed)
    saved = client.post(reverse("approvals:training-new"), {**typed, "units": "都匀市 12 陈立\n福泉市 9"})

    assert refused.status_code == 422
    assert "第 2 行的“不存在的县”不在单位名录中" in refused.content.decode()
    assert "李敏 省自然资源厅" in refused.content.decode(), "nothing typed is lost"
    assert saved.status_code == 302
    listed = client.get(reverse("approvals:trainings")).content.decode()
    assert "用地报批业务培训" in listed
    assert '<td class="lg-num" data-label="人数">21</td>' in listed
    assert client.get("/api/v1/trainings/").json()["results"][0]["people"] == 21


def test_what_cannot_have_been_is_refused(dispatcher):
    record_training(facts=facts(), actor=dispatcher, today=TODAY)

    with pytest.raises(TrainingKnown):
        record_training(facts=facts(), actor=dispatcher, today=TODAY)
    with pytest.raises(DayOutOfOrder):
        record_training(facts=facts(held_on=date(2026, 11, 21)), actor=dispatcher, today=TODAY)
    with pytest.raises(NobodyAttended):
        record_training(facts=facts(title="另一次", units=[]), actor=dispatcher, today=TODAY)
    with pytest.raises(PermissionDenied):
        record_training(
            facts=facts(title="县里"),
            actor=UserFactory(organisation=organisation(DUYUN), role=User.Role.COUNTY),
            today=TODAY,
        )
    assert Training.objects.count() == 1


def test_a_correction_replaces_the_units_and_is_logged_with_what_was_said_before(dispatcher):
    training = record_training(facts=facts(), actor=dispatcher, today=TODAY)

    change_training(
        training_id=training.pk,
        facts=facts(title="用地报批培训班", units=[Attendance(organisation(FUQUAN), 30)]),
        actor=dispatcher,
        today=TODAY,
    )

    assert [(unit.organisation.code, unit.people) for unit in training.units.all()] == [(FUQUAN, 30)]
    assert Entry.objects.get(verb="training.changed").facts["before"]["title"] == "用地报批业务培训"


def test_the_database_counts_each_unit_once_and_only_if_somebody_came(dispatcher):
    training = record_training(facts=facts(), actor=dispatcher, today=TODAY)

    for people, code in ((0, "522722"), (5, DUYUN)):
        with pytest.raises(IntegrityError), transaction.atomic():
            TrainingUnit.objects.create(training=training, organisation=organisation(code), people=people)


@time_machine.travel(FRIDAY, tick=False)
def test_a_policy_becomes_a_task_once_for_each_unit_and_shows_how_it_stands(client, dispatcher):
    item = policy(dispatcher)
    client.force_login(dispatcher)
    typed = {
        "holder": organisation(DUYUN).pk,
        "title": "落实通知",
        "requirement": "报送贯彻措施",
        "due_on": "2026-12-11",
    }

    for _ in range(2):
        assert client.post(reverse("approvals:library-follow-up", args=[item.pk]), typed).status_code == 302

    page = client.get(reverse("approvals:library-item", args=[item.pk])).content.decode()
    assert page.count("落实通知") == 1
    assert "自然资发〔2023〕89号" in page
    found = client.get(reverse("approvals:library"), {"q": "〔2023〕89"}).content.decode()
    assert item.title in found


def test_a_retired_policy_asks_for_nothing(dispatcher):
    item = policy(dispatcher)
    retire_item(item_id=item.pk, reason="已被替代", actor=dispatcher, today=TODAY)

    with pytest.raises(RetiredPolicy):
        order_follow_up(
            item_id=item.pk,
            holder=organisation(DUYUN),
            title="落实",
            requirement="",
            due_on=date(2026, 12, 11),
            actor=dispatcher,
            today=TODAY,
        )
