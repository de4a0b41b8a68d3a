"""Round sent → received → answered; a lapse shown; the link on the phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from approvals.services.opening import open_track
from opinions.models import Request, Round
from opinions.services import lapsing
from tests.factories import ProjectFactory, organisation
from tests.journeys.conftest import PHONE
from tests.journeys.reading import overflows
from tests.opinions.scenes import WATER, request_of, sent

pytestmark = pytest.mark.django_db(transaction=True)


def confirm(page: Page) -> None:
    page.get_by_role("button", name="确认", exact=True).click()


def test_a_round_from_the_siting_step_to_the_answer_and_the_lapse(
    signed_in: Callable[..., Page], dispatcher: User, department: User
) -> None:
    today = timezone.localdate()
    project = ProjectFactory(name="都匀市城东水厂")
    steps = open_track(project=project, actor=dispatcher, today=today)
    siting = next(step for step in steps if step.code == "A02")

    # The office drafts from the step; the departments are suggested, two of them stay.
    bureau = signed_in(dispatcher)
    bureau.goto(f"/steps/{siting.pk}/")
    bureau.get_by_role("link", name="征求意见", exact=True).last.click()
    bureau.get_by_label("征求事项").fill("请对选址方案提出意见。")
    bureau.get_by_role("button", name="拟定并选择部门").click()
    expect(bureau.locator("#flash")).to_contain_text("个部门")
    bureau.get_by_role("link", name="修改草稿").click()
    for box in bureau.get_by_role("checkbox").all():
        box.uncheck()
    for code in (WATER, "522700-WLJ"):
        bureau.get_by_label(organisation(code).short_name).check()
    bureau.get_by_role("button", name="保存").click()
    bureau.get_by_role("button", name="发出").click()
    confirm(bureau)
    expect(bureau.locator("#flash")).to_contain_text("征求 2 个部门意见")

    # The department finds it in its inbox, receives and answers with a condition.
    water = signed_in(department)
    water.goto("/opinions/")
    water.get_by_role("link", name="都匀市城东水厂").click()
    water.get_by_role("link", name="签收").click()
    water.get_by_role("button", name="签收").click()
    expect(water.locator("#flash")).to_contain_text("已签收")
    water.get_by_role("link", name="反馈意见").click()
    water.get_by_label("有条件同意").check()
    water.get_by_role("button", name="反馈意见").click()
    expect(water.locator("main")).to_contain_text("逐条写明条件")
    water.get_by_label("条件", exact=True).fill("避让河湖管理范围")
    water.get_by_role("button", name="反馈意见").click()
    expect(water.locator("#flash")).to_contain_text("有条件同意")

    # The other department says nothing; the docket shows whose silence is consent since when.
    later = today + timedelta(days=40)
    lapsing.lapse_due(today=later, now=timezone.now())
    bureau.goto(Round.objects.get().get_absolute_url())
    line = bureau.locator("tbody tr", has_text="文化广电旅游局")
    expect(line).to_contain_text("起视为同意")
    expect(bureau.locator("main")).to_contain_text("避让河湖管理范围")


def test_the_link_is_answered_on_the_phone_without_an_account(
    signed_in: Callable[..., Page], new_page: Callable[..., Page], section: User
) -> None:
    request = request_of(sent(section, on=timezone.localdate()))
    bureau = signed_in(section)
    bureau.goto(request.get_absolute_url())
    bureau.get_by_role("link", name="免登录链接").click()
    bureau.get_by_label("交给谁").fill("规划科 联络员")
    bureau.get_by_role("button", name="生成链接").click()
    link = bureau.get_by_label("链接", exact=True).input_value()

    phone = new_page(viewport=PHONE)
    phone.goto(link)
    assert not overflows(phone)
    phone.get_by_label("同意", exact=True).check()
    phone.get_by_label("签发人").fill("规划科科长")
    phone.get_by_role("button", name="提交意见").click()
    expect(phone.get_by_role("heading", name="意见已提交")).to_be_visible()

    assert Request.objects.get(pk=request.pk).state == Request.State.ANSWERED
    bureau.goto(request.get_absolute_url())
    expect(bureau.locator("main")).to_contain_text("已使用")
