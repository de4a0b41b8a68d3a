"""Taking a backup of a database at work."""

from __future__ import annotations

import os
import shutil
from datetime import date, datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from upkeep.backups.inventory import take_inventory
from upkeep.backups.manifest import DUMP, Manifest, backups_in, folder_name, moment_of, write_manifest
from upkeep.backups.postgres import our_place, program, run, server_version
from upkeep.errors import BackupNotMade
from upkeep.models import UpkeepRun, UpkeepSetting
from upkeep.rules import superfluous
from upkeep.services import note_run

UNFINISHED = ".unfinished-"
LOCK_PATIENCE = "60s"


def make_backup(place: Path, *, now: datetime) -> Path:
    """Write a backup into a new folder below `place` and give the folder; people may go on working.

    The dump and the numbers in the manifest are of one and the same moment: pg_dump reads with the
    snapshot of the transaction that counts. The folder gets its name when it is whole; what was cut
    short is called otherwise and cleared away by the next run.

    Raises:
        BackupNotMade: pg_dump is missing or fails, or the folder cannot be written.
    """
    folder = place / folder_name(timezone.localtime(now))
    unfinished = place / f"{UNFINISHED}{folder.name}"
    try:
        place.mkdir(parents=True, exist_ok=True)
        for left in place.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        unfinished.mkdir(mode=0o700)
    except OSError as error:
        raise BackupNotMade(f"备份目录不能写入（{error.strerror}）；请检查目录权限和磁盘。") from error
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            [snapshot] = cursor.fetchone()
        _dump(unfinished / DUMP, snapshot=snapshot)
        manifest = Manifest(made_at=now, server=server_version(), inventory=take_inventory())
    write_manifest(unfinished, manifest)
    _to_disk(unfinished)
    unfinished.rename(folder)
    _note(manifest, folder, started_at=now)
    return folder


def clear_old(place: Path, *, today: date, setting: UpkeepSetting) -> list[Path]:
    """Remove the backups that need not be kept any more; gives their folders."""
    folders = {moment: folder for folder in backups_in(place) if (moment := moment_of(folder)) is not None}
    gone = [
        folders[moment]
        for moment in superfluous(
            list(folders),
            today=today,
            keep_days=setting.keep_backup_days,
            keep_months=setting.keep_backup_months,
        )
    ]
    for folder in gone:
        shutil.rmtree(folder)
    return gone


def _dump(target: Path, *, snapshot: str) -> None:
    command = [
        program("pg_dump", server=server_version()),
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--lock-wait-timeout={LOCK_PATIENCE}",
        f"--snapshot={snapshot}",
        f"--file={target}",
    ]
    done = run(command, place=our_place())
    if done.returncode:
        raise BackupNotMade(f"数据库没有导出：{done.stderr.strip()[-300:]}", code=done.returncode)


def _to_disk(folder: Path) -> None:
    for path in (*folder.iterdir(), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _note(manifest: Manifest, folder: Path, *, started_at: datetime) -> None:
    size = sum(path.stat().st_size for path in folder.iterdir())
    inventory = manifest.inventory
    note_run(
        kind=UpkeepRun.Kind.BACKUP,
        succeeded=True,
        summary=f"{folder.name}：{len(inventory.tables)} 张表、{inventory.row_count} 行，{_size(size)}",
        facts={"folder": folder.name, "bytes": size, "rows": inventory.row_count, "files": inventory.files},
        started_at=started_at,
        ended_at=timezone.now(),
    )


def _size(bytes_: int) -> str:
    return f"{bytes_ / 1_000_000:.1f} MB"
