from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from projects.models import MaturityCriterion
from projects.refusals import ListDayOutOfOrder
from projects.selectors.annual_plan import criteria
from projects.services.maturity import Revision, revise_criterion

pytestmark = pytest.mark.django_db
TODAY, LATER = date(2026, 11, 23), date(2027, 1, 1)


def points(on: date) -> dict[str, int]:
    return {row.step_code: row.points for row in criteria(on)}


def test_a_criterion_counts_differently_from_a_day_on(dispatcher):
    before = points(TODAY)["A03"]

    revise_criterion(actor=dispatcher, revision=Revision("A03", "预审已批", 35, LATER), today=TODAY)

    assert (points(TODAY)["A03"], points(LATER)["A03"]) == (before, 35)


def test_a_new_criterion_and_a_new_mark_join_and_an_old_one_falls_away(dispatcher):
    for revision in (
        Revision("A09", "林地已批", 15, TODAY),
        Revision("", "成熟线", 90, TODAY),
        Revision("Z01", "预公告", None, TODAY),
    ):
        revise_criterion(actor=dispatcher, revision=revision, today=TODAY)

    found = points(TODAY)
    assert (found["A09"], found[""], "Z01" in found) == (15, 90, False)


def test_the_same_day_twice_keeps_the_last_word(dispatcher):
    for value in (30, 40):
        revise_criterion(actor=dispatcher, revision=Revision("A03", "预审", value, LATER), today=TODAY)

    assert points(LATER)["A03"] == 40
    assert MaturityCriterion.objects.filter(step_code="A03").count() == 2


@pytest.mark.parametrize("day", [date(2026, 11, 22), TODAY], ids=["the past", "before a later version"])
def test_neither_the_past_nor_what_stands_already_is_rewritten(dispatcher, day):
    revise_criterion(actor=dispatcher, revision=Revision("A03", "预审", 30, LATER), today=TODAY)

    with pytest.raises(ListDayOutOfOrder):
        revise_criterion(actor=dispatcher, revision=Revision("A03", "预审", 1, day), today=TODAY)


def test_sections_do_not_revise_criteria(section):
    with pytest.raises(PermissionDenied):
        revise_criterion(actor=section, revision=Revision("A03", "预审", 1, LATER), today=TODAY)


def test_a_criterion_ends_after_it_begins():
    with pytest.raises(IntegrityError, match="maturity_ends_after_it_begins"), transaction.atomic():
        MaturityCriterion.objects.filter(step_code="A03").update(effective_to=date(2020, 1, 1))
