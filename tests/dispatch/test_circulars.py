"""A monthly circular: drafted from the frozen figures, approved, issued, read with receipts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from deadlines.selectors import working_calendar
from dispatch.errors import CircularNotReady, CopiesMissing, RoundNotFrozen
from dispatch.models import Circular, CircularCopy, Round
from dispatch.rules.periods import Period
from dispatch.services import circulars, rounds
from jobs.services import run_waiting
from notifications.models import Message
from tests.dispatch.ledger_data import plant_deadline, plant_projects
from tests.factories import UserFactory, organisation
from tests.libreoffice import opened

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 30)
MEDIA_BOX = re.compile(rb"/MediaBox\s*\[([^\]]+)\]")
NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)


@pytest.fixture
def month(dispatcher, section):
    projects = plant_projects(5)
    plant_deadline(projects[0], started_on=date(2026, 11, 2), days=5, holder=section)
    rounds.open_due_rounds(today=DAY, calendar=working_calendar(), now=NOW)
    rounds.freeze_round(
        period=Period.parse("2026-M11"), actor=dispatcher, today=DAY, calendar=working_calendar(), now=NOW
    )
    run_waiting(clock=lambda: NOW)
    return Round.objects.get(kind="MONTH")


def draft(round_, actor, title="关于2026年11月重点项目用地要素保障情况的通报"):
    return circulars.draft_circular(
        round_id=round_.pk, kind="CIRCULAR", draft=circulars.Draft(title), actor=actor, now=NOW
    )


def issue(row, actor, *units):
    return circulars.issue_circular(
        circular_id=row.pk, copies=[organisation(code) for code in units], actor=actor, today=DAY
    )


def approve(row, actor, on=DAY):
    return circulars.approve_circular(
        circular_id=row.pk, approver="专班组长", approved_on=on, actor=actor, today=DAY
    )


def test_a_circular_goes_its_way_once_and_each_addressee_signs_by_reading(
    client, month, dispatcher, officer, stranger, department
):
    row = draft(month, dispatcher)
    unread = reverse("dispatch:circular-file", args=[row.pk])
    with time_machine.travel("2026-11-30T09:00:00+08:00", tick=False):
        client.force_login(dispatcher)
        shown = docx.Document(BytesIO(client.get(unread).content))
        client.force_login(officer)
        assert client.get(unread).status_code == 404
    assert "在库项目 5 个" in "\n".join(one.text for one in shown.paragraphs)
    with pytest.raises(CircularNotReady):
        issue(row, dispatcher, "522701")
    with pytest.raises(CircularNotReady):
        approve(row, dispatcher, on=date(2026, 12, 1))
    approve(row, dispatcher)
    with pytest.raises(CircularNotReady):
        draft(month, dispatcher)
    with pytest.raises(CopiesMissing):
        issue(row, dispatcher)
    issue(row, dispatcher, "522701", "522700-SWJ")
    with pytest.raises(CircularNotReady):
        issue(row, dispatcher, "522701")

    assert Message.objects.filter(recipient__in=[officer, department], key=f"circular:{row.pk}").count() == 2
    address = reverse("dispatch:circular", args=[row.pk])
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    with time_machine.travel("2026-11-30T11:00:00+08:00", tick=False):
        client.force_login(officer)
        page = client.get(address).content.decode()
        client.get(address)
        file = client.get(reverse("dispatch:circular-file", args=[row.pk])).content
    assert "州水务局" not in page
    copies = {copy.organisation.code: copy for copy in CircularCopy.objects.select_related("organisation")}
    assert (copies["522701"].read_by, copies["522700-SWJ"].read_at) == (officer, None)
    text = "\n".join(one.text for one in docx.Document(BytesIO(file)).paragraphs)
    headings = ("一、总体情况", "二、进展较好", "三、存在问题", "四、下步要求")
    for part in (*headings, "在库项目 5 个", "应报 13 个单位"):
        assert part in text
    assert "抄送：都匀市人民政府，" in ZipFile(BytesIO(file)).read("word/document.xml").decode()
    assert b"srgbClr" in ZipFile(BytesIO(file)).read("word/charts/chart1.xml")


def test_a_town_s_reading_is_the_town_s_receipt_not_the_county_s(month, dispatcher):
    town = organisation("522701").children.filter(kind="town").first()
    if town is None:
        from tests.factories import OrganisationFactory

        town = OrganisationFactory(code="522701-T1", kind="town", parent=organisation("522701"))
    row = approve(draft(month, dispatcher), dispatcher)
    circulars.issue_circular(
        circular_id=row.pk, copies=[organisation("522701"), town], actor=dispatcher, today=DAY
    )

    reader = UserFactory(role=User.Role.COUNTY, organisation=town)
    circulars.sign_receipt(found=Circular.objects.get(), actor=reader, now=NOW)

    read = CircularCopy.objects.filter(read_at__isnull=False)
    assert [copy.organisation for copy in read] == [town]


def test_the_longest_title_still_makes_a_name_for_the_file(month, dispatcher):
    row = issue(approve(draft(month, dispatcher, title="通" * 200), dispatcher), dispatcher, "522701")

    assert row.filename == f"{'通' * 60}_20261130.docx"


def test_without_a_frozen_round_there_is_nothing_to_report(month, dispatcher):
    Round.objects.filter(pk=month.pk).update(frozen_at=None)

    with pytest.raises(RoundNotFrozen):
        draft(month, dispatcher)


@pytest.mark.office
def test_an_issued_circular_opens_in_libreoffice_on_a4_with_its_figures(
    month, dispatcher, officer, client, tmp_path
):
    row = approve(draft(month, dispatcher), dispatcher)
    issue(row, dispatcher, "522701")
    with time_machine.travel("2026-11-30T11:00:00+08:00", tick=False):
        client.force_login(officer)
        file = client.get(reverse("dispatch:circular-file", args=[row.pk])).content

    text = opened(tmp_path, {"通报.docx": file}, to="txt:Text (encoded):UTF8")["通报"].decode("utf-8-sig")
    printed = opened(tmp_path, {"通报.docx": file}, to="pdf")["通报"]

    assert "一、总体情况" in text
    assert "在库项目 5 个" in text
    boxes = {tuple(map(round, map(float, box.split()))) for box in MEDIA_BOX.findall(printed)}
    assert boxes == {(0, 0, 595, 842)}
