"""Very many rows at once: what COPY writes, and what a broken constraint says."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from accounts.models import OrganisationAlias
from core.bulk import insert_all, insert_remembered, maker
from projects.models import Project
from tests.factories import organisation

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
