"""A county with a share of a project follows its steps; the leading county and the bureau run them."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from approvals.models import Step
from approvals.services.opening import open_track
from projects.models import LandShare
from tests.factories import ProjectFactory, organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(dispatcher):
    project = ProjectFactory(land={"total_m2": 20_000})
    open_track(project=project, actor=dispatcher, today=date(2026, 11, 20))
    for code in ("522701", "522725"):
        LandShare.objects.create(project=project, organisation=organisation(code), total_m2=10_000)
    return project


@pytest.fixture(autouse=True)
def _office_day():
    with time_machine.travel("2026-11-20T10:00:00+08:00", tick=False):
        yield


def test_a_neighbour_with_a_share_reads_the_steps(client, stranger, shared):
    client.force_login(stranger)
    step = Step.objects.get(project=shared, code="A03")

    dossier = client.get(shared.get_absolute_url())
    page = client.get(reverse("approvals:step", args=[step.pk]))

    assert "用地预审" in dossier.content.decode()
    assert page.status_code == 200


def test_it_runs_none_of_them(client, stranger, shared):
    client.force_login(stranger)
    step = Step.objects.get(project=shared, code="A03")

    response = client.post(
        reverse("approvals:step-accept", args=[step.pk]), {"accepted_on": "2026-11-20", "complete": "on"}
    )

    assert response.status_code in (403, 422)
    step.refresh_from_db()
    assert step.accepted_on is None


def test_without_a_share_it_finds_no_step(stranger, shared):
    LandShare.objects.all().delete()

    assert not Step.objects.visible_to(stranger).exists()
