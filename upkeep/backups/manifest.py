"""The folder of one backup: the dump, what it holds, and the checksums of both."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from upkeep.backups.inventory import Inventory
from upkeep.errors import BackupDamaged

FORMAT = 1
PREFIX = "landguard-"
STAMP = "%Y%m%d-%H%M%S"
DUMP = "database.dump"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says about itself. `server`: the version of PostgreSQL that it came from."""

    made_at: datetime
    server: str
    inventory: Inventory


def folder_name(made_at: datetime) -> str:
    """The name of a backup's folder; sorts by time. `made_at` is in the office's time."""
    return f"{PREFIX}{made_at.strftime(STAMP)}"


def moment_of(folder: Path) -> datetime | None:
    """When the backup in a folder was made, by the folder's name; None if it is none of ours."""
    try:
        return datetime.strptime(folder.name, f"{PREFIX}{STAMP}")  # noqa: DTZ007 - compared among themselves
    except ValueError:
        return None


def backups_in(place: Path) -> list[Path]:
    """The whole backups in a place, the newest first. One that was cut short has another name."""
    if not place.is_dir():
        return []
    found = [folder for folder in place.iterdir() if folder.is_dir() and moment_of(folder) is not None]
    return sorted(found, key=lambda folder: folder.name, reverse=True)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the description and the checksums beside the dump; the last thing a backup does."""
    values = {
        "format": FORMAT,
        "made_at": manifest.made_at.isoformat(),
        "server": manifest.server,
        "inventory": asdict(manifest.inventory),
    }
    text = json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    (folder / SUMS).write_text(_sums_of(folder), encoding="ascii")


def read_backup(folder: Path) -> Manifest:
    """The description of a backup, after every byte of it was checked.

    The file of checksums is the one that `sha256sum -c SHA256SUMS` understands.

    Raises:
        BackupDamaged: a byte of any of its files differs from what was written, or one is missing.
    """
    try:
        stated = (folder / SUMS).read_bytes()
        actual = _sums_of(folder).encode()
    except OSError as error:
        missing = Path(error.filename or "").name
        raise BackupDamaged(f"备份不完整，缺少 {missing}；请改用另一份备份。", missing=missing) from error
    if stated != actual:
        lines = set(stated.splitlines())
        wrong = [line.split()[-1].decode() for line in actual.splitlines() if line not in lines] or [SUMS]
        raise BackupDamaged(f"备份已损坏，校验值不符（{'、'.join(wrong)}）；请改用另一份备份。", files=wrong)
    return read_manifest(folder)


def read_manifest(folder: Path) -> Manifest:
    """What a backup says about itself, unchecked.

    Raises:
        BackupDamaged: there is no description, or it is of another format.
    """
    try:
        values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupDamaged("备份清单读不出来；请改用另一份备份。", missing=MANIFEST) from error
    if values["format"] != FORMAT:
        raise BackupDamaged("备份格式不是本版本所认识的；请用建立它的版本恢复。", format=values["format"])
    return Manifest(
        datetime.fromisoformat(values["made_at"]), values["server"], Inventory(**values["inventory"])
    )


def _sums_of(folder: Path) -> str:
    return "".join(f"{_sha256(folder / name)}  {name}\n" for name in (DUMP, MANIFEST))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
