from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from deadlines import selectors, services
from deadlines.calendar_file import read_calendar_file
from deadlines.calendar_pages import DayKind, year_page
from deadlines.models import CalendarDay, CalendarRevision, CalendarYear
from deadlines.provisional import statutory_holidays
from deadlines.services import YearDays
from deadlines.tasks import check
from tests.queries import queries_of

# In the form of a notice; the State Council's own for 2027 was not at hand when this was written.
NOTICE_2027 = """
国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假调休，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假，共1天。
六、中秋节：9月15日（周三）放假，共1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
"""
TODAY = "2026-11-23T09:00+08:00"

pytestmark = pytest.mark.django_db


# --- the shape of a year --------------------------------------------------------------------------


def test_a_year_shows_what_the_notice_arranged() -> None:
    page = year_page(year=2026, calendar=selectors.working_calendar(), today=date(2026, 11, 22))

    assert page.working_days == 248
    cells = {cell.day: cell for month in page.months for week in month.weeks for cell in week if cell}
    assert len(cells) == 365
    assert (cells[date(2026, 2, 14)].kind, cells[date(2026, 2, 14)].mark) == (DayKind.MAKEUP, "班")
    assert (cells[date(2026, 2, 17)].kind, cells[date(2026, 2, 17)].name) == (DayKind.HOLIDAY, "春节")
    assert cells[date(2026, 11, 21)].kind is DayKind.WEEKEND
    assert cells[date(2026, 11, 22)].is_today
    assert all(len(week) == 7 for month in page.months for week in month.weeks)


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_published_years(year: int, days: int) -> None:
    page = year_page(year=year, calendar=selectors.working_calendar(), today=date(2026, 11, 22))

    assert page.working_days == days


def test_the_page_of_a_year_costs_a_fixed_number_of_queries(client: Client, officer: User) -> None:
    client.force_login(officer)

    assert queries_of(lambda: client.get("/calendar/?year=2026")) == queries_of(
        lambda: client.get("/calendar/?year=2010")
    )


def test_an_unknown_year_is_404_and_nonsense_is_this_year(client: Client, officer: User) -> None:
    client.force_login(officer)

    assert client.get("/calendar/?year=1999").status_code == 404
    assert client.get("/calendar/?year=abcd").status_code == 200


@time_machine.travel(TODAY, tick=False)
def test_a_provisional_year_says_so_and_november_asks_the_keeper(
    client: Client, dispatcher: User, officer: User
) -> None:
    client.force_login(dispatcher)
    assert "下一年度放假安排尚未录入" in client.get("/calendar/").content.decode()
    assert "本年度为暂定" in client.get("/calendar/?year=2028").content.decode()

    client.force_login(officer)
    assert "下一年度放假安排尚未录入" not in client.get("/calendar/").content.decode()


# --- the notice -----------------------------------------------------------------------------------


@time_machine.travel(TODAY, tick=False)
def test_a_notice_is_previewed_first_and_stored_on_confirm(client: Client, dispatcher: User) -> None:
    client.force_login(dispatcher)

    preview = client.post("/calendar/notice/", {"text": NOTICE_2027})
    assert preview.status_code == 200
    assert "国办发明电〔2026〕9号" in preview.content.decode()
    assert CalendarYear.objects.get(year=2027).is_provisional

    done = client.post("/calendar/notice/", {"text": NOTICE_2027, "confirm": "yes"}, follow=True)

    assert done.status_code == 200
    row = CalendarYear.objects.get(year=2027)
    assert (row.is_provisional, row.notice_no) == (False, "国办发明电〔2026〕9号")
    assert CalendarDay.objects.get(date="2027-02-14").is_working
    assert CalendarRevision.objects.filter(year=2027).first().entered_by == dispatcher  # type: ignore[union-attr]


def test_a_notice_that_contradicts_the_calendar_needs_a_tick(client: Client, dispatcher: User) -> None:
    wrong = NOTICE_2027.replace("2月14日（周日）上班", "2月15日（周日）上班")
    client.force_login(dispatcher)

    preview = client.post("/calendar/notice/", {"text": wrong}).content.decode()
    refused = client.post("/calendar/notice/", {"text": wrong, "confirm": "yes"})
    assert "对不上" in preview
    assert refused.status_code == 422
    assert CalendarYear.objects.get(year=2027).is_provisional

    client.post("/calendar/notice/", {"text": wrong, "confirm": "yes", "accept_problems": "on"})

    assert not CalendarYear.objects.get(year=2027).is_provisional


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "请粘贴通知全文，或上传 CSV"),
        ({"text": "会议通知"}, "没有找到通知的年度"),
        ({"text": NOTICE_2027.replace("国办发明电〔2026〕9号", "")}, "请填写通知文号"),
    ],
    ids=["nothing", "another paper", "without a number"],
)
def test_what_cannot_be_read_is_refused_with_its_sentence(
    client: Client, dispatcher: User, sent: dict[str, str], words: str
) -> None:
    client.force_login(dispatcher)

    response = client.post("/calendar/notice/", sent)

    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_csv_is_previewed_and_carried_to_the_confirm(client: Client, dispatcher: User) -> None:
    lines = "\n".join(f"{day},休,{name}" for day, name in statutory_holidays(2029).items())
    file = SimpleUploadedFile("2029.csv", f"日期,类型,名称\n{lines}\n".encode("gb18030"))
    client.force_login(dispatcher)

    preview = client.post("/calendar/notice/", {"file": file, "notice_no": "国办发明电〔2028〕1号"})
    carried = preview.context["carried_csv"]
    client.post(
        "/calendar/notice/",
        {"carried_csv": carried, "notice_no": "国办发明电〔2028〕1号", "confirm": "yes"},
    )

    assert CalendarYear.objects.get(year=2029).notice_no == "国办发明电〔2028〕1号"
    assert CalendarDay.objects.filter(notice_year=2029).count() == len(statutory_holidays(2029))


