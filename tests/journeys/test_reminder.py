"""A reminder that Celery sent is found by the holder of the step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from core import clock
from notifications.models import Delivery, Message
from tests.dispatch.ledger_data import plant_deadline
from tests.factories import MessageFactory, ProjectFactory
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.reading import violations
from tests.services.conftest import House, house, own_broker, until  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1440x900", "390x844"])


def test_the_holder_finds_the_reminder_and_opens_the_project(signed_in, house: House, section):  # noqa: F811
    project = ProjectFactory(name="都匀试验水库")
    started_on = clock.today() - timedelta(days=45)
    plant_deadline(project, started_on=started_on, days=5, holder=section, today=clock.today())
    house.worker()
    house.beat("tests.services.fast_beat")
    until(lambda: Message.objects.filter(recipient=section).exists(), "the schedule reminds")
    page = signed_in(section)

    page.goto("/")
    page.get_by_role("link", name="通知，1 条未读").click()
    page.wait_for_url("**/messages/")
    row = page.locator("tr", has_text="都匀试验水库：用地预审")
    expect(row).to_contain_text("请立即办理")
    row.get_by_role("button", name="查看").click()
    page.wait_for_url(f"**/projects/{project.pk}/")

    assert Message.objects.unread().count() == 0
    assert Message.objects.count() == 1


@SIZES
def test_the_message_pages_are_accessible(signed_in, sysadmin, section, viewport):
    MessageFactory(recipient=sysadmin, kind="OVERDUE", title="【已超期】都匀试验水库：用地预审", url="/")
    MessageFactory(
        recipient=sysadmin, kind="REMINDER", title="【即将到期】都匀试验水库：环评", body="还剩 3 个工作日"
    )
    MessageFactory(recipient=sysadmin, title="读过的", read_at=timezone.now())
    Delivery.objects.create(
        message=MessageFactory(recipient=section, title="【今日到期】水保"),
        channel="EMAIL",
        address="nobody@example.invalid",
        claimed_at=timezone.now(),
        error="550 no such user",
    )
    page = signed_in(sysadmin, viewport=viewport)

    for address in (reverse("notifications:list"), reverse("notifications:unsent")):
        page.goto(address)
        assert violations(page) == [], address
