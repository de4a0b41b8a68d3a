from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import InternalError, ProgrammingError, transaction
from python_calamine import CalamineWorkbook

from accounts.models import Organisation
from audit.models import Entry
from deadlines.selectors import working_calendar
from dispatch.errors import RoundNotFrozen, WeekNotBegun, WeekSkipped
from dispatch.models import LedgerSnapshot, Round
from dispatch.rules.periods import Period
from dispatch.selectors.ledgers import project_facts
from dispatch.services import rounds
from dispatch.tasks import freeze_due_round
from jobs.models import Job
from jobs.services import run_waiting
from notifications.models import Message
from projects.models import LandUse, Project
from tests.dispatch.ledger_data import plant_deadline, plant_projects
from tests.factories import ProjectFactory, organisation
from tests.queries import queries_of

TODAY = date(2026, 11, 19)
NOW = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
WEEK = Period(2026, 47)


def freeze(actor, *, week=WEEK, today=TODAY):
    job = rounds.freeze_round(period=week, actor=actor, today=today, calendar=working_calendar(), now=NOW)
    run_waiting(clock=lambda: NOW)
    job.refresh_from_db()
    return job


def prefecture_ledger():
    return LedgerSnapshot.objects.get(organisation__code="522700")


def sheet_of(ledger):
    return CalamineWorkbook.from_filelike(BytesIO(bytes(ledger.content))).get_sheet_by_index(0).to_python()


def test_freezing_makes_one_ledger_and_closes_the_round_with_it(dispatcher):
    plant_projects(7)

    job = freeze(dispatcher)

    ledger = prefecture_ledger()
    assert (job.state, job.result["ledger"], job.result_url) == ("DONE", ledger.pk, f"/ledgers/{ledger.pk}/")
    assert (ledger.row_count, ledger.taken_on) == (7, TODAY)
    assert ledger.filename == "黔南州_重点项目用地保障周台账_2026年第47周_20261119.xlsx"
    assert ledger.round.frozen_by == dispatcher
    assert ledger.round.due_on == TODAY
    assert Entry.objects.get(verb="round.frozen").facts["sha256"] == ledger.sha256


def test_freezing_again_changes_nothing_and_gives_the_same_bytes(dispatcher):
    plant_projects(3)
    freeze(dispatcher)
    before = bytes(prefecture_ledger().content)
    Project.objects.update(name="改名以后")

    for _ in range(2):
        freeze(dispatcher)

    assert bytes(prefecture_ledger().content) == before
    assert (Job.objects.count(), Round.objects.count(), LedgerSnapshot.objects.count()) == (1, 1, 1)
    assert Entry.objects.filter(verb="ledger.requested").count() == 1


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_to_change_a_frozen_ledger(dispatcher, act):
    freeze(dispatcher)
    rows = LedgerSnapshot.objects.all()

    with pytest.raises((InternalError, ProgrammingError), match="Cannot"), transaction.atomic():
        rows.update(row_count=99) if act == "update" else rows._raw_delete(rows.db)


def test_the_file_s_sums_are_those_of_the_projects(dispatcher):
    plant_projects(20)
    freeze(dispatcher)

    sheet = sheet_of(prefecture_ledger())
    header, body = sheet[2], sheet[4:]
    total = header.index("用地面积（公顷）")
    details = [row for row in body if isinstance(row[0], float | int)]
    subtotals = [row for row in body if row[0] == "小计"]
    [grand] = [row for row in body if row[0] == "合计"]

    m2 = sum(LandUse.objects.values_list("total_m2", flat=True))
    arable = sum(LandUse.objects.values_list("arable_m2", flat=True))
    assert [row[0] for row in details] == list(range(1, 21))
    assert len(subtotals) == 3
    assert Decimal(str(grand[total])) == Decimal(m2) / 10_000
    assert Decimal(str(grand[total + 2])) == Decimal(arable) / 10_000
    assert sum(Decimal(str(row[total])) for row in subtotals) == Decimal(m2) / 10_000
    assert sum(Decimal(str(row[total])) for row in details) == Decimal(m2) / 10_000
    assert grand[1] == "20 个项目"


