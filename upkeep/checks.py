"""The nightly proofs, with their outcome kept for the health page."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from audit.checking import Head, check_trail
from core.errors import DomainError
from quotas.proof import lines_of, prove
from upkeep.backups.manifest import backups_in, read_manifest
from upkeep.models import UpkeepRun
from upkeep.services import note_run

logger = logging.getLogger(__name__)


def check_the_ledger(*, now: datetime) -> UpkeepRun:
    """Prove every balance of the quota ledger; log as an error whatever does not add up.

    Nothing is mended: a balance that is not its entries' sum is a matter for a person.
    """
    proof = prove()
    lines = lines_of(proof)
    for line in lines:
        logger.error("quota ledger: %s", line)
    extent = f"{proof.accounts} 个账户、{proof.movements} 笔分录"
    verdict = "一致" if proof.is_sound else f"{len(lines)} 处不符：{lines[0]}"
    return note_run(
        kind=UpkeepRun.Kind.LEDGER,
        succeeded=proof.is_sound,
        summary=f"{extent}，{verdict}",
        facts={"findings": lines[:20]},
        started_at=now,
        ended_at=timezone.now(),
    )


def check_the_trail(*, now: datetime, backups: Path) -> UpkeepRun:
    """Prove the log's chain, and that it still goes through the head that the newest backup has kept."""
    proof = check_trail(now=now, since=kept_head(backups))
    for finding in proof.findings:
        logger.error("log: %s", finding)
    verdict = "一致" if proof.is_sound else f"{proof.wrong} 处不符：{proof.findings[0]}"
    return note_run(
        kind=UpkeepRun.Kind.TRAIL,
        succeeded=proof.is_sound,
        summary=f"{proof.links} 条记录（到期清理 {proof.purged} 条），{verdict}",
        facts={"findings": proof.findings[:20], "head": [proof.head.position, proof.head.digest]},
        started_at=now,
        ended_at=timezone.now(),
    )


def kept_head(backups: Path) -> Head | None:
    """The head of the chain that the newest backup in a place wrote down; None without a backup."""
    for folder in backups_in(backups):
        try:
            position, digest = read_manifest(folder).inventory.trail
        except DomainError:
            continue
        return Head(int(str(position)), str(digest))
    return None
