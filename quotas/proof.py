"""The ledger's proof as the command, the nightly task and the page tell it."""

from __future__ import annotations

from django.db import connection, transaction

from quotas.selectors import LedgerProof, prove_ledger


def prove() -> LedgerProof:
    """Prove the ledger on one snapshot, so that transfers in flight do not look like drift."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return prove_ledger()


def lines_of(proof: LedgerProof) -> list[str]:
    """One sentence for each thing that does not add up; empty when the ledger is sound."""
    return [
        *(
            f"账户 {drift.account.pk}（{drift.account}，{drift.account.holder}）余额 {drift.stored}，"
            f"分录之和 {drift.summed}。"
            for drift in proof.drifts
        ),
        *(f"指标 {name} 全部账户之和为 {total}，应为 0。" for name, total in proof.unbalanced.items()),
        *(f"账户 {row.pk}（{row}）余额为负：{row.balance}。" for row in proof.overdrawn),
    ]