def test_another_reader_finds_the_merged_header_frozen_panes_and_print_set_up(dispatcher):
    plant_projects(4)
    freeze(dispatcher)

    sheet = openpyxl.load_workbook(BytesIO(bytes(prefecture_ledger().content))).worksheets[0]
    merged = {str(span) for span in sheet.merged_cells.ranges}

    assert sheet.title == "第47周"
    assert sheet["C1"].value == "黔南州2026年重点项目用地要素保障工作台账（第47周）"
    assert "填报时间：2026年11月19日" in sheet["C2"].value
    assert "单位：公顷" in sheet["C2"].value
    assert sheet.freeze_panes == "C5"
    assert {"A3:A4", "J3:O3", "P3:Y3"} <= merged
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == ("8", "landscape") or (
        int(sheet.page_setup.paperSize),
        sheet.page_setup.orientation,
    ) == (8, "landscape")
    assert (sheet.print_title_cols, sheet.print_title_rows) == ("$A:$B", "$3:$4")
    assert [brk.id for brk in sheet.col_breaks.brk] == [15, 35]  # figures | steps | supply and what next
    assert sheet["Q5"].value == "办理中"
    assert sheet["U5"].value.date() == date(2026, 11, 18)
    assert sheet["R5"].value == "/"


def test_a_name_that_looks_like_a_formula_stays_text(dispatcher):
    ProjectFactory(name='=HYPERLINK("http://x")')
    freeze(dispatcher)

    sheet = openpyxl.load_workbook(BytesIO(bytes(prefecture_ledger().content))).worksheets[0]

    assert sheet["B5"].value == '=HYPERLINK("http://x")'
    assert sheet["B5"].data_type == "s"


def test_an_empty_prefecture_still_has_a_ledger(dispatcher):
    freeze(dispatcher)

    ledger = prefecture_ledger()
    assert (ledger.row_count, ledger.totals["areas"]["total_m2"]) == (0, 0)
    assert sheet_of(ledger)[-1][0] == "合计"


def test_only_adopted_projects_stand_in_it(dispatcher):
    ProjectFactory(name="已采纳的")
    ProjectFactory(submitted=True, name="待审核的")

    freeze(dispatcher)

    assert prefecture_ledger().row_count == 1


def test_running_clocks_stand_in_the_row(dispatcher, section):
    project = ProjectFactory()
    plant_deadline(project, started_on=date(2026, 11, 2), days=10, holder=section)
    freeze(dispatcher)

    [row] = prefecture_ledger().rows
    shown = dict(zip([c["key"] for c in prefecture_ledger().columns], row["cells"], strict=True))

    assert (shown["stage"], shown["due_on"], shown["remaining"]) == ("用地预审", "2026-11-16", -3)
    assert (shown["lamp"], shown["problem"]) == ("red", "用地预审超期 3 个工作日")
    assert (shown["holder_unit"], shown["holder"]) == ("国土空间用途管制科", section.label)


def test_the_facts_take_the_same_number_of_queries_for_1_and_20_projects(dispatcher, section):
    root = organisation("522700")
    plant_deadline(plant_projects(1)[0], holder=section)

    def read():
        return project_facts(organisation=root, today=TODAY, calendar=working_calendar())

    one = queries_of(read)
    Project.objects.update(number=None, status=Project.Status.SUBMITTED)
    for project in plant_projects(20):
        plant_deadline(project, holder=section)

    assert len(read()) == 20
    assert queries_of(read) == one


class TestACountysLedger:
    def test_it_is_cut_out_of_the_prefecture_s_and_says_the_same(self, dispatcher, officer):
        plant_projects(9)
        freeze(dispatcher)
        LandUse.objects.update(total_m2=99_999)

        rounds.request_ledger(period=WEEK, organisation_code="522701", actor=officer, now=NOW)
        run_waiting(clock=lambda: NOW)

        own = LedgerSnapshot.objects.get(organisation__code="522701")
        [figures] = [u for u in prefecture_ledger().totals["units"] if u["code"] == "522701"]
        assert own.row_count == 3
        assert own.totals["areas"] == figures["areas"]
        assert own.filename.startswith("都匀市_重点项目用地保障周台账_2026年第47周_")
        assert [row["cells"][0] for row in own.rows] == [1, 2, 3]
        assert [row[0] for row in sheet_of(own)[4:]] == [1, 2, 3, "合计"]

    def test_before_the_round_is_frozen_there_is_none(self, officer):
        with pytest.raises(RoundNotFrozen) as refused:
            rounds.request_ledger(period=WEEK, organisation_code="522701", actor=officer, now=NOW)

        assert refused.value.facts == {"period": "2026-W47"}

    def test_nobody_asks_for_another_county_s(self, dispatcher, stranger):
        freeze(dispatcher)

        with pytest.raises(Organisation.DoesNotExist):
            rounds.request_ledger(period=WEEK, organisation_code="522701", actor=stranger, now=NOW)

    def test_a_department_asks_for_none(self, dispatcher, department):
        freeze(dispatcher)

        with pytest.raises(PermissionDenied):
            rounds.request_ledger(period=WEEK, organisation_code="522701", actor=department, now=NOW)


