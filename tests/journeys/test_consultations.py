"""Topic → agenda by one click → meeting → minutes → task → verified → closed, or on the next agenda."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from consultations.models import Meeting, Resolution, Topic
from tests.consultations.scenes import FOREST, collected, done
from tests.factories import ProjectFactory, organisation
from tests.journeys.conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)


def confirm(page: Page) -> None:
    page.get_by_role("button", name="确认", exact=True).click()


def call_meeting(page: Page, title: str) -> None:
    """From the list of meetings to a meeting of today with its agenda built by one click."""
    page.goto("/consultations/meetings/new/")
    page.get_by_label("名称").fill(title)
    page.get_by_label("日期").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="筹备会议").click()
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("button", name="一键生成议程").click()


def resolve(page: Page, text: str) -> None:
    page.locator("#new_text").fill(text)
    page.locator("#new_lead").select_option(str(organisation(FOREST).pk))
    page.get_by_role("button", name="记入纪要").click()
    expect(page.get_by_role("status")).to_contain_text("已记入议定事项")


def test_from_a_topic_to_the_next_agenda(
    signed_in: Callable[..., Page], dispatcher: User, officer: User
) -> None:
    today = timezone.localdate()
    project = ProjectFactory(name="都匀市抽水蓄能电站", priority_class="URGENT")
    office = signed_in(dispatcher)
    office.goto("/consultations/council/")
    office.get_by_role("button", name="按会商制度建立").click()
    expect(office.locator("main")).to_contain_text("召集人：州政府分管负责同志")

    # The county raises a topic about its project; the office finds its scope and collects it.
    county = signed_in(officer)
    county.goto(f"/consultations/topics/new/?project={project.pk}")
    county.locator("[name=title]").fill("抽水蓄能电站使用林地")
    county.get_by_label("会商内容").select_option(label="林地手续")
    county.get_by_label("情况和困难").fill("林地定额未落实，影响用地报批。")
    county.get_by_role("button", name="提请会商").click()
    expect(county.locator("#flash")).to_contain_text("已提请会商")
    office.goto("/consultations/topics/")
    office.get_by_role("link", name="抽水蓄能电站使用林地").click()
    office.get_by_role("link", name="汇总", exact=True).click()
    expect(office.get_by_label("省级重点项目投资计划和省级调度清单项目")).to_be_checked()
    office.get_by_role("button", name="汇总待上会").click()
    expect(office.locator("#flash")).to_contain_text("已汇总")
    collected(officer, dispatcher, on=today, title="高铁站连接线占补平衡")

    # One click, then the meeting: what is written in the room is the draft of the minutes.
    call_meeting(office, "第四季度集中会商会议")
    expect(office.locator("#flash")).to_contain_text("议程共 2 项")
    first = office.locator("tbody tr").first
    expect(first).to_contain_text("抽水蓄能电站使用林地")
    office.get_by_role("button", name="开会").click()
    expect(office.get_by_role("heading", name="1．抽水蓄能电站使用林地")).to_be_visible()
    office.get_by_label("讨论情况").fill("会议听取了林地定额情况。")
    office.get_by_role("button", name="记录", exact=True).click()
    resolve(office, "落实林地定额")
    office.get_by_role("link", name="下一项").click()
    resolve(office, "调剂补充耕地指标")
    office.get_by_role("button", name="结束会议").click()
    confirm(office)
    expect(office.locator("#flash")).to_contain_text("会议结束")
    office.get_by_label("情况：州林业局").select_option("PRESENT")
    office.get_by_role("button", name="保存出席情况").click()
    office.get_by_role("link", name="纪要（草稿）").click()
    expect(office.locator("main")).to_contain_text("落实林地定额。（责任单位：州林业局")
    office.get_by_role("button", name="印发").click()
    confirm(office)
    expect(office.locator("#flash")).to_contain_text("〔" + str(today.year) + "〕1号")
    with office.expect_download() as word:
        office.get_by_role("link", name="下载 Word").click()
    assert word.value.suggested_filename.endswith(".docx")

    # The county reads and signs on the phone; the archive finds the minutes by a word of the text.
    phone = signed_in(officer, viewport=PHONE)
    phone.goto("/consultations/")
    phone.get_by_role("link", name="1号").click()
    phone.get_by_role("button", name="签收（已阅）").click()
    expect(phone.locator("main")).to_contain_text("已阅")
    office.goto("/consultations/minutes/?q=林地定额")
    expect(office.locator("tbody")).to_contain_text("落实林地定额")

    # One task is verified: its topic is done and can be closed. The other is on the next agenda.
    finished = Resolution.objects.select_related("task__holder").get(text="落实林地定额")
    done(finished.task, dispatcher, on=today)
    call_meeting(office, "专题会商会议")
    rows = office.locator("section", has_text="议程（").locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("调剂补充耕地指标")
    expect(rows.first).to_contain_text("第 2 次上会")
    office.goto(Topic.objects.get(title="抽水蓄能电站使用林地").get_absolute_url())
    office.get_by_role("link", name="销号").click()
    office.get_by_label("理由").fill("林地定额已落实")
    office.get_by_role("button", name="销号").click()
    expect(office.locator("main")).to_contain_text("林地定额已落实")
    assert Topic.objects.get(title="抽水蓄能电站使用林地").state == "CLOSED"
    assert Meeting.objects.count() == 2
