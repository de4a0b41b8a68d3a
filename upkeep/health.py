"""How the system itself is: a lamp and a sentence for each thing that has to work."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.selectors import missing_administrators
from audit.models import Entry, Link
from deadlines.models import CalendarYear
from deadlines.rules.calendar import NOTICE_SEASON
from jobs.models import Job
from upkeep.models import UpkeepRun, UpkeepSetting
from upkeep.rules import is_late
from upkeep.selectors import upkeep_setting

FAILED_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One thing that has to work. `lamp`: green, amber or red; `advice`: what to do when it is not green."""

    name: str
    lamp: str
    sentence: str
    advice: str = ""
    url: str = ""


def health_lines(*, now: datetime, today: date) -> list[HealthLine]:
    """Everything an administrator looks after, in a fixed order. Ten queries and one call of the broker."""
    setting = upkeep_setting(today)
    last = {run.kind: run for run in UpkeepRun.objects.order_by("kind", "-id").distinct("kind")}
    hours = {
        UpkeepRun.Kind.BACKUP: setting.backup_every_hours,
        UpkeepRun.Kind.DRILL: setting.drill_every_days * 24,
        UpkeepRun.Kind.LEDGER: setting.check_every_hours,
        UpkeepRun.Kind.TRAIL: setting.check_every_hours,
    }
    return [
        _broker(),
        *_queue(setting, now),
        _database(),
        _disk(setting),
        _calendar(today),
        _administrators(),
        *(_run(kind, last.get(kind), hours=limit, now=now) for kind, limit in hours.items()),
        _sealing(setting, now),
    ]


def _broker() -> HealthLine:
    bound = settings.BROKER_TIMEOUT_SECONDS
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=bound, socket_timeout=bound, retry=None
    )
    try:
        client.ping()
    except (redis.RedisError, OSError):
        return HealthLine(
            "消息服务", "amber", "没有应答，后台任务只由定时任务唤醒", "检查消息服务是否在运行。"
        )
    finally:
        client.close()
    return HealthLine("消息服务", "green", "正常应答")


def _queue(setting: UpkeepSetting, now: datetime) -> list[HealthLine]:
    waiting = Q(state=Job.State.QUEUED, not_before__lte=now)
    failed = Q(state=Job.State.FAILED, finished_at__gte=now - FAILED_WITHIN)
    found = Job.objects.filter(waiting | failed | Q(state=Job.State.RUNNING)).aggregate(
        waiting=Count("pk", filter=waiting),
        oldest=Min("not_before", filter=waiting),
        running=Count("pk", filter=Q(state=Job.State.RUNNING)),
        failed=Count("pk", filter=failed),
    )
    url = reverse("jobs:list")
    minutes = 0 if found["oldest"] is None else int((now - found["oldest"]).total_seconds() // 60)
    sentence = f"{found['waiting']} 个排队，{found['running']} 个进行中"
    if minutes > setting.queue_minutes:
        queue = HealthLine(
            "任务队列", "red", f"{sentence}，最早的已等 {minutes} 分钟", "检查后台进程是否在运行。", url
        )
    else:
        queue = HealthLine("任务队列", "green", sentence, url=url)
    if found["failed"]:
        done = HealthLine(
            "后台任务", "amber", f"24 小时内有 {found['failed']} 个失败", "查看原因后重试或取消。", url
        )
    else:
        done = HealthLine("后台任务", "green", "24 小时内没有失败", url=url)
    return [queue, done]


def _database() -> HealthLine:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()), current_setting('server_version')")
        size, version = cursor.fetchone()
    return HealthLine("数据库", "green", f"PostgreSQL {str(version).split()[0]}，{size / 1_000_000:,.0f} MB")


