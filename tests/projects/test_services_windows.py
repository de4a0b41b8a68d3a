"""Windows: who owes a list, who was late, where rows go, and what ends a window."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from accounts.models import User
from core.dated import SettingOutOfOrder
from deadlines.models import Deadline
from deadlines.selectors import working_calendar
from dispatch.services.reminders import remind
from notifications.models import Message
from projects.models import CollectionWindow, Gathering, Project, WindowDuty
from projects.refusals import (
    NothingIsOwed,
    ReasonMissing,
    WindowNotOpen,
    WindowTitleTaken,
    WindowWithoutReporters,
)
from projects.selectors import windows as selectors
from projects.services import importing, windows
from projects.services.window_templates import NewWave, change_wave
from tests.factories import ProjectFactory, UserFactory, organisation
from tests.projects.windows import COUNTY, DEPARTMENT, open_window
from tests.projects.workbooks import TODAY, imported, row, staged, workbook

State = CollectionWindow.State
Status = Project.Status


def upload_of(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("清单.xlsx", content)


def duty(window: CollectionWindow, code: str) -> WindowDuty:
    return WindowDuty.objects.select_related("deadline").get(window=window, organisation__code=code)


def test_an_open_window_gives_every_unit_a_deadline(dispatcher):
    window = open_window(dispatcher)

    deadline = duty(window, COUNTY).deadline
    assert (window.state, deadline.role) == (State.OPEN, Deadline.Role.SUBMISSION)
    assert (deadline.due_on, deadline.reminder_days) == (date(2026, 11, 27), [5])
    assert deadline.holder_organisation == organisation(COUNTY)


def test_a_planned_window_opens_on_its_day(dispatcher):
    window = open_window(dispatcher, opens_on=date(2026, 11, 23))
    assert (window.state, duty(window, COUNTY).deadline) == (State.PLANNED, None)

    windows.open_due_windows(today=date(2026, 11, 22))
    window.refresh_from_db()
    assert window.state == State.PLANNED

    windows.open_due_windows(today=date(2026, 11, 23))
    window.refresh_from_db()
    assert (window.state, duty(window, COUNTY).deadline.due_on) == (State.OPEN, date(2026, 11, 27))
    assert windows.open_due_windows(today=date(2026, 11, 23)) == []


def test_the_years_waves_come_from_the_templates_once(dispatcher):
    planned = windows.plan_year(actor=dispatcher, year=2027, today=TODAY)

    assert [(w.opens_on, w.closes_on) for w in planned] == [
        (date(2027, 3, 1), date(2027, 3, 10)),
        (date(2027, 6, 21), date(2027, 6, 30)),
    ]
    asked = set(planned[0].duties.values_list("organisation__code", flat=True))
    assert {"522700-FGW", "522700-GXJ", "522700-JTJ", "522700-SWJ", "522700-TCJ", COUNTY} <= asked
    twelve_counties_a_park_and_five_departments = 18
    assert len(asked) == twelve_counties_a_park_and_five_departments
    assert windows.plan_year(actor=dispatcher, year=2027, today=TODAY) == []


def test_those_who_are_asked_are_told_and_nobody_else(dispatcher, officer, stranger):
    open_window(dispatcher, asked=[COUNTY])

    told = set(Message.objects.filter(key__endswith="-opened").values_list("recipient", flat=True))
    assert told == {officer.pk}
    assert stranger.pk not in told


@pytest.mark.parametrize(("day", "sent"), [(date(2026, 11, 19), 0), (date(2026, 11, 20), 1)])
def test_a_unit_is_reminded_five_working_days_before(dispatcher, officer, day, sent):
    open_window(dispatcher, asked=[COUNTY], today=date(2026, 11, 16))
    Message.objects.all().delete()

    remind(today=day, calendar=working_calendar())

    assert Message.objects.filter(recipient=officer).count() == sent


def test_a_department_answers_with_its_list_and_a_county_by_passing_on(dispatcher, department, officer):
    window = open_window(dispatcher)

    imported(department, row("都匀市河道治理", county="都匀市"))
    imported(officer, row("都匀水库"))

    assert duty(window, DEPARTMENT).answer == WindowDuty.Answer.LIST
    assert duty(window, DEPARTMENT).deadline.state == Deadline.State.MET
    assert duty(window, COUNTY).answer == ""
    assert set(Project.objects.values_list("status", "window")) == {(Status.REPORTED, window.pk)}


def test_where_no_county_gathers_rows_go_to_the_bureau_at_once(dispatcher, officer):
    window = open_window(dispatcher, gathering=Gathering.DIRECT)

    imported(officer, row("都匀水库"))

    assert Project.objects.get().status == Status.SUBMITTED
    assert duty(window, COUNTY).answer == WindowDuty.Answer.LIST


def test_a_booking_wave_takes_in_what_each_county_books(client, dispatcher, officer):
    window = open_window(dispatcher, kind="BOOKING", title="4月用地预约", gathering=Gathering.DIRECT)

    imported(officer, row("都匀水库"), row("都匀市环城路", code=""))

    sums = selectors.window_sums(window, actor=dispatcher)
    assert (sums.projects, sums.waiting_for_bureau) == (2, 2)
    assert (duty(window, COUNTY).answer, duty(window, COUNTY).answered_on) == ("LIST", TODAY)
    client.force_login(dispatcher)
    page = client.get(f"/windows/{window.pk}/").content.decode()
    assert ("用地预约" in page, "250000" in page or "25.0000 公顷" in page) == (True, True)


def test_outside_of_a_window_a_list_comes_in_as_ever(officer):
    submission = imported(officer, row("都匀水库"))

    assert (submission.window, Project.objects.get().status) == (None, Status.SUBMITTED)


def test_who_comes_after_the_day_is_late(client, dispatcher, department):
    window = open_window(dispatcher, today=date(2026, 11, 16))
    late = date(2026, 11, 30)

    draft = staged(department, workbook(row("都匀市河道治理")))
    importing.confirm_whole(actor=department, draft_id=draft.pk, today=late)

    assert duty(window, DEPARTMENT).was_late
    named = selectors.late_list(actor=dispatcher, today=late).values_list("organisation__code", flat=True)
    assert set(named) == {DEPARTMENT, COUNTY, "522725"}
    shown = selectors.window_list(actor=dispatcher).get(pk=window.pk)
    assert (shown.asked, shown.answered, shown.late, shown.rows) == (3, 1, 1, 1)
    with time_machine.travel("2026-11-30T09:00:00+08:00", tick=False):
        client.force_login(dispatcher)
        page = client.get("/windows/late/", {"window": window.pk, "answered": "late"}).content.decode()
        rows = client.get("/api/v1/windows/late/", {"answered": "no"}).json()
    assert (page.count("逾期报送"), "至今未报</span>" in page) == (2, False)
    assert {(row["organisation"], row["title"]) for row in rows} == {
        (COUNTY, window.title),
        ("522725", window.title),
    }


def test_nothing_to_report_is_an_answer_with_a_reason(dispatcher, department):
    window = open_window(dispatcher)
    owed = duty(window, DEPARTMENT)

    with pytest.raises(ReasonMissing):
        windows.report_nothing(actor=department, duty_id=owed.pk, reason=" ", today=TODAY)
    windows.report_nothing(actor=department, duty_id=owed.pk, reason="本季度没有新增项目", today=TODAY)

    assert (duty(window, DEPARTMENT).answer, duty(window, DEPARTMENT).answered_on) == ("NOTHING", TODAY)
    with pytest.raises(NothingIsOwed):
        windows.report_nothing(actor=department, duty_id=owed.pk, reason="又", today=TODAY)


def test_nobody_answers_for_another_unit(dispatcher, department, officer):
    window = open_window(dispatcher)

    with pytest.raises(WindowDuty.DoesNotExist):
        windows.report_nothing(actor=officer, duty_id=duty(window, DEPARTMENT).pk, reason="没有", today=TODAY)


def test_more_time_moves_every_open_deadline_and_says_why(dispatcher):
    window = open_window(dispatcher)

    windows.extend_window(
        actor=dispatcher, window_id=window.pk, closes_on=date(2026, 11, 30), reason="雨雪", today=TODAY
    )

    deadline = duty(window, COUNTY).deadline
    assert deadline.due_on == date(2026, 11, 30)
    assert deadline.extensions.get().reason == "雨雪"
    with pytest.raises(WindowNotOpen):
        windows.extend_window(
            actor=dispatcher, window_id=window.pk, closes_on=date(2026, 11, 30), reason="又", today=TODAY
        )


def test_a_closed_window_takes_nothing_in_and_remembers_who_did_not_answer(dispatcher, officer):
    window = open_window(dispatcher)

    windows.close_window(actor=dispatcher, window_id=window.pk, reason="", today=TODAY)

    owed = duty(window, COUNTY)
    assert (owed.answer, owed.deadline.state) == ("", Deadline.State.CANCELLED)
    assert imported(officer, row("都匀水库")).window is None
    with pytest.raises(WindowNotOpen) as refusal:
        windows.close_window(actor=dispatcher, window_id=window.pk, reason="", today=TODAY)
    assert refusal.value.facts == {"state": "CLOSED"}


def test_a_window_that_somebody_answered_is_not_called_off(dispatcher, department):
    window = open_window(dispatcher)
    imported(department, row("都匀市河道治理"))

    with pytest.raises(WindowNotOpen):
        windows.cancel_window(actor=dispatcher, window_id=window.pk, reason="误设", today=TODAY)


def test_a_window_asks_somebody_and_bears_its_own_name(dispatcher):
    with pytest.raises(WindowWithoutReporters):
        open_window(dispatcher, asked=[])
    open_window(dispatcher)
    with pytest.raises(WindowTitleTaken):
        open_window(dispatcher)


@pytest.mark.parametrize("role", [User.Role.SECTION, User.Role.COUNTY, User.Role.DEPARTMENT])
@pytest.mark.django_db
def test_only_the_dispatch_office_runs_windows(role):
    with pytest.raises(PermissionDenied):
        open_window(UserFactory(role=role))


@pytest.mark.parametrize(
    ("who", "sees"), [("officer", True), ("stranger", False), ("department", False), ("section", True)]
)
def test_who_is_not_asked_sees_no_window(request, dispatcher, who, sees):
    window = open_window(dispatcher, asked=[COUNTY])
    reader = request.getfixturevalue(who)

    assert CollectionWindow.objects.visible_to(reader).filter(pk=window.pk).exists() is sees
    assert WindowDuty.objects.visible_to(reader).filter(window=window).exists() is sees


@pytest.mark.parametrize("length", [1, 20])
def test_the_parties_of_a_window_take_one_query(dispatcher, django_assert_num_queries, length):
    codes = [COUNTY, "522725", *(f"5227{n:02d}" for n in range(22, 33) if n != 24), "522702", "522700-FGW"]
    codes = codes[:length]
    window = open_window(dispatcher, asked=codes)
    ProjectFactory(submitted=True, window=window)
    assert dispatcher.reporting_unit is None
    assert dispatcher.scope is not None

    with django_assert_num_queries(1):
        for shown in selectors.duty_list(actor=dispatcher, today=TODAY).filter(window=window):
            assert shown.organisation.short_name
            assert shown.rows >= 0


def wave(**fields: object) -> NewWave:
    given = {
        "code": "SPRING", "title": "3月中旬报送", "kind": "LIST", "gathering": Gathering.COUNTY,
        "opens_month": 3, "opens_day": 11, "closes_month": 3, "closes_day": 20, "reminder_days": [5, 1],
        "departments": [], "asks_counties": True, "basis": "州发〔2027〕1号",
        "effective_from": date(2027, 1, 1),
    }  # fmt: skip
    return NewWave(**(given | fields))


def test_a_new_version_of_a_wave_follows_the_old_one(dispatcher):
    prefecture = organisation("522700")
    change_wave(actor=dispatcher, organisation=prefecture, new=wave())

    before = selectors.templates_in_force(organisation=prefecture, on=date(2026, 12, 31))
    after = selectors.templates_in_force(organisation=prefecture, on=date(2027, 1, 1))

    assert [w.title for w in before] == ["3月初集中报送", "6月底集中报送"]
    assert [w.title for w in after] == ["3月中旬报送", "6月底集中报送"]
    with pytest.raises(SettingOutOfOrder):
        change_wave(actor=dispatcher, organisation=prefecture, new=wave())


def test_a_county_with_a_table_of_its_own_follows_that_alone(sysadmin):
    county = organisation(COUNTY)
    change_wave(actor=sysadmin, organisation=county, new=wave(effective_from=date(2026, 1, 1)))

    own = selectors.templates_in_force(organisation=county, on=TODAY)
    other = selectors.templates_in_force(organisation=organisation("522725"), on=TODAY)

    assert [w.title for w in own] == ["3月中旬报送"]
    assert len(other) == 2


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"closes_on": date(2026, 1, 1)}, "window_closes_after_it_opens"),
        ({"state": "CLOSED"}, "window_ended_has_a_day"),
    ],
)
def test_the_database_keeps_windows_in_order(dispatcher, change, constraint):
    window = open_window(dispatcher)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CollectionWindow.objects.filter(pk=window.pk).update(**change)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"answer": "LIST"}, "window_duty_answer_has_a_day"),
        ({"answer": "NOTHING", "answered_on": TODAY}, "window_duty_nothing_says_why"),
    ],
)
def test_the_database_keeps_answers_whole(dispatcher, change, constraint):
    window = open_window(dispatcher)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        WindowDuty.objects.filter(window=window).update(**change)


# --- several windows at once --------------------------------------------------------------------


@pytest.fixture
def two_windows(dispatcher) -> tuple[CollectionWindow, CollectionWindow]:
    """The first closes first."""
    soon = open_window(dispatcher, title="先截止", closes_on=date(2026, 11, 24))
    later = open_window(dispatcher, title="后截止", closes_on=date(2026, 12, 18), gathering=Gathering.DIRECT)
    return soon, later


def test_a_list_falls_into_the_window_that_closes_first_unless_another_is_chosen(officer, two_windows):
    soon, later = two_windows

    unchosen = imported(officer, row("都匀水库"))
    draft = importing.stage_upload(
        actor=officer,
        filename="清单.xlsx",
        content=workbook(row("都匀公路")),
        today=TODAY,
        now=unchosen.submitted_at,
        window_id=later.pk,
    )
    chosen = importing.confirm_whole(actor=officer, draft_id=draft.pk, today=TODAY)

    assert (unchosen.window, chosen.window) == (soon, later)
    assert Project.objects.get(name="都匀公路").window == later
    assert duty(later, COUNTY).answer == WindowDuty.Answer.LIST


def test_a_window_that_does_not_ask_the_unit_cannot_be_chosen(officer, dispatcher):
    others = open_window(dispatcher, asked=(DEPARTMENT,))

    with pytest.raises(WindowNotOpen) as refusal:
        importing.stage_upload(
            actor=officer,
            filename="清单.xlsx",
            content=workbook(row("都匀水库")),
            today=TODAY,
            now=others.created_at,
            window_id=others.pk,
        )

    assert refusal.value.facts == {"window": others.pk}


def test_a_chosen_window_that_closed_meanwhile_takes_nothing_in(officer, dispatcher, two_windows):
    _, later = two_windows
    draft = staged(officer, workbook(row("都匀水库")))
    draft.window = later
    draft.save(update_fields=["window"])
    windows.close_window(actor=dispatcher, window_id=later.pk, reason="提前结束", today=TODAY)

    with pytest.raises(WindowNotOpen):
        importing.confirm_whole(actor=officer, draft_id=draft.pk, today=TODAY)

    assert not Project.objects.exists()


def test_the_page_offers_the_open_windows_and_keeps_the_choice(client, officer, two_windows):
    soon, later = two_windows
    client.force_login(officer)

    with time_machine.travel("2026-11-20T09:00:00+08:00", tick=False):
        plain = client.get("/lists/upload/").content.decode()
        named = client.get("/lists/upload/", {"window": later.pk}).content.decode()
        sent = client.post(
            "/lists/upload/",
            {"file": upload_of(workbook(row("都匀水库"))), "window": later.pk},
            follow=True,
        )

    assert f'<option value="{soon.pk}" selected>' in plain
    assert f'<option value="{later.pk}" selected>' in named
    assert "报送批次 后截止" in sent.content.decode()


def test_one_window_leaves_nothing_to_choose(client, officer, dispatcher):
    open_window(dispatcher)
    client.force_login(officer)

    with time_machine.travel("2026-11-20T09:00:00+08:00", tick=False):
        assert 'name="window"' not in client.get("/lists/upload/").content.decode()
