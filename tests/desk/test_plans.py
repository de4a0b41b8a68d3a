"""Back-schedule, what-if, whose days, the board: as pages, files and API."""

from __future__ import annotations

import io
from datetime import date

import docx
import openpyxl
import pytest
import time_machine

from approvals.services.acceptance import accept_step
from approvals.services.changes import except_step
from approvals.services.decisions import decide_step
from approvals.services.pauses import pause_step
from approvals.services.receipts import notify_correction, receive_step
from audit.models import Entry
from deadlines.models import Deadline, LampSetting, PauseKind, ReminderSetting
from deadlines.selectors import reminder_plan
from tests.approvals.scenes import accepted, kind, opened
from tests.factories import UserFactory, organisation
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
NOW = "2026-11-23T10:00+08:00"
START = date(2027, 10, 8)


@pytest.fixture
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def project(dispatcher):
    return opened(dispatcher, name="独山县抽水蓄能电站", planned_start="2027.10.8", planned_start_on=START)


# --- back-schedule -------------------------------------------------------------------------------


def test_the_plan_names_the_first_step_too_late_and_whom_to_call(client, section, project, at_noon):
    client.force_login(section)

    page = client.get(f"/projects/{project[0].pk}/back-schedule/?target=2026-12-01")

    said = page.content.decode()
    plan = page.context["plan"]
    assert plan.delay > 0
    assert plan.first_late is not None
    assert plan.first_late_words in said
    assert plan.first_late.step.holder_organisation.name in plan.first_late_words
    assert plan.lines[-1].plan.code == "J01"
    assert plan.critical[-1].plan.code == "J01"


def test_the_dossier_plans_back_from_its_own_planned_start(client, section, project, at_noon):
    client.force_login(section)

    page = client.get(f"/projects/{project[0].pk}/?tab=schedule")

    assert page.context["plan"].target_on == START
    assert "2027-10-08" in page.content.decode()


def test_without_a_target_the_page_says_what_to_do(client, section, dispatcher, at_noon):
    bare, _ = opened(dispatcher)
    client.force_login(section)

    assert "没有填计划开工日" in client.get(f"/projects/{bare.pk}/back-schedule/").content.decode()


def test_a_target_that_is_no_day_is_refused(client, section, project, at_noon):
    client.force_login(section)

    assert client.get(f"/projects/{project[0].pk}/back-schedule/?target=soon").status_code == 422


def test_the_plan_as_sheet_and_as_document_says_what_the_page_says(client, section, project, at_noon):
    client.force_login(section)
    address = f"/projects/{project[0].pk}/back-schedule/"
    plan = client.get(address).context["plan"]

    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}export/").content)).active
    document = docx.Document(io.BytesIO(client.get(f"{address}document/").content))

    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    listed = [row[1] for row in rows if row[0] in range(1, 100)]
    assert listed == [f"{line.plan.code} {line.step.step_type.short}" for line in plan.lines]
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "攻坚方案" in text
    assert plan.headline in text
    assert len(document.tables[0].rows) == len(plan.lines) + 1


def test_the_api_gives_the_same_plan(client, section, project, at_noon):
    client.force_login(section)
    pk = project[0].pk
    plan = client.get(f"/projects/{pk}/back-schedule/").context["plan"]

    answer = client.get(f"/api/v1/back-schedules/{pk}/").json()

    assert [line["code"] for line in answer["lines"]] == [line.plan.code for line in plan.lines]
    assert (answer["target_on"], answer["delay"]) == ("2027-10-08", plan.delay)


def test_a_stranger_finds_no_plan(client, project, at_noon):
    client.force_login(UserFactory(role="COUNTY", organisation=organisation("522725")))

    assert client.get(f"/projects/{project[0].pk}/back-schedule/").status_code == 404
    assert client.get(f"/api/v1/back-schedules/{project[0].pk}/").status_code == 404


# --- what if -------------------------------------------------------------------------------------


def test_an_extension_is_tried_out_before_it_is_made(client, section, project, at_noon):
    step = accepted(project[1]["A08"], section, on=date(2026, 11, 16), today=TODAY)
    client.force_login(section)
    due = step.deadline.due_on

    page = client.get(f"/steps/{step.pk}/what-if/?verb=extend&line=statutory&days=10")

    answer = page.context["answer"]
    assert answer.rows[0].step.code == "A08"
    assert answer.rows[0].days == 10
    assert answer.sentence in page.content.decode()
    step.deadline.refresh_from_db()
    assert step.deadline.due_on == due


