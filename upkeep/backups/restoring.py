"""Bringing a backup back, and proving that what came back is what was backed up."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import psycopg2
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from upkeep.backups.inventory import take_inventory
from upkeep.backups.manifest import DUMP, Manifest, read_backup
from upkeep.backups.postgres import Place, database_beside, is_empty, our_place, program, run, server_version
from upkeep.errors import NotRestored
from upkeep.models import UpkeepRun
from upkeep.services import note_run


def restore_backup(folder: Path, *, now: datetime) -> Manifest:
    """Restore a backup into the empty database that this process serves, and prove it.

    All in one transaction of pg_restore: the database holds all of it afterwards, or nothing.

    Raises:
        BackupDamaged: a byte differs from what was written; nothing is touched.
        NotRestored: the database is not empty, the backup is of a newer release, pg_restore fails, or
            the contents differ from the manifest.
    """
    manifest = read_backup(folder)
    if not is_empty():
        raise NotRestored("目标数据库不是空的，恢复只能进入空数据库；请新建一个空数据库后再恢复。")
    _refuse_newer(manifest)
    _load(folder, our_place())
    # Sessions of before know nothing of the new types and tables.
    connection.close()
    refuse_differences(manifest)
    note_run(
        kind=UpkeepRun.Kind.RESTORE,
        succeeded=True,
        summary=f"{folder.name}：{_extent(manifest)}，内容一致",
        facts={"folder": folder.name, "made_at": manifest.made_at},
        started_at=now,
        ended_at=timezone.now(),
    )
    return manifest


def refuse_differences(manifest: Manifest) -> None:
    """Compare the database that this process serves with a manifest, row by row and file by file.

    Raises:
        NotRestored: something differs; the facts name the first twenty.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        differences = manifest.inventory.differences(take_inventory())
    if differences:
        raise NotRestored(
            f"恢复的内容与备份时不一致，共 {len(differences)} 处：{'；'.join(differences[:3])}。"
            "请改用另一份备份。",
            differences=differences[:20],
        )


def drill(folder: Path, *, now: datetime) -> UpkeepRun:
    """Restore a backup into a database made for this beside our own, prove it there, drop it again.

    What stands and what is being worked on is not touched. A failure is kept as a run that failed and
    raised again.

    Raises:
        BackupDamaged, NotRestored: as `restore_backup`.
    """
    manifest = read_backup(folder)
    ours = our_place()
    try:
        with database_beside(ours, name=f"{ours.name}_drill_{secrets.token_hex(4)}") as empty:
            _load(folder, empty)
            _prove_elsewhere(folder, empty)
    except psycopg2.Error as error:
        raise NotRestored(f"演练用的数据库没有建成：{str(error).strip()[:200]}") from error
    ledger = manifest.inventory.ledger
    return note_run(
        kind=UpkeepRun.Kind.DRILL,
        succeeded=True,
        summary=f"{folder.name}：{_extent(manifest)}，内容一致",
        facts={"folder": folder.name, "made_at": manifest.made_at, "ledger": ledger},
        started_at=now,
        ended_at=timezone.now(),
    )


def note_failure(kind: UpkeepRun.Kind, reason: str, *, started_at: datetime) -> None:
    """Keep a run that failed, so that the health page turns red at once."""
    note_run(
        kind=kind, succeeded=False, summary=reason, facts={}, started_at=started_at, ended_at=timezone.now()
    )


def _extent(manifest: Manifest) -> str:
    inventory = manifest.inventory
    return (
        f"{len(inventory.tables)} 张表、{inventory.row_count} 行、"
        f"{inventory.ledger['accounts']} 个指标账户、{inventory.ledger['movements']} 笔分录"
    )


def _load(folder: Path, place: Place) -> None:
    command = [
        program("pg_restore", server=server_version()),
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        "--no-privileges",
        f"--dbname={place.name}",
        str(folder / DUMP),
    ]
    done = run(command, place=place)
    if done.returncode:
        raise NotRestored(f"数据库没有恢复：{done.stderr.strip()[-300:]}", code=done.returncode)


def _prove_elsewhere(folder: Path, place: Place) -> None:
    """Run the proof in a process of its own, which serves the other database from its first line."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "prove_backup", "--skip-checks", str(folder)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": place.url},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        try:
            told = json.loads(done.stdout)
        except ValueError:
            raise NotRestored(f"恢复后的核对没有完成：{done.stderr.strip()[-300:]}") from None
        raise NotRestored(told["message"], differences=told["differences"])


def _refuse_newer(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = sorted(set(manifest.inventory.migrations) - known)
    if unknown:
        raise NotRestored(
            "备份来自更新的版本，本版本不认识其中的数据库结构；请先升级程序再恢复。", unknown=unknown[:20]
        )
