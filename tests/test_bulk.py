"""Very many rows at once: what COPY writes, and what a broken constraint says."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pghistory
import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.safestring import mark_safe

from accounts.models import OrganisationAlias
from audit.models import Entry
from core.bulk import insert_all, insert_remembered, maker, update_all, update_remembered
from core.calls import as_composite, as_row
from projects.models import Project
from tests.factories import ProjectFactory, organisation

pytestmark = pytest.mark.django_db
ODD = ("\\", "\\N", "制\t表", "换\n行", "回\r车", "\\t", "", "NULL", '"引号"')


def test_every_text_comes_back_as_it_was_whatever_stands_beside_it():
    unit = organisation("522701")
    texts = [f"{odd}{number}" for number in range(1_100) for odd in (ODD if number % 600 == 7 else ("简",))]

    insert_all(OrganisationAlias, [OrganisationAlias(alias=text, organisation=unit) for text in texts])

    stored = OrganisationAlias.objects.filter(alias__in=texts).order_by("pk")
    assert list(stored.values_list("alias", flat=True)) == texts


def test_rows_with_history_are_remembered_once_and_a_broken_constraint_is_named():
    unit, make = organisation("522701"), maker(Project)

    def rows(*codes: str) -> list[Project]:
        return [
            make(name=f"项目{number}", code=code, organisation_id=unit.pk, submitted_by_id=unit.pk)
            for number, code in enumerate(codes)
        ]

    made = insert_remembered(Project, rows("2601-522701-02-05-000001", "", ""))

    events = apps.get_model("projects", "ProjectEvent").objects.filter(pgh_obj__in=made)
    said = events.order_by("id").values_list("id", "code", "investment_yuan", "pgh_label")
    assert list(said) == [(row.pk, row.code, None, "insert") for row in made]
    with pytest.raises(IntegrityError, match="project_code_once"), transaction.atomic():
        insert_remembered(Project, rows("2601-522701-02-05-000001"))
    Project.objects.filter(pk=made[0].pk).update(name="改名")
    assert events.filter(pgh_label="update").count() == 1


def test_a_change_of_many_rows_is_remembered_as_the_trigger_would_remember_it():
    unit, events = organisation("522701"), apps.get_model("projects", "ProjectEvent").objects

    def history(change: Callable[..., None], touched: str) -> list[tuple[object, ...]]:
        rows = [ProjectFactory(name=name, remark="原", organisation=unit) for name in ("甲", "乙", "丙")]
        rows[0].name, rows[1].remark, rows[2].search_text = "改名", "改注", "只为检索"
        with pghistory.context(by=change.__name__), transaction.atomic():
            change(Project, rows, ["name", "remark", "search_text"], touched=touched)
        stored = Project.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
        assert list(stored.values_list("name", "remark")) == [("改名", "原"), ("乙", "改注"), ("丙", "原")]
        said = events.filter(pgh_obj__in=rows, pgh_label="update").order_by("pgh_obj_id")
        for event in said:
            row = Project.objects.get(pk=event.pgh_obj_id)
            assert event.pgh_context.metadata["by"] == change.__name__
            kept = [f.attname for f in event._meta.concrete_fields if not f.name.startswith("pgh_")]
            assert [getattr(event, name) for name in kept] == [getattr(row, name) for name in kept]
        return list(said.values_list("name", "remark", "pgh_label"))

    assert history(update_remembered, "") == history(update_all, "") == [
        ("改名", "原", "update"), ("乙", "改注", "update")
    ]  # fmt: skip
    assert history(update_remembered, "updated_at") == history(update_all, "updated_at")
    assert len(history(update_remembered, "updated_at")) == 3


def test_a_row_handed_to_a_function_of_the_database_arrives_as_it_was():
    texts = [*ODD, "逗,号", "(括号)", " 空 格 ", "单'引号"]
    for text in texts:
        moment = timezone.now()
        facts = {text: [text, None, 1], "at": moment, "on": moment.date(), "yuan": Decimal("1.50")}
        entry = Entry(actor_label=text, facts=facts, entered_at=moment)

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (given).actor_label, (given).facts, (given).actor_id, (given).entered_at"
                " FROM (SELECT %s::audit_entry) AS one (given)",
                [as_row(entry)],
            )
            label, told, actor_id, entered_at = cursor.fetchone()

        by_the_orm = json.dumps(facts, cls=DjangoJSONEncoder)
        assert (label, json.loads(told)) == (text, json.loads(by_the_orm))
        assert (actor_id, entered_at) == (None, moment)


def test_a_text_of_any_kind_is_escaped_on_its_way_to_the_database() -> None:
    plain, marked = 'a"b\\c', mark_safe('a"b\\c')

    assert as_composite((plain, 1, None)) == as_composite((marked, 1, None)) == '("a""b\\\\c","1",)'