def test_a_later_acceptance_turns_red_what_misses_the_target(client, section, dispatcher, at_noon):
    # The day before the plan reaches without delay, so that one day more is one too many.
    project, _ = opened(dispatcher)
    client.force_login(section)
    plan = client.get(f"/projects/{project.pk}/back-schedule/?target=2027-12-31").context["plan"]
    project.planned_start_on = plan.reachable_on
    project.save(update_fields=["planned_start_on"])
    first = plan.critical[0].step

    page = client.get(f"/steps/{first.pk}/what-if/?verb=accept&accepted_on=2026-12-07")

    answer = page.context["answer"]
    assert "J01" in [row.step.code for row in answer.rows]
    assert first.pk in [step.pk for step in answer.turned_red]


def test_htmx_gets_the_answer_alone_and_the_api_the_same(client, section, project, at_noon):
    step = accepted(project[1]["A03"], section, on=date(2026, 11, 20), today=TODAY)
    client.force_login(section)
    meeting = PauseKind.objects.get(code="MEETING").pk
    asked = "first_on=2026-11-23&last_on=2026-11-23"

    part = client.get(
        f"/steps/{step.pk}/what-if/?verb=pause&kind={meeting}&{asked}", headers={"hx-request": "true"}
    )
    api = client.get(f"/api/v1/steps/{step.pk}/what-if/?verb=pause&kind=MEETING&{asked}").json()

    assert "<html" not in part.content.decode()
    assert api["sentence"] in part.content.decode()
    assert api["rows"][0]["code"] == "A03"


# --- whose days ----------------------------------------------------------------------------------


def finish(step, actor, *, on: date, **more):
    return decide_step(step_id=step.pk, decided_on=on, result="同意", actor=actor, today=TODAY, **more)


@pytest.fixture
def finished(project, section):
    """A08: 2 to 20 November with an opinion round of three days; A03: corrected by the applicant."""
    _, steps = project
    a08 = accepted(steps["A08"], section, on=date(2026, 11, 2), today=TODAY)
    pause_step(
        step_id=a08.pk, kind=kind("EXPERT_REVIEW"), first_on=date(2026, 11, 9), last_on=date(2026, 11, 11),
        evidence="评审通知", actor=section, today=TODAY,
    )  # fmt: skip
    finish(a08, section, on=date(2026, 11, 20))
    a03 = receive_step(step_id=steps["A03"].pk, received_on=date(2026, 11, 2), actor=section, today=TODAY)
    notify_correction(
        step_id=a03.pk, notified_on=date(2026, 11, 4), items=["申请报告"], actor=section, today=TODAY
    )
    a03 = accept_step(step_id=a03.pk, accepted_on=date(2026, 11, 11), actor=section, today=TODAY)
    except_step(
        step_id=a03.pk, cause="NATURAL", reason="连续暴雨，无法踏勘", approved_by="局长",
        approved_on=date(2026, 11, 12), actor=section, today=TODAY,
    )  # fmt: skip
    finish(a03, section, on=date(2026, 11, 16))
    return a08, a03


def test_days_are_split_by_whose_they_were(client, section, at_noon, finished):
    client.force_login(section)

    figures = client.get("/whose-days/").context["figures"]

    sides = {side.key: (side.gross, side.net, side.steps) for side in figures.sides}
    # A08: 14 working days, 3 of them a review that is nobody's; A03: 2 to the notice, 5 to correct, 3.
    assert sides["applicant"] == (5, 5, 1)
    assert sides["bureau"] == (2 + 3, 2 + 3, 1)
    assert sides["department"] == (14, 11, 1)
    by_code = {row.key: row for row in figures.by_code}
    assert (by_code["A08"].real_median, by_code["A08"].net_median) == (14, 11)
    assert (by_code["A08"].kept.part, by_code["A08"].kept.whole) == (1, 1)
    assert (by_code["A03"].excepted, by_code["A03"].kept.whole) == (1, 0)
    assert figures.total.late_entries.part == 2
    assert figures.total.system_median == 0


@pytest.mark.parametrize(
    ("cause", "excepted", "counted"),
    [("POLICY", 1, 0), ("TECHNICAL", 1, 0), ("NATURAL", 1, 0), ("OTHER", 0, 1)],
)
def test_what_is_nobody_s_fault_stays_out_of_the_share_kept(
    client, section, dispatcher, at_noon, project, cause, excepted, counted
):
    step = accepted(project[1]["A03"], section, on=date(2026, 11, 2), today=TODAY)
    client.force_login(section)
    answer = client.post(
        f"/steps/{step.pk}/except/",
        {"cause": cause, "reason": "政策口径调整", "approved_by": "局长", "approved_on": "2026-11-12"},
    )
    finish(step, section, on=date(2026, 11, 16))

    [found] = client.get("/api/v1/whose-days/figures/").json()["by_holder"]

    assert answer.status_code == 302
    assert found["excepted"] == excepted
    assert (found["kept_percent"] is None) is (counted == 0)


