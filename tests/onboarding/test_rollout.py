"""Counties begin one after the other: not yet, on trial, live from a day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Rollout, User
from accounts.rights import Right, require
from onboarding.errors import NoDayToBegin
from onboarding.services.rolling_out import set_rollout
from projects.models import Project
from tests.factories import ProjectFactory, organisation

pytestmark = pytest.mark.django_db


def moment(day: int) -> datetime:
    return datetime(2026, 11, day, 2, tzinfo=UTC)


def again(user: User) -> User:
    """As the next request has it."""
    return User.objects.get(pk=user.pk)


def test_a_county_on_trial_sees_its_own_and_writes_nothing(
    client: Client, officer: User, stranger: User, dispatcher: User
) -> None:
    with time_machine.travel(moment(20), tick=False):
        own = ProjectFactory(organisation=organisation("522701"))
        client.force_login(dispatcher)
        form = {"stage": "LIVE", "live_from": "2026-11-23", "note": "第一批"}
        saved = client.post("/onboarding/rollout/522701/", form)
        page = client.get("/onboarding/rollout/").content.decode()
        client.force_login(officer)
        seen = client.get(f"/projects/{own.pk}/")
        upload = client.get("/lists/upload/")
        refused = client.post("/lists/upload/", {})
        api = client.post("/api/v1/duty-problems/", {}, content_type="application/json")
        require(stranger, Right.RUN_STEPS)
        with pytest.raises(PermissionDenied, match="正在试运行，只能查看，不能办理。2026-11-23 起正式启用。"):
            require(again(officer), Right.RUN_STEPS)
        with pytest.raises(PermissionDenied):
            set_rollout(actor=stranger, code="522701", stage=Rollout.Stage.NONE, live_from=None, note="")
    with time_machine.travel(moment(23), tick=False):
        require(again(officer), Right.RUN_STEPS)
        set_rollout(actor=dispatcher, code="522701", stage=Rollout.Stage.NONE, live_from=None, note="推迟")
        none_seen = Project.objects.visible_to(again(officer)).count()
        client.force_login(again(officer))
        home = client.get("/")
        with pytest.raises(PermissionDenied, match="还没有启用"):
            require(again(officer), Right.RUN_STEPS)
        with pytest.raises(NoDayToBegin):
            set_rollout(actor=dispatcher, code="522701", stage=Rollout.Stage.LIVE, live_from=None, note="")
        with pytest.raises(IntegrityError, match="rollout_live_from_a_day"), transaction.atomic():
            Rollout.objects.update(stage="LIVE", live_from=None)

    assert saved.status_code == 302
    assert "试运行，只看" in page
    assert seen.status_code == 200
    assert "都匀市正在试运行" in seen.content.decode()
    assert upload.status_code == 200
    assert (refused.status_code, api.status_code) == (403, 403)
    assert "正在试运行" in refused.content.decode()
    assert none_seen == 0
    assert home.status_code == 200
