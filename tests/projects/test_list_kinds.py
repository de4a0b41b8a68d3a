"""The kinds of list are the bureau's rows: forms, filters, import and what the law asks follow them."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.db import InternalError, transaction
from django.urls import reverse

from audit.models import Entry
from projects.exporting import template_workbook
from projects.models import ListKind, ListScope, Project
from projects.refusals import ListKindTaken
from projects.selectors.list_kinds import kinds_to_choose, list_words
from projects.services.list_kinds import KindFacts, add_kind, edit_kind
from tests.factories import ProjectFactory, organisation

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def pilot(**more) -> KindFacts:
    return KindFacts(
        **{
            "name": "全域整治试点",
            "counts_as": ListScope.PROVINCIAL,
            "position": 25,
            "in_use_from": date(2026, 1, 1),
            "words": ("试点", "整治试点"),
        }
        | more
    )


def test_a_new_kind_is_offered_read_and_counted_as_what_it_counts_as(client, dispatcher):
    kind = add_kind(actor=dispatcher, facts=pilot(), today=TODAY)
    project = ProjectFactory(list_category=kind.code)
    ProjectFactory(list_category="PREFECTURAL")
    client.force_login(dispatcher)

    page = client.get(reverse("projects:list"), {"category": "PROVINCIAL_UP"}).content.decode()
    named = client.get("/api/v1/list-kinds/").json()
    book = openpyxl.load_workbook(
        BytesIO(template_workbook(organisation=organisation("522701"), today=TODAY))
    )

    assert [code for code, _ in kinds_to_choose(on=TODAY)][2] == kind.code
    assert list_words(on=TODAY)["list_category"].code("整治试点") == kind.code
    assert (project.name in page, page.count("全域整治试点") > 1) == (True, True)
    assert ("全域整治试点", "PROVINCIAL") in {(row["name"], row["counts_as"]) for row in named}
    assert any("全域整治试点" in str(cell.value) for sheet in book for row in sheet for cell in row)
    assert Entry.objects.filter(verb="list_kind.added", subject_id=kind.pk).exists()


@time_machine.travel(f"{TODAY}T10:00+08:00", tick=False)
def test_an_ended_kind_is_no_longer_offered_and_still_named(client, dispatcher):
    kind = add_kind(actor=dispatcher, facts=pilot(), today=TODAY)
    project = ProjectFactory(list_category=kind.code)

    edit_kind(
        actor=dispatcher,
        code=kind.code,
        facts=pilot(name="整治", in_use_until=date(2026, 11, 21)),
        today=TODAY,
    )

    client.force_login(dispatcher)
    words = list_words(on=TODAY)["list_category"]
    assert kind.code not in dict(kinds_to_choose(on=TODAY))
    assert kind.code in dict(kinds_to_choose(on=TODAY, now=kind.code))
    assert (words.code("整治"), "整治" in words.offered) == (kind.code, False)
    assert "整治" in client.get(project.get_absolute_url()).content.decode()
    sent = client.patch(
        f"/api/v1/project-entries/{project.pk}/",
        {"seen_at": project.updated_at.isoformat(), "list_category": kind.code},
        content_type="application/json",
    )
    assert (sent.status_code, list(sent.json()["facts"])) == (400, ["list_category"])


def test_a_word_means_one_kind(client, dispatcher):
    client.force_login(dispatcher)

    with pytest.raises(ListKindTaken) as refusal:
        add_kind(actor=dispatcher, facts=pilot(words=("国重",)), today=TODAY)
    sent = client.post(
        reverse("projects:list-kind-new"),
        {
            "name": "省重点",
            "counts_as": "OTHER",
            "position": 9,
            "in_use_from": "2026-01-01",
            "words": "甲、乙",
        },
    )

    assert refusal.value.facts == {"word": "国重"}
    assert (sent.status_code, "同一个词只能指一类" in sent.content.decode()) == (422, True)
    assert 'value="甲、乙"' in sent.content.decode()


def test_a_kind_is_never_deleted():
    with pytest.raises(InternalError, match="list_kind_is_kept"), transaction.atomic():
        ListKind.objects.get(code="OTHER").delete()
    assert Project.objects.count() == 0