def test_every_figure_opens_its_rows(client, section, at_noon, finished):
    a08, a03 = finished
    client.force_login(section)

    def rows(asked: str) -> list[int]:
        page = client.get(f"/whose-days/steps/?{asked}")
        return sorted(step.pk for step, _ in page.context["rows"])

    assert rows("") == sorted([a08.pk, a03.pk])
    assert rows("code=A08") == [a08.pk]
    assert rows("side=applicant") == [a03.pk]
    assert rows("kept=excepted") == [a03.pk]
    assert rows("kept=kept") == [a08.pk]
    assert rows("late_entry=1") == sorted([a08.pk, a03.pk])
    assert rows("first=2026-11-17") == [a08.pk]
    api = client.get("/api/v1/whose-days/?kept=kept").json()["results"]
    assert [row["id"] for row in api] == [a08.pk]
    assert api[0]["days"]["net"] == 11
    assert client.get("/api/v1/whose-days/figures/").json()["total"]["number"] == 2
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/whose-days/export/?code=A08").content)).active
    assert any(cell.value == 14 for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("address", ["/whose-days/", "/whose-days/steps/", "/whose-days/export/"])
def test_days_are_read_in_a_fixed_number_of_queries(client, section, dispatcher, at_noon, address):
    client.force_login(section)

    def one_more() -> None:
        _, steps = opened(dispatcher)
        finish(accepted(steps["A08"], section, on=date(2026, 11, 2), today=TODAY), section, on=TODAY)

    one_more()
    client.get(address)
    few = queries_of(lambda: client.get(address))
    for _ in range(4):
        one_more()

    assert queries_of(lambda: client.get(address)) == few


def test_the_step_s_page_shows_both_lines_and_marks_what_was_typed_late(client, section, at_noon, finished):
    client.force_login(section)

    said = client.get(f"/steps/{finished[1].pk}/").content.decode()

    assert "承诺线" in said
    assert "法定线" in said
    assert "停过这条线的暂停" in said
    assert "补录，晚" in said
    assert "一次告知补正：申请报告" in said
    assert "“原则上”之外的例外：自然条件（非主观），连续暴雨" in said


# --- the board -----------------------------------------------------------------------------------


def test_the_board_has_what_is_overdue_and_what_each_day_brings(client, section, project, at_noon):
    red = accepted(project[1]["A03"], section, on=date(2026, 11, 2), today=TODAY)
    week = accepted(project[1]["A08"], section, on=date(2026, 10, 28), today=TODAY)
    client.force_login(section)

    lanes = {lane.key: lane for lane in client.get("/board/").context["lanes"]}

    assert [row.deadline.pk for row in lanes["overdue"].rows] == [red.deadline_id]
    assert week.deadline.due_on == date(2026, 11, 25)
    assert [row.deadline.pk for row in lanes["2026-11-25"].rows] == [week.deadline_id]
    assert lanes["2026-11-25"].total == 1
    assert "2026-11-28" not in lanes


def test_a_wait_that_is_over_and_a_reference_line_are_not_overdue(client, section, project, at_noon):
    """公告期满 lets the next step begin; B03's thirty days are of an old rule and warn nobody."""
    notice, review, late = (
        accepted(project[1][code], section, on=date(2026, 10, 9), today=TODAY)
        for code in ("Z01", "B03", "A03")
    )
    client.force_login(section)

    lanes = {lane.key: lane for lane in client.get("/board/").context["lanes"]}
    listed = client.get("/obligations/?due=overdue").context["rows"]

    assert all(step.deadline.due_on < TODAY for step in (notice, review, late))
    assert [row.deadline.pk for row in lanes["overdue"].rows] == [late.deadline_id]
    assert [row.deadline.pk for row in listed] == [late.deadline_id]


def test_the_board_looks_ahead_to_the_end_of_next_week(client, section, project, at_noon):
    step = accepted(project[1]["A08"], section, on=date(2026, 11, 4), today=TODAY)
    client.force_login(section)

    lanes = {lane.key: lane for lane in client.get("/board/").context["lanes"]}

    assert step.deadline.due_on == date(2026, 12, 2)
    assert [row.deadline.pk for row in lanes["2026-12-02"].rows] == [step.deadline_id]
    assert (lanes["2026-12-02"].label, lanes["2026-11-27"].label) == ("下周三", "周五")
    assert max(key for key in lanes if key != "overdue") == "2026-12-04"


def test_the_month_shows_due_dates_and_days_off_and_opens_the_rows(client, section, project, at_noon):
    step = accepted(project[1]["A08"], section, on=date(2026, 10, 28), today=TODAY)
    client.force_login(section)

    month = client.get("/board/month/?month=2026-11").context["month"]

    cells = {cell.day: cell for week in month.weeks for cell in week}
    assert (cells[date(2026, 11, 25)].total, month.total) == (1, 1)
    assert not cells[date(2026, 11, 28)].is_working
    [row] = client.get("/obligations/?on=2026-11-25").context["rows"]
    assert row.deadline.pk == step.deadline_id
    assert client.get("/board/month/?month=nonsense").status_code == 404


def test_a_letter_of_reminder_names_the_chosen_and_is_logged(client, dispatcher, section, project, at_noon):
    step = accepted(project[1]["A03"], section, on=date(2026, 11, 2), today=TODAY)
    client.force_login(dispatcher)

    answer = client.post("/board/urge/", {"deadline": [step.deadline_id]})

    document = docx.Document(io.BytesIO(answer.content))
    table = document.tables[0]
    assert table.rows[1].cells[1].text == "独山县抽水蓄能电站"
    assert "督办函" in document.paragraphs[0].text + document.paragraphs[1].text
    entry = Entry.objects.get(verb="step.urged")
    assert entry.subject_id == step.deadline_id


def test_nobody_is_urged_without_a_choice_or_a_right(client, section, dispatcher, project, at_noon):
    client.force_login(dispatcher)
    assert client.post("/board/urge/").status_code == 302
    client.force_login(section)
    assert client.post("/board/urge/").status_code == 403
    assert not Entry.objects.filter(verb="step.urged").exists()


# --- settings ------------------------------------------------------------------------------------


def test_lamps_change_from_a_day_on_and_open_clocks_follow(client, dispatcher, section, project, at_noon):
    step = accepted(project[1]["A08"], section, on=date(2026, 11, 2), today=TODAY)
    amber = step.deadline.amber_from
    client.force_login(dispatcher)
    given = {
        "effective_from": "2026-11-23", "share_percent": 50, "most_days": 15, "validity_days": 60,
        "note": "局务会",
    }  # fmt: skip

    answer = client.post("/settings/lamps/", given)

    assert answer.status_code == 302
    assert LampSetting.objects.count() == 2
    assert Deadline.objects.get(pk=step.deadline_id).amber_from < amber
    again = client.post("/settings/lamps/", given)
    assert again.status_code == 422
    assert "须晚于" in again.content.decode()


def test_reminder_days_change_from_a_day_on(client, dispatcher, at_noon):
    client.force_login(dispatcher)

    bad = client.post(
        "/settings/reminders/",
        {
            "effective_from": "2026-12-01",
            "working_days_before": "三",
            "validity_days_before": "30",
            "note": "x",
        },
    )
    good = client.post(
        "/settings/reminders/",
        {
            "effective_from": "2026-12-01",
            "working_days_before": "5、2",
            "validity_days_before": "60",
            "note": "x",
        },
    )

    assert (bad.status_code, good.status_code) == (422, 302)
    assert reminder_plan(date(2026, 11, 30)).working_days_before == (3,)
    assert reminder_plan(date(2026, 12, 1)).working_days_before == (5, 2)
    assert ReminderSetting.objects.count() == 2


def test_a_reason_for_a_pause_gets_a_new_version_and_the_old_one_ends(client, dispatcher, at_noon):
    client.force_login(dispatcher)
    page = client.get("/settings/pause-kinds/?code=MEETING")
    assert page.context["form"].initial["label"] == "会议"

    answer = client.post(
        "/settings/pause-kinds/",
        {
            "code": "MEETING", "effective_from": "2026-12-01", "label": "会议", "stops_committed": "on",
            "evidence_hint": "会议纪要", "basis": "承诺时限（修订）", "side": "office",
        },
    )  # fmt: skip

    assert answer.status_code == 302
    old, new = PauseKind.objects.filter(code="MEETING").order_by("effective_from")
    assert (old.effective_to, new.evidence_hint) == (date(2026, 12, 1), "会议纪要")


def test_the_procedure_s_periods_change_from_a_day_on(client, dispatcher, section, at_noon):
    client.force_login(dispatcher)
    given = {
        "effective_from": "2026-12-01", "missing_papers_days": 7, "notice_days": 5, "joint_days": 45,
        "joint_extension_days": 15, "assumed_days": 12, "late_entry_days": 2, "note": "局务会",
    }  # fmt: skip

    assert client.post("/settings/handling/", given).status_code == 302
    assert client.post("/settings/handling/", given).status_code == 422
    client.force_login(section)
    assert client.post("/settings/handling/", given).status_code == 403
