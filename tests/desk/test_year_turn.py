"""The turn of the year: each step done, done again, taken back; and an archived year is read, not written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from approvals.models import Step
from approvals.services.acceptance import accept_step
from approvals.services.opening import open_track
from audit.services import record
from core.units import AreaUnit
from deadlines.rules.calendar import notice_awaited
from deadlines.selectors import working_calendar
from desk.year_turn import Order, turn, unfinished_projects, year_to_turn, year_turn
from dispatch.errors import TargetsRefused
from dispatch.services.targets import CampaignFacts, set_campaign
from notifications.models import Message
from projects.models import AnnualList, AnnualListChange, Project, YearArchive
from projects.refusals import ReasonMissing, YearArchived, YearNotReady
from projects.services.annual_plan import QuotaIssue, enter_quota
from projects.services.comments import comment
from projects.services.verification import verify_unchanged
from tests.factories import ProjectFactory
from upkeep.reminding import remind_of_calendar

pytestmark = pytest.mark.django_db

TODAY = date(2027, 1, 11)
NOW = datetime(2027, 1, 11, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _january():
    with time_machine.travel(NOW, tick=False):
        yield


def finished(dispatcher: User, **facts: object) -> Project:
    """A project of 2026 with nothing before it."""
    project = ProjectFactory(**facts)
    open_track(project=project, actor=dispatcher, today=TODAY)
    Step.objects.filter(project=project).update(status=Step.Status.NOT_INVOLVED)
    return project


def do(verb: str, actor: User, reason: str = "") -> str:
    return turn(verb, Order(actor, 2026, reason, TODAY))


def test_the_year_turns_step_by_step_and_each_step_goes_back(dispatcher, leader):
    done, running = finished(dispatcher, name="已办结项目"), ProjectFactory(name="在办项目")

    with pytest.raises(YearNotReady, match="2027 年度清单还没有建立"):
        do("carry-over", dispatcher)
    assert do("open-list", dispatcher) == do("open-list", dispatcher)
    do("drop-list", dispatcher)
    assert not AnnualList.objects.filter(year=2027).exists()
    do("open-list", dispatcher)
    assert list(unfinished_projects(actor=dispatcher, year=2026)) == [running]
    with pytest.raises(YearNotReady) as early:
        do("archive", dispatcher, "都办完了")
    assert early.value.facts["missing"] == ["未办结项目结转"]
    assert do("carry-over", dispatcher).startswith("1 个")
    assert do("carry-over", dispatcher).startswith("0 个")
    with pytest.raises(YearNotReady, match="不能撤销"):
        do("drop-list", dispatcher)
    running.refresh_from_db()
    number = running.number
    assert running.annual_list.year == 2027
    assert do("take-back", dispatcher).startswith("1 个")
    assert do("take-back", dispatcher).startswith("0 个")
    do("carry-over", dispatcher)
    with pytest.raises(ReasonMissing):
        do("archive", dispatcher, " ")
    do("archive", dispatcher, "2026 年事项全部办结")

    running.refresh_from_db()
    done.refresh_from_db()
    assert (running.annual_list.year, running.number, done.annual_list.year) == (2027, number, 2026)
    kinds = AnnualListChange.objects.filter(project=running, annual_list__year=2027).values_list(
        "kind", flat=True
    )
    assert list(kinds) == ["JOINED", "LEFT", "JOINED"]
    for verb in ("take-back", "archive"):
        with pytest.raises(YearArchived):
            do(verb, dispatcher, "再办一次")
    with pytest.raises(Exception, match="办理年度结转"):
        do("restore", leader, "想改")
    place = YearArchive.objects.get().prefecture
    plain = {"prefecture": place, "reason": "办完", "archived_on": TODAY, "archived_by": dispatcher}
    for law, row in (
        ("year_archive_stands_once", {"year": 2026}),
        ("year_archive_says_why", {"year": 2024, "reason": ""}),
        ("year_archive_restored_by_somebody_for_a_reason", {"year": 2024, "restored_on": TODAY}),
    ):
        with pytest.raises(IntegrityError, match=law), transaction.atomic():
            YearArchive.objects.create(**plain | row)


def test_a_project_of_an_archived_year_is_found_and_read_but_no_service_writes_it(
    client, dispatcher, officer
):
    project = finished(dispatcher, name="都匀市抽水蓄能电站")
    facts = CampaignFacts("2026 年批地", date(2026, 1, 1), date(2026, 12, 31), "AREA", 1_000, 2_000)
    goal = set_campaign(actor=dispatcher, facts=facts)
    do("open-list", dispatcher)
    do("archive", dispatcher, "事项全部办结")
    day, unit = date(2026, 12, 1), dispatcher.organisation
    issue = QuotaIssue(2026, unit, "NEW_CONSTRUCTION", Decimal(1), AreaUnit.MU, day, "黔自然资函〔2026〕7号")
    step = Step.objects.filter(project=project).order_by("pk").first()
    Step.objects.filter(pk=step.pk).update(status=Step.Status.NOT_STARTED)

    for write in (
        lambda: comment(actor=officer, project=project, text="补一句"),
        lambda: verify_unchanged(actor=officer, project=project, today=TODAY),
        lambda: accept_step(step_id=step.pk, accepted_on=TODAY, actor=dispatcher, today=TODAY),
        lambda: enter_quota(actor=dispatcher, issue=issue, today=TODAY),
    ):
        with pytest.raises(YearArchived, match="2026 年度已归档") as refused:
            write()
        assert refused.value.facts == {"year": 2026}
    with pytest.raises(TargetsRefused, match="随 2026 年度归档"):
        set_campaign(actor=dispatcher, facts=facts, campaign_id=goal.pk)
    record(actor=None, verb="project.number_kept", subject=project, project_id=project.pk)
    client.force_login(officer)
    page = client.post(reverse("projects:comment", args=[project.pk]), {"text": "补一句"})
    api = client.post(reverse("comment-list"), {"project": project.pk, "text": "补一句"})
    found = client.get(reverse("desk:search"), {"q": "抽水蓄能"}, follow=True).content.decode()
    dossier = client.get(project.get_absolute_url())
    assert (page.status_code, api.status_code, dossier.status_code) == (422, 409, 200)
    assert "2026 年度已归档" in page.content.decode()
    assert api.json()["code"] == "year_archived"
    assert "都匀市抽水蓄能电站" in found
    assert "2026 年度已归档，只能查阅" in dossier.content.decode()

    do("restore", dispatcher, "补登批复")

    assert comment(actor=officer, project=project, text="补一句").pk
    set_campaign(actor=dispatcher, facts=facts, campaign_id=goal.pk)


@pytest.mark.parametrize("projects", [1, 20])
def test_the_page_costs_the_same_for_one_and_twenty(client, dispatcher, projects, django_assert_num_queries):
    ProjectFactory.create_batch(projects)
    year_turn(actor=dispatcher, year=2026, today=TODAY)

    with django_assert_num_queries(17):
        found = year_turn(actor=dispatcher, year=2026, today=TODAY)

    assert found.unfinished_count == projects


def test_page_and_api_say_the_same_and_do_the_same(client, dispatcher, officer):
    ProjectFactory(name="在办项目")
    client.force_login(dispatcher)
    page = client.get(reverse("desk:year-turn")).content.decode()
    steps = {row["key"]: row for row in client.get(reverse("year-turn-list")).json()}
    opened = client.post(reverse("desk:year-turn-act", args=["open-list"]), {"year": "2026"}, follow=True)
    moved = client.post(
        reverse("year-turn-act", args=["carry-over"]), {"year": 2026}, content_type="application/json"
    )
    early = client.post(reverse("desk:year-turn-act", args=["restore"]), {"year": "2026"}, follow=True)

    assert "2026 年转入 2027 年" in page
    assert "在办项目" in page
    assert steps["carry"]["sentence"] == "1 个未办结项目留在 2026 年度清单，已结转 0 个"
    assert all(row["sentence"] in page for row in steps.values())
    assert "2027 年度清单已建立。" in opened.content.decode()
    assert moved.json() == {"message": "1 个项目已结转到 2027 年度清单。"}
    assert "没有写明恢复理由" in early.content.decode()
    client.force_login(officer)
    assert client.post(reverse("desk:year-turn-act", args=["carry-over"])).status_code == 403


def test_the_next_years_notice_is_asked_for_from_november_on_until_it_is_entered(client, dispatcher, officer):
    calendar = working_calendar()
    assert [notice_awaited(calendar, day) for day in (date(2026, 10, 31), date(2026, 11, 1))] == [None, 2027]
    assert notice_awaited(calendar, date(2025, 12, 1)) is None
    assert (year_to_turn(date(2026, 10, 31)), year_to_turn(date(2026, 11, 1))) == (2025, 2026)

    with time_machine.travel(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), tick=False):
        for _ in range(2):
            assert remind_of_calendar(today=date(2026, 11, 20)) == 2027
        assert remind_of_calendar(today=date(2026, 12, 1)) == 2027
        client.force_login(dispatcher)
        asked = client.get(reverse("desk:help")).content.decode()
        client.force_login(officer)
        spared = client.get(reverse("desk:help")).content.decode()

    told = Message.objects.filter(key__startswith="calendar-notice:2027").values_list("recipient", "key")
    assert sorted(told) == [
        (dispatcher.pk, "calendar-notice:2027:2026-11"),
        (dispatcher.pk, "calendar-notice:2027:2026-12"),
    ]
    assert "2027 年放假安排还没有录入" in asked
    assert "2027 年放假安排还没有录入" not in spared
