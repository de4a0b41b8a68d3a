from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from deadlines.models import CalendarDay, CalendarYear
from desk.navigation import write_navigation
from tests.factories import MessageFactory
from ui.fragments import forget_fragments
from ui.templatetags import icons


def test_a_stranger_to_the_house_is_sent_to_the_sign_in_page(client: Client) -> None:
    response = client.get("/")

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_the_sign_in_page_shows_the_bureau_and_no_navigation(client: Client) -> None:
    response = client.get("/accounts/login/")

    assert response.status_code == 200
    assert "黔南州自然资源局" in response.content.decode()
    assert "navigation" not in response.context


def test_the_frame_shows_navigation_unread_messages_and_the_office_day(
    client: Client, dispatcher: User
) -> None:
    MessageFactory(recipient=dispatcher)
    client.force_login(dispatcher)

    response = client.get("/")
    page = response.content.decode()

    assert "工作日计算器" in page
    assert response.context["unread_count"]() == 1
    assert "工作日</strong>" in page or "休息日" in page


def test_navigation_follows_the_role(client: Client, officer: User, sysadmin: User, auditor: User) -> None:
    client.force_login(officer)
    county = client.get("/").content.decode()
    client.force_login(sysadmin)
    administrator = client.get("/").content.decode()
    client.force_login(auditor)
    reader = client.get("/", follow=True).content.decode()

    assert "操作日志" not in county
    assert "操作日志" not in administrator
    assert "运行情况" in administrator
    assert "操作日志" in reader
    assert "项目库" not in reader


@pytest.mark.django_db
def test_a_fresh_database_has_the_calendar() -> None:
    assert CalendarYear.objects.filter(status="official").count() == 23
    assert list(CalendarYear.objects.filter(status="provisional").values_list("year", flat=True)) == [
        2027,
        2028,
    ]
    assert CalendarDay.objects.get(date="2026-02-14").is_working


@pytest.mark.django_db
def test_a_server_writes_the_navigation_before_anybody_asks(django_assert_num_queries: Any) -> None:
    forget_fragments()
    icons._icon.cache_clear()

    with django_assert_num_queries(0):
        write_navigation()

    assert icons._icon.cache_info().currsize > 80
