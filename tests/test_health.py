from __future__ import annotations

from typing import Any

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client


def test_the_process_is_alive_without_a_database(client: Client) -> None:
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.content == b"ok\n"


@pytest.mark.django_db
def test_ready_with_database_broker_and_migrations(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["ready"] is True


@pytest.mark.django_db
def test_a_dead_broker_is_named_and_the_answer_is_503(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["failing"] == ["broker"]


@pytest.mark.django_db
def test_an_unapplied_migration_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    real = MigrationRecorder.applied_migrations

    def without_one(self: MigrationRecorder) -> Any:
        return {key: row for key, row in real(self).items() if key != ("accounts", "0001_initial")}

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", without_one)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert "accounts.0001_initial" in response.json()["checks"]["migrations"]


def test_the_broker_is_asked_with_a_bound(settings: Any) -> None:
    assert settings.BROKER_TIMEOUT_SECONDS <= 0.3
