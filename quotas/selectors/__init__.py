"""What the pages and other apps ask of the pool, one module per noun."""

from __future__ import annotations

from quotas.selectors.coverage import Coverage, CoverageLine, coverage_of_project, coverage_of_projects
from quotas.selectors.ledger import (
    AccountKey,
    Drift,
    LedgerProof,
    accounts_by_key,
    key_of,
    prove_ledger,
)

__all__ = [
    "AccountKey",
    "Coverage",
    "CoverageLine",
    "Drift",
    "LedgerProof",
    "accounts_by_key",
    "coverage_of_project",
    "coverage_of_projects",
    "key_of",
    "prove_ledger",
]