class TestRefusals:
    def test_a_county_officer_may_not_freeze(self, officer):
        with pytest.raises(PermissionDenied):
            freeze(officer)

    def test_a_week_that_has_not_begun_cannot_be_frozen(self, dispatcher):
        with pytest.raises(WeekNotBegun):
            freeze(dispatcher, week=Period(2026, 48))

    def test_a_week_without_a_working_day_is_skipped(self, dispatcher):
        with pytest.raises(WeekSkipped) as refused:
            freeze(dispatcher, week=Period(2026, 8))

        assert refused.value.facts == {"period": "2026-W08"}
        assert not Round.objects.exists()


@pytest.mark.django_db
class TestTheSchedule:
    def run(self, moment):
        with time_machine.travel(moment, tick=False):
            freeze_due_round()
            run_waiting(clock=lambda: datetime.fromisoformat(moment))

    def test_what_the_office_left_open_is_frozen_when_the_day_ends_and_says_so(self, dispatcher):
        self.run("2026-11-19T22:30:00+08:00")
        assert not Round.objects.exists()

        self.run("2026-11-19T23:30:00+08:00")

        found = Round.objects.get()
        assert (found.frozen_by, found.frozen_by_schedule, found.is_frozen) == (None, True, True)
        assert Entry.objects.get(verb="round.frozen").actor_label == "系统"
        assert Message.objects.get(recipient=dispatcher).title == "2026年第47周台账已由系统自动定稿"

    def test_what_the_office_has_frozen_stays_as_it_is(self, dispatcher):
        freeze(dispatcher)

        self.run("2026-11-19T23:30:00+08:00")

        assert Round.objects.get().frozen_by == dispatcher
        assert Job.objects.count() == 1

    def test_a_missed_night_heals_in_the_morning(self):
        self.run("2026-11-20T06:30:00+08:00")

        assert prefecture_ledger().taken_on == date(2026, 11, 20)

    def test_a_missed_weekend_heals_once_the_house_has_begun_reporting(self, dispatcher):
        freeze(dispatcher, week=Period(2026, 46), today=date(2026, 11, 12))

        self.run("2026-11-23T06:30:00+08:00")

        assert str(Round.objects.latest("number").period) == "2026-W47"

    def test_a_week_without_a_working_day_is_left_out(self):
        self.run("2026-02-20T06:30:00+08:00")

        assert not Round.objects.exists()

    def test_three_runs_freeze_once(self):
        for _ in range(3):
            self.run("2026-11-19T23:30:00+08:00")

        assert (LedgerSnapshot.objects.count(), Job.objects.count()) == (1, 1)


class TestTheCommand:
    @time_machine.travel("2026-11-19T10:00:00+08:00", tick=False)
    def test_it_freezes_writes_and_repeats_the_same_bytes(self, db, tmp_path):
        plant_projects(3)
        first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"

        call_command("export_ledger", "--week", "2026-W47", "--output", str(first))
        call_command("export_ledger", "--week", "2026-W47", "--output", str(second))

        assert first.read_bytes() == second.read_bytes() == bytes(prefecture_ledger().content)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]

    @time_machine.travel("2026-11-19T10:00:00+08:00", tick=False)
    def test_a_dry_run_freezes_nothing(self, db, tmp_path):
        call_command("export_ledger", "--week", "2026-W47", "--output", str(tmp_path / "a"), "--dry-run")

        assert not Round.objects.exists()
        assert list(tmp_path.iterdir()) == []

    @time_machine.travel("2026-11-19T10:00:00+08:00", tick=False)
    def test_a_county_s_part(self, db, tmp_path):
        plant_projects(6)
        call_command("export_ledger", "--week", "2026-W47", "--output", str(tmp_path / "all.xlsx"))

        call_command(
            "export_ledger", "--week", "2026-W47", "--output", str(tmp_path / "a"), "--organisation", "522702"
        )

        assert LedgerSnapshot.objects.get(organisation__code="522702").row_count == 2

    @time_machine.travel("2026-11-19T10:00:00+08:00", tick=False)
    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (("--week", "2026-W08", "--output", "{}/a"), 1),
            (("--week", "2026-W48", "--output", "{}/a"), 1),
            (("--week", "2026-W47", "--output", "{}/a", "--organisation", "1"), 2),
            (("--week", "2026-W47", "--output", "{}/no/such/folder"), 2),
            (("--week", "2026-W47", "--output", "{}"), 2),
        ],
        ids=["skipped", "not begun", "unknown unit", "no such folder", "a folder"],
    )
    def test_a_refusal_has_its_exit_code(self, db, tmp_path, arguments, code):
        with pytest.raises(CommandError) as refused:
            call_command("export_ledger", *(word.format(tmp_path) for word in arguments))

        assert refused.value.returncode == code
        assert not list(tmp_path.parent.glob(f".{tmp_path.name}*"))
