"""The catalogue's loader."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from approvals.models import StepType

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("load_catalogue", *arguments, stdout=out)
    return out.getvalue()


def test_a_fresh_database_has_the_catalogue_and_a_second_loading_changes_nothing():
    assert StepType.objects.count() == 45

    assert "已新增 0 个步骤" in said()
    assert StepType.objects.count() == 45


def test_a_dry_run_says_what_is_missing_and_writes_nothing():
    StepType.objects.filter(code="Y03").delete()

    assert "将新增 1 个步骤：Y03" in said("--dry-run")
    assert not StepType.objects.filter(code="Y03").exists()
    assert "已新增 1 个步骤：Y03" in said()
    assert StepType.objects.get(code="Y03").limits.count() == 1


def test_what_the_office_revised_is_left_alone():
    StepType.objects.filter(code="Y03").update(short="应急")

    said()

    assert StepType.objects.get(code="Y03").short == "应急"
