"""Is the process alive, and may it be given work?"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

UNAVAILABLE = 503


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches neither database nor broker: a restart would not cure those."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, broker and migrations, each with what is wrong; 503 unless all are in order."""
    found = {name: check() for name, check in CHECKS.items()}
    failing = [name for name, wrong in found.items() if wrong]
    body = {"ready": not failing, "failing": failing, "checks": {n: w or "ok" for n, w in found.items()}}
    return JsonResponse(body, status=UNAVAILABLE if failing else 200)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return ""


def _broker() -> str:
    bound = settings.BROKER_TIMEOUT_SECONDS
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=bound, socket_timeout=bound, retry=None
    )
    try:
        client.ping()
    except (redis.RedisError, OSError):
        return "does not answer"
    finally:
        client.close()
    return ""


def _migrations() -> str:
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError:
        return "cannot be read"
    missing = sorted(f"{app}.{name}" for app, name in _known_migrations() - applied.keys())
    return f"not applied: {', '.join(missing)}" if missing else ""


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """What this release brings; read from disk once."""
    return frozenset(MigrationLoader(None).disk_migrations)


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "broker": _broker,
    "migrations": _migrations,
}
