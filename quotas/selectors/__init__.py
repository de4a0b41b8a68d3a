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
from quotas.selectors.pools import (
    Gauge,
    OpenAdvance,
    all_open_advances,
    counties,
    county_gauges,
    holdings_by_owner,
    open_advances,
    plan_base,
    policies,
    policy_on,
    pool_gauges,
    pool_holder,
    prefecture_of,
    trial_of,
)

__all__ = [
    "AccountKey",
    "Coverage",
    "CoverageLine",
    "Drift",
    "Gauge",
    "LedgerProof",
    "OpenAdvance",
    "accounts_by_key",
    "all_open_advances",
    "counties",
    "county_gauges",
    "coverage_of_project",
    "coverage_of_projects",
    "holdings_by_owner",
    "key_of",
    "open_advances",
    "plan_base",
    "policies",
    "policy_on",
    "pool_gauges",
    "pool_holder",
    "prefecture_of",
    "prove_ledger",
    "trial_of",
]
