"""The health page turns from green to red when something stops, and says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.checks import Tags, run_checks
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from audit.models import Entry
from audit.sealing import seal
from audit.services import record
from core import clock
from deadlines.models import CalendarYear
from jobs.models import Job
from tests.factories import JobFactory, UserFactory
from upkeep.checks import check_the_ledger, check_the_trail
from upkeep.health import HealthLine, health_lines
from upkeep.models import UpkeepRun, UpkeepSetting
from upkeep.services import note_run

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.BACKUP_DIR = tmp_path / "not-yet-made"


def ran(kind: UpkeepRun.Kind, *, hours_ago: int, succeeded: bool = True) -> None:
    moment = NOW - timedelta(hours=hours_ago)
    note_run(kind=kind, succeeded=succeeded, summary="一致", facts={}, started_at=moment, ended_at=moment)


def lines() -> dict[str, HealthLine]:
    return {line.name: line for line in health_lines(now=NOW, today=NOW.date())}


def test_everything_in_order_is_green_and_each_thing_turns_by_itself(officer: User) -> None:
    for kind in UpkeepRun.Kind:
        ran(kind, hours_ago=25)
    CalendarYear.objects.update_or_create(year=2026, defaults={"status": "official"})
    CalendarYear.objects.update_or_create(year=2027, defaults={"status": "provisional"})
    seal(now=NOW)
    missing = lines()["三类管理员"]
    assert (missing.lamp, missing.sentence) == (
        "red",
        "没有系统管理员、安全管理员、审计管理员的在用账号",
    )
    assert "--role 岗位（岗位写 SYSADMIN、SECADMIN、AUDITOR，一人一类）" in missing.advice
    UserFactory(role=User.Role.SYSADMIN)
    UserFactory(role=User.Role.SECADMIN, is_active=False)
    # Bringing a new release in says the same, and how; without a database asked for it says nothing.
    [said] = run_checks(tags=[Tags.database], databases=["default"])
    assert (said.id, said.msg) == ("upkeep.W001", "没有安全管理员、审计管理员的在用账号。")
    assert "create_user" in str(said.hint)
    assert run_checks(tags=[Tags.database]) == []
    UserFactory(role=User.Role.SECADMIN)
    UserFactory(role=User.Role.AUDITOR)
    assert run_checks(tags=[Tags.database], databases=["default"]) == []
    in_order = lines()
    assert {line.lamp for line in in_order.values() if line.name not in {"工作日历", "消息服务"}} == {"green"}
    assert in_order["工作日历"].sentence == "2027 年还没有正式日历"

    ran(UpkeepRun.Kind.LEDGER, hours_ago=1, succeeded=False)
    JobFactory(state=Job.State.QUEUED, not_before=NOW - timedelta(minutes=11))
    JobFactory(state=Job.State.FAILED, not_before=NOW, finished_at=NOW - timedelta(hours=1))
    record(actor=officer, verb="user.changed", subject=officer)
    UpkeepSetting.objects.create(
        effective_from=NOW.date(), backup_every_hours=24, drill_every_days=1, check_every_hours=25,
        free_disk_percent=99,
    )  # fmt: skip
    later = {
        line.name: (line.lamp, bool(line.advice))
        for line in health_lines(
            now=max(NOW, Entry.objects.latest("pk").entered_at) + timedelta(minutes=11), today=NOW.date()
        )
    }
    assert later["备份"] == later["恢复演练"] == later["指标账核对"] == later["磁盘"] == ("red", True)
    assert later["任务队列"] == later["日志封存"] == ("red", True)
    assert later["后台任务"] == ("amber", True)


def test_the_nightly_checks_leave_their_outcome(
    transactional_db: None, officer: User, tmp_path: Path
) -> None:
    record(actor=officer, verb="user.changed", subject=officer)
    seal(now=clock.now())
    assert check_the_ledger(now=clock.now()).succeeded
    assert check_the_trail(now=clock.now(), backups=tmp_path).succeeded

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_entry SET actor_label = '他人'")
        cursor.execute("SET LOCAL session_replication_role = origin")

    found = check_the_trail(now=clock.now(), backups=tmp_path)
    assert not found.succeeded
    assert "操作记录被改动" in found.summary


def test_the_page_the_settings_and_the_api_say_the_same(sysadmin: User, client: Client) -> None:
    ran(UpkeepRun.Kind.BACKUP, hours_ago=1, succeeded=False)
    client.force_login(sysadmin)
    page = client.get(reverse("upkeep:health")).content.decode()
    assert "未通过" in page
    assert "运行 script/backup" in page
    machine = APIClient()
    machine.force_authenticate(sysadmin)
    told = {row["name"]: row["lamp"] for row in machine.get(reverse("upkeep-run-health")).json()}
    assert told["备份"] == "red"
    assert machine.get(reverse("upkeep-run-list")).json()["results"][0]["kind"] == "BACKUP"

    form = {
        "effective_from": "2099-01-01", "keep_backup_days": 60, "keep_backup_months": 24,
        "backup_every_hours": 26, "drill_every_days": 8, "check_every_hours": 26, "free_disk_percent": 15,
        "queue_minutes": 5, "note": "局办会议",
    }  # fmt: skip
    assert client.post(reverse("upkeep:setting"), form | {"keep_backup_days": 6}).status_code == 422
    assert client.post(reverse("upkeep:setting"), form).status_code == 302
    assert UpkeepSetting.objects.get().keep_backup_days == 60
    again = machine.post(reverse("upkeep-setting-list"), form, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "setting_out_of_order")
    assert "2099-01-01" in client.get(reverse("upkeep:setting")).content.decode()


def test_a_setting_that_keeps_nothing_is_refused_by_the_database(db: None) -> None:
    with pytest.raises(IntegrityError, match="asks_for_something"), transaction.atomic():
        UpkeepSetting.objects.create(effective_from=NOW.date(), keep_backup_days=6)
