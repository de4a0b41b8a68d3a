"""From a number of the dashboard to its rows; the leader's phone; a reminder that climbs the ladder."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from core import clock
from deadlines.selectors import working_calendar
from dispatch.services.reminders import remind
from projects.models import AreaLink, Link
from tests.desk.promises import promise
from tests.factories import PostFactory, ProjectFactory, TenureFactory, organisation
from tests.journeys.conftest import PHONE
from tests.journeys.reading import overflows, violations
from upkeep.models import MaintenanceNotice

pytestmark = pytest.mark.django_db(transaction=True)
BOXES = ".lg-cockpit-heat .table-responsive, .lg-cockpit-pools .lg-cockpit-scroll"
ONE_SCREEN = "document.documentElement.scrollHeight <= window.innerHeight"
FITS = """(boxes) => [...document.querySelectorAll(boxes)].map(
    box => box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight + 1)"""
LIST_HEIGHT = "document.querySelector('.lg-cockpit-urgent .lg-cockpit-scroll').clientHeight"
PAGES = re.compile(rb"/Type\s*/Page\b(?!s)")
INSIDE = """([inner, outer]) => document.querySelector(inner).getBoundingClientRect().right
    <= document.querySelector(outer).getBoundingClientRect().right + 1"""


@time_machine.travel("2026-11-23T10:00:00+08:00")
def test_a_number_of_the_dashboard_opens_its_rows_on_the_wall_and_on_the_phone(
    signed_in, leader, dispatcher, section
):
    mine = ProjectFactory(name="都匀试验水库", organisation=organisation("522701"))
    promise(
        unit="522701", stage="用地预审", started_on=date(2026, 9, 1), limit=5, project=mine, holder=section
    )
    promise(unit="522701-ZRZY", stage="督办任务", started_on=date(2026, 11, 2))
    promise(unit="522725", stage="立项", started_on=date(2026, 11, 20))
    post = PostFactory(title="副局长")
    TenureFactory(post=post, user=leader)
    AreaLink.objects.create(
        leader_post=post, area=organisation("522701"), from_on=date(2026, 1, 1), entered_by=dispatcher
    )
    Link.objects.create(
        project=mine, kind="LEAD_LEADER", post=post, from_on=date(2026, 11, 2), entered_by=dispatcher
    )

    wall = signed_in(leader)
    wall.goto(reverse("desk:overview"))
    assert violations(wall) == []
    assert wall.evaluate(ONE_SCREEN)
    assert wall.evaluate(FITS, BOXES) == [True, True]
    for sheet in ("A4", "A3"):
        assert len(PAGES.findall(wall.pdf(format=sheet, landscape=True))) == 1, sheet
    wall.emulate_media(media="print")
    wall.set_viewport_size({"width": 1047, "height": 718})  # A4 across, without its margins
    assert wall.evaluate(INSIDE, [".lg-heat", ".lg-cockpit-heat"])
    wall.emulate_media(media="screen")
    wall.set_viewport_size({"width": 1440, "height": 900})
    MaintenanceNotice.objects.create(
        text="系统今晚升级。",
        shown_from=clock.now(),
        until=clock.now() + timedelta(hours=2),
        entered_by=dispatcher,
    )
    keeper = signed_in(dispatcher)
    keeper.goto(reverse("desk:overview"))
    expect(keeper.locator(".lg-banner")).to_have_count(2)
    assert keeper.evaluate(ONE_SCREEN)
    assert keeper.evaluate(FITS, BOXES) == [True, True]
    keeper.set_viewport_size({"width": 1280, "height": 800})  # a small screen scrolls, the red list stays
    assert keeper.evaluate(LIST_HEIGHT) >= 90
    row = wall.locator(".lg-heat tbody tr", has_text="都匀市")
    expect(row.locator("td.lg-sum a")).to_have_text(re.compile(r"都匀市合计在办\s*2\s*其中逾期\s*1"))
    row.locator("td.lg-sum a").click()
    wall.wait_for_url("**/obligations/**")
    expect(wall.locator("#list tbody tr")).to_have_count(2)
    expect(wall.locator("#list")).to_contain_text("都匀试验水库")

    phone = signed_in(leader, viewport=PHONE)
    phone.goto(reverse("desk:leader"))
    assert violations(phone) == []
    assert not overflows(phone)
    expect(phone.locator("main")).to_contain_text("都匀市")
    expect(phone.locator("main")).to_contain_text("都匀试验水库")
    phone.locator('a[href*="lamp=red"]').first.click()
    phone.wait_for_url("**/obligations/**")
    expect(phone.locator("#list tbody tr")).to_have_count(1)
    assert not overflows(phone)


def test_what_nobody_does_is_seen_by_the_holder_first_and_by_the_leader_later(signed_in, leader, section):
    with time_machine.travel("2026-11-20T10:00:00+08:00"):
        mine = ProjectFactory(name="都匀试验水库", organisation=organisation("522701"))
        promise(
            unit="522701", started_on=date(2026, 11, 16), limit=4, project=mine, holder=section,
            today=clock.today(),
        )  # fmt: skip
        remind(today=clock.today(), calendar=working_calendar())
        holder = signed_in(section)
        holder.goto(reverse("notifications:list"))
        expect(holder.locator("main")).to_contain_text("【今日到期】都匀试验水库")
        above = signed_in(leader)
        above.goto(reverse("notifications:list"))
        expect(above.locator("main")).not_to_contain_text("都匀试验水库")

    with time_machine.travel("2026-12-04T10:00:00+08:00"):
        for _ in range(2):
            remind(today=clock.today(), calendar=working_calendar())
        above = signed_in(leader)
        above.goto(reverse("notifications:list"))
        rows = above.locator("tr", has_text="【督办】都匀试验水库")
        expect(rows).to_have_count(1)
        rows.get_by_role("button", name="查看").click()
        above.wait_for_url(f"**/projects/{mine.pk}/")
        above.goto(reverse("dispatch:reminders"))
        expect(above.locator("main")).to_contain_text("超期第 10 个工作日")
        assert violations(above) == []
