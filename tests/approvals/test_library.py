"""The library: versions of guides and templates, offered by step, every download counted."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction
from django.urls import reverse

from approvals.errors import LibraryTitleTaken, LibraryUnchanged, LibraryVersionOutOfOrder, StepCodeUnknown
from approvals.library_reading import for_step
from approvals.models import LibraryDownload, LibraryItem
from approvals.services.library import VersionFacts, add_item, add_version, retire_item, take
from papers.errors import PaperIsClassified, PaperKindUnknown
from papers.services import Upload
from tests.approvals.scenes import opened
from tests.papers import files

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
FRIDAY = "2026-11-20T10:00+08:00"


def guide(actor, **more) -> LibraryItem:
    given = {
        "kind": LibraryItem.Kind.GUIDE,
        "title": "用地预审与选址意见书办事指南",
        "upload": Upload("办事指南.pdf", files.pdf(text="first")),
        "facts": VersionFacts(date(2026, 1, 1)),
        "step_codes": ["A03"],
        **more,
    }
    return add_item(actor=actor, **given)


def renewed(item: LibraryItem, actor, *, since: date = date(2026, 12, 1), text: str = "second", **more):
    return add_version(
        item_id=item.pk,
        upload=Upload("办事指南.pdf", files.pdf(text=text)),
        facts=VersionFacts(since, **more),
        actor=actor,
    )


def test_the_version_of_the_day_is_offered_until_the_next_begins(dispatcher):
    item = guide(dispatcher)
    renewed(item, dispatcher)

    def number_on(day: date) -> int | None:
        [row] = for_step("A03", today=day)
        return row.current.number if row.current else None

    assert number_on(date(2025, 12, 31)) is None
    assert number_on(date(2026, 1, 1)) == 1
    assert number_on(date(2026, 11, 30)) == 1
    assert number_on(date(2026, 12, 1)) == 2
    assert for_step("B06", today=TODAY) == []


def test_the_first_version_ends_where_the_second_begins(dispatcher):
    item = guide(dispatcher)

    renewed(item, dispatcher)

    first, second = item.versions.order_by("number")
    assert (first.effective_to, second.effective_to) == (date(2026, 12, 1), None)


@pytest.mark.parametrize("days", [0, -1], ids=["the same day", "a day before"])
def test_a_version_that_does_not_follow_is_refused(dispatcher, days):
    item = guide(dispatcher)

    with pytest.raises(LibraryVersionOutOfOrder) as refusal:
        renewed(item, dispatcher, since=date(2026, 1, 1 + days) if days == 0 else date(2025, 12, 31))

    assert refusal.value.facts["newest"] == date(2026, 1, 1)


def test_the_same_file_again_is_no_version(dispatcher):
    item = guide(dispatcher)

    with pytest.raises(LibraryUnchanged):
        renewed(item, dispatcher, text="first")


def test_a_trial_cannot_end_before_it_begins(dispatcher):
    with pytest.raises(LibraryVersionOutOfOrder):
        guide(dispatcher, facts=VersionFacts(date(2026, 1, 1), trial_until=date(2025, 12, 31)))


def test_a_rule_on_trial_says_until_when(dispatcher):
    facts = VersionFacts(date(2026, 1, 1), trial_until=TODAY)
    guide(dispatcher, kind=LibraryItem.Kind.RULE, facts=facts)

    [on_its_last_day] = for_step("A03", today=TODAY)
    [after] = for_step("A03", today=date(2026, 11, 21))

    assert (on_its_last_day.is_trial, after.is_trial) == (True, False)


def test_a_title_stands_once_until_it_is_retired(dispatcher):
    item = guide(dispatcher)
    with pytest.raises(LibraryTitleTaken):
        guide(dispatcher)

    retire_item(item_id=item.pk, reason="合并", actor=dispatcher, today=TODAY)

    assert for_step("A03", today=TODAY) == []
    assert guide(dispatcher).pk != item.pk
    with pytest.raises(LibraryVersionOutOfOrder):
        renewed(item, dispatcher)
    with pytest.raises(LibraryVersionOutOfOrder):
        retire_item(item_id=item.pk, reason="再次", actor=dispatcher, today=TODAY)


def test_unknown_steps_dangerous_files_and_other_roles_are_refused(dispatcher, officer):
    with pytest.raises(StepCodeUnknown) as refusal:
        guide(dispatcher, step_codes=["A03", "Q99"])
    assert refusal.value.facts["codes"] == ["Q99"]
    with pytest.raises(PaperKindUnknown):
        guide(dispatcher, upload=Upload("程序.exe", b"MZ"))
    with pytest.raises(PaperIsClassified):
        guide(dispatcher, title="机密规定")
    with pytest.raises(PermissionDenied):
        guide(officer)


def test_every_download_counts_and_the_count_cannot_be_set(dispatcher, officer, department):
    item = guide(dispatcher)
    version = item.versions.get()

    for reader in (officer, officer, department):
        assert take(version_id=version.pk, actor=reader)[1] == files.pdf(text="first")

    [row] = for_step("A03", today=TODAY)
    assert row.downloads == 3
    with pytest.raises(InternalError), transaction.atomic():
        LibraryDownload.objects.all().delete()
    with pytest.raises(InternalError), transaction.atomic():
        LibraryDownload.objects.update(version=version)


@time_machine.travel(FRIDAY, tick=False)
def test_the_office_fills_the_library_and_everyone_finds_it_at_the_step(dispatcher, section, officer, client):
    client.force_login(section)
    file = SimpleUploadedFile("指南.pdf", files.pdf())
    first = {
        "kind": "GUIDE", "title": "选址意见书办事指南", "step_codes": "A03，B06",
        "effective_from": "2026-01-01",
    }  # fmt: skip

    refused = client.post(reverse("approvals:library-add"), {**first, "step_codes": "Q99", "file": file})
    file.seek(0)
    client.post(reverse("approvals:library-add"), {**first, "file": file})
    item = LibraryItem.objects.get()
    client.post(
        reverse("approvals:library-renew", args=[item.pk]),
        {"effective_from": "2026-11-01", "file": SimpleUploadedFile("指南.pdf", files.pdf(text="new"))},
    )

    assert refused.status_code == 422
    assert "步骤目录没有 Q99" in refused.content.decode()
    assert item.step_codes == ["A03", "B06"]
    _, steps = opened(dispatcher)
    client.force_login(officer)
    assert "第 2 版 PDF" in client.get(reverse("approvals:step", args=[steps["A03"].pk])).content.decode()
    current = item.versions.get(number=2)
    answer = client.get(reverse("approvals:library-file", args=[current.pk]))
    assert answer.content == files.pdf(text="new")
    assert "attachment" in answer["Content-Disposition"]
    assert LibraryDownload.objects.filter(version=current, user=officer).count() == 1
    listed = client.get(reverse("approvals:library"), {"code": "b06", "kind": "GUIDE"}).content.decode()
    assert "选址意见书办事指南" in listed
    assert (
        "选址意见书办事指南" not in client.get(reverse("approvals:library"), {"q": "规划"}).content.decode()
    )


@time_machine.travel(FRIDAY, tick=False)
def test_the_api_offers_and_takes_the_same(section, officer, client):
    client.force_login(section)
    made = client.post(
        reverse("library-list"),
        {
            "kind": "TEMPLATE", "title": "申请表模板", "step_codes": ["A03"], "material": "申请表",
            "effective_from": "2026-01-01", "file": SimpleUploadedFile("申请表.pdf", files.pdf()),
        },
    )  # fmt: skip
    again = client.post(
        reverse("library-renew", args=[made.json()["id"]]),
        {"effective_from": "2026-01-01", "file": SimpleUploadedFile("申请表.pdf", files.pdf(text="b"))},
    )

    client.force_login(officer)
    version = made.json()["versions"][0]["id"]
    file = client.get(reverse("library-file", args=[version]))
    [row] = client.get(reverse("library-list"), {"code": "A03"}).json()["results"]

    assert made.status_code == 201
    assert (again.status_code, again.json()["code"]) == (409, "library_version_out_of_order")
    assert file.content == files.pdf()
    assert (row["current_version"], row["downloads"], row["versions"][0]["downloads"]) == (version, 1, 1)
    assert client.get(reverse("library-file", args=[version + 1])).status_code == 404
