"""The manuals: links lead where their reader may go, pictures are there, every page is reached."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from desk.handbook import FOLDER, MANUALS, PAGE, WHATS_NEW, help_for, render, rendered, whats_new
from desk.navigation import PLACES
from tests.desk.manual_pictures import PICTURES
from tests.test_routes import ROUTES
from upkeep.models import MaintenanceNotice

COLUMN = {"DISPATCH": "dispatch", "SYSADMIN": "sysadmin", "": "county"}
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MOST_PICTURES = 12
MOST_BYTES = 60 * 1024


def column(role: str) -> str:
    return COLUMN.get(role, role.lower())


def test_every_link_of_a_manual_opens_for_the_role_it_addresses():
    opens = {(route.name, route.method): route for route in ROUTES}
    for manual in MANUALS:
        text = (FOLDER / f"{manual.slug}.md").read_text(encoding="utf-8")
        for name in re.findall(rf"\({PAGE}([^)]*)\)", text):
            route = opens[name, "get"]
            assert not route.names_a_row, (manual.slug, name)
            assert route.statuses[column(manual.role)] == 200, (manual.slug, name)
        for section in rendered(manual.slug).sections:
            assert {name for name in section.pages if (name, "get") not in opens} == set(), manual.slug


def test_every_picture_is_named_there_small_and_taken_by_the_journey():
    named = {name for manual in MANUALS for name in rendered(manual.slug).pictures}
    kept = {path.name: path.stat().st_size for path in (FOLDER / "pictures").iterdir()}

    assert named == set(kept) == {f"{name}.webp" for name in PICTURES}
    assert len(kept) <= MOST_PICTURES
    assert max(kept.values()) <= MOST_BYTES


def test_a_page_leads_to_the_section_of_the_reader_s_own_manual():
    county = help_for("projects:upload", role="COUNTY")
    section = help_for("projects:submissions", role="SECTION")

    assert county.startswith("/help/county/#")
    assert section.startswith("/help/section/#")
    assert help_for("projects:upload", role="LEADER").startswith("/help/")
    assert help_for("no:page", role="LEADER") == "/help/"
    places = [place.name for _, group in PLACES for place in group]
    without = [name for name in places if help_for(name, role="DISPATCH") == "/help/"]
    assert len(without) <= len(places) // 4, without


def test_markup_and_scripts_in_a_manual_stay_text():
    html = render("## 一 {desk:home}\n\n<script>x</script> [a](javascript:x) [b](page:desk:home)").html

    assert "<script" not in html
    assert 'href="javascript' not in html
    assert '<h2 id="一">一</h2>' in html
    assert 'href="/"' in html


def test_every_release_of_the_changelog_is_told_in_chinese_and_every_word_stands_in_the_glossary():
    releases = re.findall(r"(?m)^## (.+)$", (settings.BASE_DIR / "CHANGELOG.md").read_text(encoding="utf-8"))
    told = [section.title for section in whats_new().sections]
    glossary = (settings.BASE_DIR / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"(?m)^\| ([^|]+) \|", (FOLDER / "glossary.md").read_text(encoding="utf-8"))

    assert [title.split()[0] for title in told] == [
        "未发布" if release == "Unreleased" else release.split()[0].strip("[]") for release in releases
    ]
    assert WHATS_NEW.is_file()
    assert [word for word in words if word != "词" and f"| {word} |" not in glossary] == []


@pytest.mark.django_db
def test_every_manual_is_reached_from_the_contents_and_an_unknown_one_is_not_found(client: Client, leader):
    client.force_login(leader)

    contents = client.get(reverse("desk:help")).content.decode()

    for manual in MANUALS:
        address = reverse("desk:manual", args=[manual.slug])
        assert f'href="{address}"' in contents
        page = client.get(address)
        assert page.status_code == 200
        assert page.context["text"].html in page.content.decode()
    assert reverse("desk:whats-new") in contents
    assert client.get(reverse("desk:manual", args=["none"])).status_code == 404


@pytest.mark.django_db
def test_a_notice_of_maintenance_stands_on_every_page_for_its_time_and_in_the_api(client, sysadmin, officer):
    said = "今晚升级，请提前保存。"
    with time_machine.travel(NOW, tick=False):
        client.force_login(sysadmin)
        address = reverse("upkeep:maintenance")
        facts = {"text": said, "shown_from": "2026-11-20T10:00", "until": "2026-11-20T12:00"}
        refused = client.post(address, facts | {"until": "2026-11-20T09:00"})
        done = client.post(address, facts)
        client.force_login(officer)
        home, listed = client.get("/").content.decode(), client.get(reverse("maintenance-list")).json()
        entrance = Client().get(reverse("account_login")).content.decode()
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        client.force_login(officer)
        after = client.get("/").content.decode()

    assert (refused.status_code, done.status_code) == (422, 302)
    assert "晚于现在" in refused.content.decode()
    assert said in home
    assert said in entrance
    assert listed["results"][0]["text"] == said
    assert said not in after
    assert 'href="/help/county/#' in home


@pytest.mark.django_db
def test_a_notice_is_withdrawn_once_and_lasts_longer_than_nothing(client, sysadmin):
    row = MaintenanceNotice.objects.create(
        text="今晚停机升级", shown_from=NOW, until=NOW + timedelta(hours=1), entered_by=sysadmin
    )
    with time_machine.travel(NOW, tick=False):
        client.force_login(sysadmin)
        address = reverse("maintenance-withdraw", args=[row.pk])
        first, second = client.post(address), client.post(address)
        home = client.get("/").content.decode()

    assert (first.status_code, second.status_code) == (200, 409)
    assert row.text not in home
    plain = {"text": "升级", "shown_from": NOW, "until": NOW + timedelta(hours=1), "entered_by": sysadmin}
    for law, facts in (
        ("says_something_for_a_time", {"until": NOW}),
        ("withdrawn_by_somebody", {"withdrawn_at": NOW}),
    ):
        with pytest.raises(IntegrityError, match=law), transaction.atomic():
            MaintenanceNotice.objects.create(**plain | facts)