def _disk(setting: UpkeepSetting) -> HealthLine:
    place = next(path for path in (settings.BACKUP_DIR, *Path(settings.BACKUP_DIR).parents) if path.exists())
    usage = shutil.disk_usage(place)
    percent = usage.free * 100 // usage.total
    sentence = f"备份所在磁盘剩余 {usage.free / 1_000_000_000:,.1f} GB（{percent}%）"
    if percent < setting.free_disk_percent:
        return HealthLine("磁盘", "red", sentence, "清理磁盘或缩短备份保留期限。", reverse("upkeep:setting"))
    return HealthLine("磁盘", "green", sentence)


def _calendar(today: date) -> HealthLine:
    years = {row.year: row for row in CalendarYear.objects.filter(year__in=[today.year, today.year + 1])}
    url = reverse("deadlines:calendar")
    this, following = years.get(today.year), years.get(today.year + 1)
    if this is None:
        return HealthLine("工作日历", "red", f"没有 {today.year} 年的日历", "导入当年放假安排。", url)
    if this.is_provisional:
        return HealthLine("工作日历", "amber", f"{today.year} 年仍是暂定日历", "导入国务院放假通知。", url)
    if today.month >= NOTICE_SEASON and (following is None or following.is_provisional):
        return HealthLine(
            "工作日历", "amber", f"{today.year + 1} 年还没有正式日历", "通知发布后即导入。", url
        )
    return HealthLine("工作日历", "green", f"{today.year} 年为正式日历", url=url)


def _administrators() -> HealthLine:
    """The three sets of rights need three people; an upgraded installation begins without the newer two."""
    missing = missing_administrators()
    if not missing:
        return HealthLine("三类管理员", "green", "系统、安全、审计管理员都有在用账号")
    sentence = f"没有{'、'.join(role.label for role in missing)}的在用账号"
    return HealthLine("三类管理员", "red", sentence, how_to_make(missing))


def how_to_make(roles: Sequence[User.Role]) -> str:
    """How the first account of a kind of administrator comes about, for who sits at the server."""
    codes = "、".join(role.value for role in roles)
    return (
        "在服务器上运行 manage.py create_user 用户名 --organisation 单位代码 --role 岗位"
        f"（岗位写 {codes}，一人一类），把一次性密码交给本人。"
    )


def _run(kind: UpkeepRun.Kind, last: UpkeepRun | None, *, hours: int, now: datetime) -> HealthLine:
    name = str(kind.label)
    if last is None:
        return HealthLine(name, "red", "还没有做过", _ADVICE[kind])
    when = f"{timezone.localtime(last.ended_at):%Y-%m-%d %H:%M}"
    if not last.succeeded:
        return HealthLine(name, "red", f"{when} 未通过：{last.summary}", _ADVICE[kind])
    if is_late(last.ended_at, now=now, hours=hours):
        return HealthLine(name, "red", f"最近一次在 {when}，已超过间隔", _ADVICE[kind])
    return HealthLine(name, "green", f"{when} {last.summary}")


def _sealing(setting: UpkeepSetting, now: datetime) -> HealthLine:
    newest = Link.objects.order_by("-position").values_list("entry_id", flat=True).first() or 0
    waiting = Entry.objects.filter(pk__gt=newest).aggregate(number=Count("pk"), oldest=Min("entered_at"))
    sentence = f"{waiting['number']} 条待封存"
    if waiting["oldest"] is not None and now - waiting["oldest"] > timedelta(minutes=setting.queue_minutes):
        return HealthLine(
            "日志封存",
            "red",
            f"{sentence}，最早的已等待过久",
            "检查定时任务是否在运行。",
            reverse("desk:audit"),
        )
    return HealthLine("日志封存", "green", sentence)


_ADVICE = {
    UpkeepRun.Kind.BACKUP: "运行 script/backup，并检查每夜的备份安排。",
    UpkeepRun.Kind.DRILL: "运行 script/backup --only-drill，看备份能否恢复。",
    UpkeepRun.Kind.LEDGER: "运行 script/manage check_ledger，按列出的账户核对分录。",
    UpkeepRun.Kind.TRAIL: "运行 script/manage check_trail，按列出的记录追查。",
}
