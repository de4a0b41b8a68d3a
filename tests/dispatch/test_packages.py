"""One button gives the package; a county's holds nothing of another's; sums recomputed by another reader."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import docx
import pgtrigger
import pytest
from django.db import InternalError, ProgrammingError, transaction
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import Organisation
from deadlines.selectors import working_calendar
from dispatch.errors import RoundNotFrozen
from dispatch.models import LedgerSnapshot, Package, PackageFile, Report, Round
from dispatch.rules.periods import Period
from dispatch.services import rounds
from dispatch.services.packages import request_package
from dispatch.services.reports import report
from duties.models import Problem, Task
from jobs.models import Job
from jobs.services import run_waiting
from projects.models import LandUse, Project
from tests.dispatch.ledger_data import plant_deadline, plant_projects
from tests.duties.scenes import raised, reported
from tests.libreoffice import opened

pytestmark = pytest.mark.django_db
MEDIA_BOX = re.compile(rb"/MediaBox\s*\[([^\]]+)\]")
COUNTIES = ("522701", "522702", "522722")


def at(day, hour=10):
    return datetime(day.year, day.month, day.day, hour - 8, tzinfo=UTC)


@pytest.fixture
def two_weeks(dispatcher, officer, section):
    """W46 and W47 frozen; 都匀市 reported in W47, a project renamed, another late by then."""
    projects = plant_projects(7)
    plant_deadline(projects[0], started_on=date(2026, 11, 9), days=5, holder=section)
    for day in (date(2026, 11, 12), date(2026, 11, 19)):
        rounds.open_due_rounds(today=day, calendar=working_calendar(), now=at(day))
        if day.day == 19:
            Project.objects.filter(pk=projects[1].pk).update(name="福泉改名项目")
            row = Report.objects.get(organisation__code="522701", round__number=47, round__kind="WEEK")
            report(report_id=row.pk, is_unchanged=True, remarks="", actor=officer, today=day, now=at(day))
        rounds.freeze_round(
            period=Period.of(day), actor=dispatcher, today=day, calendar=working_calendar(), now=at(day)
        )
        run_waiting(clock=lambda day=day: at(day))
    return projects


def make(actor, code, week=47):
    found = Round.objects.get(kind="WEEK", number=week)
    now = at(date(2026, 11, 20))
    job = request_package(round_id=found.pk, organisation_code=code, actor=actor, now=now)
    run_waiting(clock=lambda: now)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return Package.objects.get(organisation__code=code, round=found)


def sheets(file):
    book = CalamineWorkbook.from_filelike(BytesIO(bytes(file.content)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def text_of(file):
    if file.filename.endswith(".docx"):
        parts = ZipFile(BytesIO(bytes(file.content)))
        return "".join(parts.read(name).decode("utf-8", "ignore") for name in parts.namelist())
    return str(sheets(file))


def test_one_button_gives_every_file_and_pressing_it_again_nothing_new(two_weeks, dispatcher):
    package = make(dispatcher, "522700")
    before = [(file.filename, file.sha256) for file in package.files.all()]

    make(dispatcher, "522700")

    assert [(file.filename, file.sha256) for file in Package.objects.get().files.all()] == before
    assert [name for name, _ in before] == [
        "黔南州_重点项目用地保障周台账_2026年第47周_20261119.xlsx",
        *(
            f"{unit}_重点项目用地保障周台账_2026年第47周_20261119.xlsx"
            for unit in ("都匀市", "福泉市", "荔波县")
        ),
        "黔南州_三项清单_2026年第47周_20261119.xlsx",
        "黔南州_与上期差异_2026年第47周_20261119.xlsx",
        "黔南州_报送情况_2026年第47周_20261119.xlsx",
        "黔南州_周调度简报_2026年第47周_20261119.docx",
    ]
    with pytest.raises((InternalError, ProgrammingError), match="Cannot"), transaction.atomic():
        PackageFile.objects.update(size=1)


def test_the_counties_ledgers_add_up_to_the_prefecture_s(two_weeks, dispatcher):
    package = make(dispatcher, "522700")
    whole, *counties = package.files.filter(kind=PackageFile.Kind.LEDGER)

    def total(file):
        [(_, rows)] = sheets(file).items()
        column = rows[2].index("用地面积（公顷）")
        details = [Decimal(str(row[column])) for row in rows[4:] if isinstance(row[0], float | int)]
        [grand] = [Decimal(str(row[column])) for row in rows if row[0] == "合计"]
        assert sum(details) == grand
        return grand

    m2 = sum(LandUse.objects.values_list("total_m2", flat=True))
    assert total(whole) == Decimal(m2) / 10_000 == sum(total(file) for file in counties)


def test_what_changed_and_who_is_missing_stands_in_sheets_and_brief(two_weeks, dispatcher):
    package = make(dispatcher, "522700")
    by_kind = {file.kind: file for file in package.files.all()}

    changes = sheets(by_kind["DIFFERENCE"])
    assert [row[1] for row in changes["灯号变化"] if "台账试验项目0号" in row] == ["台账试验项目0号"]
    assert any("福泉改名项目" in row and "项目名称" in row for row in changes["内容变化"])
    reporting = next(iter(sheets(by_kind["REPORTING"]).values()))
    said = {row[1]: row[2] for row in reporting if isinstance(row[0], float | int)}
    assert (said["都匀市"], len(said)) == ("已报", 13)

    document = docx.Document(BytesIO(bytes(by_kind["BRIEF"].content)))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "在库项目 7 个" in words
    assert "与2026年第46周相比，新增项目 0 个，退出 0 个" in words
    assert "应报 13 个单位，已报 1 个；未报 12 个" in words
    chart = ZipFile(BytesIO(bytes(by_kind["BRIEF"].content))).read("word/charts/chart1.xml").decode()
    assert "福泉" in chart


def test_a_county_s_package_holds_nothing_of_another_s(two_weeks, officer, client):
    package = make(officer, "522701")

    own = [project for project in two_weeks if project.organisation.code == "522701"]
    others = [project.name for project in two_weeks if project not in own] + ["福泉改名项目"]
    for file in package.files.all():
        text = text_of(file)
        assert [name for name in [*others, "福泉市", "荔波县"] if name in text] == [], file.filename
    assert own[0].name in text_of(package.files.get(kind="LEDGER"))
    with pytest.raises(Organisation.DoesNotExist):
        make(officer, "522702")
    client.force_login(officer)
    archive = ZipFile(BytesIO(client.get(reverse("dispatch:package-zip", args=[package.pk])).content))
    assert archive.testzip() is None
    assert len(archive.namelist()) == package.files.count() == 5


def test_an_open_round_has_no_package(two_weeks, dispatcher):
    found = Round.objects.get(kind="WEEK", number=47)
    Round.objects.filter(pk=found.pk).update(frozen_at=None)

    with pytest.raises(RoundNotFrozen):
        request_package(
            round_id=found.pk, organisation_code="522700", actor=dispatcher, now=at(date(2026, 11, 20))
        )


@pytest.fixture
def matters(dispatcher, officer):
    """A problem and a task of 都匀市 as they stand when W47 is frozen."""
    return raised(officer, on=date(2026, 11, 18)), reported(dispatcher, officer, on=date(2026, 11, 18))


def lists_of(package):
    [file] = package.files.filter(kind=PackageFile.Kind.LISTS)
    return sheets(file)


def test_the_three_lists_are_those_of_the_freeze_whenever_the_package_is_made(
    matters, two_weeks, dispatcher, officer
):
    problem, task = matters
    Problem.objects.update(title="定稿后改的")
    Task.objects.update(title="定稿后改的", due_on=date(2027, 1, 4))
    later = raised(officer, on=date(2026, 11, 20))

    whole, own, another = (
        lists_of(make(actor, code))
        for actor, code in ((dispatcher, "522700"), (officer, "522701"), (dispatcher, "522702"))
    )

    assert whole["问题清单"][1][0] == "黔南州　　数据日期：2026年11月19日"
    [line] = whole["问题清单"][3:]
    assert line[1:4] == [problem.number, "都匀市", ""]
    assert line[5:8] == [f"{problem.title}：{problem.description}", date(2026, 11, 18), 2.0]
    [done] = whole["任务清单"][3:]
    assert (done[1], done[3], done[6], done[7]) == (task.number, task.title, task.due_on, "指标已入库 2 公顷")
    assert {row[1] for row in whole["责任清单"][3:]} == {problem.number, task.number}
    assert {name: rows[3:] for name, rows in own.items()} == {name: rows[3:] for name, rows in whole.items()}
    assert [rows[3:] for rows in another.values()] == [[], [], []]

    # A ledger from before the lists were frozen has none: its package says how they are now, and when.
    with pgtrigger.ignore("dispatch.LedgerSnapshot:ledger_is_frozen"):
        LedgerSnapshot.objects.update(lists=None)
    old = lists_of(make(dispatcher, "522700", week=46))["问题清单"]
    assert ("导出日期：2026年11月20日" in old[1][0], {row[1] for row in old[3:]}) == (
        True,
        {problem.number, later.number},
    )


@pytest.mark.office
def test_every_file_opens_in_libreoffice_and_its_sums_are_recomputed_there(two_weeks, dispatcher, tmp_path):
    package = make(dispatcher, "522700")
    books = {f.filename: bytes(f.content) for f in package.files.all() if f.filename.endswith(".xlsx")}
    [brief] = [file for file in package.files.all() if file.filename.endswith(".docx")]

    read = opened(tmp_path, books, to="ods")
    text = opened(tmp_path, {brief.filename: bytes(brief.content)}, to="txt:Text (encoded):UTF8")
    pages = opened(tmp_path, {brief.filename: bytes(brief.content)}, to="pdf")

    assert set(read) == {name.removesuffix(".xlsx") for name in books}
    ledgers = {name: rows_of(content) for name, content in read.items() if "周台账" in name}
    grand = {name: whole_of(rows) for name, rows in ledgers.items()}
    [whole] = [total for name, total in grand.items() if name.startswith("黔南州")]
    assert whole == sum(total for name, total in grand.items() if not name.startswith("黔南州")) > 0
    for name, content in read.items():
        written = CalamineWorkbook.from_filelike(BytesIO(books[f"{name}.xlsx"]))
        again = CalamineWorkbook.from_filelike(BytesIO(content))
        assert again.sheet_names == written.sheet_names, name
        for sheet in written.sheet_names:
            assert filled(again, sheet) == filled(written, sheet), (name, sheet)
    [lists] = [content for name, content in read.items() if "三项清单" in name]
    assert len(CalamineWorkbook.from_filelike(BytesIO(lists)).sheet_names) == 3
    [words] = [content.decode("utf-8-sig") for content in text.values()]
    assert "在库项目 7 个" in words
    assert "应报 13 个单位，已报 1 个；未报 12 个" in words
    [printed] = pages.values()
    boxes = {tuple(map(round, map(float, box.split()))) for box in MEDIA_BOX.findall(printed)}
    assert boxes == {(0, 0, 595, 842)}


def rows_of(content):
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return book.get_sheet_by_index(0).to_python()


def whole_of(rows):
    """The printed total of the land, which the details must give again."""
    column = rows[2].index("用地面积（公顷）")
    details = [Decimal(str(row[column])) for row in rows[4:] if isinstance(row[0], float | int)]
    [grand] = [Decimal(str(row[column])) for row in rows if row[0] == "合计"]
    assert abs(sum(details) - grand) < Decimal("0.00005")
    return grand


def filled(book, sheet):
    """Every cell that holds something; numbers to four decimals."""
    rows = book.get_sheet_by_name(sheet).to_python()
    return [
        round(cell, 4) if isinstance(cell, float | int) else cell
        for row in rows
        for cell in row
        if cell not in ("", None)
    ]
