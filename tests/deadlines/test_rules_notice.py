"""Reading the State Council's notice."""

# ruff: noqa: E501 (the notices as they are printed)

from __future__ import annotations

from datetime import date, timedelta

import pytest

from deadlines.notice import Notice, read_notice
from deadlines.published import YearArrangement, compose_calendar, published_calendar

OPENING = "各省、自治区、直辖市人民政府，国务院各部委、各直属机构：\n　　经国务院批准，现将{0}年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。\n"
ENDING = (
    "　　节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作，遇有重大突发事件，"
    "要按规定及时报告并妥善处置，确保人民群众祥和平安度过节日假期。\n国务院办公厅\n"
)
OF_2026 = (
    "国务院办公厅关于2026年\n部分节假日安排的通知\n国办发明电〔2025〕7号\n"
    + OPENING.format(2026)
    + """　　一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
　　二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
　　三、清明节：4月4日（周六）至6日（周一）放假，共3天。
　　四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
　　五、端午节：6月19日（周五）至21日（周日）放假，共3天。
　　六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
　　七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
　　鼓励单位和个人结合落实带薪年休假等制度，实际形成较长假期，推动错峰出行。
"""
    + ENDING
    + "2025年11月4日"
)
OF_2025 = (
    "国务院办公厅关于2025年部分节假日安排的通知\n国办发明电〔2024〕12号\n"
    + OPENING.format(2025)
    + """一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
"""
    + ENDING
)
OF_2024 = (
    "国务院办公厅关于2024年部分节假日安排的通知\n国办发明电〔2023〕7号\n"
    + OPENING.format(2024)
    + """一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
"""
    + ENDING
)
OF_2023 = (
    "国务院办公厅关于2023年部分节假日安排的通知\n国办发明电〔2022〕16号\n"
    + OPENING.format(2023)
    + """一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。
"""
    + ENDING
)


@pytest.mark.parametrize(
    ("text", "year", "number"),
    [
        pytest.param(OF_2026, 2026, "国办发明电〔2025〕7号", id="2026"),
        pytest.param(OF_2025, 2025, "国办发明电〔2024〕12号", id="2025"),
        pytest.param(OF_2024, 2024, "国办发明电〔2023〕7号", id="2024"),
        pytest.param(OF_2023, 2023, "国办发明电〔2022〕16号", id="2023"),
    ],
)
def test_a_notice_gives_the_same_days_as_the_published_calendar(text: str, year: int, number: str) -> None:
    notice = read_notice(text)

    assert notice.problems == ()
    assert (notice.year, notice.number) == (year, number)
    assert differences(notice) == []


def differences(notice: Notice) -> list[date]:
    year = notice.year or 0
    # A neighbour that sets nothing: the December days of the notice alone decide about its own.
    ours = compose_calendar(
        first_year=year - 1,
        last_year=year,
        official={year - 1: YearArrangement(year - 1, {}, {}), year: notice.arrangement()},
    )
    theirs = published_calendar(last_year=2026)
    return [
        day
        for n in range(366)
        if (day := date(year, 1, 1) + timedelta(days=n)).year == year
        and ours.is_working(day) != theirs.is_working(day)
    ]


def test_festivals_keep_their_names() -> None:
    notice = read_notice(OF_2026)

    assert notice.holidays[date(2026, 2, 17)] == "春节"
    assert notice.makeup_days[date(2026, 9, 20)] == "国庆节"
    assert len(notice.holidays) == 33
    assert sorted(notice.makeup_days) == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]


def test_a_wish_is_not_an_arrangement() -> None:
    plainer = OF_2024.replace("安排职工在除夕（2月9日）休息", "2月9日放假")

    assert date(2024, 2, 9) not in read_notice(OF_2024).holidays
    assert date(2024, 2, 9) not in read_notice(plainer).holidays


def test_the_previous_december_may_be_set_with_and_without_its_year() -> None:
    explicit = read_notice(OF_2023)
    short = read_notice(OF_2023.replace("2022年12月31日至2023年1月2日", "12月31日至1月2日"))

    assert min(explicit.holidays) == date(2022, 12, 31)
    assert short.holidays == explicit.holidays
    assert short.problems == ()


def test_half_width_signs_and_missing_numbering_are_read_too() -> None:
    plain = OF_2026.replace("（", "(").replace("）", ")").replace("：", ":").replace("，", ",")
    for numeral in "一二三四五六七":
        plain = plain.replace(f"　　{numeral}、", "")

    assert read_notice(plain) == read_notice(OF_2026)


def test_a_reprint_without_number_has_an_empty_number() -> None:
    notice = read_notice(OF_2026.replace("国办发明电〔2025〕7号\n", ""))

    assert (notice.number, notice.problems) == ("", ())


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        pytest.param(
            "1月4日（周日）", "1月4日（周六）", "元旦：通知写1月4日为周六，2026年该日为周日", id="weekday"
        ),
        pytest.param("共9天", "共8天", "春节：通知写明共8天，按日期计算为9天", id="length"),
        pytest.param("5月9日（周六）上班", "5月8日上班", "5月8日是周五，不是周末", id="make-up day"),
        pytest.param("6月19日（周五）至21日", "6月19日（周五）至31日", "不是有效日期", id="no such day"),
        pytest.param("4月4日（周六）至6日（周一）", "4月6日至4日", "不是可用的起止日期", id="backwards"),
        pytest.param(
            "六、中秋节：9月25日（周五）至27日（周日）放假，共3天。", "", "没有找到中秋", id="missing"
        ),
        pytest.param(
            "2月15日（农历腊月二十八、周日）", "2月17日", "法定节假日2月16日（春节）未列入放假", id="law"
        ),
        pytest.param("10月10日（周六）上班", "10月4日上班", "10月4日既列为放假又列为上班", id="both"),
        pytest.param(
            "9月20日（周日）", "2027年9月19日（周日）", "2027年9月19日不在2026年安排之内", id="year"
        ),
        pytest.param(
            "4月4日（周六）至6日（周一）放假，共3天", "另行通知", "清明节：没有读出放假日期", id="none"
        ),
    ],
)
def test_what_cannot_be_right_is_said_in_a_sentence(old: str, new: str, sentence: str) -> None:
    assert old in OF_2026

    problems = read_notice(OF_2026.replace(old, new, 1)).problems

    assert any(sentence in problem for problem in problems), problems


def test_the_notice_of_another_year_is_caught_by_its_weekdays() -> None:
    assert len(read_notice(OF_2026.replace("2026年", "2027年")).problems) > 10


@pytest.mark.parametrize(
    "text", ["", "明天放假", "1月1日（周四）至3日（周六）放假调休", "\x00" * 10, "一、：。" * 500]
)
def test_a_text_that_is_no_notice_is_answered_and_not_raised(text: str) -> None:
    notice = read_notice(text)

    assert notice.year is None
    assert len(notice.problems) == 1
    assert "没有找到通知的年度" in notice.problems[0]
    with pytest.raises(ValueError, match="no year"):
        notice.arrangement()
