"""A backup of a database at work comes back as it was, and one that was touched does not come back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command

from audit.models import Entry
from core import clock
from papers.models import PaperContent
from tests.quotas.scenes import drafted
from upkeep.backups import manifest
from upkeep.backups.making import make_backup
from upkeep.backups.postgres import Place, database_beside, our_place
from upkeep.backups.restoring import drill, restore_backup
from upkeep.errors import BackupDamaged, BackupNotMade, NotRestored
from upkeep.models import UpkeepRun

pytestmark = pytest.mark.services
ROOT = Path(__file__).resolve().parents[2]
A_LINE = (
    "INSERT INTO audit_entry (actor_label, verb, subject_kind, subject_id, subject_label, scope_path, facts,"
    " outcome, entered_at) VALUES ('系统', 'project.updated', 'projects.project', 1, '石桥水库', '', '{}',"
    " 'DONE', now())"
)


@contextmanager
def somebody_at_work() -> Iterator[None]:
    """Another session that commits line after line while the backup runs."""
    done = threading.Event()
    begun = threading.Event()

    def work() -> None:
        with closing(psycopg2.connect(our_place().url)) as session:
            session.autocommit = True
            with session.cursor() as cursor:
                while not done.is_set():
                    cursor.execute(A_LINE)
                    begun.set()

    worker = threading.Thread(target=work)
    worker.start()
    assert begun.wait(30)
    try:
        yield
    finally:
        done.set()
        worker.join()


def manage(place: Place, *command: str) -> subprocess.CompletedProcess[str]:
    """manage.py as somebody runs it on another machine, on that machine's database."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *command],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": place.url},
        capture_output=True,
        text=True,
    )


def execute(place: Place, statement: str) -> None:
    with closing(psycopg2.connect(place.url)) as session, session, session.cursor() as cursor:
        cursor.execute(statement)


def test_a_busy_database_comes_back_whole_in_an_empty_place(
    transactional_db: None, officer: Any, section: Any, tmp_path: Path, capsys: Any
) -> None:
    drafted(officer, section)

    with somebody_at_work():
        call_command("backup", to=tmp_path, drill=True)

    [folder] = manifest.backups_in(tmp_path)
    made = manifest.read_backup(folder)
    written = made.inventory.tables["audit_entry"][0]
    assert 0 < int(str(written)) < Entry.objects.count(), "work went on behind the backup's moment"
    assert made.inventory.files["papers_papercontent.content"][0] == PaperContent.objects.count() > 0
    assert made.inventory.ledger["is_sound"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(UpkeepRun.objects.order_by("pk").values_list("kind", "succeeded")) == [
        ("TRAIL", True),
        ("BACKUP", True),
        ("DRILL", True),
    ]
    with database_beside(our_place(), name=f"{our_place().name}_elsewhere") as elsewhere:
        restored = manage(elsewhere, "restore", str(folder))
        assert restored.returncode == 0, restored.stderr
        assert "内容一致" in restored.stdout

        # Past every trigger, as a person with the database's password could.
        execute(
            elsewhere,
            "SET session_replication_role = replica; UPDATE papers_papercontent SET content = 'x';"
            " UPDATE quotas_account SET balance = balance + 1;"
            " DELETE FROM audit_entry WHERE id = (SELECT min(id) FROM audit_entry)",
        )
        proved = manage(elsewhere, "prove_backup", str(folder))
        assert proved.returncode == 1
        told = json.loads(proved.stdout)["differences"]
        assert "文件 papers_papercontent.content：数量、大小或校验值不同" in told
        assert "表 quotas_account：行数相同，内容不同" in told
        assert f"表 audit_entry：应为 {written} 行，实为 {int(str(written)) - 1} 行" in told
        assert "指标账：账户数、分录数或核对结果不同" in told


def test_one_flipped_byte_anywhere_is_refused(transactional_db: None, tmp_path: Path) -> None:
    folder = make_backup(tmp_path, now=clock.now())
    with pytest.raises(NotRestored, match="不是空的"):
        restore_backup(folder, now=clock.now())

    for name in (manifest.DUMP, manifest.MANIFEST, manifest.SUMS):
        whole = (folder / name).read_bytes()
        middle = len(whole) // 2
        (folder / name).write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        for refused in (restore_backup, drill):
            with pytest.raises(BackupDamaged) as caught:
                refused(folder, now=clock.now())
            assert name in caught.value.facts["files"] or name == manifest.SUMS
        (folder / name).write_bytes(whole)

    (folder / manifest.DUMP).unlink()
    with pytest.raises(BackupDamaged) as lost:
        manifest.read_backup(folder)
    assert lost.value.facts == {"missing": manifest.DUMP}


def test_a_failed_backup_is_remembered_and_a_cut_short_one_is_not_taken_for_whole(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    (tmp_path / ".unfinished-landguard-20261101-013000").mkdir()
    monkeypatch.setattr("upkeep.backups.postgres._candidates", lambda name: iter(()))

    with pytest.raises(SystemExit) as ended:
        call_command("backup", to=tmp_path)

    assert ended.value.code == 1
    run = UpkeepRun.objects.get(kind="BACKUP")
    assert not run.succeeded
    assert "没有找到 pg_dump" in run.summary
    assert manifest.backups_in(tmp_path) == []
    monkeypatch.undo()
    made = make_backup(tmp_path, now=clock.now())
    assert list(tmp_path.iterdir()) == [made]
    with pytest.raises(BackupNotMade, match="不能写入"):
        make_backup(made / manifest.SUMS, now=clock.now())
