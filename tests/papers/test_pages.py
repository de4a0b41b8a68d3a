"""The list of papers, the download, new versions and withdrawals: pages and API."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import Entry
from papers import services
from papers.models import Paper
from projects.models import Project
from tests.factories import ProjectFactory
from tests.papers import files
from tests.papers.test_papers import attached

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


@pytest.fixture
def project() -> Project:
    return ProjectFactory(name="都匀市抽水蓄能电站")


@pytest.fixture
def paper(officer, project) -> Paper:
    return attached(officer, project)


def test_a_download_is_saved_never_shown(client, section, paper):
    client.force_login(section)

    response = client.get(reverse("papers:download", args=[paper.pk]))

    assert response.content == files.pdf()
    assert response["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote('批复.pdf')}"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert Entry.objects.filter(verb="file.downloaded", actor=section).exists()


@pytest.mark.parametrize("name", ["papers:download", "papers:replace", "papers:withdraw"])
def test_a_stranger_learns_nothing(client, stranger, department, paper, name):
    for reader in (stranger, department):
        client.force_login(reader)

        assert client.get(reverse(name, args=[paper.pk])).status_code == 404
    assert not Entry.objects.filter(verb="file.downloaded").exists()


def test_a_withdrawn_paper_is_gone_for_everybody(client, officer, section, paper):
    services.withdraw(actor=officer, paper=paper, reason="传错")
    client.force_login(section)

    assert client.get(reverse("papers:download", args=[paper.pk])).status_code == 404
    assert "已撤回" in client.get(reverse("papers:list"), {"versions": "withdrawn"}).content.decode()


def test_the_list_shows_current_versions_by_kind_and_word(client, officer, project, paper):
    attached(officer, project, text="2", replaces=paper, title="用地预审批复（修订）")
    client.force_login(officer)

    page = client.get(reverse("papers:list"), {"q": "预审", "kind": "DECISION"}).content.decode()
    none = client.get(reverse("papers:list"), {"kind": "PHOTO"}).content.decode()

    assert page.count('<tr id="paper-') == 1
    assert "没有符合条件的附件" in none


def test_a_new_version_comes_in_by_the_form(client, officer, paper):
    client.force_login(officer)
    file = SimpleUploadedFile("批复二.pdf", files.pdf(text="2"))

    response = client.post(reverse("papers:replace", args=[paper.pk]), {"file": file})

    assert response.url == f"/projects/{paper.project_id}/?tab=papers"
    assert Paper.objects.current().get().version == 2


def test_a_refused_version_says_why_on_the_form(client, officer, paper):
    client.force_login(officer)
    file = SimpleUploadedFile("批复.pdf", b"MZ")

    response = client.post(reverse("papers:replace", args=[paper.pk]), {"file": file})

    assert response.status_code == 422
    assert "与扩展名 .pdf 不符" in response.content.decode()


def test_a_withdrawal_without_a_reason_is_refused_and_with_one_done(client, officer, paper):
    client.force_login(officer)
    address = reverse("papers:withdraw", args=[paper.pk])

    refused = client.post(address, {"reason": ""})
    client.post(address, {"reason": "传错文件"})

    assert refused.status_code == 422
    assert "没有写明撤回理由" in refused.content.decode()
    assert paper.withdrawal.reason == "传错文件"


def test_the_api_lists_replaces_downloads_and_withdraws(client, officer, paper):
    client.force_login(officer)
    detail = reverse("paper-detail", args=[paper.pk])

    listed = client.get(reverse("paper-list"), {"project": paper.project_id}).json()["results"]
    file = SimpleUploadedFile("二.pdf", files.pdf(text="2"))
    done = client.post(f"{detail}replace/" if detail.endswith("/") else f"{detail}/replace", {"file": file})
    newest = done.json()["id"]
    bytes_again = client.get(reverse("paper-file", args=[newest])).content
    withdrawn = client.post(
        reverse("paper-withdraw", args=[newest]), {"reason": "传错"}, content_type="application/json"
    )

    assert [row["title"] for row in listed] == ["用地预审批复"]
    assert (done.status_code, done.json()["version"]) == (201, 2)
    assert bytes_again == files.pdf(text="2")
    assert withdrawn.json()["withdrawal"]["reason"] == "传错"
    assert client.get(reverse("paper-file", args=[newest])).status_code == 404