def test_only_keepers_of_the_calendar_enter_a_notice(client: Client, officer: User) -> None:
    client.force_login(officer)

    assert client.get("/calendar/notice/").status_code == 403
    with pytest.raises(PermissionDenied):
        services.load_year(
            days=YearDays(2027, {}, {}),
            status=CalendarYear.Status.OFFICIAL,
            notice_no="x",
            source="",
            actor=officer,
            today=date(2026, 11, 22),
        )


def test_a_revision_shows_its_days_to_keepers_alone(client: Client, dispatcher: User, officer: User) -> None:
    pk = CalendarRevision.objects.get(year=2026).pk
    client.force_login(dispatcher)
    assert "2026-02-14" in client.get(f"/calendar/revisions/{pk}/").content.decode()

    client.force_login(officer)
    assert client.get(f"/calendar/revisions/{pk}/").status_code == 403


# --- files and commands -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a,b\n1,2\n", "缺少“日期”或“类型”列"),
        ("日期,类型,名称\n", "没有可用的日期"),
        ("日期,类型,名称\n二月五日,休,春节\n", "不是日期"),
        ("日期,类型,名称\n2027-02-05,休,春节\n2027-02-05,班,春节\n", "重复"),
        ("日期,类型,名称\n2027-02-05,半天,春节\n", "应为“休”或“班”"),
        ("日期,类型,名称\n2027-02-05,班,春节\n", "不是周末"),
        ("日期,类型,名称\n2026-10-01,休,国庆节\n2027-02-05,休,春节\n", "不在2027年安排之内"),
    ],
    ids=["columns", "empty", "date", "twice", "kind", "weekday", "other year"],
)
def test_a_bad_calendar_file_says_what_is_wrong(text: str, problem: str) -> None:
    assert any(problem in found for found in read_calendar_file(text.encode()).problems)


def test_a_file_that_is_no_text_is_refused() -> None:
    assert "编码" in read_calendar_file(b"\xff\xfe\x81\x00\xff").problems[0]


def test_the_command_loads_a_file_with_its_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "2027.csv"
    file.write_text("日期,类型,名称\n2027-02-05,休,春节\n2027-02-14,班,春节\n", encoding="utf-8")

    call_command("load_calendar", str(file), "--notice", "国办发明电〔2026〕9号", "--dry-run")
    assert CalendarYear.objects.get(year=2027).is_provisional
    assert "将改动" in capsys.readouterr().out

    call_command("load_calendar", str(file), "--notice", "国办发明电〔2026〕9号")

    assert CalendarYear.objects.get(year=2027).notice_no == "国办发明电〔2026〕9号"
    assert set(CalendarDay.objects.filter(notice_year=2027).values_list("date", flat=True)) == {
        date(2027, 2, 5),
        date(2027, 2, 14),
    }


def test_the_command_refuses_what_it_cannot_use(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("日期,类型,名称\n2027-02-05,班,春节\n", encoding="utf-8")

    with pytest.raises(CommandError, match="--notice"):
        call_command("load_calendar", str(bad))
    with pytest.raises(CommandError, match="不是周末"):
        call_command("load_calendar", str(bad), "--notice", "x")
    with pytest.raises(CommandError, match="读不到文件"):
        call_command("load_calendar", str(tmp_path / "none.csv"), "--notice", "x")


def test_loading_what_ships_again_changes_nothing() -> None:
    before = CalendarRevision.objects.count()

    call_command("load_calendar", "--today", "2026-11-22")

    assert CalendarRevision.objects.count() == before


def test_a_published_year_is_not_put_back_to_provisional() -> None:
    CalendarYear.objects.filter(year=2027).update(status="official", notice_no="国办发明电〔2026〕9号")

    with pytest.raises(CommandError, match="已按通知录入"):
        call_command("load_calendar", "--year", "2027")


@time_machine.travel("2027-03-01T03:15+08:00", tick=False)
def test_the_nightly_check_keeps_two_years_ahead() -> None:
    check()

    assert CalendarYear.objects.get(year=2029).is_provisional


# --- the API --------------------------------------------------------------------------------------


def test_days_of_a_year_over_the_api(officer: User) -> None:
    api = APIClient()
    api.force_authenticate(officer)

    rows = api.get("/api/v1/calendar-days/?year=2026&page_size=100").json()["results"]

    assert len(rows) == CalendarDay.objects.filter(date__year=2026).count()
    assert api.get("/api/v1/calendar-days/2026-02-14/").json()["is_working"] is True


@time_machine.travel(TODAY, tick=False)
def test_a_notice_over_the_api(officer: User, dispatcher: User) -> None:
    api = APIClient()
    sent: dict[str, Any] = {"text": NOTICE_2027}
    api.force_authenticate(officer)
    assert api.post("/api/v1/calendar-years/", sent).status_code == 403

    api.force_authenticate(dispatcher)
    refused = api.post("/api/v1/calendar-years/", {"text": NOTICE_2027.replace("共7天", "共8天")})
    assert refused.status_code == 409
    assert len(refused.json()["facts"]["problems"]) == 2

    answer = api.post("/api/v1/calendar-years/", sent)
    assert answer.status_code == 201
    assert api.get("/api/v1/calendar-years/2027/").json()["status"] == "official"
