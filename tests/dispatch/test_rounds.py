"""January to March 2026 by the office's calendar: rounds, reports, late lists, versions, differences."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from deadlines.models import Deadline
from deadlines.selectors import working_calendar
from dispatch.errors import NothingSaid, ReasonMissing, RoundClosesTooEarly, RoundIsFrozen, RoundNotFrozen
from dispatch.models import LedgerSnapshot, Reminder, Report, Round
from dispatch.rules.differences import Table, difference
from dispatch.rules.periods import Period, PeriodKind
from dispatch.rules.reporting import Standing
from dispatch.selectors import differences
from dispatch.selectors.rounds import not_reported, reports_of
from dispatch.services import rounds
from dispatch.services.reminders import remind
from dispatch.services.reports import report
from dispatch.services.round_rules import RuleFacts, set_round_rule
from jobs.services import run_waiting
from notifications.models import Message
from projects.models import LandUse, Project
from tests.desk.promises import promise
from tests.dispatch.ledger_data import plant_deadline, plant_projects
from tests.factories import ProjectFactory, organisation

UNITS = 13


def at(day, hour=10):
    return datetime.combine(day, time(hour - 8), UTC)


def open_rounds(day):
    return rounds.open_due_rounds(today=day, calendar=working_calendar(), now=at(day))


def freeze(day, actor=None):
    """What the schedule does when `day` has ended, or the office within it."""
    calendar = working_calendar()
    if actor is None:
        rounds.freeze_due_rounds(ended_on=day, calendar=calendar, now=at(day, 23))
    else:
        rounds.freeze_round(period=Period.of(day), actor=actor, today=day, calendar=calendar, now=at(day))
    run_waiting(clock=lambda: at(day, 23))


def say(row, actor, day, *, remarks=""):
    return report(
        report_id=row.pk, is_unchanged=not remarks, remarks=remarks, actor=actor, today=day, now=at(day)
    )


@pytest.mark.parametrize(
    ("text", "first", "last", "due_on"),
    [
        ("2026-W06", date(2026, 2, 2), date(2026, 2, 8), date(2026, 2, 5)),
        ("2026-W07", date(2026, 2, 9), date(2026, 2, 15), date(2026, 2, 12)),
        ("2026-W08", date(2026, 2, 16), date(2026, 2, 22), None),
        ("2026-W40", date(2026, 9, 28), date(2026, 10, 4), date(2026, 9, 30)),
        ("2026-M02", date(2026, 2, 1), date(2026, 2, 28), date(2026, 2, 28)),
        ("2026-M03", date(2026, 3, 1), date(2026, 3, 31), date(2026, 3, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), date(2026, 3, 31)),
        ("2026-Y", date(2026, 1, 1), date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_periods_of_every_length_know_their_days(db, text, first, last, due_on):
    period = Period.parse(text)

    assert (str(period), period.first, period.last) == (text, first, last)
    assert period.due_on(working_calendar()) == due_on
    assert Period.of(last, period.kind) == period
    assert period.before.last == first - timedelta(days=1)


@pytest.mark.django_db
def test_a_winter_of_rounds_opens_and_freezes_by_the_calendar(dispatcher):
    plant_projects(3)
    day = date(2026, 1, 5)
    while day <= date(2026, 3, 31):
        for _ in range(3):
            open_rounds(day)
            freeze(day)
        day += timedelta(days=1)

    weeks = Round.objects.filter(kind="WEEK").order_by("number")
    due = {row.number: row.due_on for row in weeks}
    assert sorted(due) == [2, 3, 4, 5, 6, 7, *range(9, 15)]
    assert all(on.weekday() == 3 for on in due.values())
    assert all(row.is_frozen and row.frozen_by_schedule for row in weeks if row.number < 14)
    assert not weeks.get(number=14).is_frozen
    # The Wednesday-less week of the Spring Festival is skipped; W09 is reported on its own Thursday.
    assert due[9] == date(2026, 2, 26)
    others = Round.objects.exclude(kind="WEEK").order_by("due_on", "kind")
    assert [(str(row.period), row.due_on, row.is_frozen) for row in others] == [
        ("2026-M01", date(2026, 1, 30), True),
        ("2026-M02", date(2026, 2, 28), True),
        ("2026-M03", date(2026, 3, 31), True),
        ("2026-Q1", date(2026, 3, 31), True),
    ]
    assert Report.objects.count() == UNITS * Round.objects.count()
    assert LedgerSnapshot.objects.count() == Round.objects.filter(frozen_at__isnull=False).count()
    # Who never reports owes the latest of each kind alone.
    open_by_round = set(
        Deadline.objects.open().filter(stage=rounds.STAGE).values_list("subject_label", flat=True)
    )
    assert open_by_round == {
        "2026年第13周调度报送",
        "2026年第14周调度报送",
        "2026年3月调度报送",
        "2026年第一季度调度报送",
    }


@pytest.mark.django_db
class TestAWeek:
    """W47: Monday 16 to Thursday 19 November 2026."""

    MONDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, 16 + n) for n in (0, 2, 3, 4))

    @pytest.fixture
    def duyun(self, officer):
        open_rounds(self.MONDAY)
        return Report.objects.get(organisation__code="522701", round__kind="WEEK")

    def test_reporters_are_reminded_on_wednesday_and_one_click_keeps_the_promise(self, duyun, officer):
        assert duyun.deadline.due_on == self.THURSDAY
        for day in (self.MONDAY, self.WEDNESDAY):
            remind(today=day, calendar=working_calendar())

        assert list(Message.objects.filter(recipient=officer).values_list("title", flat=True)) == [
            "【即将到期】2026年第47周调度报送"
        ]
        assert Reminder.objects.get(recipient=officer).planned_on == self.WEDNESDAY

        done = say(duyun, officer, self.WEDNESDAY)

        assert (done.is_unchanged, done.reported_on) == (True, self.WEDNESDAY)
        duyun.deadline.refresh_from_db()
        assert duyun.deadline.state == Deadline.State.MET

    def test_the_late_list_names_who_came_late_and_who_never_came(self, duyun, officer, stranger, dispatcher):
        say(duyun, officer, self.THURSDAY)
        freeze(self.THURSDAY)
        late = Report.objects.get(organisation__code="522725", round=duyun.round)
        say(late, stranger, self.FRIDAY, remarks="漏报一个项目")

        rows = reports_of(actor=dispatcher, round_=duyun.round, today=self.FRIDAY)
        standings = {row.report.organisation.code: row.standing for row in rows}
        assert len(rows) == UNITS
        assert standings["522701"] is Standing.ON_TIME
        assert standings["522725"] is Standing.LATE
        assert len(not_reported(rows)) == UNITS - 1
        [own] = reports_of(actor=officer, round_=duyun.round, today=self.FRIDAY)
        assert own.report.organisation.code == "522701"

    def test_refusals(self, duyun, officer, stranger, section, dispatcher):
        with pytest.raises(NothingSaid):
            report(
                report_id=duyun.pk,
                is_unchanged=False,
                remarks=" ",
                actor=officer,
                today=self.MONDAY,
                now=at(self.MONDAY),
            )
        with pytest.raises(Report.DoesNotExist):
            say(duyun, stranger, self.MONDAY)
        with pytest.raises(PermissionDenied):
            say(duyun, section, self.MONDAY)
        say(duyun, officer, self.MONDAY)
        say(duyun, officer, self.MONDAY, remarks="更正：新增一个项目")
        freeze(self.THURSDAY)
        with pytest.raises(RoundIsFrozen) as refused:
            say(duyun, officer, self.FRIDAY)
        assert refused.value.facts == {"round": "2026-W47"}

    def test_reopening_keeps_the_old_version_and_freezing_makes_a_new_one(self, duyun, dispatcher):
        plant_projects(4)
        freeze(self.THURSDAY, dispatcher)
        first = LedgerSnapshot.objects.get()
        before = bytes(first.content)
        found = duyun.round

        def again(**changed):
            given = {"round_id": found.pk, "reason": "县里更正面积", "closes_on": date(2026, 11, 23)}
            facts = given | changed
            return rounds.reopen_round(**facts, actor=dispatcher, today=self.FRIDAY, now=at(self.FRIDAY))

        with pytest.raises(ReasonMissing):
            again(reason=" ")
        with pytest.raises(RoundClosesTooEarly):
            again(closes_on=self.THURSDAY)
        again()
        with pytest.raises(RoundNotFrozen):
            again()
        LandUse.objects.update(total_m2=50_000)
        freeze(self.FRIDAY)  # it closes on Monday: the schedule leaves it alone
        assert LedgerSnapshot.objects.count() == 1
        freeze(date(2026, 11, 23))

        first.refresh_from_db()
        second = LedgerSnapshot.objects.get(version=2, round=found)
        assert bytes(first.content) == before
        assert (first.totals["areas"]["total_m2"], second.totals["areas"]["total_m2"]) == (40_010, 200_000)
        assert second.filename.endswith("_20261123_第2版.xlsx")
        assert second.rule_versions["calendar_revision"]
        found.refresh_from_db()
        assert (found.version, found.is_frozen) == (2, True)
        assert found.reopenings.get().reason == "县里更正面积"


COLUMNS = [
    {"key": key, "label": key, "kind": "text", "group": ""}
    for key in ("position", "name", "unit", "lamp", "due_on", "remaining")
]


def table(*rows):
    return Table(
        COLUMNS,
        [
            {"unit": unit, "project": pk, "cells": [place, name, unit, lamp, due_on, left]}
            for place, (unit, pk, name, lamp, due_on, left) in enumerate(rows, 1)
        ],
    )


def test_two_ledgers_differ_in_what_is_new_gone_changed_and_turned():
    old = table(("A", 1, "水库", "green", "2026-11-16", 5), ("A", 2, "公路", "amber", "2026-11-20", 1))
    new = table(
        ("B", 3, "学校", "idle", None, None),
        ("A", 1, "水库", "red", "2026-11-16", -1),
    )

    found = difference(old, new)

    assert [row.name for row in found.new] == ["学校"]
    assert [row.name for row in found.gone] == ["公路"]
    [changed] = found.changed
    assert [(cell.column["key"], cell.old, cell.new) for cell in changed.cells] == [("lamp", "green", "red")]
    assert found.turned == [changed]
    assert changed.is_worse
    assert difference(old, old).is_empty


def plant_weeks(first, number):
    """Frozen weeks from `first` on, with empty ledgers of the prefecture."""
    weeks = [first]
    while len(weeks) < number:
        weeks.append(Period.of(weeks[-1].last + timedelta(days=1)))
    planted = Round.objects.bulk_create(
        Round(year=week.year, number=week.number, frozen_at=at(week.last), frozen_by_schedule=True)
        for week in weeks
    )
    return LedgerSnapshot.objects.bulk_create(
        LedgerSnapshot(
            round=week,
            organisation=organisation("522700"),
            taken_on=week.period.last,
            columns=[{"key": "position", "label": "序号", "kind": "number", "group": ""}],
            rows=[],
            totals={},
            row_count=0,
            filename=f"{week}.xlsx",
            content=b"",
            sha256="0" * 64,
        )
        for week in planted
    )


@pytest.mark.django_db
def test_an_old_round_keeps_its_versions_and_the_one_before_it(client, dispatcher):
    first, second, *later = plant_weeks(Period(2023, 1), 125)
    client.force_login(dispatcher)

    page = client.get(reverse("dispatch:round", args=[second.round_id]))
    before = differences.edition_before(page.context["newest"])
    compared = client.get(reverse("dispatch:compare"), {"new": second.pk})
    told = client.get("/api/v1/round-differences/", {"new": second.pk, "old": first.pk})

    assert [edition.pk for edition in page.context["editions"]] == [second.pk]
    assert before.pk == first.pk
    assert (compared.context["new"].pk, compared.context["old"].pk) == (second.pk, first.pk)
    assert (told.json()["new"], told.json()["old"]) == (second.pk, first.pk)
    assert client.get(reverse("dispatch:compare"), {"new": later[-1].pk + 1}).status_code == 404


@pytest.mark.django_db
def test_what_was_opened_is_frozen_even_if_its_kind_is_no_longer_held(dispatcher):
    plant_projects(1)
    open_rounds(date(2026, 11, 27))
    month = Round.objects.get(kind="MONTH")
    facts = RuleFacts(is_held=False, weekday=3, days_after=0, opens_before=5, reminder_days=[], note="停办")
    set_round_rule(kind="MONTH", effective_from=date(2026, 11, 28), facts=facts, actor=dispatcher)

    freeze(date(2026, 11, 30))

    month.refresh_from_db()
    assert month.frozen_by_schedule


@pytest.mark.django_db
def test_the_comparison_shows_a_county_its_own_rows_alone(client, dispatcher, officer, section):
    projects = plant_projects(4)
    plant_deadline(projects[0], started_on=date(2026, 11, 9), days=4, holder=section)
    freeze(date(2026, 11, 12), dispatcher)
    Project.objects.filter(pk=projects[0].pk).update(name="改名的水库")
    Project.objects.filter(pk=projects[1].pk).update(status=Project.Status.SUBMITTED, number=None)
    freeze(date(2026, 11, 19), dispatcher)

    new = differences.editions()[0]
    old = differences.edition_before(new)
    whole = differences.difference_of(old, new, unit=organisation("522700"), actor=dispatcher)
    assert [row.project_id for row in whole.gone] == [projects[1].pk]
    assert [row.project_id for row in whole.turned] == [projects[0].pk]

    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        client.force_login(officer)
        page = client.get(reverse("dispatch:compare")).content.decode()
        assert "台账试验项目0号 → 改名的水库" in page
        assert projects[1].name not in page
        changes = page.partition("内容变化")[2]
        assert "灯号：" in changes
        assert 'data-label="灯号"' not in changes
        other = reverse("dispatch:compare") + "?unit=522722"
        assert client.get(other).status_code == 404
        found = client.get("/api/v1/round-differences/").json()
        assert [row["name"] for row in found["turned"]] == ["改名的水库"]


@pytest.mark.django_db
def test_what_is_overdue_is_a_warning_and_no_green_note(client, officer):
    mine = ProjectFactory(name="都匀试验水库", organisation=organisation("522701"))
    promise(project=mine, started_on=date(2026, 9, 1), limit=5)
    open_rounds(date(2026, 11, 16))
    row = Report.objects.get(organisation__code="522701", round__kind="WEEK")
    client.force_login(officer)

    with time_machine.travel("2026-11-18T10:00:00+08:00", tick=False):
        page = client.get(reverse("dispatch:report", args=[row.pk]))

    assert page.context["page"].warnings == ["逾期项目：都匀试验水库。"]
    assert not any("逾期项目" in note for note in page.context["page"].notes)
    assert "lg-alert-amber" in page.content.decode()


@pytest.mark.django_db
def test_a_round_is_written_in_words():
    open_rounds(date(2026, 11, 16))

    assert "2026年第47周" in {str(row).replace(" ", "") for row in Round.objects.all()}


@pytest.mark.django_db
def test_a_county_reports_with_one_click_and_the_office_reopens(client, officer, dispatcher):
    plant_projects(2)
    open_rounds(date(2026, 11, 16))
    row = Report.objects.get(organisation__code="522701", round__kind="WEEK")
    with time_machine.travel("2026-11-18T10:00:00+08:00", tick=False):
        client.force_login(officer)
        assert "在库项目 1 个" in client.get(reverse("dispatch:report", args=[row.pk])).content.decode()
        refused = client.post(reverse("dispatch:report", args=[row.pk]), {"remarks": ""})
        assert refused.status_code == 422
        done = client.post(reverse("dispatch:report", args=[row.pk]), {"is_unchanged": "on"}, follow=True)
        assert "已报送" in done.content.decode()
        freeze(date(2026, 11, 18), dispatcher)
        client.force_login(dispatcher)
        early = client.get(reverse("dispatch:round", args=[row.round_id]))
        assert [(fact.label, fact.value) for fact in early.context["figures"]][1:4] == [
            ("应报", 13),
            ("已报", 1),
            ("其中迟报", 0),
        ]
        address = reverse("dispatch:round-reopen", args=[row.round_id])
        reopened = client.post(address, {"reason": "更正", "closes_on": "2026-11-19"}, follow=True)
        assert "原定稿台账保留为第1版" in reopened.content.decode()
        assert f"第1版定稿由{dispatcher.label}于 2026-11-18 重新打开：更正" in reopened.content.decode()
        assert "还有 12 个单位没有报送，报送日是 2026-11-19。" in reopened.content.decode()
        owed = client.get(reverse("dispatch:reports")).content.decode()
        assert "代福泉市报送2026年第47周“已核实无变化”，报送人记为您本人。" in owed
        weeks = client.get(reverse("dispatch:ledgers")).content.decode()
        assert "还有 12 个单位没有报送，报送日是 2026-11-19。" in weeks
        listed = client.get(reverse("dispatch:rounds")).content.decode()
        assert "重新打开" in listed


@pytest.mark.django_db
def test_rules_are_dated_and_who_reports_follows_them(client, dispatcher):
    with time_machine.travel("2026-11-16T10:00:00+08:00", tick=False):
        client.force_login(dispatcher)
        rule = {
            "kind": "WEEK",
            "effective_from": "2026-11-16",
            "is_held": "on",
            "weekday": "2",
            "days_after": "0",
            "opens_before": "1",
            "reminder_days": "1",
            "note": "改到周三",
        }
        for status in (302, 422):
            assert client.post(reverse("dispatch:round-rule-new"), rule).status_code == status
        units = [organisation("522701").pk, organisation("522700-SWJ").pk]
        client.post(reverse("dispatch:round-duties"), {"kind": "WEEK", "units": units})

    assert open_rounds(date(2026, 11, 16)) == []
    [found] = [row for row in open_rounds(date(2026, 11, 17)) if row.kind == PeriodKind.WEEK]
    assert found.due_on == date(2026, 11, 18)
    assert set(found.reports.values_list("organisation__code", flat=True)) == {"522701", "522700-SWJ"}
